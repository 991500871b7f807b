"""Values as XML text: what GraphML and GEXF share."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

# What must not stand in a text as it is: the rest of these is forbidden in XML 1.0 (section 2.2), lone surrogates too.
_SPECIAL = re.compile('[&<>"\r]|[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "\n"}


def _plain(value: str) -> bool:
    """Tell whether nothing is to be escaped: `isprintable` is false for all that XML forbids, and quick."""
    return value.isprintable() and not ("&" in value or "<" in value or ">" in value or '"' in value)


def content(value: str) -> str:
    """Return what stands between tags: escaped, without what XML forbids, carriage returns as line feeds."""
    return value if _plain(value) else _SPECIAL.sub(lambda match: _ESCAPES.get(match.group(), ""), value)


def attribute(value: str) -> str:
    """Return what stands between quotes: the same, with line feeds and tabs that a reader does not make blanks."""
    return content(value).replace("\n", "&#10;").replace("\t", "&#9;")


def column(values: Sequence[Any], kind: type, text: Callable[[str], str]) -> Iterable[str]:
    """Return values of one type as XML has them, strings by `text`. Any: the type stands beside them."""
    if kind is str:
        return values if _plain("".join(values)) else map(text, values)
    return map(_boolean if kind is bool else repr, values)


def _boolean(value: bool) -> str:
    """Return a truth value as XML has it."""
    return "true" if value else "false"
