"""Whose turn it is: jobs of this process that want the same machines, in order.

First in, first out; a higher priority goes before. So many run at once as are
allowed: one on this machine's cores, which it can use all. There it also waits
until other kernels of this machine leave it a core.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from bazaar_nb.errors import InvalidValueError, RenderError
from bazaar_nb.jobs.export_request import (
    ExportOptions,
    ExportRequest,
    RenderPlace,
    make_request,
    tell_of_lost_alpha,
)
from bazaar_nb.jobs.gif_size import tell_of_huge_gif
from bazaar_nb.jobs.heartbeat_thread import heartbeats
from bazaar_nb.jobs.interpreter_exit import at_exit_of
from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.slots import cores_for, takes_cores
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.engines.engine import Engine
from bazaar_nb.render.result import Render
from bazaar_nb.render.segment_run import Share
from bazaar_nb.scene.film import Film
from bazaar_nb.values.number import whole_number

_MOST_ENDED = 100
_ELSEWHERE = 4  # jobs at once on other machines: while one is planned or joined, the others use the workers
_LOOK_S = 0.1

_log = logging.getLogger(__name__)
_at_work = threading.local()  # `job`: what this thread renders now


class Queue:
    """Jobs: those that run, then those that wait.

    Parameters
    ----------
    at_once : int
        How many may run at the same time.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> queue = bz.Workspace("films").queue
    >>> queue.pause()
    >>> queue.resume()
    """

    def __init__(self, at_once: int = 1) -> None:
        self._changed = threading.Condition()
        self._waiting: list[Job] = []
        self._running: list[Job] = []
        self._ended: deque[Job] = deque(maxlen=_MOST_ENDED)
        self._here: set[Job] = set()  # those that run in the thread that asked for them
        self._paused = False
        self._listeners: list[Callable[[Queue], object]] = []
        self.at_once = at_once

    @property
    def at_once(self) -> int:
        """How many jobs may run at the same time; may be changed."""
        return self._at_once

    @at_once.setter
    def at_once(self, value: int) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise InvalidValueError(f"`at_once` must be a whole number, at least 1, got {value!r} (Queue)")
        self._at_once = value
        self._next()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Those that run, then those that wait, in the order of their turns."""
        with self._changed:
            return (*self._running, *self._waiting)

    @property
    def waiting(self) -> tuple[Job, ...]:
        """Those that wait, in the order of their turns."""
        with self._changed:
            return tuple(self._waiting)

    @property
    def ended(self) -> tuple[Job, ...]:
        """The last hundred that have ended, the latest last."""
        with self._changed:
            return tuple(self._ended)

    @property
    def paused(self) -> bool:
        """Whether no job begins, though there may be room."""
        return self._paused

    def pause(self) -> None:
        """Let no further job begin; those that run go on."""
        self._paused = True
        self._tell()

    def resume(self) -> None:
        """Let jobs begin again."""
        self._paused = False
        self._next()
        self._tell()

    def move(self, job: Job, place: int) -> None:
        """Put a job that waits at another place among those that wait; 0 is next, whatever the priorities.

        Raises
        ------
        InvalidValueError
            If it doesn't wait in this queue.
        """
        with self._changed:
            if job not in self._waiting:
                raise InvalidValueError(
                    f"render {job.id} ({job.name}) doesn't wait for its turn: it is {job.status}"
                )
            self._waiting.remove(job)
            self._waiting.insert(max(0, place), job)
        self._tell()

    def submit(self, job: Job) -> None:
        """Put a job in, and return at once; it runs in a thread of its own.

        Raises
        ------
        AccessError, LimitError
            If it may not be; then it is not in the queue.
        """
        self._add(job, here=False)

    def run(self, job: Job, showing: Callable[[], AbstractContextManager[object]] = nullcontext) -> Render:
        """Put a job in, wait for its turn and run it in this thread.

        Parameters
        ----------
        showing : function
            Gives what shows the job's progress, entered once the job is in the queue.

        Raises
        ------
        AccessError, LimitError
            If it may not be.
        BazaarError
            Whatever ended it.
        KeyboardInterrupt
            After it was stopped, or taken out, and recorded as cancelled.
        """
        try:
            self._add(job, here=True)
            with showing():
                with self._changed:
                    while job not in self._running:
                        job.check_cancelled()
                        self._changed.wait(_LOOK_S)
                self._work(job)
        except BaseException as error:
            job.finish(error)
            raise
        return job.result()

    def withdraw(self, job: Job) -> bool:
        """Take a job out that waits; tell whether it did."""
        with self._changed:
            if job not in self._waiting:
                return False
            self._waiting.remove(job)
            self._ended.append(job)
            return True

    def leave(self, job: Job) -> None:
        """Take a job out that ends; called by the job."""
        with self._changed:
            for jobs in (self._waiting, self._running):
                if job in jobs:
                    jobs.remove(job)
                    self._ended.append(job)
            self._here.discard(job)
        heartbeats.stop(job)

    def go_on(self) -> None:
        """Give the turn of a job that has ended to the next; called by the job."""
        self._next()
        self._tell()

    def end_apart(self) -> list[Job]:
        """Have the jobs end that run in threads of their own, those that wait first; give them."""
        with self._changed:
            jobs = [job for job in reversed(self.jobs) if job not in self._here]
        return [job for job in jobs if job.end_with_process()]

    def listen(self, listener: Callable[[Queue], object]) -> Callable[[], None]:
        """Have a function called with this queue when jobs come, begin, move or end; give what stops that.

        It is called in the thread that changed the queue; what it raises is logged, and changes nothing.
        """
        with self._changed:
            self._listeners.append(listener)

        def forget() -> None:
            with self._changed:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return forget

    def _add(self, job: Job, *, here: bool) -> None:
        job.admit()
        at_exit_of(job.request.engine, end_all)
        # A render that is asked for inside of another, by a scene, would wait for itself.
        inside = here and getattr(_at_work, "job", None) is not None
        with self._changed:
            waits = not inside and (self._paused or len(self.jobs) >= self._at_once)
        if waits or not here:  # whoever is given a job may ask for its status elsewhere at once
            job.record_queued()
        with self._changed:
            if here:
                self._here.add(job)
            if inside:
                self._running.append(job)
            else:
                self._waiting.insert(self._place(job.priority), job)
        heartbeats.start(job)
        self._next()
        self._tell()

    def _place(self, priority: int) -> int:
        lower = (place for place, other in enumerate(self._waiting) if other.priority < priority)
        return next(lower, len(self._waiting))

    def _next(self) -> None:
        """Give their turns to as many as may run."""
        while True:
            with self._changed:
                if self._paused or not self._waiting or len(self._running) >= self._at_once:
                    return
                job = self._waiting.pop(0)
                self._running.append(job)
                here = job in self._here
                self._changed.notify_all()
            if not here:
                thread = threading.Thread(
                    target=self._work_apart, args=(job,), name=f"bazaar-job-{job.id}", daemon=True
                )
                try:
                    thread.start()
                except RuntimeError as error:  # there are too many already
                    job.finish(RenderError(f"render {job.id} could not begin: {error}"))

    def _work_apart(self, job: Job) -> None:
        try:
            self._tell()
            self._work(job)
        except BaseException as error:  # the job has it: there is nobody to raise it to
            job.finish(error)

    def _work(self, job: Job) -> None:
        outer = getattr(_at_work, "job", None)
        _at_work.job = job
        try:
            with self._cores(job, inside=outer is not None) as share:
                job.work(share)
        finally:
            _at_work.job = outer
        job.finish()

    def _cores(self, job: Job, *, inside: bool) -> AbstractContextManager[Share]:
        engine = job.request.engine
        if inside:
            return nullcontext(Share())
        return cores_for(engine, job.check_cancelled, job.record_queued)

    def _tell(self) -> None:
        with self._changed:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(self)
            except Exception:
                _log.exception("a listener of the queue failed")

    def __repr__(self) -> str:
        paused = ", paused" if self._paused else ""
        return (
            f"<Queue: {len(self._running)} of {self._at_once} running, {len(self._waiting)} waiting{paused}>"
        )


_local = Queue()
_elsewhere: weakref.WeakKeyDictionary[Engine, Queue] = weakref.WeakKeyDictionary()
_of_batches: weakref.WeakSet[Queue] = weakref.WeakSet()
_finding = threading.Lock()


def queue_of(engine: Engine) -> Queue:
    """Give the queue of all jobs of this process that run where those of this engine do."""
    if takes_cores(engine):
        return _local
    with _finding:
        return _elsewhere.setdefault(engine, Queue(_ELSEWHERE))


def add_queue(queue: Queue) -> None:
    """Have a batch's queue counted among those of this process, as long as it is there."""
    with _finding:
        _of_batches.add(queue)


def make_job(
    film: Film,
    path_or_name: str | os.PathLike[str] | None,
    options: ExportOptions,
    where: RenderPlace,
    priority: int = 0,
    also: tuple[Settings, ...] = (),
) -> Job:
    """Make a job, which is not in the queue yet.

    Parameters
    ----------
    also : tuple of Settings
        Of jobs that come after it and share its drawing.

    Raises
    ------
    SettingsError
        When the settings don't go together.
    TypeError
        For an option that there isn't.
    """
    turn = as_priority(priority)
    first = replace(make_request(film, path_or_name, options, where), also=also)
    tell_of_lost_alpha(first)
    tell_of_huge_gif(first)
    place = first.wanted_place or path_or_name  # the working directory may change

    def again() -> ExportRequest:
        return make_request(film, place, options, where)

    return Job(first, queue_of(where.engine), priority=turn, again=again)


def as_priority(value: object) -> int:
    """Give a priority as a whole number.

    Raises
    ------
    InvalidValueError
        When it is none.
    """
    turn = whole_number(value)
    if turn is None:
        raise InvalidValueError(f"`priority` must be a whole number, got {value!r} (submit)")
    return turn


def all_jobs() -> list[Job]:
    """Give the jobs of this process, the oldest first; of those that have ended the last hundred."""
    jobs = {job for queue in _queues() for job in (*queue.ended, *queue.jobs)}
    return sorted(jobs, key=lambda job: job.created)


def end_all(within_s: float) -> None:
    """End all jobs that run in threads of their own, and give them some time for it."""
    stop = time.monotonic() + within_s
    for job in [job for queue in _queues() for job in queue.end_apart()]:
        job.wait(max(0.0, stop - time.monotonic()))


def _queues() -> list[Queue]:
    with _finding:
        return [_local, *_elsewhere.values(), *_of_batches]
