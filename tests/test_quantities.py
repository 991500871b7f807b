import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.quantities import quantities, values


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        ("It uses 8 attention heads and six layers.", [(8, "head"), (6, "layer")]),
        ("它使用了8个注意力头，共6层。", [(8, "head"), (6, "layer")]),
        ("它有八个头、十二层。", [(8, "head"), (12, "layer")]),
        ("二十四层的网络更深。", [(24, "layer")]),
        ("It has 340M parameters.", [(340e6, "parameter")]),
        ("It has 1.5 billion parameters.", [(1.5e9, "parameter")]),
        ("它有3.4亿参数。", [(3.4e8, "parameter")]),
        ("Of all weights, 60% of the weights go.", [(0.6, "% parameter")]),
        ("剪掉60%的权重。", [(0.6, "% parameter")]),
        ("It is 40% smaller and 2x faster.", [(0.4, "% less large"), (2, "times more fast")]),
        ("速度快了3倍。", [(3, "times more fast")]),
        ("参数减少了40%。", [(0.4, "% less grow")]),
        ("It reduces the memory by 4x.", [(4, "times less grow")]),
        ("We waited 12 hours.", [(12, "hour")]),
        ("等了12个小时。", [(12, "hour")]),
        ("So 1,024 tokens fit in.", [(1024, "token")]),
    ],
)
def test_numbers_and_what_they_count_in_both_languages(sentence: str, stated: list[tuple[float, str]]) -> None:
    found = quantities(sentence)
    assert [each.unit for each in found] == [unit for _, unit in stated]
    assert [each.value for each in found] == pytest.approx([value for value, _ in stated])


@pytest.mark.parametrize(
    "sentence",
    [
        "GPT-2 layers came in 2019.",
        "In 1998 papers were few.",
        "The third layer is different.",
        "第3层不一样。",
        "See figure 3 layers of it.",
        "At least 8 heads are needed.",
        "至少需要8个头。",
        "If it had 8 heads we would know.",
        "假设有8个头。",
        "2.1 Soft attention",
        "Version 1.5.2 layers differ.",
        "It has one head.",
        "它只有一个头。",
    ],
)
def test_what_is_no_quantity(sentence: str) -> None:
    assert quantities(sentence) == []


def test_the_words_stand_where_it_says() -> None:
    sentence = "The encoder has twelve self-attention layers in all."
    (found,) = quantities(sentence)
    assert sentence[found.start : found.end] == "twelve self-attention layers"
    assert sentence[slice(*found.phrase)] == "self-attention layers"
    assert sentence[slice(*found.head)] == "layers"
    sentence = "共有6层编码器。"
    (found,) = quantities(sentence)
    assert sentence[slice(*found.head)] == "层"


def test_every_number_is_known_whatever_it_counts() -> None:
    assert values("12 of 24 layers, 三个头, 40%") == {12, 24, 3, 40}


@settings(deadline=None)  # the first Chinese character loads a dictionary
@given(st.text(alphabet="ab 0123456789.,%x倍个层头三十的有 "))
def test_it_never_fails_and_stays_inside(sentence: str) -> None:
    for found in quantities(sentence):
        assert 0 <= found.start <= found.phrase[0] <= found.phrase[1] <= found.end <= len(sentence)
