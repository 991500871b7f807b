"""The changes that a user can ask for, each one call of `update`."""

import dataclasses
import difflib
import functools
import pathlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from corpus import archive, reading_list, tables
from corpus.errors import BadInput, NotFound
from corpus.fetch import Fetcher
from corpus.library import Library
from corpus.model import Page, Request, Source
from corpus.urls import canonical, is_web
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

    @functools.cached_property
    def fetcher(self) -> Fetcher:
        """What fetches the pages.

        Raises:
            BadInput: the file to replay is no WARC.
        """
        return Fetcher() if self.replay is None else Fetcher(archive.WarcTransport(self.replay), delay_s=0)


def build(job: Job, paths: Sequence[pathlib.Path]) -> Report:
    """Make the library hold what these lists name, besides what other lists and `add` name.

    Raises:
        BadInput: a list can't be read, or names no page.
    """
    return _hold(job, {str(path.resolve()): _read_list(path) for path in paths})


def add(job: Job, urls: Sequence[str]) -> Report:
    """Put pages into the library by their addresses.

    Raises:
        BadInput: one of them is no web address.
    """
    for url in urls:
        if not is_web(url):
            raise BadInput(f"{url} is no web address; give one that begins with http:// or https://")

    def change(db: sqlite3.Connection) -> None:
        tables.add_entries(db, [Source(url) for url in urls])

    only, fetch = {canonical(url) for url in urls}, job.fetcher.fetch
    return update(job.library, fetch, job.encoder, change=change, only=only, listener=job.listener)


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
    report = _hold(job, entries)
    report.warnings.extend(
        f"the list {path} can't be found: its sources stay as they were; 'ideagraph remove {path}' forgets it"
        for path in paths
        if str(path) not in entries
    )
    return report


def remove(job: Job, name: str) -> Report:
    """Take a source out of the library, or a list with the sources that no other list names, and all that came of them.

    Raises:
        NotFound: the library has no such source, and no such list.
    """
    path = str(pathlib.Path(name).resolve())
    with job.library.reading() as db:
        naming = [] if path in tables.lists(db) else tables.lists_with(db, name)

    def change(db: sqlite3.Connection) -> None:
        if not tables.delete_list(db, path) and not tables.delete_source(db, name):
            known = [row.url for row in tables.listed(db)]
            raise NotFound(f"no source or list {name}", difflib.get_close_matches(name, known, 3, 0.8))

    report = update(job.library, lambda _: (), job.encoder, change=change, only=(), listener=job.listener)
    report.warnings.extend(f"{each} still names it: take it out there too, or it comes back" for each in naming)
    return report


def _hold(job: Job, entries: Mapping[str, Sequence[Source]]) -> Report:
    """Make these the entries of the lists by name, and bring every page up to date."""
    fetch = job.fetcher.fetch  # before a library is made: the file to replay may be no good

    def change(db: sqlite3.Connection) -> None:
        for name, sources in entries.items():
            tables.replace_list(db, name, sources)

    return update(job.library, fetch, job.encoder, change=change, listener=job.listener)


def _read_list(path: pathlib.Path) -> list[Source]:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise BadInput(f"can't read the list {path} ({error.strerror}); name a file that is there") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"can't read the list {path} ({error.reason}); give a text file in UTF-8") from error
    entries = reading_list.sources(text)
    if not entries:
        raise BadInput(f"{path} names no page; give a Markdown list with links, or one URL a line")
    return entries


def _saved(path: pathlib.Path, url: str | None) -> Iterator[Page]:
    if path.name.endswith((".warc", ".warc.gz")):
        yield from archive.warc_pages(path)
    else:
        yield archive.saved_page(path, url)
