"""Search: both halves are joined, nothing found is lost or doubled, and every offset can be checked."""

import collections
import pathlib
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import tables as corpus_tables
from corpus.errors import BadInput, NotFound
from corpus.library import Library
from corpus.model import Chunk, Document, Page, Source, chunk_id
from index import join, tables
from index.join import bm25, keyword, word_weights
from index.keywords import either, query_words
from index.model import Hit, Mode, Named
from index.narrow import Narrow
from index.search import EVERYTHING, STRAIGHT, search
from index.steer import Steer, aim
from index.view import View, view
from index.windows import encoded
from tests.hashing_encoder import HashingEncoder

A, B, C = "https://a.example/pruning", "https://b.example/heads", "https://c.example/zh"
ROOMS = (("corpus", corpus_tables.MIGRATIONS), ("index", tables.MIGRATIONS))
ENCODER = HashingEncoder(128)
PAGES = {
    A: (
        "On pruning",
        "en",
        [
            ("Idea", "Pruning removes weights that matter little. The network becomes smaller."),
            ("Idea", "One prunes by magnitude. Small weights go first."),
            ("Tools", "Call prune_low_magnitude on a layer. Then train it again."),
        ],
    ),
    B: (
        "Attention heads",
        "en",
        [
            ("Why", "Several heads look at several places at once. Each has weights of its own."),
            ("Which", "Some heads can be removed. Quality hardly falls."),
        ],
    ),
    C: (
        "模型压缩",
        "zh",
        [("剪枝", "剪枝\n\n剪枝去掉不重要的权重。模型因此变小。"), ("蒸馏", "小模型学习大模型的输出。它更快。")],
    ),
}


def put(db: sqlite3.Connection, url: str, title: str, lang: str, parts: list[tuple[str, str]]) -> None:
    stored = corpus_tables.stored_source(db, url)
    assert stored is not None
    text = "\n\n".join(part for _, part in parts)
    fetched, published = ("2026-01-02T03:04:05Z", {A: "2020-01-01", B: "2018-05-06"}.get(url, ""))
    corpus_tables.save_page(db, stored.key, Page(url, url, 200, (), b"", fetched))
    chunks = []
    for heading, part in parts:
        start = text.index(part)
        name = chunk_id(url, part, 0)
        chunks.append(Chunk(name, url, title, lang, (heading,), part, start, start + len(part)))
    corpus_tables.save_document(
        db, stored.key, Document(url, title, lang, text, (), published=published), chunks, "test"
    )


def embed(db: sqlite3.Connection) -> None:
    rows = tables.missing(db, ENCODER.name)
    texts = [text for _, text in rows]
    tables.save_vectors(db, [key for key, _ in rows], texts, encoded(ENCODER, texts), ENCODER.name)
    tables.index_keywords(db)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = Library.open(tmp_path_factory.mktemp("library"), ROOMS, create=True)
    with made.writing() as db:
        listed = [Source(url, section=("Compression",) if "heads" not in url else ("Basics",)) for url in PAGES]
        corpus_tables.replace_list(db, "list", listed)
        for url, (title, lang, parts) in PAGES.items():
            put(db, url, title, lang, parts)
        embed(db)
    return made


@pytest.fixture(scope="module")
def opened(library: Library) -> Iterator[tuple[sqlite3.Connection, View]]:
    with library.reading() as db:
        yield db, view(library, db, ENCODER.name)


Opened = tuple[sqlite3.Connection, View]


def ask(
    opened: Opened,
    query: str,
    k: int = 10,
    mode: Mode = "hybrid",
    *,
    narrow: Narrow = EVERYTHING,
    steer: Steer = STRAIGHT,
    named: Sequence[Named] = (),
) -> list[Hit]:
    db, made = opened
    return search(db, made, ENCODER, query, k, mode=mode, narrow=narrow, steer=steer, named=named).hits


@pytest.mark.parametrize("mode", ["hybrid", "dense", "keyword"])
@settings(max_examples=40, deadline=None)
@given(query=st.text(min_size=1).filter(str.strip), k=st.integers(1, 9))
def test_hits_are_distinct_ordered_by_score_and_checkable(opened: Opened, mode: Mode, query: str, k: int) -> None:
    hits = ask(opened, query, k, mode)
    assert len(hits) <= k
    assert len({hit.key for hit in hits}) == len(hits)
    scores = [hit.score for hit in hits]  # no page of these has more passages than one may have in a row
    assert scores == sorted(scores, reverse=True)
    for hit in hits:
        (text,) = (
            opened[0]
            .execute("select text from documents join sources on sources.key = source where url = ?", (hit.url,))
            .fetchone()
        )
        assert text[hit.start : hit.end] == hit.text
        assert len(hit.marks) <= 2
        assert all(0 <= start < end <= len(hit.text) for start, end in hit.marks)


@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("prune_low_magnitude", "Call prune_low_magnitude"),
        ("what is 剪枝?", "剪枝去掉"),
        ("why several heads", "Several heads look"),
    ],
)
def test_the_passage_with_the_words_comes_first(opened: Opened, mode: Mode, query: str, answer: str) -> None:
    hits = ask(opened, query, mode=mode)
    assert answer in hits[0].text
    assert hits[0].why.keyword == 1
    assert hits[0].why.words


def test_a_hit_says_why(opened: Opened) -> None:
    hit = ask(opened, "why do several heads look")[0]
    assert hit.why.words == ("several", "heads", "look")
    assert hit.why.dense is not None


def test_the_sentence_with_the_words_is_marked(opened: Opened) -> None:
    hit = ask(opened, "train a layer again after pruning")[0]
    assert [hit.text[start:end] for start, end in hit.marks] == ["Then train it again."]


def test_a_heading_that_has_all_the_words_is_not_marked(opened: Opened) -> None:
    hit = ask(opened, "剪枝")[0]
    assert [hit.text[start:end] for start, end in hit.marks] == ["剪枝去掉不重要的权重。"]


def test_a_fourth_passage_of_a_page_waits_for_the_other_pages(tmp_path: pathlib.Path) -> None:
    made = Library.open(tmp_path, ROOMS, create=True)
    pages = {
        "https://a.example/much": [("", f"Pruning, pruning and pruning, say {nth}.") for nth in range(6)],
        "https://b.example/some": [("", "Pruning once among many other things that are said.")],
    }
    with made.writing() as db:
        corpus_tables.replace_list(db, "list", [Source(url) for url in pages])
        for url, parts in pages.items():
            put(db, url, "", "en", parts)
        embed(db)
    with made.reading() as db:
        hits = search(db, view(made, db, ENCODER.name), ENCODER, "pruning").hits
    assert [hit.url[-4:] for hit in hits] == ["much"] * 3 + ["some"] + ["much"] * 3


PRUNING = [Named("pruning", ("network pruning", "剪枝")), Named("quantization", ("量化",))]


def test_an_idea_is_found_by_its_other_names_too(opened: Opened) -> None:
    assert {hit.url for hit in ask(opened, "pruning", mode="keyword")} == {A}
    hits = ask(opened, "pruning", mode="keyword", named=PRUNING[:1])
    assert {hit.url for hit in hits} == {A, C}
    assert {hit.why.words for hit in hits if hit.url == C} == {("剪枝",)}
    assert all(hit.why.words == ("pruning",) for hit in hits if hit.url == A)
    chinese = next(hit for hit in hits if hit.url == C)
    assert "剪枝" in chinese.text[slice(*chinese.marks[0])]


def test_another_name_is_worth_no_more_than_the_words_it_stands_for(opened: Opened) -> None:
    db, made = opened
    plain = keyword(db, made, "pruning quantization", None)
    renamed = keyword(db, made, "pruning quantization", None, named=PRUNING)
    assert plain.items() <= renamed.items()
    (other,) = renamed.keys() - plain.keys()
    assert 0 < renamed[other] < 1
    held = made.holding(db, ["prune", "quantiz"])
    assert held == {"prune": held["prune"], "quantiz": 0}


def test_another_name_that_many_passages_have_puts_none_forward(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, made = opened
    monkeypatch.setattr(join, "WEIGHED", 0)
    few = keyword(db, made, "pruning", None, near=[1], named=PRUNING)
    monkeypatch.undo()
    many = keyword(db, made, "pruning", None, near=[1], named=PRUNING)
    assert few.keys() < many.keys()


def test_a_renamed_idea_keeps_to_what_is_allowed(opened: Opened) -> None:
    narrow = Narrow(langs=("en",))
    assert {hit.url for hit in ask(opened, "pruning", mode="keyword", narrow=narrow, named=PRUNING)} == {A}


ALL = "weights heads 剪枝 模型"  # each page has some of it


@pytest.mark.parametrize("mode", ["hybrid", "dense", "keyword"])
@pytest.mark.parametrize(
    ("narrow", "left"),
    [
        (Narrow(langs=("zh",)), {C: 2}),
        (Narrow(langs=("zh", "en")), {A: 3, B: 2, C: 2}),
        (Narrow(without_langs=("zh",)), {A: 3, B: 2}),
        (Narrow(source="https://B.example/heads"), {B: 2}),
        (Narrow(section="basics"), {B: 2}),
        (Narrow(section="no such section"), {}),
        (Narrow(sites=("B.example",)), {B: 2}),
        (Narrow(sites=("b.example", "https://www.c.example/")), {B: 2, C: 2}),
        (Narrow(sites=("b.example/heads",)), {B: 2}),
        (Narrow(sites=("example", "b.example/other", "x.b.example", "")), {A: 3, B: 2, C: 2}),
        (Narrow(sites=("ample",)), {}),
        (Narrow(without_sites=("a.example", "c.example")), {B: 2}),
        (Narrow(since="2020-01-01"), {A: 3, C: 2}),  # A: published then; B: before; C: not known, fetched later
        (Narrow(since="2020-01-02"), {C: 2}),
        (Narrow(phrases=("Attention HEADS",)), {B: 2}),  # the title
        (Narrow(phrases=("剪枝", "不重要")), {C: 1}),
        (Narrow(phrases=("不重要的權重",)), {C: 1}),
        (Narrow(phrases=("模型", "heads")), {}),
        (Narrow(phrases=("places head",)), {}),
        (Narrow(without=("head",)), {A: 3, C: 2}),  # in any form
        (Narrow(without_phrases=("head",)), {A: 3, B: 2, C: 2}),  # as written, whole words
        (Narrow(without=("模型",)), {A: 3, B: 2}),
        (Narrow(without=("prune-low",)), {A: 2, B: 2, C: 2}),
        (Narrow(langs=("en",), without=("pruning",), since="2018"), {B: 2}),
    ],
)
def test_a_narrowed_search_stays_inside_and_loses_nothing(
    opened: Opened, mode: Mode, narrow: Narrow, left: dict[str, int]
) -> None:
    hits = ask(opened, ALL, mode=mode, narrow=narrow)
    found = collections.Counter(hit.url for hit in hits)
    if mode == "keyword":  # only what has a word of it
        assert found.keys() <= left.keys()
        assert hits or not left
    else:
        assert found == left


@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_a_narrowed_search_keeps_the_order(opened: Opened, mode: Mode) -> None:
    plain = [hit.id for hit in ask(opened, ALL, mode=mode)]
    some = [hit.id for hit in ask(opened, ALL, mode=mode, narrow=Narrow(without=("head",)))]
    assert some == [name for name in plain if name in some]


@pytest.mark.parametrize("mode", ["hybrid", "dense"])
def test_more_like_a_hit_leaves_it_out_and_its_section_for_last(opened: Opened, mode: Mode) -> None:
    hit = next(hit for hit in ask(opened, "small network") if hit.text.startswith("Pruning removes"))
    for steer in (Steer(like=(hit.id,)), Steer(like=(hit.id[:10].upper(),))):
        near = ask(opened, "", mode=mode, steer=steer)
        assert len(near) == 6
        assert hit.id not in {other.id for other in near}
        assert [other.heading == hit.heading and other.url == hit.url for other in near] == [False] * 5 + [True]


def test_a_question_is_turned_by_texts_and_by_hits(opened: Opened) -> None:
    db, made = opened
    hit = ask(opened, "heads")[0]
    (text,) = made.index.search(ENCODER.queries(["small network"]), 1)[0]

    def cosine(steer: Steer, key: int) -> float:
        vector = aim(db, made, ENCODER, "weights", steer).vector
        assert np.linalg.norm(vector) == pytest.approx(1)
        return float(made.index.cosines(vector, np.array([key]))[0])

    for key, like, unlike in (
        (hit.key, Steer(like=(hit.id,)), Steer(unlike=(hit.id,))),
        (int(text[0]), Steer(more=("small network",)), Steer(less=("small network",))),
    ):
        assert cosine(unlike, key) < cosine(STRAIGHT, key) < cosine(like, key)
    both = Steer(more=("heads",), less=("heads",))
    assert cosine(both, hit.key) == pytest.approx(cosine(STRAIGHT, hit.key), abs=1e-5)


def test_only_a_passage_that_is_there_can_be_followed(opened: Opened) -> None:
    for steer in (Steer(like=("no-such-id",)), Steer(unlike=("",)), Steer(like=("ffffffffffff",))):
        with pytest.raises(NotFound, match="no passage"):
            ask(opened, "weights", steer=steer)
    first = collections.Counter(hit.id[0] for hit in ask(opened, ALL)).most_common(1)[0]
    assert first[1] > 1
    with pytest.raises(BadInput, match="several"):
        ask(opened, "", steer=Steer(like=(first[0],)))


@pytest.mark.parametrize("query", ["", "  \n"])
def test_an_empty_question_is_refused(opened: Opened, query: str) -> None:
    with pytest.raises(BadInput, match="empty"):
        ask(opened, query)


def test_words_weigh_what_sqlite_weighs_them(opened: Opened) -> None:
    db, _ = opened
    db.execute("create virtual table temp.alone using fts5 (text)")
    db.executemany("insert into alone values (?)", [("rare",), ("other",), ("other",)])
    (bm25,) = db.execute("select -bm25(alone) from alone where alone match 'rare'").fetchone()
    db.execute("drop table alone")
    weights = word_weights(tables.holding(db, ["magnitud", "weight", "nowhere"]), tables.keyword_rows(db)[0])
    assert weights["nowhere"] > weights["magnitud"] > weights["weight"] >= 1e-6
    assert bm25 == pytest.approx(0.5108, abs=1e-3)  # log(2.5 / 1.5), times 1 in a passage of middling length


def test_a_question_that_reads_like_a_listed_title_gets_that_source(tmp_path: pathlib.Path) -> None:
    made = Library.open(tmp_path, ROOMS, create=True)
    names = dict(zip(PAGES, ("", "a gentle tour for beginners", ""), strict=True))
    ranks = []
    with made.writing() as db:
        corpus_tables.replace_list(db, "list", [Source(url, title=name) for url, name in names.items()])
        for url, (title, lang, parts) in PAGES.items():
            put(db, url, title, lang, parts)
        embed(db)
    for _ in range(2):
        with made.reading() as db:
            hits = search(db, view(made, db, ENCODER.name), ENCODER, "the gentle tour for beginners").hits
            ranks.append([hit.url for hit in hits].index("https://b.example/heads"))
        with made.writing() as db:
            missing = tables.missing_titles(db, ENCODER.name)
            vectors = ENCODER.passages([title for _, title in missing])
            tables.save_titles(
                db, [source for source, _ in missing], [title for _, title in missing], vectors, ENCODER.name
            )
    assert ranks == [ranks[0], 0]
    assert ranks[0] > 0
    with made.writing() as db:
        assert tables.missing_titles(db, ENCODER.name) == []
        corpus_tables.replace_list(db, "list", [Source(url, title="new " + name) for url, name in names.items()])
        assert [title for _, title in tables.missing_titles(db, ENCODER.name)] == [
            "new ",
            "new a gentle tour for beginners",
            "new ",
        ]
        assert len(tables.stored_titles(db, ENCODER.name)[0]) == 0  # no title that no list has any more


def test_an_empty_library_answers_nothing(tmp_path: pathlib.Path) -> None:
    empty = Library.open(tmp_path, ROOMS, create=True)
    with empty.reading() as db:
        assert search(db, view(empty, db, ENCODER.name), ENCODER, "why").hits == []


def test_vectors_and_words_go_with_their_source(tmp_path: pathlib.Path) -> None:
    made = Library.open(tmp_path, ROOMS, create=True)
    with made.writing() as db:
        corpus_tables.replace_list(db, "list", [Source(url) for url in PAGES])
        for url, (title, lang, parts) in PAGES.items():
            put(db, url, title, lang, parts)
        embed(db)
        assert db.execute("select count(*) from keywords where keywords match '\"剪枝\"'").fetchone() == (1,)
    with made.writing() as db:
        corpus_tables.delete_source(db, "https://c.example/zh")
    with made.reading() as db:
        assert db.execute("select count(*) from vectors").fetchone() == (5,)
        assert db.execute("select count(*) from keywords").fetchone() == (5,)
        assert db.execute("select count(*) from keywords where keywords match '\"剪枝\"'").fetchone() == (0,)
        db.execute("insert into keywords (keywords, rank) values ('integrity-check', 1)")


def test_only_what_changed_is_embedded_and_indexed_again(tmp_path: pathlib.Path) -> None:
    made = Library.open(tmp_path, ROOMS, create=True)
    url, (title, lang, parts) = next(iter(PAGES.items()))
    with made.writing() as db:
        corpus_tables.replace_list(db, "list", [Source(url)])
        put(db, url, title, lang, parts)
        embed(db)
        put(db, url, title, lang, parts)
        assert tables.missing(db, ENCODER.name) == []
        assert tables.index_keywords(db) == 0
        put(db, url, title, lang, [*parts, ("New", "One more passage.")])
        assert [text for _, text in tables.missing(db, ENCODER.name)] == [("New", "One more passage.")]
        embed(db)
        put(db, url, title, lang, [("Another heading", parts[0][1]), *parts[1:]])
        assert len(tables.missing(db, ENCODER.name)) == 1
        assert tables.index_keywords(db) == 1
        assert len(tables.missing(db, HashingEncoder(32).name)) == 3


def test_vectors_move_the_generation(tmp_path: pathlib.Path) -> None:
    made = Library.open(tmp_path, ROOMS, create=True)
    url, (title, lang, parts) = next(iter(PAGES.items()))
    with made.writing() as db:
        corpus_tables.replace_list(db, "list", [Source(url)])
        put(db, url, title, lang, parts)
        embed(db)
    with made.reading() as db:
        before = view(made, db, ENCODER.name)
    other = HashingEncoder(128, seed="2")
    with made.writing() as db:  # the same name, other numbers: nothing but the vectors changes
        keys, texts = zip(*((key, text) for key, text in tables.missing(db, other.name)), strict=True)
        tables.save_vectors(db, keys, texts, encoded(other, texts), ENCODER.name)
    with made.reading() as db:
        after = view(made, db, ENCODER.name)
    query = ENCODER.queries(["pruning"])
    assert before.index.search(query, 1)[1][0, 0] != pytest.approx(after.index.search(query, 1)[1][0, 0], abs=1e-3)


QUESTIONS = ("weights heads", "prune weights of a small network", "heads", "剪枝 heads", "which heads can be removed")


@pytest.mark.parametrize("query", QUESTIONS)
def test_words_counted_again_weigh_what_sqlite_says(opened: Opened, query: str) -> None:
    db, _ = opened
    asked = query_words(query)
    rows = db.execute("select rowid, -bm25(keywords) from keywords where keywords match ?", (either(asked),)).fetchall()
    assert rows
    weights = word_weights(tables.holding(db, asked), tables.keyword_rows(db)[0])
    assert bm25(db, [key for key, _ in rows], weights) == pytest.approx(dict(rows))


@pytest.mark.parametrize("query", QUESTIONS)
@pytest.mark.parametrize("most", [1, 3])
def test_words_that_many_passages_hold_still_count(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, query: str, most: int
) -> None:
    db, made = opened
    everywhere = keyword(db, made, query, None)
    monkeypatch.setattr(join, "WEIGHED", most)
    near = [key for (key,) in db.execute("select key from chunks order by key desc")]
    assert keyword(db, made, query, None, near) == pytest.approx(everywhere)
    alone = keyword(db, made, query, None)  # words put passages forward when nothing else does
    assert alone
    assert alone == pytest.approx({key: everywhere[key] for key in alone})


@pytest.mark.parametrize(
    "narrow", [Narrow(langs=("zh",)), Narrow(section="basics"), Narrow(source="https://a.example/pruning")]
)
def test_narrowed_words_are_those_of_all_without_the_others(opened: Opened, narrow: Narrow) -> None:
    db, made = opened
    where, values = narrow.condition(db)
    allowed = made.allowed(db, narrow)
    keys = {key for (key,) in db.execute(f"select key from chunks where {where}", values)}
    assert allowed is not None
    assert set(made.index.keys[allowed].tolist()) == keys
    assert made.allowed(db, narrow) is allowed, "kept in mind"
    for query in QUESTIONS:
        everywhere = keyword(db, made, query, None)
        assert keyword(db, made, query, allowed) == {key: each for key, each in everywhere.items() if key in keys}
