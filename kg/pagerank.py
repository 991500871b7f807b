"""How much of a random walk that always begins at some concepts is spent at each other one. Pure.

Approximate personalised PageRank by local push: Andersen, Chung and Lang 2006, "Local Graph Partitioning using PageRank
Vectors", section 3. What is not settled yet is the residual; a concept whose residual is at least EPSILON times its
strength keeps a share ALPHA of it and passes on the rest. All concepts that are due push at once, in whole arrays,
which keeps the invariant that the paper's one-by-one order has:

    settled + walk(residual) = walk(seeds),  and in the end  0 <= walk(seeds)[v] - settled[v] <= EPSILON x strength[v]

The second follows from the first as the walk is reversible. Only what is near the seeds is touched.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kg.web import Floats, Web

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


def _add(sums: Floats, at: NDArray[np.int32], values: Floats) -> None:
    """Add the values at these places, some of which come more than once."""
    if len(at) * 8 < len(sums):
        np.add.at(sums, at, values)
    else:
        sums += np.bincount(at, values, minlength=len(sums))
