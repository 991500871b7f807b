"""The leaf blocks of a prepared tree, and each as plain text with marks. Pure."""

import bisect
import dataclasses
import re
import unicodedata
from collections.abc import Iterator

from lxml.html import HtmlElement

from corpus.model import Span
from corpus.prepass import ATOMS, HEADINGS, KIND, tag

_LEAVES = ATOMS | {"p", "li", "dt", "dd"}
_MARKS = {
    "strong": "strong",
    "b": "strong",
    "em": "emphasis",
    "i": "emphasis",
    "dfn": "emphasis",
    "code": "inline-code",
}
_SOFT = "\x1f"  # a line end in the source, which a reader sees as a space, or between Chinese characters not at all
_SPACES = re.compile(r"[^\S\n]*(?:\n[^\S\n]*)*")
_RUN = re.compile(r"\s+")
_WIDE = re.compile("[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff]")
_TEX = re.compile(
    r"\$\$[^$]+\$\$"
    r"|\\\((?:[^\\]|\\[^)])+\\\)"
    r"|\\\[(?:[^\\]|\\[^\]])+\\\]"
    r"|(?<![\\$\w])\$(?:(?=[^$\n]*[\\^_{}=+<>|]|[A-Za-z0-9]{1,3}\$)(?!\s)[^$\n]{1,300}(?<![\s\\]))\$(?![\d$])",
    re.DOTALL,
)
_DISPLAY = re.compile(r"(?:\$\$[^$]+\$\$|\\\[.*\\\]|\\begin\{(\w+\*?)\}.*\\end\{\1\})[.,;。，；]?", re.DOTALL)


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """A block as it will stand in the document; marks are relative to its text."""

    kind: str
    text: str
    level: int = 0
    marks: tuple[Span, ...] = ()


def leaves(root: HtmlElement) -> list[HtmlElement]:
    """Return the elements that hold text and no other block, in order."""
    found: list[HtmlElement] = []
    skip: set[HtmlElement] = set()
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.getparent() in skip:
            skip.add(element)
        elif element.tag in _LEAVES and (element.tag in ATOMS or not _holds_leaf(element)):
            skip.add(element)
            if element.text_content().strip():
                found.append(element)
    return found


def _holds_leaf(element: HtmlElement) -> bool:
    return next(element.iterdescendants(*_LEAVES), None) is not None


def block(leaf: HtmlElement) -> Block:
    """Return what the leaf says. The text may come out empty."""
    name = tag(leaf)
    if name == "pre":
        return Block("code", leaf.text or "")
    if name == "table":
        return _table(leaf)
    text, marks = _inline(leaf)
    if name in HEADINGS:
        text = text.replace("\n", " ")
        return Block("heading", text, int(name[1]), marks)
    if leaf.get(KIND) == "math" or _DISPLAY.fullmatch(text):
        return Block("math", text)
    depth = 0
    for ancestor in (leaf, *leaf.iterancestors()):
        if ancestor.tag == "li" or ancestor.tag == "dd":
            return _item(leaf, ancestor, text, marks)
        if ancestor.get(KIND) == "caption":
            return Block("caption", text, depth, marks)
        if ancestor.tag == "blockquote":
            return Block("quote", text, depth, marks)
    return Block("paragraph", text, depth, marks)


def _item(leaf: HtmlElement, item: HtmlElement, text: str, marks: tuple[Span, ...]) -> Block:
    lists = list(item.iterancestors("ul", "ol", "dl"))
    depth = max(len(lists), 1)
    first = item is leaf or next(iter(leaves_under(item)), None) is leaf
    if not first or not text:
        return Block("paragraph", text, 0, marks)
    sign = "- "
    if lists and lists[0].tag == "ol" and item.tag == "li":
        before = sum(1 for _ in item.itersiblings("li", preceding=True))
        start = lists[0].get("start") or "1"
        sign = f"{(int(start) if start.isdecimal() else 1) + before}. "
    moved = tuple(Span(mark.start + len(sign), mark.end + len(sign), mark.kind, mark.level) for mark in marks)
    return Block("item", sign + text, depth, moved)


def points_within(leaf: HtmlElement) -> bool:
    """Whether all its words are links to places on the same page, as in a table of contents."""
    words = linked = 0
    for text in leaf.itertext():
        words += len(text.strip())
    for link in leaf.iter("a"):
        if (link.get("href") or "").startswith("#"):
            linked += sum(len(text.strip()) for text in link.itertext())
    return 0 < words <= linked


def leaves_under(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the leaves with text under `element`, in order."""
    for descendant in element.iterdescendants(*_LEAVES):
        if (descendant.tag in ATOMS or not _holds_leaf(descendant)) and descendant.text_content().strip():
            yield descendant


def _table(table: HtmlElement) -> Block:
    lines: list[str] = []
    marks: list[Span] = []
    place = 0
    for row in table.iter("tr", "caption"):
        cells = [row] if row.tag == "caption" else [cell for cell in row if cell.tag in ("td", "th")]
        rendered = [_inline(cell) for cell in cells]
        if not any(text for text, _ in rendered):
            continue
        at = place if rendered[0][0] else place - 1  # no blank before the bar behind an empty first cell
        for text, found in rendered:
            marks += [Span(at + mark.start, at + mark.end, mark.kind) for mark in found]
            at += len(text) + len(" | ")
        line = " | ".join(text.replace("\n", " ") for text, _ in rendered).strip()
        lines.append(line)
        place += len(line) + 1
    return Block("table", "\n".join(lines), 0, tuple(marks))


def _inline(element: HtmlElement) -> tuple[str, tuple[Span, ...]]:
    """Return the text as a reader sees it, and the marks over it."""
    pieces: list[str] = []
    marks: list[Span] = []
    _collect(element, pieces, marks, 0)
    return _settled("".join(pieces), marks)


def _collect(element: HtmlElement, pieces: list[str], marks: list[Span], place: int) -> int:
    """Append the raw text of `element`, and its marks at raw offsets; return the offset behind it."""

    def add(text: str | None) -> None:
        nonlocal place
        if text:
            piece = re.sub(r"[^\S\n]*\n\s*", _SOFT, text).replace("\xa0", " ")
            pieces.append(piece)
            place += len(piece)

    add(element.text)
    for child in element:
        if child.tag == "br":
            pieces.append("\n")
            place += 1
        elif isinstance(child.tag, str):
            start = place
            if child.get(KIND) == "math":
                add(child.text)
                marks.append(Span(start, place, "inline-math"))
            else:
                place = _collect(child, pieces, marks, place)
                kind = _MARKS.get(child.tag)
                if child.tag == "a" and not (child.get("href") or "#").startswith("#"):
                    kind = "link"
                if kind:
                    marks.append(Span(start, place, kind))
        add(child.tail)
    return place


def _settled(raw: str, marks: list[Span]) -> tuple[str, tuple[Span, ...]]:
    """Collapse white space, find TeX written out in prose, normalise to NFC; move the marks along."""
    text, spans = _edited(raw, marks, _space_edits(raw))
    spans = spans + [Span(m.start(), m.end(), "inline-math") for m in _TEX.finditer(text)]
    if not unicodedata.is_normalized("NFC", text):
        moved = [(len(_nfc(text[: span.start])), len(_nfc(text[: span.end])), span.kind) for span in spans]
        text, spans = _nfc(text), [Span(*place) for place in moved]
    maths = [span for span in spans if span.kind == "inline-math"]
    kept: set[Span] = set()
    for span in spans:
        stripped = text[span.start : span.end]
        start = span.start + len(stripped) - len(stripped.lstrip())
        end = span.end - (len(stripped) - len(stripped.rstrip()))
        formula = any(math.start <= start and end <= math.end for math in maths)
        if start < end and (span.kind == "inline-math" or not formula):
            kept.add(Span(start, end, span.kind))
    return text, tuple(sorted(kept))


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _space_edits(text: str) -> list[tuple[int, int, str]]:
    edits: list[tuple[int, int, str]] = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        if start == 0 or end == len(text):
            edits.append((start, end, ""))
        elif "\n" in run[0]:
            edits.append((start, end, "\n"))
        elif _SOFT in run[0] and _WIDE.match(text, end) and _WIDE.match(text, start - 1):
            edits.append((start, end, ""))
        elif run[0] != " ":
            edits.append((start, end, " "))
    return edits


def _edited(text: str, spans: list[Span], edits: list[tuple[int, int, str]]) -> tuple[str, list[Span]]:
    """Replace [start, end) by its new text for every edit, in order, and move the spans along."""
    if not edits:
        return text, spans
    pieces: list[str] = []
    ends, shifts = [0], [0]  # behind the old offset ends[i] everything moves by shifts[i]
    last = 0
    for start, end, new in edits:
        pieces += [text[last:start], new]
        ends.append(end)
        shifts.append(shifts[-1] + len(new) - (end - start))
        last = end
    pieces.append(text[last:])
    starts = [start for start, _, _ in edits]

    def moved(place: int) -> int:
        nth = bisect.bisect_right(ends, place) - 1
        if nth < len(edits) and place > starts[nth]:  # within an edit: to its new end
            return starts[nth] + shifts[nth] + min(place - starts[nth], len(edits[nth][2]))
        return place + shifts[nth]

    return "".join(pieces), [Span(moved(span.start), moved(span.end), span.kind) for span in spans]
