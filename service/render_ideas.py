"""Answers about ideas as lines for a terminal: each function yields what to print, and prints nothing."""

import collections
import shlex
from collections.abc import Iterable, Sequence

from rich.text import Text

from service.answers import (
    ConceptPage,
    ConceptRow,
    EvidenceRow,
    HopRow,
    RelatedRow,
    RuleRow,
    SentenceRow,
    SpellingRow,
)
from service.render import ID, Lines
from service.why import in_words

LANGUAGES = {"en": "English", "zh": "Chinese"}
QUOTE = 300  # code points of a quote that are shown; --json has it whole


def concepts(rows: Iterable[ConceptRow]) -> Lines:
    """Yield one line a concept: names in both languages, how many sources and mentions."""
    for place, row in enumerate(rows, 1):
        names = dict.fromkeys(name for name in (row.name, row.label_en, row.label_zh) if name)
        counts = f"  {row.kind + ', ' if row.kind else ''}{row.n_sources} sources, {row.n_mentions} mentions"
        yield 0, Text.assemble(f"{place:>3}. ", (" · ".join(names), "bold"), (counts, "dim"))


def concept(page: ConceptPage, *, sources: int) -> Lines:
    """Yield the page of a concept: names, kind, what it is, so many of its sources, what belongs to it, what to ask."""
    row = page.concept
    names = list(dict.fromkeys(name for name in (row.name, row.label_en, row.label_zh) if name))
    yield 0, Text.assemble((" · ".join(names), "bold"), (f"  {row.kind}" if row.kind else "", "cyan"))
    if others := [alias for alias in row.aliases if alias not in names]:
        yield 3, Text("also: " + " · ".join(others))
    yield 3, Text(_covered(page), style="dim")
    for item in page.definitions:
        yield 0, Text()
        yield from _evidence(item)
    yield 0, Text()
    yield 0, Text("Where it is spoken of", style="bold")
    for source in page.mentioned_in[:sources]:
        yield 0, Text(f"{source.count:>4} × [{source.lang}] {source.title}")
        yield 7, Text(source.url, style="cyan")
        if source.first != source.best:
            yield 7, _sentence("first", source.first)
        yield 7, _sentence("best", source.best)
    if left := page.mentioned_in[sources:]:
        yield 7, Text(f"and {_many(len(left), 'more source')}: -n {len(page.mentioned_in)} shows all", style="dim")
    if page.related:
        yield 0, Text()
        yield 0, Text("What belongs to it", style="bold")
        yield from related(page.related)
    yield 0, Text()
    yield from _onward(page)


def _sentence(label: str, row: SentenceRow) -> Text:
    """Return a sentence with the passage it stands in and its place in the source."""
    return Text.assemble(
        (f"{label:<6}", "dim"), _quoted(row.quote), (f"  {row.passage[:ID]} at {row.start}-{row.end}", "dim")
    )


def _covered(page: ConceptPage) -> str:
    """Return how many sources speak of it, in which languages."""
    row = page.concept
    langs = collections.Counter(source.lang for source in page.mentioned_in).most_common()
    where = ", ".join(f"{count} in {LANGUAGES.get(lang, lang or 'an unknown language')}" for lang, count in langs)
    return f"{_many(row.n_mentions, 'mention')} in {_many(row.n_sources, 'source')}: {where}"


def _onward(page: ConceptPage) -> Lines:
    """Yield the commands that ask further of this concept."""
    name = shlex.quote(page.concept.name)
    yield 0, Text("Ask further", style="bold")
    yield 3, Text(f"ideagraph related {name}")
    if page.related:
        yield 3, Text(f"ideagraph path {name} {shlex.quote(page.related[-1].name)}")
    yield 3, Text(f"ideagraph search {name}")
    yield 3, Text(f"ideagraph export part.html --around {name}")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def rules(rows: Iterable[RuleRow]) -> Lines:
    """Yield one line a decision of the user."""
    for row in rows:
        told = f"{', '.join(row.names)} → {row.value}" if row.value else ", ".join(row.names)
        idle = {False: "  matches nothing now", None: "", True: ""}[row.matches]
        yield 0, Text.assemble(f"{row.number:>3}. {row.action} ", (told, "bold"), (idle, "yellow"))


def why(rows: Iterable[SpellingRow]) -> Lines:
    """Yield each spelling with what says that it names this concept, and a quote where a text does."""
    for row in rows:
        same_as = f" as {row.same_as}: " if row.same_as else ": "
        yield 0, Text.assemble((", ".join(row.spellings), "bold"), (f"{same_as}{in_words(row)}", "dim"))
        for item in row.evidence[:1]:
            yield from _evidence(item)


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
    yield 5, Text(_quoted(item.quote))
    yield 5, Text(f"[{item.lang}] {item.title}  {item.url}", style="dim")


def _quoted(text: str) -> str:
    quote = " ".join(text.split())
    if len(quote) > QUOTE:
        quote = quote[:QUOTE].rstrip() + " …"
    return f"“{quote}”"
