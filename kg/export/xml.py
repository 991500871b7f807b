"""Values as XML text: what GraphML and GEXF share."""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

# What must not stand in a text as it is: the rest of these is forbidden in XML 1.0 (section 2.2), lone surrogates too.
_SPECIAL = re.compile('[&<>"\r]|[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "\n"}


@functools.lru_cache(maxsize=1 << 14)  # types, languages and addresses come back all the time
def content(value: str) -> str:
    """Return what stands between tags: escaped, without what XML forbids, carriage returns as line feeds."""
    # Most values have nothing to escape, and `isprintable`, false for all that XML forbids, is ten times the quicker.
    if value.isprintable() and not ("&" in value or "<" in value or ">" in value or '"' in value):
        return value
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match.group(), ""), value)


@functools.lru_cache(maxsize=1 << 17)  # ids come back with every edge
def attribute(value: str) -> str:
    """Return what stands between quotes: the same, with line feeds and tabs that a reader does not make blanks."""
    return content(value).replace("\n", "&#10;").replace("\t", "&#9;")


def writers(attributes: Mapping[Any, type], text: Callable[[str], str]) -> list[Callable[[Any], str]]:
    """Return what writes each attribute of a row, strings by `text`. Any: the type stands beside the name."""
    by_type: dict[type, Callable[[Any], str]] = {str: text, int: repr, float: repr, bool: boolean}
    return [by_type[kind] for kind in attributes.values()]


def boolean(value: bool) -> str:
    """Return a truth value as XML has it."""
    return "true" if value else "false"
