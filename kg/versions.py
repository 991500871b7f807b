"""Which other sources say the same as one: copies, told by words in a row, and translations, told by vectors. Pure.

A translation says the same things in the same order. Each passage of a source is set beside the nearest passage in
another language; those that are near enough and whose counterparts follow each other on the other page, as the longest
such chain, are its share. An article on the same topic has near passages too, but neither so many nor in order. Of the
chain the likeness is measured, sentence by sentence (index/near.py): it tells a translation from a page that goes
through the same things in the same order in words of its own, a counterpart.

A copy has the same words in a row; how much of a source stands in such rows elsewhere is its share.

The figures below were measured (docs/graph-reading.md): six chapters of a textbook in two languages among 30 articles
on the same topics, the paragraphs of XQuAD, and seven articles that stand in two libraries as different pages.
"""

import bisect
import dataclasses
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from corpus.spelling import fold

ALIKE = 0.38  # cosine from which two passages may say the same, if what stands around them does so too
ALIKE_ALONE = 0.5  # of short sources, which have no order: .975 of 480 translated paragraphs are as near
SHORT = 4  # fewer passages than this can't show an order
WHOLE = 0.55  # share from which one is a version of the other: translations have .68 or more, others at most .5
PART = 0.37  # share from which a part is, where no less than LEAST_PART passages are; others have at most .38
LEAST_PART = 5
TRANSLATED = 0.7  # likeness: translations have .84 or more, pages that retell others at most .65
RETOLD = 0.48  # those have .50 or more, and what only shares its topic at most .40
# Words in a row that nobody writes twice by chance; so long, what two articles share is quoted or copied.
ROW = 8
COPIED_PART = 0.1  # of a text; more than phrases of the trade, which come to .08
_TOKEN = re.compile(r"[^\W\d_\u3400-\u9fff]+|\d+|[\u3400-\u9fff]")


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """A passage and the one of another source that is nearest to it."""

    own: int  # place in its source, from 0
    url: str  # of the other
    other: int  # place in that source
    cosine: float


@dataclasses.dataclass(frozen=True, slots=True)
class Version:
    """Another source that says the same, or a part of it."""

    url: str
    kind: str  # copy, translation, counterpart
    share: float  # of the source that has a counterpart there
    whole: bool  # it is one version of the other; else only a part of it is
    likeness: float  # of what has a counterpart: 1 for a copy
    pairs: tuple[Pair, ...]  # the counterparts in order; of a copy none


def translations(pairs: Iterable[Pair], length: int, likeness: Callable[[Sequence[Pair]], float]) -> list[Version]:
    """Return which sources a source of so many passages, or a part of it, is a translation or retelling of, best first.

    `pairs` has for each passage the nearest in a source of another language, and any as near in a further source: an
    original may stand there twice.
    """
    least = ALIKE if length >= SHORT else ALIKE_ALONE
    by_url: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.cosine >= least:
            by_url.setdefault(pair.url, []).append(pair)
    found = []
    for url, some in by_url.items():
        chain = longest_chain(sorted(some, key=lambda pair: pair.own))
        share = len(chain) / length
        if share >= WHOLE or (share >= PART and len(chain) >= LEAST_PART):
            like = likeness(chain)
            if like >= (RETOLD if length >= SHORT else TRANSLATED):
                kind = "translation" if like >= TRANSLATED else "counterpart"
                found.append(Version(url, kind, share, share >= WHOLE, like, tuple(chain)))
    return sorted(found, key=lambda version: (-version.share, version.url))


def longest_chain(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the most pairs, in their order, whose counterparts never go back: the first of the longest such chains."""
    ends: list[int] = []  # the least last counterpart of a chain of each length
    at: list[int] = []  # which pair that is
    before: list[int] = []
    for nth, pair in enumerate(pairs):
        place = bisect.bisect_right(ends, pair.other)
        before.append(at[place - 1] if place else -1)
        ends[place:] = [pair.other, *ends[place + 1 :]]
        at[place:] = [nth, *at[place + 1 :]]
    chain = []
    nth = at[-1] if at else -1
    while nth >= 0:
        chain.append(pairs[nth])
        nth = before[nth]
    return chain[::-1]


def copies(text: str, others: Mapping[str, str]) -> list[Version]:
    """Return which of the other texts, by URL, hold this text or a part of it in the same words, the most first."""
    own = tokens(text)
    found = []
    for url, other in others.items():
        share = copied(own, frozenset(_rows(tokens(other))))
        if share >= COPIED_PART:
            found.append(Version(url, "copy", share, share >= WHOLE, 1.0, ()))
    return sorted(found, key=lambda version: (-version.share, version.url))


def tokens(text: str) -> list[str]:
    """Return the words of a text, folded; a Chinese character is one."""
    return _TOKEN.findall(fold(text))


def copied(own: Sequence[str], rows: Collection[tuple[str, ...]]) -> float:
    """Return the share of words that stand in rows of ROW words which the other text has too."""
    covered = bytearray(len(own))
    for start, row in enumerate(_rows(own)):
        if row in rows:
            covered[start : start + ROW] = b"\x01" * ROW
    return sum(covered) / len(own) if own else 0.0


def _rows(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(itertools.islice(words, start, None) for start in range(ROW)), strict=False)
