"""Index passages and answer questions with txtai, in whatever environment it is installed in.

Reads one JSON object on standard input: `model` (a SentenceTransformer folder), `texts`, `queries`, `timed` (queries
whose time is taken), `repeats`, `k`, `hybrid`. Prints one: `version`, `index_s`, `query_ms`, `found` (for each query
places in `texts`, best first), `peak_mb`. Needs nothing of ideagraph: it runs under another Python.
"""

import importlib.metadata
import json
import resource
import statistics
import sys
import time


def main() -> None:
    """Measure and print."""
    given = json.load(sys.stdin)
    import txtai  # type: ignore[import-not-found]  # stands in an environment of its own

    embeddings = txtai.Embeddings(path=given["model"], hybrid=given["hybrid"], vectors={"dtype": "float32"})
    embeddings.batchtransform(given["texts"][:8], "data")  # the model is loaded and warm, as for the others
    begin = time.perf_counter()
    embeddings.index(enumerate(given["texts"]))
    index_s = time.perf_counter() - begin
    times = []
    for query in given["timed"] * (given["repeats"] + 1):
        begin = time.perf_counter()
        embeddings.search(query, 10)
        times.append(time.perf_counter() - begin)
    found = [[place for place, _ in embeddings.search(query, given["k"])] for query in given["queries"]]
    print(
        json.dumps(
            {
                "version": importlib.metadata.version("txtai"),
                "index_s": index_s,
                "query_ms": 1000 * statistics.median(times[len(given["timed"]) :]),
                "found": found,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
