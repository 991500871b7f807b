"""Spellings fold to keys; acronyms find their long forms."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.names import is_acronym, key, long_form, words

SAME = [
    ("multi-head attention", "Multi-Head Attention", "multihead attention", "MULTI HEAD ATTENTION"),
    ("pre-training", "pretraining", "Pre Training"),
    ("GPT-2", "GPT2", "GPT 2", "ＧＰＴ－２"),
    ("word embedding", "word embeddings", "Word-Embeddings"),
    ("GAN", "GANs"),
    ("query", "queries"),
    ("matrix", "matrices"),
    ("batch", "batches"),
    ("loss", "losses"),
    ("mixture of experts", "mixtures of experts", "Mixture-of-Experts"),
    ("regularization", "regularisation"),
    ("naive Bayes", "naïve Bayes"),
    ("Transformer 模型", "Transformer模型", "transformer 模型"),
    ("注意力机制", "注意力機制"),
    ("编码器-解码器", "编码器－解码器", "编码器解码器"),
    ("k-means", "K-Means"),
]
APART = [
    ("batch norm", "layer norm"),
    ("batch normalization", "layer normalization"),
    ("encoder", "decoder"),
    ("encoder", "encoding"),
    ("precision", "accuracy"),
    ("precision", "recall"),
    ("GAN", "GNN"),
    ("CNN", "RNN"),
    ("BERT", "ALBERT"),
    ("BERT", "BART"),
    ("GPT-2", "GPT-3"),
    ("GPT-3", "GPT-3.5"),
    ("L1 regularization", "L2 regularization"),
    ("soft attention", "hard attention"),
    ("self-attention", "cross-attention"),
    ("language model", "language modeling"),
    ("生成模型", "判别模型"),
    ("编码器", "解码器"),
    ("精确率", "准确率"),
    ("过拟合", "欠拟合"),
    ("有监督学习", "无监督学习"),
    ("C", "C++"),
    ("C++", "C#"),
    ("bias", "bia"),
    ("means", "mean"),
    ("T5", "T 50"),
    ("version 1 2", "version 12"),
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[0])
def test_spellings_of_one_name_have_one_key(spellings: tuple[str, ...]) -> None:
    assert len({key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize("pair", APART, ids="/".join)
def test_near_misses_have_two_keys(pair: tuple[str, str]) -> None:
    assert key(pair[0]) != key(pair[1])


@given(st.text(max_size=40))
def test_a_key_never_raises_and_ignores_case_and_outer_space(text: str) -> None:
    assert key(text) == key(f"  {text}\n")


@given(
    st.lists(st.sampled_from(["deep", "neural", "head", "graph", "注意力", "GPT", "data-set"]), min_size=1, max_size=4)
)
def test_the_key_of_a_key_is_itself(parts: list[str]) -> None:
    folded = key(" ".join(parts))
    assert key(folded) == folded


@given(st.lists(st.sampled_from(["deep", "layer", "head", "graph"]), min_size=2, max_size=4))
def test_hyphens_and_spaces_are_one(parts: list[str]) -> None:
    glued = {key(first.join(parts)) for first in (" ", "-", "–", "")}
    assert len(glued) == 1


def test_words_are_split_at_hyphens_and_only_the_head_loses_its_plural() -> None:
    assert words("Systems of Multi-Head Networks") == ("system", "of", "multi", "head", "network")
    assert words("news networks series") == ("news", "networks", "series")


@pytest.mark.parametrize("surface", ["MHA", "BERT", "GANs", "BiLSTM", "GPT-2", "ReLU"])
def test_acronyms_are_known_by_their_shape(surface: str) -> None:
    assert is_acronym(surface)


@pytest.mark.parametrize("surface", ["Attention", "attention", "A", "New York", "注意力", "INTRODUCTIONS"])
def test_other_words_are_no_acronyms(surface: str) -> None:
    assert not is_acronym(surface)


@pytest.mark.parametrize(
    ("short", "before", "long"),
    [
        ("HMM", "we fit a hidden Markov model", "hidden Markov model"),  # the first example is the paper's own kind
        ("HTTP", "over the Hypertext Transfer Protocol", "Hypertext Transfer Protocol"),
        ("MHA", "It uses multi-head attention", "multi-head attention"),
        ("GANs", "we train generative adversarial networks", "generative adversarial networks"),
        ("BPE", "with byte pair encoding", "byte pair encoding"),
        ("NMF", "by non-negative matrix factorization", "non-negative matrix factorization"),
        ("SSI", "under Serializable Snapshot Isolation", "Serializable Snapshot Isolation"),
        ("TLD", "in the pseudo-top-level domain", "top-level domain"),
    ],
)
def test_the_long_form_before_an_acronym_is_found(short: str, before: str, long: str) -> None:
    start = long_form(short, before)
    assert start is not None
    assert before[start:] == long


@pytest.mark.parametrize(("short", "before"), [("XYZ", "no such letters here"), ("MHA", ""), ("AI", "attention")])
def test_where_no_long_form_stands_there_is_none(short: str, before: str) -> None:
    assert long_form(short, before) is None


def test_all_near_misses_stay_apart_across_the_whole_list() -> None:
    names = {name for pair in APART for name in pair}
    clashes = [(a, b) for a, b in itertools.combinations(sorted(names), 2) if key(a) == key(b)]
    assert clashes == []
