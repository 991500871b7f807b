"""The SQL that makes the graph from what all sources say, and changes it in place.

It is written by what differs: rows that would be the same are not touched, a concept keeps its key as long as it keeps
its id, and quotes are chosen again only for pairs of which some source says something else than before.
"""

import bisect
import dataclasses
import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kg import tally
from kg.model import Concept, Definition, Relation
from kg.portraits import gathered
from kg.quotes import Quote
from kg.relations import Counts, Kept, Statement, count, kept, made, statements
from kg.source_tables import Tallies, read_portraits
from kg.tables import dump

_GAP = 1 << 20  # between the keys of two concepts: room for twenty halvings
_LEAST_GAP = 8
_RELATIONS_AT_ONCE = 4096  # whose quotes are cut from the passages together


def forget(db: sqlite3.Connection) -> None:
    """Delete the graph and all that was counted for it, so that it is made again from what was found."""
    for name in ("relations", "concepts", "tallies", "accounts"):
        db.execute(f"delete from {name}")
    db.execute("update graph set made_by = ''")


def write_graph(
    db: sqlite3.Connection, concepts: Sequence[Concept], made_by: str, unmatched: Iterable[str] = ()
) -> None:
    """Make the stored graph the one of these concepts, best first, and of all tallies; the generation moves.

    `unmatched` are the user's decisions, in words, that found nothing to decide. A concept that no passage names is
    left out, as are its relations: nothing stands without evidence. To be called within a transaction.
    """
    tallies, counts, named, definitions = _judged(db, concepts)
    keys = _write_concepts(db, named)
    _write_places(db, keys)
    _write_relations(db, tallies, counts.names, kept(counts), keys)
    db.execute("delete from definitions")
    for definition in definitions:
        said = definition.evidence
        chunk, start = db.execute("select key, start from chunks where id = ?", (said.chunk,)).fetchone()
        row = (keys[definition.concept], chunk, said.start - start, said.quote, definition.score)
        db.execute("insert into definitions values (?, ?, ?, ?, ?)", row)
    db.execute("delete from names where name not in (select name from concepts)")
    db.execute("update graph set made_by = ?, unmatched = ?", (made_by, dump(sorted(unmatched))))
    db.execute("update library set value = value + 1 where key = 'generation'")


def due(
    db: sqlite3.Connection, concepts: Sequence[Concept]
) -> tuple[list[Concept], list[Definition], Iterator[Relation]]:
    """Return the graph that follows from these concepts and all tallies: what `write_graph` would store."""
    tallies, counts, named, definitions = _judged(db, concepts)

    def cut(quote: Quote) -> str:
        text, start = db.execute("select text, start from chunks where id = ?", (quote.chunk,)).fetchone()
        return str(text)[quote.start - start : quote.end - start]

    return named, definitions, made(tallies, counts.names, kept(counts), cut)


def _judged(
    db: sqlite3.Connection, concepts: Sequence[Concept]
) -> tuple[Tallies, Counts, list[Concept], list[Definition]]:
    """Return all tallies and their sums, the concepts that some passage names, and their definitions."""
    tallies = Tallies(db)
    counts = count(tallies, sorted(concept.id for concept in concepts))
    named = {name for name, is_named in zip(counts.names, counts.is_named.tolist(), strict=True) if is_named}
    whole, definitions = gathered(read_portraits(db), concepts)
    return (
        tallies, counts, [concept for concept in whole if concept.id in named],
        [each for each in definitions if each.concept in named],
    )  # fmt: skip


def _write_concepts(db: sqlite3.Connection, concepts: Sequence[Concept]) -> dict[str, int]:
    """Make these the stored concepts, and return the key of each: the better the concept, the lower the key."""
    fields = "id, name, label_en, label_zh, aliases, kind, n_sources, n_mentions, score"
    had = {row[1]: (row[0], row[1:]) for row in db.execute(f"select key, {fields} from concepts")}
    gone = had.keys() - {concept.id for concept in concepts}
    db.executemany("delete from concepts where key = ?", [(had.pop(name)[0],) for name in sorted(gone)])
    stored = {name: key for name, (key, _) in had.items()}
    keys = dict(
        zip((each.id for each in concepts), keys_in_order([stored.get(each.id) for each in concepts]), strict=True)
    )
    _move(db, [(keys[name], key) for name, key in stored.items() if keys[name] != key])
    spelled: dict[int, set[tuple[str, str, str]]] = {}
    for key, *spelling in db.execute("select concept, key, other, witness from spellings"):
        spelled.setdefault(key, set()).add((spelling[0], spelling[1], spelling[2]))
    for concept in concepts:
        key = keys[concept.id]
        row = (
            concept.id, concept.name, concept.label_en, concept.label_zh, dump(concept.aliases), concept.kind,
            concept.n_sources, concept.n_mentions, concept.score,
        )  # fmt: skip
        if had.get(concept.id, (0, None))[1] != row:
            db.execute(
                f"insert into concepts (key, {fields}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) "
                "do update set name = excluded.name, label_en = excluded.label_en, label_zh = excluded.label_zh, "
                "aliases = excluded.aliases, kind = excluded.kind, n_sources = excluded.n_sources, "
                "n_mentions = excluded.n_mentions, score = excluded.score",
                (key, *row),
            )
        why = {merge.key: (merge.other, merge.witness) for merge in concept.merges}
        spellings = {(name, *why.get(name, ("", ""))) for name in concept.keys}
        if spelled.get(key, set()) != spellings:
            db.execute("delete from spellings where concept = ?", (key,))
            db.executemany("insert into spellings values (?, ?, ?, ?)", [(key, *row) for row in sorted(spellings)])
    return keys


def keys_in_order(stored: Sequence[int | None]) -> list[int]:
    """Return rising keys, one for each place: as many as can be are the stored ones, where there is one.

    The longest rising run of them stays; what stands between two that stay gets a key between theirs, which none has.
    Where there is no room, all get new ones, higher than any before.
    """
    occupied = {key for key in stored if key is not None}
    keys: list[int] = []
    low = begin = 0
    stay = _longest_rising(stored)
    ends = [(place, key) for place, key in enumerate(stored) if key is not None and place in stay]
    for end, high in [*ends, (len(stored), None)]:
        step = _GAP if high is None else (high - low) // (end - begin + 1)
        for nth in range(1, end - begin + 1):
            new = low + nth * step
            while new in occupied:
                new += 1
            if step < _LEAST_GAP or (high is not None and new >= high) or (keys and new <= keys[-1]):
                return [max(occupied, default=0) + _GAP * place for place in range(1, len(stored) + 1)]
            keys.append(new)
        if high is not None:
            keys.append(high)
            low, begin = high, end + 1
    return keys


def _longest_rising(stored: Sequence[int | None]) -> set[int]:
    """Return the places of a longest rising run, by patience sorting."""
    ends: list[int] = []  # the lowest key that ends a run of each length
    places: list[int] = []
    before: dict[int, int | None] = {}
    for place, key in enumerate(stored):
        if key is not None:
            length = bisect.bisect_left(ends, key)
            before[place] = places[length - 1] if length else None
            ends[length : length + 1], places[length : length + 1] = [key], [place]
    run: set[int] = set()
    at = places[-1] if places else None
    while at is not None:
        run.add(at)
        at = before[at]
    return run


def _move(db: sqlite3.Connection, moved: Sequence[tuple[int, int]]) -> None:
    """Give concepts other keys, (new, old), with all that hangs on them."""
    db.execute("pragma defer_foreign_keys = on")  # until the end of this transaction
    for table, column in (
        ("concepts", "key"),
        ("spellings", "concept"),
        ("places", "concept"),
        ("relations", "a"),
        ("relations", "b"),
        ("definitions", "concept"),
    ):
        db.executemany(f"update {table} set {column} = ? where {column} = ?", moved)


def _write_places(db: sqlite3.Connection, keys: Mapping[str, int]) -> None:
    """Store the places of every tally that is new. All that come come before any that go: a concept goes with its last.

    A tally's places are read one source at a time.
    """
    sources = [source for (source,) in db.execute("select source from tallies where placed = 0")]
    gone: list[tuple[int, int]] = []
    for source in sources:
        concepts, chunks, blob = db.execute(
            "select concepts, chunks, places from tallies where source = ?", (source,)
        ).fetchone()
        names = [keys.get(name, 0) for name in json.loads(concepts)]  # 0: only a title names it
        numbers = dict(db.execute("select id, key from chunks where source = ?", (source,)))
        chunk_keys = [numbers[name] for name, _ in json.loads(chunks)]
        spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for concept, chunk, start, end in np.frombuffer(blob, tally.PLACE).tolist():
            spans.setdefault((names[concept], chunk_keys[chunk]), []).append((start, end))
        of_source = "select concept, chunk from places where chunk in (select key from chunks where source = ?)"
        gone.extend(sorted(set(db.execute(of_source, (source,))) - spans.keys()))
        db.executemany(
            "insert into places values (?, ?, ?, ?) "
            "on conflict (concept, chunk) do update set count = excluded.count, spans = excluded.spans",
            [(*place, len(at), dump(at)) for place, at in sorted(spans.items())],
        )
    db.executemany("delete from places where concept = ? and chunk = ?", gone)
    db.execute("update tallies set placed = 1 where placed = 0")


def _write_relations(
    db: sqlite3.Connection, tallies: Tallies, names: Sequence[str], links: Kept, keys: Mapping[str, int]
) -> None:
    """Make these the stored relations: new numbers for those whose quotes are the same, the others anew."""
    ends = np.array([keys.get(name, 0) for name in names], np.int64)
    old = _stored_relations(db, ends, links)
    db.executemany("delete from relations where key = ?", [(key,) for key in old.gone])
    numbers = links.at(old.same)
    rows = zip(
        numbers.weights(old.n_sources, old.n_sites).tolist(), numbers.llr.tolist(), numbers.npmi.tolist(),
        numbers.places.tolist(), old.keys[old.same].tolist(), strict=True,
    )  # fmt: skip
    db.executemany("update relations set weight = ?, llr = ?, npmi = ?, count = ? where key = ?", rows)
    found = statements(tallies, names, links.pairs[old.other], links.quotes[old.other])
    while batch := list(itertools.islice(found, _RELATIONS_AT_ONCE)):
        at = old.other[[nth for nth, _ in batch]]
        said = [statement for _, statement in batch]
        _write_statements(db, links.at(at), ends, old.keys[at], said)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Old:
    """How the stored relations stand to those that shall be."""

    keys: NDArray[np.int64]  # of each that shall be: its stored key, 0 where there is none
    same: NDArray[np.int64]  # of those that shall be, the places of those whose quotes are the stored ones
    other: NDArray[np.int64]  # of the others
    n_sources: NDArray[np.int64]  # of `same`
    n_sites: NDArray[np.int64]
    gone: list[int]  # keys of those that shall not be


def _stored_relations(db: sqlite3.Connection, ends: NDArray[np.int64], links: Kept) -> _Old:
    form = np.dtype([("key", "i8"), ("a", "i8"), ("b", "i8"), ("said", "i8"), ("sources", "i8"), ("sites", "i8")])
    rows = np.fromiter(
        db.execute("select key, a, b, coalesce(said, 0), n_sources, n_sites from relations"), form
    )  # `said` is never 0 where there is a quote
    by_key = np.argsort(ends, kind="stable")
    a, b = (by_key[np.searchsorted(ends, rows[end], sorter=by_key)] for end in ("a", "b"))
    pairs = np.minimum(a, b) * len(ends) + np.maximum(a, b)
    place = np.searchsorted(links.pairs, pairs)
    stays = np.append(links.pairs, -1)[place] == pairs
    keys, row = np.zeros(len(links.pairs), np.int64), np.zeros(len(links.pairs), np.int64)
    keys[place[stays]], row[place[stays]] = rows["key"][stays], np.flatnonzero(stays)
    is_same = keys > 0
    is_same[is_same] = rows["said"][row[is_same]] == links.said.view(np.int64)[is_same]
    same = np.flatnonzero(is_same)
    told = rows[row[same]]
    return _Old(keys, same, np.flatnonzero(~is_same), told["sources"], told["sites"], rows["key"][~stays].tolist())


def _write_statements(
    db: sqlite3.Connection,
    numbers: Kept,
    ends: NDArray[np.int64],
    keys: NDArray[np.int64],
    statements: Sequence[Statement],
) -> None:
    """Store these relations with their quotes, in the place of those with these keys."""
    texts = {
        name: db.execute("select key, start, text from chunks where id = ?", (name,)).fetchone()
        for name in sorted({quote.chunk for statement in statements for quote in statement.quotes})
    }
    n_sources = np.array([statement.n_sources for statement in statements], np.int64)
    n_sites = np.array([statement.n_sites for statement in statements], np.int64)
    columns = zip(
        keys.tolist(), ends[numbers.pairs // len(ends)].tolist(), ends[numbers.pairs % len(ends)].tolist(),
        numbers.weights(n_sources, n_sites).tolist(), numbers.llr.tolist(), numbers.npmi.tolist(),
        numbers.places.tolist(), numbers.said.view(np.int64).tolist(), statements, strict=True,
    )  # fmt: skip
    (last,) = db.execute("select coalesce(max(key), 0) from relations").fetchone()
    relations, evidence_rows, kept_quotes = [], [], []
    for key, a, b, weight, llr, npmi, count_, said, one in columns:
        if not key:
            key = last = last + 1
        a, b = (b, a) if one.back else (a, b)
        relations.append((key, a, b, one.type, weight, llr, npmi, count_, one.n_sources, one.n_sites, said))
        for place, quote in enumerate(one.quotes):
            chunk, start, text = texts[quote.chunk]
            evidence_rows.append(
                (key, place, chunk, quote.start - start, text[quote.start - start : quote.end - start])
            )
        kept_quotes.append((key, len(one.quotes)))
    db.executemany(
        "insert into relations (key, a, b, type, weight, llr, npmi, count, n_sources, n_sites) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do update set a = excluded.a, b = excluded.b, "
        "type = excluded.type, weight = excluded.weight, llr = excluded.llr, npmi = excluded.npmi, "
        "count = excluded.count, n_sources = excluded.n_sources, n_sites = excluded.n_sites",
        [row[:-1] for row in relations],
    )
    db.executemany(
        "insert into evidence values (?, ?, ?, ?, ?) on conflict (relation, place) "
        "do update set chunk = excluded.chunk, start = excluded.start, quote = excluded.quote",
        evidence_rows,
    )
    db.executemany("delete from evidence where relation = ? and place >= ?", kept_quotes)
    db.executemany(  # last: a quote that goes takes the digest along
        "update relations set said = ? where key = ?", [(row[-1], row[0]) for row in relations]
    )
