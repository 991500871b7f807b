"""One pattern that says how two concepts relate: which type it gives, and what must stand before, between and after.

The words between the two names must be exactly those, but for quotation marks, a noun that says what the first is
("the Transformer model") and its other name in brackets.
"""

import dataclasses
import re

IS_A, PART_OF, VARIANT_OF, USES, COMPARED_WITH = "is-a", "part-of", "variant-of", "uses", "compared-with"
INTRODUCED_BY, USED_FOR = "introduced-by", "used-for"
SYMMETRIC = frozenset({COMPARED_WITH, "related"})  # the others read from a to b: a is-a b, a uses b
TYPES = ("related", IS_A, PART_OF, VARIANT_OF, USES, COMPARED_WITH, INTRODUCED_BY, USED_FOR)  # as tallies number them


@dataclasses.dataclass(frozen=True, slots=True)
class Pattern:
    """What must stand around two names for one of the types."""

    type: str
    reads_back: bool  # the second name is the subject: "models such as BERT"
    of_list: bool  # the first name may end a list of subjects, and `before` stands before the list
    before: re.Pattern[str]  # of the text that ends at the first name
    first: re.Pattern[str]  # of the first name itself
    second: re.Pattern[str]
    words: str  # that must stand between the two
    between: re.Pattern[str]  # of all the text between the two
    after: re.Pattern[str]  # of the text that begins after the second


_HEAD_NOUN = (  # a name and what it is: the Transformer model
    r"(?:\s*(?:(?:model|architecture|network|method|framework|algorithm|technique|class|package|library|module|object|tool|"
    r"protocol|problem|command|daemon|function)s?|approach(?:es)?|模型|架构|结构|网络|方法|算法)(?![a-z]))?"
)
ANY = ""


def compiled(
    type_: str,
    reads_back: bool,
    before: str,
    between: str,
    after: str,
    *,
    first: str = "",
    second: str = "",
    of_list: bool = False,
) -> Pattern:
    """Return a pattern of regular expressions; `before` ends at the first name, `after` begins behind the second."""
    return Pattern(
        type_,
        reads_back,
        of_list,
        re.compile(rf"(?:{before})[*_`\"'“‘《]*$", re.IGNORECASE),
        re.compile(first, re.IGNORECASE),
        re.compile(second, re.IGNORECASE),
        between,
        joined(between),
        re.compile(rf"[*_`\"'”’》]*(?:s\b)?(?:{after})", re.IGNORECASE),
    )


def joined(words: str) -> re.Pattern[str]:
    """Return what matches all the text between two names that holds these words."""
    gloss = r"(?:\s*[(（][^()（）]{1,40}[)）]|[)）])?\s*"  # the first name's other name
    return re.compile(rf"[*_`\"'”’》]*{_HEAD_NOUN}{gloss}(?:{words})[*_`\"'“‘《]*", re.IGNORECASE)
