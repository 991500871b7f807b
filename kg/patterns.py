"""What a sentence says of two concepts that it names: patterns in English and Chinese. Pure.

Such patterns (Hearst 1992) are right too seldom to found a relation on them: they give a type, with its quote, to a
pair that hangs together by other evidence. They are few and narrow: the words between the two names must be exactly
those, and the first name must open its clause where the pattern speaks of its subject ("the size of X is a Y" says
nothing of X). Where the second name opens a list, what is said of it is said of the whole list: "X uses A, B and C".
"""

import dataclasses
import functools
import re
from collections.abc import Iterator, Sequence

RECIPE = "patterns 9"  # a change of what is said of two names changes this
IS_A, PART_OF, VARIANT_OF, USES, COMPARED_WITH = "is-a", "part-of", "variant-of", "uses", "compared-with"
INTRODUCED_BY, USED_FOR = "introduced-by", "used-for"
SYMMETRIC = frozenset({COMPARED_WITH, "related"})  # the others read from a to b: a is-a b, a uses b
TYPES = ("related", IS_A, PART_OF, VARIANT_OF, USES, COMPARED_WITH, INTRODUCED_BY, USED_FOR)  # as tallies number them
MAX_BETWEEN = 64  # characters between two names that one pattern may span
_REACH = 3  # names further on than this belong to another clause


@dataclasses.dataclass(frozen=True, slots=True)
class _Pattern:
    type: str
    reads_back: bool  # the second name is the subject: "models such as BERT"
    of_list: bool  # the first name may end a list of subjects, and `before` stands before the list
    before: re.Pattern[str]  # of the text that ends at the first name
    first: re.Pattern[str]  # of the first name itself
    second: re.Pattern[str]
    words: str  # that must stand between the two
    between: re.Pattern[str]  # of all the text between the two
    after: re.Pattern[str]  # of the text that begins after the second


def stated(sentence: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str, bool]]:
    """Yield (i, j, type, reads back) where a pattern relates spans i < j; the spans are sorted and do not overlap."""
    for i, (_, end) in enumerate(spans):
        found: _Pattern | None = None
        for j in range(i + 1, min(i + 1 + _REACH, len(spans))):
            if spans[j][0] - end > MAX_BETWEEN:
                break
            pattern = _matching(sentence, spans, i, j)
            if pattern is None or (found is not None and pattern.type != USED_FOR):
                continue
            found = pattern
            for k in [*_list_before(sentence, spans, i), i] if pattern.of_list else [i]:
                yield k, j, pattern.type, pattern.reads_back
            if pattern.type not in SYMMETRIC:
                for k in _list_after(sentence, spans, j):
                    if pattern.after.match(sentence, spans[k][1]):
                        yield i, k, pattern.type, pattern.reads_back
            if pattern.type != IS_A or pattern.reads_back:
                break  # what follows belongs to this statement or another clause; but "X is a Y used for Z" says two


def _matching(sentence: str, spans: Sequence[tuple[int, int]], i: int, j: int) -> _Pattern | None:
    first, second = spans[i], spans[j]
    between = sentence[first[1] : second[0]]
    if _some_between().fullmatch(between) is None:  # as most are: one look for all patterns
        return None
    before, name = _before(sentence, first), sentence[slice(*first)]
    if between[0] in ")）" and not _GLOSSED.search(before):
        return None  # in brackets, and no other name of what stands before them
    if _RUN_ON.match(name[-1] + between):
        return None  # a heading, and the sentence below it
    opening = _before(sentence, spans[next(iter(_list_before(sentence, spans, i)), i)])
    for pattern in _patterns():
        if (
            pattern.between.fullmatch(between)
            and pattern.before.search(opening if pattern.of_list else before)
            and pattern.first.search(name)
            and pattern.second.search(sentence[second[0] : second[1]])
            and pattern.after.match(sentence, second[1])
        ):
            return pattern
    return None


def _before(sentence: str, span: tuple[int, int]) -> str:
    return sentence[max(0, span[0] - 48) : span[0]]


def _list_before(sentence: str, spans: Sequence[tuple[int, int]], last: int) -> list[int]:
    """Return the spans that stand in one list with the last of it, before it, in order."""
    first = last
    while first and _AND.fullmatch(sentence, spans[first - 1][1], spans[first][0]):
        first -= 1
    return list(range(first, last))


def _list_after(sentence: str, spans: Sequence[tuple[int, int]], first: int) -> list[int]:
    """Return the spans that stand in one list with the first of it, after it.

    A comma alone makes no list: the list ends with "and" or the like, or goes on where nothing is known any more.
    """
    found: list[int] = []
    for k in range(first + 1, len(spans)):
        join = _AND.fullmatch(sentence, spans[k - 1][1], spans[k][0])
        if join is None:
            break
        found.append(k)
        if join["last"]:
            return found
    return found if found and _MORE.match(sentence, spans[found[-1]][1]) else []


_AND = re.compile(
    r"[*_`\"'”’》]*(?:\s*[(（][^()（）]{1,40}[)）])?\s*(?:(?P<last>,?\s*(?:and|or)\b|和|与|及|以及|或者?)|[,、，])\s*"
    r"(?:(?:a|an|the)\s+(?:[a-z-]+\s+)?)?[*_`\"'“‘《]*",
    re.IGNORECASE,
)
_RUN_ON = re.compile(r"[\u3400-\u9fff]\s+(?:使用|采用|利用|引入|用|发布|推出|提出)")
_GLOSSED = re.compile(
    r"[(（](?:[\w-]+[,，、;；]\s*)*(?:(?:also|often|or|aka|a\.k\.a\.|known as|called|i\.e\.,?|又称|简称|也称|即)\s*)*$",
    re.IGNORECASE,
)
_MORE = re.compile(r"[*_`\"'”’》]*\s*(?:,?\s*(?:and|or|etc)\b|、|和|与|及|以及|或|等)", re.IGNORECASE)
_HEAD_NOUN = (  # a name and what it is: the Transformer model
    r"(?:\s*(?:(?:model|architecture|network|method|framework|algorithm|technique|class|package|library|module|object|tool|"
    r"protocol|problem|command|daemon|function)s?|approach(?:es)?|模型|架构|结构|网络|方法|算法)(?![a-z]))?"
)


def _compiled(
    type_: str,
    reads_back: bool,
    before: str,
    between: str,
    after: str,
    *,
    first: str = "",
    second: str = "",
    of_list: bool = False,
) -> _Pattern:
    return _Pattern(
        type_,
        reads_back,
        of_list,
        re.compile(rf"(?:{before})[*_`\"'“‘《]*$", re.IGNORECASE),
        re.compile(first, re.IGNORECASE),
        re.compile(second, re.IGNORECASE),
        between,
        _between(between),
        re.compile(rf"[*_`\"'”’》]*(?:s\b)?(?:{after})", re.IGNORECASE),
    )


def _between(words: str) -> re.Pattern[str]:
    """Return what matches all the text between two names that holds these words."""
    gloss = r"(?:\s*[(（][^()（）]{1,40}[)）]|[)）])?\s*"  # the first name's other name
    return re.compile(rf"[*_`\"'”’》]*{_HEAD_NOUN}{gloss}(?:{words})[*_`\"'“‘《]*", re.IGNORECASE)


_ANY = ""

# English. The subject opens a clause; the object closes its noun phrase: "is a Transformer layer" says nothing of it.
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
_ONE_OF = (
    r"\b(?:one|another)\s+(?:of (?:the|its|our|their)|(?:type|kind|form|example|variety) of)\s+(?:[a-z-]+\s+){0,3}"
)
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
_SEEN_AS = r"(?:(?:can|could|may) (?:also )?be (?:seen|viewed|thought of|regarded|considered|understood) as|implements)"
_IS = rf"(?:,|(?:,?\s*(?:which|that)\s+)?(?:(?:is|are|was|were)\s+{_ALSO}|{_SEEN_AS}\s+))\s*{_A}{_LIKE}"
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
_NEW = r"(?:proposed|introduced|developed|presented|invented|released|published|suggested)"
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
_FREE_ZH = r"^(?![\s\S]*的[^，。；：]{0,6}$)[\s\S]*"  # 行业的竞争地位，例如汽车
_UNLIKE = r"\b(?:unlike|(?:compared|in contrast|as opposed|similar) (?:to|with))\s+(?:(?:the|a|an)\s+)?"
_BETWEEN = (
    r"\b(?:differences? between|comparison (?:of|between)|compar(?:es|ing)|choos\w+ between)\s+(?:(?:the|a|an)\s+)?"
)

# Chinese. What opens a clause, and what may follow a name that closes its noun phrase.
_SUBJECT_ZH = (
    r"(?:^[-*•>#\s]*|[，。；：、！？,;:（(\n]|即|而|但是?|因此|所以|其实|可以说|我们知道|这里的?|其中的?|和|与|由于|因为|虽然|"
    r"同时|此外|另外|首先|其次|然后|最后|而且|原始的?|传统的?|经典的?|标准的?|(?<!被)每个|该)\s*"
    r"(?:(?:很多|许多|大多数|所有|各种|这些)的?\s*)?"
)
_NOUN_ZH = r"(?:模型|方法|机制|架构|结构|网络|技术|算法|任务|模块|层|函数)?"
_OBJECT_ZH = (
    rf"(?={_NOUN_ZH}\s*(?:$|[，。；：！？、,.;:!?（(）)]|来|去|进行|作为|实现|构建|搭建|训练|构成|对|以|并|而|和|与|等|中|时|上|里|"
    r"的(?:方式|方法|思想|思路|结构|机制|架构|技术)))"
)
_CLOSED_ZH = (  # no verb, and no noun behind a gloss
    r"(?!\s*(?:[（(][^（）()]*)?[)）][\u4e00-\u9fff])"
    rf"(?={_NOUN_ZH}\s*(?:$|[，。；：！？、,.;:!?（(）)]|来|对|以|并|而|和|与|等|中|时|上|里))"
)
_THAT_ZH = r"(?:[^，。；：,.;:]{1,24}的)?"
_NAMED_ZH = r"(?=\s*(?:$|[，。；：！？、,.;:!?（(）)等和与或及]))"
_NO_AGENT_ZH = r"^(?!(?:建议|推荐|默认|启用|方法|解决方案|前者|后者)$)"
_THESE_ZH = r"(?:[这那][里些个]?[\u4e00-\u9fff]{0,4}的)?"
_EXAMPLE_ZH = r"(?=\s*(?:[、，,）)等]|[和与或][^，。；、）)的]{1,16}[）)]))"
_OWN_ZH = r"(?:[\u4e00-\u9fff]{1,6}的)?"  # 额外的, 强大的
_ALSO_ZH = r"(?:也|都|就|则|通常|主要|一般|本质上|实际上|其实|同样|还|便|均|只|仅|又|新|默认){0,2}"
_SEEN_AS_ZH = r"(?:(?:可以?|能够?)?(?:被)?(?:视|看)[为作成]|(?:可以|常常?)?被?认为是|相当于)"
_IS_ZH = r"(?:(?:是|为|属于)(?:另?一[种类个项款]|典型的)|(?:可以|常常?)?被?认为是(?:一[种个])?)"
_NO_KIND_ZH = r"^(?!.*(?:同义词|缩写|简称|别名|名称|术语|例外|例子|结果)$)"
_VERY_ZH = r"(?:一[种个类])?(?:最|很|非常)?(?:重要|关键|核心|基本|主要|根本|本质|简单|轻量级?|有效)?的?"
_GAP_ZH = r"(?:区别|差异|差别|对比|异同|不同(?:点|之处|在于))"
_VARIANT_ZH = r"(?:变体|变种|变形|改进|扩展|推广|拓展|升级版?|特例)"
_PART_ZH = r"(?:一部分|组成部分|组成|组件|部件|模块|构件|核心|基础|关键)(?![\u4e00-\u9fff])"
_NET_ZH = r"(?:结构|模型|架构|网络)?(?:中|里)?"
_SOME_ZH = r"(?:多个|若干|[一二两三四五六N][个层]?|\d+[个层]?)?"
_MAY_ZH = r"(?:会|可以|能够)?"
_USE_ZH = (
    rf"{_MAY_ZH}(?:(?:是|是一[种个](?!用))?(?:使用|采用|采取|利用|运用|应用(?!于)|借助于?|引入(?!的)|依赖于?|用到|用(?!于|来)|[组结融]合)"
    rf"(?:的)?(?:都?是)?(?:到|了)?(?:一[种个])?\s*{_OWN_ZH}|是?基于(?:一[种个])?)"
)
_KIND_ZH = r"(?:模型|层|算法|方法|网络|器|结构|机制|系统|架构|框架|技术|任务)"
_NOT_BY_ZH = r"(?!\s*(?:[（(][^（）()]*[）)])?(?:来|进行|对|去|而|将|以|和|与|的))"
_WHOLE_ZH = (  # 基于客户的地址来判断: the judgement is based on it, the address is the customer's
    r"(?=\s*(?:$|[，。；：！？、,.;:!?）)]|[（(][^（）()]*[）)](?![来进对去而将以])|[是可能会在中更很也都就被]))"
)
_BEATS_ZH = r"(?:vs\.?|对比|(?:优于|不同于|区别于|胜过|超过|而不是|而非|不如|相[比较]于?))了?"
_WHO_ZH = r"\s*(?:团队|公司|等人|的?论文|的?作者|研究者|研究人员)?"
_NEW_ZH = r"(?:首次|最早|首先|率先|最先)?(?:所)?(?:提出|发布|推出|发明)"
_SUCH_ZH = (
    r"(?:一些|各种|常见|经典|传统|主流|多种|现有|强大|高效|先进|著名|知名|流行|重要|复杂|简单|通用|开源|现代|典型|不同|特殊|其[他它]|"
    r"相关|主要|基础|核心)?的?"
)


@functools.cache
def _patterns() -> tuple[_Pattern, ...]:
    """Return the patterns, compiled when they are first needed: that takes a tenth of a second."""
    return (  # a variant stands before a kind: "a special version of" is both
        _compiled(VARIANT_OF, False, _SUBJECT, rf"{_IS}{_VARIANT}\s+(?:of|to|on)\s+{_A}", _OBJECT),
        _compiled(VARIANT_OF, False, _SUBJECT, rf"(?:extends|generali[sz]es|is {_ALSO}derived from)\s+{_A}", _OBJECT),
        _compiled(VARIANT_OF, True, _ANY, r"variants(?:,?\s*(?:such as|like|including)|:)\s+", _ANY),
        _compiled(
            VARIANT_OF,
            False,
            _SUBJECT_ZH,
            rf"{_ALSO_ZH}(?:是|为|{_SEEN_AS_ZH})(?:基于|对)?\s*",
            rf"\s*的{_VERY_ZH}{_VARIANT_ZH}",
        ),
        _compiled(
            VARIANT_OF, False, _SUBJECT_ZH, r"\s*(?:\[\d+\]\s*)?对\s*", r"\s*(?:做|进行)了?[^，。；]{0,4}(?:改进|扩展)"
        ),
        _compiled(IS_A, False, _SUBJECT, rf"{_IS}{_KIND}\s+of\s+{_A}", _OBJECT),
        _compiled(
            IS_A,
            False,
            _SUBJECT,
            rf"(?:,?\s*which\s+)?(?:is|was|are)\s+{_ALSO}(?:a|an|one of the|another)\s+{_AND_LIKE}",
            _OBJECT,
            first=_NO_KIND,
            second=_NO_KIND,
        ),
        _compiled(
            IS_A,
            False,
            _SUBJECT,
            rf"(?:is|was)\s+{_ALSO}the\s+{_LIKE}",
            r"(?=\s+(?:that|which|used|designed)\b)",
            first=_NO_KIND,
        ),
        _compiled(
            IS_A,
            False,
            _OPENING,
            rf"are\s+{_ALSO}(?!\w+ed\s){_LIKE}",
            _OBJECT,
            second=rf"{_NO_KIND}.*{_PLURAL}",
            of_list=True,
        ),
        _compiled(IS_A, False, _OPENING, rf",\s+(?:an?|the|one of the)\s+{_LIKE}", _APPOSED, second=_NO_KIND),
        _compiled(IS_A, True, rf"^As\s+an?\s+{_LIKE}", r",\s+(?:the\s+)?", _ACTS, first=_NO_KIND),
        _compiled(IS_A, True, _ONE_OF, r"\s+(?:is|was)\s+(?:the\s+)?", _OBJECT),
        _compiled(
            IS_A, False, _NOT_BETWEEN, rf",?\s*(?:and|or) other\s+{_LIKE}", _OBJECT, second=_PLURAL, of_list=True
        ),
        _compiled(IS_A, True, _HEAD, rf"\s*(?:such as|like|e\.g\.,?|for example,?)\s+{_A}", _OBJECT, first=_PLURAL),
        _compiled(IS_A, True, _FREE, rf",\s*{_SUCH_AS}\s+{_A}", _OBJECT, first=_PLURAL),
        _compiled(
            IS_A,
            True,
            r"\b(?:a|an|one|another|new|novel)\s+(?:[a-z-]+\s+){0,2}",
            r",?\s*(?:called|named|dubbed|known as)\s+(?:the\s+)?",
            rf"(?={_CLOSED}|\s*[(（])",
        ),
        _compiled(IS_A, False, r"(?:叫做|被称为|名为|一[种个]称[为作])\s*", r"\s*的(?:新的?)?\s*", _OBJECT_ZH),
        _compiled(IS_A, False, _SUBJECT_ZH, rf"{_ALSO_ZH}{_IS_ZH}\s*{_THAT_ZH}\s*", _CLOSED_ZH, second=_NO_KIND_ZH),
        _compiled(IS_A, False, _SUBJECT_ZH, r"(?:都|均)是\s*", _CLOSED_ZH, of_list=True),
        _compiled(IS_A, True, rf"(?:^|[，。；])\s*作为(?:一[种类个])?{_THAT_ZH}\s*", r"[，,]\s*", _ANY),
        _compiled(IS_A, False, _SUBJECT_ZH, rf"{_ALSO_ZH}(?:是|属于)\s*", r"\s*[中里]?的一[种类个](?![\u4e00-\u9fff])"),
        _compiled(
            IS_A,
            False,
            _SUBJECT_ZH,
            rf"{_ALSO_ZH}(?:是|属于)\s*",
            r"\s*[中里]?的一[种类个](?:特殊|典型|具体|简单)?的?(?:情况|情形|形式|实现|例子)",
        ),
        _compiled(
            IS_A,
            False,
            _ANY,
            rf"\s*等{_SUCH_ZH}\s*",
            rf"(?={_NOUN_ZH}\s*(?:[的在很都也就会能可是]|{_OBJECT_ZH}))",
            of_list=True,
        ),
        _compiled(
            IS_A,
            False,
            _SUBJECT_ZH,
            r"\s*(?:这[种类]|这样的)\s*",
            rf"(?={_NOUN_ZH}\s*(?:[的很都也就会能可在是]|{_OBJECT_ZH}))",
        ),
        _compiled(  # a verb may stand before 这个: 分析这个事件
            IS_A,
            False,
            _SUBJECT_ZH,
            r"\s*这个\s*",
            rf"(?={_NOUN_ZH}\s*(?:[的很都也就会能可在是]|{_OBJECT_ZH}))",
            first=r"[a-z\d]$",
        ),
        _compiled(
            IS_A,
            True,
            r"[一二两三四五几多\d][种类](?:主要|常见|不同|常用)?的?\s*",
            rf"{_NOUN_ZH}\s*(?:[，,]?\s*(?:即|分别[是为]|包括|有)|[：:])\s*",
            _OBJECT_ZH,
        ),
        _compiled(IS_A, True, _OPENING + _LIKE, rf"\s+include\s+{_A}", _OBJECT, first=_PLURAL),
        _compiled(IS_A, True, _NUMBERED, rf"{_SORT}(?:\s+(?:are|include|including|namely)|\s*:)\s+{_A}", _OBJECT),
        _compiled(IS_A, True, _ANY, r"\s*[（(]?\s*(?:例如|比如|诸如|譬如)\s*[：:]?\s*", _NAMED_ZH),
        _compiled(IS_A, True, _ANY, rf"\s*[（(]\s*如\s*{_OWN_ZH}\s*", _EXAMPLE_ZH),
        _compiled(IS_A, True, _FREE_ZH, r"\s*[，,]?\s*如\s*", r"(?=\s*[、和与或等])"),
        _compiled(IS_A, True, _FREE_ZH, r"\s*[，,]\s*(?:例如|比如|诸如|譬如)\s*[：:]?\s*", _NAMED_ZH),
        _compiled(PART_OF, False, _SUBJECT, rf"(?:is|are)\s+{_ALSO}{_A}{_LIKE}{_PART}\s+(?:of|in)\s+{_A}", _OBJECT),
        _compiled(PART_OF, True, _SUBJECT, rf"{_WHICH}{_HOLDS}\s+{_A}{_LIKE}", _OBJECT),
        _compiled(PART_OF, False, _SUBJECT_ZH, rf"{_ALSO_ZH}(?:是|为)\s*", rf"\s*{_NET_ZH}的{_VERY_ZH}{_PART_ZH}"),
        _compiled(
            PART_OF,
            True,
            _SUBJECT_ZH,
            rf"(?:模型|结构|网络)?{_ALSO_ZH}是?由\s*{_SOME_ZH}\s*",
            r"[^，。；]{0,48}?(?:组成|构成|堆叠)",
        ),
        _compiled(PART_OF, True, _SUBJECT_ZH, rf"[中里]?{_ALSO_ZH}(?:包含|含有)了?\s*{_SOME_ZH}\s*", _OBJECT_ZH),
        _compiled(USES, False, _SUBJECT, rf"{_WHICH}{_ALSO}{_USE}\s+{_A}{_AND_LIKE}", _THING + _OBJECT),
        _compiled(
            USES,
            False,
            rf"{_NOT_SOUGHT}\b(?:an?|new|novel)\s+(?:[a-z-]+\s+)?",
            rf"\s*based\s+(?:up)?on\s+{_A}{_LIKE}",
            _OBJECT,
        ),
        _compiled(
            USES,
            False,
            _SUBJECT,
            rf"(?:is|are)\s+{_ALSO}(?:based|built)\s+(?:up)?on\s+{_A}{_AND_LIKE}",
            _THING + _OBJECT,
        ),
        _compiled(USES, False, _SUBJECT, rf"{_BE}{_TRAINED}\s+{_A}{_LIKE}", _THING + _OBJECT),
        _compiled(USES, True, _SUBJECT, rf"{_BE}(?:used|employed|adopted)\s+(?:in|by)\s+{_A}", _OBJECT),
        _compiled(
            USES,
            False,
            _SUBJECT_ZH,
            rf"(?:模型|方法|网络|中|里)?{_ALSO_ZH}{_USE_ZH}\s*",
            _OBJECT_ZH,
            first=_NO_AGENT_ZH,
        ),
        _compiled(USES, False, _SUBJECT_ZH, rf"{_ALSO_ZH}以\s*", r"\s*[为作](?:基础|起点|起始点|输入|核心|骨干|主干)"),
        _compiled(
            USES,
            False,
            _SUBJECT_ZH,
            rf"{_ALSO_ZH}{_MAY_ZH}(?:通过|借助)\s*{_OWN_ZH}",
            r"(?:\s*[（(][^()（）]{1,40}[)）])?\s*(?:来|实现|进行|完成)",
        ),
        _compiled(USES, False, r"在\s*", rf"(?:模型|方法|网络)?[中里]{_ALSO_ZH}{_USE_ZH}\s*", _OBJECT_ZH),
        _compiled(USES, True, r"(?<![是则])基于\s*", rf"{_KIND_ZH}?的\s*", _WHOLE_ZH),
        _compiled(USES, True, r"(?<![是则])基于\s*", rf"{_KIND_ZH}?的\s*", _NOT_BY_ZH, second=rf"{_KIND_ZH}$"),
        _compiled(USED_FOR, False, _SUBJECT, rf"{_BE}{_MEANT}\s+{_A}", _OBJECT),
        _compiled(USED_FOR, False, _SUBJECT, rf"(?:is|are)\s+{_ALSO}an?\s+[^,.;:]{{1,48}}?\s+{_MEANT}\s+{_A}", _OBJECT),
        _compiled(
            USED_FOR,
            False,
            _SUBJECT_ZH,
            rf"(?:也|都|还|常|通常|主要|一般)?(?:可以?|能够?)?(?:被)?(?:广泛)?(?:用于|应用于|适用于)\s*{_THESE_ZH}",
            rf"(?=(?:领域|方面|场景|问题)?{_OBJECT_ZH})",
        ),
        _compiled(INTRODUCED_BY, False, _SUBJECT, rf"{_BE}{_NEW}{_WHEN}\s+(?:by|in)\s+{_SOURCE}", _OBJECT),
        _compiled(INTRODUCED_BY, False, _SUBJECT, rf",\s*{_ALSO}{_NEW}{_WHEN}\s+(?:by|in)\s+{_SOURCE}", _OBJECT),
        _compiled(
            INTRODUCED_BY,
            True,
            _SUBJECT,
            rf"{_ALSO}(?:propose[sd]?|introduce[sd]?|present(?:s|ed)|invented|released)\s+(?:the\s+)?",
            rf"(?!\s+as\b){_OBJECT}",
        ),
        _compiled(
            INTRODUCED_BY, False, _SUBJECT_ZH, r"(?:最早|最初|首先)?是?由\s*", rf"{_WHO_ZH}[^，。；]{{0,20}}{_NEW_ZH}"
        ),
        _compiled(
            INTRODUCED_BY,
            True,
            _SUBJECT_ZH,
            rf"{_WHO_ZH}[中里]?(?:在[^，。；]{{0,16}})?{_NEW_ZH}了?(?:名为|叫做|称为)?\s*",
            _OBJECT_ZH,
        ),
        _compiled(INTRODUCED_BY, True, r"(?<![对向给])", rf"{_WHO_ZH}[中里]?(?:{_NEW_ZH}|引入)的(?:新的?)?\s*", _ANY),
        _compiled(COMPARED_WITH, False, _ANY, rf",?\s*(?:vs\.?|versus)\s+{_A}", _ANY),
        _compiled(COMPARED_WITH, False, _UNLIKE, rf",\s+{_A}", _ANY),
        _compiled(COMPARED_WITH, False, _BETWEEN, rf"(?:,|and|or)\s+{_A}", _ANY),
        _compiled(COMPARED_WITH, False, r"\bcompar(?:es|ing)\s+(?:the\s+)?", rf"(?:with|to)\s+{_A}", _ANY),
        _compiled(COMPARED_WITH, False, _SUBJECT, rf"{_BEATS}\s+{_A}", _OBJECT),
        _compiled(COMPARED_WITH, False, _ANY, rf"\s*(?:instead of|rather than|as opposed to)\s+{_A}", _OBJECT),
        _compiled(COMPARED_WITH, False, _SUBJECT, rf",\s*(?:instead of|rather than|as opposed to)\s+{_A}", _OBJECT),
        _compiled(COMPARED_WITH, False, _SUBJECT, rf",?\s*unlike\s+{_A}", _OBJECT),
        _compiled(COMPARED_WITH, False, _ANY, rf"\s*{_BEATS_ZH}\s*", _OBJECT_ZH),
        _compiled(
            COMPARED_WITH,
            False,
            _SUBJECT_ZH,
            r"\s*比(?:起)?\s*",
            r"[^，。；]{0,6}(?:更|[好快多强大小高低慢差少](?![\u4e00-\u9fff]))",
        ),
        _compiled(
            COMPARED_WITH,
            False,
            _SUBJECT_ZH,
            r"\s*[和与跟同]\s*",
            r"\s*(?:非常|很|是|有[^，。；]{0,3}的)?(?:类似|相似|不同|相同|相反)",
        ),
        _compiled(COMPARED_WITH, False, _ANY, r"\s*(?:替换[成为]|(?<!不能)(?:代替|替代|取代)了?)\s*", _OBJECT_ZH),
        _compiled(COMPARED_WITH, False, r"(?:与|和|跟|同)\s*", r"\s*(?:不同|相比较?|对比)\s*[，,]\s*", _ANY),
        _compiled(COMPARED_WITH, False, r"(?:相[比较]于?|不同于|区别于|对比)\s*", r"\s*[，,]\s*", _ANY),
        _compiled(
            COMPARED_WITH,
            False,
            _ANY,
            r"\s*[和与跟同]\s*",
            rf"\s*(?:之间)?的?{_VERY_ZH}{_GAP_ZH}",
        ),
    )


@functools.cache
def _some_between() -> re.Pattern[str]:
    """Return what matches all the text between two names that any pattern can mean."""
    return _between("|".join(f"(?:{pattern.words})" for pattern in _patterns()))
