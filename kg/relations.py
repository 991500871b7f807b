"""Which concepts belong together: log-likelihood in windows of three sentences, false discoveries under control. Pure.

Windows slide over the sentences of a passage and reach over both its ends, so that each sentence lies in exactly three:
a pair in one sentence shares three windows, in neighbouring sentences two, one sentence apart one. Closeness counts,
without a border that falls by chance between two sentences. Overlapping windows are not independent: taken at face
value they find a hundred "significant" pairs in shuffled text. Divided by OVERLAP, the statistic keeps its promise.

    llr     G2 of the 2x2 table of windows (Dunning 1993, "Accurate Methods for the Statistics of Surprise and
            Coincidence", section 6) / OVERLAP; kept from 10.83 (p < .001) and past Benjamini and Hochberg (1995) at 5%
            over all pairs of concepts, also those never seen together.
            A concept's strongest partners are kept below that too, as tentative (`weak` says so): one named only
            twice would else stand alone, however plainly its two sentences speak. (P@5 of `related`: 45 -> 54.)
    npmi    pointwise mutual information of the same table, normalised to at most 1 (Bouma 2009).
    weight  npmi x c/(c+1) x m/(m+1) x s: c the places that hold both, m those of the rarer concept (the discount of
            Pantel and Lin 2002, section 3.1, for what is seen too seldom), s the sites, and half for each further
            source of the same site. All but s are below 1: a weight never exceeds the number of distinct sources.

A page's title and the headings above a passage speak with all of it, though no sentence may hold both: they and each
concept of the passage share as many windows as two in one sentence. That makes no relation, which needs a sentence to
quote, but tells among those that have one. (P@5 of `related`, from the library's own concepts: 44 -> 47.) The passages
of a page are no independent witnesses of its title: for such pairs LLR ranks, and the threshold is looser than it says.

Sources that say it in the very same words are copies, and count once.
"""

import collections
import heapq
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.urls import site
from kg.model import Passage, Place, Relation
from kg.patterns import SYMMETRIC, stated
from kg.quotes import Quote, best_quotes, distinct, penalty, quoted

WINDOW = 3  # sentences
# Sentences 0, 1 or 2 apart share 3, 2 or 1 windows. Two concepts strewn at random are 1 or 2 apart twice as often as 0,
# and counts that come in such lots vary sum(w^2)/sum(w) = 19/9 times as much (the design effect of Kish 1965). With 168
# concepts strewn over 42 articles 16 of 14,028 pairs pass 10.83, where 14 should (undivided: 180); as they are, 324.
OVERLAP = 19 / 9
MIN_LLR = 10.83  # chi-squared with one degree of freedom at p = .001
FALSE_DISCOVERIES = 0.05
PARTNERS = 16  # kept for each concept whatever their significance, so that `related` has a choice
LISTING = 16  # a sentence that names more concepts is an index or a table: it lists them and says nothing of any two
QUOTES_A_SOURCE = 2
_BUFFER = 1 << 21  # counts held before equal pairs are added up: about 32 MB


def relations(passages: Iterable[Passage]) -> list[Relation]:
    """Return what belongs together, by (a, b); the same bits in whatever order the passages come.

    `passages` is read twice: an iterator is first made a list, so that a large library had better come as an object
    that can be read again. Time is linear in the places; memory holds a number a pair, and quotes for kept pairs only.
    """
    again = list(passages) if iter(passages) is passages else passages
    table = _count(again)
    kept = table.kept()
    quotes = _quotes(again, kept)
    found = [_relation(pair, numbers, *quotes[pair]) for pair, numbers in kept.items() if quotes[pair][0]]
    return sorted(found, key=lambda relation: (relation.a, relation.b))


def weak(relation: Relation) -> bool:
    """Return whether chance, or one source alone, may be behind a relation."""
    return relation.llr < MIN_LLR or relation.n_sources < 2


def g2(both: float, a: float, b: float, windows: float) -> float:
    """Return Dunning's G2 for two events seen `a` and `b` times, `both` times together, in so many windows."""
    cells = (
        (both, a * b),
        (a - both, a * (windows - b)),
        (b - both, b * (windows - a)),
        (windows - a - b + both, (windows - a) * (windows - b)),
    )
    return 2 * math.fsum(seen * math.log(seen * windows / margins) for seen, margins in cells if seen > 0)


class _Pair:
    """The numbers of one kept pair."""

    __slots__ = ("both", "llr", "npmi", "rarer")

    def __init__(self, both: int, rarer: int, llr: float, npmi: float) -> None:
        self.both, self.rarer, self.llr, self.npmi = both, rarer, llr, npmi


class _Table:
    """How many windows there are, hold each concept, and hold each pair of concepts that meets at all."""

    def __init__(self) -> None:
        self.windows = 0
        self.numbers: dict[str, int] = {}  # concept -> number, as first met
        self.single: list[int] = []
        self._pairs: NDArray[np.int64] = np.zeros(0, np.int64)
        self._both: NDArray[np.int64] = np.zeros(0, np.int64)
        self._buffer: tuple[list[int], list[int]] = ([], [])

    def add(self, passage: Passage) -> None:
        sentences = _sentences(passage)
        last = len(passage.sentences) + WINDOW - 1
        title = (1 << WINDOW) - 1 << last if passage.topics else 0  # the windows that title and headings share with all
        self.windows += last + title.bit_count()
        met = []
        for concept in sorted(sentences.keys() | passage.topics):
            number = self.numbers.setdefault(concept, len(self.numbers))
            if number == len(self.single):
                self.single.append(0)
            windows = _windows(sentences.get(concept, 0)) | title
            self.single[number] += windows.bit_count()
            met.append((number, windows, concept in passage.topics))
        pairs, both = self._buffer
        for (a, in_a, over_a), (b, in_b, over_b) in itertools.combinations(sorted(met), 2):
            shared = in_a & in_b if over_a or over_b else in_a & in_b & ~title
            if shared:
                pairs.append(a << 32 | b)
                both.append(shared.bit_count())
        if len(pairs) > _BUFFER:
            self._settle()

    def _settle(self) -> None:
        pairs, both = self._buffer
        every = np.concatenate([self._pairs, np.array(pairs, np.int64)])
        self._pairs, place = np.unique(every, return_inverse=True)
        counts = np.concatenate([self._both, np.array(both, np.int64)])
        self._both = np.zeros(len(self._pairs), np.int64)
        np.add.at(self._both, place, counts)
        self._buffer = ([], [])

    def kept(self) -> dict[tuple[str, str], _Pair]:
        """Return the pairs that meet more often than chance allows, and for each concept its strongest partners."""
        self._settle()
        names = list(self.numbers)
        found: list[tuple[float, tuple[str, str], _Pair]] = []
        for code, both in zip(self._pairs.tolist(), self._both.tolist(), strict=True):
            a, b = self.single[code >> 32], self.single[code & 0xFFFFFFFF]
            if both * self.windows > a * b:
                llr = g2(both, a, b, self.windows) / OVERLAP
                npmi = math.log(both * self.windows / (a * b)) / -math.log(both / self.windows)
                first, second = sorted((names[code >> 32], names[code & 0xFFFFFFFF]))
                found.append((-llr, (first, second), _Pair(both, min(a, b), llr, npmi)))
        found.sort(key=lambda item: item[:2])
        tests = len(names) * (len(names) - 1) / 2
        sure = [i for i, (llr, _, _) in enumerate(found, 1) if _p(-llr) <= FALSE_DISCOVERIES * i / tests]
        last = sure[-1] if sure else 0
        partners = dict.fromkeys(names, 0)
        kept = {}
        for i, (llr, pair, numbers) in enumerate(found):
            if (i < last and -llr >= MIN_LLR) or min(partners[name] for name in pair) < PARTNERS:
                kept[pair] = numbers
                for name in pair:
                    partners[name] += 1
        return kept


def _count(passages: Iterable[Passage]) -> _Table:
    table = _Table()
    for passage in passages:
        table.add(passage)
    return table


def _p(llr: float) -> float:
    """Return the chance of so large a value under chi-squared with one degree of freedom."""
    return math.erfc(math.sqrt(llr / 2))


def _sentences(passage: Passage) -> dict[str, int]:
    """Return for each concept the sentences that name it, as bits; sentences that only list are left out."""
    named: dict[int, set[str]] = {}
    for place in passage.places:
        named.setdefault(place.sentence, set()).add(place.concept)
    found: dict[str, int] = {}
    for sentence, concepts in named.items():
        if len(concepts) <= LISTING:
            for concept in concepts:
                found[concept] = found.get(concept, 0) | 1 << sentence
    return found


def _windows(sentences: int) -> int:
    """Return the windows that hold any of these sentences, as bits: window i ends with sentence i."""
    return sentences | sentences << 1 | sentences << 2


_Votes: TypeAlias = dict[tuple[str, bool], list[Quote]]  # (type, whether it reads from b to a) -> quotes that say so


def _quotes(
    passages: Iterable[Passage], kept: dict[tuple[str, str], _Pair]
) -> dict[tuple[str, str], tuple[dict[str, list[Quote]], _Votes]]:
    """Return for each kept pair its best quotes by source, and what patterns say of it."""
    found: dict[tuple[str, str], tuple[dict[str, list[Quote]], _Votes]] = {pair: ({}, {}) for pair in kept}
    for passage in passages:
        sentences = _sentences(passage)
        places = [place for place in passage.places if place.concept in sentences]
        crowd = collections.Counter(place.sentence for place in places)
        costs = [penalty(passage.text[start:end], crowd[i]) for i, (start, end) in enumerate(passage.sentences)]
        for a, b in itertools.combinations(sorted(sentences), 2):
            if (a, b) in kept and _windows(sentences[a]) & _windows(sentences[b]):
                by_source = found[a, b][0].setdefault(passage.url, [])
                _keep(by_source, _closest(passage, a, b, sentences, costs))
        for first, second, type_, reads_back in _stated(passage, places):
            pair = min(first.concept, second.concept), max(first.concept, second.concept)
            if pair in kept:
                back = type_ not in SYMMETRIC and reads_back == (first.concept == pair[0])
                span = passage.sentences[first.sentence]
                quote = _quote(passage, costs[first.sentence], *span)
                _keep(found[pair][1].setdefault((type_, back), []), quote)
    return found


def _stated(passage: Passage, places: Sequence[Place]) -> Iterable[tuple[Place, Place, str, bool]]:
    for number, group in itertools.groupby(sorted(places, key=lambda p: (p.sentence, p.start)), lambda p: p.sentence):
        start, end = passage.sentences[number]
        there = list(group)
        spans = [(place.start - start, place.end - start) for place in there]
        for i, j, type_, reads_back in stated(passage.text[start:end], spans):
            if there[i].concept != there[j].concept:
                yield there[i], there[j], type_, reads_back


def _closest(passage: Passage, a: str, b: str, sentences: Mapping[str, int], costs: Sequence[float]) -> Quote:
    """Return the shortest, then best-made, stretch of sentences of this passage that holds both."""
    in_a, in_b = sentences[a], sentences[b]
    options = []
    for distance in range(WINDOW):
        for mine, other in ((in_a, in_b), (in_b, in_a)):
            starts = mine & other >> distance
            while starts:
                first = (starts & -starts).bit_length() - 1
                starts &= starts - 1
                cost = distance + max(costs[first : first + distance + 1])
                options.append((cost, first, first + distance))
        if options:
            break
    cost, first, last = min(options)
    start, end = passage.sentences[first][0], passage.sentences[last][1]
    cell = _cell(passage, a, b, first) if first == last else None
    return _quote(passage, penalty(passage.text[slice(*cell)]), *cell) if cell else _quote(passage, cost, start, end)


def _cell(passage: Passage, a: str, b: str, row: int) -> tuple[int, int] | None:
    """Return the cell that names both where the sentence is a row of a table, which says too much; None elsewhere."""
    start, end = passage.sentences[row]
    if "|" not in passage.text[start:end]:
        return None
    bars = [start - 1, *(i for i in range(start, end) if passage.text[i] == "|"), end]
    for left, right in itertools.pairwise(bars):
        inside = {place.concept for place in passage.places if left < place.start and place.end <= right}
        if {a, b} <= inside:
            return left + 1, right
    return None


def _quote(passage: Passage, cost: float, start: int, end: int) -> Quote:
    evidence = quoted(passage, start, end)
    return Quote(cost, passage.url, evidence.start, evidence.end, evidence)


def _keep(quotes: list[Quote], quote: Quote) -> None:
    if quote not in quotes:
        quotes[:] = heapq.nsmallest(QUOTES_A_SOURCE, [*quotes, quote])


def _relation(pair: tuple[str, str], numbers: _Pair, by_source: dict[str, list[Quote]], votes: _Votes) -> Relation:
    a, b = pair
    type_ = "related"
    said: list[Quote] = []
    if votes:
        # the type that most sources state; at equal numbers the one whose best quote is the better
        (type_, back), said = min(votes.items(), key=lambda vote: (-len({q.url for q in vote[1]}), min(vote[1])))
        if back:
            a, b = b, a
    sources = distinct(by_source)
    sites = {site(url) for url in sources}
    places = numbers.both / WINDOW
    rarer = numbers.rarer / WINDOW
    support = len(sites) + (len(sources) - len(sites)) / 2
    weight = numbers.npmi * places / (places + 1) * rarer / (rarer + 1) * support
    evidence = best_quotes(said, itertools.chain.from_iterable(by_source.values()))
    return Relation(
        a=a, b=b, type=type_, weight=weight, llr=numbers.llr, npmi=numbers.npmi, count=math.ceil(places),
        n_sources=len(sources), n_sites=len(sites), evidence=evidence,
    )  # fmt: skip
