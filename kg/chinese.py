"""Chinese words of a clause, and what part each may play in a term: told from jieba's dictionary and word lists."""

import functools
import warnings
from typing import TYPE_CHECKING

from corpus.spelling import fold
from kg import vocabulary
from kg.english import Part, Word

if TYPE_CHECKING:
    import jieba  # type: ignore[import-untyped]  # ships no types

_GENERAL_LETTER = 5.7  # a verb or adjective of one character as common as this ends a term; others may open one
_GENERAL = 4.6  # Zipf scale: an adverb, adjective or verb as common as this is no term, and ends one if an adverb


def words(text: str, start: int, end: int) -> list[Word]:
    """Return the words of a stretch of Han characters, text[start:end], in order and in simplified characters."""
    found: list[Word] = []
    place = start
    stretch = text[start:end]
    simplified = fold(stretch)  # jieba knows little of traditional characters
    for surface in _cutter().cut(simplified if len(simplified) == len(stretch) else stretch):
        for piece in _pieces(surface):
            if found and found[-1].text in vocabulary.classes("zh")["prefix-of-verbs"] and _is_rare_verb(piece):
                found[-1] = found[-1]._replace(part=Part.PREFIX)  # 过拟合; but in 用过模型 it says that something was
            found.append(Word(place, place + len(piece), piece, part(piece)))
            place += len(piece)
    return found


def _is_rare_verb(surface: str) -> bool:
    return part(surface) is Part.PLAIN and _tags().get(surface) == "v"


@functools.lru_cache(maxsize=1 << 16)
def _pieces(surface: str) -> tuple[str, ...]:
    """Return the word, or its characters where jieba guessed a word around a function word (和键, 集上)."""
    if len(surface) == 1 or surface in _tags():
        return (surface,)
    return tuple(surface) if any(part(letter) is Part.STOP for letter in surface) else (surface,)


@functools.lru_cache(maxsize=1 << 16)
def part(surface: str) -> Part:
    """Return the part that a Chinese word may play."""
    general = _general()
    if surface in general:
        return general[surface]
    tag = _tags().get(surface, "")
    common = vocabulary.commonness(surface, "zh")
    if tag[:1] in tuple("pcurydqoef") or tag in ("zg", "m", "mq", "t", "tg"):
        return Part.STOP if common >= _GENERAL or tag[:1] in tuple("pcury") else Part.PREFIX
    if len(surface) == 1:
        if tag.startswith("n"):
            return Part.SUFFIX
        return Part.STOP if common >= _GENERAL_LETTER else Part.PREFIX
    if tag[:1] == "a":
        return Part.WEAK
    if tag[:1] == "v" and common >= _GENERAL:
        return Part.NOUN
    return Part.PLAIN


def is_verb(surface: str) -> bool:
    """Tell whether jieba's dictionary has a word as a verb, an adjective or an idiom, and not as a noun too."""
    tag = _tags().get(surface, "")
    return tag[:1] in tuple("vladi") and tag != "vn"


@functools.cache
def _general() -> dict[str, Part]:
    lists = vocabulary.classes("zh")
    found: dict[str, Part] = {}
    for name, role in (
        ("verb", Part.STOP),
        ("weak", Part.WEAK),
        ("noun", Part.NOUN),
        ("vnoun", Part.NOUN),
        ("tail", Part.TAIL),
        ("stop", Part.STOP),
        ("suffix", Part.SUFFIX),
        ("prefix", Part.PREFIX),
    ):
        found.update(dict.fromkeys(lists[name], role))
    return found


@functools.cache
def _cutter() -> "jieba.Tokenizer":
    """Return jieba's tokenizer, loaded on first use (0.7 s)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import of pkg_resources and its old escapes
        import jieba  # heavy: not before it is needed

    cutter = jieba.Tokenizer()
    # Not initialize(): that talks on stderr, and trusts a cache in a folder where anybody may write.
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return cutter


@functools.cache
def _tags() -> dict[str, str]:
    """Return the part of speech of each word of jieba's dictionary."""
    with _cutter().get_dict_file() as file:
        return {word: tag for word, _, tag in (line.decode("utf-8").split() for line in file)}
