"""Vectors to search: the exact index, the FAISS index, and the view of a library in which all its languages meet."""

import dataclasses
import io
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import WrongEncoder
from corpus.language import script_language
from corpus.library import Library, generation
from index.tables import stored_titles, stored_vectors

if TYPE_CHECKING:
    import faiss

VIEW = "vectors.npz"
FORMAT = 1  # of the view's file
# A mean of few passages is as much their topic as their language, so it is drawn towards the mean of all, as if it held
# this many more passages. With 3 passages in the second language, recall@10 over both ways is .95; without it .91.
PRIOR = 3
_SPREAD_SAMPLE = 1000  # passages whose cosines tell the spread: a million pairs
# Languages with a script of their own. All others share one group, for a short query can't tell English from French.
_OWN_SCRIPT = frozenset(("zh", "ja", "ko", "ru", "el", "ar", "he", "hi", "th"))

Titles = tuple[NDArray[np.int64], Sequence[str], NDArray[np.float32]]  # source keys (m,), titles, vectors (m, d)


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


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """A library's vectors as queries meet them: of one encoder, the languages brought together.

    An encoder puts a text near others in its own language before it looks at the topic. Subtracting from each passage
    the mean of its language, and from a query that of the query's language, takes this away: recall@10 with the answer
    in the other language goes from .23 to .96. With one language there is nothing to bring together, and the vectors
    are left as they are.
    """

    index: VectorIndex
    means: Mapping[str, NDArray[np.float32]]  # by group of languages; empty where there is only one
    level: float  # mean of the cosine between two passages: what is nothing
    spread: float  # its standard deviation: what is much and what is little
    titles: Mapping[int, NDArray[np.float32]]  # by source key, of the titles in the lists

    def centred_query(self, vector: NDArray[np.float32], text: str) -> NDArray[np.float32]:
        """Return a query's vector (d,) as the index wants it."""
        return _centred(vector, script_language(text), self.means)


def view(library: Library, db: sqlite3.Connection, made_by: str) -> View:
    """Return the view of the library's present generation: the stored one, or where that is no good a new one.

    Raises:
        WrongEncoder: there are passages, and none has a vector of this encoder.
    """
    now = generation(db)
    content = library.load_view(db, VIEW, now)
    if content is not None:
        stored = _unpacked(content, made_by)
        if stored is not None:
            return stored
    keys, langs, vectors = stored_vectors(db, made_by)
    if not len(keys) and db.execute("select 1 from chunks limit 1").fetchone():
        raise WrongEncoder(
            f"the library has no vectors of the encoder {made_by.split(':')[0]}: run 'ideagraph update' to make them"
        )
    built = build(keys, langs, vectors, stored_titles(db, made_by))
    library.save_view(VIEW, now, _packed(built, made_by))
    return built


def group(lang: str) -> str:
    """Return the group whose mean a passage or query of this language shares: its script's language, or 'en'."""
    return lang if lang in _OWN_SCRIPT else "en"


def build(
    keys: NDArray[np.int64], langs: Sequence[str], vectors: NDArray[np.float32], titles: Titles | None = None
) -> View:
    """Return the view of keys (n,), their languages and unit vectors (n, d).

    The sums are of fp16 numbers in float64, so exact, and the same to the bit in any order; the sample of the spread
    wants one that does not depend on how the library came about (by chunk id, say).
    """
    groups = [group(lang) for lang in langs]
    means = language_means(groups, vectors)
    if means:
        vectors = _unit(vectors - np.stack([means[name] for name in groups]))
    level, spread = _cosines_of_pairs(vectors)
    named = {
        int(source): _centred(vector, script_language(title), means)
        for source, title, vector in zip(*(titles or ((), (), ())), strict=True)
    }
    return View(FaissIndex.build(keys, vectors), means, level, spread, named)


def language_means(groups: Sequence[str], vectors: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Return the mean of each group (d,), drawn towards that of all, which is under ''; nothing for a single group."""
    names = sorted(set(groups))
    if len(names) < 2:
        return {}
    total = vectors.mean(axis=0, dtype=np.float64)
    means = {"": total}
    of = np.array(groups)
    for name in names:
        own = vectors[of == name]
        means[name] = (own.sum(axis=0, dtype=np.float64) + PRIOR * total) / (len(own) + PRIOR)
    return {name: mean.astype(np.float32) for name, mean in means.items()}


def _centred(vector: NDArray[np.float32], lang: str, means: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    if not means:
        return vector
    mean = means.get(group(lang))
    return _unit(vector - (means[""] if mean is None else mean))  # "": a language that no passage is in


def _cosines_of_pairs(vectors: NDArray[np.float32]) -> tuple[float, float]:
    """Return mean and standard deviation of the cosine between two passages, from a sample."""
    sample = vectors[:: len(vectors) // _SPREAD_SAMPLE + 1].astype(np.float64)
    if len(sample) < 2:
        return 0.0, 0.0
    cosines = (sample @ sample.T)[~np.eye(len(sample), dtype=bool)]
    return float(cosines.mean()), float(cosines.std())


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: NDArray[np.float32] = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return unit


def _rows(sorted_keys: NDArray[np.int64], keys: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the place of each key, and whether it is there at all."""
    rows = np.minimum(np.searchsorted(sorted_keys, keys), max(len(sorted_keys) - 1, 0))
    known = sorted_keys[rows] == keys if len(sorted_keys) else np.zeros(len(keys), bool)
    return rows, known


def _nothing(keys: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.zeros(len(keys), np.float32)


def _packed(made: View, made_by: str) -> bytes:
    assert isinstance(made.index, FaissIndex)  # as `build` makes it
    file = io.BytesIO()
    np.savez(
        file,
        made_by=np.array(f"{FORMAT} {made_by}"),
        index=made.index.to_bytes(),
        names=np.array(list(made.means), dtype=np.str_),
        means=np.array(list(made.means.values()), np.float32),
        pairs=np.array((made.level, made.spread)),
        sources=np.array(list(made.titles), np.int64),
        titles=np.array(list(made.titles.values()), np.float32),
    )
    return file.getvalue()


def _unpacked(content: bytes, made_by: str) -> View | None:
    """Return the view in a file, or None where it is of another encoder or another format."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            if str(stored["made_by"]) != f"{FORMAT} {made_by}":
                return None
            means = dict(zip(stored["names"].tolist(), stored["means"], strict=True))
            level, spread = stored["pairs"].tolist()
            titles = dict(zip(stored["sources"].tolist(), stored["titles"], strict=True))
            return View(FaissIndex.from_bytes(stored["index"]), means, level, spread, titles)
    except (KeyError, ValueError, zipfile.BadZipFile):
        return None
