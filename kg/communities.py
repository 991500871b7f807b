"""Which concepts form a topic together: communities by the Louvain method, always the same for the same graph. Pure.

Blondel, Guillaume, Lambiotte and Lefebvre 2008, "Fast unfolding of communities in large networks". Nothing is drawn by
lot: concepts are looked at from the strongest down, then those whose neighbours have moved (the queue is that of Traag,
Waltman and van Eck 2019, "From Louvain to Leiden", section 4), so that a small change of the graph moves few concepts.
"""

import collections

import numpy as np
from numpy.typing import NDArray

RESOLUTION = 1.0  # of modularity; more of it makes more and smaller communities
_LEAST_GAIN = 1e-9  # of a move, as a share of the concept's strength: what is less is rounding

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def communities(n: int, a: Places, b: Places, weights: Floats) -> Places:
    """Return the community of each of n nodes (n,), the largest numbered 0, then by their first node.

    Edges join `a` to `b` with these weights; their order does not matter. What no edge joins is a community of its own.
    """
    turn = np.lexsort((np.maximum(a, b), np.minimum(a, b)))
    rows, ends = np.minimum(a, b)[turn], np.maximum(a, b)[turn]
    weights = weights[turn]
    rows, ends, weights = np.concatenate([rows, ends]), np.concatenate([ends, rows]), np.tile(weights, 2)
    strengths: Floats = np.bincount(rows, weights, minlength=n).astype(np.float64)  # of no edge: counts
    member = np.arange(n)
    while True:
        moved = _moved(rows, ends, weights, strengths)
        names, of = np.unique(moved, return_inverse=True)
        member = of[member]
        if len(names) == len(strengths):
            break
        codes, place = np.unique(of[rows] * len(names) + of[ends], return_inverse=True)
        weights = np.bincount(place, weights).astype(np.float64)
        rows, ends = codes // len(names), codes % len(names)
        strengths = np.bincount(of, strengths).astype(np.float64)
    sizes = np.bincount(member)
    first = np.full(len(sizes), n)
    np.minimum.at(first, member, np.arange(n))
    numbers = np.empty(len(sizes), np.int64)
    numbers[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return numbers[member]


def _moved(rows: Places, ends: Places, weights: Floats, strengths: Floats) -> Places:
    """Return the community of each node (n,) once no node gains by going over to that of a neighbour."""
    n = len(strengths)
    turn = np.argsort(rows, kind="stable")
    ends, weights = ends[turn], weights[turn]
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))]).tolist()
    total = float(strengths.sum()) or 1.0
    own, sums, community = strengths.tolist(), strengths.tolist(), list(range(n))
    queue = collections.deque(np.argsort(-strengths, kind="stable").tolist())
    waits = [True] * n
    while queue:
        node = queue.popleft()
        waits[node] = False
        row = slice(starts[node], starts[node + 1])
        others = ends[row].tolist()
        pull: dict[int, float] = {}
        for other, weight in zip(others, weights[row].tolist(), strict=True):
            if other != node:
                pull[community[other]] = pull.get(community[other], 0.0) + weight
        here = best = community[node]
        sums[here] -= own[node]
        push = RESOLUTION * own[node] / total
        most = pull.get(here, 0.0) - push * sums[here] + _LEAST_GAIN * own[node]
        for there, weight in pull.items():
            gain = weight - push * sums[there]
            if gain > most:
                best, most = there, gain
        sums[best] += own[node]
        if best != here:
            community[node] = best
            for other in others:
                if community[other] != best and not waits[other]:
                    waits[other] = True
                    queue.append(other)
    return np.array(community, np.int64)
