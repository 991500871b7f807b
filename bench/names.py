"""How well the name of an idea finds the pages about it, those in the other language above all.

Usage: python -m bench.names SHARED --library LIBRARY

LIBRARY is one that `ideagraph build` made of SHARED's 42 concept articles. The questions are the names, English and
Chinese, of the expert's concepts that occur in articles of both languages; a page is worth the more, the more often its
article names the concept (1 once, 2 twice, 3 four times and more), and the measure is nDCG@10 over pages.
"""

import argparse
import json
import math
import pathlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.encoder import load_encoder
from index.model import Hit, Mode
from index.search import rank
from index.view import view
from kg.named import named
from service.rooms import open_library

DEPTH = 30  # passages; of ten pages some have several
Occurs = Mapping[str, int]  # how often, by article
Asked = tuple[str, str, Occurs]  # a name, its language, and where the concept occurs


def questions(path: pathlib.Path) -> list[Asked]:
    """Return the names of the concepts that occur in both languages."""
    found = []
    for entry in json.loads(path.read_text(encoding="utf-8")):
        occurs = entry["occurs_in"]
        if len({article[:2] for article in occurs}) == 2:
            found += [(name, "en", occurs) for name in [entry["name"]]]
            found += [(name, "zh", occurs) for name in entry["aliases_zh"][:1]]
    return found


def ndcg(pages: Sequence[str], occurs: Occurs) -> float:
    """Return nDCG@10 of pages in their order."""
    gains = {article: 2 ** min(3, 1 + int(math.log2(count))) - 1 for article, count in occurs.items()}
    ideal = sorted(gains.values(), reverse=True)[:10]
    got = sum(gains.get(page, 0) / math.log2(nth + 2) for nth, page in enumerate(pages[:10]))
    return float(got / sum(gain / math.log2(nth + 2) for nth, gain in enumerate(ideal)))


def measured(asked: Sequence[Asked], answer: Callable[[int], Sequence[Hit]]) -> dict[str, float]:
    """Return the mean over all questions: over all pages, those of the name's language, and those of the other."""
    rows: dict[str, list[float]] = {"all": [], "same language": [], "other language": []}
    for nth, (_, lang, occurs) in enumerate(asked):
        pages = list(dict.fromkeys(hit.url.rstrip("/").rsplit("/", 1)[-1] for hit in answer(nth)))
        rows["all"].append(ndcg(pages, occurs))
        for name, same in (("same language", True), ("other language", False)):
            own = [page for page in pages if page.startswith(lang) == same]
            rows[name].append(ndcg(own, {page: n for page, n in occurs.items() if page.startswith(lang) == same}))
    return {name: float(np.mean(values)) for name, values in rows.items()}


def table(asked: Sequence[Asked], answer: Callable[[int, Mode, bool], Sequence[Hit]]) -> None:
    """Print a row for each mode, with the question's words alone and with all names of its ideas."""
    modes: tuple[Mode, ...] = ("hybrid", "keyword")
    for mode in modes:
        for renamed in (False, True):
            row = measured(asked, lambda nth: answer(nth, mode, renamed))  # noqa: B023
            name = f"{mode}, {'all names' if renamed else 'as written'}"
            print(f"{name:22}" + "".join(f"  {column} {value:.3f}" for column, value in row.items()))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("--library", type=pathlib.Path, required=True)
    given = parser.parse_args()
    encoder, library = load_encoder(), open_library(given.library)
    asked = questions(given.shared / "gold" / "concepts_dev.json")
    vectors: NDArray[np.float32] = encoder.queries([name for name, _, _ in asked])
    with library.reading() as db:
        made = view(library, db, encoder.name)

        def answer(nth: int, mode: Mode, renamed: bool) -> Sequence[Hit]:
            query = asked[nth][0]
            others = named(db, query) if renamed else ()
            return rank(db, made, vectors[nth], query, DEPTH, mode=mode, named=others).hits

        print(f"{len(asked)} names")
        table(asked, answer)


if __name__ == "__main__":
    main()
