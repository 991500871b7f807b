"""The bar that tells how far an update has come."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from service.progress import Bars, pace


def test_the_pace_is_that_of_all_that_is_done() -> None:
    assert pace(10.0, 120, 4, 20) == "12.0 passages/s  0:00:40 left"
    assert pace(10.0, 0, 4, 20) == "0:00:40 left", "nothing was embedded: no page has changed"
    assert pace(10.0, 120, 20, 20) == "12.0 passages/s"
    assert pace(10.0, 120, 0, 20) == "", "nothing is known yet"


@given(st.floats(0.001, 1e6), st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 10**5))
def test_any_pace_can_be_told(seconds: float, passages: int, done: int, more: int) -> None:
    assert len(pace(seconds, passages, done, done + more)) < 80


def test_the_bar_shows_rate_and_time_left() -> None:
    now, screen = [100.0], io.StringIO()
    with Bars(Console(file=screen, force_terminal=True, width=120, color_system=None), lambda: now[0]) as bars:
        bars.begin(4)
        now[0] += 5
        bars.encoded(60)
        bars.done("https://a.example/" + "long" * 30, "indexed")
        bars._progress.refresh()
    shown = screen.getvalue()
    assert "indexed a.example/longlong" in shown
    assert "…" in shown
    assert "1/4" in shown
    assert "12.0 passages/s  0:00:15 left" in shown


def test_it_draws_nothing_where_there_is_no_terminal() -> None:
    screen = io.StringIO()
    with Bars(Console(file=screen)) as bars:
        bars.begin(2)
        bars.encoded(3)
        bars.done("https://a.example/", "indexed")
    assert screen.getvalue() == ""
