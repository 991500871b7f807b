"""The view of a library in which all its languages meet: a pure function of the stored vectors, kept in a file.

The file holds a code for each passage. What a code depends on besides its own vector is taken from the passages with
the lowest ids, so it stands still through most changes: then only the passages that came are coded, and the view is the
same as one made anew.
"""

import dataclasses
import io
import math
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.errors import WrongEncoder
from corpus.language import script_language
from corpus.library import Library, generation
from index import tables
from index.narrow import Narrow
from index.threads import one_blas_thread
from index.vectors import Coder, Effort, FaissIndex, VectorIndex, places

VIEW = "vectors.npz"
FORMAT = 4  # of the view's file
# A mean of few passages is as much their topic as their language, so it is drawn towards the mean of all, as if it held
# this many more passages. With 3 passages in the second language, recall@10 over both ways is .95; without it .91.
PRIOR = 3
SAMPLE = 1024  # passages whose mean stands for all of their language, and whose cosines tell the spread
EXACT_BELOW = 50_000  # passages; a scan of so many takes 2.5 ms, as long as cells and their candidates' vectors
RECALL_FLOOR = 0.97  # at ten; where cells find less, more of them are looked into
_QUESTIONS = 100  # that tell the recall
_BATCH = 20_000  # passages coded at once: 60 MB
_MASKS = 64  # narrowed choices that a view keeps in mind
# Languages with a script of their own. All others share one group, for a short query can't tell English from French.
_OWN_SCRIPT = ("ar", "el", "he", "hi", "ja", "ko", "ru", "th", "zh")
_GROUPS = ("en", *_OWN_SCRIPT)  # a passage's group is stored as its place here


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """A library's vectors as queries meet them: of one encoder, the languages brought together.

    An encoder puts a text near others in its own language before it looks at the topic. Subtracting from each passage
    the mean of its language, and from a query that of the query's language, takes this away: recall@10 with the answer
    in the other language goes from .23 to .96. With one language there is nothing to bring together, and the vectors
    are left as they are.

    It reads vectors from the database it was opened with, so it lives no longer than that connection.
    """

    index: VectorIndex
    means: Mapping[str, NDArray[np.float32]]  # by group of languages; empty where there is only one
    level: float  # mean of the cosine between two passages: what is nothing
    spread: float  # its standard deviation: what is much and what is little
    titles: VectorIndex  # of the titles that the lists give, by source key
    _masks: dict[Narrow, NDArray[np.bool_]] = dataclasses.field(default_factory=dict)
    _held: dict[str, int] = dataclasses.field(default_factory=dict)

    def centred_query(self, vector: NDArray[np.float32], text: str) -> NDArray[np.float32]:
        """Return a query's vector (d,) as the index wants it."""
        return self.centred_passage(vector, script_language(text))

    def centred_passage(self, vector: NDArray[np.float32], lang: str) -> NDArray[np.float32]:
        """Return a passage's vector (d,) as the index has it."""
        if not self.means:
            return vector
        mean = self.means.get(group(lang))
        return _unit(vector - (self.means[""] if mean is None else mean))  # "": a language that no passage is in

    def cosines(
        self, query: NDArray[np.float32], vectors: NDArray[np.float32], groups: NDArray[np.str_]
    ) -> NDArray[np.float32]:
        """Return the cosine of a query (d,) as the index wants it with unit vectors (n, d) of texts in these groups.

        The same as with each `centred_passage`, in one product.
        """
        if not self.means:
            return vectors @ query
        names = list(self.means)
        means = np.stack([self.means[name] for name in names])  # (g, d)
        of = np.full(len(vectors), names.index(""))
        for nth, name in enumerate(names):
            of[groups == name] = nth
        products = vectors @ np.concatenate([query[None], means]).T  # (n, 1 + g)
        rows = np.arange(len(vectors))
        squares = 1 - 2 * products[rows, 1 + of] + np.square(means).sum(axis=1)[of]  # of the lengths, centred
        lengths = np.sqrt(np.maximum(squares, 0))
        near = products[:, 0] - (means @ query)[of]
        cosines: NDArray[np.float32] = np.divide(near, lengths, out=np.zeros_like(near), where=lengths > 1e-3)
        return cosines

    def allowed(self, db: sqlite3.Connection, narrow: Narrow) -> NDArray[np.bool_] | None:
        """Return, by place in the index, which passages a question may find; None for all.

        SQLite takes .1 s to name 300,000 passages, so the last choices are kept in mind.
        """
        if narrow == Narrow():
            return None
        mask = self._masks.pop(narrow, None)
        if mask is None:
            where, values = narrow.condition(db)
            rows = db.execute(f"select key from chunks where {where}", values)
            found, known = places(self.index.keys, np.fromiter((key for (key,) in rows), np.int64))
            mask = np.zeros(len(self.index), bool)
            mask[found[known]] = True
        self._masks[narrow] = mask
        while len(self._masks) > _MASKS:
            del self._masks[next(iter(self._masks))]
        return mask

    def holding(self, db: sqlite3.Connection, words: Iterable[str]) -> dict[str, int]:
        """Return how many passages hold each word."""
        words = list(words)
        self._held.update(tables.holding(db, [word for word in words if word not in self._held]))
        return {word: self._held[word] for word in words}


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """What a passage's code depends on besides its own vector and language: the same recipe, the same code."""

    means: Mapping[str, NDArray[np.float32]]
    points: NDArray[np.float32]  # (cells, d) around which the cells lie; none, (0, d), for an exact scan

    def coder(self) -> Coder:
        """Return what makes the codes."""
        return Coder(self.points)

    def centred(self, vectors: NDArray[np.float32], groups: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return stored vectors (n, d) of passages in these groups as they are coded."""
        if not self.means:
            return vectors
        unknown = self.means[""]
        return _unit(vectors - np.stack([self.means.get(name, unknown) for name in _GROUPS])[groups])

    def same(self, other: "Recipe") -> bool:
        """Return whether the other makes the same codes."""
        return self._bytes() == other._bytes()

    def _bytes(self) -> tuple[object, ...]:
        means = tuple((name, mean.tobytes()) for name, mean in self.means.items())
        return means, self.points.shape, self.points.tobytes()


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """What the file holds: the coded passages by key, how well a search by code finds them, and what goes with them."""

    recipe: Recipe
    keys: NDArray[np.int64]  # (n,), rising
    crcs: NDArray[np.int64]  # (n,), of the vectors that were coded
    groups: NDArray[np.uint8]  # (n,), places in _GROUPS
    codes: NDArray[np.uint8]  # (n, width)
    effort: Effort
    pairs: NDArray[np.float64]  # level and spread
    sources: NDArray[np.int64]  # (m,), rising, of which the lists give a title
    titles: NDArray[np.uint8]  # (m, width of an exact code), the titles

    def open(self, db: sqlite3.Connection) -> View:
        """Return the view, which reads from the database what the codes do not hold."""
        one_blas_thread()
        coder = self.recipe.coder()
        read = _reader(db, self.recipe, self.keys, self.groups) if coder.cells else None
        index = FaissIndex(coder, self.keys, self.codes, read, self.effort)
        level, spread = self.pairs.tolist()
        titles = FaissIndex(Coder(self.recipe.points[:0]), self.sources, self.titles)
        return View(index, self.recipe.means, level, spread, titles)


def view(library: Library, db: sqlite3.Connection, made_by: str) -> View:
    """Return the view of the library's present generation: the stored one, brought up to date where it is not.

    Raises:
        WrongEncoder: some passage has a vector of another encoder, and none of this.
    """
    if tables.other_encoder(db, made_by):
        raise WrongEncoder(
            f"the library has vectors of another encoder than {made_by.split(':')[0]}: "
            "run 'ideagraph update' to make them anew"
        )
    now = generation(db)
    kept = library.load_view(db, VIEW)
    stored = _unpacked(kept[1], made_by) if kept is not None else None
    if kept is None or stored is None or kept[0] != now:
        stored = refreshed(db, made_by, stored)
        library.save_view(VIEW, now, _packed(stored, made_by))
    return stored.open(db)


def described(library: Library, db: sqlite3.Connection) -> tuple[str, float] | None:
    """Return kind and recall@10 of the stored view, or None where there is none of the present generation."""
    kept = library.load_view(db, VIEW)
    if kept is None or kept[0] != generation(db):
        return None
    with np.load(io.BytesIO(kept[1]), allow_pickle=False) as file:
        return ("cells" if len(file["points"]) else "exact", float(file["effort"][2]))


def group(lang: str) -> str:
    """Return the group whose mean a passage or query of this language shares: its script's language, or 'en'."""
    return lang if lang in _OWN_SCRIPT else "en"


def cell_count(passages: int) -> int:
    """Return into how many cells so many passages go, 0 for an exact scan. It changes seldom as they become more."""
    return 0 if passages < EXACT_BELOW else 1 << round(math.log2(2 * math.sqrt(passages)))


def refreshed(db: sqlite3.Connection, made_by: str, old: Stored | None) -> Stored:
    """Return the view of what the database holds. Where the recipe stays, only what the old view lacks is read.

    The same library gives the same codes, whatever views it had; only the effort stays as it was measured when all was
    coded last.
    """
    keys, crcs = tables.stamps(db, made_by)
    groups = np.zeros(len(keys), np.uint8)
    langs = tables.languages(db)
    for lang in langs:
        found, known = places(keys, tables.keys_in(db, lang))
        groups[found[known]] = _GROUPS.index(group(lang))
    cells = cell_count(len(keys))
    names, lowest = tables.sample(db, made_by, max(SAMPLE, cells))
    means = _means(db, made_by, langs, lowest[:SAMPLE])
    recipe = Recipe(means, lowest[:0])
    lowest = recipe.centred(lowest, _group_places(names))
    recipe = Recipe(means, lowest[:cells])
    read = _reader(db, recipe, keys, groups)
    if old is not None and old.recipe.same(recipe):
        found, known = places(old.keys, keys)
        stay = known.copy()
        stay[known] = (old.crcs[found[known]] == crcs[known]) & (old.groups[found[known]] == groups[known])
        codes, effort = _codes(recipe, read, stay, old.codes[found[stay]]), old.effort
    else:
        nearest = _Nearest(_questions(lowest)) if cells else None
        codes, effort = _codes(recipe, read, np.zeros(len(keys), bool), watch=nearest), Effort()
        if nearest is not None:
            effort = _measured(FaissIndex(recipe.coder(), keys, codes, read, effort), nearest)
    sources, titles, vectors = tables.stored_titles(db, made_by)
    named = Coder(lowest[:0]).codes(recipe.centred(vectors, _group_places(map(script_language, titles))))
    pairs = np.array(_cosines_of_pairs(lowest[:SAMPLE]))
    return Stored(recipe, keys, crcs, groups, codes, effort, pairs, sources, named)


def _group_places(langs: Iterable[str]) -> NDArray[np.uint8]:
    return np.array([_GROUPS.index(group(lang)) for lang in langs], np.uint8)


def _reader(
    db: sqlite3.Connection, recipe: Recipe, keys: NDArray[np.int64], groups: NDArray[np.uint8]
) -> Callable[[NDArray[np.intp]], NDArray[np.float32]]:
    """Return what reads the vectors of the keys in some places, as they are coded."""
    return lambda some: recipe.centred(tables.stored_vectors(db, keys[some]), groups[some])


def _codes(
    recipe: Recipe,
    read: Callable[[NDArray[np.intp]], NDArray[np.float32]],
    stay: NDArray[np.bool_],
    old: NDArray[np.uint8] | None = None,
    watch: "_Nearest | None" = None,
) -> NDArray[np.uint8]:
    """Return the codes of all places: of those that stay the old ones, of the others new ones."""
    coder = recipe.coder()
    codes = np.empty((len(stay), coder.width), np.uint8)
    if old is not None:
        codes[stay] = old
    come = np.flatnonzero(~stay)
    for begin in range(0, len(come), _BATCH):
        some = come[begin : begin + _BATCH]
        vectors = read(some)
        codes[some] = coder.codes(vectors)
        if watch is not None:
            watch.see(some, vectors)
    return codes


class _Nearest:
    """The ten nearest of all vectors seen, for each of some questions."""

    def __init__(self, questions: NDArray[np.float32]) -> None:
        self.questions = questions  # (q, d)
        self.places = np.empty((len(questions), 0), np.intp)  # (q, up to ten)
        self._cosines = np.empty((len(questions), 0), np.float32)

    def see(self, some: NDArray[np.intp], vectors: NDArray[np.float32]) -> None:
        """Take in the vectors (n, d) of some places."""
        cosines = np.hstack((self._cosines, self.questions @ vectors.T))
        seen = np.hstack((self.places, np.broadcast_to(some, (len(self.questions), len(some)))))
        best = np.argpartition(-cosines, min(9, cosines.shape[1] - 1), axis=1)[:, :10]
        self._cosines, self.places = (np.take_along_axis(of, best, axis=1) for of in (cosines, seen))


def _questions(lowest: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors like those of questions: each between two passages of the sample."""
    return _unit(lowest[: 2 * _QUESTIONS : 2] + lowest[1 : 2 * _QUESTIONS : 2])


def _measured(index: FaissIndex, nearest: _Nearest) -> Effort:
    """Return the least effort that finds enough of the ten nearest, and how much it finds."""
    effort = Effort()
    while True:
        found, _ = index.at(effort).search(nearest.questions, 10)
        due = index.keys[nearest.places]
        recall = float(np.mean([np.isin(row, right).mean() for row, right in zip(found, due, strict=True)]))
        if recall >= RECALL_FLOOR or effort.depth >= len(index):  # so deep, all are compared
            return dataclasses.replace(effort, recall=recall)
        effort = Effort(2 * effort.probes, 2 * effort.depth)


def _means(
    db: sqlite3.Connection, made_by: str, langs: Sequence[str], lowest: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """Return the mean of each group (d,), drawn towards that of all, which is under ''; nothing for a single group.

    Each is that of the passages with the lowest ids. The sums are of fp16 numbers in float64, so exact, and the same to
    the bit in any order.
    """
    members: dict[str, list[str]] = {}
    for lang in langs:
        members.setdefault(group(lang), []).append(lang)
    if len(members) < 2:
        return {}
    total = lowest.mean(axis=0, dtype=np.float64)
    means = {"": total}
    for name, some in sorted(members.items()):
        own = tables.sample(db, made_by, SAMPLE, some)[1]
        means[name] = (own.sum(axis=0, dtype=np.float64) + PRIOR * total) / (len(own) + PRIOR)
    return {name: mean.astype(np.float32) for name, mean in means.items()}


def _cosines_of_pairs(sample: NDArray[np.float32]) -> tuple[float, float]:
    """Return mean and standard deviation of the cosine between two passages of a sample."""
    sample = sample.astype(np.float64)
    if len(sample) < 2:
        return 0.0, 0.0
    cosines = (sample @ sample.T)[~np.eye(len(sample), dtype=bool)]
    return float(cosines.mean()), float(cosines.std())


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: NDArray[np.float32] = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return unit


def _packed(stored: Stored, made_by: str) -> bytes:
    file = io.BytesIO()
    np.savez(
        file,
        made_by=np.array(f"{FORMAT} {made_by}"),
        names=np.array(list(stored.recipe.means), np.str_),
        means=np.array(list(stored.recipe.means.values()), np.float32),
        points=stored.recipe.points,
        keys=stored.keys,
        crcs=stored.crcs,
        groups=stored.groups,
        codes=stored.codes,
        effort=np.array(dataclasses.astuple(stored.effort)),
        pairs=stored.pairs,
        sources=stored.sources,
        titles=stored.titles,
    )
    return file.getvalue()


def _unpacked(content: bytes, made_by: str) -> Stored | None:
    """Return what a file holds, or None where it is of another encoder or another format."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            if str(file["made_by"]) != f"{FORMAT} {made_by}":
                return None
            recipe = Recipe(dict(zip(file["names"].tolist(), file["means"], strict=True)), file["points"])
            probes, depth, recall = file["effort"].tolist()
            return Stored(
                recipe, file["keys"], file["crcs"], file["groups"], file["codes"],
                Effort(int(probes), int(depth), recall), file["pairs"], file["sources"], file["titles"],
            )  # fmt: skip
    except (KeyError, ValueError, zipfile.BadZipFile):
        return None
