"""What a question gives: a passage, and why it was found."""

import dataclasses
from typing import Literal

Mode = Literal["hybrid", "dense", "keyword"]


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """A part of a question that names an idea, and what else that idea is called, in any language."""

    text: str  # as the question writes it
    others: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Why:
    """Why a passage was found."""

    dense: int | None  # rank by meaning from 1, None where it is not among the candidates
    keyword: int | None
    words: tuple[str, ...]  # of the question, and other names of its ideas, that stand in the passage


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer. Offsets count code points: `start` and `end` in the document, `marks` in the text."""

    key: int
    id: str
    url: str  # canonical
    title: str
    heading: tuple[str, ...]
    lang: str
    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...] = ()  # the one or two sentences that matter most
    score: float = 0.0  # comparable between the hits of one question
    why: Why = Why(None, None, ())


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What a library has to say to a question."""

    hits: list[Hit]  # best first
    chance: float | None  # that one of the first five answers it; None where nothing tells
