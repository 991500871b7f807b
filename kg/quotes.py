"""Which sentences show best that two concepts belong together. Pure."""

import functools
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from corpus.sentences import sentences
from corpus.urls import site
from kg.model import Evidence, Passage

MOST = 5  # quotes a relation keeps
site_of = functools.lru_cache(maxsize=1 << 14)(site)  # asked of each quote of each relation
_GOOD_CHARS = {True: (12, 120), False: (40, 260)}  # Han or not: a sentence that can be taken in at a glance
_HAN = re.compile(r"[\u3400-\u9fff]")
MARKERS = " \t\n-*•>#|"  # of a list item or heading: they are not part of what is said
_UNFINISHED = 0.15
_ENDS = re.compile(r"[.!?。！？…][\"'”’»)）\]】]*\s*$")
_BEGINS_INSIDE = re.compile(r"\s*[a-z,;:.)，。；：、）|]")
_LEANS = re.compile(
    r"\s*(?:(?:this|that|these|those|it|they|he|she|such|here|hence|thus|so|but|also|however|then)\b"
    r"|[这那它他此该其但而]|因此|所以|于是)",
    re.IGNORECASE,
)
# A reference, a table row, a formula, code, or a list run together.
_FURNITURE = re.compile(
    r"https?://|arxiv|et al\.?,? \(?\d{4}|\bdoi\b|\|.*\||\\[\[(a-zA-Z]|[={}\\_<>]{2}|\w\(\w*\)\s*[:=]|^\s*\[\d+\]|"
    r"\n\s*[-*•].*\n\s*[-*•]|^\s*\d+(?:\.\d+)+\.?\s|[^\W\d_](?<!第)\d+\.\d+\.\d+\.",
    re.IGNORECASE,
)
# Of the writer, not of the matter; or a question.
_ASIDE = re.compile(
    r"\s*(?:[\"'“‘]?(?:I|I['’](?:m|ve|ll|d)|my|let['’]s|let (?:us|me)|thanks?)\b|我(?!们)|让我们|笔者)|.*[?？]\s*$",
    re.IGNORECASE | re.DOTALL,
)
_TOGETHER = re.compile(
    r"[*_`\"'”’》]*(?:\s*[(（][^()（）]{1,40}[)）])?\s*(?:,?\s*(?:and|or|&)\b|[、/]|和|与|及|以及|或)\s*[*_`\"'“‘《]*",
    re.IGNORECASE,
)
_OPENING = {True: 8, False: 16}  # Han or not: characters before the subject of a sentence


class Quote(NamedTuple):
    """A stretch of a document with its place in the ranking: by cost, then by where it stands."""

    cost: float  # lower is better
    url: str
    start: int  # in the document
    end: int
    chunk: str
    lang: str
    words: int  # what `words` says of its text


def quoted(passage: Passage, start: int, end: int) -> Evidence:
    """Return passage.text[start:end] as a quote, without the marks of a list item or heading before it."""
    words = passage.text[start:end].rstrip()
    begin = passage.start + start + len(words) - len(words.lstrip(MARKERS))
    words = words.lstrip(MARKERS)
    return Evidence(passage.chunk, passage.url, passage.lang, words, begin, begin + len(words))


def penalty(sentence: str, concepts: int = 2) -> float:
    """Return from 0 (a short whole sentence about two concepts) to below 1 what speaks against quoting it."""
    text = sentence.strip()
    low, high = _GOOD_CHARS[bool(_HAN.search(text))]
    cost = 0.0
    if len(text) < low:
        cost += 0.15 * (1 - len(text) / low)
    elif len(text) > high:
        cost += 0.15 * (1 - high / len(text))
    if not _ENDS.search(text):
        cost += _UNFINISHED  # a heading, a caption, a list item
    if _BEGINS_INSIDE.match(text):
        cost += _UNFINISHED
    if _LEANS.match(text):
        cost += 0.05  # it leans on what came before
    if _ASIDE.match(text):
        cost += 0.1
    if _FURNITURE.search(text):
        cost += 0.3
    return cost + 0.15 * (1 - 2 / max(2, concepts))  # the more it names, the less it says of two


def only_lists(before: str, between: str) -> float:
    """Return what speaks against a sentence as a quote of two names with these words before and between them.

    Further back in a sentence, "pruning and quantization" lists the two; as its subject, something is said of both.
    """
    is_list = len(before) > _OPENING[bool(_HAN.search(before))] and _TOGETHER.fullmatch(between)
    return 0.1 if is_list else 0.0


def is_whole(sentence: str) -> bool:
    """Tell whether it is a sentence, and neither a heading, a part of one, nor what a machine wrote."""
    return penalty(sentence) < _UNFINISHED


def flaws(quote: str) -> float:
    """Return what speaks against a quote as the only one that is read; a table row is as bad as a second sentence."""
    return len(sentences(quote)) - 1 + bool(_FURNITURE.search(quote)) + penalty(quote)


def distinct(by_source: Mapping[str, Sequence[Quote]]) -> list[str]:
    """Return the sources, by URL, without those whose best quote another says in the same words."""
    seen: dict[int, str] = {}
    for url, quotes in sorted(by_source.items()):
        seen.setdefault(min(quotes).words, url)
    return sorted(seen.values())


def best_quotes(first: Iterable[Quote], others: Iterable[Quote]) -> tuple[Quote, ...]:
    """Return the quotes to show, at most five: the best of `first` leads, then what is good and adds a voice.

    A language not heard yet makes up for a further sentence between the two; a site for half, a source for less.
    """
    chosen = sorted(first)[:1]
    pool = sorted({*chosen, *others} - set(chosen))
    while pool and len(chosen) < MOST:
        said = {quote.words for quote in chosen}
        pool = [quote for quote in pool if quote.words not in said]
        if pool:
            best = min(pool, key=lambda quote: (quote.cost - _news(quote, chosen), quote))
            chosen.append(best)
            pool.remove(best)
    return tuple(chosen)


def words(quote: str) -> int:
    """Return 64 bits that two quotes share where they say the same words, however spaced and capitalised."""
    bare = "".join(quote.split()).casefold()
    return int.from_bytes(hashlib.blake2b(bare.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _news(quote: Quote, heard: Sequence[Quote]) -> float:
    if not heard:
        return 0.0
    return (
        1.0 * all(quote.lang != other.lang for other in heard)
        + 0.5 * all(site_of(quote.url) != site_of(other.url) for other in heard)
        + 0.25 * all(quote.url != other.url for other in heard)
    )
