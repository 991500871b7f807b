"""Check every claim of a library against its text: nothing is believed, everything is sliced again."""

import collections
import sqlite3
import zlib
from collections.abc import Collection, Sequence

from corpus.library import Library
from corpus.model import Document, chunk_id
from corpus.tables import digests, document_digest, documents, load_page, page_digest, stored, stored_chunks
from index.tables import input_digest, stored_inputs
from index.windows import inputs
from kg import mentions
from kg.families import IN_TEXT
from kg.graph_tables import due
from kg.names import key
from kg.source_tables import Names, account_holds, tally_holds
from kg.tables import (
    glossed,
    missing,
    read_concepts,
    read_definitions,
    read_found,
    read_mentions,
    read_relations,
)
from service.refresh import concepts_due, is_current


class _Check:
    """Counts claims, and keeps a line for each that is wrong."""

    def __init__(self) -> None:
        self.claims = 0
        self.problems: list[str] = []

    def __call__(self, holds: bool, problem: str) -> None:
        self.claims += 1
        if not holds:
            self.problems.append(problem)


def verify(library: Library) -> tuple[int, list[str]]:
    """Return how many claims were checked, and a line for each that is wrong.

    Pages against their digests, passages against the texts and their own names, vectors against the passages they were
    made of, mentions, quotes and what joins spellings against the texts, foreign keys and the database file against
    themselves. Where the graph is up to date, what was counted of each source is counted again, and every concept,
    definition and relation with its numbers, type and quotes must be the one that follows. What waits for an update, by
    a newer program or after a decision, is not counted again.

    Raises:
        BadInput: curation.toml or glossary.tsv in the library has a line that can't be understood.
    """
    check = _Check()
    with library.reading() as db:
        _database(db, check)
        _pages(db, check)
        unread = {chunk.id for _, chunk in missing(db, mentions.MADE_BY)}  # by this program
        texts = {}
        for document in documents(db):
            texts[document.url] = document.text
            _document(db, document, unread, check)
        _graph(db, texts, check)
        if is_current(library, db):
            _counts(library, db, sorted(texts), check)
    return check.claims, check.problems


def _database(db: sqlite3.Connection, check: _Check) -> None:
    for (line,) in db.execute("pragma integrity_check").fetchall():
        check(line == "ok", f"database: {line}")
    broken = db.execute("pragma foreign_key_check").fetchall()
    check(not broken, f"database: {len(broken)} rows point at nothing")


def _pages(db: sqlite3.Connection, check: _Check) -> None:
    for source in stored(db):
        if not source.page_digest:
            continue
        try:
            page = load_page(db, source.key)
            whole = page is not None and page_digest(page) == source.page_digest
        except (ValueError, zlib.error):
            whole = False
        check(whole, f"{source.listed_url}: the stored page is not what was fetched")


def _document(db: sqlite3.Connection, document: Document, unread: Collection[str], check: _Check) -> None:
    check(document_digest(document) == digests(db)[document.url], f"{document.url}: its text was changed")
    times: collections.Counter[str] = collections.Counter()
    read = stored_inputs(db, document.url)
    for number, chunk in stored_chunks(db, document.url):
        name = chunk_id(chunk.url, chunk.text, times[chunk.text])
        times[chunk.text] += 1
        where = f"{chunk.url} [{chunk.start}:{chunk.end}]"
        check(document.text[chunk.start : chunk.end] == chunk.text, f"{where}: the passage is not what stands there")
        check(chunk.id == name, f"{where}: the passage's name is not that of its words")
        made_of, whole = read.get(number, ("", False))
        parts = inputs(chunk.title, chunk.heading, chunk.text)
        check(made_of == input_digest(parts), f"{where}: its vectors are of another text, or missing")
        check(whole, f"{where}: its vectors were changed")
    for chunk, found in read_found(db, document.url):
        where = f"{chunk.url} [{chunk.start}:{chunk.end}]"
        is_right = chunk.id in unread or found == mentions.mentions(chunk)
        check(is_right, f"{where}: its mentions are not what stands there")


def _graph(db: sqlite3.Connection, texts: dict[str, str], check: _Check) -> None:
    """Check that each quote stands in its source, and that it names what it is about."""
    named: dict[tuple[str, str], list[tuple[int, int]]] = {}
    pairs = glossed(db)
    for concept in read_concepts(db):
        for merge in concept.merges:
            stands = merge.witness not in IN_TEXT or frozenset((merge.key, merge.other)) in pairs
            joins = {merge.key, merge.other} <= concept.keys
            check(stands and joins, f"{concept.id}: no text says that {merge.key} is {merge.other}")
        for place in read_mentions(db, concept.id):
            said = texts.get(place.url, "")[place.start : place.end]
            where = f"{concept.id}: {place.url} [{place.start}:{place.end}]"
            check(said == place.quote and key(said) in concept.keys, f"{where} does not name it")
            named.setdefault((concept.id, place.url), []).append((place.start, place.end))
    for relation in read_relations(db):
        for quote in relation.evidence:
            where = f"{relation.a} - {relation.b}: the quote at {quote.url} [{quote.start}:{quote.end}]"
            check(texts.get(quote.url, "")[quote.start : quote.end] == quote.quote, f"{where} does not stand there")
            for end in (relation.a, relation.b):
                inside = any(quote.start <= a and b <= quote.end for a, b in named.get((end, quote.url), ()))
                check(inside, f"{where} does not name {end}")
    for definition in read_definitions(db):
        quote = definition.evidence
        where = f"{definition.concept}: the definition at {quote.url} [{quote.start}:{quote.end}]"
        check(texts.get(quote.url, "")[quote.start : quote.end] == quote.quote, f"{where} does not stand there")
        places = named.get((definition.concept, quote.url), ())
        check(any(quote.start <= a and b <= quote.end for a, b in places), f"{where} does not name it")


def _counts(library: Library, db: sqlite3.Connection, urls: Sequence[str], check: _Check) -> None:
    """Check that what is stored follows: accounts and tallies from what was found, the graph from all of them."""
    for url in urls:
        check(account_holds(db, url), f"{url}: what was counted of its candidates is not what stands there")
    ranked = concepts_due(library, db)
    names = Names.of(ranked)
    for url in urls:
        check(tally_holds(db, url, names), f"{url}: what was counted of its concepts is not what stands there")
    concepts, definitions, relations = due(db, ranked)
    stored = {concept.id: concept for concept in read_concepts(db)}
    check([*stored] == [concept.id for concept in concepts], "the stored concepts, or their order, do not follow")
    for concept in concepts:
        check(stored.get(concept.id) == concept, f"{concept.id}: its names or numbers do not follow from the sources")
    check(read_definitions(db) == definitions, "the stored definitions do not follow from the sources")
    left = {(relation.a, relation.b): relation for relation in read_relations(db)}
    for relation in relations:
        where = f"{relation.a} - {relation.b}"
        check(left.pop((relation.a, relation.b), None) == relation, f"{where}: it does not follow from the sources")
    check(not left, f"{len(left)} relations follow from no source")
