"""The graph as the JSON that networkx.node_link_graph reads, one node or edge a line."""

from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring  # what `ensure_ascii=False` does to a string
from typing import IO

from kg.export.files import clean, lines
from kg.graph import Table, Tables, Value


def write_node_link(graph: Tables, file: IO[bytes]) -> None:
    """Write the graph to an open binary file. Strings are without control characters, which few readers like."""
    file.write(b'{"directed": true, "multigraph": true, "graph": {"id": "ideagraph"},\n"nodes": [')
    _write(file, (text for table in graph.nodes for text in _lines(table, ("id",), "")))
    file.write(b'\n],\n"edges": [')
    # `key`: no two edges join the same nodes
    _write(file, (text for table in graph.edges for text in _lines(table, ("source", "target"), ', "key": 0')))
    file.write(b"\n]}\n")


def _write(file: IO[bytes], texts: Iterator[str]) -> None:
    file.write(next(texts, "").removeprefix(",").encode())
    file.writelines(text.encode() for text in texts)


def _lines(table: Table, ids: Sequence[str], end: str) -> Iterator[str]:
    """Yield some rows at a time, a comma before each."""
    names = [*ids, *table.attributes]
    kinds = [*(str for _ in ids), *table.attributes.values()]
    for some in table.columns():
        pieces: list[str | Iterable[str]] = []
        for name, kind, values in zip(names, kinds, some, strict=True):
            before = ", " if pieces else ",\n{"
            pieces += [f'{before}"{name}": ', _column(values, kind)]
        yield lines([*pieces, f"{end}}}"])


def _column(values: Sequence[Value], kind: type) -> Iterable[str]:
    if kind is bool:
        return ["true" if value else "false" for value in values]
    return map(encode_basestring, map(clean, map(str, values))) if kind is str else map(repr, values)
