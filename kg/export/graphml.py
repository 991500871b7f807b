"""The graph as GraphML that Gephi, Cytoscape, yEd, networkx and igraph read with labels, weights and evidence.

A writer of our own, for what each reader does: Gephi takes a key named `d3` for the node's label, `d7` for the edge's,
and networkx numbers its keys so; Gephi drops a key without `for`, and reads colours as plain ints; Cytoscape knows only
five types, wants edges after nodes, unprefixed tags and `interaction` on an edge; no reader survives a control
character. yEd shows only what its own elements say: flavour `yed` adds them. Text is written as it comes: an element
tree, even lxml's streaming one, takes about twice as long. The same graph gives the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO

from kg.export.files import lines
from kg.export.xml import attribute, column, content
from kg.graph import Table, Tables

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
YED = "http://www.yworks.com/xml/graphml"
_TYPES = {bool: "boolean", int: "int", float: "double", str: "string"}


def write_graphml(graph: Tables, file: IO[bytes], *, yed: bool = False) -> None:
    """Write the graph to an open binary file, for yEd's eyes if asked.

    Carriage returns are written as line feeds; characters that XML forbids are left out.
    """
    more = f' xmlns:y="{YED}"' if yed else ""
    file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{NAMESPACE}"{more}>\n'.encode())
    for scope, some in (("node", graph.nodes), ("edge", graph.edges)):
        file.write("".join(_keys(scope, some)).encode())
        if yed:
            file.write(f'<key id="{scope[0]}_graphics" for="{scope}" yfiles.type="{scope}graphics"/>\n'.encode())
    file.write(b'<graph id="ideagraph" edgedefault="directed">\n')
    for table in graph.nodes:
        _write(file, table, ('<node id="', '">'), "n", "</node>\n", _shape if yed else None)
    for table in graph.edges:
        _write(file, table, ('<edge source="', '" target="', '">'), "e", "</edge>\n", _line if yed else None)
    file.write(b"</graph>\n</graphml>\n")


def _keys(scope: str, some: Sequence[Table]) -> Iterator[str]:
    types = {name: kind for table in some for name, kind in table.attributes.items()}
    for name, kind in sorted(types.items()):
        yield f'<key id="{scope[0]}_{name}" for="{scope}" attr.name="{name}" attr.type="{_TYPES[kind]}"/>\n'


def _write(
    file: IO[bytes], table: Table, begin: Sequence[str], prefix: str, end: str,
    graphics: Callable[[dict[str, object]], str] | None,
) -> None:  # fmt: skip
    """Write the rows of a table: `begin` is what stands before each id at its head, and after the last."""
    ids = len(begin) - 1
    opened = [f'<data key="{prefix}_{name}">' for name in table.attributes]
    before = [*begin[:-1], begin[-1] + opened[0], *(f"</data>{tag}" for tag in opened[1:])]
    written = [(str, attribute)] * ids + [(kind, content) for kind in table.attributes.values()]
    for some in table.columns():
        pieces: list[str | Iterable[str]] = []
        for text, values, (kind, escaped) in zip(before, some, written, strict=True):
            pieces += [text, column(values, kind, escaped)]
        pieces.append("</data>")
        if graphics:
            rows = zip(*some[ids:], strict=True)
            pieces.append(graphics(dict(zip(table.attributes, row, strict=True))) for row in rows)
        file.write(lines([*pieces, end]).encode())


def _shape(values: dict[str, object]) -> str:
    size = float(str(values["size"]))
    form = "rectangle" if values["kind"] == "source" else "ellipse"
    return (
        '<data key="n_graphics"><y:ShapeNode>'
        f'<y:Geometry width="{size:.1f}" height="{size:.1f}" x="0.0" y="0.0"/>'
        f'<y:Fill color="#{values["r"]:02x}{values["g"]:02x}{values["b"]:02x}" transparent="false"/>'
        '<y:BorderStyle color="#444444" type="line" width="0.5"/>'
        '<y:NodeLabel modelName="sides" modelPosition="s" fontSize="12">'
        f'{content(str(values["label"]))}</y:NodeLabel><y:Shape type="{form}"/></y:ShapeNode></data>'
    )


def _line(values: dict[str, object]) -> str:
    width = min(5.0, 0.5 + float(str(values["weight"])))
    arrow = "none" if values["symmetric"] or values["type"] == "mentions" else "standard"
    label = "" if values["type"] in ("mentions", "related") else content(str(values["label"]))
    said = f'<y:EdgeLabel fontSize="10">{label}</y:EdgeLabel>' if label else ""
    return (
        f'<data key="e_graphics"><y:PolyLineEdge><y:LineStyle color="#888888" type="line" width="{width:.2f}"/>'
        f'<y:Arrows source="none" target="{arrow}"/>{said}</y:PolyLineEdge></data>'
    )
