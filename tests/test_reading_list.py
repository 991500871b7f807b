import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Source
from corpus.reading_list import sources

LIST = """# Reading

## Physics 力学

1. 弹簧为什么会摆动？ - 张三的回答 - 知乎 https://www.zhihu.com/question/1/answer/2
2. 笔记24 - 摆动详解：原理、分类及应用 - 深度的学习的文章 - 知乎 https://zhuanlan.zhihu.com/p/3
3. 【力学】详解单摆 （The Simple Pendulum） - 李 四的文章 - 知乎 https://zhuanlan.zhihu.com/p/4
4. [Springs? Springs!](http://springs.example/2018/06/24/springs.html#citation)
5.

## Tea\x20

1. **[The Art of Tea (and co.)](https://tea.example/art_(1)/)**

2. [Green tea](   https://tea.example/green)

- [Black tea](https://tea.example/black) - a remark, with more words
"""


def urls(text: str) -> list[str]:
    return [source.url for source in sources(text)]


def titles(text: str) -> list[str]:
    return [source.title for source in sources(text)]


def test_every_form_of_a_notes_list() -> None:
    physics, tea = ("Reading", "Physics 力学"), ("Reading", "Tea")
    assert sources(LIST) == [
        Source("https://www.zhihu.com/question/1/answer/2", "弹簧为什么会摆动？", "张三", "知乎", physics),
        Source("https://zhuanlan.zhihu.com/p/3", "笔记24 - 摆动详解：原理、分类及应用", "深度的学习", "知乎", physics),
        Source("https://zhuanlan.zhihu.com/p/4", "【力学】详解单摆 （The Simple Pendulum）", "李 四", "知乎", physics),
        Source("http://springs.example/2018/06/24/springs.html#citation", "Springs? Springs!", section=physics),
        Source("https://tea.example/art_(1)/", "The Art of Tea (and co.)", section=tea),
        Source("https://tea.example/green", "Green tea", section=tea),
        Source("https://tea.example/black", "Black tea", section=tea),
    ]


def test_loose_and_tight_lists_are_the_same() -> None:
    tight = "- [a](https://a.example)\n- [b](https://b.example)"
    assert sources(tight) == sources(tight.replace("\n", "\n\n"))


def test_a_zhihu_link_with_its_tail_in_the_text() -> None:
    (source,) = sources("- [题目 - 王五的文章 - 知乎](https://zhuanlan.zhihu.com/p/5)")
    assert (source.title, source.author, source.site) == ("题目", "王五", "知乎")


@pytest.mark.parametrize(
    ("text", "url", "title"),
    [
        ("<https://a.example/1>", "https://a.example/1", ""),
        ("https://a.example/1.", "https://a.example/1", ""),
        ("[https://a.example/1](https://a.example/1)", "https://a.example/1", ""),
        ("- 茶的笔记：https://a.example/茶，很好", "https://a.example/茶", "茶的笔记"),
        ("- （必读）茶 https://a.example/1", "https://a.example/1", "（必读）茶"),
        ("- [茶]（https://a.example/1）", "https://a.example/1", "茶"),
        ("- Tea (https://a.example/w_(x))", "https://a.example/w_(x)", "Tea"),
        ("- [ ] Tea: https://a.example/1", "https://a.example/1", "Tea"),
        (
            "- **All about tea.** A. Leaf. [[pdf]](https://a.example/1)",
            "https://a.example/1",
            "All about tea. A. Leaf.",
        ),
        ("[Tea *and* `water`](https://a.example/a%20b?x=1&y=2)", "https://a.example/a%20b?x=1&y=2", "Tea and water"),
        ('[Tea](https://a.example/1 "a hint")', "https://a.example/1", "Tea"),
        ("[Tea][t]\n\n[t]: https://a.example/1", "https://a.example/1", "Tea"),
        ("| Name | Where |\n|---|---|\n| Tea | [link](https://a.example/1) |", "https://a.example/1", "Tea"),
        ("| Where | Note |\n|---|---|\n| [Tea](https://a.example/1) | good |", "https://a.example/1", "Tea"),
        ("> [Tea](https://a.example/1)", "https://a.example/1", "Tea"),
        ("HTTPS://A.example/1", "HTTPS://A.example/1", ""),
    ],
)
def test_one_entry(text: str, url: str, title: str) -> None:
    (source,) = sources(text)
    assert (source.url, source.title) == (url, title)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Only a heading",
        "1.\n2.\n",
        "![a picture](https://a.example/p.png)",
        "[![badge](https://a.example/b.svg)](https://a.example)",
        "[above](#place) [mail](mailto:a@b.example) [file](notes.md) [x](javascript:alert) [y](ftp://a.example)",
        "`https://a.example`",
        "```\nhttps://a.example\n```",
        "text\n\n    https://a.example/indented",
        "<!-- https://a.example -->",
    ],
)
def test_what_is_no_entry(text: str) -> None:
    assert sources(text) == []


def test_a_link_in_a_heading_is_an_entry_and_a_section() -> None:
    found = sources(
        "# Tea\n## [Green](https://a.example/1)\n- [More](https://a.example/2)\n# Water\nhttps://a.example/3"
    )
    assert [(source.title, source.section) for source in found] == [
        ("Green", ("Tea",)),
        ("More", ("Tea", "Green")),
        ("", ("Water",)),
    ]


def test_the_code_and_slides_beside_an_entry_are_no_entries_of_their_own() -> None:
    assert titles("- [Tea](https://a.example/1) [[code]](https://a.example/2), [slides](https://a.example/3)") == [
        "Tea"
    ]
    assert titles("- [Tea](https://a.example/1), and [Water](https://a.example/2)") == ["Tea", "Water"]


def test_plain_lines_of_urls() -> None:
    text = """# my list
https://a.example/1
# https://a.example/commented
Green tea https://a.example/2

https://a.example/3\tBlack tea
https://a.example/1
"""
    assert [(source.url[-1], source.title, source.section) for source in sources(text)] == [
        ("1", "", ()),
        ("2", "Green tea", ()),
        ("3", "Black tea", ()),
        ("1", "", ()),
    ]


def test_lines_in_one_paragraph_are_entries_each() -> None:
    assert titles("## Tea\nGreen https://a.example/1\nBlack https://a.example/2") == ["Green", "Black"]


@given(st.lists(st.sampled_from(["/1", "/2?a=b&c=d", "/茶", "/w_(x)", "/#place", "/a,b"]), max_size=8))
def test_every_url_comes_back_as_listed_and_in_order(paths: list[str]) -> None:
    wanted = [f"https://a.example{path}" for path in paths]
    assert urls("\n".join(f"- [t]({url})" for url in wanted)) == wanted
    assert urls("\n".join(wanted)) == wanted


@given(st.text(alphabet="[]()<>#*-|` \n茶ahtps:/.'\"", max_size=80))
def test_any_text_is_a_list(text: str) -> None:
    for source in sources(text):
        assert source.url.lower().startswith(("http://", "https://"))
        assert source.title == " ".join(source.title.split())


def test_the_given_list_has_twenty_entries(shared: pathlib.Path) -> None:
    found = sources((shared / "lists" / "attention_transformer.md").read_text(encoding="utf-8"))
    assert len(found) == 20
    assert sum(source.site == "知乎" and bool(source.author) for source in found) == 8
    assert all(source.title and len(source.section) == 2 for source in found)
