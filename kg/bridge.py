"""What each language says about a concept, and what is said with it in one language alone. Pure."""

import collections
import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from kg.model import Evidence, Passage, Relation
from kg.tally import WINDOW
from kg.telling import Said, best

_LEAST = 2  # mentions beside the concept: a single one is no difference between languages


@dataclasses.dataclass(frozen=True, slots=True)
class Coverage:
    """How much is said about a concept in one language."""

    lang: str
    n_sources: int
    n_mentions: int


@dataclasses.dataclass(frozen=True, slots=True)
class Only:
    """A concept that sentences name beside another in one language, and in no other."""

    concept: str  # id
    lang: str
    n_sources: int
    n_mentions: int  # of the concept, near the other
    elsewhere: bool  # the other languages know the concept, but do not join it to this one
    evidence: Evidence


def coverage(mentions: Iterable[Evidence]) -> list[Coverage]:
    """Return how many sources and mentions each language has, most mentions first."""
    counts: collections.Counter[str] = collections.Counter()
    urls: dict[str, set[str]] = collections.defaultdict(set)
    for mention in mentions:
        counts[mention.lang] += 1
        urls[mention.lang].add(mention.url)
    return [
        Coverage(lang, len(urls[lang]), count)
        for lang, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def across(
    passages: Iterable[Passage], concept: str, closeness: Mapping[str, float], langs: Sequence[str], k: int
) -> list[Said]:
    """Return the k passages of each of these languages that say most about a concept, language by language."""
    by_lang: dict[str, list[Passage]] = {lang: [] for lang in langs}
    for passage in passages:
        if passage.lang in by_lang:
            by_lang[passage.lang].append(passage)
    return [said for lang in langs for said in best(by_lang[lang], concept, closeness)[:k]]


def only(
    passages: Iterable[Passage],
    concept: str,
    links: Mapping[str, Relation],
    langs_of: Mapping[str, frozenset[str]],
    spoken: Sequence[str],
) -> list[Only]:
    """Return the concepts that one language alone names within two sentences of this one, best supported first.

    `links` are its relations: what stands near it by chance is left out. `langs_of` tells in which languages each
    concept is named at all. Where fewer than two languages speak of the concept (`spoken`), there is nothing to tell.
    """
    if len(spoken) < 2:
        return []
    counts: dict[str, dict[str, collections.Counter[str]]] = {}
    for passage in passages:
        for other, count in _near(passage, concept).items():
            by_lang = counts.setdefault(other, {})
            by_lang.setdefault(passage.lang, collections.Counter())[passage.url] += count
    found = []
    for other, by_lang in counts.items():
        if len(by_lang) > 1 or other not in links:
            continue
        ((lang, urls),) = by_lang.items()
        if urls.total() < _LEAST:
            continue
        quote = next((each for each in links[other].evidence if each.lang == lang), None)
        if quote is not None:
            elsewhere = bool(langs_of.get(other, frozenset()) - {lang})
            found.append(Only(other, lang, len(urls), urls.total(), elsewhere, quote))
    return sorted(found, key=lambda each: (-each.n_sources, -each.n_mentions, -links[each.concept].llr, each.concept))


def _near(passage: Passage, concept: str) -> collections.Counter[str]:
    """Return the other concepts that stand within a window's reach of this one, and how often."""
    named = {place.sentence for place in passage.places if place.concept == concept}
    near = {number + step for number in named for step in range(1 - WINDOW, WINDOW)}
    return collections.Counter(
        place.concept for place in passage.places if place.sentence in near and place.concept != concept
    )
