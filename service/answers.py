"""What the library answers: the same names on the command line (`--json`), over HTTP and for an assistant.

URLs are as listed; `final_url` is where the page was found. Offsets count code points in the text of the source
(`ideagraph show URL --json`), marks in the passage. Times are ISO 8601 in UTC.
"""

import dataclasses
import json

DOUBT = 0.25  # a question with a lower chance of an answer is said to have none; docs/search.md tells how often rightly


@dataclasses.dataclass(frozen=True, slots=True)
class Why:
    """Why a passage was found: its rank by meaning and by words (1 is best, null: not among them), and which words."""

    dense: int | None
    keyword: int | None
    words: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class HitRow:
    """A passage that answers a question."""

    id: str  # of the passage; its beginning will do for --like
    url: str
    final_url: str
    title: str
    site: str
    published: str  # ISO date, '' where the page does not tell
    fetched_at: str
    section: tuple[str, ...]
    heading: tuple[str, ...]
    lang: str
    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...]  # [start, end) in `text` of the sentences that matter
    score: float
    why: Why


@dataclasses.dataclass(frozen=True, slots=True)
class QueryRow:
    """A question as it was understood."""

    text: str  # what was looked for by meaning and words; '' where only examples were given
    mode: str
    phrases: tuple[str, ...]
    without: tuple[str, ...]
    without_phrases: tuple[str, ...]
    langs: tuple[str, ...]
    without_langs: tuple[str, ...]
    sites: tuple[str, ...]
    without_sites: tuple[str, ...]
    source: str
    section: str
    since: str  # ISO date
    more: tuple[str, ...]
    less: tuple[str, ...]
    like: tuple[str, ...]
    unlike: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class SearchPage:
    """A question as it was understood, and the passages that answer it."""

    query: QueryRow
    chance: float | None  # that one of the first five hits answers, in [0, 1]; null where nothing tells
    hits: tuple[HitRow, ...]  # best first

    @property
    def answered(self) -> bool:
        """Whether there is anything that may be an answer."""
        return bool(self.hits) and (self.chance is None or self.chance >= DOUBT)


@dataclasses.dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage between its neighbours."""

    id: str
    url: str
    title: str
    heading: tuple[str, ...]
    lang: str
    before: str  # '' at the beginning of the page
    text: str
    after: str


@dataclasses.dataclass(frozen=True, slots=True)
class SourceRow:
    """One entry of the lists, and what became of it."""

    url: str
    final_url: str
    title: str
    author: str
    site: str
    section: tuple[str, ...]
    lang: str
    status: str  # indexed, blocked, gone, unreachable, unsupported, empty, pending
    reason: str  # why not, or why the copy at hand could not be brought up to date
    mend: str  # the one command that may help
    checked_at: str
    published: str  # ISO date, '' where the page does not tell
    fetched_at: str  # '' where there is no page
    passages: int


@dataclasses.dataclass(frozen=True, slots=True)
class ConceptRow:
    """One idea with its names."""

    id: str
    name: str
    label_en: str
    label_zh: str
    aliases: tuple[str, ...]
    kind: str
    n_sources: int
    n_mentions: int
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A sentence that says so, and where it stands."""

    url: str
    title: str
    lang: str
    quote: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class SpellingRow:
    """A spelling of a concept, and why it is one."""

    spellings: tuple[str, ...]  # as written, those that differ only in case, hyphens, plural and the like together
    witness: str  # '' for the one that others go with, 'unwritten' where only the glossary has it; see docs/json.md
    rests_on: str  # what the witness rests on, '' where it says all
    same_as: str  # the spelling that this one goes with, '' for that itself
    evidence: tuple[EvidenceRow, ...]  # where a text says so


@dataclasses.dataclass(frozen=True, slots=True)
class NamedRow:
    """An idea that a question names, and the words that name it."""

    text: str
    id: str
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class UnknownRow:
    """Words of a question that may be a name and are none, and the names that come close."""

    text: str
    near: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RelatedRow(ConceptRow):
    """A concept that belongs to those asked for, how strongly, and the sentences that say so."""

    weight: float
    type: str
    says: tuple[str, ...]  # the typed relations in words, each in its own direction
    to: tuple[str, ...]  # ids of those asked for that it is said with
    evidence: tuple[EvidenceRow, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class HopRow:
    """One step between two ideas."""

    a: str  # id and name of the two ends
    a_name: str
    b: str
    b_name: str
    weight: float
    type: str
    says: str  # the relation in words, in its own direction; '' where it has none
    n_sources: int
    n_sites: int
    weak: bool
    why_weak: str  # 'may be chance', 'one source', or both
    evidence: tuple[EvidenceRow, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class FarRow(ConceptRow):
    """A concept that belongs to one asked for, though nothing says it beside it."""

    way: tuple[HopRow, ...]  # two steps


@dataclasses.dataclass(frozen=True, slots=True)
class RelatedPage:
    """What was understood of a question about ideas, and what belongs to them."""

    understood: tuple[NamedRow, ...]
    unknown: tuple[UnknownRow, ...]
    between: tuple[HopRow, ...]  # what joins those asked for with one another
    related: tuple[RelatedRow, ...]  # best first
    far: tuple[FarRow, ...]  # best first; only where it was asked for


@dataclasses.dataclass(frozen=True, slots=True)
class NoPathRow:
    """What comes nearest where no path is."""

    reason: str
    a_leads_to: tuple[str, ...]  # names
    b_leads_to: tuple[str, ...]
    closest: tuple[str, ...]  # of what the two lead to, the two names most alike; none where nothing is
    detour: str  # the name of what is linked with so much that a way through it would say nothing; '' for none


@dataclasses.dataclass(frozen=True, slots=True)
class PathPage:
    """How two ideas hang together."""

    understood: tuple[NamedRow, ...]  # the two ends
    hops: tuple[HopRow, ...]
    no_path: NoPathRow | None


@dataclasses.dataclass(frozen=True, slots=True)
class DefinitionRow(EvidenceRow):
    """A sentence that says what a concept is."""

    score: float  # how well it says so: from 0.6 to about 1


@dataclasses.dataclass(frozen=True, slots=True)
class SentenceRow:
    """A sentence of a source that names a concept."""

    passage: str  # id of the passage it stands in
    quote: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class MentionedIn:
    """A source that speaks of a concept."""

    url: str
    title: str
    lang: str
    count: int
    first: SentenceRow  # where it is named first
    best: SentenceRow  # what says most of it; may be the same


@dataclasses.dataclass(frozen=True, slots=True)
class ConceptPage:
    """All about one concept."""

    understood: tuple[NamedRow, ...]  # the first is the one that is told of
    unknown: tuple[UnknownRow, ...]
    concept: ConceptRow
    definitions: tuple[DefinitionRow, ...]  # at most one a language, by language
    mentioned_in: tuple[MentionedIn, ...]  # the source that says most of it first
    related: tuple[RelatedRow, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class TopicSource:
    """A source that speaks of a topic, and how often it names its ideas."""

    url: str
    title: str
    lang: str
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class TopicRow:
    """What a part of the library is about."""

    number: int  # as in exports: `community`
    name: str
    name_zh: str  # '' where none of these has a Chinese name
    n_concepts: int
    concepts: tuple[ConceptRow, ...]  # those that hold it together, the first first
    sources: tuple[TopicSource, ...]  # those that say most of it


@dataclasses.dataclass(frozen=True, slots=True)
class RuleRow:
    """A decision of the user about concepts."""

    number: int  # in the order of the file, from 1
    action: str  # merge, split, rename, ban, kind
    names: tuple[str, ...]
    value: str  # of rename and kind, else ''
    line: int  # of curation.toml, from 1
    matches: bool | None  # whether it found something to decide; null where the file is newer than the graph


@dataclasses.dataclass(frozen=True, slots=True)
class ExportRow:
    """What was written."""

    file: str  # as it was asked for
    format: str
    files: tuple[str, ...]  # what there is now: the file, two for a table of nodes and one of edges, or a folder
    concepts: int
    sources: int
    edges: int


@dataclasses.dataclass(frozen=True, slots=True)
class StatusRow:
    """What the library holds."""

    library: str
    lists: tuple[str, ...]  # paths of the lists it was built from
    sources: dict[str, int]  # by status
    languages: dict[str, int]  # indexed sources
    passages: int
    concepts: int
    relations: int
    encoder: str  # '' before anything was embedded
    index: str  # exact: every vector is compared; cells: the likeliest; '' until a search has made it
    recall: float  # how many of the ten nearest the index finds, as measured when it was made; 1 for an exact one
    bytes: int  # of the database
    to_do: str  # the command that brings it up to date, '' where nothing is left to do


def as_json(**lists: object) -> str:
    """Return one JSON object; rows become objects, and Chinese stays readable."""
    return json.dumps(lists, ensure_ascii=False, indent=2, default=_plain)


def as_json_line(**values: object) -> str:
    """Return the same in one line, for output that is read line by line."""
    return json.dumps(values, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} is no answer")
