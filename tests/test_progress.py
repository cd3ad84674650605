"""The progress bar: an honest pace, and lines that suit what they are written to."""

from __future__ import annotations

import io
import sys
import threading
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.render.progress import Pace, Progress, ProgressBar


@given(
    startup_s=st.integers(0, 1000),
    first=st.integers(1, 50),
    per_s=st.integers(1, 500),
    ticks=st.integers(2, 50),
)
def test_the_pace_is_that_of_the_frames_and_not_of_the_start(
    startup_s: int, first: int, per_s: int, ticks: int
) -> None:
    pace = Pace()
    assert pace.rate(0, 0.0) is None
    for tick in range(ticks):
        rate = pace.rate(first + per_s * tick, startup_s + tick)
        assert rate == (per_s if tick else None)
    # A pause shows.
    assert pace.rate(first + per_s * (ticks - 1), startup_s + 2 * (ticks - 1)) == Fraction(per_s, 2)


class Terminal(io.StringIO):
    """A text file that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def bar_of(monkeypatch: pytest.MonkeyPatch, stderr: io.StringIO, *, fails: bool = False) -> str:
    states = [Progress(0, 90, 30, "starting"), Progress(90, 90, 30, "done")]
    monkeypatch.setattr(sys, "stderr", stderr)

    def show() -> None:
        with ProgressBar(lambda: states[0], "film.mp4"):
            if fails:
                raise RuntimeError("a scene is broken")
            del states[0]

    if fails:
        with pytest.raises(RuntimeError, match="broken"):
            show()
    else:
        show()
    return stderr.getvalue()


def test_a_file_gets_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_, last = lines = bar_of(monkeypatch, io.StringIO()).splitlines()
    assert all("\r" not in line and line == line.strip() for line in lines)
    assert len(lines) == 2
    assert first.startswith("film.mp4: starting:   0%")
    assert last.startswith("film.mp4: done: 100%")
    assert "90/90" in last
    assert "30 cached" in last


def test_a_terminal_gets_one_line_that_is_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    written = bar_of(monkeypatch, Terminal())
    assert written.count("\n") == 1
    assert written.endswith("\n")
    assert "film.mp4: done: 100%" in written.rpartition("\r")[2]


def test_a_render_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    last = bar_of(monkeypatch, io.StringIO(), fails=True).splitlines()[-1]
    assert last.startswith("film.mp4: failed:")
    assert "30/90" in last


def test_no_bar_leaves_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(threading.enumerate())
    for _ in range(3):
        bar_of(monkeypatch, Terminal())
    assert set(threading.enumerate()) <= before
