"""General words of both languages: the background against which a library's own terms stand out."""

import functools
import math
import pathlib
import warnings

_FLOOR = {"en": 2.6, "zh": 2.6}  # the small lists of wordfreq end at 3.0


@functools.cache
def classes(lang: str) -> dict[str, frozenset[str]]:
    """Return the hand-made word classes of a language ('en', 'zh'): class -> words."""
    found: dict[str, set[str]] = {}
    table = pathlib.Path(__file__).with_name(f"words_{lang}.tsv").read_text(encoding="utf-8")
    for line in table.splitlines()[1:]:
        name, _, words = line.partition("\t")
        found.setdefault(name, set()).update(words.split())
    return {name: frozenset(words) for name, words in found.items()}


@functools.cache
def _frequencies(lang: str) -> dict[str, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import wordfreq  # 0.15 s, and only the concept graph needs it

    return dict(wordfreq.get_frequency_dict(lang, wordlist="small"))


@functools.lru_cache(maxsize=1 << 16)
def commonness(word: str, lang: str) -> float:
    """Return how common a word is in general language: log10 of uses per billion words (the Zipf scale), 2.6 to 8."""
    frequency = _frequencies(lang).get(word, 0.0)
    return max(_FLOOR[lang], 9 + math.log10(frequency)) if frequency else _FLOOR[lang]
