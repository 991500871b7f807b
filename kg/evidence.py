"""What the sources say about each candidate, counted: the input of everything that decides about concepts."""

import collections
import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence

from corpus.model import Chunk
from kg.model import Found
from kg.names import MERE_TAIL

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

    Independent of the order of the accounts. Left out are candidates that stand once, that nothing points at, that
    are not among the `known` keys and only say more of none that is kept: they are most of all, and never concepts.
    """
    counts: collections.Counter[str] = collections.Counter()
    urls: dict[str, set[str]] = collections.defaultdict(set)
    surfaces: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    cues: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    cue_urls: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    pairs: dict[tuple[str, str], tuple[int, int]] = {}
    for each in accounts:
        for term in each.terms:
            counts[term.key] += term.count
            urls[term.key].add(each.url)
            surfaces[term.key].update(dict(term.surfaces))
            cues[term.key].update(dict(term.cues))
            cue_urls[term.key].update(cue for cue, _ in term.cues)
        for left, right, count in each.glosses:
            total, sources = pairs.get((left, right), (0, 0))
            pairs[left, right] = total + count, sources + 1
    kept = {
        key for key in counts if counts[key] > 1 or key in known or cues[key].keys() & POINTING or "name" in cues[key]
    }
    kept |= {key for key in counts if key not in kept and MERE_TAIL.sub("", key) in kept}  # encoder-decoder framework
    found = {
        key: Candidate(
            key,
            counts[key],
            frozenset(urls[key]),
            dict(surfaces[key]),
            dict(cues[key]),
            dict(cue_urls[key]),
        )
        for key in sorted(kept)
    }
    return found, dict(sorted(pairs.items()))


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
