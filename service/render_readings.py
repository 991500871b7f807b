"""Answers that compare what sources say, as lines for a terminal: each function yields what to print."""

from collections.abc import Iterable, Sequence

from rich.text import Text

from service import render
from service.reading_rows import BridgePage, DisagreeRow, NewPage, SaidRow, StepRow, VersionRow
from service.render import Lines
from service.render_ideas import evidence, many, names, quoted


def bridge(page: BridgePage) -> Lines:
    """Yield how the languages cover a concept, what the others say about it, and what each alone joins to it."""
    if page.concept is None:
        near = f" Did you mean {', '.join(page.names)}?" if page.names else ""
        yield 0, Text(f"No concept is called so: these passages are near it in meaning.{near}", style="yellow")
    else:
        yield 0, Text(names(page.concept), style="bold")
        for told in page.coverage:
            said = f"{many(told.n_mentions, 'mention')} in {many(told.n_sources, 'source')}"
            yield 3, Text(f"[{told.lang}] {said}", style="dim")
        if len(page.coverage) == 1:
            yield 3, Text(f"an idea only in {page.coverage[0].lang.upper()} here", style="yellow")
    yield 0, Text()
    yield from _said(page.passages)
    if page.hits:
        if page.concept is not None:
            langs = ", ".join(dict.fromkeys(hit.lang for hit in page.hits))
            yield 0, Text(f"Nothing in {langs} names it; nearest in meaning:", style="yellow")
        yield from render.hits(page.hits)
    for lang in dict.fromkeys(row.lang for row in page.only):
        yield 0, Text(f"Said beside it in {lang.upper()} only", style="bold")
        for row in page.only:
            if row.lang == lang:
                known = "" if row.elsewhere else ", which is an idea in no other language here"
                beside = f"  {row.n_near} × in {many(row.n_near_sources, 'source')}{known}"
                yield 3, Text.assemble(names(row), (beside, "dim"))
                yield from evidence(row.evidence[0])


def _said(rows: Sequence[SaidRow]) -> Lines:
    for place, row in enumerate(rows, 1):
        yield from render.head(place, row)
        for item in row.evidence:
            yield 3, Text(quoted(item.quote))
        defines = "says what it is · " if row.defines else ""
        yield 3, Text(f"{row.id[: render.ID]} · {defines}names it {row.mentions} ×", style="dim")
        yield 0, Text()


def order(rows: Iterable[StepRow]) -> Lines:
    """Yield the sources in reading order, each with what it adds and why it stands there."""
    for row in rows:
        head = Text.assemble((f"{row.place}. {row.title}", "bold"))
        head.append(f"  [{row.lang}{f', {row.published}' if row.published else ''}]", style="dim")
        yield 0, head
        yield 3, Text(row.url, style="cyan")
        yield 3, Text(f"why here: {row.reason}")
        if row.adds:
            yield 3, Text.assemble("adds: ", (", ".join(item.name for item in row.adds), "bold"))
            yield from evidence(row.adds[0].evidence)


def new(page: NewPage) -> Lines:
    """Yield what one source says that no other does; copies and translations first."""
    yield 0, Text(page.title or page.url, style="bold")
    yield 0, Text(page.url, style="cyan")
    for version in page.versions:
        yield 3, Text(f"{_version(version)} {version.title or version.url}  {version.url}", style="yellow")
        for mine, other in version.pairs:
            yield from evidence(mine)
            yield from evidence(other)
    nothing = not (page.n_concepts or page.n_relations or page.n_passages)
    counts = (
        f"{page.n_passages} of its {page.of_passages} passages have no near one elsewhere; "
        f"{page.n_concepts} concepts and {page.n_relations} pairs of concepts stand nowhere else"
    )
    yield 3, Text("Nothing in it is new to this library." if nothing else counts, style="dim")
    if page.concepts:
        yield 0, Text("Concepts that no other source names", style="bold")
    for concept in page.concepts:
        yield 3, Text.assemble((names(concept), "bold"), (f"  {many(concept.n_mentions, 'mention')}", "dim"))
        yield from evidence(concept.evidence[0])
    if page.relations:
        yield 0, Text("Concepts that no other source names together", style="bold")
    for relation in page.relations:
        known = "" if relation.known else ", one of them new"
        joined = "–" if relation.type == "related" else relation.type
        label = f"  weight {relation.weight:.2f}{known}"
        yield 3, Text.assemble(f"{relation.a_name} {joined} {relation.b_name}", (label, "dim"))
        yield from evidence(relation.evidence[0])
    if page.passages:
        yield 0, Text("Passages that no other source comes near", style="bold")
    for passage in page.passages:
        yield (
            3,
            Text.assemble(
                " › ".join(passage.heading) or page.title,
                (f"  {passage.id[: render.ID]} · nearest elsewhere: {passage.closeness:.2f} {passage.nearest}", "dim"),
            ),
        )
        yield from evidence(passage.evidence[0])


def _version(row: VersionRow) -> str:
    if row.kind == "copy":
        return f"{row.share:.0%} of it stands word for word in"
    what = "a translation of, or translated into," if row.kind == "translation" else "much like, in other words,"
    return f"{row.share:.0%} of it is {what}"


def disagree(rows: Iterable[DisagreeRow]) -> Lines:
    """Yield the pairs of claims side by side, each with its date; which is right is not said."""
    for place, row in enumerate(rows, 1):
        yield 0, Text.assemble((f"{place}. {row.about}", "bold"), (f"  {row.kind}", "dim"))
        for claim in (row.a, row.b):
            yield 3, Text.assemble((claim.value, "bold"), (f"  {claim.published or 'no date'}", "dim"))
            yield from evidence(claim.evidence)
