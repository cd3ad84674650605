"""Jobs of a batch: many small renders at the same time, on one share of the cores."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.queue import Queue, add_queue
from bazaar_nb.render.segment_run import Share


class BatchQueue(Queue):
    """The jobs that a batch has at work: each runs at once, in the thread that asks for it.

    Parameters
    ----------
    whole : Share
        The cores of all of them together.
    at_once : int
        How many there are at most.
    stop : function
        Called when the process ends: no further job shall begin.
    """

    def __init__(self, whole: Share, at_once: int, stop: Callable[[], object]) -> None:
        super().__init__(at_once)
        self._parts = ShareParts(whole)
        self._stop = stop
        add_queue(self)

    def end_apart(self) -> list[Job]:
        """Cancel all jobs, and those that have not begun with them; give the first."""
        self._stop()
        return [job for job in self.jobs if job.cancel()]

    def _cores(self, job: Job, *, inside: bool) -> AbstractContextManager[Share]:  # noqa: ARG002
        return self._parts.part()


class ShareParts:
    """One share of cores, parted among the renders that are at work with it."""

    def __init__(self, whole: Share) -> None:
        self._whole = whole
        self._lock = threading.Lock()
        self._busy: dict[_Part, int] = {}

    @contextmanager
    def part(self) -> Iterator[Share]:
        """Give a render its part: what the others leave, and never nothing, so that it goes on."""
        part = _Part(self)
        try:
            yield part
        finally:
            with self._lock:
                self._busy.pop(part, None)

    def balance(self, part: _Part, busy: int) -> int:
        """Give how many segments of a render may run now."""
        with self._lock:
            self._busy[part] = busy
            others = sum(self._busy.values()) - busy
            return max(1, busy, self._whole.balance(others + busy) - others)


class _Part(Share):
    def __init__(self, parts: ShareParts) -> None:
        super().__init__(1)
        self._parts = parts

    def balance(self, busy: int) -> int:
        self.cores = self._parts.balance(self, busy)
        return self.cores
