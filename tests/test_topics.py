import itertools
import random

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.communities import communities
from kg.graph import graph
from kg.topics import community_of, topics
from kg.web import Held, Web
from tests.graphs import relation, web, webs

CLIQUES = [
    relation(f"{group}{i}", f"{group}{j}") for group in "abc" for i, j in itertools.combinations(range(4), 2)
] + [relation("a0", "b0", weight=0.2), relation("b1", "c0", weight=0.2)]


def test_what_hangs_together_is_a_topic() -> None:
    asked = web(*CLIQUES, lone="")
    found = topics(asked, community_of(asked))
    named = [sorted(concept.id for concept in asked.shelf.concepts(topic.members)) for topic in found]
    assert named == [[f"{group}{i}" for i in range(4)] for group in "abc"], "what nothing joins is no topic"
    assert [topic.number for topic in found] == [0, 1, 2]


def test_what_is_tied_to_its_topic_alone_leads_it() -> None:
    asked = web(*CLIQUES, relation("a1", "a2", weight=3))
    first = next(topic for topic in topics(asked, community_of(asked)) if asked.concept(topic.members[0]).id[0] == "a")
    assert [asked.concept(place).id for place in first.members] == ["a1", "a2", "a3", "a0"]


@settings(max_examples=40, deadline=None)
@given(webs(), st.randoms())
def test_they_are_the_exports_and_do_not_hang_on_order(drawn: Web, chance: random.Random) -> None:
    assert isinstance(drawn.shelf, Held)
    concepts, links = list(drawn.shelf.ranked), list(drawn.shelf.said)
    own = dict(zip([concept.id for concept in concepts], community_of(drawn).tolist(), strict=True))
    exported = graph(concepts, links, [])
    assert own == {name: exported.nodes[name]["community"] for name in exported}
    chance.shuffle(concepts)
    chance.shuffle(links)
    other = community_of(Web.build(concepts, links))
    assert own == dict(zip([concept.id for concept in concepts], other.tolist(), strict=True))


def test_they_are_as_good_as_those_of_networkx() -> None:
    chance = np.random.default_rng(0)
    pairs = np.array(list(itertools.combinations(range(120), 2)))
    joined = chance.random(len(pairs)) < np.where(pairs[:, 0] % 6 == pairs[:, 1] % 6, 0.4, 0.03)
    a, b = pairs[joined].T
    weights = chance.random(len(a)) + 0.1
    plain: nx.Graph[int] = nx.Graph()
    plain.add_nodes_from(range(120))
    plain.add_weighted_edges_from(zip(a.tolist(), b.tolist(), weights.tolist(), strict=True))
    found = communities(120, a, b, weights)
    ours = [set(np.flatnonzero(found == number).tolist()) for number in range(found.max() + 1)]
    theirs = nx.community.louvain_communities(plain, seed=0)
    assert nx.community.modularity(plain, ours) >= nx.community.modularity(plain, theirs) - 0.005
    assert [len(one) for one in ours] == sorted((len(one) for one in ours), reverse=True)


def test_of_nothing_there_is_none() -> None:
    none = np.zeros(0, np.int64)
    assert communities(3, none, none, np.zeros(0)).tolist() == [0, 1, 2]
    assert communities(0, none, none, np.zeros(0)).tolist() == []
    assert topics(Web.build([], []), none) == []
