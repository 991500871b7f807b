"""What all passages together say that each concept is: its kind and its definitions, in one reading. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from kg.definitions import best, defined
from kg.kinds import Ballot, proper, with_kinds, witnesses
from kg.model import Concept, Definition, Passage
from kg.statements import statements


def portraits(passages: Iterable[Passage], concepts: Sequence[Concept]) -> tuple[tuple[Concept, ...], list[Definition]]:
    """Return the concepts with their kinds, and their definitions; the same in whatever order the passages come.

    A kind that a concept has already stays. Time is linear in the places; memory holds what is kept, no passage.
    """
    names = proper(concepts)
    ballot = Ballot()

    def read() -> Iterator[Definition]:
        for passage in passages:
            said = tuple(statements(passage))
            ballot.add(witnesses(passage, said, names))
            yield from defined(passage, said)

    definitions = best(read())
    return with_kinds(concepts, ballot), definitions
