"""How two concepts hang together: the way with the strongest evidence, or that there is no honest one. Pure.

A hop costs 2.5 + log2(1 + 1/weight), 2 more where chance may be behind it, 1 more where one source says it alone, and
`flaws` where its quote is not one good sentence. To pass through a concept costs v + c/2 x max(v, 1/4), where v is 6
times the share of the concepts that rank higher, and c the log2 of its relations over the median; 3 more for a lone
general word. So the way does not run through what is linked with everything and says nothing. What is linked with more
than half of all concepts leads nowhere, nor does a concept that chance alone may have put beside both its neighbours:
where only such ways are left, there is none.

On 308 pairs of gold concepts that have a common relative (bench/related.py --paths), 59% of the hops are relations that
the expert gives too, and 44% of the ways are so as a whole.
"""

import dataclasses
import heapq
import itertools
import weakref
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.model import Concept, Relation
from kg.related import Related, place_of, quote_flaws, related
from kg.relations import MIN_LLR, weak
from kg.web import Floats, Web

MAX_HOPS = 5  # a longer way round tells nothing of its ends
HOP, CHANCE, ALONE = 2.5, 2.0, 1.0
VAGUE, LEAST, LONE = 6.0, 0.25, 3.0  # of passing through
HUB, CROWD = 0.5, 4  # linked with so large a share of all, and so many times as much as is usual
LEADS = 3  # what each end leads to is told by so many
_AROUND = 16  # of what each end leads to, among which the closest two are looked for


@dataclasses.dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path, in the direction of the path."""

    start: Concept
    end: Concept
    relation: Relation
    weak: bool  # chance, or one source alone, may be behind it


@dataclasses.dataclass(frozen=True, slots=True)
class NoPath:
    """That nothing leads from one concept to another, and what comes nearest."""

    leads: tuple[tuple[Related, ...], tuple[Related, ...]]  # to what each end does lead
    closest: tuple[Concept, Concept] | None  # of what the ends lead to (or the ends), the two most alike
    detour: Concept | None  # linked with so much that a way through it would say nothing


class _Way(NamedTuple):
    concepts: tuple[int, ...]
    risky: frozenset[int]  # those of them that chance may have brought


def path(web: Web, a: str, b: str, *, most: int = MAX_HOPS) -> list[Hop] | NoPath:
    """Return the hops from `a` to `b` with the strongest evidence; an empty list where they are one concept.

    Exact: what a way can still cost at least, quotes left out, is computed for all concepts at once (`_least`), and
    only ways that may be the cheapest are followed (A*; Hart, Nilsson and Raphael 1968).

    Raises:
        NotFound: there is no such concept.
    """
    start, end = place_of(web, a), place_of(web, b)
    if start == end:
        return []
    costs = _costs(web)
    way = _cheapest(web, costs, np.where(costs.hubs, np.inf, costs.tolls), start, end, most)
    if way:
        return _hops(web, way)
    detour = _cheapest(web, costs, costs.tolls, start, end, 2)
    return _no_path(web, (a, b), (start, end), web.concept(detour[1]) if detour else None)


def between(web: Web, concepts: Sequence[str]) -> list[Hop]:
    """Return what joins some concepts with one another directly, the most evidence first.

    Raises:
        NotFound: there is no such concept.
    """
    places = [place_of(web, name) for name in concepts]
    hops = [
        hop
        for start, end in itertools.combinations(places, 2)
        if np.isin(end, web.net.ends[web.net.row(start)])
        for hop in _hops(web, [start, end])
    ]
    return sorted(hops, key=lambda hop: -hop.relation.weight)


def middle(web: Web, start: int, end: int) -> list[Hop]:
    """Return the two hops from one place to another with the strongest evidence; none where nothing joins them.

    Hubs are let through: this is for what a walk has found (far.py).
    """
    net, costs = web.net, _costs(web)
    rows = net.row(start), net.row(end)
    between, mine, other = np.intersect1d(net.ends[rows[0]], net.ends[rows[1]], return_indices=True)
    links = np.stack([net.links[rows[0]][mine], net.links[rows[1]][other]])  # (2, ways)
    sums = costs.steps[rows[0]][mine] + costs.steps[rows[1]][other] + costs.tolls[between]
    best: tuple[float, int, int] | None = None
    for nth in np.argsort(sums, kind="stable").tolist():
        if best is not None and sums[nth] > best[0]:
            break
        flaws = sum(quote_flaws(each.evidence[0].quote) for each in web.shelf.relations(links[:, nth].tolist()))
        found = (float(sums[nth]) + flaws, int(net.concepts["order"][between[nth]]), int(between[nth]))
        best = found if best is None else min(best, found)
    return [] if best is None else _hops(web, [start, best[2], end])


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Costs:
    """What ways through a web cost, quotes left out."""

    steps: Floats  # (2m,) of each relation, as the rows of the net have it
    by_chance: NDArray[np.bool_]  # (2m,) whether chance may be behind it
    tolls: Floats  # (n,) of passing through each concept
    hubs: NDArray[np.bool_]  # (n,) which concepts are linked with everything


_COSTS: weakref.WeakKeyDictionary[Web, _Costs] = weakref.WeakKeyDictionary()  # of webs in use: 40 ms for 1,000,000


def _costs(web: Web) -> _Costs:
    """Return what ways cost in a web."""
    if web not in _COSTS:
        relations, links = web.net.relations, web.net.links
        by_chance = relations["llr"] < MIN_LLR
        steps = HOP + np.log2(1 + 1 / relations["weight"]) + CHANCE * by_chance + ALONE * (relations["sources"] < 2)
        linked = web.degrees[web.degrees > 0]
        usual = float(np.median(linked)) if len(linked) else 1.0
        vague = VAGUE * (1 - web.ranks)
        crowd = np.log2(np.maximum(1, web.degrees / usual))
        tolls = vague + crowd / 2 * np.maximum(LEAST, vague) + LONE * web.net.concepts["lone"]
        hubs = (web.degrees > HUB * len(linked)) & (web.degrees > CROWD * usual)
        _COSTS[web] = _Costs(steps[links], by_chance[links], tolls, hubs)
    return _COSTS[web]


def _least(web: Web, costs: _Costs, tolls: Floats, end: int, most: int) -> list[Floats]:
    """Return what the way to `end` costs at least from everywhere (n,), for each number of hops from 0 to `most`."""
    net = web.net
    linked = np.flatnonzero(web.degrees)
    now = np.full(len(net), np.inf)
    now[end] = 0
    least = [now]
    moved = np.array([end])
    for _ in range(most):
        before, now = now, now.copy()
        at, whose = net.rows(moved)
        if len(at) * 8 < len(net.ends):  # few have a way yet: from them
            np.minimum.at(now, net.ends[at], (before + tolls)[moved][whose] + costs.steps[at])
        else:
            beyond = (before + tolls)[net.ends] + costs.steps
            now[linked] = np.minimum(now[linked], np.minimum.reduceat(beyond, net.starts[linked]))
        moved = np.flatnonzero(now < before)
        least.append(now)
    return least


def _cheapest(web: Web, costs: _Costs, tolls: Floats, start: int, end: int, most: int) -> list[int]:
    """Return the concepts on the cheapest way of at most so many hops, both ends with it; none where there is none.

    Of two ways that cost the same the one whose concepts come first by id is taken.
    """
    net, order = web.net, web.net.concepts["order"]
    tolls = tolls.copy()
    tolls[end] = 0
    least = _least(web, costs, tolls, end, most - 1)  # of what lies behind the first hop
    # A way is queued first with what it costs at least, then, its last quote read, with what it costs.
    queue: list[tuple[float, tuple[int, ...], bool, float, _Way]] = []
    queue.append((0.0, (int(order[start]),), True, 0.0, _Way((start,), frozenset())))
    # One that comes later to the same place leads no further if it took the same risks: it could only be better where
    # the earlier one passed a concept by chance, and must not pass it again.
    done: dict[tuple[int, int, bool], list[frozenset[int]]] = {}
    while queue:
        bound, ids, is_read, cost, way = heapq.heappop(queue)
        here, hops = way.concepts[-1], len(way.concepts) - 1
        earlier = done.setdefault((here, hops, here in way.risky), [])
        if any(risky <= way.risky for risky in earlier):
            continue
        if not is_read:
            flaws = quote_flaws(_between(web, way.concepts[-2], here).evidence[0].quote)
            heapq.heappush(queue, (bound + flaws, ids, True, cost + flaws, way))
            continue
        earlier.append(way.risky)
        if here == end:
            return list(way.concepts)
        if hops == most:
            continue
        row = net.row(here)
        there, chance = net.ends[row], costs.by_chance[row]
        sums = cost + (tolls[here] if hops else 0.0) + costs.steps[row]
        bounds = sums + tolls[there] + least[most - hops - 1][there]
        open_ = np.isfinite(bounds) & ~np.isin(there, way.concepts) & ~(chance & (here in way.risky))
        for nth in np.flatnonzero(open_).tolist():
            to = int(there[nth])
            further = _Way((*way.concepts, to), way.risky | {to} if chance[nth] else way.risky)
            heapq.heappush(queue, (float(bounds[nth]), (*ids, int(order[to])), False, float(sums[nth]), further))
    return []


def _between(web: Web, a: int, b: int) -> Relation:
    """Return the relation of two concepts that have one."""
    row = web.net.row(a)
    nth = int(np.searchsorted(web.net.ends[row], b))
    return web.shelf.relations([int(web.net.links[row][nth])])[0]


def _hops(web: Web, way: Sequence[int]) -> list[Hop]:
    concepts = web.shelf.concepts(way)
    return [
        Hop(concepts[nth], concepts[nth + 1], relation, weak(relation))
        for nth, (a, b) in enumerate(itertools.pairwise(way))
        for relation in [_between(web, a, b)]
    ]


def _no_path(web: Web, ids: tuple[str, str], ends: tuple[int, int], detour: Concept | None) -> NoPath:
    """Return what each end does lead to, and which two of those (or the ends) are most alike in name and company."""
    left, right = (related(web, name, _AROUND) for name in ids)
    near = [
        np.array([end, *(place_of(web, item.concept.id) for item in items)], np.int64)
        for end, items in zip(ends, (left, right), strict=True)
    ]
    closest = min(
        (
            (
                -float(cosine),
                int(web.net.concepts["order"][one]),
                int(web.net.concepts["order"][other]),
                one,
                int(other),
            )
            for one in near[0].tolist()
            for others in [near[1][near[1] != one]]
            for other, cosine in zip(others, web.names(one, others) + web.company(one, others), strict=True)
            if {one, int(other)} != set(ends)
        ),
        default=None,
    )
    pair = None
    if closest is not None and closest[0] < 0:
        first, second = web.shelf.concepts(closest[3:])
        pair = first, second
    return NoPath((tuple(left[:LEADS]), tuple(right[:LEADS])), pair, detour)
