"""Vectors: FAISS agrees with the plain product, and a view is never served stale or damaged."""

import pathlib
import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus import tables as corpus_tables
from corpus.errors import WrongEncoder
from corpus.library import Library
from corpus.model import Chunk, Document, Source, chunk_id
from index import tables
from index.vectors import ExactIndex, FaissIndex
from index.view import VIEW, build, group, view
from tests.hashing_encoder import HashingEncoder


def unit(count: int, dimension: int = 16, seed: int = 0) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 60), st.integers(1, 70), st.integers(0, 2**31), st.booleans())
def test_faiss_finds_what_the_plain_product_finds(count: int, k: int, seed: int, narrowed: bool) -> None:
    random = np.random.default_rng(seed)
    keys = random.choice(10**6, size=count, replace=False).astype(np.int64)
    vectors, query = unit(count, seed=seed), unit(3, seed=seed + 1)
    allowed = np.concatenate((keys[::2], np.array([10**7]))) if narrowed else None
    exact, exact_cosines = ExactIndex(keys, vectors).search(query, k, allowed)
    found, cosines = FaissIndex.build(keys, vectors).search(query, k, allowed)
    assert found.shape == exact.shape == cosines.shape
    np.testing.assert_allclose(cosines, exact_cosines, atol=2e-3)  # fp16
    both = [
        ExactIndex(keys, vectors).cosines(query[0], found[0]),
        FaissIndex.build(keys, vectors).cosines(query[0], found[0]),
    ]
    np.testing.assert_allclose(both[0], both[1], atol=2e-3)
    np.testing.assert_allclose(both[1], cosines[0], atol=2e-3)


@pytest.mark.parametrize("kind", [ExactIndex, FaissIndex.build])
def test_a_key_without_a_vector_has_cosine_zero(kind: type[ExactIndex]) -> None:
    keys = np.array([5, 9], np.int64)
    index = kind(keys, unit(2))
    cosines = index.cosines(unit(2)[1], np.array([9, 7, 100, 5], np.int64))
    assert cosines[0] == pytest.approx(1, abs=2e-3)
    assert cosines[1] == cosines[2] == 0


def test_an_index_reads_back_equal() -> None:
    index = FaissIndex.build(np.arange(50, dtype=np.int64) * 3, unit(50))
    again = FaissIndex.from_bytes(index.to_bytes())
    for left, right in zip(index.search(unit(4, seed=1), 10), again.search(unit(4, seed=1), 10), strict=True):
        np.testing.assert_array_equal(left, right)


def test_one_language_is_left_as_it_is() -> None:
    made = build(np.arange(10, dtype=np.int64), ["en"] * 10, unit(10))
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
def test_the_answer_in_another_language_is_nearer_than_the_rest_in_ones_own(counts: dict[str, int], k: int) -> None:
    groups, vectors, topics = two_languages(counts)
    made = build(np.arange(len(groups), dtype=np.int64), groups, vectors)
    last = len(groups) - 1  # an answer in the last language, asked for in the first
    offset = 3 * unit(len(counts), 32, seed=7)[0]
    asked = topics[last] + offset
    asked /= np.linalg.norm(asked)
    raw = FaissIndex.build(np.arange(len(groups), dtype=np.int64), vectors)
    assert last not in raw.search(asked[None, :], 5)[0][0]
    assert last in made.index.search(made.centred_query(asked, "why")[None, :], k)[0][0]


def test_a_lone_passage_of_a_language_keeps_a_direction() -> None:
    groups, vectors, _ = two_languages({"en": 20, "zh": 1})
    made = build(np.arange(21, dtype=np.int64), groups, vectors)
    assert made.index.cosines(made.centred_query(vectors[20], "问"), np.array([20]))[0] == pytest.approx(1, abs=2e-3)


def test_a_question_in_a_language_without_passages_is_centred_too() -> None:
    groups, vectors, _ = two_languages({"en": 20, "zh": 20})
    made = build(np.arange(40, dtype=np.int64), groups, vectors)
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
    tables.save_vectors(db, [key for key, _ in rows], texts, encoder.passages(texts), encoder.name)


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


@pytest.mark.parametrize("harm", ["missing", "damaged", "stale"])
def test_a_view_that_is_no_good_is_built_anew(tmp_path: pathlib.Path, harm: str) -> None:
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
    cosine = made.index.search(made.centred_query(encoder.queries(["T 剪枝去掉注意力头"])[0], "剪枝")[None, :], 1)[1]
    assert cosine[0, 0] > 0.9


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
