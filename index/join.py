"""What passages are worth: the vectors' answer and the words' answer joined into one score."""

import bisect
import collections
import dataclasses
import itertools
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from index.keywords import any_whole, either, query_words
from index.model import Named
from index.tables import keyword_rows, keyword_texts, stored_windows
from index.vectors import places
from index.view import View, group

CANDIDATES = 200  # passages that either side puts forward: the best by both is far above this
# What a passage as a whole counts for beside its best window. From .4 to .6 is as good; alone, the windows lose what is
# said over several sentences (-.04 nDCG), the passage what is said in one (-.05).
WHOLE = 0.6
# What finding all words of the question is worth beside the cosine, in spreads of the cosine, and how fast that falls
# with the share that is found. Compared with min-max and a fixed weight on two sets of questions: as good within a
# language, and .1 better across (there, the few words found are names that stand in every passage).
KEYWORD_WEIGHT = 1.5
KEYWORD_POWER = 2
COVERED = 1.3  # a passage that repeats the words gains no more than this
# A question that reads like the name of a source asks for that source: from so many spreads above the level of any two
# passages, each bit of cosine counts for all its passages. On 40 questions that name no source it changes nothing.
NAMED = 3.0
MOST_NAMED = 20  # sources that one question can name
# Weighing a passage takes .6 us, so words that more than this many hold together put none forward: 12 ms.
WEIGHED = 20_000
OPENED = 100  # passages whose windows are compared; 60 and 400 find as much, and 400 take four times as long
READ = 100  # passages of each side whose words are counted again where frequent ones are asked: 6 ms
MOST_NAMES = 8  # other names of an idea that are asked for; each is a lookup of .3 ms
# When a question is answered, as 780 questions to 48 articles tell that have the answer, or had it taken away
# (bench/unanswered.py): even odds, and how fast they change. Not fitted to the 40 questions of the other library.
EVEN, STEEP = 3.2, 1.5
FIRST = 5  # passages of which one should answer
FEWEST = 30  # passages; among fewer, what any two have in common tells nothing
_K1, _B = 1.2, 0.75  # of BM25, as FTS5 has them

Vector = NDArray[np.float32]


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    """How near passages are to a question by what they mean."""

    scores: Mapping[int, float]  # by key
    windows: Mapping[int, Vector]  # by key: the cosine of each window, in the order of the text


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """The words of a question, and what else its ideas are called."""

    weights: Mapping[str, float]
    total: float  # of the weights
    renamed: Sequence[tuple[float, Sequence[frozenset[str]]]]  # share of a name's words, and the words of its others

    def share(self, held: Set[str]) -> float:
        """Return how much of the question stands in a text of these words: in [0, 1]."""
        own = sum(self.weights[word] for word in self.weights.keys() & held) / self.total if self.total else 0.0
        others = sum(share for share, names in self.renamed if any(name <= held for name in names))
        return max(own, others)


def wording(db: sqlite3.Connection, view: View, query: str, named: Sequence[Named]) -> Wording:
    """Return the words of a question as they weigh in this library."""
    weights = word_weights(view.holding(db, query_words(query)), keyword_rows(db)[0])
    total = sum(weights.values())
    return Wording(
        weights,
        total,
        [
            (
                sum(weights[word] for word in query_words(each.text) if word in weights) / total,
                [frozenset(parts) for name in each.others if (parts := query_words(name))],
            )
            for each in named
        ],
    )


def dense(view: View, vector: Vector, allowed: NDArray[np.bool_] | None) -> dict[int, float]:
    """Return the cosines of the nearest passages by key, best first."""
    keys, cosines = view.index.search(vector[None, :], CANDIDATES, allowed)
    return dict(zip(keys[0].tolist(), cosines[0].tolist(), strict=True))


def keyword(
    db: sqlite3.Connection,
    view: View,
    query: str,
    allowed: NDArray[np.bool_] | None,
    near: Iterable[int] = (),
    named: Sequence[Named] = (),
) -> dict[int, float]:
    """Return how much of the question's words the best passages have, by key, best first.

    That is BM25 over what it would be in a passage of middling length that has each word once: near 1 for all words,
    and rare words count for more than frequent ones.

    In a large library words that many passages hold put none forward: they count for those that the rare words put
    forward, and for those in `near`. Without `near` the rarest word puts passages forward in any case.

    A passage that has an idea of the question under another name has the words by which the question names it.
    """
    held = view.holding(db, query_words(query))
    asked = wording(db, view, query, named)
    near = list(near)
    telling, frequent = _telling(held, least=not near)
    found = _ranked(db, view, telling, allowed)
    if frequent:
        best = [*itertools.islice(found, READ), *itertools.islice((key for key in near if key not in found), READ)]
        scores = bm25(db, best, asked.weights)
        found = {key: scores[key] for key in sorted(scores, key=lambda key: (-scores[key], key)) if scores[key]}
    covered = {key: score / asked.total for key, score in found.items()}
    renamed: dict[int, float] = collections.defaultdict(float)
    for share, names in asked.renamed:
        for key, whole in _called(db, view, names, allowed).items():
            renamed[key] += share * whole
    for key, share in renamed.items():
        covered[key] = max(covered.get(key, 0.0), share)
    if renamed:
        covered = {key: covered[key] for key in sorted(covered, key=lambda key: (-covered[key], key))}
    return dict(itertools.islice(covered.items(), CANDIDATES))


def _called(
    db: sqlite3.Connection, view: View, names: Sequence[frozenset[str]], allowed: NDArray[np.bool_] | None
) -> dict[int, float]:
    """Return how fully the best passages have any of these names, by key: at most 1, for all of its words.

    In a large library names that many passages have put none forward, as frequent words do not.
    """
    named = list(dict.fromkeys(names))[:MOST_NAMES]
    held = view.holding(db, frozenset().union(*named))
    most = [min(held[word] for word in words) for words in named]  # passages that have each, at most
    sums = itertools.accumulate(most)
    wanted = [words for words, few, total in zip(named, most, sums, strict=True) if few and total <= WEIGHED]
    if not wanted:
        return {}
    weights = word_weights(held, keyword_rows(db)[0])
    least = min(sum(weights[word] for word in words) for words in wanted)
    found = _matching(db, view, any_whole([sorted(words) for words in wanted]), allowed)
    return {key: min(1.0, score / least) for key, score in found.items()}


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
    return _matching(db, view, either(words), allowed) if words else {}


def _matching(db: sqlite3.Connection, view: View, match: str, allowed: NDArray[np.bool_] | None) -> dict[int, float]:
    """Return BM25 of the passages that an FTS5 expression fits, as many as are asked for, by key, best first."""
    sql = "select rowid, -bm25(keywords) from keywords where keywords match ?"
    if allowed is None:
        rows = db.execute(f"{sql} order by rank, rowid limit ?", (match, CANDIDATES)).fetchall()
        return dict(rows)
    # A narrowed MATCH would look each passage up, and count all that hold each word every time.
    pairs = np.fromiter(itertools.chain.from_iterable(db.execute(sql, (match,))), np.float64).reshape(-1, 2)
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


def meaning(
    db: sqlite3.Connection, view: View, vector: Vector, keys: Iterable[int], worth: Mapping[int, float]
) -> Meaning:
    """Return how near these passages are to a question's vector (d,): each as a whole, the best also by its windows.

    The best are those with most of cosine and `worth` together, what else speaks for a passage.
    """
    every = np.array(sorted(keys), np.int64)
    whole = view.index.cosines(vector, every)  # (n,)
    sums = whole + np.array([worth.get(key, 0.0) for key in every.tolist()])
    best = np.sort(np.argsort(-sums, kind="stable")[:OPENED])
    scores = dict(zip(every.tolist(), whole.tolist(), strict=True))
    rows = stored_windows(db, every[best].tolist())
    if not rows:
        return Meaning(scores, {})
    stored = [vectors.reshape(-1, len(vector)) for _, _, vectors in rows]
    counts = [len(vectors) for vectors in stored]
    groups = np.repeat([group(lang) for _, lang, _ in rows], counts)
    cosines = view.cosines(vector, np.concatenate(stored).astype(np.float32), groups)  # (windows of all,)
    opens = np.cumsum([0, *counts[:-1]])
    in_order = [key for key, _, _ in rows]
    for key, window in zip(in_order, np.maximum.reduceat(cosines, opens).tolist(), strict=True):
        scores[key] = WHOLE * scores[key] + (1 - WHOLE) * window
    return Meaning(scores, dict(zip(in_order, np.split(cosines, opens[1:]), strict=True)))


def words_worth(view: View, covered: float) -> float:
    """Return what it adds to a cosine that this share of the question's words is found."""
    return float(KEYWORD_WEIGHT * view.spread * min(covered, COVERED) ** KEYWORD_POWER)


def of_named_sources(
    db: sqlite3.Connection, view: View, vector: Vector, allowed: NDArray[np.bool_] | None
) -> dict[int, float]:
    """Return what the passages of each source gain that the question names, by key."""
    sources, cosines = view.titles.search(vector[None, :], MOST_NAMED)
    above = cosines[0] - (view.level + NAMED * view.spread)
    gains = {}
    for source, gain in zip(sources[0].tolist(), above.tolist(), strict=True):
        if gain <= 0:
            break
        rows = db.execute("select key from chunks where source = ?", (source,))
        keys = np.fromiter((key for (key,) in rows), np.int64)
        if allowed is not None:
            found, known = places(view.index.keys, keys)
            keys = keys[known & allowed[found]]
        gains.update(dict.fromkeys(keys.tolist(), gain))
    return gains


def chance(view: View, meant: Meaning, found: Mapping[int, float], first: Iterable[int]) -> float | None:
    """Return how likely one of the first passages answers the question; None where the library is too small to tell.

    That is the logistic function of the best of them: the cosine of its best window and what its words are worth, in
    spreads above the level of any two passages.
    """
    if len(view.index) < FEWEST or not view.spread:
        return None
    best = max(
        (
            (float(meant.windows[key].max()) + words_worth(view, found.get(key, 0.0)) - view.level) / view.spread
            for key in first
            if key in meant.windows
        ),
        default=-math.inf,
    )
    return 1 / (1 + math.exp(min(STEEP * (EVEN - best), 700.0)))
