"""The concept graph as arrays: who is linked with whom and how surely, and a shelf that holds what can be read. Pure.

A million relations with their quotes are a gigabyte of objects, and a question needs a few dozen of them. So what every
question goes through stands in a `Net`, some 75 bytes a relation, and what only the answer shows comes from a `Shelf`:
the database, or values in memory. In a net a concept is its place, 0 for the best, and a relation is its number.
"""

import dataclasses
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kg.model import Concept, Relation

ALIKE = 0.45  # centred cosine from which two names may mean the same: bread and mask .24, 知识提炼 and distillation .49
LEADING = 0.04  # the share of all concepts, at the head of the ranking, that are about equally good
_READ = 5000  # names read at once
_HAN = re.compile(r"[\u3400-\u9fff]")
Places: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

CONCEPTS = np.dtype(
    [("key", "i8"), ("order", "i4"), ("mentions", "i4"), ("score", "f8"), ("kind", "i2"), ("lone", "?"), ("han", "?")]
)  # of a net; `order` is the place among all ids, by which ties are broken
RELATIONS = np.dtype(
    [("key", "i8"), ("a", "i4"), ("b", "i4"), ("llr", "f8"), ("weight", "f8"), ("count", "i4"), ("sources", "i4")]
)  # of a net; a and b are places


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Net:
    """Who is linked with whom, in compressed sparse rows: row i is what concept i is linked with."""

    concepts: NDArray[np.void]  # (n,) of CONCEPTS
    relations: NDArray[np.void]  # (m,) of RELATIONS
    kinds: tuple[str, ...]  # what a concept's `kind` counts in
    means: NDArray[np.float32]  # (2, d): what the names without and with Han share; (2, 0) without vectors
    starts: Places  # (n + 1,): row i is [starts[i], starts[i + 1]) of the following
    ends: NDArray[np.int32]  # (2m,) the concepts at the other end, rising in each row
    links: NDArray[np.int32]  # (2m,) the relations
    company: NDArray[np.float32]  # (2m,) unit vectors of neighbours: the log of their LLR
    own: NDArray[np.float32]  # (n,) what each concept counts in its own company: as much as the strongest

    @classmethod
    def of(
        cls,
        concepts: NDArray[np.void],
        relations: NDArray[np.void],
        kinds: Sequence[str],
        means: NDArray[np.float32],
    ) -> "Net":
        """Return the net of these tables."""
        n = len(concepts)
        a, b = relations["a"].astype(np.int64), relations["b"].astype(np.int64)
        rows, ends = np.concatenate([a, b]), np.concatenate([b, a])
        turn = np.argsort(rows * n + ends, kind="stable")
        starts = np.zeros(n + 1, np.int64)
        np.cumsum(np.bincount(rows, minlength=n), out=starts[1:])
        links = np.tile(np.arange(len(relations), dtype=np.int32), 2)[turn]
        logs = np.log1p(relations["llr"])[links]
        own = np.ones(n)
        some = np.flatnonzero(np.diff(starts))
        if len(some):
            own[some] = np.maximum.reduceat(logs, starts[some])
        squares = own**2
        if len(some):
            squares[some] += np.add.reduceat(logs**2, starts[some])
        lengths = np.sqrt(squares)
        company = logs / np.repeat(lengths, np.diff(starts))
        return cls(
            concepts, relations, tuple(kinds), means, starts, ends[turn].astype(np.int32), links,
            company.astype(np.float32), (own / lengths).astype(np.float32),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.concepts)

    def of_kind(self, kind: str) -> NDArray[np.bool_]:
        """Return which concepts are of a kind (n,)."""
        number = self.kinds.index(kind) if kind in self.kinds else -1
        of_kind: NDArray[np.bool_] = self.concepts["kind"] == number
        return of_kind

    def row(self, place: int) -> slice:
        """Return where the row of a concept stands."""
        return slice(int(self.starts[place]), int(self.starts[place + 1]))

    def rows(self, places: Places) -> tuple[Places, Places]:
        """Return where the rows of several concepts stand, one after another, and which of them each belongs to."""
        counts = self.starts[places + 1] - self.starts[places]
        before = np.cumsum(counts) - counts
        total = int(counts.sum())
        return (
            np.repeat(self.starts[places] - before, counts) + np.arange(total),
            np.repeat(np.arange(len(places)), counts),
        )


class Shelf(Protocol):
    """What a net only counts, to be read."""

    def place(self, concept: str) -> int | None:
        """Return the place of the concept with this id, None where there is none."""

    def concepts(self, places: Sequence[int]) -> list[Concept]:
        """Return the concepts at these places, in their order."""

    def relations(self, numbers: Sequence[int]) -> list[Relation]:
        """Return the relations with these numbers, in their order, with their quotes."""

    def names(self, places: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors (len(places), d) of the names of these, 0 where a name has none."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A shelf in memory."""

    ranked: Sequence[Concept]
    said: Sequence[Relation]
    vectors: NDArray[np.float32]  # (n, d)
    numbers: Mapping[str, int]

    def place(self, concept: str) -> int | None:
        """Return the place of the concept with this id."""
        return self.numbers.get(concept)

    def concepts(self, places: Sequence[int]) -> list[Concept]:
        """Return the concepts at these places."""
        return [self.ranked[place] for place in places]

    def relations(self, numbers: Sequence[int]) -> list[Relation]:
        """Return the relations with these numbers."""
        return [self.said[number] for number in numbers]

    def names(self, places: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of the names of these."""
        return self.vectors[list(places)]


class Web:
    """All concepts with their relations, ready to be asked. What it answers does not change once it is built."""

    def __init__(self, net: Net, shelf: Shelf) -> None:
        """Ask this net, and show what stands on this shelf. See also `Web.build`."""
        self.net = net
        self.shelf = shelf

    @classmethod
    def build(
        cls,
        concepts: Iterable[Concept],
        relations: Iterable[Relation],
        name_vectors: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> "Web":
        """Return the web of these, in memory; `name_vectors` are those of the names (d,) by concept id, if any."""
        ranked, said, known = list(concepts), list(relations), name_vectors or {}
        numbers = {concept.id: place for place, concept in enumerate(ranked)}
        kinds = sorted({concept.kind for concept in ranked})
        order = {name: nth for nth, name in enumerate(sorted(numbers))}
        rows = [
            (nth, order[c.id], c.n_mentions, c.score, kinds.index(c.kind), is_lone(c.name), has_han(c.name))
            for nth, c in enumerate(ranked)
        ]
        links = [(nth, numbers[r.a], numbers[r.b], r.llr, r.weight, r.count, r.n_sources) for nth, r in enumerate(said)]
        table = np.array(rows, CONCEPTS)
        width = max((len(vector) for vector in known.values()), default=0)
        vectors = np.zeros((len(ranked), width), np.float32)
        for name, vector in known.items():
            if name in numbers:
                vectors[numbers[name]] = vector
        return cls(
            Net.of(table, np.array(links, RELATIONS), kinds, means(vectors, table["han"])),
            Held(ranked, said, vectors, numbers),
        )

    @functools.cached_property
    def ranks(self) -> Floats:
        """The share of the concepts that score lower than each (n,), equals counted half."""
        scores = np.sort(self.net.concepts["score"])
        here = self.net.concepts["score"]
        lower, not_higher = np.searchsorted(scores, here, "left"), np.searchsorted(scores, here, "right")
        ranks: Floats = (lower + not_higher) / (2 * max(1, len(scores)))
        return ranks

    @functools.cached_property
    def standing(self) -> Floats:
        """How good an idea each concept is (n,), at most 0: minus the log of 1 + the share ranked higher / LEADING.

        Whether an expert would keep a concept falls with the logarithm of its place: of the first 7% in 42 articles 84%
        are among those he wrote down, of the next 7% 68%, then 39%, 22% and 12% of 14% each. The share and not the
        place, as a library ten times as large has ten times as many good ideas.
        """
        standing: Floats = -np.log1p((1 - self.ranks) / LEADING)
        return standing

    @functools.cached_property
    def degrees(self) -> Places:
        """How many relations each concept has (n,)."""
        return np.diff(self.net.starts)

    @functools.cached_property
    def weights(self) -> Floats:
        """The weight of each relation as the rows have it (2m,)."""
        weights: Floats = self.net.relations["weight"][self.net.links]
        return weights

    @functools.cached_property
    def strengths(self) -> Floats:
        """The sum of the weights of each concept's relations (n,)."""
        strengths = np.zeros(len(self.net))
        some = np.flatnonzero(self.degrees)
        if len(some):
            strengths[some] = np.add.reduceat(self.weights, self.net.starts[some])
        return strengths

    def place(self, concept: str) -> int | None:
        """Return the place of the concept with this id, None where there is none."""
        return self.shelf.place(concept)

    def concept(self, place: int) -> Concept:
        """Return the concept at this place."""
        return self.shelf.concepts([place])[0]

    def company(self, place: int, others: Places) -> Floats:
        """Return the cosine of a concept's neighbours with those of others; each counts as its own neighbour."""
        net = self.net
        mine = np.zeros(len(net), np.float64)
        row = net.row(place)
        mine[net.ends[row]] = net.company[row]
        mine[place] = net.own[place]
        at, whose = net.rows(others)
        shared = np.bincount(whose, net.company[at] * mine[net.ends[at]], minlength=len(others))
        cosines: Floats = shared + net.own[others] * mine[others]
        return cosines

    def names(self, place: int, others: Places) -> Floats:
        """Return the cosine of a concept's name with those of others, 0 where either has no vector."""
        if not self.net.means.shape[1]:
            return np.zeros(len(others))
        places = [place, *others.tolist()]
        vectors = self._centred(self.shelf.names(places), places)
        cosines: Floats = (vectors[1:] @ vectors[0]).astype(np.float64)
        return cosines

    def _centred(self, vectors: NDArray[np.float32], places: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors (n, d) of some names as unit vectors without what their script shares; 0 stays 0."""
        known = vectors.any(axis=1, keepdims=True)
        vectors = vectors - self.net.means[self.net.concepts["han"][list(places)].astype(int)]
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        unit: NDArray[np.float32] = np.where(known, vectors / lengths, 0)
        return unit

    def alike(self, vector: NDArray[np.float32], text: str, n: int) -> list[int]:
        """Return the places of up to n concepts whose names mean what a text does, by its vector (d,), best first.

        One name after another is read: 100,000 take a second.
        """
        if not self.net.means.shape[1]:
            return []
        asked = vector - self.net.means[int(has_han(text))]
        asked /= max(float(np.linalg.norm(asked)), 1e-6)
        cosines = np.zeros(len(self.net))
        for begin in range(0, len(self.net), _READ):
            places = range(begin, min(begin + _READ, len(self.net)))
            vectors = self.shelf.names(places)
            if vectors.shape[1]:
                cosines[begin : begin + _READ] = self._centred(vectors, places) @ asked
        best = np.lexsort((self.net.concepts["order"], -cosines))[:n]
        return [int(place) for place in best if cosines[place] >= ALIKE]


def is_lone(name: str) -> bool:
    """Tell whether a name is one lower-case English word: a general word, often (scaling)."""
    return name.isalpha() and name.islower() and name.isascii()


def has_han(name: str) -> bool:
    """Tell whether a name holds a Chinese character."""
    return _HAN.search(name) is not None


def means(vectors: NDArray[np.float32], han: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return what the names (n, d) of each script share (2, d), those without a vector left out.

    Short names lie close together in an encoder's space (mean cosine .81), and closest to those in the same script.
    """
    made = np.zeros((2, vectors.shape[1]), np.float32)
    known = vectors.any(axis=1) if vectors.shape[1] else np.zeros(len(vectors), bool)
    for script in (0, 1):
        rows = vectors[known & np.equal(han, script)]
        if len(rows):
            made[script] = rows.mean(axis=0, dtype=np.float64)
    return made
