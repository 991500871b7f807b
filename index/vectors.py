"""Vectors to search: the exact index and the FAISS index."""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import faiss


class VectorIndex(Protocol):
    """Unit vectors by key."""

    def __len__(self) -> int: ...

    def search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k nearest keys and their cosines, best first: both (len(query), min(k, keys to choose from)).

        Only keys in `allowed` are chosen, where it is given.
        """

    def cosines(self, query: NDArray[np.float32], keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosine of one query (d,) with each key (n,), 0 where a key has no vector."""


class ExactIndex:
    """A plain product with all vectors: the oracle of the other index."""

    def __init__(self, keys: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Take keys (n,) and unit vectors (n, d)."""
        order = np.argsort(keys)
        self._keys = keys[order]
        self._vectors = vectors[order]

    def __len__(self) -> int:
        return len(self._keys)

    def search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k nearest keys and their cosines; of equals, the lower key first."""
        rows = np.arange(len(self)) if allowed is None else np.flatnonzero(np.isin(self._keys, allowed))
        cosines = query @ self._vectors[rows].T  # (q, n)
        best = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
        return self._keys[rows][best], np.take_along_axis(cosines, best, axis=1)

    def cosines(self, query: NDArray[np.float32], keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosine of one query (d,) with each key (n,), 0 where a key has no vector."""
        rows, known = _rows(self._keys, keys)
        return np.where(known, self._vectors[rows] @ query, 0).astype(np.float32) if len(self) else _nothing(keys)


class FaissIndex:
    """FAISS over fp16 vectors by key. An exact scan: 4 ms at 100,000 x 384 on one core."""

    def __init__(self, index: "faiss.IndexIDMap2") -> None:
        """Use `build` or `from_bytes`."""
        import faiss  # 0.2 s that a command without a search need not wait for

        self._faiss = faiss
        self._index = index
        self._keys = faiss.vector_to_array(index.id_map)

    @classmethod
    def build(cls, keys: NDArray[np.int64], vectors: NDArray[np.float32]) -> "FaissIndex":
        """Return the index of keys (n,) and unit vectors (n, d)."""
        import faiss

        order = np.argsort(keys)  # so that a key is found by bisection
        scalar = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        index = faiss.IndexIDMap2(scalar)
        index.add_with_ids(np.ascontiguousarray(vectors[order], np.float32), keys[order])
        return cls(index)

    @classmethod
    def from_bytes(cls, content: NDArray[np.uint8]) -> "FaissIndex":
        """Return the index that `to_bytes` gave. The caller has checked that the bytes are whole: FAISS does not."""
        import faiss

        index = faiss.deserialize_index(content)
        assert isinstance(index, faiss.IndexIDMap2)  # as `build` makes it
        return cls(index)

    def to_bytes(self) -> NDArray[np.uint8]:
        """Return all of it as bytes."""
        content: NDArray[np.uint8] = self._faiss.serialize_index(self._index)
        return content

    def __len__(self) -> int:
        return len(self._keys)

    def search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k nearest keys and their cosines, best first: both (len(query), min(k, keys to choose from))."""
        if allowed is None:
            count, options = len(self), None
        else:
            allowed = np.intersect1d(allowed, self._keys)
            count = len(allowed)
            options = self._faiss.SearchParameters(sel=self._faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
        if not min(k, count):
            return np.empty((len(query), 0), np.int64), np.empty((len(query), 0), np.float32)
        self._faiss.omp_set_num_threads(1)  # waking a second thread costs more than a scan of a small library
        cosines, keys = self._index.search(np.ascontiguousarray(query, np.float32), min(k, count), params=options)
        return keys, cosines

    def cosines(self, query: NDArray[np.float32], keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosine of one query (d,) with each key (n,), 0 where a key has no vector."""
        rows, known = _rows(self._keys, keys)
        result = _nothing(keys)
        if known.any():
            result[known] = self._index.index.reconstruct_batch(rows[known]) @ query
        return result


def _rows(sorted_keys: NDArray[np.int64], keys: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the place of each key, and whether it is there at all."""
    rows = np.minimum(np.searchsorted(sorted_keys, keys), max(len(sorted_keys) - 1, 0))
    known = sorted_keys[rows] == keys if len(sorted_keys) else np.zeros(len(keys), bool)
    return rows, known


def _nothing(keys: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.zeros(len(keys), np.float32)
