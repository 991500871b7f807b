"""Where two sources say different things of one matter: other numbers, or the contrary. Pure, and without a verdict.

A claim is a number of something that is said of a concept (8 heads, of multi-head attention), that one concept exceeds
another in something, or that it does something to it or does not. Two claims are set side by side when they speak of
the same concept with the same words around its name (BERT-base is not BERT-large), count the same, and come from
different sources, none of which says what the other says as well. It is meant to be right rather than complete.
"""

import collections
import dataclasses
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from corpus.spelling import fold
from kg.claim_words import units, words
from kg.english import Part
from kg.mentions import runs
from kg.model import Evidence, Passage, Place
from kg.names import is_han, key
from kg.quantities import Quantity, quantities, values
from kg.quotes import penalty, quoted
from kg.telling import opens

NUMBER, POLARITY = "number", "polarity"
_SAME = 0.05  # relative difference of two numbers that say the same: 340M and 345M
_FAR = 60  # characters between a concept and what is counted of it
_BETWEEN = 48  # between two concepts that one word joins
_VARIED = 2  # numbers that a source may have for one thing; with more it counts no fixed number
_TO_OBJECT = (
    r"(?:\s+(?:than|to|of|from|on|up|down))?(?:\s+(?:the|an?|any|its|their|all|both|using|plain|standard|normal))*"
)
_TO_OBJECT_ZH = r"(?:了|着|的是)?(?:标准|普通|传统|原始)?的?"
_AFTER_ZH = re.compile(r"\s*(?:的?(?:效果|性能|表现|速度|精度|准确率))?[要会都还]?(?:更加|更|稍|略|明显|远)?为?")
_TELLS_APART = re.compile(r"[*_`\"'”’）)]*\s+(?:with|of)\s+")  # ResNet with 50 layers is one of several
_BREAK = re.compile(r"[,，;；:：。()（）|]")  # another clause
_FURNITURE = 0.3  # penalty of references, tables, code; a heading or list item has less
_JOIN = "[*_`\"'”’）)]*"


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """One thing that one sentence claims."""

    kind: str  # NUMBER, POLARITY
    matter: tuple[str, ...]  # what it is about: concept ids and words, the same for all claims that can disagree
    about: frozenset[str]  # the concepts that it is about
    value: float  # a number; of a polarity 1 or -1
    said: str  # the value, as it stands there
    variant: frozenset[str]  # words around the concept's name, and those around what is counted
    counted: frozenset[str]
    concepts: frozenset[str]  # all that the sentence names
    cost: float  # what speaks against the sentence as a quote
    evidence: Evidence


@dataclasses.dataclass(frozen=True, slots=True)
class Disagreement:
    """Two claims of different sources that can't both hold of the same thing, if it is the same."""

    a: Claim  # of the source whose URL comes first
    b: Claim


def claims(passages: Iterable[Passage]) -> Iterator[Claim]:
    """Yield what the sentences of these passages claim."""
    for passage in passages:
        by_sentence: dict[int, list[Place]] = collections.defaultdict(list)
        for place in passage.places:
            by_sentence[place.sentence].append(place)
        for number, places in sorted(by_sentence.items()):
            start, end = passage.sentences[number]
            sentence = passage.text[start:end]
            if penalty(sentence) >= _FURNITURE:
                continue
            spans = [(place.start - start, place.end - start, place.concept) for place in places]
            yield from _numbers(passage, number, sentence, spans)
            yield from _polarities(passage, number, sentence, spans)


_Spans = Sequence[tuple[int, int, str]]


def _claim(
    passage: Passage, number: int, spans: _Spans, kind: str, matter: tuple[str, ...], about: Iterable[str],
    value: float, said: str, variant: Iterable[str], counted: Iterable[str] = (),
) -> Claim:  # fmt: skip
    start, end = passage.sentences[number]
    concepts = frozenset(concept for _, _, concept in spans)
    return Claim(
        kind, matter, frozenset(about), value, said, frozenset(variant), frozenset(counted), concepts,
        penalty(passage.text[start:end], len(concepts)), quoted(passage, start, end),
    )  # fmt: skip


# ---- numbers


def _numbers(passage: Passage, number: int, sentence: str, spans: _Spans) -> Iterator[Claim]:
    for quantity in quantities(sentence):
        first, last = quantity.phrase
        inside = {concept for start, end, concept in spans if start < last and first < end}
        if not inside and first < last and quantity.unit.split()[-1] not in units().values():
            continue  # neither an idea nor what people count
        subject, owner = _subject(sentence, quantity, spans), _owner(sentence, quantity, spans)
        if owner is not None:  # of six encoder layers of XLNet, the encoder has six, and it is XLNet's
            concept, variant = owner, frozenset({subject[2]} if subject else ())
        elif subject is not None:
            concept = subject[2]
            variant = _around(sentence, subject[0], [*spans, (quantity.start, quantity.end, "")])
        else:
            continue
        yield _claim(
            passage, number, spans, NUMBER, (concept, quantity.unit), {concept, *inside}, quantity.value,
            sentence[quantity.start : quantity.end], variant, _of_counted(sentence, quantity, spans) - {concept},
        )  # fmt: skip


def _owner(sentence: str, quantity: Quantity, spans: _Spans) -> str | None:
    """Return the concept that stands with the word for what is counted: the encoder, of six encoder layers."""
    (first, last), (head, behind) = quantity.phrase, quantity.head
    rest = (first, head) if head > first else (behind, last)
    words_left = sentence[slice(*rest)].strip(" 的")
    for start, end, concept in spans:
        if rest[0] <= start and end <= rest[1] and sentence[start:end] == words_left:
            return concept
    return None


def _subject(sentence: str, quantity: Quantity, spans: _Spans) -> tuple[int, int, str] | None:
    """Return the concept whose number it is, None where that can't be told.

    It is the nearest before it in its clause, else the one that opens the sentence, else the nearest after it in its
    clause; never what is counted itself, as in "of ten tokens, two tokens".
    """
    before = [span for span in spans if span[1] <= quantity.start]
    after = [span for span in spans if span[0] >= quantity.end]
    opening = [span for span in before[:1] if opens(sentence, span[0])]
    if before and _TELLS_APART.fullmatch(sentence, before[-1][1], quantity.start):
        return None
    options = [
        *(span for span in before[-1:] if _near(sentence[span[1] : quantity.start])),
        *(span for span in opening if len(before) == 1 or not _near(sentence[before[-1][1] : quantity.start])),
        *(span for span in after[:1] if not before and _near(sentence[quantity.end : span[0]])),
    ]
    if not options:
        return None
    head = next(iter(runs(sentence, *options[0][:2])), [])
    return None if head and units().get(key(head[-1].text), "") == quantity.unit else options[0]


def _near(between: str) -> bool:
    return len(between) <= _FAR and not _BREAK.search(between)


def _around(sentence: str, place: int, apart: _Spans) -> frozenset[str]:
    """Return the words that stand with the name at a place in one noun phrase (large, base), but those in `apart`."""
    for run in runs(sentence, max(0, place - _BETWEEN), min(len(sentence), place + _BETWEEN)):
        if run[0].start <= place < run[-1].end:
            return frozenset(
                key(word.text)
                for word in run
                if not any(start < word.end and word.start < end for start, end, _ in apart)
                and word.part not in (Part.NOUN, Part.TAIL, Part.SUFFIX)
                and not is_han(word.text)  # what a Chinese name stands beside is as often a verb
            )
    return frozenset()


def _of_counted(sentence: str, quantity: Quantity, spans: _Spans) -> frozenset[str]:
    """Return the words of what is counted but the last: encoder, of encoder layers. A concept stands for its words.

    Such a concept is one thing in both languages, the single words are not.
    """
    first, last = quantity.phrase
    head = quantity.head[0]
    inside = {start: (end, concept) for start, end, concept in spans if first <= start and end <= last}
    apart = {
        key(word.text)
        for run in runs(sentence, first, last)
        for word in run
        if word.start != head
        and word.part is not Part.WEAK
        and not any(start <= word.start < end for start, (end, _) in inside.items())
    }
    return frozenset({*apart, *(concept for start, (_, concept) in inside.items() if start != head)})


# ---- polarity


def _polarities(passage: Passage, number: int, sentence: str, spans: _Spans) -> Iterator[Claim]:
    if len(spans) < 2 or words("guess").pattern.search(sentence):
        return
    for one, two in itertools.pairwise(spans):
        between = sentence[one[1] : two[0]]
        if one[2] == two[2] or len(between) > _BETWEEN or not opens(sentence, one[0]):
            continue
        found = _joined(between, sentence[two[1] : two[1] + 16])
        if found is None:
            continue
        relation, sign, said = found
        apart = [*spans, (one[1], two[0], "")]
        variant = {*_around(sentence, one[0], apart), *_around(sentence, two[0], apart)}
        first, second = one[2], two[2]
        if relation.startswith("more ") and first > second:
            first, second, sign = second, first, -sign
        yield _claim(
            passage, number, spans, POLARITY, (first, relation, second), {first, second}, sign, said.strip(), variant
        )


def _joined(between: str, after: str) -> tuple[str, float, str] | None:
    """Return what the words between two concepts say of them: a relation, whether it holds (1, -1), and the words."""
    for kind, direction in (("more", 1.0), ("less", -1.0)):
        found = _last(kind, between)
        if found is not None:
            return f"more {found[0]}", found[1] * direction, between
    if re.fullmatch(rf"{_JOIN}\s*(?:比|相比)\s*", between):
        rest = after[_AFTER_ZH.match(after).end() :]  # type: ignore[union-attr]  # it matches nothing at least
        for kind, direction in (("good", 1.0), ("bad", -1.0)):
            match = words(kind).pattern.match(rest)
            if match is not None:
                said = between + "…" + after[: len(after) - len(rest) + len(match.group())]
                return f"more {words(kind).keys[match.group()]}", direction, said
    for kind, direction in (("undoes", -1.0), ("does", 1.0)):
        found = _last(kind, between)
        if found is not None:
            return found[0], found[1] * direction, between
    return None


def _last(kind: str, between: str) -> tuple[str, float] | None:
    """Return the key of the word of a kind that joins what stands before to what follows, and -1 where it is denied.

    Few words stand beside it.
    """
    table = words(kind)
    for match in table.pattern.finditer(between):
        rest = between[match.end() :]
        no = words("not").pattern.pattern
        leads = re.fullmatch(rf"(?:\s*(?:{no}))?(?:{_TO_OBJECT}|{_TO_OBJECT_ZH})\s*[*_`\"'“‘（(]*", rest, re.IGNORECASE)
        if leads and len(between[: match.start()].split()) <= 4 and not re.search(r"[,，;；:：。]", between):
            denied = words("not").pattern.search(between[: match.start()] + " " + rest)
            return table.keys[fold(match.group())], -1.0 if denied else 1.0
    return None


# ---- side by side


def disagreements(found: Iterable[Claim], wanted: Iterable[str]) -> list[Disagreement]:
    """Return the pairs of claims about all of these concepts that differ, the most alike but for that first.

    One pair for each two sources and matter.
    """
    about = frozenset(wanted)
    groups: dict[tuple[str, tuple[str, ...]], list[Claim]] = collections.defaultdict(list)
    for claim in found:
        if about <= claim.about | claim.concepts and about & claim.about:
            groups[claim.kind, claim.matter].append(claim)
    pairs = [pair for _, some in sorted(groups.items()) for pair in _differing(some)]
    return sorted(pairs, key=lambda pair: (-alike(pair.a, pair.b), _order(pair.a), _order(pair.b)))


def alike(a: Claim, b: Claim) -> float:
    """Return how much two claims have in common beside what they are about, less what speaks against their quotes."""
    shared = len(a.concepts & b.concepts) / len(a.concepts | b.concepts)
    exact = len(a.counted & b.counted) / max(1, len(a.counted | b.counted))
    return shared + exact / 2 - a.cost - b.cost + 0.5 * (a.kind == POLARITY)


def _order(claim: Claim) -> tuple[str, int, str]:
    return claim.evidence.url, claim.evidence.start, claim.said


def _differing(group: Sequence[Claim]) -> Iterator[Disagreement]:
    by_url: dict[str, list[Claim]] = collections.defaultdict(list)
    for claim in sorted(group, key=_order):
        by_url[claim.evidence.url].append(claim)
    for one, two in itertools.combinations(sorted(by_url), 2):
        mine, other = by_url[one], by_url[two]
        if any(len({claim.value for claim in some}) > _VARIED for some in (mine, other)):
            continue
        if any(_says(a, b.value) or _says(b, a.value) for a in mine for b in other):
            continue
        pairs = [Disagreement(a, b) for a in mine for b in other if _of_one_thing(a, b)]
        if pairs:
            yield max(pairs, key=lambda pair: alike(pair.a, pair.b))


def _says(claim: Claim, value: float) -> bool:
    """Tell whether a claim has this value, or its sentence has the number for something else: it is known there."""
    said = {claim.value} | (values(claim.evidence.quote) if claim.kind == NUMBER else set())
    return any(abs(each - value) <= _SAME * max(abs(each), abs(value)) for each in said)


def _of_one_thing(a: Claim, b: Claim) -> bool:
    """Tell whether nothing beside the names shows that two claims speak of different things."""
    return a.variant == b.variant and a.counted == b.counted
