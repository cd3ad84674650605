"""An errand: a function that a Dask worker runs though whoever asked for it is gone.

It leaves its worker's pool of threads, so that a worker of one thread goes on
with segments, also with those of the errand itself. Dask begins the errand of a
worker that died again elsewhere, as often as it lets workers die over a task.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bazaar_nb.render.engines.dask_connection import CONNECT_S, Connection, Scheduler
from bazaar_nb.render.engines.engine import EngineError

if TYPE_CHECKING:
    from distributed import Worker

_LOOK_S = 0.2
_TAKEN_S = 30.0
_RETRIES = 3
_OPEN = ("running", "paused", "init")  # states of a worker that isn't asked to end

_log = logging.getLogger(__name__)


def send_errand(
    scheduler: Scheduler,
    function: Callable[[Any], None],
    argument: Any,
    key: str,
    *,
    priority: int = 0,
    workers: Iterable[str] = (),
) -> None:
    """Have a function run by one worker, as soon as one is free; return when the scheduler has it.

    Parameters
    ----------
    key : str
        Of the Dask task; while the scheduler has one of that key, nothing is done.
    workers : iterable of str
        Those that are known to be able to; others take it only when these are gone.

    Raises
    ------
    EngineError
        If the scheduler can't be reached, or doesn't take it.
    """
    connection = Connection(scheduler, "bazaar", lambda _event: None)
    connection.open()
    try:
        if _state(connection, key) is not None:
            return
        _send(connection, function, argument, key, priority, sorted(workers))
    finally:
        connection.close()  # which sends what is not sent yet


def _send(
    connection: Connection, function: Callable[[Any], None], argument: Any, key: str, priority: int,
    workers: list[str],
) -> None:  # fmt: skip
    from distributed import fire_and_forget

    options: dict[str, Any] = {"workers": workers, "allow_other_workers": True} if workers else {}
    try:
        task = connection.client.submit(
            function, argument, key=key, pure=False, priority=priority, retries=_RETRIES, **options
        )
    except Exception as error:  # whatever its protocol says
        raise EngineError(f"the Dask scheduler takes no task: {type(error).__name__}: {error}") from error
    stop = time.monotonic() + _TAKEN_S
    while _state(connection, key) in (None, "released"):  # a client that leaves before takes its tasks along
        if task.status in ("error", "cancelled", "lost") or time.monotonic() > stop:
            raise EngineError(f"the Dask scheduler did not take {key!r}: it is {task.status}")
        time.sleep(0.02)
    fire_and_forget(task)  # type: ignore[no-untyped-call]  # which has no types


def _state(connection: Connection, key: str) -> str | None:
    asked = connection.client.scheduler.get_task_status(keys=[key])
    found: str | None = connection.call(asked, CONNECT_S, lambda: None)[key]
    return None if found == "forgotten" else found


@contextmanager
def on_errand(stop: Callable[[], None]) -> Iterator[Scheduler]:
    """Leave this worker's pool of threads for the block; give the scheduler that the worker has.

    An errand whose worker is to end is begun again on another one.

    Parameters
    ----------
    stop : function
        Is called, in another thread, once the worker is to end or the task is wanted no more.
    """
    from distributed import Reschedule, get_worker, secede

    worker = get_worker()
    key = str(worker.get_current_task())
    scheduler = Scheduler(str(worker.scheduler.address), worker.security)
    secede()  # type: ignore[no-untyped-call]  # which has no types
    ended, stopped = threading.Event(), threading.Event()

    def watch() -> None:
        while not ended.wait(_LOOK_S):
            if not _is_wanted(worker, key):
                _log.info("%s stops: its worker ends, or nobody wants it", key)
                stopped.set()
                stop()
                return

    watching = threading.Thread(target=watch, name="bazaar-errand", daemon=True)
    watching.start()
    try:
        yield scheduler
    finally:
        ended.set()
        watching.join()
    if stopped.is_set():
        raise Reschedule


def _is_wanted(worker: Worker, key: str) -> bool:
    """Tell whether a task that runs on a worker is still to be done, and there."""
    if str(worker.status.name) not in _OPEN:
        return False
    state = worker.state.tasks.get(key)
    return state is not None and state.state in ("executing", "long-running")
