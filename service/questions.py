"""Questions with the pages that answer them, as a person writes them down: one JSON object a line."""

import collections
import dataclasses
import json
import pathlib
from collections.abc import Iterator, Mapping

from corpus.errors import BadInput
from corpus.language import script_language
from corpus.urls import canonical, is_web

GRADES = (0, 1, 2, 3)  # 3 answers it, 2 answers a part, 1 touches it, 0 was looked at and does not
DEFAULT_GRADE = 3
SHOWN_ERRORS = 5
_EXAMPLE = '{"query": "why several heads?", "relevant": ["https://..."]}'


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """A page that somebody has judged for a question, with the words in it that answer."""

    url: str  # canonical
    grade: int = DEFAULT_GRADE
    quote: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class GradedQuestion:
    """A question, and the pages that answer it."""

    id: str
    query: str
    relevant: tuple[Judged, ...]
    lang: str = ""  # 'mixed': words of two languages
    kind: str = ""
    line: int = 0  # in its file

    def grades(self) -> dict[str, int]:
        """Return the best grade of each page."""
        best: dict[str, int] = collections.defaultdict(int)
        for judged in self.relevant:
            best[judged.url] = max(best[judged.url], judged.grade)
        return dict(best)


class _BadLine(Exception):
    """What is wrong with one line, and what mends it."""


def read_questions(file: pathlib.Path) -> list[GradedQuestion]:
    """Return the questions of a file, one JSON object a line; docs/json.md tells what may stand in it.

    Raises:
        BadInput: the file can't be read, or lines of it can't be used: each is named with its number and its mend.
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise BadInput(f"can't read {file} ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8; save it as UTF-8") from error
    questions: list[GradedQuestion] = []
    wrong: list[str] = []
    lines_of: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = _question(line, number)
            if question.id in lines_of:
                raise _BadLine(f"the id {question.id} stands on line {lines_of[question.id]} too: give it another")
        except _BadLine as error:
            wrong.append(f"{file} line {number}: {error}")
            continue
        lines_of[question.id] = number
        questions.append(question)
    if wrong:
        more = len(wrong) - SHOWN_ERRORS
        raise BadInput("\n".join([*wrong[:SHOWN_ERRORS], *([f"and {more} lines more"] if more > 0 else [])]))
    if not questions:
        raise BadInput(f"{file} holds no question: write lines like {_EXAMPLE}")
    return questions


def _question(line: str, number: int) -> GradedQuestion:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise _BadLine(
            f"no JSON ({error.msg}, column {error.colno}): write one object a line, like {_EXAMPLE}"
        ) from error
    if not isinstance(row, dict):
        raise _BadLine(f"no JSON object: write lines like {_EXAMPLE}")
    query = _text(row, "query").strip()
    if not query:
        raise _BadLine('no "query": give the words to search for')
    relevant = tuple(_judged(row.get("relevant")))
    if not any(judged.grade for judged in relevant):
        raise _BadLine('"relevant" has no page of a grade above 0: name a page that answers')
    lang = "mixed" if row.get("mixed") else _text(row, "lang").lower() or script_language(query)
    name = row.get("id", number)
    return GradedQuestion(str(name), query, relevant, lang, _text(row, "kind"), number)


def _judged(value: object) -> Iterator[Judged]:
    if not isinstance(value, list) or not value:
        raise _BadLine('no "relevant": list the addresses of the pages that answer, ["https://..."]')
    for item in value:
        row = {"url": item} if isinstance(item, str) else item
        if not isinstance(row, dict):
            raise _BadLine(f'"relevant" holds {json.dumps(item)}: give an address, or {{"url": ..., "grade": 0 to 3}}')
        url, grade = _text(row, "url"), row.get("grade", DEFAULT_GRADE)
        if not is_web(url):
            raise _BadLine(f'"relevant" holds {json.dumps(url, ensure_ascii=False)}: give an http or https address')
        if type(grade) is not int or grade not in GRADES:
            raise _BadLine(f'the "grade" {json.dumps(grade)} of {url} is none: give 3 (answers it), 2, 1 or 0')
        yield Judged(canonical(url), grade, _text(row, "quote"))


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise _BadLine(f'"{name}" is no text: put it in quotes')
    return value or ""
