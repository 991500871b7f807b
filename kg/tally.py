"""What one source says of its concepts, counted: places, windows, pairs, and the stretches worth quoting. Pure.

A tally depends on the passages of its source and on which concepts their words name, on nothing else. What a library
says is the sum of its tallies: whole numbers, so that neither order nor history can leave a trace, and a source that
changed costs one tally.

Windows slide over the sentences of a passage and reach over both its ends, so that each sentence lies in exactly three:
a pair in one sentence shares three windows, in neighbouring sentences two, one sentence apart one. A page's title and
the headings above a passage share as many with each concept of the passage as two in one sentence do.
"""

import collections
import dataclasses
import hashlib
import heapq
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.evidence import key_hash
from kg.model import Passage, Place
from kg.pattern import SYMMETRIC, TYPES
from kg.patterns import stated
from kg.quotes import MARKERS, only_lists, penalty, words

RECIPE = "tallies 2"  # a change of what a tally says changes this
WINDOW = 3  # sentences
LISTING = 16  # a sentence that names more concepts is an index or a table: it lists them and says nothing of any two
QUOTES_A_SOURCE = 2

Rows = NDArray[np.void]
PAIR = np.dtype([("a", "<u4"), ("b", "<u4"), ("windows", "<u4"), ("quotes", "<u4"), ("said", "<u8")])
PLACE = np.dtype([("concept", "<u4"), ("chunk", "<u4"), ("start", "<u4"), ("end", "<u4")])  # relative to the chunk
QUOTE = np.dtype(
    [
        ("pair", "<u4"), ("chunk", "<u4"), ("start", "<u4"), ("end", "<u4"),  # in the document
        ("type", "u1"), ("back", "?"), ("cost", "<f8"), ("words", "<u8"),
    ]
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What one source says. Concepts, passages and pairs are numbered by their place here."""

    url: str
    concepts: tuple[str, ...]  # ids, sorted
    chunks: tuple[tuple[str, str], ...]  # (id, language), by their start
    windows: int
    single: NDArray[np.uint32]  # (len(concepts),): the windows that hold each
    places: Rows  # PLACE, by passage and start
    pairs: Rows  # PAIR, by (a, b), a < b; `said` is a digest of the quotes, 0 where there is none
    quotes: Rows  # QUOTE: the best without a type, and the best of each type


class Known:
    """Which words name which concept, in a form that tells quickly what concerns a source."""

    def __init__(self, by_key: Mapping[str, str]) -> None:
        """Take the concept of each key."""
        concepts = {concept: key_hash(concept) for concept in by_key.values()}
        keys = np.array([*map(key_hash, by_key)], np.uint64)
        order = np.argsort(keys)
        self._keys = keys[order]
        self._concepts = np.array([concepts[concept] for concept in by_key.values()], np.uint64)[order]

    def digest(self, keys: NDArray[np.uint64]) -> str:
        """Return a digest of what a source's keys name; `keys` are hashes, always in the same order."""
        if not len(self._keys):
            return ""
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        named = self._keys[place] == keys
        both = np.concatenate([keys[named], self._concepts[place[named]]]).astype("<u8")
        return hashlib.blake2b(both.tobytes(), digest_size=16).hexdigest()


def tally(url: str, passages: Iterable[Passage]) -> Tally:
    """Return what the passages of one source say. Their order is of no matter."""
    ordered = sorted(passages, key=lambda passage: (passage.start, passage.chunk))
    ids = {place.concept for passage in ordered for place in passage.places}
    names = tuple(sorted(ids.union(*(passage.topics for passage in ordered))))
    number = {name: nth for nth, name in enumerate(names)}
    count = _Count(len(names))
    places: list[tuple[int, int, int, int]] = []
    for nth, passage in enumerate(ordered):
        places.extend((number[place.concept], nth, place.start, place.end) for place in passage.places)
        count.add(nth, _Read(passage, number))
    pairs, quotes = count.rows(url, ordered)
    return Tally(
        url, names, tuple((passage.chunk, passage.lang) for passage in ordered), count.windows,
        np.array(count.single, np.uint32), _rows(places, PLACE), pairs, quotes,
    )  # fmt: skip


class _Quoted(NamedTuple):
    """A stretch of a passage that can be quoted, in the order of preference."""

    cost: float
    start: int  # in the document
    end: int
    chunk: int
    words: int


class _Read:
    """A passage as it is counted: concepts by number, sentences as bits."""

    def __init__(self, passage: Passage, number: Mapping[str, int]) -> None:
        self.passage = passage
        self.topics = {number[topic] for topic in passage.topics}
        named: dict[int, set[int]] = {}
        for place in passage.places:
            named.setdefault(place.sentence, set()).add(number[place.concept])
        self.sentences: dict[int, int] = {}  # concept -> the sentences that name it; those that only list are left out
        for sentence, concepts in named.items():
            if len(concepts) <= LISTING:
                for concept in concepts:
                    self.sentences[concept] = self.sentences.get(concept, 0) | 1 << sentence
        self.places = [place for place in passage.places if number[place.concept] in self.sentences]
        self.number = number
        self._crowd = collections.Counter(place.sentence for place in self.places)
        self._costs: dict[int, float] = {}
        self._lists: dict[int, dict[tuple[int, int], float]] = {}
        self._stretches: dict[tuple[int, int], tuple[int, int, int]] = {}

    def cost(self, sentence: int) -> float:
        """Return what speaks against quoting a sentence."""
        if sentence not in self._costs:
            start, end = self.passage.sentences[sentence]
            self._costs[sentence] = penalty(self.passage.text[start:end], self._crowd[sentence])
        return self._costs[sentence]

    def only_lists(self, sentence: int) -> Mapping[tuple[int, int], float]:
        """Return what speaks against a sentence as a quote of two of its names that stand side by side."""
        if sentence not in self._lists:
            found: dict[tuple[int, int], float] = {}
            text, begin = self.passage.text, self.passage.sentences[sentence][0]
            there = sorted((p.start, p.end, self.number[p.concept]) for p in self.places if p.sentence == sentence)
            for (start, end, a), (other, _, b) in itertools.pairwise(there):
                pair = min(a, b), max(a, b)
                cost = only_lists(text[begin:start], text[end:other])
                found[pair] = min(cost, found.get(pair, cost))
            self._lists[sentence] = found
        return self._lists[sentence]

    def quoted(self, chunk: int, cost: float, start: int, end: int) -> _Quoted:
        """Return a stretch of the passage without the marks of list items around it."""
        if (start, end) not in self._stretches:
            text = self.passage.text[start:end].rstrip()
            bare = text.lstrip(MARKERS)
            begin = self.passage.start + start + len(text) - len(bare)
            self._stretches[start, end] = begin, begin + len(bare), words(bare)
        return _Quoted(cost, *self._stretches[start, end][:2], chunk, self._stretches[start, end][2])


class _Count:
    """The sums of a tally while its passages are read."""

    def __init__(self, concepts: int) -> None:
        self.windows = 0
        self.single = [0] * concepts
        self._both: dict[tuple[int, int], int] = {}
        self._best: dict[tuple[int, int], list[_Quoted]] = {}
        self._typed: dict[tuple[int, int], dict[tuple[int, bool], _Quoted]] = {}

    def add(self, nth: int, read: _Read) -> None:
        """Count a passage, the nth."""
        sentences, topics = read.sentences, read.topics
        last = len(read.passage.sentences) + WINDOW - 1
        title = (1 << WINDOW) - 1 << last if topics else 0  # the windows that title and headings share with all
        self.windows += last + title.bit_count()
        within = {concept: _windows(sentences.get(concept, 0)) for concept in sentences.keys() | topics}
        for concept, windows in within.items():
            self.single[concept] += (windows | title).bit_count()
        for pair in itertools.combinations(sorted(within), 2):
            a, b = pair
            said = within[a] & within[b]
            shared = said.bit_count() + (title.bit_count() if a in topics or b in topics else 0)
            if shared:
                self._both[pair] = self._both.get(pair, 0) + shared
            if said:
                self._keep(pair, _closest(read, nth, a, b))
        for first, second, type_, reads_back in _stated(read):
            a, b = read.number[first.concept], read.number[second.concept]
            back = type_ not in SYMMETRIC and reads_back == (a < b)
            span = read.passage.sentences[first.sentence]
            quote = read.quoted(nth, read.cost(first.sentence), *span)
            votes = self._typed.setdefault((min(a, b), max(a, b)), {})
            kind = TYPES.index(type_), back
            votes[kind] = min(votes.get(kind, quote), quote)

    def _keep(self, pair: tuple[int, int], quote: _Quoted) -> None:
        best = self._best.setdefault(pair, [])
        if quote not in best:
            best.append(quote)
            if len(best) > QUOTES_A_SOURCE:
                best[:] = heapq.nsmallest(QUOTES_A_SOURCE, best)

    def rows(self, url: str, passages: Sequence[Passage]) -> tuple[Rows, Rows]:
        """Return the pairs and the quotes."""
        pairs: list[tuple[int, ...]] = []
        quotes: list[tuple[int, int, int, int, int, bool, float, int]] = []
        for nth, pair in enumerate(sorted(self._both)):
            said: list[tuple[_Quoted, int, bool]] = [(quote, 0, False) for quote in sorted(self._best.get(pair, ()))]
            said += [(quote, *kind) for kind, quote in sorted(self._typed.get(pair, {}).items())]
            shown = [(quote, *kind, passages[quote.chunk].chunk, passages[quote.chunk].lang) for quote, *kind in said]
            pairs.append((*pair, self._both[pair], len(said), key_hash(f"{url} {shown}") if said else 0))
            quotes.extend(
                (nth, quote.chunk, quote.start, quote.end, type_, back, quote.cost, quote.words)
                for quote, type_, back in said
            )
        return _rows(pairs, PAIR), _rows(quotes, QUOTE)


def _windows(sentences: int) -> int:
    """Return the windows that hold any of these sentences, as bits: window i ends with sentence i."""
    return sentences | sentences << 1 | sentences << 2


def _stated(read: _Read) -> Iterable[tuple[Place, Place, str, bool]]:
    by_sentence = itertools.groupby(sorted(read.places, key=lambda p: (p.sentence, p.start)), lambda p: p.sentence)
    for number, group in by_sentence:
        there = list(group)
        if len(there) < 2:
            continue
        start, end = read.passage.sentences[number]
        spans = [(place.start - start, place.end - start) for place in there]
        for i, j, type_, reads_back in stated(read.passage.text[start:end], spans):
            if there[i].concept != there[j].concept:
                yield there[i], there[j], type_, reads_back


def _closest(read: _Read, nth: int, a: int, b: int) -> _Quoted:
    """Return the shortest, then best-made, stretch of sentences of this passage that holds both."""
    in_a, in_b = read.sentences[a], read.sentences[b]
    options: list[tuple[float, int, int]] = []
    for distance in range(WINDOW):
        for mine, other in ((in_a, in_b), (in_b, in_a)) if distance else ((in_a, in_b),):
            starts = mine & other >> distance
            while starts:
                first = (starts & -starts).bit_length() - 1
                starts &= starts - 1
                cost = distance + max(map(read.cost, range(first, first + distance + 1)))
                options.append((cost, first, first + distance))
        if options:
            break
    if not distance:
        pair = min(a, b), max(a, b)
        options = [(cost + read.only_lists(first).get(pair, 0.0), first, last) for cost, first, last in options]
    cost, first, last = min(options)
    start, end = read.passage.sentences[first][0], read.passage.sentences[last][1]
    cell = _cell(read, a, b, first) if first == last else None
    if cell:
        return read.quoted(nth, penalty(read.passage.text[slice(*cell)]), *cell)
    return read.quoted(nth, cost, start, end)


def _cell(read: _Read, a: int, b: int, row: int) -> tuple[int, int] | None:
    """Return the cell that names both where the sentence is a row of a table, which says too much; None elsewhere."""
    text = read.passage.text
    start, end = read.passage.sentences[row]
    if "|" not in text[start:end]:
        return None
    bars = [start - 1, *(i for i in range(start, end) if text[i] == "|"), end]
    for left, right in itertools.pairwise(bars):
        inside = {read.number[place.concept] for place in read.places if left < place.start and place.end <= right}
        if {a, b} <= inside:
            return left + 1, right
    return None


def _rows(rows: Sequence[tuple[Any, ...]], form: "np.dtype[np.void]") -> Rows:
    return np.array(rows, form) if rows else np.zeros(0, form)
