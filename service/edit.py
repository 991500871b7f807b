"""The changes that a user can ask for, each one call of `update`."""

import dataclasses
import difflib
import functools
import pathlib
import sqlite3
from collections.abc import Iterator, Sequence

from corpus import archive, reading_list, tables
from corpus.errors import BadInput, NotFound
from corpus.fetch import Fetcher
from corpus.library import Library
from corpus.model import Page, Request, Source
from corpus.urls import canonical
from index.encoder import Encoder
from service.progress import Listener
from service.report import Report
from service.rooms import open_library, use_encoder
from service.update import Outcome, update


@dataclasses.dataclass(frozen=True)
class Job:
    """Where a change takes place, and with what. Nothing is opened or loaded before it is needed."""

    folder: pathlib.Path  # of the library
    create: bool = False  # whether to make one where there is none
    replay: pathlib.Path | None = None  # a WARC file to take the pages from, not the web
    encoder_name: str | None = None  # None: the one that the library uses
    listener: Listener = dataclasses.field(default_factory=Listener)

    @functools.cached_property
    def library(self) -> Library:
        """The library itself."""
        return open_library(self.folder, create=self.create)

    @functools.cached_property
    def encoder(self) -> Encoder:
        """The library's encoder, from now on the one that was named."""
        return use_encoder(self.library, self.encoder_name)

    def fetch(self, requests: Sequence[Request]) -> Iterator[tuple[Request, Outcome]]:
        """Yield what came of each request, as it comes."""
        if self.replay is None:
            return Fetcher().fetch(requests)
        return Fetcher(archive.WarcTransport(self.replay), delay_s=0).fetch(requests)


def build(job: Job, paths: Sequence[pathlib.Path]) -> Report:
    """Make the library hold what these lists name, besides what other lists and `add` name.

    Raises:
        BadInput: a list can't be read, or names no page.
    """
    entries = {str(path.resolve()): _read_list(path) for path in paths}

    def change(db: sqlite3.Connection) -> None:
        for name, sources in entries.items():
            tables.replace_list(db, name, sources)

    return update(job.library, job.fetch, job.encoder, change=change, listener=job.listener)


def add(job: Job, urls: Sequence[str]) -> Report:
    """Put pages into the library by their addresses.

    Raises:
        BadInput: one of them is no web address.
    """
    for url in urls:
        if not url.lower().startswith(("http://", "https://")):
            raise BadInput(f"{url} is no web address; give one that begins with http:// or https://")

    def change(db: sqlite3.Connection) -> None:
        tables.add_entries(db, [Source(url) for url in urls])

    only = {canonical(url) for url in urls}
    return update(job.library, job.fetch, job.encoder, change=change, only=only, listener=job.listener)


def supply(job: Job, paths: Sequence[pathlib.Path], url: str | None) -> Report:
    """Put pages into the library that the user saved. The web is not asked for them, now or later.

    Raises:
        BadInput: a file can't be read, or its address can't be told and `url` is missing.
    """
    if url is not None and len(paths) != 1:
        raise BadInput("--url is the address of one file; give one FILE with it")
    pages = {canonical(page.url): page for path in paths for page in _saved(path, url)}

    def change(db: sqlite3.Connection) -> None:
        tables.add_entries(db, [Source(page.url) for page in pages.values()])

    def fetch(requests: Sequence[Request]) -> Iterator[tuple[Request, Outcome]]:
        for request in requests:
            yield request, pages[canonical(request.url)]

    return update(
        job.library, fetch, job.encoder, change=change, only=pages.keys(), supplied=True, listener=job.listener
    )


def refetch(job: Job) -> Report:
    """Read every list again and bring every page up to date. A list whose file is gone stays as it was."""
    with job.library.reading() as db:
        paths = [pathlib.Path(name) for name in tables.lists(db)]
    entries = {str(path): _read_list(path) for path in paths if path.is_file()}

    def change(db: sqlite3.Connection) -> None:
        for name, sources in entries.items():
            tables.replace_list(db, name, sources)

    return update(job.library, job.fetch, job.encoder, change=change, listener=job.listener)


def remove(job: Job, url: str) -> Report:
    """Take a source out of the library with everything that came from it.

    Raises:
        NotFound: the library has no such source.
    """

    def change(db: sqlite3.Connection) -> None:
        if not tables.delete_source(db, url):
            known = [row.url for row in tables.listed(db)]
            raise NotFound(f"no source {url}", difflib.get_close_matches(url, known, 3, 0.5))

    return update(job.library, job.fetch, job.encoder, change=change, only=(), listener=job.listener)


def _read_list(path: pathlib.Path) -> list[Source]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"can't read the list {path} ({error}); give a text file in UTF-8") from error
    entries = reading_list.sources(text)
    if not entries:
        raise BadInput(f"{path} names no page; give a Markdown list with links, or one URL a line")
    return entries


def _saved(path: pathlib.Path, url: str | None) -> Iterator[Page]:
    if path.name.endswith((".warc", ".warc.gz")):
        yield from archive.warc_pages(path)
    else:
        yield archive.saved_page(path, url)
