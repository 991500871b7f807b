"""Laws and cases of corpus.urls."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.urls import canonical, same_site, site, tidy, unwrap

PIECES = st.sampled_from(
    ["http://", "https://", "//", "a.example", "例子.中国", "[::1", "[::1]", ":80", ":99999", "@", "/", "..", ".", "%",
     "%41", "%e4%BD", "?", "&", "=", "utm_source", "amp;", "#", "#/", "!", "文", " ", "\n", "\ud800", "link.zhihu.com",
     "target=https%3A//b.example/", "0x7f.1", ";jsessionid=1", "spm", "\x00", "　", "xn--", "％"]
)  # fmt: skip
ANYTHING = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))


@given(ANYTHING)
@example("http://a..b/")
@example("https://link.zhihu.com/?target=https%3A//link.zhihu.com/%3Ftarget%3Dhttps%253A//b.example/x")
def test_every_function_takes_any_text_and_a_second_time_changes_nothing(url: str) -> None:
    for function in (canonical, tidy, unwrap):
        once = function(url)
        assert function(once) == once
    assert canonical(tidy(url)) == canonical(url)
    assert same_site(url, url)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("HTTPS://Example.COM:443/a", "https://example.com/a"),
        ("http://example.com:80", "http://example.com/"),
        ("http://example.com.:8080/", "http://example.com:8080/"),
        ("https://user:secret@example.com/a", "https://example.com/a"),
        ("https://example.com/a/./b/../c", "https://example.com/a/c"),
        ("https://example.com/%7Ejoe/%e6%b3%a8", "https://example.com/~joe/%E6%B3%A8"),
        ("https://example.com/注意力 机制", "https://example.com/%E6%B3%A8%E6%84%8F%E5%8A%9B%20%E6%9C%BA%E5%88%B6"),
        ("https://例子.中国/", "https://xn--fsqu00a.xn--fiqs8s/"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/s?wd=%D7%A2", "https://example.com/s?wd=%D7%A2"),  # GBK stays GBK
        ("https://example.com/?b=2&a=1&utm_source=x&fbclid=y", "https://example.com/?a=1&b=2"),
        ("https://example.com/?p=1?utm_source=rss", "https://example.com/?p=1"),
        ("https://example.com/?a=1&amp;b=2", "https://example.com/?a=1&b=2"),
        ("https://example.com/?a=2&a=1", "https://example.com/?a=2&a=1"),
        ("https://example.com/a;jsessionid=0F?x=1", "https://example.com/a?x=1"),
        ("https://distill.pub/2016/augmented-rnns/#citation", "https://distill.pub/2016/augmented-rnns/"),
        ("https://example.com/#/post/7", "https://example.com/#/post/7"),
        ("https://example.com/#!post", "https://example.com/#!post"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f000001/", "http://127.0.0.1/"),
        ("http://[0:0:0:0:0:0:0:1]:80/", "http://[::1]/"),
        (" https://example.com/a\n", "https://example.com/a"),
        ("not an address", "not an address"),
        ("http://a..b/", "http://a..b/"),
        (
            "https://mp.weixin.qq.com/s?__biz=MzA=&mid=22&idx=1&sn=ab&chksm=cd&scene=21#wechat_redirect",
            "https://mp.weixin.qq.com/s?__biz=MzA=&idx=1&mid=22&sn=ab",
        ),
        ("https://github.example/?source=a&from=b&scene=c", "https://github.example/?from=b&scene=c&source=a"),
    ],
)
def test_canonical(url: str, key: str) -> None:
    assert canonical(url) == key


def test_what_identifies_the_article_makes_another_key() -> None:
    urls = [
        "https://mp.weixin.qq.com/s?__biz=a&mid=1&idx=1&sn=x",
        "https://mp.weixin.qq.com/s?__biz=a&mid=1&idx=2&sn=x",
        "https://mp.weixin.qq.com/s/abc",
        "https://example.com/?p=1",
        "https://example.com/?p=2",
        "http://example.com/?p=1",
        "https://example.com/A",
        "https://example.com/a",
        "https://example.com/a/",
    ]
    assert len({canonical(url) for url in urls}) == len(urls)


@pytest.mark.parametrize(
    ("url", "inner"),
    [
        ("https://link.zhihu.com/?target=https%3A//arxiv.example/abs/1%3Fa%3D1", "https://arxiv.example/abs/1?a=1"),
        ("https://link.zhihu.com/?target=https%253A%252F%252Farxiv.example%252F", "https://arxiv.example/"),
        ("https://www.google.com/url?sa=t&url=https%3A%2F%2Fa.example%2F", "https://a.example/"),
        ("https://x.qq.com/a/qbview?url=http%3A%2F%2Fa.example%2Fb", "http://a.example/b"),
        ("https://link.juejin.cn?target=https%3A%2F%2Flink.csdn.net%2F%3Ftarget%3Dhttps%253A%252F%252Fa.example%252F",
         "https://a.example/"),
        ("https://link.zhihu.com/?target=javascript:alert(1)", "https://link.zhihu.com/?target=javascript:alert(1)"),
        ("https://evil-link.zhihu.com.example/?target=https://a.example/",
         "https://evil-link.zhihu.com.example/?target=https://a.example/"),
        ("https://a.example/?url=https://b.example/", "https://a.example/?url=https://b.example/"),
    ],
)  # fmt: skip
def test_unwrap(url: str, inner: str) -> None:
    assert unwrap(url) == inner


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://zhuanlan.zhihu.com/p/1", "zhihu.com"),
        ("https://www.zhihu.com/question/1", "zhihu.com"),
        ("http://nlp.seas.harvard.edu/", "harvard.edu"),
        ("https://a.b.co.uk/", "b.co.uk"),
        ("https://lilianweng.github.io/posts/", "lilianweng.github.io"),
        ("https://articles.example:8080/", "articles.example"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[::1]:8000/", "[::1]"),
        ("http://localhost/", "localhost"),
        ("nonsense", ""),
    ],
)
def test_site(url: str, name: str) -> None:
    assert site(url) == name


def test_two_authors_on_one_host_are_two_sites() -> None:
    assert same_site("https://www.zhihu.com/a", "http://zhuanlan.zhihu.com/b")
    assert not same_site("https://a.github.io/", "https://b.github.io/")
