"""The SQL of what each source says, counted and kept: its account (its candidates) and its tally (its concepts).

Both stand beside what was found in the source, and go when that moves.
"""

import dataclasses
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kg import evidence, mentions, patterns, portraits, tally
from kg.concepts import found_in_line, lines, passages
from kg.kinds import Witness, proper
from kg.model import Concept, Definition, Evidence
from kg.portraits import Portrait
from kg.tables import dump, dump_found, load_found, read_found
from kg.tally import Known, Tally

MADE_BY = f"{mentions.MADE_BY}, {evidence.RECIPE}, {tally.RECIPE}, {patterns.RECIPE}, {portraits.RECIPE}"
_ACCOUNTS_BY = f"{evidence.RECIPE}, {mentions.MADE_BY}"
_TALLIES_BY = f"{tally.RECIPE}, {patterns.RECIPE}, {portraits.RECIPE}"
_QUICK = 1  # zlib: three quarters of what is to be gained, at a third of the time


def unaccounted(db: sqlite3.Connection) -> list[str]:
    """Return the sources that have a text but no account of this recipe, by URL."""
    rows = db.execute(
        "select url from sources join documents on documents.source = sources.key "
        "left join accounts on accounts.source = sources.key where accounts.made_by is not ? order by url",
        (_ACCOUNTS_BY,),
    )
    return [url for (url,) in rows]


def save_account(db: sqlite3.Connection, url: str) -> None:
    """Count the candidates of a source, and keep the account."""
    db.execute(
        "insert or replace into accounts select key, ?, ?, ?, ?, ?, ?, ?, ?, ? from sources where url = ?",
        (*_account(db, url), url),
    )


def account_holds(db: sqlite3.Connection, url: str) -> bool:
    """Return whether the stored account of a source follows from what was found in it."""
    fields = "accounts.made_by, glosses, accounts.keys, heads, cues, times, words, over, over_keys"
    row = db.execute(
        f"select {fields} from accounts join sources on sources.key = source where url = ?", (url,)
    ).fetchone()
    return bool(row == _account(db, url))


def _account(db: sqlite3.Connection, url: str) -> tuple[str | bytes, ...]:
    read = list(read_found(db, url))
    account = evidence.account(url, read)
    heads, details = account.heads(), account.details()
    over = {line: found_in_line(line) for line in sorted({line for chunk, _ in read for line in lines(chunk)})}
    only_over = {each.key for found in over.values() for each in found.mentions}.difference(details.names)
    return (
        _ACCOUNTS_BY, dump(account.glosses), heads.keys.astype("<u8").tobytes(), _squeeze(heads.rows.tobytes()),
        _squeeze(details.cues.astype("<u4").tobytes()), _squeeze(details.times.astype("<u4").tobytes()),
        _squeeze("\n".join((*details.names, *details.spellings)).encode("utf-8", "surrogatepass")),
        _pack([(line, *dump_found(found)) for line, found in over.items()]),
        np.array(sorted(map(evidence.key_hash, only_over)), "<u8").tobytes(),
    )  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class StoredAccount:
    """An account as it stands in its row: evidence.Said."""

    url: str
    glosses: Sequence[tuple[str, str, int]]
    blobs: Sequence[bytes]  # keys, heads, cues, times, words

    def heads(self) -> evidence.Heads:
        """Return its keys."""
        keys, heads, *_ = self.blobs
        return evidence.Heads(np.frombuffer(keys, "<u8"), np.frombuffer(zlib.decompress(heads), evidence.HEAD))

    def details(self) -> evidence.Details:
        """Return what it says of them."""
        keys, _, cues, times, words = self.blobs
        n = len(keys) // 8
        texts = zlib.decompress(words).decode("utf-8", "surrogatepass").split("\n") if n else []
        counts = (np.frombuffer(zlib.decompress(blob), "<u4") for blob in (cues, times))
        return evidence.Details(next(counts).reshape(n, len(evidence.CUES)), texts[:n], next(counts), texts[n:])


class Accounts:
    """What each source says about its candidates, by URL. It can be read again."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Read from `db` as long as this is in use."""
        self._db = db

    def __iter__(self) -> Iterator[StoredAccount]:
        rows = self._db.execute(
            "select url, glosses, accounts.keys, heads, cues, times, words "
            "from accounts join sources on sources.key = source order by url"
        )
        for url, glosses, *blobs in rows:
            yield StoredAccount(url, [(left, right, n) for left, right, n in json.loads(glosses)], blobs)


@dataclasses.dataclass(frozen=True, slots=True)
class Names:
    """What was decided about concepts, as far as it matters to what a source says of them."""

    by_key: Mapping[str, str]  # which key names which concept; one that two have names the better
    proper: frozenset[str]  # the concepts whose name is a proper one

    @classmethod
    def of(cls, ranked: Sequence[Concept]) -> "Names":
        """Return it for these concepts, best first."""
        return cls({key: concept.id for concept in reversed(ranked) for key in concept.keys}, proper(ranked))


def uncounted(db: sqlite3.Connection, names: Names) -> list[tuple[str, str]]:
    """Return the sources whose tally is missing or no longer holds, by URL, with what it must be made of."""
    known = Known({key: f"{concept} {concept in names.proper}" for key, concept in names.by_key.items()})
    rows = db.execute(
        "select url, accounts.keys, over_keys, made_of from accounts join sources on sources.key = accounts.source "
        "left join tallies on tallies.source = accounts.source order by url"
    )
    wanted = []
    for url, keys, over_keys, made_of in rows:
        due = f"{_TALLIES_BY}, {known.digest(np.frombuffer(keys + over_keys, '<u8'))}"
        if due != made_of:
            wanted.append((url, due))
    return wanted


def save_tally(db: sqlite3.Connection, url: str, names: Names, made_of: str) -> None:
    """Count what a source says of its concepts, and keep the tally."""
    db.execute(
        "insert or replace into tallies select key, ?, 0, ?, ?, ?, ?, ?, ?, ?, ? from sources where url = ?",
        (made_of, *_tally(db, url, names), url),
    )


def tally_holds(db: sqlite3.Connection, url: str, names: Names) -> bool:
    """Return whether the stored tally of a source follows from what was found in it, and from what its words name."""
    fields = "concepts, chunks, windows, single, places, pairs, quotes, portrait"
    of_source = f"select {fields} from tallies join sources on sources.key = source where url = ?"
    return bool(db.execute(of_source, (url,)).fetchone() == _tally(db, url, names))


def _tally(db: sqlite3.Connection, url: str, names: Names) -> tuple[object, ...]:
    (packed,) = db.execute(
        "select over from accounts join sources on sources.key = source where url = ?", (url,)
    ).fetchone()
    over = {line: load_found(*found) for line, *found in _unpack(packed)}
    read = list(passages(read_found(db, url), names.by_key, over.__getitem__))
    said, shown = tally.tally(url, read), portraits.portrait(read, names.proper)
    told = [(each.concept, each.kind, each.votes) for each in shown.witnesses]
    definitions = [
        (each.concept, each.evidence.chunk, each.evidence.lang, each.evidence.quote, each.evidence.start, each.score)
        for each in shown.definitions
    ]
    return (
        dump(said.concepts), dump(said.chunks), said.windows, said.single.astype("<u4").tobytes(),
        said.places.tobytes(), said.pairs.tobytes(), said.quotes.tobytes(), _pack([told, definitions]),
    )  # fmt: skip


def read_portraits(db: sqlite3.Connection) -> Iterator[Portrait]:
    """Yield what each source says that its concepts are, by URL."""
    rows = db.execute("select url, portrait from tallies join sources on sources.key = source order by url")
    for url, packed in rows:
        told, definitions = _unpack(packed)
        yield Portrait(
            tuple(Witness(concept, kind, url, votes) for concept, kind, votes in told),
            tuple(
                Definition(concept, Evidence(chunk, url, lang, quote, start, start + len(quote)), score)
                for concept, chunk, lang, quote, start, score in definitions
            ),
        )


class Tallies:
    """What each source says of its concepts, by URL. It can be read again."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Read from `db` as long as this is in use."""
        self._db = db

    def __iter__(self) -> Iterator[Tally]:
        rows = self._db.execute(
            "select url, concepts, chunks, windows, single, places, pairs, quotes "
            "from tallies join sources on sources.key = source order by url"
        )
        for url, concepts, chunks, windows, *blobs in rows:
            forms = (np.dtype("<u4"), tally.PLACE, tally.PAIR, tally.QUOTE)
            arrays = [np.frombuffer(blob, form) for blob, form in zip(blobs, forms, strict=True)]
            chunk_rows = tuple((name, lang) for name, lang in json.loads(chunks))
            yield Tally(url, tuple(json.loads(concepts)), chunk_rows, windows, *arrays)


def _pack(value: object) -> bytes:
    return _squeeze(dump(value).encode("utf-8", "surrogatepass"))


def _squeeze(plain: bytes) -> bytes:
    return zlib.compress(plain, _QUICK)


def _unpack(packed: bytes) -> Any:  # noqa: ANN401  # JSON that `_pack` wrote
    return json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
