"""How much the sources make of a candidate: repetition, spread, words of its own, the author's mark-up. Pure.

After C-value (Frantzi, Ananiadou and Mima 2000), document frequency and contrast with general language. The weights
were set on 42 articles in two languages (bench/concepts.py) and kept round.
"""

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kg import chinese, english, vocabulary
from kg.candidates import Candidate, Sums, n_sources, rows_of
from kg.names import is_han

_COMMON, _RARE = 6.0, 2.6  # Zipf scale: as common as "people", and what the background doesn't know
_NESTED = 0.25  # what a mention inside a longer candidate counts
_POINTED = {  # what sources add by pointing at a term
    "heading": 1.2,
    "title": 1.2,
    "strong": 1.2,
    "gloss": 0.8,
    "item-title": 0.6,
    "defined": 0.6,
    "link": 0.5,
    "emphasis": 0.5,
    "quoted": 0.3,
}
_NAME = 1.3
_GENERAL = 0.6  # no word of its own: model architecture


def scores(families: Sequence[Sequence[Candidate]], sums: Sums) -> list[float]:
    """Return the rank of each concept with these spellings, rows of `sums`; higher is better."""
    rows, starts = rows_of(families)
    sizes = np.diff(np.append(starts, len(rows)))
    surfaces = [sums.surfaces[row] for row in rows.tolist()]
    counts, whole = sums.counts[rows], sums.having("whole")[rows]
    freed = whole + _NESTED * (counts - whole)  # mentions inside a longer candidate count for less
    lengths = np.array([len(_words(surface)) for surface in surfaces], np.int64)
    of = np.repeat(np.arange(len(sizes)), sizes)  # (m,): the family of each row
    repeated = _log2(1 + np.bincount(of, freed * _log2(1 + lengths), minlength=len(sizes)))
    pointed = np.zeros(len(families))
    for cue, weight in _POINTED.items():
        pointed += weight * _log2(1 + np.add.reduceat(sums.pointing(cue)[rows], starts))
    specific = np.zeros(len(rows))
    for nth in np.flatnonzero(counts >= np.repeat(np.maximum.reduceat(counts, starts) / 5, sizes)).tolist():
        specific[nth] = specificity(surfaces[nth])
    is_name = np.logical_or.reduceat(sums.having("name")[rows] * 2 > counts, starts)
    is_general = np.logical_and.reduceat(sums.having("general")[rows] * 2 > counts, starts)
    shape = np.where(is_name, _NAME, np.where(is_general, _GENERAL, 1))
    spread = 1 + 0.5 * _log2(np.array([*map(n_sources, families)]))
    found: list[float] = (repeated * spread * (1 + pointed) * np.maximum.reduceat(specific, starts) * shape).tolist()
    return found


def _log2(values: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return binary logarithms, the same on every machine: each value is looked at once."""
    each, place = np.unique(values, return_inverse=True)
    return np.array([math.log2(value) for value in each.tolist()])[place]


def specificity(surface: str) -> float:
    """Return, in (0, 1], how little the words of a term belong to general language.

    Common words by themselves are rarely terms; together they often are (language model), so the measure is bent
    down for one word and up for several.
    """
    words = _words(surface)
    if not words:
        return 0.1
    mean = sum((_COMMON - _commonness(word)) / (_COMMON - _RARE) for word in words) / len(words)
    return float(min(1.0, max(0.1, mean)) ** (1.5 if len(words) == 1 else 0.5))


def contrast(word: str, count: int, total: int) -> float:
    """Return the powers of ten by which a word is more frequent among `total` mentions than in general language."""
    return math.log10(count / total * 1e9) - _commonness(word)


@functools.lru_cache(maxsize=1 << 17)
def _words(surface: str) -> tuple[str, ...]:
    if is_han(surface):
        return tuple(word.text for word in chinese.words(surface, 0, len(surface)))
    return english.split(surface)


def _commonness(word: str) -> float:
    return vocabulary.commonness(word, "zh") if is_han(word) else vocabulary.commonness(word.lower(), "en")
