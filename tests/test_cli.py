"""The command line as a user meets it, on the demo library with the real encoder."""

import itertools
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable

import click
import igraph  # type: ignore[import-untyped]  # it has no annotations
import networkx as nx
import pytest

import cli
from kg.tables import read_concepts, read_relations
from service.rooms import open_library

ROOT = pathlib.Path(__file__).parents[1]
DEMO = ROOT / "docs" / "demo"
MANUAL = ROOT / "docs" / "commands.md"


def _commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    """Return every command that does something, by the words that call it."""
    found: dict[str, click.Command] = {}
    for name, command in sorted(group.commands.items()):
        inner = _commands(command, f"{before}{name} ") if isinstance(command, click.Group) else {}
        found |= inner or {f"{before}{name}": command}
    return found


COMMANDS = _commands(cli.group)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, demo: pathlib.Path) -> Run:
    """Return a function that runs a command line on the demo library: (exit code, stdout, stderr)."""

    def run(*words: str, library: pathlib.Path = demo) -> tuple[int, str, str]:
        monkeypatch.setenv("IDEAGRAPH_LIBRARY", str(library))
        monkeypatch.setattr(sys, "argv", ["ideagraph", *words])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capfd.readouterr()
        return int(left.value.code or 0), out, err

    return run


def _manual() -> str:
    """Return docs/commands.md as the code has it."""
    parts = ["# The commands\n\nWhat `--help` says. Written by `IDEAGRAPH_WRITE_MANUAL=1 pytest tests/test_cli.py`.\n"]
    for name, command in (("", cli.group), *COMMANDS.items()):
        words = ["ideagraph", *name.split()]
        parent = None
        for word in words[:-1]:
            parent = click.Context(cli.group, parent=parent, info_name=word, **cli.group.context_settings)
        context = click.Context(command, parent=parent, info_name=words[-1], terminal_width=100)
        parts.append(f"\n## {' '.join(words)}\n\n```\n{command.get_help(context)}\n```\n")
    return "".join(parts)


def test_the_manual_says_what_help_says() -> None:
    if os.environ.get("IDEAGRAPH_WRITE_MANUAL"):
        MANUAL.write_text(_manual(), "utf-8")
    assert MANUAL.read_text("utf-8") == _manual()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_json(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert "as_json" in {option.name for option in command.params}
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_json_manual(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "json.md").read_text("utf-8")


def test_help_imports_nothing_heavy_and_answers_at_once() -> None:
    heavy = {"torch", "faiss", "numpy", "networkx", "trafilatura", "transformers", "lxml", "jieba", "rich"}
    code = (
        f"import sys, cli\nsys.argv[1:] = ['--help']\ntry: cli.main()\nfinally: assert not {heavy} & set(sys.modules)"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # processor time, not wall time; what was asked for is 0.3 s and what is measured is a third of that
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0


def test_the_demo_is_indexed_but_for_its_wall(run: Run) -> None:
    code, out, _ = run("sources", "--json")
    rows = json.loads(out)["sources"]
    assert code == 0
    assert {row["status"] for row in rows} == {"indexed", "blocked"}
    (wall,) = (row for row in rows if row["status"] == "blocked")
    assert wall["mend"] == f"ideagraph import SAVED.html --url {wall['url']}"
    assert wall["reason"]


@pytest.mark.parametrize(
    ("question", "url"),
    [
        ("why does attention use several heads", "https://notes.example/why-several-heads"),
        ("为什么要用多头注意力", "https://wenda.example/question/2001/answer/3001"),
        ("XLNet permutation language modeling", "https://zhuanlan.example/p/104"),  # there is only a Chinese page
    ],
)
def test_search_finds_the_page_in_either_language(run: Run, question: str, url: str) -> None:
    code, out, _ = run("search", question, "-n", "3", "--json")
    hits = json.loads(out)["hits"]
    assert code == 0
    assert url in [hit["url"] for hit in hits]
    for hit in hits:
        assert hit["marks"]
        assert all(0 <= start < end <= len(hit["text"]) for start, end in hit["marks"])
        _, document, _ = run("show", hit["url"], "--json")
        assert json.loads(document)["documents"][0]["text"][hit["start"] : hit["end"]] == hit["text"]


@pytest.mark.parametrize("options", [("--lang", "zh"), ("--section", "Model compression"), ("--mode", "keyword")])
def test_search_can_be_narrowed(run: Run, options: tuple[str, str]) -> None:
    code, out, _ = run("search", "pruning BERT", "-n", "4", "--json", *options)
    hits = json.loads(out)["hits"]
    assert code == 0
    assert hits
    if options[0] == "--lang":
        assert {hit["lang"] for hit in hits} == {"zh"}
    elif options[0] == "--section":
        assert all("Model compression" in hit["section"] for hit in hits)
    else:
        assert all(hit["why"]["keyword"] for hit in hits)


def test_a_query_narrows_and_tells_how_it_was_understood(run: Run) -> None:
    code, out, _ = run("search", "剪枝 “attention heads” -模型 lang:en site:blog.example", "--since", "2000", "--json")
    page = json.loads(out)
    assert code == 0
    assert page["query"]["text"] == "剪枝 attention heads"
    assert page["query"]["phrases"] == ["attention heads"]
    assert page["query"]["without"] == ["模型"]
    assert (page["query"]["langs"], page["query"]["sites"]) == (["en"], ["blog.example"])
    assert page["query"]["since"] == "2000-01-01"
    for hit in page["hits"]:
        said = "\n".join((hit["title"], *hit["heading"], hit["text"])).casefold()
        assert "attention heads" in said
        assert "模型" not in said
        assert hit["url"].startswith("https://blog.example/")
        assert max(hit["published"], hit["fetched_at"]) >= "2000-01-01"


def test_more_like_a_hit_by_the_id_under_it(run: Run) -> None:
    _, out, _ = run("search", "pruning attention heads", "-n", "1")
    name = out.splitlines()[-2].split()[0]
    code, out, _ = run("search", "--like", name, "--lang", "zh", "--json")
    page = json.loads(out)
    assert code == 0
    assert page["query"]["text"] == ""
    assert page["query"]["like"] == [name]
    assert {hit["lang"] for hit in page["hits"]} == {"zh"}
    assert "剪枝" in page["hits"][0]["text"], "the same topic in the other language"


def test_what_is_not_wanted_goes_down(run: Run) -> None:
    def share(*words: str) -> float:
        hits = json.loads(run("search", "BERT", "-n", "10", "--json", *words)[1])["hits"]
        return sum("蒸馏" in hit["text"] or "distill" in hit["text"].lower() for hit in hits) / len(hits)

    assert share("--less", "knowledge distillation") < share() < share("--more", "知识蒸馏")


def test_questions_come_one_a_line(run: Run, demo: pathlib.Path) -> None:
    command = [sys.executable, str(ROOT / "cli.py"), "search", "--library", str(demo), "-n", "1"]
    lines = "剪枝\n\n-vision\nwhy several heads\n"
    done = subprocess.run([*command, "--json"], input=lines, capture_output=True, text=True, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 3, "one line was no question"
    assert [row["line"] for row in rows] == [1, 3, 4]
    assert [len(row["hits"]) for row in rows] == [1, 0, 1]
    assert "line 3" in done.stderr
    done = subprocess.run(command, input="剪枝\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("## 剪枝\n")


def test_sources_by_site_and_date(run: Run) -> None:
    rows = json.loads(run("sources", "--site", "zhuanlan.example", "--json")[1])["sources"]
    assert rows
    assert all(row["url"].startswith("https://zhuanlan.example/") for row in rows)
    dated = json.loads(run("sources", "--json", "--since", "2000")[1])["sources"]
    assert all(row["published"] or row["fetched_at"] for row in dated)
    assert run("sources", "--since", "9999")[0] == 1


def test_the_sentence_that_matters_is_seen_without_a_terminal(run: Run) -> None:
    hit = json.loads(run("search", "why does attention use several heads", "-n", "1", "--json")[1])["hits"][0]
    start, end = hit["marks"][0]
    said = " ".join(hit["text"][start:end].split())
    for words in ((), ("--full",)):
        _, out, _ = run("search", "why", "does", "attention", "use", "several", "heads", "-n", "1", *words)
        assert f"**{said}**" in out
    assert hit["text"].split()[-1] in out, "--full shows all of it"


def test_why_tells_each_spelling_with_its_witness_and_a_quote(run: Run) -> None:
    code, out, _ = run("concept", "multi-head attention", "--why", "--json")
    rows = json.loads(out)["spellings"]
    assert code == 0
    assert [row["witness"] for row in rows].count("") == 1
    assert all(row["same_as"] for row in rows if row["witness"] not in ("", "unwritten"))
    quotes = [item["quote"] for row in rows for item in row["evidence"][:1]]
    assert any("multi-head attention" in quote and "多头注意力" in quote for quote in quotes)
    lines = run("concept", "多头注意力", "--why")[1]
    assert all(f"“{quote}”" in lines for quote in quotes)
    assert "the glossary has both" in lines
    assert run("concept", "no such idea", "--why")[0] == 1


def test_decisions_are_made_listed_and_taken_back(run: Run, demo: pathlib.Path, tmp_path: pathlib.Path) -> None:
    own = tmp_path / "library"
    shutil.copytree(demo, own)
    before = run("concepts", "-n", "500", "--json", library=own)[1]
    assert run("curate", "list", library=own)[0] == 1
    code, out, err = run("curate", "merge", "pruning", "knowledge distillation", library=own)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "  1. merge pruning, knowledge distillation"
    assert run("concept", "pruning", library=own)[1] == run("concept", "knowledge distillation", library=own)[1]
    _, out, err = run("curate", "ban", "no such idea", library=own)
    assert "rule 2 decides nothing now" in err
    rows = json.loads(run("curate", "list", "--json", library=own)[1])["rules"]
    assert [(row["action"], row["matches"]) for row in rows] == [("merge", True), ("ban", False)]
    assert run("curate", "remove", "3", library=own)[0] == 1
    for _ in rows:
        assert run("curate", "remove", "1", "--json", library=own)[0] == 0
    assert run("concepts", "-n", "500", "--json", library=own)[1] == before
    for words in (("rename", "pruning", "cutting"), ("kind", "cutting", "craft"), ("split", "剪枝", "pruning")):
        assert run("curate", *words, library=own)[0] == 0
    assert json.loads(run("concept", "cutting", "--json", library=own)[1])["concepts"][0]["name"] == "cutting"


def test_one_concept_has_names_and_sources_in_both_languages(run: Run) -> None:
    pages = [json.loads(run("concept", name, "--json")[1]) for name in ("multi-head attention", "多头注意力", "MHA")]
    assert [page.pop("understood")[0]["text"] for page in pages] == ["multi-head attention", "多头注意力", "MHA"]
    assert pages[0] == pages[1] == pages[2]
    assert {source["lang"] for source in pages[0]["mentioned_in"]} == {"en", "zh"}


def test_a_concepts_page_says_what_it_is_and_where_each_source_speaks_of_it(run: Run) -> None:
    page = json.loads(run("concept", "knowledge distillation", "--json")[1])
    assert page["concepts"][0]["kind"] == "method"
    assert [each["lang"] for each in page["definitions"]] == ["en", "zh"]
    assert len(page["mentioned_in"]) == page["concepts"][0]["n_sources"]
    said = [(source["url"], source[which]) for source in page["mentioned_in"] for which in ("first", "best")]
    said += [(each["url"], each) for each in page["definitions"]]
    for url, quote in said:
        text = json.loads(run("show", url, "--json")[1])["documents"][0]["text"]
        assert text[quote["start"] : quote["end"]] == quote["quote"]
    code, out, _ = run("concept", "知识蒸馏", "-n", "2")
    assert code == 0
    assert all(each["quote"] in out for each in page["definitions"])
    assert out.splitlines()[0] == "knowledge distillation · 知识蒸馏  method"
    assert f"and {len(page['mentioned_in']) - 2} more sources: -n {len(page['mentioned_in'])} shows all" in out
    assert "ideagraph related 'knowledge distillation'" in out


def test_related_says_a_typed_relation_in_its_own_direction_as_path_does(run: Run) -> None:
    forward = set()
    for name in ("XLNet", "knowledge distillation"):
        rows = json.loads(run("related", name, "-n", "99", "--json")[1])["related"]
        for row in filter(lambda row: row["says"], rows):
            hop, *more = json.loads(run("path", name, row["name"], "--json")[1])["hops"]
            if not more:
                assert row["says"] == [hop["says"]]
                forward.add(row["says"][0].startswith(f"{name} "))
    assert forward == {True, False}, "both directions are there"


def test_the_ideas_of_a_kind_or_of_a_language_come_in_the_order_of_all(run: Run) -> None:
    every = json.loads(run("concepts", "-n", "1000", "--json")[1])["concepts"]
    for option, wanted in ((("--kind", "method"), "kind"), (("--lang", "zh"), "label_zh")):
        code, out, _ = run("concepts", *option, "-n", "1000", "--json")
        due = [row for row in every if (row["kind"] == "method" if wanted == "kind" else row["label_zh"])]
        assert (code, json.loads(out)["concepts"]) == (0, due)
        assert 0 < len(due) < len(every)
    assert json.loads(run("concepts", "-n", "3", "--json")[1])["concepts"] == every[:3]
    assert run("concepts", "--kind", "craft")[0] == 1


def test_related_ideas_come_with_the_sentence_that_says_so(run: Run) -> None:
    code, out, _ = run("related", "剪枝", "--json")
    rows = json.loads(out)["related"]
    assert code == 0
    assert rows
    for row in rows:
        for quote in row["evidence"]:
            _, document, _ = run("show", quote["url"], "--json")
            text = json.loads(document)["documents"][0]["text"]
            assert text[quote["start"] : quote["end"]] == quote["quote"]


def test_a_path_goes_hop_by_hop(run: Run) -> None:
    code, out, _ = run("path", "XLNet", "pruning", "--json")
    hops = json.loads(out)["hops"]
    assert code == 0
    assert (hops[0]["a_name"], hops[-1]["b_name"]) == ("XLNet", "pruning")
    assert all(one["b"] == next_["a"] for one, next_ in itertools.pairwise(hops))
    assert all(hop["evidence"] for hop in hops)


def test_a_question_names_ideas_that_are_asked_for_together(run: Run) -> None:
    code, out, _ = run("related", "剪枝和蒸馏有什么关系", "--json")
    page = json.loads(out)
    assert code == 0
    assert [row["name"] for row in page["understood"]] == ["pruning", "knowledge distillation"]
    assert {row["text"] for row in page["understood"]} == {"剪枝", "蒸馏"}
    asked = {row["id"] for row in page["understood"]}
    assert all({hop["a"], hop["b"]} == asked for hop in page["between"])
    assert all(row["id"] not in asked and asked >= set(row["to"]) != set() for row in page["related"])
    assert run("concept", "什么是剪枝？", "--json")[1].startswith('{\n  "understood": [\n    {\n      "text": "剪枝"')


def test_a_misspelt_name_is_not_found_and_the_right_one_suggested(run: Run) -> None:
    for words in (
        ("related", "mulit-head atention"),
        ("concept", "多头住意力"),
        ("path", "XLNet", "mulit-head atention"),
    ):
        code, out, err = run(*words)
        assert (code, out) == (1, "")
        assert "did you mean multi-head attention (多头注意力)" in err
    code, out, _ = run("related", "prunning and XLNet", "-n", "1")
    assert code == 0
    assert "no idea is called prunning: did you mean pruning (剪枝)" in out


def test_related_can_be_narrowed_to_a_source_a_language_and_a_kind(run: Run) -> None:
    rows = json.loads(run("related", "pruning", "--json", "-n", "50")[1])["related"]
    url = rows[0]["evidence"][0]["url"]
    for option, value in (("--source", url), ("--lang", "zh")):
        code, out, _ = run("related", "pruning", option, value, "--json")
        narrowed = json.loads(out)["related"]
        assert code == 0
        assert narrowed
        assert {quote[option[2:].replace("source", "url")] for row in narrowed for quote in row["evidence"]} == {value}
    kinds = {row["kind"] for row in rows}
    for kind in kinds - {""}:
        found = json.loads(run("related", "pruning", "--kind", kind, "--json", "-n", "50")[1])["related"]
        assert [row["id"] for row in found] == [row["id"] for row in rows if row["kind"] == kind]
    for words, told in (
        (("--kind", "nonsense"), "no idea is of the kind nonsense"),
        (("--source", "https://nowhere.example/"), "'ideagraph sources' lists"),
    ):
        code, _, err = run("related", "pruning", *words)
        assert code == 1
        assert told in err
    assert run("related", "pruning", "--far", "--lang", "zh")[0] == 2


def test_what_is_far_comes_with_the_way_there(run: Run) -> None:
    code, out, _ = run("related", "XLNet", "--far", "--json")
    near = {row["id"] for row in json.loads(run("related", "XLNet", "--json", "-n", "99")[1])["related"]}
    rows = json.loads(out)["far"]
    assert code == 0
    assert rows
    for row in rows:
        first, second = row["way"]
        assert row["id"] not in near
        assert (first["a_name"], first["b"], second["b"]) == ("XLNet", second["a"], row["id"])
        assert first["evidence"]
        assert second["evidence"]
    assert f"by way of {rows[0]['way'][0]['b_name']}" in run("related", "XLNet", "--far")[1]


def test_topics_are_the_communities_of_the_export(run: Run, tmp_path: pathlib.Path) -> None:
    code, out, _ = run("topics", "--json")
    rows = json.loads(out)["topics"]
    file = tmp_path / "ideas.graphml"
    run("export", str(file))
    community = dict(nx.read_graphml(file).nodes(data="community"))
    assert code == 0
    assert [row["number"] for row in rows] == list(range(len(rows)))
    for row in rows:
        assert {community[concept["id"]] for concept in row["concepts"]} == {row["number"]}
        assert row["n_concepts"] == sum(number == row["number"] for number in community.values())
        assert row["sources"]
    assert rows[0]["name"] in run("topics", "-n", "1")[1]


def test_the_exported_graph_is_the_librarys(run: Run, tmp_path: pathlib.Path, demo: pathlib.Path) -> None:
    file = tmp_path / "ideas.graphml"
    code, out, _ = run("export", str(file), "--json")
    (counts,) = json.loads(out)["export"]
    graph, other = nx.read_graphml(file), igraph.Graph.Read_GraphML(str(file))
    assert code == 0
    assert graph.number_of_nodes() == other.vcount() == counts["concepts"] + counts["sources"]
    assert graph.number_of_edges() == other.ecount() == counts["edges"]
    with open_library(demo).reading() as db:
        concepts, relations = read_concepts(db), read_relations(db)
    labels = {concept.id: concept.name for concept in concepts}
    weights = {(relation.a, relation.b): relation.weight for relation in relations}
    assert labels.items() <= dict(graph.nodes(data="label")).items()
    assert labels.items() <= dict(zip(other.vs["id"], other.vs["label"], strict=True)).items()
    assert weights.items() <= {(a, b): values["weight"] for a, b, values in graph.edges(data=True)}.items()
    ends = [(other.vs[edge.source]["id"], other.vs[edge.target]["id"]) for edge in other.es]
    assert weights.items() <= dict(zip(ends, other.es["weight"], strict=True)).items()


def test_eval_scores_the_demos_questions(run: Run) -> None:
    code, out, err = run("eval", str(DEMO / "questions.jsonl"), "--json")
    (made,) = json.loads(out)["eval"]
    groups = {(row["by"], row["group"]): row for row in made["groups"]}
    assert (code, err, made["warnings"]) == (0, "", [])
    assert groups["all", "all"]["n"] == len(made["questions"]) == 20
    assert groups["all", "all"]["measures"]["ndcg_10"]["mean"] > 0.8
    assert groups["answer", "other language"]["n"] == groups["kind", "cross-lingual"]["n"] == 10
    for row in made["questions"]:
        assert row["measures"]["ndcg_10"] == 0 or row["first"] <= 10
        assert [came["url"] for came in row["top"]].index(row["relevant"][0]["url"]) + 1 == row["relevant"][0]["rank"]


def test_eval_compares_with_another_setting_and_another_library(run: Run, demo: pathlib.Path) -> None:
    questions = str(DEMO / "questions.jsonl")
    _, out, _ = run("eval", questions, "--against", "mode=keyword", "--json")
    (made,) = json.loads(out)["eval"]
    whole = made["differences"][0]["measures"]["ndcg_10"]
    assert made["against"]["setting"]["mode"] == "keyword"
    # sums of the same numbers, by row and by column: numpy may differ in the last bit
    assert whole["this"] == pytest.approx(made["groups"][0]["measures"]["ndcg_10"]["mean"])
    assert whole["other"] == pytest.approx(made["against"]["groups"][0]["measures"]["ndcg_10"]["mean"])
    assert whole["other"] < whole["this"]
    assert whole["low"] > 0, "words alone find nothing across languages"
    _, out, _ = run("eval", questions, "--against", f"library={demo}", "--json")
    (same,) = json.loads(out)["eval"]
    assert {row["p"] for each in same["differences"] for row in each["measures"].values()} == {1.0}


def test_eval_tells_what_came_instead_and_what_is_not_there(run: Run, tmp_path: pathlib.Path) -> None:
    quoted = {"url": "https://notes.example/attention", "quote": "nobody wrote this"}
    asked = {"query": "pruning", "relevant": ["https://nowhere.example/", quoted]}
    (tmp_path / "q.jsonl").write_text(json.dumps(asked), "utf-8")
    code, out, _ = run("eval", str(tmp_path / "q.jsonl"), "--worst", "1", "--against", "mode=dense")
    assert code == 0
    assert "line 1: https://nowhere.example/ has no text in the library" in out
    assert "“nobody wrote this” does not stand in https://notes.example/attention" in out
    assert "https://nowhere.example/  grade 3, is not in the library" in out
    assert "mode=hybrid, against mode=dense" in out
    assert "came 1. https://" in out
    assert max(map(len, out.split("\n\n")[0].splitlines()[2:])) <= 80


def test_verify_finds_nothing_wrong(run: Run) -> None:
    code, out, _ = run("verify", "--json")
    assert code == 0
    assert json.loads(out)["problems"] == []


def test_plain_output_has_no_colour_and_no_padding(run: Run) -> None:
    for words in (("search", "pruning"), ("related", "pruning"), ("sources",), ("concepts",), ("status",)):
        code, out, _ = run(*words)
        assert code == 0
        assert "\x1b" not in out
        assert not [line for line in out.splitlines() if line != line.rstrip()]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("concept", "multi-haed attention"), 1, "did you mean multi-head attention"),
        (("path", "XLNet", "no such idea"), 1, "no such idea"),
        (("search", "   "), 3, "empty"),
        (("search",), 2, "Usage"),  # nothing on standard input
        (("search", "x", "-n", "0"), 2, "Usage"),
        (("build", "no-such-list.md"), 3, "no-such-list.md"),
        (("add", "ftp://a.example/"), 3, "http"),
        (("show", "https://zhuanlan.example/p/106"), 1, "import SAVED.html"),
        (("show", "https://nowhere.example/"), 1, "no source"),
        (("remove", "https://nowhere.example/"), 1, "no source"),
        (("export", "/no/such/folder/x.graphml"), 3, "can't write"),
        (("export", "/dev/null", "--format", "graphml"), 3, "no ordinary file"),
        (("export", "x.xyz"), 3, "say --format: graphml, gexf"),
        (("export", "x.html", "--around", "no such idea"), 1, "no concept is called"),
        (("export", "x.html", "--kind", "no such kind"), 1, "loosen the options"),
        (("eval", "no-such-file"), 2, "no-such-file"),
        (("eval", str(DEMO / "questions.jsonl"), "--against", "k=3"), 3, "give library=..."),
        (("search", "\udcff"), 2, "UTF-8"),
        (("search", "x", "--source", "https://nowhere.example/"), 1, "no source"),
        (("search", "x", "--lang", "xx"), 1, "there are en, zh"),
        (("search", "x lang:xx"), 1, "there are en, zh"),
        (("search", "x", "--site", "nowhere.example"), 1, "notes.example"),
        (("search", "x", "--section", "nowhere"), 1, "Model compression"),
        (("search", "x", "--since", "tomorrow"), 3, "2020-01-31"),
        (("sources", "--since", "tomorrow"), 3, "2020-01-31"),
        (("search", "x", "--like", "nowhere"), 1, "no passage"),
        (("search", "--", "-vision"), 3, "give some words"),
        (("search", "--like", "0", "--mode", "keyword"), 3, "QUERY"),
        (("search", '"no such words at all"'), 1, "quotes"),
        (("bridge", "pruning", "--lang", "xx"), 1, "there are en, zh"),
        (("order", "prunning"), 1, "did you mean pruning"),
        (("new", "https://nowhere.example/"), 1, "no source"),
        (("new", "https://zhuanlan.example/p/106"), 1, "import SAVED.html"),
        (("disagree", "pruning", "no such idea"), 1, "no concept is called"),
        (("disagree", "XLNet"), 1, "nothing found"),
    ],
)
def test_trouble_is_one_line_that_names_the_mend(run: Run, words: tuple[str, ...], code: int, says: str) -> None:
    left, out, err = run(*words)
    assert (left, out) == (code, "")
    assert says in err
    if code != 2:
        assert len(err.splitlines()) == 1
        assert "Traceback" not in err


def test_no_library_names_the_command_that_makes_one(run: Run, tmp_path: pathlib.Path) -> None:
    for words in (("search", "x"), ("update",), ("status",), ("verify",), ("remove", "https://a.example/")):
        code, _, err = run(*words, library=tmp_path / "none")
        assert code == 3
        assert "ideagraph build" in err
        assert not (tmp_path / "none").exists()


def test_a_saved_page_mends_a_wall_and_is_never_fetched_over(run: Run, tmp_path: pathlib.Path) -> None:
    (tmp_path / "list.md").write_text("- [Attention](https://zhuanlan.example/p/106)\n", "utf-8")
    library, archive = tmp_path / "library", tmp_path / "demo.warc.gz"
    subprocess.run([sys.executable, DEMO / "serve.py", archive], check=True)
    build = ("build", str(tmp_path / "list.md"), "--replay", str(archive))
    code, out, _ = run(*build, library=library)
    assert code == 1, "nothing was indexed"
    assert "blocked" in out
    saved = DEMO / "pages" / "notes.example" / "why-several-heads.html"
    code, out, _ = run("import", str(saved), "--url", "https://zhuanlan.example/p/106", library=library)
    assert code == 0
    code, out, _ = run(*build, library=library)
    assert code == 0
    assert "1 indexed" in out
    code, out, _ = run("remove", "https://zhuanlan.example/p/106", library=library)
    assert code == 0
    assert json.loads(run("status", "--json", library=library)[1])["status"][0]["passages"] == 0
