"""Chinese names read piece by piece."""

import pathlib
import re

from kg.composed import composed, lexicon, stems, word_pairs
from kg.names import is_han, key
from tests.test_variants import candidate, found


def read(chinese: str, *english: str, pairs: tuple[tuple[str, str], ...] = ()) -> dict[str, dict[str, str]]:
    names = found(*map(candidate, (chinese, *english)))
    return {name: dict(options) for name, options in composed(names, lexicon(pairs))}


def test_a_name_is_what_its_pieces_are_and_says_which() -> None:
    assert read("哈希连接", "hash join", "merge join") == {"哈希连接": {"hashjoin": "composed: 哈希 + 连接"}}
    assert read("缓存策略", "caching strategy", "cache policies") == {
        "缓存策略": {"cachingstrategy": "composed: 缓存 + 策略", "cachepolicy": "composed: 缓存 + 策略"}
    }


def test_a_name_mixed_of_two_scripts_is_read_too() -> None:
    assert read("LSM树", "LSM-tree") == {"lsm树": {"lsmtree": "composed: lsm + 树"}}
    known = (("酵母", "yeast"),)
    assert read("Miller酵母", "Miller yeast", pairs=known) == {"miller酵母": {"milleryeast": "composed: miller + 酵母"}}


def test_a_gap_or_another_order_is_no_reading() -> None:
    assert read("野生连接", "wild join") == {}
    assert read("连接哈希", "hash join") == {}


def test_pieces_of_one_character_come_from_the_list_only() -> None:
    assert lexicon([("花", "flower")]).get("花") is None
    assert ("tree",) in lexicon([])["树"]


def test_a_word_alone_must_be_just_what_the_list_says_and_no_general_one() -> None:
    assert read("量化", "quantization") == {"量化": {"quantization": "composed: 量化"}}
    assert read("主动", "activation") == {}
    assert read("分数", "score") == {}
    assert read("提示", "prompt") == {}  # a tip, most of the time
    assert read("镜像", "mirror") == {}  # or an image
    assert read("守护进程", "daemon") == {"守护进程": {"daemon": "composed: 守护进程"}}


def test_stems_know_no_endings_that_chinese_has_none_of() -> None:
    assert stems("positional encodings") == stems("position encoding")
    assert stems("generative model") == stems("generation model")
    assert stems("encoder") != stems("encoding")


def test_a_name_with_thousands_of_readings_ends_soon() -> None:
    assert read("图图图图图图图图图图图图", "map graph") == {}


def test_the_list_is_clean_and_sorted_and_its_words_general() -> None:
    path = pathlib.Path(__file__).parents[1] / "kg" / "word_pairs.tsv"
    first, *lines = path.read_text("utf-8").splitlines()
    assert first == "zh\ten"
    rows = [line.split("\t") for line in lines]
    assert all(len(row) == 2 and is_han(row[0]) and not is_han(row[1]) for row in rows)
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    assert all(word == word.strip() and re.fullmatch(r"[\w -]+", word) for row in rows for word in row[1].split("|"))
    assert len(word_pairs()) == len({key(row[0]) for row in rows})
