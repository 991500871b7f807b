"""The glossary of names that belong together, shipped as data: it gives aliases, never rank."""

import csv
import dataclasses
import functools
import pathlib
from collections.abc import Collection, Sequence

from corpus.errors import BadInput
from kg.names import key

COLUMNS = ["en", "zh", "aliases"]


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One idea with its names: `en` or `zh` may be empty, not both."""

    en: str
    zh: str
    aliases: tuple[str, ...] = ()
    own: bool = False  # the user's own word, which no text refutes

    @property
    def names(self) -> tuple[str, ...]:
        """All spellings, the main ones first."""
        return tuple(name for name in (self.en, self.zh, *self.aliases) if name)


def read(path: pathlib.Path) -> tuple[Entry, ...]:
    """Return the entries of a glossary file: UTF-8, tab-separated, columns en, zh, aliases (separated by `|`).

    Raises:
        BadInput: the file is missing, or a line has another form; the message names file and line.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"can't read the glossary {path}: {error}") from error
    if not rows or rows[0] != COLUMNS:
        raise BadInput(f"{path}:1: expected the columns {' '.join(COLUMNS)}, got {' '.join(rows[0]) if rows else ''!r}")
    entries = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = [cell.strip() for cell in row] + [""] * (len(COLUMNS) - len(row))
        if len(cells) > len(COLUMNS) or not (cells[0] or cells[1]):
            raise BadInput(f"{path}:{number}: expected 'en<TAB>zh<TAB>alias|alias', got {chr(9).join(row)!r}")
        aliases = tuple(alias.strip() for alias in cells[2].split("|") if alias.strip())
        entries.append(Entry(cells[0], cells[1], aliases))
    return tuple(entries)


def with_own(shipped: Sequence[Entry], own: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return both, the user's own first; an own entry that shares a main name with shipped ones takes in theirs."""
    place_of = {
        key(name): place for place, entry in reversed([*enumerate(shipped)]) for name in (entry.en, entry.zh) if name
    }
    taken: set[int] = set()
    first = []
    for entry in own:
        mains = [key(name) for name in (entry.en, entry.zh) if name]
        places = sorted({place_of[name] for name in mains if name in place_of} - taken)
        taken.update(places)
        known = [shipped[place] for place in places]
        names = dict.fromkeys((*entry.aliases, *(name for each in known for name in each.names)))
        en = entry.en or next((each.en for each in known if each.en), "")
        zh = entry.zh or next((each.zh for each in known if each.zh), "")
        first.append(Entry(en, zh, tuple(name for name in names if name not in (en, zh)), own=True))
    return (*first, *(entry for place, entry in enumerate(shipped) if place not in taken))


def apart(glossary: Sequence[Entry], splits: Sequence[Collection[str]]) -> tuple[Entry, ...]:
    """Return the glossary with no two names in one entry that a split keeps apart, given as keys: the first stays."""
    if not splits:
        return tuple(glossary)
    return tuple(functools.reduce(_apart, splits, entry) for entry in glossary)


def _apart(entry: Entry, names: Collection[str]) -> Entry:
    gone = [name for name in entry.names if key(name) in names]
    gone = [name for name in gone if key(name) != key(gone[0])]
    en, zh = ("" if name in gone else name for name in (entry.en, entry.zh))
    return Entry(en, zh, tuple(name for name in entry.aliases if name not in gone), entry.own)


def shipped() -> tuple[Entry, ...]:
    """Return the glossary that comes with ideagraph."""
    return read(pathlib.Path(__file__).with_name("glossary.tsv"))
