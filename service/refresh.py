"""What all passages say together: concepts and relations, brought up to date when any passage, rule or name moved.

Each step keeps what it made and asks only for what is missing: a source that changed costs its own account and tally,
and a tally for each other source whose words name other concepts now. A run that is cut short goes on there.
"""

import collections
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from corpus.library import Library
from index.encoder import Encoder
from kg import curation, glossary, graph_tables, source_tables, tables
from kg.concepts import concepts
from kg.model import Concept
from kg.uncollected import uncollected
from service.report import Report

CURATION = "curation.toml"  # in the library's folder
RECIPE = "graph 8"  # a change of what concepts or relations follow from the mentions changes this
_MADE_BY = f"{RECIPE}, {source_tables.MADE_BY}"
_SOURCES_AT_ONCE = 32  # in one transaction: some seconds of work, and a kill loses no more
T = TypeVar("T")


def refresh(library: Library, encoder: Encoder, report: Report, stage: Callable[[str], None]) -> None:
    """Bring the stored concept graph up to date, if it is not.

    Raises:
        BadInput: curation.toml or glossary.tsv in the library has a line that can't be understood.
    """
    with uncollected():
        _refresh(library, encoder, report, stage)


def _refresh(library: Library, encoder: Encoder, report: Report, stage: Callable[[str], None]) -> None:
    rules, entries = decisions(library)
    made_by = f"{_MADE_BY}, names by {encoder.name}, {digest(rules, entries)}"
    with library.reading() as db:
        if not tables.stale(db, made_by):
            return
        unaccounted = source_tables.unaccounted(db)
    stage("concepts")
    with report.timed("accounts"):
        for urls in _batches(unaccounted):
            with library.writing() as db:
                for url in urls:
                    source_tables.save_account(db, url)
    with report.timed("concepts"), library.reading() as db:
        found = concepts(source_tables.Accounts(db), entries, rules)
        names = [concept.name for concept in found.ranked]
        unread = tables.missing_names(db, names, encoder.name)
    stage("relations")
    with report.timed("relations"):
        decided = source_tables.Names.of(found.ranked)
        with library.reading() as db:
            uncounted = source_tables.uncounted(db, decided)
        for sources in _batches(uncounted):
            with library.writing() as db:
                for url, made_of in sources:
                    source_tables.save_tally(db, url, decided, made_of)
    stage("names and storing")
    with report.timed("names"):
        vectors = encoder.queries(unread)
    with report.timed("store"), library.writing() as db:
        tables.save_names(db, unread, vectors, encoder.name)
        graph_tables.write_graph(db, found.ranked, made_by, map(str, found.unmatched))
    report.unmatched = found.unmatched
    times = collections.Counter(names)
    report.warnings.extend(
        f"curation.toml: two ideas are called {rule.value} now; join them with [[merge]] or choose another name"
        for rule in rules.of("rename")
        if times[rule.value] > 1
    )


def is_current(library: Library, db: sqlite3.Connection) -> bool:
    """Return whether the stored graph is of this recipe and of the user's decisions as they stand in their files."""
    made_by, _ = tables.unmatched(db)
    return made_by.startswith(f"{_MADE_BY}, ") and made_by.endswith(f", {digest(*decisions(library))}")


def concepts_due(library: Library, db: sqlite3.Connection) -> Sequence[Concept]:
    """Return the concepts that follow from the stored accounts and the user's decisions."""
    rules, entries = decisions(library)
    return concepts(source_tables.Accounts(db), entries, rules).ranked


def decisions(library: Library) -> tuple[curation.Curation, tuple[glossary.Entry, ...]]:
    """Return what the user decided, and the glossary with the user's own entries.

    Raises:
        BadInput: a line can't be understood.
    """
    return curation.read(library.folder / CURATION), glossary.with_own(glossary.shipped(), _own_glossary(library))


def digest(rules: curation.Curation, entries: tuple[glossary.Entry, ...]) -> str:
    """Return a short text that changes when any of the decisions or entries does."""
    return f"decided {hashlib.sha256(repr((rules, entries)).encode()).hexdigest()[:12]}"


def _own_glossary(library: Library) -> tuple[glossary.Entry, ...]:
    path = library.folder / "glossary.tsv"
    return glossary.read(path) if path.is_file() else ()


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for begin in range(0, len(items), _SOURCES_AT_ONCE):
        yield items[begin : begin + _SOURCES_AT_ONCE]
