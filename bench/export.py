"""How long exports take, and how much memory: a synthetic graph of any size, each format in a process of its own.

Usage: python -m bench.export [--concepts N] [--relations N] [--only FORMAT]

What is timed is the writing; how the concepts stand (PageRank, communities) is timed apart, where it is asked for, as
its cost grows faster than the graph's. Memory is what writing adds to the values in memory.
"""

import argparse
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import IO

from kg.export.gexf import write_gexf
from kg.export.graphml import write_graphml
from kg.export.nodelink import write_node_link
from kg.export.skos import write_skos
from kg.graph import Standing, Tables, standings, tables_of
from kg.model import Article, Concept, Evidence, Relation
from kg.subgraph import Subgraph

ROOT = pathlib.Path(__file__).parents[1]
SOURCES, CLUSTER, WITHIN = 1000, 200, 0.8  # clusters of ideas, and the share of the relations that stay within one
SAID = "The {} of the model is trained beside the {}, so that each learns what the other can't 表示, in one sentence."


def synthetic(concepts: int, relations: int) -> Subgraph:
    """Return a graph with clusters, names in both languages, and a quote a relation; the same each time."""
    chance = random.Random(0)
    ideas = [
        Concept(
            f"idea-{i}", f"idea {i}", f"idea {i}", f"概念{i}", (f"idea {i}", f"概念{i}"), frozenset(), "", 3, 9, 1.0
        )
        for i in range(concepts)
    ]
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < relations:
        a = chance.randrange(concepts)
        near = a - a % CLUSTER + chance.randrange(CLUSTER)
        b = near % concepts if chance.random() < WITHIN else chance.randrange(concepts)
        if a != b:
            pairs.add((min(a, b), max(a, b)))
    links = []
    for a, b in pairs:
        url, quote = f"https://a.example/{a % SOURCES}", SAID.format(a, b)
        evidence = (Evidence("chunk", url, "en", quote, 0, len(quote)),)
        links.append(Relation(f"idea-{a}", f"idea-{b}", "related", chance.random(), 20.0, 0.5, 3, 2, 2, evidence))
    articles = [
        Article(
            f"https://a.example/{n}", f"Article {n}", "en", "a", {f"idea-{i}": 3 for i in range(n, concepts, SOURCES)}
        )
        for n in range(SOURCES)
    ]
    return Subgraph.of(ideas, links, articles)


def _of(write: Callable[[Tables, IO[bytes]], None]) -> Callable[[Subgraph, IO[bytes]], None]:
    def to(part: Subgraph, file: IO[bytes]) -> None:
        standing = {idea.id: Standing(1 / len(part.concepts), 20.0, i % 10) for i, idea in enumerate(part.concepts)}
        write(tables_of(part, standing), file)

    return to


MEASURES: dict[str, Callable[[Subgraph, IO[bytes]], None]] = {
    "graphml": _of(write_graphml),
    "yed": _of(lambda graph, file: write_graphml(graph, file, yed=True)),
    "gexf": _of(write_gexf),
    "json": _of(write_node_link),
    "turtle": write_skos,
    "standings": lambda part, _: print(f"{len({one.community for one in standings(part).values()})} communities"),
}


def main() -> None:
    """Print seconds that passed and seconds of work, megabytes written, and megabytes of memory that writing took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--concepts", type=int, default=100_000)
    parser.add_argument("--relations", type=int, default=1_000_000)
    parser.add_argument("--only", choices=list(MEASURES), help="one of them, in this process")
    given = parser.parse_args()
    if not given.only:
        sizes = ["--concepts", str(given.concepts), "--relations", str(given.relations)]
        for name in MEASURES:
            if name != "standings":
                subprocess.run([sys.executable, "-m", "bench.export", "--only", name, *sizes], check=True, cwd=ROOT)
        return
    part = synthetic(given.concepts, given.relations)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryFile() as file:
        begin, begin_cpu = time.perf_counter(), time.process_time()
        MEASURES[given.only](part, file)
        file.flush()
        seconds, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(
            f"{given.only:10} {seconds:8.1f} s, of work {cpu:6.1f} s {file.tell() / 1e6:8.0f} MB written "
            f"{more:8.0f} MB more memory",
            flush=True,
        )


if __name__ == "__main__":
    main()
