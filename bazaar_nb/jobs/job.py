"""A render that was asked for: queued, at work, or ended.

What is promised: a job ends exactly once, succeeded, failed or cancelled,
whatever its callbacks do, and also when it is cancelled before its turn, when
the kernel is interrupted and when the interpreter ends. All of it may be used
from any thread.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import threading
from collections.abc import Callable, Generator
from typing import Any, Literal, Protocol, get_args

from bazaar_nb.errors import InvalidValueError, RenderCancelledError
from bazaar_nb.history.render_event import ENDED
from bazaar_nb.jobs.admission import admit, root_webhook
from bazaar_nb.jobs.estimation import expected_frame_s
from bazaar_nb.jobs.export_request import ExportRequest
from bazaar_nb.jobs.notices import send_notice
from bazaar_nb.render.progress import Progress
from bazaar_nb.render.rendering import Rendering
from bazaar_nb.render.result import Render
from bazaar_nb.render.segment_run import Share
from bazaar_nb.store.store import Store

JobStatus = Literal["queued", "rendering", "joining", "uploading", "succeeded", "failed", "cancelled"]
STATUSES: tuple[JobStatus, ...] = get_args(JobStatus)
"""What `Job.status` can be, in the order of a job's life."""

_EVERY_S = 0.1  # ten times a second: smooth, and nothing beside the work

_log = logging.getLogger(__name__)


class JobQueue(Protocol):
    """What a job asks of the queue that it is in."""

    def submit(self, job: Job) -> None:
        """Let a job in, and give it its turn when it comes."""

    def withdraw(self, job: Job) -> bool:
        """Take a job out that has not had its turn; tell whether it was still there."""

    def leave(self, job: Job) -> None:
        """Take notice that a job ends."""

    def go_on(self) -> None:
        """Give others their turn."""


class Job:
    """A render that was asked for; made by `Composition.submit` and `Composition.export`.

    Attributes
    ----------
    id : str
        Of the render, as in the history.
    request : ExportRequest
        What is rendered.
    priority : int
        Higher ones have their turn first.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> job = film.submit("review.mp4")
    >>> render = job.result()
    >>> job.status
    'succeeded'
    """

    def __init__(
        self,
        request: ExportRequest,
        queue: JobQueue,
        *,
        priority: int = 0,
        again: Callable[[], ExportRequest] | None = None,
        taken: Rendering | None = None,
    ) -> None:
        self._is_taken = taken is not None  # admitted and counted where it was asked for
        self._rendering = taken or Rendering(request)
        self.id = self._rendering.id
        self.request = request
        self.priority = priority
        self._queue = queue
        self._webhook = request.webhook
        self._again = again
        self._lock = threading.Lock()
        self._ending = threading.RLock()  # an interrupt may come while it ends, and end it again
        self._ended = threading.Event()
        self._status: JobStatus | None = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Job], object]] = []
        self._watchers: list[Callable[[Job], object]] = []
        self._watching = False

    @property
    def name(self) -> str:
        """The movie's name, with its suffix."""
        return self.request.name

    @property
    def store(self) -> Store:
        """Where segments and history go."""
        return self.request.store

    @property
    def queue(self) -> JobQueue:
        """Where it waits for its turn."""
        return self._queue

    @property
    def status(self) -> JobStatus:
        """queued, rendering, joining, uploading, succeeded, failed or cancelled."""
        if self._status is not None:
            return self._status
        stage = self._rendering.progress.stage
        if stage in ("queued", "uploading"):
            return "queued" if stage == "queued" else "uploading"
        return "joining" if stage in ("joining", "done") else "rendering"

    @property
    def progress(self) -> Progress:
        """How far it is: frames, stage, frames a second, time left, segments cached."""
        return self._rendering.progress

    @property
    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._ended.is_set()

    @property
    def error(self) -> BaseException | None:
        """Why it ended without a movie; None as long as it hasn't."""
        return self._error

    @property
    def render(self) -> Render | None:
        """The finished movie; None as long as there is none."""
        return self._rendering.result if self.done else None

    @property
    def created(self) -> dt.datetime:
        """When it was asked for, in UTC."""
        return self._rendering.event.created or self._rendering.event.event_time

    @property
    def started(self) -> dt.datetime | None:
        """When it had its turn, in UTC."""
        return self._rendering.event.started

    @property
    def finished(self) -> dt.datetime | None:
        """When it ended, in UTC."""
        return self._rendering.event.finished

    @property
    def is_recorded(self) -> bool:
        """Whether the history has a row of it: not of one that was not let in."""
        return self._rendering.is_recorded

    def cancel(self) -> bool:
        """Stop it, or take it out of the queue; workers stop at their next frame.

        Returns
        -------
        bool
            False if it has ended already. True doesn't mean that it has ended:
            `wait` for that.
        """
        if self.done:
            return False
        self._rendering.cancel()
        if self._queue.withdraw(self):
            self.finish(RenderCancelledError(f"render {self.id} was cancelled before its turn"))
        return True

    def give_up(self) -> None:
        """Stop it without an end: a render that was taken over from elsewhere, and that others go on with."""
        self._rendering.give_up()
        self.cancel()

    def end_with_process(self) -> bool:
        """Stop it, since this process ends: cancelled, or given up for others; False if it has ended."""
        if self.done:
            return False
        if self._is_taken:
            self.give_up()
        else:
            self.cancel()
        return True

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended, at most so many seconds; tell whether it has.

        An interrupt ends the waiting, not the job.
        """
        return self._ended.wait(timeout)

    def result(self, timeout: float | None = None) -> Render:
        """Wait for the movie, and give it.

        Raises
        ------
        TimeoutError
            If it hasn't ended after so many seconds; it goes on.
        RenderCancelledError
            If it was cancelled.
        BazaarError
            Whatever else ended it.
        """
        if not self.wait(timeout):
            raise TimeoutError(
                f"render {self.id} ({self.name}) has not ended within {timeout:g} s; it goes on"
            )
        render, error = self._rendering.result, self._error
        if render is not None:
            return render
        if isinstance(error, Exception):
            raise error
        raise RenderCancelledError(f"render {self.id} was interrupted") from error

    def __await__(self) -> Generator[Any, None, Render]:
        """Wait without blocking the event loop; cancelling the task that waits doesn't cancel the job."""
        return self._wait_async().__await__()

    async def _wait_async(self) -> Render:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def wake(_: Job) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(ended.set)

        self.add_done_callback(wake)
        await ended.wait()
        return self.result()

    def retry(self) -> Job:
        """Ask for the same movie again, as a new job with its own file and row.

        The film is taken as it is now: scenes that were edited meanwhile are the new ones. Segments
        that are there are not rendered again.

        Raises
        ------
        InvalidValueError
            If this job has not ended yet.
        """
        if not self.done:
            raise InvalidValueError(
                f"render {self.id} ({self.name}) can be retried when it has ended; cancel it first"
            )
        request = self._again() if self._again is not None else self.request
        job = Job(request, self._queue, priority=self.priority, again=self._again)
        self._queue.submit(job)
        return job

    def add_done_callback(self, callback: Callable[[Job], object]) -> None:
        """Have a function called with this job once it has ended; now, if it has.

        It is called once, in the thread in which the job ends. What it raises is logged, and changes nothing.
        """
        with self._lock:
            if not self.done:
                self._callbacks.append(callback)
                return
        self._call(callback)

    def on_progress(self, callback: Callable[[Job], object]) -> Callable[[], None]:
        """Have a function called with this job whenever it has come further, at most ten times a second.

        The last call comes after the end. All calls come from one thread of the job's own; one that takes
        long makes the others fewer, not the job slower. What it raises is logged, and changes nothing.

        Returns
        -------
        callable
            Ends it.
        """
        with self._lock:
            if not self.done:
                self._watchers.append(callback)
                if not self._watching:
                    self._watching = True
                    threading.Thread(target=self._watch, name="bazaar-progress", daemon=True).start()
                return lambda: self._forget(callback)
        self._call(callback)
        return lambda: None

    def admit(self) -> None:
        """Check whether it may be; called by the queue, before it is in it.

        Raises
        ------
        AccessError, LimitError
            If it may not.
        """
        if self._is_taken:
            self._webhook = root_webhook(self.request.store)
        else:
            self._webhook = admit(self._rendering, self.request)

    def record_queued(self) -> None:
        """Write its row, unless it has one; called by the queue, if it has to wait."""
        self._rendering.record_queued()

    def check_cancelled(self) -> None:
        """Raise `RenderCancelledError` if it was cancelled."""
        self._rendering.check_cancelled()

    def work(self, share: Share) -> None:
        """Render now, in this thread; called by the queue, once, and followed by `finish`."""
        is_limited = getattr(self.request.engine, "time_limit_s", None) is not None  # functions in a cloud
        if is_limited and not self.request.settings.is_sound:
            self._rendering.frame_s = expected_frame_s(self.request)
        self._rendering.run(share)

    def finish(self, error: BaseException | None = None) -> None:
        """End it, once: with the movie that it made, or with what ended it, maybe before it began."""
        with self._ending:
            if self.done:
                return
            if error is not None and self._rendering.event.status not in ENDED:
                self._rendering.end_badly(error)
            status = self._rendering.event.status
            self._status = status if status in ("succeeded", "cancelled") else "failed"
            self._error = error if self._rendering.result is None else None
            self._queue.leave(self)
            with self._lock:
                self._ended.set()
                callbacks, self._callbacks = self._callbacks, []
        self._queue.go_on()
        self._notify()
        for callback in callbacks:
            self._call(callback)

    def _notify(self) -> None:
        try:
            if self.is_recorded and not self._rendering.is_given_up:
                send_notice(self._webhook, self._rendering.event)
        except RuntimeError as error:  # at the very end of a process no thread can be started
            _log.warning("nobody was told of render %s: %s", self.id, error)

    def _watch(self) -> None:
        seen: tuple[JobStatus, Progress] | None = None
        while True:
            ended = self._ended.wait(_EVERY_S)
            now = (self.status, self.progress)
            if now != seen:
                seen = now
                with self._lock:
                    watchers = list(self._watchers)
                for callback in watchers:
                    self._call(callback)
            if ended:
                return
            with self._lock:
                if not self._watchers:
                    self._watching = False
                    return

    def _forget(self, callback: Callable[[Job], object]) -> None:
        with self._lock:
            if callback in self._watchers:
                self._watchers.remove(callback)

    def _call(self, callback: Callable[[Job], object]) -> None:
        try:
            callback(self)
        except KeyboardInterrupt:  # is for whoever waits in this thread, not from the callback
            raise
        except BaseException:  # sys.exit() and the like, too, must not keep the others from being called
            _log.exception("a callback of render %s (%s) failed", self.id, self.name)

    def __repr__(self) -> str:
        progress = self.progress
        return f"<Job {self.id} {self.name!r}: {self.status}, {progress.frames} of {progress.total} frames>"
