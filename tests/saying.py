"""Passages for tests: written with the names of their concepts in brackets, [like this] or [id|as written]."""

import re

from corpus.sentences import sentences
from kg.model import Passage, Place

_NAMED = re.compile(r"\[(?:([^\]|]+)\|)?([^\]]+)\]")


def passage(
    marked: str, *, url: str = "https://a.example/", lang: str = "en", start: int = 0, headed: str = "",
    titled: str = "", chunk: str = "",
) -> Passage:  # fmt: skip
    """Return a passage of a marked text; `headed` and `titled` list concepts, separated by commas."""
    text, spans, done = "", [], 0
    for match in _NAMED.finditer(marked):
        text += marked[done : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1] or match[2].lower()))
        text += match[2]
        done = match.end()
    text += marked[done:]
    cut = tuple(sentences(text))
    places = tuple(
        Place(concept, first, last, next(nth for nth, (a, b) in enumerate(cut) if a <= first < b))
        for first, last, concept in spans
    )
    in_heading, in_title = (frozenset(filter(None, names.split(","))) for names in (headed, titled))
    return Passage(
        chunk or f"{url}#{start}", url, lang, text, start, cut, places, in_heading | in_title, in_title, in_heading
    )
