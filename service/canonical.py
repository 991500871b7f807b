"""What a library holds, as one text that does not depend on how it came to hold it."""

import dataclasses
import hashlib
import json
import sqlite3

from corpus.library import Library
from corpus.model import Chunk
from corpus.tables import listed, stored_chunks
from kg.tables import read_articles, read_concepts, read_definitions, read_found, read_relations


def canonical(library: Library) -> str:
    """Return sources, chunks, vectors, mentions, concepts and relations with their evidence as JSON.

    Two libraries with the same lists over the same pages have the same text, whatever their histories: keys of rows,
    the order of the lists and the times of fetching are left out.
    """
    with library.reading() as db:
        titles = db.execute("select title, vector from titles").fetchall()
        content = {
            "sources": sorted((row.url, row.title, row.section, row.status) for row in listed(db)),
            "chunks": [_chunk(db, key, chunk) for key, chunk in stored_chunks(db)],
            "found": [(chunk.id, found) for chunk, found in read_found(db)],
            "concepts": read_concepts(db),
            "relations": read_relations(db),
            "definitions": read_definitions(db),
            "articles": read_articles(db),
            "titles": sorted((title, _digest(vector)) for title, vector in titles),
        }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=_plain)


def _chunk(db: sqlite3.Connection, key: int, chunk: Chunk) -> dict[str, object]:
    made_by, text, vector = db.execute("select made_by, input, vector from vectors where chunk = ?", (key,)).fetchone()
    (windows,) = db.execute("select vectors from windows where chunk = ?", (key,)).fetchone()
    words = db.execute("select title, heading, text from keywords where rowid = ?", (key,)).fetchone()
    read = {"made_by": made_by, "input": text, "vector": _digest(vector), "windows": _digest(windows)}
    return {"chunk": chunk, **read, "keywords": words}


def _digest(vector: bytes) -> str:
    return hashlib.sha256(vector).hexdigest()


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
