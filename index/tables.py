"""The SQL of this room: a vector for each passage, and its words. Both go with their passage."""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index import keywords

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
)


def passage_text(title: str, heading: Sequence[str], text: str) -> str:
    """Return what is embedded for a passage: its heading path, then the passage, nothing twice.

    The title stands in only where there is no heading: repeated on each passage it draws all passages of a page
    together, and nDCG@10 falls by .02 to .03 (passages of 256 tokens: .83 without, .80 with).
    """
    path = [part for part in heading if part != title]
    if not path:
        return f"{title}\n{text}" if title and not text.startswith(title) else text
    if text.startswith(path[-1]):
        path.pop()
    return "\n".join(part for part in (" > ".join(path), text) if part)


def input_digest(text: str) -> str:
    """Return what tells two embedded texts apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def vector_inputs(db: sqlite3.Connection, source: int, made_by: str) -> dict[str, str]:
    """Return, by chunk id, the input digest of each vector that a source has from this encoder."""
    return dict(
        db.execute(
            "select chunks.id, input from vectors join chunks on chunks.key = chunk where source = ? and made_by = ?",
            (source, made_by),
        )
    )


def missing(db: sqlite3.Connection, made_by: str) -> list[tuple[int, str]]:
    """Return (chunk key, text to embed) of each passage without a vector of this encoder over its present text."""
    rows = db.execute(
        "select chunks.key, title, heading, text, input from chunks "
        "left join vectors on chunk = chunks.key and made_by = ? order by chunks.key",
        (made_by,),
    )
    texts = ((key, passage_text(title, json.loads(heading), text), had) for key, title, heading, text, had in rows)
    return [(key, text) for key, text, had in texts if had != input_digest(text)]


def save_vectors(
    db: sqlite3.Connection, keys: Sequence[int], texts: Sequence[str], vectors: NDArray[np.float32], made_by: str
) -> None:
    """Keep the vectors (n, d) that an encoder made of these texts for the chunks of these keys."""
    db.executemany(
        "insert into vectors values (?, ?, ?, ?, ?) on conflict (chunk) do update set "
        "made_by = excluded.made_by, input = excluded.input, vector = excluded.vector, crc = excluded.crc",
        [
            (key, made_by, input_digest(text), blob, zlib.crc32(blob))
            for key, text, blob in zip(keys, texts, (row.tobytes() for row in vectors.astype("<f2")), strict=True)
        ],
    )


def stored_inputs(db: sqlite3.Connection, url: str) -> dict[int, tuple[str, bool]]:
    """Return, by chunk key, the input digest of each vector of a source (canonical URL), and whether it is whole."""
    rows = db.execute(
        "select chunk, input, vector, crc from vectors join chunks on chunks.key = chunk "
        "join sources on sources.key = chunks.source where url = ?",
        (url,),
    )
    return {key: (text, zlib.crc32(vector) == crc) for key, text, vector, crc in rows}


def stored_vectors(db: sqlite3.Connection, made_by: str) -> tuple[NDArray[np.int64], list[str], NDArray[np.float32]]:
    """Return keys (n,), languages and vectors (n, d) of this encoder, by chunk id: the order has no history."""
    rows = db.execute(
        "select chunks.key, lang, vector from vectors join chunks on chunks.key = chunk where made_by = ? "
        "order by chunks.id",
        (made_by,),
    ).fetchall()
    keys = np.array([key for key, _, _ in rows], np.int64)
    return keys, [lang for _, lang, _ in rows], _matrix([vector for _, _, vector in rows])


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
        "select key, title, heading, text from chunks where key not in (select rowid from keywords) "
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


def _matrix(blobs: Sequence[bytes]) -> NDArray[np.float32]:
    """Return stored vectors as one array (n, d), (0, 1) where there is none."""
    vectors = np.frombuffer(b"".join(blobs), "<f2").astype(np.float32)
    return vectors.reshape(len(blobs), -1) if blobs else vectors.reshape(0, 1)
