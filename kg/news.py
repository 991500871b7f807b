"""What one source says that no other does: concepts, pairs of concepts, and passages without a near one. Pure."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping

from kg.model import Concept, Evidence, Passage, Relation
from kg.quotes import flaws, is_whole, penalty, quoted
from kg.telling import best

SAID = 0.5  # cosine from which another passage says as much: .975 of 480 translated paragraphs are as near
MANY = 3  # concepts in a sentence: it says something of its own, and is no remark between two thoughts


@dataclasses.dataclass(frozen=True, slots=True)
class NewConcept:
    """A concept that only this source names."""

    concept: Concept
    evidence: Evidence  # the sentence that says most about it


@dataclasses.dataclass(frozen=True, slots=True)
class NewRelation:
    """Two concepts that only this source names together."""

    relation: Relation
    known: bool  # both are named elsewhere: what is new is that they belong together


@dataclasses.dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage that no other source comes near."""

    passage: Passage
    closeness: float  # cosine with the nearest passage of another source; 0 where there is none
    nearest: str  # URL of the source of that, or ''
    evidence: Evidence  # its sentence that names most


def new_concepts(passages: Collection[Passage], concepts: Iterable[Concept]) -> list[NewConcept]:
    """Return those of these concepts that the passages speak of, best first, each with its best sentence."""
    found = []
    for concept in concepts:
        said = best(passages, concept.id, {})
        if said:
            found.append(NewConcept(concept, said[0].evidence[0]))
    return sorted(found, key=lambda each: (-each.concept.score, each.concept.id))


def new_relations(relations: Iterable[Relation], new: Collection[str]) -> list[NewRelation]:
    """Return these relations, those between concepts that other sources name (not in `new`) first.

    The weightier comes first, less so where its quote is not one good sentence.
    """
    found = [NewRelation(each, each.a not in new and each.b not in new) for each in relations]
    return sorted(
        found, key=lambda each: (not each.known, -_said_well(each.relation), each.relation.a, each.relation.b)
    )


def _said_well(relation: Relation) -> float:
    return relation.weight / (1 + flaws(relation.evidence[0].quote))


def new_passages(
    passages: Iterable[Passage], nearest: Mapping[str, tuple[str, float]], new: Collection[str]
) -> list[NewPassage]:
    """Return the passages farther from all other sources than SAID, those that say most of their own first.

    `nearest` has URL and cosine of what is nearest, by chunk id. A passage says the more, the farther it is and the
    more concepts it names, new ones twice; one without a whole sentence about a concept (a caption, code, thanks) is
    left out.
    """
    found = []
    for passage in passages:
        other, closeness = nearest.get(passage.chunk, ("", 0.0))
        if closeness >= SAID:
            continue
        sentence = _telling(passage)
        if sentence is not None:
            named = {place.concept for place in passage.places}
            news = min(MANY, len(named) + len(named & set(new))) / MANY
            found.append((news - closeness, NewPassage(passage, closeness, other, sentence)))
    return [each for _, each in sorted(found, key=lambda item: (-item[0], item[1].passage.start))]


def _telling(passage: Passage) -> Evidence | None:
    """Return the sentence of a passage that is best made among those that name most concepts, up to MANY."""
    named: dict[int, set[str]] = {}
    for place in passage.places:
        named.setdefault(place.sentence, set()).add(place.concept)
    options = []
    for number, concepts in named.items():
        start, end = passage.sentences[number]
        if is_whole(passage.text[start:end]):
            options.append((penalty(passage.text[start:end]) - 0.1 * min(MANY, len(concepts)), number))
    if not options:
        return None
    return quoted(passage, *passage.sentences[min(options)[1]])
