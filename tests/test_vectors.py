"""Vectors: FAISS agrees with the plain product, and a view is never served stale or damaged."""

import contextlib
import pathlib
import sqlite3
import tempfile
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus import tables as corpus_tables
from corpus.errors import WrongEncoder
from corpus.library import Library
from corpus.model import Chunk, Document, Source, chunk_id
from index import tables
from index import vectors as vectors_module
from index import view as view_module
from index.vectors import Coder, Effort, ExactIndex, FaissIndex
from index.view import RECALL_FLOOR, VIEW, Stored, View, described, group, refreshed, view
from index.windows import encoded
from tests.hashing_encoder import HashingEncoder


def unit(count: int, dimension: int = 16, seed: int = 0) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def points(vectors: NDArray[np.float32], kind: str) -> NDArray[np.float32]:
    return vectors[: {"exact": 0, "cells": 4}[kind]]


def of_kind(kind: str, keys: NDArray[np.int64], vectors: NDArray[np.float32]) -> FaissIndex:
    """Return the index of rising keys that a library of the right size would have."""
    coder = Coder(points(vectors, kind))
    return FaissIndex(coder, keys, coder.codes(vectors), lambda some: vectors[some])


@pytest.mark.parametrize("kind", ["exact", "cells"])
@settings(max_examples=50, deadline=None)
@given(count=st.integers(4, 60), k=st.integers(1, 70), seed=st.integers(0, 2**31), narrowed=st.booleans())
def test_faiss_finds_what_the_plain_product_finds(kind: str, count: int, k: int, seed: int, narrowed: bool) -> None:
    random = np.random.default_rng(seed)
    keys = np.sort(random.choice(10**6, size=count, replace=False).astype(np.int64))
    vectors, query = unit(count, seed=seed), unit(3, seed=seed + 1)
    allowed = random.random(count) < 0.5 if narrowed else None
    exact, exact_cosines = ExactIndex(keys, vectors).search(query, k, allowed)
    index = of_kind(kind, keys, vectors)
    found, cosines = index.search(query, k, allowed)
    assert found.shape == exact.shape == cosines.shape
    np.testing.assert_allclose(cosines, exact_cosines, atol=2e-3)  # fp16
    for row, some in zip(query, found, strict=True):
        np.testing.assert_allclose(ExactIndex(keys, vectors).cosines(row, some), index.cosines(row, some), atol=2e-3)


@pytest.mark.parametrize("share", [None, 0.9, 0.3, 0.02])
def test_cells_find_nearly_all_that_the_plain_product_finds(share: float | None) -> None:
    random = np.random.default_rng(3)
    keys, count = np.arange(0, 60_000, 2, dtype=np.int64), 30_000
    centres = unit(300, 64)
    vectors = centres[random.integers(300, size=count)] + 0.6 * unit(count, 64, seed=1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    coder = Coder(vectors[:256])
    index = FaissIndex(coder, keys, coder.codes(vectors), lambda some: vectors[some], Effort(probes=32))
    query = vectors[:50] + 0.3 * unit(50, 64, seed=2)
    allowed = None if share is None else random.random(count) < share
    found, cosines = index.search(query, 10, allowed)
    exact, exact_cosines = ExactIndex(keys, vectors).search(query, 10, allowed)
    assert np.mean([np.isin(row, right).mean() for row, right in zip(found, exact, strict=True)]) > 0.97
    np.testing.assert_allclose(cosines[:, 0], exact_cosines[:, 0], atol=1e-5)
    if allowed is not None:
        assert allowed[found // 2].all()


def test_a_code_depends_on_no_other_vector() -> None:
    vectors = unit(500, 32)
    for kind in ("exact", "cells"):
        coder = Coder(points(vectors, kind))
        parts = [coder.codes(vectors[begin : begin + 7]) for begin in range(0, 500, 7)]
        np.testing.assert_array_equal(coder.codes(vectors), np.concatenate(parts))


@pytest.mark.parametrize("kind", [ExactIndex, FaissIndex.build])
def test_a_key_without_a_vector_has_cosine_zero(kind: type[ExactIndex]) -> None:
    keys = np.array([5, 9], np.int64)
    index = kind(keys, unit(2))
    cosines = index.cosines(unit(2)[1], np.array([9, 7, 100, 5], np.int64))
    assert cosines[0] == pytest.approx(1, abs=2e-3)
    assert cosines[1] == cosines[2] == 0


def library_of(folder: pathlib.Path, langs: list[str], vectors: NDArray[np.float32]) -> Library:
    """Return a library with a passage of one word for each vector."""
    library = Library.open(folder, ROOMS, create=True)
    with library.writing() as db:
        corpus_tables.replace_list(db, "list", [Source(f"https://a.example/{lang}") for lang in sorted(set(langs))])
        for lang in sorted(set(langs)):
            put(db, f"https://a.example/{lang}", [str(nth) for nth, own in enumerate(langs) if own == lang])
        keys = dict(db.execute("select cast(text as integer), key from chunks"))
        tables.save_vectors(
            db,
            [keys[nth] for nth in range(len(langs))],
            [[""]] * len(langs),
            list(vectors[:, None].repeat(2, axis=1)),
            "test",
        )
    return library


@contextlib.contextmanager
def viewed(folder: pathlib.Path, langs: list[str], vectors: NDArray[np.float32]) -> Iterator[tuple[View, list[int]]]:
    """Yield the view of a library with these passages, and their keys."""
    library = library_of(folder, langs, vectors)
    with library.reading() as db:
        keys = [key for (key,) in db.execute("select key from chunks order by cast(text as integer)")]
        yield view(library, db, "test"), keys


def test_one_language_is_left_as_it_is(tmp_path: pathlib.Path) -> None:
    with viewed(tmp_path, ["en"] * 10, unit(10)) as (made, _):
        assert not made.means
        np.testing.assert_array_equal(made.centred_query(unit(1)[0], "why"), unit(1)[0])


def test_languages_that_a_short_question_cannot_tell_share_a_group() -> None:
    assert group("fr") == group("en") == group("") == "en"
    assert group("zh") != group("en")


def two_languages(counts: dict[str, int]) -> tuple[list[str], NDArray[np.float32], NDArray[np.float32]]:
    """Return groups and vectors of topics as an encoder sees them, mostly language; and the topics."""
    groups = [name for name, count in counts.items() for _ in range(count)]
    offset = {name: 3 * vector for name, vector in zip(counts, unit(len(counts), 32, seed=7), strict=True)}
    topics = unit(len(groups), 32, seed=8)
    vectors = topics + np.stack([offset[name] for name in groups])
    return groups, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), topics


@pytest.mark.parametrize(
    ("counts", "k"), [({"en": 40, "zh": 40}, 1), ({"en": 40, "zh": 8}, 3), ({"en": 40, "zh": 30, "ja": 20}, 1)]
)
def test_the_answer_in_another_language_is_nearer_than_the_rest_in_ones_own(
    tmp_path: pathlib.Path, counts: dict[str, int], k: int
) -> None:
    groups, vectors, topics = two_languages(counts)
    last = len(groups) - 1  # an answer in the last language, asked for in the first
    offset = 3 * unit(len(counts), 32, seed=7)[0]
    asked = topics[last] + offset
    asked /= np.linalg.norm(asked)
    raw = FaissIndex.build(np.arange(len(groups), dtype=np.int64), vectors)
    assert last not in raw.search(asked[None, :], 5)[0][0]
    with viewed(tmp_path, groups, vectors) as (made, keys):
        assert keys[last] in made.index.search(made.centred_query(asked, "why")[None, :], k)[0][0]


def test_a_lone_passage_of_a_language_keeps_a_direction(tmp_path: pathlib.Path) -> None:
    groups, vectors, _ = two_languages({"en": 20, "zh": 1})
    with viewed(tmp_path, groups, vectors) as (made, keys):
        cosines = made.index.cosines(made.centred_query(vectors[20], "问"), np.array([keys[20]]))
    assert cosines[0] == pytest.approx(1, abs=2e-3)


def test_a_question_in_a_language_without_passages_is_centred_too(tmp_path: pathlib.Path) -> None:
    groups, vectors, _ = two_languages({"en": 20, "zh": 20})
    with viewed(tmp_path, groups, vectors) as (made, _):
        assert np.linalg.norm(made.centred_query(vectors[0], "Почему?")) == pytest.approx(1, abs=1e-5)


ROOMS = (("corpus", corpus_tables.MIGRATIONS), ("index", tables.MIGRATIONS))
TEXTS = {
    "https://a.example/en": ["heads look at words", "pruning removes heads"],
    "https://a.example/zh": ["剪枝去掉注意力头"],
}


def stocked(folder: pathlib.Path, pages: dict[str, list[str]], encoder: HashingEncoder) -> Library:
    library = Library.open(folder, ROOMS, create=True)
    with library.writing() as db:
        corpus_tables.replace_list(db, "list", [Source(url) for url in pages])
        for url, texts in pages.items():
            put(db, url, texts)
        embed(db, encoder)
    return library


def put(db: sqlite3.Connection, url: str, texts: list[str]) -> None:
    stored = corpus_tables.stored_source(db, url)
    assert stored is not None
    lang = url[-2:]
    parts = [Chunk(chunk_id(url, text, 0), url, "T", lang, (), text, nth, nth + 1) for nth, text in enumerate(texts)]
    corpus_tables.save_document(db, stored.key, Document(url, "T", lang, "".join(texts), ()), parts, "test")


def embed(db: sqlite3.Connection, encoder: HashingEncoder) -> None:
    rows = tables.missing(db, encoder.name)
    texts = [text for _, text in rows]
    tables.save_vectors(db, [key for key, _ in rows], texts, encoded(encoder, texts), encoder.name)


def test_means_do_not_depend_on_the_order_in_which_pages_came(tmp_path: pathlib.Path) -> None:
    encoder = HashingEncoder()
    pages = {
        f"https://a.example/{nth}/{'en' if nth % 2 else 'zh'}": [f"passage {nth} of {nth**3}"] for nth in range(40)
    }
    means = []
    for name, order in (("there", list(pages)), ("back", list(pages)[::-1])):
        library = stocked(tmp_path / name, {url: pages[url] for url in order}, encoder)
        with library.reading() as db:
            means.append(view(library, db, encoder.name).means)
    for group_name in ("", "en", "zh"):
        np.testing.assert_array_equal(means[0][group_name], means[1][group_name])  # to the bit


def test_a_view_is_stored_and_read_back(tmp_path: pathlib.Path) -> None:
    encoder = HashingEncoder()
    library = stocked(tmp_path, TEXTS, encoder)
    with library.reading() as db:
        first = view(library, db, encoder.name)
    assert (library.views / VIEW).is_file()
    with library.reading() as db:
        again = view(library, db, encoder.name)
    assert (again.level, again.spread) == (first.level, first.spread)
    query = encoder.queries(["heads"])
    for left, right in zip(first.index.search(query, 3), again.index.search(query, 3), strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("exact_below", [1, 10])
@pytest.mark.parametrize("harm", ["missing", "damaged", "stale"])
def test_a_view_that_is_no_good_is_built_anew(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, harm: str, exact_below: int
) -> None:
    monkeypatch.setattr(view_module, "EXACT_BELOW", exact_below)
    encoder = HashingEncoder()
    library = stocked(tmp_path, TEXTS, encoder)
    with library.reading() as db:
        assert len(view(library, db, encoder.name).index) == 3
    path = library.views / VIEW
    if harm == "missing":
        path.unlink()
    elif harm == "damaged":
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    else:
        with library.writing() as db:
            put(db, "https://a.example/en", ["only this is left"])
            embed(db, encoder)
    with library.reading() as db:
        made = view(library, db, encoder.name)
        assert len(made.index) == (2 if harm == "stale" else 3)
        asked = made.centred_query(encoder.queries(["T 剪枝去掉注意力头"])[0], "剪枝")
        assert made.index.search(asked[None, :], 1)[1][0, 0] > 0.9


def test_vectors_of_another_encoder_are_never_served(tmp_path: pathlib.Path) -> None:
    library = stocked(tmp_path, TEXTS, HashingEncoder())
    with library.reading() as db:
        view(library, db, HashingEncoder().name)
    with library.reading() as db, pytest.raises(WrongEncoder, match="ideagraph update"):
        view(library, db, HashingEncoder(32).name)


def test_an_empty_library_has_an_empty_view(tmp_path: pathlib.Path) -> None:
    library = Library.open(tmp_path, ROOMS, create=True)
    with library.reading() as db:
        assert len(view(library, db, "any").index) == 0


@pytest.fixture(params=["exact", "cells"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a library of 20 passages large enough for cells, or leave it small."""
    name: str = request.param
    if name == "cells":
        monkeypatch.setattr(view_module, "EXACT_BELOW", 20)
        monkeypatch.setattr(vectors_module, "FEW", 0)
    monkeypatch.setattr(view_module, "SAMPLE", 8)  # so that the means stand still now and then
    return name


def same(left: Stored, right: Stored) -> None:
    """Check that two views hold the same passages by the same codes, whatever their keys."""
    assert left.recipe.same(right.recipe)
    rows = [sorted(zip(each.crcs.tolist(), map(bytes, each.codes), strict=True)) for each in (left, right)]
    assert rows[0] == rows[1]
    np.testing.assert_array_equal(left.pairs, right.pairs)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.sets(st.integers(0, 59), min_size=1), min_size=2, max_size=5))
def test_a_view_brought_up_to_date_is_the_one_made_anew(kind: str, history: list[set[int]]) -> None:
    encoder, coded = HashingEncoder(), []
    with tempfile.TemporaryDirectory() as folder:
        url = {True: "https://a.example/en", False: "https://a.example/zh"}
        library = Library.open(pathlib.Path(folder), ROOMS, create=True)
        stored: Stored | None = None
        for moment in history:
            with library.writing() as db:
                corpus_tables.replace_list(db, "list", [Source(each) for each in url.values()])
                for english in (True, False):
                    put(db, url[english], [f"{n} and {n * n}" for n in sorted(moment) if (n % 3 > 0) == english])
                embed(db, encoder)
            with library.reading() as db:
                stored = refreshed(db, encoder.name, stored)
                coded.append(len(stored.recipe.points))
                same(stored, refreshed(db, encoder.name, None))
                index = stored.open(db).index
                exact = ExactIndex(
                    stored.keys,
                    stored.recipe.centred(tables.stored_vectors(db, stored.keys), stored.groups),
                )
                query = encoder.queries(["7 and 49", "11"])
                np.testing.assert_allclose(index.search(query, 3)[1], exact.search(query, 3)[1], atol=2e-3)
    assert (kind == "cells") or not any(coded)


def test_only_what_came_is_read(kind: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = HashingEncoder()
    texts = sorted((f"passage {nth}" for nth in range(60)), key=lambda text: chunk_id("https://a.example/en", text, 0))
    library = stocked(tmp_path, {"https://a.example/en": texts[:-1]}, encoder)
    with library.reading() as db:
        before = refreshed(db, encoder.name, None)
    assert bool(len(before.recipe.points)) == (kind == "cells")
    with library.writing() as db:
        put(db, "https://a.example/en", [*texts[:30], *texts[31:]])  # the last by id comes, one in the middle goes
        embed(db, encoder)
    read = []
    original = tables.stored_vectors

    def watched(db: sqlite3.Connection, keys: NDArray[np.int64]) -> NDArray[np.float32]:
        read.extend(keys.tolist())
        return original(db, keys)

    with library.reading() as db:
        monkeypatch.setattr(tables, "stored_vectors", watched)
        after = refreshed(db, encoder.name, before)
        assert read == [after.keys[-1]]
        monkeypatch.setattr(tables, "stored_vectors", original)
        same(after, refreshed(db, encoder.name, None))


def test_a_vector_made_anew_under_the_same_key_is_coded_anew(kind: str, tmp_path: pathlib.Path) -> None:
    encoder, other = HashingEncoder(), HashingEncoder(seed="2")
    library = stocked(tmp_path, {"https://a.example/en": [f"passage {nth}" for nth in range(60)]}, encoder)
    with library.reading() as db:
        before = refreshed(db, encoder.name, None)
    last = int(before.keys[-1])
    with library.writing() as db:
        tables.save_vectors(db, [last], [["", "x"]], encoded(other, [["", "x"]]), encoder.name)
    with library.reading() as db:
        after = refreshed(db, encoder.name, before).open(db)
        assert after.index.search(other.passages(["x"]), 1)[0][0, 0] == last
    assert kind


def test_where_codes_tell_little_more_is_looked_into(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(view_module, "EXACT_BELOW", 20)
    monkeypatch.setattr(vectors_module, "FEW", 0)
    vectors = unit(3000, 128)  # nothing is near anything
    with library_of(tmp_path, ["en"] * 3000, vectors).reading() as db:
        hurried = refreshed(db, "test", None)
        with monkeypatch.context() as patch:
            patch.setattr(view_module, "RECALL_FLOOR", 0)
            least = refreshed(db, "test", None).effort
    assert least.recall < RECALL_FLOOR <= hurried.effort.recall
    assert hurried.effort.depth > least.depth == Effort().depth


def test_a_view_says_what_it_is(kind: str, tmp_path: pathlib.Path) -> None:
    library = library_of(tmp_path, ["en"] * 60, unit(60))
    with library.reading() as db:
        assert described(library, db) is None
        view(library, db, "test")
    with library.reading() as db:
        told = described(library, db)
    assert told is not None
    assert told[0] == kind
    assert RECALL_FLOOR <= told[1] <= 1
    with library.writing() as db:
        db.execute("delete from chunks where key = (select min(key) from chunks)")
    with library.reading() as db:
        assert described(library, db) is None, "it is of another generation"


def test_windows_are_compared_as_if_each_were_centred(tmp_path: pathlib.Path) -> None:
    encoder = HashingEncoder()
    library = stocked(
        tmp_path, {"https://a.example/en": ["one two", "three four"], "https://a.example/zh": ["剪枝", "蒸馏"]}, encoder
    )
    read = encoder.passages(["one five", "剪枝与蒸馏", "шесть"])
    with library.reading() as db:
        made = view(library, db, encoder.name)
        query = made.centred_query(encoder.queries(["one"])[0], "one")
        due = [
            made.centred_passage(vector, lang) @ query for vector, lang in zip(read, ("en", "zh", "ru"), strict=True)
        ]
        assert made.means
        assert made.cosines(query, read, np.array(["en", "zh", "ru"])) == pytest.approx(due, abs=1e-5)
