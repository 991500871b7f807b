"""Passages from literals in which names stand in brackets: "[Rye] is a grain." mentions the concept `rye`."""

import re
from collections.abc import Iterable

from corpus.sentences import sentences
from kg.model import Passage, Place


def unmarked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text without its brackets, and where the names in them stand."""
    text, spans = "", []
    for part in re.split(r"(\[.*?\])", marked):
        if part.startswith("["):
            spans.append((len(text), len(text) + len(part) - 2))
            part = part[1:-1]
        text += part
    return text, spans


def passage(
    marked: str, url: str = "https://a.example/1", *, lang: str = "", start: int = 5000, topics: Iterable[str] = ()
) -> Passage:
    """Return a passage; a concept's id is its name in lower case, its language told by its script where not given."""
    text, spans = unmarked(marked)
    within = tuple(sentences(text))
    places = tuple(
        Place(text[first:last].lower(), first, last, next(i for i, (_, end) in enumerate(within) if last <= end))
        for first, last in spans
    )
    lang = lang or ("zh" if re.search("[\u4e00-\u9fff]", text) else "en")
    return Passage(f"{url}#{start}", url, lang, text, start, within, places, frozenset(topics))
