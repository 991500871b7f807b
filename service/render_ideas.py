"""Answers about ideas as lines for a terminal: each function yields what to print, and prints nothing."""

from collections.abc import Iterable, Sequence

from rich.text import Text

from service.answers import ConceptPage, ConceptRow, EvidenceRow, HopRow, RelatedRow
from service.render import Lines

QUOTE = 300  # code points of a quote that are shown; --json has it whole


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
            yield from evidence(item)


def path(hops: Sequence[HopRow]) -> Lines:
    """Yield a path hop by hop, each with the sentence that says so."""
    yield 0, Text(" → ".join([hops[0].a_name, *(hop.b_name for hop in hops)]), style="bold")
    for hop in hops:
        weak = "  weak: little evidence" if hop.weak else ""
        label = f"  {hop.type}, weight {hop.weight:.2f}"
        yield 0, Text.assemble(f"{hop.a_name} → {hop.b_name}", (label, "dim"), (weak, "yellow"))
        for item in hop.evidence[:1]:
            yield from evidence(item)


def evidence(item: EvidenceRow) -> Lines:
    """Yield a quote, and below it where it stands."""
    yield 5, Text(f"“{shortened(item.quote)}”")
    yield 5, Text(f"[{item.lang}] {item.title}  {item.url}", style="dim")


def shortened(quote: str) -> str:
    """Return a quote in one line, cut where it is long."""
    quote = " ".join(quote.split())
    return quote[:QUOTE].rstrip() + " …" if len(quote) > QUOTE else quote
