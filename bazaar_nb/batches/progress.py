"""How far a batch is, and a bar that shows it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bazaar_nb.render.live_bar import LiveBar

BatchStage = Literal["checking", "rendering", "waiting", "cancelling", "done"]


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is.

    Attributes
    ----------
    stage : str
        ``checking`` rows, ``rendering``, ``waiting`` for a limit, ``cancelling`` or ``done``.
    films, total : int
        Films that have ended, however, and how many rows there are; 0 while that isn't known. While rows
        are checked, those that are.
    made, kept, failed, cancelled, refused, left : int
        Of those that have ended: rendered, there already, failed, cancelled, of rows that are wrong, and
        those that were not begun.
    frames, total_frames : int
        Frames that are there, of films made or kept, and that all will have; 0 where that isn't known.
    eta_s : float or None
        Seconds until the last film is there, if it goes on like this.
    note : str
        What it waits for, or why it ended early.
    """

    stage: BatchStage
    films: int = 0
    total: int = 0
    made: int = 0
    kept: int = 0
    failed: int = 0
    cancelled: int = 0
    refused: int = 0
    left: int = 0
    frames: int = 0
    total_frames: int = 0
    eta_s: float | None = None
    note: str = ""


class BatchBar(LiveBar[BatchProgress]):
    """A bar that looks at a batch until it ends.

    Parameters
    ----------
    read : function
        Gives the progress now; called from a thread of the bar's own.
    label : str
        What is made.
    """

    def __init__(self, read: Callable[[], BatchProgress], label: str) -> None:
        super().__init__(read, label, None, "films")

    def _update(self, progress: BatchProgress, ending: str | None) -> None:
        bar = self._bar
        stage = "checking rows" if progress.stage == "checking" else progress.stage
        bar.set_description(f"{self._label}: {ending or stage}", refresh=False)
        bar.total, bar.n = progress.total or None, progress.films
        left = progress.total - progress.films
        bar.pace = left / progress.eta_s if progress.eta_s else None
        if progress.total:
            bar.set_postfix_str(describe(progress), refresh=False)


def describe(progress: BatchProgress) -> str:
    """Say how far a batch is, beside its films: ``3,600 of 30,000 frames, 20 kept, 2 failed``."""
    frames = f"{progress.frames:,}"
    if progress.total_frames:
        frames += f" of {progress.total_frames:,}"
    counts = (
        (progress.kept, "kept"), (progress.failed, "failed"),
        (progress.cancelled, "cancelled"), (progress.left, "not begun"),
        (progress.refused, "bad row" if progress.refused == 1 else "bad rows"),
    )  # fmt: skip
    parts = [f"{frames} frames", *(f"{count:,} {word}" for count, word in counts if count)]
    return ", ".join([*parts, progress.note] if progress.note else parts)


class FilmPace:
    """How much of a batch's work is done in a second; films that were there already are no work."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def eta_s(self, done: float, left: float) -> float | None:
        """Give the seconds that what is left takes; None while nothing can be said."""
        taken_s = time.perf_counter() - self._began
        return left * taken_s / done if done > 0 and taken_s > 0 else None
