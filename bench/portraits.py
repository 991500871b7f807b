"""How many concepts have a definition and a kind, how often the kind is the gold's, and the definitions to read.

Usage: python -m bench.portraits SHARED [--read]

Over the articles of the concepts' gold. Kinds are compared with those of its entries under MAPPED: what it calls a
mechanism is a method here, an architecture a model; `concept` there says that it is none of its kinds. Whether a
sentence defines is for a reader to tell: `--read` prints them, best concepts first.
"""

import argparse
import collections
import json
import pathlib
import sys
from collections.abc import Iterable, Mapping, Sequence

from bench import concepts as concept_bench
from kg import glossary
from kg.concepts import concepts as find_concepts
from kg.concepts import passages
from kg.curation import Curation
from kg.model import Concept, Definition
from kg.names import key
from kg.portraits import portraits

MAPPED = {"mechanism": "method", "architecture": "model"}
UNKIND = "concept"  # the gold's word for what is none of its kinds
FIRST = 100


def covered(ranked: Sequence[Concept], definitions: Iterable[Definition]) -> dict[str, int]:
    """Return how many of the first hundred concepts have a definition: by language, and in any."""
    first = {concept.id for concept in ranked[:FIRST]}
    pairs = {(each.concept, each.evidence.lang) for each in definitions if each.concept in first}
    counts = collections.Counter(lang for _, lang in pairs)
    return {**dict(sorted(counts.items())), "any": len({concept for concept, _ in pairs})}


def judged(ranked: Sequence[Concept], gold: Sequence[Mapping[str, object]]) -> dict[str, int]:
    """Return how many entries of the gold were found, have a kind, the right one, and one where the gold has none."""
    by_key = {name: concept for concept in reversed(ranked) for name in concept.keys}
    counts = collections.Counter({"found": 0, "given": 0, "right": 0, "where the gold has none": 0})
    for entry in gold:
        aliases = [entry["name"], *_words(entry["aliases_en"]), *_words(entry["aliases_zh"])]
        concept = next((by_key[key(str(name))] for name in aliases if key(str(name)) in by_key), None)
        if concept is None:
            continue
        due = str(entry["kind"])
        counts["found"] += 1
        counts["given"] += bool(concept.kind)
        counts["right"] += concept.kind == MAPPED.get(due, due)
        counts["where the gold has none"] += bool(concept.kind) and due == UNKIND
    return dict(counts)


def _words(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def main(arguments: Sequence[str]) -> int:
    """Print the numbers, and the definitions where they are to be read."""
    parser = argparse.ArgumentParser(prog="bench.portraits")
    parser.add_argument("shared", type=pathlib.Path, help="the folder that holds gold/ and mirror/")
    parser.add_argument("--read", action="store_true", help="print every definition")
    options = parser.parse_args(arguments)
    gold = json.loads((options.shared / "gold/concepts_dev.json").read_text("utf-8"))
    read = list(concept_bench.read(options.shared / "mirror/concept_articles.warc.gz"))
    found = find_concepts(concept_bench.accounts(read), glossary.shipped(), Curation())
    ranked, definitions = portraits(passages(read, found.by_key), found.ranked)
    rank = {concept.id: place for place, concept in enumerate(ranked, 1)}
    if options.read:
        for each in sorted(definitions, key=lambda each: (rank[each.concept], each.evidence.lang)):
            print(f"{rank[each.concept]:4} {each.evidence.lang} {each.score:.2f} {each.concept}: {each.evidence.quote}")
    print(f"definitions of the first {FIRST} concepts: {covered(ranked, definitions)}; {len(definitions)} in all")
    print(f"kinds of the gold's {len(gold)} concepts: {judged(ranked, gold)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
