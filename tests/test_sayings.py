"""Where a text says in words that two names are one, and where it only seems to."""

import pytest
from hypothesis import given, settings

from kg.mentions import mentions
from kg.names import key
from tests.test_mentions import MIXED, chunk


def said(text: str) -> set[tuple[str, str]]:
    return {(gloss.left, gloss.right) for gloss in mentions(chunk(text)).glosses}


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("Wild yeast, also known as natural yeast, is slow.", "wild yeast", "natural yeast"),
        ("We feed the wild yeast (also called natural yeast) daily.", "wild yeast", "natural yeast"),
        ("The sourdough starter, which is also called levain culture, grows.", "sourdough starter", "levain culture"),
        ("Wild yeast, aka natural yeast, is slow.", "wild yeast", "natural yeast"),
        ("Block storage is also called volume storage.", "block storage", "volume storage"),
        ("预写日志，又称事务日志，很重要。", "预写日志", "事务日志"),
        ("预写日志（也叫事务日志）很重要。", "预写日志", "事务日志"),
        ("注意力评分函数（scoring function），简称评分函数。", "注意力评分函数", "评分函数"),
        ("BERT, short for Bidirectional Encoder Representations from Transformers, is old.",
         "Bidirectional Encoder Representations from Transformers", "BERT"),
        ("WAL stands for write-ahead log.", "write-ahead log", "WAL"),
        ("WAL的全称是write-ahead log。", "write-ahead log", "WAL"),
        ("MVCC是“multi-version concurrency control”的缩写。", "multi-version concurrency control", "MVCC"),
    ],
)  # fmt: skip
def test_names_that_a_text_calls_one(text: str, one: str, other: str) -> None:
    assert (key(one), key(other)) in said(text)
    assert {key(one)} <= {mention.key for mention in mentions(chunk(text)).mentions}


@pytest.mark.parametrize(
    "text",
    [
        "The retraining that follows bread pruning is often referred to as fine tuning.",
        "He said the bread pruning is also called fine tuning.",  # its subject may be longer than its last words
        "Wild yeast is called for. Natural yeast is not.",
        "WAL stands for nothing in particular.",
        "野生酵母称重以后，天然酵母也称重。",
    ],
)
def test_what_only_looks_like_it(text: str) -> None:
    assert said(text) == set()


def test_a_long_form_begins_with_no_function_word() -> None:
    assert ("wevetrained", "wv") not in said("Here we've trained (WV) the model.")


@settings(max_examples=100, deadline=None)
@given(MIXED)
def test_whatever_is_said_has_two_names_inside_the_text(text: str) -> None:
    for gloss in mentions(chunk(f"{text}, also known as wild yeast, 又称{text}")).glosses:
        assert gloss.left
        assert gloss.right
        assert gloss.left != gloss.right
