import pytest
from hypothesis import given, settings

from kg.far import far
from kg.web import Web
from tests.graphs import relation, web, webs


def test_what_is_said_beside_the_same_is_found_with_the_way_there() -> None:
    links = [relation("raynaud", "viscosity"), relation("fish oil", "viscosity"), relation("fish oil", "fish")]
    (found,) = far(web(*links), "raynaud")
    assert found.concept.id == "fish oil"
    assert [(hop.start.id, hop.end.id) for hop in found.way] == [("raynaud", "viscosity"), ("viscosity", "fish oil")]
    assert all(hop.relation.evidence for hop in found.way)


def test_what_more_ways_lead_to_comes_first() -> None:
    links = [relation("a", name) for name in ("m", "n", "o")]
    links += [relation("z", name) for name in ("m", "n", "o")] + [relation("y", "m"), relation("y", "x")]
    assert [item.concept.id for item in far(web(*links), "a")] == ["z", "y"]


def test_only_a_kind_may_be_asked_for() -> None:
    links = [relation("a", "m"), relation("m", "y"), relation("m", "z")]
    assert [item.concept.id for item in far(web(*links, z="tool", y="thing"), "a", kind="tool")] == ["z"]
    assert far(web(*links), "a", kind="tool") == []


@settings(max_examples=40, deadline=None)
@given(webs())
def test_it_is_never_beside_what_was_asked_for_and_the_way_is_two_steps(drawn: Web) -> None:
    for asked in (["a"], ["b", "c"]):
        places = [drawn.place(name) or 0 for name in asked]
        beside = {int(end) for place in places for end in drawn.net.ends[drawn.net.row(place)]}
        found = far(drawn, asked, 20)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("kg.far._BLOCK", 2)
            assert [item.concept.id for item in far(drawn, asked, 3)] == [item.concept.id for item in found][:3]
        for item in found:
            assert drawn.place(item.concept.id) not in {*beside, *places}
            assert item.way[0].start.id in asked
            assert (item.way[0].end, item.way[1].end) == (item.way[1].start, item.concept)
