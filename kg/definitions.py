"""Which sentence says best what a concept is, and how well it says so. Pure.

What the sentence says of the name that opens it (statements.py) gives a base, the place where it stands adds to it,
and what its words look like takes away:

    base   .90 defines   X is defined as, refers to, means; X是指, 定义为, 所谓X就是
           .80 is-a      X is a NOUN that, of, for ...; X是一种 ... NOUN
           .75 apposed   X: a NOUN that ...; X：一种 ...
           .62 does      X aims to, consists of, measures; X用于, 旨在, 由 ... 组成
    plus   .12           title or headings name the concept: the page is about it
           .04           it stands at the beginning of its page, where things are introduced
    minus  see _cost     another's words are needed to understand it, it tells of one case, it judges, it is no sentence

Below MIN_SCORE nothing is shown: a wrong definition costs a reader more than none. docs/graph-concept.md has what was
measured.
"""

import re
from collections.abc import Iterable

from kg.model import Definition, Evidence, Passage, Place
from kg.names import words
from kg.quotes import flaws
from kg.statements import APPOSED, CALLED, DEFINES, DOES, IS_A, Statement, said

MIN_SCORE = 0.6
_BASE = {DEFINES: 0.9, IS_A: 0.8, CALLED: 0.75, APPOSED: 0.75, DOES: 0.61}
_TOPIC, _EARLY = 0.12, 0.04
_EARLY_CHARS = 2000  # of the document
_CHARS = {"en": (45, 320), "zh": (16, 140)}  # shorter says nothing, longer is more than one statement
_MARKERS = " \t\n-*•·>#|"  # of a list item: they are not part of what is said


def definitions(passages: Iterable[Passage]) -> list[Definition]:
    """Return for each concept, by id, the best definition in each language that has one.

    The same in whatever order the passages come; equally good ones are told apart by source and place.
    """
    best: dict[tuple[str, str], Definition] = {}
    for passage in passages:
        for place in passage.places:
            found = _definition(passage, place)
            if found is not None:
                known = best.get((found.concept, found.lang))
                if known is None or _order(found) < _order(known):
                    best[found.concept, found.lang] = found
    return [best[name] for name in sorted(best)]


def _order(definition: Definition) -> tuple[float, str, int]:
    return -definition.score, definition.evidence.url, definition.evidence.start


def _definition(passage: Passage, place: Place) -> Definition | None:
    start, end = passage.sentences[place.sentence]
    sentence = passage.text[start:end]
    if not (_CHARS.get(passage.lang, (0, 0))[0] <= len(sentence) <= _CHARS[passage.lang][1]):
        return None
    statement = said(sentence, place.start - start, place.end - start, passage.lang)
    if statement is None:
        return None
    quote = sentence.lstrip(_MARKERS)
    name = passage.text[place.start : place.end]
    is_topic = place.concept in passage.topics
    score = _BASE[statement.way] - _cost(quote, name, statement, passage.lang, is_topic=is_topic)
    score += _TOPIC * is_topic + _EARLY * (passage.start + place.start < _EARLY_CHARS)
    if score < MIN_SCORE:
        return None
    begin = passage.start + end - len(quote)
    evidence = Evidence(passage.chunk, passage.url, passage.lang, quote, begin, begin + len(quote))
    return Definition(place.concept, passage.lang, evidence, round(score, 4))


_POINTS = {  # it needs what stands around it, or tells of one case
    "en": re.compile(
        r"\b(?:we|us|our|ours|you|your|i|my|this|these|those|here|above|below|following|previous(?:ly)?|earlier|"
        r"figure|fig|table|equation|section|chapter|paper|authors?|example|image|diagram|now|then|again|later|"
        r"however|therefore|thus|hence|he|she|his|her|above-mentioned|so far|recall|former|latter)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"我们|咱们|我|你|本文|本章|本节|这[个些种里样是两]|那[个些么]|该|上[述图文面]|下[述图文面]|如图|图中|图\s?\d|例如|比如|假[如设]|此时|此处|"
        r"这时|现在|首先|其次|然后|接着|最后|刚才|前面|后面|之前|因此|所以|但是?|不过|作者|论文|文章|其中的"
    ),
}
_JUDGES = {
    "en": re.compile(
        r"\b(?:(?:very|most|more|less|least|so|too|quite|really|better|best|great|good|popular|powerful|"
        r"important|crucial|key|interesting|amazing|famous|successful|obvious(?:ly)?|hard|easy|big|hot|similar|"
        r"identical|same as|than|like|also|still|already|not|n't|never|no longer|but|although|though)\b)",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"非常|十分|最|更|比较|重要|关键|著名|强大|出色|优秀|火|里程碑|成功|同样|类似|一样|相同|不同|不[是能会]|没有|无法|缺点|优点|问题在于"),
}
_LEANS = {  # what it is about stands in another sentence, or it names one of many
    "en": re.compile(r"\b(?:this|that|these|those|it|them|so|do|one of the)[.!]*$|\bone of (?:the|its|our|my)\b", re.IGNORECASE),
    "zh": re.compile(r"之一|[,，]$"),
}
_HOLE = re.compile(  # a formula, figure or reference that extraction left out
    r"[在如由和与见]\s+(?:所|中|，|展示)|如图?\s*[，所]|公式|\b(?:in|by|from|see|of|and|shown)\s+[,.;]|\b(?:the the|a a|a the)\b", re.IGNORECASE
)
_NUMBERS = re.compile(r"(?<![\w-])\d[\d.,]*(?![\w-])|\$|\\|\b(?:19|20)\d\d\b")
_VAGUE = frozenset(  # a noun that says nothing of what it is
    "answer bit case choice combination concept example fact fan foundation goal good idea instance issue key lot "
    "matter must one part piece point problem question reason result same sort thing topic way work reader".split()
)

_VAGUE_ZH = re.compile(
    r"(?:简称|缩写|简写|别名|基础|前提|例子|工作|东西|问题|事情|部分|选择|关键|论文|文章|一步|时候|结果|原因|情况|地方|时代|方向|人|事|点|之作)$"
)


def _cost(quote: str, name: str, statement: Statement, lang: str, *, is_topic: bool) -> float:
    """Return what speaks against a quote as a definition of this name: from 0, mostly below .5."""
    cost = 0.6 * flaws(quote)
    cost += min(0.45, 0.15 * len(_POINTS[lang].findall(quote)))
    if _LEANS[lang].search(quote):
        cost += 0.3
    cost += 0.1 * (lang == "zh" and quote.count("了"))  # it tells what happened
    cost += min(0.24, 0.08 * len(_JUDGES[lang].findall(quote)))
    cost += min(0.2, 0.06 * len(_NUMBERS.findall(quote)))
    if quote.rstrip()[-1:] in "?？:：":
        cost += 1.0  # a question, or the opening of a list
    if statement.way == IS_A and statement.genus and lang == "en" and words(statement.genus)[-1:] and words(statement.genus)[-1] in _VAGUE:
        cost += 0.25
    if lang == "zh" and _VAGUE_ZH.search(statement.genus):
        cost += 0.25
    cost += 0.15 * len(_HOLE.findall(quote))
    if statement.way != CALLED and name.casefold() in statement.rest.casefold():
        cost += 0.2 if lang == "zh" and name in statement.genus else 0.1
    if len(statement.rest.strip(" .。;；,，")) < (12 if lang == "en" else 6) and statement.way != DOES:
        cost += 0.15  # "is a model.": a genus without what sets it apart
    if statement.definite and name.islower():
        cost += 0.1 if is_topic else 0.22  # "the encoder is ..." speaks of the one at hand
    cost += 0.08 * statement.led
    return cost
