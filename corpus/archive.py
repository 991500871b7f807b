"""Pages without a network: replay of web archives, pages saved by a browser, and archives of our own."""

import dataclasses
import datetime
import email
import email.message
import email.policy
import email.utils
import html
import io
import itertools
import os
import pathlib
import re
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import httpx2
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]  # ships no types
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from corpus.errors import BadInput, Unreachable
from corpus.exchange import onward
from corpus.fetch import MAX_HOPS
from corpus.model import Page
from corpus.urls import is_web, tidy
from corpus.walls import not_a_web_page
from corpus.warc import OF_THE_WIRE, Archive, Record, name_in_archive

MAX_SAVED_BYTES = 100 * 2**20  # pages with inlined pictures reach 50 MB
_PIECE = 64 * 1024
_MHTML = re.compile(rb"(?:From|MIME-Version|Snapshot-Content-Location):")
_HTML_TYPES = frozenset(["text/html", "application/xhtml+xml"])
_HEAD = 64 * 1024  # characters of a saved page in which its address is looked for


class WarcTransport(httpx2.AsyncBaseTransport):
    """Answers requests from a WARC file, so that the fetcher walks through it under all its rules.

    Each good answer has an ETag, the archive's own where the server gave none: asking again costs nothing.
    """

    def __init__(self, path: pathlib.Path) -> None:
        """Index the archive.

        Raises:
            BadInput: it is missing, or no WARC.
        """
        self._archive = Archive(path)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the recorded answer, 304 where the caller has it, 404 for a robots.txt that is not there.

        Raises:
            Unreachable: the archive doesn't hold this URL.
        """
        record = self._archive.record(str(request.url))
        if record is None:
            if request.url.path == "/robots.txt":
                return httpx2.Response(404)
            raise Unreachable(f"not in {self._archive.path.name}")
        with self._archive.open(record) as (headers, fetched_at, _):
            extensions = {"fetched_at": fetched_at}
        if record.status == 200:
            etag = next((value for name, value in headers if name == "etag"), "")
            if not etag:
                etag = f'"{record.digest}"'
                headers = (*headers, ("etag", etag))
            if etag in request.headers.get("if-none-match", "").split(", "):
                return httpx2.Response(304, headers=[("etag", etag)], extensions=extensions)
        raw = [(name.encode("ascii", "replace"), value.encode("utf-8", "surrogateescape")) for name, value in headers]
        return httpx2.Response(record.status, headers=raw, stream=_Body(self._archive, record), extensions=extensions)


class _Body(httpx2.AsyncByteStream):
    """A recorded body in pieces, so that the fetcher's cap stops it early."""

    def __init__(self, archive: Archive, record: Record) -> None:
        self._archive = archive
        self._record = record

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with self._archive.open(self._record) as (_, _, stream):
            while piece := stream.read(_PIECE):
                yield piece


def warc_pages(path: pathlib.Path) -> Iterator[Page]:
    """Yield the web pages of an archive, each once, named by the URL that its redirects start from.

    Raises:
        BadInput: the file is missing, or no WARC.
    """
    archive = Archive(path)
    records = [record for url in archive if (record := archive.record(url)) is not None]
    reached: set[str] = set()
    # First what may lead on to another record, so that a page behind a redirect is not told twice.
    for record in sorted(records, key=lambda record: (record.status == 200, record.length)):
        if name_in_archive(record.url) in reached or not (record.is_html or record.status != 200):
            continue
        page = _followed(archive, record)
        if page is not None:
            reached.update(map(name_in_archive, page.chain))
            yield page


def write_warc(path: pathlib.Path, pages: Iterable[Page]) -> None:
    """Write pages, and the redirects that led to them, as a WARC file; gzipped if its name says so.

    The same pages give the same bytes. The file appears whole or not at all.
    """
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(scratch, "wb") as file:
            writer = WARCWriter(file, gzip=path.suffix == ".gz")
            written: set[str] = set()
            for page in pages:
                hops = page.chain or (page.url, page.final_url)
                for url, target in itertools.pairwise(hops):
                    if url != target and url not in written:
                        written.add(url)
                        _write(writer, url, page.fetched_at, 301, [("location", tidy(target))], b"")
                if page.final_url not in written:
                    written.add(page.final_url)
                    kept = [(name, value) for name, value in page.headers if name not in OF_THE_WIRE]
                    _write(writer, page.final_url, page.fetched_at, page.status, kept, page.body)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def saved_page(path: pathlib.Path, url: str | None = None) -> Page:
    """Return a page that a browser saved: plain HTML, SingleFile's HTML, or MHTML.

    The address is `url`, else the one that the file tells; the date is the file's own word, else that of the file.

    Raises:
        BadInput: no page, or nobody can tell its address.
    """
    try:
        if path.stat().st_size > MAX_SAVED_BYTES:
            raise BadInput(f"{path} is larger than {MAX_SAVED_BYTES // 2**20} MiB: save the page without its pictures")
        content = path.read_bytes()
        modified = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
    except OSError as error:
        raise BadInput(f"can't read {path}: {error.strerror}") from error
    if not content.strip():
        raise BadInput(f"{path} is empty: save the page again")
    if path.suffix.lower() in (".mhtml", ".mht") or re.match(
        rb"(?:From|MIME-Version|Snapshot-Content-Location):", content
    ):
        saved = _from_mhtml(path, content)
    else:
        saved = _from_html(content)
    if kind := not_a_web_page(saved.content_type, saved.body):
        raise BadInput(f"{path} is {kind}, not a saved web page: save it as HTML (one file) or MHTML")
    address = tidy(url or saved.url)
    if not is_web(address):
        raise BadInput(f"can't tell the address of {path}: give it with --url")
    return Page(
        url=url or saved.url,
        final_url=tidy(saved.url) if saved.url else address,
        status=200,
        headers=(("content-type", saved.content_type),),
        body=saved.body,
        fetched_at=_iso(saved.date or modified),
        chain=(address,),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Saved:
    """What a saved file tells of itself."""

    body: bytes
    content_type: str
    url: str
    date: datetime.datetime | None


def _from_html(content: bytes) -> _Saved:
    head = content[:_HEAD].decode("utf-8", errors="replace")
    comment = re.match(r"[^<]*(?:<!doctype[^>]*>\s*)?(?:<html[^>]*>\s*)?<!--(.*?)-->", head, re.I | re.S)
    told = comment.group(1) if comment else ""
    single_file = re.search(r"^\s*url:\s*(\S+)", told, re.M) if "SingleFile" in told else None
    date = re.search(r"^\s*saved date:\s*(.+?)\s*$", told, re.M) if single_file else None
    saved_from = re.search(r"<!-- saved from url=\(\d+\)(\S+) -->", head)  # Chrome, Edge and Internet Explorer
    for match in (single_file, saved_from):
        if match and match.group(1).startswith("http"):
            return _Saved(content, "text/html", html.unescape(match.group(1)), _javascript_date(date))
    return _Saved(content, "text/html", _canonical_link(head), None)


def _from_mhtml(path: pathlib.Path, content: bytes) -> _Saved:
    message = email.message_from_bytes(content, policy=email.policy.default)
    part = next(
        (part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")), None
    )
    body = part.get_payload(decode=True) if part is not None else None
    if part is None or not isinstance(body, bytes):
        raise BadInput(f"{path} holds no web page: save it as HTML (one file) or MHTML")
    charset = part.get_content_charset() or "utf-8"  # browsers leave it out and write UTF-8
    url = message["Snapshot-Content-Location"] or part["Content-Location"] or ""
    try:
        date = email.utils.parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        date = None
    return _Saved(body, f"text/html; charset={charset}", "".join(str(url).split()), date)


def _canonical_link(head: str) -> str:
    """Return the address that a page gives as its own, or ''."""
    for tag in re.findall(r"<(?:link|meta)\b[^>]*>", head, re.I):
        if re.search(r"""(?:rel=["']?canonical|property=["']?og:url)["'\s>]""", tag, re.I):
            match = re.search(r"""(?:href|content)=["']?(https?://[^"'\s>]+)""", tag, re.I)
            if match:
                return html.unescape(match.group(1))
    return ""


def _javascript_date(match: re.Match[str] | None) -> datetime.datetime | None:
    """Return the moment in 'Sun Nov 22 2026 10:00:00 GMT+0100 (Central European Standard Time)'."""
    if match is None:
        return None
    try:
        return datetime.datetime.strptime(match.group(1).partition(" (")[0], "%a %b %d %Y %H:%M:%S GMT%z")
    except ValueError:
        return None


def _iso(moment: datetime.datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return aware.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _followed(archive: Archive, record: Record) -> Page | None:
    """Return the page that a record leads to inside the archive, or None where it leads to none."""
    chain = [record.url]
    page = archive.page(record)
    while len(chain) <= MAX_HOPS:
        try:
            target = onward(page)
        except Unreachable:
            return None
        if not target:
            break
        following = archive.record(tidy(target))
        if following is None or following.url in chain:
            return None
        chain.append(following.url)
        page = archive.page(following)
    return dataclasses.replace(page, url=record.url, chain=tuple(chain)) if page.status == 200 else None


def _write(
    writer: Any,  # noqa: ANN401  # warcio ships no types
    url: str,
    date: str,
    status: int,
    headers: list[tuple[str, str]],
    body: bytes,
) -> None:
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{date} {url}")  # not random: the same pages, the same bytes
    record = writer.create_warc_record(
        url,
        "response",
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=StatusAndHeaders(str(status), [*headers, ("content-length", str(len(body)))], protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": date, "WARC-Record-ID": f"<urn:uuid:{name}>"},
    )
    writer.write_record(record)
