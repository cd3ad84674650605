"""Who runs segments: the seam between a render and the machines that do its work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, runtime_checkable

import msgspec

from bazaar_nb.errors import RenderError
from bazaar_nb.render.task import SegmentResult, SegmentTask
from bazaar_nb.render.worker import run_segment
from bazaar_nb.store.store import Store


class WorkerLostError(RenderError):
    """A worker process died with a segment in its hands."""


class EngineError(RenderError):
    """An engine's workers can't be reached, or none of them can do what a render asks for."""


class SegmentTooLargeError(RenderError):
    """A segment takes more memory or time than a worker has: it is to be cut in two."""


@runtime_checkable
class Engine(Protocol):
    """Runs segments somewhere.

    What every engine promises: each future ends, with a `SegmentResult`, with
    the worker's own exception, or with `WorkerLostError`; after `close` no
    process is left. An engine may be used again after it lost a worker.

    Attributes
    ----------
    name : str
        For the history: ``inline``, ``local``, ``dask``, ``lithops``.
    evaluates : bool
        Whether its workers evaluate films.
    is_remote : bool
        Whether workers may be on other machines: they share no files with this
        process, only the store, and take none of this machine's cores.
    is_isolated : bool
        Whether a worker that dies takes no other segment with it.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> isinstance(bz.InlineEngine(), bz.Engine)
    True
    """

    name: str
    evaluates: bool
    is_remote: bool
    is_isolated: bool

    @property
    def workers(self) -> int:
        """How many segments run at the same time."""

    @property
    def room(self) -> int:
        """How many segments of a render to hand in at once: more than run, so that no worker waits."""

    @property
    def is_ready(self) -> bool:
        """Whether a worker would begin with a segment at once."""

    @property
    def waits_for(self) -> str:
        """What is waited for before anything can run, and for how long, for people; empty if for nothing."""

    def warm(self) -> None:
        """Get workers ready, without waiting for them."""

    def prepare(self, store: Store, check: Callable[[], None]) -> None:
        """Find out whether workers can do what a render asks for, before it begins.

        Parameters
        ----------
        store : Store
            That workers are to reach.
        check : function
            Called often; raises to stop waiting.

        Raises
        ------
        RenderError
            When they can't; it says what is to be done about it.
        """

    def submit(self, task: SegmentTask) -> Future[SegmentResult]:
        """Run a segment as soon as a worker is free."""

    def close(self) -> None:
        """End all workers at once; unfinished segments are lost."""


_inline = threading.RLock()  # all inline engines of a process share one renderer


class InlineEngine:
    """Runs segments in this process, one after the other: for debugging and tests.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> here = bz.Workspace("films", engine=bz.InlineEngine())  # renders in this process, for debugging
    """

    name = "inline"
    workers = 1
    evaluates = False  # a debugger's breakpoints are in this process's own scenes
    is_remote = False
    is_isolated = False
    room = 2
    is_ready = True
    waits_for = ""

    def warm(self) -> None:
        """Do nothing: this process is ready."""

    def prepare(self, store: Store, check: Callable[[], None]) -> None:
        """Do nothing: this process can."""

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
