"""What is written is read back by networkx, by igraph, and by the rules of Gephi's and Cytoscape's own readers."""

import io
import pathlib
import random
import re
import string
from typing import Any
from xml.etree import ElementTree

import igraph  # type: ignore[import-untyped]  # it has no annotations
import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.export import NAMESPACE, write_graphml
from kg.graph import graph
from tests.test_graph import ARTICLES, CONCEPTS, RELATIONS, nodes_of

TAG = f"{{{NAMESPACE}}}"


def written(made: "nx.MultiDiGraph[str]") -> bytes:
    file = io.BytesIO()
    write_graphml(made, file)
    return file.getvalue()


def labelled(labels: list[str]) -> "nx.MultiDiGraph[str]":
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number, label in enumerate(labels):
        made.add_node(f"n{number}", label=label, name=label, r=1, g=2, b=3)
    for number, label in enumerate(labels[1:], 1):
        made.add_edge(
            f"n{number - 1}", f"n{number}", weight=number / 7, label=label, interaction="related", count=number
        )
    return made


def gephi(content: bytes) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Read as Gephi's ImporterGraphML does: keys by id, then by name; d3 and d7 are labels; no `for`, no column."""
    root = ElementTree.fromstring(content)
    special = {
        "node": {"label", "r", "g", "b", "size", "x", "y", "z"},
        "edge": {"label", "weight", "id", "r", "g", "b"},
    }
    columns: dict[str, tuple[str, str]] = {}
    for key in root.iter(f"{TAG}key"):
        scope, name, kind = key.get("for"), key.get("attr.name", ""), key.get("attr.type")
        if scope in special and kind in {"boolean", "int", "long", "float", "double", "string"}:
            columns[key.attrib["id"]] = ({"d3": "label", "d7": "label"}.get(key.attrib["id"], name), kind)

    def values(element: ElementTree.Element) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for data in element.iter(f"{TAG}data"):
            if (column := columns.get(data.attrib["key"])) is not None:
                name, kind = column
                if name in {"r", "g", "b"}:
                    assert kind == "int", "Gephi reads colours with parseInt"
                found[name] = {"int": int, "long": int, "float": float, "double": float}.get(kind, str)(data.text or "")
        return found

    nodes = {node.attrib["id"]: values(node) for node in root.iter(f"{TAG}node")}
    edges = [{"source": e.attrib["source"], "target": e.attrib["target"], **values(e)} for e in root.iter(f"{TAG}edge")]
    assert all(edge["source"] in nodes and edge["target"] in nodes for edge in edges)
    return nodes, edges


def cytoscape(content: bytes) -> tuple[str, dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Read as Cytoscape's GraphMLParser does: one pass, unprefixed tags, five types, edges after their nodes."""
    assert not re.search(rb"<\w+:", content), "it matches unprefixed tags only"
    types = {
        "int": int,
        "long": int,
        "float": float,
        "double": float,
        "boolean": lambda text: text == "true",
        "string": str,
    }
    keys: dict[str, tuple[str, Any]] = {}
    title, nodes, edges = "", {}, []
    current: dict[str, Any] = {}
    for event, element in ElementTree.iterparse(io.BytesIO(content), events=("start", "end")):
        tag = element.tag.removeprefix(TAG)
        if event == "start" and tag == "key" and element.get("attr.type") in types:
            keys[element.attrib["id"]] = (element.attrib["attr.name"], types[element.attrib["attr.type"]])
        elif event == "start" and tag == "graph":
            title = element.attrib["id"]
        elif event == "start" and tag == "node":
            current = nodes[element.attrib["id"]] = {"name": element.attrib["id"]}
        elif event == "start" and tag == "edge":
            assert element.attrib["source"] in nodes, "an edge before its node is lost"
            current = {"source": element.attrib["source"], "target": element.attrib["target"], "interaction": "-"}
            edges.append(current)
        elif event == "end" and tag == "data" and element.attrib["key"] in keys:
            name, convert = keys[element.attrib["key"]]
            current[name] = convert(element.text or "")
    return title, nodes, edges


def test_networkx_reads_back_every_attribute() -> None:
    made = graph(CONCEPTS, RELATIONS, ARTICLES)
    read = nx.read_graphml(io.BytesIO(written(made)))
    assert {name: read.nodes[name] for name in read} == nodes_of(made)
    assert sorted(read.edges(data=True), key=str) == sorted(made.edges(data=True), key=str)


def test_igraph_reads_the_same_counts_labels_and_weights(tmp_path: pathlib.Path) -> None:
    made = graph(CONCEPTS, RELATIONS, ARTICLES)
    write_graphml(made, tmp_path / "g.graphml")
    read = igraph.Graph.Read_GraphML(str(tmp_path / "g.graphml"))
    assert (read.vcount(), read.ecount()) == (made.number_of_nodes(), made.number_of_edges())
    assert {v["id"]: v["label"] for v in read.vs} == {name: values["label"] for name, values in nodes_of(made).items()}
    weights = {(read.vs[e.source]["id"], read.vs[e.target]["id"]): (e["weight"], e["label"]) for e in read.es}
    assert weights == {(a, b): (d["weight"], d["label"]) for a, b, d in made.edges(data=True)}


def test_gephi_and_cytoscape_see_labels_weights_and_types() -> None:
    made = graph(CONCEPTS, RELATIONS, ARTICLES)
    nodes, edges = gephi(written(made))
    assert {name: (values["label"], values["r"]) for name, values in nodes.items()} == {
        name: (values["label"], values["r"]) for name, values in made.nodes(data=True)
    }
    assert {(e["source"], e["target"]): (e["weight"], e["label"]) for e in edges} == {
        (a, b): (d["weight"], d["label"]) for a, b, d in made.edges(data=True)
    }
    title, nodes, edges = cytoscape(written(made))
    assert title == "ideagraph"
    assert nodes["clay"]["name"] == "Clay"
    assert {(e["source"], e["target"]): e["interaction"] for e in edges}["sail", "wind"] == "uses"


def test_keys_are_named_scoped_and_unique() -> None:
    keys = list(ElementTree.fromstring(written(graph(CONCEPTS, RELATIONS, ARTICLES))).iter(f"{TAG}key"))
    ids = [key.attrib["id"] for key in keys]
    assert len(set(ids)) == len(ids) > 20
    assert not {"d3", "d7"} & set(ids)
    assert all(key.attrib["id"] == f"{key.attrib['for'][0]}_{key.attrib['attr.name']}" for key in keys)


LABEL = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("<>&\"'|]\r\n\t\x00\x0b\x0c\x1b\ud800\ufffe\uffff"),
        st.sampled_from("注意力🜲𠀀👩‍🚀é"),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LABEL, min_size=1, max_size=6))
def test_any_label_is_written_and_read_back_without_what_xml_forbids(labels: list[str]) -> None:
    content = written(labelled(labels))
    allowed = [
        "".join(c for c in label.replace("\r", "\n") if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff"
                                                                        and c not in "\ufffe\uffff"))
        for label in labels
    ]  # fmt: skip
    read = nx.read_graphml(io.BytesIO(content))
    assert [read.nodes[f"n{i}"].get("label", "") for i in range(len(labels))] == allowed
    nodes, edges = gephi(content)
    assert [nodes[f"n{i}"]["label"] for i in range(len(labels))] == allowed
    assert [edge["weight"] for edge in edges] == [i / 7 for i in range(1, len(labels))]
    assert [values["name"] for values in cytoscape(content)[1].values()] == allowed


def test_the_same_graph_gives_the_same_bytes() -> None:
    once = written(graph(CONCEPTS, RELATIONS, ARTICLES))
    assert once == written(graph(CONCEPTS[::-1], RELATIONS[::-1], ARTICLES[::-1]))


def test_the_order_in_which_a_graph_was_made_does_not_show() -> None:
    made = labelled(["a", "b", "c", "d"])
    again: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for name in reversed(list(made)):
        again.add_node(name, **dict(reversed(made.nodes[name].items())))
    for source, target, values in reversed(list(made.edges(data=True))):
        again.add_edge(source, target, **values)
    assert written(again) == written(made)


def test_a_list_or_a_none_is_refused_before_anything_is_written(tmp_path: pathlib.Path) -> None:
    target = tmp_path / "g.graphml"
    target.write_bytes(b"what was there")
    for value in (None, ["a"]):
        made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        made.add_node("n", label=value)
        with pytest.raises(TypeError, match="node label"):
            write_graphml(made, target)
    assert target.read_bytes() == b"what was there"
    assert list(tmp_path.iterdir()) == [target]


def test_one_name_with_two_types_is_refused() -> None:
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    made.add_node("n", size=1)
    made.add_node("m", size=1.5)
    with pytest.raises(TypeError, match="two types"):
        written(made)


def test_ten_thousand_nodes_come_whole() -> None:
    random_ = random.Random(1)
    labels = ["".join(random_.choices(string.ascii_letters + "注意力<&", k=20)) for _ in range(10_000)]
    nodes, edges = gephi(written(labelled(labels)))
    assert sorted(values["label"] for values in nodes.values()) == sorted(labels)
    assert len(edges) == 9_999
