"""The graph as GEXF 1.3, Gephi's own format: labels, sizes, colours, weights and typed attributes.

Every edge is directed, as the graph is; where it has no direction, `symmetric` is true. networkx reads no file that
mixes both.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO

from kg.export.files import lines
from kg.export.xml import attribute, column
from kg.graph import Table, Tables, Value

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
        file.writelines(_nodes(table))
    file.write(b"</nodes>\n<edges>\n")
    number = itertools.count(1)
    for table in graph.edges:
        file.writelines(_edges(table, number))
    file.write(b"</edges>\n</graph>\n</gexf>\n")


def _attributes(scope: str, some: Sequence[Table]) -> Iterator[str]:
    types = {name: kind for table in some for name, kind in table.attributes.items() if name not in _DRAWN}
    yield f'<attributes class="{scope}" mode="static">\n'
    for name, kind in sorted(types.items()):
        yield f'<attribute id="{name}" title="{name}" type="{_TYPES[kind]}"/>\n'
    yield "</attributes>\n"


def _nodes(table: Table) -> Iterator[bytes]:
    for id_, *values in table.columns():
        named = dict(zip(table.attributes, values, strict=True))
        pieces = ['<node id="', column(id_, str, attribute), '" label="', column(named["label"], str, attribute), '">']
        pieces += [*_values(table, named), '<viz:color r="', map(repr, named["r"]), '" g="', map(repr, named["g"])]
        pieces += ['" b="', map(repr, named["b"]), '"/><viz:size value="', map(repr, named["size"]), '"/></node>\n']
        yield lines(pieces).encode()


def _edges(table: Table, number: Iterator[int]) -> Iterator[bytes]:
    for source, target, *values in table.columns():
        named = dict(zip(table.attributes, values, strict=True))
        ends = ['" source="', column(source, str, attribute), '" target="', column(target, str, attribute)]
        pieces = [
            '<edge id="',
            map(repr, itertools.islice(number, len(source))),
            *ends,
            '" label="',
            column(named["label"], str, attribute),
        ]
        pieces += ['" weight="', map(repr, named["weight"]), '">', *_values(table, named), "</edge>\n"]
        yield lines(pieces).encode()


def _values(table: Table, named: Mapping[str, Sequence[Value]]) -> Iterator[str | Iterable[str]]:
    """Yield what writes the attributes that stand for themselves."""
    before = "<attvalues>"
    for name, kind in table.attributes.items():
        if name not in _DRAWN:
            yield f'{before}<attvalue for="{name}" value="'
            yield column(named[name], kind, attribute)
            before = '"/>'
    yield '"/></attvalues>'
