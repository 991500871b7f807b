"""Pairs that must never become one concept, in passages where both stand side by side, again and again."""

import functools
import pathlib

import pytest

from corpus.model import Chunk, Span, chunk_id
from kg import glossary
from kg.concepts import Concepts, concepts
from kg.curation import Curation
from kg.evidence import account
from kg.mentions import mentions
from kg.names import is_han, key

PAIRS = [
    (a, b)
    for a, b in (
        line.split("\t")
        for line in pathlib.Path(__file__).with_name("data").joinpath("near_misses.tsv").read_text("utf-8").splitlines()
    )
][1:]
ENGLISH = (
    "Unlike {a}, {b} is slow. The choice of {a} or {b} matters; {a} and {b} are often confused. See {a} (not {b}).",
    "We compare {a} with {b}. Both {a} and {b} are well known, and {b} is used where {a} is not.",
    "There are several ways ({a}, {b}) to do it. Some take {b} (unlike {a}), others {a}/{b} by turns.",
)
CHINESE = (
    "与{a}相比，{b}更慢。应当区分{a}和{b}；{a}、{b}常被混淆。这里用{a}（而不是{b}）。",
    "我们比较{a}与{b}。{a}和{b}都很有名，没有{a}的地方才用{b}。",
    "有几种做法（{a}、{b}）。有人用{b}（不同于{a}），有人轮流用{a}/{b}。",
)
SITES = ("a.example", "b.example", "c.example")


def passages(a: str, b: str) -> list[str]:
    """Return texts in which both names stand in the same company; each pair has both languages where it can."""
    patterns = CHINESE if is_han(a) or is_han(b) else ENGLISH
    return [pattern.format(a=a, b=b) for pattern in patterns]


@functools.cache
def found(with_glossary: bool) -> Concepts:
    accounts = []
    for site in SITES:
        url = f"https://{site}/"
        read = []
        for a, b in PAIRS:
            for text in passages(a, b):
                heading = Span(0, len(text), "paragraph")
                chunk = Chunk(
                    id=chunk_id(url, text, 0), url=url, title="", lang="en", heading=(), text=text, start=0,
                    end=len(text), blocks=(heading,),
                )  # fmt: skip
                read.append((chunk, mentions(chunk)))
        accounts.append(account(url, read))
    return concepts(accounts, glossary.shipped() if with_glossary else (), Curation())


@pytest.mark.parametrize("with_glossary", [True, False], ids=["with the glossary", "without"])
def test_no_near_miss_is_one_concept(with_glossary: bool) -> None:
    by_key = found(with_glossary).by_key
    attested = [(a, b) for a, b in PAIRS if key(a) in by_key and key(b) in by_key]
    assert len(attested) >= (255 if with_glossary else 220), "both must be concepts, or nothing is tested"
    assert [(a, b) for a, b in attested if by_key[key(a)] == by_key[key(b)]] == []
