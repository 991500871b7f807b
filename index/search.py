"""Questions in, passages out."""

import collections
import dataclasses
import json
import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder
from index.join import FIRST, Meaning, chance, dense, keyword, meaning, of_named_sources, wording, words_worth
from index.keywords import matched, query_words
from index.marks import marks
from index.model import Answer, Hit, Mode, Named, Why
from index.narrow import Narrow
from index.steer import Aim, Steer, aim
from index.tables import keyword_texts
from index.view import View

EVERYTHING = Narrow()
STRAIGHT = Steer()
# Passages of a page that come before all others have had their turn. One a section, as it was, hides most of a page
# without headings: 5% fewer questions had their sentence among the first five; 2 and 4 are within the noise.
OF_A_PAGE = 3
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
    named: Sequence[Named] = (),
) -> Answer:
    """Return the best passages for a question, best first, at most `k`, the sentences that matter marked.

    No page has more than `OF_A_PAGE` hits before all other candidates have had their turn. Passages that steer the
    question are not among the hits, and the rest of their sections come last.

    Raises:
        BadInput: the question is empty.
        NotFound: there is no passage of an id that steers.
    """
    query = query.strip()
    found, meant = _found(db, view, aim(db, view, encoder, query, steer), query, k, mode, narrow, named)
    asked = wording(db, view, query, named)
    marked = [
        dataclasses.replace(hit, marks=marks(view, asked, meant.windows.get(hit.key, ()), hit)) for hit in found.hits
    ]
    return Answer(marked, found.chance)


def rank(
    db: sqlite3.Connection,
    view: View,
    asked: NDArray[np.float32],
    query: str,
    k: int,
    *,
    mode: Mode = "hybrid",
    narrow: Narrow = EVERYTHING,
    named: Sequence[Named] = (),
) -> Answer:
    """Return what `search` does, without marks, for a question whose vector (d,) is at hand."""
    return _found(db, view, Aim(view.centred_query(asked, query), asked), query, k, mode, narrow, named)[0]


def _found(
    db: sqlite3.Connection,
    view: View,
    aimed: Aim,
    query: str,
    k: int,
    mode: Mode,
    narrow: Narrow,
    named: Sequence[Named],
) -> tuple[Answer, Meaning]:
    vector = aimed.vector
    allowed = view.allowed(db, narrow)
    near = {} if mode == "keyword" else dense(view, vector, allowed)
    found = {} if mode == "dense" else keyword(db, view, query, allowed, near, named)
    gains = of_named_sources(db, view, vector, allowed) if mode == "hybrid" and aimed.by_name else {}
    worth = {
        key: words_worth(view, found.get(key, 0.0)) + gains.get(key, 0.0)
        for key in near.keys() | found.keys() | gains.keys()
    }
    meant = meaning(db, view, vector, worth.keys(), worth)
    scores = found if mode == "keyword" else {key: score + worth[key] for key, score in meant.scores.items()}
    order = sorted(scores.keys() - set(aimed.examples), key=lambda key: (-scores[key], key))
    chosen = _spread_out(db, order, k, aimed.examples)
    by_meaning = sorted(near.keys() & meant.scores.keys(), key=lambda key: (-meant.scores[key], key))
    dense_rank = {key: nth for nth, key in enumerate(by_meaning, 1)}
    keyword_rank = {key: nth for nth, key in enumerate(found, 1)}
    held = {key: frozenset(text.split()) for key, text in keyword_texts(db, [row.key for row in chosen])}
    hits = [
        dataclasses.replace(
            row,
            score=round(scores[row.key], 6),
            why=Why(
                dense_rank.get(row.key),
                keyword_rank.get(row.key),
                _said(query, named, held.get(row.key, frozenset())),
            ),
        )
        for row in chosen
    ]
    told = not aimed.examples and aimed.by_name  # a question that examples have turned was not measured
    return Answer(hits, chance(view, meant, found, order[:FIRST]) if told else None), meant


def _said(query: str, named: Sequence[Named], there: frozenset[str]) -> tuple[str, ...]:
    """Return what of a question stands among the words of a passage; for an idea without its own, another name."""
    others = (
        next((name for name in each.others if (parts := query_words(name)) and there.issuperset(parts)), "")
        for each in named
        if not there.issuperset(query_words(each.text))
    )
    return tuple(dict.fromkeys((*matched(query, there), *filter(None, others))))


def _spread_out(db: sqlite3.Connection, order: Sequence[int], k: int, known: Sequence[int]) -> list[Hit]:
    """Return k rows: the best few of each page first, in their order, then the others and all of known sections."""
    sections = {(row.url, row.heading) for row in _rows(db, known).values()}
    taken: collections.Counter[str] = collections.Counter()
    first: list[Hit] = []
    rest: list[Hit] = []
    for begin in range(0, len(order), _ROWS):
        if len(first) >= k:  # mostly at once: reading all candidates takes as long as finding them
            break
        keys = order[begin : begin + _ROWS]
        rows = _rows(db, keys)
        for row in (rows[key] for key in keys):
            if (row.url, row.heading) in sections or taken[row.url] == OF_A_PAGE:
                rest.append(row)
            else:
                taken[row.url] += 1
                first.append(row)
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
