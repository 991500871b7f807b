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
    NamedRow,
    NoPathRow,
    PathPage,
    RelatedPage,
    RelatedRow,
    RuleRow,
    SentenceRow,
    SpellingRow,
    TopicRow,
    UnknownRow,
)  # fmt: skip
from service.render import ID, Lines
from service.why import in_words

LANGUAGES = {"en": "English", "zh": "Chinese"}
TOPIC_SOURCES = 3  # of a topic that are shown; --json has five
QUOTE = 300  # code points of a quote that are shown; --json has it whole


def concepts(rows: Iterable[ConceptRow]) -> Lines:
    """Yield one line a concept: names in both languages, how many sources and mentions."""
    for place, row in enumerate(rows, 1):
        names = dict.fromkeys(name for name in (row.name, row.label_en, row.label_zh) if name)
        parts = (row.kind, many(row.n_sources, "source"), many(row.n_mentions, "mention"))
        counts = "  " + ", ".join(filter(None, parts))
        yield 0, Text.assemble(f"{place:>3}. ", (" · ".join(names), "bold"), (counts, "dim"))


def concept(page: ConceptPage, *, sources: int) -> Lines:
    """Yield the page of a concept: names, kind, what it is, so many of its sources, what belongs to it, what to ask."""
    if len(page.understood) > 1 or page.unknown:
        yield from _understood(page.understood, page.unknown)
    row = page.concept
    names = list(dict.fromkeys(name for name in (row.name, row.label_en, row.label_zh) if name))
    yield 0, Text.assemble((" · ".join(names), "bold"), (f"  {row.kind}" if row.kind else "", "cyan"))
    if others := [alias for alias in row.aliases if alias not in names]:
        yield 3, Text("also: " + " · ".join(others))
    yield 3, Text(_covered(page), style="dim")
    for item in page.definitions:
        yield 0, Text()
        yield from evidence(item)
    yield 0, Text()
    yield 0, Text("Where it is spoken of", style="bold")
    for source in page.mentioned_in[:sources]:
        yield 0, Text(f"{source.count:>4} × [{source.lang}] {source.title}")
        yield 7, Text(source.url, style="cyan")
        if source.first != source.best:
            yield 7, _sentence("first", source.first)
        yield 7, _sentence("best", source.best)
    if left := page.mentioned_in[sources:]:
        yield 7, Text(f"and {many(len(left), 'more source')}: -n {len(page.mentioned_in)} shows all", style="dim")
    if page.related:
        yield 0, Text()
        yield 0, Text("What belongs to it", style="bold")
        yield from _related_rows(page.related)
    yield 0, Text()
    yield from _onward(page)


def _sentence(label: str, row: SentenceRow) -> Text:
    """Return a sentence with the passage it stands in and its place in the source."""
    return Text.assemble(
        (f"{label:<6}", "dim"), quoted(row.quote), (f"  {row.passage[:ID]} at {row.start}-{row.end}", "dim")
    )


def _covered(page: ConceptPage) -> str:
    """Return how many sources speak of it, in which languages."""
    row = page.concept
    langs = collections.Counter(source.lang for source in page.mentioned_in).most_common()
    where = ", ".join(f"{count} in {LANGUAGES.get(lang, lang or 'an unknown language')}" for lang, count in langs)
    return f"{many(row.n_mentions, 'mention')} in {many(row.n_sources, 'source')}: {where}"


def _onward(page: ConceptPage) -> Lines:
    """Yield the commands that ask further of this concept."""
    name = shlex.quote(page.concept.name)
    yield 0, Text("Ask further", style="bold")
    yield 3, Text(f"ideagraph related {name}")
    if page.related:
        yield 3, Text(f"ideagraph path {name} {shlex.quote(page.related[-1].name)}")
    yield 3, Text(f"ideagraph search {name}")
    yield 3, Text(f"ideagraph export part.html --around {name}")


def many(count: int, noun: str) -> str:
    """Return how many there are of something, in words."""
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
            yield from evidence(item)


def related(page: RelatedPage) -> Lines:
    """Yield what was understood where it does not go without saying, and each related concept with its best quotes."""
    yield from _understood(page.understood, page.unknown)
    for hop in page.between:
        yield from _hop(hop)
    if page.between:
        yield 0, Text()
    yield from _related_rows(page.related)
    for place, row in enumerate(page.far, 1):
        yield 0, Text.assemble(f"{place:>3}. ", (names(row), "bold"), (f"  by way of {row.way[0].b_name}", "dim"))
        for hop in row.way:
            yield from ((indent + 5, line) for indent, line in _hop(hop))


def _understood(understood: Sequence[NamedRow], unknown: Sequence[UnknownRow]) -> Lines:
    if len(understood) > 1 or unknown or understood[0].text != understood[0].name:
        yield 0, Text("asked for: " + ", ".join(row.name for row in understood), style="dim")
    for row in unknown:
        near = f": did you mean {' or '.join(row.near)}?" if row.near else ""
        yield 0, Text(f"no idea is called {row.text}{near}", style="yellow")


def names(row: ConceptRow) -> str:
    """Return the names of a concept in both languages, each once."""
    return " · ".join(dict.fromkeys(name for name in (row.name, row.label_zh, row.label_en) if name))


def _related_rows(rows: Iterable[RelatedRow]) -> Lines:
    for place, row in enumerate(rows, 1):
        label = (f"  {'; '.join(row.says) or row.type}, weight {row.weight:.2f}", "dim")
        yield 0, Text.assemble(f"{place:>3}. ", (names(row), "bold"), label)
        for item in row.evidence[:2]:
            yield from evidence(item)


def path(hops: Sequence[HopRow]) -> Lines:
    """Yield a path hop by hop, each with the sentence that says so."""
    yield 0, Text(" → ".join([hops[0].a_name, *(hop.b_name for hop in hops)]), style="bold")
    for hop in hops:
        yield from _hop(hop)


def no_path(page: PathPage, row: NoPathRow) -> Lines:
    """Yield that two ideas do not hang together, and what comes nearest."""
    start, end = (named.name for named in page.understood)
    yield 0, Text(f"no path: {row.reason}")
    for name, leads in ((start, row.a_leads_to), (end, row.b_leads_to)):
        yield 3, Text.assemble((name, "bold"), " leads to ", ", ".join(leads) or "nothing")
    if row.closest:
        yield 3, Text(f"the closest of what they lead to: {' and '.join(row.closest)}")


def topics(rows: Iterable[TopicRow]) -> Lines:
    """Yield each topic with its ideas and the sources that say most of it."""
    for place, row in enumerate(rows, 1):
        yield 0, Text.assemble(f"{place:>3}. ", (row.name, "bold"), (f"  {row.n_concepts} ideas", "dim"))
        if row.name_zh:
            yield 5, Text(row.name_zh)
        yield 5, Text(", ".join(concept.name for concept in row.concepts))
        for source in row.sources[:TOPIC_SOURCES]:
            yield 5, Text(f"{source.count:>4} × [{source.lang}] {source.title}  {source.url}", style="dim")


def _hop(hop: HopRow) -> Lines:
    """Yield a step, how many say it, and its best quote."""
    label = hop.says or f"{hop.a_name} → {hop.b_name}"
    support = f"{many(hop.n_sources, 'source')} on {many(hop.n_sites, 'site')}"
    weak = f"  weak: {hop.why_weak}" if hop.weak else ""
    yield 0, Text.assemble(label, (f"  {support}, weight {hop.weight:.2f}", "dim"), (weak, "yellow"))
    for item in hop.evidence[:1]:
        yield from evidence(item)


def evidence(item: EvidenceRow) -> Lines:
    """Yield a quote, and below it where it stands."""
    yield 5, Text(quoted(item.quote))
    yield 5, Text(f"[{item.lang}] {item.title}  {item.url}", style="dim")


def quoted(text: str) -> str:
    """Return a quote in one line, cut where it is long."""
    quote = " ".join(text.split())
    if len(quote) > QUOTE:
        quote = quote[:QUOTE].rstrip() + " …"
    return f"“{quote}”"
