"""What counts as a candidate in one passage, in both languages."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.model import Chunk, Span, chunk_id
from kg.mentions import mentions
from kg.model import Found
from kg.names import key


def chunk(
    text: str, *, title: str = "", heading: tuple[str, ...] = (), spans: str = "", block: str = "paragraph"
) -> Chunk:
    """Return a passage; `spans` names marks as kind=words, separated by |."""
    marks = []
    for mark in filter(None, spans.split("|")):
        kind, _, words = mark.partition("=")
        start = text.index(words)
        marks.append(Span(start, start + len(words), kind))
    url = "https://one.example/"
    return Chunk(
        id=chunk_id(url, text, 0), url=url, title=title, lang="en", heading=heading, text=text, start=0, end=len(text),
        blocks=(Span(0, len(text), block),), marks=tuple(marks),
    )  # fmt: skip


def surfaces(text: str, found: Found) -> list[str]:
    return [text[mention.start : mention.end] for mention in found.mentions]


def named(text: str, **how: str) -> list[str]:
    return surfaces(text, mentions(chunk(text, **how)))  # type: ignore[arg-type]  # only texts are passed on


def cues(text: str, surface: str, **how: str) -> frozenset[str]:
    found = mentions(chunk(text, **how))  # type: ignore[arg-type]  # only texts are passed on
    return next(m.cues for m in found.mentions if text[m.start : m.end] == surface)


MIXED = st.text(
    alphabet=st.sampled_from(
        [*"aAbZ19 -_.,;:()（）。，\n$*\\<>@/'\"", "é", "注", "意", "力", "的", "機", "😀", "\u00a0"]
    ),
    max_size=80,
)


@settings(max_examples=150, deadline=None)
@given(MIXED)
def test_every_mention_stands_where_it_says_inside_its_sentence(text: str) -> None:
    found = mentions(chunk(text))
    for mention in found.mentions:
        start, end = found.sentences[mention.sentence]
        assert start <= mention.start < mention.end <= end
        assert mention.key == key(text[mention.start : mention.end])
    places = [(mention.start, -mention.end) for mention in found.mentions]
    assert places == sorted(set(places))
    for gloss in found.glosses:
        assert 0 <= gloss.start < gloss.end <= len(text)


def test_the_same_passage_gives_the_same_mentions_whatever_came_before() -> None:
    text = "残差连接让 deep residual networks 更容易训练。"
    first = mentions(chunk(text))
    mentions(chunk("Something else entirely, about query planners."))
    assert mentions(chunk(text)) == first


def test_hyphens_are_whole_and_function_words_end_a_term() -> None:
    found = named("The multi-head attention of an encoder is computed by scaled dot-product attention.")
    assert {"multi-head attention", "encoder", "scaled dot-product attention"} <= set(found)
    assert not {"multi", "head attention of", "The multi-head attention", "computed"} & set(found)


def test_general_words_alone_are_no_candidates() -> None:
    text = "For example, this model shows that the result of each word is a number here, and it matters."
    assert named(text) == []


def test_general_words_together_may_be_a_term() -> None:
    assert "language model" in named("We trained a language model on it.")


@pytest.mark.parametrize("name", ["XLNet", "T5", "GPT-2", "BPE", "word2vec", "Transformer-XL", "PostgreSQL", "B2B"])
def test_shapes_of_names_are_candidates_with_a_cue(name: str) -> None:
    assert "name" in cues(f"It was compared with {name} there.", name)


@pytest.mark.parametrize("name", ["torch.nn", "d_model", "nHeads", "h-1", "2018", "x", "forward()", "model.fit(x)"])
def test_what_only_a_program_or_a_formula_says_is_none(name: str) -> None:
    assert named(f"Then {name} is it.") == []


@pytest.mark.parametrize("kind", ["inline-code", "inline-math"])
def test_inline_code_and_math_are_none(kind: str) -> None:
    assert named("Call attention here.", spans=f"{kind}=attention") == []


@pytest.mark.parametrize("kind", ["code", "math"])
def test_blocks_of_code_and_math_are_none(kind: str) -> None:
    assert named("attention encoder decoder", block=kind) == []


def test_a_table_of_numbers_is_none_but_a_table_of_words_may_be() -> None:
    assert named("encoder 12.5 13.7\ndecoder 99.1 87.2 12.11", block="table") == []
    assert "encoder" in named("encoder reads the sentence\ndecoder writes it", block="table")


def test_addresses_citations_and_reference_sections_are_none() -> None:
    assert named("See https://papers.example/attention-encoder or write to encoder@mail.example today.") == []
    assert named("It was shown before (Miller et al., 2019) and by Miller and Jones (2018).") == []
    cited = chunk("Attention for encoders. In: Deep Networks.", heading=("Article", "7. References"))
    assert mentions(cited).mentions == ()


def test_people_carry_a_cue() -> None:
    assert "person" in cues("This was seen by Emily Miller in her garden.", "Emily Miller")
    assert "person" in cues("As told by H. Quimby in it.", "Quimby")


def test_places_of_publication_carry_a_cue() -> None:
    assert "dated" in cues("It appeared at VLDB 2018 there.", "VLDB")


def test_chinese_terms_are_found_between_function_words() -> None:
    found = named("我们使用多头注意力和残差连接来训练编码器。")
    assert {"多头注意力", "残差连接", "编码器"} <= set(found)
    assert not any(re.search("我们|使用|和|来", surface) for surface in found)


def test_latin_names_in_chinese_text_are_found_alone_and_with_their_chinese_head() -> None:
    found = named("后来的Transformer模型和 BERT 都用了它。")
    assert {"Transformer", "Transformer模型", "BERT"} <= set(found)


def test_words_that_are_verbs_elsewhere_close_a_name() -> None:
    assert {"test set", "public key"} <= set(named("The test set has a public key and the private keys."))
    assert {"验证集", "远程登录", "依赖关系", "边界框"} <= set(named("验证集与远程登录、依赖关系、边界框。"))


def test_a_prefix_that_looks_like_the_sign_of_the_past_is_told_by_the_verb_after_it() -> None:
    assert "过拟合" in named("用于防止过拟合的技术。")
    assert not any("过" in surface for surface in named("我们用过模型，做过实验。"))


def test_adjectives_of_mathematics_are_no_names_by_themselves_and_open_one() -> None:
    found = named("It is linear, sparse and binary: a linear regression, a sparse kernel.")
    assert {"linear regression", "sparse kernel"} <= set(found)
    assert not {"linear", "sparse", "binary"} & set(found)


def test_capitals_that_spell_a_given_name_are_no_person() -> None:
    assert "person" not in cues("Take ALBERT here.", "ALBERT")
    assert "person" in cues("Take Albert here.", "Albert")


def test_general_chinese_words_alone_are_no_candidates() -> None:
    assert named("这个图表示了论文的结果，例如方法的问题。") == []


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    simplified, traditional = "它使用注意力机制。", "它使用注意力機制。"
    found, same = mentions(chunk(simplified)), mentions(chunk(traditional))
    assert [m.key for m in same.mentions] == [m.key for m in found.mentions] != []


def test_a_hyphen_between_chinese_words_is_part_of_a_term() -> None:
    assert "编码器-解码器" in named("它是编码器-解码器的一种。")


def test_mark_up_points_at_terms() -> None:
    text = "Here a skip connection helps the norm."
    assert "strong" in cues(text, "skip connection", spans="strong=skip connection")
    assert "link" in cues(text, "skip connection", spans="link=a skip connection")
    assert "strong" not in cues(text, "skip connection", spans="strong=skip connection helps")


@pytest.mark.parametrize(
    "text", ["Skip connection", "2.1 Skip connection", "三、残差连接", "Skip connection and gating"]
)
def test_a_heading_points_at_what_it_is_called(text: str) -> None:
    surface = "残差连接" if "残差" in text else "Skip connection"
    assert "heading" in cues(text, surface, block="heading")


def test_a_longer_heading_does_not_point_at_its_pieces() -> None:
    assert "heading" not in cues("Skip connection surgery", "Skip connection", block="heading")


def test_titles_items_quotes_and_definitions_point() -> None:
    assert "title" in cues("So gating works.", "gating", title="Gating - A blog")
    assert "item-title" in cues("Gating: it closes the path.", "Gating", block="item")
    assert "quoted" in cues("The “gating” trick.", "gating")
    assert "defined" in cues("Gating is a way to close it.", "Gating")
    assert "defined" in cues("残差连接是一种捷径。", "残差连接")


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("We use multi-head attention (MHA) here.", ("multi-head attention", "MHA")),
        ("We use MHA (multi-head attention) here.", ("MHA", "multi-head attention")),
        ("A mixture of experts (MoE) routes it.", ("mixture of experts", "MoE")),
        ("自注意力（self-attention）很有用。", ("自注意力", "self-attention")),
        ("自注意力(Self-Attention)很有用。", ("自注意力", "self attention")),
        ("它叫 self-attention（自注意力）。", ("self-attention", "自注意力")),
        ("循环神经网络（简称RNN）很慢。", ("循环神经网络", "RNN")),
        ("束搜索（beam search，BS）很慢。", ("beam search", "BS")),
    ],
)
def test_glosses_are_read_in_both_orders_and_both_widths(text: str, pair: tuple[str, str]) -> None:
    found = mentions(chunk(text))
    assert tuple(map(key, pair)) in {(gloss.left, gloss.right) for gloss in found.glosses}
    assert key(pair[0]) in {mention.key for mention in found.mentions}


@pytest.mark.parametrize(
    "text",
    [
        "The encoder (left) reads.",
        "The encoder (see Figure 2) reads.",
        "编码器（如图所示）读。",
        "注意力（2017年）很好。",
    ],
)
def test_other_brackets_are_no_glosses(text: str) -> None:
    assert mentions(chunk(text)).glosses == ()
