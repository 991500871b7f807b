"""The SQL of the web: the tables of a net, and a shelf that reads from the database what an answer shows."""

import collections
import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kg.model import Concept, Relation
from kg.tables import concepts_by_key, relations_by_key
from kg.web import CONCEPTS, RELATIONS, Net, has_han, is_lone

_BATCH = 10_000  # names whose vectors are read at once: 15 MB


def read_net(db: sqlite3.Connection) -> Net:
    """Return the net of the stored graph: 1,000,000 relations take about 3 s."""
    rows = db.execute("select key, id, name, kind, n_mentions, score from concepts order by key").fetchall()
    order = {name: nth for nth, name in enumerate(sorted(row[1] for row in rows))}
    kinds = sorted({row[3] for row in rows})
    number = {kind: nth for nth, kind in enumerate(kinds)}
    concepts = np.array(
        [
            (key, order[name], n_mentions, score, number[kind], is_lone(label), has_han(label))
            for key, name, label, kind, n_mentions, score in rows
        ],
        CONCEPTS,
    )
    # By concepts, whose keys rise with their rank: keys of relations depend on the library's history.
    said = db.execute("select key, a, b, llr, weight, count, n_sources from relations order by a, b")
    relations = np.fromiter(said, RELATIONS)
    for end in ("a", "b"):
        relations[end] = np.searchsorted(concepts["key"], relations[end])
    return Net.of(concepts, relations, kinds, _means(db))


def _means(db: sqlite3.Connection) -> NDArray[np.float32]:
    """Return what the names of each script share (2, d), as `means` of web.py, without all vectors in memory."""
    sums, counts = np.zeros((2, 0)), np.zeros(2, np.int64)
    for names, vectors in _name_vectors(db):
        han = np.fromiter(map(has_han, names), bool, len(names))
        if not sums.shape[1]:
            sums = np.zeros((2, vectors.shape[1]))
        for script in (0, 1):
            counts[script] += np.count_nonzero(han == script)
            sums[script] += vectors[han == script].sum(axis=0, dtype=np.float64)
    return (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)


def _name_vectors(db: sqlite3.Connection) -> Iterator[tuple[Sequence[str], NDArray[np.float32]]]:
    rows = db.execute("select name, vector from names where name in (select name from concepts) order by name")
    while some := rows.fetchmany(_BATCH):
        yield [name for name, _ in some], _vectors([vector for _, vector in some])


def _vectors(stored: Sequence[bytes]) -> NDArray[np.float32]:
    return np.frombuffer(b"".join(stored), "<f2").astype(np.float32).reshape(len(stored), -1)


class Stored:
    """A shelf in the database, to be used as long as the connection is open."""

    def __init__(self, db: sqlite3.Connection, net: Net) -> None:
        """Read what this net, of the same moment of the database, only counts."""
        self._db = db
        self._keys = np.ascontiguousarray(net.concepts["key"])
        self._relations = np.ascontiguousarray(net.relations["key"])

    def place(self, concept: str) -> int | None:
        """Return the place of the concept with this id."""
        row = self._db.execute("select key from concepts where id = ?", (concept,)).fetchone()
        return None if row is None else int(np.searchsorted(self._keys, row[0]))

    def concepts(self, places: Sequence[int]) -> list[Concept]:
        """Return the concepts at these places."""
        keys = self._keys[list(places)].tolist()
        found = concepts_by_key(self._db, keys)
        return [found[key] for key in keys]

    def relations(self, numbers: Sequence[int]) -> list[Relation]:
        """Return the relations with these numbers."""
        keys = self._relations[list(numbers)].tolist()
        found = relations_by_key(self._db, keys)
        return [found[key] for key in keys]

    def names(self, places: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of the names of these."""
        keys = self._keys[list(places)].tolist()
        question = (
            "select concepts.key, vector from concepts join names on names.name = concepts.name where concepts.key"
        )
        rows = self._db.execute(f"{question} in (select value from json_each(?))", (str(keys),)).fetchall()
        if not rows:
            return np.zeros((len(keys), 0), np.float32)
        nth = {key: n for n, (key, _) in enumerate(rows)}
        vectors = np.vstack([_vectors([vector for _, vector in rows]), np.zeros(len(rows[0][1]) // 2, np.float32)])
        return vectors[[nth.get(key, -1) for key in keys]]


def read_counts(db: sqlite3.Connection, keys: Sequence[int]) -> Mapping[str, int]:
    """Return how often each source, by its canonical URL, names any of the concepts with these keys."""
    rows = db.execute(
        "select url, sum(count) from places join chunks on chunks.key = chunk join sources on sources.key = source "
        "where concept in (select value from json_each(?)) group by url",
        (str(list(keys)),),
    )
    return collections.Counter(dict(rows))


def named_by(db: sqlite3.Connection) -> set[str]:
    """Return the encoders that the vectors of the names come from: one, but while a library goes over to another."""
    return {name for (name,) in db.execute("select distinct made_by from names")}


def concepts_in(db: sqlite3.Connection, url: str) -> list[int]:
    """Return the keys of the concepts that a source, by its canonical URL, names."""
    rows = db.execute(
        "select distinct concept from places join chunks on chunks.key = chunk join sources on sources.key = source "
        "where url = ? order by concept",
        (url,),
    )
    return [key for (key,) in rows]


class StoredNames:
    """A lexicon in the database."""

    def __init__(self, db: sqlite3.Connection, net: Net) -> None:
        """Know the spellings of the concepts of this net, of the same moment of the database."""
        self._db = db
        self._keys = np.ascontiguousarray(net.concepts["key"])

    def find(self, keys: Collection[str]) -> Mapping[str, int]:
        """Return the places of the concepts that these keys name; an id and a name as it is written are keys too."""
        asked = (json.dumps(list(keys)),)
        for question in (
            "select key, min(concept) from spellings where key in (select value from json_each(?)) group by key",
            "select id, key from concepts where id in (select value from json_each(?))",
            "select name, min(key) from concepts where name in (select value from json_each(?)) group by name",
        ):
            if found := dict(self._db.execute(question, asked)):
                break
        return {spelling: int(np.searchsorted(self._keys, place)) for spelling, place in found.items()}

    def all(self) -> Iterator[tuple[str, int]]:
        """Yield every key with the place of its concept."""
        for spelling, place in self._db.execute("select key, min(concept) from spellings group by key"):
            yield spelling, int(np.searchsorted(self._keys, place))
