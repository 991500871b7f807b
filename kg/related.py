"""What belongs to a concept, or to several at once, in what order. Pure.

The order of `related` joins four witnesses, each at most 1: how surely the two are said together (log of LLR, as a
share of the concept's strongest), how often the one comes with the other, how alike their names are (cosine from an
encoder), and how alike their company is (cosine of LLR-weighted neighbours); and a prior: how good a concept the other
is, by its own rank in the library. What is linked with everything pays for it, and so do a lone general word, a quote
that is not one good sentence, and what a single source says. Only concepts with a relation of their own are listed:
what no sentence says is not shown (far.py lists the rest, with the way there). docs/graph.md has the formula.
"""

import dataclasses
import difflib
import functools
import heapq
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.errors import NotFound
from kg.model import Concept, Evidence, Relation
from kg.quotes import flaws
from kg.web import Floats, Places, Web

# Beside 1 for log-likelihood. Set on the gold concepts that are found in 42 articles (bench/related.py --own), and kept
# round. They sit on a plateau: weights learnt on four fifths do no better on the fifth (docs/graph.md).
NAMES, COMPANY, SHARE, PRIOR, HUBS, LONE, QUOTE, ALONE = 0.7, 0.5, 0.7, 0.5, 0.15, 0.3, 0.15, 0.3
_BLOCK = 64  # candidates whose names and company are looked at together
_READ = 16  # candidates whose quotes are read together


@dataclasses.dataclass(frozen=True, slots=True)
class Related:
    """A concept that belongs to those that were asked for, and why."""

    concept: Concept
    relations: tuple[Relation, ...]  # one to each of those asked for that it is said with, in their order
    score: float  # of the ranking: higher is better

    @property
    def type(self) -> str:
        """What the relations are, where they agree."""
        types = {relation.type for relation in self.relations}
        return types.pop() if len(types) == 1 else "related"

    @property
    def weight(self) -> float:
        """How much distinct evidence supports them."""
        return sum(relation.weight for relation in self.relations)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The quotes: the best of each relation, then the second of each, and so on."""
        most = max(len(relation.evidence) for relation in self.relations)
        turns = [r.evidence[nth] for nth in range(most) for r in self.relations if nth < len(r.evidence)]
        return tuple(dict.fromkeys(turns))


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Arms:
    """The relations between those asked for and everything else: one arm each."""

    asked: Places  # (r,) which of those asked for, from 0
    others: Places  # (r,) who is at the other end
    links: Places  # (r,) the relation
    scores: Floats  # (r,) what speaks for it and needs no reading

    def of(self, some: NDArray[np.bool_]) -> "_Arms":
        return _Arms(self.asked[some], self.others[some], self.links[some], self.scores[some])


def related(web: Web, concept: str | Sequence[str], k: int = 8, *, lang: str = "", kind: str = "") -> list[Related]:
    """Return the k concepts that belong most to this one, or to these together, best first; ties by id.

    What is said with several of those asked for has the sum of what speaks for it with each. With `lang`, only what has
    a quote in that language, and those quotes; with `kind`, only concepts of that kind. What names, company and quotes
    can still add is bounded, so that they are looked at for the most likely only; the answer is that of looking at all.

    Raises:
        NotFound: the web has no concept of this id.
    """
    asked = [place_of(web, name) for name in ([concept] if isinstance(concept, str) else concept)]
    arms = _arms(web, asked)
    if kind:
        arms = arms.of(web.net.of_kind(kind)[arms.others])
    others, whose = np.unique(arms.others, return_inverse=True)
    most = np.maximum(arms.scores + NAMES + COMPANY, 0)  # with `lang` an arm may count nothing
    bounds = np.bincount(whose, most, minlength=len(others)) + _own(web, others)
    turn = np.lexsort((web.net.concepts["order"][others], -bounds))
    best: list[tuple[float, int, int, tuple[Relation, ...]]] = []  # (score, -order, place, relations): worst first
    for begin in range(0, len(turn), _BLOCK):
        some = turn[begin : begin + _BLOCK]
        if len(best) == k and bounds[some[0]] < best[0][0]:
            break
        for score, order, place, said in _weighed(web, asked, arms.of(np.isin(whose, some)), best, k, lang):
            if len(best) < k:
                heapq.heappush(best, (score, -order, place, said))
            else:
                heapq.heappushpop(best, (score, -order, place, said))
    best.sort(key=lambda item: (-item[0], -item[1]))
    found = web.shelf.concepts([place for _, _, place, _ in best])
    return [Related(each, said, score) for each, (score, _, _, said) in zip(found, best, strict=True)]


def place_of(web: Web, concept: str) -> int:
    """Return the place of a concept.

    Raises:
        NotFound: the web has no concept of this id.
    """
    place = web.place(concept)
    if place is None:
        ids = [other.id for other in web.shelf.concepts(range(len(web.net)))]
        raise NotFound(f"no concept has the id {concept!r}", difflib.get_close_matches(concept, sorted(ids), n=5))
    return place


def _arms(web: Web, asked: Sequence[int]) -> _Arms:
    """Return what those asked for are linked with, each other left out."""
    net = web.net
    at, whose = net.rows(np.array(asked, np.int64))
    outside = ~np.isin(net.ends[at], asked)
    at, whose = at[outside], whose[outside]
    others, links = net.ends[at].astype(np.int64), net.links[at].astype(np.int64)
    logs = np.log1p(net.relations["llr"][links])
    strongest = np.array([np.log1p(net.relations["llr"][net.links[net.row(a)]]).max(initial=0) for a in asked])
    mentions = np.maximum(1, net.concepts["mentions"][asked])
    scores = (
        logs / np.maximum(strongest, 1e-9)[whose]
        + SHARE * np.minimum(1, net.relations["count"][links] / mentions[whose])
        - ALONE * (net.relations["sources"][links] < 2)
    )
    return _Arms(whose, others, links, scores)


def _own(web: Web, others: Places) -> Floats:
    """Return what speaks for some concepts (n,) whatever is asked: counted once for each."""
    own: Floats = (
        PRIOR * web.standing[others] - HUBS * np.log1p(web.degrees[others]) - LONE * web.net.concepts["lone"][others]
    )
    return own


def _weighed(
    web: Web, asked: Sequence[int], arms: _Arms, best: list[tuple[float, int, int, tuple[Relation, ...]]], k: int,
    lang: str,
) -> Iterator[tuple[float, int, int, tuple[Relation, ...]]]:  # fmt: skip
    """Yield (score, order, place, relations) of the candidates of some arms that may be among the k best."""
    scores = arms.scores.copy()
    for nth, place in enumerate(asked):
        mine = arms.asked == nth
        if mine.any():
            others = arms.others[mine]
            scores[mine] += NAMES * web.names(place, others) + COMPANY * web.company(place, others)
    others, whose = np.unique(arms.others, return_inverse=True)
    own = _own(web, others)
    bounds = np.bincount(whose, np.maximum(scores, 0) if lang else scores, minlength=len(others)) + own
    arms_of = np.split(np.argsort(whose, kind="stable"), np.cumsum(np.bincount(whose))[:-1])
    turn = np.argsort(-bounds, kind="stable")
    for begin in range(0, len(turn), _READ):
        some = turn[begin : begin + _READ]
        if len(best) == k and bounds[some[0]] < best[0][0]:
            return
        numbers = np.unique(np.concatenate([arms.links[arms_of[nth]] for nth in some])).tolist()
        read = dict(zip(numbers, web.shelf.relations(numbers), strict=True))
        for nth in some.tolist():
            said, score = [], float(own[nth])
            for arm in arms_of[nth].tolist():
                spoken = _in_language(read[int(arms.links[arm])], lang)
                if spoken is not None:
                    said.append(spoken)
                    score += float(scores[arm]) - QUOTE * quote_flaws(spoken.evidence[0].quote)
            if said:
                place = int(others[nth])
                yield score, int(web.net.concepts["order"][place]), place, tuple(said)


def _in_language(relation: Relation, lang: str) -> Relation | None:
    if not lang:
        return relation
    quotes = tuple(quote for quote in relation.evidence if quote.lang == lang)
    return dataclasses.replace(relation, evidence=quotes) if quotes else None


@functools.lru_cache(maxsize=1 << 15)
def quote_flaws(quote: str) -> float:
    """Return `flaws` of a quote, which costs 60 µs, and the same quotes are asked for again."""
    return flaws(quote)
