"""What a sentence says of the concept that opens it: patterns in English and Chinese. Pure.

Where patterns.py relates two concepts, this takes one, and whatever words the text has for what it is. The name must
open the sentence, but for an article, a list mark or a few words such as "in statistics,": "the size of X is a number"
says nothing of X, and neither does "if X is a tree".
"""

import re
from typing import NamedTuple

from kg import english

from kg.kind_nouns import Where, kind_nouns
from kg.names import words

# How plainly it says what the concept is.
DEFINES, IS_A, CALLED, APPOSED, DOES = "defines", "is-a", "called", "apposed", "does"


class Statement(NamedTuple):
    """What follows the name."""

    way: str
    genus: str  # the noun phrase that says what it is, as written; '' where none does
    rest: str  # what is said beyond that
    definite: bool = False  # "the" stands before the name
    led: bool = False  # words stand before it: "in statistics,"


def said(sentence: str, start: int, end: int, lang: str) -> Statement | None:
    """Return what a sentence says of sentence[start:end], or None where it is not about that."""
    if lang == "zh":
        return _said_zh(sentence, start, end)
    return _said_en(sentence, start, end) if lang == "en" else None


_MARKS = r"[*_`\"'“”‘’《》「」]*"
_NUMBER = r"[\s>#*•·‣▪●■◦-]*(?:\(?(?:\d{1,2}|[a-zA-Z])[.)、]\s*|[（(]?[一二三四五六七八九十\d]{1,2}[）)、]\s*)?"
_ARTICLE = r"(?P<article>(?:the|an?)\s+)?"

# ---- English

# A few words that open a sentence without turning what it says: not "if", "unlike" or "for example".
_LEAD = (
    r"(?:(?!(?:if|when|while|whereas|although|though|unless|since|because|as|after|before|once|until|unlike|like|compared|"
    r"instead|rather|however|for (?:example|instance)|e\.g|suppose|let|given|here|then|next|first|second|finally|here|conversely|similarly|likewise|"
    r"furthermore|moreover|additionally|meanwhile|interestingly|unfortunately|surprisingly|again|still|during|with|without|"
    r"otherwise|also|not|no|to|this|these|that|those|our|we|but|and|so|or|thus|hence|therefore)\b)"
    r"[\w'’-]+(?:\s+(?!(?:this|that|these|those|our|we|above|below|example|following|case|is|are|was|were)\b)[\w'’-]+){0,4},\s+)?"
)
_BEFORE_EN = re.compile(rf"{_NUMBER}{_MARKS}(?:[\w -]{{2,40}}:\s+)?(?P<lead>{_LEAD}){_ARTICLE}{_MARKS}$", re.IGNORECASE)
_IDEA_EN = re.compile(
    rf"{_NUMBER}(?:the\s+)?(?:(?:main|key|basic|core|central|general|whole|underlying)\s+)?(?:idea|essence|goal|aim|purpose|task)\s+(?:of|behind)\s+{_ARTICLE}{_MARKS}$",
    re.IGNORECASE,
)
_IDEA_IS_EN = re.compile(rf"{_MARKS}\s+(?:is|was)\s+(?:to|that)\s+", re.IGNORECASE)
_CALLED_EN = re.compile(
    r"^\s*[\s>#*•-]*(?:an?|the)\s(?!(?:above|same|following|latter|former|resulting|whole|other|first|second|last)\b).{24,}?\s(?:is|are)\s+(?:\w+ly\s+|often\s+|also\s+)?"
    rf"(?:called|known as|referred to as|termed|dubbed|named)\s+(?:the\s+|an?\s+)?{_MARKS}$",
    re.IGNORECASE,
)
_CLOSED = re.compile(rf"{_MARKS}(?:\s*[(（][^()（）]{{1,40}}[)）])?{_MARKS}\s*(?:[.。]|[,，;；]|$)")
_GLOSS = r"(?:\s*[(（\[][^()（）\[\]]{1,90}[)）\]])?"
_OR_EN = (
    r"(?:\s*,?\s+(?:or|(?:also|sometimes|often|otherwise|commonly)?\s*(?:called|known as|referred to as|termed|abbreviated(?:\s+as|\s+to)?)|"
    r"aka|a\.k\.a\.|short for)\s+[^,.;:]{2,60},?)?"
)
_TAIL_EN = r"(?:\s+(?:algorithm|method|technique|model|mechanism|network|layer|architecture|dataset|task|function|metric)s?)?"
_ADVERB = (
    r"(?:\s+(?:also|just|basically|essentially|simply|thus|therefore|itself|generally|usually|typically|often|commonly|"
    r"really|actually|mainly|primarily|currently|effectively|fundamentally|in essence|in short)\b,?)*"
)
_DOING = (
    r"(?:aims? to|tr(?:ies|y) to|attempts? to|seeks? to|consists? of|is made up of|is composed of|combines?|measures?|"
    r"(?:is|are)(?:\s+\w+ly)?\s+(?:used|designed|intended|meant|built|trained) (?:to|for)|works? by|involves?|"
    r"(?:allows?|enables?|lets?|helps?|extends?|generali[sz]es?|comput|calculat|quantif|estimat|describ|captur|"
    r"assign|map|convert|transform|translat|remov|reduc|shrink|compress|split|divid|replac|substitut|project|encod|"
    r"stor|hold|add|insert|transfer|train|learn|predict|optimi[sz]|minimi[sz]|normali[sz]|stabili[sz]|represent|"
    r"provid|search|find|select|generat|produc|creat|turn|connect|link|cut|break|group|join|merg|mix|control|"
    r"prevent|avoid|penali[sz]|tak|giv|show|indicat|determin|deal|handl|process|perform|introduc|keep)(?:es|ies|s|e)?)\b(?!,)"
)
_PLURAL_VERB = re.compile(r"(?<!s)(?<!\bto)(?<!\bof)(?<!\bfor)(?<!\bby)$|ss$")
_AFTER_EN = re.compile(
    rf"{_MARKS}(?:s\b)?{_MARKS}{_TAIL_EN}{_GLOSS}{_MARKS}{_OR_EN}\s*(?:"
    rf"(?P<defines>(?:(?:is|are|can be|may be|could be)\s+(?:\w+ly\s+)?(?:defined|understood|described|thought of|seen|viewed|regarded) as"
    rf"|(?:\w+ly\s+)?(?:refers? to|means?|denotes?)(?!\s+that)|is (?:the )?when\b|stands? for))"
    rf"|(?P<isa>\b(?:is|are|was|were){_ADVERB})"
    rf"|(?P<apposed>\s*(?::|[-–—]{{1,3}})\s+(?=(?:an?|any)\s)|,\s+(?=an?\s))"
    rf"|(?P<does>(?:\s*[-–—:]\s+)?\b{_DOING})"
    r")\s*",
    re.IGNORECASE,
)
_DETERMINER = re.compile(r"(?:(?P<det>an?|the|one|any|some|another)\s+)?(?:a\s+)?", re.IGNORECASE)
_NP_END = re.compile(
    r"\s*(?:[,.;:(){}\[\]!?\"“”|=]|\s[-–—]+\s|\s+(?:that|which|where|whose|who|with|without|for|in|on|to|from|by|and|or|but|as|"
    r"at|over|of|used|using|proposed|introduced|trained|designed|developed|based|called|named|known|inspired|created|"
    r"built|composed|made|published|defined|applied|consisting|containing|combining|when|while|is|are|was|than|between|"
    r"because|since|if|such|like|among|into|through|capable|able|similar|under|we|you|it|the|a|an|involving|aiming|"
    r"allowing|released|presented|obtained|computed|widely|commonly|describing|showing|specifying|measuring|"
    r"after|before|during|within|about|towards?|against)\b)|\s*$",
    re.IGNORECASE,
)
_NO_NOUN_EN = re.compile(r"\s*(?:not|no|n't|called|known|named|termed|said|used|made|to)\b", re.IGNORECASE)
_OF_KIND = re.compile(
    r"(?:kind|type|form|class|family|sort|variant|variation|version|extension|generali[sz]ation|special case|case|set|series|member|instance|example)s?$",
    re.IGNORECASE,
)


def _said_en(sentence: str, start: int, end: int) -> Statement | None:
    if _CALLED_EN.match(sentence[:start]) and _CLOSED.match(sentence, end):
        return Statement(CALLED, "", sentence[:start])
    idea = _IDEA_IS_EN.match(sentence, end)
    if idea and _IDEA_EN.match(sentence[:start]):
        return Statement(DOES, "", sentence[idea.end() :])
    before = _BEFORE_EN.match(sentence[:start])
    after = _AFTER_EN.match(sentence, end)
    if before is None or after is None:
        return None
    definite, led = (before["article"] or "").lower().startswith("the"), bool(before["lead"])
    complement = sentence[after.end() :]
    genus, rest, has_article = _genus(complement)
    if after["defines"]:
        return Statement(DEFINES, genus if has_article else "", rest if has_article else complement, definite, led)
    if after["does"]:
        if _PLURAL_VERB.search(after["does"]) and not sentence[start:end].endswith("s"):
            return None  # the IPCC process: no verb
        return Statement(DOES, "", complement, definite, led)
    if not genus or _NO_NOUN_EN.match(complement):
        return None
    if after["apposed"]:
        return Statement(APPOSED, genus, rest, definite, led)
    if not has_article and not _is_genus(after["isa"], genus, rest):
        return None
    return Statement(IS_A, genus, rest, definite, led)


def _genus(complement: str) -> tuple[str, str, bool]:
    """Return the noun phrase that opens a complement, what comes after it, and whether it has an article."""
    determiner = _DETERMINER.match(complement)
    assert determiner is not None  # it may be empty
    begin = place = determiner.end()
    while (end := _NP_END.search(complement, place)) is not None:
        phrase = complement[begin : end.start()].strip()
        rest = complement[end.start() :]
        joint = re.match(r"\s*(?:,?\s*(?:and|or|but|yet)\s+|,\s+)(?=\w)", rest)
        if joint and phrase and _is_adjective(phrase):
            place = end.start() + joint.end()  # a simple and cheap method
            continue
        kind = _OF_KIND.search(phrase)
        onward = re.match(r"\s+of\s+(?:(?:an?|the)\s+)?", rest)
        if kind and onward:
            begin = place = end.start() + onward.end()
            continue
        return phrase, rest, bool(determiner["det"])
    return "", complement, False


def _is_adjective(phrase: str) -> bool:
    return english.part(phrase.split()[-1]) is english.Part.WEAK


def _is_genus(copula: str, genus: str, rest: str) -> bool:
    """Tell whether a phrase without an article says what something is: neural networks that ..., layers of ..."""
    last = genus.split()[-1]
    if words(last)[-1] in kind_nouns(Where.SAID, "en"):
        return True  # "is model compression method in which ..."
    plural = copula.lower().startswith(("are", "were")) and words(last) != (last.lower(),)
    return plural and re.match(r"\s+(?:that|which|where|whose|for|of|used|with|trained|in which)\b", rest) is not None


# ---- Chinese

_LEAD_ZH = (
    r"(?:所谓的?\s*|(?!如果|若|当|由于|因为|虽然|尽管|除了|相[比较]|不同于|与|和|例如|比如|正如|如|假|但|然而|而|因此|所以|于是|首先|其次|然后|最后|接着|此|这|那|该|为了|对于|根据|按照|以|相反|反之|相对|同时|另外|此外|而且|当然|仍然|同样|类似|目前|现在)"
    r"[^，。；：,、]{1,14}[，,]\s*|本质上|简单[来地]?[说讲]|一般来说)?"
)
_BEFORE_ZH = re.compile(rf"{_NUMBER}{_MARKS}(?P<lead>{_LEAD_ZH}){_MARKS}$", re.IGNORECASE)
_OR_ZH = r"(?:\s*[，,]\s*(?:又|也|亦|或|常)?(?:被)?(?:称|叫|名|简称|全称|英文)[^，。；,]{1,40}[，,])?"
_TAIL_ZH = r"(?:\s*(?:算法|方法|技术|模型|机制|网络|层|架构|结构|框架|数据集|任务|函数|指标))?"
_ADVERB_ZH = r"(?:其实|实际上|本质上|也|就|则|通常|主要|一般|都|同样|便|均|，?\s*顾名思义，?)*"
_DEFINES_ZH = (
    r"是?指的?(?:是|就是)|(?:就|便)?是指|特?指(?!出|标|数|示|导|令|定|向)|(?:可以?|能)?(?:被)?(?:简单)?(?:地)?(?:定义|理解)(?:为|成)[：:]?|意味着|意思是|"
    r"意为|[，,]\s*(?:就是|指的是|即是)|即(?!使|便|可|将|时|刻)(?:是|为)?"
)
_DOING_ZH = (
    r"(?:主要)?(?:用于|用来|用以|旨在|试图|致力于|负责|由[^，。；]{2,40}(?:组成|构成|堆叠而成)|"
    r"(?:通过|利用)[^。；]{4,40}?(?:来|以|使|让|实现|学习|得到|获得|减少|提高|降低|生成|计算)|"
    r"[将把][^。；]{2,40}?(?:成|为|到|作为|给)|允许|描述了?|衡量|度量|反映了?)"
)
_AFTER_ZH = re.compile(
    rf"{_MARKS}{_GLOSS}{_TAIL_ZH}{_MARKS}{_GLOSS}{_OR_ZH}\s*{_ADVERB_ZH}\s*(?:"
    rf"(?P<defines>[，,：:]?\s*(?:{_DEFINES_ZH}))"
    r"|(?P<isa>(?:是|为|属于|作为)(?!否|不是|如何|怎|什么|因为|由于|为了|非常|很|最|不|有|这|那|可|从|以|在))"
    r"|(?P<apposed>[：:，,]\s*(?:是|即|就是)?(?=一[种个类项款]))"
    rf"|(?P<does>[：:]?\s*{_DOING_ZH})"
    r")\s*"
)
_IDEA_ZH = re.compile(rf"{_MARKS}{_TAIL_ZH}的(?:本质|实质|(?:核心|基本|主要|整体|中心)(?:思想|思路|理念)|思想)(?:上|其实|就|，)?(?:是|在于)[:：，]?(?!什么|怎|如何)")
_CALLED_ZH = re.compile(
    r"(?:(?=[^，。；]{0,40}(?:过程|方法|技术|策略|方式|机制|模型|任务|算法|操作|思想|函数|结构|指标|现象))(?!.*(?:上述|以上|该|这个|这些|此))[^，。；]{10,60}|(?:^|，)[^，。；]{0,16}[将把](?!其|它|这|此|该)[^，。；]{8,50})"
    rf"(?:被|常|通常|一般|也|又|就)*(?:称为|称作|称之为|叫做|叫作|叫)(?:是|为)?(?:一种)?{_MARKS}$"
)
_ONE_ZH = re.compile(r"(?:一|某)?(?:[种个类项款套组系列份]|系列)")
_CLAUSE_ZH = re.compile(r"[^，。；：！？,;:!?（(]*")
_BY_ZH = re.compile(r"(?:在|从|用|将|把|通过|利用|对|让|使)(?!.*的$)")  # 剪枝是通过 ...; but not 是在2017年提出的
_NO_NOUN_ZH = re.compile(r"(?:的|了|着|过|吗|呢|吧|好|高|低|大|小|多|少|快|慢|重要|有效|简单|可行|不同|相同|一样|类似|相似|必要|关键|明显|完成|进行|得到)$")


def _said_zh(sentence: str, start: int, end: int) -> Statement | None:
    if _CALLED_ZH.search(sentence[:start]) and _CLOSED.match(sentence, end):
        return Statement(CALLED, "", sentence[:start])
    before = _BEFORE_ZH.match(sentence[:start])
    idea = _IDEA_ZH.match(sentence, end)
    if before and idea:
        return Statement(DOES, "", sentence[idea.end() :], False, bool(before["lead"]))
    after = _AFTER_ZH.match(sentence, end)
    if before is None or after is None:
        return None
    led = bool(before["lead"]) and not before["lead"].startswith("所谓")  # "so-called": no words about something else
    complement = sentence[after.end() :]
    clause = _CLAUSE_ZH.match(complement)
    genus = clause[0].strip() if clause else ""
    if after["defines"] or before["lead"].startswith("所谓"):
        return Statement(DEFINES, genus, complement, False, led) if genus else None
    if after["does"]:
        return Statement(DOES, "", complement, False, led)
    if after["apposed"]:
        return Statement(APPOSED, genus, complement, False, led)
    if _BY_ZH.match(genus):
        return Statement(DOES, "", complement, False, led)
    if not genus or _NO_NOUN_ZH.search(genus):
        return None
    if _ONE_ZH.match(genus) or "的" in genus:
        return Statement(IS_A, genus, complement, False, led)
    return None
