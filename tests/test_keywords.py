"""Words: what goes in is found by what a person types; no question breaks the index."""

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.spelling import fold
from index.keywords import TOKENIZER, either, matched, phrase_pattern, phrase_query, query_words, words


def found(passage: str, query: str) -> bool:
    match = either(query_words(query))
    return bool(match) and matches(passage, match)


def matches(passage: str, match: str) -> bool:
    db = sqlite3.connect(":memory:")
    db.execute(f'create virtual table k using fts5 (text, tokenize = "{TOKENIZER}")')
    db.execute("insert into k values (?)", (" ".join(words(passage)),))
    hit = db.execute("select 1 from k where k match ?", (match,)).fetchone() is not None
    db.close()
    return hit


@given(st.text())
@example('" OR NOT * ( ^:x NEAR(a b) -col:')
@example("a\x00b")
@example("'; drop table k; --")
@example("\ud800")
def test_any_question_is_a_query_that_sqlite_takes(query: str) -> None:
    if query.isprintable() or "\ud800" not in query:
        found("a passage", query)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_what_a_question_asks_stands_in_the_same_passage(text: str) -> None:
    assert set(query_words(text)) <= set(words(text))


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_no_word_holds_a_space_or_a_quotation_mark(text: str) -> None:
    assert not [word for word in words(text) if not word or '"' in word or word.split() != [word]]


@pytest.mark.parametrize(
    ("passage", "query"),
    [
        ("set config.axial_pos_shape to (32, 64)", "config.axial_pos_shape"),
        ("set config.axial_pos_shape to (32, 64)", "axial_pos_shape"),
        ("set config.axial_pos_shape to (32, 64)", "axial"),
        ("the FAVOR+ estimator", "favor+"),
        ("the FAVOR+ estimator", "FAVOR"),
        ("the size d_k of a key", "d_k"),
        ("the size \\(d_{k}\\) of a key", "d_k"),
        ("divide by \\(\\sqrt{d_k}\\)", "sqrt(d_k)"),
        ("divide by sqrt(d_k)", "\\sqrt{d_{k}}"),
        ("call prune_low_magnitude(model)", "prune_low_magnitude"),
        ("an ON-LSTM cell", "onlstm"),
        ("scores on STS-B", "STSB"),
        ("a multi-head layer", "multihead"),
        ("a multihead layer", "multi-head"),
        ("the LayerNorm module", "layer norm"),
        ("attention heads", "Head"),
        ("ＢＥＲＴ模型", "bert"),
        ("a naïve Bayes", "naive"),
        ("用剪枝压缩模型", "剪枝"),
        ("用剪枝压缩模型", "剪"),
        ("注意力機制", "注意力机制"),
        ("注意力机制", "注意力機制"),
        ("写在C++里", "C++"),
        ("version 1.5.2", "1.5.2"),
    ],
)
def test_is_found(passage: str, query: str) -> None:
    assert found(passage, query)


@pytest.mark.parametrize(
    ("passage", "query"),
    [("a favour", "FAVOR+"), ("枝剪", "剪枝"), ("version 152", "1.5.2"), ("the C language", "C++ templates")],
)
def test_is_not_found(passage: str, query: str) -> None:
    assert not found(passage, query)


def test_words_that_only_ask_are_left_out() -> None:
    assert query_words("why does the model use several heads?") == ["model", "use", "sever", "head"]
    assert query_words("剪枝是什么") == ["剪枝"]


def test_a_question_of_nothing_but_such_words_asks_for_them() -> None:
    assert query_words("to be or not to be") == ["not"]
    assert query_words("what is it") == ["what", "is", "it"]


def test_matched_words_read_as_the_question_wrote_them() -> None:
    passage = frozenset(words("每个头的注意力不同. Multi-head layers are pruned."))
    assert matched("Pruning of multi-head 注意力机制", passage) == ("Pruning", "multi-head", "注意力")


def test_what_only_asks_is_no_word_that_matched() -> None:
    passage = frozenset(words("要用多头注意力，用户才满意。"))
    for asks in ("为什么要用", "为什么用", "为何需要使用", "为什么"):
        assert matched(f"{asks}多头注意力", passage) == ("多头注意力",)
    assert matched("为什么用户满意", passage) == ("用户满意",)


def says(passage: str, phrase: str) -> bool:
    return phrase_pattern(phrase).search(fold(passage)) is not None


@pytest.mark.parametrize(
    ("phrase", "passage"),
    [
        ("multi-head attention", "Multi-Head  Attention."),
        ("multi head attention", "a multi-head\nattention"),
        ("attention", "self-attention, and so on"),
        ("多头注意力", "这是多頭注意力机制"),
        ("多头 注意力", "多头注意力"),
        ("BERT模型", "用 BERT 模型"),
        ("BERT 模型", "BERT模型"),
        ("模型BERT", "预训练模型Bert"),
        ("ＢＥＲＴ", "bert"),
        ("LayerNorm", "layernorm"),
        ("layernorm", "a LayerNorm layer"),
        ("softmax(QK", "softmax(QK)"),
        ("d_k", "sqrt(d_k)"),
        ("2.0", "version 2.0 is"),
        ("can't", "one can't say"),
        ("C++", "written in C++."),
        ("head", "𠀀head"),
    ],
)
def test_a_phrase_is_found_as_written(phrase: str, passage: str) -> None:
    assert says(passage, phrase)
    assert candidate(passage, phrase)


@pytest.mark.parametrize(
    ("phrase", "passage"),
    [
        ("attention head", "attention heads"),
        ("head attention", "attention head"),
        ("head", "multihead"),
        ("多头注意力", "多头，注意力"),
        ("注意力多头", "多头注意力"),
        ("2.0", "12.05"),
        ("multi-head", "multihead"),
    ],
)
def test_a_phrase_is_not_found_where_it_is_not_written(phrase: str, passage: str) -> None:
    assert not says(passage, phrase)


PARTS = ("多头", "注意力", "attention", "Layer", "Norm", "2.0", "-", " ", "，", "'s", "_", "é")


@given(st.lists(st.sampled_from(PARTS)), st.data())
def test_whatever_says_a_phrase_is_a_candidate_for_it(pieces: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(pieces)))
    end = data.draw(st.integers(start, len(pieces)))
    phrase, passage = "".join(pieces[start:end]), "".join(pieces)
    if phrase_query(phrase) and says(passage, phrase):
        assert candidate(passage, phrase)


@given(st.text(), st.text())
def test_any_phrase_can_be_looked_for(passage: str, phrase: str) -> None:
    says(passage, phrase)
    candidate(passage, phrase)


def candidate(passage: str, phrase: str) -> bool:
    return not (match := phrase_query(phrase)) or matches(passage, match)
