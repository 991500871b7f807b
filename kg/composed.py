"""Chinese and mixed names read piece by piece: 注意力 + 权重 is attention + weight, if texts name that. Pure.

The pieces come from the glossary, from names that texts put side by side, and from a list of general words. A name
must be covered without a gap, and all its readings that texts hold must name one idea: what is left open joins nothing.
"""

import collections
import functools
import itertools
import pathlib
import re
from collections.abc import Iterable, Iterator, Mapping

from kg import vocabulary
from kg.candidates import Candidate
from kg.names import is_han, key, words

Stems = tuple[str, ...]
Lexicon = Mapping[str, frozenset[Stems]]

_MAX_PIECE = 8  # characters
_MAX_READINGS = 64  # of one name: more say nothing, and cost
_ENDINGS = (
    "ization",
    "isation",
    "ational",
    "ative",
    "itive",
    "ation",
    "ition",
    "ion",
    "ing",
    "al",
    "ed",
    "ive",
    "ize",
    "s",
    "e",
)
_GENERAL = 4.5  # Zipf scale: words as common as score mean too much to name one idea in two languages
_LEAST = 4  # letters that an ending leaves of a word


@functools.cache
def word_pairs() -> Mapping[str, tuple[str, ...]]:
    """Return the general words that ship with ideagraph: Chinese -> what each may be in English."""
    lines = pathlib.Path(__file__).with_name("word_pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {key(chinese): tuple(english.split("|")) for chinese, english in rows}


def lexicon(pairs: Iterable[tuple[str, str]]) -> Lexicon:
    """Return the general words, and these pairs of (Chinese key, English spelling) of at least two characters."""
    found: dict[str, set[Stems]] = collections.defaultdict(set)
    for chinese, meanings in word_pairs().items():
        found[chinese].update(map(stems, meanings))
    for chinese, english in pairs:
        if 1 < len(chinese) <= _MAX_PIECE:
            found[chinese].add(stems(english))
    return {piece: frozenset(meanings) for piece, meanings in found.items()}


def composed(found: Mapping[str, Candidate], known: Lexicon) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield each Chinese or mixed name that can be read, with the English names of the same pieces and the witness."""
    readings = {name: list(_readings(name, known)) for name in sorted(each for each in found if found[each].is_han)}
    begun = {reading[0] for several in readings.values() for reading, pieces in several if len(pieces) > 1}
    written: dict[Stems, list[str]] = collections.defaultdict(list)
    for name in sorted(found):
        parts = () if found[name].is_han else found[name].words
        if len(parts) > 1 and _stem(parts[0]) in begun:
            written[tuple(map(_stem, parts))].append(name)
    for name, several in readings.items():
        # a word alone means just what the list says: stems would make 主动 (active) an activation. One of several
        # meanings is none: 提示 is a prompt here, a tip there
        meanings = word_pairs().get(name, ())
        is_one = len({word[:_LEAST] for word in meanings}) == 1  # quantization, quantize
        alone = [word for word in meanings if is_one and vocabulary.commonness(word, "en") < _GENERAL]
        names = {key(word): f"composed: {name}" for word in alone if key(word) in found}
        for reading, pieces in several:
            if len(pieces) > 1:
                for other in written.get(reading, ()):
                    names.setdefault(other, f"composed: {' + '.join(pieces)}")
        if names:
            yield name, names


def stems(surface: str) -> Stems:
    """Return the words of an English name without the endings that Chinese has none of."""
    return tuple(_stem(word) for word in words(surface))


@functools.lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    for ending in _ENDINGS if word.endswith(_ENDINGS) else ():
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            shorter = word.removesuffix(ending)
            return shorter if ending != "al" else _stem(shorter)  # convolutional, convolution
    return word


def _readings(name: str, known: Lexicon) -> Iterator[tuple[Stems, tuple[str, ...]]]:
    """Yield what a name may be in English, with the pieces that it was cut into, the longest pieces first."""
    runs = re.findall(r"[a-z0-9+# ]+|[^a-z0-9+# ]+", name)
    cuts = [list(itertools.islice(_cuts(run, known), _MAX_READINGS)) if is_han(run) else [(run,)] for run in runs]
    read = 0
    for choice in itertools.product(*cuts):
        pieces = tuple(piece for part in choice for piece in part)
        options = [sorted(known[piece]) if piece in known else [stems(piece)] for piece in pieces]
        for meanings in itertools.product(*options):
            yield tuple(word for meaning in meanings for word in meaning), pieces
            read += 1
            if read == _MAX_READINGS:
                return


def _cuts(run: str, known: Lexicon) -> Iterator[tuple[str, ...]]:
    if not run:
        yield ()
    for length in range(min(len(run), _MAX_PIECE), 0, -1):
        if run[:length] in known:
            for rest in _cuts(run[length:], known):
                yield run[:length], *rest
