import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Passage
from kg.order import MOST, Reading, Step, best_order, ordered, reading, references, substantial
from tests.saying import passage

NEAR = {"yeast": 1.0, "dough": 0.8, "oven": 0.6}


def page(name: str, *parts: str, headed: str = "", titled: str = "") -> list[Passage]:
    return [
        passage(part, url=f"https://{name}.example/", start=1000 * nth, headed=headed, titled=titled)
        for nth, part in enumerate(parts)
    ]


BASICS = page("z-basics", "[Yeast] is a fungus that makes things rise.", "[Yeast] likes warmth. [Yeast] hates [salt].")
KNEADING = page(
    "m-kneading",
    "[Dough] is a mixture of flour and water. [Yeast] comes in.",
    "Knead the [dough]. [Yeast] works. [Yeast] again. More [yeast], and still more [yeast].",
)
BAKING = page(
    "a-baking",
    "The [oven] is hot, the [dough] rose by [yeast].",
    "[Dough] with [yeast] goes into the [oven], [dough] first. The [yeast] stops.",
    "Is the [dough] ready? The [yeast] stops, and [dough] and [yeast] are bread.",
)
PAGES = [BASICS, KNEADING, BAKING]


def order(pages: list[list[Passage]], concept: str = "yeast") -> list[str]:
    return [step.reading.url for step in steps(pages, concept)]


def steps(pages: list[list[Passage]], concept: str = "yeast") -> list[Step]:
    substance = substantial(itertools.chain.from_iterable(pages), concept)
    kept = [page for page in pages if page[0].url in substance]
    readings = [reading(page, substance[page[0].url], NEAR) for page in kept]
    return ordered(readings, NEAR, references(kept, NEAR), concept)


def test_who_introduces_comes_before_who_presupposes() -> None:
    assert order(PAGES) == ["https://z-basics.example/", "https://m-kneading.example/", "https://a-baking.example/"]


def test_each_tells_what_it_adds_and_what_it_builds_on() -> None:
    first, second, third = steps(PAGES)
    assert first.adds == ("yeast",)
    assert dict(first.prepares)["yeast"] == 2
    assert second.adds == ("dough",)
    assert ("yeast", 0) in second.builds_on
    assert set(third.builds_on) >= {("yeast", 0), ("dough", 1)}
    for step in (first, second, third):
        for stance in step.reading.stances.values():
            assert stance.evidence.quote


@settings(deadline=None)
@given(st.permutations(PAGES))
def test_the_order_of_sources_is_of_no_matter(pages: list[list[Passage]]) -> None:
    assert steps(pages) == steps(PAGES)


def test_a_passing_mention_is_not_worth_reading() -> None:
    passing = page("passing", "We bought [yeast] and salt.", "Then more [yeast] was bought.")
    assert order([*PAGES, passing]) == order(PAGES)
    dwelling = page("dwelling", *["We bought [yeast] there."] * 5)
    assert "https://dwelling.example/" in order([*PAGES, dwelling])


def test_what_parts_refer_to_is_the_prerequisite() -> None:
    about_oven = page("oven", *["This [oven] bakes [dough] and [yeast]."] * 3, headed="oven")
    about_dough = page("dough", *["This [dough] rests with [yeast]."] * 3, headed="dough")
    refers = references([about_oven, about_dough], NEAR)
    assert refers["oven", "dough"] == 1.0
    assert ("dough", "oven") not in refers


def test_what_a_title_names_and_another_speaks_of_comes_first() -> None:
    dough = page("x-dough", *["It rests for a while, [yeast] in it."] * 5, titled="dough")
    oven = page("b-oven", *["The [dough] goes in with [yeast]."] * 5, titled="oven")
    assert order([oven, dough]) == ["https://x-dough.example/", "https://b-oven.example/"]


def test_where_nothing_tells_the_sources_apart_it_says_so() -> None:
    same = "[Yeast] is a fungus that makes things rise. Some [yeast] is left."
    first, second = steps([page("a", same), page("b", same)])
    assert first.certain
    assert not second.certain


@given(st.integers(1, 6), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_no_order_has_a_larger_sum(size: int, chance: random.Random) -> None:
    gains = [[chance.uniform(-1, 1) for _ in range(size)] for _ in range(size)]

    def total(order: tuple[int, ...] | list[int]) -> float:
        return sum(gains[i][j] for i, j in itertools.combinations(order, 2))

    best = max(total(order) for order in itertools.permutations(range(size)))
    assert total(best_order(gains)) == pytest.approx(best)


def test_no_more_are_ordered_than_can_be() -> None:
    pages = [page(f"p{nth}", *["[Yeast] is a fungus here. More [yeast]."] * (1 + nth % 3)) for nth in range(MOST + 3)]
    assert len(order(pages)) == MOST


def test_a_reading_knows_its_language_and_titles() -> None:
    found = reading(page("a", "[Yeast] here.", titled="dough"), 1.0, NEAR)
    assert isinstance(found, Reading)
    assert (found.lang, found.titled, found.named) == ("en", frozenset({"dough"}), {"yeast": 1})
