import dataclasses
import importlib.util
import json
import math
import pathlib
import random
import types

import numpy as np
import pytest

from corpus.errors import BadInput
from index.model import Mode
from service.ask import Question, Snapshot
from service.evaluate import MODES, Evaluation, GroupRow, QuestionRow, Setting, worst
from service.measures import Difference, Mean, difference, folded, mean, measures, overlaps, pages
from service.questions import GradedQuestion, Judged, read_questions
from service.render_eval import evaluation
from service.rooms import open_library

A, B, C, D = (f"https://{name}.example/" for name in "abcd")
LINE = '{"query": "why several heads?", "relevant": ["https://a.example/"]}'


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    url: str
    text: str = ""


def question(*relevant: Judged) -> GradedQuestion:
    return GradedQuestion("1", "why several heads?", relevant, "en")


def found(*urls: str) -> list[Passage]:
    return [Passage(url) for url in urls]


# ---- measures


def test_ndcg_is_that_of_the_worked_example() -> None:
    grades = [3, 2, 3, 0, 1, 2]  # in this order; the logarithms below are from a table
    asked = question(*(Judged(f"https://{nth}.example/", grade) for nth, grade in enumerate(grades)))
    ranked = found(*(f"https://{nth}.example/" for nth in range(6)))
    dcg = 7 + 3 / 1.58496 + 7 / 2 + 0 + 1 / 2.58496 + 3 / 2.80735
    best = 7 + 7 / 1.58496 + 3 / 2 + 3 / 2.32193 + 1 / 2.58496 + 0
    assert measures(asked, ranked)["ndcg_10"] == pytest.approx(dcg / best, abs=1e-5)
    assert measures(asked, found())["ndcg_10"] == 0


def test_a_page_counts_once_at_its_best_passage_and_with_its_best_grade() -> None:
    asked = question(Judged(A, 1), Judged(A, 3), Judged(B, 3))
    assert pages(found(C, A, C, A, B)) == [C, A, B]
    assert measures(asked, found(C, A, C, A, B)) == pytest.approx(
        {
            "ndcg_10": (1 / math.log2(3) + 1 / math.log2(4)) / (1 + 1 / math.log2(3)),
            "recall_10": 1, "hit_1": 0, "hit_5": 1, "mrr_10": 1 / 2,
        }
    )  # fmt: skip


def test_only_the_first_ten_pages_count() -> None:
    others = [f"https://{nth}.example/" for nth in range(10)]
    asked = question(Judged(A), Judged(B))
    assert measures(asked, found(*others, A)) == {"ndcg_10": 0, "recall_10": 0, "hit_1": 0, "hit_5": 0, "mrr_10": 0}
    said = measures(asked, found(*others[:9], A))
    assert (said["recall_10"], said["hit_5"], said["mrr_10"]) == (0.5, 0, 0.1)


def test_a_page_that_only_touches_the_question_is_no_hit() -> None:
    assert measures(question(Judged(A, 1), Judged(B, 3)), found(A, B))["hit_1"] == 0
    assert measures(question(Judged(A, 1)), found(A)) == {"ndcg_10": 1}


def test_urls_are_one_in_every_spelling() -> None:
    assert measures(question(Judged(A)), found("HTTPS://A.example:443/?utm_source=x#top"))["hit_1"] == 1


def test_a_passage_hits_a_quote_that_it_holds_or_cuts_at_its_edge() -> None:
    quote = folded("Several heads see several things.")
    assert overlaps(folded("… several  HEADS see “several” things. More."), quote)
    assert overlaps(folded("Before. Several heads see sev"), quote)
    assert overlaps(folded("l heads see several things. After"), quote)
    assert not overlaps(folded("Before. Several heads"), quote), "less than half"
    assert not overlaps(folded("Several heads see sev, in the middle of a passage"), quote)
    assert overlaps(folded("⻓ｆｕｌｌ　ｗｉｄｔｈ"), folded("长full width"))


def test_a_quote_counts_in_the_first_five_passages_of_its_own_page() -> None:
    asked = question(Judged(A, 3, "several heads see several things"), Judged(B, 1, "one head sees one thing"))
    text = "Several heads see several things."
    assert measures(asked, [*found(C, C, C, C), Passage(A, text)])["passage_5"] == 1
    assert measures(asked, [*found(C, C, C, C, C), Passage(A, text)])["passage_5"] == 0
    assert measures(asked, [Passage(C, text)])["passage_5"] == 0
    assert measures(asked, [Passage(B, "One head sees one thing.")])["passage_5"] == 0


def load_scorer(file: pathlib.Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("score_search", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_figures_are_those_of_the_scorer_that_came_with_the_questions(shared: pathlib.Path) -> None:
    file = shared / "gold" / "questions_dev.jsonl"
    gold = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    scorer = load_scorer(shared / "gold" / "score_search.py")
    judged = [(row["url"], row["quote"]) for asked in gold for row in asked["relevant"]]
    draw = random.Random(0)
    hits = 0
    for _ in range(5):
        run = {}
        for asked in gold:
            own = [(row["url"], row["quote"]) for row in asked["relevant"]]
            chosen = draw.sample(judged, 12) + draw.sample(own, draw.randint(0, len(own)))
            draw.shuffle(chosen)
            texts = [
                (url, draw.choice(["", "x. "]) + text[: draw.randint(len(text) // 3, len(text))])
                for url, text in chosen
            ]
            run[asked["id"]] = [{"url": url, "text": text} for url, text in texts]
        for question, theirs in zip(read_questions(file), scorer.score(gold, run), strict=True):
            ours = measures(question, [Passage(row["url"], row["text"]) for row in run[question.id]])
            assert ours["ndcg_10"] == pytest.approx(theirs["ndcg"], abs=1e-12)
            assert ours["passage_5"] == theirs["hit5"]
            assert (question.lang, question.kind) == (theirs["lang"], theirs["kind"])
            hits += int(ours["passage_5"])
    assert 20 < hits < 180, "both outcomes occur"


# ---- how sure a mean is


def test_an_interval_is_seeded_and_near_the_normal_one() -> None:
    values = np.random.default_rng(1).random(200).tolist()
    made = mean(values)
    assert made == mean(values)
    error = 1.96 * np.std(values) / math.sqrt(200)
    assert made.low == pytest.approx(made.mean - error, abs=0.003)
    assert made.high == pytest.approx(made.mean + error, abs=0.003)


def test_one_question_has_no_interval() -> None:
    assert mean([0.5]) == Mean(1, 0.5, None, None)


def test_an_interval_of_questions_that_all_do_the_same_is_a_point() -> None:
    assert mean([1.0, 1.0, 1.0]) == Mean(3, 1.0, 1.0, 1.0)


def test_a_difference_is_paired() -> None:
    made = difference([(0.9, 0.8), (0.6, 0.5), (0.3, 0.2), (0.7, 0.6), (0.5, 0.4), (0.1, 0.0), (0.4, 0.3), (0.2, 0.2)])
    assert (made.n, made.up, made.down) == (8, 7, 0)
    assert made.mean == pytest.approx(0.0875)
    assert made.low is not None
    assert made.low > 0, "each question gains, however far apart the questions are"
    # Signs of seven equal gains: 2 of 128 draws differ as much.
    assert made.p == pytest.approx(2 / 128, abs=0.004)


def test_the_same_twice_differs_by_nothing() -> None:
    assert difference([(0.5, 0.5), (0.25, 0.25)]) == Difference(2, 0.375, 0.375, 0.0, 0.0, 0.0, 0, 0, 1.0)


# ---- the file


def written(folder: pathlib.Path, text: str) -> pathlib.Path:
    file = folder / "questions.jsonl"
    file.write_text(text, "utf-8")
    return file


def test_a_query_and_an_address_are_enough(tmp_path: pathlib.Path) -> None:
    file = written(tmp_path, f'\ufeff{LINE}\n\n{{"query": "为什么？", "relevant": [{{"url": "https://b.example"}}]}}\n')
    assert read_questions(file) == [
        GradedQuestion("1", "why several heads?", (Judged(A, 3),), "en", "", 1),
        GradedQuestion("3", "为什么？", (Judged(B, 3),), "zh", "", 3),
    ]


def test_all_that_may_be_said_is_read(tmp_path: pathlib.Path) -> None:
    row = {
        "id": "q7", "query": "BERT 剪枝", "lang": "zh", "kind": "keyword", "mixed": True,
        "relevant": [{"url": A, "grade": 2, "quote": "heads"}, {"url": A, "grade": 3}, {"url": B, "grade": 0}],
    }  # fmt: skip
    (read,) = read_questions(written(tmp_path, json.dumps(row)))
    assert (read.id, read.lang, read.kind) == ("q7", "mixed", "keyword")
    assert read.relevant == (Judged(A, 2, "heads"), Judged(A, 3), Judged(B, 0))
    assert read.grades() == {A: 3, B: 0}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ("{}", 'no "query"'),
        ('{"query": 7}', '"query" is no text'),
        ('{"query": "  ", "relevant": ["https://a.example/"]}', 'no "query"'),
        ('{"query": "x"}', 'no "relevant"'),
        ('{"query": "x", "relevant": []}', 'no "relevant"'),
        ('{"query": "x", "relevant": "https://a.example/"}', 'no "relevant"'),
        ('{"query": "x", "relevant": [7]}', '"relevant" holds 7'),
        ('{"query": "x", "relevant": ["a.example"]}', "http or https"),
        ('{"query": "x", "relevant": [{"grade": 3}]}', "http or https"),
        ('{"query": "x", "relevant": [{"url": "https://a.example/", "grade": 4}]}', "give 3"),
        ('{"query": "x", "relevant": [{"url": "https://a.example/", "grade": true}]}', "give 3"),
        ('{"query": "x", "relevant": [{"url": "https://a.example/", "grade": 0}]}', "grade above 0"),
        ('{"query": "x", "relevant": ["https://a.example/"], "id": "1"}', "line 1 too"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_its_mend(tmp_path: pathlib.Path, line: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_questions(written(tmp_path, f"{LINE}\n{line}\n"))
    assert "questions.jsonl line 2: " in str(caught.value)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_each_bad_line_has_its_own_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_questions(written(tmp_path, "{\n" * 3 + LINE))
    assert [f"line {nth}: " in line for nth, line in enumerate(str(caught.value).splitlines(), 1)] == [True] * 3
    with pytest.raises(BadInput, match="and 4 lines more"):
        read_questions(written(tmp_path, "{\n" * 9))


def test_a_file_that_holds_no_question_is_told(tmp_path: pathlib.Path) -> None:
    with pytest.raises(BadInput, match="holds no question"):
        read_questions(written(tmp_path, "\n"))
    (tmp_path / "gbk").write_bytes("问题".encode("gbk"))
    with pytest.raises(BadInput, match="UTF-8"):
        read_questions(tmp_path / "gbk")
    with pytest.raises(BadInput, match="can't read"):
        read_questions(tmp_path)


# ---- the library


@pytest.mark.parametrize("mode", MODES)
def test_a_ranking_is_what_search_finds(demo: pathlib.Path, mode: Mode) -> None:
    asked = [Question(text, mode, "zh") for text in ("pruning BERT", '为什么要用"多头注意力"')]
    with Snapshot.open(open_library(demo)) as snapshot:
        for question, ranking in zip(asked, snapshot.rankings(asked, k=7), strict=True):
            hits = snapshot.search(question, k=7).hits
            assert ranking == [dataclasses.replace(hit, marks=()) for hit in hits]
            assert {hit.lang for hit in ranking} == {"zh"}


def test_many_warnings_are_counted_not_shown() -> None:
    row = QuestionRow("1", "why?", "en", "", "", None, {"ndcg_10": 0.5}, (), ())
    group = GroupRow("all", "all", 1, {"ndcg_10": mean([0.5])})
    made = Evaluation(Setting("here"), (group,), (row,), tuple(f"line {nth}" for nth in range(12)))
    lines = [line.plain for _, line in evaluation(made)]
    assert lines[9:11] == ["line 9", "and 2 more like these; --json has all"]
    assert len(lines) == 13, "a single question has no line of intervals"


# ---- settings and the worst


def test_a_setting_is_changed_by_name() -> None:
    here = Setting("one")
    there = here.changed(["mode=dense", "library=a=b"])
    assert there == Setting("a=b", "dense")
    assert there.differing(here) == "library=a=b mode=dense"
    for word in ("mode", "mode=best", "k=3"):
        with pytest.raises(BadInput, match=word):
            here.changed([word])


def test_the_worst_leave_out_what_can_not_be_better() -> None:
    rows = [
        QuestionRow(str(value), "", "", "", "", None, {"ndcg_10": value}, (), ()) for value in (0.5, 1.0, 0.2, 0.5, 0.9)
    ]
    assert [row.id for row in worst(rows, 3)] == ["0.2", "0.5", "0.5"]
    assert [row.id for row in worst(rows, 9)] == ["0.2", "0.5", "0.5", "0.9"]
    assert worst(rows, 0) == []
