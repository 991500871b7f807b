"""What passages are worth: the vectors' answer and the words' answer joined into one score."""

import bisect
import itertools
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.keywords import either, query_words
from index.model import Mode
from index.tables import keyword_rows, keyword_texts
from index.vectors import places
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
MOST_NAMED = 20  # sources that one question can name
# Weighing a passage takes .6 us, so words that more than this many hold together put none forward: 12 ms.
WEIGHED = 20_000
READ = 100  # passages of each side whose words are counted again where frequent ones are asked: 6 ms
_K1, _B = 1.2, 0.75  # of BM25, as FTS5 has them


def dense(view: View, vector: NDArray[np.float32], allowed: NDArray[np.bool_] | None) -> dict[int, float]:
    """Return the cosines of the nearest passages by key, best first."""
    keys, cosines = view.index.search(vector[None, :], CANDIDATES, allowed)
    return dict(zip(keys[0].tolist(), cosines[0].tolist(), strict=True))


def keyword(
    db: sqlite3.Connection,
    view: View,
    query: str,
    allowed: NDArray[np.bool_] | None,
    near: Iterable[int] = (),
) -> dict[int, float]:
    """Return how much of the question's words the best passages have, by key, best first.

    That is BM25 over what it would be in a passage of middling length that has each word once: near 1 for all words,
    and rare words count for more than frequent ones.

    In a large library words that many passages hold put none forward: they count for those that the rare words put
    forward, and for those in `near`. Without `near` the rarest word puts passages forward in any case.
    """
    asked = query_words(query)
    held = view.holding(db, asked)
    weights = word_weights(held, keyword_rows(db)[0])
    near = list(near)
    telling, frequent = _telling(held, least=not near)
    found = _ranked(db, view, telling, allowed)
    if frequent:
        best = [*itertools.islice(found, READ), *itertools.islice((key for key in near if key not in found), READ)]
        scores = bm25(db, best, weights)
        found = {key: scores[key] for key in sorted(scores, key=lambda key: (-scores[key], key)) if scores[key]}
    total = sum(weights.values())
    return {key: score / total for key, score in itertools.islice(found.items(), CANDIDATES)}


def _telling(held: Mapping[str, int], *, least: bool) -> tuple[list[str], list[str]]:
    """Return the rarest words that few passages hold together, and the others; at least one of the first if asked."""
    order = sorted(held, key=lambda word: (held[word], word))
    sums = list(itertools.accumulate(held[word] for word in order))
    count = max(bisect.bisect_right(sums, WEIGHED), int(least))
    return order[:count], order[count:]


def _ranked(
    db: sqlite3.Connection, view: View, words: Sequence[str], allowed: NDArray[np.bool_] | None
) -> dict[int, float]:
    """Return BM25 of the passages that hold any of the words, as many as are asked for, by key, best first."""
    if not words:
        return {}
    sql = "select rowid, -bm25(keywords) from keywords where keywords match ?"
    if allowed is None:
        rows = db.execute(f"{sql} order by rank, rowid limit ?", (either(words), CANDIDATES)).fetchall()
        return dict(rows)
    # A narrowed MATCH would look each passage up, and count all that hold each word every time.
    pairs = np.fromiter(itertools.chain.from_iterable(db.execute(sql, (either(words),))), np.float64).reshape(-1, 2)
    keys, scores = pairs[:, 0].astype(np.int64), pairs[:, 1]
    found, known = places(view.index.keys, keys)
    kept = np.flatnonzero(known & allowed[found]) if len(allowed) else np.empty(0, np.intp)
    best = kept[np.lexsort((keys[kept], -scores[kept]))][:CANDIDATES]
    return dict(zip(keys[best].tolist(), scores[best].tolist(), strict=True))


def bm25(db: sqlite3.Connection, keys: Sequence[int], weights: Mapping[str, float]) -> dict[int, float]:
    """Return by key how well passages hold these words, as FTS5's function of this name does for those it finds."""
    mean_length = keyword_rows(db)[1]
    scores = {}
    for key, text in keyword_texts(db, keys):
        held = f" {text.replace(' ', '  ')} "
        plain = _K1 * (1 - _B + _B * len(text.split()) / mean_length)
        times = ((weight, held.count(f" {word} ")) for word, weight in weights.items())
        scores[key] = sum(weight * count * (_K1 + 1) / (count + plain) for weight, count in times if count)
    return scores


def word_weights(held: Mapping[str, int], rows: int) -> dict[str, float]:
    """Return the inverse document frequency of words that so many of all rows hold, as FTS5's bm25() has it."""
    return {word: max(math.log((rows - count + 0.5) / (count + 0.5)), 1e-6) for word, count in held.items()}


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
    allowed: NDArray[np.bool_] | None,
    scores: dict[int, float],
) -> None:
    """Raise the scores of the passages of each source that the question names."""
    sources, cosines = view.titles.search(vector[None, :], MOST_NAMED)
    gains = cosines[0] - (view.level + NAMED * view.spread)
    for source, gain in zip(sources[0].tolist(), gains.tolist(), strict=True):
        if gain <= 0:
            break
        rows = db.execute("select key from chunks where source = ?", (source,))
        keys = np.fromiter((key for (key,) in rows), np.int64)
        if allowed is not None:
            found, known = places(view.index.keys, keys)
            keys = keys[known & allowed[found]]
        for key, cosine in zip(keys.tolist(), view.index.cosines(vector, keys).tolist(), strict=True):
            scores[key] = scores.get(key, cosine) + gain
