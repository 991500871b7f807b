"""Questions about ideas: what a library's concepts and relations answer, at one moment of it."""

import collections
import dataclasses
import functools
import pathlib
import sqlite3
from collections.abc import Callable, Sequence

from corpus.errors import BadInput, NotFound
from corpus.tables import Listed
from index.view import View
from kg import tables
from kg.concepts import resolve
from kg.export import FORMATS, format_of
from kg.model import Concept, Evidence
from kg.related import Related, Web, path, related
from kg.subgraph import Subgraph
from service.answers import (
    ConceptPage,
    ConceptRow,
    EvidenceRow,
    ExportRow,
    HitRow,
    HopRow,
    MentionedIn,
    RelatedRow,
)
from service.reading_rows import BridgePage, DisagreeRow, NewPage, StepRow
from service.readings import Sayings, bridge_to, concept_row, disagreements, new, order


class Ideas:
    """The concept graph of a library, as its database holds it. What a question needs is read when it is asked."""

    def __init__(
        self,
        db: sqlite3.Connection,
        entry: Callable[[str], Listed],
        view: Callable[[], View],
        hits: Callable[[str, str, int], Sequence[HitRow]],
    ) -> None:
        """Read from `db` as long as this is in use.

        `entry` gives the first entry of a source, by its canonical URL, `view` the vectors where a question needs them,
        `hits` the k passages nearest to a text in a language.
        """
        self._db = db
        self._entry = entry
        self._view = view
        self._hits = hits

    @functools.cached_property
    def _concepts(self) -> Sequence[Concept]:
        return tables.read_concepts(self._db)

    @functools.cached_property
    def _web(self) -> Web:
        vectors = tables.read_names(self._db)
        by_id = {concept.id: vectors[concept.name] for concept in self._concepts if concept.name in vectors}
        return Web.build(self._concepts, tables.read_relations(self._db), by_id)

    def concepts(self, *, k: int, lang: str = "", matching: str = "") -> list[ConceptRow]:
        """Return the k best concepts: those with a name in this language, with this text in a name, if asked."""
        found = [
            concept
            for concept in self._concepts
            if (not lang or {"en": concept.label_en, "zh": concept.label_zh}.get(lang.lower()))
            and any(matching.casefold() in name.casefold() for name in (concept.name, *concept.aliases))
        ]
        return [concept_row(concept) for concept in found[:k]]

    def concept(self, name: str, *, k: int) -> ConceptPage:
        """Return all about the concept of this name, with the k that belong to it most.

        Raises:
            NotFound: none has this name; `near` lists what comes close.
        """
        concept = resolve(name, self._concepts)
        counts = collections.Counter(place.url for place in tables.read_mentions(self._db, concept.id))
        mentioned_in = tuple(
            MentionedIn(row.url, row.title, row.lang, count)
            for url, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            for row in [self._entry(url)]
        )
        near = tuple(self._related_row(item) for item in related(self._web, concept.id, k))
        return ConceptPage(concept_row(concept), mentioned_in, near)

    def related(self, name: str, *, k: int, lang: str = "") -> list[RelatedRow]:
        """Return the k concepts that belong most to the one of this name.

        Raises:
            NotFound: none has this name; `near` lists what comes close.
        """
        concept = resolve(name, self._concepts)
        return [self._related_row(item) for item in related(self._web, concept.id, k, lang=lang)]

    def path(self, a: str, b: str) -> list[HopRow]:
        """Return the hops from one idea to another.

        Raises:
            NotFound: a name is unknown, both name one idea, or nothing that is said leads from one to the other.
        """
        start, end = resolve(a, self._concepts), resolve(b, self._concepts)
        if start == end:
            raise NotFound(f"{a} and {b} are names of one idea, {start.name}")
        return [
            HopRow(
                hop.start.id, hop.start.name, hop.end.id, hop.end.name, hop.relation.weight, hop.relation.type,
                hop.weak, tuple(self._evidence_row(item) for item in hop.relation.evidence),
            )
            for hop in path(self._web, start.id, end.id)
        ]  # fmt: skip

    @functools.cached_property
    def _sayings(self) -> Sayings:
        return Sayings(self._db, self._entry, self._concepts, lambda: self._web, self._view, self._hits)

    def bridge(self, query: str, *, k: int, lang: str = "") -> BridgePage:
        """Return what is said about a concept, or near a text, in other languages than the question's, or in `lang`.

        Raises:
            NotFound: the library holds no other language, or not this one.
        """
        return bridge_to(self._sayings, query, k=k, lang=lang)

    def order(self, name: str, *, k: int, lang: str = "") -> list[StepRow]:
        """Return the sources that say something substantial about a concept, in reading order, at most k.

        Raises:
            NotFound: none has this name; `near` lists what comes close.
        """
        return order(self._sayings, name, k=k, lang=lang)

    def new(self, url: str, *, k: int) -> NewPage:
        """Return what a source with a text (canonical URL) says that no other does, at most k rows of a kind."""
        return new(self._sayings, url, k=k)

    def disagree(self, a: str, b: str = "", *, k: int) -> list[DisagreeRow]:
        """Return k pairs of claims of different sources about a concept (or about two) that differ.

        Raises:
            NotFound: none has such a name; `near` lists what comes close.
        """
        return disagreements(self._sayings, a, b, k=k)

    def export(
        self, file: pathlib.Path, *, format_: str = "", flavour: str = "", lang: str = "", kind: str = "",
        min_weight: float = 0.0, around: str = "", hops: int = 1,
    ) -> ExportRow:  # fmt: skip
        """Write the graph of sources and concepts, or a part of it, in the format that is named or that the file tells.

        Raises:
            BadInput: there is no such format, or the file can't be written.
            NotFound: nothing is left of the graph, or no concept has the name `around`.
        """
        name = format_of(file, format_, flavour)
        center = resolve(around, self._concepts).id if around else ""
        whole = Subgraph.of(self._concepts, tables.read_relations(self._db), tables.read_articles(self._db))
        part = whole.narrowed(lang=lang.lower(), kind=kind, min_weight=min_weight, around=center, hops=hops)
        if whole.concepts and not part.concepts:
            kinds = sorted({concept.kind for concept in whole.concepts} - {""})
            raise NotFound(
                f"nothing is left of the graph; loosen the options (kinds here: {', '.join(kinds) or 'none'})"
            )
        try:
            files = FORMATS[name].write(part, file)
        except OSError as error:
            raise BadInput(f"can't write {file} ({error.strerror}); name another file") from error
        mentions = sum(len(article.mentions) for article in part.articles)
        return ExportRow(
            str(file), name, tuple(map(str, files)), len(part.concepts), len(part.articles),
            len(part.relations) + mentions,
        )  # fmt: skip

    def _related_row(self, item: Related) -> RelatedRow:
        row = {field.name: getattr(item.concept, field.name) for field in dataclasses.fields(ConceptRow)}
        evidence = tuple(self._evidence_row(each) for each in item.evidence)
        return RelatedRow(**row, weight=item.weight, type=item.type, evidence=evidence)

    def _evidence_row(self, item: Evidence) -> EvidenceRow:
        return self._sayings.quote(item)
