import itertools
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.disagree import Disagreement, claims, disagreements
from kg.model import Passage
from tests.saying import passage

SEEDED = pathlib.Path(__file__).parent / "data" / "contradictions.tsv"
ROWS = [line.split("\t") for line in SEEDED.read_text("utf-8").splitlines() if not line.startswith("#")]


def sides(row: list[str]) -> tuple[Passage, Passage]:
    _, lang, marked, other_lang, other = row
    return (
        passage(marked, url="https://a.example/", lang=lang),
        passage(other, url="https://b.example/", lang=other_lang, start=1000),
    )


def found(row: list[str]) -> list[Disagreement]:
    pair = sides(row)
    every = list(claims(pair))
    concepts = sorted({place.concept for side in pair for place in side.places})
    return [each for concept in concepts for each in disagreements(every, [concept])]


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] == "differ"], ids=lambda row: f"{row[2]} / {row[4]}")
def test_what_differs_is_set_side_by_side(row: list[str]) -> None:
    pairs = found(row)
    assert pairs
    for pair, side in itertools.product(pairs, "ab"):
        claim = getattr(pair, side)
        text = sides(row)[side == "b"]
        evidence = claim.evidence
        assert text.text[evidence.start - text.start : evidence.end - text.start] == evidence.quote
        assert evidence.lang == text.lang


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] == "same"], ids=lambda row: f"{row[2]} / {row[4]}")
def test_what_does_not_differ_is_left_alone(row: list[str]) -> None:
    assert found(row) == []


EIGHT, SIXTEEN = "[Attention] uses 8 heads in each block.", "[Attention] uses 16 heads in each block."


def test_one_source_does_not_disagree_with_itself() -> None:
    assert disagreements(claims([passage(EIGHT), passage(SIXTEEN, start=100)]), ["attention"]) == []


def test_a_source_that_knows_both_numbers_does_not_disagree() -> None:
    both = passage(f"{EIGHT} In a larger model, [attention] uses 16 heads.", url="https://both.example/")
    assert disagreements(claims([passage(EIGHT), both]), ["attention"]) == []


def test_of_two_concepts_both_must_be_named() -> None:
    more = passage("In [BERT], [attention] uses 16 heads in each block.", url="https://b.example/")
    every = list(claims([passage("In [BERT], [attention] uses 8 heads."), more]))
    assert disagreements(every, ["attention", "bert"])
    assert disagreements(every, ["attention", "xlnet"]) == []


@settings(deadline=None)  # the first Chinese character loads a dictionary
@given(st.permutations([EIGHT, SIXTEEN, "[Attention] uses 4 heads in each block."]))
def test_the_order_of_passages_is_of_no_matter(texts: list[str]) -> None:
    every = {text: passage(text, url=f"https://{nth}.example/") for nth, text in enumerate(sorted(texts))}
    pairs = disagreements(claims(every[text] for text in texts), ["attention"])
    assert pairs == disagreements(claims(every[text] for text in sorted(texts)), ["attention"])
    assert len(pairs) == 3
