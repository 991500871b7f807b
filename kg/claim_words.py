"""Words that make claims in both languages: what is counted, what compares, what denies. Data, read once."""

import dataclasses
import functools
import pathlib
import re

from corpus.spelling import fold
from kg.names import is_han, key


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """One kind of words: which key each stands for, and the pattern that finds any."""

    keys: dict[str, str]
    pattern: re.Pattern[str]


@functools.cache
def units() -> dict[str, str]:
    """Return for each word that is counted (folded, singular) what it counts."""
    return {key(word): name for word, name in _table()["unit"]}


@functools.cache
def words(kind: str) -> Words:
    """Return the words of a kind (more, less, good, bad, does, undoes, not, guess, bound), the longest first."""
    rows = _table()[kind]
    keys = {fold(word): name for word, name in rows}
    latin = sorted((re.escape(word) for word, _ in rows if not is_han(word)), key=lambda word: (-len(word), word))
    han = sorted((re.escape(word) for word, _ in rows if is_han(word)), key=lambda word: (-len(word), word))
    parts = [rf"(?<![^\W\u3400-\u9fff])(?:{'|'.join(latin)})(?![^\W\u3400-\u9fff])"] if latin else []
    parts += han
    return Words(keys, re.compile("|".join(parts), re.IGNORECASE))


@functools.cache
def _table() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    table = pathlib.Path(__file__).with_name("claims.tsv").read_text(encoding="utf-8")
    for line in table.splitlines()[1:]:
        kind, name, english, chinese = line.split("\t")
        found.setdefault(kind, []).extend((word, name) for word in (*english.split(), *chinese.split()))
    return found
