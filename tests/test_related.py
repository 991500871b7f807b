from collections.abc import Sequence

import numpy as np
import pytest

from corpus.errors import NotFound
from kg.model import Concept, Evidence, Relation
from kg.path import MAX_HOPS, path
from kg.related import Related, related
from kg.web import Web


def concept(name: str, kind: str = "", score: float = 1.0, written: str = "") -> Concept:
    return Concept(name, written or name.title(), name, "", (name,), frozenset({name}), kind, 1, 1, score)


def relation(
    a: str, b: str, llr: float = 50.0, weight: float = 1.0, sources: int = 3, lang: str = "en", words: str = ""
) -> Relation:
    a, b = min(a, b), max(a, b)
    words = words or f"All of us say that {a} and {b} belong together."
    quote = Evidence(f"{a}{b}", "https://a.example/", lang, words, 0, len(words))
    return Relation(a, b, "related", weight, llr, 0.5, 3, sources, sources, (quote,))


def web(*relations: Relation, **kinds: str) -> Web:
    names = sorted({name for link in relations for name in (link.a, link.b)} | kinds.keys())
    return Web.build([concept(name, kinds.get(name, "")) for name in names], relations)


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
    assert [ranked.rank(name) for name in scores] == [0.875, 0.625, 0.375, 0.125]
    assert names(related(ranked, "tea")) == ["zhejiang", "assam", "thing"]


def test_a_lone_general_word_comes_after_a_name_and_is_no_stepping_stone() -> None:
    known = [concept(name) for name in ("tea", "assam", "pot")] + [concept("again", written="again")]
    links = [relation("tea", "again"), relation("tea", "assam"), relation("again", "pot"), relation("assam", "pot")]
    assert names(related(Web.build(known, links), "tea")) == ["assam", "again"]
    assert path(Web.build(known, links), "tea", "pot")[0].end.id == "assam"


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
    assert with_names.names("tea", "zoo") == 0.0
    assert names(related(Web.build(known, links), "tea")) == ["car", "teapot", "zoo"]


def test_a_language_keeps_only_its_quotes_and_a_kind_its_concepts() -> None:
    both = web(relation("tea", "cup", lang="zh"), relation("tea", "pot"), cup="thing", pot="tool", tea="drink")
    assert [item.evidence[0].lang for item in related(both, "tea", lang="zh")] == ["zh"]
    assert names(related(both, "tea", kind="tool")) == ["pot"]


def test_an_unknown_concept_is_refused_with_what_is_near() -> None:
    with pytest.raises(NotFound) as refused:
        related(web(relation("teapot", "cup")), "teapod")
    assert refused.value.near == ("teapot",)


def test_a_path_takes_the_strongest_evidence() -> None:
    links = [
        relation("a", "m", weight=3),
        relation("m", "z", weight=3),
        relation("a", "n"),
        relation("n", "z", weight=0.1),
    ]
    hops = path(web(*links), "a", "z")
    assert [(hop.start.id, hop.end.id) for hop in hops] == [("a", "m"), ("m", "z")]
    assert all(hop.relation.evidence for hop in hops)


def test_a_path_reads_the_same_both_ways() -> None:
    links = [relation("a", "m", weight=3), relation("m", "n", weight=2), relation("n", "z", weight=0.5)]
    there, back = path(web(*links), "a", "z"), path(web(*links), "z", "a")
    assert [hop.relation for hop in there] == [hop.relation for hop in reversed(back)]


def test_a_path_goes_round_a_hub() -> None:
    hub = [relation("hub", f"x{i}", weight=2) for i in range(120)]
    chain = [relation("a", "m"), relation("m", "n"), relation("n", "z")]
    through = [relation("a", "hub"), relation("hub", "z")]
    assert [hop.end.id for hop in path(web(*hub, *chain, *through), "a", "z")] == ["m", "n", "z"]
    assert [hop.end.id for hop in path(web(*hub, *through), "a", "z")] == ["hub", "z"]


def test_a_hop_that_chance_or_one_source_may_explain_is_called_weak() -> None:
    hops = path(web(relation("a", "b", sources=1), relation("b", "c", llr=5), relation("c", "d")), "a", "d")
    assert [hop.weak for hop in hops] == [True, True, False]


def test_a_path_prefers_what_is_sure() -> None:
    sure, unsure = [relation("a", "n"), relation("n", "z")], [relation("a", "m", llr=5), relation("m", "z", llr=5)]
    assert path(web(*sure, *unsure), "a", "z")[0].end.id == "n"


def test_no_path_is_said_with_where_the_ends_lead() -> None:
    with pytest.raises(NotFound, match="leads from Tea to Pen") as refused:
        path(web(relation("tea", "cup"), relation("pen", "ink")), "tea", "pen")
    assert refused.value.near == ("Cup", "Ink")


def test_a_longer_way_round_is_no_path() -> None:
    chain = [relation(f"n{i}", f"n{i + 1}") for i in range(MAX_HOPS + 1)]
    assert len(path(web(*chain), "n0", f"n{MAX_HOPS}")) == MAX_HOPS
    with pytest.raises(NotFound):
        path(web(*chain), "n0", f"n{MAX_HOPS + 1}")


def test_a_concept_is_where_it_is() -> None:
    assert path(web(relation("a", "b")), "a", "a") == []
