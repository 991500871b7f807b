"""How much the sources make of a candidate: repetition, spread, words of its own, the author's mark-up. Pure.

After C-value (Frantzi, Ananiadou and Mima 2000), document frequency and contrast with general language. The weights
were set on 42 articles in two languages (bench/concepts.py) and kept round.
"""

import functools
import math
from collections.abc import Sequence

from kg import chinese, english, vocabulary
from kg.evidence import Candidate
from kg.names import is_han

_COMMON, _RARE = 6.0, 2.6  # Zipf scale: as common as "people", and what the background doesn't know
_NESTED = 0.25  # what a mention inside a longer candidate counts
_POINTED = {  # what sources add by pointing at a term
    "heading": 1.2,
    "title": 1.2,
    "strong": 1.2,
    "gloss": 0.8,
    "item-title": 0.6,
    "defined": 0.6,
    "link": 0.5,
    "emphasis": 0.5,
    "quoted": 0.3,
}
_NAME = 1.3
_GENERAL = 0.6  # no word of its own: model architecture


def score(members: Sequence[Candidate]) -> float:
    """Return the rank of a concept with these spellings; higher is better."""
    repeated = math.log2(1 + sum(_freed(member) * math.log2(1 + len(_words(member.surface))) for member in members))
    spread = 1 + 0.5 * math.log2(len(frozenset().union(*(member.urls for member in members))))
    pointed = 1 + sum(
        weight * math.log2(1 + sum(member.cue_urls.get(cue, 0) for member in members))
        for cue, weight in _POINTED.items()
    )
    frequent = max(member.count for member in members) / 5
    specific = max(specificity(member.surface) for member in members if member.count >= frequent)
    is_name = any(member.cues.get("name", 0) * 2 > member.count for member in members)
    is_general = all(member.cues.get("general", 0) * 2 > member.count for member in members)
    shape = _NAME if is_name else _GENERAL if is_general else 1
    return repeated * spread * pointed * specific * shape


def specificity(surface: str) -> float:
    """Return, in (0, 1], how little the words of a term belong to general language.

    Common words by themselves are rarely terms; together they often are (language model), so the measure is bent
    down for one word and up for several.
    """
    words = _words(surface)
    if not words:
        return 0.1
    mean = sum((_COMMON - _commonness(word)) / (_COMMON - _RARE) for word in words) / len(words)
    return float(min(1.0, max(0.1, mean)) ** (1.5 if len(words) == 1 else 0.5))


def contrast(candidate: Candidate, total: int) -> float:
    """Return the powers of ten by which a word is more frequent among `total` mentions than in general language."""
    return math.log10(candidate.count / total * 1e9) - _commonness(candidate.surface)


def _freed(candidate: Candidate) -> float:
    """Return the mentions of a candidate, those inside a longer candidate counted for less."""
    whole = candidate.cues.get("whole", 0)
    return whole + _NESTED * (candidate.count - whole)


@functools.lru_cache(maxsize=1 << 17)
def _words(surface: str) -> tuple[str, ...]:
    cut = chinese.words if is_han(surface) else english.words
    return tuple(word.text for word in cut(surface, 0, len(surface)))


def _commonness(word: str) -> float:
    return vocabulary.commonness(word, "zh") if is_han(word) else vocabulary.commonness(word.lower(), "en")
