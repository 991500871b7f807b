"""How often `order` puts first what is to be read first, beside two baselines: by mentions, and by length.

Usage: python -m bench.order LIBRARY... [--concepts N]

The gold (order_gold.tsv) has series in their authors' order and pairs by a reader. For each of a library's N best
concepts, every pair whose both ends `order` lists is one question; a guess would be right half the time. A pair counts
once for each concept, so beside that stands the mean over pairs.
"""

import argparse
import collections
import itertools
import pathlib
import sys
from collections.abc import Iterable, Sequence

from kg import tables
from kg.order import MOST, ordered, reading, references, substantial
from kg.web import Web
from service.readings import neighbourhood
from service.rooms import open_library

GOLD = pathlib.Path(__file__).with_name("order_gold.tsv")
Pair = tuple[str, str]


def gold(path: pathlib.Path = GOLD) -> list[Pair]:
    """Return (first, later) tails of addresses."""
    pairs: list[Pair] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, *names = line.split("\t")
        if kind in ("series", "pair"):
            pairs += itertools.combinations(names, 2)
    return list(dict.fromkeys(pairs))


def questions(urls: Iterable[str], pairs: Iterable[Pair]) -> list[Pair]:
    """Return (first, later) addresses of the pairs whose both ends are among the addresses."""
    by_tail = {tail: url for url in urls for pair in pairs for tail in pair if url.rstrip("/").endswith(tail)}
    return [(by_tail[first], by_tail[later]) for first, later in pairs if first in by_tail and later in by_tail]


def rights(order: Sequence[str], asked: Iterable[Pair]) -> list[tuple[Pair, bool]]:
    """Return for each question whether this order answers it."""
    return [((first, later), order.index(first) < order.index(later)) for first, later in asked]


def main() -> int:
    """Print for each library and in all the share of pairs that each order has right."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.order", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("libraries", metavar="LIBRARY", nargs="+", type=pathlib.Path)
    parser.add_argument("--concepts", type=int, default=100)
    parser.add_argument("--wrong", action="store_true", help="print the pairs that are wrong most often")
    given = parser.parse_args()
    pairs = gold()
    told: dict[str, list[tuple[Pair, bool]]] = collections.defaultdict(list)
    for folder in given.libraries:
        with open_library(folder).reading() as db:
            known = tables.read_concepts(db)
            vectors = tables.read_names(db)
            named = {concept.id: vectors[concept.name] for concept in known if concept.name in vectors}
            web = Web.build(known, tables.read_relations(db), named)
            passages = tables.Passages(db, known)
            texts = {article.url: list(passages.of(article.url)) for article in tables.read_articles(db)}
            for concept in known[: given.concepts]:
                near = neighbourhood(web, concept.id)
                substance = substantial(itertools.chain.from_iterable(texts.values()), concept.id)
                best = sorted(substance, key=lambda url: (-substance[url], url))[:MOST]
                asked = questions(best, pairs)
                if not asked:
                    continue
                readings = [reading(texts[url], substance[url], near) for url in best]
                refers = references([texts[url] for url in best], near)
                steps = ordered(readings, near, refers, concept.id)
                mentions = {each.url: each.stances[concept.id].mentions for each in readings}
                orders = {
                    "order": [step.reading.url for step in steps],
                    "by mentions": sorted(best, key=lambda url: (-mentions[url], url)),
                    "by length": sorted(best, key=lambda url: (sum(len(p.text) for p in texts[url]), url)),
                }
                for name, order in orders.items():
                    told[name] += rights(order, asked)
    for name, rows in told.items():
        by_pair = collections.defaultdict(list)
        for pair, right in rows:
            by_pair[pair].append(right)
        each = sum(right for _, right in rows) / len(rows)
        mean = sum(sum(some) / len(some) for some in by_pair.values()) / len(by_pair)
        print(f"{name:12} {each:.3f} of {len(rows)} questions, {mean:.3f} over {len(by_pair)} pairs")
        if given.wrong and name == "order":
            for (first, later), some in sorted(by_pair.items(), key=lambda item: sum(item[1]) - len(item[1]))[:12]:
                print(f"    {sum(some)}/{len(some)} right: {first[-40:]} < {later[-40:]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
