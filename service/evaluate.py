"""How well a library answers somebody's own questions, and what another setting would change."""

import dataclasses
import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from corpus.errors import BadInput, NotFound
from corpus.urls import canonical
from index.model import Mode
from service.answers import SourceRow
from service.ask import Question, Snapshot
from service.measures import PAGES, Difference, Mean, by_measure, difference, folded, mean, measures, pages
from service.questions import GradedQuestion
from service.rooms import open_library

DEPTH = 30  # passages a question: enough for ten pages, where a page puts forward three
MODES: tuple[Mode, ...] = ("hybrid", "dense", "keyword")


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """How the questions are asked, and what library."""

    library: str
    mode: Mode = "hybrid"
    lang: str = ""

    def changed(self, words: Sequence[str]) -> "Setting":
        """Return this setting with some of it changed, each as NAME=VALUE.

        Raises:
            BadInput: there is no such name, or it can't have this value.
        """
        names = [field.name for field in dataclasses.fields(self)]
        values = {}
        for word in words:
            name, sign, value = word.partition("=")
            if not sign or name not in names:
                raise BadInput(f"--against {word}: give {', '.join(f'{name}=...' for name in names)}")
            if name == "mode" and value not in MODES:
                raise BadInput(f"--against {word}: the mode is {', '.join(MODES[:-1])} or {MODES[-1]}")
            values[name] = value
        return dataclasses.replace(self, **values)  # type: ignore[arg-type]  # mode is one of MODES

    def differing(self, other: "Setting") -> str:
        """Return what stands in this setting and not in the other, as NAME=VALUE."""
        mine, theirs = dataclasses.asdict(self), dataclasses.asdict(other)
        return " ".join(f"{name}={value}" for name, value in mine.items() if value != theirs[name])


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """A page that answers, and where it came."""

    url: str
    grade: int
    rank: int | None  # among the pages, None where it is not among those that the passages found come from
    listed: bool  # whether it is in the library


@dataclasses.dataclass(frozen=True, slots=True)
class Came:
    """A page among the first ten."""

    url: str
    title: str
    lang: str
    grade: int  # 0 where nobody judged it


@dataclasses.dataclass(frozen=True, slots=True)
class QuestionRow:
    """What became of one question."""

    id: str
    query: str
    lang: str
    kind: str
    answer: str  # 'own language', 'other language', '' where no page that answers is in the library
    first: int | None  # rank of the first page that was judged at all good
    measures: Mapping[str, float]
    relevant: tuple[Wanted, ...]  # best grade first
    top: tuple[Came, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class GroupRow:
    """The means over the questions of a group: all, or one kind, language, or language of the answer."""

    by: str  # all, kind, lang, answer
    group: str
    n: int
    measures: Mapping[str, Mean]


@dataclasses.dataclass(frozen=True, slots=True)
class DifferenceRow:
    """How a setting differs from the other over the questions of a group."""

    by: str
    group: str
    n: int
    measures: Mapping[str, Difference]


@dataclasses.dataclass(frozen=True, slots=True)
class Evaluation:
    """How well one setting answers, and where another one was asked too, how they differ."""

    setting: Setting
    groups: tuple[GroupRow, ...]
    questions: tuple[QuestionRow, ...]
    warnings: tuple[str, ...]
    against: "Evaluation | None" = None
    differences: tuple[DifferenceRow, ...] = ()


def evaluate(questions: Sequence[GradedQuestion], setting: Setting, against: Setting | None = None) -> Evaluation:
    """Return how well a setting answers questions, compared with another one if asked."""
    with Snapshot.open(open_library(pathlib.Path(setting.library))) as snapshot:
        rows = tuple(_asked(snapshot, questions, setting))
        made = Evaluation(setting, tuple(_groups(rows)), rows, tuple(_warnings(snapshot, questions)))
    if against is None:
        return made
    other = evaluate(questions, against)
    return dataclasses.replace(made, against=other, differences=tuple(_differences(rows, other.questions)))


def worst(rows: Sequence[QuestionRow], count: int) -> list[QuestionRow]:
    """Return the questions that did worst, the worst first, none that is answered as well as can be."""
    return sorted((row for row in rows if row.measures["ndcg_10"] < 1), key=lambda row: row.measures["ndcg_10"])[:count]


def _asked(snapshot: Snapshot, questions: Sequence[GradedQuestion], setting: Setting) -> Iterator[QuestionRow]:
    sources = {canonical(row.url): row for row in reversed(snapshot.sources())}
    rankings = snapshot.rankings([Question(each.query, setting.mode, setting.lang) for each in questions], k=DEPTH)
    for question, found in zip(questions, rankings, strict=True):
        grades, ranked = question.grades(), pages(found)
        place = {url: rank for rank, url in enumerate(ranked, 1)}
        wanted = sorted(((url, grade) for url, grade in grades.items() if grade), key=lambda item: -item[1])
        yield QuestionRow(
            question.id, question.query, question.lang, question.kind, _answer(question, sources),
            min((place[url] for url, _ in wanted if url in place), default=None), measures(question, found),
            tuple(Wanted(_listed(sources, url), grade, place.get(url), url in sources) for url, grade in wanted),
            tuple(
                Came(sources[url].url, sources[url].title, sources[url].lang, grades.get(url, 0))
                for url in ranked[:PAGES]
            ),
        )  # fmt: skip


def _listed(sources: Mapping[str, SourceRow], url: str) -> str:
    return sources[url].url if url in sources else url


def _answer(question: GradedQuestion, sources: Mapping[str, SourceRow]) -> str:
    """Return whether the best pages of the library are in the question's language."""
    grades = {url: grade for url, grade in question.grades().items() if url in sources and sources[url].lang}
    best = max(grades.values(), default=0)
    if not best:
        return ""
    langs = {sources[url].lang for url, grade in grades.items() if grade == best}
    return "own language" if question.lang in langs | {"mixed"} and langs else "other language"


def _warnings(snapshot: Snapshot, questions: Sequence[GradedQuestion]) -> Iterator[str]:
    """Yield what is judged and can't be found: pages that the library lacks, quotes that their pages lack."""
    texts: dict[str, str | None] = {}
    for question in questions:
        for judged in question.relevant:
            if not judged.grade:
                continue
            new = judged.url not in texts
            if new:
                texts[judged.url] = _text(snapshot, judged.url)
            text = texts[judged.url]
            if text is None:
                if new:
                    yield f"line {question.line}: {judged.url} has no text in the library; it counts as not found"
            elif folded(judged.quote) not in text:
                quote = judged.quote if len(judged.quote) < 60 else judged.quote[:60] + "…"
                yield f"line {question.line}: “{quote}” does not stand in {judged.url}; copy it from 'ideagraph show'"


def _text(snapshot: Snapshot, url: str) -> str | None:
    try:
        return folded(snapshot.show(url).text)
    except NotFound:
        return None


def _grouped(rows: Sequence[QuestionRow]) -> Iterator[tuple[str, str, list[int]]]:
    """Yield each group as what it is made by, its name, and the places of its rows."""
    yield "all", "all", list(range(len(rows)))
    by: dict[str, Callable[[QuestionRow], str]] = {
        "kind": lambda row: row.kind,
        "lang": lambda row: row.lang,
        "answer": lambda row: row.answer,
    }
    for name, value in by.items():
        for group in sorted({value(row) for row in rows} - {""}):
            yield name, group, [place for place, row in enumerate(rows) if value(row) == group]


def _groups(rows: Sequence[QuestionRow]) -> Iterator[GroupRow]:
    for by, group, places in _grouped(rows):
        values = by_measure([rows[place].measures for place in places])
        yield GroupRow(by, group, len(places), {name: mean(some) for name, some in values.items()})


def _differences(rows: Sequence[QuestionRow], others: Sequence[QuestionRow]) -> Iterator[DifferenceRow]:
    """Yield how the rows differ from those of the same questions asked otherwise; what a measure says is of both."""
    for by, group, places in _grouped(rows):
        this = by_measure([rows[place].measures for place in places])
        other = by_measure([others[place].measures for place in places])
        pairs = {name: list(zip(values, other[name], strict=True)) for name, values in this.items()}
        yield DifferenceRow(by, group, len(places), {name: difference(some) for name, some in pairs.items()})
