"""Where a text says that two spellings name one thing: 自注意力（self-attention）, multi-head attention (MHA). Pure."""

import itertools
import re
from collections.abc import Collection, Iterator, Sequence

from kg import english
from kg.english import Part
from kg.model import Gloss
from kg.names import is_acronym, is_han, is_latin, key, long_form
from kg.sayings import sayings

_BRACKET = re.compile(r"\s?[（(]([^（）()\n\x00]{2,90})[)）]")
_SEPARATOR = re.compile(r"[,，;；、]|\s+or\s+|\s*[|/]\s*(?=[A-Z]{2})")
_LEAD = re.compile(
    r"^(?:(?:or|aka|a\.k\.a\.?|i\.e\.|also (?:called|known as)|abbreviated(?: as| to)?|(?:in|for) short|short for)"
    r"[,:]?\s+"
    r"|(?:简称|缩写为?|又称为?|也称为?|也叫|即|英文为?|英文名为?|全称为?)[:：]?\s*)",
    re.IGNORECASE,
)
_MAX_WORDS = 7
_BEFORE = 120  # characters of the sentence in which the long form of an acronym is sought


def glosses(
    text: str, sentences: Sequence[tuple[int, int]], candidates: Collection[tuple[int, int]]
) -> Iterator[tuple[Gloss, tuple[int, int]]]:
    """Yield the glosses of a passage, each with the stretch of its left side.

    Where the text leaves open how far the glossed term reaches to the left, one gloss for each candidate that ends
    there: all passages together decide.
    """
    yield from _in_brackets(text, sentences, candidates)
    yield from sayings(text, candidates)


def _in_brackets(
    text: str, sentences: Sequence[tuple[int, int]], candidates: Collection[tuple[int, int]]
) -> Iterator[tuple[Gloss, tuple[int, int]]]:
    ends: dict[int, list[int]] = {}
    for start, end in candidates:
        ends.setdefault(end, []).append(start)
    for bracket in _BRACKET.finditer(text):
        opening = bracket.start()
        sentence = next((start for start, end in sentences if start <= opening <= end), 0)
        before = text[max(sentence, opening - _BEFORE) : opening]
        inner = [_LEAD.sub("", piece.strip()).strip(" \"'“”‘’") for piece in _SEPARATOR.split(bracket.group(1))]
        pieces = [piece for piece in inner if piece]
        others = [piece for piece in pieces[1:] if is_latin(piece)]
        is_told_by_letters = is_latin(before[-1:])  # which of several acronyms is the one before
        if not all(is_acronym(piece) and (is_told_by_letters or _is_short_for(piece, pieces[0])) for piece in others):
            continue  # 子层（self-attention, feed-forward）, 编辑器（HEX, ASCII）: a list of examples
        for piece in pieces:
            for start in _lefts(before, opening, piece, ends):
                start += len(re.match(r"\W*", text[start:opening]).group())  # type: ignore[union-attr]  # matches always
                gloss = Gloss(start, bracket.end(), key(text[start:opening]), key(piece))
                if gloss.left and gloss.right and gloss.left != gloss.right:
                    yield gloss, (start, opening)
        for long, short in itertools.pairwise(pieces):  # 掩码语言模型（masked language model，MLM）
            if is_acronym(short) and long_form(short, long) == 0:
                begin = text.index(long, opening)
                yield Gloss(opening, bracket.end(), key(long), key(short)), (begin, begin + len(long))


def _is_short_for(piece: str, first: str) -> bool:
    """Tell whether a later piece of a bracket may be the short form of the first: (masked language model, MLM)."""
    return not is_latin(first) or long_form(piece, first) is not None


def _lefts(before: str, opening: int, piece: str, ends: dict[int, list[int]]) -> Iterator[int]:
    """Yield where the term glossed by `piece` may begin."""
    if is_han(piece):
        if is_latin(before[-1:]) and _is_term_zh(piece):
            yield from (start for start in ends.get(opening, ()) if is_latin(before[start - opening :]))
        return
    if is_han(before[-1:]):
        if _is_term_en(piece):
            yield from (start for start in ends.get(opening, ()))
        return
    if is_acronym(piece):
        begin = long_form(piece, before)
        if begin is not None and not _opens_with_a_stop(before[begin:]):
            yield opening - len(before) + begin
        return
    last = re.search(r"\S+$", before)
    if last and is_acronym(last.group()) and long_form(last.group(), piece) == 0 and _is_term_en(piece):
        yield opening - len(last.group())


def _opens_with_a_stop(words: str) -> bool:
    """Tell whether a phrase begins with a function word, as no long form of an acronym does: we've trained."""
    first = english.words(words, 0, len(words))[:1]
    return bool(first) and first[0].part is Part.STOP


def _is_term_zh(piece: str) -> bool:
    return len(piece) <= 12 and re.fullmatch(r"[\w\- ]+", piece) is not None and not re.search("[的了是在如见]", piece)


def _is_term_en(piece: str) -> bool:
    words = english.words(piece, 0, len(piece))
    if not 0 < len(words) <= _MAX_WORDS or re.search(r"[^\w\s./'’+-]|\band\b", piece):
        return False
    if len(words) == 1:
        return words[0].part in (Part.PLAIN, Part.NAME)
    return words[0].part is not Part.STOP and words[-1].part not in (Part.STOP, Part.TAIL)
