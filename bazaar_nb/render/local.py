"""Engine on the cores of this machine: worker processes that are replaced when they die (loky)."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import Future
from typing import Any

import loky
import msgspec
from loky.process_executor import ShutdownExecutorError, TerminatedWorkerError

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.render.engine import WorkerLostError
from bazaar_nb.render.task import SegmentResult, SegmentTask
from bazaar_nb.render.worker import run_segment

_IDLE_S = 300


class LocalEngine:
    """Runs segments in processes of this machine.

    The processes start with the first segment, wait for more for five minutes,
    and end with this one. All take one core: OpenCV, the encoder and numpy's
    libraries run on one thread each.

    Parameters
    ----------
    workers : int, optional
        By default one a core that this process may use (affinity and
        container limits count).
    """

    name = "local"

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and (not isinstance(workers, int) or isinstance(workers, bool) or workers < 1):
            raise InvalidValueError(
                f"`workers` must be a whole number, at least 1, got {workers!r} (LocalEngine)"
            )
        self.workers = workers or loky.cpu_count()
        self._lock = threading.Lock()
        self._executor: loky.ProcessPoolExecutor | None = None

    def warm(self) -> None:
        """Start the workers and let them import what they need, without waiting."""
        executor = self._running()
        for _ in range(self.workers):
            executor.submit(_do_nothing)

    def submit(self, task: SegmentTask) -> Future[SegmentResult]:
        """Run a segment as soon as a worker is free."""
        message = msgspec.msgpack.encode(task)
        future: Future[SegmentResult] = Future()
        future.set_running_or_notify_cancel()
        try:
            inner = self._running().submit(run_segment, message)
        except (TerminatedWorkerError, ShutdownExecutorError):
            self._drop()
            inner = self._running().submit(run_segment, message)
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

    def _running(self) -> Any:
        with self._lock:
            if self._executor is None:
                self._executor = loky.ProcessPoolExecutor(
                    self.workers, timeout=_IDLE_S, initializer=_begin_worker, env=_ONE_THREAD
                )
            return self._executor

    def _drop(self) -> None:
        """Let a broken pool go; the next segment gets a new one."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, kill_workers=True)

    def _finish(self, done: Any, future: Future[SegmentResult]) -> None:
        error = ShutdownExecutorError("closed") if done.cancelled() else done.exception()
        if error is None:
            future.set_result(msgspec.msgpack.decode(done.result(), type=SegmentResult))
        elif isinstance(error, TerminatedWorkerError | ShutdownExecutorError):
            lost = WorkerLostError("a worker process died: killed, out of memory, or crashed")
            lost.__cause__ = error
            future.set_exception(lost)
        else:
            future.set_exception(error)


_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)


def _begin_worker() -> None:
    # Ctrl-C in a terminal reaches the whole group of processes; the job decides what becomes of workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _do_nothing() -> None:
    """Make a worker import this module, and with it all that drawing needs."""
