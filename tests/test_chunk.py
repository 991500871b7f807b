import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.chunk import LIMIT, chunks
from corpus.model import Chunk, Document, Span, chunk_id

SENTENCES = [
    "The wheel turns slowly.",
    "Water is what it wants!",
    "磨坊在河边。",
    "你看见轮子了吗？",
    "It costs 3.5 pounds, e.g. in May.",
    "转",
]

prose = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=30).map(" ".join)
code = st.lists(
    st.sampled_from(["def turn():", "    return 1", "", "x = [1, 2, 3]  # 数"]), min_size=1, max_size=30
).map("\n".join)
block = st.one_of(
    st.tuples(st.just("heading"), st.integers(1, 4), st.sampled_from(["Wheels", "Water", "轮子", "河"])),
    st.tuples(st.sampled_from(["paragraph", "quote", "caption"]), st.just(0), prose),
    st.tuples(st.just("item"), st.integers(1, 3), prose.map(lambda text: f"- {text}")),
    st.tuples(
        st.sampled_from(["code", "table"]), st.just(0), code.filter(str.strip).map(lambda text: text.strip("\n"))
    ),
)


def build(blocks: list[tuple[str, int, str]], lang: str = "en") -> Document:
    spans, place = [], 0
    for kind, level, text in blocks:
        spans.append(Span(place, place + len(text), kind, level))
        place += len(text) + 2
    text = "\n\n".join(text for _, _, text in blocks)
    marks = tuple(
        Span(at, at + 5, "strong") for at in range(0, max(len(text) - 5, 0), 7) if not text[at : at + 5].isspace()
    )
    return Document("https://a.example/x", "Mills", lang, text, tuple(spans), marks)


def by_character(text: str) -> int:
    """As most tokenizers do, count nothing for white space."""
    return len("".join(text.split()))


def by_word(text: str) -> int:
    return len(text.split())


documents = st.lists(block, max_size=12).map(build)


@settings(max_examples=150, deadline=None)
@given(documents, st.sampled_from([20, 60, 256]))
def test_passages_are_slices_that_hold_every_word_once(document: Document, limit: int) -> None:
    place = 0
    for chunk in chunks(document, by_character, limit):
        assert chunk.text == document.text[chunk.start : chunk.end]
        assert not document.text[place : chunk.start].strip()
        assert chunk.text.strip()
        assert by_character(chunk.text) <= limit
        place = chunk.end
    assert not document.text[place:].strip()


@settings(max_examples=100, deadline=None)
@given(documents)
def test_ids_are_one_of_a_kind_and_say_url_and_words(document: Document) -> None:
    found = list(chunks(document, by_word))
    assert len({chunk.id for chunk in found}) == len(found)
    seen: list[str] = []
    for chunk in found:
        assert chunk.id == chunk_id(document.url, chunk.text, seen.count(chunk.text))
        seen.append(chunk.text)


@settings(max_examples=100, deadline=None)
@given(documents, st.sampled_from([40, 256]))
def test_spans_are_the_documents_clipped(document: Document, limit: int) -> None:
    for chunk in chunks(document, by_character, limit):
        for mine, whole in ((chunk.blocks, document.blocks), (chunk.marks, document.marks)):
            expected = [
                Span(max(span.start - chunk.start, 0), min(span.end, chunk.end) - chunk.start, span.kind, span.level)
                for span in whole
                if span.start < chunk.end and span.end > chunk.start
            ]
            assert list(mine) == expected


def section(name: str, paragraphs: int, level: int = 2) -> list[tuple[str, int, str]]:
    words = [f"In {name} the wheel number {nth} {'turns and ' * (nth * 7 % 23 + 8)}stops." for nth in range(paragraphs)]
    return [("heading", level, name), *(("paragraph", 0, text) for text in words)]


def ids(found: list[Chunk]) -> set[str]:
    return {chunk.id for chunk in found}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2), st.integers(0, 9), prose)
def test_an_edit_leaves_the_passages_of_other_sections(which: int, where: int, text: str) -> None:
    names = ["Spring", "Summer", "Autumn"]
    parts = [section(name, 10) for name in names]
    before = list(chunks(build([block for part in parts for block in part]), by_word))
    parts[which].insert(1 + where, ("paragraph", 0, text))
    after = list(chunks(build([block for part in parts for block in part]), by_word))
    others = {chunk.id for chunk in before if chunk.heading != (names[which],)}
    assert others <= ids(after)
    assert {chunk.id for chunk in after if chunk.heading != (names[which],)} == others


@pytest.mark.parametrize("words", [5, 20, 50, 80, 110, 140, 170, 200])
def test_a_paragraph_on_top_of_a_long_section_moves_few_boundaries(words: int) -> None:
    part = section("Spring", 60)
    before = list(chunks(build(part), by_word))
    after = list(chunks(build([part[0], ("paragraph", 0, "new " * (words - 1) + "words"), *part[1:]]), by_word))
    assert len(before) == 14
    assert len(ids(before) - ids(after)) <= 3  # even packing alone moves up to six here


def test_a_chinese_paragraph_over_the_limit_is_cut_between_sentences() -> None:
    text = "磨坊在河边，轮子慢慢地转。你看见轮子了吗？它真大！" * 40
    found = list(chunks(build([("paragraph", 0, text)], "zh"), by_character, 128))
    assert all(chunk.text[-1] in "。？！" for chunk in found)
    assert all(64 <= len(chunk.text) <= 128 for chunk in found)
    assert {chunk.lang for chunk in found} == {"zh"}


def test_code_is_whole_up_to_the_limit_and_cut_between_lines_above_it() -> None:
    lines = [f"    wheel[{nth}] = turn(water, {nth})" for nth in range(40)]
    whole, long = "\n".join(lines[:5]), "\n".join(lines)
    found = list(chunks(build([("paragraph", 0, "So:"), ("code", 0, whole), ("code", 0, long)]), by_word))
    assert sum(whole in chunk.text for chunk in found) == 1
    found = list(chunks(build([("code", 0, long)]), by_word, 30))
    assert [line for chunk in found for line in chunk.text.split("\n")] == lines
    assert len(found) > 3


def test_a_line_that_nothing_can_break_is_cut_all_the_same() -> None:
    found = list(chunks(build([("code", 0, "x" * 1000)]), by_character, 100))
    assert "".join(chunk.text for chunk in found) == "x" * 1000
    assert max(len(chunk.text) for chunk in found) <= 100


def test_headings_make_a_path_and_open_their_passage() -> None:
    blocks = [
        ("paragraph", 0, "word " * 60),
        *section("Water", 2, 1),
        *section("Wheels", 2, 3),
        *section("Gates", 2, 2),
    ]
    found = list(chunks(build(blocks), by_word))
    assert [chunk.heading for chunk in found] == [(), ("Water",), ("Water", "Wheels"), ("Water", "Gates")]
    assert [chunk.text.split("\n")[0] for chunk in found[1:]] == ["Water", "Wheels", "Gates"]


def test_a_bare_heading_goes_with_what_follows() -> None:
    blocks = [("heading", 1, "Mills"), *section("Wheels", 2), ("heading", 1, "End")]
    found = list(chunks(build(blocks), by_word))
    assert [chunk.heading for chunk in found] == [("Mills", "Wheels"), ("End",)]
    assert found[0].text.startswith("Mills\n\nWheels\n\nIn Wheels")


def test_a_tiny_section_leads_in_its_first_subsection() -> None:
    blocks = [("heading", 1, "Mills"), ("paragraph", 0, "In short."), *section("Wheels", 2), *section("Gates", 2)]
    found = list(chunks(build(blocks), by_word))
    assert [chunk.heading for chunk in found] == [("Mills", "Wheels"), ("Mills", "Gates")]
    assert found[0].text.startswith("Mills\n\nIn short.\n\nWheels\n\nIn Wheels")


def test_tiny_sections_of_one_parent_share_a_passage() -> None:
    tiny = [("heading", 2, "Oak"), ("paragraph", 0, "Hard."), ("heading", 2, "Ash"), ("paragraph", 0, "Tough.")]
    other = [("heading", 1, "Stone"), ("heading", 2, "Chalk"), ("paragraph", 0, "Soft.")]
    found = list(chunks(build([("heading", 1, "Wood"), *section("Trees", 2), *tiny, *other]), by_word))
    assert [chunk.heading for chunk in found] == [("Wood", "Trees"), ("Wood", "Oak"), ("Stone", "Chalk")]
    assert found[1].text == "Oak\n\nHard.\n\nAsh\n\nTough."


def test_what_follows_a_colon_is_not_parted_from_it() -> None:
    words = ("word " * 100, "word " * 94 + "so:", "a | b\n" * 40)
    kinds = ("paragraph", "paragraph", "table")
    found = list(chunks(build([(kind, 0, text.strip()) for kind, text in zip(kinds, words, strict=True)]), by_word))
    assert [by_word(chunk.text) for chunk in found] == [100, 215]  # by size alone it would be 195 and 120


def test_tokens_are_counted_once_a_block() -> None:
    asked: list[str] = []

    def count(text: str) -> int:
        asked.append(text)
        return by_word(text)

    document = build(section("Spring", 30))
    list(chunks(document, count))
    assert len(asked) == len(document.blocks)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_document_has_no_passages(text: str) -> None:
    assert list(chunks(Document("u", "", "", text, ()), by_word)) == []


def test_the_same_words_twice_are_two_passages() -> None:
    found = list(chunks(build([*section("Spring", 5), *section("Spring", 5)]), by_word))
    assert len(found) == 2 * len({chunk.text for chunk in found}) == len(ids(found))


def test_the_limit_is_kept_by_default() -> None:
    document = dataclasses.replace(build(section("Spring", 60)))
    assert all(by_word(chunk.text) <= LIMIT for chunk in chunks(document, by_word))
