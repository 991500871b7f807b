"""What a page says about itself in its head: title, author, site, date. Pure."""

import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import Any  # JSON-LD holds whatever its author put there

from lxml.html import HtmlElement

_SEPARATOR = re.compile(r"\s+[-|–—·•»:_]+\s+|\s*[|｜»]\s*|_(?=[^_]*$)")
_AUTHOR = re.compile(r"作者\s*[:：]\s*([^\s,，;；|/]+)")
_HOST_PART = 3  # letters; fewer stand in any host's name
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")


def _folded(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def title(root: HtmlElement, url: str) -> str:
    """Return the article's own title: without the name of the site that often follows it."""
    headlines = [text for h1 in root.iter("h1") if (text := _text(h1))]
    named = [name for name in (_meta(root, "og:title"), _meta(root, "twitter:title"), _head_title(root)) if name]
    for headline in headlines:
        if any(_folded(headline) and _folded(name).startswith(_folded(headline)) for name in named):
            return headline
    if named:
        return _without_site(named[0], site(root), url)
    return headlines[0] if headlines else ""


def _head_title(root: HtmlElement) -> str:
    found = root.find("head/title")
    return _text(found) if found is not None else ""


def _without_site(name: str, site_name: str, url: str) -> str:
    host = _folded(urllib.parse.urlsplit(url).hostname or "")
    parting = list(_SEPARATOR.finditer(name))
    if not parting or not name[: parting[-1].start()].strip():
        return name
    last = parting[-1]
    tail, called = _folded(name[last.end() :]), _folded(site_name)
    is_host = len(tail) >= _HOST_PART and tail in host
    is_site = bool(tail and called) and (tail in called or called in tail)
    return name[: last.start()].strip() if is_host or is_site else name


def author(root: HtmlElement) -> str:
    """Return who wrote it, or ''."""
    for name in ("author", "article:author", "citation_author", "parsely-author", "byl"):
        if (found := _meta(root, name)) and not found.startswith(("http:", "https:")):
            return found
    for thing in _linked_data(root):
        people = thing.get("author")
        for person in people if isinstance(people, list) else [people]:
            called = person.get("name") if isinstance(person, dict) else person
            if isinstance(called, str) and called.strip():
                return " ".join(called.split())
    for element in root.xpath('//a[@rel="author"] | //*[@itemprop="author"]'):
        inner = element.xpath('.//*[@itemprop="name"]')
        for part in [*inner, element]:
            if 0 < len(text := part.get("content") or _text(part)) < 80:
                return text
    return ""


def byline_author(texts: Iterable[str]) -> str:
    """Return whom one of `texts` names as the author, or ''."""
    return next((found[1] for text in texts if (found := _AUTHOR.search(text))), "")


def site(root: HtmlElement) -> str:
    """Return what the site calls itself, or ''."""
    if found := _meta(root, "og:site_name") or _meta(root, "application-name"):
        return found
    for thing in _linked_data(root):
        publisher = thing.get("publisher")
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return " ".join(publisher["name"].split())
    return ""


def published(root: HtmlElement) -> str:
    """Return the day of publication as YYYY-MM-DD, or ''."""
    names = (
        "article:published_time", "datePublished", "date", "dc.date", "dcterms.created", "citation_publication_date",
        "pubdate",
    )  # fmt: skip
    said = [_meta(root, name) for name in names]
    said += [thing["datePublished"] for thing in _linked_data(root) if isinstance(thing.get("datePublished"), str)]
    for element in root.iter("time"):
        if not any(ancestor.tag in ("footer", "aside", "nav") for ancestor in element.iterancestors()):
            said.append(element.get("datetime") or _text(element))
    return day(said)


def day(texts: Iterable[str]) -> str:
    """Return the first date that one of `texts` names as YYYY-MM-DD, or ''."""
    for text in texts:
        if (found := _DATE.search(text)) and 1 <= int(found[2]) <= 12 and 1 <= int(found[3]) <= 31:
            return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    return ""


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _meta(root: HtmlElement, name: str) -> str:
    for element in root.iter("meta"):
        said = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if said.lower() == name.lower() and (content := " ".join((element.get("content") or "").split())):
            return content
    return ""


def _linked_data(root: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        todo = [data]
        while todo:
            thing = todo.pop(0)
            if isinstance(thing, list):
                todo += thing
            elif isinstance(thing, dict):
                yield thing
                graph = thing.get("@graph")
                todo += graph if isinstance(graph, list) else []
