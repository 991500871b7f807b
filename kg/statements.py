"""What a sentence says of the concept that opens it: patterns in English and Chinese. Pure.

Where patterns.py relates two concepts, this takes one, and whatever words the text has for what it is. The name must
open the sentence, but for an article, a list mark or a few words such as "in statistics,": "the size of X is a number"
says nothing of X, and neither does "if X is a tree". One pattern reads back: "the removal of weights is called X".
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg import english
from kg.kind_nouns import Where, kind_nouns
from kg.model import Passage, Place
from kg.names import words

# How a sentence says it, the plainest first.
DEFINES = "defines"  # X is defined as, refers to, means; X是指, 指的是, 定义为, 所谓X，就是
IS_A = "is-a"  # X is a NOUN that, of, for ...; X是一种 ... NOUN, X是 ... 的NOUN
CALLED = "called"  # the removal of weights is called X; 把 ... 称为X
APPOSED = "apposed"  # X: a NOUN that ...; X, a NOUN, ...; X：一种 ...
DOES = "does"  # X aims to, consists of, measures; X用于, 旨在, 由 ... 组成; the idea of X is to ...

LONGEST = 400  # code points: a longer sentence is a table or a list, and each of its many names would be tried


class Statement(NamedTuple):
    """What a sentence says of the name that opens it."""

    way: str
    genus: str  # the noun phrase that says what it is, as written; '' where none does
    rest: str  # what is said beyond an English genus; in Chinese, where the genus comes last, all of it
    is_definite: bool = False  # "the" stands before the name
    is_led: bool = False  # words stand before it: "in statistics,"


def said(sentence: str, start: int, end: int, lang: str) -> Statement | None:
    """Return what a sentence says of the name sentence[start:end], or None where it is not about that."""
    if len(sentence) > LONGEST:
        return None
    if lang == "zh":
        return _said_zh(sentence, start, end)
    return _said_en(sentence, start, end) if lang == "en" else None


def statements(passage: Passage) -> Iterator[tuple[Place, Statement]]:
    """Yield what the sentences of a passage say of the concepts that open them."""
    for place in passage.places:
        start, end = passage.sentences[place.sentence]
        statement = said(passage.text[start:end], place.start - start, place.end - start, passage.lang)
        if statement is not None:
            yield place, statement


def _any(text: str) -> str:
    """Return a pattern for one of these words; an underscore is white space."""
    return "|".join(text.split()).replace("_", r"\s+")


_MARKS = r"[*_`\"'“”‘’《》「」]*"
_NUMBER = r"[\s>#*•·‣▪●■◦-]*(?:\(?(?:\d{1,2}|[a-zA-Z])[.)、]\s*|[（(]?[一二三四五六七八九十\d]{1,2}[）)、]\s*)?"
_GLOSS = r"(?:\s*[(（\[][^()（）\[\]]{1,90}[)）\]])?"  # the name's other name, or who is quoted for it
_CLOSED = re.compile(rf"{_MARKS}(?:\s*[(（][^()（）]{{1,40}}[)）])?{_MARKS}\s*(?:[.。,，;；]|$)")

# ---- English

# A few words may open the sentence, as long as they don't turn what it says.
_TURNS = _any(
    "if when while whereas although though unless since because as after before once until during with without to "
    "unlike like compared instead rather however conversely similarly likewise otherwise still again also not no "
    "for_example for_instance e\\.g suppose let given here then next first second finally meanwhile furthermore "
    "moreover additionally interestingly unfortunately surprisingly this these that those our we but and so or thus "
    "hence therefore"
)
_ELSEWHERE = _any("this that these those our we above below example following case is are was were")
_LEAD = rf"(?:(?!(?:{_TURNS})\b)[\w'’-]+(?:\s+(?!(?:{_ELSEWHERE})\b)[\w'’-]+){{0,4}},\s+)?"
_BEFORE = re.compile(
    rf"{_NUMBER}{_MARKS}(?:[\w -]{{2,40}}:\s+)?(?P<lead>{_LEAD})(?P<article>(?:the|an?)\s+)?{_MARKS}$", re.IGNORECASE
)
_OR = (
    rf"(?:\s*,?\s+(?:or|{_any('also sometimes often otherwise commonly')})?\s*(?:called|known as|referred to as|termed|"
    rf"abbreviated(?:\s+(?:as|to))?|aka|a\.k\.a\.|short for)\s+[^,.;:]{{2,60}},?|,\s+or\s+[^,.;:]{{2,60}},|"
    r",\s+which\s+(?:stands for|is short for)\s+[^,.;:]{2,80},)?"
)
_TAIL_NOUNS = _any(
    "algorithm method technique model mechanism network layer architecture dataset function standard protocol"
)
_TAIL = rf"(?:\s+(?:{_TAIL_NOUNS})s?)?"
_OF_A = r"(?:\s+of\s+an?\s+[\w-]+)?"  # the type affinity of a column
_ADVERB = _any(
    "also just basically essentially simply thus therefore itself generally usually typically often commonly really "
    "actually mainly primarily currently effectively fundamentally in_essence in_short first_and_foremost"
)
_SEEN_AS = _any("defined understood described thought_of seen viewed regarded")
_AIMS = (
    r"aims? to|tr(?:ies|y) to|attempts? to|seeks? to|works? by|consists? of|(?:is|are) (?:made up|composed) of|"
    rf"(?:is|are)(?:\s+\w+ly)?\s+(?:{_any('used designed intended meant built trained')}) (?:to|for)"
)
_VERB_STEMS = _any(  # what a thing does by its nature; not what happens to it, or how well it does: shows, adds, needs
    "extend generali[sz] combin involv measur comput calculat quantif estimat describ captur assign map "
    "convert transform translat remov reduc shrink compress split divid replac substitut project encod stor insert "
    "transfer train learn predict optimi[sz] minimi[sz] maximi[sz] normali[sz] stabili[sz] represent select "
    "generat creat turn connect link cut break group join merg mix control prevent avoid penali[sz] determin process"
)
_NO_OBJECT = _any("well using on with is are was were has have can will of in")  # behind a noun: "X measures are ..."
_AFTER = re.compile(
    rf"{_MARKS}(?:s\b)?{_MARKS}{_GLOSS}{_TAIL}{_GLOSS}{_MARKS}{_OR}{_OF_A}\s*(?:"
    rf"(?P<defines>(?:is|are|can be|may be|could be)\s+(?:\w+ly\s+)?(?:{_SEEN_AS}) as"
    r"|(?:\w+ly\s+)?(?:refers? to|means?|denotes?|stands? for)(?!\s+that))"
    r"|(?P<apposed>\s*(?::|[-–—]{1,3})\s+(?=(?:an?|any)\s)|,\s+(?=an?\s))"
    rf"|(?P<does>(?:\s*[-–—:]\s+)?\b(?:{_AIMS}|(?P<verb>(?:{_VERB_STEMS})(?:es|ies|s|e)?))\b(?!,|\s+(?:{_NO_OBJECT})\b))"
    rf"|(?P<isa>\b(?:is|are|was|were)(?:\s+(?:{_ADVERB})\b,?)*)"
    r")\s*",
    re.IGNORECASE,
)
_IDEA = re.compile(
    rf"{_NUMBER}(?:the\s+)?(?:(?:{_any('main key basic core central general whole underlying')})\s+)?"
    rf"(?:{_any('idea essence goal aim purpose task job')})\s+(?:of|behind)\s+(?:(?:the|an?)\s+)?{_MARKS}$",
    re.IGNORECASE,
)
_IDEA_IS = re.compile(rf"{_MARKS}\s+(?:is|was)\s+(?:to|that)\s+", re.IGNORECASE)
_CALLED = re.compile(
    rf"[\s>#*•-]*(?:an?|the)\s(?!(?:{_any('above same following latter former resulting whole other first last')})\b)"
    r"[^,;]{24,}?\s(?:is|are)\s+(?:\w+ly\s+|often\s+|also\s+)?(?:called|known as|referred to as|termed|dubbed|named)\s+"
    rf"(?:(?:the|an?)\s+)?{_MARKS}$",
    re.IGNORECASE,
)
_DETERMINER = re.compile(r"(?:(?P<det>an?|the|one|any|some|another)\s+)?(?:a\s+)?", re.IGNORECASE)
_BEYOND = _any(  # what ends a noun phrase
    "that which where whose who when while because since if with without for in on to from by as at over of than "
    "between among into through under after before during within about towards? against such like and or but is are "
    "was the an? we you it used using proposed introduced trained designed developed based called named known inspired "
    "created built composed made published defined applied released presented obtained computed consisting containing "
    "combining involving aiming allowing describing showing specifying measuring capable able similar widely commonly"
)
_PHRASE_END = re.compile(
    rf"\s*(?:[,.;:(){{}}\[\]!?\"“”|=]|\s[-–—]+\s|\s+(?:{_BEYOND})\b)|\s*$",
    re.IGNORECASE,
)
_UNQUOTED = re.compile(r"[“\"]([\w -]{2,40})[”\"](?=\s\w)")  # a “paravirtualization” solution
_NO_NOUN = re.compile(rf"(?:{_any('not no called known named termed said used made to')})\b", re.IGNORECASE)
_KIND_OF = re.compile(
    rf"(?:{_any('kind type form class family sort variant variation version extension')}|generali[sz]ation|"
    rf"{_any('special_case case set series member instance example')})s?$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\s+(?:that|which|whose|in which)\b")
_SETS_APART = re.compile(rf"\s+(?:{_any('that which where whose for of used with trained in_which')})\b")


def _said_en(sentence: str, start: int, end: int) -> Statement | None:
    if _CALLED.match(sentence[:start]) and _CLOSED.match(sentence, end):
        return Statement(CALLED, "", sentence[:start])
    idea = _IDEA_IS.match(sentence, end)
    if idea and _IDEA.match(sentence[:start]):
        return Statement(DOES, "", sentence[idea.end() :])
    before = _BEFORE.match(sentence[:start])
    after = _AFTER.match(sentence, end) if before else None
    if before is None or after is None:
        return None
    is_definite, is_led = (before["article"] or "").lower().startswith("the"), bool(before["lead"])
    complement = sentence[after.end() :]
    if after["does"]:
        if after["verb"] and not re.search("[^s]s$", after["verb"]) and not sentence[start:end].endswith("s"):
            return None  # "the IPCC process": a noun
        return Statement(DOES, "", complement, is_definite, is_led)
    genus, rest, has_article = _genus(_UNQUOTED.sub(r"\1", complement))
    if after["defines"]:
        return Statement(DEFINES, genus, rest, is_definite, is_led)
    if not genus or _NO_NOUN.match(complement):
        return None
    if after["apposed"]:
        return Statement(APPOSED, genus, rest, is_definite, is_led)
    if has_article or _is_genus(after["isa"], genus, rest):
        return Statement(IS_A, genus, rest, is_definite, is_led)
    return None


def _genus(complement: str) -> tuple[str, str, bool]:
    """Return the noun phrase that opens a complement, what comes after it, and whether it has an article."""
    determiner = _DETERMINER.match(complement)
    begin = place = determiner.end() if determiner else 0
    while (end := _PHRASE_END.search(complement, place)) is not None:
        phrase, rest = complement[begin : end.start()].strip(), complement[end.start() :]
        joint = re.match(r"\s*(?:,?\s*(?:and|or|but|yet)\s+|,\s+)(?=\w)", rest)
        of = re.match(r"\s+of\s+(?:(?:an?|the)\s+)?", rest)
        if joint and phrase and english.part(phrase.split()[-1]) is english.Part.WEAK:
            place = end.start() + joint.end()  # a simple and cheap method
        elif of and _KIND_OF.search(phrase):
            begin = place = end.start() + of.end()  # a kind of tree
        else:
            return phrase, rest, determiner is not None and bool(determiner["det"])
    return "", complement, False


def _is_genus(copula: str, genus: str, rest: str) -> bool:
    """Tell whether a phrase without an article says what something is: neural networks for ..., water in which ..."""
    last = genus.split()[-1]
    if english.part(last) is english.Part.WEAK or last.endswith("ed"):
        return False
    if (words(last)[-1:] and words(last)[-1] in kind_nouns(Where.SAID, "en")) or _RELATIVE.match(rest):
        return True
    is_plural = copula.lower().startswith(("are", "were")) and words(last) != (last.lower(),)
    return is_plural and _SETS_APART.match(rest) is not None


# ---- Chinese

_TURNS_ZH = _any(
    "如果 若 当 由于 因为 虽然 尽管 除了 相[比较] 不同于 与 和 例如 比如 正如 如 假 但 然而 而 因此 所以 于是 "
    "首先 其次 然后 最后 接着 此 这 那 该 为了 对于 根据 按照 以 相反 反之 相对 同时 另外 当然 仍然 同样 类似 "
    "目前 现在 在某 在这 有时 有些"
)
_SO_CALLED = "所谓"
_LEAD_ZH = rf"(?:{_SO_CALLED}的?\s*|(?!{_TURNS_ZH})[^，。；：,、]{{1,14}}[，,]\s*|本质上|简单[来地]?[说讲]|一般来说)?"
_BEFORE_ZH = re.compile(rf"{_NUMBER}{_MARKS}(?P<lead>{_LEAD_ZH}){_MARKS}$")
_OR_ZH = r"(?:\s*[，,]\s*(?:又|也|亦|或|常)?(?:被)?(?:称|叫|名|简称|全称|英文)[^，。；,]{1,40}[，,])?"
_TAIL_ZH = rf"(?:\s*(?:{_any('算法 方法 技术 模型 机制 网络 层 架构 结构 框架 数据集 任务 函数 指标')}))?"
_ADVERB_ZH = rf"(?:{_any('其实 实际上 本质上 也 就 则 通常 主要 一般 都 同样 便 均')})*"
_DEFINES_ZH = (
    r"是?指的?(?:是|就是)|是指[，,：:]?|特?指(?![出标数示导令定向])|(?:可以?|能)?被?(?:简单)?地?(?:定义|理解)[为成][：:]?|"
    r"意味着|意思是|意为|[，,]\s*(?:就是|指的是|即是)|即(?![使便可将时刻])[是为]?"
)
_DOES_ZH = (
    r"(?:主要)?(?:用于|用来|用以|旨在|试图|致力于|负责|由[^，。；]{2,40}(?:组成|构成|堆叠而成)|"
    rf"(?:通过|利用)[^。；]{{4,40}}?(?:{_any('来 以 使 让 实现 学习 得到 获得 减少 提高 降低 生成 计算')})|"
    r"[将把][^。；]{2,40}?[成为到给]|允许|结合了?|描述了?|衡量|度量|反映了?)"
)
_NOT_A_ZH = _any("否 不是 如何 怎 什么 因为 由于 为了 非常 很 最 不 这 那 可")
_AFTER_ZH = re.compile(
    rf"{_MARKS}{_GLOSS}{_TAIL_ZH}{_MARKS}{_GLOSS}{_OR_ZH}\s*{_ADVERB_ZH}\s*(?:"
    rf"(?P<defines>[，,：:]?\s*(?:{_DEFINES_ZH}))"
    rf"|(?P<isa>(?:是|为|属于|作为)(?!{_NOT_A_ZH}))"
    r"|(?P<apposed>[：:，,]\s*(?:是|即|就是)?(?=一[种个类项款]))"
    rf"|(?P<does>[：:]?\s*{_DOES_ZH})"
    r")\s*"
)
_IDEA_ZH = re.compile(
    rf"{_MARKS}{_TAIL_ZH}的(?:本质|实质|(?:核心|基本|主要|整体|中心)?(?:思想|思路|理念))(?:上|其实|就|，)?(?:是|在于)[:：，]?(?!什么|怎|如何)"
)
_ACTS_ZH = _any("过程 方法 技术 策略 方式 机制 模型 任务 算法 操作 思想 函数 结构 指标 现象")
_CALLED_ZH = re.compile(
    rf"(?:(?=[^，。；]{{0,40}}(?:{_ACTS_ZH}))(?!.*(?:上述|以上|该|这个|这些|此))[^，。；]{{10,60}}|"
    r"(?:^|，)[^，。；]{0,16}[将把](?![其它这此该])[^，。；]{8,50})"
    rf"(?:{_any('被 常 通常 一般 也 又 就')})*(?:称为|称作|称之为|叫做|叫作|叫)[是为]?(?:一种)?{_MARKS}$"
)
_ONE_ZH = re.compile(r"[一某]?(?:[种个类项款套组系列份]|系列)")
_CLAUSE_ZH = re.compile(r"[^，。；：！？,;:!?（(]*")
_BY_ZH = re.compile(
    rf"(?:{_any('在 从 用 将 把 通过 利用 对 让 使')})(?!.*的$)"
)  # 是通过 ...; but not 是在2017年提出的
_NO_NOUN_ZH = re.compile(
    r"(?:[的了着过吗呢吧好高低大小多少快慢]|"
    rf"{_any('重要 有效 简单 可行 不同 相同 一样 类似 相似 必要 关键 明显 完成 进行 得到')})$"
)


def _said_zh(sentence: str, start: int, end: int) -> Statement | None:
    near = sentence[max(0, start - 8) : start]  # most names have no such verb before them, and are seen to at once
    if ("称" in near or "叫" in near) and _CALLED_ZH.search(sentence[:start]) and _CLOSED.match(sentence, end):
        return Statement(CALLED, "", sentence[:start])
    before = _BEFORE_ZH.match(sentence[:start])
    if before is None:
        return None
    is_so_called = before["lead"].startswith(_SO_CALLED)
    is_led = bool(before["lead"]) and not is_so_called
    idea = _IDEA_ZH.match(sentence, end)
    if idea:
        return Statement(DOES, "", sentence[idea.end() :], is_led=is_led)
    after = _AFTER_ZH.match(sentence, end)
    if after is None:
        return None
    complement = sentence[after.end() :]
    clause = _CLAUSE_ZH.match(complement)
    genus = clause[0].strip() if clause else ""
    if after["does"] or (after["isa"] and _BY_ZH.match(genus)):
        return Statement(DOES, "", complement, is_led=is_led)
    if not genus:
        return None
    if after["defines"] or is_so_called:
        return Statement(DEFINES, genus, complement, is_led=is_led)
    if after["apposed"]:
        return Statement(APPOSED, genus, complement, is_led=is_led)
    if not _NO_NOUN_ZH.search(genus) and (_ONE_ZH.match(genus) or "的" in genus):
        return Statement(IS_A, genus, complement, is_led=is_led)
    return None
