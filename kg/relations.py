"""Which concepts belong together: log-likelihood in windows of three sentences, false discoveries under control. Pure.

What is counted stands in tally.py; here the tallies of all sources are added up and judged. Sums of whole numbers: the
same bits in whatever order the sources come. Overlapping windows are not independent: taken at face value they find a
hundred "significant" pairs in shuffled text. Divided by OVERLAP, the statistic keeps its promise.

    llr     G2 of the 2x2 table of windows (Dunning 1993, "Accurate Methods for the Statistics of Surprise and
            Coincidence", section 6) / OVERLAP; kept from 10.83 (p < .001) and past Benjamini and Hochberg (1995) at 5%
            over all pairs of concepts, also those never seen together.
            A concept's strongest partners are kept below that too, as tentative (`weak` says so): one named only
            twice would else stand alone, however plainly its two sentences speak. (P@5 of `related`: 45 -> 54.)
    npmi    pointwise mutual information of the same table, normalised to at most 1 (Bouma 2009). It is what makes hubs
            pay: of a concept that stands in every window it is 0 with each other.
    weight  npmi x c/(c+1) x m/(m+1) x s: c the places that hold both, m those of the rarer concept (the discount of
            Pantel and Lin 2002, section 3.1, for what is seen too seldom), s the sites, and half for each further
            source of the same site. All but s are at most 1: a weight never exceeds s, and s counts only sources that
            say it in words of their own.

A page's title and the headings above a passage speak with all of it, though no sentence may hold both. That makes no
relation, which needs a sentence to quote, but tells among those that have one. (P@5 of `related`, from the library's
own concepts: 44 -> 47.) The passages of a page are no independent witnesses of its title: for such pairs LLR ranks, and
the threshold is looser than it says.
"""

import bisect
import dataclasses
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kg.model import Evidence, Passage, Relation
from kg.pattern import TYPES
from kg.quotes import Quote, best_quotes, distinct, site_of
from kg.tally import WINDOW, Tally, tally

# Sentences 0, 1 or 2 apart share 3, 2 or 1 windows. Two concepts strewn at random are 1 or 2 apart twice as often as 0,
# and counts that come in such lots vary sum(w^2)/sum(w) = 19/9 times as much (the design effect of Kish 1965). With 168
# concepts strewn over 42 articles 16 of 14,028 pairs pass 10.83, where 14 should (undivided: 180); as they are, 324.
OVERLAP = 19 / 9
MIN_LLR = 10.83  # chi-squared with one degree of freedom at p = .001
FALSE_DISCOVERIES = 0.05
PARTNERS = 16  # kept for each concept whatever their significance, so that `related` has a choice
_AT_ONCE = 1 << 21  # pairs held before equal ones are added up: 67 MB
_QUOTES_AT_ONCE = 1 << 19  # quotes looked at together: some 300 MB as Python sees them

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What all tallies say, added up. Concepts are numbered by their place among `names`, pairs named a * n + b."""

    names: tuple[str, ...]  # sorted
    windows: int
    single: Ints  # (n,): the windows that hold each concept
    is_named: NDArray[np.bool_]  # (n,): whether some passage names it; a title alone does not
    pairs: Ints  # (m,): sorted
    both: Ints  # (m,): the windows that hold both
    quotes: Ints  # (m,): how many there are
    said: NDArray[np.uint64]  # (m,): a digest of all quotes and their sources; of none 0


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The pairs that are relations, in order, with their numbers."""

    pairs: Ints
    both: Ints
    rarer: Ints  # the windows that hold the rarer of the two
    quotes: Ints
    said: NDArray[np.uint64]
    llr: Floats
    npmi: Floats

    @property
    def places(self) -> Ints:
        """How many places hold both: three shared windows make one."""
        return -(-self.both // WINDOW)

    def at(self, chosen: Ints) -> "Kept":
        """Return those at these places."""
        return Kept(*(getattr(self, field.name)[chosen] for field in dataclasses.fields(self)))

    def weights(self, n_sources: Ints, n_sites: Ints) -> Floats:
        """Return the weight of each, by the formula above, from the sources and sites that say it."""
        both, rarer = self.both / WINDOW, self.rarer / WINDOW
        return self.npmi * (both / (both + 1)) * (rarer / (rarer + 1)) * support(n_sources, n_sites)


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """What the quotes of a pair say: how the two relate, who says so, and what to show."""

    type: str
    back: bool  # whether the type reads from the second concept to the first
    n_sources: int
    n_sites: int
    quotes: tuple[Quote, ...]  # best first, never empty


def relations(passages: Iterable[Passage]) -> list[Relation]:
    """Return what belongs together, by (a, b); the same bits in whatever order the passages come."""
    by_source: dict[str, list[Passage]] = {}
    for passage in passages:
        by_source.setdefault(passage.url, []).append(passage)
    tallies = [tally(url, of_source) for url, of_source in by_source.items()]
    found = count(tallies, sorted({name for each in tallies for name in each.concepts}))
    texts = {passage.chunk: (passage.text, passage.start) for of_source in by_source.values() for passage in of_source}

    def cut(quote: Quote) -> str:
        text, start = texts[quote.chunk]
        return text[quote.start - start : quote.end - start]

    return sorted(made(tallies, found.names, kept(found), cut), key=lambda relation: (relation.a, relation.b))


def made(
    tallies: Iterable[Tally], names: Sequence[str], links: "Kept", cut: Callable[[Quote], str]
) -> Iterator[Relation]:
    """Yield these pairs as relations, each with its quotes, whose words `cut` gives."""
    for nth, said in statements(tallies, names, links.pairs, links.quotes):
        one = links.at(np.array([nth]))
        a, b = (names[end] for end in divmod(int(one.pairs[0]), len(names)))
        a, b = (b, a) if said.back else (a, b)
        weights = one.weights(np.array([said.n_sources]), np.array([said.n_sites]))
        quotes = ((quote, cut(quote)) for quote in said.quotes)
        yield Relation(
            a, b, said.type, float(weights[0]), float(one.llr[0]), float(one.npmi[0]), int(one.places[0]),
            said.n_sources, said.n_sites,
            tuple(Evidence(quote.chunk, quote.url, quote.lang, text, quote.start, quote.end) for quote, text in quotes),
        )  # fmt: skip


def weak(relation: Relation) -> bool:
    """Return whether chance, or one source alone, may be behind a relation."""
    return relation.llr < MIN_LLR or relation.n_sources < 2


def support(n_sources: ArrayLike, n_sites: ArrayLike) -> Floats:
    """Return what a weight may at most be: the sites, and half for each further source of the same site."""
    sources, sites = np.asarray(n_sources, np.float64), np.asarray(n_sites, np.float64)
    return sites + (sources - sites) / 2


def g2(both: ArrayLike, a: ArrayLike, b: ArrayLike, windows: ArrayLike) -> Floats:
    """Return Dunning's G2 for two events seen `a` and `b` times, `both` times together, in so many windows."""
    both, a, b, windows = (np.asarray(number, np.float64) for number in (both, a, b, windows))
    cells = (
        (both, a * b),
        (a - both, a * (windows - b)),
        (b - both, b * (windows - a)),
        (windows - a - b + both, (windows - a) * (windows - b)),
    )
    total = np.zeros(np.broadcast_shapes(both.shape, a.shape, b.shape, windows.shape))
    for seen, margins in cells:
        some = seen > 0
        total += seen * np.log(np.where(some, seen * windows, 1) / np.where(some, margins, 1))
    return 2 * total


def discoveries(p: Sequence[float], tests: float) -> int:
    """Return how many of the smallest p values are discoveries; `p` is sorted, of so many tests the rest is larger.

    Benjamini and Hochberg (1995), section 3: the largest i for which p(i) <= i/tests x FALSE_DISCOVERIES.
    """
    sure = [nth for nth, value in enumerate(p, 1) if value <= FALSE_DISCOVERIES * nth / tests]
    return sure[-1] if sure else 0


def _discovered(llr: Floats, tests: float) -> int:
    """Return how many of these are discoveries; `llr` falls.

    Only p values are asked that would be discoveries in the last place: on 100,000 passages fewer than half.
    """
    strongest = llr.tolist()
    if not strongest:
        return 0
    most = FALSE_DISCOVERIES * len(strongest) / tests
    asked = bisect.bisect_right(strongest, most, key=_p)
    return discoveries([_p(value) for value in strongest[:asked]], tests)


def _p(llr: float) -> float:
    """Return the probability that chi-squared with one degree of freedom is larger."""
    return math.erfc(math.sqrt(llr / 2))


def count(tallies: Iterable[Tally], names: Sequence[str]) -> Counts:
    """Return the sums of all tallies; `names` are sorted and hold every concept of theirs."""
    numbers = {name: nth for nth, name in enumerate(names)}
    n, windows = len(names), 0
    single, is_named = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    sums, held, waiting = _Sums.none(), 0, []
    for each in tallies:
        own = np.fromiter(map(numbers.__getitem__, each.concepts), np.int64)
        windows += each.windows
        single[own] += each.single
        is_named[own[each.places["concept"]]] = True
        waiting.append(_Sums.of(each, own, n))
        held += len(each.pairs)
        if held > _AT_ONCE:
            sums, held, waiting = _Sums.joined([sums, *waiting]), 0, []
    sums = _Sums.joined([sums, *waiting])
    return Counts(tuple(names), windows, single, is_named, sums.pairs, sums.both, sums.quotes, sums.said)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Numbers by pair."""

    pairs: Ints
    both: Ints
    quotes: Ints
    said: NDArray[np.uint64]

    @classmethod
    def none(cls) -> "_Sums":
        empty = np.zeros(0, np.int64)
        return cls(empty, empty, empty, empty.astype(np.uint64))

    @classmethod
    def of(cls, each: Tally, own: Ints, n: int) -> "_Sums":
        rows = each.pairs
        pairs = own[rows["a"]] * n + own[rows["b"]]
        return cls(pairs, rows["windows"].astype(np.int64), rows["quotes"].astype(np.int64), rows["said"])

    @classmethod
    def joined(cls, parts: Sequence["_Sums"]) -> "_Sums":
        """Return the sums of equal pairs, sorted by pair."""
        pairs = np.concatenate([part.pairs for part in parts])
        if not len(pairs):
            return cls.none()
        order = np.argsort(pairs, kind="stable")
        pairs = pairs[order]
        first = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]]))
        both, quotes, said = (
            np.add.reduceat(np.concatenate(column)[order], first)
            for column in zip(*((part.both, part.quotes, part.said) for part in parts), strict=True)
        )
        return cls(pairs[first], both, quotes, said)


def kept(counts: Counts) -> Kept:
    """Return the pairs that meet more often than chance allows, and for each concept its strongest partners."""
    n = len(counts.names)
    a, b = counts.single[counts.pairs // max(n, 1)], counts.single[counts.pairs % max(n, 1)]
    more = np.flatnonzero((counts.quotes > 0) & (counts.both * counts.windows > a * b))  # than chance, and can be shown
    a, b, both = a[more], b[more], counts.both[more]
    llr = np.maximum(0, g2(both, a, b, counts.windows)) / OVERLAP  # rounding takes it below where chance does as well
    npmi = np.log(both * counts.windows / (a * b)) / -np.log(both / counts.windows)
    order = np.argsort(-llr, kind="stable")  # strongest first; among equals by their names
    met = int(np.count_nonzero(counts.single))
    sure = np.arange(len(order)) < _discovered(llr[order], met * (met - 1) / 2)
    sure &= llr[order] >= MIN_LLR
    ends = np.concatenate([counts.pairs[more][order] // max(n, 1), counts.pairs[more][order] % max(n, 1)])
    among = _ranks(ends, np.concatenate([np.arange(len(order))] * 2))
    near = np.minimum(among[: len(order)], among[len(order) :]) < PARTNERS
    chosen = np.sort(order[sure | near])
    at = more[chosen]
    return Kept(
        counts.pairs[at], counts.both[at], np.minimum(a, b)[chosen], counts.quotes[at], counts.said[at],
        llr[chosen], npmi[chosen],
    )  # fmt: skip


def _ranks(groups: Ints, order: Ints) -> Ints:
    """Return the place of each item within its group, from 0, when items are taken in `order`."""
    by_group = np.lexsort((order, groups))
    sorted_groups = groups[by_group]
    first = np.searchsorted(sorted_groups, sorted_groups)
    ranks = np.empty(len(groups), np.int64)
    ranks[by_group] = np.arange(len(groups)) - first
    return ranks


def statements(
    tallies: Iterable[Tally], names: Sequence[str], pairs: Ints, quotes: Ints
) -> Iterator[tuple[int, Statement]]:
    """Yield what is said of each of these pairs, with the pair's place among them, in order.

    `pairs` are sorted; `quotes` says how many each has. The tallies are read again and again, so that no more than a
    bounded number of quotes is in memory at a time.
    """
    numbers = {name: nth for nth, name in enumerate(names)}
    parts = np.cumsum(quotes) // _QUOTES_AT_ONCE
    for part in np.unique(parts).tolist():
        first, last = np.searchsorted(parts, [part, part + 1]).tolist()
        yield from _statements(tallies, numbers, pairs[first:last], first)


def _statements(
    tallies: Iterable[Tally], numbers: dict[str, int], pairs: Ints, first: int
) -> Iterator[tuple[int, Statement]]:
    n = len(numbers)
    found: list[tuple[int, int, bool, Quote]] = []
    for each in tallies:
        own = np.fromiter(map(numbers.__getitem__, each.concepts), np.int64)
        named = own[each.pairs["a"]] * n + own[each.pairs["b"]]
        place = np.searchsorted(pairs, named)
        wanted = np.append(pairs, -1)[place] == named
        rows = each.quotes[wanted[each.quotes["pair"]]]
        at = place[rows["pair"]].tolist()
        for nth, (_, chunk, start, end, type_, back, cost, said) in zip(at, rows.tolist(), strict=True):
            name, lang = each.chunks[chunk]
            found.append((nth, type_, back, Quote(cost, each.url, start, end, name, lang, said)))
    found.sort(key=lambda item: item[0])
    for nth, group in itertools.groupby(found, key=lambda item: item[0]):
        yield first + nth, _statement([item[1:] for item in group])


def _statement(said: Sequence[tuple[int, bool, Quote]]) -> Statement:
    by_source: dict[str, list[Quote]] = {}
    votes: dict[tuple[int, bool], list[Quote]] = {}
    for type_, back, quote in said:
        if type_:
            votes.setdefault((type_, back), []).append(quote)
        else:
            by_source.setdefault(quote.url, []).append(quote)
    type_, back = 0, False
    leading: list[Quote] = []
    if votes:
        # the type that most sources state; at equal numbers the one whose best quote is the better
        (type_, back), leading = min(votes.items(), key=lambda vote: (-len({q.url for q in vote[1]}), min(vote[1])))
    sources = distinct(by_source)
    sites = {site_of(url) for url in sources}
    shown = best_quotes(leading, itertools.chain.from_iterable(by_source.values()))
    return Statement(TYPES[type_], back, len(sources), len(sites), shown)
