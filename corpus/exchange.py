"""One question to one server: what its answer, or its silence, means."""

import asyncio
import contextlib
import dataclasses
import datetime
import email.utils
import functools
import http.cookiejar
import importlib.metadata
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urldefrag, urljoin

import httpx2
from w3lib.html import get_meta_refresh

from corpus import robots
from corpus.errors import Blocked, PageError, Unreachable, Unsupported
from corpus.model import Page
from corpus.walls import not_a_web_page, wall

MAX_REFRESH_S = 5.0  # a meta refresh after a longer time belongs to a page that is meant to be read first
_REFRESH_WITHIN = 32 * 1024  # bytes: the tag stands in the head
_SNIFFED = 512  # bytes that tell a PDF before all of it is here
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_TRY_AGAIN = frozenset([429, 500, 502, 503, 504])


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """When to stop waiting for a page."""

    connect_s: float = 10.0  # TCP and TLS to the other side of the world take one or two
    read_s: float = 20.0  # between two pieces of an answer; slow blogs think for ten before the first
    total_s: float = 60.0  # for one answer: a server that drips a byte a second never meets the limit above
    bytes: int = 20 * 2**20  # decoded; the longest articles with inlined pictures have about 10 MB
    attempts: int = 3  # a server that restarts is back by then
    retry_after_s: float = 120.0  # a host that asks for a longer pause is left for another day


class Transient(Exception):
    """No good answer this time; `error` is what it comes to when trying again is over."""

    def __init__(
        self,
        error: PageError,
        *,
        wait_s: float | None = None,
        attempts: int = 100,
        silent: bool = False,
        nameless: bool = False,
        garbled: bool = False,
    ) -> None:
        super().__init__(error.reason)
        self.error = error
        self.wait_s = wait_s  # what the server asked for
        self.attempts = attempts  # more are of no use
        self.silent = silent  # no whole answer was heard
        self.nameless = nameless  # not even from a name server
        self.garbled = garbled  # the content-encoding was wrong: ask for none


@dataclasses.dataclass(frozen=True, slots=True)
class Wire:
    """A client, the limits and the clock: what it takes to ask."""

    client: httpx2.AsyncClient
    limits: Limits
    now: Callable[[], datetime.datetime]

    async def ask(self, url: str, headers: Mapping[str, str], *, cut_at: int | None = None) -> Page:
        """Return the answer of one server to one GET, redirects and errors of the server included.

        Args:
            url: tidy, http or https.
            headers: to add to the usual ones.
            cut_at: take this many bytes of whatever it is, instead of refusing what is too long or no page.

        Raises:
            Transient: it may be better next time.
            PageError: it will not.
        """
        try:
            with _ours(self.limits):
                async with (
                    asyncio.timeout(self.limits.total_s),
                    self.client.stream("GET", url, headers=headers) as response,
                ):
                    body = await self._body(response, cut_at)
        except TimeoutError as error:
            raise Unreachable(f"no whole answer within {self.limits.total_s:g} s") from error
        page = Page(
            url=url,
            final_url=url,
            status=response.status_code,
            headers=tuple((name.lower(), value) for name, value in response.headers.multi_items()),
            body=body,
            # an archive knows when its page was fetched
            fetched_at=response.extensions.get("fetched_at") or self.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            chain=(url,),
        )
        if page.status in _TRY_AGAIN:
            refusal = wall(page)
            if refusal is not None and not isinstance(refusal, Blocked):  # asking again doesn't open a challenge
                raise Transient(refusal, wait_s=retry_after_s(page.header("retry-after"), self.now()))
        return page

    async def _body(self, response: httpx2.Response, cut_at: int | None) -> bytes:
        """Return the decoded body, read no further than the cap."""
        cap = cut_at or self.limits.bytes
        too_long = Unsupported(f"larger than {self.limits.bytes / 2**20:g} MiB")
        if cut_at is None and int(response.headers.get("content-length", "0")) > cap:
            raise too_long
        body = bytearray()
        sniffed = cut_at is not None or response.status_code != 200
        async for piece in response.aiter_bytes():  # decoded, in pieces of at most 1 MiB whatever the compression
            body += piece
            if not sniffed and len(body) >= _SNIFFED:
                sniffed = True
                _refuse_other_media(response, body)
            if len(body) > cap:
                if cut_at is None:
                    raise too_long
                break
        if not sniffed:
            _refuse_other_media(response, body)
        return bytes(body[:cap])


def client(transport: httpx2.AsyncBaseTransport, limits: Limits) -> httpx2.AsyncClient:
    """Return a client that follows nothing, keeps no cookies and reads no settings of the environment."""
    return httpx2.AsyncClient(
        transport=transport,
        trust_env=False,
        timeout=httpx2.Timeout(limits.read_s, connect=limits.connect_s),
        headers={"user-agent": user_agent(), "accept": "text/html, application/xhtml+xml, text/plain;q=0.5, */*;q=0.1"},
        cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
    )


@functools.cache
def user_agent() -> str:
    """Return who we say we are."""
    try:
        version = importlib.metadata.version("ideagraph")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that is not installed
        version = "0"
    return f"{robots.AGENT}/{version} (fetches the articles on one person's reading list; obeys robots.txt)"


def onward(page: Page) -> str:
    """Return the URL that an answer sends us on to, absolute and without fragment, or '' where the answer is the end.

    A page that refreshes itself is an end. The scheme may be anything: check it.

    Raises:
        Unreachable: it sends us on without saying where.
    """
    target = ""
    if page.status in _REDIRECTS:
        target = page.header("location").strip()
        if not target:
            raise Unreachable(f"the server answered {page.status} without saying where to")
    elif page.status == 200:
        head = page.body[:_REFRESH_WITHIN].decode("utf-8", errors="replace")
        interval, refresh = get_meta_refresh(head, page.final_url)
        if interval is not None and refresh is not None and interval <= MAX_REFRESH_S:
            target = refresh
    if not target:
        return ""
    try:
        absolute = urldefrag(urljoin(page.final_url, target)).url
    except ValueError as error:
        raise Unreachable(f"the server sent us on to '{target[:200]}', which is no address") from error
    if page.status == 200 and absolute == urldefrag(page.final_url).url:
        return ""
    return absolute


def retry_after_s(value: str, now: datetime.datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, section 10.2.3), or None for none it can be."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:  # '-0000': UTC all the same
        moment = moment.replace(tzinfo=datetime.UTC)
    return max(0.0, (moment - now).total_seconds())


def _refuse_other_media(response: httpx2.Response, body: bytes | bytearray) -> None:
    if kind := not_a_web_page(response.headers.get("content-type", ""), bytes(body[:4096])):
        raise Unsupported(f"the answer is {kind}, not a web page")


@contextlib.contextmanager
def _ours(limits: Limits) -> Iterator[None]:
    """Turn what the client raises into `Transient` or a `PageError`."""
    try:
        yield
    except httpx2.ConnectTimeout as error:
        raise Transient(Unreachable(f"no connection within {limits.connect_s:g} s"), silent=True) from error
    except httpx2.TimeoutException as error:
        raise Transient(Unreachable(f"no word for {limits.read_s:g} s"), silent=True) from error
    except httpx2.ConnectError as error:
        raise _unconnected(error) from error
    except httpx2.DecodingError as error:
        raise Transient(Unreachable("the answer is not encoded as it says"), attempts=2, garbled=True) from error
    except httpx2.RemoteProtocolError as error:
        raise Transient(Unreachable(f"a broken answer: {_line(error)}"), silent=True) from error
    except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL, UnicodeError) as error:
        raise Unreachable(f"not an address that can be asked: {_line(error)}") from error
    except httpx2.TransportError as error:  # reset, broken pipe
        raise Transient(Unreachable("the connection broke"), silent=True) from error


def _unconnected(error: Exception) -> Transient | PageError:
    """Return what a failed connection means: name, certificate or nobody there."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Unreachable(f"no safe connection: {_line(cause)}")
        if isinstance(cause, socket.gaierror):
            if cause.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
                return Transient(Unreachable("there is no host of this name"), attempts=2, silent=True)
            return Transient(Unreachable("no name server answered"), silent=True, nameless=True)
        cause = cause.__cause__ or cause.__context__  # httpcore2 raises 'from None', which hides the cause but keeps it
    return Transient(Unreachable("the host refuses the connection"), silent=True)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
