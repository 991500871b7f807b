"""A question turned by examples: more of this, less of that, by meaning.

Vectors of one space can be added: the question's, plus what is wanted, minus what is not (Rocchio, "Relevance feedback
in information retrieval", 1971), each a unit vector in which the languages meet, so that an example in one language
turns the question in all.
"""

import dataclasses
import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BadInput, NotFound
from index import tables
from index.encoder import Encoder
from index.view import View

Vector = NDArray[np.float32]

TURN = 0.75  # what is wanted and what is not weigh this beside 1 for the question; measured on eight pairs such as
# attention without vision, by meaning: of ten hits 2.4 held the unwanted word at 0, 1.3 at .5, .9 at .75, .6 at 1, and
# the cosine with the question alone fell to .96, .91 and .82 of what it was.


@dataclasses.dataclass(frozen=True, slots=True)
class Steer:
    """What a question shall be nearer to and farther from: texts, and passages by their id or its beginning."""

    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Aim:
    """Where a question points."""

    vector: Vector  # (d,) unit, as the index has it
    raw: Vector  # (d,) as the encoder gave it: what its sentences are compared with
    examples: tuple[int, ...] = ()  # keys of the passages it was turned by
    by_name: bool = True  # it may name a source: nothing but its own words made it


def aim(
    db: sqlite3.Connection, view: View, encoder: Encoder, query: str, steer: Steer, asked: Vector | None = None
) -> Aim:
    """Return where a question points; `asked` is its vector (d,) where that is at hand.

    Raises:
        BadInput: there is neither a question nor anything to be near.
        NotFound: there is no passage of such an id.
    """
    like, unlike = (tuple(passage_key(db, name) for name in names) for names in (steer.like, steer.unlike))
    texts = [*([query] if query and asked is None else []), *steer.more, *steer.less]
    vectors = list(encoder.queries(texts)) if texts else []
    if query:
        asked = vectors.pop(0) if asked is None else asked
    elif not (steer.more or like):
        raise BadInput("the question is empty: give some words to look for")
    raw, centred = _examples(db, view, encoder.name, like)
    _, away = _examples(db, view, encoder.name, unlike)
    plain = [view.centred_query(vector, text) for vector, text in zip(vectors, (*steer.more, *steer.less), strict=True)]
    near, far = [*plain[: len(steer.more)], *centred], [*plain[len(steer.more) :], *away]
    total = view.centred_query(asked, query) if asked is not None else np.zeros_like(near[0])
    if near:
        total = total + TURN * np.mean(near, axis=0)
    if far:
        total = total - TURN * np.mean(far, axis=0)
    length = float(np.linalg.norm(total))
    vector = (total / length).astype(np.float32) if length else total
    own = asked if asked is not None else np.mean([*vectors[: len(steer.more)], *raw], axis=0)
    return Aim(vector, own, (*like, *unlike), not (near or far))


def passage_key(db: sqlite3.Connection, name: str) -> int:
    """Return the key of the passage whose id this is, or the beginning of it.

    Raises:
        NotFound: there is none.
        BadInput: there are several.
    """
    plain = name.strip().lower()
    found = tables.passages_named(db, plain) if plain else []
    if not found:
        raise NotFound(f"no passage has the id {name!r}: ids stand under the hits of a search")
    if len(found) > 1 and found[0][1] != plain:
        raise BadInput(f"several passages have an id that begins with {name}, {found[0][1]} for one: give more of it")
    return found[0][0]


def _examples(
    db: sqlite3.Connection, view: View, made_by: str, keys: Sequence[int]
) -> tuple[list[Vector], list[Vector]]:
    """Return the vectors of passages as the encoder gave them, and as the index has them."""
    langs, vectors = tables.vectors_of(db, keys, made_by)
    if len(langs) < len(set(keys)):
        raise BadInput("a passage to compare with has no vector yet: run 'ideagraph update' first")
    return list(vectors), [view.centred_passage(vector, lang) for vector, lang in zip(vectors, langs, strict=True)]
