"""How far a render is, and a bar that shows it."""

from __future__ import annotations

import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self, TextIO

Stage = Literal["queued", "starting", "evaluating", "rendering", "sound", "joining", "uploading", "done"]

_EVERY_S = 0.1  # ten times a second: smooth, and nothing beside the work
_EVERY_LINE_S = 10.0  # where lines can't be written over, as in a log


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a render is.

    Attributes
    ----------
    frames, total : int
        Frames that are there, and that the movie has.
    frames_cached : int
        Of those that are there, how many earlier renders made.
    stage : str
        ``queued``, ``starting`` workers, ``evaluating`` the first frames, ``rendering``, ``sound``,
        ``joining``, ``uploading`` or ``done``; that in which it ended, if it failed.
    segments, segments_cached : int
        Of how many segments the movie is made, as far as it is planned, and how many were there already.
    fps : float or None
        Frames that this render makes in a second; None while nothing can be said.
    eta_s : float or None
        Seconds until the last frame is there, if it goes on like this.
    uploaded : float or None
        The part of the movie's bytes that is in its bucket, from 0 to 1; None until it is uploaded.
    evaluated : int
        Frames of which it is known what they show; they are drawn and encoded next.
    waits_for : str
        What the first segment waits for, and for how long, for people; empty if for nothing.
    """

    frames: int
    total: int
    frames_cached: int
    stage: Stage
    segments: int = 0
    segments_cached: int = 0
    fps: float | None = None
    eta_s: float | None = None
    uploaded: float | None = None
    evaluated: int = 0
    waits_for: str = ""

    @property
    def fraction(self) -> float:
        """From 0 to 1; a frame counts half when it is evaluated, and whole when it is there."""
        evaluated = min(self.total, max(self.frames, self.evaluated))
        return (self.frames + evaluated) / (2 * self.total) if self.total else 1.0


class Pace:
    """How many frames come in a second, counted from the first one.

    Until then workers start, which says nothing of the time that the other
    frames take; nor do frames that earlier renders made.
    """

    def __init__(self) -> None:
        self._first: tuple[int, float] | None = None

    def rate(self, frames: int, now: float) -> float | None:
        """Give frames a second; None while nothing can be said.

        Parameters
        ----------
        frames : int
            How many this render has made.
        now : float
            Seconds on any clock that never goes back.
        """
        if frames <= 0:
            return None
        if self._first is None:
            self._first = (frames, now)
        first_frames, first_time = self._first
        if frames <= first_frames or now <= first_time:
            return None
        return (frames - first_frames) / (now - first_time)


class ProgressBar:
    """A tqdm bar, in a notebook or a terminal, that looks at a render until it ends.

    In a file or a pipe, where a line can't be written over, it is a line now
    and then, and one at the end.

    Parameters
    ----------
    read : function
        Gives the progress now; called from a thread of the bar's own.
    label : str
        What is rendered.
    """

    def __init__(self, read: Callable[[], Progress], label: str) -> None:
        self._read = read
        self._label = label
        self._pace = Pace()
        self._ended = threading.Event()
        self._live = _can_rewrite(sys.stderr)
        self._bar: Any = None
        self._thread = threading.Thread(target=self._watch, name="bazaar-progress", daemon=True)

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            # Without ipywidgets tqdm says that its notebook bar is missing, and shows the other.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

            class Bar(tqdm):  # type: ignore[type-arg]  # which tqdm it is depends on where this runs
                monitor_interval = 0  # else each class starts a thread, which never ends
                pace: float | None = None
                ended = False

                @property
                def format_dict(self) -> Any:
                    shown = super().format_dict
                    if not self.ended:  # then tqdm gives the average of the whole time
                        shown["rate"] = self.pace
                        if self.pace is None:
                            shown["initial"] = self.n
                    return shown

            self._bar = Bar(
                total=self._read().total,
                unit=" frames",
                desc=f"{self._label}: starting",
                mininterval=0,
                dynamic_ncols=True,
                file=None if self._live else _Lines(sys.stderr),
            )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._update(self._read(), "failed" if kind is not None else None)
        if kind is not None:
            self._bar.n = min(self._bar.n, self._bar.total - 1)  # a notebook shows a full bar as a success
        self._bar.ended = True
        self._bar.close()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY_S if self._live else _EVERY_LINE_S):
            self._update(self._read(), None)
            self._bar.refresh()

    def _update(self, progress: Progress, ending: str | None) -> None:
        bar = self._bar
        stage: str = progress.stage
        if stage == "uploading" and progress.uploaded is not None:
            stage = f"{stage} {progress.uploaded:.0%}"
        if progress.waits_for:
            stage = progress.waits_for
        bar.set_description(f"{self._label}: {ending or stage}", refresh=False)
        if progress.frames_cached:
            bar.set_postfix_str(f"{progress.frames_cached} cached", refresh=False)
        bar.initial = progress.frames_cached
        bar.n = max(int(progress.fraction * progress.total), progress.frames_cached)
        bar.pace = self._pace.rate(bar.n - bar.initial, time.perf_counter())


class _Lines:
    """A file for tqdm that ends each of its lines, where it would write over the last one."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.encoding = file.encoding

    def write(self, text: str) -> None:
        line = text.replace("\r", "").strip()
        if line:
            self._file.write(line + "\n")

    def flush(self) -> None:
        self._file.flush()


def _can_rewrite(file: TextIO) -> bool:
    """Tell whether a line that was written can be written over: in a terminal, and in a notebook."""
    return file.isatty() or type(file).__module__.startswith("ipykernel")
