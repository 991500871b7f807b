"""One spelling of a text for matching: width, case and Chinese script folded. Pure."""

import functools
import unicodedata

import opencc


@functools.cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """Return `text` in NFKC, lower case (as Unicode folds it) and simplified characters. The length may change."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded if folded.isascii() else str(_simplifier().convert(folded))
