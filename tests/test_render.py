"""Answers as lines: what is cut fits, and nothing of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from service.answers import HitRow, Why
from service.render import MARK, hits, piped, wrapped

SIGNS = st.lists(
    st.sampled_from(["注意力", "BERT", " ", "，", "。", "（", "word", "https://a.example/" + "x" * 40, "😀"])
)


@given(st.one_of(SIGNS.map("".join), st.text(st.characters(categories=["L", "N", "P"]))), st.integers(10, 60))
def test_a_line_is_cut_to_its_width_and_keeps_its_words(text: str, width: int) -> None:
    lines = [line.plain for line in wrapped(Text(text), width)]
    assert "".join("".join(lines).split()) == "".join(text.split())
    # a closing sign stays with what it closes
    assert all(cell_len(line.rstrip("，。")) <= width for line in lines)


def test_chinese_fills_the_line() -> None:
    lines = [line.plain for line in wrapped(Text("用 BERT 之后的模型可以关注句子的不同部分，因此更好。"), 20)]
    assert lines == ["用 BERT 之后的模型可", "以关注句子的不同部", "分，因此更好。"]


def test_a_mark_keeps_its_style_where_it_is_cut() -> None:
    text = Text("one two three four")
    text.stylize(MARK, 4, 13)
    assert [[line.plain[span.start : span.end] for span in line.spans] for line in wrapped(text, 8)] == [
        ["two"],
        ["three"],
        [],
    ]


def row(text: str, marks: tuple[tuple[int, int], ...]) -> HitRow:
    return HitRow(
        "abcdef0123456789", "https://a.example/", "", "T", "", "2020-01-02", "", (), ("T", "H"), "en", text, 0,
        len(text), marks, 1.0, Why(1, None, ()),
    )  # fmt: skip


WORDS = "word " * 18  # what is kept around a mark
MANY = "word " * 60


@pytest.mark.parametrize(
    ("text", "marks", "due"),
    [
        ("H\n\nOne thing. Another.", ((3, 13),), "**One thing.** Another."),
        ("One thing. Another.", (), "One thing. Another."),
        (f"{MANY}This matters. {MANY}", ((300, 313),), f"… {WORDS}**This matters.** {WORDS}…"),
        (f"A first. {MANY}The last.", ((0, 8), (309, 318)), f"**A first.** {WORDS}… {WORDS}**The last.**"),
    ],
)
def test_a_hit_shows_what_stands_around_its_marks(text: str, marks: tuple[tuple[int, int], ...], due: str) -> None:
    lines = [piped(line) for _, line in hits([row(text, marks)])]
    assert lines[:4] == ["1. T › H  [en, 2020-01-02]", "https://a.example/", due, "abcdef01 · by meaning #1"]
