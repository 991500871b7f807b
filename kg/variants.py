"""Spellings of one language that say the same: a mere tail, a turned gerund, an ending, an acronym for its words. Pure.

The rules know word forms and general nouns, and no field. Each is a generator of (name, other name, witness): what is
one concept if nothing speaks against it.
"""

import collections
import re
from collections.abc import Iterator, Mapping, Sequence

from kg import english, vocabulary
from kg.candidates import Candidate
from kg.english import Part
from kg.names import ANY_TAIL, is_acronym, is_han, mere_tail

_HYPHENED = re.compile(r"[-－–—‐]\w+(?<!ing)(?<!ed)$")  # encoder-decoder; a pre-training model is no pre-training
_PROCESS = re.compile(r"[a-z]{2}(?:ing|[st]ion|ment)$")
_WHOLE = re.compile(
    r"(?:network|model|system|architecture|framework|structure|data|网络|模型|系统|架构|框架|结构|数据)$"
)
_SPECIALIST = 3.5  # Zipf scale: a word rarer than this counts as a name here
_ENDINGS = (("al", 5), ("ed", 4), ("e", 4))  # and how many letters must be left: normal is not norm
_LONG = 5  # letters of a gerund: ring and thing are none
Step = tuple[str, str, str]


def variants(found: Mapping[str, Candidate], english_of: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    """Yield (longer or rarer form, plainer form, witness), in order; `english_of` are the English names of a key."""
    for name in sorted(found):
        if name.endswith(ANY_TAIL):
            yield from _with_tail(name, found, english_of)
        elif name.endswith("ing"):
            for base in (name.removesuffix("ing"), name.removesuffix("ing") + "e"):
                if base in found and len(found[base].words) > 1:
                    yield name, base, "variant: -ing"  # language model and modeling, fine-tune and fine-tuning
    yield from _turned(found)
    yield from _inflected(found)


def translated(found: Mapping[str, Candidate], english_of: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    """Yield those variants, in order, that may rest on English names."""
    for name in sorted(name for base in english_of for name in map(base.__add__, ANY_TAIL) if name in found):
        yield from _with_tail(name, found, english_of)


def _with_tail(name: str, found: Mapping[str, Candidate], english_of: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    tail = mere_tail(name)
    base = name[: tail.start()] if tail else ""
    if not tail or base not in found:
        return
    if not is_han(tail.group()) and found[name].words[-1] != tail.group():
        return  # a BERT score is BERT's, a BERTScore another thing
    parts = found[base].words
    is_compound = len(parts) > 1 or (is_han(base) and len(base) > 3)  # 多头注意力, not 模型
    names = [base, *english_of.get(base, ())]
    is_hyphened = any(_HYPHENED.search(found[each].surface) for each in names if each in found)
    is_process = any(_PROCESS.search(each) for each in names)
    is_whole = _WHOLE.search(base) is not None
    if tail["policy"]:
        is_mere = is_process
    elif tail["name"] and _is_shaped(found[base]) and _is_plural(found[name]):
        is_mere = False  # ReLU is one function, the SQL functions are many
    elif tail["piece"]:
        is_agent = base.endswith(("er", "or")) and (_is_capital(found[base]) or _is_special(found[base]))
        is_mere = is_agent or (is_process and is_compound and not is_whole)
    else:
        is_mere = (
            bool(tail["empty"])
            or _is_shaped(found[base])
            or (not tail["shape"] and (_is_capital(found[base]) or _is_special(found[base])))
            or (tail["design"] is not None and is_hyphened)
            or (tail["process"] is not None and is_process)
            or (tail["part"] is not None and is_compound and not is_whole)
        )
    if is_mere:
        yield name, base, f"variant: + {tail.group()}"


def _is_plural(candidate: Candidate) -> bool:
    """Tell whether a name stands in the plural a quarter of the time."""
    plural = sum(count for surface, count in candidate.surfaces.items() if surface.endswith("s"))
    return plural * 4 >= candidate.count


def _is_shaped(candidate: Candidate) -> bool:
    """Tell whether it has the shape of a name: BERT; LAnguage is but a general word in odd letters."""
    return candidate.having("name") * 2 > candidate.count and _is_odd(candidate.surface)


def _is_capital(candidate: Candidate) -> bool:
    """Tell whether it is one word that is mostly written with a capital: Transformer."""
    capital = candidate.having("capital") if candidate.having("single") else 0
    return (candidate.having("name") + capital) * 2 > candidate.count and _is_odd(candidate.surface)


def _is_odd(surface: str) -> bool:
    return not surface.isalpha() or surface.isupper() or english.part(surface.lower()) is Part.PLAIN


def _is_special(candidate: Candidate) -> bool:
    """Tell whether it is one word that general language hardly has: softmax."""
    surface = candidate.surface
    return surface.isalpha() and surface.isascii() and vocabulary.commonness(surface.lower(), "en") < _SPECIALIST


def _turned(found: Mapping[str, Candidate]) -> Iterator[Step]:
    """Yield gerunds that stand before or after what they act on: pruning heads, head pruning."""
    for name in sorted(name for name in found if name.endswith("ing")):
        parts = found[name].words
        if len(parts) > 1 and len(parts[-1]) > _LONG and parts[-1].endswith("ing"):
            other = parts[-1] + "".join(parts[:-1])
            if other in found and found[other].urls & found[name].urls:
                yield other, name, "variant: turned"


def _inflected(found: Mapping[str, Candidate]) -> Iterator[Step]:
    """Yield names that differ in the ending of one word before the head: position embedding, positional embedding."""
    by_stem: dict[tuple[str, ...], list[str]] = collections.defaultdict(list)
    for name in sorted(found):
        parts = () if found[name].is_han else found[name].words
        if len(parts) > 1:
            by_stem[(*map(_stem, parts[:-1]), parts[-1])].append(name)
    for names in by_stem.values():
        plain = max(names, key=lambda name: (found[name].count, name))
        for name in names:
            if name != plain:
                yield name, plain, "variant: ending"


def _stem(word: str) -> str:
    """Return a word without the ending that makes a noun an adjective, or a verb a participle."""
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word.removesuffix(ending)
    return word


def abridged(found: Mapping[str, Candidate], members: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    """Yield names that hold an acronym and the same with its long form: masked LM, masked language model.

    `members` are the names of one concept, by each of them.
    """
    shorts = {name for name in members if name in found and is_acronym(found[name].surface)}
    for name in sorted(found):
        parts = found[name].words if not found[name].is_han else _mixed(name)
        if len(parts) == 1 or shorts.isdisjoint(parts):  # an acronym alone is what it stands for already
            continue
        for place, part in enumerate(parts):
            for long in members[part] if part in shorts else ():
                whole = "".join((*parts[:place], long, *parts[place + 1 :]))
                if long != part and whole in found and whole != name:
                    yield name, whole, f"abridged: {found[part].surface}"


def _mixed(name: str) -> tuple[str, ...]:
    """Return a mixed key as its Latin and Chinese stretches: 自回归lm."""
    return tuple(re.findall(r"[a-z0-9+# ]+|[^a-z0-9+# ]+", name))
