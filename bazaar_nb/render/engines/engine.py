"""Who runs segments: the seam between a render and the machines that do its work."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Protocol, runtime_checkable

import msgspec

from bazaar_nb.errors import RenderError
from bazaar_nb.render.task import SegmentResult, SegmentTask
from bazaar_nb.render.worker import run_segment


class WorkerLostError(RenderError):
    """A worker process died with a segment in its hands."""


@runtime_checkable
class Engine(Protocol):
    """Runs segments somewhere.

    What every engine promises: each future ends, with a `SegmentResult`, with
    the worker's own exception, or with `WorkerLostError`; after `close` no
    process is left. An engine may be used again after it lost a worker.

    Attributes
    ----------
    name : str
        For the history: ``inline``, ``local``, ``dask``.
    workers : int
        How many segments run at the same time.
    evaluates : bool
        Whether its workers evaluate films: they are processes of this machine.
    """

    name: str
    workers: int
    evaluates: bool

    @property
    def is_ready(self) -> bool:
        """Whether a worker would begin with a segment at once."""

    def warm(self) -> None:
        """Get workers ready, without waiting for them."""

    def submit(self, task: SegmentTask) -> Future[SegmentResult]:
        """Run a segment as soon as a worker is free."""

    def close(self) -> None:
        """End all workers at once; unfinished segments are lost."""


_inline = threading.RLock()  # all inline engines of a process share one renderer


class InlineEngine:
    """Runs segments in this process, one after the other: for debugging and tests."""

    name = "inline"
    workers = 1
    evaluates = False  # a debugger's breakpoints are in this process's own scenes

    @property
    def is_ready(self) -> bool:
        """Whether a worker would begin with a segment at once."""
        return True

    def warm(self) -> None:
        """Do nothing: this process is ready."""

    def submit(self, task: SegmentTask) -> Future[SegmentResult]:
        """Run a segment now, and give its finished future."""
        future: Future[SegmentResult] = Future()
        try:
            # Through msgpack all the same, so that what works here works in a worker.
            message = msgspec.msgpack.encode(task)
            with _inline:
                result = run_segment(message)
            future.set_result(msgspec.msgpack.decode(result, type=SegmentResult))
        except Exception as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        """Do nothing: there are no workers."""
