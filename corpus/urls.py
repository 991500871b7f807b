"""Web addresses: which spellings mean one source, which sites are one witness. Pure; nothing here raises."""

import ipaddress
import re
import socket
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

import idna
import tld

# Parameters that tell where the reader came from, never which article it is.
_TRACKING = re.compile(
    r"utm_\w+|hsa_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid"
    r"|mkt_tok|_hsenc|_hsmi|vero_id|oly_enc_id|oly_anon_id|_ga|_gl|ref_src|ref_url|__twitter_impression|s_cid|cmpid"
    r"|ncid|wt_mc|spm|scm|spm_id_from|share_token|share_from|share_source|share_medium",
    re.IGNORECASE,
)
# Names that mean something elsewhere, and only say where the reader came from on these sites.
_TRACKING_ON = {
    "weixin.qq.com": frozenset(
        "chksm scene subscene ascene sessionid clicktime enterid devicetype version nettype abtest_cookie lang "
        "exportkey pass_ticket wx_header key uin fontgear fontScale xtrack srcid sharer_shareinfo "
        "sharer_shareinfo_first sharer_sharetime sharer_shareid poc_token mpshare forceh5 from isappinstalled "
        "click_id realreporttime rd2werd".lower().split()
    ),
    "zhihu.com": frozenset(["share_code", "s_r", "s_s_i", "hb_wx_block"]),
    "csdn.net": frozenset(["ops_request_misc", "request_id", "biz_id"]),
    "bilibili.com": frozenset(["vd_source", "from_spmid", "from_source", "share_session_id", "share_plat"]),
    "medium.com": frozenset(["source"]),
    "youtube.com": frozenset(["si", "feature", "pp"]),
    "twitter.com": frozenset(["s", "t"]),
    "x.com": frozenset(["s", "t"]),
}
# Pages that only pass the reader on: (host or its parent, path, parameter that holds the real address).
_WRAPPERS = (
    ("link.zhihu.com", r"/?", "target"),
    ("link.csdn.net", r"/?", "target"),
    ("link.juejin.cn", r"/?", "target"),
    ("link.segmentfault.com", r"/?", "url"),
    ("links.jianshu.com", r"/go", "to"),
    ("jianshu.com", r"/go-wild", "url"),
    ("gitee.com", r"/link", "target"),
    ("sspai.com", r"/link", "target"),
    ("oschina.net", r"/action/GoToLink", "url"),
    ("qq.com", r"(?:/.*)?/qbview", "url"),
    ("c.pc.qq.com", r"/.*", "pfurl"),
    ("docs.qq.com", r"/scenario/link\.html", "url"),
    ("google.com", r"/url", "q"),
    ("google.com", r"/url", "url"),
    ("facebook.com", r"/l\.php", "u"),
    ("youtube.com", r"/redirect", "q"),
    ("out.reddit.com", r"/.*", "url"),
    ("duckduckgo.com", r"/l/?", "uddg"),
    ("vk.com", r"/away\.php", "to"),
    ("getpocket.com", r"/redirect", "url"),
    ("slack-redir.net", r"/link", "url"),
    ("safelinks.protection.outlook.com", r"/.*", "url"),
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|(%)|([^%])", re.DOTALL)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IN_PATH = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_IN_QUERY = _IN_PATH | frozenset("?[]|")
_SESSION = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)
_SECOND_QUESTION_MARK = re.compile(rf"\?(?=(?:{_TRACKING.pattern})=)", re.IGNORECASE)


def canonical(url: str) -> str:
    """Return the key of a source, the same for every spelling of one address; what is none comes back trimmed.

    http and https stay apart: without asking the server nobody knows that they are one.
    """
    plain = tidy(unwrap(url))
    parts = _parts(plain)
    if parts is None:
        return plain
    scheme, host, path, query, fragment = parts
    path = _SESSION.sub("", path)
    if not fragment.startswith(("/", "!")):  # '#/' and '#!' choose the page in a script-driven site
        fragment = ""
    key = urlunsplit((scheme, host, path, _without_tracking(host, query), fragment))
    return canonical(key) if _wrapped(key) else key  # what was dropped had hidden a wrapper


def tidy(url: str) -> str:
    """Return the address as it can be sent: host in ASCII, path and query percent-encoded, nothing of it dropped.

    Except a user's name and password: a reading list is no place for them.
    """
    plain = _trim(url)
    parts = _parts(plain)
    if parts is None:
        return plain
    return urlunsplit(parts)


def is_web(url: str) -> bool:
    """Tell whether this is an absolute address on the web: http or https, and a host that can exist."""
    return _parts(_trim(url)) is not None


def unwrap(url: str) -> str:
    """Return the address that a link of a redirecting service leads to, or the address itself."""
    plain = _trim(url)
    while inner := _wrapped(plain):  # shorter each time
        plain = inner
    return plain


def site(url: str) -> str:
    """Return the site that counts as one witness: the registrable domain, an author's own where a host is shared."""
    host = _hostname(url)
    if not host or _is_ip(host):
        return host
    # With the private suffixes: lilian.github.io and jay.github.io are two authors, not one site.
    domain = tld.get_fld(f"http://{host}/", fail_silently=True, search_private=True)
    return domain or ".".join(host.split(".")[-2:])


def same_site(a: str, b: str) -> bool:
    """Tell whether both addresses belong to one site."""
    return site(a) == site(b)


def on_site(url: str, name: str) -> bool:
    """Tell whether an address is on a site: zhihu.com holds zhuanlan.zhihu.com; with a path, all that begins so."""
    host, _, path = re.sub(r"^(?:https?://)?(?:www\.)?", "", _trim(name), flags=re.IGNORECASE).partition("/")
    parts = _parts(_trim(url))
    return parts is not None and _under(_hostname(url), _ascii_host(host)) and parts[2].startswith(f"/{path}")


def _trim(url: str) -> str:
    """Drop what browsers drop: spaces and control characters at the ends, tabs and line breaks inside."""
    return re.sub(r"^[\x00-\x20\u3000\ufeff]+|[\x00-\x20\u3000\ufeff]+$|[\t\r\n]", "", url)


def _parts(url: str) -> tuple[str, str, str, str, str] | None:
    """Return scheme, host (and port, unless the default), path, query and fragment, all tidy; None for no address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    host = _ascii_host(parts.hostname)
    if not host:
        return None
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    path = _without_dots(_encoded(parts.path, _IN_PATH)) or "/"
    return parts.scheme, host, path, _encoded(parts.query, _IN_QUERY), _encoded(parts.fragment, _IN_QUERY)


def _hostname(url: str) -> str:
    parts = _parts(_trim(url))
    return re.sub(r":\d+$", "", parts[1]) if parts else ""


def _ascii_host(name: str) -> str:
    """Return the one spelling of a host: lower case, IDNA, dotted IPv4, bracketed IPv6; '' where none is possible."""
    if ":" in name:
        try:
            return f"[{ipaddress.ip_address(name).compressed}]"
        except ValueError:
            return ""
    name = unquote(name).lower()
    try:
        host = (name if name.isascii() else idna.encode(name, uts46=True).decode("ascii")).rstrip(".")
    except UnicodeError:
        return ""
    if _NUMBERS.fullmatch(host):  # 0x7f000001 and 2130706433 are 127.0.0.1, and the resolver knows it
        try:
            return socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            return ""
    return host if re.fullmatch(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", host) else ""


def _is_ip(host: str) -> bool:
    return host.startswith("[") or _NUMBERS.fullmatch(host) is not None


def _encoded(text: str, allowed: frozenset[str]) -> str:
    """Percent-encode what must be, decode what need not be, leave bytes of other encodings (GBK) as they are."""

    def one(match: re.Match[str]) -> str:
        digits, percent, plain = match.groups()
        if digits:
            character = chr(int(digits, 16))
            return character if character in _UNRESERVED else f"%{digits.upper()}"
        if percent:
            return "%25"
        return plain if plain in allowed else quote(plain.encode("utf-8", "surrogatepass"))

    return _ESCAPE.sub(one, text)


def _without_dots(path: str) -> str:
    """Resolve '.' and '..' (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _without_tracking(host: str, query: str) -> str:
    """Drop what identifies the reader and sort the rest by name; pairs of one name keep their order."""
    local = frozenset[str]().union(*(names for parent, names in _TRACKING_ON.items() if _under(host, parent)))
    pairs = []
    for pair in _SECOND_QUESTION_MARK.sub("&", query).split("&"):
        plain = re.sub(r"^(?:amp;)+", "", pair)  # copied from HTML source
        name = plain.partition("=")[0].lower()
        if plain and name not in local and not _TRACKING.fullmatch(name):
            pairs.append(plain)
    return "&".join(sorted(pairs, key=lambda pair: pair.partition("=")[0]))


def _under(host: str, parent: str) -> bool:
    return host == parent or host.endswith(f".{parent}")


def _wrapped(url: str) -> str:
    """Return the address inside a wrapper, or ''."""
    parts = _parts(url)
    if parts is None:
        return ""
    _, host, path, query, _ = parts
    for parent, pattern, name in _WRAPPERS:
        if _under(host, parent) and re.fullmatch(pattern, path):
            inner = next((value for key, value in parse_qsl(query) if key == name), "")
            if re.match(r"https?%3a", inner, re.IGNORECASE):  # encoded twice
                inner = unquote(inner)
            inner = _trim(inner)
            if _parts(inner) is not None:
                return inner
    return ""
