"""What all passages together say that each concept is: its kind and its definitions. Pure.

What one source says is its portrait of the concepts; a library's kinds and definitions follow from the portraits of its
sources, in whatever order, so that a source that changed costs one portrait.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from kg.definitions import best, defined
from kg.kinds import Ballot, Witness, proper, with_kinds, witnesses
from kg.model import Concept, Definition, Passage
from kg.statements import statements

RECIPE = "portraits 4"  # a change of what a passage says that a concept is changes this


@dataclasses.dataclass(frozen=True, slots=True)
class Portrait:
    """What some passages say that concepts are."""

    witnesses: tuple[Witness, ...]  # sorted, each once
    definitions: tuple[Definition, ...]  # the best by concept and language


def portrait(passages: Iterable[Passage], proper_names: frozenset[str]) -> Portrait:
    """Return what these passages say, whatever their order; `proper_names` are ids of concepts: see kinds.py."""
    heard: set[Witness] = set()

    def read() -> Iterator[Definition]:
        for passage in passages:
            said = tuple(statements(passage))
            heard.update(witnesses(passage, said, proper_names))
            yield from defined(passage, said)

    definitions = best(read())
    return Portrait(tuple(sorted(heard)), tuple(definitions))


def gathered(said: Iterable[Portrait], concepts: Sequence[Concept]) -> tuple[tuple[Concept, ...], list[Definition]]:
    """Return the concepts with their kinds, and their definitions. A kind that a concept has already stays."""
    ballot = Ballot()

    def read() -> Iterator[Definition]:
        for each in said:
            ballot.add(each.witnesses)
            yield from each.definitions

    definitions = best(read())
    return with_kinds(concepts, ballot), definitions


def portraits(passages: Iterable[Passage], concepts: Sequence[Concept]) -> tuple[tuple[Concept, ...], list[Definition]]:
    """Return the concepts with their kinds, and their definitions; the same in whatever order the passages come."""
    return gathered([portrait(passages, proper(concepts))], concepts)
