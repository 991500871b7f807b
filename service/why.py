"""Why the spellings of a concept are one: each with its witness, and the sentences where a text says so."""

import sqlite3
from collections.abc import Callable

from corpus.tables import Listed
from kg.model import Concept
from kg.names import key
from kg.tables import read_glosses
from service.answers import EvidenceRow, SpellingRow

_MEANING = {
    "": "the others go with this one",
    "curation": "you said so in curation.toml",
    "glossary": "the glossary has both",
    "gloss": "a text has one in brackets after the other",
    "said": "a text says that it is also called so",
    "acronym": "a text has the acronym beside its long form",
    "initials": "the only name with these initials in the same sources",
    "variant": "another form of the same words",
    "abridged": "the same with an acronym for its words",
    "composed": "the same pieces in the other language",
}
_UNWRITTEN = "unwritten"  # the glossary knows the name, and no text has it


def why(db: sqlite3.Connection, concept: Concept, entry: Callable[[str], Listed]) -> list[SpellingRow]:
    """Return every spelling of a concept, its name first, those last that no text has; `entry` gives a source."""
    written: dict[str, list[str]] = {}
    for spelling in concept.aliases:
        written.setdefault(key(spelling), []).append(spelling)
    merges = {merge.key: merge for merge in concept.merges}
    said = read_glosses(db, concept.keys) if merges else {}
    roots = {merge.other for merge in concept.merges} - merges.keys()
    rows = []
    for name in sorted(
        concept.keys,
        key=lambda name: (name != key(concept.name), name not in roots, name not in merges, written.get(name, [name])),
    ):
        merge = merges.get(name)
        is_root = name in roots or (not roots and name == key(concept.name))
        witness, _, rests_on = merge.witness.partition(": ") if merge else ("" if is_root else _UNWRITTEN, "", "")
        other = written.get(merge.other, [merge.other])[0] if merge else ""
        quotes = said.get(frozenset((name, merge.other))) if merge else None
        quotes = quotes or next((told for pair, told in said.items() if name in pair and merge), [])
        evidence = tuple(
            EvidenceRow(source.url, source.title, item.lang, item.quote, item.start, item.end)
            for item in quotes
            for source in [entry(item.url)]
        )
        rows.append(SpellingRow(tuple(written.get(name, [name])), witness, rests_on, other, evidence))
    return rows


def in_words(row: SpellingRow) -> str:
    """Return what a witness says, for people."""
    if row.witness == _UNWRITTEN:
        return "only the glossary has it; no text does"
    rest = f" ({row.rests_on})" if row.rests_on else ""
    return f"{_MEANING[row.witness]}{rest}"
