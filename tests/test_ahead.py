"""Work ahead: everything comes, in its order, and an error behind what was made before it."""

import itertools
import threading
from collections.abc import Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ahead import READY, ahead


@given(weights=st.lists(st.integers(0, 9), max_size=40), most=st.integers(1, 30))
def test_all_comes_in_order_and_no_list_goes_on_once_it_is_full(weights: list[int], most: int) -> None:
    lists = list(ahead((weight for weight in weights), int, most))
    assert [weight for some in lists for weight in some] == weights
    assert all(some and sum(some[:-1]) < most for some in lists)


def test_what_is_there_is_taken_together() -> None:
    made = threading.Semaphore(0)

    def items() -> Generator[int]:
        for nth in range(READY - 1):
            yield nth
            made.release()

    lists = ahead(items(), lambda _: 1, 100)
    first = next(lists)
    for _ in range(READY - 1):
        made.acquire()  # all the others are made while the first list is in hand
    rest = list(lists)
    assert [*first, *(nth for some in rest for nth in some)] == list(range(READY - 1))
    assert len(rest) <= 1


def test_an_error_comes_behind_what_was_made_before_it() -> None:
    class Broken(BaseException):
        pass

    def items() -> Generator[int]:
        yield from (1, 2, 3)
        raise Broken

    seen: list[int] = []
    with pytest.raises(Broken):
        seen.extend(itertools.chain.from_iterable(ahead(items(), int, 1)))
    assert seen == [1, 2, 3]


def test_closed_early_it_closes_what_makes_the_items() -> None:
    closed = threading.Event()

    def items() -> Generator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    lists = ahead(items(), int, 1)
    assert next(lists) == [1]
    lists.close()  # type: ignore[attr-defined]  # an iterator to its users
    assert closed.wait(10)
