"""Engine on the cores of this machine: worker processes that are replaced when they die (loky)."""

from __future__ import annotations

import gc
import multiprocessing.resource_tracker
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

import loky
import loky.backend.resource_tracker
import msgspec
from loky.process_executor import BrokenProcessPool, ShutdownExecutorError

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.render.engines.engine import WorkerLostError
from bazaar_nb.render.task import SegmentResult, SegmentTask
from bazaar_nb.render.worker import run_segment
from bazaar_nb.store.store import Store

_IDLE_S = 300
_WATCH_S = 1.0
_GRACE_S = 2.0
_TRACKER_S = 1.0


class LocalEngine:
    """Runs segments in processes of this machine.

    The processes start with the first segment, wait for more for five minutes,
    and end with this one, seconds later even if it is killed. All take one core:
    OpenCV, the encoder and numpy's libraries run on one thread each.

    Parameters
    ----------
    workers : int, optional
        By default one a core that this process may use (affinity and
        container limits count).

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> here = bz.Workspace("films", engine=bz.LocalEngine(workers=2))
    """

    name = "local"
    evaluates = True
    is_remote = False
    is_isolated = False  # a pool breaks as a whole
    waits_for = ""

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and (not isinstance(workers, int) or isinstance(workers, bool) or workers < 1):
            raise InvalidValueError(
                f"`workers` must be a whole number, at least 1, got {workers!r} (LocalEngine)"
            )
        self.workers = workers or available_cores()
        self._lock = threading.Lock()
        self._executor: loky.ProcessPoolExecutor | None = None
        self._ready: loky.ProcessPoolExecutor | None = None  # the pool of which a worker has answered

    @property
    def room(self) -> int:
        """How many segments of a render to hand in at once: one more than run, so that no worker waits."""
        return self.workers + 1

    @property
    def is_ready(self) -> bool:
        """Whether a worker would begin with a segment at once."""
        return self._executor is not None and self._ready is self._executor

    def warm(self) -> None:
        """Start the workers and let them import what they need, without waiting."""
        if not self.worker_pids():  # they have ended for want of work
            self._ready = None
        for _ in range(self.workers):
            inner, executor = self._submit(_do_nothing)
            inner.add_done_callback(partial(self._answered, executor))

    def _answered(self, executor: Any, done: Any) -> None:
        if not done.cancelled() and done.exception() is None:
            self._ready = executor

    def prepare(self, store: Store, check: Callable[[], None]) -> None:
        """Do nothing: workers are processes of this machine, and have what it has."""

    def submit(self, task: SegmentTask) -> Future[SegmentResult]:
        """Run a segment as soon as a worker is free."""
        message = msgspec.msgpack.encode(task)
        future: Future[SegmentResult] = Future()
        future.set_running_or_notify_cancel()
        inner, executor = self._submit(run_segment, message)
        inner.add_done_callback(partial(self._answered, executor))
        inner.add_done_callback(lambda done: self._finish(done, future))
        return future

    def close(self) -> None:
        """Kill the workers and wait until they are gone."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=True, kill_workers=True)

    def worker_pids(self) -> list[int]:
        """Give the process ids of the workers that run now."""
        executor = self._executor
        return [] if executor is None else list(executor._processes or {})

    def _submit(self, function: Callable[..., object], *arguments: object) -> tuple[Any, Any]:
        """Give the function's future, and the pool that runs it."""
        executor = self._running()
        try:
            return executor.submit(function, *arguments), executor
        except (BrokenProcessPool, ShutdownExecutorError):
            self._drop(executor)  # a worker died, maybe while there was nothing to do
            executor = self._running()
            return executor.submit(function, *arguments), executor

    def _running(self) -> Any:
        with self._lock:
            if self._executor is None:
                self._executor = loky.ProcessPoolExecutor(
                    self.workers,
                    timeout=_IDLE_S,
                    initializer=_begin_worker,
                    initargs=(os.getpid(),),
                    env=_WORKER_ENVIRONMENT,
                )
            return self._executor

    def _drop(self, executor: Any) -> None:
        """Let a broken pool go; the next segment gets a new one, unless another thread has made it."""
        with self._lock:
            if self._executor is executor:
                self._executor = None
        executor.shutdown(wait=False, kill_workers=True)

    def _finish(self, done: Any, future: Future[SegmentResult]) -> None:
        error = ShutdownExecutorError("closed") if done.cancelled() else done.exception()
        if error is None:
            future.set_result(msgspec.msgpack.decode(done.result(), type=SegmentResult))
        elif isinstance(error, BrokenProcessPool | ShutdownExecutorError):
            lost = WorkerLostError("a worker process died: killed, out of memory, or crashed")
            lost.__cause__ = error
            future.set_exception(lost)
        else:
            future.set_exception(error)


def available_cores() -> int:
    """Give how many cores this process may use: affinity and container limits count."""
    return int(loky.cpu_count())


def end_trackers() -> None:
    """End the processes that keep track of what workers share; who needs them again starts others."""
    # What closed pools have shared must be given back before, or it would start a new tracker to tell it so.
    stop = time.monotonic() + _TRACKER_S
    for thread in threading.enumerate():
        if thread.name == "QueueFeederThread":
            thread.join(max(0.0, stop - time.monotonic()))
    gc.collect()
    for module in (loky.backend.resource_tracker, multiprocessing.resource_tracker):
        with suppress(Exception):  # not what these libraries promise; as it is, a kernel ends later
            _end_tracker(module._resource_tracker)


def _end_tracker(tracker: Any) -> None:
    """Let go of a tracker; it ends when the last one has. Its own way to end it might wait for others."""
    held, pid = tracker._fd, tracker._pid
    if held is None or pid is None:
        return
    tracker._fd = tracker._pid = None
    os.close(held)
    stop = time.monotonic() + _TRACKER_S
    while os.waitpid(pid, os.WNOHANG) == (0, 0) and time.monotonic() < stop:
        time.sleep(0.005)


_WORKER_ENVIRONMENT = {
    # glibc keeps freed memory for itself, up to 250 MB after a photo and two encoders. Pictures and encoders
    # come in large blocks: these go back to the system, and one arena is enough for one thread.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "16777216",
    "MALLOC_TRIM_THRESHOLD_": "33554432",
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    ),
    # loky ends a worker that is 300 MB larger than after its first call, and warns of a leak. Drawing's
    # caches and an encoder for large frames may well be that large; both are bounded.
    "LOKY_MAX_MEMORY_LEAK_SIZE": "8e9",
}


def _begin_worker(parent: int) -> None:
    # Ctrl-C in a terminal reaches the whole group of processes; the job decides what becomes of workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), name="bazaar-parent", daemon=True).start()


def _end_with(parent: int) -> None:
    """End this worker when the process that started it is gone, however that ended."""
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    time.sleep(_GRACE_S)  # a segment stops by itself at its next frame, and takes its file away
    os._exit(1)


def _do_nothing() -> None:
    """Make a worker import this module, and with it all that drawing needs."""
