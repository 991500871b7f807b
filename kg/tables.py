"""The SQL of this room: what was found in each chunk, and the graph that follows from all of it.

What is found in a chunk is stored in one row, its mentions as JSON: they are only ever read all together, and 100,000
chunks of 60 mentions are read three times as fast as from six million rows. Every row of the graph hangs on such a row
by foreign keys, with triggers for what a key can't say: a relation goes with its last quote, a concept with its last
place. Between a deletion and the next `write_graph` the numbers of what is left are those of before, and `stale`
says so.
"""

import bisect
import json
import sqlite3
from collections.abc import Collection, Container, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.model import Chunk
from corpus.tables import listed, stored_chunks
from kg.concepts import passages
from kg.model import (
    Article,
    Concept,
    Definition,
    Evidence,
    Found,
    Gloss,
    Mention,
    Merge,
    Passage,
    Place,
    Relation,
)
from kg.uncollected import uncollected

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
    """
    create table definitions (
        concept integer not null references concepts on delete cascade,
        chunk integer not null references found on delete cascade,
        start integer not null,        -- relative to the chunk's text, as of evidence
        quote text not null,
        score real not null,
        primary key (concept, chunk)   -- one a language, and a chunk is in one language
    ) strict, without rowid;
    create index definitions_chunk on definitions (chunk);
    """,
    """
    -- which spelling this one belongs to, and what says so; both empty for the name and for what no text has
    alter table spellings add column other text not null default '';
    alter table spellings add column witness text not null default '';
    -- JSON list: the decisions of the user that found nothing to decide when the graph was made
    alter table graph add column unmatched text not null default '[]';
    """,
    """
    alter table relations add column said integer;  -- digest of all quotes, not only of those shown; null: look again
    create table accounts (            -- what a source says about candidates; made of `found`, and gone when that moves
        source integer primary key references documents on delete cascade,
        made_by text not null,
        glosses text not null,         -- JSON list of [left key, right key, count]
        heads blob not null,           -- zlib, JSON: keys, their counts, whether something points at each
        terms blob not null,           -- zlib, JSON list of [key, count, surfaces, cues]: evidence.Term
        over blob not null,            -- zlib, JSON: what is found in each of its titles and headings
        keys blob not null             -- sorted 64-bit hashes of all keys in both
    ) strict;
    create table tallies (             -- what a source says of concepts: tally.Tally
        source integer primary key references documents on delete cascade,
        made_of text not null,         -- recipe, and a digest of what its keys name
        placed integer not null,       -- whether `places` holds its places
        concepts text not null,        -- JSON
        chunks text not null,          -- JSON
        windows integer not null,
        single blob not null,
        places blob not null,
        pairs blob not null,
        quotes blob not null,
        portrait blob not null         -- zlib, JSON: portraits.Portrait
    ) strict;
    create trigger counted_come after insert on found begin
        delete from accounts where source = (select source from chunks where key = new.chunk);
        delete from tallies where source = (select source from chunks where key = new.chunk);
    end;
    create trigger counted_go after delete on found begin
        delete from accounts where source = (select source from chunks where key = old.chunk);
        delete from tallies where source = (select source from chunks where key = old.chunk);
    end;
    create trigger counted_gone after delete on chunks begin
        delete from accounts where source = old.source;
        delete from tallies where source = old.source;
    end;
    create trigger counted_moved after update of start on chunks when old.start != new.start
        begin delete from tallies where source = new.source; end;
    create trigger evidence_less after delete on evidence
        begin update relations set said = null where key = old.relation; end;
    """,
    """
    drop table accounts;               -- made of `found`, so made again
    create table accounts (            -- what a source says about candidates; made of `found`, and gone when that moves
        source integer primary key references documents on delete cascade,
        made_by text not null,
        glosses text not null,         -- JSON list of [left key, right key, count]
        keys blob not null,            -- 64-bit hashes of its keys, in their order
        heads blob not null,           -- zlib: evidence.HEAD
        cues blob not null,            -- zlib: mentions that have each of evidence.CUES
        times blob not null,           -- zlib: how often each spelling is written
        words blob not null,           -- zlib: a line for each key, then one for each spelling
        over blob not null,            -- zlib, JSON: what is found in each of its titles and headings
        over_keys blob not null        -- sorted 64-bit hashes of keys that only these have
    ) strict;
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
    db.execute("delete from found where chunk = ?", (key,))  # a replacing insert would fire no trigger
    db.execute("insert into found values (?, ?, ?, ?, ?)", (key, made_by, *dump_found(found)))


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
            yield chunk, load_found(*row)


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


def stale(db: sqlite3.Connection, made_by: str | None = None) -> bool:
    """Return whether the stored graph no longer follows from what was found, or comes from another recipe than this."""
    (stored,) = db.execute("select made_by from graph").fetchone()
    return not stored if made_by is None else bool(stored != made_by)


def unmatched(db: sqlite3.Connection) -> tuple[str, frozenset[str]]:
    """Return the recipe of the stored graph, and the user's decisions that found nothing to decide in it."""
    made_by, rules = db.execute("select made_by, unmatched from graph").fetchone()
    return made_by, frozenset(json.loads(rules))


def counts(db: sqlite3.Connection) -> tuple[int, int]:
    """Return how many concepts and relations are stored."""
    concepts, relations = db.execute(
        "select (select count(*) from concepts), (select count(*) from relations)"
    ).fetchone()
    return concepts, relations


def read_concepts(db: sqlite3.Connection) -> list[Concept]:
    """Return every concept, in the order in which they were stored: best first."""
    return list(concepts_by_key(db).values())


def concepts_by_key(db: sqlite3.Connection, keys: Sequence[int] | None = None) -> dict[int, Concept]:
    """Return the concepts with these keys, or all, by key, in the order of their keys."""
    only, values = _only(keys)
    spelt: dict[int, list[str]] = {}
    merges: dict[int, list[Merge]] = {}
    question = f"select concept, key, other, witness from spellings {only.format('concept')} order by key"
    for number, key, other, witness in db.execute(question, values):
        spelt.setdefault(number, []).append(key)
        if witness:
            merges.setdefault(number, []).append(Merge(key, other, witness))
    rows = db.execute(
        "select key, id, name, label_en, label_zh, aliases, kind, n_sources, n_mentions, score "
        f"from concepts {only.format('key')} order by key",
        values,
    )
    return {
        number: Concept(
            name, label, en, zh, tuple(json.loads(aliases)), frozenset(spelt.get(number, ())), kind, sources, mentions,
            score, tuple(merges.get(number, ())),
        )
        for number, name, label, en, zh, aliases, kind, sources, mentions, score in rows
    }  # fmt: skip


def names_by_key(db: sqlite3.Connection, keys: Collection[str]) -> dict[str, tuple[str, ...]]:
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
    """Return every relation with its quotes, by (a, b): what many of them share is read once, not with each."""
    ids = dict(db.execute("select key, id from concepts"))
    rows = db.execute("select chunks.key, id, url, lang, start from chunks join sources on sources.key = source")
    passages = {key: (chunk, url, lang, start) for key, chunk, url, lang, start in rows}
    quotes: dict[int, list[Evidence]] = {}
    with uncollected():
        for number, key, begin, quote in db.execute(
            "select relation, chunk, start, quote from evidence order by relation, place"
        ):
            chunk, url, lang, start = passages[key]
            begin += start
            quotes.setdefault(number, []).append(Evidence(chunk, url, lang, quote, begin, begin + len(quote)))
        found = [
            Relation(ids[a], ids[b], kind, weight, llr, npmi, count, sources, sites, tuple(quotes.pop(key, ())))
            for key, a, b, kind, weight, llr, npmi, count, sources, sites in db.execute(
                "select key, a, b, type, weight, llr, npmi, count, n_sources, n_sites from relations"
            )
        ]
    return sorted(found, key=lambda relation: (relation.a, relation.b))


def relations_by_key(db: sqlite3.Connection, keys: Sequence[int]) -> dict[int, Relation]:
    """Return the relations with these keys, with their quotes, by key."""
    asked = (_dump(keys),)
    quotes: dict[int, list[Evidence]] = {}
    rows = db.execute(
        "select relation, id, url, lang, quote, chunks.start + evidence.start from evidence "
        "join chunks on chunks.key = evidence.chunk join sources on sources.key = chunks.source "
        "where relation in (select value from json_each(?)) order by relation, place",
        asked,
    )
    for number, chunk, url, lang, quote, start in rows:
        quotes.setdefault(number, []).append(Evidence(chunk, url, lang, quote, start, start + len(quote)))
    relations = db.execute(
        "select relations.key, one.id, two.id, type, weight, llr, npmi, count, relations.n_sources, n_sites "
        "from relations join concepts as one on one.key = a join concepts as two on two.key = b "
        "where relations.key in (select value from json_each(?))",
        asked,
    )
    return {
        key: Relation(a, b, kind, weight, llr, npmi, count, sources, sites, tuple(quotes.get(key, ())))
        for key, a, b, kind, weight, llr, npmi, count, sources, sites in relations
    }


def _only(keys: Sequence[int] | None) -> tuple[str, tuple[str, ...]]:
    """Return the condition, with room for a column, that leaves only these keys, and its values."""
    return ("", ()) if keys is None else ("where {} in (select value from json_each(?))", (_dump(keys),))


def read_definitions(db: sqlite3.Connection, concept: str | None = None) -> list[Definition]:
    """Return the definitions of one concept, or of all, by concept and language."""
    rows = db.execute(
        "select concepts.id, chunks.id, url, lang, quote, chunks.start + definitions.start, definitions.score "
        "from definitions join concepts on concepts.key = concept join chunks on chunks.key = chunk "
        "join sources on sources.key = chunks.source where ? is null or concepts.id = ? order by concepts.id, lang",
        (concept, concept),
    )
    return [
        Definition(name, Evidence(chunk, url, lang, quote, start, start + len(quote)), score)
        for name, chunk, url, lang, quote, start, score in rows
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


def read_glosses(db: sqlite3.Connection, keys: Collection[str]) -> dict[frozenset[str], list[Evidence]]:
    """Return where passages say that two of these keys are one, by the two, then by URL and place. Reads them all."""
    rows = db.execute(
        "select chunks.id, url, lang, text, start, glosses from found join chunks on chunks.key = found.chunk "
        "join sources on sources.key = chunks.source where glosses != '[]' order by url, start"
    )
    said: dict[frozenset[str], list[Evidence]] = {}
    for name, url, lang, text, start, glosses in rows:
        for first, last, left, right in json.loads(glosses):
            if left in keys and right in keys:
                quote = Evidence(name, url, lang, text[first:last], start + first, start + last)
                said.setdefault(frozenset((left, right)), []).append(quote)
    return said


def glossed(db: sqlite3.Connection) -> set[frozenset[str]]:
    """Return each two keys of which some passage says that they are one."""
    rows = db.execute("select glosses from found where glosses != '[]'")
    return {frozenset((left, right)) for (glosses,) in rows for _, _, left, right in json.loads(glosses)}


def read_spoken(db: sqlite3.Connection, concept: str) -> Iterator[Passage]:
    """Yield the passages that name a concept, by URL and place, with its places alone and without topics."""
    rows = db.execute(
        "select chunks.id, url, lang, text, start, sentences, spans from places "
        "join concepts on concepts.key = concept join found on found.chunk = places.chunk "
        "join chunks on chunks.key = places.chunk join sources on sources.key = chunks.source "
        "where concepts.id = ? order by url, start",
        (concept,),
    )
    for name, url, lang, text, start, sentences, spans in rows:
        within = tuple((first, last) for first, last in json.loads(sentences))
        firsts = [first for first, _ in within]
        there = (Place(concept, first, last, bisect.bisect(firsts, first) - 1) for first, last in json.loads(spans))
        yield Passage(name, url, lang, text, start, within, tuple(there))


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
    """Keep the vectors (len(names), d) of these names; `write_graph` drops those that no concept has."""
    rows = [(name, made_by, vector.astype("<f2").tobytes()) for name, vector in zip(names, vectors, strict=True)]
    db.executemany("insert or replace into names values (?, ?, ?)", rows)


def read_names(db: sqlite3.Connection) -> dict[str, NDArray[np.float32]]:
    """Return the vector (d,) of each concept's name."""
    rows = db.execute("select name, vector from names order by name")
    return {name: np.frombuffer(vector, "<f2").astype(np.float32) for name, vector in rows}


def dump_found(found: Found) -> tuple[str, str, str]:
    """Return sentences, mentions and glosses as JSON."""
    mentions = [(m.start, m.end, m.sentence, m.key, sorted(m.cues)) for m in found.mentions]
    glosses = [(gloss.start, gloss.end, gloss.left, gloss.right) for gloss in found.glosses]
    return _dump(found.sentences), _dump(mentions), _dump(glosses)


def load_found(sentences: str, mentions: str, glosses: str) -> Found:
    """Return what `dump_found` wrote."""
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
