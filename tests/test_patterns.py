import re

import pytest

from kg.patterns import stated

# In each sentence [the first] and [the second] name stand in brackets.
STATED = [
    ("[Rye] is a kind of [grain].", "is-a", False),
    ("[Rye] is a hardy [grain] that grows in poor soil.", "is-a", False),
    ("The [sieve] (also called riddle) is one of the oldest [tools], and cheap.", "is-a", False),
    ("We baked with [grains] such as [rye].", "is-a", True),
    ("[黑麦]是一种耐寒的[谷物]。", "is-a", False),
    ("[黑麦]属于[谷物]的一种。", "is-a", False),
    ("很多[谷物]，例如[黑麦]，都耐寒。", "is-a", True),
    ("[Spelt] is an early variant of [wheat].", "variant-of", False),
    ("[Spelt], a variant of [wheat], is back in the shops.", "variant-of", False),
    ("[斯佩尔特]是[小麦]的一种变体。", "variant-of", False),
    ("The [crust] is an important part of the [loaf].", "part-of", False),
    ("A [loaf] consists of [crumb] and crust.", "part-of", True),
    ("[面包皮]是[面包]的重要组成部分。", "part-of", False),
    ("[面包]由两层[面包皮]组成。", "part-of", True),
    ("[Sourdough] uses wild [yeast].", "uses", False),
    ("The [levain] is based on [rye] for its taste.", "uses", False),
    ("[酸面包]使用了[野生酵母]。", "uses", False),
    ("基于[野生酵母]的[酸面包]更香。", "uses", True),
    ("基于[野生酵母]的[发酵方法]如何改善口味？", "uses", True),
    ("A comparison of [rye], [wheat] and more.", "compared-with", False),
    ("Unlike [rye], [wheat] rises well.", "compared-with", False),
    ("[Wheat] vs. [rye]: a taste test.", "compared-with", False),
    ("We took [rye] instead of [wheat].", "compared-with", False),
    ("与[黑麦]相比，[小麦]更容易发酵。", "compared-with", False),
    ("[小麦]和[黑麦]的区别在于面筋。", "compared-with", False),
    ("[小麦]优于[黑麦]。", "compared-with", False),
    ("There are two [grains]: [rye].", "is-a", True),
    ("They baked a dark [bread] called [pumpernickel].", "is-a", True),
    ("一种叫做[黑麦]的[谷物]。", "is-a", False),
    ("The original [starter] method (levain) uses [rye].", "uses", False),
    ("The starter (also called [levain]) uses [rye].", "uses", False),
    ("They bake a [bread] called [pumpernickel] (or black bread) all night.", "is-a", True),
    ("The [sourdough], which relies on wild [yeast], is old.", "uses", False),
    ("We mix a [dough] based on [rye].", "uses", False),
    ("在[酸面包]中使用[酵母]。", "uses", False),
    ("Some common old [grains] include [rye].", "is-a", True),
    ("[黑麦]等常见的[谷物]。", "is-a", False),
    ("[黑麦]这种[谷物]很耐寒。", "is-a", False),
    ("常见的两种[谷物]，即[黑麦]。", "is-a", True),
    ("[黑麦]是[谷物]的一种特殊形式。", "is-a", False),
    ("[面包]是由[面包皮]和别的东西组成的。", "part-of", True),
    ("[面包]中包含[面包皮]。", "part-of", True),
    ("A [levain] is often used in [sourdough].", "uses", True),
    ("The [starters] can be trained with [yeast].", "uses", False),
    ("[酸面包]是基于[野生酵母]。", "uses", False),
    ("[Yeast] is widely used for [baking].", "used-for", False),
    ("[酵母]常被用于[烘焙]。", "used-for", False),
    ("[Spelt] was first introduced by [the Romans].", "introduced-by", False),
    ("[Spelt], proposed in 1987 by [Hildegard], is old.", "introduced-by", False),
    ("[Hildegard] introduced [spelt].", "introduced-by", True),
    ("[酸面包]最早由[埃及人]在河边发明。", "introduced-by", False),
    ("[埃及人]最早发明了[酸面包]。", "introduced-by", True),
    ("[埃及人]发明的[酸面包]很香。", "introduced-by", True),
    ("[Rye] is similar to [wheat].", "compared-with", False),
    ("[黑麦]比[小麦]更耐寒。", "compared-with", False),
    ("- [Rye] is another hardy [grain], and cheap.", "is-a", False),
    ("[Rye] is a cheap but hardy [grain].", "is-a", False),
    ("[Oats] (or groats) are a [grain].", "is-a", False),
    ("[Rye] is the [grain] that grows in the north.", "is-a", False),
    ("[Croissants] are flaky [pastries] from Vienna.", "is-a", False),
    ("[Rye], the hardy [grain], was late this year.", "is-a", False),
    ("As a hardy [grain], [rye] grows everywhere.", "is-a", True),
    ("One of the oldest [grains] is [rye].", "is-a", True),
    ("One type of sour [bread] is [pumpernickel], which keeps.", "is-a", True),
    ("Use hardy [grains] like [rye].", "is-a", True),
    ("Hardy [grains] include [rye] and more.", "is-a", True),
    ("They sow [rye] and other hardy [grains].", "is-a", False),
    ("[Bagels] can be seen as a special case of [bread].", "variant-of", False),
    ("The [baguette] class implements a long version of [bread].", "variant-of", False),
    ("[Sourdough] requires wild [yeast].", "uses", False),
    ("[Sourdough] combines [rye] with water.", "uses", False),
    ("[Sourdough] uses a [yeast] method.", "uses", False),
    ("The [levain] is based on slow and wild [yeast].", "uses", False),
    ("[Yeast] was specifically designed for [baking].", "used-for", False),
    ("[Rye] is very similar to [wheat].", "compared-with", False),
    ("[Rye] is a cheap alternative to [wheat].", "compared-with", False),
    ("[Rye] needs far less water than [wheat].", "compared-with", False),
    ("The table compares [rye] and [wheat].", "compared-with", False),
    ("There are two types of [grains]: [rye].", "is-a", True),
    ("They know many forms of [grains] such as [rye].", "is-a", True),
    ("[Rye] is a hardy plant widely used in [baking].", "uses", True),
    ("The [levain], which is also based on [rye], is old.", "uses", False),
    ("[Spelt], which was first coined by [the Romans], is old.", "introduced-by", False),
    ("[Rye] is the most common [grain].", "is-a", False),
    ("Rarely does one go on comparing [rye] with [wheat].", "compared-with", False),
    ("[黑麦]和[小麦]很相似。", "compared-with", False),
    ("- [黑麦]是另一种便宜的[谷物]。", "is-a", False),
    ("很多的[牛角包]都是[点心]。", "is-a", False),
    ("[黑麦]可以被认为是一种[谷物]。", "is-a", False),
    ("作为一种耐寒的[谷物]，[黑麦]到处都长。", "is-a", True),
    ("[谷物]（如北方的[黑麦]、燕麦）很耐寒。", "is-a", True),
    ("很多[谷物]如[黑麦]、燕麦都耐寒。", "is-a", True),
    ("[黑麦]等常见的[谷物]在北方种植。", "is-a", False),
    ("我们烤一种称为[黑面包]的[面包]。", "is-a", False),
    ("[斯佩尔特]是[小麦]的一个例子。", "is-a", False),
    ("[贝果]可视为[面包]的特例。", "variant-of", False),
    ("[贝果]对[面包]做了小改进。", "variant-of", False),
    ("[酸面包]使用额外的[酵母]。", "uses", False),
    ("[酸面包]结合了[黑麦]。", "uses", False),
    ("[酸面包]以[黑麦]为基础。", "uses", False),
    ("[发酵]可以通过[野生酵母]实现。", "uses", False),
    ("[酵母]主要用于这里的[烘焙]领域。", "used-for", False),
    ("[面包师]中最早提出了[酸面包]。", "introduced-by", True),
    ("[黑麦]跟[小麦]的主要不同在于面筋。", "compared-with", False),
    ("[黑麦]与普通的[小麦]之间的关键区别在于面筋。", "compared-with", False),
    ("与北方种植的[黑麦]不同，[小麦]怕冷。", "compared-with", False),
    ("[黑麦]（用来代替[小麦]）很便宜。", "compared-with", False),
    ("很多[谷物]，比如说北方的[黑麦]，都耐寒。", "is-a", True),
    ("[斯佩尔特]是由罗马人推出的[小麦]。", "is-a", False),
    ("[酸面包]使用[野生酵母] 技术。", "uses", False),
    ("基于[野生酵母]的[LV2]使用黑麦。", "uses", True),
    ("[黑麦]与[小麦]相反。", "compared-with", False),
    ("把[黑麦]替换成[小麦]。", "compared-with", False),
]

# What is said of the first of a list is said of the whole list.
LISTS = [
    ("[Sourdough] uses [rye], [water] and [salt].", [(0, 1), (0, 2), (0, 3)]),
    ("[Sourdough] uses [rye] and a wild [yeast].", [(0, 1), (0, 2)]),
    ("[Rye], [wheat] and [spelt] are hardy [grains].", [(0, 3), (1, 3), (2, 3)]),
    ("We sow [rye], [spelt] and other [grains].", [(0, 2), (1, 2)]),
    ("We sow [rye], [oats] and [spelt] are [grains].", []),  # where the list of subjects begins nobody knows
    ("[Yeast] is a [fungus] used for [baking] and [brewing].", [(0, 1), (0, 2), (0, 3)]),
    ("We baked with [grains] such as [rye] and [spelt].", [(0, 1), (0, 2)]),
    ("[面包]由[面包皮]和[面包心]组成。", [(0, 1), (0, 2)]),
    ("我们种[黑麦]、[燕麦]等[谷物]。", [(0, 2), (1, 2)]),
    ("[Sourdough] uses [rye], [wheat] beats it.", [(0, 1)]),  # another clause
    ("[Sourdough] uses [rye] and [water], [baked].", [(0, 1), (0, 2)]),  # a comma after the end of the list
    ("[Sourdough] uses [rye], [baked].", [(0, 1)]),  # a comma alone makes no list
    ("[Sourdough] uses [rye], [water], etc.", [(0, 1), (0, 2)]),
    ("[Sourdough] uses [rye] for [toast].", [(0, 1)]),
    ("Unlike [rye], [wheat] and [spelt] rise well.", [(0, 1)]),  # a comparison is of two
]

SAID_OTHERWISE = [
    "[酵头]是一种由面粉养出来的[野生酵母]与细菌的混合物。",
    "[硬面包]是一种介于常见的[软面包]和饼干之间的点心。",
    "[面包]只是一种发过的[面团]而已。",
    "这是在[面团]引入的[酵头]。",
    "[Rye] and [wheat] are sown in autumn.",
    "[Rye] is not a kind of [tool].",
    "The price of [rye] is a [grain] of sand in the budget.",  # the subject is the price
    "[Rye] is a [grain] dealer's favourite.",  # the object is the dealer
    "We try methods from [France], such as [levain].",  # the methods are such
    "[Sourdough] never uses [yeast].",
    "[黑麦]不是一种[工具]。",
    "[黑麦]是一种[谷物]贸易方式。",  # the object is the trade
    "[酸面包]不使用[酵母]。",
    "[面包]和[酵母]都在架子上。",
    "[Hildegard] introduced a [grain] of her own.",  # not what grain is
    "We know two ways to [baking]: [toast].",
    "There are tasks in [baking], such as [kneading].",  # the tasks are such
    "[酸面包]用来[早餐]。",
    "[埃及人]提出了一种[面包]。",
    "It stands near [PSPACE], such as [spelt].",  # one thing has no examples
    "He told it during his long [travels], including [Rome].",
    "许多行业的竞争[地位]，例如[面包]，都变了。",
    "They sell [boxes] including [spoons].",  # they come with spoons
    "The [baker], among [bakers] and other people were good [loaves].",
    "It stands on the [hill], unlike the [mill] in the valley.",
    "价格则基于[小麦]的[图表]。",
    "一条曲线，称为[物体]的[弹道]。",
    "他对[面包师]提出的[问题]很多。",
    "It reforms the [government] based on [principles].",
    "It is a way to proof [dough] based on [time].",  # the way is
    "We looked for a [loaf] based on [rye].",  # the search is
    "Unlike [rye] and [wheat], [oats] have no gluten.",  # of the first two it says that they are alike
    "If the [loaf] contains [rye], it keeps.",  # nobody says that it does
    "如果[面包]包含[黑麦]，就能放久。",
    "Many [bakers] and [millers] such as [Hildegard] wrote it down.",
    "Bran, [bakers] and [millers] such as [Hildegard] met.",
    "[Rye] is an [acronym] for something.",
    "[Rye] is an [alternative] to wheat.",
    "[Rye] and oats are the [abbreviations] in use.",
    "It fails if one of the [grains] is a [stone].",
    "A comparison of [baking] with [rye] and wheat.",
    "BAKERS' RULES Required [salt]: [flour]",
    "We have [rye], a [loaf], and a cake.",
    "[Croissants] are [pastry].",
    "[Rye] is a plant bearing [grain].",
    "[Rye] is a [hard grain] (HG) dealer's favourite.",
    "[Salt] used during [baking] is lost.",
    "[Dough] is trained by kneading [gluten].",
    "Take it (as sold in [shops]) instead of [wheat].",
    "[分析]这个[面包]，发现很香。",
    "[面包]是一种[谷物]训练工具。",  # the object is the tool
    "基于[客人]的[口味]（有人说）来烤。",  # the taste is the guest's
    "基于[酵母]的[面包]店很多。",
    "基于[客人]的[烤炉系统]来烤。",
    "The [oven] is nothing more than a [stove].",
    "[Rye] is much cheaper and needs less than [wheat] based bread.",
    "[Rye] is a [yeast] based drink.",
    "For simple [loaves], instead of a [tin], a stone will do.",
    "As a hardy [grain], [rye] bread grows stale.",
    "[Hildegard] presents the [loaf] as a gift.",
    "The [alternative] is a [loaf] of rye.",
    "[黑麦]是一种谷物和[面包]（bread）加工工具。",
    "The [oven] and the timer are set against [clocks].",
    "It shows, apart, the [oven], the hot [stove], and the tap.",
    "A [bread] for hungry [people], developed by Hildegard.",
    "A loaf for hungry [people], developed by [Hildegard].",
    "The [alternative] is the [loaf] that keeps.",
    "[面包店] 发布[菜单]",
    "[面包师]引入[面包]的麻烦。",
    "很多[谷物]（例如[面包]中的黑麦）很香。",
    "[建议]使用[酵母]。",
    "如果水温与[面包]不同，[酵母]会死。",
    "基于[客人]的[GUI]模式。",
    "[酵母]用于监测面团的[温度]。",
    "The gap between this [rye] and other [grains] is small.",
    "延伸[阅读] 使用[酵母]的办法",  # a heading, and what stands below it
    "在[厨房]使用[酵母]。",  # it is used there
    "[黑麦]被认为是[小麦]的[同义词]。",
    "我们保留[黑麦]作为[谷物]，[面包]照旧。",
    "[黑麦]等谷物的[价格]上涨。",  # the grains are such
    "仓库中的所有[麻袋]都是[黑麦]。",  # who knows which
    "[集成]基于客人的[口味]。",  # what is put in is based on it
    "[客人]（如城里的[面包师]来的那些）很多。",
    "[发酵]不能代替[烘焙]。",
]


def read(marked: str) -> list[tuple[str, bool]]:
    """Return what is stated between the names in brackets."""
    return [(type_, reads_back) for _, _, type_, reads_back in all_of(marked)]


def all_of(marked: str) -> list[tuple[int, int, str, bool]]:
    """Return all that is stated of the names in brackets."""
    text, spans = "", []
    for part in re.split(r"(\[.*?\])", marked):
        if part.startswith("["):
            spans.append((len(text), len(text) + len(part) - 2))
            part = part[1:-1]
        text += part
    return list(stated(text, spans))


@pytest.mark.parametrize(("sentence", "type_", "reads_back"), STATED)
def test_a_sentence_states_its_type_and_direction(sentence: str, type_: str, reads_back: bool) -> None:
    assert read(sentence) == [(type_, reads_back)]


@pytest.mark.parametrize(("sentence", "pairs"), LISTS)
def test_a_list_is_read_to_its_end(sentence: str, pairs: list[tuple[int, int]]) -> None:
    assert [(i, j) for i, j, _, _ in all_of(sentence)] == pairs


@pytest.mark.parametrize("sentence", SAID_OTHERWISE)
def test_what_is_not_said_is_not_read(sentence: str) -> None:
    assert read(sentence) == []


def test_case_and_quotation_marks_do_not_matter() -> None:
    assert read("[RYE] IS A KIND OF [GRAIN].") == read('"[Rye]" is a kind of **[grain]**.') == [("is-a", False)]


def test_a_long_sentence_without_names_is_read_at_once() -> None:
    assert list(stated("is a kind of " * 20_000, [(0, 2), (100_000, 100_002)])) == []
