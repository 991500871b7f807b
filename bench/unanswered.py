"""How well a question that a library can't answer is told from one that it can.

Usage: python -m bench.unanswered SHARED --library LIBRARY

Questions to the 48 articles of XQuAD are asked with their answer in the library, with the passage that holds it taken
away, and with its whole page taken away; the 40 graded questions to LIBRARY, which `ideagraph build` made of the
reading list, with and without the pages that answer them; and LIBRARY is asked XQuAD's questions, which are about other
things.
"""

import argparse
import itertools
import pathlib
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bench.articles import articles
from bench.search import ROOMS, store
from corpus.library import Library
from corpus.urls import canonical
from index.encoder import Encoder, load_encoder
from index.narrow import Narrow
from index.search import EVERYTHING, rank
from index.view import View, view
from service.answers import DOUBT
from service.questions import read_questions

Case = tuple[str, Narrow]  # a question and what it may find
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def chances(db: sqlite3.Connection, made: View, encoder: Encoder, cases: Sequence[Case]) -> list[float]:
    """Return the chance of an answer that each question is given."""
    vectors = encoder.queries([query for query, _ in cases])
    found = (
        rank(db, made, vector, query, 5, narrow=narrow) for vector, (query, narrow) in zip(vectors, cases, strict=True)
    )
    return [answer.chance or 0.0 for answer in found]


def of_articles(shared: pathlib.Path, encoder: Encoder) -> dict[str, list[float]]:
    """Return the chances of questions to the articles, by what was taken away."""
    pages, asked = articles(shared, encoder)
    cases: dict[str, list[Case]] = {
        "answered, same language": [(each.query, EVERYTHING) for each in asked if each.same],
        "answered, other language": [(each.query, EVERYTHING) for each in asked if not each.same],
        "its passage away": [(each.query, Narrow(without_phrases=(each.around,))) for each in asked],
        "its page away": [(each.query, Narrow(without_sites=(each.url,))) for each in asked],
    }
    with tempfile.TemporaryDirectory() as scratch:
        library = Library.open(pathlib.Path(scratch), ROOMS, create=True)
        store(library, encoder, pages)
        with library.reading() as db:
            made = view(library, db, encoder.name)
            return {name: chances(db, made, encoder, some) for name, some in cases.items()}


def of_library(shared: pathlib.Path, folder: pathlib.Path, encoder: Encoder) -> dict[str, list[float]]:
    """Return the chances of the graded questions with and without their pages, and of questions about other things."""
    graded = read_questions(shared / "gold" / "questions_dev.jsonl")
    away = [tuple(sorted({canonical(page.url) for page in each.relevant})) for each in graded]
    _, others = articles(shared, encoder)
    cases: dict[str, list[Case]] = {
        "graded": [(each.query, EVERYTHING) for each in graded],
        "graded, its pages away": [
            (each.query, Narrow(without_sites=pages)) for each, pages in zip(graded, away, strict=True)
        ],
        "about other things": [(each.query, EVERYTHING) for each in others[::4]],
    }
    library = Library.open(folder, ROOMS, create=False)
    with library.reading() as db:
        made = view(library, db, encoder.name)
        return {name: chances(db, made, encoder, some) for name, some in cases.items()}


def auc(answered: Sequence[float], unanswered: Sequence[float]) -> float:
    """Return how often an answered question has the higher chance of the two: the area under the ROC curve."""
    a, b = np.array(answered)[:, None], np.array(unanswered)[None]
    return float(((a > b) + (a == b) / 2).mean())


def told(found: Mapping[str, Sequence[float]]) -> None:
    """Print how many of each kind are said to have no answer."""
    for name, values in found.items():
        print(f"{name:28} {len(values):5}  said to have none {np.mean(np.array(values) < DOUBT):6.1%}"
              f"   median chance {np.median(values):.2f}")  # fmt: skip


def calibration(answered: Iterable[float], unanswered: Iterable[float]) -> None:
    """Print how many questions given about the same chance are answered, as if of either kind there were as many."""
    yes, no = np.array(list(answered)), np.array(list(unanswered))
    for low, high in itertools.pairwise(BINS):
        good, bad = (np.mean((some >= low) & (some < high + (high == 1))) for some in (yes, no))
        if good + bad:
            print(f"   chance {low:.1f} to {high:.1f}: answered {good / (good + bad):.0%}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("--library", type=pathlib.Path, required=True)
    given = parser.parse_args()
    encoder = load_encoder()
    of_xquad, of_own = of_articles(given.shared, encoder), of_library(given.shared, given.library, encoder)
    told(of_xquad | of_own)
    same, other, passage, page = of_xquad.values()
    graded, away, strange = of_own.values()
    print(f"AUC, page away: {auc(same + other, page):.3f}, passage away: {auc(same + other, passage):.3f}, "
          f"graded questions: {auc(graded, away):.3f}, other things: {auc(graded, strange):.3f}")  # fmt: skip
    print("articles")
    calibration(same + other, passage + page)
    print("graded questions, on which nothing was fitted")
    calibration(graded, away)


if __name__ == "__main__":
    main()
