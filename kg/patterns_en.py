"""How English says how two concepts relate.

The subject opens a clause; the object closes its noun phrase: "is a Transformer layer" says nothing of the Transformer.
"""

from kg.pattern import ANY, COMPARED_WITH, INTRODUCED_BY, IS_A, PART_OF, USED_FOR, USES, VARIANT_OF, Pattern, compiled

_SUBJECT = (
    r"(?:^[-*•>#\s]*|[.,;:(（]|[(（](?:also|often|or)\s+(?:called|named)\b|\b(?:and|but|that|because|since|as|while|where|whereas|hence|thus|so|then|although|though))"
    r"\s*(?:(?:the|a|an|both|each|every|our|all|most|many)\s+)?"
    r"(?:(?:original|standard|vanilla|proposed|new|full|whole|entire|typical|modern|classic)\s+)?"
)
_CLOSED = (
    r"(?:\s*(?:$|[.,;:!?)）]|[-–—]\s)|\s+(?:that|which|where|whose|with|for|in|into|on|to|from|by|and|but|as|at|over|"
    r"used|using|proposed|introduced|trained|designed|developed|based (?:up)?on|because|when|while|instead|rather|"
    r"without)\b)"
)
_OBJECT = rf"(?={_CLOSED}|\s*[(（](?:[^()（）]{{1,60}}[)）]{_CLOSED}|(?![^()（）]{{1,60}}[)）])))"
_OPENING = (  # of a sentence: no object of another verb stands there
    r"(?:^[-*•>#\s]*|[.;:]\s+)(?:(?:the|a|an|both|each|every|our|all|most|many|some|other)\s+)?"
)
_APPOSED = (  # in "X, a Y, and Z" nobody knows whether X is a Y
    r"(?=\s*(?:$|[.;)）]|,(?!\s*(?:and|or)\b))|\s+(?:that|which|where|whose|for|used|using|designed|developed|based)\b)"
)
_ACTS = r"(?=\s+(?:is|are|was|has|have|can|could|may|will|does|(?![a-z]*ss\b)[a-z]{2,}s)\b)"  # what is said of the name
_MOST = r"(?:most\s+[a-z-]+|first|oldest|earliest|simplest|best|latest|largest|smallest|fastest)"
_ONE_OF = (
    r"\b(?:one|another)\s+(?:of (?:the|its|our|their)|(?:type|kind|form|example|variety) of)\s+(?:[a-z-]+\s+){0,3}"
)
_USED_IN = r"(?:used|employed|adopted)\s+(?:in|by)"
_SORTS_OF = r"(?:(?:types?|kinds?|forms?|sorts|examples?|varieties|families) of\s+)?"
_MEANT = r"(?:used|employed|useful|applied|designed|intended|meant|suited|suitable)\s+(?:for|to)"
_ALSO = (
    r"(?:(?:also|often|only|now|itself|very|quite|rather|merely|largely|actually|specifically|especially|always|"
    r"just|basically|essentially|simply|thus|therefore|currently|still|mainly|"
    r"commonly|widely|typically|usually|mostly|frequently|successfully|first|originally|recently)\s+)?"
)
_A = r"(?:(?:a|an|the|one|another|some|its|their|several|multiple|two|many|this)\s+)?"
_LIKE = (
    r"(?:(?!(?:not|no|a|an|the|of|in|for|to|from|by|with|at|on|during|within|against|between|among|than|about|under|"
    r"over|per|when|as|only|part|kind|way|step|method|that|is|are|was|were|has|have|had|be|been|"
    r"(?:allow|enabl|us|provid|contain|includ|requir|combin|consist|involv|describ|represent|be|bear|hav|mak|tak|giv|"
    r"hold|show|offer|support|implement|subclass|produc|generat)ing)\b)[a-z][a-z-]*\s+){0,2}"
)
_AMOUNTS_TO = (
    r"(?:(?:can|could|may) (?:also )?be (?:seen|viewed|thought of|regarded|considered|understood) as|implements)"
)
_IS = rf"(?:,|(?:,?\s*(?:which|that)\s+)?(?:(?:is|are|was|were)\s+{_ALSO}|{_AMOUNTS_TO}\s+))\s*{_A}{_LIKE}"
_AND_LIKE = rf"(?:[a-z-]+(?:,|\s+and|\s+but|\s+yet)\s+)?{_LIKE}"  # a simple and cheap
_KIND = r"(?:kind|type|form|class|family|example|instance|case|sort|species|subclass|subtype)(?:e?s)?"
_VARIANT = (
    r"(?:variant|variation|extension|modification|generali[sz]ation|version|descendant|successor|refinement|"
    r"adaptation|special case|fork|predecessor|ancestor)s?"
)
_PART = r"(?:part|component|building block|element|ingredient|sub-?layer|layer|module|core|piece|step|stage)s?"
_HOLDS = r"(?:consists? of|contains?|comprises?|includes|(?:is|are) (?:composed|made up) of)"
_WHICH = r"(?:,?\s*(?:which|that)\s+)?"
_USE = (
    r"(?:(?:us|employ|utili[sz]|leverag|appl|adopt|exploit|incorporat|rel|depend|combin)"
    r"(?:es|s|ies|ed|e|y|ing)?(?:\s+(?:up)?on)?|requires?|makes? use of)"
)
_THING = (  # what a thing is used as may stand behind it: an SVM classifier
    r"(?:\s+(?:class|classifier|algorithm|method|model|approach|technique|library|package|protocol|format|architecture|"
    r"network|layer|system|server|framework|tool|command|function|language|mechanism)(?:e?s)?)?"
)
_NOT_BETWEEN = r"^(?![\s\S]*\bbetween\s)[\s\S]*"
_NOT_SOUGHT = (  # "search for an X based on Y": the search is
    r"^(?![\s\S]*\b(?:search|look|seek|select|choos|pick|find|sort|rank|filter|group|split|assign|determin|decid|estimat|"
    r"predict|chang|adjust|updat|get|return)\w*\s+(?:for\s+)?(?:a|an|the)\s+(?:[\w-]+\s+)?$)[\s\S]*"
)
_BEATS = (
    rf"(?:outperforms?|beats?|surpass(?:es)?|differs? from|"
    r"(?:is|are|has|have|uses?|needs?|requires?|takes?|runs?|works?|performs?|learns?|trains?|converges?|scales?|"
    r"generali[sz]es?)\s+(?:(?!no)[a-z-]+\s+){0,2}(?:more|less|fewer|better|worse|faster|slower)\s+(?:[a-z-]+\s+){0,3}than|"
    rf"(?:is|are) {_ALSO}(?:(?:[a-z-]+er|worse|(?:more|less) [a-z-]+|different)\s+(?:than|from)|"
    r"(?:(?:an?|the) (?:[a-z-]+ )?alternative|similar|comparable|equivalent|identical) to))"
)
_BE = rf"(?:is|are|was|were|(?:can|could|may|might) (?:also )?be|(?:has|have) been)\s+{_ALSO}"
_TRAINED = r"(?:trained|pre-?trained|fine-?tuned|optimi[sz]ed|implemented)\s+(?:with|using|via|by(?!\s+[a-z]+ing\b))"
_NEW = r"(?:proposed|introduced|developed|presented|invented|released|published|suggested|coined|devised)"
_WHEN = r"(?:\s+in\s+(?:19|20)\d\d)?"
_SOURCE = r"(?:the\s+)?(?:(?:original|famous|seminal|recent)\s+)?(?:paper\s+)?"
_NUMBERED = (
    r"\b(?:two|three|four|five|several|common|popular|various|different|main)\s+"
    r"(?:(?!(?:to|of|for|in|on|from|with|by)\b)[a-z-]+\s+){0,2}"
)
_NO_KIND = r"^(?!(?:acronym|abbreviation|name|term|word|result|consequence|rule|example|alternative)s?$)"
_SORT = r"(?:\s+(?:types?|methods?|functions?|models?|mechanisms?|techniques?|approaches|algorithms?|tasks?|layers?))?"
_SUCH_AS = r"(?:such as|including|e\.g\.,?|for example,?|for instance,?)"
_HEAD = (  # of "methods from X such as Y" and "tools and X such as Y" nobody knows which are such
    r"(?<!\bfrom )(?<!\bof )(?<!\bto )(?<!\bby )(?<!\band )(?<!\bor )"
)
_PLURAL = r"(?:s|[\u3400-\u9fff])$"  # "between P and PSPACE, such as": what examples are given of is many
# After a comma examples may be of anything before: "during his travels, including", "tasks in NLP, such as".
_FREE = (
    r"^(?![\s\S]*\b(?:in|on|of|for|to|by|at|with|from|than|during|between|and)\s+(?:[\w-]+\s+){0,2}[*_`\"'“‘]*$)[\s\S]*"
)
_UNLIKE = r"\b(?:unlike|(?:compared|in contrast|as opposed|similar) (?:to|with))\s+(?:(?:the|a|an)\s+)?"
_BETWEEN = (
    r"\b(?:differences? between|comparison (?:of|between)|compar(?:es|ing)|choos\w+ between)\s+(?:(?:the|a|an)\s+)?"
)


def patterns() -> tuple[Pattern, ...]:
    """Return the patterns: of those that match, the first counts."""
    return (  # a variant stands before a kind: "a special version of" is both
        compiled(VARIANT_OF, False, _SUBJECT, rf"{_IS}{_VARIANT}\s+(?:of|to|on)\s+{_A}", _OBJECT),
        compiled(VARIANT_OF, False, _SUBJECT, rf"(?:extends|generali[sz]es|is {_ALSO}derived from)\s+{_A}", _OBJECT),
        compiled(VARIANT_OF, True, ANY, r"variants(?:,?\s*(?:such as|like|including)|:)\s+", ANY),
        compiled(IS_A, False, _SUBJECT, rf"{_IS}{_KIND}\s+of\s+{_A}", _OBJECT),
        compiled(
            IS_A,
            False,
            _SUBJECT,
            rf"(?:,?\s*which\s+)?(?:is|was|are)\s+{_ALSO}(?:a|an|one of the|another)\s+{_AND_LIKE}",
            _OBJECT,
            first=_NO_KIND,
            second=_NO_KIND,
        ),
        compiled(
            IS_A,
            False,
            _SUBJECT,
            rf"(?:is|was)\s+{_ALSO}the\s+{_LIKE}",
            r"(?=\s+(?:that|which|used|designed)\b)",
            first=_NO_KIND,
        ),
        compiled(
            IS_A,
            False,
            _OPENING,
            rf"are\s+{_ALSO}(?!\w+ed\s){_LIKE}",
            _OBJECT,
            second=rf"{_NO_KIND}.*{_PLURAL}",
            of_list=True,
        ),
        compiled(
            IS_A, False, _SUBJECT, rf"{_WHICH}(?:is|are|was)\s+{_ALSO}(?:one of )?the\s+{_MOST}\s+{_LIKE}", _OBJECT
        ),
        compiled(IS_A, False, _OPENING, rf",\s+(?:an?|the|one of the)\s+{_LIKE}", _APPOSED, second=_NO_KIND),
        compiled(IS_A, True, rf"^As\s+an?\s+{_LIKE}", r",\s+(?:the\s+)?", _ACTS, first=_NO_KIND),
        compiled(IS_A, True, _ONE_OF, r"\s+(?:is|was)\s+(?:the\s+)?", _OBJECT),
        compiled(IS_A, False, _NOT_BETWEEN, rf",?\s*(?:and|or) other\s+{_LIKE}", _OBJECT, second=_PLURAL, of_list=True),
        compiled(
            IS_A,
            True,
            rf"(?:{_HEAD}|\b{_SORTS_OF}(?<= of ))",
            rf"\s*(?:such as|like|e\.g\.,?|for example,?)\s+{_A}",
            _OBJECT,
            first=_PLURAL,
        ),
        compiled(IS_A, True, _FREE, rf",\s*{_SUCH_AS}\s+{_A}", _OBJECT, first=_PLURAL),
        compiled(
            IS_A,
            True,
            r"\b(?:a|an|one|another|new|novel)\s+(?:[a-z-]+\s+){0,2}",
            r",?\s*(?:called|named|dubbed|known as)\s+(?:the\s+)?",
            rf"(?={_CLOSED}|\s*[(（])",
        ),
        compiled(IS_A, True, _OPENING + _LIKE, rf"\s+include\s+{_A}", _OBJECT, first=_PLURAL),
        compiled(
            IS_A, True, _NUMBERED + _SORTS_OF, rf"{_SORT}(?:\s+(?:are|include|including|namely)|\s*:)\s+{_A}", _OBJECT
        ),
        compiled(PART_OF, False, _SUBJECT, rf"(?:is|are)\s+{_ALSO}{_A}{_LIKE}{_PART}\s+(?:of|in)\s+{_A}", _OBJECT),
        compiled(PART_OF, True, _SUBJECT, rf"{_WHICH}{_HOLDS}\s+{_A}{_LIKE}", _OBJECT),
        compiled(USES, False, _SUBJECT, rf"{_WHICH}{_ALSO}{_USE}\s+{_A}{_AND_LIKE}", _THING + _OBJECT),
        compiled(
            USES,
            False,
            rf"{_NOT_SOUGHT}\b(?:an?|new|novel)\s+(?:[a-z-]+\s+)?",
            rf"\s*based\s+(?:up)?on\s+{_A}{_LIKE}",
            _OBJECT,
        ),
        compiled(
            USES,
            False,
            _SUBJECT,
            rf"{_WHICH}(?:is|are)\s+{_ALSO}(?:based|built)\s+(?:up)?on\s+{_A}{_AND_LIKE}",
            _THING + _OBJECT,
        ),
        compiled(USES, False, _SUBJECT, rf"{_BE}{_TRAINED}\s+{_A}{_LIKE}", _THING + _OBJECT),
        compiled(USES, True, _SUBJECT, rf"{_BE}{_USED_IN}\s+{_A}", _OBJECT),
        compiled(
            USES, True, _SUBJECT, rf"(?:is|are)\s+{_ALSO}an?\s+[^,.;:]{{1,48}}?\s+{_ALSO}{_USED_IN}\s+{_A}", _OBJECT
        ),
        compiled(USED_FOR, False, _SUBJECT, rf"{_BE}{_MEANT}\s+{_A}", _OBJECT),
        compiled(USED_FOR, False, _SUBJECT, rf"(?:is|are)\s+{_ALSO}an?\s+[^,.;:]{{1,48}}?\s+{_MEANT}\s+{_A}", _OBJECT),
        compiled(INTRODUCED_BY, False, _SUBJECT, rf"{_WHICH}{_BE}{_NEW}{_WHEN}\s+(?:by|in)\s+{_SOURCE}", _OBJECT),
        compiled(INTRODUCED_BY, False, _SUBJECT, rf",\s*{_ALSO}{_NEW}{_WHEN}\s+(?:by|in)\s+{_SOURCE}", _OBJECT),
        compiled(
            INTRODUCED_BY,
            True,
            _SUBJECT,
            rf"{_ALSO}(?:propose[sd]?|introduce[sd]?|present(?:s|ed)|invented|released)\s+(?:the\s+)?",
            rf"(?!\s+as\b){_OBJECT}",
        ),
        compiled(COMPARED_WITH, False, ANY, rf",?\s*(?:vs\.?|versus)\s+{_A}", ANY),
        compiled(COMPARED_WITH, False, _UNLIKE, rf",\s+{_A}", ANY),
        compiled(COMPARED_WITH, False, _BETWEEN, rf"(?:,|and|or)\s+{_A}", ANY),
        compiled(COMPARED_WITH, False, r"\bcompar(?:es|ing)\s+(?:the\s+)?", rf"(?:with|to)\s+{_A}", ANY),
        compiled(COMPARED_WITH, False, _SUBJECT, rf"{_BEATS}\s+{_A}", _OBJECT),
        compiled(COMPARED_WITH, False, ANY, rf"\s*(?:instead of|rather than|as opposed to)\s+{_A}", _OBJECT),
        compiled(COMPARED_WITH, False, _SUBJECT, rf",\s*(?:instead of|rather than|as opposed to)\s+{_A}", _OBJECT),
        compiled(COMPARED_WITH, False, _SUBJECT, rf",?\s*unlike\s+{_A}", _OBJECT),
    )
