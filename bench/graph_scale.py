"""How questions to the concept graph grow with it: a made-up library of any size, each measure in its own process.

Usage: python -m bench.graph_scale [--concepts N] [--relations N] [--folder DIR] [--only MEASURE]

Concepts are linked as in real libraries: few with very many, most with some dozen, seven in ten relations within one of
a thousand fields (100,000 concepts with 1,000,000 relations: median 15 relations, mean 20, most 854). Each relation has
one to three quotes, each name a vector. With --folder the library is kept, and used again if it is there. Times are
processor time, which other work on the machine disturbs least; the disk is warm.
"""

import argparse
import functools
import pathlib
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from corpus import tables as corpus_tables
from corpus.library import DATABASE
from corpus.model import Chunk, Document, Source, chunk_id
from kg.topics import community_of, topics
from kg.web import Web
from kg.web_view import VIEW, web
from service.rooms import open_library

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIELDS, WITHIN, BENT = 1000, 0.7, 0.6  # of the numbers above; popularity falls with rank ** -BENT
DIMENSION = 384
URLS = 1000
SAID = "The {} of the model is trained beside the {}, so that each learns what the other can't 表示, in one sentence."
ASKED = 200  # concepts, or pairs, evenly over all ranks


def links(concepts: int, relations: int) -> NDArray[np.int64]:
    """Return (a, b) of so many relations (relations, 2), a < b, sorted; the same each time."""
    chance = np.random.default_rng(0)
    shares = (np.arange(concepts) + 10.0) ** -BENT
    shares /= shares.sum()
    field = chance.integers(0, FIELDS, concepts)
    members = np.argsort(field, kind="stable")
    starts = np.searchsorted(field[members], np.arange(FIELDS + 1))
    codes = np.zeros(0, np.int64)
    while len(codes) < relations:
        a, b = (chance.choice(concepts, relations, p=shares) for _ in range(2))
        span = starts[field[a] + 1] - starts[field[a]]
        near = members[starts[field[a]] + (chance.random(relations) ** 2 * span).astype(np.int64)]
        b = np.where(chance.random(relations) < WITHIN, near, b)
        low, high = np.minimum(a, b), np.maximum(a, b)
        codes = np.unique(np.concatenate([codes, (low * concepts + high)[low != high]]))
    codes = np.sort(chance.permutation(codes)[:relations])
    return np.stack([codes // concepts, codes % concepts], axis=1)


def fill(db: sqlite3.Connection, concepts: int, relations: int) -> None:
    """Write the made-up graph into an empty library."""
    chance = np.random.default_rng(1)
    chunks = _chunks(db)
    db.executemany("insert into found values (?, 'made up', '[]', '[]', '[]')", [(key,) for key in chunks])
    kinds = ("", "", "method", "model", "dataset")
    db.executemany(
        "insert into concepts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                n + 1, f"idea-{n}", f"idea {n}", f"idea {n}", f"概念{n}" if n % 3 == 0 else "", f'["idea {n}"]',
                kinds[n % len(kinds)], 3, 9, 100.0 / (n + 10),
            )
            for n in range(concepts)
        ),
    )  # fmt: skip
    db.executemany("insert into spellings (concept, key) values (?, ?)", ((n + 1, f"idea{n}") for n in range(concepts)))
    db.executemany(
        "insert into places values (?, ?, 1, '[[0, 4]]')", ((n + 1, chunks[n % URLS]) for n in range(concepts))
    )
    for begin in range(0, concepts, 10_000):
        vectors = chance.normal(size=(10_000, DIMENSION)).astype("<f2")
        rows = zip(range(begin, min(begin + 10_000, concepts)), vectors, strict=False)
        db.executemany("insert into names values (?, 'made up', ?)", ((f"idea {n}", v.tobytes()) for n, v in rows))
    pairs = links(concepts, relations)
    llr = (chance.pareto(1.0, relations) + 1) * 5
    sources, quotes = 1 + chance.poisson(0.7, relations), 1 + chance.integers(0, 3, relations)
    weight = chance.random(relations) * sources
    db.executemany(
        "insert into relations (key, a, b, type, weight, llr, npmi, count, n_sources, n_sites) "
        "values (?, ?, ?, 'related', ?, ?, 0.3, ?, ?, ?)",
        (
            (n + 1, a + 1, b + 1, w, g, 3, s, s)
            for n, ((a, b), w, g, s) in enumerate(
                zip(pairs.tolist(), weight.tolist(), llr.tolist(), sources.tolist(), strict=True)
            )
        ),
    )
    db.executemany(
        "insert into evidence values (?, ?, ?, 0, ?)",
        (
            (n + 1, place, chunks[(n + place) % URLS], SAID.format(f"idea {a}", f"idea {b}"))
            for n, ((a, b), many) in enumerate(zip(pairs.tolist(), quotes.tolist(), strict=True))
            for place in range(many)
        ),
    )


def _chunks(db: sqlite3.Connection) -> list[int]:
    """Store sources of one passage each, and return the keys of the passages."""
    urls = [f"https://site{nth % 100}.example/{nth}" for nth in range(URLS)]
    corpus_tables.replace_list(db, "list", [Source(url, url[-9:]) for url in urls])
    sources = dict(db.execute("select url, key from sources"))
    keys = []
    for nth, url in enumerate(urls):
        lang = "zh" if nth % 3 == 0 else "en"
        chunk = Chunk(chunk_id(url, SAID, 0), url, url[-9:], lang, (), SAID, 0, len(SAID))
        stored = corpus_tables.save_document(
            db, sources[url], Document(url, url[-9:], lang, SAID, ()), [chunk], "made up"
        )
        keys.append(stored[chunk.id])
    return keys


def _related(asked: Web) -> Callable[[int], object]:
    from kg.related import related

    return lambda n: related(asked, f"idea-{n}")


def _far(asked: Web) -> Callable[[int], object]:
    from kg.far import far

    return lambda n: far(asked, f"idea-{n}")


def _path(asked: Web) -> Callable[[int], object]:
    from kg.path import path

    return lambda n: path(asked, f"idea-{n}", f"idea-{(n * 7919 + 1) % len(asked.net)}")


QUESTIONS: Mapping[str, Callable[[Web], Callable[[int], object]]] = {"related": _related, "far": _far, "path": _path}


def measure(name: str, folder: pathlib.Path) -> str:
    """Return how long one measure takes in a library, as a line."""
    library = open_library(folder)
    before = _megabytes()
    with library.reading() as db:
        begin = time.process_time()
        asked = web(library, db)
        opened = time.process_time() - begin
        if name == "view":
            return f"view       {opened:8.2f} s, {(library.views / VIEW).stat().st_size / 1e6:.0f} MB, {_more(before)}"
        if name == "topics":
            begin = time.process_time()
            found = topics(asked, community_of(asked))
            return f"topics     {time.process_time() - begin:8.2f} s, {len(found)} topics, {_more(before)}"
        ask = QUESTIONS[name](asked)
        begin = time.process_time()
        ask(0)
        first = time.process_time() - begin
        times = []
        for n in range(0, len(asked.net), max(1, len(asked.net) // ASKED)):
            begin = time.process_time()
            ask(n)
            times.append(1000 * (time.process_time() - begin))
    times.sort()
    return (
        f"{name:10} {statistics.median(times):8.1f} ms at the median, {times[int(0.95 * len(times))]:.1f} at 95%, "
        f"{times[-1]:.1f} at most; first {1000 * first:.0f} ms after opening in {1000 * opened:.0f}, {_more(before)}"
    )


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _more(before: float) -> str:
    return f"{_megabytes() - before:.0f} MB more memory"


def _cold(folder: pathlib.Path) -> str:
    """Return how long a command line takes, processes and all, and the most memory it had."""
    times = []
    for _ in range(5):
        seconds, megabytes = _command(folder, "related", "idea 1")
        times.append(seconds)
    return f"cold       {statistics.median(times):8.2f} s for a whole `ideagraph related`, {megabytes:.0f} MB"


def _export(folder: pathlib.Path) -> str:
    """Return how long an export takes from the library to the file, and the most memory it had."""
    with tempfile.TemporaryDirectory() as scratch:
        seconds, megabytes = _command(folder, "export", f"{scratch}/ideas.graphml")
        size = pathlib.Path(scratch, "ideas.graphml").stat().st_size / 1e6
    return f"export     {seconds:8.2f} s for a whole `ideagraph export` of {size:.0f} MB GraphML, {megabytes:.0f} MB"


def _command(folder: pathlib.Path, *words: str) -> tuple[float, float]:
    """Return the processor time of a command, processes and all, in seconds, and its most memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    every = [sys.executable, "-m", "cli", *words, "--library", str(folder)]
    subprocess.run(every, check=True, capture_output=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024


COMMANDS: Mapping[str, Callable[[pathlib.Path], str]] = {"cold": _cold, "export": _export}
MEASURES = ("view", *QUESTIONS, "topics", *COMMANDS)


def main() -> None:
    """Make the library if need be, and print a line a measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--concepts", type=int, default=100_000)
    parser.add_argument("--relations", type=int, default=1_000_000)
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--only", choices=MEASURES, help="one measure, in this process")
    given = parser.parse_args()
    if given.only:
        print(COMMANDS.get(given.only, functools.partial(measure, given.only))(given.folder), flush=True)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or pathlib.Path(scratch)
        if not (folder / DATABASE).is_file():
            with open_library(folder, create=True).writing() as db:
                fill(db, given.concepts, given.relations)
        (folder / "views" / VIEW).unlink(missing_ok=True)
        for name in MEASURES:
            words = [sys.executable, "-m", "bench.graph_scale", "--only", name, "--folder", str(folder)]
            subprocess.run(words, check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
