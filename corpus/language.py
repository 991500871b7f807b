"""The language of a text, told from its scripts. Pure, and the same for a query of three characters and for a page."""

import re

# A Chinese character says what several Latin letters say, so it counts as three. Latin names stand everywhere in
# technical prose: a text is Chinese, Japanese or Korean from a small share on, unless the rest reads as English.
_WEIGHT = 3
_CLEAR, _SMALL = 0.33, 0.15
_PROSE = (
    0.15  # of the Latin words are these in English prose (a third, mostly); among names in Chinese prose hardly any
)
_FUNCTION_WORD = re.compile(
    r"\b(?:the|an?|of|is|are|was|be|to|in|on|and|or|for|with|that|this|it|as|by|from|how|what|why|does|can|we|means)\b",
    re.I,
)
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_KANA_SHARE = 0.3

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]")
_OTHERS = {
    "ru": re.compile("[\u0400-\u052f]"),
    "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "ar": re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
}
_OF_SCRIPT = {"zh": "Han", "ja": "Kana", "ko": "Hangul"} | {lang: lang for lang in _OTHERS}


def script_language(text: str, default: str = "") -> str:
    """Return the ISO 639-1 code of the language whose script `text` is in.

    Latin script can't tell English from French: there `default` is returned when it is written in Latin script itself,
    else 'en'. A text without letters gives `default`.
    """
    if text.isascii():
        return _latin(default) if _LATIN.search(text) else default
    kana, hangul, han = len(_KANA.findall(text)), len(_HANGUL.findall(text)), len(_HAN.findall(text))
    counts = {lang: len(pattern.findall(text)) for lang, pattern in _OTHERS.items()}
    latin = len(_LATIN.findall(text))
    east_asian = _WEIGHT * (kana + hangul + han)
    total = east_asian + latin + sum(counts.values())
    if not total:
        return default
    if east_asian >= _CLEAR * total or (east_asian >= _SMALL * total and not _is_english(text)):
        # Chinese quotes a Japanese or Korean word now and then; Japanese and Korean never go without their own script.
        if kana >= _KANA_SHARE * (kana + han) and kana >= hangul:
            return "ja"
        return "ko" if hangul > han else "zh"
    best = max(counts, key=lambda lang: counts[lang])
    if counts[best] > latin:  # else they are a formula's Greek letters, or a name
        return best
    return _latin(default) if latin else default


def _is_english(text: str) -> bool:
    return len(_FUNCTION_WORD.findall(text)) >= _PROSE * len(_LATIN_WORD.findall(text)) > 0


def _latin(default: str) -> str:
    return default if default and default not in _OF_SCRIPT else "en"
