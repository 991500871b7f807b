"""The values of this room: what one passage says (Mention, Gloss), what all of them say (Concept, Relation)."""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a passage that may name a concept. Offsets count code points in the passage's text."""

    start: int
    end: int
    sentence: int  # which sentence of the passage, from 0
    key: str  # the spelling folded: case, hyphens, plural, width, traditional characters, spaces
    cues: frozenset[str] = frozenset()  # why it may matter: heading, strong, link, name, gloss, ...


@dataclasses.dataclass(frozen=True, slots=True)
class Gloss:
    """A place where a text says that two spellings name one thing: 自注意力（self-attention）, a masked LM (MLM)."""

    start: int
    end: int
    left: str  # keys, as in Mention
    right: str


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What `mentions(chunk)` finds in one passage: a function of that passage alone."""

    sentences: tuple[tuple[int, int], ...]  # [start, end) of each sentence
    mentions: tuple[Mention, ...]  # by start, then longest first; a mention may lie inside a longer one
    glosses: tuple[Gloss, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Merge:
    """Why one spelling belongs to a concept: because `other` does, and what says that the two are one."""

    key: str
    other: str
    witness: str  # its name, and after a colon what it rests on; the names stand in families.py


@dataclasses.dataclass(frozen=True, slots=True)
class Concept:
    """One idea with all its spellings, in every language."""

    id: str  # a stable slug
    name: str
    label_en: str  # '' where no English name is known; likewise label_zh
    label_zh: str
    aliases: tuple[str, ...]  # spellings as written, the name first, then most frequent first
    keys: frozenset[str]  # of all its spellings
    kind: str  # '' where nothing tells
    n_sources: int
    n_mentions: int
    score: float  # rank among the library's concepts; higher is better
    merges: tuple[Merge, ...] = ()  # by key: all that are written in texts, but one, lead to that one


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where a concept is mentioned, resolved: the input of everything that counts co-occurrence."""

    concept: str  # id
    start: int  # in the passage's text
    end: int
    sentence: int
    cues: frozenset[str] = dataclasses.field(default=frozenset(), compare=False)  # of the mention


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    """One stored passage with its concepts, as relations see it."""

    chunk: str  # id
    url: str
    lang: str
    text: str
    start: int  # of the passage in its document
    sentences: tuple[tuple[int, int], ...]
    places: tuple[Place, ...]  # by start; none overlaps another
    topics: frozenset[str] = frozenset()  # concepts that the page's title and the headings above it name
    titled: frozenset[str] = frozenset()  # those of them that the title names
    headed: frozenset[str] = frozenset()  # those that the nearest heading names
    heading: tuple[str, ...] = ()  # path of headings, outermost first


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """A quote that anyone can check: `document(url).text[start:end] == quote`."""

    chunk: str
    url: str
    lang: str
    quote: str
    start: int  # in the document's text
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class Definition:
    """The sentence that says best what a concept is, in the language of its quote."""

    concept: str  # id
    evidence: Evidence
    score: float  # from MIN_SCORE in definitions.py to about 1


@dataclasses.dataclass(frozen=True, slots=True)
class Relation:
    """Two concepts that belong together, and the sentences that say so. `a` < `b` unless the type has a direction."""

    a: str
    b: str
    type: str  # 'related', or what a pattern says: one of pattern.TYPES
    weight: float  # the formula stands in relations.py
    llr: float
    npmi: float
    count: int  # windows that hold both
    n_sources: int
    n_sites: int
    evidence: tuple[Evidence, ...]  # best first, never empty


@dataclasses.dataclass(frozen=True, slots=True)
class Article:
    """A source with what it mentions."""

    url: str
    title: str
    lang: str
    site: str
    mentions: Mapping[str, int]  # how often, by concept id
