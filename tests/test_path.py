import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings

from corpus.errors import NotFound
from kg.path import MAX_HOPS, Hop, NoPath, between, middle, path
from kg.web import Web
from tests.graphs import concept, relation, web, webs
from tests.plain_graph import Plain


def way(asked: Web, a: str, b: str) -> list[Hop]:
    found = path(asked, a, b)
    assert isinstance(found, list)
    return found


def none(asked: Web, a: str, b: str) -> NoPath:
    found = path(asked, a, b)
    assert isinstance(found, NoPath)
    return found


def test_a_path_takes_the_strongest_evidence() -> None:
    links = [
        relation("a", "m", weight=3),
        relation("m", "z", weight=3),
        relation("a", "n"),
        relation("n", "z", weight=0.1),
    ]
    hops = way(web(*links), "a", "z")
    assert [(hop.start.id, hop.end.id) for hop in hops] == [("a", "m"), ("m", "z")]
    assert all(hop.relation.evidence for hop in hops)


def test_a_path_reads_the_same_both_ways() -> None:
    links = [relation("a", "m", weight=3), relation("m", "n", weight=2), relation("n", "z", weight=0.5)]
    there, back = way(web(*links), "a", "z"), way(web(*links), "z", "a")
    assert [hop.relation for hop in there] == [hop.relation for hop in reversed(back)]


def test_a_path_goes_round_a_hub() -> None:
    hub = [relation("hub", f"x{i}", weight=2) for i in range(120)]
    chain = [relation("a", "m"), relation("m", "n"), relation("n", "z")]
    through = [relation("a", "hub"), relation("hub", "z")]
    assert [hop.end.id for hop in way(web(*hub, *chain, *through), "a", "z")] == ["m", "n", "z"]


def test_a_hop_that_chance_or_one_source_may_explain_is_called_weak() -> None:
    hops = way(web(relation("a", "b", sources=1), relation("b", "c", llr=5), relation("c", "d")), "a", "d")
    assert [hop.weak for hop in hops] == [True, True, False]


def test_a_path_prefers_what_is_sure() -> None:
    sure, unsure = [relation("a", "n"), relation("n", "z")], [relation("a", "m", llr=5), relation("m", "z", llr=5)]
    assert way(web(*sure, *unsure), "a", "z")[0].end.id == "n"


def test_no_path_is_said_with_where_the_ends_lead_and_what_is_closest() -> None:
    links = [relation("tea", "cup"), relation("pen", "ink")]
    found = none(web(*links), "tea", "pen")
    assert [[item.concept.id for item in side] for side in found.leads] == [["cup"], ["ink"]]
    assert (found.closest, found.detour) == (None, None), "nothing is alike"
    known = [concept(name) for name in ("cup", "ink", "pen", "tea")]
    vectors = {"cup": [1.0, 0.1], "ink": [1.0, 0.0], "pen": [-1.0, 0.9], "tea": [-1.0, -0.9]}
    with_names = Web.build(known, links, {name: np.array(v, np.float32) for name, v in vectors.items()})
    closest = none(with_names, "tea", "pen").closest
    assert closest is not None
    assert [one.id for one in closest] == ["cup", "ink"]


def test_where_only_a_hub_joins_two_there_is_no_path_and_it_is_named() -> None:
    hub = [relation("hub", f"x{i}", weight=2) for i in range(60)] + [relation("a", "hub"), relation("hub", "z")]
    found = none(web(*hub, relation("a", "b"), relation("y", "z")), "a", "z")
    assert found.detour is not None
    assert found.detour.id == "hub"
    assert [hop.end.id for hop in way(web(*hub), "a", "hub")] == ["hub"], "it may be asked for"


def test_what_chance_may_have_put_beside_both_joins_nothing() -> None:
    unsure = [relation("a", "m", llr=5), relation("m", "z", llr=5)]
    none(web(*unsure), "a", "z")
    assert len(way(web(unsure[0], relation("m", "z")), "a", "z")) == 2


def test_a_longer_way_round_is_no_path() -> None:
    chain = [relation(f"n{i}", f"n{i + 1}") for i in range(MAX_HOPS + 1)]
    assert len(way(web(*chain), "n0", f"n{MAX_HOPS}")) == MAX_HOPS
    none(web(*chain), "n0", f"n{MAX_HOPS + 1}")


def test_an_unknown_end_is_refused() -> None:
    with pytest.raises(NotFound):
        path(web(relation("a", "b")), "a", "nowhere")


def test_a_concept_is_where_it_is() -> None:
    assert way(web(relation("a", "b")), "a", "a") == []


@settings(max_examples=60, deadline=None)
@given(webs())
def test_no_honest_way_is_cheaper(drawn: Web) -> None:
    plain = Plain(drawn)
    for a, b in itertools.combinations("abc", 2):
        least = min(map(plain.cost, plain.ways(a, b, MAX_HOPS)), default=math.inf)
        found = path(drawn, a, b)
        if isinstance(found, NoPath):
            assert least == math.inf
        else:
            assert plain.cost([a, *(hop.end.id for hop in found)]) == pytest.approx(least)


@settings(max_examples=30, deadline=None)
@given(webs())
def test_the_middle_of_two_is_the_cheapest_of_all(drawn: Web) -> None:
    plain = Plain(drawn)
    for a, b in itertools.combinations("abc", 2):
        ways = [one for one in plain.ways(a, b, 2) if len(one) == 3]
        places = drawn.place(a), drawn.place(b)
        found = middle(drawn, places[0] or 0, places[1] or 0)
        assert bool(found) == bool(ways)
        honest = [plain.cost(one) for one in ways]
        if found and math.isfinite(min(honest)) and math.isfinite(plain.cost([a, found[0].end.id, b])):
            assert plain.cost([a, found[0].end.id, b]) == pytest.approx(min(honest))


def test_what_joins_some_directly_comes_with_most_evidence_first() -> None:
    asked = web(relation("a", "b", weight=1), relation("b", "c", weight=2), relation("c", "d"))
    assert [(hop.start.id, hop.end.id) for hop in between(asked, ["a", "b", "c"])] == [("b", "c"), ("a", "b")]
    assert between(asked, ["a", "d"]) == []
