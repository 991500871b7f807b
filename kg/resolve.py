"""Which concepts a person's words name: one by its name, several in a sentence, or names that come close. Pure.

A name is known whatever its case, hyphens, plural, width or script (names.py). In a sentence the longest names win, as
they do in a passage: 多头注意力 in 什么是多头注意力, not 注意力. Words that stand there besides are no hindrance; what
might have been a name and is none is told, with the names that come close.
"""

import collections
import dataclasses
import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from corpus.errors import NotFound
from kg.english import Part, part
from kg.model import Concept
from kg.names import HAN, is_han, key

MAX_HAN, MAX_WORDS = 12, 6  # of a name
MAX_CHARS = 2000  # of a question that are read
NEAR = 5  # names that an error lists
_CLOSE = 0.6  # of difflib's ratio; below it names have little more in common than their endings
_COMMON = 0.4  # of the pairs of letters, which are looked at first: most names fail, and it takes a fortieth of the time
_LOOKED_AT = 50  # names whose ratio is taken
_WORD = r"[^\W_%s]+" % HAN
_UNIT = re.compile(rf"[{HAN}]|\d+(?:\.\d+)+|{_WORD}(?:[-–'’.]{_WORD})*(?:\+\+|#)?")
_GAP = re.compile(r"[\s\-–—·]*")


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """A stretch of a question that names a concept: text[start:end]."""

    start: int
    end: int
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
            for spelling in (concept.id, *sorted({*concept.keys, key(concept.name)})):
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
        NotFound: it names none. `near` is empty: see `close`.
    """
    text = text[:MAX_CHARS]
    whole = lexicon.find([text.strip(), key(text)])
    for spelling in (text.strip(), key(text)):
        if spelling in whole:
            return Understood((Named(0, len(text), whole[spelling]),), {})
    stretches: dict[tuple[int, int], str] = {}
    for start, end in _stretches(text):
        stretches[start, end] = key(text[start:end])
    known = lexicon.find(set(stretches.values()) - {""})
    taken: list[Named] = []
    for (start, end), spelling in sorted(stretches.items(), key=lambda item: (item[0][0] - item[0][1], item[0])):
        free = all(end <= other.start or other.end <= start for other in taken)
        if spelling in known and free:
            taken.append(Named(start, end, known[spelling]))
    if not taken:
        raise NotFound(f"no concept is called {text.strip()!r}")
    once: dict[int, Named] = {}
    for named in sorted(taken, key=lambda named: named.start):
        once.setdefault(named.place, named)
    left = list(_left(text, taken))
    return Understood(tuple(once.values()), dict(zip(left, close(left, lexicon, 2), strict=True)))


def close(texts: Sequence[str], lexicon: Lexicon, n: int = NEAR) -> list[list[int]]:
    """Return for each text the places of up to n concepts with a name like it, the most alike first.

    Names are compared by their letters (difflib), in either language; a name that holds the text counts as close.
    Time is linear in the names: half a second for 200,000.
    """
    wanted = [(key(text), _pairs(key(text))) for text in texts]
    found: list[list[tuple[float, str, int]]] = [[] for _ in texts]
    for spelling, place in lexicon.all() if any(pairs for _, pairs in wanted) else ():
        for (folded, pairs), near in zip(wanted, found, strict=True):
            if pairs and len(folded) <= 2 * len(spelling) + 1:
                common = sum(pair in spelling for pair in pairs) / max(len(pairs), len(spelling) - _width(spelling))
                if common >= _COMMON or (len(folded) > 1 and folded in spelling):
                    near.append((-common, spelling, place))
    return [
        _closest(folded, sorted(near)[:_LOOKED_AT], n) for (folded, _), near in zip(wanted, found, strict=True)
    ]


def _closest(folded: str, near: Sequence[tuple[float, str, int]], n: int) -> list[int]:
    matcher = difflib.SequenceMatcher(b=folded, autojunk=False)
    ranked = []
    for _, spelling, place in near:
        matcher.set_seq1(spelling)
        ratio = matcher.ratio()
        if ratio >= _CLOSE or folded in spelling:
            ranked.append((-ratio, place))
    return list(dict.fromkeys(place for _, place in sorted(ranked)))[:n]


def _pairs(folded: str) -> frozenset[str]:
    """Return the pairs of letters of a name; of a Chinese one the characters, of which a pair says too much."""
    width = _width(folded)
    return frozenset(folded[i : i + width + 1] for i in range(len(folded) - width))


def _width(folded: str) -> int:
    return 0 if is_han(folded) else 1


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield where names may stand: words, or Chinese characters, side by side."""
    units = [match.span() for match in _UNIT.finditer(text)]
    for first, (start, end) in enumerate(units):
        counts = collections.Counter([is_han(text[start])])
        yield start, end
        for next_start, next_end in units[first + 1 :]:
            counts[is_han(text[next_start])] += 1
            if counts[True] > MAX_HAN or counts[False] > MAX_WORDS or not _GAP.fullmatch(text, end, next_start):
                break
            end = next_end
            yield start, end


def _left(text: str, taken: Sequence[Named]) -> Iterator[str]:
    """Yield the English words that might be names, side by side ones together, where no name stands."""
    run: list[tuple[int, int]] = []
    for match in _UNIT.finditer(text):
        start, end = match.span()
        free = all(end <= named.start or named.end <= start for named in taken)
        is_word = not is_han(match.group()) and part(match.group()) in (Part.PLAIN, Part.NAME)
        if free and is_word and (not run or _GAP.fullmatch(text, run[-1][1], start)):
            run.append((start, end))
            continue
        if run:
            yield text[run[0][0] : run[-1][1]]
        run = [(start, end)] if free and is_word else []
    if run:
        yield text[run[0][0] : run[-1][1]]
