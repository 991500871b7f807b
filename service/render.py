"""Answers as lines for a terminal: each function yields what to print, and prints nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.cells import cell_len, chop_cells
from rich.text import Text

from corpus.model import Document
from service.answers import (
    HitRow,
    PassageRow,
    QueryRow,
    SearchPage,
    SourceRow,
    StatusRow,
)
from service.reading_rows import SaidRow
from service.report import Report

Lines = Iterator[tuple[int, Text]]  # columns to indent, and what stands there; the printer wraps it
AROUND = 90  # code points of context that are kept on either side of the marked sentences
MARK = "bold yellow"  # the sentences that matter
ID = 8  # digits of a passage's id that are shown: at 10,000 passages one pair in a hundred libraries shares them
_LONG_WORD = 20
_CJK, _OPEN, _CLOSE = (
    "\u3005\u3007\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff",
    "（「『《【",
    "，。；：！？、）」』》】",
)
_PIECE = re.compile(rf"[{_OPEN}]*(?:[{_CJK}]|[^\s{_CJK}{_OPEN}{_CLOSE}]+)[{_CLOSE}]*\s*|[{_OPEN}{_CLOSE}]+\s*|\s+")
NEAREST = 3  # hits that are shown of a question without an answer
SHOWN = 300  # code points of a passage without marks that are shown


def hits(rows: Iterable[HitRow], *, full: bool = False) -> Lines:
    """Yield each passage: title and heading, address, what it says around the sentences that matter, why it was found.

    With `full` the whole passage stands there.
    """
    for place, row in enumerate(rows, 1):
        yield from head(place, row)
        first = _headings(row)
        windows = [(first, len(row.text))] if full else _windows(row.text, row.marks, first)
        yield 3, _excerpt(row.text, windows, row.marks, first)
        yield 3, Text(f"{row.id[:ID]} · {_why(row)}", style="dim")
        yield 0, Text()


def head(place: int, row: HitRow | SaidRow) -> Lines:
    """Yield what a passage stands under: its number, title and headings, language, date and address."""
    line = Text(f"{place}. ", style="bold")
    line.append(" › ".join(dict.fromkeys((row.title, *row.heading))))
    line.append(f"  [{row.lang}{f', {row.published}' if row.published else ''}]", style="not bold dim")
    yield 0, line
    yield 3, Text(row.url, style="cyan")


def found(page: SearchPage, *, full: bool = False) -> Lines:
    """Yield what a question found: its hits, or where they hardly answer it that this is so, and the nearest few."""
    if page.hits and not page.answered:
        said = f"nothing here seems to answer this (a chance of {page.chance:.0%}); what comes nearest:"
        yield 0, Text(said, style="yellow")
        yield 0, Text()
    yield from hits(page.hits if page.answered else page.hits[:NEAREST], full=full)


def passage(row: PassageRow) -> Lines:
    """Yield a passage whole, and dim what stands before and after it."""
    yield 0, Text(" › ".join(dict.fromkeys((row.title, *row.heading))), style="bold")
    yield 0, Text(row.url, style="cyan")
    for text, style in ((row.before, "dim"), (row.text, ""), (row.after, "dim")):
        if text:
            yield 0, Text()
        for line in text.split("\n") if text else ():
            yield 3, Text(line, style=style)


def _headings(row: HitRow) -> int:
    """Return where a passage begins behind its headings, which stand above it already."""
    first = 0
    for line in row.text.splitlines(keepends=True):
        if line.strip() and line.strip() not in row.heading:
            break
        first += len(line)
    return min([first, *(start for start, _ in row.marks)]) if first < len(row.text) else 0


def _windows(text: str, marks: Sequence[tuple[int, int]], first: int) -> list[tuple[int, int]]:
    """Return the stretches to show: the marked sentences with a little around, those that touch in one."""
    found: list[tuple[int, int]] = []
    for start, end in marks or [(first, min(len(text), first + SHOWN))]:
        begin, stop = max(first, _back(text, max(0, start - AROUND))), _on(text, min(len(text), end + AROUND))
        if found and begin <= found[-1][1]:
            begin = found.pop()[0]
        found.append((begin, stop))
    return found


def _back(text: str, place: int) -> int:
    """Return the beginning of the word that a place is in, or the place where Chinese has no spaces."""
    space = max(text.rfind(sign, max(0, place - _LONG_WORD), place) for sign in " \n")
    return space + 1 if space >= 0 else place


def _on(text: str, place: int) -> int:
    spaces = [at for sign in " \n" if (at := text.find(sign, place, place + _LONG_WORD)) >= 0]
    return min(spaces, default=place)


def _excerpt(text: str, windows: Sequence[tuple[int, int]], marks: Sequence[tuple[int, int]], first: int) -> Text:
    """Return these stretches of a passage as one line, its marks set off; '…' where something was left out."""
    whole = Text(text)
    for start, end in marks:
        whole.stylize(MARK, start, end)
    shown = [Text("…")] if windows[0][0] > first else []
    for nth, (start, end) in enumerate(windows):
        if nth:
            shown.append(Text("…"))
        shown.extend(part for part in whole[start:end].split("\n") if part.plain.strip())
    if windows[-1][1] < len(text):
        shown.append(Text("…"))
    return Text(" ").join(shown)


def wrapped(line: Text, width: int) -> Iterator[Text]:
    """Yield a line cut to so many columns: between words, and in Chinese between any two characters.

    rich keeps a stretch without a space together where it can, so that a Chinese sentence leaves the line before it
    half empty. No line begins with a closing sign.
    """
    text = line.plain
    start = used = 0
    for piece in _PIECE.finditer(text):
        word = piece[0].rstrip()
        if used and used + cell_len(word) > width:
            yield _cut(line, start, piece.start())
            start, used = piece.start(), 0
        if not used:
            for part in chop_cells(word, width)[:-1]:  # an address, say
                yield _cut(line, start, start + len(part))
                start += len(part)
        used += cell_len(text[max(start, piece.start()) : piece.end()])
    yield _cut(line, start, len(text))


def _cut(line: Text, start: int, end: int) -> Text:
    part = line[start:end]
    part.rstrip()
    return part


def piped(line: Text) -> str:
    """Return a line without styles; the sentences that matter stand between asterisks, as Markdown has them."""
    text = line.plain
    for span in sorted(line.spans, key=lambda span: span.start, reverse=True):
        if span.style == MARK and (said := text[span.start : span.end].strip()):
            start = text.index(said, span.start)
            text = f"{text[:start]}**{said}**{text[start + len(said) :]}"
    return text


def _why(row: HitRow) -> str:
    ways = []
    if row.why.dense is not None:
        ways.append(f"by meaning #{row.why.dense}")
    if row.why.keyword is not None:
        ways.append(f"by words #{row.why.keyword}: {', '.join(row.why.words)}")
    return " · ".join(ways) or "by the name of its source"


def asked(query: QueryRow) -> Text:
    """Return a question in one line as it was understood; empty where it has nothing but its words."""
    parts = [
        *(f"“{phrase}”" for phrase in query.phrases),
        *(f"without {word}" for word in query.without),
        *(f"without “{phrase}”" for phrase in query.without_phrases),
        *(f"more {text}" for text in query.more),
        *(f"less {text}" for text in query.less),
        *(f"like {name[:ID]}" for name in query.like),
        *(f"unlike {name[:ID]}" for name in query.unlike),
    ]
    for name in ("langs", "sites", "without_langs", "without_sites"):
        if values := getattr(query, name):
            parts.append(f"{name.replace('without_', 'not ')}: {', '.join(values)}")
    parts += [f"{name}: {value}" for name in ("source", "section", "since") if (value := getattr(query, name))]
    return Text(" · ".join([query.text, *parts] if query.text and parts else parts), style="dim")


def sources(rows: Iterable[SourceRow]) -> Lines:
    """Yield each source under the heading of its list; one that failed says why and what mends it."""
    section: tuple[str, ...] | None = None
    for row in rows:
        if row.section != section:
            section = row.section
            yield 0, Text(" › ".join(section) or "(no heading)", style="bold")
        style = "green" if row.status == "indexed" else "red"
        yield 3, Text.assemble((f"{row.status:<11} ", style), row.title or row.url, (f"  {row.url}", "dim"))
        if row.reason:
            yield 14, Text(f"{row.reason}; mend: {row.mend}", style="yellow")


def document(document: Document) -> Lines:
    """Yield the text of a source, its headings bold."""
    yield 0, Text(document.title, style="bold")
    yield 0, Text(document.url, style="cyan")
    for block in document.blocks:
        yield 0, Text()
        for line in document.text[block.start : block.end].split("\n"):
            yield 0, Text(line, style="bold" if block.kind == "heading" else "")


def status(row: StatusRow) -> Lines:
    """Yield what the library holds, a line a kind."""
    yield 0, Text(row.library, style="bold")
    for name, value in (
        ("sources", _counts(row.sources)),
        ("languages", _counts(row.languages)),
        ("passages", str(row.passages)),
        ("concepts", str(row.concepts)),
        ("relations", str(row.relations)),
        ("encoder", row.encoder or "none yet"),
        (
            "index",
            f"{row.index}, finds {row.recall:.1%} of the ten nearest" if row.index else "made by the next search",
        ),
        ("size", f"{row.bytes / 1e6:.1f} MB"),
    ):
        yield 3, Text.assemble((f"{name:<10}", "dim"), value)
    for name in row.lists:
        yield 3, Text.assemble((f"{'list':<10}", "dim"), name)
    yield 3, Text(f"something is left to do: {row.to_do}" if row.to_do else "nothing is left to do", style="yellow")


def report(row: Report) -> Lines:
    """Yield what an update did: sources, those that failed with the command that mends each, and the time by stage."""
    for url, error in row.failed:
        yield 0, Text.assemble((f"{error.status:<11} ", "red"), url)
        yield 12, Text(f"{error.reason}; mend: {error.mend(url)}", style="yellow")
    for warning in row.warnings:
        yield 0, Text(warning, style="yellow")
    for rule in row.unmatched:
        yield 0, Text(f"curation.toml: {rule} matches nothing now", style="yellow")
    yield 0, Text.assemble(("sources     ", "dim"), _counts(row.sources) or "none")
    yield 0, Text.assemble(("read anew   ", "dim"), f"{row.changed} sources, {row.passages} passages")
    yield 0, Text.assemble(("embedded    ", "dim"), f"{row.encoded} passages; {row.dead} taken out")
    yield 0, Text.assemble(("graph       ", "dim"), f"{row.concepts} concepts, {row.relations} relations")
    times = " · ".join(f"{stage} {seconds:.1f}" for stage, seconds in row.seconds.items() if seconds >= 0.05)
    yield 0, Text.assemble(("seconds     ", "dim"), times or "under 0.1")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))
