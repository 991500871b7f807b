"""Bridge, order, new and disagree on the demo library, with the real encoder."""

import json
import pathlib
import random
import shutil
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest

from corpus.tables import load_document
from service import edit
from service.answers import as_json
from service.ask import Snapshot
from service.edit import Job
from service.rooms import open_library
from tests.hashing_encoder import HashingEncoder
from tests.library_at import Web, build, html_of, library_at

ROOT = pathlib.Path(__file__).parents[1]
DATA = pathlib.Path(__file__).parent / "data"
HEADS = "https://notes.example/why-several-heads"
CHINESE, COPY = "https://fanyi.example/heads", "https://copies.example/heads"

Answer = dict[str, Any]  # Any: whatever JSON holds


class Asked:
    """The questions to one library, answered as --json prints them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def bridge(self, query: str, lang: str = "") -> Answer:
        return as_plain(self._snapshot.ideas.bridge(query, k=5, lang=lang))

    def order(self, name: str, lang: str = "") -> list[Answer]:
        return [as_plain(row) for row in self._snapshot.ideas.order(name, k=8, lang=lang)]

    def new(self, url: str = "") -> Answer:
        return as_plain(self._snapshot.new(url, k=5))

    def disagree(self, a: str, b: str = "") -> list[Answer]:
        return [as_plain(row) for row in self._snapshot.ideas.disagree(a, b, k=5)]


def as_plain(row: object) -> Answer:
    return cast("Answer", json.loads(as_json(row=row))["row"])


@pytest.fixture(scope="module")
def asked(demo: pathlib.Path) -> Iterator[Asked]:
    with Snapshot.open(open_library(demo)) as snapshot:
        yield Asked(snapshot)


@pytest.fixture(scope="module")
def versions(demo: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Return the demo with a translation and a reworked copy of one of its pages put in."""
    folder = tmp_path_factory.mktemp("versions")
    shutil.copytree(demo, folder / "library")
    page = (ROOT / "docs" / "demo" / "pages" / "notes.example" / "why-several-heads.html").read_text("utf-8")
    begin, end = page.index("<h2>Is it an ensemble?"), page.index("<h2>How many heads?")
    copied = page[:begin] + page[end:]
    copied = copied.replace("Three things follow", "A few points result").replace("stumble over", "trip on")
    (folder / "copy.html").write_text(copied, "utf-8")
    job = Job(folder / "library")
    for file, url in ((DATA / "several-heads-in-chinese.html", CHINESE), (folder / "copy.html", COPY)):
        edit.supply(job, [file], url)
    with Snapshot.open(open_library(folder / "library")) as snapshot:
        yield Asked(snapshot)


def quotes(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield every quote in an answer, wherever it stands."""
    if isinstance(value, dict):
        if "quote" in value:
            yield value
        for each in value.values():
            yield from quotes(each)
    elif isinstance(value, list):
        for each in value:
            yield from quotes(each)


def check_quotes(answer: object, library: pathlib.Path) -> int:
    """Slice every quote again out of its source; return how many there are."""
    count = 0
    with open_library(library).reading() as db:
        for quote in quotes(answer):
            document = load_document(db, str(quote["url"]))
            assert document is not None
            assert document.text[quote["start"] : quote["end"]] == quote["quote"]
            assert quote["lang"]
            count += 1
    return count


def test_every_quote_stands_in_its_source(asked: Asked, demo: pathlib.Path) -> None:
    answers = [
        asked.bridge("pruning"), asked.bridge("知识蒸馏"), *asked.order("self-attention"), *asked.order("剪枝"),
        asked.new(), asked.new(HEADS), *asked.disagree("weight"),
    ]  # fmt: skip
    assert all(check_quotes(answer, demo) for answer in answers)


def test_a_bridge_leads_to_the_other_language_and_back(asked: Asked) -> None:
    there, back = asked.bridge("knowledge distillation"), asked.bridge("知识蒸馏")
    assert {row["lang"] for row in there["passages"]} == {"zh"}
    assert {row["lang"] for row in back["passages"]} == {"en"}
    assert "https://papers.example/distilling-small-students" in [row["url"] for row in back["passages"]]
    assert {row["lang"] for row in there["coverage"]} == {"en", "zh"}
    assert there["concept"] == back["concept"]
    assert {row["lang"] for row in asked.bridge("知识蒸馏", lang="zh")["passages"]} == {"zh"}


def test_a_bridge_from_a_text_that_names_nothing(asked: Asked) -> None:
    answer = asked.bridge("Which parts can be taken out of a network after it was trained?")
    assert answer["concept"] is None
    assert answer["passages"] == []
    assert {hit["lang"] for hit in answer["hits"]} == {"zh"}
    assert "https://jishu.example/posts/pruning-bert" in [hit["url"] for hit in answer["hits"][:3]]


def test_a_bridge_to_a_language_that_never_names_it_says_so(asked: Asked, demo: pathlib.Path) -> None:
    with open_library(demo).reading() as db:
        (name,) = db.execute(
            "select name from concepts join places on concept = concepts.key join chunks on chunks.key = chunk "
            "where label_zh = '' group by concepts.key having max(lang) = 'en' order by score desc limit 1"
        ).fetchone()
    answer = asked.bridge(name)
    assert [row["lang"] for row in answer["coverage"]] == ["en"]
    assert answer["passages"] == []
    assert {hit["lang"] for hit in answer["hits"]} == {"zh"}, "the nearest in meaning"
    assert answer["only"] == []


def test_an_order_gives_each_place_a_reason(asked: Asked) -> None:
    rows = asked.order("pruning")
    assert [row["place"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) > 2
    assert all(row["reason"] for row in rows)
    added = [item["concept"] for row in rows for item in row["adds"]]
    assert len(added) == len(set(added)), "what one adds, none before it did"
    assert {row["lang"] for row in asked.order("pruning", lang="zh")} == {"zh"}


def test_the_newest_source_is_the_one_asked_of_without_a_name(versions: Asked) -> None:
    assert versions.new()["url"] == COPY


def test_a_translation_and_a_copy_are_named_and_nothing_else(versions: Asked, demo: pathlib.Path) -> None:
    def named(url: str) -> set[tuple[str, str, bool]]:
        return {(row["kind"], row["url"], row["whole"]) for row in versions.new(url)["versions"]}

    assert ("translation", HEADS, True) in named(CHINESE)
    assert {url for _, url, _ in named(CHINESE)} <= {HEADS, COPY}
    assert ("copy", HEADS, True) in named(COPY)
    assert {(kind, url) for kind, url, _ in named(HEADS)} == {("copy", COPY), ("translation", CHINESE)}
    with Snapshot.open(open_library(demo)) as snapshot:
        others = {row.url for row in snapshot.sources(status="indexed")} - {HEADS}
    assert len(others) > 10
    assert {kind for url in others for kind, _, _ in named(url)} <= {"counterpart"}, "pages on one topic"


def test_a_translation_has_little_that_is_new(versions: Asked) -> None:
    translated, other = versions.new(CHINESE), versions.new("https://zhuanlan.example/p/104")
    assert translated["n_passages"] * 2 < translated["of_passages"]
    assert other["n_passages"] * 2 > other["of_passages"], "XLNet has a page of its own"
    assert translated["n_concepts"] < other["n_concepts"]


def test_the_order_of_sources_is_of_no_matter(tmp_path: pathlib.Path) -> None:
    pages = {
        "https://a.example/": html_of("Multi-head attention and pruning", (0, 1)),
        "https://b.example/": html_of("Knowledge distillation and pruning", (2, 1)),
        "https://c.example/": html_of("多头注意力和模型压缩", (4, 5)),
        "https://d.example/": html_of("XLNet", (3, 6)),
    }
    answers = []
    for seed in range(2):
        urls = list(pages)
        random.Random(seed).shuffle(urls)
        library = library_at(tmp_path / str(seed))
        build(library, Web(pages), urls, HashingEncoder())
        with Snapshot.open(library) as snapshot:
            answers.append((snapshot.ideas.order("pruning", k=5), snapshot.ideas.disagree("pruning", k=5)))
    assert answers[0] == answers[1]
    assert answers[0][0]
