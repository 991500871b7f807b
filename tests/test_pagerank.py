import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kg.pagerank import pagerank, walk
from kg.web import Web
from tests.graphs import relation, web, webs


def solved(asked: Web, seeds: list[int], alpha: float) -> NDArray[np.float64]:
    """Return the walk as its equation has it: p = alpha x seeds + (1 - alpha) x p M, a step from v to w being w's
    share of the weight at v; where there is no way on, the walk stays."""
    net, n = asked.net, len(asked.net)
    steps = np.zeros((n, n))
    for link in net.relations:
        steps[link["a"], link["b"]] = steps[link["b"], link["a"]] = link["weight"]
    strengths = steps.sum(axis=1)
    steps[strengths == 0, strengths == 0] = 1
    steps /= steps.sum(axis=1, keepdims=True)
    begin = np.bincount(seeds, minlength=n) / len(seeds)
    return np.linalg.solve(np.eye(n) - (1 - alpha) * steps.T, alpha * begin).astype(np.float64)


@settings(max_examples=60, deadline=None)
@given(webs(), st.sampled_from([0.15, 0.5]), st.sampled_from([1e-2, 1e-5]), st.sampled_from([[0], [3, 5]]))
def test_it_stays_below_the_walk_by_no_more_than_it_promises(
    drawn: Web, alpha: float, epsilon: float, seeds: list[int]
) -> None:
    due, found = solved(drawn, seeds, alpha), walk(drawn, seeds, alpha=alpha, epsilon=epsilon)
    allowed = epsilon * drawn.strengths / max(drawn.strengths.mean(), 1e-12)
    assert (found <= due + 1e-12).all()
    assert (due - found <= allowed + 1e-9).all()


def test_a_walk_on_a_line_is_what_one_works_out_by_hand() -> None:
    # a - b, half of it beginning anew: p(a) = 1/2 + p(b)/2 and p(b) = p(a)/2
    assert walk(web(relation("a", "b")), [0], epsilon=1e-12) == pytest.approx([2 / 3, 1 / 3])


def test_pagerank_is_that_of_networkx() -> None:
    chance = np.random.default_rng(0)
    n = 60
    a, b = np.array([pair for pair in itertools.combinations(range(n - 5), 2) if chance.random() < 0.1]).T
    weights = chance.random(len(a))
    plain: nx.Graph[int] = nx.Graph()
    plain.add_nodes_from(range(n))  # five of them alone
    plain.add_weighted_edges_from(zip(a.tolist(), b.tolist(), weights.tolist(), strict=True))
    due = nx.pagerank(plain, tol=1e-12)
    assert pagerank(n, a, b, weights) == pytest.approx([due[i] for i in range(n)], abs=1e-6)
