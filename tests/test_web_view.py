"""The net of a library: kept in a file, the same as one in memory, and made again when the library moves."""

import pathlib

import numpy as np
import pytest

from kg import tables, web_view
from kg.far import far
from kg.path import path
from kg.related import related
from kg.resolve import Spelt, close, understand
from kg.topics import community_of
from kg.web import Web
from kg.web_tables import StoredNames, concepts_in, named_by, read_counts, read_net
from tests.hashing_encoder import HashingEncoder
from tests.library_at import Web as Pages
from tests.library_at import build, html_of, library_at

PAGES = Pages({f"https://a.example/{n}": html_of(f"Page {n}", [n, (n + 1) % 7, (n + 3) % 7]) for n in range(7)})
URLS = sorted(PAGES.pages)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    made = tmp_path_factory.mktemp("library")
    build(library_at(made), PAGES, URLS)
    return made


def test_what_is_stored_answers_as_what_is_in_memory(folder: pathlib.Path) -> None:
    library = library_at(folder)
    with library.reading() as db:
        concepts, vectors = tables.read_concepts(db), tables.read_names(db)
        by_id = {concept.id: vectors[concept.name] for concept in concepts if concept.name in vectors}
        held, stored = Web.build(concepts, tables.read_relations(db), by_id), web_view.web(library, db)
        again = web_view.web(library, db)
        assert len(concepts) > 10
        assert community_of(stored).tolist() == community_of(held).tolist()
        assert web_view.communities(library, db, stored).tolist() == web_view.communities(library, db, again).tolist()
        for concept in concepts:
            due = related(held, concept.id, 5)
            for one in (stored, again):
                found = related(one, concept.id, 5)
                assert [(item.concept, item.relations) for item in found] == [(i.concept, i.relations) for i in due]
                assert [item.score for item in found] == pytest.approx([item.score for item in due], abs=1e-4)
            assert [i.concept for i in far(stored, concept.id, 3)] == [i.concept for i in far(held, concept.id, 3)]
            assert path(stored, concepts[0].id, concept.id) == path(held, concepts[0].id, concept.id)


def test_names_are_found_in_the_database_as_in_memory(folder: pathlib.Path) -> None:
    with library_at(folder).reading() as db:
        concepts = tables.read_concepts(db)
        held, stored = Spelt(concepts), StoredNames(db, read_net(db))
        for text in ("pruning and distillation", "剪枝和知识蒸馏", "XLNet", *(concept.id for concept in concepts)):
            assert understand(text, stored) == understand(text, held)
        for text in ("mulit-head atention", "知识提馏"):
            assert close([text], stored) == close([text], held) != [[]]


def test_a_changed_library_has_another_net_and_a_damaged_file_is_made_again(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    build(library, PAGES, URLS[:4])
    with library.reading() as db:
        first = web_view.net(library, db)
    (library.views / web_view.VIEW).write_bytes(b"damaged")
    with library.reading() as db:
        assert np.array_equal(web_view.net(library, db).ends, first.ends)
    build(library, PAGES, URLS)
    with library.reading() as db:
        assert len(web_view.net(library, db)) == tables.counts(db)[0] != len(first)
        assert np.array_equal(web_view.net(library, db).company, read_net(db).company)


def test_a_source_is_counted_by_what_it_names(folder: pathlib.Path) -> None:
    with library_at(folder).reading() as db:
        named = {url: concepts_in(db, url) for url in URLS}
        assert all(named.values())
        for key in named[URLS[0]][:3]:
            counts = read_counts(db, [key])
            assert set(counts) == {url for url in URLS if key in named[url]}
            assert all(counts.values())


def test_where_no_letters_are_alike_the_meaning_tells(folder: pathlib.Path) -> None:
    with library_at(folder).reading() as db:
        asked = web_view.web(library_at(folder), db)
        vectors = tables.read_names(db)
        pruning = asked.shelf.concepts([asked.place("pruning") or 0])[0]
        assert asked.alike(vectors[pruning.name], "what makes a network slim", 3)[0] == asked.place("pruning")
        assert asked.alike(-vectors[pruning.name], "the opposite", 3) == []
        assert named_by(db) == {HashingEncoder().name}
