"""Which concepts a person's words name: one by its name, several in a sentence, or names that come close. Pure.

A name is known whatever its case, hyphens, plural, width or script (names.py). In a sentence the longest names win, as
they do in a passage: 多头注意力 in 什么是多头注意力, not 注意力. Words that stand there besides are no hindrance; what
might have been a name and is none is told, with the names that come close.
"""

import dataclasses
import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from corpus.errors import NotFound
from kg.english import Part, part
from kg.model import Concept
from kg.named import longest, stretches
from kg.names import HAN, is_han, key

MAX_CHARS = 2000  # of a question that are read
NEAR = 5  # names that an error lists
_CLOSE = 0.6  # of difflib's ratio; below it names have little more in common than their endings
_MISSPELT = 0.8  # a whole text as like a name as this is meant to be it, though a part of it be another name
_COMMON = 0.4  # of the pairs of letters, which are looked at first: most names fail, in a fortieth of the time
_LOOKED_AT = 50  # names whose ratio is taken
_WORD = re.compile(rf"[^\W_{HAN}]+(?:[-–'’.][^\W_{HAN}]+)*(?:\+\+|#)?")


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """A stretch of a question that names a concept."""

    text: str
    place: int  # of the concept


@dataclasses.dataclass(frozen=True, slots=True)
class Understood:
    """What a question names."""

    named: tuple[Named, ...]  # in the order of the text, each concept once
    unknown: Mapping[str, Sequence[int]]  # words that might be names -> places of concepts with a name like that


class Lexicon(Protocol):
    """All spellings of all concepts. Where two concepts have one, it names the better."""

    def find(self, keys: Collection[str]) -> Mapping[str, int]:
        """Return the places of the concepts that these keys name, by key."""

    def all(self) -> Iterable[tuple[str, int]]:
        """Yield every key with the place of its concept."""


class Spelt:
    """A lexicon in memory."""

    def __init__(self, ranked: Iterable[Concept]) -> None:
        """Know the spellings of these concepts, the best first."""
        self._places: dict[str, int] = {}
        for place, concept in enumerate(ranked):
            for spelling in (concept.id, concept.name, *sorted(concept.keys)):
                self._places.setdefault(spelling, place)

    def find(self, keys: Collection[str]) -> Mapping[str, int]:
        """Return the places of the concepts that these keys name."""
        return {spelling: self._places[spelling] for spelling in keys if spelling in self._places}

    def all(self) -> Iterable[tuple[str, int]]:
        """Yield every key with the place of its concept."""
        return self._places.items()


def understand(text: str, lexicon: Lexicon) -> Understood:
    """Return the concepts that a text names: the one whose name or id it is, or those whose names stand in it.

    Raises:
        NotFound: it names none; `close` tells what comes near.
    """
    text = text.strip()[:MAX_CHARS]
    for spelling in (key(text), text):
        if spelling and (whole := lexicon.find([spelling])):
            return Understood((Named(text, whole[spelling]),), {})
    found = {place: folded for place, folded in stretches(text).items() if not _is_torn(text, *place)}
    known = lexicon.find(set(found.values()) - {""})
    taken = longest(found, known)
    if not taken:
        raise NotFound(f"no concept is called {text!r}")
    once: dict[int, Named] = {}
    for start, end in taken:
        place = known[found[start, end]]
        once.setdefault(place, Named(text[start:end], place))
    besides = list(_besides(text, taken))
    if besides and close([text], lexicon, 1, least=_MISSPELT) != [[]]:
        raise NotFound(f"no concept is called {text!r}")
    unknown = [words for words in besides if any(part(word) in (Part.PLAIN, Part.NAME) for word in words.split())]
    return Understood(tuple(once.values()), dict(zip(unknown, close(unknown, lexicon, 2), strict=True)))


def called(name: str, ranked: Sequence[Concept]) -> Concept:
    """Return the concept, of these from the best down, that has just this name or id.

    Raises:
        NotFound: none has; `near` lists those with a name like it.
    """
    lexicon = Spelt(ranked)
    found = lexicon.find([key(name), name]) if key(name) else {}
    if not found:
        raise _unknown(name, lexicon, ranked)
    return ranked[found.get(key(name), found.get(name, 0))]


def first_named(text: str, ranked: Sequence[Concept]) -> Concept:
    """Return the first concept, of these from the best down, that a text names.

    Raises:
        NotFound: it names none; `near` lists those with a name like it.
    """
    lexicon = Spelt(ranked)
    try:
        return ranked[understand(text, lexicon).named[0].place]
    except NotFound as error:
        raise _unknown(text, lexicon, ranked) from error


def _unknown(text: str, lexicon: Lexicon, ranked: Sequence[Concept]) -> NotFound:
    near = [ranked[place].name for place in close([text], lexicon)[0]]
    return NotFound(f"no concept is called {text!r}", near)


def close(texts: Sequence[str], lexicon: Lexicon, n: int = NEAR, *, least: float = _CLOSE) -> list[list[int]]:
    """Return for each text the places of up to n concepts with a name like it, the most alike first.

    Names are compared by their letters, in either language: from `least` of difflib's ratio on they are alike, and so
    by default is a name in which the text stands. Time is linear in the names.
    """
    wanted = [(key(text), _pairs(key(text))) for text in texts]
    found: list[list[tuple[float, str, int]]] = [[] for _ in texts]
    for spelling, place in lexicon.all() if any(pairs for _, pairs in wanted) else ():
        for (folded, pairs), near in zip(wanted, found, strict=True):
            if pairs and len(folded) <= 2 * len(spelling) + 1:
                common = sum(pair in spelling for pair in pairs) / max(len(pairs), len(spelling) - _width(folded))
                if common >= _COMMON or (len(folded) > 1 and folded in spelling):
                    near.append((-common, spelling, place))
    return [
        _closest(folded, sorted(near)[:_LOOKED_AT], n, least) for (folded, _), near in zip(wanted, found, strict=True)
    ]


def _closest(folded: str, near: Sequence[tuple[float, str, int]], n: int, least: float) -> list[int]:
    matcher = difflib.SequenceMatcher(b=folded, autojunk=False)
    ranked = []
    for _, spelling, place in near:
        matcher.set_seq1(spelling)
        ratio = matcher.ratio()
        if ratio >= least or (least <= _CLOSE and folded in spelling):
            ranked.append((-ratio, place))
    return list(dict.fromkeys(place for _, place in sorted(ranked)))[:n]


def _pairs(folded: str) -> frozenset[str]:
    """Return the pairs of letters of a name; of a Chinese one the characters, of which a pair says too much."""
    width = _width(folded)
    return frozenset(folded[i : i + width + 1] for i in range(len(folded) - width))


def _width(folded: str) -> int:
    return 0 if is_han(folded) else 1


def _is_torn(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch is torn out of a hyphenated word and no name by its shape: head in mulit-head."""
    torn = re.search(r"\w[-–]$", text[max(0, start - 2) : start]) or re.match(r"[-–]\w", text[end : end + 2])
    return torn is not None and part(text[start:end]) is not Part.NAME


def _besides(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Yield the English words where no name stands, those side by side together; words of mere grammar part them."""
    run: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        free = all(end <= first or last <= start for first, last in taken)
        if free and part(match.group()) not in (Part.STOP, Part.NOUN, Part.TAIL):
            if run and text[run[-1][1] : start].strip():
                yield text[run[0][0] : run[-1][1]]
                run = []
            run.append((start, end))
            continue
        if run:
            yield text[run[0][0] : run[-1][1]]
        run = []
    if run:
        yield text[run[0][0] : run[-1][1]]
