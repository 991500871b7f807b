"""Fetch pages: politely, within limits, several hosts at once, and with every failure as a value."""

import asyncio
import dataclasses
import datetime
import itertools
import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

import httpx2

from corpus import robots
from corpus.errors import Blocked, PageError, Unreachable
from corpus.exchange import Limits, Transient, Wire, client, onward
from corpus.model import NotModified, Page, Request
from corpus.network import PublicTransport
from corpus.urls import is_web, tidy, unwrap
from corpus.walls import wall

MAX_HOPS = 10  # browsers allow 20; an article stands behind four at most
MAX_CRAWL_DELAY_S = 30.0  # twenty pages of one host then take ten minutes; who asks for more doesn't want a crawler
MAX_ROBOTS_HOPS = 5  # RFC 9309, section 2.3.1.2
_MAX_BACKOFF_S = 30.0
_SILENT_PAGES = 4  # so many pages of one host in a row without a whole answer, and the rest waits for another day
_NAMELESS_HOSTS = 3  # so many hosts in a row for which no name server answers, and it is we who are offline
_READY = 8  # finished pages that wait for the caller: with the size cap, what bounds the memory

_Outcome = tuple[Request, Page | NotModified | PageError]
_log = logging.getLogger(__name__)


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Fetcher:
    """Fetches pages over HTTP, or from any other transport under the same rules."""

    def __init__(
        self,
        transport: httpx2.AsyncBaseTransport | None = None,
        *,
        delay_s: float = 1.0,
        hosts: int = 8,
        allow_private: bool = False,
        ignore_robots: bool = False,
        limits: Limits | None = None,
        now: Callable[[], datetime.datetime] = _utc_now,
    ) -> None:
        """Set the rules.

        Args:
            transport: what answers; None is the network.
            delay_s: pause between two requests to one host (a second is what crawlers take), and the first pause
                before a retry. 0 is for archives and tests: it ignores Crawl-delay too.
            hosts: how many are asked at once, each over one connection; more than 8 gains nothing while the caller
                embeds what comes.
            allow_private: also connect to this machine and its neighbours.
            ignore_robots: the user's own word against robots.txt.
            limits: when to stop waiting.
            now: the clock that stamps `Page.fetched_at`.
        """
        self._transport = transport
        self._delay_s = max(0.0, delay_s)
        self._hosts = max(1, hosts)
        self._allow_private = allow_private
        self._ignore_robots = ignore_robots
        self._limits = limits or Limits()
        self._now = now

    def fetch(self, requests: Iterable[Request]) -> Iterator[_Outcome]:
        """Yield each request with its outcome as it completes, while others are fetched in another thread.

        Requests to one host keep their order. Closing the iterator stops the crawl.
        """
        wanted = list(requests)  # here, in the caller's thread: the iterable may read a database
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=_serve, args=(loop,), name="fetch", daemon=True)
        thread.start()
        try:
            outcomes: asyncio.Queue[_Outcome | Exception] = asyncio.Queue(_READY)
            crawl = asyncio.run_coroutine_threadsafe(self._crawl(wanted, outcomes), loop)
            for _ in wanted:
                outcome = asyncio.run_coroutine_threadsafe(outcomes.get(), loop).result()
                if isinstance(outcome, Exception):
                    raise outcome
                yield outcome
            crawl.result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    async def _crawl(self, wanted: Iterable[Request], outcomes: asyncio.Queue[_Outcome | Exception]) -> None:
        """Put an outcome for each request; or, for a bug of ours, the exception."""
        by_host: dict[str, list[Request]] = {}
        for request in wanted:
            by_host.setdefault(_host(tidy(unwrap(request.url))), []).append(request)
        at_once = asyncio.Semaphore(self._hosts)

        async def in_turn(run: "_Run", requests: Iterable[Request]) -> None:
            async with at_once:
                for request in requests:
                    await outcomes.put((request, await run.outcome(request)))

        try:
            transport = self._transport or (
                httpx2.AsyncHTTPTransport(trust_env=False) if self._allow_private else PublicTransport()
            )
            async with client(transport, self._limits) as asking, asyncio.TaskGroup() as group:
                run = _Run(Wire(asking, self._limits, self._now), self._delay_s, self._ignore_robots)
                for requests in by_host.values():
                    group.create_task(in_turn(run, requests))
        except Exception as error:
            await outcomes.put(error)


@dataclasses.dataclass(slots=True)
class _Host:
    """What is known of a host in this run."""

    delay_s: float
    lock: asyncio.Lock = dataclasses.field(default_factory=asyncio.Lock)  # one connection
    ready_at: float = 0.0  # monotonic clock
    silences: int = 0  # pages in a row without a whole answer
    refused: PageError | None = None  # why it is asked no more

    async def turn(self) -> None:
        """Wait until the host may be asked."""
        await asyncio.sleep(max(0.0, self.ready_at - time.monotonic()))

    def rest(self, pause_s: float) -> None:
        """Leave the host alone for this long."""
        self.ready_at = max(self.ready_at, time.monotonic() + pause_s)


class _Run:
    """One crawl: remembers the hosts, their robots.txt, and whether the network is there."""

    def __init__(self, wire: Wire, delay_s: float, ignore_robots: bool) -> None:
        self._wire = wire
        self._delay_s = delay_s
        self._ignore_robots = ignore_robots
        self._hosts: dict[str, _Host] = {}
        self._rules: dict[str, robots.Rules] = {}  # by scheme and host
        self._nameless = 0  # hosts in a row for which no name server answered

    async def outcome(self, request: Request) -> Page | NotModified | PageError:
        """Return what becomes of one request."""
        try:
            return await self._follow(request)
        except PageError as error:
            return type(error)(error.reason)  # afresh: the one raised holds on to frames, and they to bodies
        except Exception as error:  # one strange page must not cost the others: noted with its traceback, and counted
            _log.exception("fetching %s", request.url)
            return Unreachable(f"{type(error).__name__}: {error}")

    async def _follow(self, request: Request) -> Page | NotModified:
        """Go from hop to hop until an answer is the end."""
        validators = _validators(request)
        url = tidy(unwrap(request.url))
        chain: list[str] = []
        while True:
            url = url.partition("#")[0]
            if not is_web(url):
                raise Unreachable(f"'{url[:200]}' is not a web address")
            if url in chain:
                raise Unreachable("the site sends us round in a circle")
            if len(chain) > MAX_HOPS:
                raise Unreachable(f"more than {MAX_HOPS} redirects")
            chain.append(url)
            answer = await self._visit(url, validators)
            if answer.status == 304 and validators:
                return NotModified(answer.fetched_at)
            target = onward(answer)
            if not target:
                break
            url = tidy(target)
        page = dataclasses.replace(answer, url=request.url, chain=tuple(chain))
        if page.status >= 300:
            raise wall(page) or Unreachable(f"the server answered {page.status}")
        return page

    async def _visit(self, url: str, headers: Mapping[str, str]) -> Page:
        """Ask for one page when its host is free and its robots.txt allows it."""
        host = self._of(url)
        async with host.lock:
            if not self._ignore_robots:
                rules = await self._rules_for(url)
                if refusal := rules.refusal(url):
                    raise refusal
                if self._delay_s:
                    if rules.delay_s > MAX_CRAWL_DELAY_S:
                        raise Blocked(f"its robots.txt asks for {rules.delay_s:g} s between pages: too long to wait")
                    host.delay_s = max(self._delay_s, rules.delay_s)
            return await self._ask(url, headers)

    async def _rules_for(self, url: str) -> robots.Rules:
        origin = "://".join(urlsplit(url)[:2])
        if origin not in self._rules:
            self._rules[origin] = await self._read_robots(f"{origin}/robots.txt")
        return self._rules[origin]

    async def _read_robots(self, url: str) -> robots.Rules:
        """Return the rules behind a robots.txt. Hosts on the way are not locked: two could wait for each other."""
        try:
            for _ in range(1 + MAX_ROBOTS_HOPS):
                answer = await self._ask(url, {}, cut_at=robots.MAX_BYTES)
                target = "" if answer.status == 200 else onward(answer)
                if not target:
                    break
                url = tidy(target)
        except Unreachable as error:
            return robots.Rules(silent=f"{error.reason} (asked for its robots.txt)")
        return robots.rules(answer.status, answer.body)

    async def _ask(self, url: str, headers: Mapping[str, str], *, cut_at: int | None = None) -> Page:
        """Ask until there is an answer, or no more use in asking."""
        host = self._of(url)
        for attempt in itertools.count(1):
            if refusal := self._offline() or host.refused:
                raise refusal
            await host.turn()
            try:
                answer = await self._wire.ask(url, headers, cut_at=cut_at)
            except Transient as trouble:
                self._pause(host, trouble, attempt)
                if attempt >= min(trouble.attempts, self._wire.limits.attempts):
                    self._give_up(host, trouble)
                    raise trouble.error from trouble
                if trouble.garbled:
                    headers = {**headers, "accept-encoding": "identity"}
            else:
                host.silences = self._nameless = 0
                return answer
            finally:
                host.rest(host.delay_s)
        raise AssertionError("counting has no end")

    def _pause(self, host: _Host, trouble: Transient, attempt: int) -> None:
        """Let the whole host rest before anything else is asked of it."""
        if trouble.wait_s is None:
            backoff_s = min(_MAX_BACKOFF_S, self._delay_s * 2 ** (attempt - 1))
            host.rest(backoff_s * random.uniform(1.0, 1.5))  # jitter: our hosts should not all come back at once
        elif trouble.wait_s > self._wire.limits.retry_after_s:
            host.refused = Unreachable(f"{trouble.error.reason} and asks to wait {trouble.wait_s:.0f} s")
        else:
            host.rest(trouble.wait_s)

    def _give_up(self, host: _Host, trouble: Transient) -> None:
        """Remember a page that came to nothing."""
        host.silences = host.silences + 1 if trouble.silent else 0
        self._nameless = self._nameless + 1 if trouble.nameless else 0
        if host.silences >= _SILENT_PAGES:
            host.refused = Unreachable(f"{trouble.error.reason}, as for the pages before it")

    def _offline(self) -> PageError | None:
        return Unreachable("there is no network") if self._nameless >= _NAMELESS_HOSTS else None

    def _of(self, url: str) -> _Host:
        return self._hosts.setdefault(_host(url), _Host(self._delay_s))


def _host(url: str) -> str:
    """Return host and port of a tidy URL."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _validators(request: Request) -> dict[str, str]:
    """Return the headers of a conditional request; the exact one alone where there is one (RFC 9110, 13.1.3)."""
    if request.etag:
        return {"if-none-match": request.etag}
    return {"if-modified-since": request.last_modified} if request.last_modified else {}


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    """Run the loop until it is told to stop, then end what is still going on in it."""
    loop.run_forever()
    loop.run_until_complete(_end_others())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


async def _end_others() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
