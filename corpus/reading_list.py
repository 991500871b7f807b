"""The entries of a reading list, in Markdown or as plain lines of URLs. Pure."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence

import markdown_it
from markdown_it.token import Token

from corpus.model import Source

_URL = re.compile(r"""https?://[^\s<>"`，。；、！？（）【】《》「」『』“”|\\^{}]+""", re.IGNORECASE)
_WEB = re.compile(r"https?://[^/\s]", re.IGNORECASE)
_ZHIHU = re.compile(
    r"(?P<title>.+)\s+[-–—]\s+(?P<author>.+?)\s*的(?:文章|回答|想法|专栏|视频)\s+[-–—]\s+(?P<site>[^-–—]{1,20}?)(?:专栏)?"
)
_NUMBER = re.compile(r"\s*(?:\d{1,3}(?:[.)）]\s+|、\s*)|[-*+•·]\s+|\[[ xX]\]\s+)+")
_EDGES = " \t\xa0\u3000-–—:：|·•*,，;；"
_BRACKETS = {"(": ")", "（": "）", "[": "]", "【": "】", "<": ">", "《": "》"}
# What a link says when its title stands before it on the line.
_LABELS = frozenset({
    "pdf", "paper", "html", "link", "url", "arxiv", "abs", "article", "blog", "post", "code", "github", "site",
    "website", "page", "web", "source", "video", "slides", "talk", "demo", "here", "read", "链接", "原文", "论文",
    "地址", "文章", "代码", "原文链接", "论文链接", "链接地址", "传送门", "网址", "博客", "视频", "解读",
})  # fmt: skip
_SECOND = _LABELS - {"pdf", "paper", "html", "link", "url", "article", "blog", "post", "链接", "原文", "论文", "文章"}


@dataclasses.dataclass(frozen=True, slots=True)
class _Words:
    """A stretch of a line: plain words, or the text of a link and where it leads."""

    text: str
    url: str = ""


def sources(text: str) -> list[Source]:
    """Return the entries in order, each URL as listed; the same URL twice is two entries.

    Images, code, and links that lead to no web page (`#place`, `mailto:`, files) are no entries.
    """
    text = text.lstrip("\ufeff")
    return list(_plain(text) if _is_plain(text) else _markdown(text))


def _is_plain(text: str) -> bool:
    """Whether it is a file of URLs, one a line, where `#` opens a comment, not a heading."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    urls = [line for line in lines if not line.startswith("#")]
    return (
        bool(urls)
        and all(_URL.search(line) for line in urls)
        and not any(line.startswith("##") or "](" in line or _NUMBER.match(line) for line in lines)
        and not any(line.startswith(("|", "<", ">", "`")) for line in lines)
    )


def _plain(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            yield from _entries([_Words(line)], ())


def _markdown(text: str) -> Iterator[Source]:
    parser = markdown_it.MarkdownIt("commonmark").enable("table")
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]  # as listed, not percent-encoded
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # we look at the scheme ourselves
    headings: list[tuple[int, str]] = []
    row: list[_Words] | None = None
    tokens = parser.parse(text)
    for nth, token in enumerate(tokens):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield from _entries(row, _path(headings))
            row = None
        elif token.type == "inline" and row is not None:
            row += [words for line in _lines(token.children or ()) for words in line] + [_Words(" | ")]
        elif token.type == "inline":
            lines = list(_lines(token.children or ()))
            if tokens[nth - 1].type == "heading_open":
                level = int(tokens[nth - 1].tag[1])
                headings = [heading for heading in headings if heading[0] < level]
            for line in lines:
                yield from _entries(line, _path(headings))
            if tokens[nth - 1].type == "heading_open":
                name = _URL.sub("", " ".join(words.text for line in lines for words in line))
                headings.append((level, " ".join(name.split())))


def _path(headings: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(name for _, name in headings if name)


def _lines(tokens: Iterable[Token]) -> Iterator[list[_Words]]:
    """Yield the lines of a block, without its images, code and HTML."""
    line: list[_Words] = []
    url, linked = "", ""
    for token in tokens:
        if token.type in ("softbreak", "hardbreak") and not url:
            yield line
            line = []
        elif token.type in ("softbreak", "hardbreak"):
            linked += " "
        elif token.type == "link_open":
            url, linked = str(token.attrGet("href") or "#"), ""
        elif token.type == "link_close":
            line.append(_Words(linked.strip(), url.strip()))
            url = ""
        elif token.type in ("text", "code_inline") and url:
            linked += token.content
        elif token.type == "text":
            line.append(_Words(token.content))
    yield line


def _entries(line: Iterable[_Words], section: tuple[str, ...]) -> Iterator[Source]:
    """Yield the entries of one line (one row of a table): its links, and the URLs that stand bare."""
    parts = [part for words in line for part in (_bare(words.text) if not words.url else [words])]
    before = ""
    first = True
    for nth, part in enumerate(parts):
        if not part.url:
            before += part.text
            continue
        named = "" if _URL.fullmatch(part.text) else part.text.strip()
        label = named.strip("[]【】()（） ").casefold()
        if not _WEB.match(part.url) or not part.text:
            before += part.text
            continue
        if not first and label in _SECOND:
            continue  # the code, slides or film to the entry before it
        if not named or label in _LABELS:
            after = "".join(rest.text for rest in parts[nth + 1 :] if not rest.url)
            named = _first_cell(before) or (_first_cell(after) if first else "") or named
        yield _source(part.url, named, section)
        before, first = "", False


def _bare(text: str) -> Iterator[_Words]:
    """Yield the words and the bare URLs of plain text."""
    place = 0
    for found in _URL.finditer(text):
        url = found[0].rstrip(".,;:!?'*_~")
        while url[-1] in ")]" and url.count(url[-1]) > url.count("(" if url[-1] == ")" else "["):
            url = url[:-1].rstrip(".,;:!?'")
        yield _Words(text[place : found.start()])
        yield _Words(url, url)
        place = found.start() + len(url)
    yield _Words(text[place:])


def _first_cell(text: str) -> str:
    """Return what may be a title: the first cell with a letter, without what stands around it."""
    for cell in re.split(r"\s\|\s|\t", text):
        title = _NUMBER.sub("", cell, count=1) if _NUMBER.match(cell) else cell
        previous = None
        while title != previous:
            previous = title = title.strip(_EDGES)
            if title and title[-1] in _BRACKETS:  # opened before the link
                title = title[:-1]
            elif title and title[0] in _BRACKETS.values():  # closed behind it
                title = title[1:]
            elif len(title) > 1 and title[0] == "[" and title.endswith("]") and title.count("[") == 1:
                title = title[1:-1]
        if re.search(r"\w", title):
            return title
    return ""


def _source(url: str, named: str, section: tuple[str, ...]) -> Source:
    title = " ".join(named.split())
    if found := _ZHIHU.fullmatch(title):
        return Source(url, found["title"].strip(), found["author"].strip(), found["site"], section)
    return Source(url, title, section=section)
