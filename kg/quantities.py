"""Which quantities a sentence states, and what they count: numbers in figures and words, English and Chinese. Pure.

Firm rather than complete. Left out are years, ordinals, numbers inside names and formulas, bounds ("at least 8"), and
what a sentence only supposes ("if we had 8 heads", 假设有8个头).
"""

import dataclasses
import functools
import re

from corpus.spelling import fold
from kg.claim_words import units, words
from kg.english import Part, Word
from kg.mentions import runs
from kg.names import is_han, key

_EN = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "hundred": 100, "half": 0.5,
}  # fmt: skip
_ZH = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_TIMES = {
    "k": 1e3, "thousand": 1e3, "千": 1e3, "万": 1e4, "m": 1e6, "million": 1e6, "百万": 1e6, "千万": 1e7, "亿": 1e8,
    "b": 1e9, "bn": 1e9, "billion": 1e9, "十亿": 1e9, "trillion": 1e12,
}  # fmt: skip
_FIGURES = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MEASURES = "个種种层維维次步块篇条张轮位名句对组類类项头份台"
_LATIN = r"(?<![^\s(（,，。;；:：、=~≈\"“\u3400-\u9fff])"  # a number begins a word: not GPT-2, 1.5.2, 3/4
_QUANTITY = re.compile(
    rf"(?:{_LATIN}(?P<figures>{_FIGURES})(?:\s?(?P<times>百万|千万|十亿|[千万亿])|(?P<short>[KkMB]|bn)\b"
    rf"|\s(?P<long>thousand|million|billion|trillion)\b)?"
    rf"|\b(?P<en>{'|'.join(_EN)})\b|(?<![\u4e00-\u9fff第])(?P<zh>[二两三四五六七八九十]{{1,3}})"
    rf"|(?<![第前后这那另其每几一])(?P<zh2>[二两三四五六七八九十]{{1,3}})(?=[{_MEASURES}]))"
    r"(?:(?P<percent>\s?(?:%|％|per\s?cent\b))|(?P<fold>\s?(?:倍|[x×](?![^\W\u3400-\u9fff])|times\b|-?fold\b)))?",
    re.IGNORECASE,
)
_OPENS_PHRASE = re.compile(r"[-\s]{0,2}(?:different\s+|separate\s+)?")
_OPENS_WHOLE = re.compile(r"[-\s]{0,2}(?:of\s+(?:the\s+|its\s+|all\s+|our\s+)?|different\s+|separate\s+)?")  # 20% of
_NO_NOUN_ZH = re.compile(r"(?:堆叠|叠加|组成|构成|相连)")
_RATES = frozenset({"accuracy", "recall", "error"})  # what a share is of, though it stands before: accuracy reached 91%
_OPENS_PHRASE_ZH = re.compile(r"\s?(?:的)?(?:不同的)?")
_MEASURE = re.compile(rf"\s?(?P<measure>[{_MEASURES}])")
_MEASURED = frozenset("维步")  # measures that fractions have
_CHANGES = frozenset({"large", "fast", "good", "grow", "help"})
_BY = re.compile(r"(?:\s+[\w’'-]+){0,3}?\s+(?:by\s+)?|\s*(?:了|约|大约|近)*\s*")
_GENERIC = frozenset("个種种条项次位名组份台张")  # measures that count whatever follows
_CLAUSE = re.compile(r"[,，;；:：。()（）]|\b(?:and|but|while|whereas)\b|而|但")
_NUMBERED = re.compile(
    r"(?:[-+*×第图表前后]|\b(?:fig(?:ure)?|table|section|chapter|step|part|eq)\.?)\s*$", re.IGNORECASE
)
_REACH = 24  # characters before a number in which a bound or a supposition changes it
_PHRASE = 3  # words of what is counted
YEARS = range(1800, 2100)


@dataclasses.dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something. Offsets are in the sentence."""

    start: int  # of the number
    end: int  # of what is counted
    value: float
    unit: str  # what is counted: the same key in both languages where claims.tsv has it
    phrase: tuple[int, int]  # the words that say what is counted
    head: tuple[int, int]  # the word among them that names it: layers, of six encoder layers; 层, of 6层编码器


def quantities(sentence: str) -> list[Quantity]:
    """Return what a sentence counts, in order."""
    if words("guess").pattern.search(sentence):
        return []
    return [found for match in _QUANTITY.finditer(sentence) if (found := _counted(sentence, match)) is not None]


def values(text: str) -> set[float]:
    """Return every number in a text, whatever it counts."""
    return {value for match in _QUANTITY.finditer(text) if (value := _value(match)) is not None}


def _counted(sentence: str, match: re.Match[str]) -> Quantity | None:
    value = _value(match)
    before = sentence[max(0, match.start() - _REACH) : match.start()]
    clauses = _CLAUSE.split(before)
    if match["figures"] and not before.strip() and match.start() < 3:
        return None  # the number of a heading or list item
    if value is None or words("bound").pattern.search(clauses[-1]) or _NUMBERED.search(before):
        return None
    plain = match["figures"] is not None and not (match["times"] or match["percent"] or match["fold"])
    if plain and value in YEARS and "," not in match["figures"]:
        return None
    if match["percent"] or match["fold"]:
        unit, value = ("%", value / 100) if match["percent"] else ("times", value)
        phrase = _phrase(sentence, match.end(), _OPENS_WHOLE) or _phrase(sentence, match.end(), _OPENS_PHRASE_ZH)
        changed = _changed(sentence, match, value, unit)
        return changed or _quantity(match.start(), value, unit, phrase) or _rate(sentence, match, value)
    measure = _MEASURE.match(sentence, match.end())
    if measure and not value.is_integer() and measure["measure"] not in _MEASURED:
        return None
    if measure:
        name = measure["measure"]
        phrase = _phrase(sentence, measure.end(), _OPENS_PHRASE_ZH)
        if name not in _GENERIC and _NO_NOUN_ZH.match(sentence, measure.end()):
            phrase = None
        if name in _GENERIC:
            return _quantity(match.start(), value, "", phrase)
        end = phrase[1][-1].end if phrase else measure.end()
        head = measure.span("measure")
        return Quantity(match.start(), end, value, units().get(key(name), name), (head[0], end), head)
    if match["zh"] or match["zh2"]:
        return None
    phrase = _phrase(sentence, match.end(), _OPENS_PHRASE)
    if not value.is_integer() and (phrase is None or key(phrase[1][-1].text) not in units()):
        return None  # the number of a section: 2.1 Soft attention
    return _quantity(match.start(), value, "", phrase)


def _changed(sentence: str, match: re.Match[str], value: float, unit: str) -> Quantity | None:
    """Return by how much something exceeds another or changes (40% smaller, reduces it by 2x, 快了3倍), or None."""
    for kind in ("more", "less"):
        after = words(kind).pattern.match(sentence, match.end() + (sentence[match.end() : match.end() + 1] == " "))
        if after is not None:
            end = after.end()
            nothing = (end, end)
            return Quantity(
                match.start(), end, value, f"{unit} {kind} {words(kind).keys[fold(after[0])]}", nothing, nothing
            )
    before = sentence[max(0, match.start() - _REACH) : match.start()]
    for kind, sign in (("good", "more"), ("bad", "less"), ("does", "more"), ("undoes", "less")):
        for found in words(kind).pattern.finditer(before):
            name = words(kind).keys[fold(found[0])]
            if name in _CHANGES and _BY.fullmatch(before, found.end()):
                nothing = (match.end(), match.end())
                return Quantity(match.start(), match.end(), value, f"{unit} {sign} {name}", nothing, nothing)
    return None


def _rate(sentence: str, match: re.Match[str], value: float) -> Quantity | None:
    """Return the share that is said of a rate named before it (accuracy of X reached 91%, X的准确率为91%), or None."""
    rate = _rates().search(_CLAUSE.split(sentence[: match.start()])[-1])
    if rate is None:
        return None
    nothing = (match.end(), match.end())
    return Quantity(match.start(), match.end(), value, f"% {units()[key(rate['rate'])]}", nothing, nothing)


@functools.cache
def _rates() -> re.Pattern[str]:
    names = "|".join(sorted(name for name, what in units().items() if what in _RATES))
    return re.compile(
        rf"(?<![a-z])(?P<rate>{names})(?:\s+(?:of|for)\s+[^,.;，。；]{{1,32}}?)?(?:\s+(?:is|was|of|reached|reaches|hit|hits|at|(?:fell|dropped|rose)\s+to)"
        r"(?:\s+(?:only|about|around))?\s+|(?:为|是|达到?|[升降][到至]|只有|仅有?|约){1,2}\s*)$",
        re.IGNORECASE,
    )


def _value(match: re.Match[str]) -> float | None:
    if match["figures"]:
        times = (match["times"] or match["short"] or match["long"] or "").lower()
        return float(match["figures"].replace(",", "")) * _TIMES.get(times, 1)
    if match["en"]:
        return float(_EN[match["en"].lower()])
    return _chinese(match["zh"] or match["zh2"])


def _chinese(word: str) -> float | None:
    """Return the value of a Chinese number below a hundred."""
    if word == "十":
        return 10.0
    tens, ten, ones = word.partition("十")
    if not ten:
        return float(_ZH[word]) if len(word) == 1 else None
    if len(tens) > 1 or len(ones) > 1:
        return None
    return float((_ZH[tens] if tens else 1) * 10 + (_ZH[ones] if ones else 0))


def _phrase(sentence: str, place: int, opening: re.Pattern[str]) -> tuple[str, list[Word]] | None:
    """Return what is counted in the words that begin here: the key of its head, and the words up to it."""
    skipped = opening.match(sentence, place)
    start = skipped.end() if skipped else place
    unit = _unit_zh().match(sentence, start)
    if unit:  # some are no terms by themselves: 小时
        return units()[key(unit[0])], [Word(unit.start(), unit.end(), unit[0], Part.NOUN)]
    run = next(iter(runs(sentence, start, min(len(sentence), start + 60))), [])
    if not run or sentence[start : run[0].start].strip(" -"):
        return None
    run = run[:_PHRASE]
    for nth, word in enumerate(run):
        head = units().get(key(word.text))
        if head and (nth + 1 == len(run) or key(run[nth + 1].text) not in units()):
            return head, run[: nth + 1]
    last = run[-1]
    if last.part in (Part.WEAK, Part.TAIL) or (is_han(last.text) and len(last.text) < 2):
        return None
    return key(last.text), run


@functools.cache
def _unit_zh() -> re.Pattern[str]:
    """Return the pattern of what is counted in Chinese, the longest first, where no other character follows."""
    names = sorted((name for name in units() if is_han(name)), key=lambda name: (-len(name), name))
    return re.compile(rf"(?:{'|'.join(names)})(?![\u4e00-\u9fff])")


def _quantity(start: int, value: float, unit: str, phrase: tuple[str, list[Word]] | None) -> Quantity | None:
    if phrase is None:
        return None
    head, said = phrase
    last = said[-1]
    return Quantity(start, last.end, value, f"{unit} {head}".strip(), (said[0].start, last.end), (last.start, last.end))
