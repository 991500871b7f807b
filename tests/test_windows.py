"""Windows: whole sentences, nothing left out but headings, and the passage is their mean."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.windows import encoded, inputs, windows
from tests.hashing_encoder import HashingEncoder


@given(text=st.text(min_size=1))
def test_windows_are_in_order_and_hold_all_but_white_space(text: str) -> None:
    places = windows(text, ())
    assert all(start < end for start, end in places)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(places))
    assert (
        "".join("".join(text[start:end].split()) for start, end in places) == "".join(text.split()) or not text.strip()
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "Each head looks at another part of the sentence and tells what it has seen.",
        "每个注意力头关注句子的不同部分，再把结果拼接起来。",
    ],
)
def test_short_sentences_share_a_window_and_long_ones_do_not(sentence: str) -> None:
    short, long = "It is so. ", sentence + " "
    assert len(windows(short * 4, ())) == 1
    assert len(windows(long * 8, ())) in (4, 5, 6, 8)
    assert all(
        (long * 8)[start:end].count(sentence) * len(sentence) <= end - start for start, end in windows(long * 8, ())
    )


def test_a_sentence_is_never_cut() -> None:
    long = "a word and " * 100 + "an end."
    assert windows(f"Before it. {long} Behind it.", ())[-2][1] >= len(long)
    assert inputs("", (), long) == ("", long)


@pytest.mark.parametrize(
    ("title", "heading", "due"),
    [("T", (), "T"), ("T", ("A", "B"), "A > B"), ("T", ("T", "B"), "B"), ("T", ("T",), "T"), ("", (), "")],
)
def test_a_passage_is_called_by_its_headings_or_else_by_its_title(
    title: str, heading: tuple[str, ...], due: str
) -> None:
    assert inputs(title, heading, "Some text.") == (due, "Some text.")


def test_a_heading_is_no_window_unless_there_is_nothing_else() -> None:
    assert inputs("T", ("A", "B"), "B\n\nSome text.") == ("A > B", "Some text.")
    assert inputs("T", ("A",), "A") == ("A", "A")


def test_a_passages_vector_is_the_mean_of_its_windows_by_length_and_a_bit_of_its_name() -> None:
    encoder = HashingEncoder()
    ((own, *read), (alone, _)) = encoded(encoder, [("name", "one", "fourteen signs"), ("", "one")])
    name, one, two = encoder.queries(["name", "one", "fourteen signs"])
    mean = (3 * one + 14 * two) / 17 + 0.2 * name
    assert np.allclose(own, mean / np.linalg.norm(mean), atol=1e-6)
    assert np.array_equal(read, [one, two])
    assert np.allclose(alone, one, atol=1e-6)
    assert encoder.seen.count("one") == 1
    assert encoded(encoder, []) == []
