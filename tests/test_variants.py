"""Forms of the same words are one concept, and names that only look like such forms are not."""

from collections.abc import Mapping

import pytest

from kg.aliases import families
from kg.candidates import Candidate, candidates
from kg.curation import Curation
from kg.evidence import Account, Term
from kg.families import Families, led_from
from kg.glossary import Entry
from kg.model import Merge
from kg.names import key


def candidate(surface: str, *cues: str) -> Term:
    """Return a candidate that each source names three times."""
    return Term(key(surface), 3, ((surface, 3),), tuple((cue, 3) for cue in sorted(cues)))


def found(*terms: Term) -> Mapping[str, Candidate]:
    """Return these candidates as two sources have them."""
    return candidates(Account(f"https://{site}.example/", terms, ()) for site in "ab").found


def joined(*terms: Term, entries: tuple[Entry, ...] = ()) -> Families:
    return families(found(*terms), {}, entries, Curation())


def n_ideas(*terms: Term) -> int:
    result = joined(*terms)
    return len({result.leader(term.key) for term in terms})


ONE = [
    ("hash join", "hash join mechanism"),
    ("pruning", "pruning method"),
    ("query-response", "query-response framework"),
    ("sourdough starter", "sourdough starter layer"),
    ("write-ahead log", "write-ahead log layer"),
    ("query caching", "query caching module"),
    ("tokenizer", "tokenizer module"),
    ("language model", "language modeling"),
    ("query caching", "caching queries"),
    ("position offset", "positional offset"),
    ("shard key", "sharded key"),
    ("多版本控制", "多版本控制机制"),
    ("多头注意力", "多头注意力层"),
]
TWO = [
    ("neural", "neural network"),
    ("pool", "pool layer"),
    ("neural network", "neural network layer"),
    ("pre-training", "pre-training model"),
    ("norm vector", "normal vector"),
    ("language", "language model"),
    ("hash join", "merge join"),
    ("数据", "数据层"),
    ("boot kernel", "boot kernel module"),
    ("boot内核", "boot内核模块"),
    ("disk", "disk block"),
    ("redundancy", "redundancy block"),
    ("batch size", "batch sizing error"),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_forms_of_the_same_words_are_one(one: str, other: str) -> None:
    result = joined(candidate(one), candidate(other))
    assert result.leader(key(one)) == result.leader(key(other))
    (merge,) = result.merges(key(one))
    assert merge.witness.startswith("variant: ")


def test_a_module_or_the_policy_of_what_has_a_proper_name_is_another_thing() -> None:
    names = [candidate("OpenRaid", "name"), *map(candidate, ("OpenRaid module", "OpenRaid 模块", "OpenRaid 策略"))]
    names.append(candidate("OpenRaid operation"))
    assert n_ideas(*names) == 5 - 1  # the module in two scripts is one


def test_functions_of_what_has_a_proper_name_are_many_and_the_function_of_that_name_is_one() -> None:
    names = [candidate("BROT", "name"), candidate("BROT function"), candidate("ROLU", "name")]
    assert n_ideas(*names, candidate("ROLU functions")) == 4 - 1


@pytest.mark.parametrize(("one", "other"), TWO)
def test_more_than_a_form_stays_apart(one: str, other: str) -> None:
    result = joined(candidate(one), candidate(other))
    assert result.leader(key(one)) != result.leader(key(other))


def test_a_tail_behind_a_name_is_mere_and_inside_a_word_it_is_none() -> None:
    names = candidate("BERT", "name"), candidate("BERT score", "name"), candidate("BERTScore", "name")
    result = joined(*names[:2])
    assert result.leader("bert") == result.leader("bertscore")
    result = joined(names[0], names[2])
    assert result.leader("bert") != result.leader("bertscore")


def test_an_acronym_inside_a_name_stands_for_its_words() -> None:
    entry = Entry("write-ahead log", "预写日志", ("WAL",))
    names = [candidate(each) for each in ("write-ahead log", "WAL record", "write-ahead log record")]
    result = joined(*names, candidate("WAL", "name"), entries=(entry,))
    assert result.leader("walrecord") == result.leader("writeaheadlogrecord")
    assert result.merges("walrecord")[0].witness == "abridged: WAL"


def test_what_the_glossary_has_in_two_entries_no_form_joins() -> None:
    entries = (Entry("hash join", "哈希连接"), Entry("hash join mechanism", "哈希连接机制"))
    result = joined(candidate("hash join"), candidate("hash join mechanism"), entries=entries)
    assert result.leader("hashjoin") != result.leader("hashjoinmechanism")


def test_merges_lead_from_every_key_to_the_root() -> None:
    merges = [Merge("b", "a", "x"), Merge("c", "b", "y"), Merge("d", "b", "z")]
    assert led_from("d", merges) == (Merge("a", "b", "x"), Merge("b", "d", "z"), Merge("c", "b", "y"))
