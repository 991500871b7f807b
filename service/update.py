"""Bring a library up to date: the one path by which anything gets into it.

A full build is an update from an empty library. Whole pages go in, one transaction each, so a build that is killed goes
on where it stopped; what all passages say together is computed again at the end if any of them moved.
"""

import datetime
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from corpus import chunk, extract, walls
from corpus.errors import Empty, Gone, PageError
from corpus.library import Library
from corpus.model import Document, NotModified, Page, Request
from corpus.tables import (
    Stored,
    delete_document,
    load_page,
    note,
    page_digest,
    save_document,
    save_page,
    stored,
)
from index import tables as index_tables
from index import windows
from index.encoder import Encoder
from kg import mentions
from kg import tables as kg_tables
from service.progress import Listener
from service.refresh import refresh
from service.report import Report

Outcome = Page | NotModified | PageError
Fetch = Callable[[Sequence[Request]], Iterable[tuple[Request, Outcome]]]
_LEFT_AT_ONCE = 256  # passages embedded in one go: a kill loses no more
Change = Callable[[sqlite3.Connection], None]


def update(
    library: Library,
    fetch: Fetch,
    encoder: Encoder,
    *,
    change: Change | None = None,
    only: Collection[str] | None = None,
    supplied: bool = False,
    listener: Listener | None = None,
) -> Report:
    """Bring the library up to date with its lists and their pages, and return what was done.

    Args:
        library: where it is kept.
        fetch: gives each request its outcome, in any order.
        encoder: makes the vectors; every vector of another encoder is made anew.
        change: writes down a change of the lists first, under the same lock.
        only: canonical URLs to look at; None for all.
        supplied: whether the pages come from the user and not from the web; such pages are never fetched over.
        listener: told how far it has come.

    Raises:
        Locked: another process is writing.
        KeyboardInterrupt: the user asked to stop; every page that was done is kept.
    """
    listener = listener or Listener()
    report = Report()
    with library.lock():
        if change is not None:
            with library.writing() as db:
                change(db)
        job = _Job(library, encoder, report, supplied)
        with library.reading() as db:
            sources = [source for source in stored(db) if only is None or source.url in only]
        report.asked = len(sources)
        listener.begin(len(sources))
        for source, outcome in job.outcomes(sources, fetch):
            status = job.take(source, outcome)
            listener.encoded(report.encoded)
            listener.done(source.listed_url, status)
            if listener.stopping():
                raise KeyboardInterrupt
        if only is None:
            job.read_left()
        job.read_titles()
        refresh(library, encoder, report, listener.stage)
        with library.reading() as db:
            report.sources.update(source.status for source in stored(db))
            report.concepts, report.relations = kg_tables.counts(db)
    return report


class _Job:
    """One run of `update`: what its steps share."""

    def __init__(self, library: Library, encoder: Encoder, report: Report, supplied: bool) -> None:
        self._library = library
        self._encoder = encoder
        self._report = report
        self._supplied = supplied
        # Every recipe that a page's rows depend on: rows of another one count as missing and are made anew.
        self._made_by = ", ".join((extract.RECIPE, chunk.RECIPE, windows.RECIPE, mentions.MADE_BY, encoder.name))

    def outcomes(self, sources: Sequence[Stored], fetch: Fetch) -> Iterator[tuple[Stored, Outcome]]:
        """Yield what came of each source. A page that the user supplied is not fetched, at most read anew."""
        wanted = {}
        for source in sources:
            if source.supplied and not self._supplied:
                yield source, NotModified(source.checked_at)
            else:
                wanted[source.listed_url] = source
        answers = iter(fetch([Request(url, source.etag, source.last_modified) for url, source in wanted.items()]))
        while True:
            with self._report.timed("fetch"):
                answer = next(answers, None)
            if answer is None:
                return
            yield wanted[answer[0].url], answer[1]

    def take(self, source: Stored, outcome: Outcome) -> str:
        """Bring one source up to date, in one transaction, and return what became of it."""
        current = source.made_by == self._made_by
        match outcome:
            case PageError():
                self._fail(source, outcome)
                if not current and source.made_by and not isinstance(outcome, Gone):
                    self._read(source, self._stored_page(source), outcome)  # by older recipes; the copy is still good
                return outcome.status
            case NotModified() if current:
                self._note(source, outcome.checked_at)
                return "unchanged"
            case NotModified():
                return self._read(source, self._stored_page(source))
            case Page() if current and page_digest(outcome) == source.page_digest and not self._supplied:
                self._note(source, outcome.fetched_at)
                return "unchanged"
            case Page():
                return self._read(source, outcome)

    def _read(self, source: Stored, page: Page, error: PageError | None = None) -> str:
        """Read a page and store all that is in it; `error` is why it is an old copy, if it is."""
        with self._report.timed("extract"):
            document = _document(page, source.url)
        if isinstance(document, PageError):
            self._fail(source, document)
            return document.status
        with self._report.timed("chunk"):
            parts = list(chunk.chunks(document, self._encoder.count_tokens))
        texts = {part.id: windows.inputs(part.title, part.heading, part.text) for part in parts}
        with self._library.reading() as db:
            had = index_tables.vector_inputs(db, source.key, self._encoder.name)
        unread = [name for name, text in texts.items() if had.get(name) != index_tables.input_digest(text)]
        with self._report.timed("embed"):
            vectors = windows.encoded(self._encoder, [texts[name] for name in unread])
        with self._report.timed("mentions"):
            found = {part.id: mentions.mentions(part) for part in parts}
        with self._report.timed("store"), self._library.writing() as db:
            if error is None:
                save_page(db, source.key, page, supplied=self._supplied or source.supplied)
                note(db, source.key, "indexed", page.fetched_at)
            keys = save_document(db, source.key, document, parts, self._made_by)
            read = [keys[name] for name in unread]
            index_tables.save_vectors(db, read, [texts[name] for name in unread], vectors, self._encoder.name)
            index_tables.index_keywords(db, source.key)
            for name, key in keys.items():
                kg_tables.save_found(db, key, found[name], mentions.MADE_BY)
        self._report.changed += 1
        self._report.passages += len(parts)
        self._report.dead += len(had.keys() - keys.keys())
        self._report.encoded += len(unread)
        return "indexed"

    def read_left(self) -> None:
        """Embed the passages of pages that could not be read anew, where their vectors are of another encoder."""
        with self._library.reading() as db:
            left = (
                index_tables.missing(db, self._encoder.name)
                if index_tables.other_encoder(db, self._encoder.name)
                else []
            )
        for begin in range(0, len(left), _LEFT_AT_ONCE):
            keys, texts = zip(*left[begin : begin + _LEFT_AT_ONCE], strict=True)
            with self._report.timed("embed"):
                vectors = windows.encoded(self._encoder, texts)
            with self._library.writing() as db:
                index_tables.save_vectors(db, keys, texts, vectors, self._encoder.name)
            self._report.encoded += len(keys)

    def read_titles(self) -> None:
        """Embed the titles by which the lists name their sources, where that is not done yet."""
        with self._library.reading() as db:
            missing = index_tables.missing_titles(db, self._encoder.name)
        if missing:
            keys, titles = zip(*missing, strict=True)
            with self._report.timed("embed"):
                vectors = self._encoder.passages(titles)
            with self._library.writing() as db:
                index_tables.save_titles(db, keys, titles, vectors, self._encoder.name)

    def _stored_page(self, source: Stored) -> Page:
        with self._library.reading() as db:
            page = load_page(db, source.key)
        assert page is not None  # a source has validators, and a document, only with its page
        return page

    def _note(self, source: Stored, checked_at: str) -> None:
        with self._library.writing() as db:
            note(db, source.key, "indexed", checked_at)

    def _fail(self, source: Stored, error: PageError) -> None:
        """Write down that a page can't be had. Of a page that is gone nothing stays; else what there is does."""
        self._report.failed.append((source.listed_url, error))
        keep = bool(source.made_by) and not isinstance(error, Gone)
        with self._library.writing() as db:
            if not keep:
                delete_document(db, source.key)
            status = "indexed" if keep else error.status
            now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            note(db, source.key, status, now, error.reason, error.mend(source.listed_url))


def _document(page: Page, url: str) -> Document | PageError:
    """Return the article in a page, or what the page is instead."""
    if (error := walls.wall(page)) is not None:
        return error
    try:
        document = extract.document(page, url)
    except Exception as error:  # whatever a stranger's page does to the parsers, the other pages go on
        return Empty(f"can't be read ({type(error).__name__}: {error})")
    return walls.thin(page, document) or document
