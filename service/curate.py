"""The user's own decisions about concepts: added to curation.toml, listed, and taken out again."""

import pathlib
import sqlite3
from collections.abc import Callable

from corpus.errors import BadInput, NotFound
from corpus.library import Library
from kg import tables
from kg.curation import Curation, Rule, parsed, read_text, with_rule, without_rule
from kg.resolve import called
from service.answers import RuleRow
from service.edit import Job
from service.refresh import CURATION, decisions, digest
from service.report import Report
from service.update import update

Change = Callable[[str, Curation], str]  # what the file says and what that means -> what it shall say


def rules(library: Library) -> list[RuleRow]:
    """Return every decision, in the order of the file, with whether it found something to decide.

    Raises:
        BadInput: curation.toml has a line that can't be understood.
    """
    decided, entries = decisions(library)
    with library.reading() as db:
        made_by, idle = tables.unmatched(db)
    is_current = made_by.endswith(digest(decided, entries))
    return [
        RuleRow(
            number, rule.action, rule.names, rule.value, rule.line, str(rule) not in idle if is_current else None
        )
        for number, rule in enumerate(decided.rules, 1)
    ]  # fmt: skip


def decide(job: Job, rule: Rule) -> tuple[RuleRow, Report]:
    """Add a decision to the end of curation.toml and make the graph anew; return it, and what the update did.

    Raises:
        BadInput: the file holds this decision already, can't be understood, or can't be written.
    """
    path = job.library.folder / CURATION

    def add(text: str, before: Curation) -> str:
        if rule in before.rules:
            raise BadInput(f"{path} says so already: rule {before.rules.index(rule) + 1}, {rule}")
        return with_rule(text, rule)

    report = _edit(job, path, add)
    row = rules(job.library)[-1]
    if row.matches is False:
        report.warnings.append(_no_match(job.library, row))
    return row, report


def undo(job: Job, number: int) -> tuple[RuleRow, Report]:
    """Take a decision out of curation.toml, by its number in the list, and make the graph anew; return it and the rest.

    Raises:
        NotFound: there is no rule of this number.
        BadInput: it stands in a form that can't be taken out alone; the message says where.
    """
    path = job.library.folder / CURATION
    gone: list[RuleRow] = []

    def take_out(text: str, before: Curation) -> str:
        if not 0 < number <= len(before.rules):
            raise NotFound(f"there is no rule {number}; 'ideagraph curate list' shows them")
        rule = before.rules[number - 1]
        gone.append(RuleRow(number, rule.action, rule.names, rule.value, rule.line, None))
        left = without_rule(text, rule)
        try:
            is_right = parsed(left, path).rules == before.rules[: number - 1] + before.rules[number:]
        except BadInput:
            is_right = False
        if not is_right:
            raise BadInput(f"{path}:{rule.line}: this rule can't be taken out by itself; delete it with an editor")
        return left

    report = _edit(job, path, take_out)
    return gone[0], report


def _edit(job: Job, path: pathlib.Path, change: Change) -> Report:
    """Change the file under the library's lock, then bring the graph up to date."""

    def write(_: sqlite3.Connection) -> None:
        text = read_text(path)
        changed = change(text, parsed(text, path))
        parsed(changed, path)  # an array that was written by hand takes no table behind it
        beside = path.with_suffix(".toml.new")
        try:
            beside.write_text(changed, encoding="utf-8", newline="")
            beside.replace(path)  # whole or not at all
        except OSError as error:
            raise BadInput(f"can't write {path} ({error.strerror}); make it writable") from error

    return update(job.library, lambda _: (), job.encoder, change=write, only=(), listener=job.listener)


def _no_match(library: Library, row: RuleRow) -> str:
    """Return what to tell about a decision that found nothing to decide."""
    with library.reading() as db:
        concepts = tables.read_concepts(db)
    unknown: list[str] = []
    near: list[str] = []
    for name in row.names:
        try:
            called(name, concepts)
        except NotFound as error:
            unknown.append(name)
            near += error.near
    what = f"no passage has {' or '.join(map(repr, unknown or row.names))}"
    meant = f" (near it: {', '.join(dict.fromkeys(near))})" if near else ""
    return f"rule {row.number} decides nothing now: {what}{meant}; 'ideagraph curate remove {row.number}' takes it out"
