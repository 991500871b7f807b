"""What kind of thing a concept is, as its names and its sources tell. Pure.

Witnesses are the noun that ends a name (masked language model, 图像分类), what a sentence says it is ("SQuAD is a
reading comprehension dataset"), and a noun beside the name: the SQuAD dataset, BERT模型, tasks such as parsing,
NER等任务. Which noun tells which kind, and where, stands in kinds.tsv.
"""

import collections
import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from kg.kind_nouns import Where, kind_nouns
from kg.model import Concept, Passage, Place
from kg.names import initials, is_acronym, is_han, is_latin, key, words
from kg.statements import CALLED, DOES, Statement

PLAIN, HINT = 2, 1  # votes of one source, or label, that says it plainly, or by a word beside the name
AGREE = 0.6  # of all votes: where witnesses are at odds no kind is given


class Witness(NamedTuple):
    """A source that tells what kind of thing a concept is."""

    concept: str
    kind: str
    url: str
    votes: int


@functools.lru_cache(maxsize=1 << 16)
def of_name(name: str) -> str:
    """Return the kind that the last words of a name tell, or ''; a word that is all of the name tells none."""
    if not words(name):
        return ""
    if not is_latin(name):
        return _of_end(name, kind_nouns(Where.NAME, "zh"), whole=False)
    nouns = kind_nouns(Where.NAME, "en")
    parts = words(name)
    two, head = " ".join(parts[-2:]), parts[-1]
    if two in nouns:
        return nouns[two] if len(parts) > 1 else ""
    if head in nouns:
        return nouns[head] if len(name.split()) > 1 else ""
    if not head.endswith(_endings()):
        return ""
    return next((nouns[f"-{ending}"] for ending in _endings() if _ends(head, ending)), "")


def of_genus(phrase: str) -> str:
    """Return the kind that a noun phrase tells, or ''."""
    if is_han(phrase):
        return _of_end(phrase, kind_nouns(Where.SAID, "zh"), whole=True)
    nouns, parts = kind_nouns(Where.SAID, "en"), words(phrase)
    return nouns.get(" ".join(parts[-2:]), nouns.get(parts[-1], "")) if parts else ""


@functools.cache
def _endings() -> tuple[str, ...]:
    """Return the endings of an English word that tell a kind; the longest come first."""
    return tuple(noun[1:] for noun in kind_nouns(Where.NAME, "en") if noun[0] == "-")


def _ends(word: str, ending: str) -> bool:
    """Tell whether a word has an ending and a stem before it: pruning, not king or string."""
    stem = word.removesuffix(ending)
    return stem != word and len(stem) > 2 and re.search("[aeiouy]", stem) is not None


def _of_end(phrase: str, nouns: Mapping[str, str], *, whole: bool) -> str:
    noun = next((noun for noun in nouns if phrase.endswith(noun)), "")  # the longest: 语料库 is no 库
    return nouns[noun] if noun and (whole or noun != phrase) else ""


def proper(concepts: Iterable[Concept]) -> frozenset[str]:
    """Return the ids of the concepts that have a proper name: a capital or a digit stands in it."""
    return frozenset(each.id for each in concepts if re.search("[A-Z0-9]", each.name))


def witnesses(passage: Passage, told: Iterable[tuple[Place, Statement]], proper_names: Set[str]) -> Iterator[Witness]:
    """Yield all that a passage, and what its sentences say of the concepts that open them, tells of kinds."""
    for place, statement in told:
        kind = "" if statement.way in (DOES, CALLED) else of_genus(statement.genus)
        if kind:
            yield Witness(place.concept, kind, passage.url, PLAIN)
    for place in passage.places:
        for kind, votes in _beside(passage, place, is_proper=place.concept in proper_names):
            yield Witness(place.concept, kind, passage.url, votes)


def _beside(passage: Passage, place: Place, *, is_proper: bool) -> Iterator[tuple[str, int]]:
    """Yield (kind, votes) for what a name says itself, and for the words before and after it."""
    start, end = passage.sentences[place.sentence]
    name = passage.text[place.start : place.end]
    before = passage.text[max(start, place.start - 60) : place.start]
    after = passage.text[place.end : min(end, place.end + 60)]
    patterns = _patterns()
    if is_proper and (kind := of_name(name)):  # BERT模型; but an embedding algorithm is no embedding
        yield kind, HINT
    if is_proper and is_latin(name) and (found := patterns.tail.match(after)):
        is_plain = is_han(found[0]) or _THE.search(before)
        yield _kind(found, Where.BESIDE), PLAIN if is_plain else HINT
    if _INTRODUCES.search(before, max(0, len(before) - 16)) and (found := patterns.before.search(before)):
        yield _kind(found, Where.SAID), HINT
    if found := patterns.after.match(after):
        yield _kind(found, Where.SAID), HINT


_THE = re.compile(r"\b[Tt]he (?:\w+ )?$")  # the BERT model is BERT; Keras models are not Keras
_INTRODUCES = re.compile(r"(?:as|including|e\.g\.,?|called|named|of) |[如：:]")  # most names have no such word before


class _Patterns(NamedTuple):
    """What may stand beside a name and tell its kind: a group a language holds the noun."""

    tail: re.Pattern[str]  # the SQuAD dataset, BERT模型
    before: re.Pattern[str]  # tasks such as X, the task of X, 数据集（如X
    after: re.Pattern[str]  # X and other tasks, X、Y等任务


@functools.cache
def _patterns() -> _Patterns:
    en, zh = (_nouns(Where.SAID, lang) for lang in ("en", "zh"))
    acts = "|".join(noun for noun, kind in kind_nouns(Where.SAID, "en").items() if kind in ("task", "method"))
    return _Patterns(
        re.compile(
            rf"[\"”')]*\s+({_nouns(Where.BESIDE, 'en')})\b(?!-)|[”》]?\s?({_nouns(Where.BESIDE, 'zh')})", re.IGNORECASE
        ),
        re.compile(
            rf"\b({en})(?:s|es)?,?\s+(?:such as|including|e\.g\.,?|called|named|known as)\s+(?:the\s+|an?\s+)?[\"“]?$"
            rf"|\bthe ({acts}) of [\"“]?$"  # but the layer of a network is no network
            rf"|({zh})\s*[（(，,]?(?:如|例如|比如)[：:]?\s*[“《]?$",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\s+(?:and|or) (?:other|similar) (?:[a-z-]+ ){{0,2}}({en})(?:s|es)?\b"
            rf"|(?:[、和与及][^，。、和与及]{{1,12}}){{0,4}}等(?:一?些|多[种个]|其他)?[\u4e00-\u9fff]{{0,6}}?({zh})",
            re.IGNORECASE,
        ),
    )


def _nouns(where: Where, lang: str) -> str:
    return "|".join(noun for noun in kind_nouns(where, lang) if noun[0] != "-")


def _kind(found: re.Match[str], where: Where) -> str:
    noun = next(group for group in found.groups() if group)
    return kind_nouns(where, "zh" if is_han(noun) else "en")[noun.lower()]


class Ballot:
    """The votes for kinds. A source is one witness, however often it speaks: of what it says of a kind the plainest."""

    def __init__(self) -> None:
        self._votes: dict[str, dict[tuple[str, str], int]] = {}  # concept -> (kind, url) -> votes

    def add(self, said: Iterable[Witness]) -> None:
        """Count these in; a kind of '' is no vote."""
        for concept, kind, url, votes in said:
            if kind:
                cast = self._votes.setdefault(concept, {})
                cast[kind, url] = max(votes, cast.get((kind, url), 0))

    def votes(self, concept: str) -> collections.Counter[str]:
        """Return the votes for each kind of a concept."""
        total: collections.Counter[str] = collections.Counter()
        for (kind, _), votes in self._votes.get(concept, {}).items():
            total[kind] += votes
        return total


def agreed(labels: Iterable[str], votes: Mapping[str, int], enough: int = PLAIN) -> str:
    """Return the kind that a concept's labels and the votes of its sources agree on, or ''."""
    total = collections.Counter(votes)
    for label in labels:
        if kind := of_name(label):
            total[kind] += PLAIN
    if not total:
        return ""
    best = min(total, key=lambda kind: (-total[kind], kind))
    return best if total[best] >= enough and total[best] >= AGREE * total.total() else ""


def with_kinds(concepts: Iterable[Concept], ballot: Ballot) -> tuple[Concept, ...]:
    """Return the concepts, those whose kind nobody decided with what their names and sources agree on.

    Of a proper name one word beside it tells the kind, where nothing else is said. What has no kind of its own has the
    one of the idea that its name ends with (soft attention, Q-BERT, 软注意力), or that it is a version of (GPT-3).
    """
    every = tuple(concepts)
    proper_names = proper(every)
    own = {each.id: each.kind or _own(each, ballot, is_proper=each.id in proper_names) for each in every}
    by_key = {name: own[each.id] for each in every if own[each.id] for name in each.keys}

    def told(each: Concept) -> Concept:
        kind = own[each.id] or agreed((), ballot.votes(each.id) + _inherited(each, by_key))
        return dataclasses.replace(each, kind=kind) if kind != each.kind else each

    return tuple(map(told, every))


def _own(concept: Concept, ballot: Ballot, *, is_proper: bool) -> str:
    """Return the kind that the names and sources of a concept agree on; failing that the long form of an acronym."""
    votes, enough = ballot.votes(concept.id), HINT if is_proper else PLAIN
    kind = agreed((concept.label_en, concept.label_zh), votes, enough)
    return kind or agreed((_long_form(concept), concept.label_zh), votes, enough)


def _long_form(concept: Concept) -> str:
    """Return the English label, or its long form where it is an acronym."""
    english = concept.label_en
    if not is_acronym(english):
        return english
    long = (name for name in concept.aliases if is_latin(name) and initials(words(name)) == key(english))
    return next(long, english)


def _inherited(concept: Concept, by_key: Mapping[str, str]) -> collections.Counter[str]:
    """Return the votes for the kind of the idea that is the head of a name: by the longest such end of each label.

    Where the last word of a label tells a kind already, and others are at odds with it, there are none.
    """
    votes: collections.Counter[str] = collections.Counter()
    labels = (_long_form(concept), concept.label_zh)
    if not any(map(of_name, labels)):
        for label in labels:
            end = next((end for end in _ends_of(label) if end in by_key), "")
            if end and (len(label.split()) > 1 or is_han(label) or _is_version(label) or by_key[end] in _NAMED_AFTER):
                votes[by_key[end]] += PLAIN
    return votes


def _ends_of(label: str) -> Iterator[str]:
    """Yield the keys of what a name may be a kind or a version of, the longest first."""
    if is_han(label):
        folded = key(label)
        yield from (folded[start:] for start in range(1, len(folded) - 1))
        return
    parts = words(label)
    yield from (key(" ".join(parts[start:])) for start in range(1, len(parts)))
    if found := _FAMILY.fullmatch(label):
        yield key(found["first"] or found["last"])


def _is_version(label: str) -> bool:
    """Tell whether a name ends in a number: GPT-3."""
    return label[-1:].isdigit()


_NAMED_AFTER = frozenset({"model", "method"})  # OpenLDAP is no protocol, but a program for one
_FAMILY = re.compile(  # of one word: GPT-3 is a GPT, DistilBERT a BERT
    r"(?P<first>[A-Z][A-Za-z]*[A-Z][A-Za-z]*)-?\d+(?:\.\d+)?|(?:[A-Z][a-z]+)+?(?P<last>[A-Z]{3,})"
)
