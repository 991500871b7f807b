"""Questions in, passages out."""

import dataclasses
import json
import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder
from index.join import add_named, dense, joined, keyword, word_weights
from index.keywords import matched, query_words
from index.marks import marks
from index.model import Hit, Mode, Why
from index.narrow import Narrow
from index.steer import Aim, Steer, aim
from index.tables import keyword_rows
from index.view import View

EVERYTHING = Narrow()
STRAIGHT = Steer()
_ROWS = 40  # candidates read at once


def search(
    db: sqlite3.Connection,
    view: View,
    encoder: Encoder,
    query: str,
    k: int = 10,
    *,
    mode: Mode = "hybrid",
    narrow: Narrow = EVERYTHING,
    steer: Steer = STRAIGHT,
) -> list[Hit]:
    """Return the best passages for a question, best first, at most `k`, the sentences that matter marked.

    The first hits are each from another section of a page; more of a section follow when no other is left among the
    candidates. Passages that steer the question are not among the hits, and the rest of their sections come last.

    Raises:
        BadInput: the question is empty.
        NotFound: there is no passage of an id that steers.
    """
    query = query.strip()
    aimed = aim(db, view, encoder, query, steer)
    hits = _ranked(db, view, aimed, query, k, mode, narrow)
    weights = word_weights(view.holding(db, query_words(query)), keyword_rows(db)[0])
    places = marks(encoder, aimed.raw, weights, hits)
    return [dataclasses.replace(hit, marks=some) for hit, some in zip(hits, places, strict=True)]


def rank(
    db: sqlite3.Connection,
    view: View,
    asked: NDArray[np.float32],
    query: str,
    k: int,
    *,
    mode: Mode = "hybrid",
    narrow: Narrow = EVERYTHING,
) -> list[Hit]:
    """Return what `search` does, without marks, for a question whose vector (d,) is at hand."""
    return _ranked(db, view, Aim(view.centred_query(asked, query), asked), query, k, mode, narrow)


def _ranked(
    db: sqlite3.Connection, view: View, aimed: Aim, query: str, k: int, mode: Mode, narrow: Narrow
) -> list[Hit]:
    vector = aimed.vector
    allowed = view.allowed(db, narrow)
    near = {} if mode == "keyword" else dense(view, vector, allowed)
    found = {} if mode == "dense" else keyword(db, view, query, allowed, near)
    scores = joined(view, vector, near, found, mode)
    if mode == "hybrid" and aimed.by_name:
        add_named(db, view, vector, allowed, scores)
    order = sorted(scores.keys() - set(aimed.examples), key=lambda key: (-scores[key], key))
    chosen = _spread_out(db, order, k, aimed.examples)
    dense_rank = {key: nth for nth, key in enumerate(near, 1)}
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


def _spread_out(db: sqlite3.Connection, order: Sequence[int], k: int, known: Sequence[int]) -> list[Hit]:
    """Return k rows: the best of each section first, in their order, then the others, and all of known sections."""
    seen = {(row.url, row.heading) for row in _rows(db, known).values()}
    first: list[Hit] = []
    rest: list[Hit] = []
    for begin in range(0, len(order), _ROWS):
        if len(first) >= k:  # mostly at once: reading all candidates takes as long as finding them
            break
        keys = order[begin : begin + _ROWS]
        rows = _rows(db, keys)
        for row in (rows[key] for key in keys):
            place = (row.url, row.heading)
            (rest if place in seen else first).append(row)
            seen.add(place)
    return [*first, *rest][:k]


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
