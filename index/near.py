"""The passages of other sources that are nearest to those of one source, in its language and in the others."""

import dataclasses
import itertools
import sqlite3

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
    same: tuple[Neighbour, ...]  # in its own language
    other: tuple[Neighbour, ...]  # in any other


def near(db: sqlite3.Connection, view: View, url: str, k: int) -> list[Near]:
    """Return for each passage of a source (canonical URL), by key, the k nearest of others: a search of the index each.

    A passage without a vector of the view's encoder is left out.
    """
    rows = tables.languages_of(db, url)
    keys = np.fromiter((key for key, _ in rows), np.int64)
    _, known = places(view.index.keys, keys)
    vectors = tables.stored_vectors(db, keys[known])
    others = np.ones(len(view.index), bool)
    others[_places(view, keys)] = False
    found: dict[tuple[int, bool], tuple[Neighbour, ...]] = {}
    own = [(key, lang) for (key, lang), is_known in zip(rows, known, strict=True) if is_known]
    for lang in sorted({lang for _, lang in own}):
        some = [nth for nth, (_, other) in enumerate(own) if other == lang]
        asked = np.stack([view.centred_passage(vectors[nth], lang) for nth in some])  # (n, d)
        of_lang = np.zeros(len(view.index), bool)
        of_lang[_places(view, tables.keys_in(db, lang))] = True
        for same in (True, False):
            nearest, cosines = view.index.search(asked, k, others & (of_lang if same else ~of_lang))
            for nth, row, values in zip(some, nearest.tolist(), cosines.tolist(), strict=True):
                found[own[nth][0], same] = tuple(itertools.starmap(Neighbour, zip(row, values, strict=True)))
    return [Near(key, found[key, True], found[key, False]) for key, _ in own]


def _places(view: View, keys: NDArray[np.int64]) -> NDArray[np.intp]:
    found, known = places(view.index.keys, keys)
    return found[known]
