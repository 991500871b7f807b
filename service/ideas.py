"""Questions about ideas: what a library's concepts and relations answer, at one moment of it."""

import functools
import itertools
import pathlib
import sqlite3
from collections.abc import Callable, Sequence

import numpy as np

from corpus.errors import BadInput, NotFound
from corpus.library import Library
from corpus.tables import Listed, stored_source
from index.encoder import Encoder
from index.view import View
from kg import tables, web_view
from kg.concepts import passages
from kg.far import far
from kg.model import Concept
from kg.occurrences import occurrences
from kg.path import NoPath, between, path
from kg.related import place_of, related
from kg.relations import relations
from kg.resolve import NEAR, Understood, close, understand
from kg.subgraph import Subgraph
from kg.topics import Topic, topics
from kg.web import Net, Web
from kg.web_tables import Stored, StoredNames, concepts_in, named_by, read_counts
from service.answers import (
    ConceptPage,
    ConceptRow,
    ExportRow,
    HitRow,
    NamedRow,
    PathPage,
    RelatedPage,
    SpellingRow,
    TopicRow,
    TopicSource,
    UnknownRow,
)
from service.idea_rows import Rows, both_names, concept_row, no_path_row
from service.reading_rows import BridgePage, DisagreeRow, NewPage, StepRow
from service.readings import Sayings, bridge_to, disagreements, new, order
from service.why import why

TOPIC_NAMES, TOPIC_CONCEPTS, TOPIC_SOURCES = 3, 12, 5  # of a topic that are shown

_READ = 500  # concepts read at once


class Ideas:
    """The concept graph of a library, as its database holds it. What a question needs is read when it is asked."""

    def __init__(
        self,
        library: Library,
        db: sqlite3.Connection,
        entry: Callable[[str], Listed],
        encoder: Callable[[], Encoder],
        view: Callable[[], View],
        hits: Callable[[str, str, int], Sequence[HitRow]],
    ) -> None:
        """Read from `db` as long as this is in use.

        `entry` gives the first entry of a source, by its canonical URL; `encoder` that of the library, which is asked
        for only where no name comes close to what was typed; `view` the vectors; `hits` the k passages nearest to a
        text in a language.
        """
        self._library = library
        self._db = db
        self._entry = entry
        self._rows = Rows(entry)
        self._encoder = encoder
        self._view = view
        self._hits = hits

    def take(self, warm: "Ideas") -> None:
        """Use what another one of the same generation has in memory."""
        if "_net" in warm.__dict__:
            self.__dict__["_net"] = warm._net

    @functools.cached_property
    def _net(self) -> Net:
        return web_view.net(self._library, self._db)

    @functools.cached_property
    def _web(self) -> Web:
        return Web(self._net, Stored(self._db, self._net))

    @functools.cached_property
    def _lexicon(self) -> StoredNames:
        return StoredNames(self._db, self._net)

    @functools.cached_property
    def _concepts(self) -> Sequence[Concept]:
        return tables.read_concepts(self._db)

    def concepts(self, *, k: int, lang: str = "", kind: str = "", matching: str = "") -> list[ConceptRow]:
        """Return the k best concepts: those with a name in this language, of this kind, with this text in a name.

        Raises:
            NotFound: there is no such kind.
        """
        self._check_kind(kind)
        places = np.flatnonzero(self._net.of_kind(kind)).tolist() if kind else range(len(self._net))
        blocks = (self._web.shelf.concepts(places[i : i + _READ]) for i in range(0, len(places), _READ))
        found = (
            concept
            for concept in itertools.chain.from_iterable(blocks)
            if (not lang or {"en": concept.label_en, "zh": concept.label_zh}.get(lang.lower()))
            and any(matching.casefold() in name.casefold() for name in (concept.name, *concept.aliases))
        )
        return [concept_row(concept) for concept in itertools.islice(found, k)]

    def concept(self, name: str, *, k: int) -> ConceptPage:
        """Return all about the concept of this name, or the first that a text names, with the k that belong to it most.

        Its sources are all there, the one that speaks of it most first.

        Raises:
            NotFound: none is named; `near` lists what comes close.
        """
        understood = self._understood(name)
        concept = self._web.concept(understood.named[0].place)
        asked = {concept.id: concept.name}
        near = tuple(self._rows.related(item, asked) for item in related(self._web, concept.id, k))
        return ConceptPage(
            self._named_rows(understood), self._unknown_rows(understood), concept_row(concept),
            tuple(map(self._rows.definition, tables.read_definitions(self._db, concept.id))),
            self._rows.mentioned_in(occurrences(tables.read_spoken(self._db, concept.id))), near,
        )  # fmt: skip

    def why(self, name: str) -> list[SpellingRow]:
        """Return the spellings of the concept that a text names, each with what says that it is one.

        Raises:
            NotFound: none is named; `near` lists what comes close.
        """
        place = self._understood(name).named[0].place
        return why(self._db, self._web.concept(place), self._entry)

    def related(self, text: str, *, k: int, lang: str = "", kind: str = "", source: str = "") -> RelatedPage:
        """Return the k concepts that belong most to the one of this name, or to all that a text names together.

        With `source`, only what that source says.

        Raises:
            NotFound: none is named (`near` lists what comes close), there is no such kind or source, or the source
                names none of these.
        """
        self._check_kind(kind)
        understood = self._understood(text)
        asked = self._ids(understood)
        web = self._web if not source else self._web_of(source, asked)
        named = {each.id: each.name for each in web.shelf.concepts([place_of(web, name) for name in asked])}
        return RelatedPage(
            self._named_rows(understood),
            self._unknown_rows(understood),
            tuple(map(self._rows.hop, between(web, asked))),
            tuple(self._rows.related(item, named) for item in related(web, asked, k, lang=lang.lower(), kind=kind)),
            (),
        )

    def far(self, text: str, *, k: int, kind: str = "") -> RelatedPage:
        """Return the k concepts that belong most to those that a text names, though nothing says it beside them.

        Raises:
            NotFound: none is named (`near` lists what comes close), or there is no such kind.
        """
        self._check_kind(kind)
        understood = self._understood(text)
        found = far(self._web, self._ids(understood), k, kind=kind)
        return RelatedPage(
            self._named_rows(understood), self._unknown_rows(understood), (), (), tuple(map(self._rows.far, found))
        )

    def _check_kind(self, kind: str) -> None:
        if kind and kind not in self._net.kinds:
            raise NotFound(f"no idea is of the kind {kind}: there are {', '.join(filter(None, self._net.kinds))}")

    def path(self, a: str, b: str) -> PathPage:
        """Return the hops from one idea to another, or what comes nearest where there is no honest path.

        Raises:
            NotFound: a name is unknown, or both name one idea.
        """
        ends = [self._understood(text).named[0] for text in (a, b)]
        start, end = self._web.shelf.concepts([named.place for named in ends])
        if start == end:
            raise NotFound(f"{a} and {b} are names of one idea, {start.name}")
        rows = tuple(
            NamedRow(named.text, concept.id, concept.name) for named, concept in zip(ends, (start, end), strict=True)
        )
        found = path(self._web, start.id, end.id)
        if isinstance(found, NoPath):
            return PathPage(rows, (), no_path_row(start, end, found))
        return PathPage(rows, tuple(map(self._rows.hop, found)), None)

    def topics(self, *, k: int) -> list[TopicRow]:
        """Return the k largest topics, each with the concepts that hold it together and the sources that say most."""
        community = web_view.communities(self._library, self._db, self._web)
        rows = []
        for topic in topics(self._web, community)[:k]:
            leading = self._web.shelf.concepts(topic.members[:TOPIC_CONCEPTS])
            named = leading[:TOPIC_NAMES]
            chinese = " · ".join(concept.label_zh or concept.name for concept in named)
            rows.append(
                TopicRow(
                    topic.number,
                    " · ".join(concept.label_en or concept.name for concept in named),
                    chinese if any(concept.label_zh for concept in named) else "",
                    len(topic.members),
                    tuple(map(concept_row, leading)),
                    self._sources_of(topic),
                )
            )
        return rows

    def export(
        self, file: pathlib.Path, *, format_: str = "", flavour: str = "", lang: str = "", kind: str = "",
        min_weight: float = 0.0, around: str = "", hops: int = 1,
    ) -> ExportRow:  # fmt: skip
        """Write the graph of sources and concepts, or a part of it, in the format that is named or that the file tells.

        Raises:
            BadInput: there is no such format, or the file can't be written.
            NotFound: nothing is left of the graph, or no concept has the name `around`.
        """
        from kg.export import FORMATS, format_of  # brings networkx: a fifth of a second that no question needs

        name = format_of(file, format_, flavour)
        center = self._web.concept(self._understood(around).named[0].place).id if around else ""
        whole = Subgraph.of(
            self._concepts,
            tables.read_relations(self._db),
            tables.read_articles(self._db),
            tables.read_definitions(self._db),
            None if lang or kind or min_weight or around else self._communities(),
        )
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

    def _communities(self) -> dict[str, int]:
        """Return the community of each concept, by id: of the whole graph they are found once a generation."""
        found = web_view.communities(self._library, self._db, self._web).tolist()
        return dict(zip((concept.id for concept in self._concepts), found, strict=True))

    # ---- names

    def _understood(self, text: str) -> Understood:
        """Return what a text names.

        Raises:
            NotFound: nothing; `near` has names that come close by their letters, else by their meaning.
        """
        try:
            return understand(text, self._lexicon)
        except NotFound as error:
            (places,) = close([text], self._lexicon)
            if not places and text.strip() and (encoders := named_by(self._db)):
                encoder = self._encoder()
                if encoders == {encoder.name}:
                    places = self._web.alike(encoder.queries([text])[0], text, NEAR)
            raise NotFound(str(error), [both_names(each) for each in self._web.shelf.concepts(places)]) from error

    @functools.cached_property
    def _sayings(self) -> Sayings:
        return Sayings(self._db, self._entry, self._rows.evidence, self._concepts, self._web, self._view, self._hits)

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

    def _ids(self, understood: Understood) -> list[str]:
        return [concept.id for concept in self._web.shelf.concepts([named.place for named in understood.named])]

    def _named_rows(self, understood: Understood) -> tuple[NamedRow, ...]:
        found = self._web.shelf.concepts([named.place for named in understood.named])
        return tuple(
            NamedRow(named.text, concept.id, concept.name)
            for named, concept in zip(understood.named, found, strict=True)
        )

    def _unknown_rows(self, understood: Understood) -> tuple[UnknownRow, ...]:
        return tuple(
            UnknownRow(text, tuple(map(both_names, self._web.shelf.concepts(places))))
            for text, places in understood.unknown.items()
        )

    # ---- what one source says

    def _web_of(self, source: str, asked: Sequence[str]) -> Web:
        """Return the web of what one source says, its numbers counted in this source alone.

        Raises:
            NotFound: there is no such source, or it names none of those asked for.
        """
        stored = stored_source(self._db, source)
        if stored is None:
            raise NotFound(f"no source {source}: 'ideagraph sources' lists those there are")
        keys = concepts_in(self._db, stored.url)
        known = tables.concepts_by_key(self._db, keys)
        if not {concept.id for concept in known.values()}.intersection(asked):
            names = ", ".join(asked)
            raise NotFound(f"{source} does not name {names}: 'ideagraph concept' lists the sources that do")
        known |= tables.concepts_by_key(
            self._db, [int(self._net.concepts["key"][place_of(self._web, name)]) for name in asked]
        )
        ranked = [known[key] for key in sorted(known)]
        by_key = {name: concept.id for concept in reversed(ranked) for name in concept.keys}
        said = relations(passages(tables.read_found(self._db, stored.url), by_key))
        vectors = self._web.shelf.names(np.searchsorted(self._net.concepts["key"], sorted(known)).tolist())
        return Web.build(
            ranked, said, {concept.id: vector for concept, vector in zip(ranked, vectors, strict=True) if vector.any()}
        )

    def _sources_of(self, topic: Topic) -> tuple[TopicSource, ...]:
        """Return the sources that name the concepts of a topic most often."""
        keys = self._net.concepts["key"][list(topic.members)].tolist()
        return self._rows.topic_sources(read_counts(self._db, keys), TOPIC_SOURCES)
