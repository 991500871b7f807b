"""A tally counts what one source says, whatever the order of its passages, and a library is the sum of them."""

import dataclasses
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.evidence import key_hash
from kg.pattern import TYPES
from kg.relations import count
from kg.tally import LISTING, PLACE, Known, Tally, tally
from tests.test_relations import FILLER, SENTENCES, passage

URL = "https://a.example/1"


def same(one: Tally, other: Tally) -> bool:
    return all(
        np.array_equal(mine, its) if isinstance(mine, np.ndarray) else mine == its
        for mine, its in ((getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(Tally))
    )


def pairs(said: Tally) -> dict[tuple[str, str], int]:
    return {(said.concepts[row["a"]], said.concepts[row["b"]]): int(row["windows"]) for row in said.pairs}


def test_two_in_one_sentence_share_three_windows_neighbours_two_and_one_apart_one() -> None:
    for between, shared in (([], 2), ([FILLER], 1), ([FILLER, FILLER], 0)):
        said = tally(URL, [passage(URL, "A moss.", *between, "A fern.")])
        assert pairs(said) == ({("fern", "moss"): shared} if shared else {})
    assert pairs(tally(URL, [passage(URL, "A moss and a fern.")])) == {("fern", "moss"): 3}
    assert tally(URL, [passage(URL, "A moss.", FILLER)]).windows == 4


def test_a_title_shares_three_windows_with_each_concept_and_quotes_nothing() -> None:
    page = dataclasses.replace(passage(URL, "A moss."), topics=frozenset({"fern"}))
    said = tally(URL, [page])
    assert pairs(said) == {("fern", "moss"): 3}
    assert (said.windows, said.single.tolist()) == (6, [3, 6])
    assert len(said.quotes) == 0
    assert said.pairs["said"].tolist() == said.pairs["quotes"].tolist() == [0]


def test_places_are_kept_though_their_sentence_only_lists() -> None:
    text = " ".join(f"thing{i:02}" for i in range(LISTING + 1))
    listed = passage(URL, text)
    places = tuple(
        dataclasses.replace(passage(URL, "moss").places[0], concept=f"thing{i:02}", start=8 * i, end=8 * i + 7)
        for i in range(LISTING + 1)
    )
    said = tally(URL, [dataclasses.replace(listed, places=places)])
    assert len(said.places) == LISTING + 1
    assert said.places.dtype == PLACE
    assert len(said.pairs) == 0


def test_a_source_keeps_its_two_best_quotes_of_a_pair_and_the_best_of_each_type() -> None:
    lines = (
        "The moss is a kind of fern.", "Some old moss is a kind of fern.", "This moss, the fern and",
        "Under a stone of some age the moss meets the fern.",
    )  # fmt: skip
    said = tally(URL, [passage(URL, line, start=100 * nth) for nth, line in enumerate(lines)])
    assert sorted(TYPES[kind] for kind in said.quotes["type"].tolist()) == ["is-a", "related", "related"]
    assert said.pairs["quotes"].tolist() == [3]
    assert [row["start"] for row in said.quotes if not row["type"]] == [300, 100], "best first"


@pytest.mark.parametrize(
    "worse",
    [
        "I myself once put the moss beside the fern!",  # of the writer
        "Where does the moss of this garden meet the fern?",
        "Nothing in all this garden is older than moss and fern.",  # it lists them
        "3.2.1 The moss of this garden beside the fern.",
        "The moss of this garden and the fern3.2.4. Stones.",  # a table of contents
    ],
)
def test_what_is_said_of_the_two_is_quoted_before_what_only_names_them(worse: str) -> None:
    good = "Of all the things in this old garden moss needs, it needs the fern."
    said = tally(URL, [passage(URL, worse), passage(URL, good, start=100)])
    assert [row["start"] for row in said.quotes] == [100, 0]


def test_a_list_that_is_the_subject_says_something_of_both() -> None:
    listed = passage(URL, "The moss and fern need the shade of this garden.")
    said = tally(URL, [listed, passage(URL, "Below the stones of this old garden the moss meets a fern.", start=100)])
    assert [row["start"] for row in said.quotes] == [0, 100]


@settings(max_examples=60, deadline=None)
@given(pages=st.lists(SENTENCES, min_size=1, max_size=5), chance=st.randoms(use_true_random=False))
def test_the_order_of_passages_leaves_no_trace(pages: list[list[str]], chance: random.Random) -> None:
    parts = [passage(URL, *page, start=1000 * nth) for nth, page in enumerate(pages)]
    shuffled = chance.sample(parts, len(parts))
    assert same(tally(URL, parts), tally(URL, shuffled))


@settings(max_examples=60, deadline=None)
@given(pages=st.lists(SENTENCES, min_size=1, max_size=6), chance=st.randoms(use_true_random=False))
def test_a_library_is_the_sum_of_its_sources_in_any_order(pages: list[list[str]], chance: random.Random) -> None:
    tallies = [tally(f"{URL}{nth}", [passage(f"{URL}{nth}", *page)]) for nth, page in enumerate(pages)]
    names = sorted({name for each in tallies for name in each.concepts})
    whole, shuffled = count(tallies, names), count(chance.sample(tallies, len(tallies)), names)
    assert whole.windows == sum(each.windows for each in tallies)
    due: dict[tuple[str, str], int] = {}
    for each in tallies:
        for pair, shared in pairs(each).items():
            due[pair] = due.get(pair, 0) + shared
    ends = [divmod(pair, len(names)) for pair in whole.pairs.tolist()]
    assert {(names[a], names[b]): n for (a, b), n in zip(ends, whole.both.tolist(), strict=True)} == due
    for field in dataclasses.fields(whole):
        assert np.array_equal(getattr(whole, field.name), getattr(shuffled, field.name)), field.name


def test_the_digest_of_a_pair_changes_with_its_quotes_alone() -> None:
    plain = tally(URL, [passage(URL, "A moss and a fern.", FILLER, FILLER, FILLER, "A bog.")])
    more = tally(URL, [passage(URL, "A moss and a fern.", FILLER, FILLER, FILLER, "A bog, a bog.")])
    other = tally(URL, [passage(URL, "The moss and the fern.", FILLER, FILLER, FILLER, "A bog.")])
    assert plain.pairs["said"].tolist() != other.pairs["said"].tolist()
    moved = tally(URL, [dataclasses.replace(passage(URL, "A moss and a fern."), start=7)])
    assert plain.pairs["said"].tolist() != moved.pairs["said"].tolist()
    # the passage's name is its text's, so that another passage is another quote; here it has the same name
    assert plain.pairs["said"].tolist() == more.pairs["said"].tolist()


def test_only_what_a_source_names_changes_its_digest() -> None:
    keys = np.array(sorted(map(key_hash, ("moss", "fern"))), np.uint64)
    before = Known({"moss": "moss", "bog": "bog"}).digest(keys)
    assert Known({"moss": "moss", "bog": "marsh", "sea": "sea"}).digest(keys) == before
    assert Known({"moss": "lichen", "bog": "bog"}).digest(keys) != before
    assert Known({"moss": "moss", "fern": "fern"}).digest(keys) != before
    assert Known({}).digest(keys) != before
