"""How quick search is: a cold command, a warm question, and passages a second beside plain sentence-transformers.

Usage: python -m bench.speed LIBRARY [--passages N]

The library is one that `ideagraph build` made with the embedded encoder; its passages are what is embedded again. Each
measurement runs in a process of its own, so that its peak of memory is its own. Take ratios: absolutes move with what
else the machine does.
"""

import argparse
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from corpus import tables as corpus_tables
from corpus.library import Library
from index import bundled, tables
from index.encoder import FEW_TOKENS, load_encoder
from index.search import rank, search
from index.view import view

ROOT = pathlib.Path(__file__).parents[1]
ROOMS = (("corpus", corpus_tables.MIGRATIONS), ("index", tables.MIGRATIONS))
QUESTIONS = ("why are several heads better than one?", "为什么要剪枝？", "positional encoding", "位置编码", "XLNet")
COLD_RUNS = 5
WARM_RUNS = 8  # of each question
Figures = dict[str, float]


def cold(library: pathlib.Path, _: int) -> Figures:
    """Return the wall time of `ideagraph search` in new processes."""
    times = []
    for nth in range(COLD_RUNS + 1):
        command = [sys.executable, str(ROOT / "cli.py"), "search", QUESTIONS[nth % 2], "--library", str(library)]
        times.append(_seconds(lambda: subprocess.run(command, check=False, stdout=subprocess.DEVNULL)))  # noqa: B023
    times = times[1:]  # the first brings the files into memory
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"cold search, median s": statistics.median(times), "worst s": max(times), "peak MB": megabytes}


def warm(library: pathlib.Path, _: int) -> Figures:
    """Return the medians of a question's parts in a process that has answered before."""
    encoder = load_encoder()
    opened = Library.open(library, ROOMS, create=False)
    parts: dict[str, list[float]] = {"question's vector": [], "rank": [], "search with marks": []}
    with opened.reading() as db:
        vectors = view(opened, db, encoder.name)
        for query in QUESTIONS * (WARM_RUNS + 1):
            asked = encoder.queries([query])[0]
            parts["question's vector"].append(_seconds(lambda: encoder.queries([query])))  # noqa: B023
            parts["rank"].append(_seconds(lambda: rank(db, vectors, asked, query, 10)))  # noqa: B023
            parts["search with marks"].append(_seconds(lambda: search(db, vectors, encoder, query)))  # noqa: B023
    medians = {f"{name}, ms": 1000 * statistics.median(times[len(QUESTIONS) :]) for name, times in parts.items()}
    return medians | {"peak MB": _peak()}


def ours(library: pathlib.Path, count: int) -> Figures:
    """Return how many passages a second our encoder embeds, once it is loaded."""
    texts = _passages(library, count)
    encoder = load_encoder()
    encoder.passages(["a " * 500] * (FEW_TOKENS // 500 + 1))  # so many call for the whole model
    return {"passages a second": len(texts) / _seconds(lambda: encoder.passages(texts)), "peak MB": _peak()}


def plain(library: pathlib.Path, count: int) -> Figures:
    """Return the same of `SentenceTransformer.encode` with the same weights, as it comes."""
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it so
    texts = _passages(library, count)
    source = bundled.packaged()
    assert source is not None  # the library was made with the embedded encoder
    folder = bundled.folder(source, bundled.cache_folder(), lambda _: None)
    model = SentenceTransformer(str(folder), model_kwargs={"dtype": "float32", "add_pooling_layer": False})
    model.encode_document(texts[:8])
    return {
        "passages a second": len(texts) / _seconds(lambda: model.encode_document(texts, show_progress_bar=False)),
        "peak MB": _peak(),
    }


MEASURES: dict[str, Callable[[pathlib.Path, int], Figures]] = {"cold": cold, "warm": warm, "ours": ours, "plain": plain}


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _passages(library: pathlib.Path, count: int) -> list[str]:
    """Return passages spread over the whole library."""
    with Library.open(library, ROOMS, create=False).reading() as db:
        texts = [text for (text,) in db.execute("select text from chunks order by id")]
    return texts[:: max(len(texts) // count, 1)][:count]


def machine() -> str:
    """Return one line about where this runs."""
    info = pathlib.Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    load = f"load {os.getloadavg()[0]:.1f} before"
    return f"{model or platform.processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {load}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=pathlib.Path)
    parser.add_argument("--passages", type=int, default=200)
    parser.add_argument("--only", choices=list(MEASURES), help=argparse.SUPPRESS)  # what the processes are told
    given = parser.parse_args()
    if given.only:
        for name, value in MEASURES[given.only](given.library, given.passages).items():
            print(f"{value:.3f}\t{name}")
        return
    print(machine(), flush=True)
    speeds = {}
    for measure in MEASURES:
        command = [sys.executable, "-m", "bench.speed", given.library.resolve(), "--passages", str(given.passages)]
        printed = subprocess.run(
            [*command, "--only", measure], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
        ).stdout
        for line in printed.splitlines():
            figure, _, name = line.partition("\t")
            print(f"{measure:6} {name:24} {float(figure):10.2f}", flush=True)
            if name == "passages a second":
                speeds[measure] = float(figure)
    print(f"ours to plain sentence-transformers: {speeds['ours'] / speeds['plain']:.2f}")


if __name__ == "__main__":
    main()
