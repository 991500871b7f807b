"""The graph as GEXF 1.3, Gephi's own format: labels, sizes, colours, weights and typed attributes.

Every edge is directed, as the graph is; where it has no direction, `symmetric` is true. networkx reads no file that
mixes both.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

from kg.export.xml import attribute, writers
from kg.graph import Table, Tables

NAMESPACE = "http://gexf.net/1.3"
VIZ = f"{NAMESPACE}/viz"
_TYPES = {bool: "boolean", int: "integer", float: "double", str: "string"}
_DRAWN = frozenset({"label", "weight", "size", "r", "g", "b"})  # said by the format's own words


def write_gexf(graph: Tables, file: IO[bytes]) -> None:
    """Write the graph to an open binary file."""
    file.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gexf xmlns="{NAMESPACE}" xmlns:viz="{VIZ}" version="1.3">\n<meta><creator>ideagraph</creator></meta>\n'
        '<graph defaultedgetype="directed" mode="static">\n'.encode()
    )
    for scope, some in (("node", graph.nodes), ("edge", graph.edges)):
        file.write("".join(_attributes(scope, some)).encode())
    file.write(b"<nodes>\n")
    for table in graph.nodes:
        file.writelines(line.encode() for line in _nodes(table))
    file.write(b"</nodes>\n<edges>\n")
    lines = (line for table in graph.edges for line in _edges(table))
    file.writelines(f'<edge id="{number}" {line}'.encode() for number, line in enumerate(lines, 1))
    file.write(b"</edges>\n</graph>\n</gexf>\n")


def _attributes(scope: str, some: Sequence[Table]) -> Iterator[str]:
    types = {name: kind for table in some for name, kind in table.attributes.items() if name not in _DRAWN}
    yield f'<attributes class="{scope}" mode="static">\n'
    for name, kind in sorted(types.items()):
        yield f'<attribute id="{name}" title="{name}" type="{_TYPES[kind]}"/>\n'
    yield "</attributes>\n"


def _nodes(table: Table) -> Iterator[str]:
    names = ["id", *table.attributes]
    label, red, green, blue, size = (names.index(name) for name in ("label", "r", "g", "b", "size"))
    values = _values(table, 1)
    for row in table.rows():
        yield (
            f'<node id="{attribute(str(row[0]))}" label="{attribute(str(row[label]))}">{values(row)}'
            f'<viz:color r="{row[red]}" g="{row[green]}" b="{row[blue]}"/><viz:size value="{row[size]!r}"/></node>\n'
        )


def _edges(table: Table) -> Iterator[str]:
    names = ["source", "target", *table.attributes]
    label, weight = names.index("label"), names.index("weight")
    values = _values(table, 2)
    for row in table.rows():
        yield (
            f'source="{attribute(str(row[0]))}" target="{attribute(str(row[1]))}" label="{attribute(str(row[label]))}" '
            f'weight="{row[weight]!r}">{values(row)}</edge>\n'
        )


def _values(table: Table, ids: int) -> Callable[[Sequence[Any]], str]:
    """Return what writes the attributes of a row that stand for themselves. Any: the table says which type is where."""
    every = enumerate(zip(table.attributes, writers(table.attributes, attribute), strict=True), ids)
    columns = [(place, name, write) for place, (name, write) in every if name not in _DRAWN]
    template = "".join(f'<attvalue for="{name}" value="%s"/>' for _, name, _ in columns)
    return lambda row: f"<attvalues>{template % tuple([write(row[place]) for place, _, write in columns])}</attvalues>"
