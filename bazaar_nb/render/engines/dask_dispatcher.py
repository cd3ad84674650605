"""Hands segments to a Dask cluster, hears what becomes of them, and passes it on.

All of it is done by one thread, which alone speaks to the cluster: a connection
that breaks is noticed and made again in one place, and whatever comes in out of
order meets one state.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from bazaar_nb.errors import RenderCancelledError
from bazaar_nb.render.engines.dask_attempts import Attempt, Durations, Order, stuck_workers
from bazaar_nb.render.engines.dask_connection import CONNECT_S, Connection, Scheduler
from bazaar_nb.render.engines.dask_inspection import Inspection, Wanted
from bazaar_nb.render.engines.dask_worker import Answer, Envelope, Report, run_task
from bazaar_nb.render.engines.engine import EngineError, SegmentTooLargeError, WorkerLostError
from bazaar_nb.render.engines.worker_profile import own_profile
from bazaar_nb.render.remote_segment import is_cancelled, keep_film, remote_result, tell_counts
from bazaar_nb.render.task import FilmNotLoadedError, SegmentResult

_LOOK_S = 0.1
_WORKERS_S = 1.0
_TELL_S = 0.25
_MOST_REPORTS = 400.0
"""A second, of all workers together: the scheduler passes each on."""
_GONE_S = 30.0
"""How long a scheduler that was there may be gone before renders end."""
_MOST_LOSSES = 8
_STUCK_S = 3.0
_FULL = 0.7
"""Which part of its memory a worker had, at least, that was ended for it."""


class Dispatcher:
    """Works from `start` to `close`, or until its scheduler is gone.

    Attributes
    ----------
    connection : Connection or None
        None as long as there is none.
    workers : dict of str to int
        Addresses and threads of the workers that are there.
    failure : EngineError or None
        Why it ended.
    waits_for : str
        What segments that were handed in wait for, for people; empty if for nothing.
    """

    def __init__(self, scheduler: Scheduler, wanted: Wanted, inspection: Inspection) -> None:
        self.connection: Connection | None = None
        self.workers: dict[str, int] = {}
        self.failure: EngineError | None = None
        self.waits_for = ""
        self._scheduler, self._wanted, self._inspection = scheduler, wanted, inspection
        self._topic = f"bazaar-{secrets.token_hex(8)}"
        self._events: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._changing = threading.Lock()
        self._ending = threading.Event()
        self._gone_at: float | None = None
        self._idle_at = time.monotonic()
        self._asked_at = 0.0
        self._stuck: set[str] = set()
        self._asked_stuck_at = 0.0
        self._orders: list[Order] = []
        self._by_key: dict[str, Attempt] = {}
        self._durations = Durations()
        self._sending: dict[tuple[str, str], Future[Any]] = {}

    def start(self) -> None:
        """Begin to work, if it doesn't."""
        with self._changing:
            if self._thread is not None and self._thread.is_alive():
                if not self._ending.is_set():
                    return
                self._thread.join()
            self._ending.clear()
            self.failure, self._gone_at = None, None
            self._thread = threading.Thread(target=self._work, name="bazaar-dask", daemon=True)
            self._thread.start()

    def submit(self, order: Order) -> None:
        """Have a segment run; its future ends, whatever happens."""
        self._events.put(lambda: self._take(order))
        self.start()  # after it: a thread that just ends still takes what is there

    def close(self) -> None:
        """End all that runs, and disconnect."""
        with self._changing:
            thread = self._thread
            self._ending.set()
            if thread is not None and thread is not threading.current_thread():
                thread.join()
            self._thread = None

    def _work(self) -> None:
        connection = Connection(self._scheduler, self._topic, self._heard)
        try:
            looked_at = 0.0
            while not self._ending.is_set():
                self._keep_connected(connection)
                with suppress(queue.Empty):
                    event = self._events.get(timeout=_LOOK_S)
                    while True:
                        event()
                        event = self._events.get_nowait()
                now = time.monotonic()
                if now - looked_at >= _LOOK_S:
                    looked_at = now
                    self._look(connection, now)
        except Exception as error:
            failure = (
                error if isinstance(error, EngineError) else EngineError(f"DaskEngine failed: {error!r}")
            )
            self.failure = failure
            self._ending.set()
            self._drain()
            self._end_all(failure)
        finally:
            self._drain()
            self._end_all(WorkerLostError("the engine was closed"))
            self.connection, self.workers = None, {}
            self._inspection.forget()
            connection.close()

    def _drain(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._events.get_nowait()()

    def _keep_connected(self, connection: Connection) -> None:
        """Connect; after the connection was lost, try for some time.

        Raises
        ------
        EngineError
            If there is nobody.
        """
        if not connection.is_lost:
            return
        had = self.connection is not None or self._gone_at is not None
        self.connection, self.workers, self._stuck = None, {}, set()
        for order in list(self._orders):
            self._drop_attempts(order)
        self._sending.clear()
        connection.close(wait=False)
        if had and self._gone_at is None:
            self._gone_at = time.monotonic()
        try:
            connection.open(CONNECT_S)
        except EngineError as error:
            if self._gone_at is None:
                raise
            gone_s = time.monotonic() - self._gone_at
            if gone_s > _GONE_S:
                raise EngineError(
                    f"the Dask scheduler at {self._scheduler.address} has been gone for {gone_s:.0f} s; "
                    "segments that are finished are found again when the render is started anew"
                ) from error
            self._ending.wait(0.5)
            return
        self._gone_at, self._asked_at = None, 0.0
        self.connection = connection
        for order in self._orders:
            self._attempt(order)

    def _take(self, order: Order) -> None:
        if self._ending.is_set():
            order.future.set_exception(self.failure or WorkerLostError("the engine was closed"))
            return
        self._orders.append(order)
        self._attempt(order)

    def _attempt(self, order: Order, among: frozenset[str] = frozenset()) -> None:
        """Hand a segment in, unless there is no connection: it is handed in when there is one."""
        connection = self.connection
        if connection is None:
            return
        usable = self._usable_for(order)
        if not among and len(usable - self._stuck) < len(self.workers):
            among = frozenset(usable - self._stuck or usable)
            if not among:
                self._end(order, self._inspection.failure(self.workers, order.task.store_url))
                return
        key = order.name()
        envelope = Envelope(
            message=order.message, topic=self._topic, home=own_profile(),
            every_s=max(_TELL_S, len(self.workers) / _MOST_REPORTS),
            has_scratch=self._inspection.has_seen(order.task.store_url),
        )  # fmt: skip
        try:
            options: dict[str, Any] = {"workers": sorted(among)} if among else {}
            task = connection.client.submit(
                run_task, envelope, key=key, pure=False, priority=self._wanted.priority,
                resources=self._inspection.resources() or None, **options,
            )  # fmt: skip
            outcome = connection.run(task._result())
        except Exception as error:  # most likely it breaks at this moment: then all is handed in again
            order.refused = str(error) or type(error).__name__
            return
        attempt = Attempt(order, key, task, outcome, among)
        order.attempts.append(attempt)
        self._by_key[key] = attempt
        outcome.add_done_callback(lambda _: self._events.put(lambda: self._ended(attempt)))

    def _heard(self, event: Any) -> None:
        """Take an event, in the client's thread."""
        with suppress(msgspec.ValidationError):
            report = msgspec.convert(event, Report)
            self._events.put(lambda: self._report(report))

    def _report(self, report: Report) -> None:
        attempt = self._by_key.get(report.key)
        if attempt is None:
            return
        now = time.monotonic()
        if attempt.worker and attempt.worker != report.worker:  # Dask has begun it anew
            self._lost(attempt)
            return
        if not attempt.worker:
            attempt.began = now
        attempt.worker, attempt.heard, attempt.memory = report.worker, now, report.memory
        attempt.counts = (report.evaluated, report.done)
        tell_counts(attempt.order.task, *attempt.order.counts())

    def _ended(self, attempt: Attempt) -> None:
        order = attempt.order
        if attempt not in order.attempts:
            return
        try:
            answer = msgspec.msgpack.decode(attempt.outcome.result(), type=Answer)
        except (Exception, CancelledError) as error:
            self._failed(attempt, error)
            return
        if answer.film:
            self._drop(attempt)
            self._send_film(order, answer)
        elif answer.differences:
            self._drop(attempt)
            self._inspection.leave_out(answer.worker, ", ".join(answer.differences))
            self._attempt(order)
        elif answer.store_fault:
            self._drop(attempt)
            self._inspection.note_store_fault(order.task.store_url, answer.worker, answer.store_fault)
            self._attempt(order)
        elif fonts := self._inspection.fonts.difference(answer.fonts):
            self._drop(attempt)
            self._inspection.leave_out(answer.worker, fonts, of=order.film)
            if self._usable_for(order):
                self._attempt(order)
            else:
                self._end(order, FilmNotLoadedError(f"no worker has the fonts that are here: {fonts}"))
        else:
            self._durations.add(attempt)
            try:
                result = remote_result(answer.answer)
                tell_counts(order.task, order.task.frames, order.task.frames)
            except BaseException as error:
                self._end(order, error)
                return
            self._end(order, None, result)

    def _failed(self, attempt: Attempt, error: BaseException) -> None:
        """Take what Dask itself says of a task: its workers died, or it is gone."""
        connection = self.connection
        if connection is None or connection.is_lost:
            return  # that is seen soon, and all is handed in again
        order = attempt.order
        killed = type(error).__name__ == "KilledWorker"
        if attempt.worker and (killed or attempt.worker not in self.workers):
            self._lost(attempt)
            return
        self._drop(attempt)
        order.losses += 1
        if order.attempts:
            return
        if order.losses > _MOST_LOSSES:
            lost = WorkerLostError(
                f"all workers that were given it ended, or could not run it: {error}"[:300]
            )
            self._end(order, lost)
        elif killed or isinstance(error, OSError) or "Cancelled" in type(error).__name__:
            self._attempt(order)  # or what it answered was lost with its worker
        else:
            reason = f"a worker of {self._scheduler.address} can't run it: {type(error).__name__}: {error}"
            self._end(order, EngineError(reason[:500]))

    def _lost(self, attempt: Attempt) -> None:
        """Take that a worker has ended with a segment that it had begun."""
        order, worker = attempt.order, attempt.worker
        self._drop(attempt)
        if order.attempts:
            return
        if attempt.memory > _FULL:
            self._end(order, SegmentTooLargeError(f"worker {worker} was ended for want of memory"))
        else:
            self._end(order, WorkerLostError(f"worker {worker} ended or was cut off"))

    def _send_film(self, order: Order, answer: Answer) -> None:
        """Give a worker a film, once, and then hand the segment in again."""
        connection, span = self.connection, order.task.span
        if connection is None or span is None:
            return
        wanted = (answer.worker, answer.film)
        sent = self._sending.get(wanted)
        if sent is None:
            try:
                film = Path(span.film.path).read_bytes()
            except OSError:  # its render has ended
                self._end(order, RenderCancelledError("the render has ended"))
                return
            sent = self._sending[wanted] = connection.run(
                connection.client._run(keep_film, answer.film, film, workers=[answer.worker])
            )

            def forget() -> None:
                self._sending.pop(wanted, None)

            sent.add_done_callback(lambda _: self._events.put(forget))
        order.waits = answer.film

        def again() -> None:
            if not order.waits or order not in self._orders or order.attempts:
                return
            order.waits = ""
            if not sent.cancelled() and (fault := sent.exception()) is not None:
                order.losses += 1
                if order.losses > _MOST_LOSSES:
                    self._end(order, FilmNotLoadedError(f"workers can't be given the film: {fault}"[:300]))
                    return
            self._attempt(order)

        sent.add_done_callback(lambda _: self._events.put(again))

    def _look(self, connection: Connection, now: float) -> None:
        """Do what is to be done from time to time."""
        if connection.is_lost:
            return
        if now - self._asked_at > max(_WORKERS_S, len(self.workers) / 100):
            self._asked_at = now
            connection.ask_workers(lambda found: self._events.put(lambda: self._found(found)))
        self._stop_unwanted()
        self._hand_in_refused(now)
        self._watch_for_workers(now)
        self._pass_by_stuck(connection, now)
        running = list(self._by_key.values())
        if running and len(running) < len(self.workers):
            self._hand_in_twice(running, now)

    def _found(self, workers: dict[str, int]) -> None:
        """Take which workers there are."""
        if self.connection is None:
            return
        self.workers = workers
        for attempt in list(self._by_key.values()):
            if attempt.worker and attempt.worker not in workers:
                self._lost(attempt)
            elif attempt.among and not attempt.among & workers.keys():  # Dask would wait for them for ever
                self._drop(attempt)
                if not attempt.order.attempts:
                    self._attempt(attempt.order)

    def _hand_in_refused(self, now: float) -> None:
        """Hand in again what the client would not take, for some time."""
        for order in [order for order in self._orders if order.refused and not order.attempts]:
            if now - order.since > _GONE_S:
                reason = f"the scheduler at {self._scheduler.address} takes no task: {order.refused}"
                self._end(order, EngineError(reason[:500]))
            else:
                order.refused = ""
                self._attempt(order)

    def _stop_unwanted(self) -> None:
        asked: dict[str, bool] = {}
        for order in list(self._orders):
            path = order.task.counters
            if path not in asked:
                asked[path] = is_cancelled(order.task)
            if asked[path]:
                self._end(order, RenderCancelledError("the render was cancelled"))

    def _watch_for_workers(self, now: float) -> None:
        """Say that there is no worker where one is needed, and give up in the end."""
        if self.workers or not self._orders:
            if self.workers and self._orders:
                self.waits_for = ""
            self._idle_at = now
            return
        left_s = self._wanted.wait_s - (now - self._idle_at)
        self.waits_for = f"waits for a worker of {self._scheduler.address}, up to {period(left_s)}"
        if left_s < 0:
            self.waits_for = ""
            self._idle_at = now
            self._end_all(
                EngineError(
                    f"{self._scheduler.address} has had no worker for {self._wanted.wait_s:g} s; "
                    "segments that are finished are found again when the render is started anew"
                )
            )

    def _pass_by_stuck(self, connection: Connection, now: float) -> None:
        """Give to other workers what those have that tell nothing; the scheduler learns of it in minutes."""
        self._stuck = stuck_workers(self._by_key.values(), now) & self.workers.keys()
        if not self._stuck or now - self._asked_stuck_at < _STUCK_S:
            return
        self._asked_stuck_at = now
        asked = connection.run(connection.client.scheduler.processing(workers=sorted(self._stuck)))

        def pass_on() -> None:
            with suppress(Exception):
                for key in {str(key) for keys in asked.result().values() for key in keys}:
                    attempt = self._by_key.get(key)
                    others = (
                        frozenset(self._usable_for(attempt.order) - self._stuck) if attempt else frozenset()
                    )
                    if attempt and others and len(attempt.order.attempts) == 1:
                        self._attempt(attempt.order, others)

        asked.add_done_callback(lambda _: self._events.put(pass_on))

    def _hand_in_twice(self, running: list[Attempt], now: float) -> None:
        """Give segments that take too long to workers that have nothing to do."""
        busy = {attempt.worker for attempt in running}
        for attempt in running:
            if len(attempt.order.attempts) > 1 or not self._durations.is_overdue(attempt, now):
                continue
            idle = frozenset(self._usable_for(attempt.order) - busy)
            if idle:
                self._attempt(attempt.order, idle)

    def _usable_for(self, order: Order) -> set[str]:
        return self.usable(order.task.store_url, order.film)

    def usable(self, store_url: str = "", film: str = "") -> set[str]:
        """Give the workers that are there and not left out, for a store and a film if these are given."""
        workers = self.workers
        return set(workers) - self._inspection.left_out(workers, store_url, film)

    def _end(self, order: Order, error: BaseException | None, result: SegmentResult | None = None) -> None:
        if order not in self._orders:
            return
        self._orders.remove(order)
        self._drop_attempts(order)
        if result is not None:
            order.future.set_result(result)
        else:
            order.future.set_exception(error or WorkerLostError("it was given up"))

    def _end_all(self, error: BaseException) -> None:
        for order in list(self._orders):
            self._end(order, error)

    def _drop_attempts(self, order: Order) -> None:
        for attempt in list(order.attempts):
            self._drop(attempt)

    def _drop(self, attempt: Attempt) -> None:
        """Want a task no more: the scheduler forgets it, and a worker that runs it stops."""
        attempt.order.attempts.remove(attempt)
        self._by_key.pop(attempt.key, None)
        with suppress(Exception):
            attempt.task.release()
        attempt.outcome.cancel()


def period(seconds: float) -> str:
    """Give a period for people."""
    seconds = max(0.0, seconds)
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
