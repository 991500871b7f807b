"""From the bytes of a page to a tree in which every stretch of prose stands in a block of its own. Pure.

Extractors judge a page block by block, and lose what isn't in the blocks they know: code in `<figure>`, articles in
custom tags, prose parted by `<br><br>` only, formulas kept in scripts and images. Here each of these is brought to the
plain form first.
"""

import re
import unicodedata
import urllib.parse
from collections.abc import Iterator

import charset_normalizer
import lxml.etree
import lxml.html
import w3lib.encoding
from lxml.html import HtmlElement

from corpus import mathml
from corpus.model import Page

KIND = "data-kind"  # our own attribute: what a block or a stretch is, where its tag doesn't say

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
ATOMS = HEADINGS | {"pre", "table"}  # blocks that are read as they are, whatever they hold
_CONTAINERS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "dir", "div", "dl",
    "dt", "fieldset", "figure", "footer", "form", "header", "hr", "legend", "li", "main", "menu", "nav", "ol", "p",
    "section", "summary", "ul", "td", "th", "tr", "tbody", "thead", "tfoot", "caption",
})  # fmt: skip
_BLOCKS = ATOMS | _CONTAINERS
_LEAF_TAGS = frozenset({"p", "li", "dt", "dd"})
_DROPPED = {
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed", "applet", "audio",
    "video", "map", "button", "input", "select", "textarea", "datalist", "link", "meta", "base", "dialog",
}  # fmt: skip
_CUSTOM_INLINE = re.compile(r"^(d|dt)-(cite|footnote|fn|math|code|slider)$")
_CAPTION = re.compile(r"(^|[\s_-])(caption|tr-caption|wp-caption-text)($|[\s_-])", re.IGNORECASE)
_RENDERED = frozenset({
    "katex-html", "MathJax_Preview", "MathJax", "MathJax_Display", "MathJax_SVG", "MJX_Assistive_MathML",
    "mwe-math-fallback-image-inline", "mwe-math-fallback-image-display",
})  # fmt: skip
_MARK_SIGNS = frozenset("#¶§🔗↩↩︎⏎")
# Copies from PDF hold radicals where characters are meant; no text means them.
_RADICALS = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in range(0x2E80, 0x2FE0)
    if unicodedata.normalize("NFKC", chr(code)) != chr(code)
} | dict(zip(map(ord, "⻓⻆⻅⻔⻋⻚⻢⻛⻜⻩⻉⻝⻥⻦⻰"), "长角见门车页马风飞黄贝食鱼鸟龙", strict=True))
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
                     "\ufeff\ufffe\uffff\ud800-\udfff]")  # fmt: skip
_LATIN1 = frozenset({"cp1252", "iso8859-1", "ascii", "latin-1", "iso-8859-1"})
# Without Korean: a short Chinese page is taken for it by statistics, and Korean pages say what they are.
_DETECTABLE = ["utf_8", "gb18030", "big5", "cp932", "cp1251", "cp1252"]
_TOLERATED = 1000  # a page with one bad byte in so many characters is still in its declared encoding


def markup(page: Page) -> str:
    """Return the page's HTML as text, whatever its bytes: never raises.

    A byte order mark decides, then the header, then the page's own declaration, then what the bytes look like. gb2312
    means gb18030, as browsers read it. A header that says Latin-1 is a server's default more often than the truth, so
    it counts last.
    """
    bom, mark = w3lib.encoding.read_bom(page.body)
    body = page.body[len(mark) :] if mark else page.body
    header = w3lib.encoding.http_content_type_encoding(page.header("content-type"))
    declared = w3lib.encoding.html_body_declared_encoding(body)
    named = [name for name in (bom, header, declared) if name]
    trusted = [name for name in named if name.lower() not in _LATIN1 or name == bom]
    candidates = [*trusted, "utf-8"]
    for name in candidates:
        text = _decoded(body, name)
        if text is not None and text.count("\ufffd") * _TOLERATED <= len(text):
            return text
    guess = _detected(body) or (named[0] if named else "cp1252")
    return _decoded(body, guess) or body.decode("utf-8", "replace")


def _decoded(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name, "replace")
    except (LookupError, UnicodeError):
        return None


def _detected(body: bytes) -> str:
    prose = re.sub(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>", b" ", body[:100_000], flags=re.DOTALL | re.IGNORECASE)
    best = charset_normalizer.from_bytes(prose, cp_isolation=_DETECTABLE).best()
    return best.encoding if best else ""


def parsed(html: str) -> HtmlElement | None:
    """Return the root of the page as it stands, without characters that no text should hold."""
    clean = _UNSAFE.sub("", html.replace("\r\n", "\n").replace("\r", "\n")).translate(_RADICALS)
    clean = unicodedata.normalize("NFC", clean)
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(clean.encode("utf-8"), parser=parser)
    except lxml.etree.LxmlError:  # an empty page, or nothing but comments
        return None
    return root


def prepare(body: HtmlElement) -> None:
    """Change the body in place: plain tags, formulas as `$tex$`, no scripts or controls, all prose in blocks."""
    _plain_tags(body)
    _formulas(body)
    _drop(body)
    _code(body)
    _tables(body)
    _wrap_runs(body)


def elements(root: HtmlElement) -> Iterator[HtmlElement]:
    """Yield every element under `root`, itself included, in order; the tree may be changed meanwhile."""
    yield from [element for element in root.iter() if isinstance(element.tag, str)]


def tag(element: HtmlElement) -> str:
    """Return the element's name."""
    return str(element.tag)


def _plain_tags(body: HtmlElement) -> None:
    for element in elements(body):
        name = tag(element)
        if name == "figure" or name == "picture":
            element.tag = "div"
        elif name == "figcaption" or (
            name in ("p", "div", "td", "span") and _CAPTION.search(element.get("class") or "")
        ):
            element.tag = "div" if name == "figcaption" else name
            element.set(KIND, "caption")
        elif name.startswith("mjx-"):
            element.tag = "span"
            element.attrib.clear()
        elif "-" in name:
            if name in ("d-article", "dt-article"):
                element.tag = "article"
            elif name in ("d-code", "dt-code") and ("block" in element.attrib or "\n" in element.text_content()):
                element.tag = "pre"
            elif name in ("d-code", "dt-code"):
                element.tag = "code"
            else:
                inline = _CUSTOM_INLINE.match(name) or not any(tag(child) in _BLOCKS for child in elements(element))
                element.tag = "span" if inline else "div"
                if name in ("d-math", "dt-math"):
                    _set_formula(element, element.text_content(), display="block" in element.attrib)
        elif name in ("tt", "kbd", "samp"):
            element.tag = "code"


def _set_formula(element: HtmlElement, tex: str, *, display: bool) -> None:
    """Make `element` hold nothing but the formula, between one or two dollar signs."""
    tail = element.tail
    for child in list(element):
        element.remove(child)
    tex = " ".join(_bare(tex).split())
    fence = "$$" if display else "$"
    element.attrib.clear()
    element.tag = "p" if display else "span"
    element.text = f"{fence}{tex}{fence}" if tex else None
    if tex:
        element.set(KIND, "math")
    element.tail = tail


def _bare(tex: str) -> str:
    """Return the formula without the signs that part it from prose."""
    tex = tex.strip()
    for left, right in (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$")):
        if tex.startswith(left) and tex.endswith(right) and len(tex) > len(left) + len(right):
            return tex[len(left) : -len(right)].strip()
    if tex.startswith("{\\displaystyle") and tex.endswith("}"):
        return tex[len("{\\displaystyle") : -1].strip()
    return tex


def _formulas(body: HtmlElement) -> None:
    """Bring every formula to `$tex$`: MathJax scripts and containers, KaTeX, MathML, images that know their source."""
    for element in elements(body):
        if element.getparent() is None:  # dropped with an outer one
            continue
        name, kinds = tag(element), set((element.get("class") or "").split())
        if name == "script" and (element.get("type") or "").startswith("math/tex"):
            _set_formula(element, element.text or "", display="mode=display" in (element.get("type") or ""))
        elif name == "img":
            source = element.get("src") or element.get("data-src") or ""
            if "equation?tex=" in source:
                tex = urllib.parse.unquote_plus(source.split("equation?tex=", 1)[1].split("&", 1)[0])
                _set_formula(element, element.get("alt") or tex, display=element.get("eeimg") == "2")
        elif "ztext-math" in kinds and element.get("data-tex"):
            _set_formula(element, element.get("data-tex") or "", display=False)
        elif kinds & _RENDERED:
            element.drop_tree()
        elif name in ("div", "span") and kinds & {"math", "arithmatex"} and not len(element):
            # TeX between its own signs: it stays as written, but a formula within a line must not break it
            display = "inline" not in kinds and (element.text or "").strip().startswith(("$$", "\\["))
            element.tag = "p" if display else "span"
            element.text = " ".join((element.text or "").split())
            element.set(KIND, "math")
        elif name == "math":
            _set_mathml(element)


def _set_mathml(element: HtmlElement) -> None:
    notes = element.xpath('.//*[local-name()="annotation"][contains(@encoding, "tex") or contains(@encoding, "TeX")]')
    tex = (
        notes[0].text_content() if isinstance(notes, list) and notes else element.get("alttext") or mathml.tex(element)
    )
    display = element.get("display") == "block"
    _set_formula(element, tex, display=display)


def _drop(body: HtmlElement) -> None:
    for element in elements(body):
        if element is body or element.getparent() is None:
            continue
        style = (element.get("style") or "").replace(" ", "").lower()
        hidden = "hidden" in element.attrib or "display:none" in style
        empty = element.get("aria-hidden") == "true" and not len(element)
        if tag(element) in _DROPPED or hidden or empty or _is_anchor_sign(element) or _is_note_number(element):
            element.drop_tree()
        else:
            element.attrib.pop("style", None)  # extractors take `visibility: hidden` for furniture; scripts undo it


def _is_anchor_sign(link: HtmlElement) -> bool:
    if tag(link) != "a":
        return False
    text = link.text_content().strip()
    return bool(text) and len(text) <= 2 and set(text) <= _MARK_SIGNS


def _is_note_number(sup: HtmlElement) -> bool:
    if tag(sup) != "sup":
        return False
    links = sup.xpath('.//a[starts-with(@href, "#")]')
    return bool(links) and re.fullmatch(r"\W*\d{1,3}\W*", sup.text_content()) is not None


def _code(body: HtmlElement) -> None:
    """Leave in each `<pre>` its text alone, line for line."""
    gutters = (
        './/td[contains(@class, "gutter") or contains(@class, "linenos") or contains(@class, "lntd")]'
        "[following-sibling::td]"
        ' | .//*[self::span or self::a][@class="lineno" or @class="linenos" or @class="line-number" or @class="ln"]'
        ' | .//pre[@class="lineno"]'
    )
    found = body.xpath(gutters)
    for gutter in found if isinstance(found, list) else []:
        if isinstance(gutter, lxml.html.HtmlElement) and gutter.getparent() is not None:
            gutter.drop_tree()
    for pre in body.iter("pre"):
        for line_break in pre.iter("br"):
            line_break.text = "\n"
        code = pre.text_content().replace("\xa0", " ")
        for child in list(pre):
            pre.remove(child)
        pre.text = re.sub(r"\A(?:[ \t]*\n)+", "", code).rstrip()


def _tables(body: HtmlElement) -> None:
    """Turn tables that only lay out a page into plain containers."""
    for table in elements(body):
        if tag(table) != "table":
            continue
        rows = list(table.iter("tr"))
        widest = max((sum(bool(cell.text_content().strip()) for cell in row) for row in rows), default=0)
        holds = {tag(child) for child in elements(table)} - {"table"}
        nested = any(child is not table for child in table.iter("table"))
        if nested or widest < 2 or holds & (HEADINGS | {"pre"}):
            for part in elements(table):
                if tag(part) in ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup", "col"):
                    part.tag = "div"


def _wrap_runs(body: HtmlElement) -> None:
    """Put every run of text that shares its parent with blocks, or is parted by two line breaks, into a `<p>`."""
    atoms = {part for atom in body.iter(*ATOMS) for part in atom.iter()}
    order = [element for element in elements(body) if element not in atoms]
    holders = {atom.getparent() for atom in body.iter(*ATOMS)} - atoms  # what holds blocks, or is to be split in blocks
    for element in reversed(order):
        if _has_double_break(element):
            holders.add(element)
        if element is not body and (tag(element) in _CONTAINERS or element in holders):
            holders.add(element.getparent())
    for element in order:
        if element in holders:
            if tag(element) == "p" or tag(element) not in _CONTAINERS:
                element.tag = "div"
            _wrap(element, holders)
        elif tag(element) in _CONTAINERS - _LEAF_TAGS:
            _wrap(element, holders)


def _has_double_break(element: HtmlElement) -> bool:
    previous: HtmlElement | None = None
    for child in element:
        if child.tag == "br" and previous is not None and previous.tag == "br" and not (previous.tail or "").strip():
            return True
        previous = child
    return False


def _wrap(element: HtmlElement, holders: set[HtmlElement | None]) -> None:
    children = list(element)
    run = _run(element.text)
    element.text = None
    for child in children:
        element.remove(child)
    for child in children:
        tail, child.tail = child.tail, None
        if child.tag in _BLOCKS or child in holders:
            _close(element, run)
            element.append(child)
            run = _run(tail)
        elif child.tag == "br" and len(run) and run[-1].tag == "br" and not (run[-1].tail or "").strip():
            _close(element, run)
            run = _run(tail)
        else:
            child.tail = tail
            run.append(child)
    _close(element, run)


def _run(text: str | None) -> HtmlElement:
    paragraph = lxml.html.Element("p")
    paragraph.text = text
    return paragraph


def _close(element: HtmlElement, run: HtmlElement) -> None:
    if run.text_content().strip():
        element.append(run)
