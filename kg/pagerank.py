"""How much of a random walk is spent at each concept: one that always begins at some of them, or anywhere. Pure.

`walk` is approximate personalised PageRank by local push: Andersen, Chung and Lang 2006, "Local Graph Partitioning
using PageRank Vectors", section 3. What is not settled yet is the residual; a concept whose residual is at least
EPSILON times its strength keeps a share ALPHA of it and passes on the rest. All concepts that are due push at once, in
whole arrays, which keeps the invariant that the paper's one-by-one order has:

    settled + walk(residual) = walk(seeds),  and in the end  0 <= walk(seeds)[v] - settled[v] <= EPSILON x strength[v]

The second follows from the first as the walk is reversible. Only what is near the seeds is touched.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kg.web import Floats, Web

DAMPING = 0.85  # of `pagerank`, as in the paper
TOLERANCE = 1e-6  # of the sum of all changes of a step: after 90 steps at most
ALPHA = 0.5  # of beginning anew at each step: a walk is two steps long at the mean (.15: fewer of what an expert names)
EPSILON = 1e-5  # times the strength of a concept as a multiple of the mean


def walk(web: Web, seeds: Sequence[int], *, alpha: float = ALPHA, epsilon: float = EPSILON) -> Floats:
    """Return the share of the walk that is spent at each concept (n,), from below; steps go by weight of evidence."""
    net, weights, strengths = web.net, web.weights, web.strengths
    due_from = np.maximum(epsilon * strengths / max(float(strengths.mean()), 1e-12), 1e-300)
    settled = np.zeros(len(net))
    residual = np.zeros(len(net))
    residual[list(seeds)] = 1 / len(seeds)
    due = np.unique(np.array(seeds, np.int64))
    while len(due):
        pushed = residual[due]
        residual[due] = 0
        alone = strengths[due] == 0  # nowhere to go: all of it stays
        settled[due] += np.where(alone, 1, alpha) * pushed
        due, pushed = due[~alone], (1 - alpha) * pushed[~alone]
        at, whose = net.rows(due)
        _add(residual, net.ends[at], weights[at] * (pushed / strengths[due])[whose])
        due = np.flatnonzero(residual >= due_from)
    return settled


def pagerank(n: int, a: NDArray[np.int64], b: NDArray[np.int64], weights: Floats) -> Floats:
    """Return the PageRank of n nodes (n,), which sums to 1, over edges without direction that join `a` to `b`.

    Brin and Page 1998, "The Anatomy of a Large-Scale Hypertextual Web Search Engine", section 2.1, by power iteration;
    a step goes by weight, and from where no edge leads anywhere. As networkx.pagerank, without a graph of objects.
    """
    rows, ends = np.concatenate([a, b]), np.concatenate([b, a])
    strengths = np.bincount(rows, np.tile(weights, 2), minlength=n)
    shares = np.tile(weights, 2) / strengths[rows]
    alone = strengths == 0
    ranks, change = np.full(n, 1 / n), math.inf
    while change >= TOLERANCE:
        passed = np.bincount(ends, ranks[rows] * shares, minlength=n) + ranks[alone].sum() / n
        after = DAMPING * passed + (1 - DAMPING) / n
        ranks, change = after, float(np.abs(after - ranks).sum())
    return ranks


def _add(sums: Floats, at: NDArray[np.int32], values: Floats) -> None:
    """Add the values at these places, some of which come more than once."""
    if len(at) * 8 < len(sums):
        np.add.at(sums, at, values)
    else:
        sums += np.bincount(at, values, minlength=len(sums))
