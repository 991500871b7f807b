"""The fetcher against a server that misbehaves: every row of trouble has its outcome."""

import asyncio
import datetime
import gzip
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Self

import httpx2
import pytest

from corpus import robots
from corpus.errors import Blocked, Gone, PageError, Unreachable, Unsupported
from corpus.exchange import Limits, onward, retry_after_s
from corpus.fetch import MAX_HOPS, Fetcher
from corpus.model import NotModified, Page, Request
from corpus.network import is_public
from tests import misbehaving
from tests.misbehaving import ARTICLE, Server, one_after_another, redirect, reply

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
QUICK = Limits(connect_s=1.0, read_s=0.2, total_s=0.4, bytes=2**20, retry_after_s=1.0)
REFRESH = '<meta http-equiv="Refresh" content="0; url=\'{}\'" />\n'


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def fetcher(**settings: object) -> Fetcher:
    return Fetcher(**{"delay_s": 0.0, "allow_private": True, "limits": QUICK, "now": lambda: NOW} | settings)  # type: ignore[arg-type]  # settings by name


def fetch(*urls: str, **settings: object) -> list[Page | NotModified | PageError]:
    """Return the outcomes in the order of the URLs."""
    outcomes = {request.url: outcome for request, outcome in fetcher(**settings).fetch(map(Request, urls))}
    return [outcomes[url] for url in urls]


def page(url: str, **settings: object) -> Page:
    (outcome,) = fetch(url, **settings)
    assert isinstance(outcome, Page), repr(outcome)
    return outcome


def error(url: str, **settings: object) -> PageError:
    (outcome,) = fetch(url, **settings)
    assert isinstance(outcome, PageError), repr(outcome)
    return outcome


def test_a_page_comes_as_it_was_served(server: Server) -> None:
    server.behaviours["/a"] = reply(gzip.compress(ARTICLE), content_encoding="gzip", etag='"1"')
    got = page(server.url("/a#part"))
    assert (got.url, got.final_url) == (server.url("/a#part"), server.url("/a"))
    assert (got.status, got.body, got.chain) == (200, ARTICLE, (server.url("/a"),))
    assert got.fetched_at == "2026-01-02T03:04:05Z"
    assert got.header("ETag") == '"1"'


def test_it_says_who_it_is_and_keeps_no_cookies(server: Server) -> None:
    server.behaviours["/a"] = reply(set_cookie="session=1; Path=/")
    server.behaviours["/b"] = reply()
    fetch(server.url("/a"), server.url("/b"))
    assert server.paths() == ["/a", "/b"]
    for asked in server.asked:
        assert asked.headers["user-agent"].startswith("ideagraph/")
        assert "cookie" not in asked.headers


def test_the_proxy_of_the_environment_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.behaviours["/a"] = reply()
    assert page(server.url("/a")).status == 200


# Redirects


def test_redirects_and_meta_refreshes_are_followed_and_recorded(server: Server) -> None:
    server.behaviours["/a"] = redirect("/b", 301)
    server.behaviours["/b"] = reply(REFRESH.format("/c").encode())  # a body with no html tag
    server.behaviours["/c"] = redirect(f"//localhost:{server.port}/d", 308)
    server.behaviours["/d"] = reply()
    got = page(server.url("/a"))
    assert got.chain == (server.url("/a"), server.url("/b"), server.url("/c"), server.url("/d", "localhost"))
    assert (got.url, got.final_url, got.body) == (server.url("/a"), server.url("/d", "localhost"), ARTICLE)


def test_a_redirect_may_be_written_in_chinese(server: Server) -> None:
    server.behaviours["/a"] = redirect("/文 章")
    server.behaviours["/%E6%96%87%20%E7%AB%A0"] = reply()
    assert page(server.url("/a")).final_url == server.url("/%E6%96%87%20%E7%AB%A0")


def test_a_slow_refresh_and_a_refresh_to_itself_are_ends(server: Server) -> None:
    slow = b'<html><meta http-equiv="refresh" content="30; url=/b">' + ARTICLE
    server.behaviours["/slow"] = reply(slow)
    server.behaviours["/self"] = reply(REFRESH.format("/self").encode() + ARTICLE)
    assert page(server.url("/slow")).body == slow
    assert page(server.url("/self")).final_url == server.url("/self")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "http://[::1", ""])
def test_a_redirect_out_of_the_web_is_refused(server: Server, target: str) -> None:
    server.behaviours["/a"] = redirect(target)
    server.behaviours["/b"] = reply(REFRESH.format(target).encode())
    assert isinstance(error(server.url("/a")), Unreachable)
    assert server.paths() == ["/a"]
    if target:
        assert isinstance(error(server.url("/b")), Unreachable)


def test_circles_and_long_chains_end(server: Server) -> None:
    server.behaviours["/a"] = redirect("/b")
    server.behaviours["/b"] = redirect("/a")
    assert "circle" in error(server.url("/a")).reason
    for number in range(30):
        server.behaviours[f"/{number}"] = redirect(f"/{number + 1}")
    server.asked.clear()
    assert "redirects" in error(server.url("/0")).reason
    assert len(server.paths()) == MAX_HOPS + 1


# Statuses


@pytest.mark.parametrize(
    ("status", "kind", "times"),
    [(404, Gone, 1), (410, Gone, 1), (401, Blocked, 1), (403, Blocked, 1), (418, Unreachable, 1), (501, Unreachable, 1),
     (505, Unreachable, 1), (500, Unreachable, 3), (503, Unreachable, 3), (429, Unreachable, 3), (304, Unreachable, 1)],
)  # fmt: skip
def test_a_status_is_a_reason(server: Server, status: int, kind: type[PageError], times: int) -> None:
    server.behaviours["/a"] = reply(b"" if status == 304 else b"no", status)
    got = error(server.url("/a"))
    assert type(got) is kind
    assert str(status) in got.reason
    assert len(server.paths()) == times


def test_a_challenge_is_named_and_not_asked_again(server: Server) -> None:
    body = b"<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script></html>"
    server.behaviours["/a"] = reply(body, 503)
    got = error(server.url("/a"))
    assert isinstance(got, Blocked)
    assert "Cloudflare" in got.reason
    assert len(server.paths()) == 1


def test_trouble_that_passes_is_tried_again(server: Server) -> None:
    server.behaviours["/a"] = one_after_another(reply(b"", 502), misbehaving.reset, reply())
    server.behaviours["/b"] = one_after_another(misbehaving.hang, reply())
    server.behaviours["/c"] = one_after_another(misbehaving.truncated, reply())
    for path in ("/a", "/b", "/c"):
        assert page(server.url(path)).body == ARTICLE


def test_retry_after_is_obeyed_up_to_a_cap(server: Server) -> None:
    server.behaviours["/a"] = one_after_another(reply(b"", 429, retry_after="1"), reply())
    page(server.url("/a"))
    first, second = [asked.at for asked in server.asked if asked.path == "/a"]
    assert second - first >= 0.95
    server.behaviours["/b"] = reply(b"", 503, retry_after="86400")
    server.asked.clear()
    got = fetch(server.url("/b"), server.url("/a"))
    assert all(isinstance(outcome, Unreachable) and "86400" in outcome.reason for outcome in got)
    assert server.paths() == ["/b"]  # the whole host is left alone


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120.0), ("0", 0.0), ("Fri, 02 Jan 2026 03:05:05 GMT", 60.0), ("Fri, 02 Jan 2026 03:00:00 GMT", 0.0),
     ("9" * 400, 999999999999.0), ("", None), ("soon", None), ("-1", None), ("٣", None)],
)  # fmt: skip
def test_retry_after_in_seconds_and_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


def test_what_has_not_changed_is_not_sent_again(server: Server) -> None:
    server.behaviours["/a"] = misbehaving.unless_cached('"v1"')
    url = server.url("/a")
    assert [type(outcome) for _, outcome in fetcher().fetch([Request(url, etag='"v0"')])] == [Page]
    outcomes = [outcome for _, outcome in fetcher().fetch([Request(url, etag='"v1"', last_modified="yesterday")])]
    assert outcomes == [NotModified("2026-01-02T03:04:05Z")]
    assert "if-modified-since" not in server.asked[-1].headers  # the exact one alone
    list(fetcher().fetch([Request(url, last_modified="Thu, 01 Jan 2026 00:00:00 GMT")]))
    assert server.asked[-1].headers["if-modified-since"] == "thu, 01 jan 2026 00:00:00 gmt"


# Limits


def test_silence_and_dripping_end_in_time(server: Server) -> None:
    server.behaviours["/hang"] = misbehaving.hang
    server.behaviours["/drip"] = misbehaving.drip
    start = time.monotonic()
    assert "no word" in error(server.url("/hang")).reason
    assert "whole answer" in error(server.url("/drip")).reason
    assert time.monotonic() - start < 4.0
    assert server.paths() == ["/hang"] * 3 + ["/drip"]


def test_the_cap_counts_decoded_bytes(server: Server) -> None:
    server.behaviours["/bomb"] = misbehaving.bomb(50)
    server.behaviours["/endless"] = misbehaving.endless
    server.behaviours["/says"] = reply(b"<html>", content_length=str(2**30))
    for path in ("/bomb", "/endless", "/says"):
        got = error(server.url(path), limits=Limits(bytes=2**20))
        assert isinstance(got, Unsupported)
        assert "1 MiB" in got.reason


def test_broken_answers_are_never_stored_as_good(server: Server) -> None:
    server.behaviours["/short"] = misbehaving.truncated
    server.behaviours["/garbage"] = misbehaving.garbage
    server.behaviours["/headers"] = reply(x_long="x" * 200_000)
    for path in ("/short", "/garbage", "/headers"):
        assert isinstance(error(server.url(path)), Unreachable)


def test_a_wrong_content_encoding_is_asked_for_once_without_any(server: Server) -> None:
    server.behaviours["/a"] = misbehaving.liar
    server.behaviours["/b"] = reply(b"no gzip", content_encoding="gzip")
    assert page(server.url("/a")).body == ARTICLE
    assert "encoded" in error(server.url("/b")).reason
    assert server.paths() == ["/a", "/a", "/b", "/b"]


@pytest.mark.parametrize(
    ("body", "mime", "what"),
    [(b"%PDF-1.7 ...", "text/html", "PDF"),
     (b"PK\x03\x04...", "application/octet-stream", "ZIP"),
     (b"\x89PNG....", "image/png", "image"),
     (b"{}", "application/json", "json"), (b"\x00" * 600, "text/html", "binary"),
     (b'<?xml version="1.0"?><rss/>', "application/rss+xml", "rss")],
)  # fmt: skip
def test_what_is_no_web_page_is_named(server: Server, body: bytes, mime: str, what: str) -> None:
    server.behaviours["/a"] = reply(body, content_type=mime)
    got = error(server.url("/a"))
    assert isinstance(got, Unsupported)
    assert what in got.reason


def test_the_bytes_count_and_not_the_content_type(server: Server) -> None:
    server.behaviours["/a"] = reply(content_type="application/octet-stream")
    assert page(server.url("/a")).body == ARTICLE


# Hosts and names


def test_nobody_there_and_no_such_name() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert "refuses" in error(f"http://127.0.0.1:{unused.getsockname()[1]}/").reason


class Failing(httpx2.AsyncBaseTransport):
    """Can't connect, for this cause."""

    def __init__(self, cause: OSError) -> None:
        self.cause = cause
        self.asked = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked += 1
        raise httpx2.ConnectError("no") from self.cause


@pytest.mark.parametrize(
    ("cause", "says", "tries"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no"), "of this name", 2 * 12),
        (socket.gaierror(socket.EAI_AGAIN, "no"), "no network", 3 * 3),
        (ssl.SSLCertVerificationError("expired"), "no safe connection", 1 * 12),
        (ConnectionRefusedError("no"), "refuses", 3 * 12),
    ],
)
def test_why_there_is_no_connection(cause: OSError, says: str, tries: int) -> None:
    transport = Failing(cause)
    outcomes = fetch(*(f"http://h{number}.example/" for number in range(12)), transport=transport, hosts=1)
    assert all(isinstance(outcome, Unreachable) for outcome in outcomes)
    assert says in getattr(outcomes[-1], "reason", "")
    assert transport.asked == tries


def test_rules_of_a_robots_txt_that_answers_badly() -> None:
    for status in (429, 500, 503):
        assert isinstance(robots.rules(status, b"").refusal("http://a.example/"), Unreachable)
    for status in (301, 401, 404):
        assert robots.rules(status, b"User-agent: *\nDisallow: /").refusal("http://a.example/") is None


@pytest.mark.parametrize(
    "url",
    [f"http://{'a' * 64}.example/", "http://a..b/", "not an address", "ftp://a.example/", "http://[::1", "", "http://"],
)
def test_what_is_no_address_is_an_outcome(url: str) -> None:
    assert "address" in error(url).reason


@pytest.mark.parametrize(
    ("address", "public"),
    [("1.1.1.1", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("169.254.169.254", False),
     ("10.0.0.1", False), ("100.64.0.1", False), ("::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False),
     ("fe80::1%eth0", False),
     ("2002:a00:1::", False), ("224.0.0.1", False), ("0.0.0.0", False)],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"]
)
def test_private_addresses_are_not_asked(server: Server, host: str) -> None:
    for url in (f"http://{host}:8080/", f"http://{host}/"):
        got = error(url, allow_private=False, ignore_robots=True)
        assert isinstance(got, Blocked)
        assert "private" in got.reason
    assert isinstance(error(server.url("/"), allow_private=False), Blocked)  # an odd port
    assert server.asked == []


# robots.txt


def test_robots_txt_is_asked_once_and_obeyed(server: Server) -> None:
    server.behaviours["/robots.txt"] = reply(
        b"\xef\xbb\xbfUser-agent: ideagraph\nDisallow: /no\n", content_type="text/plain"
    )
    server.behaviours["/yes"] = server.behaviours["/no"] = reply()
    server.behaviours["/by-way"] = redirect("/no")
    urls = [server.url("/yes"), server.url("/no"), server.url("/by-way")]
    yes, no, by_way = fetch(*urls)
    assert isinstance(yes, Page)
    assert isinstance(no, Blocked)
    assert isinstance(by_way, Blocked)
    assert [asked.path for asked in server.asked] == ["/robots.txt", "/yes", "/by-way"]
    assert isinstance(page(urls[1], ignore_robots=True), Page)


@pytest.mark.parametrize(
    ("behaviour", "allowed"),
    [
        (reply(b"no", 404), True),
        (reply(b"no", 403), True),
        (reply(b"no", 429), False),
        (reply(b"no", 503), False),
        (misbehaving.hang, False),
        (misbehaving.reset, False),
        (redirect("/other.txt"), False),
        (redirect("/robots.txt"), True),  # more than five hops: as if there were none
        (reply(b"<html>\x00\xff<p>not found</p>"), True),
        (reply(bytes(range(256)) * 10), True),
        (reply(b"#" * robots.MAX_BYTES + b"\nUser-agent: *\nDisallow: /\n"), True),  # too far down
        (reply(b"User-agent: *\nDisallow: /\n" + b"#" * 2**21), False),
    ],
)
def test_robots_txt_of_every_kind(server: Server, behaviour: misbehaving.Behaviour, allowed: bool) -> None:
    server.behaviours["/robots.txt"] = behaviour
    server.behaviours["/other.txt"] = reply(b"User-agent: *\nDisallow: /\n")
    server.behaviours["/a"] = reply()
    (outcome,) = fetch(server.url("/a"))
    assert isinstance(outcome, Page) is allowed, repr(outcome)
    assert ("/a" in server.paths()) is allowed


def test_crawl_delay_is_honoured_up_to_a_cap(server: Server) -> None:
    server.behaviours["/robots.txt"] = reply(b"User-agent: *\nCrawl-delay: 0.4\n")
    server.behaviours["/a"] = server.behaviours["/b"] = reply()
    fetch(server.url("/a"), server.url("/b"), delay_s=0.05)
    times = [asked.at for asked in server.asked if asked.path != "/robots.txt"]
    assert times[1] - times[0] >= 0.39
    server.behaviours["/robots.txt"] = reply(b"User-agent: *\nCrawl-delay: 3600\n")
    assert isinstance(error(server.url("/a"), delay_s=0.05), Blocked)
    assert isinstance(page(server.url("/a"), delay_s=0.0), Page)  # as for an archive


# Politeness, concurrency, memory


async def slow(asked: misbehaving.Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.1)
    await reply()(asked, writer)


def test_one_host_is_asked_one_at_a_time_with_pauses_and_several_hosts_at_once() -> None:
    with Server() as one, Server() as other:
        for server in (one, other):
            for path in "abcd":
                server.behaviours[f"/{path}"] = slow
        urls = [server.url(f"/{path}") for path in "abcd" for server in (one, other)]
        start = time.monotonic()
        assert all(isinstance(outcome, Page) for outcome in fetch(*urls, delay_s=0.1))
        assert time.monotonic() - start < 1.6  # one after another: 8 times 0.2 s
        for server in (one, other):
            assert server.most_at_once == 1
            assert server.paths() == ["/a", "/b", "/c", "/d"]
            assert len({asked.connection for asked in server.asked}) == 1
            gaps = [later.at - earlier.at for earlier, later in itertools.pairwise(server.asked)]
            assert min(gaps[1:]) >= 0.19


def test_redirects_between_two_hosts_do_not_wait_for_each_other() -> None:
    with Server() as one, Server() as other:
        for number in range(5):
            one.behaviours[f"/{number}"] = redirect(other.url("/end"))
            other.behaviours[f"/{number}"] = redirect(one.url("/end"))
        one.behaviours["/end"] = other.behaviours["/end"] = slow
        urls = [server.url(f"/{number}") for number in range(5) for server in (one, other)]
        assert all(isinstance(outcome, Page) for outcome in fetch(*urls))
        assert one.most_at_once == other.most_at_once == 1


def test_a_host_that_stays_silent_is_left_alone(server: Server) -> None:
    for number in range(6):
        server.behaviours[f"/{number}"] = misbehaving.reset
    outcomes = fetch(*(server.url(f"/{number}") for number in range(6)))
    assert all(isinstance(outcome, Unreachable) for outcome in outcomes)
    assert set(server.paths()) == {"/0", "/1", "/2", "/3"}


def test_a_bad_page_does_not_cost_the_others(server: Server) -> None:
    server.behaviours["/good"] = reply()
    good, *bad = fetch(server.url("/good"), "http://[", "mailto:a@b.example", server.url("/missing"), "\x00")
    assert isinstance(good, Page)
    assert all(isinstance(outcome, PageError) for outcome in bad)


def test_pages_come_as_they_are_ready_and_wait_for_the_caller(server: Server) -> None:
    for number in range(40):
        server.behaviours[f"/{number}"] = reply()
    outcomes = fetcher().fetch(Request(server.url(f"/{number}")) for number in range(40))
    next(outcomes)
    time.sleep(0.5)
    assert len(server.paths()) < 15  # the rest waits until there is room
    assert len(list(outcomes)) == 39


def test_closing_early_stops_the_thread(server: Server) -> None:
    server.behaviours["/a"] = reply()
    server.behaviours["/b"] = misbehaving.hang
    outcomes = fetcher(limits=Limits()).fetch(map(Request, [server.url("/a"), server.url("/b")]))
    assert isinstance(next(outcomes)[1], Page)
    start = time.monotonic()
    outcomes.close()  # type: ignore[attr-defined]  # a generator, by its own promise
    assert time.monotonic() - start < 2.0
    assert all(thread.name != "fetch" for thread in threading.enumerate())


def test_a_strange_page_is_an_outcome_and_a_bug_of_ours_reaches_the_caller(server: Server) -> None:
    def no_time() -> datetime.datetime:
        raise ZeroDivisionError

    class Broken(httpx2.AsyncBaseTransport):
        async def __aenter__(self) -> Self:
            raise ZeroDivisionError

    assert "ZeroDivisionError" in error(server.url("/a"), now=no_time).reason
    with pytest.raises(ZeroDivisionError):
        fetch(server.url("/a"), transport=Broken())


def test_nothing_asked_is_nothing_fetched() -> None:
    assert list(fetcher().fetch([])) == []


def test_a_page_leads_on_only_where_it_says_so() -> None:
    def answer(status: int, body: bytes = b"", location: str = "") -> Page:
        headers = (("location", location),) if location else ()
        return Page("http://a.example/x/", "http://a.example/x/", status, headers, body, "2026-01-01T00:00:00Z")

    assert onward(answer(302, location="../b#c")) == "http://a.example/b"
    assert onward(answer(200, location="/b")) == ""
    assert onward(answer(200, b"<noscript>" + REFRESH.format("/b").encode() + b"</noscript>")) == ""
    assert onward(answer(200, b"\xff" + REFRESH.format("/b").encode())) == "http://a.example/b"
    with pytest.raises(Unreachable):
        onward(answer(301))
