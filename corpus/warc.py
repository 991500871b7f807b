"""The answers in a WARC file, found by URL."""

import contextlib
import dataclasses
import hashlib
import pathlib
import zlib
from collections.abc import Iterator
from typing import Any

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]  # ships no types
from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

from corpus.errors import BadInput
from corpus.model import Page
from corpus.urls import canonical

# What described the bytes on the wire, not the bytes of the page.
OF_THE_WIRE = frozenset(["content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"])


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """Where one answer stands in an archive."""

    url: str
    offset: int
    status: int
    length: int  # of the record in the file, as it says: a rough size
    digest: str  # of the body
    is_html: bool


class Archive:
    """The answers in a WARC file, found by URL; bodies are read when they are asked for."""

    def __init__(self, path: pathlib.Path) -> None:
        """Read the file once to know what it holds. Of several answers for one URL the last good one counts.

        Raises:
            BadInput: it is missing, or no WARC.
        """
        self.path = path
        self._records: dict[str, Record] = {}
        with _warc_trouble(path), open(path, "rb") as file:
            records = ArchiveIterator(file)
            for record in records:
                if record.rec_type != "response" or record.http_headers is None:
                    continue
                found = _record(record, records.get_record_offset())
                key = name_in_archive(found.url)
                if found.status == 200 or key not in self._records or self._records[key].status != 200:
                    self._records[key] = found
        if not self._records:
            raise BadInput(f"{path} holds no page: expected a WARC file (.warc or .warc.gz) with responses")

    def __iter__(self) -> Iterator[str]:
        """Yield the URLs, in the order of the file."""
        return (record.url for record in self._records.values())

    def record(self, url: str) -> Record | None:
        """Return where the answer for this URL stands, or None where there is none."""
        return self._records.get(name_in_archive(url))

    def page(self, record: Record) -> Page:
        """Return one answer, whole."""
        with self.open(record) as (headers, fetched_at, stream):
            body = stream.read()
        return Page(record.url, record.url, record.status, headers, body, fetched_at, (record.url,))

    @contextlib.contextmanager
    def open(self, record: Record) -> Iterator[tuple[tuple[tuple[str, str], ...], str, Any]]:
        """Yield headers, date and the decoded body (a stream; warcio has no type for it) of one answer."""
        with _warc_trouble(self.path), open(self.path, "rb") as file:
            file.seek(record.offset)
            found = next(iter(ArchiveIterator(file)), None)
            if found is None:
                raise BadInput(f"{self.path} was changed while it was read: run this again")
            headers = [(name.lower(), value) for name, value in found.http_headers.headers]
            kept = tuple((name, value) for name, value in headers if name not in OF_THE_WIRE)
            yield kept, found.rec_headers.get_header("WARC-Date", ""), found.content_stream()


def name_in_archive(url: str) -> str:
    """Return the name of a URL in an archive: no fragment at all, for a server never sees one."""
    return canonical(url.partition("#")[0])


@contextlib.contextmanager
def _warc_trouble(path: pathlib.Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(f"can't read {path}: {error.strerror or error}") from error
    except (ArchiveLoadFailed, EOFError, zlib.error) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0].strip()
        raise BadInput(f"{path} is no readable WARC file ({first}); 'warcio recompress' mends some") from error


def _record(record: Any, offset: int) -> Record:  # noqa: ANN401  # warcio ships no types
    """Return what the index keeps of a record."""
    headers = record.http_headers
    status = headers.get_statuscode()
    digest = record.rec_headers.get_header("WARC-Payload-Digest")
    return Record(
        url=record.rec_headers.get_header("WARC-Target-URI", "").strip("<>"),  # wget brackets it
        offset=offset,
        status=int(status) if status.isdigit() else 0,
        length=int(record.rec_headers.get_header("Content-Length", "0")),
        digest=digest or hashlib.sha1(record.content_stream().read(), usedforsecurity=False).hexdigest(),
        is_html="html" in headers.get_header("content-type", "text/html").lower(),
    )
