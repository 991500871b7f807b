"""Passages of a document: whole blocks where they fit, cut where the content itself says. Pure.

Packing restarts at each heading, so an edit in one section leaves the passages of all others as they are. Within a
section, boundaries are told from what stands near them: a piece that is longer than all others within `_REACH` tokens
opens a passage (a local maximum; no hash, no count from the top), and between two such places the pieces are packed as
evenly as can be. A paragraph inserted on top of a long section therefore moves the boundaries only as far as the next
such place.
"""

import bisect
import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import semantic_text_splitter

from corpus.language import script_language
from corpus.model import Chunk, Document, Span, chunk_id
from corpus.sentences import sentences

RECIPE = "chunk-1"

LIMIT = 256  # tokens: what small encoders were trained on, and what a reader takes in at a glance
_IDEAL = 192  # the middle of 128 to 256
_REACH = 128  # no two places that must open a passage are nearer than this, so none forces crumbs
_TINY = 48  # sections smaller than this share a passage with their neighbours
_SEAM = 1  # what the line ends between two pieces may count for; most tokenizers drop them

# What a cut costs, as tokens away from the ideal size.
_IN_BLOCK = 64  # between two sentences or lines of one block
_IN_LIST = 24  # between two items
_AFTER_COLON = 96  # between "as follows:" and what follows
_AFTER_HEADING = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class _Piece:
    """What is never cut: a block that fits the limit, or a sentence or line of one that doesn't."""

    start: int
    end: int
    tokens: int
    cut: int  # what a cut behind it costs


@dataclasses.dataclass(frozen=True, slots=True)
class _Section:
    heading: tuple[str, ...]
    pieces: tuple[_Piece, ...]
    bare: bool  # nothing but its heading

    @property
    def tiny(self) -> bool:
        return sum(piece.tokens for piece in self.pieces) < _TINY


def chunks(document: Document, count_tokens: Callable[[str], int], limit: int = LIMIT) -> Iterator[Chunk]:
    """Yield the passages in order: no overlap, nothing but white space left out, none over `limit` tokens.

    `count_tokens` is asked once a block (and once a sentence or line of a block over the limit), and its counts are
    added up.
    """
    times: dict[str, int] = {}
    blocks, marks = _clip(document.blocks), _clip(document.marks)
    for heading, pieces in _shared(_sections(document, count_tokens, limit)):
        for packed in _packed(pieces, limit):
            start, end = packed[0].start, packed[-1].end
            text = document.text[start:end]
            nth = times.get(text, 0)
            times[text] = nth + 1
            yield Chunk(
                id=chunk_id(document.url, text, nth),
                url=document.url,
                title=document.title,
                lang=script_language(text, document.lang),
                heading=heading,
                text=text,
                start=start,
                end=end,
                blocks=blocks(start, end),
                marks=marks(start, end),
            )


def _sections(document: Document, count_tokens: Callable[[str], int], limit: int) -> list[_Section]:
    found: list[_Section] = []
    path: list[Span] = []
    blocks: list[Span] = []

    def close() -> None:
        if blocks:
            heading = tuple(" ".join(document.text[span.start : span.end].split()) for span in path)
            pieces = tuple(_pieces(document.text, blocks, count_tokens, limit))
            found.append(_Section(heading, pieces, bare=all(block.kind == "heading" for block in blocks)))
            blocks.clear()

    for block in document.blocks:
        if block.kind == "heading":
            close()
            while path and path[-1].level >= block.level:
                path.pop()
            path.append(block)
        blocks.append(block)
    close()
    return found


def _pieces(text: str, blocks: list[Span], count_tokens: Callable[[str], int], limit: int) -> Iterator[_Piece]:
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        cut = 0
        if block.kind == "heading":
            cut = _AFTER_HEADING
        elif text[block.end - 1] in ":：":
            cut = _AFTER_COLON
        elif following is not None and block.kind == following.kind == "item":
            cut = _IN_LIST
        tokens = count_tokens(text[block.start : block.end])
        if tokens <= limit:
            yield _Piece(block.start, block.end, tokens, cut)
            continue
        parts = list(_parts(text, block, count_tokens, limit))
        for start, end, tokens in parts[:-1]:
            yield _Piece(start, end, tokens, _IN_BLOCK)
        start, end, tokens = parts[-1]
        yield _Piece(start, end, tokens, cut)


def _parts(text: str, block: Span, count_tokens: Callable[[str], int], limit: int) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and tokens of what a block over the limit falls into."""
    inside = text[block.start : block.end]
    by_line = block.kind in ("code", "table", "math")
    for start, end in _lines(inside) if by_line else sentences(inside):
        part = inside[start:end]
        tokens = count_tokens(part)
        if tokens <= limit:
            yield block.start + start, block.start + end, tokens
            continue
        splitter = semantic_text_splitter.TextSplitter.from_callback(count_tokens, limit, trim=False)
        for place, crumb in splitter.chunk_indices(part):
            if crumb.strip():
                yield block.start + start + place, block.start + start + place + len(crumb), count_tokens(crumb)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of each line that isn't blank, its indentation included."""
    place = 0
    for line in text.split("\n"):
        if line.strip():
            yield place, place + len(line.rstrip())
        place += len(line) + 1


def _shared(sections: list[_Section]) -> Iterator[tuple[tuple[str, ...], list[_Piece]]]:
    """Yield what to pack together, under which heading: a section mostly, with these two exceptions.

    A bare heading, or a tiny section before its first subsection, leads in what follows and goes under its heading.
    Tiny sections in a row under one parent go under the first.
    """
    heading: tuple[str, ...] = ()
    pieces: list[_Piece] = []
    leads = True  # nothing so far but what leads in
    for nth, section in enumerate(sections):
        following = sections[nth + 1] if nth + 1 < len(sections) else None
        if leads:
            heading = section.heading
        pieces += section.pieces
        if following is not None:
            into = section.bare or (section.tiny and following.heading[:-1] == section.heading)
            beside = section.tiny and following.tiny and following.heading[:-1] == section.heading[:-1]
            leads = leads and into
            if into or beside:
                continue
        yield heading, pieces
        pieces, leads = [], True


def _packed(pieces: list[_Piece], limit: int) -> Iterator[list[_Piece]]:
    """Yield runs of pieces: each opened where it must be, and else of even size."""
    openers = _openers(pieces)
    for start, end in zip([0, *openers], [*openers, len(pieces)], strict=True):
        if start < end:
            yield from _even(pieces[start:end], limit)


def _openers(pieces: list[_Piece]) -> list[int]:
    """Return the places of the pieces that are the longest within `_REACH` tokens on both sides, ties to the first."""
    found = []
    for nth, piece in enumerate(pieces):
        if nth and pieces[nth - 1].cut == 0 and _leads(pieces, nth, piece.tokens):
            found.append(nth)
    return found


def _leads(pieces: list[_Piece], nth: int, tokens: int) -> bool:
    room, before = _REACH, nth - 1
    while room > 0 and before >= 0:
        if pieces[before].tokens >= tokens:
            return False
        room -= pieces[before].tokens
        before -= 1
    if room > 0:
        return False  # so near to the top that the first passage would be a crumb
    room, after = _REACH - tokens, nth + 1
    while room > 0 and after < len(pieces):
        if pieces[after].tokens > tokens:
            return False
        room -= pieces[after].tokens
        after += 1
    return room <= 0


def _even(pieces: list[_Piece], limit: int) -> Iterator[list[_Piece]]:
    """Yield runs within the limit whose sizes and cuts together cost least, as TeX breaks a paragraph into lines."""
    best: list[float] = [0.0]  # of packing the first n pieces
    opens: list[int] = [0]  # where the last run of that packing begins
    for end in range(1, len(pieces) + 1):
        cheapest, at = math.inf, end - 1
        size = 0
        for start in range(end - 1, -1, -1):
            size += pieces[start].tokens + (_SEAM if start < end - 1 else 0)
            if size > limit and start < end - 1:
                break
            behind = pieces[end - 1].cut if end < len(pieces) else 0
            cost = best[start] + (size - _IDEAL) ** 2 + behind**2
            if cost < cheapest:
                cheapest, at = cost, start
        best.append(cheapest)
        opens.append(at)
    bounds = [len(pieces)]
    while bounds[-1]:
        bounds.append(opens[bounds[-1]])
    bounds.reverse()
    for start, end in itertools.pairwise(bounds):
        yield pieces[start:end]


def _clip(spans: Sequence[Span]) -> Callable[[int, int], tuple[Span, ...]]:
    """Return a function of [start, end) that gives what `spans`, in order, cover of it, relative to it."""
    starts = [span.start for span in spans]
    longest = max((span.end - span.start for span in spans), default=0)

    def clipped(start: int, end: int) -> tuple[Span, ...]:
        near = spans[bisect.bisect_left(starts, start - longest) : bisect.bisect_left(starts, end)]
        return tuple(
            Span(max(span.start, start) - start, min(span.end, end) - start, span.kind, span.level)
            for span in near
            if span.end > start
        )

    return clipped
