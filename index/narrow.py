"""Which passages a question may find at all."""

import dataclasses
import json
import sqlite3

from corpus.spelling import fold
from corpus.urls import canonical, on_site
from index.keywords import phrase_pattern, phrase_query, words


@dataclasses.dataclass(frozen=True, slots=True)
class Narrow:
    """What narrows the choice; a passage must fit all that is given, and any of several of a kind."""

    langs: tuple[str, ...] = ()
    source: str = ""  # a URL
    section: str = ""  # a heading of the reading list, or a part of it
    sites: tuple[str, ...] = ()  # domains, or the beginnings of addresses
    since: str = ""  # ISO date: published then or later, or where that is not known fetched then or later
    phrases: tuple[str, ...] = ()  # all of them stand in the passage, its title or its heading
    without: tuple[str, ...] = ()  # none of these words does, in any form
    without_phrases: tuple[str, ...] = ()
    without_langs: tuple[str, ...] = ()
    without_sites: tuple[str, ...] = ()

    def condition(self, db: sqlite3.Connection) -> tuple[str, list[str]]:
        """Return an SQL condition on `chunks` and its values; '' where nothing is narrowed.

        Phrases and sites are looked up here, once, so that the condition is cheap however often it is used.
        """
        conditions, values = [], []

        def add(condition: str, value: object) -> None:
            conditions.append(condition)
            values.append(value if isinstance(value, str) else json.dumps(value))

        if self.langs:
            add("chunks.lang in (select value from json_each(?))", self.langs)
        if self.without_langs:
            add("chunks.lang not in (select value from json_each(?))", self.without_langs)
        if self.source:
            add("chunks.source = (select key from sources where url = ?)", canonical(self.source))
        if self.section:
            add(
                "chunks.source in (select source from entries, json_each(entries.section) "
                "where instr(lower(json_each.value), lower(?)))",
                self.section,
            )
        if self.sites:
            add("chunks.source in (select value from json_each(?))", _on_sites(db, self.sites))
        if self.without_sites:
            add("chunks.source not in (select value from json_each(?))", _on_sites(db, self.without_sites))
        if self.since:
            add(
                "chunks.source in (select documents.source from documents left join pages using (source) "
                "where coalesce(nullif(published, ''), substr(fetched_at, 1, 10)) >= ?)",
                self.since,
            )
        for phrase in self.phrases:
            add("chunks.key in (select value from json_each(?))", _with_phrase(db, phrase))
        for phrase in self.without_phrases:
            add("chunks.key not in (select value from json_each(?))", _with_phrase(db, phrase))
        for word in self.without:
            forms = words(word)
            if len(forms) == 1:
                add("chunks.key not in (select rowid from keywords where keywords match ?)", f'"{forms[0]}"')
            else:  # a compound or Chinese: as a phrase
                add("chunks.key not in (select value from json_each(?))", _with_phrase(db, word))
        return " and ".join(conditions), values


def _on_sites(db: sqlite3.Connection, sites: tuple[str, ...]) -> list[int]:
    """Return the keys of the sources that are listed on, or were found on, one of these sites."""
    rows = db.execute("select key, sources.url, final_url from sources left join pages on source = key")
    return [
        key for key, url, final in rows if any(on_site(each, site) for each in {url, final or url} for site in sites)
    ]


def _with_phrase(db: sqlite3.Connection, phrase: str) -> list[int]:
    """Return the keys of the passages that have a phrase in the text, the heading or the title."""
    match, pattern = phrase_query(phrase), phrase_pattern(phrase)
    rows = db.execute(
        "select key, title, heading, text from chunks "
        + ("where key in (select rowid from keywords where keywords match ?)" if match else ""),
        (match,) if match else (),
    )
    return [
        key
        for key, title, heading, text in rows
        if any(pattern.search(fold(part)) for part in (text, title, *json.loads(heading)))
    ]
