import dataclasses

import pytest

from kg.kind_nouns import Where, kind_nouns
from kg.kinds import Ballot, Witness, agreed, of_genus, of_name, proper, with_kinds
from kg.model import Concept, Passage
from kg.names import key
from kg.portraits import portraits
from tests.marked import passage

NAMES = {
    "masked language model": "model",
    "Masked Language Models": "model",
    "model": "",  # it is all of the name
    "F-score metric": "metric",
    "image classification": "task",
    "load balancing": "method",
    "pruning": "method",
    "string": "",
    "king": "",
    "natural language processing": "",  # a field
    "encoder-decoder": "",  # one word: its last part is not its head
    "support vector machine": "model",  # two words tell more than the last
    "milling machine": "",
    "local network": "",
    "network address translation": "",
    "overfitting": "",
    "自动售货机": "",
    "关系数据库": "",  # not a 库
    "BERT": "",
    "语言模型": "model",
    "模型": "",
    "训练语料库": "dataset",
    "语料库": "",  # not a 库
    "剪枝": "",
}
PHRASES = {
    "fast sorting algorithm": "method",
    "simple and cheap methods": "method",
    "thing": "",
    "delicious soup": "",
    "一种快速的排序算法": "method",
    "谷歌提出的数据集": "dataset",
    "一锅好汤": "",
}


@pytest.mark.parametrize(("name", "kind"), NAMES.items())
def test_the_head_of_a_name_tells_its_kind(name: str, kind: str) -> None:
    assert of_name(name) == kind


@pytest.mark.parametrize(("phrase", "kind"), PHRASES.items())
def test_a_noun_phrase_tells_what_something_is(phrase: str, kind: str) -> None:
    assert of_genus(phrase) == kind


def idea(name: str, label_en: str = "", label_zh: str = "", kind: str = "") -> Concept:
    return Concept(name, name, label_en, label_zh, (name,), frozenset({name}), kind, 1, 1, 1.0)


def told(*passages: Passage, name: str = "quad") -> str:
    """Return the kind of a proper name after these."""
    concept = dataclasses.replace(idea(name), name=name.upper())
    ((found,), _) = portraits(passages, [concept])
    return found.kind


SAYS = [  # plainly: one source will do
    "[QUAD] is a reading comprehension dataset with questions from pupils.",
    "We ran it on the [QUAD] dataset and then went home.",
    "We ran it on the small [QUAD] benchmark.",
    "[QUAD]是一个收集学生问题的数据集。",
    "我们在[QUAD]数据集上跑了一遍。",
]
HINTS = [  # by a word beside it: will do for a proper name
    "Datasets such as [QUAD] are small.",
    "We know corpora and such: a dataset called [QUAD] is one.",
    "[QUAD] and other public benchmarks are small.",
    "很多数据集（如[QUAD]）都很小。",
    "[QUAD]、TRIO等公开数据集都很小。",
    "A [QUAD] dataset was on the shelf.",
]
SILENT = [
    "[QUAD] is a collection of tools for model optimization.",
    "[QUAD] is small.",
    "The [QUAD] layers are deep.",  # parts of it
    "The layer of [QUAD] is deep.",
    "The size of [QUAD] is a dataset property.",
    "Unlike a dataset, [QUAD] has no rows.",
]


@pytest.mark.parametrize("sentence", SAYS)
def test_one_source_that_says_it_plainly_is_enough(sentence: str) -> None:
    assert told(passage(sentence)) == "dataset"


@pytest.mark.parametrize("sentence", HINTS)
def test_a_word_beside_a_common_name_needs_a_second_source(sentence: str) -> None:
    common = [idea("quad", "quad")]
    one, again = passage(sentence, "https://a.example/1"), passage(sentence, "https://a.example/1", start=9000)
    other = passage(sentence, "https://b.example/2")
    assert told(one) == "dataset", "in capitals it is a proper name"
    for read, kind in (((one,), ""), ((one, again), ""), ((one, other), "dataset")):
        ((found,), _) = portraits(read, common)
        if "dataset was" not in sentence:  # which says nothing of a common name
            assert found.kind == kind, "a source is one witness, however often it speaks"


@pytest.mark.parametrize("sentence", SILENT)
def test_what_is_said_of_something_else_tells_nothing(sentence: str) -> None:
    assert told(*(passage(sentence, f"https://{site}.example/") for site in "abc")) == ""


def test_a_noun_after_a_common_name_makes_another_name() -> None:
    text = "The [attention] model is large."
    assert told(passage(text), name="attention") == "model", "capitals: here it is taken for a proper name"
    ((found,), _) = portraits([passage(text)], [idea("attention", "attention")])
    assert found.kind == "", "an attention model is no attention"


def test_witnesses_at_odds_tell_nothing() -> None:
    model = passage("The [QUAD] model is large.", "https://b.example/2")
    assert told(passage(SAYS[1]), model) == ""
    third = passage(SAYS[2], "https://c.example/3")
    assert told(passage(SAYS[1]), model, third) == "dataset", "two of three"


def test_labels_in_both_languages_vote() -> None:
    assert agreed(["language model", "语言模型"], {}) == "model"
    assert agreed(["language modeling", "语言模型"], {}) == "", "task and model"
    assert agreed(["language modeling", "语言模型"], {"model": 2}) == "model"
    assert agreed(["glove", ""], {}) == ""
    assert agreed(["glove", ""], {"model": 1}) == ""
    assert agreed(["glove", ""], {"model": 1}, enough=1) == "model"


def kinds_of(*concepts: Concept, votes: tuple[Witness, ...] = ()) -> dict[str, str]:
    ballot = Ballot()
    ballot.add(votes)
    return {each.id: each.kind for each in with_kinds(concepts, ballot)}


def named(label_en: str, label_zh: str = "", *aliases: str) -> Concept:
    keys = frozenset(map(key, filter(None, (label_en, label_zh, *aliases))))
    return Concept(label_en, label_en, label_en, label_zh, (label_en, *aliases), keys, "", 1, 1, 1.0)


def test_what_has_no_kind_of_its_own_has_that_of_the_head_of_its_name() -> None:
    starter = named("sourdough starter", "酵头")
    votes = (
        Witness("sourdough starter", "tool", "u", 2),
        Witness("BROT", "model", "u", 2),
        Witness("LEV", "format", "u", 2),
    )
    found = kinds_of(
        starter, named("rye sourdough starter"), named("liquid thing", "黑麦酵头"), named("BROT"), named("BROT-3"),
        named("MiniBROT"), named("Q-BROT"), named("LEV"), named("OpenLEV"), named("LEV-2"), named("starter"),
        votes=votes,
    )  # fmt: skip
    assert found == {
        "sourdough starter": "tool", "rye sourdough starter": "tool", "liquid thing": "tool", "BROT": "model",
        "BROT-3": "model", "MiniBROT": "model", "Q-BROT": "model", "LEV": "format", "OpenLEV": "", "LEV-2": "format",
        "starter": "",
    }  # fmt: skip


def test_what_speaks_against_the_head_of_a_name_leaves_it_without_a_kind() -> None:
    votes = (Witness("loaf", "tool", "u", 2), Witness("rye loaf", "model", "u", 2), Witness("rye loaf", "task", "v", 2))
    assert kinds_of(named("loaf"), named("rye loaf"), votes=votes) == {"loaf": "tool", "rye loaf": ""}
    labels = named("loaf modeling", "面包模型")
    assert kinds_of(named("modeling"), labels, votes=(Witness("modeling", "tool", "u", 2),))[labels.id] == ""


def test_the_long_form_of_an_acronym_tells_its_kind() -> None:
    assert kinds_of(named("LTP", "", "LTP cake", "Loaf Transfer Protocol")) == {"LTP": "format"}
    said = (Witness("LTP", "tool", "u", 2),)
    assert kinds_of(named("LTP", "", "Loaf Transfer Protocol"), votes=said) == {"LTP": "tool"}, (
        "what is said of it leads"
    )


def test_a_source_counts_with_the_plainest_that_it_says() -> None:
    ballot = Ballot()
    ballot.add([Witness("c", "tool", "u", 1), Witness("c", "tool", "u", 2), Witness("c", "tool", "v", 1)])
    ballot.add([Witness("c", "", "u", 2)])
    assert ballot.votes("c") == {"tool": 3}
    assert ballot.votes("d") == {}


def test_what_a_person_decided_stays() -> None:
    ((found,), _) = portraits([passage(SAYS[0])], [idea("quad", kind="quiz")])
    assert found.kind == "quiz"


def test_a_proper_name_has_a_capital_or_a_digit() -> None:
    assert proper([idea("BERT"), idea("word2vec"), idea("pruning"), idea("剪枝")]) == {"BERT", "word2vec"}


def test_the_table_of_nouns_is_whole() -> None:
    kinds = {kind for where in Where for lang in ("en", "zh") for kind in kind_nouns(where, lang).values()}
    assert kinds == {"method", "model", "component", "task", "dataset", "metric", "theory", "tool", "format", ""}
    for where in Where:
        assert all(noun.isascii() for noun in kind_nouns(where, "en"))
        assert not any(noun.isascii() for noun in kind_nouns(where, "zh"))
        lengths = [len(noun) for noun in kind_nouns(where, "zh")]
        assert lengths == sorted(lengths, reverse=True), "语料库 is seen before 库"
