"""XQuAD as a library of 48 articles, each in one language only, and its questions in both."""

import dataclasses
import json
import pathlib
from collections.abc import Iterator

import numpy as np

from corpus.chunk import LIMIT, chunks
from corpus.model import Chunk, Document, Source, Span
from corpus.urls import canonical
from index.encoder import Encoder

LANGUAGES = ("en", "zh")


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """A question about an article, and where its answer stands there."""

    query: str
    lang: str
    url: str  # canonical
    same: bool  # the article is in the question's language
    start: int
    end: int
    around: str  # the answer with a few characters before and after it


def articles(shared: pathlib.Path, encoder: Encoder) -> tuple[list[tuple[Source, Document, list[Chunk]]], list[Asked]]:
    """Return the articles with their passages, and a third of the questions, each in both languages."""
    data = {
        lang: json.loads((shared / "gold" / f"xquad.{lang}.json").read_text(encoding="utf-8"))["data"]
        for lang in LANGUAGES
    }
    pages, asked = [], []
    for nth, parallel in enumerate(zip(*data.values(), strict=True)):
        own = LANGUAGES[int(np.random.default_rng(nth).random() < 0.5)]
        paragraphs = {lang: article["paragraphs"] for lang, article in zip(LANGUAGES, parallel, strict=True)}
        contexts = [paragraph["context"] for paragraph in paragraphs[own]]
        starts = np.cumsum([0, *(len(context) + 2 for context in contexts)]).tolist()
        blocks = tuple(
            Span(start, start + len(context), "paragraph") for start, context in zip(starts, contexts, strict=False)
        )
        url = f"https://articles.example/{nth}"
        page = Document(canonical(url), "", own, "\n\n".join(contexts), blocks)
        pages.append((Source(url), page, list(chunks(page, encoder.count_tokens, LIMIT))))
        for lang in LANGUAGES:
            asked += [
                Asked(question, lang, page.url, lang == own, start, end, _around(page.text, start, end))
                for question, start, end in _questions(paragraphs[lang], paragraphs[own], starts)
            ]
    return pages, asked


def _around(text: str, start: int, end: int) -> str:
    """Return a stretch of a text with a few whole words, or Chinese characters, on either side."""
    while start > 0 and end - start < 40 and text[start - 1] != "\n":
        start -= 1
    while start < end and start > 0 and text[start - 1].isascii() and text[start - 1].isalnum():
        start += 1
    while end < len(text) and text[end].isascii() and text[end].isalnum():
        end += 1
    return text[start:end]


def _questions(
    asking: list[dict[str, list[dict[str, str]]]], answering: list[dict[str, list[dict[str, list[dict[str, int]]]]]],
    starts: list[int],
) -> Iterator[tuple[str, int, int]]:  # fmt: skip
    """Yield every third question of these paragraphs, with the place of its answer in the article's own language."""
    for place, (questions, answers) in enumerate(zip(asking, answering, strict=True)):
        for number, (question, answer) in enumerate(zip(questions["qas"], answers["qas"], strict=True)):
            if (place + number) % 3 == 0:
                found = answer["answers"][0]
                start = starts[place] + int(found["answer_start"])
                yield question["question"], start, start + len(str(found["text"]))
