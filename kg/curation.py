"""The user's own decisions about concepts, in curation.toml: delete a rule again, and the graph is as before.

What a file may hold::

    [[merge]]
    names = ["weight sharing", "parameter tying"]

    [[split]]                       # these names never stand in one concept
    names = ["precision", "accuracy"]

    [[rename]]
    name = "MHA"
    to = "multi-head attention"

    [[ban]]
    name = "Figure"

    [[kind]]
    name = "SQuAD"
    kind = "dataset"
"""

import dataclasses
import json
import pathlib
import re
import tomllib

from corpus.errors import BadInput
from kg.names import key

_FIELDS = {
    "merge": ("names",),
    "split": ("names",),
    "rename": ("name", "to"),
    "ban": ("name",),
    "kind": ("name", "kind"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One decision: what to do, the names it is about, and for rename and kind the new value."""

    action: str  # merge, split, rename, ban, kind
    names: tuple[str, ...]
    value: str = ""
    line: int = dataclasses.field(default=0, compare=False, repr=False)  # of the file, from 1; what it says is the same

    @property
    def keys(self) -> tuple[str, ...]:
        """The folded names, in the order given."""
        return tuple(key(name) for name in self.names)

    def __str__(self) -> str:
        value = f" -> {self.value!r}" if self.value else ""
        return f"{self.action} {', '.join(repr(name) for name in self.names)}{value}"


@dataclasses.dataclass(frozen=True, slots=True)
class Curation:
    """All decisions, in the order of the file."""

    rules: tuple[Rule, ...] = ()

    def of(self, action: str) -> tuple[Rule, ...]:
        """Return the rules of one action."""
        return tuple(rule for rule in self.rules if rule.action == action)


def read(path: pathlib.Path) -> Curation:
    """Return the decisions that stand in a file; a missing file holds none.

    Raises:
        BadInput: the file can't be read, or a rule has another form; the message names file and line.
    """
    return parsed(read_text(path), path)


def read_text(path: pathlib.Path) -> str:
    """Return what a file of decisions says; a missing file says nothing.

    Raises:
        BadInput: the file can't be read.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:  # a file of Windows keeps the ends of its lines
            return file.read()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"can't read {path}: {error}") from error


def parsed(text: str, path: pathlib.Path) -> Curation:
    """Return the decisions that a text holds; `path` is what an error names.

    Raises:
        BadInput: a rule has another form.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise BadInput(f"{path}:{line.group(1) if line else 1}: not TOML: {error}") from error
    rules: list[tuple[int, Rule]] = []
    for action, values in table.items():
        lines = _openings(text, action)
        line_of_action = lines[0] if lines else 1
        if action not in _FIELDS or not isinstance(values, list):
            raise BadInput(f"{path}:{line_of_action}: expected [[{']], [['.join(_FIELDS)}]], got {action!r}")
        for place, value in enumerate(values):
            line_number = lines[place] if place < len(lines) else line_of_action
            rules.append((line_number, _rule(path, line_number, action, value)))
    return Curation(tuple(rule for _, rule in sorted(rules, key=lambda item: item[0])))


def with_rule(text: str, rule: Rule) -> str:
    """Return the file with one more rule at its end; all that stands there stays as it is."""
    values: dict[str, str | list[str]] = dict.fromkeys(_FIELDS[rule.action], rule.value)
    values |= {"names": list(rule.names)} if "names" in values else {"name": rule.names[0]}
    lines = [f"[[{rule.action}]]", *(f"{field} = {_toml(value)}" for field, value in values.items())]
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + "".join(f"{line}\n" for line in lines)


def without_rule(text: str, rule: Rule) -> str:
    """Return the file without one of its rules; comments and all other rules stay as they are.

    The lines that go are those from the rule's header to its last value. A rule in another form stays: the caller
    compares what is left.
    """
    lines = text.splitlines(keepends=True)
    first = rule.line - 1
    last = first + 1
    while last < len(lines) and not lines[last].lstrip().startswith("[["):
        last += 1
    while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1  # blank lines and comments before the next rule are the user's
    if first and not lines[first - 1].strip() and last < len(lines) and not lines[last].strip():
        last += 1  # two gaps become one
    return "".join((*lines[:first], *lines[last:]))


def _toml(value: str | list[str]) -> str:
    """Return a text or a list of texts as TOML has it: JSON, but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _openings(text: str, action: str) -> list[int]:
    """Return the lines that begin a rule of this action: [[merge]], or merge = ... before the first table."""
    name = rf"[\"']?{re.escape(action)}[\"']?"
    found = []
    in_table = False
    for number, line in enumerate(text.splitlines(), start=1):
        in_table = in_table or line.lstrip().startswith("[")
        if re.match(rf"\s*\[\[?\s*{name}\s*\]" if in_table else rf"\s*{name}\s*=", line):
            found.append(number)
    return found


def _rule(path: pathlib.Path, line: int, action: str, value: object) -> Rule:
    fields = _FIELDS[action]
    if not isinstance(value, dict) or set(value) != set(fields):
        raise BadInput(f"{path}:{line}: [[{action}]] takes {', '.join(fields)}; got {value!r}")
    for field in fields:
        given = value[field]
        if field != "names" and not (isinstance(given, str) and given.strip()):
            raise BadInput(f"{path}:{line}: {field} of [[{action}]] must be a text; got {given!r}")
    names = value["names"] if "names" in fields else [value["name"]]
    few = "names" in fields and (not isinstance(names, list) or len(names) < 2)
    if few or not all(isinstance(name, str) and key(name) for name in names):
        raise BadInput(f"{path}:{line}: [[{action}]] takes {'names, two or more' if few else 'names'}; got {names!r}")
    return Rule(action, tuple(names), str(value.get("to", value.get("kind", ""))), line)
