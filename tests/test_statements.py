import pytest

from kg.statements import APPOSED, CALLED, DEFINES, DOES, IS_A, Statement, said, statements
from tests.marked import passage, unmarked

SAID = [  # how it says it, and what it says the thing is
    ("[Rye] is a hardy cereal grain that grows in poor soil.", IS_A, "hardy cereal grain"),
    ("A [sieve] (also called riddle) is a tool for sifting flour.", IS_A, "tool"),
    ("[Leaven], also known as sourdough starter, is a mixture of flour and water.", IS_A, "mixture"),
    ("In baking, [proofing] is one stage of the work.", IS_A, "stage"),
    ("The [MM] (maximum moisture) method is a way of wetting dough.", IS_A, "way"),
    ("The [banneton] is basically a basket in which dough rests.", IS_A, "basket"),
    ("[Spelt] is a kind of wheat with a husk.", IS_A, "wheat"),
    ("[Proofing] is a slow and cheap method of raising dough.", IS_A, "slow and cheap method"),
    ("[Rolls] are small loaves that one person eats.", IS_A, "small loaves"),
    ("[Autolyse] is resting method in which flour drinks water.", IS_A, "resting method"),
    ("2. **[Autolyse]** refers to the rest of flour and water before kneading.", DEFINES, "rest"),
    ("[Hydration] can be defined as the weight of the water divided by that of the flour.", DEFINES, "weight"),
    ("- [Crumb]: a web of bubbles inside the crust.", APPOSED, "web"),
    ("[Poolish], a wet pre-ferment from Poland, keeps for a day.", APPOSED, "wet pre-ferment"),
    ("The slow heating of a loaf in a closed iron pot is called [pot baking].", CALLED, ""),
    ("[Scoring] prevents the crust from tearing.", DOES, ""),
    ("[Steam] is used to keep the crust soft.", DOES, ""),
    ("The main idea of [folding] is to strengthen the dough without kneading it.", DOES, ""),
    ("[黑麦]是一种耐寒的谷物。", IS_A, "一种耐寒的谷物"),
    ("[面包刀]（bread knife）是切面包用的工具。", IS_A, "切面包用的工具"),
    ("本质上，[发酵]是一个产生气体的过程。", IS_A, "一个产生气体的过程"),
    ("[含水量]是指水的重量与面粉重量之比。", DEFINES, "水的重量与面粉重量之比"),
    ("所谓[水解]，就是让面粉在揉面之前先吸水。", DEFINES, "让面粉在揉面之前先吸水"),
    ("- [老面]：一种留到第二天的面团。", APPOSED, "一种留到第二天的面团"),
    ("把面粉和水混合后静置的做法称为[水解]。", CALLED, ""),
    ("[割包]用于控制面包开裂的位置。", DOES, ""),
    ("[折叠]的核心思想是不用揉就让面团有力。", DOES, ""),
    ("[蒸汽]是通过往烤箱里倒水产生的一团雾气。", DOES, ""),
]
NOT_SAID = [
    "The size of a [loaf] is a number that bakers know.",  # the subject is the size
    "If [rye] is a grain, so is wheat.",
    "Unlike wheat, [rye] is a grain that grows in poor soil.",
    "For example, [rye] is a grain that grows in poor soil.",
    "[Rye] is not a grain for everyone.",
    "[Rye] is hard to grow.",
    "[Rye] is called riddle bread in the north.",
    "[Rye] and wheat are grains that grow here.",
    "This is called [pot baking].",
    "The [bakery] process has been compared with others.",  # a noun, not what bakeries do
    "We think that [rye] is a grain.",
    "面包的[硬度]不是一个数。",
    "如果[黑麦]是一种谷物，那么小麦也是。",
    "[黑麦]是很难种的。",
    "[面包]是在2017年出现的。",
    "[黑麦]是什么样的谷物？",
    "[黑麦]是否是一种谷物，众说纷纭。",
    "这个过程称为[水解]。",
    "[面粉]指出了问题。",
]


def told(marked: str) -> Statement | None:
    text, ((start, end),) = unmarked(marked)
    return said(text, start, end, passage(marked).lang)


@pytest.mark.parametrize(("sentence", "way", "genus"), SAID)
def test_a_sentence_says_what_the_name_that_opens_it_is(sentence: str, way: str, genus: str) -> None:
    statement = told(sentence)
    assert statement is not None
    assert (statement.way, statement.genus) == (way, genus)


@pytest.mark.parametrize("sentence", NOT_SAID)
def test_what_is_said_of_something_else_is_not_taken(sentence: str) -> None:
    assert told(sentence) is None


def test_an_article_and_words_before_the_name_are_noted() -> None:
    the, led = told("The [crumb] is a web of bubbles."), told("In baking, [crumb] is a web of bubbles.")
    assert the is not None
    assert led is not None
    assert (the.is_definite, the.is_led, led.is_definite, led.is_led) == (True, False, False, True)


def test_what_sets_it_apart_stands_beside_the_genus() -> None:
    statement = told("[Rye] is a grain that grows in poor soil.")
    assert statement is not None
    assert statement.rest == " that grows in poor soil."


def test_patterns_are_of_the_passages_language_and_other_languages_have_none() -> None:
    text = "[Rye] is a grain that grows in poor soil."
    assert list(statements(passage(text, lang="fr"))) == list(statements(passage(text, lang="zh"))) == []


def test_only_names_that_open_their_sentence_are_told_of() -> None:
    part = passage("[Rye] is a grain that is no [wheat]. A [sieve] is a tool. The [crust] was dark.")
    assert [(place.concept, statement.genus) for place, statement in statements(part)] == [
        ("rye", "grain"),
        ("sieve", "tool"),
    ]


def test_a_table_run_together_says_nothing_and_is_read_at_once() -> None:
    for unit in ("[Rye] is a grain that grows, ", "The [rye] is called ", "[黑麦]是一种谷物，", "把它称为[黑麦]"):
        assert list(statements(passage(unit * 5_000))) == []
