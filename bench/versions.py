"""How surely `new` names translations and copies, and how surely a passage is found in the other language.

Usage: python -m bench.versions SHARED LIBRARY [OTHER]

LIBRARY holds the 42 concept articles of SHARED; OTHER the reading list. Three tables:

    translations  which others `new` would name for each source of LIBRARY. Gold: the six chapters that a textbook
                  has in both languages, and three pages that retell an English post; all else that is named is wrong
    copies        the same articles in LIBRARY and OTHER, which are different pages; all pairs in one language
    paragraphs    XQuAD: each paragraph in both languages, hit@1 and hit@5 both ways, by the passages' vectors and by
                  `search`; and at some thresholds how many are flagged when their translation is there, and when it is
                  taken away and only 47 articles on other topics and four paragraphs on the same stay
"""

import argparse
import collections
import itertools
import pathlib
import sqlite3
import sys
import tempfile
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.search import _squad, store, whole
from corpus import tables as corpus_tables
from corpus.library import Library
from corpus.model import Document, Source
from index import tables
from index.encoder import Encoder, load_encoder
from index.narrow import Narrow
from index.near import likeness, near
from index.search import rank
from index.view import View, view
from kg import versions
from service.readings import nearest_of_each
from service.rooms import ROOMS, open_library

CHAPTERS = (
    "attention-scoring-functions", "bahdanau-attention", "bert", "multihead-attention",
    "self-attention-and-positional-encoding", "transformer",
)  # fmt: skip
RETOLD = {  # read side by side: sections are translated freely, others are added or left out
    ("en_jalammar_transformer", "zh_datawhale_2.2"), ("en_jalammar_bert", "zh_datawhale_2.3"),
    ("en_jalammar_gpt2", "zh_datawhale_2.4"),
}  # fmt: skip
THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7)


def translations(db: sqlite3.Connection, own: View) -> list[tuple[str, str, versions.Version]]:
    """Return (source, other, version) of all that `new` would name, by the last parts of their addresses."""
    found = []
    for (url,) in db.execute("select url from sources order by url").fetchall():
        nears = near(db, own, url, 3)
        at = corpus_tables.placed(db, {key for one in nears for key in (one.key, *(each.key for each in one.other))})
        pairs = [
            versions.Pair(at[one.key].nth, at[each.key].url, at[each.key].nth, each.cosine)
            for one in nears
            for each in nearest_of_each(one.other, at)
        ]
        keys = {(one.url, one.nth): one.key for one in at.values()}

        def alike(chain: Sequence[versions.Pair], url: str = url, keys: Mapping[tuple[str, int], int] = keys) -> float:
            return likeness(db, own, [(keys[url, pair.own], keys[pair.url, pair.other]) for pair in chain])

        found += [(_tail(url), _tail(each.url), each) for each in versions.translations(pairs, len(nears), alike)]
    return found


def _tail(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def print_translations(found: Sequence[tuple[str, str, versions.Version]]) -> None:
    """Print what is named, right and wrong."""
    due = {(f"{a}_d2l_{name}", f"{b}_d2l_{name}") for name in CHAPTERS for a, b in (("en", "zh"), ("zh", "en"))}
    retold = RETOLD | {(b, a) for a, b in RETOLD}
    for kind in ("translation", "counterpart"):
        named = {(a, b) for a, b, each in found if each.kind == kind}
        print(
            f"named as {kind}: {len(named & due)} of {len(due)} chapters, {len(named & retold)} of {len(retold)} "
            f"retold, {len(named - due - retold)} others"
        )
    for a, b, each in sorted(found, key=lambda row: row[2].likeness):
        print(f"    likeness {each.likeness:.2f} share {each.share:.2f} {each.kind:11} {a} of {b}")


def print_copies(texts: Sequence[tuple[str, str, str]]) -> None:
    """Print the share of each text (library, name, text) that stands in another, from the largest."""
    words = [(library, name, versions.tokens(text)) for library, name, text in texts]
    rows = [frozenset(versions._rows(own)) for _, _, own in words]
    found = [
        (versions.copied(a[2], rows[nth]), a[:2], b[:2])
        for a, (nth, b) in itertools.product(words, enumerate(words))
        if a is not b
    ]
    for share, a, b in sorted(found, reverse=True)[:32]:
        print(f"    {share:.2f} {' '.join(a)[-44:]:44} in {' '.join(b)[-44:]}")


def paragraphs(shared: pathlib.Path, folder: pathlib.Path) -> None:
    """Print how often the translation of a paragraph is the nearest, and what thresholds flag."""
    encoder = load_encoder()
    library = Library.open(folder, ROOMS, create=True)
    documents = [
        Document(f"https://{lang}.example/{nth}", "", lang, text, ())
        for lang in ("en", "zh")
        for nth, (text, _) in enumerate(_squad(shared / "gold" / f"xquad.{lang}.json"))
    ]
    store(library, encoder, ((Source(each.url), each, [whole(each)]) for each in documents))
    with library.reading() as db:
        own = view(library, db, encoder.name)
        rows = db.execute(
            "select chunks.key, lang, url from chunks join sources on sources.key = source order by chunks.key"
        ).fetchall()
        vectors = tables.stored_vectors(db, np.array([key for key, _, _ in rows]))
        spoken = zip(vectors, rows, strict=True)
        centred = np.stack([own.centred_passage(vector, lang) for vector, (_, lang, _) in spoken])
        _print_search(db, own, encoder, documents)
        _print_alike(db, own, rows, centred)
    langs = np.array([lang for _, lang, _ in rows])
    number = np.array([int(_tail(url)) for _, _, url in rows])
    for a, b in (("en", "zh"), ("zh", "en")):
        mine, other = np.flatnonzero(langs == a), np.flatnonzero(langs == b)
        _print_paragraphs(f"{a} to {b}", centred[mine] @ centred[other].T, number[mine], number[other])


def _print_search(db: sqlite3.Connection, own: View, encoder: Encoder, documents: Sequence[Document]) -> None:
    """Print how often `bridge TEXT` finds the translation of a paragraph, asked with a quarter of them."""
    for a, b in (("en", "zh"), ("zh", "en")):
        asked = [each for each in documents if each.lang == a][::4]
        ranks = []
        for each, vector in zip(asked, encoder.queries([each.text for each in asked]), strict=True):
            answer = rank(db, own, vector, each.text, 5, narrow=Narrow(langs=(b,)))
            found = [_tail(hit.url) for hit in answer.hits]
            ranks.append(found.index(_tail(each.url)) if _tail(each.url) in found else 5)
        places = np.array(ranks)
        print(f"search {a} to {b}: hit@1 {(places < 1).mean():.3f}, hit@5 {(places < 5).mean():.3f} of {len(asked)}")


def _print_alike(
    db: sqlite3.Connection, own: View, rows: Sequence[tuple[int, str, str]], centred: NDArray[np.float32]
) -> None:
    """Print what `new` says of a page of one paragraph: with its translation there, and with that taken away."""
    for away in (False, True):
        flagged = 0
        for (key, lang, url), vector in zip(rows, centred, strict=True):
            others = [
                nth for nth, (_, other, there) in enumerate(rows)
                if other != lang and not (away and _tail(there) == _tail(url))
            ]  # fmt: skip
            cosines = centred[others] @ vector
            best = int(cosines.argmax())
            other, right = rows[others[best]], _tail(rows[others[best]][2]) == _tail(url)
            like = likeness(db, own, [(key, other[0])])
            named = cosines[best] >= versions.ALIKE_ALONE and like >= versions.TRANSLATED
            flagged += named and (right or away)
        print(f"named a translation, {'taken away' if away else 'there'}: {flagged / len(rows):.3f} of {len(rows)}")


def _print_paragraphs(
    name: str, cosines: NDArray[np.float32], mine: NDArray[np.int64], other: NDArray[np.int64]
) -> None:
    right = mine[:, None] == other
    ranks = (cosines > np.where(right, cosines, -2).max(axis=1, keepdims=True)).sum(axis=1)
    print(f"{name}: hit@1 {(ranks < 1).mean():.3f}, hit@5 {(ranks < 5).mean():.3f} of {len(mine)}")
    there, away = cosines.max(axis=1), np.where(right, -2, cosines).max(axis=1)
    for least in THRESHOLDS:
        hits = int(((ranks < 1) & (there >= least)).sum())
        wrong = int(((ranks >= 1) & (there >= least)).sum()) + int((away >= least).sum())
        print(
            f"    from {least:.2f}: recall {hits / len(mine):.3f}; flagged without a translation "
            f"{(away >= least).mean():.3f}; precision, half of them without, {hits / max(1, hits + wrong):.3f}"
        )


def main() -> int:
    """Print the three tables."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.versions", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", metavar="SHARED", type=pathlib.Path)
    parser.add_argument("library", metavar="LIBRARY", type=pathlib.Path)
    parser.add_argument("other", metavar="OTHER", type=pathlib.Path, nargs="?")
    given = parser.parse_args()
    encoder = load_encoder()
    texts: dict[str, list[tuple[str, str, str]]] = collections.defaultdict(list)
    library = open_library(given.library)
    with library.reading() as db:
        print_translations(translations(db, view(library, db, encoder.name)))
    for folder in filter(None, (given.library, given.other)):
        with open_library(folder).reading() as db:
            for each in corpus_tables.documents(db):
                texts[each.lang].append((folder.name, _tail(each.url), each.text))
    for lang, some in sorted(texts.items()):
        print(f"copies, {lang}")
        print_copies(some)
    with tempfile.TemporaryDirectory() as scratch:
        paragraphs(given.shared, pathlib.Path(scratch) / "xquad")
    return 0


if __name__ == "__main__":
    sys.exit(main())
