"""Replay, import and export: what was fetched once is there again."""

import collections
import dataclasses
import gzip
import pathlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.archive import WarcTransport, saved_page, warc_pages, write_warc
from corpus.errors import BadInput, Blocked, PageError, Unreachable
from corpus.fetch import Fetcher
from corpus.model import NotModified, Page, Request

DATE = "2026-01-02T03:04:05Z"
HTML = (("content-type", "text/html; charset=utf-8"),)
ARTICLE = "<!doctype html><html><title>头</title><body><p>每个头看一种关系。</p></body></html>".encode()


def page(
    url: str, *hops: str, status: int = 200, body: bytes = ARTICLE, headers: tuple[tuple[str, str], ...] = HTML
) -> Page:
    chain = (url, *hops)
    return Page(url, chain[-1], status, headers, body, DATE, chain)


def replay(path: pathlib.Path, *requests: Request) -> list[Page | NotModified | PageError]:
    outcomes = dict(Fetcher(WarcTransport(path), delay_s=0).fetch(requests))
    return [outcomes[request] for request in requests]


@pytest.fixture
def warc(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "pages.warc.gz"
    pages = [
        page("https://a.example/1"),
        page("http://a.example/old", "https://a.example/moved", "https://b.example/文章"),
        page("https://a.example/none", status=404, body=b"no"),
        page("https://b.example/tagged", headers=(*HTML, ("etag", 'W/"7"'), ("content-encoding", "br"))),
        page("https://c.example/?id=1&utm_source=x"),
        page("https://c.example/refresh", body=b'<meta http-equiv="refresh" content="0; url=/1">'),
        page("https://c.example/1"),
    ]
    write_warc(path, pages)
    return path


def test_replay_gives_what_was_written_with_its_date_and_chain(warc: pathlib.Path) -> None:
    one, old, none, refresh = replay(
        warc,
        Request("https://a.example/1#part"),
        Request("http://a.example/old"),
        Request("https://a.example/none"),
        Request("https://c.example/refresh"),
    )
    assert isinstance(one, Page)
    assert (one.body, one.fetched_at, one.status) == (ARTICLE, DATE, 200)
    assert isinstance(old, Page)
    assert old.chain == ("http://a.example/old", "https://a.example/moved", "https://b.example/%E6%96%87%E7%AB%A0")
    assert isinstance(none, PageError)
    assert none.status == "gone"
    assert isinstance(refresh, Page)
    assert refresh.final_url == "https://c.example/1"


def test_other_spellings_of_a_url_find_its_record(warc: pathlib.Path) -> None:
    urls = ["HTTPS://A.example:443/1", "https://a.example/1#/x", "https://b.example/%e6%96%87%E7%AB%A0", "https://c.example/?id=1",
            "https://link.zhihu.com/?target=https%3A//a.example/1"]  # fmt: skip
    assert all(isinstance(outcome, Page) for outcome in replay(warc, *map(Request, urls)))


def test_what_is_not_in_the_archive_is_unreachable_and_names_it(warc: pathlib.Path) -> None:
    for url in ("https://a.example/2", "https://c.example/?id=2"):
        (outcome,) = replay(warc, Request(url))
        assert isinstance(outcome, Unreachable)
        assert outcome.reason == "not in pages.warc.gz"


def test_asked_again_nothing_has_changed_until_the_bytes_do(warc: pathlib.Path) -> None:
    urls = ["https://a.example/1", "https://b.example/tagged", "http://a.example/old"]
    first = replay(warc, *map(Request, urls))
    again = [Request(got.url, etag=got.header("etag")) for got in first if isinstance(got, Page)]
    assert replay(warc, *again) == [NotModified(DATE)] * 3
    write_warc(warc, [page("https://a.example/1", body=ARTICLE + b" ")])
    (changed,) = replay(warc, again[0])
    assert isinstance(changed, Page)


def test_an_archived_robots_txt_is_obeyed(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "pages.warc"
    rules = page("https://a.example/robots.txt", body=b"User-agent: *\nDisallow: /no\nCrawl-delay: 60")
    write_warc(path, [rules, page("https://a.example/no"), page("https://a.example/yes")])
    no, yes = replay(path, Request("https://a.example/no"), Request("https://a.example/yes"))
    assert isinstance(no, Blocked)
    assert isinstance(yes, Page)


def test_each_page_comes_once_under_the_name_its_redirects_start_from(warc: pathlib.Path) -> None:
    assert {got.url: got.final_url for got in warc_pages(warc)} == {
        "https://a.example/1": "https://a.example/1",
        "http://a.example/old": "https://b.example/文章",
        "https://b.example/tagged": "https://b.example/tagged",
        "https://c.example/?id=1&utm_source=x": "https://c.example/?id=1&utm_source=x",
        "https://c.example/refresh": "https://c.example/1",
    }


PAGES = st.builds(
    page,
    st.sampled_from(["https://a.example/1", "https://a.example/2", "http://b.example/?x=1", "https://例子.中国/文"]),
    status=st.just(200),
    body=st.binary(max_size=100).map(lambda tail: ARTICLE + tail),
    headers=st.just(HTML),
)


@given(
    st.lists(PAGES, min_size=1, max_size=4, unique_by=lambda page: page.url), st.sampled_from(["x.warc", "x.warc.gz"])
)
def test_written_pages_read_back_equal_and_the_bytes_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, pages: list[Page], name: str
) -> None:
    folder = tmp_path_factory.mktemp("warc")
    path = folder / name
    write_warc(path, pages)
    read = {got.url: got for got in warc_pages(path)}
    assert {url: dataclasses.replace(got, headers=HTML) for url, got in read.items()} == {got.url: got for got in pages}
    content = path.read_bytes()
    write_warc(path, pages)
    assert path.read_bytes() == content
    assert [entry.name for entry in folder.iterdir()] == [name]


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive\n" * 50, b"\x1f\x8b\x08 broken", gzip.compress(b"text\n" * 100), ARTICLE, b"WARC/1.0\r\n\r\n"],
)
def test_what_is_no_archive_is_bad_input_in_one_line(tmp_path: pathlib.Path, content: bytes) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    for use in (WarcTransport, lambda path: list(warc_pages(path))):
        with pytest.raises(BadInput, match=r"x\.warc\.gz") as raised:
            use(path)
        assert "\n" not in str(raised.value)


def test_a_missing_archive_is_bad_input(tmp_path: pathlib.Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        WarcTransport(tmp_path / "x.warc.gz")


def test_a_damaged_archive_gives_an_answer_or_bad_input(warc: pathlib.Path) -> None:
    content = warc.read_bytes()
    for place in range(0, len(content), 37):
        warc.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            list(warc_pages(warc))
            replay(warc, Request("https://a.example/1"))
        except BadInput:
            pass


SINGLE_FILE = """<!DOCTYPE html> <html lang=zh><!--
 Page saved with SingleFile
 url: https://zhuanlan.zhihu.com/p/1?a=1&amp;b=2
 saved date: Sun Nov 22 2026 10:00:00 GMT+0100 (Central European Standard Time)
--><meta charset=utf-8><title>头</title><p>每个头看一种关系。"""
MHTML = """From: <Saved by Blink>
Snapshot-Content-Location: https://a.example/story
Subject: =?utf-8?Q?=E5=A4=B4?=
Date: Sun, 22 Nov 2026 09:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="----B"

------B
Content-Type: text/html
Content-ID: <frame-1>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://a.example/story

<html><title>=E5=A4=B4</title><p>a =3D b</p></html>
------B
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://a.example/x.png

iVBORw0KGgo=
------B--
"""


def test_a_single_file_page_tells_its_address_and_date(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(SINGLE_FILE, encoding="utf-8")
    got = saved_page(path)
    assert (got.url, got.final_url, got.status) == ("https://zhuanlan.zhihu.com/p/1?a=1&b=2",) * 2 + (200,)
    assert got.fetched_at == "2026-11-22T09:00:00Z"
    assert got.body == path.read_bytes()


def test_the_address_that_is_given_counts_more_than_the_one_in_the_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(SINGLE_FILE, encoding="utf-8")
    got = saved_page(path, "http://listed.example/1")
    assert (got.url, got.final_url) == ("http://listed.example/1", "https://zhuanlan.zhihu.com/p/1?a=1&b=2")


def test_mhtml_gives_its_html_part(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "page.mhtml"
    path.write_bytes(MHTML.replace("\n", "\r\n").encode())
    got = saved_page(path)
    assert (got.url, got.fetched_at) == ("https://a.example/story", "2026-11-22T09:00:00Z")
    assert got.body.decode().strip() == "<html><title>头</title><p>a = b</p></html>"
    assert got.header("content-type") == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "head",
    [
        "<!-- saved from url=(0023)https://a.example/story -->",
        '<link rel="canonical" href="https://a.example/story">',
        '<meta content="https://a.example/story" property="og:url"/>',
    ],
)
def test_other_pages_tell_their_address_too(tmp_path: pathlib.Path, head: str) -> None:
    path = tmp_path / "page.htm"
    path.write_text(f"<!DOCTYPE html>\n{head}<html><body>x</body></html>", encoding="utf-8")
    assert saved_page(path).url == "https://a.example/story"


@pytest.mark.parametrize(
    ("content", "says"),
    [(ARTICLE, "--url"), (b"", "empty"), (b"%PDF-1.7", "PDF"), (b"PK\x03\x04", "ZIP"),
     (b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello", "no web page"),
     (b"MIME-Version: 1.0", "no web page")],
)  # fmt: skip
def test_a_file_that_is_no_page_is_bad_input_with_a_mend(tmp_path: pathlib.Path, content: bytes, says: str) -> None:
    path = tmp_path / "page.html"
    with pytest.raises(BadInput, match=r"page\.html"):
        saved_page(path)
    path.write_bytes(content)
    with pytest.raises(BadInput, match=re.escape(says)) as raised:
        saved_page(path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("listed", "archive", "expected"),
    [
        ("attention_transformer.md", "reading_list.warc.gz", {"Page": 20}),
        ("attention_transformer.md", "reading_list_walls.warc.gz", {"Page": 12, "Blocked": 8}),
        ("concept_articles.md", "concept_articles.warc.gz", {"Page": 42}),
    ],
)
def test_the_mirror_answers_for_its_lists(
    shared: pathlib.Path, listed: str, archive: str, expected: dict[str, int]
) -> None:
    urls = re.findall(r"https?://[^\s)]+", (shared / "lists" / listed).read_text(encoding="utf-8"))
    outcomes = replay(shared / "mirror" / archive, *map(Request, urls))
    assert collections.Counter(type(outcome).__name__ for outcome in outcomes) == expected
