from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import NotFound
from kg.path import path
from kg.related import Related, related
from kg.web import Web
from tests.graphs import concept, relation, web, webs
from tests.plain_graph import Plain


def names(found: Sequence[Related]) -> list[str]:
    return [item.concept.id for item in found]


def test_the_surer_comes_first_and_each_has_its_quote() -> None:
    found = related(web(relation("tea", "cup", 30), relation("tea", "pot", 90), relation("ink", "pen")), "tea")
    assert names(found) == ["pot", "cup"]
    assert [item.evidence[0].quote for item in found] == [
        "All of us say that pot and tea belong together.",
        "All of us say that cup and tea belong together.",
    ]


def test_ties_are_broken_by_id_and_k_is_kept() -> None:
    links = [relation("tea", other) for other in ("milk", "cup", "pot", "leaf")]
    assert (
        names(related(web(*links), "tea", 3))
        == names(related(web(*reversed(links)), "tea", 3))
        == ["cup", "leaf", "milk"]
    )


def test_what_is_linked_with_everything_pays_for_it() -> None:
    hub = [relation("all", f"x{i}", 11) for i in range(40)]
    assert names(related(web(relation("tea", "cup"), relation("tea", "all"), *hub), "tea")) == ["cup", "all"]


def test_the_better_concept_comes_first_where_nothing_else_tells() -> None:
    links = [relation("tea", other) for other in ("assam", "thing", "zhejiang")]
    scores = {"tea": 5.0, "zhejiang": 4.0, "assam": 3.0, "thing": 0.1}
    ranked = Web.build([concept(name, score=score) for name, score in scores.items()], links)
    assert ranked.ranks.tolist() == [0.875, 0.625, 0.375, 0.125]
    assert names(related(ranked, "tea")) == ["zhejiang", "assam", "thing"]


def test_a_lone_general_word_comes_after_a_name_and_is_no_stepping_stone() -> None:
    known = [concept(name) for name in ("tea", "assam", "pot")] + [concept("again", written="again")]
    links = [relation("tea", "again"), relation("tea", "assam"), relation("again", "pot"), relation("assam", "pot")]
    assert names(related(Web.build(known, links), "tea")) == ["assam", "again"]
    way = path(Web.build(known, links), "tea", "pot")
    assert isinstance(way, list)
    assert way[0].end.id == "assam"


def test_what_two_sources_say_comes_before_what_one_says() -> None:
    assert names(related(web(relation("tea", "cup", sources=1), relation("tea", "pot")), "tea")) == ["pot", "cup"]


def test_one_good_sentence_speaks_louder_than_a_table_row() -> None:
    row = "tea | pot | 7 | 8"
    drinks = web(relation("cup", "pot"), relation("tea", "pot", words=row), relation("tea", "cup"))
    assert names(related(drinks, "tea")) == ["cup", "pot"]


def test_the_same_company_counts() -> None:
    links = [relation("tea", "coffee", 40), relation("tea", "car", 40)]
    links += [relation(drink, other, 40) for drink in ("tea", "coffee") for other in ("cup", "milk")]
    links += [relation("car", other, 40) for other in ("road", "wheel")]
    order = names(related(web(*links), "tea"))
    assert order.index("coffee") < order.index("car")


def test_alike_names_count_and_missing_vectors_do_not_matter() -> None:
    links = [relation("tea", "teapot"), relation("tea", "car"), relation("tea", "zoo")]
    vectors = {"tea": [1.0, 0.2], "teapot": [0.9, 0.1], "car": [-0.2, 1.0]}
    known = [concept(name) for name in ("tea", "teapot", "car", "zoo")]
    with_names = Web.build(known, links, {name: np.array(v, np.float32) for name, v in vectors.items()})
    assert names(related(with_names, "tea"))[0] == "teapot"
    assert with_names.names(0, np.array([3])).tolist() == [0.0]  # tea and zoo
    assert names(related(Web.build(known, links), "tea")) == ["car", "teapot", "zoo"]


def test_a_language_keeps_only_its_quotes_and_a_kind_its_concepts() -> None:
    both = web(relation("tea", "cup", lang="zh"), relation("tea", "pot"), cup="thing", pot="tool", tea="drink")
    assert [item.evidence[0].lang for item in related(both, "tea", lang="zh")] == ["zh"]
    assert names(related(both, "tea", kind="tool")) == ["pot"]


def test_an_unknown_concept_is_refused_with_what_is_near() -> None:
    with pytest.raises(NotFound) as refused:
        related(web(relation("teapot", "cup")), "teapod")
    assert refused.value.near == ("teapot",)


@settings(max_examples=60, deadline=None)
@given(webs(), st.sampled_from(["", "zh"]), st.sampled_from(["", "tool"]), st.sampled_from([["a"], ["b", "c"]]))
def test_it_is_what_the_formula_says(drawn: Web, lang: str, kind: str, asked: list[str]) -> None:
    due = Plain(drawn).related(asked, lang, kind)
    for k in (2, 50):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("kg.related._BLOCK", 1)  # so that there is something left to look at
            patch.setattr("kg.related._READ", 2)
            found = related(drawn, asked, k, lang=lang, kind=kind)
        assert [item.score for item in found] == pytest.approx([score for _, score in due[:k]], abs=1e-5)
        close = dict(due)
        assert all(close[item.concept.id] == pytest.approx(item.score, abs=1e-5) for item in found)


@settings(max_examples=20, deadline=None)
@given(webs())
def test_the_first_of_many_are_the_first_of_all(drawn: Web) -> None:
    for name in ("a", "b"):
        assert names(related(drawn, name, 3)) == names(related(drawn, name, 50))[:3]


def test_several_are_asked_for_together() -> None:
    links = [relation("tea", "cup"), relation("ink", "cup"), relation("tea", "milk", 90), relation("ink", "pen", 90)]
    found = related(web(*links, relation("tea", "ink")), ["tea", "ink"])
    assert names(found)[0] == "cup"
    assert [sorted({r.a, r.b} - {"cup"}) for r in found[0].relations] == [["tea"], ["ink"]]
    assert len(found[0].evidence) == 2
    assert "ink" not in names(found)
    assert names(related(web(*links), ["ink", "tea"])) == names(related(web(*links), ["tea", "ink"]))
