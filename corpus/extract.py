"""The article of a page, without the page. Pure.

Two extractors decide what belongs to the article; neither renders it. Every block of the prepared page carries a number
in signs that no text uses; a block belongs to the article when its number comes out of the extractor. So the words,
marks, code and formulas are read from the page itself, whatever an extractor does to them, and whatever it drops from
the middle of the article (a listing, a heading, a formula) can be put back.
"""

import dataclasses
import re

import lxml.etree
import lxml.html
import readability  # type: ignore[import-untyped]  # it ships no types
import trafilatura
from lxml.html import HtmlElement

from corpus import metadata
from corpus.blocks import Block, block, leaves, points_within
from corpus.language import script_language
from corpus.model import Document, Page, Span
from corpus.prepass import HEADINGS, markup, parsed, prepare, tag

RECIPE = "extract-1"

_DIGITS = "".join(map(chr, range(0x2800, 0x2810)))  # Braille patterns: printable, no letters, in no article
_NUMBER = re.compile(f"⟪([{_DIGITS}]+)⟫")
_ENOUGH = 0.6  # of readability's text; with this second choice F1 on 181 articles rose from .964 to .971
_BYLINE = 80  # characters; a longer paragraph is prose whatever it begins with
_NEAR_TOP, _NEAR_END = 8, 3  # blocks
_BYLINES = re.compile(
    r"""^\W*(?:
        (?:posted|published|updated|written|last\ (?:updated|modified|edited)|date|filed\ under)\b
            (?:\ on|\ by|\ at|\ in)?\W*.*\d{4}.*
      | (?:发布于|发表于|更新于|编辑于|创建于|最后更新|发布时间|更新时间|阅读时[间长]|阅读量|字数)
            \W*[\d\s:：./年月日-]*\w{0,4}
      | (?:作者|编辑|来源|出处)\s*[:：].*
      | (?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+\w+\s+\d{1,2},?\s+\d{4}
      | (?:\w{3,9}\ \d{1,2},?\ |\d{1,2}\ \w{3,9}\ )\d{4}
      | \d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?
      | \d*\s*(?:次访问|次阅读|字|分钟|个评论|min(?:ute)?s?(?:\ to)?\ read|views?|comments?|words|shares?)
      | share(?:\ this(?:\ \w+)?|\ on)?\W+(?:tweet|facebook|twitter|x|linkedin|email|\W|\ )*
      | .*(?:©|@|\(c\)|copyright)\s*\d{4}.* | 总访(?:客|问).* | 本站.*(?:访问|访客).*
      | tweet | 分享(?:到|至)?\W*(?:微信|微博|朋友圈|\W)* | 点赞 | 收藏 | 赞同\W*\d*
    )\W*$ | ^\#\w+$""",
    re.VERBOSE | re.IGNORECASE,
)
_FURNITURE = frozenset({"nav", "footer", "aside", "header", "menu"})


def document(page: Page, url: str) -> Document:
    """Return the article in `page`, for the source `url`. Where there is none its text is empty; never raises."""
    empty = Document(url=url, title="", lang="", text="", blocks=())
    root = parsed(markup(page))
    body = root.find("body") if root is not None else None
    if root is None or body is None:
        return empty
    title = metadata.title(root, page.final_url)
    author, site, published = metadata.author(root), metadata.site(root), metadata.published(root)
    prepare(body)
    parts = leaves(body)
    kept = _chosen(root, parts)
    blocks = [made for part, keep in zip(parts, kept, strict=True) if keep and _says_something(made := block(part))]
    blocks, bylines = _without_bylines(_without_title(blocks, title))
    text, spans, marks = _joined(_with_headings(blocks))
    published = published or metadata.day(bylines)
    author = author or metadata.byline_author(bylines)
    named = (root.get("lang") or root.get("xml:lang") or "").split("-")[0].split("_")[0].lower()
    prose = " ".join(text[span.start : span.end] for span in spans if span.kind not in ("code", "math"))
    lang = script_language(prose or text, named if re.fullmatch("[a-z]{2}", named) else "")
    return Document(url, title, lang, text, spans, marks, author, site, published)


def _says_something(made: Block) -> bool:
    return bool(made.text.strip()) if made.kind in ("code", "math") else re.search(r"\w", made.text) is not None


def _without_title(blocks: list[Block], title: str) -> list[Block]:
    folded = re.sub(r"\W+", "", title).casefold()
    for nth, made in enumerate(blocks[:3]):
        if made.kind == "heading" and re.sub(r"\W+", "", made.text).casefold() == folded:
            return blocks[:nth] + blocks[nth + 1 :]
    return blocks


def _without_bylines(blocks: list[Block]) -> tuple[list[Block], list[str]]:
    """Return the blocks without dates, counts and buttons near the top and the end, and what these said."""
    bottom = len(blocks) - _NEAR_END
    bylines = [nth for nth, made in enumerate(blocks) if not _NEAR_TOP <= nth < bottom and _is_byline(made)]
    said = [blocks[nth].text for nth in bylines]
    return [made for nth, made in enumerate(blocks) if nth not in bylines], said


def _is_byline(made: Block) -> bool:
    return made.kind in ("paragraph", "item") and len(made.text) <= _BYLINE and _BYLINES.search(made.text) is not None


def _with_headings(blocks: list[Block]) -> list[Block]:
    """In an article without headings, let paragraphs that are one short line in bold be headings."""
    if any(made.kind == "heading" for made in blocks):
        return blocks
    return [dataclasses.replace(made, kind="heading", level=2) if _is_bold_line(made) else made for made in blocks]


def _is_bold_line(made: Block) -> bool:
    text = made.text
    bold = any(mark.kind == "strong" and (mark.start, mark.end) == (0, len(text)) for mark in made.marks)
    return (
        made.kind == "paragraph"
        and bold
        and len(text) <= _BYLINE
        and text[-1] not in ".。!！:：;；,，"
        and "\n" not in text
    )


def _joined(blocks: list[Block]) -> tuple[str, tuple[Span, ...], tuple[Span, ...]]:
    spans: list[Span] = []
    marks: list[Span] = []
    place = 0
    for made in blocks:
        spans.append(Span(place, place + len(made.text), made.kind, made.level))
        marks += [Span(place + mark.start, place + mark.end, mark.kind) for mark in made.marks]
        place += len(made.text) + 2
    return "\n\n".join(made.text for made in blocks), tuple(spans), tuple(marks)


def _chosen(root: HtmlElement, parts: list[HtmlElement]) -> list[bool]:
    """Return for each block whether it belongs to the article."""
    html = _numbered(root, parts)
    lengths = [len(part.text_content()) for part in parts]
    first, second = _by_trafilatura(html, len(parts)), _by_readability(html, len(parts))
    weigh = [sum(length for length, keep in zip(lengths, kept, strict=True) if keep) for kept in (first, second)]
    return _mended(parts, first if weigh[0] >= _ENOUGH * weigh[1] else second)


def _numbered(root: HtmlElement, parts: list[HtmlElement]) -> str:
    """Return the page as HTML with a number at the head of each block."""
    places = [next(part.iter("td", "th"), part) for part in parts]
    texts = [place.text for place in places]
    for nth, place in enumerate(places):
        number = "".join(_DIGITS[int(digit, 16)] for digit in f"{nth:x}")
        place.text = f"⟪{number}⟫{place.text or ''}"
    html = str(lxml.html.tostring(root, encoding="unicode"))
    for place, text in zip(places, texts, strict=True):
        place.text = text
    return html


def _numbers(text: str, count: int) -> list[bool]:
    kept = [False] * count
    for found in _NUMBER.finditer(text):
        nth = int("".join(f"{ord(sign) - 0x2800:x}" for sign in found[1]), 16)
        if nth < count:
            kept[nth] = True
    return kept


def _by_trafilatura(html: str, count: int) -> list[bool]:
    found = trafilatura.bare_extraction(html, favor_precision=True, include_comments=False, include_tables=True)
    if found is None or isinstance(found, dict):
        return [False] * count
    return _numbers("".join(map(str, found.body.itertext())), count)


def _by_readability(html: str, count: int) -> list[bool]:
    try:
        return _numbers(readability.Document(html).summary(html_partial=True), count)
    except (readability.readability.Unparseable, lxml.etree.LxmlError):
        return [False] * count


def _mended(parts: list[HtmlElement], kept: list[bool]) -> list[bool]:
    """Put back what stands in the middle of the article, and drop headings whose text is dropped."""
    kept = [keep and not points_within(part) for keep, part in zip(kept, parts, strict=True)]
    prose = [nth for nth, keep in enumerate(kept) if keep and tag(parts[nth]) not in HEADINGS]
    if not prose:
        return [False] * len(kept)
    around: dict[HtmlElement, list[int]] = {}
    for nth in prose:
        for ancestor in parts[nth].iterancestors():
            around.setdefault(ancestor, [nth, nth])[1] = nth
    for nth, part in enumerate(parts):
        if not kept[nth] and tag(part) not in HEADINGS and not points_within(part):
            for ancestor in part.iterancestors():
                if tag(ancestor) in _FURNITURE:
                    break
                if ancestor in around:
                    kept[nth] = around[ancestor][0] < nth < around[ancestor][1]
                    break
    level = [int(tag(part)[1]) if tag(part) in HEADINGS else 0 for part in parts]
    waiting: list[int] = []  # headings of which nothing has been kept so far, outermost first
    for nth in range(len(parts)):
        if level[nth]:
            # of the article's own bare headings (a part's name above a chapter's) the extractor is the judge
            kept[nth] = kept[nth] and prose[0] < nth < prose[-1] and level[nth + 1] > 0
            while waiting and level[waiting[-1]] >= level[nth]:
                waiting.pop()
            waiting.append(nth)
        elif kept[nth]:
            for heading in waiting:
                kept[heading] = True
            waiting = []
    return kept
