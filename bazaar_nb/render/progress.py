"""How far a render is, and a bar that shows it."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

Stage = Literal["starting", "rendering", "sound", "joining", "done"]

_EVERY_S = 0.1  # ten times a second: smooth, and nothing beside the work


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
        ``starting``, ``rendering``, ``sound``, ``joining`` or ``done``.
    """

    frames: int
    total: int
    frames_cached: int
    stage: Stage

    @property
    def fraction(self) -> float:
        """From 0 to 1."""
        return self.frames / self.total if self.total else 1.0


class ProgressBar:
    """A tqdm bar, in a notebook or a terminal, that looks at a render until it ends.

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
        self._ended = threading.Event()
        self._bar: Any = None
        self._thread = threading.Thread(target=self._watch, name="bazaar-progress", daemon=True)

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            # Without ipywidgets tqdm says that its notebook bar is missing, and shows the other.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

            progress = self._read()
            self._bar = tqdm(
                total=progress.total,
                unit="frame",
                desc=f"{self._label}: starting",
                mininterval=0,
                dynamic_ncols=True,
            )
        self._started = time.perf_counter()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._show(self._read(), "failed" if kind is not None else None)
        self._bar.close()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY_S):
            self._show(self._read(), None)

    def _show(self, progress: Progress, ending: str | None) -> None:
        bar = self._bar
        bar.set_description(f"{self._label}: {ending or progress.stage}", refresh=False)
        if progress.frames_cached:
            bar.set_postfix_str(f"{progress.frames_cached} cached", refresh=False)
        # Frames that were there before must not promise that the others come as fast.
        bar.initial = progress.frames_cached
        bar.n = max(progress.frames, progress.frames_cached)
        bar.refresh()
