"""What the options leave of a graph: always a whole, with every end and every quote's source in it."""

import dataclasses
import itertools

import pytest

from kg.model import Article, Evidence
from kg.subgraph import Subgraph
from tests.test_graph import ARTICLES, CONCEPTS, DEFINITIONS, RELATIONS, concept, relation

WHOLE = Subgraph.of(CONCEPTS, RELATIONS, ARTICLES, DEFINITIONS)


def ids(part: Subgraph) -> set[str]:
    return {one.id for one in part.concepts}


def pairs(part: Subgraph) -> set[tuple[str, str]]:
    return {(link.a, link.b) for link in part.relations}


def test_no_option_leaves_all() -> None:
    assert WHOLE.narrowed() == WHOLE


@pytest.mark.parametrize(("hops", "found"), [(0, "a"), (1, "ab"), (2, "abc"), (9, "abcd")])
def test_around_goes_so_many_relations_in_either_direction(hops: int, found: str) -> None:
    links = [relation("b", "a", "uses"), relation("b", "c"), relation("c", "d")]
    chain = Subgraph.of([concept(name) for name in "abcde"], links, ARTICLES)
    assert ids(chain.narrowed(around="a", hops=hops)) == set(found)


def test_around_does_not_go_over_relations_that_are_left_out() -> None:
    links = [dataclasses.replace(relation("a", "b"), weight=0.1), relation("b", "c")]
    chain = Subgraph.of([concept(name) for name in "abc"], links, [])
    assert ids(chain.narrowed(around="a", hops=2, min_weight=1.0)) == {"a"}
    assert pairs(chain.narrowed(min_weight=1.0)) == {("b", "c")}
    assert ids(chain.narrowed(min_weight=1.0)) == set("abc")


def test_a_kind_leaves_its_concepts_and_what_joins_them() -> None:
    some = [dataclasses.replace(one, kind="model") if one.id in ("clay", "kiln") else one for one in CONCEPTS]
    part = Subgraph.of(some, RELATIONS, ARTICLES).narrowed(kind="model")
    assert (ids(part), pairs(part)) == ({"clay", "kiln"}, {("clay", "kiln")})
    assert [dict(article.mentions) for article in part.articles] == [{"clay": 3, "kiln": 1}, {}], "b is quoted"


def test_a_language_leaves_its_sources_with_their_concepts_and_quotes() -> None:
    both = (
        Evidence("c", "en", "en", "x", 0, 1),
        Evidence("c", "zh", "zh", "同", 0, 1),
        Evidence("c", "en", "zh", "y", 0, 1),
    )
    links = [
        dataclasses.replace(relation("clay", "kiln"), evidence=both),
        dataclasses.replace(relation("clay", "glaze"), evidence=both[:1]),
    ]
    articles = [Article("en", "E", "en", "", {"glaze": 1}), Article("zh", "Z", "zh", "", {"clay": 1, "kiln": 1})]
    part = Subgraph.of(CONCEPTS, links, articles).narrowed(lang="zh")
    assert (ids(part), pairs(part)) == ({"clay", "kiln"}, {("clay", "kiln")})
    assert [article.url for article in part.articles] == ["zh"]
    assert part.relations[0].evidence == both[1:2]


def test_every_part_is_a_whole() -> None:
    for lang, kind, weight, around, hops in itertools.product(
        ("", "en", "zh"), ("", "thing"), (0.0, 1.5, 2.0), ("", "clay", "sail"), (0, 1, 2)
    ):
        part = WHOLE.narrowed(lang=lang, kind=kind, min_weight=weight, around=around, hops=hops)
        urls = {article.url for article in part.articles}
        for link in part.relations:
            assert {link.a, link.b} <= ids(part)
            assert link.evidence
            assert {quote.url for quote in link.evidence} <= urls
        assert all(set(article.mentions) <= ids(part) for article in part.articles)


def test_definitions_are_those_of_the_concepts_and_the_language_that_are_left() -> None:
    assert WHOLE.narrowed().definitions == tuple(DEFINITIONS)
    assert [each.concept for each in WHOLE.narrowed(around="clay", hops=0).definitions] == ["clay", "clay"]
    assert [each.concept for each in WHOLE.narrowed(lang="zh").definitions] == ["sail"], "no Chinese source has clay"
    part = WHOLE.narrowed(around="clay", hops=0)
    assert {each.evidence.url for each in part.definitions} <= {article.url for article in part.articles}
