"""How well the concepts of a library meet an expert's list: precision@100, recall@300, and the merging of aliases.

Usage: python -m bench.concepts SHARED [--baselines] [--show N]

Strict: a concept is right when one of its labels is a spelling that the expert wrote; nothing is right for being near.
Recall counts each of the expert's concepts once. Baselines, in the same run: TF-IDF over the same candidates, and YAKE
(if installed), summed over the articles; it knows words by their spaces, so Chinese is cut by jieba for it.
"""

import argparse
import collections
import dataclasses
import importlib
import itertools
import json
import math
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from corpus.archive import warc_pages
from corpus.chunk import chunks
from corpus.extract import document
from corpus.model import Chunk
from kg import chinese, glossary
from kg.candidates import candidates
from kg.concepts import Concepts, concepts
from kg.curation import Curation
from kg.evidence import Account, account
from kg.mentions import mentions
from kg.model import Found
from kg.names import key

Gold = Sequence[Mapping[str, list[str]]]


def read(warc: pathlib.Path) -> Iterator[tuple[Chunk, Found]]:
    """Yield each passage of the pages of an archive, with what is found in it."""
    for page in warc_pages(warc):
        for chunk in chunks(document(page, page.url), lambda text: len(text) // 3):  # tokens, roughly
            yield chunk, mentions(chunk)


def accounts(passages: Iterable[tuple[Chunk, Found]]) -> list[Account]:
    """Return what each page says; the passages of a page stand together."""
    return [account(url, own) for url, own in itertools.groupby(passages, key=lambda item: item[0].url)]


def in_language(said: Iterable[Account], lang: str) -> list[Account]:
    """Return the accounts of one language's articles, told from their addresses."""
    return [each for each in said if not lang or f"/{lang}_" in each.url]


def expected(gold: Gold, lang: str) -> list[frozenset[str]]:
    """Return the keys of each gold concept that occurs in articles of this language."""
    return [
        frozenset(map(key, spellings(entry)))
        for entry in gold
        if any(article.startswith(lang) for article in entry["occurs_in"])
    ]


def spellings(entry: Mapping[str, list[str]]) -> list[str]:
    """Return all spellings that the expert wrote."""
    return [str(entry["name"]), *entry["aliases_en"], *entry["aliases_zh"]]


def precision(ranked: Sequence[frozenset[str]], due: Sequence[frozenset[str]], k: int) -> tuple[float, float]:
    """Return the share, in percent, of the first k that are right, and of the first k that are right and new."""
    every = frozenset().union(*due)
    new, seen = 0, set[int]()
    for labels in ranked[:k]:
        hit = {place for place, names in enumerate(due) if labels & names}
        new += bool(hit - seen)
        seen |= hit
    return 100 * sum(bool(labels & every) for labels in ranked[:k]) / k, 100 * new / k


def recall(ranked: Sequence[frozenset[str]], due: Sequence[frozenset[str]], k: int) -> float:
    """Return the share of gold concepts, in percent, that one of the first k names."""
    named = frozenset().union(*ranked[:k])
    return 100 * sum(bool(names & named) for names in due) / len(due)


def labels(found: Concepts) -> list[frozenset[str]]:
    """Return the keys of each concept's labels, best concept first."""
    return [frozenset(key(label) for label in (c.name, c.label_en, c.label_zh) if label) for c in found.ranked]


@dataclasses.dataclass(frozen=True, slots=True)
class Merges:
    """Pairs of spellings that the articles have: rightly together, wrongly together, and missed."""

    right: list[tuple[str, str]]
    wrong: list[tuple[str, str]]
    missed: list[tuple[str, str]]

    @property
    def precision(self) -> float:
        """The share of merged pairs, in percent, that belong together."""
        return 100 * len(self.right) / max(1, len(self.right) + len(self.wrong))

    @property
    def recall(self) -> float:
        """The share of pairs that belong together, in percent, that are merged."""
        return 100 * len(self.right) / max(1, len(self.right) + len(self.missed))


def merges(found: Concepts, said: Iterable[Account], gold: Gold) -> Merges:
    """Return how the concepts put the expert's spellings together.

    Pairs of keys, so what differs only in case, hyphens or plural counts for nothing. Left out are spellings that the
    expert gave to two concepts, or called weak.
    """
    owners: dict[str, set[int]] = collections.defaultdict(set)
    weak = {key(name) for entry in gold for name in entry["surface_weak"]}
    for place, entry in enumerate(gold):
        for name in spellings(entry):
            owners[key(name)].add(place)
    attested = candidates(said, owners.keys()).found
    known = {
        name: next(iter(places))
        for name, places in owners.items()
        if len(places) == 1 and name in attested and name not in weak
    }
    result = Merges([], [], [])
    for a, b in itertools.combinations(sorted(known), 2):
        together = found.by_key.get(a, a) == found.by_key.get(b, b)
        if known[a] == known[b]:
            (result.right if together else result.missed).append((a, b))
        elif together:
            result.wrong.append((a, b))
    return result


def tf_idf(said: Sequence[Account]) -> list[frozenset[str]]:
    """Return the candidates by count times log of inverse document frequency."""
    found = candidates(said).found
    return [
        frozenset({name})
        for name in sorted(found, key=lambda n: (-found[n].count * math.log(len(said) / found[n].n_sources), n))
    ]


def yake(texts: Iterable[tuple[str, str]]) -> list[frozenset[str]] | None:
    """Return YAKE's keywords of (language, text), their weights (1 / score) summed; None where it is not installed.

    Its scores are near 0 for the best; the small number keeps a score of 0 from ruling alone.
    """
    try:
        package = importlib.import_module("yake")  # a baseline of the bench only, and no dependency
    except ImportError:
        return None
    total: collections.Counter[str] = collections.Counter()
    for lang, text in texts:
        cut = text if lang == "en" else " ".join(word.text for word in chinese.words(text, 0, len(text)))
        for name, score in package.KeywordExtractor(lan=lang, n=3, top=100).extract_keywords(cut):
            total[key(name)] += 1 / (score + 1e-6)
    return [frozenset({name}) for name, _ in total.most_common()]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("--baselines", action="store_true", help="TF-IDF and YAKE beside ours")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the first N concepts")
    options = parser.parse_args()
    gold = json.loads((options.shared / "gold" / "concepts_dev.json").read_text(encoding="utf-8"))
    texts = json.loads((options.shared / "gold" / "concept_articles.json").read_text(encoding="utf-8"))
    said = accounts(read(options.shared / "mirror" / "concept_articles.warc.gz"))
    known = glossary.shipped()
    for lang, title in (("en", "English"), ("zh", "Chinese"), ("", "both")):
        own = in_language(said, lang)
        found = concepts(own, known, Curation())
        due = expected(gold, lang)
        rankings = {"ours": labels(found)}
        if options.baselines:
            rankings["tf-idf"] = tf_idf(own)
            rankings["yake"] = yake((name[:2], text) for name, text in texts.items() if name.startswith(lang)) or []
        for name, ranked in rankings.items():
            at_100, new = precision(ranked, due, 100)
            at_300, _ = precision(ranked, due, 300)
            print(
                f"{title:8} {name:7} P@100 {at_100:5.1f} (new {new:5.1f})  R@100 {recall(ranked, due, 100):5.1f}  "
                f"P@300 {at_300:5.1f}  R@300 {recall(ranked, due, 300):5.1f}  of {len(due)}, {len(ranked)} ranked"
            )
        pairs = merges(found, own, gold)
        print(f"{title:8} aliases precision {pairs.precision:.1f} recall {pairs.recall:.1f}; wrong: {pairs.wrong}")
        if not lang:
            for number, concept in enumerate(found.ranked[: options.show], start=1):
                print(number, concept.score, concept.id, concept.label_en, concept.label_zh, concept.aliases[1:6])


if __name__ == "__main__":
    main()
