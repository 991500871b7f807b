"""What kind of thing a concept is, as its names and its sources tell. Pure.

Witnesses are the noun that ends a name (masked language model, 图像分类), what a sentence says it is ("SQuAD is a reading
comprehension dataset"), and a noun beside the name: the SQuAD dataset, BERT模型, tasks such as parsing, NER等任务. Which
noun tells which kind, and where, stands in kinds.tsv. A source is one witness, however often it speaks; a kind is given
where two thirds of the votes agree, and none where nothing tells or the witnesses are at odds.
"""

import collections
import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from kg.kind_nouns import Where, kind_nouns
from kg.model import Concept, Passage
from kg.names import is_han, is_latin, words
from kg.statements import CALLED, DOES, said

KINDS = ("method", "model", "component", "task", "dataset", "metric", "theory", "tool", "format")
_PROCESSES = ("task", "method")  # "the task of parsing"; but the layer of a network is no network
_OWN = 2  # votes of a label's own head, in each language, and of a sentence that says what it is; else one a source
_AGREE = 0.6  # share of the votes
_ENOUGH = 2  # votes


def of_name(name: str) -> str:
    """Return the kind that the last word of a name tells, where it is not the whole name, or ''."""
    if is_latin(name):
        return _of_word(words(name)[-1], is_alone=len(name.split()) == 1)
    return _of_end(name, kind_nouns(Where.NAME, "zh"), whole=False)


def _of_word(word: str, *, is_alone: bool) -> str:
    nouns = kind_nouns(Where.NAME, "en")
    if word in nouns and not is_alone:
        return nouns[word]
    return next((nouns[end] for end in nouns if end[0] == "-" and len(word) > len(end) + 2 and word.endswith(end[1:]) and word not in nouns), "")


def of_genus(phrase: str) -> str:
    """Return the kind that a noun phrase tells, or ''."""
    if is_han(phrase):
        return _of_end(phrase, kind_nouns(Where.SAID, "zh"), whole=True)
    return kind_nouns(Where.SAID, "en").get(words(phrase)[-1], "") if words(phrase) else ""


def _of_end(phrase: str, heads: Mapping[str, str], *, whole: bool) -> str:
    head = next((head for head in heads if phrase.endswith(head)), "")  # the longest: 语料库 is no 库
    return heads[head] if head and (whole or head != phrase) else ""


def witnesses(passage: Passage, proper: Set[str]) -> Iterator[tuple[str, str, int]]:
    """Yield (concept, kind, votes) for all that a passage says of kinds."""
    beside, before, after = _patterns()
    for place in passage.places:
        start, end = passage.sentences[place.sentence]
        first, last = place.start - start, place.end - start
        sentence = passage.text[start:end]
        name = sentence[first:last]
        statement = said(sentence, first, last, passage.lang)
        if statement is not None and statement.way not in (DOES, CALLED):
            if kind := of_genus(statement.genus):
                yield place.concept, kind, _OWN
        if kind := of_name(name):
            yield place.concept, kind, 1
        if place.concept in proper and is_latin(name) and (found := beside.match(sentence, last)):
            said_of_it = passage.lang != "en" or _THE.search(sentence, 0, first)
            yield place.concept, _kind_of(found, Where.BESIDE), _OWN if said_of_it else 1
        if found := before.search(sentence[max(0, first - 60) : first]):
            yield place.concept, _kind_of(found, Where.SAID), 1
        if found := after.match(sentence, last):
            yield place.concept, _kind_of(found, Where.SAID), 1


_THE = re.compile(r"\b[Tt]he (?:\w+ )?$")  # the BERT model is BERT; Keras models are not Keras


def _kind_of(found: re.Match[str], where: Where) -> str:
    noun = next(group for group in found.groups() if group)
    return kind_nouns(where, "zh" if is_han(noun) else "en")[noun.lower()]


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    def nouns(where: Where, lang: str, kinds: Sequence[str] = KINDS) -> str:
        return "|".join(noun for noun, kind in kind_nouns(where, lang).items() if kind in kinds)

    beside_en, beside_zh = nouns(Where.BESIDE, "en"), nouns(Where.BESIDE, "zh")
    en, zh = nouns(Where.SAID, "en"), nouns(Where.SAID, "zh")
    process = nouns(Where.SAID, "en", _PROCESSES)
    return (
        re.compile(rf"[\"”')]*\s+({beside_en})\b(?!-)|[”》]?\s?({beside_zh})", re.IGNORECASE),
        re.compile(
            rf"\b({en})(?:s|es)?,?\s+(?:such as|including|e\.g\.,?|called|named|known as)\s+(?:the\s+|an?\s+)?[\"“]?$"
            rf"|\bthe ({process}) of [\"“]?$|({zh})\s*[（(，,]?(?:如|例如|比如)[：:]?\s*[“《]?$",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\s+(?:and|or) (?:other|similar) (?:[a-z-]+ ){{0,2}}({en})(?:s|es)?\b"
            rf"|(?:[、和与及][^，。、和与及]{{1,12}}){{0,4}}等(?:一?些|多[种个]|其他)?[\u4e00-\u9fff]{{0,6}}?({zh})",
            re.IGNORECASE,
        ),
    )


def tally(passages: Iterable[Passage], proper: Set[str]) -> Mapping[str, Mapping[str, float]]:
    """Return the votes for each kind by concept: a source votes once for each kind that it tells, with its best."""
    best: dict[tuple[str, str, str], int] = {}
    for passage in passages:
        for concept, kind, votes in witnesses(passage, proper):
            name = concept, kind, passage.url
            best[name] = max(votes, best.get(name, 0))
    found: dict[str, dict[str, float]] = {}
    for (concept, kind, _), votes in best.items():
        of = found.setdefault(concept, {})
        of[kind] = of.get(kind, 0) + votes
    return found


def kind(labels: Iterable[str], votes: Mapping[str, float]) -> str:
    """Return the kind that a concept's labels and the votes of its sources agree on, or ''."""
    total = collections.Counter(votes)
    for label in labels:
        if told := of_name(label):
            total[told] += _OWN
    if not total:
        return ""
    best = min(total, key=lambda name: (-total[name], name))
    return best if total[best] >= _ENOUGH and total[best] >= _AGREE * total.total() else ""


def with_kinds(concepts: Iterable[Concept], votes: Mapping[str, Mapping[str, float]]) -> tuple[Concept, ...]:
    """Return the concepts, those that have no kind with the one that their names and sources agree on."""
    return tuple(
        each if each.kind else dataclasses.replace(each, kind=kind((each.label_en, each.label_zh), votes.get(each.id, {})))
        for each in concepts
    )


def proper_names(concepts: Iterable[Concept]) -> frozenset[str]:
    """Return the concepts, by id, that have a proper name: a capital or a digit stands in it."""
    return frozenset(each.id for each in concepts if is_latin(each.name) and each.name != each.name.lower() or re.search(r"\d", each.name))
