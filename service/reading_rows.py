"""Answers that compare what sources say, as rows: what `bridge`, `order`, `new` and `disagree` print with --json."""

import dataclasses

from service.answers import ConceptRow, EvidenceRow, HitRow


@dataclasses.dataclass(frozen=True, slots=True)
class CoverageRow:
    """How much is said about a concept in one language."""

    lang: str
    n_sources: int
    n_mentions: int


@dataclasses.dataclass(frozen=True, slots=True)
class SaidRow:
    """A passage that speaks of a concept."""

    id: str  # of the passage
    url: str
    title: str
    heading: tuple[str, ...]
    lang: str
    published: str
    mentions: int
    defines: bool  # one of its sentences says what the concept is
    score: float  # how much it tells: comparable within one answer
    evidence: tuple[EvidenceRow, ...]  # its sentences that say most, best first


@dataclasses.dataclass(frozen=True, slots=True)
class OnlyRow(ConceptRow):
    """A concept that one language alone names beside another."""

    lang: str
    n_near_sources: int  # that name both within two sentences, and how often
    n_near: int
    elsewhere: bool  # the other languages know it, but not beside this concept
    evidence: tuple[EvidenceRow, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class BridgePage:
    """What the other languages say about a concept or a text."""

    query: str
    lang: str  # of the question
    concept: ConceptRow | None  # none where the question names none
    names: tuple[str, ...]  # that come near, where it names none
    coverage: tuple[CoverageRow, ...]  # most mentions first
    passages: tuple[SaidRow, ...]  # in the other languages, that name the concept
    hits: tuple[HitRow, ...]  # in the other languages, near in meaning: where none names it
    only: tuple[OnlyRow, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class AddsRow:
    """A concept that a source introduces, and where."""

    concept: str  # id
    name: str
    evidence: EvidenceRow


@dataclasses.dataclass(frozen=True, slots=True)
class LeanRow:
    """An idea that ties two places of a reading order together."""

    concept: str  # id
    name: str
    count: int  # of later sources that take it as known; or the place, from 1, of the one that introduces it
    evidence: EvidenceRow  # the sentence of this source that introduces it best, or speaks of it most


@dataclasses.dataclass(frozen=True, slots=True)
class StepRow:
    """A source at its place in a reading order."""

    place: int  # from 1
    url: str
    title: str
    lang: str
    published: str
    mentions: int  # of the concept
    introduces: float  # how far it says what the concept is, 0 to 1
    adds: tuple[AddsRow, ...]  # what it introduces and none before it did
    prepares: tuple[LeanRow, ...]  # what it introduces and later ones take as known
    builds_on: tuple[LeanRow, ...]  # what it takes as known, and who introduces it
    certain: bool  # false: nothing tells it from the one before it
    reason: str  # the same in words


@dataclasses.dataclass(frozen=True, slots=True)
class VersionRow:
    """Another source that says the same."""

    url: str
    title: str
    lang: str
    kind: str  # copy, translation (or the original), counterpart (the same in the same order, in words of its own)
    whole: bool  # false: a part of it
    share: float  # of the source that has a counterpart there
    likeness: float  # of what has one, sentence by sentence; 1 for a copy
    pairs: tuple[tuple[EvidenceRow, EvidenceRow], ...]  # the nearest counterparts, of a translation


@dataclasses.dataclass(frozen=True, slots=True)
class NewConceptRow(ConceptRow):
    """A concept that no other source names."""

    evidence: tuple[EvidenceRow, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class NewRelationRow:
    """Two concepts that no other source names in one passage."""

    a: str  # id and name of the two ends
    a_name: str
    b: str
    b_name: str
    type: str
    weight: float
    known: bool  # both are named elsewhere
    evidence: tuple[EvidenceRow, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class NewPassageRow:
    """A passage that no other source comes near."""

    id: str
    heading: tuple[str, ...]
    closeness: float  # cosine with what is nearest elsewhere
    nearest: str  # URL of that, '' where there is none
    evidence: tuple[EvidenceRow, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class NewPage:
    """What one source says that no other does."""

    url: str
    title: str
    lang: str
    versions: tuple[VersionRow, ...]
    n_concepts: int  # that no other source names; the rows are the first of them
    n_relations: int
    n_passages: int
    of_passages: int  # how many the source has
    concepts: tuple[NewConceptRow, ...]
    relations: tuple[NewRelationRow, ...]
    passages: tuple[NewPassageRow, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ClaimRow:
    """One side of a disagreement."""

    value: str  # as it stands there
    published: str  # ISO date of its source, or ''
    evidence: EvidenceRow


@dataclasses.dataclass(frozen=True, slots=True)
class DisagreeRow:
    """Two sources that say different things of one matter."""

    kind: str  # number, polarity
    about: str  # what is counted or judged
    a: ClaimRow
    b: ClaimRow
