"""What all accounts say together: the sums in columns are those of the slow clear way, whatever the order."""

import collections
import math
import random
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import candidates as sums
from kg import ranking
from kg.candidates import Candidates, Sums, candidates, together
from kg.evidence import CUES, POINTING, Account, Term
from kg.names import is_acronym, key
from kg.selection import are_terms

SPELLINGS = (
    "language model", "Language Models", "language modelling", "pruning", "pruning method", "BERT", "Bert",
    "BERT model", "注意力机制", "注意力", "the", "ICLR", "query-key pairs", "query key pair",
)  # fmt: skip
OFTEN = st.sampled_from((1, 1, 1, 2, 4, 5, 9))
TERMS = st.dictionaries(
    st.sampled_from(SPELLINGS),
    st.tuples(OFTEN, st.one_of(st.just({}), st.dictionaries(st.sampled_from(CUES), OFTEN, max_size=4))),
    max_size=6,
)
KEYS = st.sampled_from(("bert", "pruning", "注意力"))
GLOSSES = st.dictionaries(st.tuples(KEYS, KEYS), st.integers(1, 3), max_size=2)
SOURCES = st.lists(st.tuples(TERMS, GLOSSES), max_size=5)
Written = Mapping[str, tuple[int, Mapping[str, int]]]


def account(nth: int, written: Written, glosses: Mapping[tuple[str, str], int]) -> Account:
    """Return what a source says that has these spellings so often, with these cues."""
    by_key: dict[str, list[str]] = {}
    for surface in sorted(written):
        by_key.setdefault(key(surface), []).append(surface)
    terms = []
    for name in sorted(by_key):
        cues: collections.Counter[str] = collections.Counter()
        for surface in by_key[name]:
            cues.update(written[surface][1])
        counts = tuple((surface, written[surface][0]) for surface in by_key[name])
        terms.append(Term(name, sum(count for _, count in counts), counts, tuple(sorted(cues.items()))))
    pairs = tuple((left, right, count) for (left, right), count in sorted(glosses.items()))
    return Account(f"https://{nth}.example/", tuple(terms), pairs)


def shown(every: Candidates) -> dict[str, tuple[object, ...]]:
    assert [each.row for each in every.found.values()] == list(range(len(every.found)))
    cues = np.stack((every.sums.cues, every.sums.cue_sources), axis=2).tolist()
    result: dict[str, tuple[object, ...]] = {}
    for name, each in every.found.items():
        both = {cue: tuple(pair) for cue, pair in zip(CUES, cues[each.row], strict=True)}
        result[name] = each.count, each.urls, each.n_sources, each.surfaces, each.surface, both
    return result


def clear(said: Sequence[Account], known: set[str]) -> dict[str, tuple[object, ...]]:
    """Return the same, term by term."""
    of: dict[str, list[tuple[str, Term]]] = {}
    for each in said:
        for term in each.terms:
            of.setdefault(term.key, []).append((each.url, term))
    pointing = {*POINTING, "name"}
    kept = {
        name
        for name, terms in of.items()
        if sum(term.count for _, term in terms) > 1
        or name in known
        or any(cue in pointing for _, term in terms for cue, _ in term.cues)
    }
    kept |= {name for name in of if any(name == each + tail for each in kept for tail in ("model", "method", "机制"))}
    result: dict[str, tuple[object, ...]] = {}
    for name in sorted(kept):
        surfaces: collections.Counter[str] = collections.Counter()
        cues = {cue: [0, 0] for cue in CUES}
        for _, term in of[name]:
            surfaces.update(dict(term.surfaces))
            for cue, count in term.cues:
                cues[cue][0] += count
                cues[cue][1] += 1
        urls = frozenset(url for url, _ in of[name])
        best = min(surfaces, key=lambda surface: (-surfaces[surface], surface))
        count = sum(term.count for _, term in of[name])
        result[name] = count, urls, len(urls), dict(surfaces), best, {cue: tuple(both) for cue, both in cues.items()}
    return result


@settings(max_examples=300)
@given(SOURCES, st.sets(st.sampled_from(("the", "iclr", "nowhere"))), st.randoms(use_true_random=False))
def test_the_sums_are_those_of_the_slow_clear_way_in_any_order(
    said: list[tuple[Written, Mapping[tuple[str, str], int]]], known: set[str], chance: random.Random
) -> None:
    accounts = [account(nth, *each) for nth, each in enumerate(said)]
    whole = candidates(accounts, known)
    assert shown(whole) == clear(accounts, known)
    assert list(whole.found) == sorted(whole.found)
    told: dict[tuple[str, str], tuple[int, int]] = {}
    for each in accounts:
        for left, right, count in each.glosses:
            total, sources = told.get((left, right), (0, 0))
            told[left, right] = total + count, sources + 1
    assert whole.pairs == told
    chance.shuffle(accounts)
    mixed = candidates(iter(accounts), known)
    assert (shown(mixed), mixed.pairs) == (shown(whole), whole.pairs)


def test_added_up_in_parts_they_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = [account(nth, {surface: (1, {}) for surface in SPELLINGS[nth::3]}, {}) for nth in range(6)]
    whole = shown(candidates(accounts))
    assert whole
    monkeypatch.setattr(sums, "_AT_ONCE", 3)
    assert shown(candidates(accounts)) == whole


def is_term(said: Sums, row: int, total: int) -> bool:
    """Tell whether it may be a concept, rule by rule."""
    count, cues, of = said.counts.item(row), said.cues[row].tolist(), said.cue_sources[row].tolist()
    has, pointed = dict(zip(CUES, cues, strict=True)), sum(of[CUES.index(cue)] for cue in POINTING)
    is_name = has["name"] * 2 > count
    if has["whole"] == 0 or (has["whole"] < 0.12 * count and not is_name) or has["person"] * 3 > count:
        return False
    if has["dated"] * 3 > count and is_acronym(said.surfaces[row]):
        return False
    if is_name:
        return count > 1 or pointed > 1
    sources = said.n_sources.item(row)
    if has["single"] * 2 > count:
        outstanding = ranking.contrast(said.surfaces[row], count, total)
        if pointed > 1:
            return outstanding > 0
        if has["verb"] * 4 > count:
            return False
        return outstanding > 1 and count >= (2 if pointed else 4) and (sources > 1 or count >= (4 if pointed else 6))
    if pointed > 1:
        return True
    loose = has["general"] + has["weak"]
    if loose > 1.5 * count:
        return bool(pointed > 0 and has["whole"] >= 8)
    if loose * 2 > count:
        return sources > 2 and has["whole"] >= 4
    return (sources > 1 and count >= 3 and has["whole"] >= 2) or has["whole"] >= 5 or (pointed > 0 and count >= 2)


ROW = st.tuples(
    st.sampled_from(SPELLINGS), st.integers(1, 7), st.integers(1, 4), st.integers(0, 9),
    st.dictionaries(
        st.sampled_from(("general", "weak", "single", "verb", "name", "person", "dated", "heading", "gloss")),
        st.tuples(st.integers(1, 7), st.integers(1, 3)), max_size=2,
    ),
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(ROW, min_size=10, max_size=20), st.integers(100, 10**7))
def test_all_at_once_the_same_are_terms_as_one_by_one(
    drawn: list[tuple[str, int, int, int, Mapping[str, tuple[int, int]]]], total: int
) -> None:
    rows = [(surface, count, n, {"whole": (whole, 1), **has}) for surface, count, n, whole, has in drawn]
    columns = np.array([[has.get(cue, (0, 0)) for cue in CUES] for *_, has in rows], np.int64)
    columns = columns.reshape(len(rows), len(CUES), 2)
    said = Sums(
        np.array([count for _, count, *_ in rows], np.int64), np.array([n for _, _, n, _ in rows], np.int64),
        columns[:, :, 0], columns[:, :, 1], [surface for surface, *_ in rows],
    )  # fmt: skip
    assert are_terms(said, total).tolist() == [is_term(said, row, total) for row in range(len(rows))]


@settings(max_examples=300)
@given(SOURCES)
def test_families_are_summed_and_ranked_as_the_formula_says(
    said: list[tuple[Written, Mapping[tuple[str, str], int]]],
) -> None:
    every = candidates([account(nth, *each) for nth, each in enumerate(said)])
    members = list(every.found.values())
    families = [members[:2], *([each] for each in members[2:])] if len(members) > 1 else []
    whole = together(families, every.sums)
    for nth, (family, score) in enumerate(zip(families, ranking.scores(families, every.sums), strict=True)):
        rows = [each.row for each in family]
        urls = frozenset().union(*(each.urls for each in family))
        assert whole.counts[nth] == sum(each.count for each in family)
        assert whole.n_sources[nth] == len(urls)
        assert np.array_equal(whole.cues[nth], every.sums.cues[rows].sum(axis=0))
        freed = [0.25 * each.count + 0.75 * each.having("whole") for each in family]
        lengths = [len(ranking._words(each.surface)) for each in family]  # jieba's cut is not the point
        repeated = math.log2(1 + sum(f * math.log2(1 + n) for f, n in zip(freed, lengths, strict=True)))
        weights = ranking._POINTED  # nor are the numbers
        pointed = 1 + sum(weight * math.log2(1 + whole.pointing(cue)[nth]) for cue, weight in weights.items())
        loud = [each for each in family if each.count >= max(one.count for one in family) / 5]
        specific = max(ranking.specificity(each.surface) for each in loud)
        is_name = any(each.having("name") * 2 > each.count for each in family)
        is_general = all(each.having("general") * 2 > each.count for each in family)
        shape = 1.3 if is_name else 0.6 if is_general else 1
        spread = 1 + 0.5 * math.log2(len(urls))
        assert score == pytest.approx(repeated * spread * pointed * specific * shape)
