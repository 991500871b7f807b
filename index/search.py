"""Questions in, passages out: the vectors' answer and the words' answer joined into one list."""

import dataclasses
import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BadInput
from corpus.sentences import sentences
from corpus.urls import canonical
from index.encoder import Encoder
from index.keywords import keyword_query, matched, query_words, words
from index.vectors import View

Mode = Literal["hybrid", "dense", "keyword"]

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
_SECOND_MARK = 0.8  # a second sentence is marked when it matters this much as the first
_TELLING = 0.3  # a sentence with this share of the question's words is known by them; else the encoder is asked
_READ_AGAIN = 3  # passages whose sentences the encoder reads: .1 s


@dataclasses.dataclass(frozen=True, slots=True)
class Why:
    """Why a passage was found."""

    dense: int | None  # rank by meaning from 1, None where it is not among the candidates
    keyword: int | None
    words: tuple[str, ...]  # of the question, that stand in the passage


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer. Offsets count code points: `start` and `end` in the document, `marks` in the text."""

    key: int
    id: str
    url: str  # canonical
    title: str
    heading: tuple[str, ...]
    lang: str
    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...] = ()  # the one or two sentences that matter most
    score: float = 0.0  # comparable between the hits of one question
    why: Why = Why(None, None, ())


def search(
    db: sqlite3.Connection,
    view: View,
    encoder: Encoder,
    query: str,
    k: int = 10,
    *,
    mode: Mode = "hybrid",
    lang: str = "",
    source: str = "",
    section: str = "",
) -> list[Hit]:
    """Return the best passages for a question, best first, at most `k`, the sentences that matter marked.

    The first hits are each from another section of a page; more of a section follow when no other is left among the
    candidates. `lang`, `source` (a URL) and `section` (a heading of the reading list, or a part of it) narrow the
    choice.

    Raises:
        BadInput: the question is empty.
    """
    asked = _asked(encoder, query)
    hits = rank(db, view, asked, query, k, mode=mode, lang=lang, source=source, section=section)
    marks = _marks(encoder, asked, word_weights(db, query_words(query)), hits)
    return [dataclasses.replace(hit, marks=places) for hit, places in zip(hits, marks, strict=True)]


def rank(
    db: sqlite3.Connection,
    view: View,
    asked: NDArray[np.float32],
    query: str,
    k: int,
    *,
    mode: Mode = "hybrid",
    lang: str = "",
    source: str = "",
    section: str = "",
) -> list[Hit]:
    """Return what `search` does, without marks, for a question whose vector (d,) is at hand."""
    where, values = _narrowed(lang, source, section)
    vector = view.centred_query(asked, query)
    dense = {} if mode == "keyword" else _dense(db, view, vector, where, values)
    found = {} if mode == "dense" else _keyword(db, query, where, values)
    scores = _joined(view, vector, dense, found, mode)
    if mode == "hybrid":
        _add_named(db, view, vector, where, values, scores)
    order = sorted(scores, key=lambda key: (-scores[key], key))
    rows = _rows(db, order)
    chosen = _spread_out([rows[key] for key in order], k)
    dense_rank = {key: nth for nth, key in enumerate(dense, 1)}
    keyword_rank = {key: nth for nth, key in enumerate(found, 1)}
    return [
        dataclasses.replace(
            row,
            score=round(scores[row.key], 6),
            why=Why(
                dense_rank.get(row.key),
                keyword_rank.get(row.key),
                matched(query, "\n".join((row.title, *row.heading, row.text))),
            ),
        )
        for row in chosen
    ]


def _asked(encoder: Encoder, query: str) -> NDArray[np.float32]:
    if not query.strip():
        raise BadInput("the question is empty: give some words")
    vector: NDArray[np.float32] = encoder.queries([query])[0]
    return vector


def _narrowed(lang: str, source: str, section: str) -> tuple[str, list[str]]:
    """Return an SQL condition on `chunks` and its values; '' where nothing is narrowed."""
    conditions, values = [], []
    if lang:
        conditions.append("chunks.lang = ?")
        values.append(lang)
    if source:
        conditions.append("chunks.source = (select key from sources where url = ?)")
        values.append(canonical(source))
    if section:
        conditions.append(
            "chunks.source in (select source from entries, json_each(entries.section) "
            "where instr(lower(json_each.value), lower(?)))"
        )
        values.append(section)
    return " and ".join(conditions), values


def _dense(
    db: sqlite3.Connection, view: View, vector: NDArray[np.float32], where: str, values: Sequence[str]
) -> dict[int, float]:
    """Return the cosines of the nearest passages by key, best first."""
    allowed = None
    if where:
        rows = db.execute(f"select key from chunks where {where}", values)
        allowed = np.fromiter((key for (key,) in rows), np.int64)
    keys, cosines = view.index.search(vector[None, :], CANDIDATES, allowed)
    return dict(zip(keys[0].tolist(), cosines[0].tolist(), strict=True))


def _keyword(db: sqlite3.Connection, query: str, where: str, values: Sequence[str]) -> dict[int, float]:
    """Return how much of the question's words the best passages have, by key, best first.

    That is BM25 over what it would be in a passage of middling length that has each word once: near 1 for all words,
    and rare words count for more than frequent ones.
    """
    match = keyword_query(query)
    if not match:
        return {}
    total = sum(word_weights(db, query_words(query)).values())
    narrowed = f"and rowid in (select key from chunks where {where})" if where else ""
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


def _joined(
    view: View, vector: NDArray[np.float32], dense: Mapping[int, float], found: Mapping[int, float], mode: Mode
) -> dict[int, float]:
    if mode == "keyword":
        return dict(found)
    scores = dict(dense)
    unseen = np.array([key for key in found if key not in dense], np.int64)
    scores.update(zip(unseen.tolist(), view.index.cosines(vector, unseen).tolist(), strict=True))
    for key, covered in found.items():
        scores[key] += KEYWORD_WEIGHT * view.spread * min(covered, COVERED) ** KEYWORD_POWER
    return scores


def _add_named(
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


def _rows(db: sqlite3.Connection, keys: Sequence[int]) -> dict[int, Hit]:
    rows = db.execute(
        'select chunks.key, id, url, title, heading, lang, text, start, "end" '
        "from chunks join sources on sources.key = chunks.source where chunks.key in (select value from json_each(?))",
        (json.dumps(keys),),
    )
    return {
        key: Hit(key, name, url, title, tuple(json.loads(heading)), lang, text, start, end)
        for key, name, url, title, heading, lang, text, start, end in rows
    }


def _spread_out(rows: Sequence[Hit], k: int) -> list[Hit]:
    """Return k rows: the best of each section first, in their order, then the others."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    first: list[Hit] = []
    rest: list[Hit] = []
    for row in rows:
        place = (row.url, row.heading)
        (rest if place in seen else first).append(row)
        seen.add(place)
    return [*first, *rest][:k]


def _marks(
    encoder: Encoder, asked: NDArray[np.float32], weights: Mapping[str, float], hits: Sequence[Hit]
) -> list[tuple[tuple[int, int], ...]]:
    """Return the sentences that matter in each passage: by their words, or where these say little by the encoder.

    Reading all sentences of ten passages takes the encoder half a second and more, so it reads only the first few that
    the words leave open. A passage behind those, without a word of the question, has no mark.
    """
    places = [_said(hit) for hit in hits]
    scores = [_by_words(hit.text, some, weights) for hit, some in zip(hits, places, strict=True)]
    enough = _TELLING * sum(weights.values())
    left = [nth for nth, some in enumerate(places) if len(some) > 1 and max(scores[nth]) < enough][:_READ_AGAIN]
    texts = [hits[nth].text[start:end] for nth in left for start, end in places[nth]]
    cosines = iter((encoder.passages(texts) @ asked).tolist() if texts else ())
    for nth in left:
        scores[nth] = [next(cosines) for _ in places[nth]]
    return [_best(some, each) for some, each in zip(places, scores, strict=True)]


def _said(hit: Hit) -> list[tuple[int, int]]:
    """Return the sentences of a passage without the headings, which name what is said and say nothing."""
    every = sentences(hit.text)
    return [place for place in every if hit.text[slice(*place)] not in hit.heading] or every


def _by_words(text: str, places: Sequence[tuple[int, int]], weights: Mapping[str, float]) -> list[float]:
    held = (weights.keys() & set(words(text[start:end])) for start, end in places)
    return [sum(weights[word] for word in some) for some in held]


def _best(places: Sequence[tuple[int, int]], scores: Sequence[float]) -> tuple[tuple[int, int], ...]:
    """Return the best place, and the second where it matters nearly as much, in the order of the text."""
    if not any(scores):
        return ()
    order = sorted(range(len(places)), key=lambda nth: (-scores[nth], nth))[:2]
    worst = min(scores)
    enough = _SECOND_MARK * (scores[order[0]] - worst)
    return tuple(sorted(places[nth] for nth in order if nth == order[0] or scores[nth] - worst >= enough > 0))
