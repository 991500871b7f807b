"""Presentation MathML as TeX, for pages that kept no TeX of their own. Pure."""

from collections.abc import Callable

from lxml.html import HtmlElement

_SIGNS = {"−": "-", "∗": "*", "\u2061": "", "\u2062": "", "\u2063": ",", "′": "'", "\xa0": " "}
_ACCENTS = {"^": "hat", "¯": "bar", "ˉ": "bar", "‾": "bar", "~": "tilde", "˜": "tilde", "→": "vec", "⃗": "vec",
            "˙": "dot"}  # fmt: skip


def tex(element: HtmlElement) -> str:
    """Return the formula as TeX that reads well as plain text: letters and signs stay themselves."""
    return " ".join(_row(element).split())


def _row(element: HtmlElement) -> str:
    return "".join(_node(child) for child in element if isinstance(child.tag, str))


def _node(element: HtmlElement) -> str:
    name = str(element.tag).rpartition(":")[2]
    if name in ("annotation", "annotation-xml"):
        return ""
    shape = _SHAPES.get(name)
    parts = [_node(child) for child in element if isinstance(child.tag, str)]
    if shape is not None:
        arity, made = shape
        return (
            made(*(f"{{{part}}}" if len(part) > 1 else part for part in parts))
            if len(parts) == arity
            else "".join(parts)
        )
    if name == "mtable":
        return r" \\ ".join(parts)
    if name == "mtr":
        return " & ".join(parts)
    if parts:
        return "".join(parts)
    text = " ".join((element.text or "").split())
    text = "".join(_SIGNS.get(sign, sign) for sign in text)
    if name == "mtext":
        return rf"\text{{{element.text or ''}}}"
    if name == "mi" and len(text) > 1 and text.isascii():
        return rf"\mathrm{{{text}}}"
    return f" {text} " if name == "mo" and text in {"=", "+", "→", "∈", "≤", "≥", "≠", "∼", "≈", "∣"} else text


def _over(base: str, above: str) -> str:
    accent = _ACCENTS.get(above.strip("{}"))
    return rf"\{accent}{{{base.strip('{}')}}}" if accent else f"{base}^{above}"


_SHAPES: dict[str, tuple[int, Callable[..., str]]] = {
    "msub": (2, lambda base, low: f"{base}_{low}"),
    "msup": (2, lambda base, high: f"{base}^{high}"),
    "msubsup": (3, lambda base, low, high: f"{base}_{low}^{high}"),
    "munder": (2, lambda base, low: f"{base}_{low}"),
    "mover": (2, _over),
    "munderover": (3, lambda base, low, high: f"{base}_{low}^{high}"),
    "mfrac": (2, lambda top, bottom: rf"\frac{_braced(top)}{_braced(bottom)}"),
    "mroot": (2, lambda base, index: rf"\sqrt[{index.strip('{}')}]{_braced(base)}"),
    "msqrt": (1, lambda base: rf"\sqrt{_braced(base)}"),
}


def _braced(part: str) -> str:
    return part if part.startswith("{") else f"{{{part}}}"
