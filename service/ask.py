"""Questions to a library: a `Snapshot` is one moment of it, and every answer is a function of that."""

import collections
import contextlib
import dataclasses
import difflib
import functools
import pathlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from corpus import tables as corpus_tables
from corpus.errors import BadInput, NotFound
from corpus.library import DATABASE, Library
from corpus.model import Document
from corpus.tables import Listed
from index.encoder import Encoder
from index.model import Hit, Mode
from index.narrow import Narrow
from index.search import search as search_index
from index.view import View, view
from kg import tables as kg_tables
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
    SourceRow,
    StatusRow,
    Why,
)
from service.rooms import use_encoder


class Snapshot:
    """One moment of a library, whatever is written meanwhile. What a question needs is read when it is first asked."""

    def __init__(self, library: Library, db: sqlite3.Connection) -> None:
        """Use `Snapshot.open`."""
        self._library = library
        self._db = db

    @classmethod
    @contextlib.contextmanager
    def open(cls, library: Library) -> Iterator["Snapshot"]:
        """Yield a snapshot of the library as it is now."""
        with library.reading() as db:
            yield cls(library, db)

    # ---- sources

    @functools.cached_property
    def _listed(self) -> Sequence[Listed]:
        return corpus_tables.listed(self._db)

    @functools.cached_property
    def _by_canonical(self) -> Mapping[str, Listed]:
        return {row.canonical: row for row in reversed(self._listed)}

    def sources(self, *, section: str = "", status: str = "") -> list[SourceRow]:
        """Return the entries of the lists in their order, those of a section or with a status if asked."""
        return [
            SourceRow(
                row.url, row.final_url, row.title, row.author, row.site, row.section, row.lang, row.status, row.reason,
                row.mend, row.checked_at, row.chunks,
            )
            for row in self._listed
            if _within(section, " ".join(row.section)) and status in ("", row.status)
        ]  # fmt: skip

    def show(self, url: str) -> Document:
        """Return the text that was taken from a source.

        Raises:
            NotFound: there is no such source, or it has no text.
        """
        document = corpus_tables.load_document(self._db, url)
        if document is not None:
            return document
        source = corpus_tables.stored_source(self._db, url)
        if source is None:
            raise self._no_source(url)
        raise NotFound(f"{url} has no text, it is {source.status} ({source.reason}); mend: {source.mend}")

    def _no_source(self, url: str) -> NotFound:
        near = difflib.get_close_matches(url, [row.url for row in self._listed], 3, 0.5)
        return NotFound(f"no source {url}", near)

    def status(self) -> StatusRow:
        """Return what the library holds, in numbers."""
        statuses = collections.Counter(row.status for row in self._by_canonical.values())
        languages = collections.Counter(row.lang for row in self._by_canonical.values() if row.status == "indexed")
        concepts, relations = kg_tables.counts(self._db)
        encoder = self._db.execute("select made_by from vectors limit 1").fetchone()
        unfinished = statuses["pending"] or self._db.execute("select made_by = '' from graph").fetchone()[0]
        return StatusRow(
            str(self._library.folder),
            tuple(corpus_tables.lists(self._db)),
            dict(statuses),
            dict(languages),
            sum(row.chunks for row in self._by_canonical.values()),
            concepts,
            relations,
            encoder[0] if encoder else "",
            (self._library.folder / DATABASE).stat().st_size,
            "ideagraph update" if unfinished else "",
        )

    # ---- passages

    @functools.cached_property
    def _encoder(self) -> Encoder:
        return use_encoder(self._library)

    @functools.cached_property
    def _view(self) -> View:
        return view(self._library, self._db, self._encoder.name)

    def search(
        self, query: str, *, k: int, mode: Mode = "hybrid", lang: str = "", source: str = "", section: str = ""
    ) -> list[HitRow]:
        """Return the k passages that answer a question best, in any language.

        Raises:
            BadInput: the question is empty.
            NotFound: there is no such source.
            WrongEncoder: the vectors are of another encoder than the library's.
        """
        if source and corpus_tables.stored_source(self._db, source) is None:
            raise self._no_source(source)
        hits = search_index(
            self._db, self._view, self._encoder, query, k, mode=mode, narrow=Narrow(lang.lower(), source, section)
        )
        return [self._hit_row(hit) for hit in hits]

    def _hit_row(self, hit: Hit) -> HitRow:
        listed = self._by_canonical[hit.url]
        return HitRow(
            listed.url, listed.final_url, hit.title, listed.section, hit.heading, hit.lang, hit.text, hit.start,
            hit.end, hit.marks, hit.score, Why(hit.why.dense, hit.why.keyword, hit.why.words),
        )  # fmt: skip

    # ---- concepts

    @functools.cached_property
    def _concepts(self) -> Sequence[Concept]:
        return kg_tables.read_concepts(self._db)

    @functools.cached_property
    def _web(self) -> Web:
        vectors = kg_tables.read_names(self._db)
        by_id = {concept.id: vectors[concept.name] for concept in self._concepts if concept.name in vectors}
        return Web.build(self._concepts, kg_tables.read_relations(self._db), by_id)

    def concepts(self, *, k: int, lang: str = "", matching: str = "") -> list[ConceptRow]:
        """Return the k best concepts: those with a name in this language, with this text in a name, if asked."""
        found = [
            concept
            for concept in self._concepts
            if (not lang or {"en": concept.label_en, "zh": concept.label_zh}.get(lang.lower()))
            and any(_within(matching, name) for name in (concept.name, *concept.aliases))
        ]
        return [_concept_row(concept) for concept in found[:k]]

    def concept(self, name: str, *, k: int) -> ConceptPage:
        """Return all about the concept of this name, with the k that belong to it most.

        Raises:
            NotFound: none has this name; `near` lists what comes close.
        """
        concept = resolve(name, self._concepts)
        counts = collections.Counter(place.url for place in kg_tables.read_mentions(self._db, concept.id))
        mentioned_in = tuple(
            MentionedIn(row.url, row.title, row.lang, count)
            for url, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            for row in [self._by_canonical[url]]
        )
        near = tuple(self._related_row(item) for item in related(self._web, concept.id, k))
        return ConceptPage(_concept_row(concept), mentioned_in, near)

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
        whole = Subgraph.of(self._concepts, kg_tables.read_relations(self._db), kg_tables.read_articles(self._db))
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
        source = self._by_canonical[item.url]
        return EvidenceRow(source.url, source.title, item.lang, item.quote, item.start, item.end)


def _concept_row(concept: Concept) -> ConceptRow:
    return ConceptRow(
        concept.id, concept.name, concept.label_en, concept.label_zh, concept.aliases, concept.kind, concept.n_sources,
        concept.n_mentions, concept.score,
    )  # fmt: skip


def _within(part: str, whole: str) -> bool:
    return part.casefold() in whole.casefold()
