"""Which candidates are concepts, over all sources: a pure function of what they say, the glossary and the curation."""

import collections
import dataclasses
import functools
import hashlib
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

import numpy as np

from corpus.model import Chunk
from kg import ranking
from kg.acronyms import as_texts_have_it
from kg.aliases import families
from kg.candidates import Candidate, Candidates, candidates, n_sources, together
from kg.curation import Curation, Rule
from kg.evidence import Said
from kg.families import Families, led_from
from kg.glossary import Entry, apart
from kg.mentions import mentions
from kg.model import Concept, Found, Merge, Passage, Place
from kg.names import is_han, is_latin, key, mere_tail
from kg.selection import are_terms, is_own_name, is_worth_a_node

MAX_ALIASES = 24  # spellings shown; the keys are all kept


@dataclasses.dataclass(frozen=True, slots=True)
class Concepts:
    """The concepts of a library, best first, and which key names which."""

    ranked: tuple[Concept, ...]
    by_key: Mapping[str, str]  # key -> id; includes names from the glossary that no text has
    unmatched: tuple[Rule, ...] = ()  # decisions of the curation that found nothing to decide


def concepts(accounts: Iterable[Said], glossary: Sequence[Entry], curation: Curation) -> Concepts:
    """Return the concepts that these accounts hold. Independent of their order; ties are broken by key.

    Two passes over the accounts; memory grows with the number of different candidates.
    """
    told = {key(name) for entry in glossary for name in entry.names}
    told |= {name for rule in curation.rules for name in rule.keys}
    said = candidates(accounts, told)
    found = said.found
    glossary = as_texts_have_it(glossary, found, said.pairs)
    entry_of = {key(name): entry for entry in reversed(glossary) for name in entry.names}
    written = _as_written(curation, found, entry_of)
    glossary = apart(glossary, [rule.keys for rule in written.of("split")])
    entry_of = {key(name): entry for entry in reversed(glossary) for name in entry.names}
    joined = families(found, said.pairs, glossary, written)
    scored = _chosen(said, joined, entry_of, written)
    taken: set[str] = set()
    ids: set[str] = set()
    ranked = []
    for score, members in scored:
        silent = {name for name in _silent_keys(members, entry_of) if name not in found and name not in taken}
        taken |= silent
        concept = _concept(score, members, entry_of, written, joined.merges(members[0].key), silent, ids)
        ids.add(concept.id)
        ranked.append(concept)
    by_key = {name: each.id for each in ranked for name in each.keys}
    unmatched = tuple(
        rule for rule, known in zip(curation.rules, written.rules, strict=True) if not _matches(known, found)
    )
    return Concepts(tuple(ranked), by_key, unmatched)


def _chosen(
    said: Candidates, joined: Families, entry_of: Mapping[str, Entry], curation: Curation
) -> list[tuple[float, list[Candidate]]]:
    """Return the families that are concepts with their scores, best first; the members of each by key."""
    wanted = {name for rule in curation.rules if rule.action != "ban" for name in rule.keys}  # as concepts
    banned = {name for rule in curation.of("ban") for name in rule.keys}
    several = [sorted((said.found[name] for name in names), key=_by_key) for names in joined.several()]
    total = int(said.sums.counts.sum())
    is_term = are_terms(said.sums, total)
    is_spoken_of = are_terms(together(several, said.sums), total).tolist()
    is_alone = np.ones(len(is_term), np.bool_)
    for nth, members in enumerate(several):
        rows = [member.row for member in members]
        is_spoken_of[nth] |= bool(is_term[rows].any())
        is_alone[rows] = False
    alone = [each for each, is_one in zip(said.found.values(), is_alone.tolist(), strict=True) if is_one]
    options = [
        (members, is_told)
        for members, is_told in zip(
            itertools.chain(several, ([each] for each in alone)),
            itertools.chain(is_spoken_of, is_term[is_alone].tolist()),
            strict=True,
        )
        if is_told or any(each.key in wanted or each.key in entry_of for each in members)
    ]
    scores = ranking.scores([members for members, _ in options], said.sums)
    chosen = []
    for (members, is_told), score in zip(options, scores, strict=True):
        keys = [each.key for each in members]
        is_worth = is_told and is_worth_a_node(sum(each.count for each in members), score)
        is_wanted = is_worth or not wanted.isdisjoint(keys) or _is_known(members, entry_of)
        if is_wanted and banned.isdisjoint(keys):
            chosen.append((score, keys, members))
    chosen.sort(key=lambda item: (-item[0], item[1]))
    return [(score, members) for score, _, members in chosen]


def _as_written(curation: Curation, found: Mapping[str, Candidate], entry_of: Mapping[str, Entry]) -> Curation:
    """Return the decisions with names that texts have, where the glossary knows one for a name that none has."""

    def as_written(name: str) -> str:
        known = entry_of.get(key(name))
        if key(name) in found or known is None:
            return name
        return next((other for other in known.names if key(other) in found), name)

    return Curation(
        tuple(dataclasses.replace(rule, names=tuple(map(as_written, rule.names))) for rule in curation.rules)
    )


def _is_known(members: Sequence[Candidate], entry_of: Mapping[str, Entry]) -> bool:
    """Tell whether the glossary knows this as an idea, by a name that means nothing else, and texts name it twice."""
    own = any(each.key in entry_of and is_own_name(each.surface) for each in members)
    return own and sum(each.count for each in members) > 1


def places(found: Found, by_key: Mapping[str, str]) -> tuple[Place, ...]:
    """Return where a passage names concepts: of mentions that overlap, only the longest (then the first)."""
    taken: list[Place] = []
    named = [mention for mention in found.mentions if mention.key in by_key]
    for mention in sorted(named, key=lambda mention: (mention.start - mention.end, mention.start)):
        if all(mention.end <= other.start or other.end <= mention.start for other in taken):
            taken.append(Place(by_key[mention.key], mention.start, mention.end, mention.sentence, mention.cues))
    return tuple(sorted(taken, key=lambda place: place.start))


def lines(chunk: Chunk) -> tuple[str, ...]:
    """Return the lines that stand over a passage: the title of its page, and the headings."""
    return chunk.title, *chunk.heading


@functools.lru_cache(maxsize=1 << 14)
def found_in_line(line: str) -> Found:
    """Return what is found in a title or heading by itself."""
    return mentions(Chunk(id="", url="", title="", lang="", heading=(), text=line, start=0, end=len(line)))


def passages(
    read: Iterable[tuple[Chunk, Found]],
    by_key: Mapping[str, str],
    over: Callable[[str], Found] = found_in_line,
) -> Iterator[Passage]:
    """Yield each passage with the concepts that it names, and those that its title and headings name.

    `over` tells what is found in such a line, where that is known already.
    """
    topics: dict[str, frozenset[str]] = {}  # by line: each stands over many passages
    for chunk, found in read:
        for line in lines(chunk):
            if line not in topics:
                topics[line] = frozenset(place.concept for place in places(over(line), by_key))
        yield Passage(
            chunk.id, chunk.url, chunk.lang, chunk.text, chunk.start, found.sentences, places(found, by_key),
            frozenset().union(*(topics[line] for line in lines(chunk))),
            topics[chunk.title], topics[lines(chunk)[-1]], chunk.heading,
        )  # fmt: skip


def _concept(
    score: float,
    members: Sequence[Candidate],
    entry_of: Mapping[str, Entry],
    curation: Curation,
    merges: Sequence[Merge],
    silent: Set[str],
    ids: Set[str],
) -> Concept:
    """Return a concept; `silent` are keys of it that no text has, `ids` those of the better concepts."""
    members = sorted(members, key=_by_count) if len(members) > 1 else members
    keys = {member.key for member in members}
    surfaces = {surface: (times, member.key) for member in members for surface, times in member.surfaces.items()}
    written = sorted(surfaces, key=lambda surface: (-surfaces[surface][0], surface))
    known = [entry_of[member.key] for member in members if member.key in entry_of]
    entry = known[0] if known else None
    label_en = _label([s for s in written if is_latin(s)], surfaces, entry.en if entry else "")
    chinese = [s for s in written if _is_chinese_name(s, surfaces[s][1])]
    label_zh = entry.zh if entry else _label(chinese, surfaces, "")  # as readers know it, whatever was written
    label_zh = label_zh if _is_chinese_name(label_zh, key(label_zh)) else ""
    name = label_en or label_zh
    for rule in curation.of("rename"):
        if keys & set(rule.keys):
            name = rule.value
            label_en, label_zh = (label_en, name) if is_han(name) else (name, label_zh)
    told = [rule.value for rule in curation.of("kind") if keys & set(rule.keys)]
    shown = (surfaces[label][1] if label in surfaces else key(label) for label in (name, label_en, label_zh))
    root = next((folded for folded in shown if folded in keys), members[0].key)
    unwritten = [
        known_as for each in dict.fromkeys(known) for known_as in each.names if entry_of[key(known_as)] == each
    ]
    aliases = _one_each([*_one_each([name, *written])[: MAX_ALIASES - len(unwritten)], *unwritten])
    return Concept(
        id=_id(label_en, keys | silent, ids),
        name=name,
        label_en=label_en,
        label_zh=label_zh,
        aliases=tuple(aliases),
        keys=frozenset(keys | silent),
        kind=told[-1] if told else "",  # else kinds.py tells, from what all passages say
        n_sources=n_sources(members),
        n_mentions=sum(member.count for member in members),
        score=round(score, 4),
        merges=led_from(root, merges),
    )


def _is_chinese_name(surface: str, folded: str) -> bool:
    """Tell whether a spelling is a name in Chinese: BERT模型 and softmax函数 only say what BERT and softmax are."""
    if not is_han(surface):
        return False
    tail = mere_tail(folded)
    return not is_latin(folded[: tail.start()] if tail else folded)


def _silent_keys(members: Iterable[Candidate], entry_of: Mapping[str, Entry]) -> set[str]:
    """Return the keys by which the glossary knows these too, so that a user finds them under names no text has."""
    entries = [entry_of[each.key] for each in members if each.key in entry_of]
    return {key(name) for entry in entries for name in entry.names if entry_of[key(name)] == entry}


def _by_key(candidate: Candidate) -> str:
    return candidate.key


def _by_count(candidate: Candidate) -> tuple[int, str]:
    return -candidate.count, candidate.key


def _label(written: Sequence[str], surfaces: Mapping[str, tuple[int, str]], known: str) -> str:
    """Return the best spelling of a language: the glossary's, or the most frequent and not as only headings have it.

    `surfaces` tells of each spelling how often it is written, and its key.
    """
    if not written:
        return known
    totals: collections.Counter[str] = collections.Counter()
    for times, folded in map(surfaces.__getitem__, written):
        totals[folded] += times
    if known and key(known) in totals:
        return known
    if len(written) == 1:
        return written[0]
    best = min(totals, key=lambda name: (-totals[name], name))
    spellings = [surface for surface in written if surfaces[surface][1] == best]
    singular = [surface for surface in spellings if re.sub(r"\W", "", surface).lower() == best] or spellings
    lower = [surface for surface in singular if surface == surface.lower()] or singular
    for preferred in (lower[0], singular[0]):
        if surfaces[preferred][0] * 4 >= totals[best]:
            return preferred
    return spellings[0]


def _one_each(written: Sequence[str]) -> list[str]:
    """Return the spellings without those that differ only in case from an earlier one."""
    first: dict[str, str] = {}
    for surface in written:
        first.setdefault(surface.casefold(), surface)
    return list(first.values())


def _id(label: str, keys: Set[str], ids: Set[str]) -> str:
    """Return a slug; where there is none, or a better concept has it, with a digest."""
    slug = _slug(label)
    if slug and slug not in ids:
        return slug
    digest = hashlib.sha256(min(keys).encode()).hexdigest()[:8]
    return f"{slug}-{digest}" if slug else f"c-{digest}"


def _slug(label: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9+#]+", "-", ascii_only.lower()).strip("-")


def _matches(rule: Rule, found: Mapping[str, Candidate]) -> bool:
    present = [name for name in rule.keys if name in found]
    return len(present) >= (2 if rule.action in ("merge", "split") else 1)
