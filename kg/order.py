"""In which order to read what sources say about a concept: what others presuppose comes first. Pure.

A source introduces an idea where a sentence says what it is, or a title or heading is about it; it presupposes an idea
that it names again and again and never introduces. One source comes before another as far as it introduces what the
other presupposes, over the concept itself and what belongs to it. Beside this asymmetry between two texts stands one
between ideas: where the parts about `l` name `k` more than the parts about `k` name `l`, `k` is the prerequisite
(reference distance, Liang, Wu, Huang and Giles 2015, "Measuring prerequisite relations among concepts", section 3, with
parts of articles for its pages), and what is about `k` comes first. And a source that speaks much of what the title of
the other names, when the other does not speak of its own, comes later.

The order is the one of all orders that violates least of this (the linear ordering problem), found exactly.
"""

import collections
import dataclasses
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence

from kg.model import Evidence, Passage
from kg.telling import Said, said

MOST = 12  # sources that are ordered: 2^12 subsets take .1 s
# How far each sign shows that a source introduces an idea. Set by hand, not tuned.
_DEFINED, _TITLED, _HEADED, _GLOSSED = 0.8, 0.8, 0.6, 0.3
_GLOSSES = frozenset({"gloss", "strong", "quoted"})
_ITSELF = 2.0  # the concept that is asked about, beside 1 for what belongs to it most
_REFERENCE = (
    3.0  # the asymmetry between ideas beside that between texts; .73 of pairs are right at 1, .82 at 3 (bench.order)
)
_TOPICS = 1.0  # that between what two sources are about as a whole; without it .78
_SUBSTANCE = 0.01  # decides where nothing else does: the source that says more comes first
_SUBSTANTIAL = (
    5  # mentions that make a source worth reading for a concept that it neither defines nor has a heading for
)
_CLEAR = 0.15  # below, a preference is chance: an idea named once or twice


@dataclasses.dataclass(frozen=True, slots=True)
class Stance:
    """What a source does with one idea."""

    mentions: int
    introduces: float  # 0 to 1
    evidence: Evidence  # the sentence that introduces it best, or names it first

    @property
    def presupposes(self) -> float:
        """How far it takes the idea as known, 0 to 1."""
        return (1 - self.introduces) * self.mentions / (self.mentions + 2)


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """A source that says something substantial about a concept."""

    url: str
    lang: str
    substance: float
    stances: Mapping[str, Stance]  # by concept id
    about: Mapping[str, float]  # share of its passages whose headings or title name a concept
    titled: frozenset[str]  # concepts that its title names
    named: Mapping[str, int]  # how often it names each concept of the library


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A source at its place in the order, and why it stands there."""

    reading: Reading
    adds: tuple[str, ...]  # concepts that it introduces and none before it did, those nearest to the concept first
    prepares: tuple[tuple[str, int], ...]  # ideas it introduces that later ones presuppose, and how many of them do
    builds_on: tuple[tuple[str, int], ...]  # ideas it presupposes, and the place (from 0) of the one that introduces it
    certain: bool  # something tells it from the one before it


def substantial(passages: Iterable[Passage], concept: str) -> dict[str, float]:
    """Return how much each source says of a concept, by URL, if it defines it, has a heading for it, or dwells on it.

    `passages` are those that name it.
    """
    found: dict[str, list[Said]] = {}
    for passage in passages:
        each = said(passage, concept)
        if each is not None:
            found.setdefault(passage.url, []).append(each)
    substance = {}
    for url, some in found.items():
        mentions = sum(each.mentions for each in some)
        defined = any(each.defines for each in some)
        titled = any(concept in each.passage.titled for each in some)
        headed = sum(each.heads for each in some)
        if mentions > 1 and (defined or titled or headed or mentions >= _SUBSTANTIAL):
            substance[url] = math.log2(1 + mentions) + 2 * defined + 2 * titled + math.log2(1 + headed)
    return substance


def reading(passages: Sequence[Passage], substance: float, near: Mapping[str, float]) -> Reading:
    """Return what a source, given by all its passages, does with each of these ideas."""
    stances = {}
    for concept in near:
        told = [each for passage in passages if (each := said(passage, concept))]
        if told:
            stances[concept] = _stance(concept, told)
    about: collections.Counter[str] = collections.Counter()
    for passage in passages:
        about.update(near.keys() & (passage.headed | passage.titled))
    share = {concept: count / len(passages) for concept, count in sorted(about.items())}
    langs = collections.Counter(passage.lang for passage in passages)
    lang = min(langs, key=lambda name: (-langs[name], name))
    named = collections.Counter(place.concept for passage in passages for place in passage.places)
    return Reading(passages[0].url, lang, substance, stances, share, passages[0].titled, named)


def _stance(concept: str, told: Sequence[Said]) -> Stance:
    cues = {cue for each in told for place in each.passage.places if place.concept == concept for cue in place.cues}
    missing = 1.0
    for holds, shows in (
        (any(each.defines for each in told), _DEFINED),
        (any(concept in each.passage.titled for each in told), _TITLED),
        (any(each.heads for each in told), _HEADED),
        (bool(cues & _GLOSSES), _GLOSSED),
    ):
        missing *= 1 - shows * holds
    best = max(told, key=lambda each: (each.score, -each.passage.start))
    mentions = sum(each.mentions for each in told)
    return Stance(mentions, 1 - missing, best.evidence[0])


def references(sources: Iterable[Sequence[Passage]], near: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """Return for two ideas the share of the passages headed by the first that name the second."""
    headed: collections.Counter[str] = collections.Counter()
    names: collections.Counter[tuple[str, str]] = collections.Counter()
    for passage in itertools.chain.from_iterable(sources):
        about = passage.headed & near.keys()
        named = {place.concept for place in passage.places} & near.keys()
        headed.update(about)
        names.update((first, second) for first in about for second in named - about)
    return {pair: count / headed[pair[0]] for pair, count in names.items() if headed[pair[0]] > 1}


def ordered(
    readings: Iterable[Reading], near: Mapping[str, float], refers: Mapping[tuple[str, str], float], concept: str
) -> list[Step]:
    """Return the sources in reading order, at most MOST of them: those that say most. Ties go by URL.

    `near` has the concept and what belongs to it, with weights up to 1.
    """
    most = sorted(readings, key=lambda each: (-each.substance, each.url))[:MOST]
    most.sort(key=lambda each: each.url)
    weights = {**near, concept: _ITSELF}
    gains = [[_preference(a, b, weights, refers) for b in most] for a in most]
    order = best_order([[_decided(gains, most, i, j) for j in range(len(most))] for i in range(len(most))])
    chosen = [most[i] for i in order]
    steps = []
    for place, each in enumerate(chosen):
        clear = place == 0 or abs(gains[order[place - 1]][order[place]]) >= _CLEAR
        steps.append(_step(chosen, place, each, weights, certain=clear))
    return steps


def _decided(gains: Sequence[Sequence[float]], most: Sequence[Reading], i: int, j: int) -> float:
    return gains[i][j] + _SUBSTANCE * (most[i].substance - most[j].substance)


def _preference(a: Reading, b: Reading, weights: Mapping[str, float], refers: Mapping[tuple[str, str], float]) -> float:
    """Return how much speaks for `a` before `b`; that for `b` before `a` is its negative."""
    texts = math.fsum(
        weights[concept] * (_introduces(a, concept) * _needs(b, concept) - _introduces(b, concept) * _needs(a, concept))
        for concept in sorted(a.stances.keys() | b.stances.keys())
    )
    ideas = math.fsum(
        a.about[mine] * b.about[other] * (refers.get((other, mine), 0.0) - refers.get((mine, other), 0.0))
        for mine in a.about
        for other in b.about
        if mine != other
    )
    return texts + _REFERENCE * ideas + _TOPICS * (_speaks_of(b, a) - _speaks_of(a, b))


def _speaks_of(source: Reading, other: Reading) -> float:
    """Return how much a source speaks of what another one is about and it is not, 0 to 1."""
    topics = other.titled - source.titled
    counts = [source.named.get(topic, 0) for topic in topics]
    return max((count / (count + 5) for count in counts), default=0.0)


def _introduces(source: Reading, concept: str) -> float:
    stance = source.stances.get(concept)
    return stance.introduces if stance else 0.0


def _needs(source: Reading, concept: str) -> float:
    stance = source.stances.get(concept)
    return stance.presupposes if stance else 0.0


def _step(chosen: Sequence[Reading], place: int, each: Reading, weights: Mapping[str, float], *, certain: bool) -> Step:
    def by_weight(concept: str) -> tuple[float, str]:
        return -weights[concept] * _introduces(each, concept), concept

    def tells(source: Reading, concept: str) -> bool:
        return _introduces(source, concept) >= _HEADED

    def lacks(source: Reading, concept: str) -> bool:
        return _needs(source, concept) >= 0.5

    before, after = chosen[:place], chosen[place + 1 :]
    told = [concept for concept in each.stances if tells(each, concept)]
    adds = [concept for concept in told if not any(tells(other, concept) for other in before)]
    counts = {concept: sum(lacks(other, concept) for other in after) for concept in adds}
    prepares = sorted((c for c in adds if counts[c]), key=lambda c: (-counts[c] * weights[c], c))
    needed = [
        (concept, nth)
        for concept in each.stances
        if lacks(each, concept)
        for nth in [next((nth for nth, other in enumerate(before) if tells(other, concept)), -1)]
        if nth >= 0
    ]
    needed.sort(key=lambda item: (-weights[item[0]] * _needs(each, item[0]), item[0]))
    return Step(
        each,
        tuple(sorted(adds, key=by_weight)),
        tuple((concept, counts[concept]) for concept in prepares),
        tuple(needed),
        certain,
    )


def best_order(gains: Sequence[Sequence[float]]) -> list[int]:
    """Return the order of all that has the largest sum of gains[i][j] over i before j; of equals the first found.

    Held and Karp's dynamic programme over subsets: 2^n x n steps.
    """
    size = len(gains)
    best: list[tuple[float, int]] = [(0.0, -1)] * (1 << size)  # of the subset that is read first: gain, its last
    for subset in range(1, 1 << size):
        options = []
        for last in range(size):
            if subset >> last & 1:
                rest = subset ^ (1 << last)
                gain = best[rest][0] + math.fsum(gains[i][last] for i in range(size) if rest >> i & 1)
                options.append((gain, -last))
        value, last = max(options)
        best[subset] = (value, -last)
    order = []
    subset = (1 << size) - 1
    while subset:
        last = best[subset][1]
        order.append(last)
        subset ^= 1 << last
    return order[::-1]
