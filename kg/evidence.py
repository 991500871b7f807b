"""What one source says about each candidate, counted: the input of everything that decides about concepts."""

import collections
import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.model import Chunk
from kg.model import Found
from kg.names import mere_tail

RECIPE = "accounts 2"  # a change of what an account says changes this
# Cues by which the author points at a term, rather than its words or its neighbours.
POINTING = (
    "heading", "title", "strong", "gloss", "item-title", "defined", "link", "emphasis", "quoted",
)  # fmt: skip
CUES = (*POINTING, "name", "capital", "person", "dated", "single", "general", "weak", "verb", "whole")
_POINTED = len(POINTING) + 1  # the first so many cues: by its shape a name points at itself

PLACES = {cue: place for place, cue in enumerate(CUES)}
Hashes = NDArray[np.uint64]
HEAD = np.dtype([("base", "<u8"), ("count", "<u4"), ("spellings", "<u4"), ("pointed", "?")])


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """One key in one source."""

    key: str
    count: int
    surfaces: tuple[tuple[str, int], ...]  # spellings as written and their counts, sorted
    cues: tuple[tuple[str, int], ...]  # cues and the number of mentions that have them, sorted


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """The keys of an account as 64 bits each, and what tells which of them may matter."""

    keys: Hashes  # (n,)
    rows: NDArray[np.void]  # (n,): HEAD; `base` is the key without its mere tail, 0 where it has none

    @classmethod
    def of(cls, terms: Sequence["Term"]) -> "Heads":
        """Return the heads of these, in their order."""
        rows = [(_base(term.key), term.count, len(term.surfaces), _is_pointed(term)) for term in terms]
        keys = np.array([key_hash(term.key) for term in terms], np.uint64)
        return cls(keys, np.array(rows, HEAD) if rows else np.zeros(0, HEAD))


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Details:
    """What an account says of its keys, in the order of its heads."""

    cues: NDArray[np.uint32]  # (n, len(CUES)): the mentions that have each cue
    names: Sequence[str]  # (n,): the keys
    times: NDArray[np.uint32]  # (m,): how often each spelling is written
    spellings: Sequence[str]  # (m,): those of the first key, then those of the second ...


class Said(Protocol):
    """What one source says, as it is added up: an `Account`, or one in a table, which is read part by part."""

    @property
    def url(self) -> str:
        """The source."""

    @property
    def glosses(self) -> Sequence[tuple[str, str, int]]:
        """Left key, right key, count."""

    def heads(self) -> Heads:
        """Return its keys."""

    def details(self) -> Details:
        """Return what it says of them."""


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """What one source says: its candidates and its glosses, counted. A library is a set of accounts."""

    url: str
    terms: tuple[Term, ...]  # sorted by key
    glosses: tuple[tuple[str, str, int], ...]  # (left key, right key, count), sorted

    def heads(self) -> Heads:
        """Return its keys."""
        return Heads.of(self.terms)

    def details(self) -> Details:
        """Return what it says of them."""
        cues = np.zeros((len(self.terms), len(CUES)), np.uint32)
        for row, term in zip(cues, self.terms, strict=True):
            for cue, count in term.cues:
                row[PLACES[cue]] = count
        spelled = [spelling for term in self.terms for spelling in term.surfaces]
        times = np.array([count for _, count in spelled], np.uint32)
        return Details(cues, [term.key for term in self.terms], times, [surface for surface, _ in spelled])


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


def key_hash(key: str) -> int:
    """Return 64 bits that stand for a key: of ten million, two are alike once in 370,000 libraries."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _base(key: str) -> int:
    tail = mere_tail(key)
    return key_hash(key[: tail.start()]) if tail else 0


def _is_pointed(term: Term) -> bool:
    """Tell whether the author points at a term, or its shape does: such a term counts though it stands once."""
    return any(PLACES[cue] < _POINTED for cue, _ in term.cues)
