"""Which candidates become concepts, how spellings meet in one, and what the user's decisions do."""

import functools
import json
import pathlib
import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.concepts import accounts, expected, in_language, labels, merges, precision, read, recall
from corpus.errors import BadInput, NotFound
from corpus.model import Chunk, Span, chunk_id
from kg import glossary
from kg.aliases import families
from kg.candidates import candidates
from kg.concepts import Concepts, concepts, places
from kg.curation import Curation, Rule
from kg.evidence import Account, account
from kg.glossary import Entry
from kg.mentions import mentions
from kg.names import counted_out, key
from kg.resolve import called

# A kitchen and a database: nothing here may know about one field only.
PAGES = {
    "https://a.example/bread": (
        "# Sourdough starter",
        "A sourdough starter is a culture of wild yeast. Feed the sourdough starter daily; wild yeast needs flour.",
        "Bulk fermentation follows. During bulk fermentation the gluten network grows. See the figure below.",
    ),
    "https://b.example/loaf": (
        "# Bulk fermentation",
        "Bulk fermentation takes four hours. The gluten network holds the gas that wild yeast makes.",
        "My sourdough starter is ten years old. Jane Miller gave the sourdough starter to me.",
    ),
    "https://c.example/mianbao": (
        "# 批量发酵",
        "批量发酵（bulk fermentation）需要四个小时。酸面团（sourdough）里的野生酵母产生气体。",
        "批量发酵以后，野生酵母仍然活跃。批量发酵决定面包的味道。酸面团很香。",
    ),
    "https://d.example/db": (
        "# Write-ahead log",
        "A write-ahead log (WAL) makes commits durable. The WAL is read after a crash, as PostgreSQL does.",
        "Multi-version concurrency control (MVCC) lets readers go on. MVCC needs the write-ahead log too.",
    ),
    "https://e.example/shujuku": (
        "# 预写日志",
        "预写日志（write-ahead log，WAL）使事务持久。PostgreSQL使用预写日志。",
        "多版本并发控制（MVCC）让读者不必等待。PostgreSQL模型和多版本并发控制很好。PostgreSQL模型很老。多版本并发控制（MVCC）也有代价。",
    ),
}
Pages = Mapping[str, tuple[str, ...]]
GLOSSARY = (Entry("wild yeast", "野生酵母", ("natural yeast",)), Entry("sourdough", "酸面团"))


def chunk(url: str, text: str) -> Chunk:
    kind = "heading" if text.startswith("# ") else "paragraph"
    text = text.removeprefix("# ")
    return Chunk(
        id=chunk_id(url, text, 0), url=url, title="", lang="en", heading=(), text=text, start=0, end=len(text),
        blocks=(Span(0, len(text), kind),),
    )  # fmt: skip


def said(pages: Pages) -> list[Account]:
    return [
        account(url, [(c, mentions(c)) for c in (chunk(url, text) for text in texts)]) for url, texts in pages.items()
    ]


@functools.cache
def said_here() -> list[Account]:
    return said(PAGES)


def made(*rules: Rule, pages: Pages | None = None) -> Concepts:
    return concepts(said(pages) if pages else said_here(), GLOSSARY, Curation(rules))


def one(url: str, *texts: str) -> Pages:
    return {url: texts}


@settings(max_examples=15, deadline=None)
@given(st.integers())
def test_the_order_of_sources_and_passages_is_of_no_matter(seed: int) -> None:
    shuffled = random.Random(seed)
    order = list(PAGES)
    shuffled.shuffle(order)
    pages = {url: tuple(shuffled.sample(PAGES[url], len(PAGES[url]))) for url in order}
    assert made(pages=pages) == made()


def test_what_the_articles_are_about_comes_out_and_general_words_do_not() -> None:
    names = {concept.name for concept in made().ranked}
    assert {"sourdough starter", "bulk fermentation", "wild yeast", "write-ahead log"} <= names
    assert not {"hours", "figure", "years", "readers", "Jane Miller", "Miller"} & names


def test_a_clipped_name_is_no_concept() -> None:
    text = "The levain cascade of it. A levain cascade here. No levain cascade there. One levain cascade."
    keys = made(pages={f"https://{site}.example/": (text, text) for site in "abcdef"}).by_key
    assert "levaincascade" in keys
    assert "levain" not in keys


def test_a_name_by_its_shape_is_a_concept_though_it_mostly_stands_in_longer_ones() -> None:
    text = "An LDOP server and an LDOP directory. The LDOP schema, an LDOP client, the LDOP entry. "
    keys = made(pages=one("https://a.example/", text * 3, "This is LDOP, an LDOP server.")).by_key
    assert "ldop" in keys


def test_a_pair_of_general_words_is_a_concept_where_the_author_points_at_it_and_says_it_often() -> None:
    often = " ".join(
        f"The virtual machine of {name} is here."
        for name in ["Anna", "Bert", "Carl", "Dora", "Emil", "Fred", "Gert"] * 4
    )
    pointed = "A “virtual machine” is this. " + often
    assert "virtualmachine" in made(pages=one("https://a.example/", pointed, often)).by_key
    assert "virtualmachine" not in made(pages=one("https://a.example/", often, often)).by_key


def test_a_heading_and_four_mentions_make_a_word_of_one_page_a_concept() -> None:
    said_of = "这里有鞍点。那里有鞍点。没有鞍点。"
    heading = Chunk("h", "https://a.example/", "", "zh", (), "鞍点", 0, 2, blocks=(Span(0, 2, "heading"),))
    text = chunk("https://a.example/", said_of)
    own = [account("https://a.example/", [(c, mentions(c)) for c in (heading, text)])]
    assert "鞍点" in concepts([*own, *said_here()], (), Curation()).by_key


def test_people_and_places_of_publication_are_no_concepts() -> None:
    text = "So says Jane Miller of it. The VLDB 2018 talk of Jane Miller was good, as was VLDB 2019."
    names = {concept.name for concept in made(pages={f"https://{site}.example/": (text,) for site in "abc"}).ranked}
    assert not {"Jane Miller", "Miller", "VLDB"} & names


def test_ids_are_slugs_and_unique_and_every_key_leads_to_its_concept() -> None:
    found = made()
    ids = [concept.id for concept in found.ranked]
    assert len(set(ids)) == len(ids)
    assert all(identity.isascii() and identity == identity.lower() for identity in ids)
    assert all(found.by_key[name] == concept.id for concept in found.ranked for name in concept.keys)
    assert sum(len(concept.keys) for concept in found.ranked) == len(found.by_key)


def test_two_concepts_of_one_name_have_two_ids() -> None:
    found = made(Rule("rename", ("wild yeast",), "dough"), Rule("rename", ("bulk fermentation",), "dough"))
    ids = [concept.id for concept in found.ranked if concept.name == "dough"]
    assert len(set(ids)) == 2
    assert "dough" in ids


def test_concepts_are_ranked_best_first_with_the_name_as_first_alias() -> None:
    ranked = made().ranked
    assert [c.score for c in ranked] == sorted((c.score for c in ranked), reverse=True)
    assert all(c.aliases[0] == c.name for c in ranked)
    assert all(len({alias.casefold() for alias in c.aliases}) == len(c.aliases) for c in ranked)


def test_a_gloss_joins_the_two_languages() -> None:
    log = called("write-ahead log", made().ranked)
    assert (log.label_en, log.label_zh) == ("write-ahead log", "预写日志")
    assert log.n_sources == 2


@pytest.mark.parametrize(
    ("english", "text"),
    [
        ("DOBRA", "检查之报告与延续性（DOBRA）。延续性重要。检查之报告与延续性（DOBRA）。"),
        ("pakwatch", "流量分析工具（pakwatch）很快。流量分析工具很多。pakwatch很好。"),
    ],
)
def test_a_bracket_after_too_few_or_too_many_words_joins_nothing(english: str, text: str) -> None:
    found = made(pages=one("https://zh.example/a", text, f"{english} {english} {english}"))
    assert all(not each.label_zh for each in found.ranked if key(english) in each.keys)


def test_a_bracket_with_a_list_of_acronyms_is_no_gloss() -> None:
    found = mentions(chunk("https://zh.example/a", "二进制的编辑器（HEKS, EBKDIK）。"))
    assert found.glosses == ()
    found = mentions(chunk("https://zh.example/a", "预写日志（write-ahead log，WAL）。"))
    assert {each.right for each in found.glosses} == {"writeaheadlog", "wal"}


def test_a_kind_of_what_a_chinese_name_is_already_is_not_that() -> None:
    entries = (Entry("dataset", "数据集", ()),)
    text = "这里是基准的数据集（bench dataset）。数据集（bench dataset）很大。数据集很小。"
    every = candidates(said(one("https://zh.example/a", text, "The bench dataset. A dataset. A bench dataset.")))
    joined = families(every.found, every.pairs, entries, Curation())
    assert joined.leader("benchdataset") != joined.leader("数据集") == joined.leader("dataset")


def test_an_acronym_joins_its_long_form_and_through_it_the_other_language() -> None:
    ranked = made().ranked
    assert called("WAL", ranked) == called("预写日志", ranked)
    assert called("MVCC", ranked) == called("multi-version concurrency control", ranked)
    assert called("MVCC", ranked) == called("多版本并发控制", ranked)


def test_the_glossary_joins_names_and_gives_those_that_no_text_has() -> None:
    yeast = called("natural yeast", made().ranked)
    assert yeast == called("野生酵母", made().ranked)
    assert yeast.name == "wild yeast"
    assert yeast.aliases[-1] == "natural yeast"  # after those that are written in the texts


def test_a_digit_in_an_acronym_counts_letters() -> None:
    text = (
        "In the Crisp Crusty Crumb Club they met. For C4 this is new. Of the Crisp Crusty Crumb Club it was so in C4."
    )
    found = concepts(said({f"https://{name}.example/": (text, f"{text} So.") for name in "abcd"}), (), Curation())
    assert found.by_key["c4"] == found.by_key["crispcrustycrumbclub"]
    assert (counted_out("c4"), counted_out("w3c"), counted_out("gpt2")) == ("cccc", "wwwc", "gpt2")


def test_what_only_says_what_a_latin_name_is_is_no_chinese_name() -> None:
    text = "Zymo3模型 很好。我们训练 Zymo3模型。Zymo3 很快。Zymo3模型 与 Zymo3算法。Zymo3 很小。"
    (zymo,) = concepts(said(one("https://a.example/", text)), (), Curation()).ranked
    assert (zymo.name, zymo.label_zh) == ("Zymo3", "")
    assert "Zymo3模型" in zymo.aliases


def test_the_chinese_label_is_the_glossarys_whatever_is_written() -> None:
    entries = (Entry("wild yeast", "天然酵母", ("野生酵母",)),)
    yeast = called("野生酵母", concepts(said_here(), entries, Curation()).ranked)
    assert yeast.label_zh == "天然酵母"
    assert "野生酵母" in yeast.aliases


def test_a_term_of_general_words_alone_ranks_below_one_with_a_word_of_its_own() -> None:
    text = "A model architecture and a levain architecture. The model architecture is not the levain architecture."
    found = concepts(said({f"https://{name}.example/": (text, f"{text} So.") for name in "abcd"}), (), Curation())
    assert called("levain architecture", found.ranked).score > called("model architecture", found.ranked).score


def test_the_glossary_gives_no_rank() -> None:
    page = one("https://a.example/", "A kitchen scale once. Bulk fermentation, bulk fermentation, bulk fermentation.")
    entries = (Entry("kitchen scale", "厨房秤"),)
    assert "kitchenscale" not in concepts(said(page), entries, Curation()).by_key


def test_a_name_and_the_same_name_with_an_empty_head_are_one() -> None:
    assert called("PostgreSQL模型", made().ranked) == called("PostgreSQL", made().ranked)


def test_an_acronym_with_two_readings_belongs_to_neither() -> None:
    text = ("The layered memory map (LMM) is old.", "A linear mixed model (LMM) is new.", "The LMM, an LMM, and a LMM.")
    again = tuple(f"{line} The layered memory map and the linear mixed model differ." for line in text)
    found = made(pages={"https://a.example/": text, "https://b.example/": again})
    sides = {found.by_key.get(name) for name in ("lmm", "layeredmemorymap", "linearmixedmodel")}
    assert len(sides) == 3


def test_an_acronym_with_one_ruling_reading_belongs_to_that() -> None:
    ruling = tuple(f"The layered memory map (LMM) is {word}." for word in ("old", "odd", "dim", "wet", "raw"))
    found = made(pages=one("https://a.example/", *ruling, "A linear mixed model (LMM) is new. A linear mixed model."))
    assert found.by_key["lmm"] == found.by_key["layeredmemorymap"]
    assert found.by_key.get("linearmixedmodel") != found.by_key["lmm"]


def test_an_acronym_means_what_the_texts_say_and_not_what_the_glossary_has() -> None:
    entries = (Entry("active crust tester", "面包皮测试仪", ("ACT",)),)
    own = ("The annotated corpus tool (ACT) is old.", "Take the ACT. The annotated corpus tool and the ACT are one.")
    ours = one("https://a.example/", *own, "An active crust tester, the active crust tester.")
    found = concepts(said(ours), entries, Curation())
    assert found.by_key["act"] == found.by_key["annotatedcorpustool"] != found.by_key["activecrusttester"]
    plain = one("https://a.example/", "ACT is new. ACT, ACT.", "An active crust tester, the active crust tester.")
    found = concepts(said(plain), entries, Curation())
    assert found.by_key["act"] == found.by_key["activecrusttester"]


NEAR_MISSES = [
    ("batch normalization", "layer normalization", "批归一化", "层归一化"),
    ("encoder", "decoder", "编码器", "解码器"),
    ("GAN", "GNN", "生成对抗网络", "图神经网络"),
    ("BERT", "ALBERT", "生成模型", "判别模型"),
    ("hash join", "merge join", "哈希连接", "归并连接"),
    ("soft attention", "hard attention", "软注意力", "硬注意力"),
]


@pytest.mark.parametrize("names", NEAR_MISSES, ids=lambda names: names[0])
def test_near_misses_stay_apart_even_side_by_side(names: tuple[str, str, str, str]) -> None:
    first, second, one_zh, two_zh = names
    english = f"Unlike {first}, {second} is slow. The {first} or the {second}. A {second} beats a {first} here."
    chinese = f"{one_zh}（{first}）不是{two_zh}（{second}）。与{one_zh}相比，{two_zh}更慢。{one_zh}和{two_zh}。"
    found = made(pages={f"https://{site}.example/": (english, chinese) for site in "abc"})
    by_key = found.by_key
    assert called(first, found.ranked) != called(second, found.ranked)
    assert by_key.get(one_zh, 1) != by_key.get(two_zh, 2)


def test_every_merge_has_a_witness() -> None:
    every = candidates(said_here())
    joined = families(every.found, every.pairs, GLOSSARY, Curation())
    assert joined.several()
    for members in joined.several():
        assert len(joined.merges(members[0])) == len(members) - 1
        assert all(merge.witness and {merge.key, merge.other} <= set(members) for merge in joined.merges(members[0]))


def test_each_written_spelling_leads_to_the_name_and_says_why() -> None:
    for concept in made().ranked:
        written = {
            name for name in concept.keys if name in {each.key for account in said_here() for each in account.terms}
        }
        led = {merge.key: merge.other for merge in concept.merges}
        assert led.keys() == written - {key(concept.name)}
        for name in led:
            steps = [name]
            while steps[-1] in led:
                steps.append(led[steps[-1]])
                assert len(steps) <= len(written)
            assert steps[-1] == key(concept.name)
    log = called("write-ahead log", made().ranked)
    assert {merge.key: merge.witness for merge in log.merges} == {"wal": "acronym", "预写日志": "gloss"}


@pytest.mark.parametrize(
    "text",
    [
        "这里用PostgreSQL（完整版）。PostgreSQL很快。完整版也在。完整版很大。",
        "查询器（PostgreSQL）。查询器很快。PostgreSQL也快。",
    ],
)
def test_a_bracket_that_holds_no_name_joins_nothing(text: str) -> None:
    found = made(
        pages={"https://a.example/": (text, "PostgreSQL"), "https://b.example/": ("查询器和完整版。PostgreSQL.",)}
    )
    other = "完整版" if "完整版" in text else "查询器"
    assert not {key(other), "postgresql"} <= called("PostgreSQL", found.ranked).keys


def test_a_merge_joins_a_split_parts_and_a_deleted_line_undoes_both() -> None:
    merged = made(Rule("merge", ("wild yeast", "gluten network")))
    assert called("wild yeast", merged.ranked) == called("gluten network", merged.ranked)
    parted = made(Rule("split", ("wild yeast", "野生酵母")))
    assert called("wild yeast", parted.ranked) != called("野生酵母", parted.ranked)
    assert made() == concepts(said(PAGES), GLOSSARY, Curation())


def test_a_ban_removes_a_rename_names_and_a_kind_tells() -> None:
    banned = made(Rule("ban", ("WAL",)))
    assert "writeaheadlog" not in banned.by_key
    renamed = called("bulk fermentation", made(Rule("rename", ("批量发酵",), "first rise")).ranked)
    assert called("first rise", made(Rule("rename", ("批量发酵",), "first rise")).ranked) == renamed
    assert (renamed.name, renamed.label_en, renamed.label_zh) == ("first rise", "first rise", "批量发酵")
    assert called("PostgreSQL", made(Rule("kind", ("postgresql",), "system")).ranked).kind == "system"


def test_decisions_that_match_nothing_are_reported_and_others_are_not() -> None:
    idle = Rule("ban", ("quantum chromodynamics",)), Rule("merge", ("wild yeast", "unheard thing"))
    assert made(*idle, Rule("ban", ("gluten network",))).unmatched == idle


def test_places_take_the_longest_name_only() -> None:
    text = "Sourdough starter and sourdough. 酸面团里有野生酵母。"
    passage = mentions(chunk("https://a.example/", text))
    found = places(
        passage, {"sourdoughstarter": "starter", "sourdough": "sourdough", "酸面团": "sourdough", "starter": "x"}
    )
    assert [(text[p.start : p.end], p.concept) for p in found] == [
        ("Sourdough starter", "starter"),
        ("sourdough", "sourdough"),
        ("酸面团", "sourdough"),
    ]


@pytest.mark.parametrize("query", ["Wild-Yeast", "wild yeasts", "WILD YEAST", "野生 酵母", "wild-yeast"])
def test_a_users_words_are_understood_in_any_spelling(query: str) -> None:
    assert called(query, made().ranked).name == "wild yeast"


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(NotFound, match=r"^no concept is called 'wild yaest'$") as caught:
        called("wild yaest", made().ranked)
    assert caught.value.near[0] == "wild yeast"
    with pytest.raises(NotFound) as caught:
        called("！？", made().ranked)
    assert caught.value.near == ()


def test_the_shipped_glossary_is_whole_and_gives_no_key_to_two_main_names() -> None:
    entries = glossary.shipped()
    assert len(entries) >= 300
    assert all(entry.en or entry.zh for entry in entries)


@pytest.mark.parametrize(
    ("text", "line"),
    [("en\tzh\n", 1), ("en\tzh\taliases\na\tb\tc\td\n", 2), ("en\tzh\taliases\n\na\tb\tc\n\t\tc\n", 4), ("", 1)],
)
def test_a_bad_glossary_is_refused_with_file_and_line(tmp_path: pathlib.Path, text: str, line: int) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=rf"own\.tsv:{line}: "):
        glossary.read(path)


def test_a_glossary_row_may_leave_columns_empty(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "own.tsv"
    path.write_text("en\tzh\taliases\nwild yeast\t野生酵母\tnatural yeast| levain \nroux\n", encoding="utf-8")
    assert glossary.read(path) == (
        Entry("wild yeast", "野生酵母", ("natural yeast", "levain")),
        Entry("roux", ""),
    )


def test_an_own_entry_takes_in_what_ships_under_its_name() -> None:
    ships = (Entry("wild yeast", "野生酵母", ("natural yeast",)), Entry("roux", "油面酱"))
    own = (Entry("wild yeast", "", ("local yeast",)), Entry("levain", "酵头"))
    assert glossary.with_own(ships, own) == (
        Entry("wild yeast", "野生酵母", ("local yeast", "natural yeast"), own=True),
        Entry("levain", "酵头", own=True),
        Entry("roux", "油面酱"),
    )
    assert glossary.with_own(ships, ()) == ships


def test_quality_on_real_articles_stays_above_its_floor(shared: pathlib.Path) -> None:
    floors = json.loads((pathlib.Path(__file__).parents[1] / "bench" / "floors.json").read_text(encoding="utf-8"))
    gold = json.loads((shared / "gold" / "concepts_dev.json").read_text(encoding="utf-8"))
    every = accounts(read(shared / "mirror" / "concept_articles.warc.gz"))
    measured = {}
    for lang in ("en", "zh"):
        own = in_language(every, lang)
        found = concepts(own, glossary.shipped(), Curation())
        due = expected(gold, lang)
        measured[f"{lang}_precision_at_100"] = precision(labels(found), due, 100)[0]
        measured[f"{lang}_recall_at_300"] = recall(labels(found), due, 300)
    pairs = merges(concepts(every, glossary.shipped(), Curation()), every, gold)
    measured |= {"alias_precision": pairs.precision, "alias_recall": pairs.recall}
    below = {
        name: (value, floors["concepts"][name]) for name, value in measured.items() if value < floors["concepts"][name]
    }
    assert below == {}


def test_what_a_split_keeps_apart_is_no_name_of_the_other() -> None:
    english, chinese = (
        "Wild yeast rises. The wild yeast lives. A wild yeast eats.",
        "野生酵母。野生酵母很好。用野生酵母。",
    )
    entry = Entry("wild yeast", "野生酵母", ("天然酵母",))
    pages = {f"https://{site}.example/": (english, chinese) for site in "abc"}
    found = concepts(said(pages), (entry,), Curation((Rule("split", ("wild yeast", "野生酵母")),)))
    one, other = called("wild yeast", found.ranked), called("野生酵母", found.ranked)
    assert (one.name, one.label_zh, one.aliases) == ("wild yeast", "", ("wild yeast", "天然酵母"))
    assert (other.name, other.label_en) == ("野生酵母", "")
