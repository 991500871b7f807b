"""What passages are worth: the vectors' answer and the words' answer joined into one score."""

import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.keywords import keyword_query, query_words
from index.model import Mode
from index.view import View

CANDIDATES = 200  # passages that either side puts forward: the best by both is far above this
# What finding all words of the question is worth beside the cosine, in spreads of the cosine, and how fast that falls
# with the share that is found. Compared with min-max and a fixed weight on two sets of questions: as good within a
# language, and .1 better across (there, the few words found are names that stand in every passage).
KEYWORD_WEIGHT = 1.5
KEYWORD_POWER = 1.5
COVERED = 1.3  # a passage that repeats the words gains no more than this
# A question that reads like the name of a source asks for that source: from so many spreads above the level of any two
# passages, each bit of cosine counts for all its passages. On 40 questions that name no source it changes nothing.
NAMED = 3.0


def dense(
    db: sqlite3.Connection, view: View, vector: NDArray[np.float32], where: str, values: Sequence[str]
) -> dict[int, float]:
    """Return the cosines of the nearest passages by key, best first."""
    allowed = None
    if where:
        rows = db.execute(f"select key from chunks where {where}", values)
        allowed = np.fromiter((key for (key,) in rows), np.int64)
    keys, cosines = view.index.search(vector[None, :], CANDIDATES, allowed)
    return dict(zip(keys[0].tolist(), cosines[0].tolist(), strict=True))


def keyword(db: sqlite3.Connection, query: str, where: str, values: Sequence[str]) -> dict[int, float]:
    """Return how much of the question's words the best passages have, by key, best first.

    That is BM25 over what it would be in a passage of middling length that has each word once: near 1 for all words,
    and rare words count for more than frequent ones.
    """
    match = keyword_query(query)
    if not match:
        return {}
    total = sum(word_weights(db, query_words(query)).values())
    narrowed = (
        f"and +rowid in (select key from chunks where {where})" if where else ""
    )  # without +: a MATCH for each key
    rows = db.execute(
        f"select rowid, -bm25(keywords) from keywords where keywords match ? {narrowed} order by rank, rowid limit ?",
        (match, *values, CANDIDATES),
    )
    return {key: bm25 / total for key, bm25 in rows}


def word_weights(db: sqlite3.Connection, asked: Iterable[str]) -> dict[str, float]:
    """Return the inverse document frequency of each word, as FTS5's bm25() has it."""
    (count,) = db.execute("select count(*) from keywords").fetchone()
    weights = {}
    for word in asked:
        row = db.execute("select doc from keyword_rows where term = ?", (word,)).fetchone()
        holding = row[0] if row else 0
        weights[word] = max(math.log((count - holding + 0.5) / (holding + 0.5)), 1e-6)
    return weights


def joined(
    view: View, vector: NDArray[np.float32], near: Mapping[int, float], found: Mapping[int, float], mode: Mode
) -> dict[int, float]:
    """Return the score of each passage that either side puts forward, by key."""
    if mode == "keyword":
        return dict(found)
    scores = dict(near)
    unseen = np.array([key for key in found if key not in near], np.int64)
    scores.update(zip(unseen.tolist(), view.index.cosines(vector, unseen).tolist(), strict=True))
    for key, covered in found.items():
        scores[key] += KEYWORD_WEIGHT * view.spread * min(covered, COVERED) ** KEYWORD_POWER
    return scores


def add_named(
    db: sqlite3.Connection,
    view: View,
    vector: NDArray[np.float32],
    where: str,
    values: Sequence[str],
    scores: dict[int, float],
) -> None:
    """Raise the scores of the passages of each source that the question names."""
    least = view.level + NAMED * view.spread
    for source, title in view.titles.items():
        gain = float(title @ vector) - least
        if gain <= 0:
            continue
        narrowed = f"and {where}" if where else ""
        rows = db.execute(f"select key from chunks where source = ? {narrowed}", (source, *values))
        keys = np.fromiter((key for (key,) in rows), np.int64)
        for key, cosine in zip(keys.tolist(), view.index.cosines(vector, keys).tolist(), strict=True):
            scores[key] = scores.get(key, cosine) + gain
