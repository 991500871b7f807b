"""Values of the concept graph as the rows that every face of the program shows."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from corpus.tables import Listed
from kg.far import Far
from kg.model import Concept, Definition, Evidence, Relation
from kg.occurrences import Occurrence
from kg.path import Hop, NoPath
from kg.related import Related
from kg.relations import MIN_LLR
from service.answers import (
    ConceptRow,
    DefinitionRow,
    EvidenceRow,
    FarRow,
    HopRow,
    MentionedIn,
    NoPathRow,
    RelatedRow,
    SentenceRow,
    TopicSource,
)


class Rows:
    """Makes rows; sources are shown as their first entry has them."""

    def __init__(self, entry: Callable[[str], Listed]) -> None:
        """Use `entry`, which gives the first entry of a source by its canonical URL."""
        self._entry = entry

    def related(self, item: Related, asked: Mapping[str, str]) -> RelatedRow:
        """Return the row of a concept that belongs to those asked for, which are given as names by id."""
        ends = {end for relation in item.relations for end in (relation.a, relation.b)}
        to = tuple(name for name in asked if name in ends)
        evidence = tuple(map(self.evidence, item.evidence))
        named = {**asked, item.concept.id: item.concept.name}
        says = tuple(filter(None, (in_words(each, named) for each in item.relations)))
        return RelatedRow(
            **concept_fields(item.concept), weight=item.weight, type=item.type, says=says, to=to, evidence=evidence
        )

    def far(self, item: Far) -> FarRow:
        """Return the row of a concept that nothing is said beside."""
        return FarRow(**concept_fields(item.concept), way=tuple(map(self.hop, item.way)))

    def hop(self, hop: Hop) -> HopRow:
        """Return the row of one step between two concepts."""
        relation = hop.relation
        says = in_words(relation, {hop.start.id: hop.start.name, hop.end.id: hop.end.name})
        reasons = ("may be chance" * (relation.llr < MIN_LLR), "one source" * (relation.n_sources < 2))
        return HopRow(
            hop.start.id, hop.start.name, hop.end.id, hop.end.name, relation.weight, relation.type, says,
            relation.n_sources, relation.n_sites, hop.weak, ", ".join(filter(None, reasons)),
            tuple(map(self.evidence, relation.evidence)),
        )  # fmt: skip

    def evidence(self, item: Evidence) -> EvidenceRow:
        """Return the row of a quote."""
        source = self._entry(item.url)
        return EvidenceRow(source.url, source.title, item.lang, item.quote, item.start, item.end)

    def definition(self, item: Definition) -> DefinitionRow:
        """Return the row of a definition."""
        return DefinitionRow(**_values(self.evidence(item.evidence)), score=item.score)

    def mentioned_in(self, spoken: Iterable[Occurrence]) -> tuple[MentionedIn, ...]:
        """Return the rows of the sources that speak of a concept, the one that does most first."""
        return tuple(
            MentionedIn(row.url, row.title, row.lang, each.count, _sentence(each.first), _sentence(each.best))
            for each in sorted(spoken, key=lambda each: (-each.count, each.url))
            for row in [self._entry(each.url)]
        )

    def topic_sources(self, counts: Mapping[str, int], k: int) -> tuple[TopicSource, ...]:
        """Return the rows of the k sources, by canonical URL, that count most."""
        return tuple(
            TopicSource(row.url, row.title, row.lang, count)
            for url, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:k]
            for row in [self._entry(url)]
        )


def concept_row(concept: Concept) -> ConceptRow:
    """Return the row of a concept."""
    return ConceptRow(**concept_fields(concept))


def both_names(concept: Concept) -> str:
    """Return the names of a concept for somebody who looks for one, in both languages."""
    return f"{concept.name} ({concept.label_zh})" if concept.label_zh not in ("", concept.name) else concept.name


def no_path_row(start: Concept, end: Concept, found: NoPath) -> NoPathRow:
    """Return the row of two concepts that no path joins."""
    reason = f"nothing said in this library leads from {start.name} to {end.name}"
    detour = found.detour.name if found.detour else ""
    if detour:
        reason += f" but by way of {detour}, which stands beside nearly everything"
    left, right = (tuple(item.concept.name for item in items) for items in found.leads)
    return NoPathRow(reason, left, right, tuple(concept.name for concept in found.closest or ()), detour)


def _sentence(said: Evidence) -> SentenceRow:
    return SentenceRow(said.chunk, said.quote, said.start, said.end)


def concept_fields(concept: Concept) -> dict[str, Any]:  # Any: a value of each field
    """Return what each field of a `ConceptRow` holds, for rows that have more."""
    return {field.name: getattr(concept, field.name) for field in dataclasses.fields(ConceptRow)}


def _values(row: EvidenceRow) -> dict[str, Any]:  # Any: a value of each field
    return {field.name: getattr(row, field.name) for field in dataclasses.fields(EvidenceRow)}


def in_words(relation: Relation, names: Mapping[str, str]) -> str:
    """Return what a relation says, in its own direction, by the names of its ends; '' where it has no type."""
    return "" if relation.type == "related" else f"{names[relation.a]} {relation.type} {names[relation.b]}"
