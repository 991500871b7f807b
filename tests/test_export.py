"""What is written is read back by other programs' readers: networkx, igraph, rdflib, yaml, and rules restated here."""

import base64
import csv
import hashlib
import io
import json
import pathlib
import random
import re
import shutil
import string
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn
from xml.etree import ElementTree

import igraph  # type: ignore[import-untyped]  # it has no annotations
import lxml.html
import networkx as nx
import pytest
import rdflib
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rdflib.namespace import DCTERMS, RDF, SKOS

from corpus.errors import BadInput
from kg.export import FORMATS, format_of
from kg.export.files import clean, one_line
from kg.export.graphml import NAMESPACE, YED, write_graphml
from kg.graph import graph, tables
from kg.model import Article, Concept, Definition, Evidence, Relation
from kg.subgraph import Subgraph
from tests.test_graph import ARTICLES, CONCEPTS, DEFINITIONS, NAMES, RELATIONS, concept, nodes_of, relation

TAG = f"{{{NAMESPACE}}}"
WHOLE = Subgraph.of(CONCEPTS, RELATIONS, ARTICLES, DEFINITIONS)
MADE = graph(CONCEPTS, RELATIONS, ARTICLES, DEFINITIONS)
LABELS = {name: values["label"] for name, values in MADE.nodes(data=True)}


def written(part: Subgraph, *, yed: bool = False) -> bytes:
    file = io.BytesIO()
    write_graphml(tables(part), file, yed=yed)
    return file.getvalue()


def labelled(labels: list[str]) -> Subgraph:
    """Return a chain of concepts with these names; they also stand in every other place where a text may stand."""
    concepts = [
        Concept(f"n{i:05}", label, label, label, (label, "x"), frozenset(), label, 1, 1, 1.0)
        for i, label in enumerate(labels)
    ]
    urls = [f"https://a.example/{i}?q={label}" for i, label in enumerate(labels)]
    articles = [
        Article(url, label, "zh", label, {f"n{i:05}": 2})
        for i, (url, label) in enumerate(zip(urls, labels, strict=True))
    ]
    links = [
        Relation(
            f"n{i - 1:05}", f"n{i:05}", "related", i / 7, 11.0, 0.5, i, 1, 1,
            (Evidence("c", urls[i], "zh", label, 0, len(label)),),
        )
        for i, label in enumerate(labels) if i
    ]  # fmt: skip
    said = [Definition(f"n{i:05}", Evidence("c", url, "zh", labels[i], 0, 1), 0.9) for i, url in enumerate(urls)]
    return Subgraph.of(concepts, links, articles, said)


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


# ---- GraphML


def test_networkx_reads_back_every_attribute() -> None:
    read = nx.read_graphml(io.BytesIO(written(WHOLE)))
    assert {name: read.nodes[name] for name in read} == nodes_of(MADE)
    assert sorted(read.edges(data=True), key=str) == sorted(MADE.edges(data=True), key=str)


def test_igraph_reads_the_same_counts_labels_and_weights(tmp_path: pathlib.Path) -> None:
    FORMATS["graphml"].write(WHOLE, tmp_path / "g.graphml")
    read = igraph.Graph.Read_GraphML(str(tmp_path / "g.graphml"))
    assert (read.vcount(), read.ecount()) == (MADE.number_of_nodes(), MADE.number_of_edges())
    assert {v["id"]: v["label"] for v in read.vs} == {name: values["label"] for name, values in nodes_of(MADE).items()}
    weights = {(read.vs[e.source]["id"], read.vs[e.target]["id"]): (e["weight"], e["label"]) for e in read.es}
    assert weights == {(a, b): (d["weight"], d["label"]) for a, b, d in MADE.edges(data=True)}


def test_gephi_and_cytoscape_see_labels_weights_and_types() -> None:
    nodes, edges = gephi(written(WHOLE))
    assert {name: (values["label"], values["r"]) for name, values in nodes.items()} == {
        name: (values["label"], values["r"]) for name, values in MADE.nodes(data=True)
    }
    assert {(e["source"], e["target"]): (e["weight"], e["label"]) for e in edges} == {
        (a, b): (d["weight"], d["label"]) for a, b, d in MADE.edges(data=True)
    }
    title, nodes, edges = cytoscape(written(WHOLE))
    assert title == "ideagraph"
    assert nodes["clay"]["name"] == "Clay"
    assert {(e["source"], e["target"]): e["interaction"] for e in edges}["sail", "wind"] == "uses"


def test_keys_are_named_scoped_and_unique() -> None:
    keys = list(ElementTree.fromstring(written(WHOLE)).iter(f"{TAG}key"))
    ids = [key.attrib["id"] for key in keys]
    assert len(set(ids)) == len(ids) > 20
    assert not {"d3", "d7"} & set(ids)
    assert all(key.attrib["id"] == f"{key.attrib['for'][0]}_{key.attrib['attr.name']}" for key in keys)


def test_yed_finds_labels_colours_and_arrows_in_its_own_elements() -> None:
    root = ElementTree.fromstring(written(WHOLE, yed=True))
    graphics = {
        k.attrib["id"] for k in root.iter(f"{TAG}key") if k.get("yfiles.type") in ("nodegraphics", "edgegraphics")
    }
    assert graphics == {"n_graphics", "e_graphics"}
    y = f"{{{YED}}}"
    labels = {node.attrib["id"]: node.findtext(f".//{y}NodeLabel") for node in root.iter(f"{TAG}node")}
    assert labels == LABELS
    for node in root.iter(f"{TAG}node"):
        fill = node.find(f".//{y}Fill")
        assert fill is not None
        values = MADE.nodes[node.attrib["id"]]
        assert fill.attrib["color"] == "#{r:02x}{g:02x}{b:02x}".format_map(values)
    arrows = {
        (edge.attrib["source"], edge.attrib["target"]): arrow.attrib["target"]
        for edge in root.iter(f"{TAG}edge") for arrow in edge.iter(f"{y}Arrows")
    }  # fmt: skip
    assert arrows["sail", "wind"] == "standard"
    assert arrows["clay", "kiln"] == "none"
    assert nx.read_graphml(io.BytesIO(written(WHOLE, yed=True))).nodes["clay"]["label_zh"] == "字"


def test_ten_thousand_nodes_come_whole() -> None:
    random_ = random.Random(1)
    labels = ["".join(random_.choices(string.ascii_letters + "注意力<&", k=20)) for _ in range(10_000)]
    chain = labelled(labels)
    nodes, edges = gephi(written(Subgraph(chain.concepts, (), chain.articles)))
    assert sorted(values["label"] for name, values in nodes.items() if name.startswith("n")) == sorted(labels)
    assert len(edges) == 10_000


# ---- the other formats that hold the same attributes


def test_networkx_reads_gexf_with_sizes_colours_and_types(tmp_path: pathlib.Path) -> None:
    FORMATS["gexf"].write(WHOLE, tmp_path / "g.gexf")
    assert ElementTree.parse(tmp_path / "g.gexf").getroot().attrib["version"] == "1.3"
    read = nx.read_gexf(tmp_path / "g.gexf", version="1.3")
    assert set(read) == set(MADE)
    for name, values in MADE.nodes(data=True):
        found = dict(read.nodes[name])
        viz = found.pop("viz")
        assert viz == {"color": {c: values[c] for c in "rgb"} | {"a": 1.0}, "size": values["size"]}
        assert found == {key: value for key, value in values.items() if key not in ("size", "r", "g", "b")}
    for a, b, values in MADE.edges(data=True):
        found = dict(read.edges[a, b])
        assert found.pop("id")
        assert found == values


def test_networkx_reads_the_same_graph_from_node_link_json(tmp_path: pathlib.Path) -> None:
    FORMATS["json"].write(WHOLE, tmp_path / "g.json")
    read = nx.node_link_graph(json.loads((tmp_path / "g.json").read_text("utf-8")), edges="edges")
    assert nx.utils.graphs_equal(read, MADE)


def rows_of(path: pathlib.Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_csv_has_gephis_headers_and_every_row(tmp_path: pathlib.Path) -> None:
    files = FORMATS["csv"].write(WHOLE, tmp_path / "g.csv")
    assert files == (tmp_path / "g-nodes.csv", tmp_path / "g-edges.csv")
    nodes, edges = map(rows_of, files)
    assert list(nodes[0])[:2] == ["Id", "Label"]
    assert list(edges[0])[:5] == ["Source", "Target", "Type", "Weight", "Label"]
    assert len({name.lower() for name in edges[0]}) == len(edges[0]), "Gephi's headers have no case"
    assert {row["Id"]: row["Label"] for row in nodes} == LABELS
    assert {(r["Source"], r["Target"]): (float(r["Weight"]), r["Type"]) for r in edges} == {
        (a, b): (d["weight"], "Undirected" if d["symmetric"] else "Directed") for a, b, d in MADE.edges(data=True)
    }


def test_neo4j_headers_are_typed_and_every_end_is_a_node(tmp_path: pathlib.Path) -> None:
    nodes, edges = map(rows_of, FORMATS["neo4j"].write(WHOLE, tmp_path / "g"))
    plain = re.compile(r"(\w+:(ID|string|int|double|boolean|string\[\])|:LABEL|:START_ID|:END_ID|:TYPE)")
    assert all(plain.fullmatch(name) for name in [*nodes[0], *edges[0]])
    assert {row["id:ID"]: row[":LABEL"] for row in nodes}["clay"] == "Concept"
    assert next(row for row in nodes if row["id:ID"] == "clay")["aliases:string[]"] == "Clay;字"
    ids = {row["id:ID"] for row in nodes}
    assert all({row[":START_ID"], row[":END_ID"]} <= ids for row in edges)
    assert {row[":TYPE"] for row in edges} == {"RELATED", "USES", "IS_A", "MENTIONS"}
    for row in nodes + edges:
        for name, value in row.items():
            if value and name.endswith((":int", ":double")):
                float(value)
            assert not name.endswith(":boolean") or value in ("true", "false", "")


# ---- SKOS


def turtle(part: Subgraph, folder: pathlib.Path) -> rdflib.Graph:
    FORMATS["turtle"].write(part, folder / "g.ttl")
    return rdflib.Graph().parse(folder / "g.ttl", format="turtle")


def idea(name: str) -> rdflib.URIRef:
    return rdflib.URIRef(f"urn:ideagraph:concept:{name}")


def test_rdflib_reads_names_by_language_relations_and_sources(tmp_path: pathlib.Path) -> None:
    read = turtle(WHOLE, tmp_path)
    assert {str(s) for s in read.subjects(RDF.type, SKOS.Concept)} == {str(idea(name)) for name in NAMES}
    assert set(read.objects(idea("clay"), SKOS.prefLabel)) == {
        rdflib.Literal("Clay", lang="en"), rdflib.Literal("字", lang="zh"),
    }  # fmt: skip
    assert (idea("wind"), SKOS.broader, idea("oar")) in read
    assert (idea("clay"), SKOS.related, idea("kiln")) in read
    assert rdflib.URIRef("https://a.example/") in set(read.objects(idea("clay"), DCTERMS.source))
    (said,) = (s for s in read.subjects(RDF.subject, idea("sail")) if (s, RDF.object, idea("wind")) in read)
    evidence = rdflib.URIRef("urn:ideagraph:term:evidence")
    quotes = {read.value(node, RDF.value) for node in read.objects(said, evidence)}
    assert quotes == {rdflib.Literal("They belong together.", lang="en"), rdflib.Literal("同", lang="zh")}


def test_rdflib_reads_definitions_with_their_source(tmp_path: pathlib.Path) -> None:
    read = turtle(WHOLE, tmp_path)
    told = {
        (read.value(d, RDF.value), read.value(d, DCTERMS.source)) for d in read.objects(idea("clay"), SKOS.definition)
    }
    assert told == {
        (rdflib.Literal("Clay is earth that water makes soft.", lang="en"), rdflib.URIRef("https://a.example/")),
        (rdflib.Literal("泥是加水就变软的土。", lang="zh"), rdflib.URIRef("https://b.example/")),
    }
    assert not list(read.objects(idea("kiln"), SKOS.definition))


def test_what_is_broader_however_far_up_is_not_related_as_well(tmp_path: pathlib.Path) -> None:
    links = [relation("a", "b", "is-a"), relation("b", "c", "part-of"), relation("a", "c"), relation("c", "d")]
    read = turtle(Subgraph.of([concept(name) for name in "abcd"], links, ARTICLES), tmp_path)
    assert (idea("a"), SKOS.related, idea("c")) not in read
    assert (idea("c"), SKOS.related, idea("d")) in read


def test_no_other_name_is_the_preferred_one(tmp_path: pathlib.Path) -> None:
    read = turtle(WHOLE, tmp_path)
    for one in read.subjects(RDF.type, SKOS.Concept):
        preferred = list(read.objects(one, SKOS.prefLabel))
        assert len({label.language for label in preferred if isinstance(label, rdflib.Literal)}) == len(preferred)
        assert not set(preferred) & set(read.objects(one, SKOS.altLabel))


# ---- the vault


def front(path: pathlib.Path) -> dict[str, Any]:
    _, matter, _ = re.split(r"^---$", path.read_text("utf-8"), maxsplit=2, flags=re.MULTILINE)
    found = yaml.safe_load(matter)
    assert isinstance(found, dict)
    return found


def links_of(path: pathlib.Path) -> set[str]:
    return {link.partition("|")[0] for link in re.findall(r"\[\[(.+?)\]\]", path.read_text("utf-8"))}


def contents(folder: pathlib.Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_vault_has_a_note_for_each_concept_and_source_linked_by_name(tmp_path: pathlib.Path) -> None:
    FORMATS["obsidian"].write(WHOLE, tmp_path / "v")
    clay = tmp_path / "v" / "concepts" / "Clay.md"
    assert front(clay)["aliases"] == ["Clay", "字"]
    assert links_of(clay) == {"Kiln", "Glaze", "Pots"}
    assert "[Pots](<https://a.example/>)" in clay.read_text("utf-8")
    assert "\n> “泥是加水就变软的土。” — [船](<https://b.example/>)\n" in clay.read_text("utf-8")
    assert front(tmp_path / "v" / "sources" / "船.md")["url"] == "https://b.example/"
    assert len(list((tmp_path / "v").rglob("*.md"))) == len(CONCEPTS) + len(ARTICLES)


def test_nothing_of_the_users_is_overwritten_or_removed(tmp_path: pathlib.Path) -> None:
    vault = tmp_path / "v"
    vault.mkdir()
    (vault / "diary.md").write_text("mine", "utf-8")
    with pytest.raises(BadInput, match="name a new or an empty folder"):
        FORMATS["obsidian"].write(WHOLE, vault)
    assert contents(vault) == {"diary.md": b"mine"}
    (vault / "diary.md").unlink()
    FORMATS["obsidian"].write(WHOLE, vault)
    first = contents(vault)
    (vault / ".obsidian").mkdir()
    (vault / ".obsidian" / "app.json").write_text("{}", "utf-8")
    (vault / "concepts" / "mine.md").write_text("mine", "utf-8")
    FORMATS["obsidian"].write(WHOLE.narrowed(around="clay"), vault)
    assert not (vault / "concepts" / "Sail.md").exists()
    FORMATS["obsidian"].write(WHOLE, vault)
    assert contents(vault) == first | {".obsidian/app.json": b"{}", "concepts/mine.md": b"mine"}
    (vault / "concepts" / "Clay.md").write_text("changed", "utf-8")
    before = contents(vault)
    with pytest.raises(BadInput, match=r"Clay\.md was changed"):
        FORMATS["obsidian"].write(WHOLE, vault)
    assert contents(vault) == before


def test_a_note_of_the_users_under_a_name_of_ours_is_refused(tmp_path: pathlib.Path) -> None:
    vault = tmp_path / "v"
    FORMATS["obsidian"].write(WHOLE.narrowed(around="clay"), vault)
    (vault / "concepts" / "Sail.md").write_text("mine", "utf-8")
    with pytest.raises(BadInput, match="not from an export"):
        FORMATS["obsidian"].write(WHOLE, vault)
    assert (vault / "concepts" / "Sail.md").read_text("utf-8") == "mine"


def test_a_manifest_that_names_files_elsewhere_removes_nothing(tmp_path: pathlib.Path) -> None:
    (tmp_path / "precious.md").write_text("mine", "utf-8")
    vault = tmp_path / "v"
    vault.mkdir()
    digest = hashlib.sha256(b"mine").hexdigest()
    (vault / ".ideagraph").write_text(f"{digest}  ../precious.md\n{digest}  {tmp_path}/precious.md\n", "utf-8")
    FORMATS["obsidian"].write(WHOLE, vault)
    assert (tmp_path / "precious.md").exists()


HARD = [
    "con", "CON", "a/b", "a\\b", "..", ".", "", "  ", "Clay", "clay", "CLAY ", "é", "e\u0301", "自注意力", "👩‍🚀",
    "x" * 400, "注" * 300, "nul.txt", "com1", "a:b*?\"<>|", "[[x]]", "a#b^c", "trailing.", "-dash", "---", "a\nb",
    "\ud800",
]  # fmt: skip


def check_names(names: list[str]) -> None:
    folded = [name.casefold() for name in names]
    assert len(set(folded)) == len(folded)
    for name in names:
        assert len(name.encode()) <= 255
        assert not set('<>:"/\\|?*#^[]') & set(name)
        assert name == name.strip(" ")
        assert not name.startswith(".")
        assert not re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name.removesuffix(".md").lower())


def test_file_names_are_safe_on_every_system_and_none_collides(tmp_path: pathlib.Path) -> None:
    FORMATS["obsidian"].write(labelled(HARD), tmp_path / "v")
    notes = list((tmp_path / "v").rglob("*.md"))
    assert len(notes) == 2 * len(HARD)
    check_names([note.name for note in notes])
    stems = {note.stem for note in notes}
    for note in notes:
        assert front(note)["tags"]
        assert links_of(note) <= stems


# ---- the page


def html_of(text: str) -> Any:  # noqa: ANN401  # what its stubs say an xpath may return suits no caller
    return lxml.html.document_fromstring(text)


def page(part: Subgraph, folder: pathlib.Path) -> tuple[str, Mapping[str, Any]]:
    FORMATS["html"].write(part, folder / "g.html")
    text = (folder / "g.html").read_text("utf-8")
    root = html_of(text)
    return text, json.loads(root.get_element_by_id("data").text_content())


def test_the_page_holds_every_concept_relation_and_quote(tmp_path: pathlib.Path) -> None:
    _, data = page(WHOLE, tmp_path)
    names = [one["id"] for one in data["concepts"]]
    assert sorted(names) == NAMES
    assert {(names[r["a"]], names[r["b"]], r["type"]) for r in data["relations"]} == {
        (r.a, r.b, r.type) for r in RELATIONS
    }
    assert {(lang, quote) for r in data["relations"] for _, lang, quote in r["quotes"]} == {
        ("en", "They belong together."), ("zh", "同"),
    }  # fmt: skip
    told = {one["id"]: [(lang, quote) for _, lang, quote in one["definitions"]] for one in data["concepts"]}
    assert told["sail"] == [("zh", "帆是一种接住风的布。")]
    assert (len(told["clay"]), told["kiln"]) == (2, [])
    assert len({tuple(one["at"]) for one in data["concepts"]}) == len(names)


def test_the_page_asks_the_network_for_nothing_and_its_policy_names_its_own_script(tmp_path: pathlib.Path) -> None:
    text, _ = page(WHOLE, tmp_path)
    root = html_of(text)
    assert not root.xpath("//@src | //@href | //@style | //link | //img | //iframe | //@*[starts-with(name(), 'on')]")
    policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; ")
    for tag, kind in (("script[not(@type)]", "script"), ("style", "style")):
        digest = base64.b64encode(hashlib.sha256(root.xpath(f"//{tag}")[0].text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


EVIL = [
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--", "]]>", "javascript:alert(1)", "$data",
]  # fmt: skip


def test_no_name_becomes_markup(tmp_path: pathlib.Path) -> None:
    text, data = page(labelled(EVIL), tmp_path)
    harmless, _ = page(labelled(["a"] * len(EVIL)), tmp_path)
    tags = [[element.tag for element in html_of(one).iter()] for one in (text, harmless)]
    assert tags[0] == tags[1]
    assert sorted(one["name"] for one in data["concepts"]) == sorted(EVIL)


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium to show the page in")
def test_a_browser_shows_the_idea_that_the_address_names(tmp_path: pathlib.Path) -> None:
    assert CHROMIUM
    page(labelled(EVIL), tmp_path)
    flags = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path}/profile",
    ]  # fmt: skip
    address = f"{(tmp_path / 'g.html').as_uri()}#n00001"
    shown = subprocess.run(
        [CHROMIUM, *flags, "--virtual-time-budget=2000", "--dump-dom", address],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout.decode()
    root = html_of(shown)
    assert root.xpath("//article/h1")[0].text_content() == EVIL[1]
    assert len(root.xpath("//ul[@id='results']/li")) == len(EVIL)
    assert root.xpath("//article//blockquote")
    assert not root.xpath("//article//img | //article//script")


# ---- laws of every format

EVERY = sorted(FORMATS)


@pytest.mark.parametrize("name", EVERY)
def test_the_same_graph_gives_the_same_bytes(tmp_path: pathlib.Path, name: str) -> None:
    again = Subgraph.of(CONCEPTS[::-1], RELATIONS[::-1], ARTICLES[::-1], DEFINITIONS[::-1])
    for part, folder in ((WHOLE, tmp_path / "a"), (again, tmp_path / "b")):
        folder.mkdir()
        FORMATS[name].write(part, folder / "g")
    assert contents(tmp_path / "a") == contents(tmp_path / "b") != {}


@pytest.mark.parametrize("name", EVERY)
def test_an_empty_graph_is_written_too(tmp_path: pathlib.Path, name: str) -> None:
    FORMATS[name].write(Subgraph.of([], [], []), tmp_path / "g")
    assert contents(tmp_path)


class Torn(dict[str, int]):
    """Mentions that can't be read, as where a disk fails."""

    def __iter__(self) -> Iterator[str]:
        raise OSError("torn")

    def items(self) -> NoReturn:
        raise OSError("torn")


@pytest.mark.parametrize("name", EVERY)
def test_what_fails_half_way_leaves_what_was_there(tmp_path: pathlib.Path, name: str) -> None:
    FORMATS[name].write(WHOLE, tmp_path / "g")
    before = contents(tmp_path)
    torn = Subgraph.of(CONCEPTS[1:], RELATIONS[2:], [*ARTICLES[1:], Article("z", "", "en", "", Torn(x=1))])
    with pytest.raises(OSError, match="torn"):
        FORMATS[name].write(torn, tmp_path / "g")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    "options",
    [{"around": "clay"}, {"around": "clay", "hops": 0}, {"min_weight": 9.0}, {"kind": "thing"}, {"lang": "zh"}],
    ids=str,
)
def test_a_part_can_be_written_in_every_format(tmp_path: pathlib.Path, name: str, options: dict[str, Any]) -> None:
    part = WHOLE.narrowed(**options)
    assert part.concepts
    FORMATS[name].write(part, tmp_path / "g")
    assert contents(tmp_path)


LABEL = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("<>&\"'|]\r\n\t\x00\x0b\x0c\x1b\x7f\x85\u2028\ud800\ufffe\uffff\\`[#;,=-"),
        st.sampled_from("注意力🜲𠀀👩‍🚀é"),
    ),
    max_size=30,
) | st.sampled_from([*HARD, *EVIL])  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(LABEL, min_size=1, max_size=6))
def test_any_label_is_written_and_read_back_without_what_xml_forbids(labels: list[str]) -> None:
    part = labelled(labels)
    content = written(part)
    allowed = [
        "".join(c for c in label.replace("\r", "\n") if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff"
                                                                        and c not in "\ufffe\uffff"))
        for label in labels
    ]  # fmt: skip
    read = nx.read_graphml(io.BytesIO(content))
    ids = [f"n{i:05}" for i in range(len(labels))]
    assert [read.nodes[name].get("label", "") for name in ids] == allowed
    nodes, edges = gephi(content)
    assert [nodes[name]["label"] for name in ids] == allowed
    assert [e["weight"] for e in edges if e["interaction"] == "related"] == [i / 7 for i in range(1, len(labels))]
    assert [cytoscape(content)[1][name]["name"] for name in ids] == allowed
    ElementTree.fromstring(written(part, yed=True))


@settings(max_examples=60, deadline=None)
@given(labels=st.lists(LABEL, min_size=1, max_size=5))
def test_any_label_survives_every_other_format(tmp_path_factory: pytest.TempPathFactory, labels: list[str]) -> None:
    folder = tmp_path_factory.mktemp("any")
    part = labelled(labels)
    ids, cleaned = [f"n{i:05}" for i in range(len(labels))], [clean(label) for label in labels]
    FORMATS["gexf"].write(part, folder / "g.gexf")
    gexf = nx.read_gexf(folder / "g.gexf", version="1.3")
    xml = [re.sub("[^\t\n -\U0010ffff]", "", label.replace("\r", "\n")) for label in map(clean_of_xml, labels)]
    assert [gexf.nodes[name]["label_zh"] for name in ids] == xml
    FORMATS["json"].write(part, folder / "g.json")
    link = nx.node_link_graph(json.loads((folder / "g.json").read_text("utf-8")), edges="edges")
    assert [link.nodes[name]["label"] for name in ids] == cleaned
    nodes, edges = map(rows_of, FORMATS["csv"].write(part, folder / "g.csv"))
    assert [row["Label"] for row in nodes if row["Id"] in ids] == [one_line(label) for label in labels]
    assert len(edges) == 2 * len(labels) - 1
    nodes, edges = map(rows_of, FORMATS["neo4j"].write(part, folder / "n"))
    assert len(nodes) == 2 * len(labels)
    read = turtle(part, folder)
    for name, label in zip(ids, cleaned, strict=True):
        assert not label or label in {str(value) for value in read.objects(idea(name), SKOS.prefLabel)}
    _, data = page(part, folder)
    assert {one["id"]: one["name"] for one in data["concepts"]} == dict(zip(ids, cleaned, strict=True))
    FORMATS["obsidian"].write(part, folder / "v")
    notes = list((folder / "v").rglob("*.md"))
    assert len(notes) == 2 * len(labels)
    check_names([note.name for note in notes])
    stems = {note.stem for note in notes}
    for note in notes:
        assert all(isinstance(alias, str) for alias in front(note)["aliases"])
        assert links_of(note) <= stems
        body = note.read_text("utf-8").split("---\n", 2)[2]
        html = MarkdownIt("commonmark", {"html": True}).render(body)
        assert "<script" not in html.lower()
        assert "<img" not in html.lower()
    titles = {front(note)["url"]: front(note)["aliases"][0] for note in notes if note.parent.name == "sources"}
    assert [titles[one_line(f"https://a.example/{i}?q={label}")] for i, label in enumerate(labels)] == [
        one_line(label) or one_line(f"https://a.example/{i}?q={label}") for i, label in enumerate(labels)
    ]


def clean_of_xml(label: str) -> str:
    return "".join(c for c in label if c == "\r" or clean(c))


# ---- which format


@pytest.mark.parametrize(
    ("file", "name", "flavour", "format_"),
    [
        ("a.graphml", "", "", "graphml"), ("a.GEXF", "", "", "gexf"), ("a.htm", "", "", "html"),
        ("a.ttl", "graphml", "", "graphml"), ("a.graphml", "", "yed", "yed"), ("vault", "obsidian", "", "obsidian"),
    ],
)  # fmt: skip
def test_the_suffix_tells_the_format_unless_one_is_named(file: str, name: str, flavour: str, format_: str) -> None:
    assert format_of(pathlib.Path(file), name, flavour) == format_


@pytest.mark.parametrize(("file", "name", "flavour"), [("a.xyz", "", ""), ("a", "", ""), ("a.csv", "xls", "")])
def test_an_unknown_format_is_one_line_that_names_all(file: str, name: str, flavour: str) -> None:
    with pytest.raises(BadInput) as told:
        format_of(pathlib.Path(file), name, flavour)
    assert "\n" not in str(told.value)
    assert all(name in str(told.value) for name in FORMATS if name != "yed")


def test_a_flavour_belongs_to_its_format() -> None:
    for file, flavour in (("a.gexf", "yed"), ("a.graphml", "other")):
        with pytest.raises(BadInput, match="flavour"):
            format_of(pathlib.Path(file), "", flavour)
