"""Engine on functions in a cloud: AWS Lambda, and the others that lithops knows.

A call is one segment. Calls that come close together are sent together; the
film goes with the function, once. Segments go from functions to the store;
home hears of them by their signs of life there (see `lithops_function`).

Functions end for many reasons of their own. One whose sign of life stops, one
that never begins and one that was killed are lost, and whoever wants the segment
sends it again; that two may then make the same does no harm. One that takes too
long, or that is killed a second time, has too large a segment.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from bazaar_nb.errors import BazaarError, RenderCancelledError, RenderError, StoreError
from bazaar_nb.render.engines.engine import EngineError, SegmentTooLargeError, WorkerLostError
from bazaar_nb.render.engines.lithops_calls import (
    Answer,
    Functions,
    checked_seconds,
    is_killed,
    read_configuration,
)
from bazaar_nb.render.engines.lithops_function import (
    FunctionAnswer,
    FunctionCall,
    SegmentFunction,
    read_sign,
)
from bazaar_nb.render.engines.lithops_probes import Probes
from bazaar_nb.render.engines.worker_fonts import FontComparison
from bazaar_nb.render.remote_segment import is_cancelled, remote_result, tell_counts
from bazaar_nb.render.task import FilmNotLoadedError, SegmentResult, SegmentTask
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.store.store import Store

_LOOK_S = 0.25
_LOOK_FAR_S = 1.0  # where each look is a request that is paid for
_SIGN_S, _SIGN_LOCAL_S = 1.0, 0.5
_CALLS_A_SIGN = 200  # of more functions at once, each gives signs the less often
_GATHER_S = 0.05
_CANCEL_S = 5.0  # less than a render that ends waits for its segments


@dataclass(slots=True, eq=False)
class _Call:
    """A segment that a function is to make."""

    task: SegmentTask
    future: Future[SegmentResult]
    store: Store
    name: str = field(default_factory=lambda: uuid4().hex[:16])
    answer: Answer | None = None
    due_at: float | None = None
    seen_at: float | None = None
    sign: tuple[int, float] | None = None
    cancelled_at: float | None = None

    @property
    def sign_key(self) -> str:
        return f"{self.task.scratch}sign-{self.name}"

    @property
    def wanted_key(self) -> str:
        return f"{self.task.scratch}wanted"

    @property
    def place(self) -> tuple[str, str]:
        """The render that it is of: its store, and what is the render's own there."""
        return self.task.store_url, self.task.scratch


class LithopsEngine:
    """Runs segments as functions in a cloud, through `lithops <https://lithops-cloud.github.io>`_.

    ``docs/serverless.md`` has what the cloud needs: the image, the
    configuration, permissions, and what it costs.

    Parameters
    ----------
    config : mapping or path, optional
        Of lithops; by default what lithops finds: ``LITHOPS_CONFIG``, ``.lithops_config``,
        ``~/.lithops/config``. On its ``localhost`` backend functions are processes of this machine.
    workers : int, optional
        How many functions run at once at most; what the configuration says by default.
    memory_mb : int, optional
        Of a function.
    time_limit_s : float, optional
        How long a function may take. A segment that would take longer is cut in two before it is sent.
    start_limit_s : float
        How long a function that was called may take to begin, when there is room for it.
    silence_limit_s : float
        How long one that has begun may give no sign of life.

    Raises
    ------
    MissingLibraryError
        When lithops isn't here.
    InvalidValueError
        For a configuration that can't be used.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> engine = bz.LithopsEngine({"lithops": {"backend": "localhost", "storage": "localhost"}}, workers=4)
    >>> team = bz.Workspace("films", engine=engine)
    """

    name = "lithops"
    evaluates = True
    is_remote = True
    is_isolated = True

    def __init__(
        self,
        config: Mapping[str, Any] | str | PathLike[str] | None = None,
        *,
        workers: int | None = None,
        memory_mb: int | None = None,
        time_limit_s: float | None = None,
        start_limit_s: float = 120.0,
        silence_limit_s: float = 60.0,
    ) -> None:
        self._configuration = read_configuration(
            config, workers=workers, memory_mb=memory_mb, time_limit_s=time_limit_s
        )
        self.workers = self._configuration.workers
        self.memory_mb = self._configuration.memory_mb
        self.time_limit_s = self._configuration.time_limit_s
        self._start_limit_s = checked_seconds("start_limit_s", start_limit_s)
        self._silence_limit_s = checked_seconds("silence_limit_s", silence_limit_s)
        self._lock = threading.Condition(threading.RLock())
        self._functions: Functions | None = None
        self._waiting: list[_Call] = []
        self._running: list[_Call] = []
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._probes = Probes(self._configuration.backend, self._start_limit_s)
        self._stores: dict[tuple[str, StorageOptions], Store] = {}
        self._fonts = FontComparison()
        self._wanted: set[tuple[str, str]] = set()
        self._deaths: Counter[tuple[str, str, int, int]] = Counter()

    @property
    def room(self) -> int:
        """How many segments of a render to hand in at once: what waits here waits for nothing better."""
        return self.workers

    @property
    def is_ready(self) -> bool:
        """Whether a function has answered."""
        return self._probes.are_answered

    @property
    def waits_for(self) -> str:
        """What is waited for, and for how long, for people; empty if for nothing."""
        return self._probes.waits_for

    def warm(self) -> None:
        """Have a function say what there is where it runs, without waiting for it."""
        self._probes.ask(self._functions_here())

    def prepare(self, store: Store, check: Callable[[], None]) -> None:
        """Find out whether functions can do what a render asks for, before it begins.

        Raises
        ------
        EngineError
            When functions can't be called, have other versions than home, or can't use the store.
        """
        if not store.is_remote and not self._configuration.is_local:
            raise EngineError(
                f"functions on {self._configuration.backend} can't reach {store.root}, a folder of this "
                "machine: give the workspace a bucket as its root (s3://…), in the functions' region"
            )
        self._probes.require(self._functions_here(), store, check)

    def submit(self, task: SegmentTask) -> Future[SegmentResult]:
        """Run a segment as soon as there is room for its function."""
        future: Future[SegmentResult] = Future()
        future.set_running_or_notify_cancel()
        limit, takes = self.time_limit_s, task.frame_s * task.frames
        if limit is not None and takes > limit and task.frames > 1:
            future.set_exception(
                SegmentTooLargeError(f"it would take about {takes:.0f} s, and a function has {limit:.0f} s")
            )
            return future
        with self._lock:
            self._waiting.append(_Call(task, future, self._store(task)))
            self._start()
            self._lock.notify_all()
        return future

    def close(self) -> None:
        """Stop all functions; unfinished segments are lost."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._closed.set()
            self._lock.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _store(self, task: SegmentTask) -> Store:
        place = task.store_url, task.storage_options
        known = self._stores.get(place)
        if known is None:
            known = self._stores[place] = Store(*place)
        return known

    def _start(self) -> None:
        """Have the thread run that calls functions and hears of them; with the lock."""
        if self._thread is None:
            self._closed = threading.Event()
            self._thread = threading.Thread(
                target=self._work, args=(self._closed,), name="bazaar-lithops", daemon=True
            )
            self._thread.start()

    def _functions_here(self) -> Functions:
        with self._lock:
            self._start()
            if self._functions is None:
                self._functions = Functions(self._configuration)
            return self._functions

    def _work(self, closed: threading.Event) -> None:
        looked_at = 0.0
        try:
            while not closed.is_set():
                with self._lock:
                    pause = self._pause_s() if self._running or self._waiting else None
                    if not self._waiting:
                        self._lock.wait(pause)
                if closed.wait(_GATHER_S if self._waiting else 0):
                    break
                self._send()
                now = time.monotonic()
                if self._running and now - looked_at >= 0.9 * self._pause_s():
                    looked_at = now
                    self._look()
        except BaseException as error:  # a fault of this engine's own: nobody is to wait for ever
            fault = RenderError(f"the engine failed: {type(error).__name__}: {error}")
            fault.__cause__ = error
            with self._lock:
                if self._closed is closed:
                    self._thread = None
            self._end_all(fault)
        else:
            self._end_all(WorkerLostError("the engine was closed"))

    def _pause_s(self) -> float:
        return _LOOK_S if self._configuration.is_local else _LOOK_FAR_S

    def _send(self) -> None:
        """Call functions for what waits, those of one film together."""
        with self._lock:
            calls, self._waiting = self._waiting, []
            self._running += calls
        by_film: dict[str, list[_Call]] = {}
        for call in calls:
            by_film.setdefault(call.task.span.film.path if call.task.span else "", []).append(call)
        for path, group in by_film.items():
            try:
                self._want(group)
                messages = [self._message(call) for call in group]
                answers = self._functions_here().call(_function(path, group), messages)
                for call, answer in zip(group, answers, strict=True):
                    call.answer = answer
            except BaseException as error:
                for call in group:
                    self._end(call, error)

    def _message(self, call: _Call) -> bytes:
        usual_s = _SIGN_LOCAL_S if self._configuration.is_local else _SIGN_S
        every_s = usual_s * max(1.0, len(self._running) / _CALLS_A_SIGN)
        message = FunctionCall(msgspec.msgpack.encode(call.task), call.sign_key, call.wanted_key, every_s)
        return msgspec.msgpack.encode(message)

    def _want(self, calls: Iterable[_Call]) -> None:
        """Say in the store that the segments of a render are wanted."""
        for call in calls:
            if call.place not in self._wanted:
                call.store.write_bytes(call.wanted_key, b"1")
                self._wanted.add(call.place)

    def _look(self) -> None:
        """Hear of all functions; end what has ended."""
        now = time.monotonic()
        ended: list[tuple[_Call, BaseException | SegmentResult]] = []
        self._look_at_signs(now)
        for place, call in enumerate(list(self._running)):
            if place < self.workers and call.due_at is None:
                call.due_at = now
            end = self._end_of(call, now)
            if end is not None:
                ended.append((call, end))
        if ended:
            self._finish(ended)

    def _look_at_signs(self, now: float) -> None:
        """Take in how far functions are: one listing for each render."""
        renders = {call.place: call for call in self._running}
        for one in renders.values():
            signs: dict[str, tuple[int, float]] = {}
            with suppress(StoreError):  # the next look may come through
                signs = {
                    entry.key: (entry.size_bytes, entry.modified)
                    for entry in one.store.entries(f"{one.task.scratch}sign-")
                }
            for call in self._running:
                sign = signs.get(call.sign_key) if call.place == one.place else None
                if sign is not None and sign != call.sign:
                    call.sign, call.seen_at = sign, now
                    if call.cancelled_at is None:
                        tell_counts(call.task, *read_sign(call.task.frames, sign[0]))

    def _end_of(self, call: _Call, now: float) -> BaseException | SegmentResult | None:
        """Give how a call has ended, None while it goes on."""
        if call.answer is not None and call.answer.is_there():
            try:
                return self._result_of(call.answer)
            except BaseException as error:
                return self._as_ours(call, error)
        if call.cancelled_at is None and is_cancelled(call.task):
            call.cancelled_at = now
            self._want_no_more(call)
        if call.cancelled_at is not None:
            late = now - call.cancelled_at > _CANCEL_S
            return RenderCancelledError("the render was cancelled") if late else None
        if call.seen_at is None:
            if call.due_at is not None and now - call.due_at > self._start_limit_s:
                return WorkerLostError(f"a function did not begin within {self._start_limit_s:g} s")
        elif now - call.seen_at > self._silence_limit_s:
            return WorkerLostError(f"a function gave no sign of life for {self._silence_limit_s:g} s")
        return None

    def _result_of(self, answer: Answer) -> SegmentResult:
        said = msgspec.msgpack.decode(answer.result(), type=FunctionAnswer)
        result = remote_result(said.end)
        fonts = self._fonts.difference(said.fonts)
        if fonts:  # what it made of the film is another one, and is kept under its own key
            raise FilmNotLoadedError(f"functions have other fonts than this machine: {fonts}")
        return result

    def _as_ours(self, call: _Call, error: BaseException) -> BaseException:
        """Give an error of a function as one that says what to do with its segment."""
        if isinstance(error, BazaarError) or (type(error) is MemoryError and not is_killed(error)):
            return error
        if isinstance(error, TimeoutError):
            return SegmentTooLargeError(f"a function took longer than its {self.time_limit_s or 0:.0f} s")
        if is_killed(error):
            task = call.task
            place = (*call.place, task.first_frame, task.frames)
            self._deaths[place] += 1
            if self._deaths[place] > 1:
                return SegmentTooLargeError(
                    "two functions that had it were killed: it may take more memory than they have"
                )
            return WorkerLostError(f"a function was killed: {error}")
        return RenderError(f"a function failed before it had its segment: {type(error).__name__}: {error}")

    def _finish(self, ended: list[tuple[_Call, BaseException | SegmentResult]]) -> None:
        """Take away what these calls had in the store, and say how they ended."""
        gone = {call for call, _ in ended}
        with self._lock:
            self._running = [call for call in self._running if call not in gone]
            needed = {call.place for call in (*self._running, *self._waiting)}
        by_store: dict[str, tuple[Store, list[str]]] = {}
        for call, _ in ended:
            _, keys = by_store.setdefault(call.task.store_url, (call.store, []))
            keys.append(call.sign_key)
            if call.place not in needed and call.place in self._wanted:
                self._wanted.discard(call.place)
                keys.append(call.wanted_key)
        for store, keys in by_store.values():
            with suppress(StoreError):  # the render takes away all of its scratch
                store.remove_all(keys)
        for call, end in ended:
            self._end(call, end)
        if self._functions is not None:
            self._functions.forget(call.answer for call, _ in ended if call.answer is not None)

    def _end(self, call: _Call, end: BaseException | SegmentResult) -> None:
        with self._lock:
            if call in self._running:
                self._running.remove(call)
        if isinstance(end, BaseException):
            call.future.set_exception(end)
            return
        if call.cancelled_at is None:
            tell_counts(call.task, call.task.frames if call.task.span else 0, call.task.frames)
        call.future.set_result(end)

    def _want_no_more(self, call: _Call) -> None:
        """Have the functions of a render stop."""
        if call.place in self._wanted:
            self._wanted.discard(call.place)
            with suppress(StoreError):
                call.store.remove(call.wanted_key)

    def _end_all(self, error: BaseException) -> None:
        with self._lock:
            calls = [*self._running, *self._waiting]
            self._running, self._waiting = [], []
            functions, self._functions = self._functions, None
            self._probes.forget()
        for call in calls:
            self._want_no_more(call)
            with suppress(StoreError):
                call.store.remove(call.sign_key)
        if functions is not None:
            functions.close()
        for call in calls:
            call.future.set_exception(error)


def _function(path: str, calls: list[_Call]) -> SegmentFunction:
    if not path:
        return SegmentFunction()
    span = calls[0].task.span
    return SegmentFunction(span.film.digest if span else "", Path(path).read_bytes())
