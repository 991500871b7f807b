"""Work ahead: what one thread makes is taken by another, as much at a time as is there."""

import contextlib
import dataclasses
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

T = TypeVar("T")
READY = 8  # items that wait: what bounds the memory
_PATIENCE_S = 0.1  # how soon a maker that waits for room learns that nobody wants more


@dataclasses.dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def ahead(items: Generator[T], weigh: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """Yield what `items` makes in a thread of its own, in its order: each time all that is there, at least one.

    A list ends where its items weigh `most` or more. What `items` raises is raised here, behind all that it made
    before. Where this iterator is closed early, `items` is closed as soon as it comes to its next yield.
    """
    made: queue.Queue[T | _End] = queue.Queue(READY)
    closed = threading.Event()
    maker = threading.Thread(target=_make, args=(items, made, closed), name="ahead", daemon=True)
    maker.start()
    end: _End | None = None
    try:
        while end is None:
            taken: list[T] = []
            weight = 0
            item = made.get()
            while True:
                if isinstance(item, _End):
                    end = item
                    break
                taken.append(item)
                weight += weigh(item)
                if weight >= most or made.empty():
                    break
                item = made.get()
            if taken:
                yield taken
        maker.join()
        if end.error is not None:
            raise end.error
    finally:
        closed.set()


def _make(items: Generator[T], made: "queue.Queue[T | _End]", closed: threading.Event) -> None:
    error: BaseException | None = None
    try:
        with contextlib.closing(items):
            for item in items:
                if not _put(made, item, closed):
                    return
    except BaseException as raised:  # it is the other thread's to deal with
        error = raised
    _put(made, _End(error), closed)


def _put(made: "queue.Queue[T | _End]", item: T | _End, closed: threading.Event) -> bool:
    """Return whether there was still somebody to take it."""
    while not closed.is_set():
        with contextlib.suppress(queue.Full):
            made.put(item, timeout=_PATIENCE_S)
            return True
    return False
