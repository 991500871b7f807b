"""How well `related` finds what an expert calls related: P@1, P@5 and MAP against hand-written concepts.

Usage: python -m bench.related SHARED [--names]

The concepts and their spellings are the gold's own (matched as strings), so that only the ranking is measured.
`--names` adds the cosine of the names, from the default encoder.
"""

import argparse
import json
import pathlib
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kg.model import Concept, Passage, Place
from kg.related import Web, related
from kg.relations import relations

PASSAGE_CHARS = 900  # about what a passage of the library holds
_SENTENCE = re.compile(r".+?(?:[.!?](?=\s)|[。！？；]|\n\s*\n|$)", re.DOTALL)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def concepts(gold: Sequence[Mapping[str, object]]) -> list[Concept]:
    """Return the gold's entries as concepts; the spellings that the gold calls ambiguous are left out."""
    made = []
    for entry in gold:
        name = str(entry["name"])
        english, chinese = _words(entry["aliases_en"]), _words(entry["aliases_zh"])
        aliases = [name, *english, *chinese]
        made.append(
            Concept(
                id=name, name=name, label_en=name, label_zh=next(iter(chinese), ""), aliases=tuple(aliases),
                keys=frozenset(alias.lower() for alias in aliases) - set(_words(entry["surface_weak"])),
                kind=str(entry["kind"]), n_sources=len(_words(entry["occurs_in"])), n_mentions=0, score=0.0,
            )
        )  # fmt: skip
    return made


def passages(texts: Mapping[str, str], known: Iterable[Concept]) -> Iterator[Passage]:
    """Yield the texts in passages of whole sentences, with every place where a spelling stands."""
    spelt = {key: concept.id for concept in known for key in concept.keys}
    pattern = re.compile("|".join(_bounded(key) for key in sorted(spelt, key=len, reverse=True)), re.IGNORECASE)
    for name, text in sorted(texts.items()):
        spans = [(m.start(), m.end()) for m in _SENTENCE.finditer(text) if m.group().strip()]
        while spans:
            end = spans[0][0] + PASSAGE_CHARS
            taken = [span for span in spans if span[1] <= end] or spans[:1]
            spans = spans[len(taken) :]
            yield _passage(name, text, taken, pattern, spelt)


def score(ranking: Callable[[Concept], Sequence[str]], gold: Sequence[Mapping[str, object]]) -> dict[str, float]:
    """Return P@1, P@5 (of as many as there are, at most five) and MAP over concepts with related ones, in percent."""
    first, five, average = [], [], []
    by_id = {concept.id: concept for concept in concepts(gold)}
    for entry in gold:
        wanted = set(_words(entry["related"])) & set(by_id)
        if not wanted:
            continue
        hits = [name in wanted for name in ranking(by_id[str(entry["name"])])]
        first.append(float(any(hits[:1])))
        five.append(sum(hits[:5]) / min(5, len(wanted)))
        average.append(sum(sum(hits[: i + 1]) / (i + 1) for i, hit in enumerate(hits) if hit) / len(wanted))
    return {"P@1": 100 * float(np.mean(first)), "P@5": 100 * float(np.mean(five)), "MAP": 100 * float(np.mean(average))}


def main(arguments: Sequence[str]) -> int:
    """Print the scores, and how long the relations took."""
    parser = argparse.ArgumentParser(prog="bench.related")
    parser.add_argument("shared", type=pathlib.Path, help="the folder that holds gold/")
    parser.add_argument("--names", action="store_true", help="add the cosine of the names (loads the encoder)")
    given = parser.parse_args(arguments)
    gold = json.loads((given.shared / "gold/concepts_dev.json").read_text("utf-8"))
    texts = json.loads((given.shared / "gold/concept_articles.json").read_text("utf-8"))
    known = concepts(gold)
    read = list(passages(texts, known))
    started = time.perf_counter()
    found = relations(read)
    took = time.perf_counter() - started
    print(f"{len(found)} relations from {len(read)} passages in {took:.2f} s")
    web = Web.build(known, found, _name_vectors(known) if given.names else None)
    for name, value in score(lambda concept: [r.concept.id for r in related(web, concept.id, k=500)], gold).items():
        print(f"{name} {value:.1f}")
    return 0


def _name_vectors(known: Sequence[Concept]) -> dict[str, NDArray[np.float32]]:
    from index.encoder import load_encoder  # loads torch, which the plain run does without

    vectors = load_encoder().queries([concept.name for concept in known])
    return {concept.id: vector for concept, vector in zip(known, vectors, strict=True)}


def _words(value: object) -> list[str]:
    assert isinstance(value, list | dict)
    return [str(word) for word in value]


def _bounded(key: str) -> str:
    return re.escape(key) if _HAN.search(key) else rf"(?<![A-Za-z0-9]){re.escape(key)}(?:e?s)?(?![A-Za-z0-9])"


def _passage(
    name: str, text: str, spans: Sequence[tuple[int, int]], pattern: re.Pattern[str], spelt: Mapping[str, str]
) -> Passage:
    start, end = spans[0][0], spans[-1][1]
    sentences = tuple((a - start, b - start) for a, b in spans)
    places = []
    for match in pattern.finditer(text, start, end):
        key = match.group().lower()
        concept = spelt.get(key) or spelt.get(key.removesuffix("s")) or spelt.get(key.removesuffix("es"))
        sentence = next((i for i, (a, b) in enumerate(spans) if a <= match.start() and match.end() <= b), None)
        if concept is not None and sentence is not None:
            places.append(Place(concept, match.start() - start, match.end() - start, sentence))
    lang = "zh" if name.startswith("zh") else "en"
    url = f"https://{name.split('_')[1]}.example/{name}"
    return Passage(f"{name}:{start}", url, lang, text[start:end], start, sentences, tuple(places))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
