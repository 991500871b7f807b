"""Every spelling of a concept can be explained, with the sentence where a text says so."""

import pathlib

from kg.tables import read_concepts
from service.ask import Snapshot
from service.why import in_words
from tests.library_at import Web, build, html_of, library_at

URLS = ("https://a.example/1", "https://b.example/2")


def test_each_spelling_of_each_concept_has_a_witness_and_quotes_stand_in_the_text(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    build(library, Web({url: html_of(f"Page {url}", [0, 1, 2, 4, 5]) for url in URLS}), URLS)
    with library.reading() as db, Snapshot.open(library) as snapshot:
        for concept in read_concepts(db):
            rows = snapshot.ideas.why(concept.name)
            assert len(rows) == len(concept.keys)
            assert [row.same_as for row in rows if not row.witness] == [""]
            assert rows[0].spellings[0] == concept.name
            assert all(in_words(row) for row in rows)
            for row in rows:
                for item in row.evidence:
                    assert snapshot.show(item.url).text[item.start : item.end] == item.quote
        rows = snapshot.ideas.why("多头注意力")
    quotes = {item.quote for row in rows for item in row.evidence}
    assert quotes == {"多头注意力（multi-head attention）"}
