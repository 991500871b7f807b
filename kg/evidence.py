"""What the sources say about each candidate, counted: the input of everything that decides about concepts."""

import collections
import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from corpus.model import Chunk
from kg.model import Found
from kg.names import MERE_TAIL

RECIPE = "accounts 1"  # a change of what an account says changes this
# Cues by which the author points at a term, rather than its words or its neighbours.
POINTING = frozenset({"heading", "title", "strong", "gloss", "item-title", "defined", "link", "emphasis", "quoted"})


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """One key in one source."""

    key: str
    count: int
    surfaces: tuple[tuple[str, int], ...]  # spellings as written and their counts, sorted
    cues: tuple[tuple[str, int], ...]  # cues and the number of mentions that have them, sorted


Counts: TypeAlias = Sequence[Sequence[Any]]  # pairs of a word and its count; lists where JSON gave them


class Said(Protocol):
    """What one source says, as it is added up: an `Account`, or one in a table, which is taken apart no further."""

    @property
    def url(self) -> str:
        """The source."""

    @property
    def glosses(self) -> Sequence[tuple[str, str, int]]:
        """Left key, right key, count."""

    def heads(self) -> Iterable[tuple[str, int, bool]]:
        """Return for each key its count and whether something points at it."""

    def rows(self) -> Iterable[tuple[str, int, Counts, Counts]]:
        """Return for each key its count, surfaces and cues."""


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """What one source says: its candidates and its glosses, counted. A library is a set of accounts."""

    url: str
    terms: tuple[Term, ...]  # sorted by key
    glosses: tuple[tuple[str, str, int], ...]  # (left key, right key, count), sorted

    def heads(self) -> Iterable[tuple[str, int, bool]]:
        """Return for each key its count and whether something points at it."""
        return [(term.key, term.count, is_pointed(term)) for term in self.terms]

    def rows(self) -> Iterable[tuple[str, int, Counts, Counts]]:
        """Return for each key its count, surfaces and cues."""
        return [(term.key, term.count, term.surfaces, term.cues) for term in self.terms]


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One key over all sources."""

    key: str
    count: int
    urls: frozenset[str]
    surfaces: Mapping[str, int]
    cues: Mapping[str, int]  # mentions that have the cue
    cue_urls: Mapping[str, int]  # sources that have it

    @property
    def surface(self) -> str:
        """The spelling that is written most often; among equals the first in order."""
        return min(self.surfaces, key=lambda surface: (-self.surfaces[surface], surface))


def account(url: str, passages: Iterable[tuple[Chunk, Found]]) -> Account:
    """Return what the passages of one source say, counted. The order of the passages is of no matter."""
    counts: collections.Counter[str] = collections.Counter()
    surfaces: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    cues: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    pairs: collections.Counter[tuple[str, str]] = collections.Counter()
    for chunk, found in passages:
        for mention in found.mentions:
            counts[mention.key] += 1
            surfaces[mention.key][" ".join(chunk.text[mention.start : mention.end].split())] += 1
            cues[mention.key].update(mention.cues)
        pairs.update((gloss.left, gloss.right) for gloss in found.glosses)
    terms = tuple(
        Term(key, counts[key], tuple(sorted(surfaces[key].items())), tuple(sorted(cues[key].items())))
        for key in sorted(counts)
    )
    return Account(url, terms, tuple((left, right, n) for (left, right), n in sorted(pairs.items())))


def candidates(
    accounts: Iterable[Said], known: Collection[str] = ()
) -> tuple[dict[str, Candidate], dict[tuple[str, str], tuple[int, int]]]:
    """Return the candidates by key, and for each pair of a gloss (its count, its number of sources).

    Independent of the order of the accounts. Left out are candidates that stand once, that nothing points at, that
    are not among the `known` keys and only say more of none that is kept: they are most of all, and never concepts. So
    the accounts are read twice, the first time for the counts alone; an iterator is first made a list.
    """
    again = list(accounts) if iter(accounts) is accounts else accounts
    counts: dict[str, int] = {}
    pointed: set[str] = set()
    pairs: dict[tuple[str, str], tuple[int, int]] = {}
    for each in again:
        for key, count, is_pointed in each.heads():
            counts[key] = counts.get(key, 0) + count
            if is_pointed:
                pointed.add(key)
        for left, right, count in each.glosses:
            total, sources = pairs.get((left, right), (0, 0))
            pairs[left, right] = total + count, sources + 1
    kept = {key for key in counts if counts[key] > 1 or key in known or key in pointed}
    kept |= {key for key in counts if key not in kept and MERE_TAIL.sub("", key) in kept}  # encoder-decoder framework
    sums = {key: _Sum() for key in sorted(kept)}
    del counts, pointed, kept  # most of all keys
    for each in again:
        for key, count, surfaces, cues in each.rows():
            if key in sums:
                sums[key].add(each.url, count, surfaces, cues)
    made = {key: found.candidate(key) for key, found in sums.items()}
    return made, dict(sorted(pairs.items()))


def is_pointed(term: Term) -> bool:
    """Tell whether the author points at a term, or its shape does: such a term counts though it stands once."""
    return any(cue in POINTING or cue == "name" for cue, _ in term.cues)


class _Sum:
    """One key over all sources, while they are read."""

    __slots__ = ("count", "cue_urls", "cues", "surfaces", "urls")

    def __init__(self) -> None:
        self.count = 0
        self.urls: list[str] = []
        self.surfaces: dict[str, int] = {}
        self.cues: dict[str, int] = {}
        self.cue_urls: dict[str, int] = {}

    def add(self, url: str, count: int, surfaces: Counts, cues: Counts) -> None:
        self.count += count
        self.urls.append(url)
        for surface, times in surfaces:
            self.surfaces[surface] = self.surfaces.get(surface, 0) + times
        for cue, times in cues:
            self.cues[cue] = self.cues.get(cue, 0) + times
            self.cue_urls[cue] = self.cue_urls.get(cue, 0) + 1

    def candidate(self, key: str) -> Candidate:
        return Candidate(key, self.count, frozenset(self.urls), self.surfaces, self.cues, self.cue_urls)


def together(members: Sequence[Candidate]) -> Candidate:
    """Return what the sources say about these spellings as if they were one."""
    if len(members) == 1:
        return members[0]
    surfaces: collections.Counter[str] = collections.Counter()
    cues: collections.Counter[str] = collections.Counter()
    cue_urls: collections.Counter[str] = collections.Counter()
    for each in members:
        surfaces.update(each.surfaces)
        cues.update(each.cues)
        cue_urls.update(each.cue_urls)
    most = max(members, key=lambda each: (each.count, each.key))
    urls = frozenset().union(*(each.urls for each in members))
    return Candidate(most.key, sum(each.count for each in members), urls, surfaces, cues, cue_urls)
