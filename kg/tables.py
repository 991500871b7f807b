"""The SQL of this room: what was found in each chunk, and the graph that follows from all of it.

What is found in a chunk is stored in one row, its mentions as JSON: they are only ever read all together, and 100,000
chunks of 60 mentions are read three times as fast as from six million rows. Every row of the graph hangs on such a row
by foreign keys, with triggers for what a key can't say: a relation goes with its last quote, a concept with its last
place. Between a deletion and the next `replace_graph` the numbers of what is left are those of before, and `stale`
says so.
"""

import itertools
import json
import sqlite3
from collections.abc import Collection, Container, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.model import Chunk
from corpus.tables import listed, stored_chunks
from kg.concepts import passages
from kg.evidence import Account, account
from kg.model import Article, Concept, Evidence, Found, Gloss, Mention, Passage, Relation

MIGRATIONS = (
    """
    create table found (
        chunk integer primary key references chunks on delete cascade,
        made_by text not null,         -- the mention finder and its version
        sentences text not null,       -- JSON list of [start, end]
        mentions text not null,        -- JSON list of [start, end, sentence, key, cues]
        glosses text not null          -- JSON list of [start, end, left, right]
    ) strict;
    create table graph (
        one integer primary key check (one = 1),
        made_by text not null          -- the recipe of what stands below; '' where it no longer follows from `found`
    ) strict;
    insert into graph values (1, '');
    create table concepts (
        key integer primary key,
        id text not null unique,
        name text not null,
        label_en text not null,
        label_zh text not null,
        aliases text not null,         -- JSON list
        kind text not null,
        n_sources integer not null,
        n_mentions integer not null,
        score real not null
    ) strict;
    create table spellings (
        concept integer not null references concepts on delete cascade,
        key text not null,
        primary key (concept, key)
    ) strict, without rowid;
    create index spellings_key on spellings (key);
    create table places (
        concept integer not null references concepts on delete cascade,
        chunk integer not null references found on delete cascade,
        count integer not null,
        spans text not null,           -- JSON list of [start, end], relative to the chunk's text
        primary key (concept, chunk)
    ) strict, without rowid;
    create index places_chunk on places (chunk);
    create table relations (
        key integer primary key,
        a integer not null references concepts on delete cascade,
        b integer not null references concepts on delete cascade,
        type text not null,
        weight real not null,
        llr real not null,
        npmi real not null,
        count integer not null,
        n_sources integer not null,
        n_sites integer not null,
        unique (a, b)
    ) strict;
    create index relations_b on relations (b);
    create table evidence (
        relation integer not null references relations on delete cascade,
        place integer not null,        -- from 0, best first
        chunk integer not null references found on delete cascade,
        start integer not null,        -- relative to the chunk's text: a chunk may move in its document
        quote text not null,           -- kept beside the text so that either can be checked by the other
        primary key (relation, place)
    ) strict, without rowid;
    create index evidence_chunk on evidence (chunk);
    create table names (
        name text primary key,         -- of a concept
        made_by text not null,         -- the encoder
        vector blob not null           -- fp16, little-endian
    ) strict, without rowid;
    create trigger evidence_go after delete on evidence
        when not exists (select 1 from evidence where relation = old.relation)
        begin delete from relations where key = old.relation; end;
    create trigger places_go after delete on places
        when not exists (select 1 from places where concept = old.concept)
        begin
            delete from names where name = (select name from concepts where key = old.concept);
            delete from concepts where key = old.concept;
        end;
    create trigger found_come after insert on found
        begin update graph set made_by = ''; end;
    create trigger found_go after delete on found
        begin update graph set made_by = ''; end;
    create trigger chunks_marked after update on chunks  -- cues come from the mark-up, which an id does not name
        when old.lang != new.lang or old.title != new.title or old.heading != new.heading
            or old.blocks != new.blocks or old.marks != new.marks
        begin delete from found where chunk = new.key; end;
    create trigger chunks_moved after update of start on chunks when old.start != new.start
        begin update graph set made_by = ''; end;
    """,
)


def missing(db: sqlite3.Connection, made_by: str) -> Iterator[tuple[int, Chunk]]:
    """Yield (key, chunk) of the chunks that this recipe has not read yet, by URL and place."""
    rows = db.execute(
        "select sources.url, chunks.key from chunks join sources on sources.key = chunks.source "
        "left join found on found.chunk = chunks.key where found.made_by is not ?",
        (made_by,),
    )
    wanted: dict[str, set[int]] = {}
    for url, key in rows:
        wanted.setdefault(url, set()).add(key)
    for url in sorted(wanted):
        yield from ((key, chunk) for key, chunk in stored_chunks(db, url) if key in wanted[url])


def save_found(db: sqlite3.Connection, key: int, found: Found, made_by: str) -> None:
    """Keep what was found in the chunk with this key, in the place of anything before."""
    mentions = [(m.start, m.end, m.sentence, m.key, sorted(m.cues)) for m in found.mentions]
    glosses = [(gloss.start, gloss.end, gloss.left, gloss.right) for gloss in found.glosses]
    db.execute("delete from found where chunk = ?", (key,))  # a replacing insert would fire no trigger
    db.execute(
        "insert into found values (?, ?, ?, ?, ?)",
        (key, made_by, _dump(found.sentences), _dump(mentions), _dump(glosses)),
    )


def read_found(
    db: sqlite3.Connection, url: str | None = None, keys: Container[int] | None = None
) -> Iterator[tuple[Chunk, Found]]:
    """Yield every chunk that was read, of one source or of all, with what was found in it, by URL and place.

    With `keys`, only the chunks of these keys.
    """
    for key, chunk in stored_chunks(db, url):
        if keys is not None and key not in keys:
            continue
        row = db.execute("select sentences, mentions, glosses from found where chunk = ?", (key,)).fetchone()
        if row is not None:
            yield chunk, _found(*row)


def accounts(db: sqlite3.Connection) -> Iterator[Account]:
    """Yield what each source says, by URL."""
    for url, read in itertools.groupby(read_found(db), key=lambda item: item[0].url):
        yield account(url, read)


class Passages:
    """Every passage with its concepts, by URL and place: whatever the history of the library. It can be read again."""

    def __init__(self, db: sqlite3.Connection, concepts: Sequence[Concept]) -> None:
        """Read from `db` as long as this is in use; a spelling that two concepts have names the first of them."""
        self._db = db
        self._by_key = {key: concept.id for concept in reversed(concepts) for key in concept.keys}

    def __iter__(self) -> Iterator[Passage]:
        return passages(read_found(self._db), self._by_key)

    def of(self, url: str) -> Iterator[Passage]:
        """Yield those of one source (canonical URL), by place."""
        return passages(read_found(self._db, url), self._by_key)

    def naming(self, concept: str, most: int) -> Iterator[Passage]:
        """Yield those that name a concept, by URL and place: of each language the `most` that name it most often."""
        rows = self._db.execute(
            "select url, key from (select url, chunks.key as key, row_number() over (partition by lang order by count "
            "desc, chunks.id) as nth from places join concepts on concepts.key = concept join chunks on chunks.key = "
            "chunk join sources on sources.key = chunks.source where concepts.id = ?) where nth <= ?",
            (concept, most),
        )
        wanted: dict[str, set[int]] = {}
        for url, key in rows:
            wanted.setdefault(url, set()).add(key)
        read = (item for url in sorted(wanted) for item in read_found(self._db, url, wanted[url]))
        return passages(read, self._by_key)


def stale(db: sqlite3.Connection, made_by: str) -> bool:
    """Return whether the stored graph no longer follows from what was found, or comes from another recipe."""
    return bool(db.execute("select made_by != ? from graph", (made_by,)).fetchone()[0])


def replace_graph(
    db: sqlite3.Connection, concepts: Sequence[Concept], relations: Iterable[Relation], made_by: str
) -> None:
    """Store this graph in the place of any before, the concepts in their order; the generation moves.

    A concept that no chunk names is left out, as are its relations: nothing stands without evidence.
    """
    db.execute("delete from relations")
    db.execute("delete from concepts")
    numbers = {concept.id: number for number, concept in enumerate(concepts, 1)}
    for concept in concepts:
        db.execute(
            "insert into concepts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                numbers[concept.id], concept.id, concept.name, concept.label_en, concept.label_zh,
                _dump(concept.aliases), concept.kind, concept.n_sources, concept.n_mentions, concept.score,
            ),
        )  # fmt: skip
        spellings = [(numbers[concept.id], key) for key in sorted(concept.keys)]
        db.executemany("insert into spellings values (?, ?)", spellings)
    chunks = {name: (key, start) for name, key, start in db.execute("select id, key, start from chunks")}
    for passage in Passages(db, concepts):
        spans: dict[str, list[tuple[int, int]]] = {}
        for place in passage.places:
            spans.setdefault(place.concept, []).append((place.start, place.end))
        rows = [(numbers[name], chunks[passage.chunk][0], len(at), _dump(at)) for name, at in sorted(spans.items())]
        db.executemany("insert into places values (?, ?, ?, ?)", rows)
    db.execute("delete from concepts where key not in (select concept from places)")
    kept = {name for (name,) in db.execute("select id from concepts")}
    for number, relation in enumerate(sorted(relations, key=lambda r: (r.a, r.b)), 1):
        if relation.a in kept and relation.b in kept:
            _insert_relation(db, number, relation, numbers, chunks)
    db.execute("delete from names where name not in (select name from concepts)")
    db.execute("update graph set made_by = ?", (made_by,))
    db.execute("update library set value = value + 1 where key = 'generation'")


def _insert_relation(
    db: sqlite3.Connection, number: int, relation: Relation, numbers: dict[str, int], chunks: dict[str, tuple[int, int]]
) -> None:
    db.execute(
        "insert into relations values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number, numbers[relation.a], numbers[relation.b], relation.type, relation.weight, relation.llr,
            relation.npmi, relation.count, relation.n_sources, relation.n_sites,
        ),
    )  # fmt: skip
    quotes = []
    for place, evidence in enumerate(relation.evidence):
        key, start = chunks[evidence.chunk]
        quotes.append((number, place, key, evidence.start - start, evidence.quote))
    db.executemany("insert into evidence values (?, ?, ?, ?, ?)", quotes)


def counts(db: sqlite3.Connection) -> tuple[int, int]:
    """Return how many concepts and relations are stored."""
    concepts, relations = db.execute(
        "select (select count(*) from concepts), (select count(*) from relations)"
    ).fetchone()
    return concepts, relations


def read_concepts(db: sqlite3.Connection) -> list[Concept]:
    """Return every concept, in the order in which they were stored: best first."""
    keys: dict[int, list[str]] = {}
    for number, key in db.execute("select concept, key from spellings"):
        keys.setdefault(number, []).append(key)
    rows = db.execute(
        "select key, id, name, label_en, label_zh, aliases, kind, n_sources, n_mentions, score "
        "from concepts order by key"
    )
    return [
        Concept(name, label, en, zh, tuple(json.loads(aliases)), frozenset(keys.get(number, ())), *rest)
        for number, name, label, en, zh, aliases, *rest in rows
    ]


def called(db: sqlite3.Connection, keys: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return all names of the concepts that have these keys, labels first, by key; of two with one key the better's."""
    rows = db.execute(
        "select spellings.key, label_en, label_zh, aliases from spellings join concepts on concepts.key = concept "
        "where spellings.key in (select value from json_each(?)) order by concept desc",
        (_dump(sorted(keys)),),
    )
    return {
        key: tuple(dict.fromkeys(name for name in (en, zh, *json.loads(aliases)) if name))
        for key, en, zh, aliases in rows
    }


def read_relations(db: sqlite3.Connection) -> list[Relation]:
    """Return every relation with its quotes, by (a, b)."""
    quotes: dict[int, list[Evidence]] = {}
    rows = db.execute(
        "select relation, id, url, lang, quote, chunks.start + evidence.start from evidence "
        "join chunks on chunks.key = evidence.chunk join sources on sources.key = chunks.source "
        "order by relation, place"
    )
    for number, chunk, url, lang, quote, start in rows:
        quotes.setdefault(number, []).append(Evidence(chunk, url, lang, quote, start, start + len(quote)))
    relations = db.execute(
        "select relations.key, one.id, two.id, type, weight, llr, npmi, count, relations.n_sources, n_sites "
        "from relations join concepts as one on one.key = a join concepts as two on two.key = b order by one.id, two.id"
    )
    return [
        Relation(a, b, kind, weight, llr, npmi, count, sources, sites, tuple(quotes[key]))
        for key, a, b, kind, weight, llr, npmi, count, sources, sites in relations
    ]


def read_articles(db: sqlite3.Connection) -> list[Article]:
    """Return every source that has a text, with the concepts it mentions, by URL."""
    counts: dict[str, dict[str, int]] = {}
    rows = db.execute(
        "select url, concepts.id, sum(count) from places join concepts on concepts.key = concept "
        "join chunks on chunks.key = chunk join sources on sources.key = chunks.source group by url, concepts.id"
    )
    for url, concept, count in rows:
        counts.setdefault(url, {})[concept] = count
    entries = {entry.canonical: entry for entry in reversed(listed(db)) if entry.chunks}
    return [
        Article(url, entry.title, entry.lang, entry.site, counts.get(url, {})) for url, entry in sorted(entries.items())
    ]


def read_mentions(db: sqlite3.Connection, concept: str) -> list[Evidence]:
    """Return every place where a concept is named, by URL and place: the quote is the name as it stands there."""
    rows = db.execute(
        "select chunks.id, url, lang, text, start, spans from places join concepts on concepts.key = concept "
        "join chunks on chunks.key = chunk join sources on sources.key = chunks.source "
        "where concepts.id = ? order by url, start",
        (concept,),
    )
    return [
        Evidence(name, url, lang, text[first:last], start + first, start + last)
        for name, url, lang, text, start, spans in rows
        for first, last in json.loads(spans)
    ]


def langs_of(db: sqlite3.Connection, concepts: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the languages of the passages that name each of these concepts, by its id."""
    rows = db.execute(
        "select distinct concepts.id, lang from concepts join places on concept = concepts.key "
        "join chunks on chunks.key = chunk where concepts.id in (select value from json_each(?))",
        (_dump(sorted(concepts)),),
    )
    found: dict[str, set[str]] = {}
    for name, lang in rows:
        found.setdefault(name, set()).add(lang)
    return {name: frozenset(langs) for name, langs in found.items()}


def concepts_only_in(db: sqlite3.Connection, url: str) -> set[str]:
    """Return the ids of the concepts that no other source than this (canonical URL) names."""
    rows = db.execute(
        "select concepts.id from concepts join places on concept = concepts.key join chunks on chunks.key = chunk "
        "where concepts.key in (select concept from places join chunks on chunks.key = chunk join sources "
        "on sources.key = chunks.source where url = ?) group by concepts.key having count(distinct source) = 1",
        (url,),
    )
    return {name for (name,) in rows}


def joined_elsewhere(db: sqlite3.Connection, url: str, a: str, b: str) -> bool:
    """Return whether a passage of another source than this (canonical URL) names both of two concepts."""
    row = db.execute(
        "select 1 from places as one join places as two on two.chunk = one.chunk join chunks on chunks.key = one.chunk "
        "where one.concept = (select key from concepts where id = ?) and two.concept = (select key from concepts "
        "where id = ?) and source != (select key from sources where url = ?) limit 1",
        (a, b, url),
    ).fetchone()
    return row is not None


def missing_names(db: sqlite3.Connection, names: Sequence[str], made_by: str) -> list[str]:
    """Return those of the names that have no vector of this encoder, each once, in their order."""
    had = {name for (name,) in db.execute("select name from names where made_by = ?", (made_by,))}
    return [name for name in dict.fromkeys(names) if name not in had]


def save_names(db: sqlite3.Connection, names: Sequence[str], vectors: NDArray[np.float32], made_by: str) -> None:
    """Keep the vectors (len(names), d) of these names; `replace_graph` drops those that no concept has."""
    rows = [(name, made_by, vector.astype("<f2").tobytes()) for name, vector in zip(names, vectors, strict=True)]
    db.executemany("insert or replace into names values (?, ?, ?)", rows)


def read_names(db: sqlite3.Connection) -> dict[str, NDArray[np.float32]]:
    """Return the vector (d,) of each concept's name."""
    rows = db.execute("select name, vector from names order by name")
    return {name: np.frombuffer(vector, "<f2").astype(np.float32) for name, vector in rows}


def _found(sentences: str, mentions: str, glosses: str) -> Found:
    return Found(
        tuple((start, end) for start, end in json.loads(sentences)),
        tuple(
            Mention(start, end, sentence, key, frozenset(cues))
            for start, end, sentence, key, cues in json.loads(mentions)
        ),
        tuple(Gloss(*row) for row in json.loads(glosses)),
    )


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
