"""The tables of the graph: what is stored reads back equal, and nothing outlives the text it came from."""

import dataclasses
import pathlib
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import tables as corpus_tables
from corpus.library import Library, generation
from corpus.model import Chunk, Document, Source, Span, chunk_id
from kg import graph_tables, source_tables, tables
from kg.definitions import definitions
from kg.evidence import account
from kg.migrations import MIGRATIONS
from kg.model import Concept, Found, Gloss, Mention
from kg.relations import relations

ROOMS = (("corpus", corpus_tables.MIGRATIONS), ("kg", MIGRATIONS))
RECIPE, GRAPH = "words/1", "graph/1"
WORDS = ("loom", "weft", "warp", "thread", "织机", "线")
CONCEPTS = tuple(
    Concept(
        f"c-{i}", word, word, "", (word,), frozenset({word, "线"} if word == "thread" else {word}), "", 1, 1, 9.0 - i
    )
    for i, word in enumerate(WORDS[:5])
)
LOOM, WARP = "The loom holds the warp and the thread.", "A weft crosses the warp on the loom."
QUIET = "\n".join(["Nothing of note happens in this line."] * 6)  # chance needs something to be compared with
SAYS = "A loom is a frame on which a thread crosses many others."
CLOTH, CHINESE = "Thread runs from the loom: the thread is the weft.", "织机上有线。"


@pytest.fixture
def db(tmp_path: pathlib.Path) -> Iterator[sqlite3.Connection]:
    connection = Library.open(tmp_path, ROOMS, create=True).connect()
    yield connection
    connection.close()


def found_in(text: str) -> Found:
    """Return the known words of a text, each line a sentence."""
    sentences, mentions, start = [], [], 0
    for number, line in enumerate(text.split("\n")):
        sentences.append((start, start + len(line)))
        for word in WORDS:
            at = line.find(word)
            while at >= 0:
                cues = frozenset({"name", "strong"} if word == "loom" else ())
                mentions.append(Mention(start + at, start + at + len(word), number, word, cues))
                at = line.find(word, at + 1)
        start += len(line) + 1
    return Found(tuple(sentences), tuple(sorted(mentions, key=lambda m: m.start)), (Gloss(0, 4, "thread", "线"),))


def save(db: sqlite3.Connection, url: str, paragraphs: Sequence[str], marks: tuple[Span, ...] = ()) -> None:
    """Store a page of these paragraphs, each a chunk, and what was found in those that are new."""
    if corpus_tables.stored_source(db, url) is None:
        corpus_tables.add_entries(db, [Source(url, f"Page {url[-1]}")])
    source = corpus_tables.stored_source(db, url)
    assert source is not None
    text, chunks, seen = "\n\n".join(paragraphs), [], dict.fromkeys(paragraphs, 0)
    start = 0
    for paragraph in paragraphs:
        name = chunk_id(source.url, paragraph, seen[paragraph])
        seen[paragraph] += 1
        chunks.append(Chunk(name, source.url, "", "en", (), paragraph, start, start + len(paragraph), (), marks))
        start += len(paragraph) + 2
    document = Document(source.url, "", "en", text, ())
    corpus_tables.save_document(db, source.key, document, chunks, "lines/1")


def refresh(db: sqlite3.Connection) -> None:
    """Read what has not been read, and make the graph anew."""
    for key, chunk in list(tables.missing(db, RECIPE)):
        tables.save_found(db, key, found_in(chunk.text), RECIPE)
    write(db, CONCEPTS)


def write(db: sqlite3.Connection, concepts: Sequence[Concept]) -> None:
    """Make the graph of these concepts, from what is missing on."""
    names = source_tables.Names.of(concepts)
    for url in source_tables.unaccounted(db):
        source_tables.save_account(db, url)
    for url, made_of in source_tables.uncounted(db, names):
        source_tables.save_tally(db, url, names, made_of)
    db.execute("begin")  # a concept that moves does so with all that hangs on it
    graph_tables.write_graph(db, concepts, GRAPH)
    db.execute("commit")


def whole(db: sqlite3.Connection) -> tuple[object, ...]:
    """Return all that readers see of the graph."""
    return (
        list(tables.Passages(db, CONCEPTS)), tables.read_concepts(db), tables.read_relations(db),
        tables.read_articles(db), tables.read_definitions(db), [tables.read_mentions(db, f"c-{i}") for i in range(5)],
    )  # fmt: skip


def count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"select count(*) from {table}").fetchone()[0])


def test_what_was_found_reads_back_equal_and_is_not_missing(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM, CHINESE])
    assert [chunk.text for _, chunk in tables.missing(db, RECIPE)] == [LOOM, CHINESE]
    for key, chunk in list(tables.missing(db, RECIPE)):
        tables.save_found(db, key, found_in(chunk.text), RECIPE)
    assert list(tables.missing(db, RECIPE)) == []
    assert [found for _, found in tables.read_found(db)] == [found_in(LOOM), found_in(CHINESE)]
    assert source_tables.unaccounted(db) == ["https://a.example/1"]
    source_tables.save_account(db, "https://a.example/1")
    made = account("https://a.example/1", tables.read_found(db))
    (kept,) = source_tables.Accounts(db)
    assert (kept.url, kept.glosses) == (made.url, list(made.glosses))
    for stored, due in ((kept.heads(), made.heads()), (kept.details(), made.details())):
        for field in dataclasses.fields(due):
            assert list(map(str, getattr(stored, field.name))) == list(map(str, getattr(due, field.name))), field.name
    assert source_tables.unaccounted(db) == []


def test_a_library_of_before_counts_its_candidates_anew(tmp_path: pathlib.Path) -> None:
    older = (ROOMS[0], ("kg", MIGRATIONS[:4]))
    old = Library.open(tmp_path, older, create=True).connect()
    save(old, "https://a.example/1", [LOOM])
    old.execute("insert into accounts values (1, 'accounts 1', '[]', x'00', x'00', x'00', x'00')")
    old.close()
    new = Library.open(tmp_path, ROOMS).connect()
    assert source_tables.unaccounted(new) == ["https://a.example/1"]
    refresh(new)
    assert source_tables.account_holds(new, "https://a.example/1")
    assert [concept.name for concept in tables.read_concepts(new)] == ["loom", "warp", "thread"]
    new.execute("delete from found")
    assert count(new, "accounts") == 0, "the triggers are still there"
    new.close()


def test_another_recipe_reads_again(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM])
    refresh(db)
    assert [chunk.text for _, chunk in tables.missing(db, "words/2")] == [LOOM]
    assert not tables.stale(db, GRAPH)
    assert tables.stale(db, "graph/2")


def test_the_graph_reads_back_equal_and_moves_the_generation(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM + "\n" + WARP, CLOTH])
    save(db, "https://b.example/2", [WARP, CHINESE])
    before = generation(db)
    refresh(db)
    assert generation(db) > before
    assert tables.read_relations(db) == relations(tables.Passages(db, CONCEPTS)) != []
    concepts = tables.read_concepts(db)
    assert [concept.name for concept in concepts] == list(WORDS[:5])
    assert concepts[0].keys == {"loom"}
    first, second = tables.read_articles(db)
    assert (first.url, first.title, dict(first.mentions)) == ("https://a.example/1", "Page 1", {
        "c-0": 3, "c-1": 2, "c-2": 2, "c-3": 2,
    })  # fmt: skip
    assert second.mentions["c-3"] == 1, "线 is thread"


def test_every_mention_is_a_slice_of_its_document(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", ["No word.", CHINESE, LOOM])
    refresh(db)
    document = corpus_tables.load_document(db, "https://a.example/1")
    assert document is not None
    mentions = [mention for i in range(5) for mention in tables.read_mentions(db, f"c-{i}")]
    assert sorted(mention.quote for mention in mentions) == ["loom", "thread", "warp", "线", "织机"]
    quotes = [evidence for relation in tables.read_relations(db) for evidence in relation.evidence]
    assert quotes
    for each in [*mentions, *quotes]:
        assert document.text[each.start : each.end] == each.quote


def test_removing_a_source_leaves_nothing_of_it(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM, QUIET])
    refresh(db)
    assert all(count(db, table) for table in ("found", "concepts", "places", "relations", "evidence", "spellings"))
    corpus_tables.delete_source(db, "https://a.example/1")
    assert [count(db, table) for table in ("found", "concepts", "places", "relations", "evidence", "spellings")] == [
        0
    ] * 6
    assert tables.stale(db, GRAPH)


def test_a_reader_never_sees_a_relation_without_evidence_or_a_concept_without_place(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM])
    save(db, "https://b.example/2", [WARP, CHINESE])
    refresh(db)
    corpus_tables.delete_source(db, "https://b.example/2")  # and no new graph yet
    left = tables.read_relations(db)
    assert left
    assert all(evidence.url == "https://a.example/1" for relation in left for evidence in relation.evidence)
    assert all(relation.evidence for relation in left)
    assert {concept.name for concept in tables.read_concepts(db)} == {"loom", "warp", "thread"}


def test_a_relation_goes_with_its_last_quote_though_both_concepts_stay(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", ["Here is a loom.", QUIET, "There is thread."])
    save(db, "https://b.example/2", ["The loom holds thread."])
    refresh(db)
    assert len(tables.read_relations(db)) == 1
    corpus_tables.delete_source(db, "https://b.example/2")
    assert {concept.name for concept in tables.read_concepts(db)} == {"loom", "thread"}
    assert tables.read_relations(db) == []
    assert count(db, "relations") == 0


def test_a_spelling_of_two_concepts_names_the_better(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM])
    refresh(db)
    twins = [dataclasses.replace(CONCEPTS[0], id=name) for name in ("better", "worse")]
    assert {place.concept for passage in tables.Passages(db, twins) for place in passage.places} == {"better"}


def test_a_chunk_that_moves_keeps_its_quotes_right(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM, QUIET])
    refresh(db)
    save(db, "https://a.example/1", ["A paragraph on top.", LOOM, QUIET])
    assert tables.stale(db, GRAPH)
    (evidence,) = {evidence for relation in tables.read_relations(db) for evidence in relation.evidence}
    document = corpus_tables.load_document(db, "https://a.example/1")
    assert document is not None
    assert document.text[evidence.start : evidence.end] == evidence.quote == LOOM


def test_other_mark_up_over_the_same_words_is_read_again(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM])
    refresh(db)
    save(db, "https://a.example/1", [LOOM])
    assert list(tables.missing(db, RECIPE)) == []
    assert not tables.stale(db, GRAPH), "nothing changed"
    save(db, "https://a.example/1", [LOOM], marks=(Span(4, 8, "strong"),))
    assert [chunk.text for _, chunk in tables.missing(db, RECIPE)] == [LOOM]


def test_a_relation_of_a_concept_that_nothing_names_is_left_out(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM, QUIET])
    refresh(db)
    assert {relation.b for relation in tables.read_relations(db)} == {"c-2", "c-3"}
    write(db, CONCEPTS[:3])
    assert [concept.name for concept in tables.read_concepts(db)] == ["loom", "warp"], "nothing names the weft"
    assert len(tables.read_relations(db)) == 1


def test_a_source_that_changed_leaves_the_tallies_keys_and_quotes_of_the_others_alone(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM, QUIET])
    save(db, "https://b.example/2", [CLOTH, QUIET])
    refresh(db)
    keys = {
        table: db.execute(f"select * from {table}").fetchall()
        for table in ("concepts", "spellings", "evidence", "tallies where source = 1")
    }
    relations_before = dict(db.execute("select key, said from relations"))
    save(db, "https://c.example/3", [QUIET, "Here is a weft.", QUIET])
    for key, chunk in list(tables.missing(db, RECIPE)):
        tables.save_found(db, key, found_in(chunk.text), RECIPE)
    names = source_tables.Names.of(CONCEPTS)
    assert source_tables.unaccounted(db) == ["https://c.example/3"]
    source_tables.save_account(db, "https://c.example/3")
    assert [url for url, _ in source_tables.uncounted(db, names)] == ["https://c.example/3"]
    llr = dict(db.execute("select key, llr from relations"))
    refresh(db)
    assert dict(db.execute("select key, said from relations")) == relations_before
    assert dict(db.execute("select key, llr from relations")) != llr, "there are more windows now"
    for table, rows in keys.items():
        assert db.execute(f"select * from {table}").fetchall() == rows, table


def test_a_concept_that_moves_to_another_page_stays(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM, QUIET])
    save(db, "https://b.example/2", [QUIET])
    refresh(db)
    save(db, "https://a.example/1", [QUIET])
    save(db, "https://b.example/2", [LOOM, QUIET])
    refresh(db)
    assert {concept.name for concept in tables.read_concepts(db)} == {"loom", "warp", "thread"}
    assert {evidence.url for link in tables.read_relations(db) for evidence in link.evidence} == {"https://b.example/2"}


def test_a_page_that_went_and_came_back_unchanged_has_its_quotes_again(db: sqlite3.Connection) -> None:
    for nth, text in enumerate((LOOM, LOOM + " It is old.")):
        save(db, f"https://{'ab'[nth]}.example/{nth + 1}", [text, QUIET])
    refresh(db)
    before = whole(db)
    corpus_tables.delete_source(db, "https://b.example/2")
    save(db, "https://b.example/2", [LOOM + " It is old.", QUIET])
    refresh(db)
    assert whole(db) == before


def test_better_concepts_come_first_whatever_they_were_before(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM, WARP, CHINESE])
    refresh(db)
    write(db, CONCEPTS[::-1])
    assert [concept.id for concept in tables.read_concepts(db)] == [concept.id for concept in CONCEPTS[::-1]]


@given(st.lists(st.one_of(st.none(), st.integers(1, 60)), max_size=12, unique_by=lambda key: key if key else object()))
def test_keys_rise_and_stay_where_they_can(stored: list[int | None]) -> None:
    keys = graph_tables.keys_in_order(stored)
    assert keys == sorted(set(keys))
    assert len(keys) == len(stored)
    before = {key for key in stored if key is not None}
    assert all(key == old or key not in before for key, old in zip(keys, stored, strict=True)), (
        "no key changes its owner"
    )


def test_a_concept_that_moves_in_the_ranking_takes_its_new_key_alone() -> None:
    first = graph_tables.keys_in_order([None] * 5)
    assert graph_tables.keys_in_order(first) == first
    a, b, c, d, e = first
    moved = graph_tables.keys_in_order([a, e, b, c, d])
    assert [moved[nth] for nth in (0, 2, 3, 4)] == [a, b, c, d]
    assert a < moved[1] < b


def test_definitions_read_back_equal_move_with_their_text_and_go_with_it(db: sqlite3.Connection) -> None:
    url = "https://a.example/1"
    save(db, url, [QUIET, SAYS])
    refresh(db)
    (said,) = tables.read_definitions(db)
    assert (said.concept, said.evidence.quote, said.evidence.start) == ("c-0", SAYS, len(QUIET) + 2)
    assert [said] == definitions(tables.Passages(db, CONCEPTS)) == tables.read_definitions(db, "c-0")
    assert tables.read_definitions(db, "c-1") == []
    save(db, url, [LOOM, QUIET, SAYS])
    (moved,) = tables.read_definitions(db)
    assert moved.evidence.start == said.evidence.start + len(LOOM) + 2
    save(db, url, [QUIET])
    assert count(db, "definitions") == 0


def test_the_passages_that_name_a_concept_come_with_its_places(db: sqlite3.Connection) -> None:
    save(db, "https://b.example/2", [CLOTH, QUIET])
    save(db, "https://a.example/1", [LOOM + "\n" + WARP, LOOM + " The loom."])
    refresh(db)
    spoken = list(tables.read_spoken(db, "c-0"))
    every = [each for each in tables.Passages(db, CONCEPTS) if any(place.concept == "c-0" for place in each.places)]
    assert spoken == [
        dataclasses.replace(each, places=tuple(place for place in each.places if place.concept == "c-0"))
        for each in every
    ]
    assert sum(len(each.places) for each in spoken) == 5


def test_names_are_encoded_once_and_go_with_their_concept(db: sqlite3.Connection) -> None:
    save(db, "https://a.example/1", [LOOM])
    assert tables.missing_names(db, ["loom", "warp", "loom"], "encoder") == ["loom", "warp"]
    tables.save_names(db, ["loom", "gone"], np.array([[1, 0.5], [0, 1]], np.float32), "encoder")
    refresh(db)
    assert tables.missing_names(db, ["loom", "warp"], "encoder") == ["warp"]
    assert tables.missing_names(db, ["loom"], "another") == ["loom"]
    assert {name: vector.tolist() for name, vector in tables.read_names(db).items()} == {"loom": [1, 0.5]}
    corpus_tables.delete_source(db, "https://a.example/1")
    assert tables.read_names(db) == {}


PAGES = st.dictionaries(
    st.sampled_from(["https://a.example/1", "https://b.example/2", "https://c.example/3"]),
    st.lists(st.sampled_from([LOOM, WARP, CLOTH, CHINESE, QUIET, SAYS]), min_size=1, max_size=4),
)


@settings(max_examples=25, deadline=None)
@given(histories=st.lists(PAGES, min_size=1, max_size=4))
def test_any_history_ends_like_a_fresh_library(
    tmp_path_factory: pytest.TempPathFactory, histories: list[dict[str, list[str]]]
) -> None:
    one = Library.open(tmp_path_factory.mktemp("one"), ROOMS, create=True).connect()
    for pages in histories:
        for stored in corpus_tables.stored(one):
            if stored.url not in pages:
                corpus_tables.delete_source(one, stored.url)
        for url, paragraphs in pages.items():
            save(one, url, paragraphs)
        refresh(one)
    two = Library.open(tmp_path_factory.mktemp("two"), ROOMS, create=True).connect()
    for url, paragraphs in reversed(histories[-1].items()):
        save(two, url, paragraphs)
    refresh(two)
    assert whole(one) == whole(two)
    one.close()
    two.close()
