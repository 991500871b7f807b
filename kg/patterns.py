"""What a sentence says of two concepts that it names: patterns in English and Chinese. Pure.

Such patterns (Hearst 1992) are right too seldom to found a relation on them: they give a type, with its quote, to a
pair that hangs together by other evidence. They are few and narrow: the words between the two names must be exactly
those, and the first name must open its clause where the pattern speaks of its subject ("the size of X is a Y" says
nothing of X). Where the second name opens a list, what is said of it is said of the whole list: "X uses A, B and C".
"""

import functools
import re
from collections.abc import Iterator, Sequence

from kg import patterns_en, patterns_zh
from kg.pattern import IS_A, SYMMETRIC, USED_FOR, Pattern, joined

RECIPE = "patterns 11"  # a change of what is said of two names changes this
MAX_BETWEEN = 64  # characters between two names that one pattern may span
_REACH = 3  # names further on than this belong to another clause


def stated(sentence: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str, bool]]:
    """Yield (i, j, type, reads back) where a pattern relates spans i < j; the spans are sorted and do not overlap."""
    for i, (_, end) in enumerate(spans):
        found: Pattern | None = None
        for j in range(i + 1, min(i + 1 + _REACH, len(spans))):
            if spans[j][0] - end > MAX_BETWEEN:
                break
            pattern = _matching(sentence, spans, i, j)
            if pattern is None or (found is not None and pattern.type != USED_FOR):
                continue
            found = pattern
            for k in [*_list_before(sentence, spans, i), i] if pattern.of_list else [i]:
                yield k, j, pattern.type, pattern.reads_back
            if pattern.type not in SYMMETRIC:
                for k in _list_after(sentence, spans, j):
                    if pattern.after.match(sentence, spans[k][1]):
                        yield i, k, pattern.type, pattern.reads_back
            if pattern.type != IS_A or pattern.reads_back:
                break  # what follows belongs to this statement or another clause; but "X is a Y used for Z" says two


def _matching(sentence: str, spans: Sequence[tuple[int, int]], i: int, j: int) -> Pattern | None:
    first, second = spans[i], spans[j]
    between = sentence[first[1] : second[0]]
    if _some_between().fullmatch(between) is None:  # as most are: one look for all patterns
        return None
    before, name = _before(sentence, first), sentence[slice(*first)]
    if between[:1] in ")）" and not _GLOSSED.search(before):
        return None  # in brackets, and no other name of what stands before them
    if _RUN_ON.match(name[-1] + between):
        return None  # a heading, and the sentence below it
    opening = _before(sentence, spans[next(iter(_list_before(sentence, spans, i)), i)])
    for pattern in _patterns():
        if (
            pattern.between.fullmatch(between)
            and pattern.before.search(opening if pattern.of_list else before)
            and pattern.first.search(name)
            and pattern.second.search(sentence[second[0] : second[1]])
            and pattern.after.match(sentence, second[1])
        ):
            return pattern
    return None


def _before(sentence: str, span: tuple[int, int]) -> str:
    return sentence[max(0, span[0] - 48) : span[0]]


def _list_before(sentence: str, spans: Sequence[tuple[int, int]], last: int) -> list[int]:
    """Return the spans that stand in one list with the last of it, before it, in order."""
    first = last
    while first and _AND.fullmatch(sentence, spans[first - 1][1], spans[first][0]):
        first -= 1
    return list(range(first, last))


def _list_after(sentence: str, spans: Sequence[tuple[int, int]], first: int) -> list[int]:
    """Return the spans that stand in one list with the first of it, after it.

    A comma alone makes no list: the list ends with "and" or the like, or goes on where nothing is known any more.
    """
    found: list[int] = []
    for k in range(first + 1, len(spans)):
        join = _AND.fullmatch(sentence, spans[k - 1][1], spans[k][0])
        if join is None:
            break
        found.append(k)
        if join["last"]:
            return found
    return found if found and _MORE.match(sentence, spans[found[-1]][1]) else []


_AND = re.compile(
    r"[*_`\"'”’》]*(?:\s*[(（][^()（）]{1,40}[)）])?\s*(?:(?P<last>,?\s*(?:and|or)\b|和|与|及|以及|或者?)|[,、，])\s*"
    r"(?:(?:a|an|the)\s+(?:[a-z-]+\s+)?)?[*_`\"'“‘《]*",
    re.IGNORECASE,
)
_RUN_ON = re.compile(r"[\u3400-\u9fff]\s+(?:使用|采用|利用|引入|用|发布|推出|提出)")
_GLOSSED = re.compile(
    r"[(（](?:[\w-]+[,，、;；]\s*)*(?:(?:also|often|or|aka|a\.k\.a\.|known as|called|i\.e\.,?|又称|简称|也称|即)\s*)*$",
    re.IGNORECASE,
)
_MORE = re.compile(r"[*_`\"'”’》]*\s*(?:,?\s*(?:and|or|etc)\b|、|和|与|及|以及|或|等)", re.IGNORECASE)


@functools.cache
def _patterns() -> tuple[Pattern, ...]:
    """Return the patterns, compiled when they are first needed: that takes a tenth of a second."""
    return (*patterns_en.patterns(), *patterns_zh.patterns())


@functools.cache
def _some_between() -> re.Pattern[str]:
    """Return what matches all the text between two names that any pattern can mean."""
    return joined("|".join(f"(?:{pattern.words})" for pattern in _patterns()))
