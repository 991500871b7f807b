"""Measure again what the README says, and keep the rows with the machine they come from.

Usage: python -m bench SHARED --library LIBRARY --articles ARTICLES [--only quality|speed|scale|graph]
                       [--txtai PYTHON] [--sizes N,N,...]

SHARED is the folder of pages and questions; `ideagraph build` made LIBRARY of its reading list, and ARTICLES of the
list of its concept articles.

    quality  search and ideas against their gold; fails where search is under a floor
    speed    a search cold and warm, and indexing beside sentence-transformers and txtai
    scale    build time, query time and memory as the passages grow, and docs/growth.svg
    graph    the same of the concept graph: made, asked, exported

Each part is a command of its own (python -m bench.search, ...), printed before it runs. Rows stand in bench/results/.
"""

import argparse
import pathlib
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

from bench.results import FOLDER, machine

Parts = Mapping[str, Sequence[Sequence[str]]]


def parts(given: argparse.Namespace) -> Parts:
    """Return the commands of each part, as words after `python -m`."""
    shared, library, articles = str(given.shared), str(given.library), str(given.articles)
    peer = ["--txtai", given.txtai] if given.txtai else []
    questions = str(given.shared / "gold" / "questions_dev.jsonl")
    return {
        "quality": [
            ["bench.search", shared, "--xquad", "--gate", "--json", _rows("search")],
            ["bench.names", shared, "--library", articles],
            ["bench.languages", shared],
            ["bench.unanswered", shared, "--library", library],
            ["bench.concepts", shared, "--baselines"],
            ["bench.portraits", shared],
            ["bench.related", shared, "--names", "--own"],
            ["bench.order", articles, library],
            ["bench.versions", shared, articles, library],
        ],
        "speed": [["bench.speed", library, "--questions", questions, *peer, "--json", _rows("speed")]],
        "scale": [
            ["bench.scale", "--sizes", given.sizes, "--json", _rows("scale")],
            ["bench.growth", _rows("scale")],
        ],
        "graph": [["bench.graph_build", articles], ["bench.graph_scale"], ["bench.export"]],
    }


def run(commands: Sequence[Sequence[str]]) -> Iterator[str]:
    """Run commands one after the other, and yield those that failed."""
    for words in commands:
        print(f"\n$ python -m {shlex.join(words)}", flush=True)
        if subprocess.run([sys.executable, "-m", *words], check=False).returncode:
            yield words[0]


def _rows(name: str) -> str:
    return str(FOLDER / f"{name}.json")


def main() -> int:
    """Print the machine and every part; return 1 where one failed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("--library", type=pathlib.Path, required=True)
    parser.add_argument("--articles", type=pathlib.Path, required=True)
    parser.add_argument("--only", choices=["quality", "speed", "scale", "graph"], action="append")
    parser.add_argument("--txtai", metavar="PYTHON", help="of an environment that has txtai")
    parser.add_argument("--sizes", default="10000,100000", help="passages, for scale")
    given = parser.parse_args()
    for name, value in machine().items():
        print(f"{name:10} {value}")
    chosen = [commands for name, commands in parts(given).items() if name in (given.only or (name,))]
    failed = [name for commands in chosen for name in run(commands)]
    print("\n" + (f"failed: {', '.join(failed)}" if failed else "every part ran"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
