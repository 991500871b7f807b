"""What is a wall, and above all what is none."""

import pathlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.archive import warc_pages
from corpus.errors import Blocked, Empty, Gone, PageError, Unreachable, Unsupported
from corpus.model import Document, Page
from corpus.walls import not_a_web_page, thin, wall

URL = "https://a.example/posts/7"
SHORT_EN = (
    "We trained the small model twice. The first run forgot the position of words, and it scored like a bag of words. "
    "The second run added sines and cosines to every vector, and the score went up by nine points. "
    "So the order matters, and a wave is enough to tell it."
)
SHORT_ZH = (
    "剪枝是把网络里不重要的连接去掉。我们先训练一个大模型，再按权重的大小排序，删去最小的三成，然后微调一轮。"
    "精度几乎没有下降，推理快了近一倍。如果一次删得太多，模型就恢复不过来了，所以要分几次做，每次删一点，再训练一点。"
)


def page(body: str | bytes, status: int = 200, url: str = URL, *, final: str = "", mime: str = "text/html") -> Page:
    content = body.encode() if isinstance(body, str) else body
    chain = (url, final) if final else (url,)
    return Page(url, final or url, status, (("content-type", mime),), content, "2026-01-01T00:00:00Z", chain)


def web(text: str, title: str = "On attention", more: str = "") -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{more}<p>{text}</p></body></html>"


def document(text: str, title: str = "On attention") -> Document:
    return Document(url=URL, title=title, lang="en", text=text, blocks=())


WALLS = [
    (page("", 200), Empty),
    (page("  \n", 200), Empty),
    (page("", 204), Empty),
    (page("gone", 404), Gone),
    (page("gone", 410), Gone),
    (page("no", 401), Blocked),
    (page("no", 403), Blocked),
    (page("no", 451), Blocked),
    (page("oops", 500), Unreachable),
    (page("", 302), Unreachable),
    (page(b"%PDF-1.5"), Unsupported),
    (page(b"{}", mime="application/json"), Unsupported),
    (page('<html><meta id="zh-zse-ck" content="x"><script src="a.js"></script></html>', 403), Blocked),
    (page('<html><meta id="zh-zse-ck" content="x"><script src="a.js"></script></html>'), Blocked),
    (page(web("Enable JavaScript and cookies to continue", "Just a moment...")), Blocked),
    (page(web("One more step", "Attention Required! | Cloudflare"), 403), Blocked),
    (page(web("", "请稍候", '<script src="https://static.geetest.example/gt.js">/*geetest*/</script>')), Blocked),
    (page(web("请完成下方验证后继续操作", "百度安全验证")), Blocked),
    (page(web("系统监测到您的网络环境存在异常，为保证您的正常访问，请点击下方验证按钮进行验证。", "知乎")), Blocked),
    (page(web("当前环境异常，完成验证后即可继续访问。去验证", "")), Blocked),
    (page(web("获取短信验证码 忘记密码 其他方式登录", "登录 - 知乎")), Blocked),
    (page(web("Username", "Sign in · Example", '<input type="password">')), Blocked),
    (page(web("Please log in to read this story.", "A story")), Blocked),
    (page(web("hello", "Hello"), final="https://a.example/account/unhuman?need_login=true"), Blocked),
    (page(web("hello", "Hello"), final="https://a.example/signin?next=%2F"), Blocked),
    (page(web("Before you continue to Example"), final="https://consent.a.example/m?continue=x"), Blocked),
    (page('<html><title>App</title><body><div id="root"></div><script src="m.js"></script></body></html>'), Blocked),
    (page('<html><body><noscript>You need to enable JavaScript to run this app.</noscript><script></script>'), Blocked),
    (page(web("Nothing here.", "404 Not Found")), Gone),
    (page(web("Try the search.", "Page not found · A Blog")), Gone),
    (page(web("Try the search.", "Oops! That page can&#8217;t be found. – A Blog")), Gone),
    (page(web("Try the search.", "A Blog | Page Not Found")), Gone),
    (page(web("去首页看看", "你访问的页面不存在 - 知乎")), Gone),
    (page(web("该内容已被发布者删除", "")), Gone),
    (page(web(SHORT_EN * 20, "A Company"), final="https://a.example/"), Gone),
    (page(web(SHORT_EN * 20, "A Company"), final="https://b.example/en/"), Gone),
]  # fmt: skip

ARTICLES = [
    page(web(SHORT_EN)),
    page(web(SHORT_ZH, "剪枝小记")),
    page(web(SHORT_ZH, "剪枝小记").encode("gb18030"), mime="text/html; charset=gb18030"),
    page(SHORT_EN, mime="text/plain"),
    # words of walls in articles
    page(web(SHORT_EN, "Attention required: why order matters")),
    page(web(SHORT_EN, "404 nights with one GPU")),
    page(web(SHORT_EN, "Lost and not found in translation")),
    page(web(SHORT_EN, "Sign in the attention map")),
    page(web(SHORT_EN, "Login tokens explained")),
    page(web(SHORT_ZH, "登录验证的实现")),
    page(web(SHORT_ZH, "缓存内容失效策略")),
    page(web("How do sites verify that you are a human? " + SHORT_EN, "How captchas work")),
    page(web("很多网站要求完成验证。" + SHORT_ZH, "验证机制是如何工作的")),
    # what surrounds articles
    page(web(SHORT_EN, more="<nav>Sign in / Register</nav><div>We value your privacy. Accept all cookies</div>")),
    page(web(SHORT_ZH, more="<nav>登录/注册</nav>")),
    page(web(SHORT_EN, more='<script src="https://www.google.example/recaptcha.js"></script><form>geetest</form>')),
    page(web(SHORT_EN, more='<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>')),
    page(web(SHORT_ZH, more='<meta id="zh-zse-ck" content="x">')),
    page(web(SHORT_EN, more="<noscript>Please enable JavaScript to see the comments</noscript><script></script>")),
    page(web(SHORT_EN, more='<div id="root"></div><script></script>')),
    page('<div id="root"></div><script>{"articleBody": "' + SHORT_EN + '"}</script>'),
    # where redirects lead
    page(web(SHORT_EN), final="https://a.example/posts/seven/"),
    page(web(SHORT_EN), final="https://b.example/archive/posts/7"),
    page(web(SHORT_EN), url="https://sho.rt/x", final="https://a.example/"),
    page(web(SHORT_EN), url="http://a.example/", final="https://a.example/"),
    page(web(SHORT_EN), url="http://a.example/blog/index.html", final="https://a.example/blog/"),
    page(web(SHORT_EN), final="https://a.example/?p=7"),
    page(web(SHORT_EN), url="https://a.example/docs/login", final="https://a.example/docs/v2/login"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "kind"), WALLS, ids=range(len(WALLS)))
def test_a_wall_is_seen(answer: Page, kind: type[PageError]) -> None:
    assert type(wall(answer)) is kind


@pytest.mark.parametrize("answer", ARTICLES, ids=range(len(ARTICLES)))
def test_an_article_is_no_wall(answer: Page) -> None:
    assert wall(answer) is None
    if answer.status == 200 and not answer.final_url.endswith("/"):
        assert thin(answer, document(SHORT_EN)) is None


@pytest.mark.parametrize(
    ("text", "title", "kind"),
    [
        ("", "On attention", Empty),
        (" \n", "On attention", Empty),
        ("Read more", "On attention", Empty),
        ("注意力机制入门，点击阅读全文。", "注意力机制", Empty),
        ("We could not find it. Go home, or search for something else.", "Page not found", Gone),
        ("看看别的吧。", "页面不存在", Gone),
        ("Please sign in. Already have an account? Create a free account.", "A story", Blocked),
        ("登录后即可查看全部内容。\n手机登录 密码登录\n未注册手机验证后自动登录，请先登录。", "一个问题", Blocked),
        ("We value your privacy. Our 300 partners use cookies. Cookie policy", "A story", Blocked),
    ],
)
def test_thin_text_has_a_reason(text: str, title: str, kind: type[PageError]) -> None:
    got = thin(page(web(text, title)), document(text, title))
    assert type(got) is kind


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (SHORT_EN, "On order"),
        (SHORT_ZH, "剪枝小记"),
        (SHORT_EN + "\nWe use cookies.", "On order"),
        (SHORT_EN * 5, "404"),
        ("Please sign in to the cluster first, as the manual says. " + SHORT_EN, "How we trained"),
        (SHORT_ZH + "\n更多内容请登录后查看", "剪枝小记"),
    ],
)
def test_short_articles_are_not_thin(text: str, title: str) -> None:
    assert thin(page(web(text, title)), document(text, title)) is None


@given(st.binary(max_size=300), st.sampled_from([200, 204, 302, 403, 404, 500]), st.text(max_size=20))
def test_any_bytes_are_judged(body: bytes, status: int, mime: str) -> None:
    judged = wall(page(body, status, mime=mime))
    assert judged is None or (judged.reason and "\n" not in judged.reason)
    assert isinstance(not_a_web_page(mime, body), str)


PIECES = ["<", "<p>", "<p", "<title>", "<title", "<script>", "<!--", "<head>", "<div id=", "a", "是", " ", "\n", '"']


@pytest.mark.parametrize("piece", PIECES)
def test_a_hostile_page_is_judged_in_linear_time(piece: str) -> None:
    start = time.process_time()
    for opening in ("<html>", "<html><title>"):
        wall(page(opening + piece * (300_000 // len(piece))))
    assert time.process_time() - start < 3.0  # a quadratic pattern takes minutes


def test_no_article_of_the_mirror_is_a_wall(shared: pathlib.Path) -> None:
    for name in ("reading_list.warc.gz", "concept_articles.warc.gz"):
        assert [got.url for got in warc_pages(shared / "mirror" / name) if wall(got)] == []
