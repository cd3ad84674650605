"""Segments that were handed to a Dask cluster: each is tried until it has one end.

Dask runs a task of a dead worker again by itself, and blames all tasks that the
worker had been given. Here only a segment that had begun is lost with its
worker; what was merely queued there goes on elsewhere as if nothing had been.
Whatever comes in later of a segment that has ended counts no more.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bazaar_nb.render.task import SegmentResult, SegmentTask

_SLOWER = 3.0
"""How many times as long as its likes a segment may take before it is given to a second worker."""
_AT_LEAST_S = 4.0
_SILENT_S = 10.0
"""How long a worker that has begun may tell nothing before it is taken to be stuck."""
_UNKNOWN_S = 60.0
"""How long a segment may take where nothing is known of others."""


@dataclass(eq=False, slots=True)
class Attempt:
    """A Dask task.

    Attributes
    ----------
    task : distributed.Future
    outcome : Future
        Ends with the task's answer.
    worker : str
        Which runs it; empty as long as none has begun.
    counts : (int, int)
        Frames evaluated and done.
    memory : float
        Which part of the memory that it may have the worker had.
    among : frozenset of str
        Workers that it is for; empty for all.
    """

    order: Order
    key: str
    task: Any
    outcome: Future[bytes]
    among: frozenset[str] = frozenset()
    given: float = field(default_factory=time.monotonic)
    worker: str = ""
    heard: float = 0.0
    began: float = 0.0
    counts: tuple[int, int] = (0, 0)
    memory: float = 0.0


@dataclass(eq=False, slots=True)
class Order:
    """A segment that is wanted.

    Attributes
    ----------
    losses : int
        How many of its tasks Dask has given up, though they had not begun.
    waits : str
        Digest of a film that a worker is being given; empty if for none.
    refused : str
        Why the client would not take it; empty if it did.
    since : float
        When it came.
    """

    task: SegmentTask
    message: bytes
    future: Future[SegmentResult]
    attempts: list[Attempt] = field(default_factory=list)
    losses: int = 0
    waits: str = ""
    refused: str = ""
    since: float = field(default_factory=time.monotonic)

    def name(self) -> str:
        """Give a name for a Dask task, which its dashboard shows up to the dash."""
        movie = self.task.movie.replace("-", "_") or "a movie"
        return f"segment {self.task.number + 1} of {movie}-{secrets.token_hex(6)}x"

    @property
    def film(self) -> str:
        """Digest of the film that workers evaluate for it; empty where it was evaluated at home."""
        return "" if self.task.span is None else self.task.span.film.digest

    def counts(self) -> tuple[int, int]:
        """Give how many frames are evaluated and done, by who is furthest."""
        return max((attempt.counts for attempt in self.attempts), key=sum, default=(0, 0))


def stuck_workers(attempts: Iterable[Attempt], now: float) -> set[str]:
    """Give workers that have begun with something, and tell nothing any more: frozen, or cut off."""
    heard: dict[str, float] = {}
    for attempt in attempts:
        if attempt.worker:
            heard[attempt.worker] = max(heard.get(attempt.worker, 0.0), attempt.heard)
    return {worker for worker, at in heard.items() if now - at > _SILENT_S}


class Durations:
    """How long segments took, by their frames."""

    def __init__(self) -> None:
        self._seconds_a_frame: deque[float] = deque(maxlen=50)

    def add(self, attempt: Attempt) -> None:
        """Note a task that has ended well."""
        if attempt.began:
            frames = max(1, attempt.order.task.frames)
            self._seconds_a_frame.append((time.monotonic() - attempt.began) / frames)

    def is_overdue(self, attempt: Attempt, now: float) -> bool:
        """Tell whether a task takes so much longer than others that a second one is worth it."""
        if not self._seconds_a_frame:
            return now - (attempt.began or attempt.given) > _UNKNOWN_S and not attempt.began
        usual_s = median(self._seconds_a_frame) * attempt.order.task.frames
        return now - (attempt.began or attempt.given) > max(_AT_LEAST_S, _SLOWER * usual_s)
