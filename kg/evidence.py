"""What the sources say about each candidate, counted: the input of everything that decides about concepts."""

import collections
import dataclasses
from collections.abc import Collection, Iterable, Mapping

from corpus.model import Chunk
from kg.model import Found

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


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """What one source says: its candidates and its glosses, counted. A library is a set of accounts."""

    url: str
    terms: tuple[Term, ...]  # sorted by key
    glosses: tuple[tuple[str, str, int], ...]  # (left key, right key, count), sorted


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
    accounts: Iterable[Account], known: Collection[str] = ()
) -> tuple[dict[str, Candidate], dict[tuple[str, str], tuple[int, int]]]:
    """Return the candidates by key, and for each pair of a gloss (its count, its number of sources).

    Independent of the order of the accounts. Left out are candidates that stand once, that nothing points at and that
    are not among the `known` keys: they are most of all, and never concepts. So the accounts are read twice, the first
    time for the counts alone; an iterator is first made a list.
    """
    again = list(accounts) if iter(accounts) is accounts else accounts
    counts: dict[str, int] = {}
    worthy: set[str] = set()
    pairs: dict[tuple[str, str], tuple[int, int]] = {}
    for each in again:
        for term in each.terms:
            counts[term.key] = counts.get(term.key, 0) + term.count
            if is_pointed(term):
                worthy.add(term.key)
        for left, right, count in each.glosses:
            total, sources = pairs.get((left, right), (0, 0))
            pairs[left, right] = total + count, sources + 1
    kept = {key for key in counts if counts[key] > 1 or key in known or key in worthy}
    sums = {key: _Sum() for key in sorted(kept)}
    del counts, worthy, kept  # most of all keys
    for each in again:
        for term in each.terms:
            found = sums.get(term.key)
            if found is not None:
                found.add(each.url, term)
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

    def add(self, url: str, term: Term) -> None:
        self.count += term.count
        self.urls.append(url)
        for surface, count in term.surfaces:
            self.surfaces[surface] = self.surfaces.get(surface, 0) + count
        for cue, count in term.cues:
            self.cues[cue] = self.cues.get(cue, 0) + count
            self.cue_urls[cue] = self.cue_urls.get(cue, 0) + 1

    def candidate(self, key: str) -> Candidate:
        return Candidate(key, self.count, frozenset(self.urls), self.surfaces, self.cues, self.cue_urls)
