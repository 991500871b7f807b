import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


# Each bar is a place where a sentence ends.
PARTED = [
    "One. |Two! |Three? |Four",
    "It has 3.5 GB in v2.1.0 now. |Then 4.",
    "He used it (Devlin et al. 2018), e.g. for questions, i.e. often. |Done.",
    "See Fig. 3, Eq. (2) and Sec. 4.1. |Then go on.",
    "J. R. Smith and Dr. B. Jones wrote it. |We agree.",
    "We need Q, K and V. |The rest follows.",
    "Use mills, wheels, etc. |They turn.",
    "Mills vs. wheels etc. in spring. |Smith et al. The end is near.".replace(" The", " |The"),
    "No. 5 is alive. |The answer is no. |Then stop.",
    '"Really?" she asked. |"Yes." |He left.',
    "(This is inside.) |That is not. |[1] So it goes.",
    "Wait... what? |Well... |Then yes.",
    "Is it 5? |7 is better.",
    "Use node.js or torch.nn here. |Good.",
    "它有三个轮子。|每个都转！|真的吗？！|是的……|也许；|不一定",
    "他说：“真的吗？”|然后走了。",
    "这叫作“自注意力。”，而不是别的。|好。",
    "（见第三节。）|模型有 3.5 亿参数，d=512。|结束。",
    "他用了 Transformer.|然后结束。",
    "英文 e.g. 也可以。|图见 Fig. 2。|好",
    "1. First of all. |Then more.\n|2. Second.",
    "a heading\n|\n|its text\n|- an item\n|- another".replace("|\n|", "\n|"),
]


@pytest.mark.parametrize("parted", PARTED)
def test_sentences_end_where_a_reader_ends_them(parted: str) -> None:
    assert cut(parted.replace("|", "")) == [piece.strip() for piece in parted.split("|")]


TEXTS = (
    st.lists(
        st.sampled_from(
            [
                "。",
                ".",
                "! ",
                "? ",
                "…",
                "\n",
                " ",
                "e.g. ",
                "Fig. ",
                "A. ",
                "注意力",
                "The ",
                "word",
                "”",
                ")",
                "3.",
                "5",
                "；",
            ]
        )
    ).map("".join)
    | st.text()
)


@given(TEXTS)
def test_sentences_hold_everything_but_white_space(text: str) -> None:
    spans = sentences(text)
    place = 0
    for start, end in spans:
        assert not text[place:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        place = end
    assert not text[place:].strip()


@given(TEXTS, TEXTS)
def test_lines_are_cut_each_on_its_own(first: str, second: str) -> None:
    first, second = first.strip(), second.strip()
    assert cut(f"{first}\n{second}") == cut(first) + cut(second)


def test_cutting_a_sentence_again_gives_it_back_in_chinese() -> None:
    for sentence in cut("它有三个轮子。每个都转！真的吗？！是的……也许；不一定"):
        assert cut(sentence) == [sentence]


@pytest.mark.parametrize("unit", ["a. ", "A. ", "1. ", "。", "x", ". ", "\n", '"', "e.g. ", "词"])
def test_time_is_linear(unit: str) -> None:
    def spent(count: int) -> float:
        text = unit * count
        begin = time.process_time()
        sentences(text)
        return time.process_time() - begin

    spent(1000)
    assert spent(100_000) < 100 * max(
        spent(10_000), 0.002
    )  # ten times is linear; a square would be hundredfold and more


def test_no_sentence_without_words() -> None:
    assert sentences("") == sentences(" \n\t ") == []
    assert re.fullmatch(r"\.+", cut("...")[0])
