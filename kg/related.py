"""What belongs to a concept, in what order, and how two concepts hang together. Pure.

The order of `related` joins four witnesses, each at most 1: how surely the two are said together (log of LLR, as a
share of the concept's strongest), how often the one comes with the other, how alike their names are (cosine from an
encoder), and how alike their company is (cosine of LLR-weighted neighbours); and a prior: how good a concept the other
is, by its own rank in the library. What is linked with everything pays for it, and so do a lone general word, a quote
that is not one good sentence, and what a single source says. Only concepts with a relation of their own are listed:
what no sentence says is not shown.
"""

import bisect
import dataclasses
import difflib
import heapq
import math
import re
import statistics
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from corpus.errors import NotFound
from kg.model import Concept, Evidence, Relation
from kg.quotes import flaws
from kg.relations import weak

# Beside 1 for log-likelihood. Set on the 136 gold concepts that are found in 42 articles (bench/related.py --own), near
# what hill climbing gave, and kept round. They were not held out: expect less on other articles (climbing on three
# quarters of an earlier set of features lost two points of P@5 on the fourth).
NAMES, COMPANY, SHARE, PRIOR, HUBS, LONE, QUOTE, ALONE = 0.7, 0.5, 0.7, 2.0, 0.15, 0.3, 0.15, 0.3
MAX_HOPS = 5  # a longer way round tells nothing of its ends
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclasses.dataclass(frozen=True, slots=True)
class Related:
    """A concept that belongs to another, and why."""

    concept: Concept
    relation: Relation
    score: float  # of the ranking: higher is better

    @property
    def type(self) -> str:
        """What the relation is."""
        return self.relation.type

    @property
    def weight(self) -> float:
        """How much distinct evidence supports it."""
        return self.relation.weight

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The quotes, best first."""
        return self.relation.evidence


@dataclasses.dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path, in the direction of the path."""

    start: Concept
    end: Concept
    relation: Relation
    weak: bool  # chance, or one source alone, may be behind it


class Web:
    """All concepts with their relations, ready to be asked. What it answers does not change once it is built."""

    def __init__(
        self,
        concepts: Mapping[str, Concept],
        links: Mapping[str, Mapping[str, Relation]],
        names: Mapping[str, NDArray[np.float32]],
    ) -> None:
        """Use `Web.build`."""
        self.concepts = concepts
        self._links = links
        self._names = names
        self._scores = sorted(concept.score for concept in concepts.values())
        self._companies: dict[str, dict[str, float]] = {}  # as they are asked for

    @classmethod
    def build(
        cls,
        concepts: Iterable[Concept],
        relations: Iterable[Relation],
        name_vectors: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> "Web":
        """Return the web of these; `name_vectors` are those of the names (d,) by concept id, if any."""
        known = {concept.id: concept for concept in concepts}
        links: dict[str, dict[str, Relation]] = {name: {} for name in known}
        for relation in relations:
            links[relation.a][relation.b] = links[relation.b][relation.a] = relation
        return cls(known, links, _centred(known, name_vectors or {}))

    def links(self, concept: str) -> Mapping[str, Relation]:
        """Return the relations of a concept by the id at their other end."""
        return self._links[concept]

    def company(self, a: str, b: str) -> float:
        """Return the cosine of two concepts' neighbours, weighted with the log of their LLR; each counts as its own."""
        mine, other = self._company(a), self._company(b)
        return math.fsum(mine[name] * other[name] for name in mine.keys() & other.keys())

    def _company(self, concept: str) -> dict[str, float]:
        if concept not in self._companies:
            self._companies[concept] = _company(concept, self._links[concept])
        return self._companies[concept]

    def rank(self, concept: str) -> float:
        """Return the share of the concepts that score lower than this one, equals counted half."""
        score = self.concepts[concept].score
        lower, not_higher = bisect.bisect_left(self._scores, score), bisect.bisect_right(self._scores, score)
        return (lower + not_higher) / (2 * len(self._scores))

    def median_links(self) -> float:
        """Return how many relations a concept has that has any, at the median."""
        return statistics.median([len(near) for near in self._links.values() if near] or [1])

    def names(self, a: str, b: str) -> float:
        """Return the cosine of two concepts' names, 0 where either has no vector."""
        if a not in self._names or b not in self._names:
            return 0.0
        return float(self._names[a] @ self._names[b])


def is_lone(concept: Concept) -> bool:
    """Tell whether a concept is one lower-case English word without a Chinese name: a general word, often (scaling)."""
    return concept.name.isalpha() and concept.name.islower() and concept.name.isascii() and not concept.label_zh


def _company(concept: str, near: Mapping[str, Relation]) -> dict[str, float]:
    """Return the unit vector of a concept's neighbours; itself among them, as strong as the strongest."""
    logs = {other: math.log1p(relation.llr) for other, relation in near.items()}
    logs[concept] = max(logs.values(), default=1.0)
    length = math.sqrt(math.fsum(value * value for value in logs.values()))
    return {other: value / length for other, value in logs.items()}


def related(
    web: Web,
    concept: str,
    k: int = 8,
    *,
    lang: str = "",
    kind: str = "",
) -> list[Related]:
    """Return the k concepts that belong most to this one, best first; ties by id.

    With `lang`, only what has a quote in that language, and those quotes; with `kind`, only concepts of that kind.

    Raises:
        NotFound: the web has no concept of this id.
    """
    if concept not in web.concepts:
        raise NotFound(f"no concept has the id {concept!r}", _alike(web.concepts, concept))
    links = web.links(concept)
    strongest = max((relation.llr for relation in links.values()), default=0.0)
    mentions = max(1, web.concepts[concept].n_mentions)
    found = []
    for other, relation in links.items():
        if kind and web.concepts[other].kind != kind:
            continue
        if lang:
            quotes = tuple(quote for quote in relation.evidence if quote.lang == lang)
            if not quotes:
                continue
            relation = dataclasses.replace(relation, evidence=quotes)
        score = (
            math.log1p(relation.llr) / math.log1p(strongest)
            + NAMES * web.names(concept, other)
            + COMPANY * web.company(concept, other)
            + SHARE * min(1.0, relation.count / mentions)
            + PRIOR * web.rank(other)
            - HUBS * math.log1p(len(web.links(other)))
            - LONE * is_lone(web.concepts[other])
            - QUOTE * flaws(relation.evidence[0].quote)
            - ALONE * (relation.n_sources < 2)
        )
        found.append(Related(web.concepts[other], relation, score))
    return heapq.nsmallest(k, found, key=lambda item: (-item.score, item.concept.id))


def path(web: Web, a: str, b: str) -> list[Hop]:
    """Return the hops from `a` to `b` with the strongest evidence; none where they are one concept.

    A hop costs 2.5 + log2(1 + 1/weight), more where it is weak (2) and where its quote is not one good sentence. A
    concept on the way costs more the lower its rank (up to 2), the more it is linked with (log2 of its relations over
    the median, half of it for a good concept, twice for a poor one), and where it is a lone general word (3), so that
    the way does not run through what is linked with everything and says nothing.

    Raises:
        NotFound: there is no such concept, or no way of at most five hops; `near` names where each end does lead.
    """
    for end in (a, b):
        if end not in web.concepts:
            raise NotFound(f"no concept has the id {end!r}", _alike(web.concepts, end))
    median = web.median_links()
    # a state is (concept, hops so far): the cheapest way of few hops may begin with a dearer one
    best: dict[tuple[str, int], tuple[float, str]] = {}
    queue: list[tuple[float, int, str, str]] = [(0.0, 0, a, "")]
    while queue:
        cost, hops, here, before = heapq.heappop(queue)
        if (here, hops) in best:
            continue
        best[here, hops] = (cost, before)
        if here == b:
            return _hops(web, best, b, hops)
        if hops == MAX_HOPS:
            continue
        crowd = math.log2(max(1.0, len(web.links(here)) / median))
        vague = 2 * (1 - web.rank(here))
        toll = vague + crowd * max(0.5, vague) + 3 * is_lone(web.concepts[here]) if here != a else 0.0
        for there, relation in web.links(here).items():
            if (there, hops + 1) not in best:
                step = 2.5 + math.log2(1 + 1 / relation.weight) + 2 * weak(relation) + flaws(relation.evidence[0].quote)
                heapq.heappush(queue, (cost + toll + step, hops + 1, there, here))
    near = [item.concept.name for end in (a, b) for item in related(web, end, 3)]
    names = [web.concepts[end].name for end in (a, b)]
    raise NotFound(f"nothing said in this library leads from {names[0]} to {names[1]}", list(dict.fromkeys(near)))


def _hops(web: Web, best: Mapping[tuple[str, int], tuple[float, str]], end: str, hops: int) -> list[Hop]:
    way = []
    while hops:
        before = best[end, hops][1]
        relation = web.links(before)[end]
        way.append(Hop(web.concepts[before], web.concepts[end], relation, weak(relation)))
        end, hops = before, hops - 1
    return way[::-1]


def _alike(names: Iterable[str], name: str) -> list[str]:
    return difflib.get_close_matches(name, sorted(names), n=5)


def _centred(
    concepts: Mapping[str, Concept], vectors: Mapping[str, NDArray[np.float32]]
) -> dict[str, NDArray[np.float32]]:
    """Return the vectors without what all names of the same script share, as unit vectors.

    Short names lie close together in an encoder's space (mean cosine .81), and closest to those in the same script.
    """
    centred: dict[str, NDArray[np.float32]] = {}
    for han in (False, True):
        ids = sorted(i for i in vectors if i in concepts and bool(_HAN.search(concepts[i].name)) == han)
        if ids:
            rows = np.stack([vectors[i] for i in ids])  # (n, d)
            rows = rows - rows.mean(axis=0)
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
            centred.update(zip(ids, rows / np.maximum(lengths, 1e-6), strict=True))
    return centred
