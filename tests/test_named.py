"""Ideas that a text names: the longest spelling wins, and what stands between words is no matter."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.named import longest, stretches
from kg.names import key

KNOWN = {
    key(name) for name in ("attention", "multi-head attention", "剪枝", "蒸馏", "Bahdanau注意力", "C++", "GPT-2", "头")
}


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("why multi-head attention?", ["multi-head attention"]),
        ("Multi Head Attentions and attention", ["Multi Head Attentions", "attention"]),
        ("剪枝和蒸馏有什么区别", ["剪枝", "蒸馏"]),
        ("Bahdanau 注意力", ["Bahdanau 注意力"]),
        ("GPT2 in C++", ["GPT2", "C++"]),
        ("每个头", []),
        ("multi-head, attention", ["attention"]),
        ("", []),
    ],
)
def test_the_longest_names_are_found(text: str, due: list[str]) -> None:
    assert [text[start:end] for start, end in longest(stretches(text), KNOWN)] == due


@given(st.text(max_size=60))
def test_stretches_carry_their_key_and_names_do_not_overlap(text: str) -> None:
    found = stretches(text)
    assert all(found[start, end] == key(text[start:end]) for start, end in found)
    taken = longest(found, KNOWN)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(taken))
