import random

import networkx as nx

from kg.graph import MAX_QUOTE_CHARS, graph, source_id
from kg.model import Article, Concept, Definition, Evidence, Relation


def concept(name: str, zh: str = "") -> Concept:
    return Concept(name, name.title(), name.title(), zh, (name.title(), zh), frozenset({name}), "thing", 2, 3, 1.0)


def relation(a: str, b: str, type_: str = "related", quote: str = "They belong together.") -> Relation:
    found = Evidence("c", "https://a.example/", "en", quote, 0, len(quote))
    return Relation(
        a, b, type_, 1.5, 20.0, 0.5, 3, 2, 2, (found, Evidence("d", "https://b.example/", "zh", "同", 0, 1))
    )


NAMES = ["clay", "glaze", "kiln", "oar", "sail", "wind"]
CONCEPTS = [concept(name, "字") for name in NAMES]
RELATIONS = [
    relation("clay", "kiln"), relation("clay", "glaze"), relation("glaze", "kiln"),
    relation("oar", "sail"), relation("sail", "wind", "uses"), relation("wind", "oar", "is-a"),
]  # fmt: skip
ARTICLES = [
    Article("https://a.example/", "Pots", "en", "a", {"clay": 3, "kiln": 1}),
    Article("https://b.example/", "船", "zh", "b", {"sail": 2}),
]
DEFINITIONS = [
    Definition(name, Evidence("c", url, lang, quote, 0, len(quote)), score)
    for name, url, lang, quote, score in (
        ("clay", "https://a.example/", "en", "Clay is earth that water makes soft.", 0.9),
        ("clay", "https://b.example/", "zh", "泥是加水就变软的土。", 0.7),
        ("sail", "https://b.example/", "zh", "帆是一种接住风的布。", 0.8),
    )
]


def nodes_of(made: "nx.MultiDiGraph[str]") -> dict[str, dict[str, object]]:
    return {name: made.nodes[name] for name in made}


def test_the_graph_holds_every_concept_source_relation_and_mention() -> None:
    made = graph(CONCEPTS, RELATIONS, ARTICLES)
    assert set(made) == {*NAMES, *(source_id(article.url) for article in ARTICLES)}
    assert made.number_of_edges() == len(RELATIONS) + 3
    assert made.edges[source_id("https://a.example/"), "clay", 0]["count"] == 3
    assert made.nodes[source_id("https://b.example/")]["url"] == "https://b.example/"
    assert made.nodes["clay"]["aliases"] == "Clay|字"


def test_a_concept_carries_its_best_definition_whatever_its_language() -> None:
    made = graph(CONCEPTS, RELATIONS, ARTICLES, DEFINITIONS)
    told = {name: (made.nodes[name]["definition"], made.nodes[name]["definition_url"]) for name in NAMES}
    assert told["clay"] == ("Clay is earth that water makes soft.", "https://a.example/")
    assert told["sail"] == ("帆是一种接住风的布。", "https://b.example/")
    assert told["kiln"] == ("", "")


def test_an_edge_carries_its_numbers_and_its_best_quote() -> None:
    edge = graph(CONCEPTS, RELATIONS, []).edges["clay", "kiln", 0]
    assert (edge["weight"], edge["llr"], edge["npmi"], edge["count"], edge["n_sources"]) == (1.5, 20.0, 0.5, 3, 2)
    assert (edge["evidence"], edge["evidence_url"], edge["langs"]) == (
        "They belong together.",
        "https://a.example/",
        "en|zh",
    )


def test_a_relation_stands_once_and_its_direction_is_kept() -> None:
    made = graph(CONCEPTS, RELATIONS, [])
    assert made.has_edge("wind", "oar")
    assert not made.has_edge("oar", "wind")
    assert made.edges["wind", "oar", 0]["symmetric"] is False
    assert made.edges["oar", "sail", 0]["symmetric"] is True


def test_communities_are_what_hangs_together_and_ranks_sum_to_one() -> None:
    made = graph(CONCEPTS, RELATIONS, [])
    assert [made.nodes[name]["community"] for name in NAMES] == [0, 0, 0, 1, 1, 1]
    assert abs(sum(made.nodes[name]["pagerank"] for name in NAMES) - 1) < 1e-6
    assert made.nodes["clay"]["r"] != made.nodes["sail"]["r"]


def test_the_order_in_which_things_come_does_not_matter() -> None:
    first = graph(CONCEPTS, RELATIONS, ARTICLES, DEFINITIONS)
    for seed in range(5):
        order = random.Random(seed)
        again = graph(
            order.sample(CONCEPTS, len(CONCEPTS)),
            order.sample(RELATIONS, len(RELATIONS)),
            order.sample(ARTICLES, 2),
            order.sample(DEFINITIONS, len(DEFINITIONS)),
        )
        assert nodes_of(again) == nodes_of(first)
        assert sorted(again.edges(data=True), key=str) == sorted(first.edges(data=True), key=str)


def test_a_long_quote_is_cut_and_lines_are_joined() -> None:
    edge = graph(CONCEPTS, [relation("clay", "kiln", quote="a\n  b " * 200)], []).edges["clay", "kiln", 0]
    assert edge["evidence"].startswith("a b a b")
    assert len(edge["evidence"]) == MAX_QUOTE_CHARS


def test_an_empty_library_is_an_empty_graph() -> None:
    assert len(graph([], [], [])) == 0
