import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.versions import ALIKE, ALIKE_ALONE, TRANSLATED, Pair, copied, copies, longest_chain, tokens, translations


def same(chain: Sequence[Pair]) -> float:
    return 1.0


ORIGINAL, OTHER = "https://original.example/", "https://other.example/"


def pairs(places: list[int], cosine: float = 0.7, url: str = ORIGINAL) -> list[Pair]:
    return [Pair(own, url, place, cosine) for own, place in enumerate(places)]


def test_the_same_things_in_the_same_order_are_a_translation() -> None:
    (found,) = translations(pairs([0, 1, 1, 3, 4, 6]), 6, same)
    assert (found.url, found.kind, found.share, found.whole) == (ORIGINAL, "translation", 1.0, True)


def test_the_same_topic_in_another_order_is_none() -> None:
    assert translations(pairs([9, 4, 7, 2, 5, 0, 3, 1]), 8, same) == []


def test_passages_that_are_only_near_are_none() -> None:
    assert translations(pairs(list(range(8)), ALIKE - 0.01), 8, same) == []


def test_a_part_needs_several_passages() -> None:
    (found,) = translations(pairs(list(range(6))), 15, same)
    assert (found.whole, found.share) == (False, 0.4)
    assert translations(pairs(list(range(4))), 10, same) == []


def test_a_short_source_must_be_nearer() -> None:
    assert translations(pairs([0, 1], ALIKE), 2, same) == []
    assert translations(pairs([0, 1], ALIKE_ALONE), 2, same)
    assert translations(pairs([0, 1], ALIKE_ALONE), 2, lambda _: TRANSLATED - 0.01) == []


def test_likeness_tells_a_translation_from_a_retelling_and_from_the_same_topic() -> None:
    chain = pairs(list(range(8)))
    assert [each.kind for each in translations(chain, 8, lambda _: 0.9)] == ["translation"]
    assert [each.kind for each in translations(chain, 8, lambda _: 0.6)] == ["counterpart"]
    assert translations(chain, 8, lambda _: 0.3) == []


def test_the_better_of_two_originals_comes_first() -> None:
    found = translations([*pairs(list(range(5)), url=OTHER), *pairs(list(range(8)))], 10, same)
    assert [each.url for each in found] == [ORIGINAL, OTHER]


@given(st.lists(st.integers(0, 9), max_size=9))
def test_no_chain_is_longer(places: list[int]) -> None:
    chain = longest_chain(pairs(places))
    assert chain == sorted(chain, key=lambda pair: (pair.own, pair.other))
    assert [pair.other for pair in chain] == sorted(pair.other for pair in chain)
    best = 0
    for chosen in range(1 << len(places)):
        some = [place for nth, place in enumerate(places) if chosen >> nth & 1]
        best = max(best, len(some) if some == sorted(some) else 0)
    assert len(chain) == best


TEXT = " ".join(f"word{nth}" for nth in range(200))


def test_a_copy_is_told_though_a_tenth_of_its_words_changed() -> None:
    words = TEXT.split()
    for nth in random.Random(0).sample(range(200), 10):
        words[nth] = "changed"
    (found,) = copies(" ".join(words), {"https://a.example/": f"Before. {TEXT} After.", "https://b.example/": "Else."})
    assert (found.url, found.kind, found.whole) == ("https://a.example/", "copy", True)
    assert 0.5 < found.share < 1


def test_a_quotation_is_a_part() -> None:
    (found,) = copies(f"{TEXT} {' '.join(TEXT.split()[::-1])}", {"https://a.example/": TEXT.replace("word150 ", "")})
    assert not found.whole
    assert found.share > 0.4


def test_the_same_words_in_other_sentences_are_no_copy() -> None:
    shuffled = TEXT.split()
    random.Random(1).shuffle(shuffled)
    assert copies(TEXT, {"https://a.example/": " ".join(shuffled)}) == []


def test_chinese_is_compared_by_characters_in_either_script() -> None:
    said = "知识蒸馏让小模型学习大模型的输出"
    assert tokens(said) == list(said)
    assert copies(said, {"https://a.example/": "知識蒸餾讓小模型學習大模型的輸出"})[0].share == 1.0


@settings(deadline=None)  # the first Chinese character loads a dictionary
@given(st.text(alphabet="ab 知识", max_size=60))
def test_all_of_a_text_stands_in_itself(text: str) -> None:
    words = tokens(text)
    rows = {tuple(words[nth : nth + 8]) for nth in range(len(words) - 7)}
    assert copied(words, rows) == (1.0 if rows else 0.0)
