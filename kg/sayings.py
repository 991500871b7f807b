"""Where a text says in words that two names are one: X, also known as Y; X，又称Y; Y是X的简称. Pure.

Only where the two names stand side by side. "The retraining after pruning is often referred to as fine-tuning" speaks
of more than its last word; so where a verb stands between, the first name must open the sentence.
"""

import re
from collections.abc import Collection, Iterator

from kg import english
from kg.english import Part
from kg.model import Gloss
from kg.names import is_acronym, key, long_form

_CALLED = r"(?:called|known as|referred to as|termed|named|dubbed)"
_OPENING = r"[\s\"'“‘「《:：]*(?:(?:an?|the) )?[\"'“‘「《]*"
_ASIDE = r"(?:\s?[(（][^()（）\n]{2,60}[)）])?\s*"  # a gloss may stand between: 评分函数（scoring function），简称打分
_SAID_IN_PASSING = re.compile(
    rf"\s?[,，(（]\s*(?:which (?:is|are) |or )?"
    rf"(?:(?:(?:also|sometimes|often|commonly|otherwise) )+{_CALLED}|aka|a\.k\.a\.?)(?=\W){_OPENING}"
    rf"|{_ASIDE}(?:[,，(（]\s*)?(?:也|又|亦)(?:常|可)?(?:被)?(?:简称|称|叫|写)(?:为|作|做)?{_OPENING}"
    rf"|{_ASIDE}[,，(（]\s*(?:简称|俗称|或称)(?:为|作)?{_OPENING}"
)
_SAID_OF_A_SUBJECT = re.compile(rf"\s+(?:is|are) also {_CALLED}\s{_OPENING}")
_SENTENCE_OPENS = re.compile(r"(?:^|[\n.。;；!！?？])[\s\"'“‘]*(?:(?:an?|the) )?$", re.IGNORECASE)
_SHORT = r"(?<![A-Za-z-])(?P<short>[A-Z][A-Za-z0-9-]{1,9})"
_LONG = r"(?P<long>[A-Za-z][\w-]*(?: [A-Za-z][\w-]*){1,9})"
_STANDS_FOR = (
    re.compile(
        rf"{_SHORT}[,，]?\s(?:which )?(?:(?:is|are) )?(?:short|stands?|an? (?:abbreviation|acronym)) (?:for|of)"
        rf"{_OPENING}{_LONG}"
    ),
    re.compile(rf"{_SHORT}\s?(?:的|[,，])?\s?(?:英文)?全[称名](?:是|为|叫)?{_OPENING}{_LONG}"),
    re.compile(rf"{_SHORT}\s?(?:是|即|为){_OPENING}{_LONG}[\s\"”’」》]*的(?:英文)?(?:简称|缩写|首字母缩写)"),
)
_JOINING = frozenset(("of", "for", "from", "and", "in", "the", "to", "with", "on", "by"))
_WINDOW = 12  # characters before a name in which the sentence must have begun


def sayings(text: str, candidates: Collection[tuple[int, int]]) -> Iterator[tuple[Gloss, tuple[int, int]]]:
    """Yield what a passage says in words about names that are one, each with the stretch of its left name.

    Where candidates nest, the longest is what is spoken of.
    """
    from_start: dict[int, int] = {}
    from_end: dict[int, int] = {}
    for start, end in candidates:
        from_start[start] = max(end, from_start.get(start, end))
        from_end[end] = min(start, from_end.get(end, start))
    for pattern, in_passing in ((_SAID_IN_PASSING, True), (_SAID_OF_A_SUBJECT, False)):
        for match in pattern.finditer(text):
            left, right = from_end.get(match.start()), from_start.get(match.end())
            if left is None or right is None:
                continue
            if not in_passing and not _SENTENCE_OPENS.search(text, max(0, left - _WINDOW), left):
                continue
            gloss = Gloss(left, right, key(text[left : match.start()]), key(text[match.end() : right]))
            if gloss.left and gloss.right and gloss.left != gloss.right:
                yield gloss, (left, match.start())
    for pattern in _STANDS_FOR:
        for match in pattern.finditer(text):
            begin = match.start("long")
            end = begin + _reach(match["long"])
            if is_acronym(match["short"]) and long_form(match["short"], text[begin:end]) == 0:
                yield Gloss(match.start(), match.end(), key(text[begin:end]), key(match["short"])), (begin, end)


def _reach(words: str) -> int:
    """Return how far a phrase may be one name: up to the first word that neither belongs to a name nor joins two."""
    end = 0
    for word in english.words(words, 0, len(words)):
        if word.text.lower() in _JOINING:
            continue
        if word.part is Part.STOP:
            break
        end = word.end
    return end
