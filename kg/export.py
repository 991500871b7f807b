"""The graph as GraphML that Gephi, Cytoscape, yEd, networkx and igraph read with labels, weights and evidence.

A writer of our own, for what each reader does: Gephi takes a key named `d3` for the node's label, `d7` for the edge's,
and networkx numbers its keys so; Gephi drops a key without `for`, and reads colours as plain ints; Cytoscape knows only
five types, wants edges after nodes, unprefixed tags and `interaction` on an edge; no reader survives a control
character. Text is written as it comes: an element tree, even lxml's streaming one, takes about twice as long.
The same graph gives the same bytes.
"""

import contextlib
import functools
import os
import pathlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:  # the graph comes from the caller: writing it needs nothing of networkx, which takes .2 s to load
    import networkx as nx

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_TYPES = {bool: "boolean", int: "int", float: "double", str: "string"}
# What must not stand in a text as it is: the rest of these is forbidden in XML 1.0 (section 2.2), lone surrogates too.
_SPECIAL = re.compile('[&<>"\r]|[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')
_Shape: TypeAlias = tuple[tuple[str, ...], tuple[type, ...]]
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "\n"}


def write_graphml(graph: "nx.MultiDiGraph[str]", target: pathlib.Path | IO[bytes]) -> None:
    """Write the graph to a path, whole or not at all, or to an open binary file.

    Nodes come by id, edges by their ends. Carriage returns are written as line feeds; characters that XML
    forbids are left out.

    Raises:
        OSError: the path can't be written.
        TypeError: an attribute is neither string, int, float nor bool, or has two types.
    """
    if isinstance(target, pathlib.Path):
        with _atomic(target) as file:
            write_graphml(graph, file)
    else:
        for line in _lines(graph):
            target.write(line.encode("utf-8"))


@contextlib.contextmanager
def _atomic(path: pathlib.Path) -> Iterator[IO[bytes]]:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(scratch, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _lines(graph: "nx.MultiDiGraph[str]") -> Iterator[str]:
    nodes: list[tuple[str, Mapping[str, object]]] = [(name, graph.nodes[name]) for name in sorted(graph)]
    edges: list[tuple[str, str, str, Mapping[str, object]]] = [
        (source, target, str(key), values)
        for source, beside in graph.adjacency()
        for target, between in beside.items()
        for key, values in between.items()
    ]
    edges.sort(key=lambda edge: edge[:3])
    shapes = {"node": {_shape(values) for _, values in nodes}, "edge": {_shape(values) for *_, values in edges}}
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{NAMESPACE}">\n'
    for scope in ("node", "edge"):
        for name, kind in _types(scope, shapes[scope]).items():
            yield f'<key id="{scope[0]}_{name}" for="{scope}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield f'<graph id="{_text(str(graph.graph.get("id", "ideagraph")))}" edgedefault="directed">\n'
    fills = {shape: _fill("n", shape) for shape in shapes["node"]}
    for name, values in nodes:
        yield f'<node id="{_text(name)}">{fills[_shape(values)](values)}</node>\n'
    fills = {shape: _fill("e", shape) for shape in shapes["edge"]}
    for source, target, _, values in edges:
        yield f'<edge source="{_text(source)}" target="{_text(target)}">{fills[_shape(values)](values)}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _shape(values: Mapping[str, object]) -> _Shape:
    """Return the names and types of some attributes: a graph has few such shapes, each prepared once."""
    return tuple(values), tuple(map(type, values.values()))


def _types(scope: str, shapes: Iterable[_Shape]) -> dict[str, str]:
    """Return the GraphML type of each attribute, in the order of names."""
    found: dict[str, str] = {}
    for names, types in shapes:
        for name, kind in zip(names, types, strict=True):
            if kind not in _TYPES:
                raise TypeError(f"GraphML holds strings, ints, floats and bools: {scope} {name} is of {kind}")
            if found.setdefault(name, _TYPES[kind]) != _TYPES[kind]:
                raise TypeError(f"{scope} {name} has two types: {found[name]} and {_TYPES[kind]}")
    return dict(sorted(found.items()))


def _fill(prefix: str, shape: _Shape) -> Callable[[Mapping[str, object]], str]:
    """Return what writes the attributes of nodes or edges of this shape, in the order of names."""
    writers: dict[type, Callable[[Any], str]] = {  # Any: the shape says which type stands under which name
        bool: lambda value: str(value).lower(),
        int: repr,
        float: repr,
        str: _text,
    }
    columns = [(name, writers[kind]) for name, kind in sorted(zip(*shape, strict=True))]
    template = "".join(f'<data key="{prefix}_{name}">%s</data>' for name, _ in columns)
    return lambda values: template % tuple([write(values[name]) for name, write in columns])


@functools.lru_cache(maxsize=1 << 14)  # types, languages and addresses come back all the time
def _text(value: str) -> str:
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match.group(), ""), value)
