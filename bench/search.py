"""How well search answers: nDCG@10 on graded questions over real pages, and on XQuAD as a library in two languages.

Usage: python -m bench.search SHARED [--library FOLDER] [--encoder NAME] [--limit TOKENS] [--xquad] [--gate]
                              [--json FILE]

Beside our own search stand raw vectors, words alone, and both joined by reciprocal ranks, over the same passages.
XQuAD has each paragraph in both languages; here each stands in one only, and its questions come in both.
"""

import argparse
import json
import pathlib
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.results import Row, machine, save
from corpus import tables as corpus_tables
from corpus.archive import warc_pages
from corpus.chunk import LIMIT, chunks
from corpus.extract import document
from corpus.library import Library
from corpus.model import Chunk, Document, Source, chunk_id
from corpus.reading_list import sources
from corpus.urls import canonical
from corpus.warc import name_in_archive
from index import tables
from index.encoder import Encoder, load_encoder
from index.model import Hit
from index.search import rank
from index.vectors import ExactIndex
from index.view import View, view
from index.windows import encoded
from service.evaluate import DEPTH
from service.measures import measures
from service.questions import read_questions

ROOMS = (("corpus", corpus_tables.MIGRATIONS), ("index", tables.MIGRATIONS))
FLOORS = pathlib.Path(__file__).with_name("floors.json")
Vector = NDArray[np.float32]
Answer = Callable[[str, Vector], list[Hit]]


Read = tuple[Source, Document, list[Chunk]]


def mirror(shared: pathlib.Path, encoder: Encoder, limit: int) -> Iterator[Read]:
    """Yield the pages of the reading list and their passages."""
    listed = sources((shared / "lists" / "attention_transformer.md").read_text(encoding="utf-8"))
    pages = {name_in_archive(page.url): page for page in warc_pages(shared / "mirror" / "reading_list.warc.gz")}
    for source in listed:
        article = document(pages[name_in_archive(source.url)], canonical(source.url))
        yield source, article, list(chunks(article, encoder.count_tokens, limit))


def xquad(shared: pathlib.Path) -> tuple[list[Document], list[tuple[str, str, int, bool]]]:
    """Return the paragraphs, each in one language, and (question, its language, paragraph, same language)."""
    texts = {lang: _squad(shared / "gold" / f"xquad.{lang}.json") for lang in ("en", "zh")}
    languages = ["en" if np.random.default_rng(nth).random() < 0.5 else "zh" for nth in range(len(texts["en"]))]
    articles = [
        Document(f"https://xquad.example/{nth}", "", lang, texts[lang][nth][0], ())
        for nth, lang in enumerate(languages)
    ]
    questions = [
        (question, lang, nth, lang == languages[nth])
        for lang in texts
        for nth, (_, asked) in enumerate(texts[lang])
        for question in asked[::4]  # a quarter says as much within a point
    ]
    return articles, questions


def _squad(path: pathlib.Path) -> list[tuple[str, list[str]]]:
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [
        (paragraph["context"], [asked["question"] for asked in paragraph["qas"]])
        for article in data
        for paragraph in article["paragraphs"]
    ]


def whole(article: Document) -> Chunk:
    """Return a document as one passage."""
    name = chunk_id(article.url, article.text, 0)
    return Chunk(name, article.url, article.title, article.lang, (), article.text, 0, len(article.text))


def store(library: Library, encoder: Encoder, pages: Iterable[Read]) -> None:
    """Put documents into a library, with vectors and words."""
    found = list(pages)
    with library.writing() as db:
        corpus_tables.replace_list(db, "bench", [source for source, _, _ in found])
        for _, article, parts in found:
            stored = corpus_tables.stored_source(db, article.url)
            assert stored is not None
            corpus_tables.save_document(db, stored.key, article, parts, "bench")
        keys, inputs = zip(*tables.missing(db, encoder.name), strict=True)
        tables.save_vectors(db, keys, inputs, encoded(encoder, inputs), encoder.name)
        tables.index_keywords(db)
        named = tables.missing_titles(db, encoder.name)
        titles = [title for _, title in named]
        tables.save_titles(db, [source for source, _ in named], titles, encoder.passages(titles), encoder.name)


def systems(library: Library, db: sqlite3.Connection, encoder: Encoder) -> dict[str, Answer]:
    """Return what is compared, by name: each answers a question and its vector with passages."""
    ours = view(library, db, encoder.name)
    keys = ours.index.keys
    raw = View(
        ExactIndex(keys, tables.stored_vectors(db, keys)),
        {},
        ours.level,
        ours.spread,
        ours.titles,
    )

    def reciprocal(query: str, vector: Vector) -> list[Hit]:
        lists = [rank(db, raw, vector, query, 100, mode=mode).hits for mode in ("dense", "keyword")]
        hits = {hit.key: hit for found in lists for hit in found}
        score = {key: sum(1 / (60 + nth) for found in lists for nth, hit in enumerate(found, 1) if hit.key == key)
                 for key in hits}  # fmt: skip
        return sorted(hits.values(), key=lambda hit: (-score[hit.key], hit.key))[:DEPTH]

    return {
        "raw vectors": lambda query, vector: rank(db, raw, vector, query, DEPTH, mode="dense").hits,
        "words": lambda query, vector: rank(db, raw, vector, query, DEPTH, mode="keyword").hits,
        "both by reciprocal ranks": reciprocal,
        "centred vectors": lambda query, vector: rank(db, ours, vector, query, DEPTH, mode="dense").hits,
        "ours": lambda query, vector: rank(db, ours, vector, query, DEPTH).hits,
    }


def dev_rows(shared: pathlib.Path, encoder: Encoder, answers: Mapping[str, Answer]) -> dict[str, dict[str, float]]:
    """Return nDCG@10 of each system on the graded questions: all, by kind, by language, and passage hit@5."""
    questions = read_questions(shared / "gold" / "questions_dev.jsonl")
    vectors = encoder.queries([asked.query for asked in questions])
    table: dict[str, dict[str, float]] = {}
    for name, answer in answers.items():
        rows = [measures(asked, answer(asked.query, vector)) for asked, vector in zip(questions, vectors, strict=True)]
        groups: dict[str, list[float]] = {}
        for asked, row in zip(questions, rows, strict=True):
            for group in ("all", asked.kind, asked.lang):
                groups.setdefault(group, []).append(row["ndcg_10"])
        table[name] = {group: float(np.mean(values)) for group, values in groups.items()}
        table[name]["hit@5"] = float(np.mean([row["passage_5"] for row in rows]))
    return table


def xquad_rows(
    encoder: Encoder, questions: Sequence[tuple[str, str, int, bool]], answers: Mapping[str, Answer]
) -> dict[str, dict[str, float]]:
    """Return MRR@10 and recall@10 of each system, the answer in the question's language and in the other."""
    vectors = encoder.queries([query for query, _, _, _ in questions])
    table: dict[str, dict[str, float]] = {}
    for name, answer in answers.items():
        ranks: dict[str, list[int]] = {}
        for (query, lang, nth, same), vector in zip(questions, vectors, strict=True):
            urls = [hit.url for hit in answer(query, vector)[:10]]
            url = canonical(f"https://xquad.example/{nth}")
            other = {"en": "zh", "zh": "en"}[lang]
            group = f"{lang}>{lang if same else other}"
            ranks.setdefault(group, []).append(urls.index(url) + 1 if url in urls else 0)
        table[name] = {}
        for group, places in sorted(ranks.items()):
            table[name][f"{group} mrr"] = float(np.mean([1 / place if place else 0.0 for place in places]))
            table[name][f"{group} rec"] = float(np.mean([place > 0 for place in places]))
    return table


def print_table(title: str, table: Mapping[str, Mapping[str, float]]) -> None:
    """Print a row a system."""
    columns = list(next(iter(table.values())))
    print(f"\n{title:26}" + "".join(f"{column[:11]:>12}" for column in columns))
    for name, row in table.items():
        print(f"{name:26}" + "".join(f"{row[column]:12.3f}" for column in columns))


def below(floors: Mapping[str, float], measured: Mapping[str, float]) -> list[str]:
    """Return a line for each figure under its floor."""
    return [
        f"{name} is {measured[name]:.3f}, its floor is {floor:.3f}"
        for name, floor in floors.items()
        if name in measured and measured[name] < floor
    ]


def main() -> int:
    """Print the tables; with --gate, return 1 where a figure is under its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("--library", type=pathlib.Path, help="keep the library here, or use the one that is here")
    parser.add_argument("--encoder")
    parser.add_argument("--limit", type=int, default=LIMIT)
    parser.add_argument("--xquad", action="store_true")
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="keep the rows here too")
    given = parser.parse_args()
    where = machine()
    encoder = load_encoder(given.encoder)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.library or pathlib.Path(scratch) / "dev"
        made = (folder / "ideagraph.sqlite").is_file()
        library = Library.open(folder, ROOMS, create=not made)
        if not made:
            store(library, encoder, mirror(given.shared, encoder, given.limit))
        with library.reading() as db:
            dev = dev_rows(given.shared, encoder, systems(library, db, encoder))
        print_table("dev questions, nDCG@10", dev)
        rows: list[Row] = [{"questions": "dev", "system": name, **row} for name, row in dev.items()]
        measured = {f"dev {name}": value for name, value in dev["ours"].items()}
        if given.xquad:
            articles, questions = xquad(given.shared)
            library = Library.open(pathlib.Path(scratch) / "xquad", ROOMS, create=True)
            store(library, encoder, ((Source(article.url), article, [whole(article)]) for article in articles))
            with library.reading() as db:
                mixed = xquad_rows(encoder, questions, systems(library, db, encoder))
            print_table("XQuAD, each in one language", mixed)
            rows += [{"questions": "xquad", "system": name, **row} for name, row in mixed.items()]
            measured |= {f"xquad {name}": value for name, value in mixed["ours"].items()}
    if given.json:
        save(given.json, rows, where)
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))["search"]
    low = below(floors, measured)
    print("\n" + ("\n".join(low) or "no figure is under its floor"))
    return 1 if low and given.gate else 0


if __name__ == "__main__":
    sys.exit(main())
