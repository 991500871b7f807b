"""What texts read an acronym as, and when that is not what the glossary has."""

import pytest

from kg.acronyms import as_texts_have_it, readings
from kg.aliases import families
from kg.curation import Curation
from kg.glossary import Entry
from kg.names import key
from tests.test_variants import candidate, found

ENTRY = Entry("latent Dirichlet allocation", "隐狄利克雷分布", ("LDA", "topic allocation"))


FIELD = [Entry(name, "") for name in ("topic model", "word embedding", "Gibbs sampling")]


def glossary_after(acronym: str, *told: str, entry: Entry = ENTRY, of_the_field: int = 3) -> Entry:
    written = [candidate(name.en) for name in FIELD[:of_the_field]]
    names = found(candidate(acronym, "name"), *map(candidate, told), *written)
    pairs = {(key(long), key(acronym)): (2, 1) for long in told}
    after, *others = as_texts_have_it((entry, *FIELD), names, pairs)
    assert others == FIELD
    return after


def test_an_acronym_that_a_text_explains_means_no_other_name_with_its_initials() -> None:
    names = found(*map(candidate, ("DSA", "dough shaping arm")))
    assert families(names, {}, (), Curation()).leader("dsa") == families(names, {}, (), Curation()).leader(
        "doughshapingarm"
    )
    told = families(names, {("dailysourdoughadvice", "dsa"): (1, 1)}, (), Curation())
    assert told.leader("dsa") != told.leader("doughshapingarm")


def test_readings_are_the_long_forms_with_how_often() -> None:
    names = found(candidate("WAL", "name"), candidate("write-ahead log"))
    assert readings(names, {("writeaheadlog", "wal"): (3, 2), ("预写日志", "wal"): (1, 1)}) == {
        "wal": {"writeaheadlog": 3}
    }


def test_an_acronym_that_texts_give_to_something_else_leaves_the_entry() -> None:
    assert glossary_after("LDA", "linear discriminant analysis").aliases == ("topic allocation",)


@pytest.mark.parametrize(
    "told",
    [
        (),  # nothing is said
        ("latent Dirichlet allocation",),
        ("latent Dirichlet allocations", "linear discriminant analysis"),  # both are meant somewhere
        ("lightly decorated apples and pears",),  # no strict initials: a loose form of anything
    ],
)
def test_else_the_entry_stays_as_it_is(told: tuple[str, ...]) -> None:
    assert glossary_after("LDA", *told) == ENTRY


def test_a_loose_form_of_the_same_idea_refutes_nothing() -> None:
    entry = Entry("multilayer perceptron", "多层感知机", ("MLP",))
    assert glossary_after("MLP", "multi-layer perceptron", entry=entry) == entry


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("lime", ("局部可解释", "local explanations")),
        ("Lime", ("局部可解释", "local explanations")),
        ("LIME", ("LIME", "局部可解释", "local explanations")),
    ],
)
def test_a_word_is_no_acronym_where_no_text_writes_it_as_one(written: str, names: tuple[str, ...]) -> None:
    entry = Entry("LIME", "局部可解释", ("local explanations",))
    assert glossary_after(written, entry=entry).names == names


def test_an_acronym_that_is_no_word_may_be_written_small() -> None:
    entry = Entry("long short-term memory", "长短期记忆网络", ("LSTM",))
    assert glossary_after("lstm", entry=entry) == entry


@pytest.mark.parametrize("of_the_field", [3, 2])
def test_alone_in_texts_of_another_field_an_acronym_is_not_the_glossarys(of_the_field: int) -> None:
    entry = Entry("kernel density estimation", "核密度估计", ("KDE",))
    names = entry.names if of_the_field == 3 else ("kernel density estimation", "核密度估计")
    assert glossary_after("KDE", entry=entry, of_the_field=of_the_field).names == names
    told = glossary_after("KDE", "kernel density estimation", entry=entry, of_the_field=of_the_field)
    assert told == entry


def test_what_the_user_says_of_an_acronym_stands() -> None:
    entry = Entry("K Desktop Environment", "K 桌面环境", ("KDE",), own=True)
    assert glossary_after("KDE", "kernel density estimation", entry=entry, of_the_field=0) == entry
