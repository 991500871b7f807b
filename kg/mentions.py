"""Which stretches of a passage may name a concept, and where the passage says that two spellings are one. Pure."""

import bisect
import re
from collections.abc import Iterator, Sequence

from corpus.model import Chunk, Span
from corpus.sentences import sentences
from kg import chinese, english
from kg.english import Part, Word
from kg.glosses import glosses
from kg.model import Found, Mention
from kg.names import HAN, is_han, key

MADE_BY = "mentions 5"  # a change of what this module finds changes this, and the library finds anew
MAX_WORDS = 5
MAX_WORDS_ZH = 6
MAX_HAN = 12

_HIDDEN_BLOCKS = frozenset({"code", "math"})
_HIDDEN_MARKS = frozenset({"inline-code", "inline-math"})
_POINTING_MARKS = {"strong": "strong", "emphasis": "emphasis", "link": "link"}
_HIDDEN = re.compile(
    rf"(?:https?://|www\.)[^\s{HAN}，。；（）()<>\]]+|[A-Za-z0-9.+-]{{1,64}}@[\w-]+\.\w+"
    r"|\$[^$\n]{1,200}\$|\\\(.{1,200}?\\\)|\\[a-zA-Z]+(?:\{[^{}\n]*\})*"
    r"|\b[A-Za-z_]\w*(?:\.\w+)+\([^()\n]*\)|\b[A-Za-z_]\w*\(\)"  # calls: model.fit(x), forward()
    r"|[A-Za-z0-9]*_[A-Za-z0-9_]+|<[^<>\n]{1,40}>"
    r"|[A-Z][\w’'-]+(?:,? (?:and|&) [A-Z][\w’'-]+)?,? et al\.?,?(?: ?\(?(?:19|20)\d\d[a-z]?\)?)?"
    r"|[A-Z][\w’'-]+,? (?:and|&) [A-Z][\w’'-]+,? \(?(?:19|20)\d\d[a-z]?\)?"
    r"|\([A-Z][\w’'-]+,? (?:19|20)\d\d[a-z]?\)"
)
_PIECE = re.compile(rf"(?P<han>[{HAN}]+)|(?P<latin>{english.TOKEN.pattern})")
_JOIN_LATIN = re.compile(r"[ \t\u00a0]+|[ \t]*\n[ \t]*")
_DEFINED = re.compile(
    r"\s+(?:is|are|was) (?:a|an|the|one)\b|\s+(?:refers? to|stands? for|denotes?|means)\b"
    r"|\s*(?:是一种|是一个|是一类|是一项|是指|指的是|就是指|即指)"
)
_CALLED = re.compile(r"(?:\b(?:called|termed|dubbed|named|known as)\s+(?:an? |the )?|(?:称为|称作|叫做|称之为)\s*)$")
_DATED = re.compile(r"[ ,]{0,2}(?:\(?(?:19|20)\d\d\b|['’]\d\d\b)")  # NIPS 2017: a place where papers appear
_VERB_BEFORE = re.compile(
    r"\b(?:to|can|will|could|would|may|might|must|should|not|we|you|they|I|n['’]t|let) $", re.IGNORECASE
)
_INITIAL_BEFORE = re.compile(r"\b[A-Z]\. ?$")  # I. Sutskever
_INITIAL_AFTER = re.compile(r", [A-Z]\.")  # Sutskever, I.
_BYLINE_BEFORE = re.compile(  # who wrote this, not what it is about
    r"(?:@|(?:作者|译者|编辑|校对|公众号|\b(?:[Aa]uthor|[Ww]ritten by|[Tt]ranslated by))\s?[:：]?\s?[【「]?|我是|我叫)$"
)
_HYPHENS = "-－–—‐"
_QUOTES = {"“": "”", '"': '"', "「": "」", "《": "》", "『": "』", "‘": "’"}
_APPARATUS = re.compile(  # sections that name people, papers and places rather than ideas
    r"(?:references?|bibliography|acknowledge?ments?|further reading|citations?|cited as|footnotes"
    r"|参考(?:文献|资料|链接)?|致谢|(?:延伸|拓展|扩展)阅读|附加资料|评论区?)[\s:：]*",
    re.IGNORECASE,
)
_TITLE_PARTS = re.compile(r"\s+[-–—|·]\s+|[|｜:：?？!！()（）【】\[\]]")
_NUMBERING = re.compile(
    r"^[\s#]*(?:[\d.]+[.)、]?|[一二三四五六七八九十]+[、.．]|[（(][\d一二三四五六七八九十]+[)）])?[\s:：]*"
)
_HEADING_PART = re.compile(r"[^:：()（）,，、;；]+?(?=\s+(?:and|vs\.?|versus)\s|[:：()（）,，、;；和与及]|$)")
_HEADING_JOINT = re.compile(r"^\s*(?:and|vs\.?|versus|和|与|及)\s*")


def mentions(chunk: Chunk) -> Found:
    """Return the sentences of a passage, its candidate terms, and its glosses: a function of this passage alone.

    A candidate lies inside one sentence. Code, math, addresses, citations and tables of numbers hold none.
    """
    spans = tuple(sentences(chunk.text))
    if any(_APPARATUS.fullmatch(_NUMBERING.sub("", heading)) for heading in chunk.heading):
        return Found(spans, ())
    text = _without_hidden(chunk)
    starts = [start for start, _ in spans]
    title_keys = _title_keys(chunk.title)
    pointed = _pointed(chunk, text)
    found: dict[tuple[int, int], set[str]] = {}
    for start, end in spans:
        for run in runs(text, start, end):
            _collect(run, text, start, found)
    for place, cues in pointed.items():
        if place in found:
            found[place] |= cues
    said = []
    for gloss, left in glosses(text, spans, dict(found)):
        said.append(gloss)
        found.setdefault(left, set()).add("whole")  # mixture of experts (MoE): no candidate by its words alone
    named = {side for gloss in said for side in (gloss.left, gloss.right)}
    result = []
    for (start, end), cues in sorted(found.items(), key=lambda item: (item[0][0], -item[0][1])):
        folded = key(text[start:end])
        if not folded:
            continue
        if folded in title_keys:
            cues.add("title")
        if folded in named:
            cues.add("gloss")
        cues |= _context_cues(text, start, end)
        sentence = max(0, bisect.bisect_right(starts, start) - 1)
        result.append(Mention(start, end, sentence, folded, frozenset(cues)))
    return Found(spans, tuple(result), tuple(said))


def _without_hidden(chunk: Chunk) -> str:
    """Return the passage with code, math and the like blotted out, every other character in its place."""
    letters = list(chunk.text)

    def blot(start: int, end: int) -> None:
        letters[start:end] = "\x00" * (end - start)

    for block in chunk.blocks:
        if block.kind in _HIDDEN_BLOCKS or (block.kind == "table" and _is_numeric(chunk.text[block.start : block.end])):
            blot(block.start, block.end)
    for mark in chunk.marks:
        if mark.kind in _HIDDEN_MARKS:
            blot(mark.start, mark.end)
    for match in _HIDDEN.finditer("".join(letters)):
        blot(*match.span())
    return "".join(letters)


def _is_numeric(table: str) -> bool:
    digits = sum(c.isdigit() for c in table)
    return digits * 3 > sum(c.isalnum() for c in table)


def runs(text: str, start: int, end: int) -> Iterator[list[Word]]:
    """Yield stretches of words that no punctuation and no function word interrupts."""
    run: list[Word] = []
    for word in _words(text, start, end):
        if word.part is Part.STOP:
            if run:
                yield run
            run = []
            continue
        if run and not _adjacent(text, run[-1], word):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _words(text: str, start: int, end: int) -> Iterator[Word]:
    for match in _PIECE.finditer(text, start, end):
        if match.lastgroup == "han":
            yield from chinese.words(text, *match.span())
        else:
            yield from english.words(text, *match.span())


def _adjacent(text: str, left: Word, right: Word) -> bool:
    gap = text[left.end : right.start]
    if is_han(left.text) and is_han(right.text):
        return gap in ("", *_HYPHENS)  # 编码器-解码器
    if is_han(left.text) or is_han(right.text):
        return gap in ("", " ")
    return _JOIN_LATIN.fullmatch(gap) is not None


def _collect(run: Sequence[Word], text: str, sentence: int, found: dict[tuple[int, int], set[str]]) -> None:
    """Add the candidates of a run, with the cues that its words give."""
    added: list[tuple[int, int]] = []
    for first in range(len(run)):
        for last in range(min(len(run), first + MAX_WORDS_ZH) - 1, first - 1, -1):
            term = run[first : last + 1]
            if not _is_candidate(term) or (term[0].part is Part.SUFFIX and _is_counted(text, term[0].start)):
                continue
            cues = _word_cues(term, is_opening=not text[sentence : term[0].start].strip(" \n\t\"'“‘(#*-"))
            if not any(a <= first and last <= b for a, b in added):
                cues.add("whole")
            added.append((first, last))
            found[term[0].start, term[-1].end] = cues


def _is_candidate(term: Sequence[Word]) -> bool:
    has_han = any(is_han(word.text) for word in term)
    last = term[-1].part
    if len(term) == 1:
        if last is Part.NAME:
            return True
        return last is Part.PLAIN and len(term[0].text) > 1
    if last in (Part.WEAK, Part.TAIL, Part.PREFIX):
        return False
    if term[0].part is Part.TAIL or (term[0].part is Part.SUFFIX and not any(map(_is_own, term))):
        return False
    if not has_han:
        return len(term) <= MAX_WORDS
    length = sum(len(word.text) for word in term if is_han(word.text))
    return length <= MAX_HAN and (length > 1 or is_han(term[0].text) or last is Part.SUFFIX)  # LSM树


def _is_counted(text: str, start: int) -> bool:
    """Tell whether a number stands before: in 6层编码器 there is no 层编码器."""
    return text[max(0, start - 2) : start].rstrip(" ")[-1:].isnumeric()


def _is_own(word: Word) -> bool:
    """Tell whether a word is a term by itself, so that one with it is more than general words."""
    return word.part in (Part.PLAIN, Part.NAME)


def _word_cues(term: Sequence[Word], *, is_opening: bool) -> set[str]:
    cues = {"single"} if len(term) == 1 else set()
    if not any(map(_is_own, term)):
        cues.add("general")
    if term[0].part is Part.WEAK:
        cues.add("weak")
    if len(term) == 1 and chinese.is_verb(term[0].text):
        cues.add("verb")
    latin = [word for word in term if not is_han(word.text)]
    if len(latin) == len(term):
        if any(word.part is Part.NAME for word in term) and all(
            word.part is Part.NAME or word.text[0].isupper() for word in term
        ):
            cues.add("name")
        elif not is_opening and all(word.text[0].isupper() for word in term):
            cues.add("capital")
        if all(word.text[0].isupper() for word in term) and not english.given_names().isdisjoint(
            word.text.lower()
            for word in term
            if word.part is not Part.NAME  # ALBERT
        ):
            cues.add("person")
    return cues


def _pointed(chunk: Chunk, text: str) -> dict[tuple[int, int], set[str]]:
    """Return the stretches that the author's mark-up points at, and how."""
    found: dict[tuple[int, int], set[str]] = {}

    def point(start: int, end: int, cue: str) -> None:
        found.setdefault(_trimmed(text, start, end), set()).add(cue)

    for mark in chunk.marks:
        if mark.kind in _POINTING_MARKS:
            point(mark.start, mark.end, _POINTING_MARKS[mark.kind])
    for block in chunk.blocks:
        if block.kind == "heading":
            for start, end in _heading_parts(text, block):
                point(start, end, "heading")
        elif block.kind == "item":
            opening = re.match(r"[^:：–—\n]{2,60}?(?=\s*[:：]|\s+[–—-]\s)", text[block.start : block.end])
            if opening:
                point(block.start, block.start + opening.end(), "item-title")
    return found


def _heading_parts(text: str, block: Span) -> Iterator[tuple[int, int]]:
    numbering = _NUMBERING.match(text[block.start : block.end])
    start = block.start + (numbering.end() if numbering else 0)
    yield start, block.end
    for part in _HEADING_PART.finditer(text[start : block.end]):
        piece = _HEADING_JOINT.sub("", part.group())
        yield start + part.end() - len(piece), start + part.end()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch without white space, punctuation and a leading article."""
    piece = text[start:end]
    body = re.search(r"\w.*\w|\w", piece, re.DOTALL)
    if body is None:
        return start, end
    article = re.match(r"(?:the|a|an)\s+", body.group(), re.IGNORECASE)
    return start + body.start() + (article.end() if article else 0), start + body.end()


def _title_keys(title: str) -> frozenset[str]:
    parts = [part.strip() for part in _TITLE_PARTS.split(title)]
    return frozenset(key(re.sub(r"^(?:the|a|an)\s+", "", part, flags=re.IGNORECASE)) for part in parts if part)


def _context_cues(text: str, start: int, end: int) -> set[str]:
    cues = set()
    if _DATED.match(text, end):
        cues.add("dated")
    if _VERB_BEFORE.search(text, max(0, start - 8), start):
        cues.add("verb")
    if (
        _INITIAL_BEFORE.search(text, max(0, start - 8), start)
        or _INITIAL_AFTER.match(text, end)
        or _BYLINE_BEFORE.search(text, max(0, start - 16), start)
    ):
        cues.add("person")
    if _DEFINED.match(text, end):
        cues.add("defined")
    if _CALLED.search(text, max(0, start - 24), start):
        cues.add("defined")
    if start and _QUOTES.get(text[start - 1]) == text[end : end + 1]:
        cues.add("quoted")
    return cues
