"""The SQL of this room: vectors for each passage and its windows, and its words. All go with their passage."""

import hashlib
import itertools
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from index import keywords
from index.windows import inputs

MIGRATIONS = (
    f"""
    create table vectors (
        chunk integer primary key references chunks on delete cascade,
        made_by text not null,         -- the encoder's name
        input text not null,           -- sha256 of the exact text that was embedded
        vector blob not null,          -- fp16, little-endian
        crc integer not null           -- of the vector: no other row tells whether it is whole
    ) strict;
    create trigger vectors_come after insert on vectors
        begin update library set value = value + 1 where key = 'generation'; end;
    create trigger vectors_change after update on vectors
        begin update library set value = value + 1 where key = 'generation'; end;
    create table titles (
        source integer primary key references sources on delete cascade,
        title text not null,           -- as the lists name the source
        made_by text not null,
        vector blob not null           -- fp16, little-endian
    ) strict;
    create trigger titles_come after insert on titles
        begin update library set value = value + 1 where key = 'generation'; end;
    create trigger titles_change after update on titles
        begin update library set value = value + 1 where key = 'generation'; end;
    create trigger titles_go after delete on titles
        begin update library set value = value + 1 where key = 'generation'; end;
    create virtual table keywords using fts5 (title, heading, text, tokenize = "{keywords.TOKENIZER}");
    create virtual table keyword_rows using fts5vocab (keywords, row);
    create trigger keywords_go after delete on chunks
        begin delete from keywords where rowid = old.key; end;
    create trigger keywords_change after update on chunks
        when old.title is not new.title or old.heading is not new.heading or old.text is not new.text
        begin delete from keywords where rowid = old.key; end;
    """,
    "create index vectors_stamp on vectors (made_by, crc);",
    """
    create table windows (
        chunk integer primary key references vectors on delete cascade,
        vectors blob not null,         -- one after the other, fp16, little-endian
        crc integer not null           -- of the vectors
    ) strict;
    """,
)


def input_digest(parts: Sequence[str]) -> str:
    """Return what tells the inputs of two passages apart."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def vector_inputs(db: sqlite3.Connection, source: int, made_by: str) -> dict[str, str]:
    """Return, by chunk id, the input digest of each vector that a source has from this encoder."""
    return dict(
        db.execute(
            "select chunks.id, input from vectors join chunks on chunks.key = chunk where source = ? and made_by = ?",
            (source, made_by),
        )
    )


def missing(db: sqlite3.Connection, made_by: str) -> list[tuple[int, tuple[str, ...]]]:
    """Return (chunk key, inputs to embed) of each passage without vectors of this encoder over its present inputs."""
    rows = db.execute(
        "select chunks.key, title, heading, text, input from chunks "
        "left join vectors on chunk = chunks.key and made_by = ? order by chunks.key",
        (made_by,),
    )
    parts = ((key, inputs(title, json.loads(heading), text), had) for key, title, heading, text, had in rows)
    return [(key, each) for key, each, had in parts if had != input_digest(each)]


def save_vectors(
    db: sqlite3.Connection,
    keys: Sequence[int],
    passages: Sequence[Sequence[str]],
    vectors: Sequence[NDArray[np.float32]],
    made_by: str,
) -> None:
    """Keep what `windows.encoded` gave for the inputs of the chunks of these keys: (1 + windows, d) each."""
    for key, parts, rows in zip(keys, passages, vectors, strict=True):
        own, of_windows = rows[0].astype("<f2").tobytes(), rows[1:].astype("<f2").tobytes()
        db.execute("delete from vectors where chunk = ?", (key,))  # the windows of the old one go with it
        db.execute(
            "insert into vectors values (?, ?, ?, ?, ?)", (key, made_by, input_digest(parts), own, zlib.crc32(own))
        )
        db.execute("insert into windows values (?, ?, ?)", (key, of_windows, zlib.crc32(of_windows)))


def stored_inputs(db: sqlite3.Connection, url: str) -> dict[int, tuple[str, bool]]:
    """Return, by chunk key, the input digest of the vectors of a source (canonical URL), and whether they are whole."""
    rows = db.execute(
        "select vectors.chunk, input, vector, vectors.crc, windows.vectors, windows.crc from vectors "
        "join windows on windows.chunk = vectors.chunk join chunks on chunks.key = vectors.chunk "
        "join sources on sources.key = chunks.source where url = ?",
        (url,),
    )
    return {
        key: (text, zlib.crc32(own) == crc and zlib.crc32(of_windows) == windows_crc)
        for key, text, own, crc, of_windows, windows_crc in rows
    }


def stored_windows(db: sqlite3.Connection, keys: Sequence[int]) -> list[tuple[int, str, NDArray[np.float16]]]:
    """Return key, language and window vectors (flat, one after the other) of the passages of these keys, by key."""
    rows = db.execute(
        "select chunks.key, lang, vectors from windows join chunks on chunks.key = chunk "
        "where chunk in (select value from json_each(?)) order by chunks.key",
        (json.dumps(keys),),
    )
    return [(key, lang, np.frombuffer(blob, "<f2")) for key, lang, blob in rows]


def stored_vectors(db: sqlite3.Connection, keys: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the vectors (n, d) of passages that have one; `keys` rise. 1.5 ms for 400 among a million."""
    rows = db.execute(
        "select vector from vectors where chunk in (select value from json_each(?)) order by chunk",
        (json.dumps(keys.tolist()),),
    ).fetchall()
    return _matrix([vector for (vector,) in rows])


def stamps(db: sqlite3.Connection, made_by: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rising keys (n,) of this encoder's vectors, and of each what changes when it does: its CRC."""
    rows = db.execute("select chunk, crc from vectors where made_by = ?", (made_by,))
    pairs = np.fromiter(itertools.chain.from_iterable(rows), np.int64).reshape(-1, 2)
    pairs = pairs[np.argsort(pairs[:, 0])]
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def other_encoder(db: sqlite3.Connection, made_by: str) -> bool:
    """Return whether any passage lacks a vector of this encoder but has one of another."""
    ends = [
        db.execute(f"select made_by from vectors order by made_by {way} limit 1").fetchone() for way in ("", "desc")
    ]
    return any(end is not None and end[0] != made_by for end in ends)


def languages(db: sqlite3.Connection) -> list[str]:
    """Return the languages of the passages."""
    return [lang for (lang,) in db.execute("select distinct lang from chunks order by lang")]


def languages_of(db: sqlite3.Connection, url: str) -> list[tuple[int, str]]:
    """Return key and language of each passage of a source (canonical URL), by key."""
    return db.execute(
        "select chunks.key, lang from chunks join sources on sources.key = source where url = ? order by chunks.key",
        (url,),
    ).fetchall()


def keys_beside(db: sqlite3.Connection, url: str) -> NDArray[np.int64]:
    """Return the keys of the passages of sources that are in the language of this one (canonical URL)."""
    rows = db.execute(
        "select chunks.key from documents join chunks on chunks.source = documents.source where documents.lang = "
        "(select documents.lang from documents join sources on sources.key = documents.source where url = ?)",
        (url,),
    )
    return np.fromiter(itertools.chain.from_iterable(rows), np.int64)


def keys_in(db: sqlite3.Connection, lang: str) -> NDArray[np.int64]:
    """Return the keys of the passages in a language."""
    rows = db.execute("select key from chunks where lang = ?", (lang,))
    return np.fromiter(itertools.chain.from_iterable(rows), np.int64)


def sample(
    db: sqlite3.Connection, made_by: str, count: int, langs: Sequence[str] | None = None
) -> tuple[list[str], NDArray[np.float32]]:
    """Return languages and vectors (n, d) of the passages with the lowest ids, in these languages if they are given.

    An id is a digest, so they are a fair sample; and they are a function of what is stored that changes seldom: one
    passage more among a million has one chance in a thousand to stand among the thousand lowest.
    """
    by_id: list[tuple[str, str, bytes]] = []  # cross join: SQLite would go through all vectors, and sort
    for lang in [None] if langs is None else langs:
        by_id += db.execute(
            "select id, lang, vector from chunks cross join vectors on chunk = chunks.key where made_by = ? "
            + ("" if lang is None else "and lang = ? ")
            + "order by id limit ?",
            (made_by, *(() if lang is None else (lang,)), count),
        )
    by_id = sorted(by_id)[:count]
    return [lang for _, lang, _ in by_id], _matrix([vector for _, _, vector in by_id])


def passages_named(db: sqlite3.Connection, name: str) -> list[tuple[int, str]]:
    """Return (key, id) of the passages whose id begins with this, at most three."""
    return db.execute(
        "select key, id from chunks where id >= ? and id < ? || 'g' order by id limit 3",
        (name, name),  # hexadecimal
    ).fetchall()


def vectors_of(db: sqlite3.Connection, keys: Sequence[int], made_by: str) -> tuple[list[str], NDArray[np.float32]]:
    """Return languages and vectors (n, d) of the passages of these keys that this encoder has read, in no order."""
    rows = db.execute(
        "select lang, vector from vectors join chunks on chunks.key = chunk "
        "where made_by = ? and chunk in (select value from json_each(?))",
        (made_by, json.dumps(keys)),
    ).fetchall()
    return [lang for lang, _ in rows], _matrix([vector for _, vector in rows])


# What people call a source: its title in the first list that gives one, else its own.
_LISTED_TITLES = """
    select documents.source, coalesce((
        select title from entries where entries.source = documents.source and title != '' order by list, place limit 1
    ), nullif(documents.title, '')) as listed from documents
"""


def missing_titles(db: sqlite3.Connection, made_by: str) -> list[tuple[int, str]]:
    """Return (source key, title) of each source with a text whose listed title has no vector of this encoder."""
    return db.execute(
        f"select listing.source, listed from ({_LISTED_TITLES}) as listing left join titles "
        "on titles.source = listing.source and title = listed and made_by = ? "
        "where listed is not null and title is null order by listing.source",
        (made_by,),
    ).fetchall()


def save_titles(
    db: sqlite3.Connection, sources: Sequence[int], titles: Sequence[str], vectors: NDArray[np.float32], made_by: str
) -> None:
    """Keep the vectors (n, d) that an encoder made of the listed titles, as passages, of the sources of these keys."""
    db.executemany(
        "insert or replace into titles values (?, ?, ?, ?)",
        [
            (source, title, made_by, vector.astype("<f2").tobytes())
            for source, title, vector in zip(sources, titles, vectors, strict=True)
        ],
    )


def stored_titles(db: sqlite3.Connection, made_by: str) -> tuple[NDArray[np.int64], list[str], NDArray[np.float32]]:
    """Return source keys (n,), listed titles and their vectors (n, d) of this encoder, by key."""
    rows = db.execute(
        f"select listing.source, title, vector from ({_LISTED_TITLES}) as listing "
        "join titles on titles.source = listing.source and title = listed where made_by = ? order by listing.source",
        (made_by,),
    ).fetchall()
    sources = np.array([source for source, _, _ in rows], np.int64)
    return sources, [title for _, title, _ in rows], _matrix([vector for _, _, vector in rows])


def index_keywords(db: sqlite3.Connection, source: int | None = None) -> int:
    """Index the words of every passage (of one source) that is not indexed yet, and return how many there were."""
    rows = db.execute(
        "select key, title, heading, text from chunks "
        "where not exists (select 1 from keywords where rowid = chunks.key) "
        + ("" if source is None else "and source = ?"),
        () if source is None else (source,),
    ).fetchall()
    db.executemany(
        "insert into keywords (rowid, title, heading, text) values (?, ?, ?, ?)",
        [
            (
                key,
                " ".join(keywords.words(title)),
                " ".join(keywords.words("\n".join(json.loads(heading)))),
                " ".join(keywords.words(text)),
            )
            for key, title, heading, text in rows
        ],
    )
    return len(rows)


def keyword_rows(db: sqlite3.Connection) -> tuple[int, float]:
    """Return how many passages the keyword index holds, and of how many words each on average.

    FTS5 keeps both in its first record, as numbers of 7 bits a byte: rows, then the words of each column. Counting the
    rows takes .3 s at a million.
    """
    (record,) = db.execute("select block from keywords_data where id = 1").fetchone()
    numbers, number = [], 0
    for byte in record:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(number)
            number = 0
    rows, *words = numbers or [0]
    return rows, sum(words) / max(rows, 1)


def holding(db: sqlite3.Connection, words: Iterable[str]) -> dict[str, int]:
    """Return how many passages hold each word. 25 ms for a word in every one of a million."""
    counts = {}
    for word in words:
        row = db.execute("select doc from keyword_rows where term = ?", (word,)).fetchone()
        counts[word] = row[0] if row else 0
    return counts


def keyword_texts(db: sqlite3.Connection, keys: Sequence[int]) -> list[tuple[int, str]]:
    """Return keys and all indexed words of passages, in their order, separated by spaces."""
    return db.execute(
        "select rowid, title || ' ' || heading || ' ' || text from keywords "
        "where rowid in (select value from json_each(?))",
        (json.dumps(list(keys)),),
    ).fetchall()


def _matrix(blobs: Sequence[bytes]) -> NDArray[np.float32]:
    """Return stored vectors as one array (n, d), (0, 1) where there is none."""
    vectors = np.frombuffer(b"".join(blobs), "<f2").astype(np.float32)
    return vectors.reshape(len(blobs), -1) if blobs else vectors.reshape(0, 1)
