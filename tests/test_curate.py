"""Decisions about concepts are added, listed and taken out; the rest of the file is the user's."""

import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import BadInput, NotFound
from kg.curation import Rule, parsed, with_rule, without_rule
from kg.names import key
from service import curate, edit
from service.ask import Snapshot
from service.canonical import canonical
from tests.test_edit import ONE, THREE, TWO, QuickJob, job

__all__ = ["job"]  # the fixture

OWN = """# mine

[[ban]]
name = "figure"  # too general

# about heads

[[split]]
names = [
  "a b",
  "c d",
]
"""
NAME = st.text(min_size=1, max_size=12).filter(lambda text: bool(key(text)) and bool(text.strip()))
SEVERAL = st.lists(NAME, min_size=2, max_size=3).map(tuple)
RULE = st.one_of(
    st.builds(Rule, st.sampled_from(["merge", "split"]), SEVERAL),
    st.builds(Rule, st.just("ban"), st.tuples(NAME)),
    st.builds(Rule, st.sampled_from(["rename", "kind"]), st.tuples(NAME), NAME),
)
SOMEWHERE = pathlib.Path("curation.toml")


@given(st.sampled_from(["", OWN, "# only a comment", OWN.replace("\n", "\r\n")]), st.lists(RULE, max_size=4))
def test_what_is_added_reads_back_and_what_stood_there_stays(text: str, rules: list[Rule]) -> None:
    before = parsed(text, SOMEWHERE).rules
    grown = text
    for rule in rules:
        longer = with_rule(grown, rule)
        assert longer.startswith(grown)
        grown = longer
    assert parsed(grown, SOMEWHERE).rules == (*before, *rules)


@given(st.sampled_from([OWN, OWN.replace("\n", "\r\n")]), st.lists(RULE, max_size=4), st.data())
def test_taking_one_out_leaves_the_others_and_every_comment_between(
    text: str, rules: list[Rule], data: st.DataObject
) -> None:
    for rule in rules:
        text = with_rule(text, rule)
    whole = parsed(text, SOMEWHERE).rules
    place = data.draw(st.integers(0, len(whole) - 1))
    left = without_rule(text, whole[place])
    assert parsed(left, SOMEWHERE).rules == whole[:place] + whole[place + 1 :]
    assert [line for line in left.splitlines() if line.startswith("#")] == ["# mine", "# about heads"]


def test_adding_and_taking_out_leaves_the_file_as_it_was() -> None:
    rule = Rule("merge", ("束搜索", 'a "quoted" name\\'))
    grown = with_rule(OWN, rule)
    assert grown == OWN + '\n[[merge]]\nnames = ["束搜索", "a \\"quoted\\" name\\\\"]\n'
    assert without_rule(grown, parsed(grown, SOMEWHERE).rules[-1]).strip() == OWN.strip()


@pytest.fixture
def built(job: QuickJob, tmp_path: pathlib.Path) -> QuickJob:
    path = tmp_path / "list.md"
    path.write_text("".join(f"- {url}\n" for url in (ONE, TWO, THREE)), "utf-8")
    edit.build(job, [path])
    return job


def _name(job: edit.Job, name: str) -> str:
    with Snapshot.open(job.library) as snapshot:
        return snapshot.ideas.concept(name, k=1).concept.id


DECISIONS = [
    Rule("merge", ("pruning", "knowledge distillation")),
    Rule("split", ("多头注意力", "multi-head attention")),
    Rule("rename", ("pruning",), "cutting back"),
    Rule("ban", ("pruning",)),
    Rule("kind", ("pruning",), "craft"),
    Rule("merge", ("network pruning", "knowledge distillation")),  # by a name that only the glossary has
]


@pytest.mark.parametrize("rule", DECISIONS, ids=str)
def test_a_decision_changes_the_graph_and_taking_it_out_brings_it_back(built: QuickJob, rule: Rule) -> None:
    before = canonical(built.library)
    row, report = curate.decide(built, rule)
    assert (row.number, row.action, row.names, row.value, row.matches) == (1, rule.action, rule.names, rule.value, True)
    assert report.warnings == []
    assert canonical(built.library) != before
    gone, _ = curate.undo(built, 1)
    assert gone.names == rule.names
    assert canonical(built.library) == before
    assert curate.rules(built.library) == []


def test_a_merge_is_explained_by_the_users_own_word(built: QuickJob) -> None:
    curate.decide(built, DECISIONS[0])
    assert _name(built, "pruning") == _name(built, "knowledge distillation")
    with Snapshot.open(built.library) as snapshot:
        assert "curation" in {row.witness for row in snapshot.ideas.why("pruning")}


def test_a_decision_that_matches_nothing_is_told_and_listed(built: QuickJob) -> None:
    row, report = curate.decide(built, Rule("ban", ("prunning",)))
    assert row.matches is False
    (warning,) = report.warnings
    assert warning.startswith("rule 1 decides nothing now: no passage has 'prunning' (near it: pruning); 'ideagraph")
    curate.decide(built, DECISIONS[3])
    assert [row.matches for row in curate.rules(built.library)] == [False, True]


def test_a_file_newer_than_the_graph_is_not_judged(built: QuickJob) -> None:
    path = built.library.folder / "curation.toml"
    path.write_text(OWN, "utf-8")
    assert [(row.line, row.matches) for row in curate.rules(built.library)] == [(3, None), (8, None)]


def test_the_same_decision_twice_and_a_number_that_is_none_are_refused(built: QuickJob) -> None:
    curate.decide(built, DECISIONS[0])
    with pytest.raises(BadInput, match=r"says so already: rule 1"):
        curate.decide(built, DECISIONS[0])
    for number in (0, 2):
        with pytest.raises(NotFound, match=f"there is no rule {number}"):
            curate.undo(built, number)


def test_a_rule_in_another_form_is_left_to_an_editor(built: QuickJob) -> None:
    path = built.library.folder / "curation.toml"
    text = 'ban = [{name = "pruning"}, {name = "figure"}]\n'
    path.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=r"curation\.toml:1: this rule can't be taken out by itself"):
        curate.undo(built, 1)
    with pytest.raises(BadInput):
        curate.decide(built, Rule("ban", ("gradient",)))
    assert path.read_text("utf-8") == text
