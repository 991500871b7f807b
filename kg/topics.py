"""What a library is about: its communities of concepts, each named by the concepts that hold it together. Pure.

The communities are those that exports carry (communities.py, over the relations by weight). Within one those concepts
come first that are tied to it most, and not as much to all the rest: by i^2/s, where s is the strength of a concept and
i the part of it that stays in the community.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from kg.communities import communities
from kg.web import Web

LEAST = 3  # concepts; what is smaller is no topic


@dataclasses.dataclass(frozen=True, slots=True)
class Topic:
    """A community of concepts."""

    number: int  # the largest is 0
    members: tuple[int, ...]  # places, those that hold it together first


def community_of(web: Web) -> NDArray[np.int64]:
    """Return the community of each concept (n,): 8 s for 100,000 concepts with 1,000,000 relations."""
    order = web.net.concepts["order"].astype(np.int64)
    a, b = (order[web.net.relations[end]] for end in ("a", "b"))
    return communities(len(web.net), a, b, web.net.relations["weight"])[order]


def topics(web: Web, community: NDArray[np.int64]) -> list[Topic]:
    """Return the topics, the largest first, where it is known to which community each concept belongs."""
    net = web.net
    rows = np.repeat(np.arange(len(net)), web.degrees)
    inside = np.bincount(rows, web.weights * (community[rows] == community[net.ends]), minlength=len(net))
    central = inside**2 / np.maximum(web.strengths, 1e-12)
    turn = np.lexsort((net.concepts["order"], -central, community))
    counts = np.bincount(community)
    found = np.split(turn, np.cumsum(counts)[:-1]) if len(turn) else []
    return [Topic(number, tuple(members.tolist())) for number, members in enumerate(found) if len(members) >= LEAST]
