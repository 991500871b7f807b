"""How far an update has come: a silent listener, and one that draws on a console."""

import datetime
import math
import signal
import time
import types
from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

_WIDTH = 40  # of a source's name: with all that stands beside it, it fits a terminal of 120 columns


class Listener:
    """Told what is being done, and asked whether to go on. This one is silent."""

    def begin(self, sources: int) -> None:
        """So many sources are to be brought up to date."""

    def done(self, url: str, outcome: str) -> None:
        """One source is done; `outcome` is its status, or 'unchanged'."""

    def encoded(self, passages: int) -> None:
        """So many passages were embedded since the beginning."""

    def stage(self, name: str) -> None:
        """All sources are done and another stage begins."""

    def stopping(self) -> bool:
        """Return whether the user has asked to stop after the page in hand."""
        return False


def pace(seconds: float, passages: int, done: int, sources: int) -> str:
    """Return how quick it goes and how long it will go on, if the sources to come are like those that are done.

    A mean over all that is done: pages are so unequal that the last few tell little about the next.
    """
    if seconds <= 0 or not done:
        return ""
    rate = f"{passages / seconds:.1f} passages/s" if passages else ""
    left = math.ceil(seconds / done * (sources - done))
    return "  ".join(filter(None, (rate, f"{datetime.timedelta(seconds=left)} left" if left else "")))


class _Pace(ProgressColumn):
    """Draws `pace` as it was when the last source was done."""

    def render(self, task: Task) -> Text:
        """Return what stands behind the bar."""
        at, done, passages = task.fields["at"], int(task.completed), task.fields["passages"]
        return Text(pace(at, passages, done, int(task.total or 0)), style="progress.remaining")


class Bars(Listener):
    """Draws on a console while it is entered.

    The first Ctrl-C asks to stop after the page in hand, the second stops at once.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), _Pace(),
            console=console, transient=True, disable=not console.is_terminal, get_time=clock,
        )  # fmt: skip
        self._begun = clock()
        self._task = self._progress.add_task("sources", total=None, passages=0, at=0.0)
        self._stopping = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        signal.signal(signal.SIGINT, self._before)

    def _interrupt(self, number: int, frame: types.FrameType | None) -> None:
        if self._stopping:
            raise KeyboardInterrupt
        self._stopping = True
        self._console.print("finishing the page in hand; press Ctrl-C again to stop at once", style="yellow")

    def begin(self, sources: int) -> None:
        """Set the bar's length."""
        self._begun = self._clock()
        self._progress.update(self._task, total=sources)

    def done(self, url: str, outcome: str) -> None:
        """Move the bar by one source."""
        name = f"{outcome} {url.partition('://')[2] or url}"
        short = name if len(name) <= _WIDTH else f"{name[: _WIDTH - 1]}…"
        self._progress.update(self._task, advance=1, description=short, at=self._clock() - self._begun)

    def encoded(self, passages: int) -> None:
        """Tell the rate."""
        self._progress.update(self._task, passages=passages)

    def stage(self, name: str) -> None:
        """Name the stage."""
        self._progress.update(self._task, description=name)

    def stopping(self) -> bool:
        """Return whether Ctrl-C was pressed."""
        return self._stopping
