"""How languages meet in one index when they are uneven: few pages of one, and a third with a script of its own.

Usage: python -m bench.languages SHARED

XQuAD's 240 paragraphs, each in English or Chinese only, are asked in both languages: all of them, then with only five
that are Chinese, then the first half of them with twelve short Russian texts, which are asked in all three languages.
"""

import argparse
import csv
import pathlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bench.search import ROOMS, store, whole, xquad
from corpus.library import Library
from corpus.model import Document, Source
from corpus.urls import canonical
from index.encoder import Encoder, load_encoder
from index.search import rank
from index.view import view

RUSSIAN = pathlib.Path(__file__).with_name("data") / "third_language.tsv"
FEW = 5
Item = tuple[str, str, str]  # a question, the languages of question and answer, the URL of the answer


def russian() -> tuple[list[Document], list[Item]]:
    """Return short texts, and a question to each in three languages."""
    with RUSSIAN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    urls = [canonical(f"https://third.example/{nth}") for nth in range(len(rows))]
    texts = [Document(url, "", "ru", row["text"], ()) for url, row in zip(urls, rows, strict=True)]
    return texts, [
        (row[lang], f"{lang}>ru", url) for url, row in zip(urls, rows, strict=True) for lang in ("en", "zh", "ru")
    ]


def measured(
    texts: Iterable[Document], items: Sequence[Item], encoder: Encoder
) -> Mapping[str, tuple[float, float, int]]:
    """Return recall@10, MRR@10 and the number of questions for each pair of languages; others' answers are left out."""
    with tempfile.TemporaryDirectory() as scratch:
        library = Library.open(pathlib.Path(scratch), ROOMS, create=True)
        pages = [(Source(text.url), text, [whole(text)]) for text in texts]
        store(library, encoder, pages)
        there = {text.url for _, text, _ in pages}
        asked = [item for item in items if item[2] in there]
        ranks: dict[str, list[int]] = {}
        with library.reading() as db:
            made = view(library, db, encoder.name)
            vectors = encoder.queries([query for query, _, _ in asked])
            for (query, pair, url), vector in zip(asked, vectors, strict=True):
                urls = [hit.url for hit in rank(db, made, vector, query, 10).hits]
                ranks.setdefault(pair, []).append(urls.index(url) + 1 if url in urls else 0)
    return {
        pair: (
            float(np.mean([place > 0 for place in places])),
            float(np.mean([1 / place if place else 0 for place in places])),
            len(places),
        )
        for pair, places in sorted(ranks.items())
    }


def main() -> None:
    """Print a table a library."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=pathlib.Path)
    given = parser.parse_args()
    encoder = load_encoder()
    texts, questions = xquad(given.shared)
    other = {"en": "zh", "zh": "en"}
    items = [
        (query, f"{lang}>{lang if same else other[lang]}", canonical(f"https://xquad.example/{nth}"))
        for query, lang, nth, same in questions
    ]
    chinese = [text for text in texts if text.lang == "zh"]
    added, asked = russian()
    for name, some, due in (
        ("all", texts, items),
        (f"{FEW} in Chinese", [text for text in texts if text.lang == "en" or text in chinese[:FEW]], items),
        ("with Russian", [*texts[: len(texts) // 2], *added], [*items, *asked]),
    ):
        print(name)
        for pair, (recall, mrr, count) in measured(some, due, encoder).items():
            print(f"   {pair}  recall@10 {recall:.3f}  MRR@10 {mrr:.3f}  of {count}")


if __name__ == "__main__":
    main()
