import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import NotFound
from kg.model import Concept
from kg.names import key
from kg.resolve import Spelt, close, understand


def concept(*names: str) -> Concept:
    label_zh = next((name for name in names if not name.isascii()), "")
    keys = frozenset(map(key, names))
    return Concept(key(names[0]), names[0], names[0], label_zh, names, keys, "", 1, 1, 1.0)


KNOWN = [
    concept("multi-head attention", "多头注意力", "MHA"),
    concept("attention mechanism", "注意力", "attention"),
    concept("attention head", "head"),
    concept("knowledge distillation", "知识蒸馏", "蒸馏", "distillation"),
    concept("pruning", "剪枝"),
    concept("XLNet"),
    concept("positional encoding", "位置编码"),
    concept("write-ahead log", "WAL"),
]
NAMES = Spelt(KNOWN)


def named(text: str) -> list[str]:
    return [KNOWN[named.place].name for named in understand(text, NAMES).named]


def near(text: str) -> list[str]:
    return [KNOWN[place].name for place in close([text], NAMES)[0]]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("剪枝和蒸馏", ["pruning", "knowledge distillation"]),
        ("how does pruning relate to distillation?", ["pruning", "knowledge distillation"]),
        ("什么是位置编码", ["positional encoding"]),
        ("什么是多头注意力", ["multi-head attention"]),
        ("Multi Head Attentions", ["multi-head attention"]),
        ("writeaheadlog", ["write-ahead log"]),
        ("XLNet的剪枝", ["XLNet", "pruning"]),
        ("XLNet-based pruning, and more pruning", ["XLNet", "pruning"]),
        ("attention", ["attention mechanism"]),
        ("one-head pruning", ["pruning"]),
    ],
)
def test_a_text_names_what_stands_in_it_the_longest_names_first(text: str, due: list[str]) -> None:
    assert named(text) == due


@given(st.sampled_from(KNOWN), st.data())
def test_any_name_or_id_of_a_concept_names_it(one: Concept, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([one.id, one.name, *one.aliases, one.name.upper(), f"  {one.name} "]))
    assert named(text) == [one.name]


@given(st.text())
def test_no_text_does_harm(text: str) -> None:
    try:
        understood = understand(text, NAMES)
    except NotFound:
        return
    assert understood.named
    assert len({named.place for named in understood.named}) == len(understood.named)


def test_of_two_with_one_name_the_better_has_it() -> None:
    other = dataclasses.replace(concept("cutting", "剪枝"), id="cutting")
    assert understand("剪枝", Spelt([other, *KNOWN])).named[0].place == 0


@pytest.mark.parametrize(
    "text", ["mulit-head atention", "multi-haed attention", "sourdough bread", "面包", "", "?!", "和"]
)
def test_what_names_nothing_is_told(text: str) -> None:
    with pytest.raises(NotFound):
        understand(text, NAMES)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("mulit-head atention", "multi-head attention"),
        ("multi-haed attention", "multi-head attention"),
        ("knowlege destillation", "knowledge distillation"),
        ("多头住意力", "multi-head attention"),
        ("位置编吗", "positional encoding"),
        ("XLnett", "XLNet"),
        ("encoding", "positional encoding"),
    ],
)
def test_what_was_meant_comes_first_in_either_language(text: str, due: str) -> None:
    assert near(text)[0] == due


def test_nothing_is_near_to_what_is_far() -> None:
    assert near("sourdough") == near("") == near("?") == []
    assert close([], NAMES) == []


def test_a_misspelt_part_is_told_beside_what_was_understood() -> None:
    understood = understand("atention and pruning", NAMES)
    assert [named.text for named in understood.named] == ["pruning"]
    assert [(word, KNOWN[places[0]].name) for word, places in understood.unknown.items()] == [
        ("atention", "attention mechanism")
    ]
    assert understand("what is pruning", NAMES).unknown == {}
