import collections
import importlib.util
import json
import pathlib
import types
from typing import Any

import lxml.html
import pytest
from w3lib.html import get_meta_refresh

from corpus.archive import warc_pages
from corpus.extract import document
from corpus.model import Page
from corpus.reading_list import sources
from corpus.walls import wall

DEMO = pathlib.Path(__file__).parents[1] / "docs" / "demo"


def load_serve() -> types.ModuleType:
    """The script beside the pages, which is in no package."""
    spec = importlib.util.spec_from_file_location("serve", DEMO / "serve.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SERVE = load_serve()
PAGES: dict[str, Page] = {page.url: page for page in SERVE.pages()}
LISTED = [source.url for source in sources((DEMO / "reading_list.md").read_text(encoding="utf-8"))]


def answer(url: str) -> Page:
    """The page for a listed URL, after its meta refresh if it has one."""
    page = PAGES[url]
    _, target = get_meta_refresh(page.body, url, encoding="utf-8")
    return PAGES[target] if target else page


def questions() -> list[dict[str, Any]]:
    with open(DEMO / "questions.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def text(page: Page) -> str:
    return "".join(document(page, page.url).text.split())


ARTICLES = [url for url in LISTED if answer(url).status == 200]


def test_every_listed_url_has_a_page_and_every_page_is_listed() -> None:
    assert len(set(LISTED)) == len(LISTED)
    reached = {url for listed in LISTED for url in (listed, answer(listed).url)}
    assert reached == set(PAGES)


def test_all_hosts_are_reserved_names() -> None:
    hosts = {url.split("/")[2] for url in PAGES}
    assert all(host.endswith(".example") for host in hosts)
    assert len(hosts) >= 5


@pytest.mark.parametrize("url", ARTICLES)
def test_a_page_parses_and_is_an_article(url: str) -> None:
    page = answer(url)
    tree = lxml.html.fromstring(page.body.decode("utf-8"))
    assert len(tree.findall(".//h1")) == 1
    assert tree.find(".//article") is not None
    assert len(tree.findall(".//article//h2") + tree.findall(".//article//h3")) >= 3
    assert wall(page) is None
    made = document(page, url)
    assert made.title == tree.findtext(".//h1")
    assert made.author
    han = sum("\u4e00" <= letter <= "\u9fff" for letter in made.text)
    assert 600 <= han <= 1500 if made.lang == "zh" else 400 <= len(made.text.split()) <= 900


def test_both_languages_are_there() -> None:
    langs = collections.Counter(document(answer(url), url).lang for url in ARTICLES)
    assert set(langs) == {"en", "zh"}
    assert langs["en"] >= 9
    assert langs["zh"] >= 7


def test_one_entry_is_a_wall_and_one_is_a_refresh() -> None:
    walls = [url for url in LISTED if wall(answer(url)) is not None]
    assert len(walls) == 1
    assert answer(walls[0]).status == 403
    assert sum(answer(url).url != url for url in LISTED) == 1


def test_links_between_pages_lead_to_pages() -> None:
    for page in PAGES.values():
        links = [link.get("href", "") for link in lxml.html.fromstring(page.body.decode("utf-8")).iter("a")]
        assert {link for link in links if link.startswith("https:")} <= set(PAGES), page.url


def test_questions_are_half_cross_lingual_and_their_quotes_stand_in_the_pages() -> None:
    asked = questions()
    assert len({question["id"] for question in asked}) == len(asked) >= 16
    assert {question["lang"] for question in asked} == {"en", "zh"}
    assert 2 * sum(question["kind"] == "cross-lingual" for question in asked) >= len(asked)
    texts = {url: text(answer(url)) for url in ARTICLES}
    for question in asked:
        assert max(judged["grade"] for judged in question["relevant"]) == 3
        for judged in question["relevant"]:
            assert "".join(judged["quote"].split()) in texts[judged["url"]], (question["id"], judged["quote"])


def test_a_cross_lingual_question_is_answered_in_the_other_language_only() -> None:
    langs = {url: document(answer(url), url).lang for url in ARTICLES}
    for question in questions():
        if question["kind"] == "cross-lingual":
            best = {langs[judged["url"]] for judged in question["relevant"] if judged["grade"] == 3}
            assert question["lang"] not in best, question["id"]


def test_the_archive_gives_back_every_page_that_answered(tmp_path: pathlib.Path) -> None:
    SERVE.warc(tmp_path / "demo.warc.gz")
    SERVE.warc(tmp_path / "again.warc.gz")
    assert (tmp_path / "demo.warc.gz").read_bytes() == (tmp_path / "again.warc.gz").read_bytes()
    replayed = {page.url: page.body for page in warc_pages(tmp_path / "demo.warc.gz")}
    for url in ARTICLES:
        assert replayed[url] == answer(url).body
