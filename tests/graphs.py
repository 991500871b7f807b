"""Concepts and relations for tests of the graph, from a few words each."""

import numpy as np
from hypothesis import strategies as st

from kg.model import Concept, Evidence, Relation
from kg.web import Web

NAMES = tuple("abcdefghijkl")


def concept(name: str, kind: str = "", score: float = 1.0, written: str = "") -> Concept:
    return Concept(name, written or name.title(), name, "", (name,), frozenset({name}), kind, 1, 1, score)


def relation(
    a: str, b: str, llr: float = 50.0, weight: float = 1.0, sources: int = 3, lang: str = "en", words: str = ""
) -> Relation:
    a, b = min(a, b), max(a, b)
    words = words or f"All of us say that {a} and {b} belong together."
    quote = Evidence(f"{a}{b}", "https://a.example/", lang, words, 0, len(words))
    return Relation(a, b, "related", weight, llr, 0.5, 3, sources, sources, (quote,))


def web(*relations: Relation, **kinds: str) -> Web:
    names = sorted({name for link in relations for name in (link.a, link.b)} | kinds.keys())
    return Web.build([concept(name, kinds.get(name, "")) for name in names], relations)


@st.composite
def webs(draw: st.DrawFn) -> Web:
    """Return a web of twelve concepts at random, some without relations, with vectors for most of the names."""
    chance = np.random.default_rng(draw(st.integers(0, 10**6)))
    concepts = [
        concept(name, ("thing", "tool", "")[i % 3], float(chance.integers(1, 5)), name * int(chance.integers(1, 9)))
        for i, name in enumerate(NAMES)
    ]
    words = ("", "tea | pot | 7 | 8", "and they stand together here", "One says so. Another says so too.")
    links = [
        relation(
            NAMES[i], NAMES[j], float(chance.choice([2.0, 11.0, 30.0, 30.0, 200.0])), float(chance.random() * 3 + 0.05),
            int(chance.integers(1, 4)), str(chance.choice(["en", "zh"])), str(chance.choice(words)),
        )
        for i in range(10) for j in range(i + 1, 11) if chance.random() < draw(st.sampled_from([0.1, 0.3, 0.8]))
    ]  # fmt: skip
    vectors = {name: chance.normal(size=4).astype(np.float32) for name in NAMES if chance.random() < 0.8}
    return Web.build(concepts, links, vectors)
