"""Bring a library up to date: the one path by which anything gets into it.

A full build is an update from an empty library. Whole pages go in, one transaction each, so a build that is killed goes
on where it stopped; what all passages say together is computed again at the end if any of them moved.
"""

import dataclasses
import datetime
import sqlite3
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence

from corpus import chunk, extract, walls
from corpus.errors import Empty, Gone, PageError
from corpus.library import Library
from corpus.model import Chunk, Document, NotModified, Page, Request
from corpus.tables import (
    Stored,
    delete_document,
    load_page,
    n_chunks,
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
from kg.model import Found
from service.ahead import ahead
from service.progress import Listener
from service.refresh import refresh
from service.report import Report

Outcome = Page | NotModified | PageError
Fetch = Callable[[Sequence[Request]], Iterable[tuple[Request, Outcome]]]
_AT_ONCE = 100_000  # characters of the pages that are embedded together: some 4 s, and a kill loses no more
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
                before = n_chunks(db)
                change(db)
                report.dead += before - n_chunks(db)
        job = _Job(library, encoder, report, supplied)
        with library.reading() as db:
            sources = [source for source in stored(db) if only is None or source.url in only]
        report.asked = len(sources)
        listener.begin(len(sources))
        for some in ahead(job.come(sources, fetch), _weight, _AT_ONCE):
            for came, fresh in zip(some, job.embedded(some), strict=True):
                status = job.take(came, fresh)
                listener.encoded(report.encoded)
                listener.done(came.source.listed_url, status)
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


@dataclasses.dataclass(frozen=True, slots=True)
class _Read:
    """A page as it was read."""

    page: Page
    document: Document
    parts: tuple[Chunk, ...]
    inputs: Mapping[str, Sequence[str]]  # to embed, by chunk id
    found: Mapping[str, Found]


@dataclasses.dataclass(frozen=True, slots=True)
class _Came:
    """What came of a source."""

    source: Stored
    outcome: Outcome
    read: _Read | PageError | None  # None where there is nothing to read

    @property
    def inputs(self) -> Mapping[str, Sequence[str]]:
        """What there is to embed, by chunk id."""
        return self.read.inputs if isinstance(self.read, _Read) else {}


@dataclasses.dataclass(frozen=True, slots=True)
class _Fresh:
    """The vectors that a page lacked, by chunk id, and how many passages it has no more."""

    vectors: Mapping[str, windows.Vectors]
    dead: int


def _weight(came: _Came) -> int:
    return sum(len(text) for inputs in came.inputs.values() for text in inputs)


class _Job:
    """One run of `update`: what its steps share."""

    def __init__(self, library: Library, encoder: Encoder, report: Report, supplied: bool) -> None:
        self._library = library
        self._encoder = encoder
        self._report = report
        self._supplied = supplied
        # Every recipe that a page's rows depend on: rows of another one count as missing and are made anew.
        self._made_by = ", ".join((extract.RECIPE, chunk.RECIPE, windows.RECIPE, mentions.MADE_BY, encoder.name))

    def come(self, sources: Sequence[Stored], fetch: Fetch) -> Generator["_Came"]:
        """Yield what came of each source, read where that is needed. It is run ahead, in a thread of its own."""
        for source, outcome in self._outcomes(sources, fetch):
            page = self._to_read(source, outcome)
            yield _Came(source, outcome, None if page is None else self._read(source, page))

    def _outcomes(self, sources: Sequence[Stored], fetch: Fetch) -> Iterator[tuple[Stored, Outcome]]:
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

    def _to_read(self, source: Stored, outcome: Outcome) -> Page | None:
        """Return the page to read: the one that came, the copy at hand where other recipes read it, or none."""
        current = source.made_by == self._made_by
        match outcome:
            case PageError():  # the copy is still good
                older = not current and bool(source.made_by) and not isinstance(outcome, Gone)
                return self._stored_page(source) if older else None
            case NotModified():
                return None if current else self._stored_page(source)
            case Page():
                same = current and page_digest(outcome) == source.page_digest and not self._supplied
                return None if same else outcome

    def _read(self, source: Stored, page: Page) -> "_Read | PageError":
        with self._report.timed("extract"):
            document = _document(page, source.url)
        if isinstance(document, PageError):
            return document
        with self._report.timed("chunk"):
            parts = tuple(chunk.chunks(document, self._encoder.count_tokens))
        inputs = {part.id: windows.inputs(part.title, part.heading, part.text) for part in parts}
        with self._report.timed("mentions"):
            return _Read(page, document, parts, inputs, {part.id: mentions.mentions(part) for part in parts})

    def embedded(self, some: Sequence["_Came"]) -> list["_Fresh"]:
        """Return the vectors that each page lacks. All are read together: the more texts, the quicker each."""
        had = []
        with self._library.reading() as db:
            for came in some:
                wanted = isinstance(came.read, _Read)
                had.append(index_tables.vector_inputs(db, came.source.key, self._encoder.name) if wanted else {})
        unread = [
            [name for name, text in came.inputs.items() if before.get(name) != index_tables.input_digest(text)]
            for came, before in zip(some, had, strict=True)
        ]
        texts = [came.inputs[name] for came, names in zip(some, unread, strict=True) for name in names]
        with self._report.timed("embed"):
            vectors = iter(windows.encoded(self._encoder, texts))
        return [
            _Fresh({name: next(vectors) for name in names}, len(before.keys() - came.inputs.keys()))
            for came, names, before in zip(some, unread, had, strict=True)
        ]

    def take(self, came: "_Came", fresh: "_Fresh") -> str:
        """Bring one source up to date, in one transaction, and return what became of it."""
        source, outcome, read = came.source, came.outcome, came.read
        failed = isinstance(outcome, PageError)
        if isinstance(outcome, PageError):
            self._fail(source, outcome)
        elif read is None:
            self._note(source, outcome.checked_at if isinstance(outcome, NotModified) else outcome.fetched_at)
            return "unchanged"
        if isinstance(read, PageError):
            self._fail(source, read)
        elif read is not None:
            self._store(source, read, fresh, is_copy=failed)
        return next((each.status for each in (outcome, read) if isinstance(each, PageError)), "indexed")

    def _store(self, source: Stored, read: "_Read", fresh: "_Fresh", *, is_copy: bool) -> None:
        """Store all that is in a page; a copy at hand says nothing new about the page itself."""
        with self._report.timed("store"), self._library.writing() as db:
            if not is_copy:
                save_page(db, source.key, read.page, supplied=self._supplied or source.supplied)
                note(db, source.key, "indexed", read.page.fetched_at)
            keys = save_document(db, source.key, read.document, read.parts, self._made_by)
            names = list(fresh.vectors)
            index_tables.save_vectors(
                db, [keys[name] for name in names], [read.inputs[name] for name in names],
                list(fresh.vectors.values()), self._encoder.name,
            )  # fmt: skip
            index_tables.index_keywords(db, source.key)
            for name, key in keys.items():
                kg_tables.save_found(db, key, read.found[name], mentions.MADE_BY)
        self._report.changed += 1
        self._report.passages += len(read.parts)
        self._report.dead += fresh.dead
        self._report.encoded += len(fresh.vectors)

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
