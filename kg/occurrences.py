"""Where sources speak of a concept: how often, where first, and where best. Pure."""

import dataclasses
import itertools
from collections.abc import Iterable

from kg.model import Evidence, Passage, Place
from kg.quotes import flaws
from kg.statements import DOES, said

_SAYS, _DOES = 0.5, 0.3  # for a sentence that says what the concept is, or does: half of what a second sentence costs
_OPENS = 0.2  # for one that begins with it: it is likely about it
_EMPTY = 0.5  # against a heading, a caption, a fragment, a question, and what only opens a list
_WELL_MADE = 0.15  # flaws below this: a whole sentence, no heading, caption or row of a table


@dataclasses.dataclass(frozen=True, slots=True)
class Occurrence:
    """What one source has of a concept."""

    url: str
    lang: str  # of the best passage
    count: int
    first: Evidence  # the first whole sentence that names it; where none does, the heading or fragment that is first
    best: Evidence  # the sentence that says most of it


def occurrences(passages: Iterable[Passage]) -> list[Occurrence]:
    """Return what each source has of the one concept whose places these passages hold, by URL.

    The passages come by URL and place.
    """
    return [_occurrence(url, list(group)) for url, group in itertools.groupby(passages, key=lambda each: each.url)]


def _occurrence(url: str, passages: list[Passage]) -> Occurrence:
    places = [(passage, place) for passage in passages for place in passage.places]
    spoken = [(_worth(passage, place), _sentence(passage, place)) for passage, place in places]
    whole = [said for (_, said), (passage, place) in zip(spoken, places, strict=True) if _is_whole(passage, place)]
    _, best = min(spoken, key=lambda item: (-item[0], item[1].start))
    return Occurrence(url, best.lang, len(places), (whole or [spoken[0][1]])[0], best)


def _sentence(passage: Passage, place: Place) -> Evidence:
    start, end = passage.sentences[place.sentence]
    begin = passage.start + start
    return Evidence(
        passage.chunk, passage.url, passage.lang, passage.text[start:end], begin, begin + end - start
    )  # fmt: skip


def _is_whole(passage: Passage, place: Place) -> bool:
    return flaws(passage.text[slice(*passage.sentences[place.sentence])]) < _WELL_MADE


def _worth(passage: Passage, place: Place) -> float:
    start, end = passage.sentences[place.sentence]
    sentence = passage.text[start:end]
    if sentence.endswith(("?", "？", ":", "：")) or not _is_whole(passage, place):
        return -_EMPTY - flaws(sentence)
    statement = said(sentence, place.start - start, place.end - start, passage.lang)
    says = 0.0 if statement is None else _DOES if statement.way == DOES else _SAYS
    return says + _OPENS * (place.start - start < 5) - flaws(sentence)  # an article or a list mark may stand before it
