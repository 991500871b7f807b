"""How far an update has come: a silent listener, and one that draws on a console."""

import signal
import types
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class Listener:
    """Told what is being done, and asked whether to go on. This one is silent."""

    def begin(self, sources: int) -> None:
        """So many sources are to be brought up to date."""

    def done(self, url: str, outcome: str) -> None:
        """One source is done; `outcome` is its status, or 'unchanged'."""

    def stage(self, name: str) -> None:
        """All sources are done and another stage begins."""

    def stopping(self) -> bool:
        """Return whether the user has asked to stop after the page in hand."""
        return False


class Bars(Listener):
    """Draws on a console while it is entered.

    The first Ctrl-C asks to stop after the page in hand, the second stops at once.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task("sources", total=None)
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
        self._progress.update(self._task, total=sources)

    def done(self, url: str, outcome: str) -> None:
        """Move the bar by one source."""
        self._progress.update(self._task, advance=1, description=f"{outcome} {url}"[:60])

    def stage(self, name: str) -> None:
        """Name the stage."""
        self._progress.update(self._task, description=name)

    def stopping(self) -> bool:
        """Return whether Ctrl-C was pressed."""
        return self._stopping
