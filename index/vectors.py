"""Vectors to search: the exact index, and FAISS over codes that are made of each vector alone.

A kind of index is a `Coder`: it turns unit vectors into codes, one for each, without regard to any other. So codes that
stand can stay when others come and go, and an index brought up to date equals one made anew, to the byte.
"""

import concurrent.futures
import contextlib
import copy
import dataclasses
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import faiss

Kind = Literal["exact", "cells"]
Vectors = Callable[[NDArray[np.intp]], NDArray[np.float32]]  # unit vectors (n, d) of the keys in these places (n,)

FEW = 1000  # so many vectors are compared one by one: 3 ms, as long as a search of all
_QUERY_BITS = 4  # of a query's component beside a code's one; 8 cost a third more and find nothing more
_ROTATION = 7  # seed
_BLOCK = 512  # vectors coded at once
# Steps to which the factors of a product are rounded, so that its sums are exact in float64 for up to 1,024 components
# (20 + 22 + 10 bits) in whatever order a BLAS adds: a vector's code does not depend on what stands beside it.
_STEP, _FINE = 2.0**20, 2.0**22
_CLOSE = 1e-4  # cells as near as this are told apart by an exact product; fp32 is off by less than a tenth


@dataclasses.dataclass(frozen=True, slots=True)
class Effort:
    """How far a search by code goes. Of 1,000,000 vectors the best 200 by code hold .955 of the ten nearest."""

    probes: int = 64  # cells that it looks into; with 32, .997 of what 64 find
    depth: int = 400  # candidates whose vectors are compared, at least: .998 of the ten nearest are among them
    recall: float = 1.0  # at ten, as measured


class VectorIndex(Protocol):
    """Unit vectors by key."""

    @property
    def keys(self) -> NDArray[np.int64]:
        """The keys in rising order; a key's place here is what `allowed` speaks of."""

    def __len__(self) -> int: ...

    def search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k nearest keys and their cosines, best first: both (len(query), min(k, keys to choose from)).

        Only keys whose place is true in `allowed` are chosen, where it is given.
        """

    def cosines(self, query: NDArray[np.float32], keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosine of one query (d,) with each key (n,), 0 where a key has no vector."""


class ExactIndex:
    """A plain product with all vectors: the oracle of the other index."""

    def __init__(self, keys: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Take keys (n,) and unit vectors (n, d)."""
        order = np.argsort(keys)
        self.keys = keys[order]
        self._vectors = vectors[order]

    def __len__(self) -> int:
        return len(self.keys)

    def search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k nearest keys and their cosines; of equals, the lower key first."""
        places = np.arange(len(self)) if allowed is None else np.flatnonzero(allowed)
        cosines = query @ self._vectors[places].T  # (q, n)
        best = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
        return self.keys[places][best], np.take_along_axis(cosines, best, axis=1)

    def cosines(self, query: NDArray[np.float32], keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosine of one query (d,) with each key (n,), 0 where a key has no vector."""
        return _cosines(self.keys, keys, query, lambda places: self._vectors[places])


class Coder:
    """What turns unit vectors (n, d) into codes (n, width), and back into an index that can be searched."""

    def __init__(self, points: NDArray[np.float32]) -> None:
        """Take the unit vectors (c, d) around which the cells lie; none, (0, d), for an exact scan of fp16 vectors.

        With cells, a code is the number of the nearest, and one bit for each component of what is left (RaBitQ, Gao and
        Long 2024): 56 bytes for 384 components. The points around which cells lie need no training: at 1,000,000
        vectors they find as much as the centres of k-means, and they are a function of few vectors.
        """
        import faiss  # 0.2 s that a command without a search need not wait for

        self._faiss = faiss
        self.cells, self._dimension = points.shape
        if self.cells:
            with _one_thread():
                made = faiss.RandomRotationMatrix(self._dimension, self._dimension)
                made.init(_ROTATION)
            turn = faiss.vector_to_array(made.A).reshape(self._dimension, self._dimension)
            self._rounded_turn = np.rint(turn.T.astype(np.float64) * _FINE)  # (d, d)
            turned = self.turned(points)
            self._points: Any = faiss.IndexFlatL2(self._dimension)  # C++ holds no reference to it
            self._points.add(turned)
            self._turned_points = turned.T  # (d, c)
            self._rounded_points = np.rint(self._turned_points.astype(np.float64) * _FINE)
            self._halves = np.square(self._rounded_points / _FINE).sum(axis=0) / 2  # (c,)
        self._empty = self.index()
        self.width: int = self._empty.sa_code_size()

    def turned(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return vectors (n, d) as they are coded: turned at random for RaBitQ."""
        if not self.cells:
            return np.ascontiguousarray(vectors, np.float32)
        turned: NDArray[np.float32] = _exact(vectors, self._rounded_turn).astype(np.float32)
        return turned

    def codes(self, vectors: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return the codes (n, width) of unit vectors (n, d)."""
        codes = np.empty((len(vectors), self.width), np.uint8)

        def code(begin: int) -> None:
            codes[begin : begin + _BLOCK] = self._coded(self.turned(vectors[begin : begin + _BLOCK]))

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(code, range(0, len(vectors), _BLOCK)))
        return codes

    def _coded(self, turned: NDArray[np.float32]) -> NDArray[np.uint8]:
        with _one_thread():
            if not self.cells:
                plain: NDArray[np.uint8] = self._empty.sa_encode(turned)
                return plain
            cells = self._nearest(turned)
            codes = np.empty((len(turned), self.width), np.uint8)
            pointer = self._faiss.swig_ptr
            self._empty.encode_vectors(len(turned), pointer(turned), pointer(cells), pointer(codes), True)
            return codes

    def _nearest(self, turned: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the cell of each vector (n,): that of the nearest point, of equals the first."""
        worth = turned @ self._turned_points - self._halves.astype(np.float32)  # (n, c): less half the squared distance
        cells: NDArray[np.int64] = worth.argmax(axis=1)
        close = np.flatnonzero((worth >= worth.max(axis=1, keepdims=True) - _CLOSE).sum(axis=1) > 1)
        cells[close] = (_exact(turned[close], self._rounded_points) - self._halves).argmax(axis=1)
        return cells

    def index(self) -> Any:  # noqa: ANN401  # faiss tells no types of what it adds to its classes in Python
        """Return a FAISS index without vectors. It lives no longer than the coder."""
        faiss, dimension = self._faiss, self._dimension
        if not self.cells:
            return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        index = faiss.IndexIVFRaBitQ(self._points, dimension, self.cells, faiss.METRIC_INNER_PRODUCT)
        index.is_trained = True  # the points are all there is to learn
        return index


class FaissIndex:
    """FAISS over codes by key: an exact scan of fp16 vectors, or the likeliest cells by code and then the vectors."""

    def __init__(
        self,
        coder: Coder,
        keys: NDArray[np.int64],
        codes: NDArray[np.uint8],
        vectors: Vectors | None = None,
        effort: Effort = Effort(),
    ) -> None:
        """Take rising keys (n,) and their codes (n, width). `vectors` gives what codes of cells do not hold."""
        import faiss

        self._faiss = faiss
        self._coder = coder
        self.keys = keys
        self._codes = codes
        self.effort = effort
        self.vectors: Vectors = vectors or (lambda places: codes[places].view("<f2").astype(np.float32))
        self._index = coder.index()
        if len(keys):
            ids = np.arange(len(keys))  # places, so that a bitmap can tell what is allowed
            self._index.add_sa_codes(codes, ids if coder.cells else None)

    @classmethod
    def build(cls, keys: NDArray[np.int64], vectors: NDArray[np.float32]) -> "FaissIndex":
        """Return the exact index of keys (n,) and unit vectors (n, d)."""
        order = np.argsort(keys)
        coder = Coder(vectors[:0])
        return cls(coder, keys[order], coder.codes(vectors[order]))

    def at(self, effort: Effort) -> "FaissIndex":
        """Return the same index searched with another effort."""
        other = copy.copy(self)
        other.effort = effort
        return other

    @property
    def kind(self) -> Kind:
        """What this kind of index is called."""
        return "cells" if self._coder.cells else "exact"

    def __len__(self) -> int:
        return len(self.keys)

    def search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k nearest keys and their cosines, best first: both (len(query), min(k, keys to choose from))."""
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, count)
        if not k:
            return np.empty((len(query), 0), np.int64), np.empty((len(query), 0), np.float32)
        if count <= FEW and (allowed is not None or self._coder.cells):
            places = np.arange(count) if allowed is None else np.flatnonzero(allowed)
            return self._compared(query, k, [places] * len(query))
        if self._coder.cells:
            return self._compared(query, k, self._likely(query, max(self.effort.depth, 2 * k), count, allowed))
        options = None if allowed is None else self._faiss.SearchParameters(sel=self._bitmap(allowed))  # type: ignore[call-arg]
        with _one_thread():
            cosines, found = self._index.search(np.ascontiguousarray(query, np.float32), k, params=options)
        return self.keys[found], cosines

    def cosines(self, query: NDArray[np.float32], keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosine of one query (d,) with each key (n,), 0 where a key has no vector."""
        return _cosines(self.keys, keys, query, self.vectors)

    def _likely(
        self, query: NDArray[np.float32], depth: int, count: int, allowed: NDArray[np.bool_] | None
    ) -> list[NDArray[np.intp]]:
        """Return the places of the best candidates by code, for each query."""
        # Where few are allowed, as many of them are looked at as else of all.
        probes = min(self._coder.cells, self.effort.probes * len(self) // count)
        options = self._faiss.IVFRaBitQSearchParameters()
        options.nprobe, options.qb = probes, _QUERY_BITS
        if allowed is not None:
            options.sel = selector = self._bitmap(allowed)  # noqa: F841  # kept alive: C++ holds no reference
        turned = self._coder.turned(query)
        while True:
            with _one_thread():
                _, found = self._index.search(turned, min(depth, count), params=options)
            if probes == self._coder.cells or (found >= 0).all():
                return [row[row >= 0] for row in found]
            probes = options.nprobe = self._coder.cells  # these cells hold too few

    def _compared(
        self, query: NDArray[np.float32], k: int, likely: list[NDArray[np.intp]]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k best of the candidates by their vectors; of equals, the lower key first."""
        places = np.unique(np.concatenate(likely))
        vectors = self.vectors(places)
        keys, cosines = np.empty((len(query), k), np.int64), np.empty((len(query), k), np.float32)
        for nth, some in enumerate(likely):
            own = np.sort(some)
            values = vectors[np.searchsorted(places, own)] @ query[nth]
            best = np.argsort(-values, kind="stable")[:k]
            keys[nth], cosines[nth] = self.keys[own[best]], values[best]
        return keys, cosines

    def _bitmap(self, allowed: NDArray[np.bool_]) -> "faiss.IDSelectorBitmap":
        return self._faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # type: ignore[call-arg,arg-type]


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Keep FAISS to one thread: a second takes long to wake, and beside other work each waits for the other.

    Without it, turning a matrix took 3 s on a busy machine, and not .02.
    """
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _exact(vectors: NDArray[np.float32], rounded: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the product of unit vectors (n, d) and a matrix (d, m) in steps of 1 / _FINE: exact for these steps."""
    return (np.rint(vectors.astype(np.float64) * _STEP) @ rounded) / (_STEP * _FINE)


def places(rising: NDArray[np.int64], keys: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the place of each key among rising ones, and whether it is there at all."""
    found = np.minimum(np.searchsorted(rising, keys), max(len(rising) - 1, 0))
    known = rising[found] == keys if len(rising) else np.zeros(len(keys), bool)
    return found, known


def _cosines(
    rising: NDArray[np.int64], keys: NDArray[np.int64], query: NDArray[np.float32], vectors: Vectors
) -> NDArray[np.float32]:
    found, known = places(rising, keys)
    result = np.zeros(len(keys), np.float32)
    if known.any():
        result[known] = vectors(found[known]) @ query
    return result
