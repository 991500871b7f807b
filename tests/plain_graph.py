"""The questions to the graph as their definitions say them, one value after another: slow, and plain to read."""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from kg.model import Concept, Relation
from kg.quotes import flaws
from kg.web import Held, Web, is_lone


class Plain:
    """A web as dictionaries."""

    def __init__(self, web: Web) -> None:
        assert isinstance(web.shelf, Held)
        self.concepts: dict[str, Concept] = {concept.id: concept for concept in web.shelf.ranked}
        self.links: dict[str, dict[str, Relation]] = {name: {} for name in self.concepts}
        for relation in web.shelf.said:
            self.links[relation.a][relation.b] = self.links[relation.b][relation.a] = relation
        self.vectors = {}
        known = {name: web.shelf.vectors[place] for name, place in web.shelf.numbers.items()}
        known = {name: vector for name, vector in known.items() if vector.any()}
        if known:
            mean = np.mean(list(known.values()), axis=0)
            self.vectors = {name: (v - mean) / np.linalg.norm(v - mean) for name, v in known.items()}

    def rank(self, name: str) -> float:
        """Return the share of the concepts that score lower, equals counted half."""
        scores, own = [concept.score for concept in self.concepts.values()], self.concepts[name].score
        return sum((score < own) + (score == own) / 2 for score in scores) / len(scores)

    def names(self, a: str, b: str) -> float:
        """Return the cosine of two names."""
        return float(self.vectors[a] @ self.vectors[b]) if a in self.vectors and b in self.vectors else 0.0

    def company(self, a: str, b: str) -> float:
        """Return the cosine of two concepts' neighbours."""
        mine, other = self._company(a), self._company(b)
        return sum(mine[name] * other[name] for name in mine.keys() & other.keys())

    def _company(self, name: str) -> dict[str, float]:
        logs = {other: math.log1p(relation.llr) for other, relation in self.links[name].items()}
        logs[name] = max(logs.values(), default=1.0)
        length = math.sqrt(sum(value**2 for value in logs.values()))
        return {other: value / length for other, value in logs.items()}

    def related(self, asked: Sequence[str], lang: str = "", kind: str = "") -> list[tuple[str, float]]:
        """Return (id, score) of all that belong to those asked for, best first."""
        found: dict[str, float] = {}
        for name in asked:
            strongest = max((relation.llr for relation in self.links[name].values()), default=0.0)
            for other, relation in self.links[name].items():
                quotes = [quote for quote in relation.evidence if lang in ("", quote.lang)]
                if other in asked or not quotes or kind not in ("", self.concepts[other].kind):
                    continue
                own = (
                    -0.5 * math.log(1 + (1 - self.rank(other)) / 0.04)
                    - 0.15 * math.log1p(len(self.links[other]))
                    - 0.3 * is_lone(self.concepts[other].name)
                )
                found[other] = found.get(other, own) + (
                    math.log1p(relation.llr) / math.log1p(strongest)
                    + 0.7 * self.names(name, other)
                    + 0.5 * self.company(name, other)
                    + 0.7 * min(1.0, relation.count / max(1, self.concepts[name].n_mentions))
                    - 0.15 * flaws(quotes[0].quote)
                    - 0.3 * (relation.n_sources < 2)
                )
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))

    def cost(self, way: Sequence[str]) -> float:
        """Return what a way costs; infinite where it is no honest one."""
        degrees = {name: len(near) for name, near in self.links.items() if near}
        usual = float(np.median(list(degrees.values())))
        steps = [self.links[a][b] for a, b in itertools.pairwise(way)]
        total = 0.0
        for step in steps:
            total += 2.5 + math.log2(1 + 1 / step.weight) + 2 * (step.llr < 10.83) + (step.n_sources < 2)
            total += flaws(step.evidence[0].quote)
        for nth, name in enumerate(way[1:-1]):
            vague = 6 * (1 - self.rank(name))
            total += vague + math.log2(max(1, degrees[name] / usual)) / 2 * max(0.25, vague)
            total += 3 * is_lone(self.concepts[name].name)
            if degrees[name] > len(degrees) / 2 and degrees[name] > 4 * usual:
                return math.inf
            if steps[nth].llr < 10.83 and steps[nth + 1].llr < 10.83:
                return math.inf
        return total

    def ways(self, start: str, end: str, most: int) -> list[list[str]]:
        """Return all ways of at most so many hops that meet no concept twice."""
        found, open_ = [], [[start]]
        while open_:
            way = open_.pop()
            if way[-1] == end:
                found.append(way)
            elif len(way) <= most:
                open_ += [[*way, other] for other in self.links[way[-1]] if other not in way]
        return found
