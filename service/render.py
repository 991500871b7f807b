"""Answers as lines for a terminal: each function yields what to print, and prints nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.text import Text

from corpus.model import Document
from service.answers import ConceptPage, ConceptRow, EvidenceRow, HitRow, HopRow, RelatedRow, SourceRow, StatusRow
from service.report import Report

Lines = Iterator[tuple[int, Text]]  # columns to indent, and what stands there; the printer wraps it
AROUND = 90  # code points of context that are kept on either side of the marked sentences
QUOTE = 300  # code points of a quote that are shown; --json has it whole


def hits(rows: Iterable[HitRow]) -> Lines:
    """Yield each passage: title and heading, address, the text around the sentences that matter, why it was found."""
    for place, row in enumerate(rows, 1):
        head = Text(f"{place}. ", style="bold")
        head.append(" › ".join((row.title, *row.heading)))
        head.append(f"  [{row.lang}]", style="dim")
        yield 0, head
        yield 3, Text(row.url, style="cyan")
        yield 3, _passage(row)
        yield 3, Text(_why(row), style="dim")
        yield 0, Text()


def _passage(row: HitRow) -> Text:
    """Return the part of a passage around its marks, the marks bold; '…' where something was left out."""
    begin = max(0, min((start for start, _ in row.marks), default=0) - AROUND)
    end = min(len(row.text), max((end for _, end in row.marks), default=QUOTE) + AROUND)
    text = Text(row.text[begin:end])
    for start, stop in row.marks:
        text.stylize("bold", start - begin, stop - begin)
    text = Text(" ").join(part for part in text.split("\n") if part.plain.strip())
    return Text.assemble("… " if begin else "", text, " …" if end < len(row.text) else "")


def _why(row: HitRow) -> str:
    ways = []
    if row.why.dense is not None:
        ways.append(f"meaning #{row.why.dense}")
    if row.why.keyword is not None:
        ways.append(f"words #{row.why.keyword} ({', '.join(row.why.words)})")
    return f"score {row.score:.2f} · " + " · ".join(ways)


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


def concepts(rows: Iterable[ConceptRow]) -> Lines:
    """Yield one line a concept: names in both languages, how many sources and mentions."""
    for place, row in enumerate(rows, 1):
        names = dict.fromkeys(name for name in (row.name, row.label_en, row.label_zh) if name)
        counts = f"  {row.n_sources} sources, {row.n_mentions} mentions"
        yield 0, Text.assemble(f"{place:>3}. ", (" · ".join(names), "bold"), (counts, "dim"))


def concept(page: ConceptPage) -> Lines:
    """Yield the page of one concept: names, sources by language, and what belongs to it."""
    row = page.concept
    yield 0, Text(row.name, style="bold")
    others = [alias for alias in row.aliases if alias != row.name]
    if others:
        yield 3, Text("also: " + ", ".join(others))
    yield 3, Text(f"{row.n_mentions} mentions in {row.n_sources} sources", style="dim")
    for source in page.mentioned_in:
        yield 3, Text.assemble(f"{source.count:>4} × [{source.lang}] {source.title}", (f"  {source.url}", "dim"))
    yield 0, Text()
    yield from related(page.related)


def related(rows: Iterable[RelatedRow]) -> Lines:
    """Yield each related concept with its best quotes."""
    for place, row in enumerate(rows, 1):
        names = dict.fromkeys(name for name in (row.name, row.label_zh, row.label_en) if name)
        yield (
            0,
            Text.assemble(
                f"{place:>3}. ", (" · ".join(names), "bold"), (f"  {row.type}, weight {row.weight:.2f}", "dim")
            ),
        )
        for item in row.evidence[:2]:
            yield from _evidence(item)


def path(hops: Sequence[HopRow]) -> Lines:
    """Yield a path hop by hop, each with the sentence that says so."""
    yield 0, Text(" → ".join([hops[0].a_name, *(hop.b_name for hop in hops)]), style="bold")
    for hop in hops:
        weak = "  weak: little evidence" if hop.weak else ""
        label = f"  {hop.type}, weight {hop.weight:.2f}"
        yield 0, Text.assemble(f"{hop.a_name} → {hop.b_name}", (label, "dim"), (weak, "yellow"))
        for item in hop.evidence[:1]:
            yield from _evidence(item)


def _evidence(item: EvidenceRow) -> Lines:
    quote = " ".join(item.quote.split())
    if len(quote) > QUOTE:
        quote = quote[:QUOTE].rstrip() + " …"
    yield 5, Text(f"“{quote}”")
    yield 5, Text(f"[{item.lang}] {item.title}  {item.url}", style="dim")


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
    yield 0, Text.assemble(("embedded    ", "dim"), f"{row.encoded} passages; {row.dead} went")
    yield 0, Text.assemble(("graph       ", "dim"), f"{row.concepts} concepts, {row.relations} relations")
    times = " · ".join(f"{stage} {seconds:.1f}" for stage, seconds in row.seconds.items() if seconds >= 0.05)
    yield 0, Text.assemble(("seconds     ", "dim"), times or "under 0.1")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))
