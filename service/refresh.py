"""What all passages say together: concepts and relations, computed again when any passage, rule or name moved."""

import collections
import hashlib
from collections.abc import Callable

from corpus.library import Library
from index.encoder import Encoder
from kg import curation, glossary, mentions, tables
from kg.concepts import concepts
from kg.portraits import portraits
from kg.relations import relations
from service.report import Report

CURATION = "curation.toml"  # in the library's folder
RECIPE = "graph 3"  # a change of what concepts or relations follow from the mentions changes this


def refresh(library: Library, encoder: Encoder, report: Report, stage: Callable[[str], None]) -> None:
    """Bring the stored concept graph up to date, if it is not.

    Raises:
        BadInput: curation.toml or glossary.tsv in the library has a line that can't be understood.
    """
    rules, entries = decisions(library)
    made_by = f"{RECIPE}, {mentions.MADE_BY}, names by {encoder.name}, {digest(rules, entries)}"
    with library.reading() as db:
        if not tables.stale(db, made_by):
            return
        stage("concepts")
        with report.timed("concepts"):
            found = concepts(tables.accounts(db), entries, rules)
        stage("relations")
        with report.timed("relations"):
            links = relations(tables.Passages(db, found.ranked))
        stage("definitions")
        with report.timed("definitions"):
            ranked, definitions = portraits(tables.Passages(db, found.ranked), found.ranked)
        names = [concept.name for concept in found.ranked]
        unread = tables.missing_names(db, names, encoder.name)
    stage("names")
    with report.timed("names"):
        vectors = encoder.queries(unread)
    with report.timed("store"), library.writing() as db:
        tables.save_names(db, unread, vectors, encoder.name)
        tables.replace_graph(db, ranked, links, made_by, definitions, map(str, found.unmatched))
    report.unmatched = found.unmatched
    times = collections.Counter(names)
    report.warnings.extend(
        f"curation.toml: two ideas are called {rule.value} now; join them with [[merge]] or choose another name"
        for rule in rules.of("rename")
        if times[rule.value] > 1
    )


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
