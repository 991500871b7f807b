"""The laws: update equals rebuild, removal leaves nothing, an edit costs what it touches, a killed build goes on."""

import contextlib
import pathlib
import random
import tempfile
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import Blocked, Unreachable, WrongEncoder
from corpus.library import Library
from corpus.model import Request
from corpus.tables import stored
from index.view import view
from service.canonical import canonical
from service.progress import Listener
from service.update import update
from service.verify import verify
from tests.hashing_encoder import HashingEncoder
from tests.library_at import SECTIONS, Web, build, html_of, library_at

URLS = ("https://a.example/1", "https://a.example/2", "https://b.example/3", "https://c.example/4")
VERSION = st.lists(st.integers(0, len(SECTIONS) - 1), min_size=1, max_size=4)  # what a page says: may repeat itself
MOMENT = st.dictionaries(st.sampled_from(URLS), VERSION)  # which pages are listed, and what they say
KEPT = ("library", "views", "migrations", "lists", "graph")  # they hold nothing of any page
HISTORY = st.lists(st.tuples(MOMENT, st.randoms(use_true_random=False)), min_size=1, max_size=5)


def _title(url: str) -> str:
    return f"Page {url[-1]}"


def _web(pages: dict[str, list[int]]) -> Web:
    return Web({url: html_of(_title(url), sections) for url, sections in pages.items()})


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=HISTORY)
def test_update_equals_rebuild(history: list[tuple[dict[str, list[int]], random.Random]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        grown = library_at(pathlib.Path(folder, "grown"))
        for pages, chance in history:
            urls = list(pages)
            chance.shuffle(urls)
            build(grown, _web(pages), urls)
        fresh = library_at(pathlib.Path(folder, "fresh"))
        build(fresh, _web(history[-1][0]), sorted(history[-1][0]))
        assert canonical(grown) == canonical(fresh)


DECISIONS = (
    '[[merge]]\nnames = ["pruning", "knowledge distillation"]\n',
    '[[split]]\nnames = ["多头注意力", "multi-head attention"]\n',
    '[[rename]]\nname = "pruning"\nto = "cutting back"\n',
    '[[ban]]\nname = "XLNet"\n',
    '[[kind]]\nname = "BERT"\nkind = "craft"\n',
)
GLOSSARY = "en\tzh\taliases\ntwo-stream attention\t双流注意力\tattention head\n"
OLDER = (  # what another recipe made, and can't be read by this one
    "update accounts set made_by = 'older', heads = x'00', words = x'00', over_keys = x'' where source % 2 = 0",
    "update tallies set made_of = 'older', pairs = x'', portrait = x'00' where source % 2 = 1",
    "update graph set made_by = 'older'",
)


class Killed(BaseException):
    """Ends an update in the middle."""


class Killer(Listener):
    """Ends an update where a stage begins."""

    def __init__(self, at: str) -> None:
        self._at = at

    def stage(self, name: str) -> None:
        if name == self._at:
            raise Killed


DECIDED = st.tuples(
    MOMENT,
    st.sets(st.sampled_from(DECISIONS), max_size=2),
    st.booleans(),  # whether there is a glossary of one's own
    st.sampled_from(["", "older", "concepts", "relations", "names and storing"]),  # what comes between
)


def _decide(library: Library, rules: set[str], has_glossary: bool) -> None:
    (library.folder / "curation.toml").write_text("".join(sorted(rules)), "utf-8")
    own = library.folder / "glossary.tsv"
    own.unlink(missing_ok=True)
    if has_glossary:
        own.write_text(GLOSSARY, "utf-8")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(DECIDED, min_size=1, max_size=4))
def test_decisions_other_recipes_and_kills_leave_no_trace_either(
    history: list[tuple[dict[str, list[int]], set[str], bool, str]],
) -> None:
    pages, rules, has_glossary, _ = history[-1]
    with tempfile.TemporaryDirectory() as folder:
        grown = library_at(pathlib.Path(folder, "grown"))
        for listed, decided, has_own, between in history:
            _decide(grown, decided, has_own)
            with contextlib.suppress(Killed):
                build(grown, _web(listed), list(listed), listener=Killer(between))
            if between == "older":
                with grown.writing() as db:
                    for change in OLDER:
                        db.execute(change)
        build(grown, _web(pages), list(pages))
        assert verify(grown)[1] == []
        fresh = library_at(pathlib.Path(folder, "fresh"))
        _decide(fresh, rules, has_glossary)
        build(fresh, _web(pages), list(pages))
        assert canonical(grown) == canonical(fresh)


def test_removing_a_source_leaves_nothing_of_it(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    web = _web({URLS[0]: [0, 1, 2], URLS[1]: [4, 5]})
    build(library, web, URLS[:2])
    assert all(_counts(library).values()), "every table must hold something, or this test can't fail"
    build(library, web, [])
    assert not any(_counts(library).values())


def test_no_claim_outlives_its_text_even_before_the_graph_is_made_anew(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    build(library, _web({url: [0, 1, 2] for url in URLS}), URLS)
    with library.writing() as db:
        db.execute("delete from sources")
    assert not any(_counts(library).values())


def _counts(library: Library) -> dict[str, int]:
    with library.reading() as db:
        names = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
        own = [name for name in names if name not in KEPT and not name.startswith(("keywords_", "sqlite_"))]
        return {name: db.execute(f"select count(*) from {name}").fetchone()[0] for name in own}


def test_a_second_build_reads_nothing_anew(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    web = _web({url: [0, 1, 4] for url in URLS})
    build(library, web, URLS)
    before, encoder = canonical(library), HashingEncoder()
    report = build(library, web, URLS, encoder)
    assert (report.changed, report.encoded, encoder.seen) == (0, 0, [])
    assert canonical(library) == before


def test_a_paragraph_on_top_leaves_the_other_sections_vectors_alone(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    build(library, _web({URLS[0]: [0, 1, 2, 4, 5]}), URLS[:1])
    before = _vectors(library)
    page = html_of(_title(URLS[0]), [0, 1, 2, 4, 5])
    page = page.replace("<h2>", "<p>A paragraph that was not there before stands on top of it all now.</p><h2>", 1)
    encoder = HashingEncoder()
    build(library, Web({URLS[0]: page}), URLS[:1], encoder)
    after = _vectors(library)
    others = {text for nth in (0, 1, 2, 4, 5) for text in SECTIONS[nth]}
    assert encoder.seen
    assert not any(seen in other for seen in encoder.seen for other in others)
    assert len(before.items() & after.items()) >= len(before) - 1, "keys and vectors of the others stay as they were"


def _vectors(library: Library) -> dict[tuple[int, str], bytes]:
    with library.reading() as db:
        rows = db.execute("select chunks.key, chunks.id, vector from vectors join chunks on chunks.key = vectors.chunk")
        return {(key, name): vector for key, name, vector in rows}


def test_a_new_title_is_read_anew_though_the_words_are_the_same(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    build(library, Web({URLS[0]: html_of("One title", [0, 1])}), URLS[:1])
    build(library, Web({URLS[0]: html_of("Another title", [0, 1])}), URLS[:1])
    fresh = library_at(tmp_path / "fresh")
    build(fresh, Web({URLS[0]: html_of("Another title", [0, 1])}), URLS[:1])
    assert canonical(library) == canonical(fresh)


def test_another_encoder_makes_every_vector_anew(tmp_path: pathlib.Path) -> None:
    library, web = library_at(tmp_path / "grown"), _web({URLS[0]: [0, 1], URLS[1]: [4]})
    build(library, web, URLS[:2])
    build(library, web, URLS[:2], HashingEncoder(32))
    fresh = library_at(tmp_path / "fresh")
    build(fresh, web, URLS[:2], HashingEncoder(32))
    assert canonical(library) == canonical(fresh)


def test_a_change_of_encoder_that_was_cut_short_is_told_and_goes_on(tmp_path: pathlib.Path) -> None:
    class Impatient(Listener):
        pages = 0

        def done(self, url: str, outcome: str) -> None:
            self.pages += 1

        def stopping(self) -> bool:
            return self.pages == 2

    library, web, other = library_at(tmp_path / "grown"), _web({url: [0, 1] for url in URLS}), HashingEncoder(32)
    build(library, web, URLS)
    with pytest.raises(KeyboardInterrupt):
        update(library, web.fetch, other, listener=Impatient())
    for encoder in (HashingEncoder(), other):  # some vectors are of each
        with library.reading() as db, pytest.raises(WrongEncoder, match="ideagraph update"):
            view(library, db, encoder.name)
    report = update(library, web.fetch, other)
    assert report.changed == len(URLS) - 2, "it goes on where it was"
    with library.reading() as db:
        assert len(view(library, db, other.name).index) == db.execute("select count(*) from chunks").fetchone()[0]
    fresh = library_at(tmp_path / "fresh")
    build(fresh, web, URLS, HashingEncoder(32))
    assert canonical(library) == canonical(fresh)


def test_a_page_that_can_not_be_read_anew_gets_vectors_of_the_new_encoder_too(tmp_path: pathlib.Path) -> None:
    library, web, other = library_at(tmp_path), _web({url: [0, 1] for url in URLS}), HashingEncoder(32)
    build(library, web, URLS)
    with library.writing() as db:  # as if a later recipe took it for a wall
        db.execute("update pages set body = ? where source = 1", (zlib.compress(b"<html></html>"),))

    def unreachable(requests: Sequence[Request]) -> list[tuple[Request, Unreachable]]:
        return [(request, Unreachable("connection refused")) for request in requests]

    update(library, unreachable, other)
    with library.reading() as db:
        assert len(view(library, db, other.name).index) == db.execute("select count(*) from chunks").fetchone()[0]
        assert {row.status for row in stored(db)} == {"indexed"}


def test_a_page_that_can_not_be_had_now_keeps_its_copy_and_says_why(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    build(library, _web({URLS[0]: [0, 1]}), URLS[:1])
    before = canonical(library)
    for error in (Unreachable("connection refused"), Blocked("a login page")):

        def failing(requests: Sequence[Request], error: Unreachable | Blocked = error) -> list[tuple[Request, object]]:
            return [(request, error) for request in requests]

        web = Web({})
        web.fetch = failing  # type: ignore[assignment, method-assign]  # a web that is down
        report = build(library, web, URLS[:1])
        assert [(url, why.reason) for url, why in report.failed] == [(URLS[0], error.reason)]
        assert canonical(library) == before
        with library.reading() as db:
            assert db.execute("select status, reason from sources").fetchall() == [("indexed", error.reason)]


def test_a_page_that_is_gone_goes(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    build(library, _web({URLS[0]: [0, 1], URLS[1]: [2]}), URLS[:2])
    build(library, _web({URLS[1]: [2]}), URLS[:2])
    with library.reading() as db:
        assert db.execute("select status from sources order by url").fetchall() == [("gone",), ("indexed",)]
        assert db.execute("select count(*) from documents").fetchone() == (1,)
