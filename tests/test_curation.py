"""curation.toml: read, applied, reported, undone."""

import pathlib

import pytest

from corpus.errors import BadInput
from kg.curation import Curation, Rule, read

GOOD = """
[[merge]]
names = ["weight sharing", "parameter tying"]

[[ban]]
name = "figure"

[[merge]]
names = ["束搜索", "beam search"]

[[rename]]
name = "MHA"
to = "multi-head attention"

[[kind]]
name = "SQuAD"
kind = "dataset"

[[split]]
names = ["precision", "accuracy"]
"""


def test_a_missing_file_holds_no_decisions(tmp_path: pathlib.Path) -> None:
    assert read(tmp_path / "curation.toml") == Curation()


def test_rules_are_read_in_the_order_of_the_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "curation.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read(path).rules == (
        Rule("merge", ("weight sharing", "parameter tying")),
        Rule("ban", ("figure",)),
        Rule("merge", ("束搜索", "beam search")),
        Rule("rename", ("MHA",), "multi-head attention"),
        Rule("kind", ("SQuAD",), "dataset"),
        Rule("split", ("precision", "accuracy")),
    )


def test_a_rule_says_what_it_does() -> None:
    assert str(Rule("rename", ("MHA",), "multi-head attention")) == "rename 'MHA' -> 'multi-head attention'"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[merge]\n", 1),
        ("\n\n[[marge]]\nnames = ['a b', 'c d']\n", 3),
        ("[[ban]]\nname = 'one'\n\n[[ban]]\nnam = 'two'\n", 4),
        ("[[merge]]\nnames = ['alone']\n", 1),
        ("[[merge]]\nnames = 'alone'\n", 1),
        ("[[ban]]\nname = 7\n", 1),
        ("[[ban]]\nname = '...'\n", 1),
        ("[[rename]]\nname = 'a b'\nto = ''\n", 1),
        ("[[kind]]\nname = 'a b'\n", 1),
        ("ban = 'figure'\n", 1),
        ("\n[ban]\nname = 'figure'\n", 2),
    ],
)
def test_a_bad_rule_is_refused_with_file_and_line(tmp_path: pathlib.Path, text: str, line: int) -> None:
    path = tmp_path / "curation.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=rf"curation\.toml:{line}: "):
        read(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "curation.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"curation\.toml"):
        read(path)
