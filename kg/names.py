"""Spellings: which of them are one key, and which short form stands for which long one. Pure."""

import functools
import re
import unicodedata
from collections.abc import Sequence

from corpus.spelling import fold
from kg.vocabulary import classes

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{HAN}]+|\d+(?:\.\d+)+|[^\W{HAN}_]+|[+#]+")
_ASCII_TOKEN = re.compile(r"\d+(?:\.\d+)+|[A-Za-z0-9]+|[+#]+")  # the same, and faster
_HAN = re.compile(f"[{HAN}]")
_POSSESSIVE = re.compile(r"['’]s\b")

_TAILS = {  # what may follow a name without naming more; another tail makes other accounts (evidence.RECIPE)
    "empty": ("mechanism", "机制"),  # attention mechanism is attention
    "process": ("method", "technique", "algorithm", "procedure", "方法", "技术", "算法"),  # pruning method
    "policy": (  # pooling operation; a strategy of Debian is no Debian
        "approach", "strategy", "operation", "策略", "操作",
    ),
    "design": (  # encoder-decoder framework
        "architecture", "framework", "structure", "model", "架构", "结构", "框架", "模型",
    ),
    "part": ("layer", "层"),  # self-attention layer
    "piece": ("block", "module", "模块"),  # self-attention module; but a kernel module is no kernel
    "name": ("function", "stack", "函数"),  # softmax function
    "shape": (  # BERT network; no pointer network
        "network", "score", "benchmark", "dataset", "optimizer", "网络", "数据集", "优化器",
    ),
}  # fmt: skip
ANY_TAIL = tuple(tail for tails in _TAILS.values() for tail in tails)
_TAIL = re.compile("|".join(f"(?P<{kind}>{'|'.join(tails)})$" for kind, tails in _TAILS.items()))

_SINGULAR = {
    "analyses": "analysis",
    "appendices": "appendix",
    "axes": "axis",
    "biases": "bias",
    "caches": "cache",
    "children": "child",
    "corpora": "corpus",
    "criteria": "criterion",
    "formulae": "formula",
    "hypotheses": "hypothesis",
    "indices": "index",
    "matrices": "matrix",
    "minima": "minimum",
    "maxima": "maximum",
    "parentheses": "parenthesis",
    "phenomena": "phenomenon",
    "syntheses": "synthesis",
    "vertices": "vertex",
}
_BRITISH = (
    (re.compile(r"is(ation|ing|ed|er)$"), r"iz\1"),
    (re.compile(r"ell(ing|ed|er)$"), r"el\1"),
    (re.compile(r"(?<=\w{3})our$"), "or"),
)
_BRITISH_ENDINGS = ("ation", "ing", "ed", "er", "our")


@functools.lru_cache(maxsize=1 << 17)
def key(surface: str) -> str:
    """Return the folded spelling: equal for what differs only in case, hyphens, spaces, plural, width or Han script.

    Keys carry no spaces: pre-training, pre training and pretraining are one, as are GPT-2 and GPT2. Only the head
    (the last word, and the word before an "of") loses its plural. Two numbers side by side stay apart.
    """
    tokens = words(surface)
    folded = ""
    for token in tokens:
        if folded[-1:].isdigit() and token[0].isdigit():
            folded += " "
        folded += token
    return folded


@functools.lru_cache(maxsize=1 << 17)
def words(surface: str) -> tuple[str, ...]:
    """Return the folded words of a spelling, hyphens split, the head in the singular; a stretch of Han is one word."""
    plain = surface if surface.isascii() else unicodedata.normalize("NFKC", surface)
    if "'" in plain or "’" in plain:
        plain = _POSSESSIVE.sub("", plain)
    raw = (_ASCII_TOKEN if plain.isascii() else _TOKEN).findall(plain)
    folded = [_fold_word(word) for word in raw]
    heads = [place - 1 for place, word in enumerate(folded) if place and word == "of"]
    for place in (*heads, len(raw) - 1) if raw else ():
        folded[place] = _singular(raw[place], folded[place])
    return tuple(folded)


def mere_tail(key: str) -> re.Match[str] | None:
    """Return what ends a key without naming more; the group that matched tells the kind of tail."""
    return _TAIL.search(key) if key.endswith(ANY_TAIL) else None


def is_han(text: str) -> bool:
    """Tell whether the text holds a Chinese character."""
    return not text.isascii() and _HAN.search(text) is not None


def is_latin(text: str) -> bool:
    """Tell whether the text holds a letter and no Chinese character."""
    return not is_han(text) and any(letter.isalpha() for letter in text)


@functools.lru_cache(maxsize=1 << 16)
def _fold_word(word: str) -> str:
    folded = fold(word)
    if is_han(folded):
        return folded
    if not folded.isascii():  # naïve is naive
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    if folded.endswith(_BRITISH_ENDINGS):
        for pattern, american in _BRITISH:
            folded = pattern.sub(american, folded)
    return folded


@functools.lru_cache(maxsize=1 << 16)
def _singular(written: str, folded: str) -> str:
    """Return the singular of an English word; names in capitals (LMS, but not GANs) stay as they are."""
    if folded in _SINGULAR:
        return _SINGULAR[folded]
    if re.fullmatch("[A-Z]{2,}s", written):
        return folded[:-1]
    if len(folded) < 4:
        return folded
    if (
        not folded.endswith("s")
        or folded in classes("en")["no-plural"]
        or written.isupper()
        or folded.endswith(("ss", "us", "is"))
    ):
        return folded
    if folded.endswith("ics") and folded not in classes("en")["plural-ics"]:
        return folded
    if folded.endswith("ies") and len(folded) > 4:
        return folded[:-3] + "y"
    if folded.endswith(("xes", "ches", "shes", "sses", "zzes")):
        return folded[:-2]
    return folded[:-1]


_ACRONYM = re.compile(r"[A-Z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*s?")


def is_acronym(surface: str) -> bool:
    """Tell whether a spelling looks like an acronym: one word of 2-8 letters, at least half of them capitals."""
    if not surface[:1].isupper() or not _ACRONYM.fullmatch(surface):
        return False
    letters = [c for c in counted_out(surface.removesuffix("s")) if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return 2 <= len(letters) <= 8 and capitals >= 2 and capitals * 2 >= len(letters)


def initials(parts: Sequence[str]) -> str:
    """Return the first letters of words: attention is all you need -> aiayn."""
    return "".join(part[0] for part in parts)


def counted_out(short: str) -> str:
    """Return the letters that a short form counts instead of writing them: c4 -> cccc, w3c -> wwwc."""
    counted = re.match(r"([A-Za-z])([2-9])(?!\d)", short)  # only where it opens the name: GPT-2 counts no transformers
    return counted[1] * int(counted[2]) + short[2:] if counted else short


def long_form(short: str, before: str) -> int | None:
    """Return where in `before` the long form of `short` begins, or None where none ends there.

    Schwartz and Hearst 2003, "A simple algorithm for identifying abbreviation definitions in biomedical text": letters
    of the short form are matched from right to left, the first one at the start of a word. Where the words before have
    just these initials, they are the long form: Serializable Snapshot Isolation (SSI) and not its last two.
    """
    short = short.removesuffix("s") if re.fullmatch(r"[A-Z0-9-]{2,}s", short) else short
    letters = [c.lower() for c in short if c.isalnum()]
    if not letters:
        return None
    place = len(before)
    for number in range(len(letters) - 1, -1, -1):
        place -= 1
        while place >= 0 and (
            before[place].lower() != letters[number] or (number == 0 and place > 0 and before[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
    starts = [word.start() for word in re.finditer(r"[^\W_]+", before)][-len(letters) :]
    if [before[start].lower() for start in starts] == letters:
        place = min(place, starts[0])
    start = max(before.rfind(" ", 0, place + 1), before.rfind("\n", 0, place + 1)) + 1
    if before[start].lower() != letters[0]:
        start = place  # pseudo-top-level domain (TLD)
    n_words = len(re.findall(r"\w+", before[start:]))
    if n_words > min(len(letters) + 5, len(letters) * 2) or n_words < 2 or is_han(before[start:]):
        return None
    return start
