"""How search grows with the library: made-up libraries of several sizes, each measured in processes of its own.

Usage: python -m bench.scale [--sizes 10000,100000,1000000] [--real LIBRARY] [--folder DIR] [--json FILE]

A made-up library has the tables of a real one: sources of 20 passages, three in ten Chinese, with words as frequent as
in a natural language, and vectors in 2,000 clusters, those of a language drawn together. With --real the vectors are
mixtures of a library's own and some noise. The encoder is left out: questions are vectors between two passages.
"""

import argparse
import json
import pathlib
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.results import machine, save, table
from corpus import tables as corpus_tables
from corpus.library import DATABASE
from corpus.model import Chunk, Document, Source, chunk_id
from index import tables
from index.join import dense, keyword
from index.narrow import Narrow
from index.search import rank
from index.vectors import FaissIndex
from index.view import VIEW, described, view
from service.rooms import open_library

ROOT = pathlib.Path(__file__).resolve().parent.parent
MADE_BY = "made-up:384"
DIMENSION = 384
PASSAGES = 20  # of a source
WORDS = 120  # of a passage
WINDOWS = 5  # of a passage, as in articles
VOCABULARY = 200_000
QUESTIONS = 100
SECTIONS = {"most": 0.9, "third": 0.3, "few": 0.01}  # headings of the list, and what share of the sources they hold
Figures = Mapping[str, float | str]
Vectors = NDArray[np.float32]


class Words:
    """Passages of words as frequent as in a natural language: the nth in proportion to 1/n."""

    def __init__(self, random: np.random.Generator) -> None:
        shares = 1 / (np.arange(VOCABULARY) + 3.0)
        self._sums = np.cumsum(shares / shares.sum())
        self._random = random

    def passage(self) -> str:
        """Return the words of one passage."""
        return " ".join(f"w{word}" for word in np.searchsorted(self._sums, self._random.random(WORDS)).tolist())


def made_up(folder: pathlib.Path, count: int, real: pathlib.Path | None) -> Figures:
    """Make a library of so many passages, unless it is there."""
    if (folder / "whole").is_file():
        return {}
    begin = time.perf_counter()
    library = open_library(folder, create=True)
    random = np.random.default_rng(0)
    sources = count // PASSAGES
    urls = [f"https://a.example/{nth}" for nth in range(sources)]
    headings = [tuple(name for name, share in SECTIONS.items() if draw < share) for draw in random.random(sources)]
    with library.writing() as db:
        entries = [Source(url, url[-9:], "", "", each) for url, each in zip(urls, headings, strict=True)]
        corpus_tables.replace_list(db, "list", entries)
        titles = np.concatenate(list(_vectors(random, np.zeros(sources, bool), None)))
        numbers = dict(db.execute("select url, key from sources"))
    words = Words(random)
    chinese = random.random(sources) < 0.3
    vectors = _vectors(random, np.repeat(chinese, PASSAGES), real)
    block: Vectors = np.empty((0, DIMENSION), np.float32)
    for first in range(0, sources, 500):
        with library.writing() as db:
            for nth in range(first, min(first + 500, sources)):
                if len(block) < PASSAGES:
                    block = np.concatenate((block, next(vectors)))
                own, block = block[:PASSAGES], block[PASSAGES:]
                _put(db, numbers[urls[nth]], urls[nth], "zh" if chinese[nth] else "en", words, own)
    with library.writing() as db:
        named = tables.missing_titles(db, MADE_BY)
        tables.save_titles(db, [key for key, _ in named], [name for _, name in named], titles[: len(named)], MADE_BY)
    (folder / "whole").touch()
    return {"made s": time.perf_counter() - begin}


def _put(db: sqlite3.Connection, key: int, url: str, lang: str, words: Words, vectors: Vectors) -> None:
    """Store a source of these passages, as an update does."""
    texts = [words.passage() for _ in vectors]
    parts = [
        Chunk(chunk_id(url, text, 0), url, url[-9:], lang, (), text, nth, nth + 1) for nth, text in enumerate(texts)
    ]
    keys = corpus_tables.save_document(db, key, Document(url, url[-9:], lang, "", ()), parts, MADE_BY)
    numbers = [keys[part.id] for part in parts]
    tables.save_vectors(
        db,
        numbers,
        [("", text) for text in texts],
        [vector[None].repeat(1 + WINDOWS, axis=0) for vector in vectors],
        MADE_BY,
    )
    db.executemany(  # these words are cut already
        "insert into keywords (rowid, title, heading, text) values (?, ?, '', ?)",
        [(number, url[-9:], text) for number, text in zip(numbers, texts, strict=True)],
    )


def _vectors(random: np.random.Generator, chinese: NDArray[np.bool_], real: pathlib.Path | None) -> Iterator[Vectors]:
    """Yield unit vectors in blocks: around 2,000 points and an offset for the language, or mixtures of real ones."""
    centres = _unit(random.normal(size=(2000, DIMENSION))) if real is None else _stored(real)
    offsets = _unit(random.normal(size=(2, DIMENSION)))
    for begin in range(0, len(chinese), 10_000):
        own = chinese[begin : begin + 10_000].astype(int)
        if real is None:
            mixed = centres[random.integers(len(centres), size=len(own))] + 1.5 * offsets[own]
            yield _unit(mixed + random.normal(size=mixed.shape) / np.sqrt(DIMENSION))
        else:
            weights = random.dirichlet((1.0, 0.6, 0.4), size=len(own))
            parts = centres[random.integers(len(centres), size=weights.shape)]
            mixed = np.einsum("nk,nkd->nd", weights, parts)
            yield _unit(mixed + 0.15 * random.normal(size=mixed.shape) / np.sqrt(DIMENSION))


def _stored(library: pathlib.Path) -> Vectors:
    with open_library(library).reading() as db:
        (made_by,) = db.execute("select made_by from vectors limit 1").fetchone()
        return tables.stored_vectors(db, tables.stamps(db, made_by)[0])


def _unit(vectors: NDArray[np.float64]) -> Vectors:
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


# ---- what is measured, each in a process of its own


def build(folder: pathlib.Path) -> Figures:
    """Make the view from nothing."""
    library = open_library(folder)
    (library.views / VIEW).unlink(missing_ok=True)
    with library.reading() as db:
        seconds = _seconds(lambda: view(library, db, MADE_BY))
    return {"build s": seconds, "build MB": _peak()}


def change(folder: pathlib.Path) -> Figures:
    """Bring the view up to date after one source went and another came, of the passages with the highest ids.

    The lowest ids tell how all are coded; every so often one of them goes or comes, and then the view is made anew.
    """
    library = open_library(folder)
    with library.writing() as db:
        last = db.execute("select key from chunks order by id desc limit ?", (PASSAGES,)).fetchall()
        rows = db.execute("select chunk, vector from vectors order by random() limit ?", (PASSAGES,)).fetchall()
        db.executemany("delete from chunks where key = ?", last[: PASSAGES // 2])
        fresh = [(key, vector) for (key,), (_, vector) in zip(last[PASSAGES // 2 :], rows, strict=False)]
        again = np.stack([np.frombuffer(vector, "<f2").astype(np.float32) for _, vector in fresh])
        tables.save_vectors(
            db,
            [key for key, _ in fresh],
            [["changed"]] * len(fresh),
            list(-again[:, None].repeat(1 + WINDOWS, axis=1)),
            MADE_BY,
        )
    with library.reading() as db:
        return {"update s": _seconds(lambda: view(library, db, MADE_BY))}


def flat(folder: pathlib.Path) -> Figures:
    """Measure plain FAISS Flat over the same vectors, and keep what it finds: that is exact."""
    import faiss

    library = open_library(folder)
    with library.reading() as db:
        made = view(library, db, MADE_BY)
        assert isinstance(made.index, FaissIndex)
        index = faiss.IndexFlatIP(DIMENSION)
        for begin in range(0, len(made.index), 20_000):
            places = np.arange(begin, min(begin + 20_000, len(made.index)))
            index.add(made.index.vectors(places))
        vectors = [made.centred_query(asked, text) for asked, text in _questions(db)]
        faiss.omp_set_num_threads(1)
        found, times = [], []
        for vector in vectors:
            begin_s = time.perf_counter()
            found.append(made.index.keys[index.search(vector[None, :], 10)[1][0]])
            times.append(time.perf_counter() - begin_s)
    np.save(folder / "exact.npy", np.stack(found))
    return {"flat ms": 1000 * statistics.median(times), "flat MB": _peak()}


def cold(folder: pathlib.Path) -> Figures:
    """Measure the first search of a process, but for the encoder."""
    begin = time.perf_counter()
    library = open_library(folder)
    with library.reading() as db:
        made = view(library, db, MADE_BY)
        opened = time.perf_counter()
        asked, text = next(_questions(db))
        first = _seconds(lambda: rank(db, made, asked, text, 10))
    return {"open s": opened - begin, "first ms": 1000 * first, "open MB": _peak()}


def warm(folder: pathlib.Path) -> Figures:
    """Measure searches, one after the other, whole and in parts and narrowed."""
    library = open_library(folder)
    exact = np.load(folder / "exact.npy")
    with library.reading() as db:
        made = view(library, db, MADE_BY)
        told = described(library, db)
        assert told is not None
        asked = list(_questions(db))
        for vector, text in asked[:5]:
            rank(db, made, vector, text, 10)
        figures: dict[str, float | str] = {"kind": told[0], "recall as built": told[1]}
        figures |= _times("search", lambda vector, text: rank(db, made, vector, text, 10), asked)
        nearest = [list(dense(made, made.centred_query(vector, text), None))[:10] for vector, text in asked]
        figures["recall"] = float(np.mean([np.isin(row, due).mean() for row, due in zip(nearest, exact, strict=True)]))
        figures |= _times("vectors", lambda vector, text: dense(made, made.centred_query(vector, text), None), asked)
        for name, words in (("rare", "w9000 w30000"), ("frequent", "w1 w20"), ("mixed", "w3 w300 w3000")):
            near = [(vector, [*dense(made, made.centred_query(vector, words), None)]) for vector, _ in asked]
            figures |= _times(f"words, {name}", lambda _, near: keyword(db, made, words, None, near), near)  # noqa: B023
        for name, narrow in _narrowed(db).items():
            first = _seconds(lambda: made.allowed(db, narrow))  # noqa: B023
            mask = made.allowed(db, narrow)
            assert mask is not None
            figures[f"{name}, share"], figures[f"{name}, first ms"] = float(mask.mean()), 1000 * first
            figures |= _times(name, lambda vector, text: rank(db, made, vector, text, 10, narrow=narrow), asked)  # noqa: B023
    disk = {
        "disk MB": sum(file.stat().st_size for file in folder.glob(f"{DATABASE}*")) / 1e6,
        "view MB": (library.views / VIEW).stat().st_size / 1e6,
    }
    return figures | disk | {"warm MB": _peak()}


MEASURES: dict[str, Callable[[pathlib.Path], Figures]] = {
    "build": build, "flat": flat, "cold": cold, "warm": warm, "change": change,
}  # fmt: skip


def _questions(db: sqlite3.Connection) -> Iterator[tuple[Vectors, str]]:
    """Yield a question's vector, between two passages of a language, and its words: rare, middling and frequent."""
    random = np.random.default_rng(1)
    _, lowest = tables.sample(db, MADE_BY, 4 * QUESTIONS, ["en"])
    for nth in range(QUESTIONS):
        vector = _unit((lowest[2 * nth] + lowest[2 * nth + 1])[None, :].astype(np.float64))[0]
        yield vector, " ".join(f"w{int(10 ** random.uniform(low, low + 1))}" for low in (1, 2, 3, 4))


def _narrowed(db: sqlite3.Connection) -> dict[str, Narrow]:
    (url,) = db.execute("select url from sources limit 1").fetchone()
    return {
        "one source": Narrow(source=url),
        **{f"section {name}": Narrow(section=name) for name in SECTIONS},
        "Chinese": Narrow(("zh",)),
    }


def _times(name: str, run: Callable[[Vectors, Any], object], asked: Sequence[tuple[Vectors, Any]]) -> dict[str, float]:
    times = sorted(1000 * _seconds(lambda: run(*each)) for each in asked)  # noqa: B023
    return {f"{name}, ms": statistics.median(times), f"{name}, p95 ms": times[len(times) * 95 // 100]}


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def row(figures: Figures) -> dict[str, float | str]:
    """Return the figures that tell how things grow, by short names."""
    names = {
        "chunks": "chunks", "kind": "kind", "build_s": "build s", "update_s": "update s", "open_s": "open s",
        "query_ms": "search, ms", "p95_ms": "search, p95 ms", "filter_ms": "Chinese, ms", "fts_ms": "words, mixed, ms",
        "mb": "warm MB", "disk_mb": "disk MB", "recall": "recall", "flat_ms": "flat ms", "flat_mb": "flat MB",
    }  # fmt: skip
    return {short: figures[name] for short, name in names.items()}


def main() -> None:
    """Print the tables, and write the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--real", type=pathlib.Path, help="a library whose vectors are mixed")
    parser.add_argument("--folder", type=pathlib.Path, help="keep the made-up libraries here, and take those that are")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--only", choices=["make", *MEASURES], help=argparse.SUPPRESS)  # what the processes are told
    given = parser.parse_args()
    if given.only:
        made = given.only == "make"
        figures = made_up(given.folder, int(given.sizes), given.real) if made else MEASURES[given.only](given.folder)
        print(json.dumps(figures))
        return
    where, rows = machine(), []
    with tempfile.TemporaryDirectory() as scratch:
        for size in map(int, given.sizes.split(",")):
            folder = (given.folder or pathlib.Path(scratch)).resolve() / f"{size}"
            figures = {"chunks": size}
            for measure in ["make", *MEASURES]:
                command = [sys.executable, "-m", "bench.scale", "--sizes", str(size), "--folder", folder]
                real = ["--real", given.real.resolve()] if given.real else []
                printed = subprocess.run(
                    [*command, *real, "--only", measure], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
                ).stdout
                for name, figure in json.loads(printed).items():
                    figures[name] = figure
                    shown = figure if isinstance(figure, str) else f"{figure:.4g}"
                    print(f"{size:>9}  {name:28} {shown:>10}", flush=True)
            rows.append(row(figures))
    print("\n" + table(rows))
    if given.json:
        save(given.json, rows, where)


if __name__ == "__main__":
    main()
