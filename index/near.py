"""The passages of other sources that are nearest to those of one source, in its language and in the others."""

import dataclasses
import itertools
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index import tables
from index.vectors import places
from index.view import View


@dataclasses.dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage of another source, and how near it is."""

    key: int
    cosine: float  # in the space where the languages meet


@dataclasses.dataclass(frozen=True, slots=True)
class Near:
    """What is nearest to one passage among the passages of all other sources, nearest first."""

    key: int
    same: tuple[Neighbour, ...]  # in sources of its source's language
    other: tuple[Neighbour, ...]  # in sources of any other


def near(db: sqlite3.Connection, view: View, url: str, k: int) -> list[Near]:
    """Return for each passage of a source (canonical URL), by key, the k nearest of others: a search of the index each.

    Whole sources are in one language or another: the code in a Chinese article stands beside that in its English
    original. A passage without a vector of the view's encoder is left out.
    """
    rows = tables.languages_of(db, url)
    keys = np.fromiter((key for key, _ in rows), np.int64)
    _, known = places(view.index.keys, keys)
    if not known.any():
        return []
    langs = [lang for (_, lang), is_known in zip(rows, known, strict=True) if is_known]
    vectors = tables.stored_vectors(db, keys[known])
    asked = np.stack(
        [view.centred_passage(vector, lang) for vector, lang in zip(vectors, langs, strict=True)]
    )  # (n, d)
    others = np.ones(len(view.index), bool)
    others[_places(view, keys)] = False
    beside = np.zeros(len(view.index), bool)
    beside[_places(view, tables.keys_beside(db, url))] = True
    same, other = (_nearest(view, asked, k, others & side) for side in (beside, ~beside))
    return [Near(*each) for each in zip(keys[known].tolist(), same, other, strict=True)]


def _nearest(
    view: View, asked: NDArray[np.float32], k: int, allowed: NDArray[np.bool_]
) -> Iterator[tuple[Neighbour, ...]]:
    keys, cosines = view.index.search(asked, k, allowed)
    for row, values in zip(keys.tolist(), cosines.tolist(), strict=True):
        yield tuple(itertools.starmap(Neighbour, zip(row, values, strict=True)))


def likeness(db: sqlite3.Connection, view: View, pairs: Sequence[tuple[int, int]]) -> float:
    """Return how much the passages of these pairs of keys say the same, window by window; 0 where none has two windows.

    Of each window of the one the cosine with the nearest window of the other, and by how much that is nearer than the
    second: what is only about the same thing is near to several, a translation to one.
    """
    stored = tables.stored_windows(db, sorted({key for pair in pairs for key in pair}))
    width = tables.stored_vectors(db, np.array([key for key, _, _ in stored[:1]], np.int64)).shape[1]
    windows = {
        key: np.stack([view.centred_passage(each, lang) for each in flat.astype(np.float32).reshape(-1, width)])
        for key, lang, flat in stored
    }
    found = []
    for mine, other in pairs:
        cosines = np.sort(windows[mine] @ windows[other].T, axis=1)  # (windows of the one, of the other)
        if min(cosines.shape) > 1:
            found.append(float((2 * cosines[:, -1] - cosines[:, -2]).mean()))
    return sum(found) / len(found) if found else 0.0


def _places(view: View, keys: NDArray[np.int64]) -> NDArray[np.intp]:
    found, known = places(view.index.keys, keys)
    return found[known]
