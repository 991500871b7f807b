import pathlib

import numpy as np

from corpus import tables as corpus_tables
from index import tables
from index.near import likeness, near
from index.view import view
from tests.hashing_encoder import HashingEncoder
from tests.library_at import Web, build, html_of, library_at

PAGES = {
    "https://a.example/": html_of("A page", (0, 1)),
    "https://b.example/": html_of("Another page", (1, 2, 3)),
    "https://c.example/": html_of("一页", (4, 5)),
    "https://d.example/": html_of("又一页", (5, 6)),
}


def test_the_nearest_of_other_sources_by_plain_products(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    build(library, Web(PAGES), list(PAGES))
    with library.reading() as db:
        own = view(library, db, HashingEncoder().name)
        rows = {
            key: (lang, url)
            for key, lang, url in db.execute(
                "select chunks.key, documents.lang, url from chunks join documents on documents.source = chunks.source "
                "join sources on sources.key = chunks.source"
            )
        }
        langs = dict(db.execute("select key, lang from chunks"))
        keys = np.array(sorted(rows))
        vectors = tables.stored_vectors(db, keys)
        centred = {
            key: own.centred_passage(vector, langs[key]) for key, vector in zip(keys.tolist(), vectors, strict=True)
        }
        for url in PAGES:
            found = near(db, own, url, 2)
            assert [each.key for each in found] == [key for key in keys.tolist() if rows[key][1] == url]
            for each in found:
                for side, wanted in ((each.same, True), (each.other, False)):
                    options = {
                        key: float(centred[each.key] @ centred[key])
                        for key, (lang, there) in rows.items()
                        if there != url and (lang == rows[each.key][0]) == wanted
                    }
                    best = sorted(options.values(), reverse=True)[:2]
                    np.testing.assert_allclose([one.cosine for one in side], best, atol=2e-3)  # codes are fp16
                    assert all(abs(options[one.key] - one.cosine) < 2e-3 for one in side)


def test_a_source_without_text_has_nothing_near(tmp_path: pathlib.Path) -> None:
    library = library_at(tmp_path)
    build(
        library,
        Web({"https://a.example/": PAGES["https://a.example/"]}),
        ["https://a.example/", "https://gone.example/"],
    )
    with library.reading() as db:
        own = view(library, db, HashingEncoder().name)
        assert near(db, own, "https://gone.example/", 2) == []
        (alone, *_) = near(db, own, "https://a.example/", 2)
        assert (alone.same, alone.other) == ((), ())
        assert corpus_tables.newest(db) == "https://a.example/"


def test_a_passage_is_most_like_itself_and_one_window_tells_nothing(tmp_path: pathlib.Path) -> None:
    long = (
        "Yeast makes dough rise in the warm kitchen of the old baker there. Salt slows the yeast down and gives taste. "
    )
    texts = {name: f"{long * 2} {name} {' '.join(f'{name}{nth}' for nth in range(90))}." for name in ("oven", "mill")}
    page = "<html><head><title>{0}</title></head><body><article><p>{1}</p></article></body></html>"
    pages = {f"https://{name}.example/": page.format(name, text) for name, text in texts.items()}
    library = library_at(tmp_path)
    build(library, Web(pages), list(pages))
    with library.reading() as db:
        own = view(library, db, HashingEncoder().name)
        counts = {key: len(flat) // 64 for key, _, flat in tables.stored_windows(db, own.index.keys.tolist())}
        first, second = sorted(key for key, count in counts.items() if count > 1)[:2]
        assert likeness(db, own, [(first, first)]) > likeness(db, own, [(first, second)])
        assert likeness(db, own, []) == 0.0
