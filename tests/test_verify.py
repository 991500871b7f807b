"""`verify` finds a single changed byte, wherever it is."""

import pathlib

import pytest

from corpus.library import Library
from service.verify import verify
from tests.library_at import Web, build, html_of, library_at

URLS = ("https://a.example/1", "https://b.example/2")


@pytest.fixture
def library(tmp_path: pathlib.Path) -> Library:
    made = library_at(tmp_path)
    build(made, Web({url: html_of(f"Page {url}", [0, 1, 2, 4, 5]) for url in URLS}), URLS)
    return made


def test_an_honest_library_has_no_problem(library: Library) -> None:
    checked, problems = verify(library)
    assert problems == []
    assert checked > 100


CHANGES = {
    "a letter of a text": "update documents set text = replace(text, 'Pruning removes', 'Pruning removed')",
    "a space between two passages": "update documents set text = replace(text, char(10) || char(10), char(10) || ' ')",
    "a title": "update documents set title = title || '.'",
    "a letter of a passage": "update chunks set text = replace(text, '剪枝', '剪技') where text like '%剪枝%'",
    "a passage's place": 'update chunks set start = start + 1, "end" = "end" + 1 where key = 2',
    "a passage's name": "update chunks set id = replace(id, substr(id, 1, 1), 'x') where key = 1",
    "a byte of a page": "update pages set body = cast(substr(body, 1, 40) || x'00' || substr(body, 42) as blob)",
    "a byte of a vector": "update vectors set vector = cast(substr(vector, 1, 40) || x'77' as blob) where chunk = 2",
    "a byte of a window": "update windows set vectors = cast(substr(vectors, 1, 40) || x'77' as blob) where chunk = 2",
    "a mention's place": "update found set mentions = replace(mentions, '[[', '[[1') where chunk = 3",
    "a quote": "update evidence set quote = replace(quote, 'e', 'a')",
    "a quote's place": "update evidence set start = start + 1 where place = 0",
    "a definition": "update definitions set quote = replace(quote, 'small', 'large')",
    "a definition's place": "update definitions set start = start + 1",
    "a definition of something else": (
        "update definitions set concept = (select key from concepts where key not in (select concept from definitions))"
        " where (concept, chunk) = (select concept, chunk from definitions)"
    ),
    "a concept's spelling": "update spellings set key = 'pruningx' where key = 'pruning'",
    "a witness": "update spellings set witness = 'said' where witness != ''",
    "what a spelling goes with": "update spellings set other = other || 'x' where witness != ''",
    "a place of a concept": "update places set spans = replace(spans, '[[', '[[1')",
    "a vector less": "delete from vectors where chunk = 2",
    "a weight": "update relations set weight = weight * 1.01 where key = 1",
    "a type": "update relations set type = 'uses' where type = 'related'",
    "a number of sources": "update relations set n_sources = n_sources + 1 where key = 1",
    "a relation less": "delete from relations where key = 1",
    "a relation more": "insert into relations select 9999, b, a, type, 1, 1, 1, 1, 1, 1, 1 from relations limit 1",
    "a number of mentions": "update concepts set n_mentions = n_mentions + 1 where name = 'pruning'",
    "a concept's id": "update concepts set id = 'prune' where name = 'pruning'",
    "a count of candidates": "update accounts set glosses = '[]' where glosses != '[]'",
    "a count of windows": "update tallies set windows = windows + 1 where source = 1",
    "a count of a pair": "update tallies set pairs = cast(x'01' || substr(pairs, 2) as blob) where source = 1",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.replace(" ", "-"))
def test_a_change_behind_its_back_is_found(library: Library, change: str) -> None:
    with library.writing() as db:
        db.execute("pragma defer_foreign_keys = on")
        db.execute("drop trigger if exists chunks_marked")
        db.execute("drop trigger if exists evidence_go")
        db.execute("drop trigger if exists evidence_less")
        assert db.execute(CHANGES[change]).rowcount > 0, "nothing was changed"
    assert verify(library)[1], change


def test_the_line_says_where(library: Library) -> None:
    with library.writing() as db:
        db.execute("update evidence set quote = replace(quote, 'e', 'a') where quote like '%e%' and place = 0")
    problems = verify(library)[1]
    assert any("does not stand there" in line and "a.example" in line for line in problems)


def test_a_graph_that_waits_for_its_update_is_not_called_wrong(library: Library) -> None:
    with library.writing() as db:
        db.execute("delete from sources where key = 2")
    assert verify(library)[1] == []


def test_what_waits_for_an_update_by_a_newer_program_is_not_called_wrong(library: Library) -> None:
    with library.writing() as db:
        db.execute("delete from accounts")  # as a step of the schema may
        db.execute("update graph set made_by = 'older'")
    assert verify(library)[1] == []
    with library.writing() as db:
        db.execute("update found set made_by = 'older', glosses = '[]', mentions = '[]'")
        db.execute("delete from relations")
        db.execute("delete from concepts")
    assert verify(library)[1] == []


def test_a_graph_older_than_a_decision_is_not_called_wrong(library: Library) -> None:
    (library.folder / "curation.toml").write_text('[[ban]]\nname = "pruning"\n', "utf-8")
    assert verify(library)[1] == []
