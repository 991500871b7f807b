import dataclasses
import math
import random
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Passage, Place
from kg.quotes import MOST, penalty
from kg.relations import (
    FALSE_DISCOVERIES,
    MIN_LLR,
    OVERLAP,
    PARTNERS,
    Counts,
    Kept,
    discoveries,
    g2,
    kept,
    relations,
    support,
    weak,
)

WORDS = {"moss": "moss", "fern": "fern", "peat bog": "peat-bog", "bog": "bog", "苔藓": "moss", "蕨类": "fern"}
FILLER = "Nothing of note happens in this line."


def passage(url: str, *sentences: str, lang: str = "en", start: int = 0) -> Passage:
    """Return a passage of these sentences; every known word in it is a place, the longer before the one inside it."""
    text, spans, places = "", [], []
    for number, sentence in enumerate(sentences):
        spans.append((len(text), len(text) + len(sentence)))
        for match in re.finditer("|".join(sorted(WORDS, key=len, reverse=True)), sentence):
            concept = WORDS[match.group()]
            places.append(Place(concept, len(text) + match.start(), len(text) + match.end(), number))
        text += sentence + " "
    return Passage(f"{url}#{start}", url, lang, text.rstrip(), start, tuple(spans), tuple(places))


def library(*passages: Passage) -> list[Passage]:
    """Return these among pages that speak of nothing, so that chance has something to be compared with."""
    return [*passages, *(passage(f"https://quiet.example/{i}", *[FILLER] * 12) for i in range(20))]


def test_log_likelihood_is_dunnings_own_example() -> None:
    # table 2 of the paper: "the swiss" in 31,777 words of bank reports, -2 log lambda 270.72
    assert g2(110, 110 + 2442, 110 + 111, 110 + 2442 + 111 + 29114) == pytest.approx(270.72, abs=0.01)


def test_log_likelihood_of_independent_events_is_nothing() -> None:
    assert g2(10, 100, 100, 1000) == pytest.approx(0, abs=1e-9)


def test_a_pair_that_chance_explains_wholly_is_no_error() -> None:
    # 3 * 4000001 is just above 2000 * 6000: rounding made the log-likelihood of such a pair negative
    one = np.ones(1, np.int64)
    for windows in range(4_000_001, 4_000_400, 7):
        counts = Counts(
            ("a", "b"), windows, np.array([2000, 6000]), np.ones(2, np.bool_), one, 3 * one, one, one.astype(np.uint64)
        )
        assert kept(counts).llr.min() >= 0


def test_discoveries_are_those_of_the_paper() -> None:
    # Benjamini and Hochberg 1995, section 4.1: 15 hypotheses, of which the procedure rejects the first four
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ]  # fmt: skip
    assert discoveries(p, len(p)) == 4
    assert discoveries(p[:6], len(p)) == 4, "those that were not even looked at count as tests"
    assert discoveries(p, 10_000) == 0
    assert discoveries([], 0) == 0


@given(p=st.lists(st.floats(0, 1), max_size=30).map(sorted), more=st.integers(0, 100))
def test_discoveries_keep_the_procedures_promise(p: list[float], more: int) -> None:
    tests = len(p) + more
    found = discoveries(p, tests)
    assert found == max(
        (nth for nth in range(1, len(p) + 1) if p[nth - 1] * tests <= FALSE_DISCOVERIES * nth + 1e-12), default=0
    ) or math.isclose(p[max(found, 1) - 1] * tests, FALSE_DISCOVERIES * max(found, 1))
    assert discoveries(p, tests + 1) <= found, "more tests never make more discoveries"


COUNTS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 40)), max_size=40)


@settings(max_examples=100, deadline=None)
@given(rows=COUNTS, apart=st.integers(1, 60), windows=st.integers(1, 4000))
def test_what_is_kept_is_what_the_slow_clear_way_keeps(
    rows: list[tuple[int, int, int]], apart: int, windows: int
) -> None:
    both = {(min(a, b), max(a, b)): n for a, b, n in rows if a != b}
    single = [apart + sum(n for pair, n in both.items() if i in pair) for i in range(12)]
    total = max(windows, 2 * max(single))
    pairs = sorted(both)
    ones = np.ones(len(pairs), np.int64)
    counts = Counts(
        tuple(f"c{i:02}" for i in range(12)), total, np.array(single), np.ones(12, np.bool_),
        np.array([12 * a + b for a, b in pairs], np.int64), np.array([both[pair] for pair in pairs], np.int64), ones,
        ones.astype(np.uint64),
    )  # fmt: skip
    ranked = sorted(
        (-float(g2(both[a, b], single[a], single[b], total)) / OVERLAP, (a, b))
        for a, b in pairs
        if both[a, b] * total > single[a] * single[b]
    )
    tests = 12 * 11 / 2
    sure = discoveries([math.erfc(math.sqrt(-llr / 2)) for llr, _ in ranked], tests)
    partners = [0] * 12
    due = []
    for nth, (llr, (a, b)) in enumerate(ranked):
        if (nth < sure and -llr >= MIN_LLR) or min(partners[a], partners[b]) < PARTNERS:
            due.append(12 * a + b)
            partners[a] += 1
            partners[b] += 1
    found = kept(counts)
    assert found.pairs.tolist() == sorted(due)
    assert found.rarer.tolist() == [min(single[pair // 12], single[pair % 12]) for pair in found.pairs.tolist()]


@given(
    both=st.integers(1, 10**6), more=st.integers(0, 10**6), npmi=st.floats(0, 1), sources=st.integers(1, 1000),
    shared=st.integers(0, 999),
)  # fmt: skip
def test_a_weight_never_exceeds_what_distinct_evidence_supports(
    both: int, more: int, npmi: float, sources: int, shared: int
) -> None:
    def weight(both: int, rarer: int, npmi: float, sources: int, sites: int) -> float:
        one = np.array([both], np.int64)
        link = Kept(one, one, np.array([rarer]), one, one.astype(np.uint64), np.array([9.0]), np.array([npmi]))
        return float(link.weights(np.array([sources]), np.array([sites]))[0])

    sites = max(1, sources - shared)
    found = weight(both, both + more, npmi, sources, sites)
    assert 0 <= found <= float(support(sources, sites)) <= sources
    assert found < sources or npmi == 0 or found == 0
    assert weight(both + 1, both + 1 + more, npmi, sources, sites) >= found, "more places"
    assert weight(both, both + more, npmi, sources + 1, sites) >= found, "another page of a site"
    assert weight(both, both + more, npmi, sources + 1, sites + 1) >= found, "another site"


def test_a_concept_that_stands_everywhere_pays_for_it() -> None:
    said = [f"In valley {i} the moss meets the fern beside a bog." for i in range(8)]
    pages = [passage(f"https://s{i}.example/", FILLER, said[i]) for i in range(8)]
    everywhere = [passage(f"https://t{i}.example/", *["A bog is a bog."] * 4) for i in range(20)]
    weights = {frozenset((r.a, r.b)): r.weight for r in relations(library(*pages, *everywhere))}
    assert weights.get(frozenset(("bog", "moss")), 0.0) < weights[frozenset(("fern", "moss"))] / 2


def test_two_concepts_said_together_are_related_with_the_sentence_that_says_so() -> None:
    said = "Where moss is wet, fern is never far."
    (found,) = relations(library(passage("https://a.example/1", FILLER, FILLER, FILLER, said, FILLER)))
    assert (found.a, found.b, found.type) == ("fern", "moss", "related")
    assert [evidence.quote for evidence in found.evidence] == [said]
    assert weak(found), "one sentence of one page"


def test_quotes_are_slices_of_the_document() -> None:
    document = "A title of some kind.\n\n* Moss and fern: the moss feeds the fern.\n"
    part = passage("https://a.example/1", document[23:], start=23)
    (found,) = relations(library(part))
    (evidence,) = found.evidence
    assert evidence.quote == "Moss and fern: the moss feeds the fern."
    assert document[evidence.start : evidence.end] == evidence.quote


def test_far_apart_is_not_together() -> None:
    assert relations(library(passage("https://a.example/1", "Here is moss.", FILLER, FILLER, "Here is fern."))) == []
    assert (
        relations(library(passage("https://a.example/1", "Here is moss."), passage("https://a.example/1", "A fern.")))
        == []
    )
    assert relations(library(passage("https://a.example/1", "Here is moss.", FILLER, "Here is fern."))) != []


def test_a_name_inside_a_name_is_no_second_concept() -> None:
    assert relations(library(passage("https://a.example/1", "A peat bog is dark.", "Each peat bog is wet."))) == []
    both = relations(library(passage("https://a.example/1", "A peat bog dries and leaves a bog behind.")))
    assert [(relation.a, relation.b) for relation in both] == [("bog", "peat-bog")]


def test_a_title_strengthens_what_a_sentence_says_and_says_nothing_alone() -> None:
    said = "All moss likes rain, and the fern does too."
    page = passage("https://a.example/1", FILLER, FILLER, FILLER, FILLER, said)
    (plain,) = relations(library(page))
    (titled,) = relations(library(dataclasses.replace(page, topics=frozenset({"fern"}))))
    assert titled.llr > plain.llr
    assert titled.evidence == plain.evidence
    silent = passage("https://a.example/1", *[FILLER] * 4, "All moss likes rain.")
    assert relations(library(dataclasses.replace(silent, topics=frozenset({"fern"})))) == []


def test_the_more_sources_say_it_the_more_it_weighs_and_never_more_than_they_are() -> None:
    said = [f"In valley {i} the moss meets the fern." for i in range(6)]
    weights = []
    for count in range(1, 7):
        (found,) = relations(library(*(passage(f"https://s{i}.example/", FILLER, said[i]) for i in range(count))))
        assert (found.n_sources, found.n_sites, found.count) == (count, count, count)
        assert 0 < found.weight <= count
        weights.append(found.weight)
    assert weights == sorted(weights)


def test_pages_of_one_site_count_half_and_copies_not_at_all() -> None:
    said = ["In spring the moss meets the fern.", "In autumn the fern leaves the moss."]
    (sites,) = relations(library(passage("https://a.example/", said[0]), passage("https://b.example/", said[1])))
    (pages,) = relations(library(passage("https://a.example/1", said[0]), passage("https://a.example/2", said[1])))
    (copies,) = relations(library(passage("https://a.example/", said[0]), passage("https://b.example/", said[0])))
    assert (sites.n_sites, pages.n_sites, copies.n_sites) == (2, 1, 1)
    assert (sites.n_sources, pages.n_sources, copies.n_sources) == (2, 2, 1)
    assert sites.weight > pages.weight > copies.weight
    assert len(copies.evidence) == 1


def test_the_short_whole_sentence_leads_and_the_long_one_closes() -> None:
    long = "It was said by many " + "and again by many " * 30 + "that moss, in a way, is somehow close to fern."
    pages = (passage("https://a.example/", long), passage("https://b.example/", "The fern is a friend of the moss."))
    (found,) = relations(library(*pages))
    assert [evidence.url for evidence in found.evidence] == ["https://b.example/", "https://a.example/"]


def test_of_a_table_row_only_the_cell_that_names_both_is_quoted() -> None:
    (found,) = relations(library(passage("https://a.example/", "Plot 7 | the moss and its fern | 12 | wet")))
    assert [evidence.quote for evidence in found.evidence] == ["the moss and its fern"]
    (apart,) = relations(library(passage("https://a.example/", "Plot 7 | the moss | a fern | wet")))
    assert [evidence.quote for evidence in apart.evidence] == ["Plot 7 | the moss | a fern | wet"]


def test_a_second_language_is_heard_before_a_third_voice_in_the_first() -> None:
    (found,) = relations(
        library(
            passage("https://a.example/", "Of all these plants the fern is closest to the moss."),
            passage("https://b.example/", "Between the old stones the fern gives way to the moss."),
            passage(
                "https://c.example/", "苔藓和蕨类在一起", lang="zh"
            ),  # no full stop: a worse quote, but a new language
        )
    )
    assert [evidence.lang for evidence in found.evidence] == ["en", "zh", "en"]


def test_one_sentence_with_both_comes_before_two_neighbours() -> None:
    (found,) = relations(
        library(
            passage("https://a.example/", "Look at the moss on the stone.", "The fern beside it is older."),
            passage("https://b.example/", "Some people take moss for a fern of sorts."),
        )
    )
    assert found.evidence[0].url == "https://b.example/"
    assert found.evidence[1].quote == "Look at the moss on the stone. The fern beside it is older."


def test_a_pattern_gives_the_type_and_its_quote_leads() -> None:
    (found,) = relations(
        library(
            passage("https://a.example/", "Moss, fern, stone: moss and fern again and again."),
            passage("https://b.example/", "The moss is a kind of fern."),
        )
    )
    assert (found.type, found.a, found.b) == ("is-a", "moss", "fern")
    assert found.evidence[0].quote == "The moss is a kind of fern."


def test_a_sentence_that_lists_everything_says_nothing() -> None:
    listed = [f"thing{i}" for i in range(30)]
    text = ", ".join(listed)
    places = tuple(Place(name, text.index(f"{name}"), text.index(name) + len(name), 0) for name in listed)
    catalogue = Passage("c", "https://a.example/", "en", text, 0, ((0, len(text)),), places)
    assert relations(library(catalogue)) == []


def test_chance_is_not_taken_for_a_relation() -> None:
    random_ = random.Random(7)
    names = [f"n{i}" for i in range(60)]
    passages = []
    for page in range(120):
        sentences, places, text = [], [], ""
        for number in range(10):
            start = len(text)
            for name in random_.sample(names, random_.choice((0, 0, 1, 2))):
                places.append(Place(name, len(text), len(text) + len(name), number))
                text += f"{name} "
            text += "end. "
            sentences.append((start, len(text) - 1))
        passages.append(Passage(str(page), f"https://p{page}.example/", "en", text, 0, tuple(sentences), tuple(places)))
    sure = [found for found in relations(passages) if found.llr >= MIN_LLR]
    assert len(sure) <= 60 * 59 / 2 * 0.005, f"{len(sure)} of 1770 pairs look significant in noise (OVERLAP {OVERLAP})"


SENTENCES = st.lists(
    st.sampled_from([*(f"So {a} and {b} meet." for a in WORDS for b in WORDS), *(f"A {a}." for a in WORDS), FILLER]),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(pages=st.lists(SENTENCES, max_size=8), seed=st.randoms(use_true_random=False))
def test_any_order_of_passages_gives_the_same_bits_and_every_quote_holds(
    pages: list[list[str]], seed: random.Random
) -> None:
    passages = library(*(passage(f"https://s{i % 3}.example/{i}", *page, start=i * 7) for i, page in enumerate(pages)))
    found = relations(passages)
    shuffled = list(passages)
    seed.shuffle(shuffled)
    assert relations(iter(shuffled)) == found
    texts = {(p.url, p.start): p.text for p in passages}
    assert found == sorted(found, key=lambda relation: (relation.a, relation.b))
    for relation in found:
        assert relation.a != relation.b
        assert 1 <= len(relation.evidence) <= MOST
        assert 0 < relation.weight <= relation.n_sources
        assert relation.n_sites <= relation.n_sources
        assert 0 < relation.npmi <= 1 + 1e-12
        assert math.isfinite(relation.llr)
        for evidence in relation.evidence:
            start = int(evidence.chunk.partition("#")[2])
            assert texts[evidence.url, start][evidence.start - start : evidence.end - start] == evidence.quote


def test_what_speaks_against_a_quote_never_outweighs_a_further_sentence() -> None:
    worst = "and this | table | = {{ of arXiv " + "x" * 9000
    assert (
        0 == penalty("This one sentence is neither too long nor too short.".replace("This", "One")) < penalty(worst) < 1
    )
