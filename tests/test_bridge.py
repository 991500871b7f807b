from kg.bridge import across, coverage, only
from kg.model import Evidence, Relation
from tests.saying import passage


def relation(a: str, b: str, *langs: str) -> Relation:
    quotes = tuple(Evidence("c", "https://a.example/", lang, f"{a} {b}", 0, len(a) + len(b) + 1) for lang in langs)
    return Relation(a, b, "related", 1.0, 20.0, 0.5, 3, 2, 2, quotes)


EN = passage("[Yeast] makes [dough] rise. [Dough] needs [yeast].", url="https://en.example/")
ZH = passage(
    "[yeast|酵母]让[dough|面团]发酵。[yeast|酵母]怕[salt|盐]。[salt|盐]多了不行。", url="https://zh.example/", lang="zh"
)


def test_coverage_counts_sources_and_mentions_by_language() -> None:
    places = [
        Evidence("c", url, lang, "x", nth, nth + 1)
        for nth, (url, lang) in enumerate([("a", "zh"), ("b", "zh"), ("c", "en")])
    ]
    assert [(each.lang, each.n_sources, each.n_mentions) for each in coverage(places)] == [("zh", 2, 2), ("en", 1, 1)]


def test_only_the_asked_languages_are_heard_each_with_k_passages() -> None:
    more = [passage("[Yeast] again.", url=f"https://{nth}.example/") for nth in range(3)]
    said = across([EN, ZH, *more], "yeast", {}, ["zh", "en"], 2)
    assert [each.passage.lang for each in said] == ["zh", "en", "en"]


def test_what_one_language_alone_joins_is_told_with_its_quote() -> None:
    links = {"dough": relation("dough", "yeast", "en", "zh"), "salt": relation("salt", "yeast", "zh")}
    langs = {"dough": frozenset({"en", "zh"}), "salt": frozenset({"en", "zh"})}
    (found,) = only([EN, ZH], "yeast", links, langs, ["en", "zh"])
    assert (found.concept, found.lang, found.n_sources, found.n_mentions) == ("salt", "zh", 1, 2)
    assert found.elsewhere, "English pages know salt, but do not name it beside yeast"
    assert found.evidence.lang == "zh"


def test_chance_is_left_out_and_so_is_a_single_mention() -> None:
    assert only([EN, ZH], "yeast", {}, {}, ["en", "zh"]) == []
    once = passage("[yeast|酵母]怕[salt|盐]。", lang="zh")
    assert only([EN, once], "yeast", {"salt": relation("salt", "yeast", "zh")}, {}, ["en", "zh"]) == []


def test_in_one_language_there_is_nothing_to_compare() -> None:
    assert only([ZH], "yeast", {"salt": relation("salt", "yeast", "zh")}, {}, ["zh"]) == []
