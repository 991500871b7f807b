r"""The words of a text as the keyword index sees them: English and Chinese, names whole and in parts. Pure.

FTS5 gets text that is already cut into words, so that its own tokenizer only has to split at spaces: `unicode61` finds
no Chinese word in a sentence, and `trigram` no word of two characters.

- Latin words are stemmed; accents, case and width do not matter.
- A name of several parts (`multi-head`, `config.axial_pos_shape`, `LayerNorm`, `STS-B`, `d_k`) is found by each part
  and as a whole, the whole without its signs: `multihead` finds `multi-head`, `sqrt(d_k)` finds `\sqrt{d_k}`.
- Scripts without spaces go in as single characters and overlapping pairs.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Protocol

import snowballstemmer  # type: ignore[import-untyped]  # it ships no types

from corpus.spelling import fold

TOKENIZER = "ascii tokenchars '+#.'"  # what stands between our spaces is a word; Unicode was dealt with before

_DENSE = (
    "\u3005\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_DENSE_RUN = re.compile(f"[{_DENSE}]+")
_WORD = rf"[^\W_{_DENSE}]+"  # letters and digits of scripts that put spaces between words
_NAME = re.compile(rf"{_WORD}(?:[._\-/'’]{_WORD})*(?:\+\+?|#)?(?!{_WORD})|{_WORD}|[{_DENSE}]+")
_CALL = re.compile(rf"({_WORD})[({{]\s*({_WORD}(?:[._\-]\{{?{_WORD}\}}?)*)\s*[)}}]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]{2})|(?<=[A-Z]{2})(?=[A-Z][a-z]{2})")
_NUMBER = re.compile(r"\d+(?:\.\d+)+")
_SUBSCRIPT = re.compile(r"_\{(\w+)\}")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")
_STEMMED = re.compile("[a-z]{3,}")
_GAP = "[\\s\\-‐‑–_]"  # what may stand between the words of a phrase
_MANY_PARTS = 8  # a longer chain is a path or a rule of dashes, not a name

# Words that ask rather than name: they stand in questions and hardly tell passages apart.
_ASKING_EN = (
    "a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my of"
    " on or our please should so tell than that the their them then there these they this those to us was we were what"
    " when where which while who whose why will with would you your"
)
_ASKING_ZH = re.compile(
    "(?:为什么|为何|为啥)(?:需要|要)?(?:使用|用(?![户途法]))?|什么|怎么样|怎样|怎么|如何|哪些|哪个|哪几|哪里|多少|几个|"
    "是不是|有没有|能不能|可不可以|请问|[的吗呢吧啊是]"
)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  # the library's name


def words(text: str) -> list[str]:
    """Return the words of a passage, in order, names whole after their parts."""
    found: list[str] = []
    for part in _parts(text):
        if _DENSE_RUN.match(part):
            run = fold(part)
            found.extend(run)
            found.extend(run[place : place + 2] for place in range(len(run) - 1))
        else:
            found.extend(_latin(part))
    return found


def query_words(text: str) -> list[str]:
    """Return the words that a passage should hold, each once, without those that only ask unless no other is left.

    A run of Chinese asks for its pairs; a character that stands alone asks for itself.
    """
    asked: dict[str, None] = {}
    for part in _parts(text):
        if _DENSE_RUN.match(part):
            for run in _ASKING_ZH.split(fold(part)):
                asked.update(dict.fromkeys(_pairs(run)))
        else:
            latin = _latin(part)
            alone = len(latin) == 1  # the letters of d_k say nothing beside the whole
            asked.update(dict.fromkeys(word for word in latin if (alone or len(word) > 1) and word not in _asking()))
    return list(asked or dict.fromkeys(words(text)))


def either(asked: Sequence[str]) -> str:
    """Return an FTS5 MATCH expression for passages that hold any of these words."""
    return " OR ".join(f'"{word}"' for word in asked)  # no word holds a quotation mark


def any_whole(names: Sequence[Sequence[str]]) -> str:
    """Return an FTS5 MATCH expression for passages that hold all words of any of these names."""
    return " OR ".join("(" + " AND ".join(f'"{word}"' for word in words) + ")" for words in names)


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[place : place + 2] for place in range(len(run) - 1)]


def _parts(text: str) -> Iterator[str]:
    """Yield names and runs of characters in order, then the wholes of calls such as sqrt(d_k)."""
    text = unicodedata.normalize("NFKC", text).replace("√", " sqrt ")
    text = _SUBSCRIPT.sub(r"_\1", _POSSESSIVE.sub("", text))
    for found in _NAME.finditer(text):
        yield found[0]
    for call in _CALL.finditer(text):
        yield re.sub(r"[\W_]", "", call[1] + call[2])


@functools.lru_cache(maxsize=1 << 16)  # a text has few names, each many times
def _latin(name: str) -> tuple[str, ...]:
    """Return a name's parts, stemmed, then the name whole where it has more than one."""
    return tuple(_forms(name))


def _forms(name: str) -> Iterator[str]:
    if _NUMBER.fullmatch(name):
        yield name
        return
    parts = [piece for word in re.split(r"[\W_]+", name) if word for piece in _CAMEL.split(word)]
    for part in parts:
        yield _stem(part)
    if name.endswith(("+", "#")):
        yield re.sub(r"[^\w+#]|_", "", _plain(name))
    elif 1 < len(parts) <= _MANY_PARTS:
        yield _stem("".join(parts))
    for chain in re.split(r"[./]", name):  # of config.axial_pos_shape also axial_pos_shape
        inner = [part for part in re.split(r"[\W_]+", chain) if part]
        if 1 < len(inner) < len(parts):
            yield _stem("".join(inner))


@functools.lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    word = _plain(word)
    return _stemmer().stemWord(word) if _STEMMED.fullmatch(word) else word


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return unicodedata.normalize("NFKC", bare).casefold()


@functools.cache
def _asking() -> frozenset[str]:
    return frozenset(map(_stem, _ASKING_EN.split()))


@functools.cache
def _stemmer() -> _Stemmer:
    stemmer: _Stemmer = snowballstemmer.stemmer("english")
    return stemmer


def matched(query: str, there: frozenset[str]) -> tuple[str, ...]:
    """Return what of a query stands in a passage of these words, as the query writes it, in its order, each once."""
    found: dict[str, None] = {}
    for part in _parts(query):
        if _DENSE_RUN.match(part):
            for run in _ASKING_ZH.split(fold(part)):
                found.update(dict.fromkeys(_covered(run, there)))
        elif any(word in there and word not in _asking() for word in _latin(part)):
            found[part] = None
    return tuple(found)


def _covered(run: str, there: frozenset[str]) -> list[str]:
    """Return the stretches of a run whose pairs stand in a passage, one after the other."""
    if len(run) == 1:
        return [run] if run in there else []
    signs = [" "] * len(run)
    for place in range(len(run) - 1):
        if run[place : place + 2] in there:
            signs[place : place + 2] = run[place : place + 2]
    return "".join(signs).split()


def phrase_query(phrase: str) -> str:
    """Return an FTS5 MATCH expression that fits every passage with this phrase in it, and some others; '' for any."""
    asked = []
    for part in re.findall(rf"{_WORD}|[{_DENSE}]+", unicodedata.normalize("NFKC", phrase)):
        if _DENSE_RUN.match(part):
            asked.append('"' + " ".join(_pairs(fold(part))) + '"')  # the pairs of a run stand side by side
        elif len(part) > 1 and not part.isdecimal():  # of "2.0", d_k and can't the parts are not always indexed
            *parts, whole = (f'"{form}"' for form in _latin(part))
            asked.append(f"({whole} OR ({' AND '.join(parts)}))" if parts else whole)
    return " AND ".join(dict.fromkeys(asked))


def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """Return what finds a phrase in a folded text: whole words as written, in their order.

    A space, a hyphen and a line break are one; between Chinese and other signs a space may stand or not.
    """
    signs = re.findall(rf"{_WORD}|[{_DENSE}]|{_GAP}+|.", fold(phrase), re.DOTALL)
    gaps = [re.fullmatch(f"{_GAP}+", sign) is not None for sign in signs]
    pattern, last = "", ""
    for sign, gap, after_gap in zip(signs, gaps, [False, *gaps], strict=False):
        if gap:
            continue
        dense = [_DENSE_RUN.match(each) is not None for each in (last, sign)]
        if last and (any(dense) if after_gap else dense[0] != dense[1]):
            pattern += f"{_GAP}*"
        elif last and after_gap:
            pattern += f"{_GAP}+"
        pattern += _edge(sign, "<!", last) + re.escape(sign)
        last = sign
    return re.compile(pattern + _edge(last, "!"))


def _edge(sign: str, look: str, before: str = "") -> str:
    """Return what holds a phrase to whole words where a word is its first or last sign."""
    return f"(?{look}[^\\W_{_DENSE}])" if not before and re.fullmatch(_WORD, sign) else ""
