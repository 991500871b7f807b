"""The command line: parse, call one function of service/, print. The only place that prints or exits.

Exit codes: 0 found or done, 1 nothing found, 2 wrong usage, 3 trouble with the library or an input, 130 interrupted.
Modules that bring in numpy, faiss or torch are imported inside the commands: `--help` must answer at once.
"""

import contextlib
import dataclasses
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

    from corpus.library import Library
    from index.model import Mode
    from service.answers import RuleRow, SearchPage
    from service.ask import Question, Snapshot
    from service.edit import Job
    from service.report import Report

Function = Callable[..., None]
Option = Callable[[Function], Function]
WIDEST = 110  # columns of text that the eye still follows from line to line
Path = click.Path(path_type=pathlib.Path)
ExistingFile = click.Path(path_type=pathlib.Path, exists=True, dir_okay=False)

LIBRARY = click.option(
    "--library", "folder", type=Path, default=default_folder, metavar="DIR",
    help="Folder that holds everything.  [default: $IDEAGRAPH_LIBRARY, else your data folder]",
)  # fmt: skip
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/json.md tells what stands in it.")
ENCODER = click.option("--encoder", metavar="NAME", help="Use this SentenceTransformer, by name or path, from now on.")
REPLAY = click.option("--replay", type=ExistingFile, help="Take the pages from this WARC file, not from the web.")
MODE = click.option(
    "--mode", type=click.Choice(["hybrid", "dense", "keyword"]), default="hybrid", show_default=True,
    help="By meaning and words, by meaning alone, or by words alone.",
)  # fmt: skip
LANG = click.option("--lang", metavar="CODE", default="", help="Only this language: en, zh, ...")
SOURCE = click.option("--source", metavar="URL", default="", help="Only this source.")
KIND = click.option("--kind", metavar="KIND", default="", help="Only ideas of this kind: model, method, ...")
SECTION = click.option("--section", metavar="TEXT", default="", help="Only sources under a heading with this in it.")
SITE = click.option(
    "--site", "sites", metavar="DOMAIN", multiple=True, help="Only pages on this site; again: or on that."
)
SINCE = click.option(
    "--since", metavar="DATE", default="",
    help="Only pages published since (2020-01-31, 2020, 30d, 2w, 6m, 1y); those without a date: fetched since.",
)  # fmt: skip


def _number(default: int) -> Option:
    return click.option("-n", "k", type=click.IntRange(min=1), default=default, show_default=True, help="How many.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(importlib.metadata.version("ideagraph"), prog_name="ideagraph")
def group() -> None:
    """One semantic index and one concept graph over your reading list, in English and Chinese, offline.

    Begin with: ideagraph build LIST.md
    """


def _command(*options: Option, of: click.Group = group) -> Callable[[Function], click.Command]:
    """Make a function a command of a group with these options, and with `--library` and `--json` that all have."""

    def wrap(function: Function) -> click.Command:
        name = function.__name__.rstrip("_")
        every: list[Option] = [LIBRARY, JSON, *reversed(options)]
        for option in every:
            function = option(function)
        return of.command(name)(function)

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
        click.echo(_line_of(error), err=True)
        code = 1
    except IdeagraphError as error:
        click.echo(_line_of(error), err=True)
        code = 3
    sys.exit(code)


def _line_of(error: IdeagraphError) -> str:
    near = error.near if isinstance(error, NotFound) else ()
    return f"ideagraph: {error}" + (f"; did you mean {', '.join(near)}?" if near else "")


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


@group.group()
def curate() -> None:
    """Decide about concepts yourself: merge, split, rename, ban, kind.

    A decision is a rule in curation.toml in the library's folder, which you may edit as well. It holds until it is
    taken out again, whatever is added or removed meanwhile; then the graph is as if it had never been there. The graph
    is made anew at once.
    """


NAMES = click.argument("names", metavar="NAME NAME...", nargs=-1, required=True)


@_command(NAMES, of=curate)
def merge(names: Sequence[str], folder: pathlib.Path, as_json: bool) -> None:
    """Make one concept of these names."""
    _decide(folder, as_json, "merge", names)


@_command(NAMES, of=curate)
def split(names: Sequence[str], folder: pathlib.Path, as_json: bool) -> None:
    """Keep these names apart: no two of them in one concept."""
    _decide(folder, as_json, "split", names)


@_command(click.argument("name"), click.argument("to", metavar="NEW"), of=curate)
def rename(name: str, to: str, folder: pathlib.Path, as_json: bool) -> None:
    """Call the concept NAME by a NEW name."""
    _decide(folder, as_json, "rename", (name,), to)


@_command(click.argument("name"), of=curate)
def ban(name: str, folder: pathlib.Path, as_json: bool) -> None:
    """Have no concept of this name."""
    _decide(folder, as_json, "ban", (name,))


@_command(click.argument("name"), click.argument("what", metavar="KIND"), of=curate)
def kind(name: str, what: str, folder: pathlib.Path, as_json: bool) -> None:
    """Say of what KIND a concept is: method, model, task, dataset, or any word."""
    _decide(folder, as_json, "kind", (name,), what)


@_command(of=curate)
def list_(folder: pathlib.Path, as_json: bool) -> None:
    """Show your decisions, numbered, and whether each still matches something."""
    from service import curate, render_ideas
    from service.rooms import open_library

    _answer(
        as_json,
        curate.rules(open_library(folder)),
        "rules",
        render_ideas.rules,
        "you have decided nothing yet; ideagraph curate --help tells how",
    )


@_command(click.argument("number", type=click.IntRange(min=1)), of=curate)
def remove_(number: int, folder: pathlib.Path, as_json: bool) -> None:
    """Take out the decision of this NUMBER in the list: the graph is as before it."""
    from service import curate

    _curated(folder, as_json, lambda job: curate.undo(job, number), "taken out")


def _decide(folder: pathlib.Path, as_json: bool, action: str, names: Sequence[str], value: str = "") -> None:
    from kg.curation import Rule
    from service import curate

    _curated(folder, as_json, lambda job: curate.decide(job, Rule(action, tuple(names), value)), "decided")


def _curated(
    folder: pathlib.Path, as_json: bool, verb: "Callable[[Job], tuple[RuleRow, Report]]", done: str
) -> None:  # fmt: skip
    """Change one decision, and print it with what the graph is now."""
    from rich.console import Console

    from service import render_ideas
    from service.answers import as_json as to_json
    from service.edit import Job
    from service.progress import Bars

    with Bars(Console(stderr=True)) as bars:
        row, report = verb(Job(folder, listener=bars))
    if as_json:
        click.echo(to_json(rules=[row], concepts=report.concepts, relations=report.relations, warnings=report.warnings))
        return
    for warning in report.warnings:
        click.echo(f"ideagraph: {warning}", err=True)
    click.echo(f"{done}; the graph has {report.concepts} concepts and {report.relations} relations now")
    _show(render_ideas.rules([row]))


# ---- what asks it


@_command(
    click.argument("words", metavar="[QUERY]", nargs=-1),
    _number(5),
    MODE, LANG, SOURCE, SECTION, SITE, SINCE,
    click.option("--more", metavar="TEXT", multiple=True, help="Nearer to this, by meaning."),
    click.option("--less", metavar="TEXT", multiple=True, help="Farther from this, by meaning."),
    click.option("--like", metavar="ID", multiple=True, help="More like this hit; the id stands under it."),
    click.option("--unlike", metavar="ID", multiple=True, help="Less like this hit."),
    click.option("--full", is_flag=True, help="Show whole passages, not what stands around the marked sentences."),
)  # fmt: skip
def search(
    words: Sequence[str], k: int, mode: "Mode", lang: str, source: str, section: str, sites: Sequence[str], since: str,
    more: Sequence[str], less: Sequence[str], like: Sequence[str], unlike: Sequence[str], full: bool,
    folder: pathlib.Path, as_json: bool,
) -> None:  # fmt: skip
    """Find the passages that answer QUERY, in any language.

    In QUERY, words in double quotes must stand there as written (whole words, any case), -word and -"some words" must
    not, site:zhihu.com and lang:zh narrow, -site: and -lang: leave out. Put QUERY into single quotes, so that the shell
    leaves it alone.

    Without QUERY, on a terminal: a prompt that stays open; type help there. Else questions are read from standard
    input, one a line, and with --json one object is printed for each.
    """
    from service import render
    from service.answers import as_json as to_json
    from service.ask import Question

    typed = Question(
        " ".join(words), mode, lang, source, section, tuple(sites), since, tuple(more), tuple(less), tuple(like),
        tuple(unlike),
    )  # fmt: skip
    if not (words or more or like):
        _converse(folder, typed, k, as_json=as_json, full=full)
        return
    with _snapshot(folder) as snapshot:
        page = snapshot.search(typed, k=k)
    if as_json:
        click.echo(to_json(query=page.query, chance=page.chance, hits=page.hits))
    elif page.hits:
        _show(render.found(page, full=full))
    else:
        click.echo(_nothing(page), err=True)
    if not page.answered:
        raise click.exceptions.Exit(1)


def _converse(folder: pathlib.Path, typed: "Question", k: int, *, as_json: bool, full: bool) -> None:
    """Answer questions as they come: from a prompt, or where no terminal is there line by line."""
    from service.rooms import open_library
    from service.session import Session

    library = open_library(folder)
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or as_json:
        _batch(library, typed, k, as_json=as_json, full=full)
        return
    session = Session(library, typed, k, full=full)
    click.echo("Ask something; help tells what else can be typed, Ctrl-D ends.", err=True)
    with _history(library.folder / "history"), contextlib.suppress(EOFError):
        while (line := _line()).strip().lower() not in ("quit", "exit"):
            try:
                _show(session.answer(line))
            except KeyboardInterrupt:
                click.echo()
            except IdeagraphError as error:
                click.echo(_line_of(error), err=True)


def _line() -> str:
    """Return a line typed at the prompt, '' where Ctrl-C took it back."""
    try:
        return input("? ")
    except KeyboardInterrupt:
        click.echo()
        return ""
    except EOFError:
        click.echo()
        raise


def _batch(library: "Library", typed: "Question", k: int, *, as_json: bool, full: bool) -> None:
    """Answer the questions on standard input, one a line; one that can't be answered is told, and the rest go on."""
    from service import render
    from service.answers import as_json_line
    from service.ask import Snapshot

    asked = found = wrong = 0
    with open(0, encoding="utf-8", errors="replace", closefd=False) as lines, Snapshot.open(library) as snapshot:
        for nth, line in enumerate(lines, 1):
            if not line.strip():
                continue
            asked += 1
            try:
                page = snapshot.search(dataclasses.replace(typed, text=line), k=k)
            except IdeagraphError as error:
                wrong += 1
                click.echo(f"ideagraph: line {nth}: {error}", err=True)
                if as_json:
                    click.echo(as_json_line(line=nth, error=str(error), chance=None, hits=()))
                continue
            found += page.answered
            if as_json:
                click.echo(as_json_line(line=nth, query=page.query, chance=page.chance, hits=page.hits))
            else:
                click.echo(f"## {line.strip()}\n")
                _show(render.found(page, full=full))
    if not asked:
        raise click.UsageError("no QUERY: give one, or questions on standard input, one a line")
    if wrong or not found:
        raise click.exceptions.Exit(3 if wrong else 1)


@contextlib.contextmanager
def _history(file: pathlib.Path) -> "Iterator[None]":
    """Let lines be edited and called back, those of earlier conversations with this library too."""
    try:
        import readline
    except ImportError:  # Windows: its console edits lines itself
        yield
        return
    readline.clear_history()
    with contextlib.suppress(OSError):
        readline.read_history_file(file)
    readline.set_history_length(1000)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # a library that can only be read
            file.touch(mode=0o600)  # what was asked is nobody else's business
            readline.write_history_file(file)


def _nothing(page: "SearchPage") -> str:
    if page.query.phrases:
        return "nothing found; take the quotes away to look for the meaning of what stands in them"
    return "nothing found"


@_command(
    _number(20),
    LANG,
    KIND,
    click.option("--matching", metavar="TEXT", default="", help="Only names with this in them."),
)
def concepts(k: int, lang: str, kind: str, matching: str, folder: pathlib.Path, as_json: bool) -> None:
    """List the concepts that matter most."""
    from service import render_ideas

    with _snapshot(folder) as snapshot:
        rows = snapshot.ideas.concepts(k=k, lang=lang, kind=kind, matching=matching)
    _answer(as_json, rows, "concepts", render_ideas.concepts)


@_command(
    click.argument("name"),
    _number(5),
    click.option("--why", is_flag=True, help="Show what says that its spellings are one, each with its witness."),
)
def concept(name: str, k: int, why: bool, folder: pathlib.Path, as_json: bool) -> None:
    """Show one concept: its names, what it is, the sources that speak of it, and what belongs to it.

    NAME may be any of its names, or a question with one in it: "什么是位置编码".
    """
    from service import render_ideas
    from service.answers import as_json as to_json

    if why:
        with _snapshot(folder) as snapshot:
            rows = snapshot.ideas.why(name)
        _answer(as_json, rows, "spellings", render_ideas.why)
        return
    with _snapshot(folder) as snapshot:
        page = snapshot.ideas.concept(name, k=k)
    if as_json:
        click.echo(
            to_json(
                understood=page.understood, unknown=page.unknown, concepts=[page.concept],
                definitions=page.definitions, mentioned_in=page.mentioned_in, related=page.related,
            )
        )  # fmt: skip
    else:
        _show(render_ideas.concept(page, sources=k))


@_command(
    click.argument("name"), _number(8), LANG, KIND,
    click.option("--source", metavar="URL", default="", help="Only what this source says, counted in it alone."),
    click.option("--far", "is_far", is_flag=True, help="What belongs to it though nothing says it beside it; the way."),
)  # fmt: skip
def related(
    name: str, k: int, lang: str, kind: str, source: str, is_far: bool, folder: pathlib.Path, as_json: bool
) -> None:
    """Show which ideas belong to NAME, with the sentences that say so.

    NAME may be any of its names, or a question with several ideas in it, which are then asked for together: "how does
    pruning relate to distillation", "剪枝和蒸馏".
    """
    from service import render_ideas
    from service.answers import as_json as to_json

    if is_far and (lang or source):
        raise click.UsageError("--far is for the whole library: leave out --lang and --source")
    with _snapshot(folder) as snapshot:
        if is_far:
            page = snapshot.ideas.far(name, k=k, kind=kind)
        else:
            page = snapshot.ideas.related(name, k=k, lang=lang, kind=kind, source=source)
    rows = page.far if is_far else page.related
    if as_json:
        named = {"far": page.far} if is_far else {"between": page.between, "related": page.related}
        click.echo(to_json(understood=page.understood, unknown=page.unknown, **named))
    else:
        _show(render_ideas.related(page))
        if not rows:
            click.echo("nothing found", err=True)
    if not rows:
        raise click.exceptions.Exit(1)


@_command(click.argument("a"), click.argument("b"))
def path(a: str, b: str, folder: pathlib.Path, as_json: bool) -> None:
    """Show how two ideas hang together, hop by hop, each with its quote; or that they don't, and what comes nearest."""
    from service import render_ideas
    from service.answers import as_json as to_json

    with _snapshot(folder) as snapshot:
        page = snapshot.ideas.path(a, b)
    if as_json:
        click.echo(to_json(understood=page.understood, hops=page.hops, no_path=page.no_path))
    elif page.no_path is None:
        _show(render_ideas.path(page.hops))
    else:
        _show(render_ideas.no_path(page, page.no_path))
    if page.no_path is not None:
        raise click.exceptions.Exit(1)


@_command(_number(10))
def topics(k: int, folder: pathlib.Path, as_json: bool) -> None:
    """List what the library is about: groups of ideas that hang together, the largest first."""
    from service import render_ideas

    with _snapshot(folder) as snapshot:
        rows = snapshot.ideas.topics(k=k)
    _answer(as_json, rows, "topics", render_ideas.topics)


@_command(click.argument("query", metavar="NAME|TEXT"), _number(3), LANG)
def bridge(query: str, k: int, lang: str, folder: pathlib.Path, as_json: bool) -> None:
    """Show what the other languages say about NAME, and what one language alone says with it.

    The other languages are those that NAME is not written in, or the one of --lang. A text that names no concept shows
    the passages near to it in the other languages.
    """
    from service import render_readings
    from service.answers import as_json as to_json

    with _snapshot(folder) as snapshot:
        page = snapshot.ideas.bridge(query, k=k, lang=lang)
    if as_json:
        click.echo(to_json(**{field.name: getattr(page, field.name) for field in dataclasses.fields(page)}))
    else:
        _show(render_readings.bridge(page))
    if not (page.passages or page.hits):
        raise click.exceptions.Exit(1)


@_command(click.argument("name"), _number(8), LANG)
def order(name: str, k: int, lang: str, folder: pathlib.Path, as_json: bool) -> None:
    """Show in which order to read what the sources say about NAME, prerequisites first, with what each adds."""
    from service import render_readings

    with _snapshot(folder) as snapshot:
        rows = snapshot.ideas.order(name, k=k, lang=lang)
    _answer(as_json, rows, "order", render_readings.order)


@_command(click.argument("a"), click.argument("b", metavar="[B]", default=""), _number(5))
def disagree(a: str, b: str, k: int, folder: pathlib.Path, as_json: bool) -> None:
    """Show where sources say different things of A (or of A and B): other numbers, or the contrary. No verdict."""
    from service import render_readings

    with _snapshot(folder) as snapshot:
        rows = snapshot.ideas.disagree(a, b, k=k)
    _answer(as_json, rows, "disagree", render_readings.disagree)


@_command(click.argument("url", metavar="[URL]", default=""), _number(5))
def new(url: str, k: int, folder: pathlib.Path, as_json: bool) -> None:
    """Show what the source URL says that no other does, and of which it is a copy or a translation.

    Without URL: the source that the library took in last.
    """
    from service import render_readings
    from service.answers import as_json as to_json

    with _snapshot(folder) as snapshot:
        page = snapshot.new(url, k=k)
    if as_json:
        click.echo(to_json(new=[page]))
    else:
        _show(render_readings.new(page))


@_command(
    click.argument("questions", metavar="QUESTIONS.jsonl", type=ExistingFile),
    MODE, LANG,
    click.option("--worst", metavar="N", type=click.IntRange(min=0), default=0, help="Show the N answered worst."),
    click.option(
        "--against", metavar="NAME=VALUE", multiple=True,
        help="Compare with another mode=, lang= or library=; may be given more than once.",
    ),
)  # fmt: skip
def eval_(
    questions: pathlib.Path, mode: "Mode", lang: str, worst: int, against: Sequence[str], folder: pathlib.Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Score your own questions: how well the library finds the pages that you say answer them."""
    from service import evaluate, render_eval
    from service.answers import as_json as to_json
    from service.questions import read_questions

    setting = evaluate.Setting(str(folder), mode, lang)
    other = setting.changed(against) if against else None
    made = evaluate.evaluate(read_questions(questions), setting, other)
    if as_json:
        click.echo(to_json(eval=[made]))
    else:
        _show(render_eval.evaluation(made, worst))


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
    KIND, LANG,
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
        row = snapshot.ideas.export(
            file, format_=format_, flavour=flavour, around=around, hops=hops, min_weight=min_weight, kind=kind,
            lang=lang,
        )  # fmt: skip
    if as_json:
        click.echo(to_json(export=[row]))
    else:
        files = ", ".join(row.files)
        click.echo(f"{files}: {row.concepts} concepts, {row.sources} sources, {row.edges} edges")


@_command(
    SECTION, SITE, SINCE,
    click.option("--status", default="", help="Only these: indexed, blocked, gone, unreachable, ..."),
)  # fmt: skip
def sources(section: str, sites: Sequence[str], since: str, status: str, folder: pathlib.Path, as_json: bool) -> None:
    """List the sources and what became of each; one that failed shows the command that mends it."""
    from service import render

    with _snapshot(folder) as snapshot:
        rows = snapshot.sources(section=section, status=status, sites=sites, since=since)
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
    as_json: bool,
    rows: "Sequence[Any]",
    name: str,
    render: "Callable[[Any], Iterable[tuple[int, Text]]]",
    nothing: str = "nothing found",
) -> None:  # Any: whatever row this command answers with
    """Print rows for people or for programs; exit 1 where there is none."""
    from service.answers import as_json as to_json

    if as_json:
        click.echo(to_json(**{name: rows}))
    elif rows:
        _show(render(rows))
    else:
        click.echo(nothing, err=True)
    if not rows:
        raise click.exceptions.Exit(1)


def _show(lines: "Iterable[tuple[int, Text]]") -> None:
    """Print lines: wrapped and with colour on a terminal, plain and whole when piped."""
    from rich.console import Console

    from service.render import piped, wrapped

    console = Console(highlight=False)
    width = max(min(console.width, WIDEST), 30)
    for indent, line in lines:
        if console.is_terminal:
            for part in wrapped(line, width - indent):
                console.print(" " * indent, part, sep="", end="\n", soft_wrap=True)
        else:
            click.echo((" " * indent + piped(line)).rstrip())


if __name__ == "__main__":
    main()
