"""How Chinese says how two concepts relate: what opens a clause, and what may follow a name that closes its phrase."""

from kg.pattern import ANY, COMPARED_WITH, INTRODUCED_BY, IS_A, PART_OF, USED_FOR, USES, VARIANT_OF, Pattern, compiled

_SUBJECT_ZH = (
    r"(?:^[-*•>#\s]*|[，。；：、！？,;:（(\n]|即|而|但是?|因此|所以|其实|可以说|我们知道|这里的?|其中的?|和|与|由于|因为|虽然|"
    r"同时|此外|另外|首先|其次|然后|最后|而且|原始的?|传统的?|经典的?|标准的?|(?<!被)每个|该)\s*"
    r"(?:(?:很多|许多|大多数|所有|各种|这些)的?\s*)?"
)
_NOUN_ZH = r"(?:模型|方法|机制|架构|结构|网络|技术|算法|任务|模块|层|函数)?"
_OBJECT_ZH = (
    rf"(?=\s*{_NOUN_ZH}\s*(?:$|[，。；：！？、,.;:!?（(）)]|来|去|进行|作为|实现|构建|搭建|训练|构成|对|以|并|而|和|与|等|中|时|上|里|"
    r"的(?:方式|方法|思想|思路|结构|机制|架构|技术)))"
)
_CLOSED_ZH = (  # no verb, and no noun behind a gloss
    r"(?!\s*(?:[（(][^（）()]*)?[)）][\u4e00-\u9fff])"
    rf"(?={_NOUN_ZH}\s*(?:$|[，。；：！？、,.;:!?（(）)]|来|对|以|并|而|和|与|等|中|时|上|里))"
)
_HEAD_ZH = (  # and no part of what stands before the noun: a mixture of yeasts and bacteria is no yeast
    r"(?!\s*[和与及或、][^，。；：]{1,30}的)(?![^，。；]{0,4}而已)"
)
_THAT_ZH = r"(?:[^，。；：,.;:]{1,24}的)?"
_NAMED_ZH = r"(?=\s*(?:$|[，。；：！？、,.;:!?（(）)等和与或及]))"
_NO_AGENT_ZH = r"^(?!(?:建议|推荐|默认|启用|方法|解决方案|前者|后者)$)"
_THESE_ZH = r"(?:[这那][里些个]?[\u4e00-\u9fff]{0,4}的)?"
_WHOSE_ZH = r"(?:[^，。；：、]{1,10}的)?\s*"
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
_NOT_BY_ZH = r"(?!\s*(?:[（(][^（）()]*[）)])?(?:[模方算系网]|来|进行|对|去|而|将|以|和|与|的))"
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
_FREE_ZH = r"^(?![\s\S]*的[^，。；：]{0,6}$)[\s\S]*"  # 行业的竞争地位，例如汽车


def patterns() -> tuple[Pattern, ...]:
    """Return the patterns: of those that match, the first counts."""
    return (
        compiled(
            VARIANT_OF,
            False,
            _SUBJECT_ZH,
            rf"{_ALSO_ZH}(?:是|为|{_SEEN_AS_ZH})(?:基于|对)?\s*",
            rf"\s*的{_VERY_ZH}{_VARIANT_ZH}",
        ),
        compiled(
            VARIANT_OF, False, _SUBJECT_ZH, r"\s*(?:\[\d+\]\s*)?对\s*", r"\s*(?:做|进行)了?[^，。；]{0,4}(?:改进|扩展)"
        ),
        compiled(IS_A, False, r"(?:叫做|被称为|名为|一[种个]称[为作])\s*", r"\s*的(?:新的?)?\s*", _OBJECT_ZH),
        compiled(
            IS_A, False, _SUBJECT_ZH, rf"{_ALSO_ZH}{_IS_ZH}\s*{_THAT_ZH}\s*", _HEAD_ZH + _CLOSED_ZH, second=_NO_KIND_ZH
        ),
        compiled(
            IS_A,
            False,
            _SUBJECT_ZH,
            rf"{_ALSO_ZH}是由?[^，。；]{{1,20}}(?:提出|开发|发布|推出|维护|设计|编写)的\s*",
            _CLOSED_ZH,
        ),
        compiled(IS_A, False, _SUBJECT_ZH, r"(?:都|均)是\s*", _CLOSED_ZH, of_list=True),
        compiled(IS_A, True, rf"(?:^|[，。；])\s*作为(?:一[种类个])?{_THAT_ZH}\s*", r"[，,]\s*", ANY),
        compiled(IS_A, False, _SUBJECT_ZH, rf"{_ALSO_ZH}(?:是|属于)\s*", r"\s*[中里]?的一[种类个](?![\u4e00-\u9fff])"),
        compiled(
            IS_A,
            False,
            _SUBJECT_ZH,
            rf"{_ALSO_ZH}(?:是|属于)\s*",
            r"\s*[中里]?的一[种类个](?:特殊|典型|具体|简单)?的?(?:情况|情形|形式|实现|例子)",
        ),
        compiled(
            IS_A,
            False,
            ANY,
            rf"\s*等{_SUCH_ZH}\s*",
            rf"(?={_NOUN_ZH}\s*(?:[的在很都也就会能可是]|{_OBJECT_ZH}))",
            of_list=True,
        ),
        compiled(
            IS_A,
            False,
            _SUBJECT_ZH,
            r"\s*(?:这[种类]|这样的)\s*",
            rf"(?={_NOUN_ZH}\s*(?:[的很都也就会能可在是]|{_OBJECT_ZH}))",
        ),
        compiled(  # a verb may stand before 这个: 分析这个事件
            IS_A,
            False,
            _SUBJECT_ZH,
            r"\s*这个\s*",
            rf"(?={_NOUN_ZH}\s*(?:[的很都也就会能可在是]|{_OBJECT_ZH}))",
            first=r"[a-z\d]$",
        ),
        compiled(
            IS_A,
            True,
            r"[一二两三四五几多\d][种类](?:主要|常见|不同|常用)?的?\s*",
            rf"{_NOUN_ZH}\s*(?:[，,]?\s*(?:即|分别[是为]|包括|有)|[：:])\s*",
            _OBJECT_ZH,
        ),
        compiled(IS_A, True, ANY, rf"\s*[（(]?\s*(?:例如|比如说?|诸如|譬如)\s*[：:]?\s*{_WHOSE_ZH}", _NAMED_ZH),
        compiled(IS_A, True, ANY, rf"\s*[（(]\s*如\s*{_OWN_ZH}\s*", _EXAMPLE_ZH),
        compiled(IS_A, True, _FREE_ZH, r"\s*[，,]?\s*如\s*", r"(?=\s*[、和与或等])"),
        compiled(IS_A, True, _FREE_ZH, rf"\s*[，,]\s*(?:例如|比如说?|诸如|譬如)\s*[：:]?\s*{_WHOSE_ZH}", _NAMED_ZH),
        compiled(PART_OF, False, _SUBJECT_ZH, rf"{_ALSO_ZH}(?:是|为)\s*", rf"\s*{_NET_ZH}的{_VERY_ZH}{_PART_ZH}"),
        compiled(
            PART_OF,
            True,
            _SUBJECT_ZH,
            rf"(?:模型|结构|网络)?{_ALSO_ZH}是?由\s*{_SOME_ZH}\s*",
            r"[^，。；]{0,48}?(?:组成|构成|堆叠)",
        ),
        compiled(PART_OF, True, _SUBJECT_ZH, rf"[中里]?{_ALSO_ZH}(?:包含|含有)了?\s*{_SOME_ZH}\s*", _OBJECT_ZH),
        compiled(
            USES,
            False,
            _SUBJECT_ZH,
            rf"(?:模型|方法|网络|中|里)?{_ALSO_ZH}{_USE_ZH}\s*",
            _OBJECT_ZH,
            first=_NO_AGENT_ZH,
        ),
        compiled(USES, False, _SUBJECT_ZH, rf"{_ALSO_ZH}以\s*", r"\s*[为作](?:基础|起点|起始点|输入|核心|骨干|主干)"),
        compiled(
            USES,
            False,
            _SUBJECT_ZH,
            rf"{_ALSO_ZH}{_MAY_ZH}(?:通过|借助)\s*{_OWN_ZH}",
            r"(?:\s*[（(][^()（）]{1,40}[)）])?\s*(?:来|实现|进行|完成)",
        ),
        compiled(USES, False, r"在\s*", rf"(?:模型|方法|网络)?[中里]{_ALSO_ZH}{_USE_ZH}\s*", _OBJECT_ZH),
        compiled(USES, True, r"(?<![是则])基于\s*", rf"{_KIND_ZH}?的\s*", _WHOLE_ZH),
        compiled(
            USES, True, r"(?<![是则])基于\s*", rf"{_KIND_ZH}?的\s*", _NOT_BY_ZH, second=rf"(?:{_KIND_ZH}|[a-z\d])$"
        ),
        compiled(
            USED_FOR,
            False,
            _SUBJECT_ZH,
            rf"(?:也|都|还|常|通常|主要|一般)?(?:可以?|能够?)?(?:被)?(?:广泛)?(?:用于|应用于|适用于)\s*{_THESE_ZH}",
            rf"(?=(?:领域|方面|场景|问题)?{_OBJECT_ZH})",
        ),
        compiled(
            INTRODUCED_BY, False, _SUBJECT_ZH, r"(?:最早|最初|首先)?是?由\s*", rf"{_WHO_ZH}[^，。；]{{0,20}}{_NEW_ZH}"
        ),
        compiled(
            INTRODUCED_BY,
            True,
            _SUBJECT_ZH,
            rf"{_WHO_ZH}[中里]?(?:在[^，。；]{{0,16}})?{_NEW_ZH}了?(?:名为|叫做|称为)?\s*",
            _OBJECT_ZH,
        ),
        compiled(INTRODUCED_BY, True, r"(?<![对向给在])", rf"{_WHO_ZH}[中里]?(?:{_NEW_ZH}|引入)的(?:新的?)?\s*", ANY),
        compiled(COMPARED_WITH, False, ANY, rf"\s*{_BEATS_ZH}\s*", _OBJECT_ZH),
        compiled(
            COMPARED_WITH,
            False,
            _SUBJECT_ZH,
            r"\s*比(?:起)?\s*",
            r"[^，。；]{0,6}(?:更|[好快多强大小高低慢差少](?![\u4e00-\u9fff]))",
        ),
        compiled(
            COMPARED_WITH,
            False,
            _SUBJECT_ZH,
            r"\s*[和与跟同]\s*",
            r"\s*(?:非常|很|是|有[^，。；]{0,3}的)?(?:类似|相似|不同|相同|相反)",
        ),
        compiled(
            COMPARED_WITH,
            False,
            ANY,
            r"\s*(?:替换[成为]|[（(]?(?:可?用来)?(?<!不能)(?:代替|替代|取代)了?)\s*",
            _OBJECT_ZH,
        ),
        compiled(
            COMPARED_WITH,
            False,
            r"(?:^|[，。；：\s而但])(?:与|和|跟|同)(?:[^，。；]{1,16}的)?\s*",
            r"\s*(?:不同|相比较?|对比)\s*[，,]\s*",
            ANY,
        ),
        compiled(COMPARED_WITH, False, r"(?:相[比较]于?|不同于|区别于|对比)\s*", r"\s*[，,]\s*", ANY),
        compiled(
            COMPARED_WITH,
            False,
            ANY,
            r"\s*[和与跟同]\s*(?:(?:普通|传统|标准|原始|一般|其[他它])的?\s*)?",
            rf"\s*(?:之间)?的?{_VERY_ZH}{_GAP_ZH}",
        ),
    )
