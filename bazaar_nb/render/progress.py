"""How far a render is, and a bar that shows it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bazaar_nb.render.live_bar import LiveBar

Stage = Literal["queued", "starting", "evaluating", "rendering", "sound", "joining", "uploading", "done"]


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

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> job = film.submit("review.mp4")
    >>> render = job.result()
    >>> job.progress.fraction
    1.0
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


class ProgressBar(LiveBar[Progress]):
    """A bar that looks at a render until it ends.

    Parameters
    ----------
    read : function
        Gives the progress now; called from a thread of the bar's own.
    label : str
        What is rendered.
    """

    def __init__(self, read: Callable[[], Progress], label: str) -> None:
        super().__init__(read, label, read().total, "frames")
        self._pace = Pace()

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
