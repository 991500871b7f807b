"""The graph as two CSV files, nodes and edges: with Gephi's headers, and with those of Neo4j's import.

UTF-8 without a byte-order mark, comma, line feed after a row; a text stands on one line, as neither program expects a
line feed in a cell unless told.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, TypeAlias

from kg.export.files import one_line
from kg.graph import Table, Tables, Value

_ENDS = ("source", "target")
_NEO4J = {str: "string", int: "int", float: "double", bool: "boolean"}
_Record: TypeAlias = Mapping[str, Value]
_Columns: TypeAlias = dict[str, Callable[[_Record], Value]]  # what stands in a row under each header


def write_csv(graph: Tables, nodes: IO[bytes], edges: IO[bytes]) -> None:
    """Write nodes and edges with the headers that Gephi knows: Id, Label; Source, Target, Type, Weight, Label."""
    named = {"Id": _value("id"), "Label": _value("label")}
    _write(nodes, named | _plain(graph.nodes, {"label"}), _records(graph.nodes, ("id",)))
    named = {
        "Source": _value("source"),
        "Target": _value("target"),
        "Type": lambda row: "Undirected" if row["symmetric"] else "Directed",  # ours stands under `interaction`
        "Weight": _value("weight"),
        "Label": _value("label"),
    }
    _write(edges, named | _plain(graph.edges, {"type", "weight", "label"}), _records(graph.edges, _ENDS))


def write_neo4j(graph: Tables, nodes: IO[bytes], edges: IO[bytes]) -> None:
    """Write nodes and relationships with the typed headers of `neo4j-admin database import`.

    Aliases are a list there, split at semicolons: one within a name is written as a comma.
    """
    columns: _Columns = {"id:ID": _value("id"), "aliases:string[]": _aliases}
    columns |= _plain(graph.nodes, {"label", "aliases"}, typed=True)  # a label is another thing there
    columns[":LABEL"] = lambda row: "Source" if row["kind"] == "source" else "Concept"
    _write(nodes, columns, _records(graph.nodes, ("id",)))
    columns = {":START_ID": _value("source"), ":END_ID": _value("target")}
    columns[":TYPE"] = lambda row: str(row["type"]).upper().replace("-", "_")
    columns |= _plain(graph.edges, {"type", "interaction", "label"}, typed=True)
    _write(edges, columns, _records(graph.edges, _ENDS))


def _aliases(row: _Record) -> str:
    return str(row.get("aliases", "")).replace(";", ",").replace("|", ";")


def _value(name: str) -> Callable[[_Record], Value]:
    return lambda row: row.get(name, "")


def _plain(some: Iterable[Table], told: set[str], *, typed: bool = False) -> _Columns:
    """Return the columns of the attributes that are not told otherwise, in the order in which they come."""
    types = {name: kind for table in some for name, kind in table.attributes.items() if name not in told}
    return {f"{name}:{_NEO4J[kind]}" if typed else name: _value(name) for name, kind in types.items()}


def _records(some: Iterable[Table], ids: tuple[str, ...]) -> Iterator[_Record]:
    for table in some:
        names = (*ids, *table.attributes)
        for row in table.rows():
            yield dict(zip(names, row, strict=True))


def _write(file: IO[bytes], columns: _Columns, records: Iterable[_Record]) -> None:
    text = io.TextIOWrapper(file, "utf-8", newline="")
    out = csv.writer(text, lineterminator="\n")
    out.writerow(columns)
    for record in records:
        out.writerow([_cell(value(record)) for value in columns.values()])
    text.detach()  # flushed; the file stays open, as it is the caller's


def _cell(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return one_line(value) if isinstance(value, str) else value
