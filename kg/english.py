"""English words of a sentence, and what part each may play in a term: told from word lists, endings and shapes."""

import enum
import functools
import re
from typing import NamedTuple

from kg import vocabulary
from kg.names import HAN


class Part(enum.Enum):
    """What part a word may play in a candidate term."""

    STOP = "ends a candidate"
    WEAK = "may open a term, never close it, never alone"
    NOUN = "general noun: never alone"
    TAIL = "general noun that closes no term"
    PREFIX = "may stand anywhere but at the end"
    SUFFIX = "may close a term, never alone"
    PLAIN = "a term by itself"
    NAME = "a term by itself, shaped like a name"


class Word(NamedTuple):
    """A word of a passage: text[start:end]."""

    start: int
    end: int
    text: str
    part: Part


_LETTERS = f"[^\\W_{HAN}]+"
TOKEN = re.compile(rf"{_LETTERS}(?:[-–'’./&+]{_LETTERS})*(?:\+\+|#)?")
_ADJECTIVE = re.compile(
    r"\w+(?:ous|ful|less|able|ible|ical|ional|ual|ial|ative|itive|ctive|ssive|istic|atic|etic|omic|onal|ural|ular|est)$"
)
_VERB = re.compile(r"(?:[^r]i[sz]e|ify|izes|ises|ifies)$")


def words(text: str, start: int, end: int) -> list[Word]:
    """Return the words of text[start:end], in order."""
    found = []
    for match in TOKEN.finditer(text, start, end):
        surface, first = _bare(match.group()), match.start()
        found.append(Word(first, first + len(surface), surface, part(surface)))
    return found


def split(text: str) -> tuple[str, ...]:
    """Return the same words as they are written."""
    return tuple(map(_bare, TOKEN.findall(text)))


def _bare(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "’s")) else word


@functools.lru_cache(maxsize=1 << 16)
def part(surface: str) -> Part:
    """Return the part that an English word may play."""
    general, listed = _general(), vocabulary.classes("en")
    lower = surface.lower().replace("’", "'")
    if not surface[0].isalpha() and not re.match(r"\d+-[A-Za-z]{3}|[1-9]D$", surface):
        return Part.STOP
    if len(surface) == 1 or _is_identifier(surface):
        return Part.STOP
    hyphened = re.split("[-/]", lower)
    if len(hyphened) > 1 and (hyphened[-1] in listed["hyphen-tail"] or lower.endswith("ed")):
        return Part.WEAK  # BERT-based
    capitals = surface.removesuffix("s")  # GPUs
    if is_name(surface) and not (capitals.isupper() and capitals.lower() in general):
        return Part.NAME
    if lower in general:
        return general[lower]
    if len(lower) < 3:
        return Part.PLAIN if lower in listed["two-letters"] else Part.STOP
    if lower.endswith("ly") and lower not in listed["not-adverb"] and lower not in listed["given"]:
        return Part.STOP
    if len(hyphened) > 1:
        modifies = _is_adjective(hyphened[-1]) or general.get(hyphened[-1]) is Part.STOP
        return Part.WEAK if modifies else Part.PLAIN
    if lower.endswith("ed") and lower not in listed["not-participle"]:
        return Part.WEAK
    if _is_adjective(lower) or _VERB.search(lower):
        return Part.WEAK
    return Part.PLAIN


def is_name(surface: str) -> bool:
    """Tell whether a word has the shape of a name: XLNet, BPE, T5, GPT-2, word2vec; a mere capital is none."""
    first, *others = surface.split("-")
    if re.search("[/'’]", surface) or not first[:1].isalpha():
        return False
    return _has_shape(first) or (first[0].isupper() and any(map(_has_shape, others)))


def _has_shape(piece: str) -> bool:
    letters = [c for c in piece if c.isalpha()]
    if len(letters) < len(piece):  # T5, word2vec
        return piece[0].isupper() or len(letters) > 3
    return len(piece) > 1 and any(c.isupper() for c in piece[1:])


def _is_identifier(surface: str) -> bool:
    """Tell what only a program says: torch.nn, nHeads, getItem."""
    if re.search(r"[a-z]\.[A-Za-z]", surface) and not surface.endswith(".js"):
        return True
    if re.fullmatch(r"[A-Za-z][a-z]?-\d|[A-Z][a-z]+(?:19|20)\d\d", surface):  # an index: h-1; a citation: Ho2015
        return True
    return re.fullmatch(r"[a-z]+(?:[A-Z][a-z0-9]+)+", surface) is not None


def _is_adjective(lower: str) -> bool:
    return _ADJECTIVE.match(lower) is not None and lower not in vocabulary.classes("en")["not-adjective"]


def given_names() -> frozenset[str]:
    """Return names of people, given and family, in lower case."""
    return vocabulary.classes("en")["given"]


@functools.cache
def _general() -> dict[str, Part]:
    """Return the hand-made classes with the forms of verbs and nouns; of a word in two classes the later one here."""
    lists = vocabulary.classes("en")
    found: dict[str, Part] = {}
    for verb in lists["verb"]:
        for form in _verb_forms(verb):
            found[form] = Part.STOP
    for word in lists["weak"]:
        found[word] = Part.WEAK
    for name, role in (("noun", Part.NOUN), ("tail", Part.TAIL)):
        for word in lists[name]:
            found[word] = role
            found[_plural(word)] = role
    for word in lists["site"]:
        found.setdefault(word, Part.NOUN)
    for word in lists["suffix"]:
        found[word] = found[_plural(word)] = Part.SUFFIX
    for word in lists["prefix"]:
        found[word] = Part.PREFIX
    for word in lists["stop"]:
        found[word] = Part.STOP
    return found


def _verb_forms(verb: str) -> tuple[str, ...]:
    stem = verb[:-1] if verb.endswith("e") else verb
    ending = verb[-1]
    if re.search(r"[^aeiou][aeiou][bdgmnpt]$", verb) and len(verb) <= 4:
        stem = verb + ending
    past = f"{verb[:-1]}ied" if re.search(r"[^aeiou]y$", verb) else f"{stem}ed"
    return verb, _plural(verb), past, f"{stem}ing"


def _plural(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh", "z")) else f"{word}s"
