"""Which ideas a text names, told by their spellings alone: quick enough for every question."""

import re
import sqlite3
from collections.abc import Container, Mapping

from index.model import Named
from kg import tables
from kg.names import HAN, key

MAX_WORDS = 6  # of a name in letters
MAX_HAN = 12  # characters of a name in Chinese
_PIECE = re.compile(rf"[{HAN}]|[^\W{HAN}_]+(?:\+\+?|#)?")
_JOINT = re.compile(r"[\s\-‐‑–—_/'’.]{0,3}")  # what may stand between two pieces of one name

Stretch = tuple[int, int]


def stretches(text: str) -> dict[Stretch, str]:
    """Return the key of each stretch [start, end) of a text that could be a name."""
    pieces = [found.span() for found in _PIECE.finditer(text)]
    found: dict[Stretch, str] = {}
    for first, (start, _) in enumerate(pieces):
        words = letters = 0
        for nth, (begin, end) in enumerate(pieces[first:], first):
            if nth > first and not _JOINT.fullmatch(text, pieces[nth - 1][1], begin):
                break
            is_han = end - begin == 1 and re.match(f"[{HAN}]", text[begin]) is not None
            words, letters = words + (not is_han), letters + is_han
            if words > MAX_WORDS or letters > MAX_HAN:
                break
            found[start, end] = key(text[start:end])
    return found


def longest(found: Mapping[Stretch, str], known: Container[str]) -> list[Stretch]:
    """Return the stretches whose key is known: of those that overlap the longest, in order.

    A lone Chinese character names nothing.
    """
    taken: list[Stretch] = []
    for start, end in sorted(found, key=lambda place: (place[0] - place[1], place)):
        if end - start > 1 and found[start, end] in known and all(end <= a or b <= start for a, b in taken):
            taken.append((start, end))
    return sorted(taken)


def named(db: sqlite3.Connection, text: str) -> list[Named]:
    """Return the ideas of the stored graph that a text names, in order, with what else each is called."""
    found = stretches(text)
    names = tables.names_by_key(db, set(found.values()))
    return [
        Named(text[start:end], tuple(name for name in names[own] if key(name) != own))
        for start, end in longest(found, names)
        for own in [found[start, end]]
    ]
