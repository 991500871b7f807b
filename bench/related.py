"""How well `related` finds what an expert calls related: P@1, P@5 and MAP against hand-written concepts.

Usage: python -m bench.related SHARED [--names] [--own] [--far] [--paths]

The concepts and their spellings are the gold's own (matched as strings), so that only the ranking is measured; with
`--own` they are those that the product finds in the same articles. `--names` adds the cosine of the names, from the
default encoder; `--far` asks `related --far` for those of the related that have no relation; `--paths` asks `path` for
the way between two that are related to a third, and counts the hops that are related, too.
"""

import argparse
import itertools
import json
import pathlib
import re
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench import concepts as concept_bench
from kg import glossary
from kg.concepts import concepts as find_concepts
from kg.concepts import passages as named
from kg.curation import Curation
from kg.far import far
from kg.model import Concept, Passage, Place
from kg.names import key
from kg.path import NoPath, path
from kg.related import related
from kg.relations import relations
from kg.web import Web

PATHS = 250  # about so many pairs are asked for: less than twice as many
PASSAGE_CHARS = 900  # about what a passage of the library holds
_SENTENCE = re.compile(r".+?(?:[.!?](?=\s)|[。！？；]|\n\s*\n|$)", re.DOTALL)
_HAN = re.compile(r"[\u4e00-\u9fff]")
Gold: TypeAlias = Sequence[Mapping[str, object]]


def concepts(gold: Gold) -> list[Concept]:
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
    spelt = {name: concept.id for concept in known for name in concept.keys}
    pattern = re.compile("|".join(_bounded(name) for name in sorted(spelt, key=len, reverse=True)), re.IGNORECASE)
    for name, text in sorted(texts.items()):
        spans = [(m.start(), m.end()) for m in _SENTENCE.finditer(text) if m.group().strip()]
        while spans:
            end = spans[0][0] + PASSAGE_CHARS
            taken = [span for span in spans if span[1] <= end] or spans[:1]
            spans = spans[len(taken) :]
            yield _passage(name, text, taken, pattern, spelt)


def score(
    ranking: Callable[[str], Sequence[str]], queries: Mapping[str, Sequence[Collection[str]]]
) -> dict[str, float]:
    """Return P@1, P@5 (of as many as there are, at most five; and of five) and MAP, in percent.

    `queries`: for each concept's id those related to it, each as the ids that stand for it; one counts once.
    """
    first, due, five, average = [], [], [], []
    for concept, wanted in queries.items():
        hits, left = [], list(wanted)
        for name in ranking(concept):
            hit = next((one for one in left if name in one), None)
            hits.append(hit is not None)
            if hit is not None:
                left.remove(hit)
        first.append(float(any(hits[:1])))
        due.append(sum(hits[:5]) / min(5, len(wanted)))
        five.append(sum(hits[:5]) / 5)
        average.append(sum(sum(hits[: i + 1]) / (i + 1) for i, hit in enumerate(hits) if hit) / len(wanted))
    means = {"P@1": first, "P@5": due, "P@5 of five": five, "MAP": average}
    return {name: 100 * float(np.mean(values)) for name, values in means.items()}


def given(gold: Gold) -> dict[str, list[set[str]]]:
    """Return what the expert calls related, by the gold's own names."""
    names = {str(entry["name"]) for entry in gold}
    return {
        str(entry["name"]): [{name} for name in _words(entry["related"]) if name in names]
        for entry in gold
        if names & set(_words(entry["related"]))
    }


def resolved(gold: Gold, known: Iterable[Concept]) -> dict[str, list[set[str]]]:
    """Return the same for a library's own concepts, found by any spelling; left out is what the library has not."""
    by_key = {name: concept.id for concept in known for name in concept.keys}
    ids: dict[str, list[str]] = {}
    for entry in gold:
        spellings = [str(entry["name"]), *_words(entry["aliases_en"]), *_words(entry["aliases_zh"])]
        ids[str(entry["name"])] = [by_key[key(spelling)] for spelling in spellings if key(spelling) in by_key]
    queries: dict[str, list[set[str]]] = {}
    for entry in gold:
        own = ids[str(entry["name"])][:1]
        wanted = [set(ids[name]) - set(own) for name in _words(entry["related"]) if set(ids.get(name, ())) - set(own)]
        if own and wanted:
            queries.setdefault(own[0], wanted)
    return queries


def main(arguments: Sequence[str]) -> int:
    """Print the scores, and how long the relations took."""
    parser = argparse.ArgumentParser(prog="bench.related")
    parser.add_argument("shared", type=pathlib.Path, help="the folder that holds gold/")
    parser.add_argument("--names", action="store_true", help="add the cosine of the names (loads the encoder)")
    parser.add_argument("--own", action="store_true", help="end to end: the concepts found in the same articles")
    parser.add_argument("--far", action="store_true", help="also what has no relation: among the first five, and ten")
    parser.add_argument("--paths", action="store_true", help="also the ways between ideas with a common relative")
    options = parser.parse_args(arguments)
    gold = json.loads((options.shared / "gold/concepts_dev.json").read_text("utf-8"))
    if options.own:
        found_in = list(concept_bench.read(options.shared / "mirror/concept_articles.warc.gz"))
        found = find_concepts(concept_bench.accounts(found_in), glossary.shipped(), Curation())
        known: Sequence[Concept] = found.ranked
        read, queries = list(named(found_in, found.by_key)), resolved(gold, known)
    else:
        texts = json.loads((options.shared / "gold/concept_articles.json").read_text("utf-8"))
        known = concepts(gold)
        read, queries = list(passages(texts, known)), given(gold)
    started = time.perf_counter()
    links = relations(read)
    took = time.perf_counter() - started
    print(f"{len(links)} relations from {len(read)} passages in {took:.2f} s; {len(queries)} of {len(gold)} asked")
    web = Web.build(known, links, _name_vectors(known) if options.names else None)
    for name, value in score(lambda concept: [r.concept.id for r in related(web, concept, k=500)], queries).items():
        print(f"{name} {value:.1f}")
    if options.far:
        print(
            "far: {pairs} without a relation, {five:.1f}% among the first 5, {ten:.1f}% among 10".format(
                **_far(web, queries)
            )
        )
    if options.paths:
        print(
            "paths: {asked} asked, {none} have none; the expert has {hops:.1f}% of the hops, {ways:.1f}% of the ways "
            "as a whole, {ideas:.1f}% of the ideas between".format(**_paths(web, queries))
        )
    return 0


def _paths(web: Web, queries: Mapping[str, Sequence[Collection[str]]]) -> dict[str, float]:
    """Return what part of the hops, and of the ways as a whole, the expert calls related, too, in percent.

    Asked is the way between two that share a relative and are not related; of more than PATHS such pairs, each nth.
    """
    near = {concept: {name for one in wanted for name in one} for concept, wanted in queries.items()}
    known = near.keys() | {name for names in near.values() for name in names}

    def right(a: str, b: str) -> bool:
        return b in near.get(a, ()) or a in near.get(b, ())

    pairs = [(a, b) for a, b in itertools.combinations(sorted(near), 2) if near[a] & near[b] and not right(a, b)]
    ways = [path(web, a, b) for a, b in pairs[:: max(1, len(pairs) // PATHS)]]
    hops = [[(hop.start.id, hop.end.id) for hop in way] for way in ways if not isinstance(way, NoPath)]
    hops = [way for way in hops if len(way) > 1]  # one hop is a relation, and no choice
    each = [right(*hop) for way in hops for hop in way]
    passed = [end in known for way in hops for _, end in way[:-1]]
    return {
        "asked": len(ways), "none": sum(isinstance(way, NoPath) for way in ways), "hops": 100 * float(np.mean(each)),
        "ways": 100 * float(np.mean([all(right(*hop) for hop in way) for way in hops])),
        "ideas": 100 * float(np.mean(passed)),
    }  # fmt: skip


def _far(web: Web, queries: Mapping[str, Sequence[Collection[str]]]) -> dict[str, float]:
    """Return how many of the related have no relation, and what part of those `far` finds, in percent."""
    found, due = {5: 0, 10: 0}, {5: 0, 10: 0}
    pairs = 0
    for concept, wanted in queries.items():
        near = {each.concept.id for each in related(web, concept, k=len(web.net))}
        missing = [one for one in wanted if not near.intersection(one)]
        pairs += len(missing)
        if missing:
            ranking = [each.concept.id for each in far(web, concept, 10)]
            for k in found:
                found[k] += sum(bool(set(ranking[:k]).intersection(one)) for one in missing)
                due[k] += min(k, len(missing))
    return {"pairs": pairs, "five": 100 * found[5] / due[5], "ten": 100 * found[10] / due[10]}


def _name_vectors(known: Sequence[Concept]) -> dict[str, NDArray[np.float32]]:
    from index.encoder import load_encoder  # loads torch, which the plain run does without

    vectors = load_encoder().queries([concept.name for concept in known])
    return {concept.id: vector for concept, vector in zip(known, vectors, strict=True)}


def _words(value: object) -> list[str]:
    assert isinstance(value, list | dict)
    return [str(word) for word in value]


def _bounded(name: str) -> str:
    return re.escape(name) if _HAN.search(name) else rf"(?<![A-Za-z0-9]){re.escape(name)}(?:e?s)?(?![A-Za-z0-9])"


def _passage(
    name: str, text: str, spans: Sequence[tuple[int, int]], pattern: re.Pattern[str], spelt: Mapping[str, str]
) -> Passage:
    start, end = spans[0][0], spans[-1][1]
    sentences = tuple((a - start, b - start) for a, b in spans)
    places = []
    for match in pattern.finditer(text, start, end):
        spelling = match.group().lower()
        concept = spelt.get(spelling) or spelt.get(spelling.removesuffix("s")) or spelt.get(spelling.removesuffix("es"))
        sentence = next((i for i, (a, b) in enumerate(spans) if a <= match.start() and match.end() <= b), None)
        if concept is not None and sentence is not None:
            places.append(Place(concept, match.start() - start, match.end() - start, sentence))
    lang = "zh" if name.startswith("zh") else "en"
    url = f"https://{name.split('_')[1]}.example/{name}"
    return Passage(f"{name}:{start}", url, lang, text[start:end], start, sentences, tuple(places))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
