"""Which sentence says best what a concept is, and how well it says so. Pure.

What the sentence says of the name that opens it (statements.py) gives a base, the place where it stands adds to it,
and what its words look like takes away:

    base   .90 defines, .80 is-a, .75 called, .75 apposed, .61 does
    plus   .12 title or headings name the concept: the page is about it
           .04 it stands at the beginning of its page, where things are introduced
    minus  other sentences are needed to understand it, it tells of one case, it judges or compares, what it says is
           vague, it is no good quote (quotes.py): see _cost

Below MIN_SCORE nothing is shown: a wrong definition costs a reader more than none. docs/graph-concept.md has what was
measured.
"""

import re
from collections.abc import Iterable

from kg.model import Definition, Evidence, Passage, Place
from kg.names import words
from kg.quotes import flaws
from kg.statements import APPOSED, CALLED, DEFINES, DOES, IS_A, Statement, statements
from kg.vocabulary import classes

MIN_SCORE = 0.6  # so that what a thing does passes only where nothing speaks against it
_BASE = {DEFINES: 0.9, IS_A: 0.8, CALLED: 0.75, APPOSED: 0.75, DOES: 0.61}
_TOPIC, _EARLY = 0.12, 0.04
_EARLY_CHARS = 2000  # of the document
_CHARS = {"en": (30, 320), "zh": (14, 140)}  # shorter says nothing, longer is more than one statement
_SEMICOLON = re.compile(r";(?!\w)|；")
_OPEN = re.compile(r"[(（][^)）]*$")  # a bracket that is not closed
_MARKERS = " \t\n-*•·>#|"  # of a list item: they are not part of what is said


def definitions(passages: Iterable[Passage]) -> list[Definition]:
    """Return the best definition of each concept in each language that has one, by concept and language.

    The same in whatever order the passages come.
    """
    return best(found for passage in passages for found in defined(passage, statements(passage)))


def best(found: Iterable[Definition]) -> list[Definition]:
    """Return the best definition by concept and language; equally good ones are told apart by source and place."""
    chosen: dict[tuple[str, str], Definition] = {}
    for each in found:
        name = each.concept, each.evidence.lang
        if name not in chosen or _order(each) < _order(chosen[name]):
            chosen[name] = each
    return [chosen[name] for name in sorted(chosen)]


def defined(passage: Passage, told: Iterable[tuple[Place, Statement]]) -> Iterable[Definition]:
    """Yield the sentences of a passage, of those that were told apart, that are good enough as definitions."""
    for place, statement in told:
        start, end = passage.sentences[place.sentence]
        shortest, longest = _CHARS[passage.lang]
        if not shortest <= end - start <= longest:
            continue
        ends = [end]
        if statement.way != DOES:
            ends += _clause_ends(passage.text[start:end], place.end - start, shortest, start)
        scores = [_score(passage, place, statement, end) for end in ends]
        good = next((nth for nth, score in enumerate(scores) if score >= MIN_SCORE), None)
        if good is not None:
            quote = passage.text[start : ends[good]].lstrip(_MARKERS)
            begin = passage.start + ends[good] - len(quote)
            evidence = Evidence(passage.chunk, passage.url, passage.lang, quote, begin, begin + len(quote))
            yield Definition(place.concept, evidence, round(scores[good], 4))


def _clause_ends(sentence: str, after: int, least: int, start: int) -> list[int]:
    """Return where in the passage the first clause of a sentence that begins at `start` ends, if a semicolon ends it.

    "QEMU is an emulator; it is slow, but ...": what comes after it says more than what a thing is, and where the whole
    sentence is no definition the clause may be one.
    """
    found = _SEMICOLON.search(sentence, max(after, least))
    if found is None or _OPEN.search(sentence[: found.start()]):
        return []
    return [start + found.start()]


def _score(passage: Passage, place: Place, statement: Statement, end: int) -> float:
    """Return how well the sentence of a name, up to `end`, says what it is."""
    start, last = passage.sentences[place.sentence]
    quote = passage.text[start:end].lstrip(_MARKERS)
    name = passage.text[place.start : place.end]
    if end < last:  # of a clause of a sentence, as if it were one
        said, quote = statement._replace(rest=_SEMICOLON.split(statement.rest)[0]), f"{quote}."
    else:
        said = statement
    score = _BASE[statement.way] - _cost(quote, name, said, passage.lang)
    if place.concept in passage.topics:
        score += _TOPIC
    elif statement.is_definite and name.islower():
        score -= _TOPIC  # "the encoder is ..." on a page about something else speaks of the one at hand
    return score + _EARLY * (passage.start + place.start < _EARLY_CHARS)


def _order(definition: Definition) -> tuple[float, str, int]:
    return -definition.score, definition.evidence.url, definition.evidence.start


_POINTS = {  # at what stands elsewhere, or at one case
    "en": re.compile(
        r"\b(?:we|us|our|ours|you|your|i|my|he|she|his|her|here|above|below|following|previous(?:ly)?|"
        r"earlier|later|now|then|again|however|therefore|thus|hence|recall|former|latter|so far|"
        r"figure|fig|table|equation|section|chapter|paper|authors?|example|image|diagram)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"我|咱们|你|本文|本章|本节|这[个些种里样是两]|那[个些么]|该|[上下](?:[述图文面]|一?[节章])|如图|图中|图\s?\d|例如|比如|假[如设]|此时|此处|这时|现在|"
        r"首先|其次|然后|接着|最后|刚才|[前后]面|之前|因此|所以|但是?|不过|作者|论文|文章|其中的"
    ),
}
_LEANS = {  # on what only another sentence tells, or it names one of many
    "en": re.compile(r"\b(?:this|these|those)\b|\b(?:that|so)[.!]*$|\bone of (?:the|its|our|my)\b", re.IGNORECASE),
    "zh": re.compile(r"之一|[,，]$"),
}
_JUDGES = {  # or compares
    "en": re.compile(
        r"\b(?:very|most|more|less|least|so|too|quite|really|better|best|great|good|popular|powerful|important|crucial|"
        r"key|interesting|amazing|famous|successful|obvious(?:ly)?|hard|easy|big|hot|similar|identical|same as|than|"
        r"like|also|still|already|not|n't|never|no longer|but|although|though)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"非常|十分|最|更|比较|重要|关键|著名|强大|出色|优秀|火|里程碑|成功|同样|类似|一样|相同|不同|不[是能会]|没有|无法|缺点|优点|问题在于"
    ),
}
_HOLE = re.compile(  # a formula, a figure or a reference that the page had, and its text has not
    r"[在如由和与见]\s+(?:所|中|，|展示)|如图?\s*[，所]|公式|\b(?:in|by|from|see|of|and|shown)\s+[,.;]|"
    r"\b(?:the the|a a|a the)\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(?<![\w-])\d[\d.,]*(?![\w-])|\$|\\")


def _cost(quote: str, name: str, statement: Statement, lang: str) -> float:
    """Return what speaks against a quote as a definition of this name: from 0, mostly below .5."""
    cost = 0.6 * flaws(quote)
    cost += min(0.54, 0.18 * len(_POINTS[lang].findall(quote)))
    cost += 0.3 * bool(_LEANS[lang].search(quote))
    cost += min(0.24, 0.08 * len(_JUDGES[lang].findall(quote)))
    cost += min(0.2, 0.06 * len(_NUMBERS.findall(quote)))
    cost += 0.15 * len(_HOLE.findall(quote))
    cost += quote[-1:] in "?？:："  # a question, or the opening of a list
    cost += 0.08 * statement.is_led
    if statement.is_definite and name.islower():
        cost += 0.2 if statement.way == DOES else 0.1  # "the encoder is ...", "the encoder makes ..."
    if statement.way not in (DOES, CALLED):
        said_beyond = statement.rest.strip(" .。;；,，")
        cost += 0.15 * (len(said_beyond) < (12 if lang == "en" else 6))  # "is a model.", without what sets it apart
        cost += 0.35 * _is_vague(statement.genus)
    if statement.way != CALLED and name.casefold() in statement.rest.casefold():
        cost += 0.35 if lang == "zh" and name in statement.genus else 0.1  # it explains itself by itself
    if lang == "zh":
        cost += 0.1 * quote.count("了")  # it tells what happened
    return cost


def _is_vague(genus: str) -> bool:
    """Tell whether a noun says nothing of what a thing is: "is a good choice", 是里程碑式的工作."""
    last = words(genus)[-1:]
    return not classes("en")["vague"].isdisjoint(last) or genus.endswith(tuple(classes("zh")["vague"]))
