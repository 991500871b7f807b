"""How well a ranking answers a question, and how sure a mean over questions is. Pure."""

import dataclasses
import functools
import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.urls import canonical
from service.questions import GradedQuestion

PAGES = 10  # that are looked at
ANSWERS = 2  # a page of this grade or more answers; one below it only touches the question
LEAST_OVERLAP = 10  # characters that a passage must share with a quote that its edge cuts
RESAMPLES = 2_000  # another seed moves an interval's ends by .003 of 40 questions, by .001 of 1,000
SIGNS = 10_000  # so p is told from .0001 on
SEED = 0
MEASURES = ("ndcg_10", "recall_10", "hit_1", "hit_5", "mrr_10", "passage_5")
# Radicals that PDF and web fonts put for the characters they look like, and that NFKC leaves.
_RADICALS = str.maketrans("⻓⻆⻅⻔⻋⻚⻢⻛⻜⻩", "长角见门车页马风飞黄")
_SIGNS = frozenset("*_`“”\"’‘'")  # written in one way or another, or marking up


class Found(Protocol):
    """A passage that was found."""

    @property
    def url(self) -> str:
        """The address of its page, in any spelling."""

    @property
    def text(self) -> str:
        """Its words."""


def pages(found: Sequence[Found]) -> list[str]:
    """Return the canonical addresses of the pages that passages come from, in the order of their best passage."""
    return list(dict.fromkeys(canonical(passage.url) for passage in found))


def measures(question: GradedQuestion, found: Sequence[Found]) -> dict[str, float]:
    """Return what each measure says of the passages found for a question, best first.

    nDCG has the gain 2^grade - 1 and the discount log2(rank + 1) (Burges et al., Learning to rank using gradient
    descent, 2005). `recall_10`, `hit_1`, `hit_5` and `mrr_10` look at the pages that answer, of grade 2 or 3;
    `passage_5` tells whether one of the first five passages overlaps a quote of such a page. What a question has
    nothing for is left out: no page of grade 2, no quote.
    """
    grades = question.grades()
    ranked = pages(found)
    gains = [grades.get(url, 0) for url in ranked[:PAGES]]
    result = {"ndcg_10": _dcg(gains) / _dcg(sorted(grades.values(), reverse=True)[:PAGES])}
    answers = {url for url, grade in grades.items() if grade >= ANSWERS}
    if answers:
        ranks = [rank for rank, url in enumerate(ranked[:PAGES], 1) if url in answers]
        result["recall_10"] = len(ranks) / len(answers)
        result["hit_1"] = float(1 in ranks)
        result["hit_5"] = float(any(rank <= 5 for rank in ranks))
        result["mrr_10"] = 1 / ranks[0] if ranks else 0.0
    quotes = [(judged.url, folded(judged.quote)) for judged in question.relevant if judged.grade >= ANSWERS]
    quotes = [(url, quote) for url, quote in quotes if quote]
    if quotes:
        result["passage_5"] = float(
            any(
                overlaps(folded(passage.text), quote)
                for passage in found[:5]
                for url, quote in quotes
                if url == canonical(passage.url)
            )
        )
    return result


def _dcg(grades: Sequence[int]) -> float:
    return sum((float(2**grade) - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


@functools.lru_cache(maxsize=1 << 12)  # a passage is met by many questions
def folded(text: str) -> str:
    """Return a text without what two writings of the same words may differ in: width, case, spaces, quotation marks."""
    plain = unicodedata.normalize("NFKC", text.translate(_RADICALS)).lower()
    return "".join(char for char in plain if not char.isspace() and char not in _SIGNS)


def overlaps(passage: str, quote: str) -> bool:
    """Tell whether a folded passage holds a quote, or at one of its edges at least half of it."""
    if quote in passage:
        return True
    half = max(LEAST_OVERLAP, (len(quote) + 1) // 2)
    return any(passage.endswith(quote[:n]) or passage.startswith(quote[-n:]) for n in range(half, len(quote)))


@dataclasses.dataclass(frozen=True, slots=True)
class Mean:
    """A mean over n questions with the 95% interval of a percentile bootstrap; a single question has no interval."""

    n: int
    mean: float
    low: float | None
    high: float | None


def mean(values: Sequence[float]) -> Mean:
    """Return the mean of values, with what a draw of other questions of this kind would have made of it.

    Percentile bootstrap (Efron & Tibshirani, An introduction to the bootstrap, 1993, chapter 13), seeded: the same
    values have the same interval.
    """
    numbers = np.array(values, np.float64)
    n = len(numbers)
    if n < 2:
        return Mean(n, float(numbers.mean()), None, None)
    low, high = np.percentile(_resamples(n) @ numbers, [2.5, 97.5])
    return Mean(n, float(numbers.mean()), float(low), float(high))


@functools.lru_cache(maxsize=1)  # the measures of a group are over the same questions
def _resamples(n: int) -> NDArray[np.float64]:
    """Return what each question weighs in each resample (RESAMPLES, n)."""
    return np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), RESAMPLES) / n


@functools.lru_cache(maxsize=1)
def _signs(n: int) -> NDArray[np.float32]:
    """Return the signs drawn for each question (SIGNS, n)."""
    return (2 * np.random.default_rng(SEED).integers(0, 2, (SIGNS, n), np.int8) - 1).astype(np.float32)


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """How one ranking differs from another over the same n questions: mean of (this - other), its interval and p."""

    n: int
    this: float
    other: float
    mean: float
    low: float | None  # of the 95% interval
    high: float | None
    up: int  # questions where this one is better
    down: int
    p: float  # that signs drawn at random differ as much


def difference(pairs: Sequence[tuple[float, float]]) -> Difference:
    """Return how (this, other) differ: a paired bootstrap, and a two-sided randomisation test.

    The test is Fisher's, as Smucker, Allan & Carterette recommend it (A comparison of statistical significance tests
    for information retrieval evaluation, CIKM 2007): each question's sign is drawn at random.
    """
    values = np.array(pairs, np.float64)  # (n, 2)
    gains = values[:, 0] - values[:, 1]
    over = mean(gains.tolist())
    sums = np.abs(_signs(len(gains)) @ gains)
    as_much = int((sums >= abs(gains.sum()) - 1e-9).sum())  # sums of the same numbers in another order are equal
    this, other = values.mean(axis=0).tolist()
    return Difference(
        over.n, this, other, over.mean, over.low, over.high, int((gains > 0).sum()), int((gains < 0).sum()),
        (as_much + 1) / (SIGNS + 1),
    )  # fmt: skip


def by_measure(rows: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    """Return the values of each measure over the questions that it says something of."""
    return {name: [row[name] for row in rows if name in row] for name in MEASURES if any(name in row for row in rows)}
