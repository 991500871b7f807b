"""Questions to a library: a `Snapshot` is one moment of it, and every answer is a function of that."""

import collections
import contextlib
import dataclasses
import datetime
import difflib
import functools
import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from corpus import tables as corpus_tables
from corpus.errors import BadInput, NotFound
from corpus.library import DATABASE, Library, generation
from corpus.model import Document
from corpus.tables import Listed
from corpus.urls import on_site, site
from index.encoder import Encoder
from index.model import Hit, Mode
from index.narrow import Narrow
from index.query import Query, language, parse, since
from index.search import rank
from index.search import search as search_index
from index.steer import Steer, passage_key
from index.view import View, described, view
from kg import tables as kg_tables
from kg.named import named
from service.answers import (
    HitRow,
    PassageRow,
    QueryRow,
    SearchPage,
    SourceRow,
    StatusRow,
    Why,
)
from service.rooms import use_encoder

if TYPE_CHECKING:
    from service.ideas import Ideas

_NAMED = 8  # names that an error lists of those there are


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as people write it. Sites are several at a time: any of them."""

    text: str = ""  # in the language of index/query.py
    mode: Mode = "hybrid"
    lang: str = ""
    source: str = ""
    section: str = ""
    sites: tuple[str, ...] = ()
    since: str = ""
    more: tuple[str, ...] = ()  # texts that the answers shall be nearer to
    less: tuple[str, ...] = ()
    like: tuple[str, ...] = ()  # passages, by id or its beginning
    unlike: tuple[str, ...] = ()


class Snapshot:
    """One moment of a library, whatever is written meanwhile. What a question needs is read when it is first asked."""

    def __init__(self, library: Library, db: sqlite3.Connection) -> None:
        """Use `Snapshot.open`."""
        self._library = library
        self._db = db
        self._entries: dict[str, Listed] = {}
        self._generation = generation(db)
        row = db.execute("select value from library where key = 'encoder'").fetchone()
        self._encoder_setting = row[0] if row else ""

    @classmethod
    @contextlib.contextmanager
    def open(cls, library: Library, warm: "Snapshot | None" = None) -> Iterator["Snapshot"]:
        """Yield a snapshot of the library as it is now, with what still holds of an earlier one."""
        with library.reading() as db:
            made = cls(library, db)
            if warm is not None:
                made._take(warm)
            yield made

    def _take(self, warm: "Snapshot") -> None:
        """Use the encoder of another snapshot, and its vectors, where they are this one's too."""
        kept = ["_encoder"] if warm._encoder_setting == self._encoder_setting else []
        kept += ["_view"] if kept and warm._generation == self._generation else []
        self.__dict__.update((name, warm.__dict__[name]) for name in kept if name in warm.__dict__)
        if warm._generation == self._generation and "ideas" in warm.__dict__:
            self.ideas.take(warm.ideas)

    # ---- sources

    @functools.cached_property
    def _listed(self) -> Sequence[Listed]:
        return corpus_tables.listed(self._db)

    def _entry(self, url: str) -> Listed:
        """Return the first entry of a source, by its canonical URL. An answer needs few of them, a library has many."""
        if url not in self._entries:
            self._entries[url] = corpus_tables.listed(self._db, url)[0]
        return self._entries[url]

    def sources(
        self, *, section: str = "", status: str = "", sites: Sequence[str] = (), since: str = ""
    ) -> list[SourceRow]:
        """Return the entries of the lists in their order: those of a section, with a status, on a site, since a date.

        Raises:
            BadInput: the date is none.
        """
        least = _since(since)
        return [
            SourceRow(
                row.url, row.final_url, row.title, row.author, row.site, row.section, row.lang, row.status, row.reason,
                row.mend, row.checked_at, row.published, row.fetched_at, row.chunks,
            )
            for row in self._listed
            if _within(section, " ".join(row.section)) and status in ("", row.status)
            and (not sites or _is_on(row, sites)) and (row.published or row.fetched_at[:10]) >= least
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
        by_source = {row.canonical: row for row in self._listed}
        statuses = collections.Counter(row.status for row in by_source.values())
        languages = collections.Counter(row.lang for row in by_source.values() if row.status == "indexed")
        concepts, relations = kg_tables.counts(self._db)
        encoder = self._db.execute("select made_by from vectors limit 1").fetchone()
        kind, recall = described(self._library, self._db) or ("", 0.0)
        unfinished = statuses["pending"] or self._db.execute("select made_by = '' from graph").fetchone()[0]
        return StatusRow(
            str(self._library.folder),
            tuple(corpus_tables.lists(self._db)),
            dict(statuses),
            dict(languages),
            sum(row.chunks for row in by_source.values()),
            concepts,
            relations,
            encoder[0] if encoder else "",
            kind,
            round(recall, 4),
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

    def search(self, question: Question, *, k: int) -> SearchPage:
        """Return the question as it was understood, and the k passages that answer it best, in any language.

        Raises:
            BadInput: there is nothing to look for, or a date or an id is none.
            NotFound: there is no such source, section, site, language or passage.
            WrongEncoder: the vectors are of another encoder than the library's.
        """
        asked = self._understood(question)
        narrow = _narrow(asked)
        steer = Steer(asked.more, asked.less, asked.like, asked.unlike)
        mode = question.mode
        answer = search_index(
            self._db, self._view, self._encoder, asked.text, k,
            mode=mode, narrow=narrow, steer=steer, named=named(self._db, asked.text),
        )  # fmt: skip
        chance = None if answer.chance is None else round(answer.chance, 3)
        return SearchPage(asked, chance, tuple(self._hit_row(hit) for hit in answer.hits))

    def _understood(self, question: Question) -> QueryRow:
        query = parse(question.text)
        if not (query.text or any(text.strip() for text in question.more) or question.like):
            only = "only says where to look and what to leave out" if query != Query() else "is empty"
            raise BadInput(f"the question {only}: give some words to look for")
        if not query.text and question.mode == "keyword":
            raise BadInput("an example is followed by meaning, not by words: leave out --mode keyword, or give a QUERY")
        more, less = (tuple(text for text in texts if text.strip()) for texts in (question.more, question.less))
        self.check(question)
        langs = (language(question.lang),) if question.lang.strip() else ()
        sites = tuple(name.strip().lower() for name in question.sites if name.strip())
        self._check_langs(query.langs + query.without_langs)
        self._check_sites(query.sites + query.without_sites)
        # what the text names goes before an option, which may stand there for many questions
        return QueryRow(
            query.text, question.mode, query.phrases, query.without, query.without_phrases,
            query.langs or langs, query.without_langs, query.sites or sites, query.without_sites,
            question.source, question.section, _since(question.since), more, less, question.like, question.unlike,
        )  # fmt: skip

    def check(self, question: Question) -> None:
        """Raise what is wrong with the choices that a question makes beside its text.

        Raises:
            BadInput: its date is none.
            NotFound: there is no such source, section, site or language.
        """
        _since(question.since)
        self._check_langs([language(question.lang)] if question.lang.strip() else [])
        self._check_sites(question.sites)
        if question.source and corpus_tables.stored_source(self._db, question.source) is None:
            raise self._no_source(question.source)
        if question.section:
            self._check_section(question.section)

    def _check_section(self, section: str) -> None:
        headings = collections.Counter(heading for row in self._listed for heading in row.section)
        if not any(_within(section, heading) for heading in headings):
            there = f"there are {_some(headings)}" if headings else "the lists have no headings"
            raise NotFound(f"no section has {section!r} in it: {there}")

    def _check_langs(self, langs: Sequence[str]) -> None:
        for lang in langs:
            if self._db.execute("select 1 from chunks where lang = ? limit 1", (lang,)).fetchone() is None:
                rows = self._db.execute("select lang from chunks group by lang order by count(*) desc")
                known = [known for (known,) in rows]
                raise NotFound(f"no passage is in the language {lang}: there are {', '.join(filter(None, known))}")

    def _check_sites(self, sites: Sequence[str]) -> None:
        for name in sites:
            if not any(_is_on(row, (name,)) for row in self._listed):
                counts = collections.Counter(site(row.url) for row in self._listed)
                raise NotFound(f"no source is on the site {name}: there are {_some(counts)}")

    def passage(self, name: str) -> PassageRow:
        """Return a passage, by its id or the beginning of it, with what stands before and after it on its page.

        Raises:
            NotFound: there is none.
            BadInput: there are several.
        """
        key = passage_key(self._db, name)
        (url,) = self._db.execute(
            "select url from sources join chunks on source = sources.key where chunks.key = ?", (key,)
        ).fetchone()
        stored = list(corpus_tables.stored_chunks(self._db, url))
        place = next(nth for nth, (other, _) in enumerate(stored) if other == key)
        parts = [chunk for _, chunk in stored]
        chunk = parts[place]
        before, after = parts[:place][-1:], parts[place + 1 :][:1]
        return PassageRow(
            chunk.id, self._entry(url).url, chunk.title, chunk.heading, chunk.lang,
            "".join(part.text for part in before), chunk.text, "".join(part.text for part in after),
        )  # fmt: skip

    def rankings(self, questions: Sequence[Question], *, k: int) -> Iterator[list[HitRow]]:
        """Yield for each question the k passages that `search` finds, without the marks: they cost more than the rest.

        Nothing steers these questions.

        Raises:
            BadInput: there is nothing to look for.
            NotFound: there is no such source, section, site or language.
            WrongEncoder: the vectors are of another encoder than the library's.
        """
        asked = [self._understood(question) for question in questions]
        vectors = self._encoder.queries([each.text for each in asked])
        for question, each, vector in zip(questions, asked, vectors, strict=True):
            answer = rank(
                self._db,
                self._view,
                vector,
                each.text,
                k,
                mode=question.mode,
                narrow=_narrow(each),
                named=named(self._db, each.text),
            )
            yield [self._hit_row(hit) for hit in answer.hits]

    def _hit_row(self, hit: Hit) -> HitRow:
        listed = self._entry(hit.url)
        return HitRow(
            hit.id, listed.url, listed.final_url, hit.title, listed.site, listed.published, listed.fetched_at,
            listed.section, hit.heading, hit.lang, hit.text, hit.start, hit.end, hit.marks, hit.score,
            Why(hit.why.dense, hit.why.keyword, hit.why.words),
        )  # fmt: skip

    # ---- ideas

    @functools.cached_property
    def ideas(self) -> "Ideas":
        """The concept graph, to be asked."""
        from service.ideas import Ideas  # the graph: a tenth of a second that a cold search need not wait

        return Ideas(self._library, self._db, self._entry, lambda: self._encoder)


def _narrow(asked: QueryRow) -> Narrow:
    return Narrow(
        asked.langs, asked.source, asked.section, asked.sites, asked.since, asked.phrases, asked.without,
        asked.without_phrases, asked.without_langs, asked.without_sites,
    )  # fmt: skip


def _since(text: str) -> str:
    return since(text, datetime.datetime.now(datetime.UTC).date()) if text.strip() else ""


def _is_on(row: Listed, sites: Sequence[str]) -> bool:
    return any(on_site(url, name) for url in {row.url, row.final_url or row.url} for name in sites)


def _some(counts: collections.Counter[str]) -> str:
    """Return the names that stand for most, in words."""
    most = [name for name, _ in counts.most_common(_NAMED)]
    return ", ".join(most) + (f" and {len(counts) - _NAMED} others" if len(counts) > _NAMED else "")


def _within(part: str, whole: str) -> bool:
    return part.casefold() in whole.casefold()
