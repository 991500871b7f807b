"""How much a passage says about one concept, and in which of its sentences. Pure.

A passage tells much of a concept when one of its sentences defines it, when its heading or title names it, and when it
comes back to it; how near it is in meaning, if that is known, joins in. A definition is told from words beside the
name, in either language, where the name opens its clause: "the size of X is a Y" defines no X.
"""

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping

from kg.model import Evidence, Passage, Place
from kg.quotes import penalty, quoted

QUOTES = 2  # sentences that are shown of a passage
# What each adds to what a passage tells; a cosine adds itself. Set by reading what came first for ten concepts.
_DEFINES, _HEADING, _TOPIC, _AGAIN = 0.8, 0.5, 0.2, 0.2
_DEFINES_SENTENCE, _OPENS_SENTENCE = 0.6, 0.1  # beside the penalty of a sentence, which is below 1

_GLOSS = r"(?:\s*[(（][^()（）\n]{1,60}[)）])?[*_\"'”’」》]*"
_DEFINED = re.compile(
    rf"{_GLOSS}s?(?:,?\s+(?:or|also (?:called|known as))\s[^,.]{{1,40}},)?\s*"
    r"(?:\b(?:is|are|was|were)\s+(?:(?:just|simply|basically|essentially|really|actually|also)\s+)?"
    r"(?:an?|the|one|any|another)\s+(?!same\b|only\b|case\b|reason\b|result\b|key\b|most\b|best\b|first\b|last\b|next\b)"
    r"|\b(?:refers?\s+to|stands?\s+for|denotes?|means|describes?|aims?\s+(?:to|at)|consists?\s+of)\b"
    r"|\b(?:is|are)\s+(?:defined|calculated|computed|called|known|(?:\w+\s+){0,2}(?:method|technique|process)s?\s)"
    r"|\s*(?:[:：]|[-–—])\s+(?=[A-Z]\w+\s)"
    r"|(?:就|其实|也就|通常|一般|实际上|本质上)?(?:是一[种个类项款]|是指|指的是|就是指|即指|就是(?![使利运]?用|在|为了|对|因为|说|要|会|通过)|定义为|定义如下|旨在|的定义)"
    r"|\s*是(?=[^，。否]{2,40}的(?:方法|技术|模型|机制|过程|网络|结构|函数|任务|算法|操作|一种)))"
)
_CALLED = re.compile(
    r"(?:\b(?:called|termed|dubbed|named|known\s+as|referred\s+to\s+as)\s+(?:an?\s+|the\s+)?"
    r"|(?:称[为作之]+|叫做?|所谓的?|称之为)\s*)[*_\"'“‘「《]*$"
)
_OPENS = re.compile(  # what may stand before a name that opens its clause
    r"(?:.{0,60}[,，:：;；]\s*|(?:so|and|but|now|here|then|thus)\s+|(?:而|其中|这里的?|因此|所以|那么|简单来说)\s*)?"
    r"(?:the\s+(?:idea\s+of\s+|goal\s+of\s+)?|an?\s+|所谓的?)?[\s*_\"'“‘「《#>•\d.)（(-]*",
    re.IGNORECASE | re.DOTALL,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """What one passage says about a concept."""

    passage: Passage
    mentions: int
    defines: bool  # one of its sentences says what the concept is
    heads: bool  # the heading above it names the concept; where there is none, the title
    score: float  # how much it tells: comparable between passages of one concept
    evidence: tuple[Evidence, ...]  # its sentences that say most, best first; never empty


def defines(sentence: str, start: int, end: int) -> bool:
    """Tell whether a sentence says what the term at [start, end) is, or gives something that name."""
    if _CALLED.search(sentence, max(0, start - 32), start):
        return True
    return bool(_DEFINED.match(sentence, end) and opens(sentence, start))


def opens(sentence: str, start: int) -> bool:
    """Tell whether the term at `start` opens its sentence, or a clause in it."""
    return _OPENS.fullmatch(sentence, 0, start) is not None


def said(passage: Passage, concept: str, closeness: float = 0.0) -> Said | None:
    """Return what a passage says about a concept, None where it does not name it.

    `closeness` is the cosine of passage and concept, 0 where it is not known.
    """
    places = [place for place in passage.places if place.concept == concept]
    if not places:
        return None
    ranked = sorted(_sentences(passage, places))
    is_defined = any(defining for _, _, defining in ranked)
    heads = concept in passage.headed
    count = len(places)
    score = (
        _DEFINES * is_defined
        + _HEADING * heads
        + _TOPIC * (concept in passage.topics)
        + _AGAIN * math.log2(count)
        + closeness
        - ranked[0][0]
    )
    spans = [passage.sentences[number] for _, number, _ in ranked[:QUOTES]]
    evidence = tuple(quoted(passage, start, end) for start, end in spans)
    return Said(passage, count, is_defined, heads, score, evidence)


def _sentences(passage: Passage, places: Iterable[Place]) -> Iterable[tuple[float, int, bool]]:
    """Yield (cost, number, whether it defines) of each sentence that names the concept in these places."""
    crowd: dict[int, set[str]] = {}
    for place in passage.places:
        crowd.setdefault(place.sentence, set()).add(place.concept)
    found: dict[int, tuple[bool, bool]] = {}
    for place in places:
        start, end = passage.sentences[place.sentence]
        sentence = passage.text[start:end]
        defining = "heading" not in place.cues and defines(sentence, place.start - start, place.end - start)
        is_first = opens(sentence, place.start - start)
        before = found.get(place.sentence, (False, False))
        found[place.sentence] = before[0] or defining, before[1] or is_first
    for number, (defining, is_first) in found.items():
        start, end = passage.sentences[number]
        cost = penalty(passage.text[start:end], len(crowd[number]))
        yield cost - _DEFINES_SENTENCE * defining - _OPENS_SENTENCE * is_first, number, defining


def best(passages: Iterable[Passage], concept: str, closeness: Mapping[str, float]) -> list[Said]:
    """Return what passages say about a concept, those that tell most first; `closeness` is by chunk.

    Passages of one page take turns with those of others: a page's second stands after the first of every page that
    tells more than half a point less.
    """
    found = [each for passage in passages if (each := said(passage, concept, closeness.get(passage.chunk, 0.0)))]
    found.sort(key=lambda each: (-each.score, each.passage.url, each.passage.start))
    seen: dict[str, int] = {}
    turns = []
    for each in found:
        nth = seen[each.passage.url] = seen.get(each.passage.url, -1) + 1
        turns.append((nth / 2 - each.score, each.passage.url, each.passage.start, each))
    return [each for _, _, _, each in sorted(turns, key=lambda turn: turn[:3])]
