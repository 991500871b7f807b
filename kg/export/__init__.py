"""The graph as files for other programs. docs/exports.md tells which program reads what, and how."""

import dataclasses
import pathlib
from collections.abc import Callable, Mapping
from typing import IO

from corpus.errors import BadInput
from kg.export.files import replacing
from kg.export.gexf import write_gexf
from kg.export.graphml import write_graphml
from kg.export.nodelink import write_node_link
from kg.export.page import write_page
from kg.export.skos import write_skos
from kg.export.tabular import write_csv, write_neo4j
from kg.export.vault import write_vault
from kg.graph import Tables, tables
from kg.subgraph import Subgraph


@dataclasses.dataclass(frozen=True, slots=True)
class Format:
    """How a subgraph becomes files."""

    suffixes: tuple[str, ...]  # that mean this format where none is named
    write: Callable[[Subgraph, pathlib.Path], tuple[pathlib.Path, ...]]  # returns what was written


def _one(write: Callable[[Subgraph, IO[bytes]], None]) -> Callable[[Subgraph, pathlib.Path], tuple[pathlib.Path, ...]]:
    def to(part: Subgraph, path: pathlib.Path) -> tuple[pathlib.Path, ...]:
        target = _ordinary(path)
        with replacing(target) as file:
            write(part, file)
        return (path,)

    return to


def _two(
    write: Callable[[Tables, IO[bytes], IO[bytes]], None],
) -> Callable[[Subgraph, pathlib.Path], tuple[pathlib.Path, ...]]:
    def to(part: Subgraph, path: pathlib.Path) -> tuple[pathlib.Path, ...]:
        stem = path.with_suffix("") if path.suffix.lower() == ".csv" else path
        nodes, edges = stem.with_name(f"{stem.name}-nodes.csv"), stem.with_name(f"{stem.name}-edges.csv")
        with replacing(_ordinary(nodes)) as first, replacing(_ordinary(edges)) as second:
            write(tables(part), first, second)
        return nodes, edges

    return to


def _vault(part: Subgraph, path: pathlib.Path) -> tuple[pathlib.Path, ...]:
    write_vault(part, path.resolve())
    return (path,)


def _ordinary(path: pathlib.Path) -> pathlib.Path:
    target = path.resolve()  # a link stays a link
    if target.exists() and not target.is_file():
        raise BadInput(f"{path} is no ordinary file; name another file")
    return target


FORMATS: Mapping[str, Format] = {
    "graphml": Format((".graphml",), _one(lambda part, file: write_graphml(tables(part), file))),
    "yed": Format((), _one(lambda part, file: write_graphml(tables(part), file, yed=True))),
    "gexf": Format((".gexf",), _one(lambda part, file: write_gexf(tables(part), file))),
    "json": Format((".json",), _one(lambda part, file: write_node_link(tables(part), file))),
    "csv": Format((".csv",), _two(write_csv)),
    "neo4j": Format((), _two(write_neo4j)),
    "turtle": Format((".ttl",), _one(write_skos)),
    "html": Format((".html", ".htm"), _one(write_page)),
    "obsidian": Format((), _vault),
}


def format_of(path: pathlib.Path, name: str = "", flavour: str = "") -> str:
    """Return the name of the format in which to write a file: the one that is named, else the one of its suffix.

    Raises:
        BadInput: there is no such format or flavour, or the suffix tells none.
    """
    known = ", ".join(name for name in FORMATS if name != "yed")
    if not name:
        by_suffix = {suffix: name for name, format_ in FORMATS.items() for suffix in format_.suffixes}
        name = by_suffix.get(path.suffix.lower(), "")
        if not name:
            suffixes = ", ".join(by_suffix)
            raise BadInput(f"{path.name} does not tell a format; end it in one of {suffixes}, or say --format: {known}")
    if name not in FORMATS:
        raise BadInput(f"there is no format {name}; say one of {known}")
    if not flavour:
        return name
    if (flavour, name) != ("yed", "graphml"):
        raise BadInput(f"there is no flavour {flavour} of {name}; say --flavour yed with graphml, or none")
    return "yed"
