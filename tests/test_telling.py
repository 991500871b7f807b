import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.telling import best, defines, said
from tests.saying import passage


@pytest.mark.parametrize(
    "sentence",
    [
        "*Yeast* is a fungus that makes dough rise.",
        "Yeast (Saccharomyces) is the fungus that makes dough rise.",
        "In baking, yeast refers to the fungus.",
        "yeast: The fungus that makes dough rise.",
        "*酵母*是一种真菌。",
        "酵母（yeast）是指让面团发起来的真菌。",
        "一句话概括，酵母就是把糖变成气体的真菌。",
        "酵母是让面团膨胀的一种真菌。",
    ],
)
def test_a_definition_is_told_from_the_words_behind_the_name(sentence: str) -> None:
    name = "酵母" if "酵母" in sentence else "yeast"
    start = sentence.lower().index(name)
    assert defines(sentence, start, start + len(name))


@pytest.mark.parametrize(
    "sentence",
    [
        "The price of yeast is a problem.",  # of the price it says what it is
        "Yeast is the same as before.",
        "We added yeast and waited.",
        "温度决定酵母的活性。",
        "面包师就是使用酵母的人。",
        "酵母就是用来发面的。",
    ],
)
def test_other_sentences_define_nothing(sentence: str) -> None:
    name = "酵母" if "酵母" in sentence else "yeast"
    start = sentence.lower().index(name)
    assert not defines(sentence, start, start + len(name))


@pytest.mark.parametrize(
    "sentence", ["This fungus is called yeast.", "这种真菌称为酵母。", "The fungus, known as yeast, grows."]
)
def test_a_name_that_is_given_is_a_definition(sentence: str) -> None:
    name = "酵母" if "酵母" in sentence else "yeast"
    start = sentence.index(name)
    assert defines(sentence, start, start + len(name))


def test_the_defining_sentence_is_quoted_first_with_its_place() -> None:
    text = passage("We like [yeast] very much indeed. [Yeast] is a fungus that makes dough rise.", start=100)
    found = said(text, "yeast")
    assert found is not None
    assert found.defines
    assert found.mentions == 2
    assert found.evidence[0].quote == "Yeast is a fungus that makes dough rise."
    for item in found.evidence:
        assert text.text[item.start - 100 : item.end - 100] == item.quote


def test_what_is_not_named_is_not_said() -> None:
    assert said(passage("Nothing of it here."), "yeast") is None


def test_a_definition_tells_more_than_a_heading_and_that_more_than_a_mention() -> None:
    mention = passage("Bakers of this town have always bought [yeast] there.", url="https://m.example/")
    heading = passage("Bakers of this town have always bought [yeast] there.", url="https://h.example/", headed="yeast")
    definition = passage("[Yeast] is a fungus that makes all this dough rise.", url="https://d.example/")
    order = [each.passage.url for each in best([mention, heading, definition], "yeast", {})]
    assert order == ["https://d.example/", "https://h.example/", "https://m.example/"]


def test_closeness_in_meaning_counts() -> None:
    one, two = (passage("Bakers of this town bought [yeast] there.", url=f"https://{name}.example/") for name in "ab")
    assert best([one, two], "yeast", {two.chunk: 0.3})[0].passage is two


def test_a_page_does_not_take_every_turn() -> None:
    same = [passage("Bakers of this town bought [yeast] there.", start=100 * nth) for nth in range(3)]
    other = passage("Bakers of this town bought [yeast] there.", url="https://b.example/")
    closer = dict.fromkeys((each.chunk for each in same), 0.4)
    assert [each.passage.url for each in best([*same, other], "yeast", closer)[:2]] == [same[0].url, other.url]


@given(st.permutations(range(4)))
def test_the_order_of_passages_is_of_no_matter(order: list[int]) -> None:
    every = [passage("Bakers bought [yeast] there.", start=100 * nth) for nth in range(4)]
    assert best([every[nth] for nth in order], "yeast", {}) == best(every, "yeast", {})
