"""What stands where the article should be: login, challenge, script shell, 'not found' under a 200. Pure.

Every rule about the words on a page also asks that the page holds little else: articles about captchas are articles.
"""

import html
import re
from urllib.parse import urlsplit

from w3lib.encoding import html_to_unicode

from corpus.errors import Blocked, Empty, Gone, PageError, Unreachable, Unsupported
from corpus.model import Document, Page
from corpus.urls import same_site

MIN_TEXT = 200  # letters, a Chinese character counting as two: about three sentences, less is no article
LITTLE_TEXT = 600  # a wall with its menu and footer stays below; the shortest blog posts lie above
_SCANNED = 2_000_000  # characters of mark-up looked at: walls are small pages


def _any(*patterns: str) -> re.Pattern[str]:
    """Return one pattern, blind to case, that finds any of these."""
    return re.compile("|".join(patterns), re.IGNORECASE | re.DOTALL)


_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"Rar!", "an archive"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or film"),
    (b"\x1aE\xdf\xa3", "a film"),
)
_MARKUP = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_WEB_TYPES = frozenset(["", "text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/x-markdown"])

# Every repetition here is bounded, or ends with the text: a hostile page too must be read in linear time.
_HIDDEN = _any(r"<(title|script|style|template|svg|noscript|iframe)\b.*?(?:</\1\s*>|\Z)", r"<!--.*?(?:-->|\Z)")
_TAG = re.compile(r"<[^>]*>?")
_TITLE = _any(r"<title\b[^>]{0,300}>([^<]{0,300})")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")

_CHALLENGES = (  # (marker in the mark-up, who asks)
    (_any(r"""<meta[^>]{1,300}id=["']?zh-zse-ck"""), "Zhihu's script challenge"),
    (
        _any("_cf_chl_opt", "cf-browser-verification", r"\bchallenge-(?:form|running|error-text)"),
        "Cloudflare's challenge",
    ),
    (_any("ddos-guard/check", "DDoS-Guard</title"), "DDoS-Guard's challenge"),
    (_any("_Incapsula_Resource", "sec-if-cpt-container", r"captcha-delivery\.com", "px-captcha"), "a robot check"),
    (
        _any("awsWafCookieDomainList", "aliyun_waf", "acw_sc__v2", "TencentCaptcha", "geetest", "/anubis/"),
        "a robot check",
    ),
)
_WALL_TITLE = _any(
    r"^just a moment\W*$",
    r"^attention required\W*cloudflare",
    r"^checking your browser\b",
    r"^(?:please )?verify(?:ing)? (?:that )?you are (?:a )?human",
    r"^(?:human verification|robot check|security check(?:point)?|access denied)\b\W*(?:$|[-–—|·])",
    r"^pardon our interruption\b",
    r"^(?:bloomberg\W*)?are you (?:a )?(?:robot|human)\W*$",
    r"^(?:百度)?(?:安全|人机|身份|滑动|访问)验证",
    r"^验证码|^访问(?:受限|被拒绝)",
)
_LOGIN_TITLE = _any(
    r"^(?:(?:please )?(?:log|sign)[ -]?(?:in|on)|login)(?:$| to | or |\W*[-–—|·])",
    r"[-–—|·] *(?:log|sign)[ -]?in$",
    r"^(?:用户|帐号|账号|会员)?(?:登录|登入)(?:$|\W)",
    r"[-–—|·_] *(?:登录|登入)$",
)
_NOT_FOUND_TITLE = _any(
    r"^\W*(?:error |http )?404(?: error)?\W*(?:$|not found|page not found|[-–—|·:])",
    r"\b404(?: error)?\W*$",
    r"^\W*(?:(?:oops|sorry)\W+)?(?:the |this |that )?(?:page|post|article|content|file|url|site)?\W*"
    r"(?:you (?:requested|are looking for) )?"
    r"(?:(?:can(?:['’]?t|not)|could(?:n['’]t| not)) be found|(?:was |is )?not found"
    r"|does(?: not|n['’]t) exist|(?:is )?no longer (?:available|exists)|is(?: not|n['’]t) available)\W*(?:$|[-–—|·])",
    r"[-–—|·] *page not found\W*$",
    r"^.{0,8}(?:页面|頁面|网页|文章|内容)(?:已|已经)?(?:不存在|未找到|找不到|丢失|被?删除|失效)了?\W*(?:$|[-–—|·_])",
    r"^未找到(?:页面|内容|网页)",
)
_LOGIN_WORDS = _any(
    r"(?:log|sign) ?in (?:to|or|with|using|via)\b",
    r"please (?:log|sign) ?in",
    r"(?:log|sign) ?in ?/ ?(?:register|sign ?up)",
    r"create (?:a|an) (?:free )?account",
    "already have an account",
    "forgot (?:your )?password",
    r"subscribe to (?:read|continue)",
    "to continue reading",
    r"verify (?:that )?you(?: are|['’]re) ",
    "not a robot",
    r"complete the (?:captcha|security check)",
    "enable javascript",
    r"javascript is (?:disabled|required)",
    "unusual traffic",
    "before you continue to",
    "请(?:先)?登[录入]",
    "需要登[录入]",
    "登[录入]后(?:即可)?(?:查看|阅读|继续|浏览|访问)",
    "登[录入] ?[/|、·或] ?注册|注册 ?[/|、·或] ?登[录入]",
    "(?:手机|短信|密码|扫码|微信|QQ|其他方式)登[录入]",
    "获取(?:短信)?验证码|忘记密码|未注册手机",
    "完成(?:安全)?验证|人机验证|拖动.{0,6}滑块",
    "环境(?:存在)?异常|请求存在异常",
    "开通会员|付费后(?:阅读|查看)",
    "(?:启用|开启) ?javascript|打开 ?app ?(?:查看|阅读|继续)",
)
# A banner of these lies over many an article: they tell a wall only where nothing else was found.
_CONSENT_WORDS = _any(
    r"(?:accept|manage|use) (?:all )?cookies",
    "we value your privacy",
    r"our (?:\d+ )?partners",
    "cookie policy",
    "(?:接受|使用) ?cookies?",
)
_REMOVED = _any(
    "内容已被(?:发布者)?删除|文章已被(?:作者|发布者)?删除",
    "此内容因违规无法查看|此内容被投诉且经审核|该公众号已迁移|此[帐账]号已被屏蔽",
    "this (?:post|story|page|article) (?:has been|was) (?:deleted|removed)",
)
_SIGN_IN_PATH = _any(r"/(?:sign[_-]?in|log[_-]?in|unhuman|passport|sso|oauth\d?|authorize|captcha|verify)(?:\.\w+)?/?$")
_SIGN_IN_HOST = _any(r"^(?:accounts|passport|login|signin|sso|auth|consent|captcha|wappass)\.")
_SHELL = _any(
    r"""<(?:div|main)\b[^>]{0,300}\bid=["']?(?:root|app|__next|__nuxt|main|react-root)["']?[^>]{0,300}>\s{0,99}</""",
    r"<app-root\b[^>]{0,300}>\s{0,99}</",
    "enable javascript|requires? javascript|(?:启用|开启) ?javascript",
)
_PASSWORD = _any(r"""<input\b[^>]{0,300}\btype=["']?password""")
_TEXT_IN_DATA = re.compile(r'"articleBody"\s{0,9}:\s{0,9}"[^"]{200}')
_HOME = _any(r"^/?(?:[a-z]{2}(?:-[a-z]{2,4})?/?)?(?:index\.\w+)?$")


def not_a_web_page(content_type: str, body: bytes) -> str:
    """Return what the bytes are, such as 'a PDF', or '' for a web page. The bytes count before the header."""
    name = next((name for magic, name in _MAGIC if body.startswith(magic)), "")
    if name:
        return name
    if body[:4] == b"RIFF" or body[4:8] == b"ftyp":
        return "an image, a sound or a film"
    if _MARKUP.match(body[:4096]):
        return ""
    mime = "".join(content_type.partition(";")[0].split()).lower()
    if mime not in _WEB_TYPES:
        return mime[:100]
    if b"\x00" in body[:1024] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "binary data"
    return ""


def wall(page: Page) -> PageError | None:
    """Return why this answer is not the article that was asked for, or None where nothing says so."""
    if page.status in (404, 410):
        return Gone(f"the server answered {page.status}")
    markup = html_to_unicode(page.header("content-type"), page.body[:_SCANNED])[1]
    title = _title(markup)
    text = _visible(markup)
    weight = _weight(text)
    little = weight < LITTLE_TEXT
    # With an article on the page, the script of a captcha is there for its comments.
    challenge = next((who for pattern, who in _CHALLENGES if pattern.search(markup)), "") if weight < MIN_TEXT else ""
    if not challenge and little and _WALL_TITLE.search(title):
        challenge = f"a page titled '{title}'"
    if page.status >= 300:
        return _refused(page, challenge)
    if page.status == 204 or not page.body.strip():
        return Empty("the answer has no content")
    if kind := not_a_web_page(page.header("content-type"), page.body):
        return Unsupported(f"the answer is {kind}, not a web page")
    if challenge:
        return Blocked(f"the answer is {challenge}")
    if _sign_in(page.final_url) and not _sign_in(page.url):
        return Blocked("the site sent us to its sign-in page")
    if little and _LOGIN_TITLE.search(title) and (_PASSWORD.search(markup) or _LOGIN_WORDS.search(text)):
        return Blocked(f"the answer is a sign-in page titled '{title}'")
    if little and _NOT_FOUND_TITLE.search(title):
        return Gone(f"the answer says '{title}'")
    if little and (removed := _REMOVED.search(text)):
        return Gone(f"the answer says '{removed.group()}'")
    if little and _dominates(_LOGIN_WORDS, text):
        return Blocked("the answer asks to sign in or to prove that we are no robot")
    if _moved_home(page):
        return Gone(f"the site sent us to its home page {page.final_url}")
    if (
        _weight(text) < MIN_TEXT
        and "<script" in markup.lower()
        and _SHELL.search(markup)
        and not _TEXT_IN_DATA.search(markup)
    ):
        return Blocked("the page needs a browser: a script brings its text")
    return None


def thin(page: Page, document: Document) -> PageError | None:
    """Return why what was extracted is no article, or None where it is one."""
    text = document.text.strip()
    weight = _weight(text)
    if weight < LITTLE_TEXT:
        if _NOT_FOUND_TITLE.search(document.title):
            return Gone(f"the page is titled '{document.title}'")
        if _dominates(_LOGIN_WORDS, text):
            return Blocked("the page asks to sign in or to prove that we are no robot")
        if _dominates(_CONSENT_WORDS, text):
            return Blocked("the page asks for consent first")
    if not text:
        return Empty(f"no text could be found in the {len(page.body)} bytes of the page")
    if weight < MIN_TEXT:
        return Empty(f"only {len(text)} characters of text, too few for an article")
    return None


def _refused(page: Page, challenge: str) -> PageError:
    """Return what an error status means."""
    if challenge:
        return Blocked(f"the server answered {page.status} with {challenge}")
    if page.status in (401, 402, 403, 407, 451):
        return Blocked(f"the server answered {page.status}")
    return Unreachable(f"the server answered {page.status}")


def _title(markup: str) -> str:
    match = _TITLE.search(markup)
    return " ".join(html.unescape(match.group(1)).split())[:100] if match else ""


def _visible(markup: str) -> str:
    """Return roughly what a reader sees, a line per tag: enough to measure and to match, not to index."""
    lines = _TAG.sub("\n", _HIDDEN.sub("\n", markup)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def _weight(text: str) -> int:
    """Return the length in letters without white space; a Chinese character says as much as two."""
    plain = "".join(text.split())
    return len(plain) + len(_HAN.findall(plain))


def _dominates(words: re.Pattern[str], text: str) -> bool:
    """Tell whether half of the text, by weight, is sentences or lines with such words."""
    sentences = [sentence for sentence in re.split(r"[\n。！？!?]+|\.\s", text) if sentence.strip()]
    asking = sum(_weight(sentence) for sentence in sentences if words.search(sentence))
    return asking > 0 and 2 * asking >= sum(map(_weight, sentences))


def _sign_in(url: str) -> bool:
    parts = urlsplit(url)
    return _SIGN_IN_PATH.search(parts.path) is not None or _SIGN_IN_HOST.search(parts.hostname or "") is not None


def _moved_home(page: Page) -> bool:
    """Tell whether a deep address ended at a home page. A short link that was made to lead to one is none."""
    asked, final = urlsplit(page.url), urlsplit(page.final_url)
    deep = [part for part in asked.path.split("/") if part]
    at_home = not final.query and _HOME.search(final.path) is not None
    if not at_home or len(page.chain) < 2:
        return False
    if same_site(page.url, page.final_url):
        return len(deep) >= 2 or (len(deep) == 1 and "." in deep[0] and not deep[0].startswith("index."))
    return len(deep) >= 2
