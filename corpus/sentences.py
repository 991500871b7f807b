"""Sentences of English and Chinese text. Pure, and linear in the length of the text."""

import re

_CLOSERS = "\"'”’»」』）)】》〉］]｝}"
_END = re.compile(rf"\n+|(?:[。！？；｡．]|[.!?…])+[{re.escape(_CLOSERS)}]*")
_WIDE_END = frozenset("。！？；｡．")
_GOES_ON = frozenset("，、,：:；;")  # what may follow a quoted sentence without ending the one around it
_CJK = re.compile("[\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_WORD_BEFORE = re.compile(r"[^\s(（\[“\"'‘,，。；;:：/]*$")
_NEXT = re.compile(r"[ \t]*[\"'“‘(\[]?([A-Za-z]+)")

# After these a full stop never ends a sentence, ...
_ALWAYS = frozenset({
    "e.g", "i.e", "eg", "ie", "cf", "vs", "viz", "approx", "resp", "dr", "mr", "mrs", "ms", "prof", "st", "dept",
    "univ", "incl", "excl",
})  # fmt: skip
# ... after these only before a number, ...
_NUMBERED = frozenset({
    "fig", "figs", "eq", "eqs", "eqn", "eqns", "sec", "secs", "ch", "chap", "tab", "alg", "thm", "def", "prop",
    "lem", "cor", "ref", "refs", "no", "nos", "vol", "vols", "pp", "p", "ca", "est", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "ex",
})  # fmt: skip
# ... after these, and after an initial, only where the next word opens sentences.
_SOMETIMES = frozenset({
    "al", "etc", "inc", "ltd", "co", "corp", "jr", "sr", "u.s", "u.k", "u.n", "e.u", "a.m", "p.m", "ph.d", "m.sc",
    "b.sc",
})  # fmt: skip
_OPENERS = frozenset({
    "a", "after", "all", "also", "although", "an", "and", "another", "any", "as", "at", "because", "both", "but",
    "by", "during", "each", "even", "every", "finally", "first", "for", "from", "given", "hence", "here", "how",
    "however", "i", "if", "in", "instead", "it", "its", "let", "like", "many", "moreover", "most", "next", "no",
    "note", "now", "of", "on", "once", "one", "or", "other", "our", "second", "several", "similarly", "since", "so",
    "some", "such", "that", "the", "their", "then", "there", "therefore", "these", "they", "this", "those", "thus",
    "to", "typically", "unlike", "unfortunately", "usually", "we", "what", "when", "where", "whereas", "whether",
    "which", "while", "who", "why", "with", "without", "you", "your",
})  # fmt: skip


def sentences(text: str) -> list[tuple[int, int]]:
    """Return [start, end) of each sentence, in order and free of white space at its ends.

    A line end ends a sentence. Together the sentences hold everything in `text` but white space.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for end in _END.finditer(text):
        if _ends(text, start, end):
            _add(found, text, start, end.end())
            start = end.end()
    _add(found, text, start, len(text))
    return found


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start < end:
        found.append((start, end))


def _ends(text: str, start: int, end: re.Match[str]) -> bool:
    """Whether the sentence that began at `start` is over with this stop."""
    signs, behind = end[0], end.end()
    if "\n" in signs or behind == len(text):
        return True
    following = text[behind]
    if following in _GOES_ON:
        return False
    if _WIDE_END & set(signs):
        return True
    stop = signs.rstrip(_CLOSERS)
    if not following.isspace() and not _CJK.match(following):
        return stop[-1] == "…" and not following.islower()
    opener = _next_word(text, behind)
    if opener[:1].islower():
        return False
    if stop != ".":
        return True
    return _full_stop_ends(text, start, end.start(), opener)


def _full_stop_ends(text: str, start: int, place: int, opener: str) -> bool:
    found = _WORD_BEFORE.search(text, max(start, place - 24), place)
    word = found[0] if found else ""
    if word.isdecimal() and not text[start : place - len(word)].strip():
        return False  # the number of a list item
    folded = word.lower().lstrip("$*-–—")
    if folded in _ALWAYS:
        return False
    following = text[place + 1 : place + 4].lstrip(" (（[")[:1]
    if folded in _NUMBERED:
        return not following.isdecimal()
    if folded in _SOMETIMES or (len(word) == 1 and word.isupper()):
        return opener.lower() in _OPENERS or (folded == "etc" and opener[:1].isupper()) or bool(_CJK.match(following))
    return True


def _next_word(text: str, place: int) -> str:
    """Return the Latin word that follows, '' where something else does."""
    found = _NEXT.match(text, place)
    return found[1] if found else ""
