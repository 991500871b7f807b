"""What all sources together say about each candidate: their accounts, added up.

The sums are whole numbers in columns, a row for each candidate: of hundreds of thousands few ever are concepts, and
nothing is made for the others but a name.
"""

import collections
import dataclasses
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kg.evidence import CUES, PLACES, Heads, Said, key_hash
from kg.names import is_han, words

Ints = NDArray[np.int64]
# (left key, right key) of glosses: how many there are, in how many sources
Pairs = Mapping[tuple[str, str], tuple[int, int]]
_AT_ONCE = 1 << 20  # heads held before those of one key are added up: 40 MB


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What is said of candidates, or of families of them: a row each."""

    counts: Ints  # (n,): mentions
    n_sources: Ints  # (n,)
    cues: Ints  # (n, len(CUES)): mentions that have the cue
    cue_sources: Ints  # (n, len(CUES)): sources that have it
    surfaces: Sequence[str]  # (n,): the spelling that is written most often; among equals the first in order

    def having(self, cue: str) -> Ints:
        """Return for each row the mentions that have a cue: (n,)."""
        return self.cues[:, PLACES[cue]]

    def pointing(self, cue: str) -> Ints:
        """Return for each row the sources that have a cue: (n,)."""
        return self.cue_sources[:, PLACES[cue]]


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The sums by candidate, with what is as long as it is for each."""

    sums: Sums
    urls: Sequence[str]  # of the sources
    sources: "_Lists"  # numbers of the sources that name a candidate
    texts: Sequence[str]  # every spelling
    spelled: "_Lists"  # numbers of the spellings of a candidate, by number
    times: Ints  # how often each of those is written


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Lists:
    """A list of numbers for each row, one after the other."""

    starts: Ints  # (n + 1,)
    numbers: Ints

    @classmethod
    def of(cls, rows: Ints, numbers: Ints, n: int) -> "_Lists":
        """Return it for numbers whose rows, of n, do not fall."""
        return cls(np.searchsorted(rows, np.arange(n + 1)), numbers)

    def span(self, row: int) -> slice:
        """Return where the list of a row stands."""
        return slice(self.starts.item(row), self.starts.item(row + 1))


class Candidate:
    """One key over all sources: a row of the sums."""

    __slots__ = ("_table", "_words", "is_han", "key", "row")

    def __init__(self, table: _Table, key: str, row: int) -> None:
        """Made by `candidates`."""
        self.key = key
        self.row = row
        self.is_han = is_han(key)
        self._table = table
        self._words: tuple[str, ...] | None = None

    @property
    def count(self) -> int:
        """How often it is mentioned."""
        return self._table.sums.counts.item(self.row)

    @property
    def surface(self) -> str:
        """The spelling that is written most often; among equals the first in order."""
        return self._table.sums.surfaces[self.row]

    @property
    def words(self) -> tuple[str, ...]:
        """The folded words of that spelling."""
        if self._words is None:
            self._words = words(self.surface)
        return self._words

    @property
    def surfaces(self) -> dict[str, int]:
        """The spellings as written, and how often."""
        at = self._table.spelled.span(self.row)
        texts, numbers = self._table.texts, self._table.spelled.numbers[at].tolist()
        return dict(zip((texts[nth] for nth in numbers), self._table.times[at].tolist(), strict=True))

    @property
    def urls(self) -> frozenset[str]:
        """The sources that name it."""
        numbers = self._table.sources.numbers[self._table.sources.span(self.row)].tolist()
        return frozenset(self._table.urls[nth] for nth in numbers)

    @property
    def n_sources(self) -> int:
        """How many sources name it."""
        return self._table.sums.n_sources.item(self.row)

    def having(self, cue: str) -> int:
        """Return how many mentions have a cue."""
        return self._table.sums.cues.item(self.row, PLACES[cue])


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Every candidate that may matter."""

    found: Mapping[str, Candidate]  # by key, in order; the nth has row n
    sums: Sums
    pairs: Pairs


def candidates(accounts: Iterable[Said], known: Collection[str] = ()) -> Candidates:
    """Return the sums of all accounts, whatever their order.

    Left out are candidates that stand once, that nothing points at, that are not among the `known` keys and only say
    more of none that is kept: they are most of all, and never concepts. So the accounts are read twice, the first time
    for their heads alone; an iterator is first made a list.
    """
    again = list(accounts) if iter(accounts) is accounts else accounts
    kept = _kept(again, np.array(sorted(map(key_hash, known)), np.uint64))
    reading = _Reading(kept)
    for each in again:
        reading.add(each)
    return reading.result()


def _kept(accounts: Iterable[Said], known: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the hashes of the keys that may matter, rising."""
    every, held, waiting = _joined([]), 0, []
    for each in accounts:
        heads = each.heads()
        waiting.append(heads)
        held += len(heads.keys)
        if held > _AT_ONCE:
            every, held, waiting = _joined([every, *waiting]), 0, []
    every = _joined([every, *waiting])
    rows = every.rows
    is_kept = (rows["count"] > 1) | rows["pointed"]
    is_kept[np.isin(every.keys, known)] = True
    tailed = np.flatnonzero(rows["base"])  # encoder-decoder framework
    is_kept[tailed] |= np.isin(rows["base"][tailed], every.keys[is_kept])
    kept: NDArray[np.uint64] = every.keys[is_kept]
    return kept


def _joined(parts: Sequence[Heads]) -> Heads:
    """Return the heads of all together."""
    if not parts:
        return Heads.of([])
    keys, rows = np.concatenate([part.keys for part in parts]), np.concatenate([part.rows for part in parts])
    if not len(keys):
        return Heads(keys, rows)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    sums = rows[order[first]]
    sums["count"] = np.add.reduceat(rows["count"][order], first)
    sums["pointed"] = np.logical_or.reduceat(rows["pointed"][order], first)
    return Heads(keys[first], sums)


class _Numbers(dict[str, int]):
    """Texts, numbered as they come."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


class _Reading:
    """The sums while the accounts are read, a row for each hash that is kept."""

    def __init__(self, kept: NDArray[np.uint64]) -> None:
        n = len(kept)
        self._kept = kept
        self._names = [""] * n
        self._counts = np.zeros(n, np.int64)
        self._cues = np.zeros((n, 2, len(CUES)), np.int32)  # mentions that have each, and sources
        self._urls: list[str] = []
        self._rows: list[Ints] = []  # of each source
        self._numbers = _Numbers()  # of each spelling
        self._spelled: list[tuple[Ints, Ints, Ints]] = []  # of each source: rows, spellings, counts
        self._pairs: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, each: Said) -> None:
        """Add the account of a source."""
        for left, right, count in each.glosses:
            total, sources = self._pairs.get((left, right), (0, 0))
            self._pairs[left, right] = total + count, sources + 1
        self._urls.append(each.url)
        heads = each.heads()
        place = np.minimum(np.searchsorted(self._kept, heads.keys), max(0, len(self._kept) - 1))
        chosen = self._kept[place] == heads.keys if len(self._kept) else np.zeros(len(place), np.bool_)
        rows = place[chosen]
        self._rows.append(rows)
        details = each.details()
        cues = details.cues[chosen]
        self._cues[rows] += np.stack((cues, cues > 0), axis=1, dtype=np.int32)
        for nth in np.flatnonzero(chosen)[self._counts[rows] == 0].tolist():
            self._names[place.item(nth)] = details.names[nth]
        self._counts[rows] += heads.rows["count"][chosen]
        of_key = np.repeat(np.arange(len(place)), heads.rows["spellings"])
        written = chosen[of_key]
        spellings = itertools.compress(details.spellings, written.tolist())
        self._spelled.append(
            (
                place[of_key[written]],
                np.fromiter(map(self._numbers.__getitem__, spellings), np.int64),
                details.times[written].astype(np.int64),
            )
        )

    def result(self) -> Candidates:
        """Return the candidates, in the order of their keys."""
        n = len(self._names)
        order = np.array(sorted(range(n), key=self._names.__getitem__), np.int64)
        row_of = np.empty(n, np.int64)
        row_of[order] = np.arange(n)
        names = [self._names[row] for row in order.tolist()]
        texts = list(self._numbers)
        spelled, times = self._summed(row_of)
        rows = row_of[np.concatenate([*self._rows, np.zeros(0, np.int64)])]
        numbers = np.repeat(np.arange(len(self._rows)), [len(part) for part in self._rows])
        by_row = np.argsort(rows, kind="stable")
        sums = Sums(
            self._counts[order], np.bincount(rows, minlength=n), self._cues[order, 0], self._cues[order, 1],
            _first(spelled, times, texts),
        )  # fmt: skip
        sources = _Lists.of(rows[by_row], numbers[by_row], n)
        table = _Table(sums, self._urls, sources, texts, spelled, times)
        found = {name: Candidate(table, name, row) for row, name in enumerate(names)}
        return Candidates(found, sums, dict(sorted(self._pairs.items())))

    def _summed(self, row_of: Ints) -> tuple[_Lists, Ints]:
        """Return the spellings of each row, and how often each is written."""
        empty = np.zeros(0, np.int64)
        rows, numbers, times = (np.concatenate(column) for column in zip(*self._spelled, (empty,) * 3, strict=True))
        both = row_of[rows] * (len(self._numbers) + 1) + numbers
        order = np.argsort(both, kind="stable")
        both = both[order]
        first = np.flatnonzero(np.concatenate([[True], both[1:] != both[:-1]])[: len(both)])
        rows, numbers = np.divmod(both[first], len(self._numbers) + 1)
        return _Lists.of(rows, numbers, len(row_of)), np.add.reduceat(times[order], first) if len(first) else empty


def _first(spelled: _Lists, times: Ints, texts: Sequence[str]) -> list[str]:
    """Return for each row the spelling that is written most often; among equals the first in order."""
    starts = spelled.starts[:-1]
    most = np.repeat(np.maximum.reduceat(times, starts), np.diff(spelled.starts)) if len(starts) else times
    best = np.flatnonzero(times == most)
    first = np.searchsorted(best, starts)
    result = [texts[number] for number in spelled.numbers[best[first]].tolist()]
    several = np.diff(np.append(first, len(best))) > 1
    for row in np.flatnonzero(several).tolist():
        at = spelled.span(row)
        options = spelled.numbers[at][times[at] == times[at].max()]
        result[row] = min(texts[number] for number in options.tolist())
    return result


def rows_of(families: Sequence[Sequence[Candidate]]) -> tuple[Ints, Ints]:
    """Return the rows of all members, one family after the other, and where each begins: (m,), (len(families),)."""
    rows = np.array([member.row for members in families for member in members], np.int64)
    sizes = np.array([len(members) for members in families], np.int64)
    return rows, np.cumsum(sizes) - sizes


def together(families: Sequence[Sequence[Candidate]], sums: Sums) -> Sums:
    """Return what the sources say about the spellings of each family as if they were one."""
    rows, starts = rows_of(families)
    written = []
    for members in families:
        surfaces: collections.Counter[str] = collections.Counter()
        for member in members:
            surfaces.update(member.surfaces)
        written.append(min(surfaces, key=lambda surface: (-surfaces[surface], surface)))
    counts, cues, cue_sources = (
        np.add.reduceat(column[rows], starts) for column in (sums.counts, sums.cues, sums.cue_sources)
    )
    return Sums(counts, np.array([*map(n_sources, families)], np.int64), cues, cue_sources, written)


def n_sources(members: Sequence[Candidate]) -> int:
    """Return how many sources name a family."""
    if len(members) == 1:
        return members[0].n_sources
    return len(frozenset().union(*(member.urls for member in members)))
