"""The graph as the JSON that networkx.node_link_graph reads, one node or edge a line."""

import json
from collections.abc import Iterator
from typing import IO

from kg.export.files import clean
from kg.graph import Table, Tables, Value


def write_node_link(graph: Tables, file: IO[bytes]) -> None:
    """Write the graph to an open binary file. Strings are without control characters, which few readers like."""
    file.write(b'{"directed": true, "multigraph": true, "graph": {"id": "ideagraph"},\n"nodes": [')
    _write(file, (line for table in graph.nodes for line in _lines(table, {"id": str})))
    file.write(b'\n],\n"edges": [')
    _write(file, (line for table in graph.edges for line in _lines(table, {"source": str, "target": str})))
    file.write(b"\n]}\n")


def _write(file: IO[bytes], lines: Iterator[str]) -> None:
    for nth, line in enumerate(lines):
        file.write(f"{',' if nth else ''}\n{line}".encode())


def _lines(table: Table, ids: dict[str, type]) -> Iterator[str]:
    names = [*ids, *table.attributes]
    key = {"key": 0} if "target" in ids else {}  # no two edges join the same nodes
    for row in table.rows():
        yield json.dumps(dict(zip(names, map(_plain, row), strict=True)) | key, ensure_ascii=False)


def _plain(value: Value) -> Value:
    return clean(value) if isinstance(value, str) else value
