"""A definition is the best sentence there is, it stands where it says, and none is shown rather than a wrong one."""

import pathlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.definitions import MIN_SCORE, definitions
from kg.model import Definition, Passage
from kg.portraits import portraits
from tests.marked import passage

RYE = "[Rye] is a hardy cereal grain that grows in poor, sandy soil."
RYE_ZH = "[黑麦]是一种能在贫瘠的沙土里生长的耐寒谷物。"

GOOD = [
    RYE,
    RYE_ZH,
    "[Hydration] refers to the weight of the water divided by the weight of the flour.",
    "[含水量]是指水的重量与面粉的重量之比。",
    "- **[Crumb]**: a web of bubbles and walls that lies inside the crust.",
    "The slow heating of a loaf in a closed iron pot is called [pot baking].",
    "把面粉和水混合以后静置一段时间的做法称为[水解]。",
    "The aim of [folding] is to strengthen a wet dough without kneading.",
    "[RYE4], which stands for Rye of the Fourth Kind, is first and foremost a grain that grows in poor, sandy soil.",
    "The task of [sifting] is to keep the bran out of a fine white flour.",
    "The [Ash value] of a flour is the weight of the minerals that are left when it is burnt.",
    "The [RYE5] standard is a language for recipes that machines bake by.",
    "[Levain] is a “living” mixture of flour and water that makes a dough rise.",
    "[水合度]（hydration）是指，水的重量与面粉的重量之比。",
]
# Sentences with the same first words that say nothing, or nothing that can be understood alone.
BAD = [
    "[Rye] is a good choice for those of us who like it dark.",
    "[Rye] is one of the most popular grains in the world.",
    "[Rye] is a grain.",
    "[Rye] is a grain that we have shown above in this figure.",
    "[Rye] is a grain, but here that is not what matters for now:",
    "Is [rye] a hardy grain that grows in poor and sandy soil?",
    "[Rye] is a grain that costs 3 more than wheat, 7 less than spelt, and 12 on 4 days.",
    "[Rye] needs less water and less care than wheat does in most places.",
    "The [dough] is a mixture of 500 g of flour and 350 g of water as in the recipe above.",
    "[Rye]: a guide to the best bakeries of our town and what they charge you",
    "[Rye] is a | [grain] | that | grows | in poor and sandy soil.",
    "[Rye] provides our bakers with work for the whole of the year.",
    "[Rye] trains using the same muscles as wheat does, day and night.",
    "[Rye] allows slow baking without any of the trouble that wheat brings.",
    "[黑麦]是我们在上一节中介绍过的谷物。",
    "[黑麦]是里程碑式的东西，对后来的人影响很大。",
    "[黑麦]是最重要的谷物之一。",
    "[黑麦]是GB的简称，大家都这么叫。",
    "[黑麦]是一种谷物吗？",
    "如 所示，[黑麦]是一种在 中展示的谷物。",
]


def the(passages: list[Passage]) -> Definition:
    (found,) = definitions(passages)
    return found


@pytest.mark.parametrize("sentence", GOOD)
def test_a_sentence_that_defines_is_quoted(sentence: str) -> None:
    assert the([passage(sentence)]).score >= MIN_SCORE


@pytest.mark.parametrize("sentence", BAD)
def test_a_sentence_that_does_not_is_not(sentence: str) -> None:
    assert definitions([passage(sentence, topics=["rye", "黑麦", "dough"])]) == []


def test_the_quote_is_a_slice_of_the_document_without_its_list_mark() -> None:
    part = passage(f"Of grains.\n- {RYE}", start=40)
    said = the([part]).evidence
    document = " " * 40 + part.text
    assert said.quote == "Rye is a hardy cereal grain that grows in poor, sandy soil."
    assert document[said.start : said.end] == said.quote
    assert (said.chunk, said.url, said.lang) == (part.chunk, part.url, "en")


CLAUSES = {  # a sentence with what follows a semicolon, and what is quoted
    "[Rye] is a hardy grain of poor, sandy soil; it is far from being as good as wheat, but we like it, as you know.":
        "Rye is a hardy grain of poor, sandy soil",
    "[Rye] is a hardy grain that grows in poor, sandy soil; it is cut in July.":
        "Rye is a hardy grain that grows in poor, sandy soil; it is cut in July.",
}  # fmt: skip


@pytest.mark.parametrize(("sentence", "quote"), CLAUSES.items())
def test_a_clause_is_quoted_where_the_sentence_goes_on_about_something_else(sentence: str, quote: str) -> None:
    part = passage(sentence, start=40)
    said = the([part]).evidence
    assert said.quote == quote
    assert (" " * 40 + part.text)[said.start : said.end] == quote


def test_no_clause_is_cut_out_of_a_bracket() -> None:
    assert (
        definitions([passage("[Rye] is a grain of poor soil (a hardy one; as you know from our last figure above")])
        == []
    )


def test_one_definition_a_language() -> None:
    chinese = passage("[rye]是一种能在贫瘠的沙土里生长的耐寒谷物。", "https://b.example/2")
    found = definitions([passage(RYE), chinese])
    assert [(each.concept, each.evidence.lang) for each in found] == [("rye", "en"), ("rye", "zh")]


def test_the_page_about_it_is_asked_first_then_the_plainer_sentence_then_the_earlier_address() -> None:
    elsewhere, about = passage(RYE, "https://a.example/1"), passage(RYE, "https://b.example/2", topics=["rye"])
    assert the([elsewhere, about]).evidence.url == about.url
    does = passage("[Rye] provides bread with a dark colour and a sour taste.", "https://a.example/0")
    assert the([does, elsewhere]).evidence.url == elsewhere.url
    assert the([passage(RYE, "https://c.example/3"), elsewhere]).evidence.url == elsewhere.url


def test_where_things_are_introduced_counts() -> None:
    late, early = passage(RYE, "https://a.example/1", start=9000), passage(RYE, "https://b.example/2", start=0)
    assert the([late, early]).evidence.url == early.url


def test_the_one_at_hand_is_not_all_of_its_kind() -> None:
    text = "The [oven] is a steel box with two burners and a stone on its floor."
    assert definitions([passage(text)]) == []
    assert definitions([passage(text, topics=["oven"])]) != []


@given(st.randoms(use_true_random=False))
def test_the_order_of_passages_does_not_matter(chance: random.Random) -> None:
    pages = [
        passage(sentence, f"https://{site}.example/", topics=["rye"] if site == "b" else [])
        for sentence in (*GOOD, *BAD)
        for site in "abc"
    ]
    expected = portraits(pages, [])
    chance.shuffle(pages)
    assert portraits(pages, []) == expected
    assert expected[1] == definitions(pages) != []


GOLDEN = pathlib.Path(__file__).with_name("golden_definitions.tsv")


def test_golden_definitions() -> None:
    """Read a small library about cheese, a field that no word list knows, and compare with what a reader marked."""
    lines = GOLDEN.read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    pages = [
        passage(sentence, f"https://{nth:02}.example/", topics=topics.split(","))
        for nth, (_, topics, sentence) in enumerate(rows)
    ]
    chosen = {each.evidence.url for each in definitions(pages)}
    wanted = {f"https://{nth:02}.example/" for nth, (mark, _, _) in enumerate(rows) if mark == "+"}
    assert chosen == wanted
