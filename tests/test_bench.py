"""What measures is measured too: tables, rows, the plot, the commands of each part."""

import argparse
import functools
import importlib
import pathlib
from collections.abc import Sequence

import lxml.etree
import pytest

from bench import graph_scale
from bench.__main__ import parts, run
from bench.growth import HEIGHT, WIDTH, decades, plot
from bench.portraits import covered, judged
from bench.results import Row, load, machine, save, table
from bench.search import below
from bench.speed import passages
from index.tables import input_digest, missing
from kg.model import Concept, Definition, Evidence
from service.rooms import open_library

ROWS: Sequence[Row] = [
    {"kind": "flat", "chunks": 1000, "build_s": 0.02, "query_ms": 0.5, "mb": 2.0},
    {"kind": "coarse", "chunks": 100_000, "build_s": 20.0, "query_ms": 5.0, "mb": 200.0},
]


def test_a_table_has_a_column_for_each_name_and_numbers_to_the_right() -> None:
    rows: list[Row] = [{"what": "one", "n": 12345, "x": 0.5}, {"what": "three", "n": 7, "y": 1234.56}]
    assert table(rows).splitlines() == [
        "what        n      x        y",
        "one    12,345  0.500",
        "three       7         1,234.6",
    ]


def test_rows_read_back_equal_with_where_they_come_from(tmp_path: pathlib.Path) -> None:
    where = machine()
    save(tmp_path / "deep" / "rows.json", ROWS, where)
    assert load(tmp_path / "deep" / "rows.json") == (ROWS, where)
    assert int(where["cores"]) > 0
    assert "torch " in where["packages"]


def test_decades_enclose_the_values() -> None:
    assert decades([1000, 100_000]) == (3, 5)
    assert decades([0.02, 20]) == (-2, 2)
    assert decades([10]) == (1, 2), "never no decade"


def test_the_plot_puts_each_point_where_its_logarithm_says() -> None:
    tree = lxml.etree.fromstring(plot(ROWS, "a < b").encode())
    space = {"s": "http://www.w3.org/2000/svg"}
    panels = tree.findall("s:g", space)
    assert len(panels) == 3
    points = panels[0].findall("s:circle", space)
    assert [float(point.get("cx", "")) for point in points] == [0, WIDTH]
    # .02 and 20 lie .301 of a decade above 10^-2 and 10^1, on an axis of four decades.
    heights = [float(point.get("cy", "")) for point in points]
    assert heights == pytest.approx([HEIGHT * (4 - 0.301) / 4, HEIGHT * 0.699 / 4], abs=0.1)
    values = [text.text for text in panels[0].findall("s:text[@class='value']", space)]
    assert values == ["0.02", "20"]
    assert tree.findall("s:text", space)[-1].text == "a < b"


def test_what_is_indexed_again_is_what_was_embedded(demo: pathlib.Path) -> None:
    found, texts = passages(demo)
    assert all(text.endswith(passage.text[-3:]) for passage, text in zip(found, texts, strict=True))
    with open_library(demo).reading() as db:
        due = {input_digest(parts) for _, parts in missing(db, "")}
        assert due == {name for (name,) in db.execute("select input from vectors")}


def test_a_figure_under_its_floor_is_named() -> None:
    assert below({"all": 0.8, "other": 0.5, "gone": 1.0}, {"all": 0.79, "other": 0.5}) == [
        "all is 0.790, its floor is 0.800"
    ]


def test_every_part_is_made_of_commands_that_exist(tmp_path: pathlib.Path) -> None:
    given = argparse.Namespace(shared=tmp_path, library=tmp_path, articles=tmp_path, txtai="/a/python", sizes="10")
    for commands in parts(given).values():
        for module, *_ in commands:
            assert hasattr(importlib.import_module(module), "main")
    assert "--txtai" in parts(given)["speed"][0]
    given.txtai = None
    assert "--txtai" not in parts(given)["speed"][0]


def test_a_command_that_fails_is_named_and_the_others_run(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(run([["bench.search"], ["bench.growth", "--help"]])) == ["bench.search"]
    out, _ = capfd.readouterr()
    assert "$ python -m bench.search" in out
    assert "grow with its passages" in out


def test_definitions_are_counted_by_language_and_kinds_against_the_gold() -> None:
    def idea(name: str, kind: str) -> Concept:
        return Concept(name, name, name, "", (name,), frozenset({name}), kind, 1, 1, 1.0)

    ranked = [idea("loom", "model"), idea("weft", "method"), idea("warp", ""), idea("thread", "model")]
    definitions = [
        Definition(name, Evidence("c", "u", lang, "x", 0, 1), 1.0)
        for name, lang in (("loom", "en"), ("loom", "zh"), ("weft", "en"))
    ]
    assert covered(ranked, definitions) == {"en": 2, "zh": 1, "any": 2}
    kinds = {"loom": "architecture", "weft": "task", "warp": "concept", "thread": "concept", "spool": "model"}
    gold = [{"name": name, "kind": kind, "aliases_en": [], "aliases_zh": []} for name, kind in kinds.items()]
    assert judged(ranked, gold) == {"found": 4, "given": 3, "right": 1, "where the gold has none": 1}


@pytest.mark.parametrize("name", graph_scale.MEASURES)
def test_a_made_up_graph_can_be_asked_everything_that_is_measured(tmp_path: pathlib.Path, name: str) -> None:
    with open_library(tmp_path, create=True).writing() as db:
        graph_scale.fill(db, 40, 100)
    line = graph_scale.COMMANDS.get(name, functools.partial(graph_scale.measure, name))(tmp_path)
    assert line.startswith(name)
