"""What belongs to a concept though nothing says it beside it: by way of what is said beside both. Pure.

Two literatures that never meet may share what lies between them (Swanson 1986, "Undiscovered public knowledge"). Of all
that is two steps away the score is

    log(w / s^0.75) / 4  +  names, company and lone as in related.py  +  2 r

where w is the share of a walk from the concept (pagerank.py), s the strength of the other: what is much said of is met
by any walk, and r the share of all concepts that rank lower. Of the 205 pairs that an expert calls related and that
have no relation here (42 articles), .27 come among the first five of a concept, .37 among the first ten
(bench/related.py --far).
"""

import dataclasses
import heapq
from collections.abc import Sequence

import numpy as np

from kg.model import Concept
from kg.pagerank import walk
from kg.path import Hop, middle
from kg.related import COMPANY, LONE, NAMES, place_of
from kg.web import Floats, Places, Web

SHARE, STRENGTH, RANK = 0.25, 0.75, 2.0
_BLOCK = 64  # candidates whose names and company are looked at together


@dataclasses.dataclass(frozen=True, slots=True)
class Far:
    """A concept that belongs to one that was asked for, and the best way there."""

    concept: Concept
    score: float
    way: tuple[Hop, ...]  # two hops


def far(web: Web, concept: str | Sequence[str], k: int = 8, *, kind: str = "") -> list[Far]:
    """Return the k concepts without a relation to this one (or to any of these) that belong to it most, best first.

    Raises:
        NotFound: the web has no concept of this id.
    """
    asked = [place_of(web, name) for name in ([concept] if isinstance(concept, str) else concept)]
    others, known = _two_away(web, asked, kind)
    turn = np.lexsort((web.net.concepts["order"][others], -known))
    best: list[tuple[float, int, int]] = []  # (score, -order, place), the worst first
    for begin in range(0, len(turn), _BLOCK):
        some = turn[begin : begin + _BLOCK]
        if len(best) == k and known[some[0]] + NAMES + COMPANY < best[0][0]:
            break
        scores = known[some] + _alike(web, asked, others[some])
        for score, place in zip(scores.tolist(), others[some].tolist(), strict=True):
            item = (score, -int(web.net.concepts["order"][place]), place)
            if len(best) < k:
                heapq.heappush(best, item)
            else:
                heapq.heappushpop(best, item)
    best.sort(key=lambda item: (-item[0], -item[1]))
    ways = [next(way for start in asked if (way := middle(web, start, place))) for _, _, place in best]
    return [Far(way[-1].end, score, tuple(way)) for way, (score, _, _) in zip(ways, best, strict=True)]


def _two_away(web: Web, asked: Sequence[int], kind: str) -> tuple[Places, Floats]:
    """Return what is two steps away, and its score as far as nothing need be read for it."""
    net, shares = web.net, walk(web, asked)
    near, _ = net.rows(np.array(asked, np.int64))
    beside = np.unique(net.ends[near]).astype(np.int64)
    at, _ = net.rows(beside)
    others = np.setdiff1d(net.ends[at].astype(np.int64), np.concatenate([beside, asked]))
    others = others[shares[others] > 0]
    if kind:
        others = others[net.of_kind(kind)[others]]
    scores = (
        SHARE * (np.log(shares[others]) - STRENGTH * np.log(web.strengths[others]))
        + RANK * web.ranks[others]
        - LONE * net.concepts["lone"][others]
    )
    return others, scores


def _alike(web: Web, asked: Sequence[int], others: Places) -> Floats:
    """Return what names and company add, at most NAMES + COMPANY: the mean over those asked for."""
    each = [NAMES * web.names(place, others) + COMPANY * web.company(place, others) for place in asked]
    mean: Floats = np.mean(each, axis=0)
    return mean
