"""The command line: parse, call one function of service/, print. The only place that prints or exits.

Exit codes: 0 found or done, 1 nothing found, 2 wrong usage, 3 trouble with the library or an input, 130 interrupted.
Modules that bring in numpy, faiss or torch are imported inside the commands: `--help` must answer at once.
"""

import contextlib
import importlib.metadata
import pathlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import IdeagraphError, NotFound
from corpus.library import default_folder

if TYPE_CHECKING:
    from rich.text import Text

    from index.model import Mode
    from service.ask import Snapshot
    from service.edit import Job
    from service.report import Report

Function = Callable[..., None]
Option = Callable[[Function], Function]
Path = click.Path(path_type=pathlib.Path)
ExistingFile = click.Path(path_type=pathlib.Path, exists=True, dir_okay=False)

LIBRARY = click.option(
    "--library", "folder", type=Path, default=default_folder, metavar="DIR",
    help="Folder that holds everything.  [default: $IDEAGRAPH_LIBRARY, else your data folder]",
)  # fmt: skip
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/json.md tells what stands in it.")
ENCODER = click.option("--encoder", metavar="NAME", help="Use this SentenceTransformer, by name or path, from now on.")
REPLAY = click.option("--replay", type=ExistingFile, help="Take the pages from this WARC file, not from the web.")
LANG = click.option("--lang", metavar="CODE", default="", help="Only this language: en, zh, ...")
SOURCE = click.option("--source", metavar="URL", default="", help="Only this source.")
SECTION = click.option("--section", metavar="TEXT", default="", help="Only sources under a heading with this in it.")


def _number(default: int) -> Option:
    return click.option("-n", "k", type=click.IntRange(min=1), default=default, show_default=True, help="How many.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(importlib.metadata.version("ideagraph"), prog_name="ideagraph")
def group() -> None:
    """One semantic index and one concept graph over your reading list, in English and Chinese, offline.

    Begin with: ideagraph build LIST.md
    """


def _command(*options: Option) -> Callable[[Function], click.Command]:
    """Make a function a command with these options, and with `--library` and `--json` that all have."""

    def wrap(function: Function) -> click.Command:
        name = function.__name__.rstrip("_")
        every: list[Option] = [LIBRARY, JSON, *reversed(options)]
        for option in every:
            function = option(function)
        return group.command(name)(function)

    return wrap


def main() -> None:
    """Run the command line. An error of ours becomes one line and an exit code; a bug keeps its traceback."""
    try:
        if any("\udc80" <= char <= "\udcff" for word in sys.argv[1:] for char in word):  # bytes that are no UTF-8
            raise click.UsageError("the arguments are not UTF-8; set a UTF-8 locale, or type them again")
        code = group.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: every page that was done is kept; run the same command again to go on", err=True)
        code = 130
    except NotFound as error:
        near = f"; did you mean {', '.join(error.near)}?" if error.near else ""
        click.echo(f"ideagraph: {error}{near}", err=True)
        code = 1
    except IdeagraphError as error:
        click.echo(f"ideagraph: {error}", err=True)
        code = 3
    sys.exit(code)


# ---- what changes the library


@_command(click.argument("lists", nargs=-1, required=True, type=Path), REPLAY, ENCODER)
def build(
    lists: Sequence[pathlib.Path], replay: pathlib.Path | None, encoder: str | None, folder: pathlib.Path, as_json: bool
) -> None:
    """Crawl, extract, embed and link what the LISTS name. Again: only what changed."""
    from service import edit

    _change(folder, as_json, replay, encoder, lambda job: edit.build(job, lists), create=True)


@_command(click.argument("urls", metavar="URL...", nargs=-1, required=True), REPLAY)
def add(urls: Sequence[str], replay: pathlib.Path | None, folder: pathlib.Path, as_json: bool) -> None:
    """Put single pages into the library by their addresses."""
    from service import edit

    _change(folder, as_json, replay, None, lambda job: edit.add(job, urls), create=True)


@_command(
    click.argument("files", metavar="FILE...", nargs=-1, required=True, type=ExistingFile),
    click.option("--url", help="Address of the page in FILE, where the file does not tell."),
)
def import_(files: Sequence[pathlib.Path], url: str | None, folder: pathlib.Path, as_json: bool) -> None:
    """Put pages into the library that you saved: HTML, MHTML, SingleFile or WARC. The web is not asked."""
    from service import edit

    _change(folder, as_json, None, None, lambda job: edit.supply(job, files, url), create=True)


@_command(REPLAY, ENCODER)
def update(replay: pathlib.Path | None, encoder: str | None, folder: pathlib.Path, as_json: bool) -> None:
    """Read the lists again and bring every page up to date."""
    from service import edit

    _change(folder, as_json, replay, encoder, edit.refetch)


@_command(click.argument("name", metavar="URL|LIST"))
def remove(name: str, folder: pathlib.Path, as_json: bool) -> None:
    """Take out a source, or a list with what no other list names, and all that came from it."""
    from service import edit

    _change(folder, as_json, None, None, lambda job: edit.remove(job, name))


def _change(
    folder: pathlib.Path, as_json: bool, replay: pathlib.Path | None, encoder: str | None,
    verb: "Callable[[Job], Report]", *, create: bool = False,
) -> None:  # fmt: skip
    """Run one verb of edit on the library, with progress on stderr, and print its report."""
    from rich.console import Console

    from service import render
    from service.answers import as_json as to_json
    from service.edit import Job
    from service.progress import Bars

    with Bars(Console(stderr=True)) as bars:
        report = verb(Job(folder, create, replay, encoder, bars))
    if as_json:
        click.echo(to_json(reports=[report.as_row()]))
    else:
        _show(render.report(report))
    if report.asked and len(report.failed) == report.asked:
        raise click.exceptions.Exit(1)


# ---- what asks it


@_command(
    click.argument("query"),
    _number(5),
    click.option(
        "--mode", type=click.Choice(["hybrid", "dense", "keyword"]), default="hybrid", show_default=True,
        help="By meaning and words, by meaning alone, or by words alone.",
    ),
    LANG, SOURCE, SECTION,
)  # fmt: skip
def search(
    query: str, k: int, mode: "Mode", lang: str, source: str, section: str, folder: pathlib.Path, as_json: bool
) -> None:
    """Find the passages that answer QUERY, in any language."""
    from service import render

    with _snapshot(folder) as snapshot:
        rows = snapshot.search(query, k=k, mode=mode, lang=lang, source=source, section=section)
    _answer(as_json, rows, "hits", render.hits)


@_command(
    _number(20), LANG, click.option("--matching", metavar="TEXT", default="", help="Only names with this in them.")
)
def concepts(k: int, lang: str, matching: str, folder: pathlib.Path, as_json: bool) -> None:
    """List the concepts that matter most."""
    from service import render

    with _snapshot(folder) as snapshot:
        rows = snapshot.concepts(k=k, lang=lang, matching=matching)
    _answer(as_json, rows, "concepts", render.concepts)


@_command(click.argument("name"), _number(5))
def concept(name: str, k: int, folder: pathlib.Path, as_json: bool) -> None:
    """Show one concept: its names, the sources that speak of it, and what belongs to it."""
    from service import render
    from service.answers import as_json as to_json

    with _snapshot(folder) as snapshot:
        page = snapshot.concept(name, k=k)
    if as_json:
        click.echo(to_json(concepts=[page.concept], mentioned_in=page.mentioned_in, related=page.related))
    else:
        _show(render.concept(page))


@_command(click.argument("name"), _number(8), LANG)
def related(name: str, k: int, lang: str, folder: pathlib.Path, as_json: bool) -> None:
    """Show which ideas belong to NAME, with the sentences that say so."""
    from service import render

    with _snapshot(folder) as snapshot:
        rows = snapshot.related(name, k=k, lang=lang)
    _answer(as_json, rows, "related", render.related)


@_command(click.argument("a"), click.argument("b"))
def path(a: str, b: str, folder: pathlib.Path, as_json: bool) -> None:
    """Show how two ideas hang together, hop by hop, each with its quote."""
    from service import render

    with _snapshot(folder) as snapshot:
        rows = snapshot.path(a, b)
    _answer(as_json, rows, "hops", render.path)


@_command(
    click.argument("file", type=Path),
    click.option(
        "--format", "format_", metavar="NAME", default="",
        help="graphml, gexf, json, csv, neo4j, turtle, html, obsidian (a folder).  [default: as FILE ends]",
    ),
    click.option("--flavour", metavar="NAME", default="", help="yed: GraphML with the labels and colours of yEd."),
    click.option("--around", metavar="NAME", default="", help="Only this idea and what is near it."),
    click.option("--hops", type=click.IntRange(min=0), default=1, show_default=True, help="How near, in relations."),
    click.option("--min-weight", metavar="W", type=float, default=0.0, help="Only relations of this weight or more."),
    click.option("--kind", metavar="KIND", default="", help="Only ideas of this kind: model, method, ..."),
    LANG,
)  # fmt: skip
def export(
    file: pathlib.Path, format_: str, flavour: str, around: str, hops: int, min_weight: float, kind: str, lang: str,
    folder: pathlib.Path, as_json: bool,
) -> None:  # fmt: skip
    """Write the graph of sources and concepts for other programs.

    FILE ends in .graphml, .gexf, .json, .csv, .ttl or .html; docs/exports.md tells which program reads what.
    """
    from service.answers import as_json as to_json

    with _snapshot(folder) as snapshot:
        row = snapshot.export(
            file,
            format_=format_,
            flavour=flavour,
            around=around,
            hops=hops,
            min_weight=min_weight,
            kind=kind,
            lang=lang,
        )
    if as_json:
        click.echo(to_json(export=[row]))
    else:
        files = ", ".join(row.files)
        click.echo(f"{files}: {row.concepts} concepts, {row.sources} sources, {row.edges} edges")


@_command(SECTION, click.option("--status", default="", help="Only these: indexed, blocked, gone, unreachable, ..."))
def sources(section: str, status: str, folder: pathlib.Path, as_json: bool) -> None:
    """List the sources and what became of each; one that failed shows the command that mends it."""
    from service import render

    with _snapshot(folder) as snapshot:
        rows = snapshot.sources(section=section, status=status)
    _answer(as_json, rows, "sources", render.sources)


@_command(click.argument("url"))
def show(url: str, folder: pathlib.Path, as_json: bool) -> None:
    """Print the text that was taken from a source."""
    from service import render
    from service.answers import as_json as to_json

    with _snapshot(folder) as snapshot:
        document = snapshot.show(url)
    if as_json:
        click.echo(to_json(documents=[document]))
    else:
        _show(render.document(document))


@_command()
def status(folder: pathlib.Path, as_json: bool) -> None:
    """Count what the library holds, and say whether anything is left to do."""
    from service import render
    from service.answers import as_json as to_json

    with _snapshot(folder) as snapshot:
        row = snapshot.status()
    if as_json:
        click.echo(to_json(status=[row]))
    else:
        _show(render.status(row))


@_command()
def verify(folder: pathlib.Path, as_json: bool) -> None:
    """Check every page, passage, vector, mention and quote against the stored text."""
    from service.answers import as_json as to_json
    from service.rooms import open_library
    from service.verify import verify

    checked, wrong = verify(open_library(folder))
    if as_json:
        click.echo(to_json(checked=checked, problems=wrong))
    else:
        for problem in wrong:
            click.echo(problem)
        click.echo(f"{checked} claims checked, {len(wrong)} wrong")
    if wrong:
        raise click.exceptions.Exit(3)


@contextlib.contextmanager
def _snapshot(folder: pathlib.Path) -> "Iterator[Snapshot]":
    from service.ask import Snapshot
    from service.rooms import open_library

    with Snapshot.open(open_library(folder)) as snapshot:
        yield snapshot


def _answer(
    as_json: bool, rows: "Sequence[Any]", name: str, render: "Callable[[Any], Iterable[tuple[int, Text]]]"
) -> None:  # Any: whatever row this command answers with
    """Print rows for people or for programs; exit 1 where there is none."""
    from service.answers import as_json as to_json

    if as_json:
        click.echo(to_json(**{name: rows}))
    elif rows:
        _show(render(rows))
    else:
        click.echo("nothing found", err=True)
    if not rows:
        raise click.exceptions.Exit(1)


def _show(lines: "Iterable[tuple[int, Text]]") -> None:
    """Print lines: wrapped and with colour on a terminal, plain and whole when piped."""
    from rich.console import Console

    console = Console(highlight=False)
    for indent, line in lines:
        if console.is_terminal:
            for part in line.wrap(console, console.width - indent):
                console.print(" " * indent, part, sep="", end="\n")
        else:
            click.echo(" " * indent + line.plain)


if __name__ == "__main__":
    main()
