import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import script_language


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("为什么", "zh"),
        ("剪枝", "zh"),
        ("why", "en"),
        ("剪枝 BERT 加速推理", "zh"),
        ("XLNet Permutation Language Modeling 是什么", "zh"),
        ("我们用 Transformer、BERT 和 GPT-2 做 machine translation。", "zh"),
        ("The term 注意力 stands for attention in the text.", "en"),
        ("We call it Aufmerksamkeit, or α-weighting, in the paper.", "en"),
        ("注意機構とはなにか", "ja"),
        ("トークン", "ja"),
        ("어텐션이란 무엇인가", "ko"),
        ("注意力（日文写作アテンション）是一种加权的方法，在翻译里最先出现。", "zh"),
        ("Что такое BERT", "ru"),
        ("الانتباه", "ar"),
    ],
)
def test_the_script_tells_the_language(text: str, lang: str) -> None:
    assert script_language(text) == lang


@pytest.mark.parametrize("text", ["", "123 + 4 = ?", "。！？", "🙂"])
def test_where_no_script_tells_the_default_stands(text: str) -> None:
    assert (script_language(text), script_language(text, "de")) == ("", "de")


def test_latin_script_is_the_default_s_if_that_is_written_in_it() -> None:
    assert script_language("une tête d’attention", "fr") == "fr"
    assert script_language("import torch", "zh") == "en"


@given(st.text(), st.sampled_from(["", "en", "zh", "fr"]))
def test_any_text_has_a_language_or_the_default(text: str, default: str) -> None:
    assert script_language(text, default) in {default, "en", "zh", "ja", "ko", "ru", "el", "ar", "he", "hi", "th"}


@given(st.text(alphabet="多头注意力机制", min_size=1), st.text(alphabet="0123456789 .,+-", max_size=50))
def test_digits_and_signs_change_nothing(chinese: str, signs: str) -> None:
    assert script_language(signs + chinese) == script_language(chinese) == "zh"
