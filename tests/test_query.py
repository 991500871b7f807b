"""What people type is understood, and whatever they type means something."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import BadInput
from index.query import Query, parse, since

TODAY = datetime.date(2024, 3, 31)
# Text made of what has a meaning here: random characters would hardly ever hit it.
PIECES = st.lists(
    st.sampled_from(
        [*'"“”„「」『』＂-－−:： \n\x00', "site:", "lang：", "a", "注意力", "zhihu.com", "zh", "9", "😀", "שלום"]
    )
).map("".join)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("why several heads?", Query("why several heads?")),
        ('why "multi-head attention" works', Query("why multi-head attention works", ("multi-head attention",))),
        ("“multi-head attention”", Query("multi-head attention", ("multi-head attention",))),
        ("什么是“多头注意力”？", Query("什么是多头注意力？", ("多头注意力",))),
        ("「位置编码」和『注意力』", Query("位置编码和注意力", ("位置编码", "注意力"))),
        ("＂layer norm＂ bert", Query("layer norm bert", ("layer norm",))),
        ("attention -vision", Query("attention", without=("vision",))),
        ("注意力 －图像 −视觉", Query("注意力", without=("图像", "视觉"))),
        ('attention -"image patches"', Query("attention", without_phrases=("image patches",))),
        ("attention -“图像块”", Query("attention", without_phrases=("图像块",))),
        ("heads site:zhihu.com", Query("heads", sites=("zhihu.com",))),
        ("注意力site：Zhihu.com，翻译", Query("注意力，翻译", sites=("zhihu.com",))),
        ("heads -site:zhihu.com lang:zh-CN", Query("heads", without_sites=("zhihu.com",), langs=("zh",))),
        ("heads LANG:EN lang:zh -lang:fr", Query("heads", langs=("en", "zh"), without_langs=("fr",))),
        ("multi-head - pre- and post-norm", Query("multi-head - pre- and post-norm")),
        ("top -1 --help -", Query("top -1 --help -")),
        ('a 5" and a 7" screen', Query('a 5" and a 7" screen')),
        ('an "open quote', Query('an "open quote')),
        ('"" “ ” "!?"', Query("!?")),
        ("site: lang: -site: website:x", Query("site: lang: -site: website:x")),
        ("-vision", Query(without=("vision",))),
        ("a\x00b\u200bc\ud800d", Query("a b c d")),
    ],
)
def test_a_query_means_what_it_says(typed: str, meant: Query) -> None:
    assert parse(typed) == meant


@given(st.one_of(PIECES, st.text()))
def test_anything_can_be_typed(typed: str) -> None:
    query = parse(typed)
    assert query.text == " ".join(query.text.split())
    assert all(any(sign.isalnum() for sign in phrase) for phrase in query.phrases + query.without_phrases)
    assert all(query.without + query.sites + query.langs + query.without_sites)


@given(st.text(st.characters(categories=["L", "N", "Zs"])))
def test_plain_words_stay_as_they_are(typed: str) -> None:
    assert parse(typed) == Query(" ".join(typed.split()))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2020-02-29", "2020-02-29"),
        ("2020-7", "2020-07-01"),
        (" 2020 ", "2020-01-01"),
        ("２０２０", "2020-01-01"),
        ("30d", "2024-03-01"),
        ("2W", "2024-03-17"),
        ("1m", "2024-02-29"),
        ("13m", "2023-02-28"),
        ("0d", "2024-03-31"),
        ("1y", "2023-03-31"),
    ],
)
def test_a_date_or_an_age(text: str, date: str) -> None:
    assert since(text, TODAY) == date


@pytest.mark.parametrize(
    "text", ["", "x", "2020-13", "2021-02-29", "0000", "999999y", "999999w", "-3d", "3", "20200101"]
)
def test_what_is_no_date_says_what_is(text: str) -> None:
    with pytest.raises(BadInput, match="2020-01-31"):
        since(text, TODAY)
