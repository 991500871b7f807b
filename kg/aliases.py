"""Which keys name one concept: variants, acronyms, glosses, the glossary. Every merge has a witness; none is inherited.

A family never takes a second long name of a language by way of a third name (no closure through ambiguous spellings):
only the glossary, the user, or a mere variant (X and X mechanism) puts two long names of one language together.
"""

import collections
import re
from collections.abc import Collection, Mapping, Sequence

from kg import vocabulary
from kg.curation import Curation
from kg.evidence import Candidate
from kg.glossary import Entry
from kg.names import counted_out, initials, is_acronym, is_han, key, words

MERE_TAIL = re.compile(  # what may follow a name without naming more
    r"(?P<empty>mechanism|机制)$"  # attention mechanism is attention
    r"|(?P<design>architecture|framework|structure|model|架构|结构|框架|模型)$"  # encoder-decoder framework
    r"|(?P<name>algorithm|method|technique|network|function|operation|optimizer|score|benchmark|dataset|module|layer"
    r"|stack|block|算法|方法|技术|网络|函数|操作|优化器|数据集|模块|层)$"  # BERT network; a neural network is no neural
)
_HYPHEN = re.compile("[-－–—‐]")
_SPECIALIST = 3.5  # Zipf scale: a word rarer than this counts as a name here
_LONG = 5  # characters: of shorter Chinese names, half is too little to tell (编码器, 解码器)
_DOMINANT = 2  # a reading of an acronym must be so many times as frequent as the next


class Families:
    """Disjoint sets of keys, each with the witness of its last merge."""

    def __init__(self, known: Collection[str]) -> None:
        self._leader: dict[str, str] = {key: key for key in known}
        self._members: dict[str, list[str]] = {key: [key] for key in known}
        self._apart: set[frozenset[str]] = set()
        self.witness: dict[str, str] = {}

    def leader(self, key: str) -> str:
        """Return the key that stands for the family."""
        return self._leader[key]

    def members(self, key: str) -> Sequence[str]:
        """Return the family of a key."""
        return self._members[self._leader[key]]

    def keep_apart(self, keys: Sequence[str]) -> None:
        """From now on no family holds two of these keys."""
        self._apart |= {frozenset((a, b)) for a in keys for b in keys if a != b}

    def join(self, left: str, right: str, witness: str) -> bool:
        """Make one family of two; return whether they are one now."""
        a, b = sorted((self._leader[left], self._leader[right]), key=lambda key: (-len(self._members[key]), key))
        if a == b:
            return True
        if any(frozenset((x, y)) in self._apart for x in self._members[a] for y in self._members[b]):
            return False
        for member in self._members[b]:
            self._leader[member] = a
        self._members[a] += self._members.pop(b)
        self.witness[right] = witness
        return True

    def all(self) -> list[list[str]]:
        """Return the families, each sorted, in order."""
        return sorted(sorted(members) for members in self._members.values())


def families(
    found: Mapping[str, Candidate],
    pairs: Mapping[tuple[str, str], tuple[int, int]],
    glossary: Sequence[Entry],
    curation: Curation,
) -> Families:
    """Return which keys are one concept, whatever the order of `found` and `pairs`."""
    entry_of = _entries_by_key(glossary)
    merged = {key for rule in curation.of("merge") for key in rule.keys if key in found}
    result = Families(found.keys() | merged)
    for rule in curation.of("split"):
        result.keep_apart([key for key in rule.keys if key in found])
    for rule in curation.of("merge"):
        present = [key for key in rule.keys if key in found]
        for other in present[1:]:
            result.join(present[0], other, "curation")
    by_entry: dict[int, list[str]] = collections.defaultdict(list)
    for known in found:
        if known in entry_of:
            by_entry[entry_of[known]].append(known)
    for present in by_entry.values():
        for other in present[1:]:
            result.join(present[0], other, "glossary")
    _join_variants(found, result, entry_of)
    _join_acronyms(found, pairs, result, entry_of)
    _join_translations(found, pairs, result, entry_of)
    _join_abridged(found, result, entry_of)
    _join_composed(found, result, entry_of)
    return result


def _entries_by_key(glossary: Sequence[Entry]) -> dict[str, int]:
    """Return the entry of each key; a key in two entries belongs to the one whose main name it is, else to none."""
    mains: dict[str, set[int]] = collections.defaultdict(set)
    every: dict[str, set[int]] = collections.defaultdict(set)
    for number, entry in enumerate(glossary):
        for name in (entry.en, entry.zh):
            if name:
                mains[key(name)].add(number)
        for name in entry.names:
            every[key(name)].add(number)
    result = {}
    for name, numbers in every.items():
        best = numbers if len(numbers) == 1 else mains[name]
        if len(best) == 1:
            result[name] = next(iter(best))
    return result


def _join_variants(found: Mapping[str, Candidate], result: Families, entry_of: Mapping[str, int]) -> None:
    """Join what adds a mere tail to X, and X model to X modeling."""
    for name in sorted(found):
        tail = MERE_TAIL.search(name)
        base = name[: tail.start()] if tail else ""
        if tail and base in found and not _known_apart(result, base, name, entry_of):
            members = [found[member] for member in result.members(base)]
            is_compound = tail["design"] and any(_HYPHEN.search(member.surface) for member in members)
            if tail["empty"] or is_compound or _is_name(found[base]):
                result.join(base, name, f"variant: + {tail.group()}")
        if name.endswith("ing"):
            for base in (name.removesuffix("ing"), name.removesuffix("ing") + "e"):
                several = base in found and len(words(found[base].surface)) > 1
                if several and not _known_apart(result, base, name, entry_of):
                    result.join(name, base, "variant: -ing")  # language model and modeling, fine-tune and fine-tuning


def _is_name(candidate: Candidate) -> bool:
    surface = candidate.surface
    capital = candidate.cues.get("capital", 0) if candidate.cues.get("single", 0) else 0
    if (candidate.cues.get("name", 0) + capital) * 2 > candidate.count:
        return True
    return surface.isalpha() and surface.isascii() and vocabulary.commonness(surface.lower(), "en") < _SPECIALIST


def _join_acronyms(
    found: Mapping[str, Candidate],
    pairs: Mapping[tuple[str, str], tuple[int, int]],
    result: Families,
    entry_of: Mapping[str, int],
) -> None:
    """Join an acronym to the long form that the texts gloss it with; else to the only one with exactly its initials."""
    readings: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for (left, right), (count, _) in pairs.items():
        for short, long in ((left, right), (right, left)):
            if is_han(long) or len(long) <= len(short) or short not in found or long not in found:
                continue
            if _is_short(found[short]) and not _is_short(found[long]):
                readings[short][long] += count
    by_initials: dict[str, list[str]] = collections.defaultdict(list)
    for name, candidate in found.items():
        parts = words(candidate.surface)
        if 3 <= len(parts) <= 7 and not is_han(name):
            by_initials[initials(parts)].append(name)
    for short, candidate in sorted(found.items()):
        if not _is_short(candidate):
            continue
        if short in readings:
            reading = _dominant(readings[short], result)
        else:
            letters = counted_out(short)
            exact = [long for long in by_initials.get(letters, ()) if found[long].urls & candidate.urls]
            reading = exact[0] if len(exact) == 1 and len(letters) >= 3 else None
        if reading is not None and not _known_apart(result, short, reading, entry_of):
            result.join(reading, short, "acronym")


def _join_abridged(found: Mapping[str, Candidate], result: Families, entry_of: Mapping[str, int]) -> None:
    """Join names that differ only by an acronym and its long form at their end: masked LM, masked language model."""
    for name in sorted(found):
        for length in range(2, min(6, len(name) - 1)):
            base, short = name[:-length], name[-length:]
            if short not in found or not _is_short(found[short]):
                continue
            for long in result.members(short):
                if base + long in found and long != short and not _known_apart(result, name, base + long, entry_of):
                    result.join(base + long, name, "abridged")


def _join_composed(found: Mapping[str, Candidate], result: Families, entry_of: Mapping[str, int]) -> None:
    """Join a Chinese or mixed name to the English one of the same two parts: 注意力权重, Bahdanau注意力."""
    english: dict[str, list[str]] = {
        name: [other for other in result.members(name) if not is_han(other)] for name in found
    }
    for name in sorted(name for name in found if is_han(name)):
        whole = {
            result.leader(left + right)
            for place in range(2, len(name) - 1)
            for left in english.get(name[:place], ())
            for right in english.get(name[place:], ())
            if left + right in found
        }
        if len(whole) == 1:
            other = whole.pop()
            if not _conflict(result, name, other, entry_of):
                result.join(other, name, "composed")


def _is_short(candidate: Candidate) -> bool:
    return is_acronym(candidate.surface)


def _dominant(readings: collections.Counter[str], result: Families) -> str | None:
    """Return the reading that outweighs every other, readings of one family taken together."""
    weights: collections.Counter[str] = collections.Counter()
    for long, count in readings.items():
        weights[result.leader(long)] += count
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) > 1 and ranked[0][1] < _DOMINANT * ranked[1][1]:
        return None
    return ranked[0][0]


def _known_apart(result: Families, left: str, right: str, entry_of: Mapping[str, int]) -> bool:
    """Tell whether the glossary has names of these two families in two entries."""
    return len({entry_of[name] for side in (left, right) for name in result.members(side) if name in entry_of}) > 1


def _join_translations(
    found: Mapping[str, Candidate],
    pairs: Mapping[tuple[str, str], tuple[int, int]],
    result: Families,
    entry_of: Mapping[str, int],
) -> None:
    """Join a Chinese name to the English one that glosses it, where each is the other's best partner."""
    weights: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)  # English -> Chinese
    in_brackets: set[tuple[str, str]] = set()  # (English, Chinese) where the Chinese name is the one in brackets
    for (left, right), (count, _) in pairs.items():
        if is_han(left) == is_han(right):
            continue
        chinese, english = (left, right) if is_han(left) else (right, left)
        if english in found:
            weights[english][chinese] += count
            if is_han(right):
                in_brackets.add((english, chinese))
    best_chinese = {}
    for english, counts in weights.items():
        chinese = _longest_frequent(counts)
        reversed_order, is_named = (english, chinese) in in_brackets, _is_named(found[english])
        once = counts[chinese] < 2
        if chinese not in found or (reversed_order and is_named) or len(chinese) < len(words(found[english].surface)):
            continue  # 剧院（Old Market Theatre） leaves words untranslated
        if once and (reversed_order or is_named or found[chinese].count < 2):
            continue  # Transformer（完整版）, 解码器（seq2seq）: what stands in brackets once need not be a name
        best_chinese[english] = chinese
    suitors: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for english, chinese in best_chinese.items():
        suitors[chinese][english] += weights[english][chinese]
    for chinese, counts in sorted(suitors.items()):
        families_of: collections.Counter[str] = collections.Counter()
        for english, count in counts.items():
            families_of[result.leader(english)] += count
        ranked = sorted(families_of.items(), key=lambda item: (-item[1], item[0]))
        if len(ranked) > 1 and ranked[0][1] < _DOMINANT * ranked[1][1]:
            continue
        english = ranked[0][0]
        if _conflict(result, chinese, english, entry_of):
            continue
        result.join(english, chinese, "gloss")


def _is_named(candidate: Candidate) -> bool:
    """Tell whether it is a name or an acronym, which a Chinese term rarely translates."""
    return candidate.cues.get("name", 0) * 2 > candidate.count


def _longest_frequent(counts: collections.Counter[str]) -> str:
    """Return the longest left side among those that stand in (nearly) every gloss."""
    most = max(counts.values())
    return max((name for name, count in counts.items() if count >= 0.6 * most), key=lambda name: (len(name), name))


def _conflict(result: Families, left: str, right: str, entry_of: Mapping[str, int]) -> bool:
    """Tell whether joining would put two ideas of the glossary, or two Chinese names without a witness, together."""
    if _known_apart(result, left, right, entry_of):
        return True
    ours, theirs = (list(filter(is_han, result.members(side))) for side in (left, right))
    return not all(_is_close(one, other) for one in ours for other in theirs)


def _is_close(one: str, other: str) -> bool:
    """Tell whether two Chinese names differ in one stretch of at most half their length: 掩蔽语言模型, 遮蔽语言模型."""
    half = (len(one) + 1) // 2
    return len(one) == len(other) >= _LONG and (one[-half:] == other[-half:] or one[:half] == other[:half])
