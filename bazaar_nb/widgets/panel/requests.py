"""What all views of a widget of jobs see and ask for: jobs as they go on, and one answer to each request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bazaar_nb.detached.attached import AttachedRender
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.queue import Queue
from bazaar_nb.preview.view import Send
from bazaar_nb.render.result import Render
from bazaar_nb.widgets.movie_transfer import make_link, read_piece
from bazaar_nb.widgets.panel.detached_jobs import DetachedJobs
from bazaar_nb.widgets.panel.export_form import ExportForm
from bazaar_nb.widgets.panel.job_facts import AnyJob, history_row, job_facts
from bazaar_nb.widgets.panel.protocol import (
    AboutJob,
    Alive,
    Cancel,
    Check,
    Close,
    Engaged,
    Export,
    File,
    Link,
    Move,
    Open,
    Pause,
    Request,
    Retry,
    Row,
    read_request,
)
from bazaar_nb.widgets.panel.thumbnails import job_thumbnails, picture_count
from bazaar_nb.widgets.playback_reports import PlaybackReports
from bazaar_nb.widgets.request_handler import RequestHandler, UnknownViewError

_LEASE_S = 150.0  # a browser lets a hidden page speak once a minute
_MOST_SHOWN = 30
_EVERY_S = 0.15  # with jobs that speak ten times a second: five or six times, as page and kernel share cores

_hands = ThreadPoolExecutor(4, "bazaar-panel")
"""Does what may take a while: the thread in which a browser is heard must stay free."""


class JobRequests(RequestHandler[Request]):
    """Jobs of a queue, and a form for more of them.

    Parameters
    ----------
    send : callable
        Sends content and buffers to the browser; called from any thread.
    form : ExportForm or None
        What new exports are made with.
    only : Job, optional
        The only job that is shown, with those that repeat it.
    changed : callable
        Called when a job came, began or ended.
    """

    def __init__(
        self,
        send: Send,
        queue: Queue,
        changed: Callable[[], object],
        form: ExportForm | None = None,
        only: AnyJob | None = None,
    ) -> None:
        super().__init__(send, read_request, (Alive, Close, Engaged), _hands)
        self._queue = queue
        self._changed = changed
        self._form = form
        self._only = None if only is None else [only]
        self._reports = PlaybackReports("panel" if only is None else "job")
        self._views: dict[str, float] = {}
        self._followed: dict[AnyJob, Callable[[], None]] = {}
        self._told: dict[AnyJob, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._detached = (
            DetachedJobs(form.where, self._someone_looks, lambda: self._look(queue)) if form else None
        )
        self._forget = queue.listen(self._look)
        self._follow_new()

    def jobs(self) -> list[AnyJob]:
        """Give the jobs that are shown: those that run, that wait, and that have ended, the latest first."""
        detached: list[AnyJob] = [] if self._detached is None else [*self._detached.jobs()]
        waiting = self._queue.waiting
        running = [job for job in self._queue.jobs if job not in waiting]
        every: list[AnyJob] = [*running, *waiting, *detached, *reversed(self._queue.ended)]
        if self._only is not None:
            every = list(reversed(self._only))
        return every[:_MOST_SHOWN]

    def close(self) -> None:
        """Push nothing any more; the jobs go on."""
        self._closed = True
        self._forget()
        if self._detached is not None:
            self._detached.close()
        with self._lock:
            followed, self._followed = self._followed, {}
            self._views.clear()
        for forget in followed.values():
            forget()

    def _answer(self, request: Request) -> tuple[dict[str, Any], list[bytes]]:
        if isinstance(request, Open):
            return self._open(request)
        if isinstance(request, Close):
            with self._lock:
                self._views.pop(request.view, None)
            return {}, []
        with self._lock:
            if request.view not in self._views:
                raise UnknownViewError
            self._views[request.view] = time.monotonic()
        match request:
            case Check(choice=choice):
                return self._with_form().check(choice), []
            case Export(choice=choice):
                asked = self._with_form().submit(choice)
                for one in asked:
                    if isinstance(one, AttachedRender) and self._detached is not None:
                        self._detached.add(one)
                return {"job": asked[0].id}, []
            case Pause(paused=paused):
                (self._queue.pause if paused else self._queue.resume)()
            case AboutJob():
                return self._about_job(request, self._find(request.job))
        return {}, []

    def _answered(self, request: Request) -> None:
        if isinstance(request, Open):
            self._show_pictures()

    def _about_job(self, request: AboutJob, job: AnyJob) -> tuple[dict[str, Any], list[bytes]]:
        match request:
            case Cancel():
                job.cancel()
            case Retry():
                again = job.retry()
                if self._only is not None:
                    self._only.append(again)
                    self._look(self._queue)
                return {"job": again.id}, []
            case Move(by=by):
                waiting = self._queue.waiting
                if isinstance(job, Job) and job in waiting:
                    self._queue.move(job, max(0, waiting.index(job) + by))
            case File(offset=offset):
                render = _finished(job)
                return {"offset": offset, "total": render.size_bytes}, [read_piece(render, offset)]
            case Link(use=use):
                render = _finished(job)
                link = make_link(render, use)
                if use == "share":
                    self._reports.note(render.movie_engagement, "link")
                return {"url": link}, []
            case Engaged(what=what, showing=showing, seen_s=seen_s):
                self._reports.note(_finished(job).movie_engagement, what, showing, seen_s)
            case Row():
                return {"row": history_row(job)}, []
        return {}, []

    def _open(self, request: Open) -> tuple[dict[str, Any], list[bytes]]:
        with self._lock:
            if not self._closed:
                self._views[request.view] = time.monotonic()
        if self._closed:
            raise InvalidValueError("this panel was closed")
        if self._detached is not None:
            self._detached.look()
        self._follow_new()
        form = None if self._form is None else self._form.describe()
        return {"form": form, **self._state()}, []

    def _show_pictures(self) -> None:
        for job in self.jobs():
            if isinstance(job, AttachedRender):
                continue
            pictures = job_thumbnails.pictures(job)
            if pictures or not job.done:  # others may just be drawn
                job_thumbnails.look(job, self._show_picture)
            for number, picture in pictures.items():
                self._show_picture(job, number, picture)

    def _with_form(self) -> ExportForm:
        if self._form is None:
            raise InvalidValueError("this view shows one job: it exports no films")
        return self._form

    def _find(self, job_id: str) -> AnyJob:
        job = next((job for job in self.jobs() if job.id == job_id), None)
        if job is None:
            raise InvalidValueError(f"there is no job {job_id} in this session")
        return job

    def _state(self) -> dict[str, Any]:
        waiting = self._queue.waiting
        jobs = [job_facts(job, waiting) | _pictures(job) for job in self.jobs()]
        return {"jobs": jobs, "paused": self._queue.paused}

    def _look(self, _: Queue) -> None:
        """Take notice of what has changed in the queue, in the thread that changed it."""
        if self._closed:
            return
        if self._form is not None:
            self._form.forget_renders()
        self._follow_new()
        self._push({"kind": "jobs", **self._state()})
        self._changed()

    def _follow_new(self) -> None:
        for job in self.jobs():
            with self._lock:
                ended = job.has_ended if isinstance(job, AttachedRender) else job.done
                if self._closed or ended or job in self._followed:
                    continue
                self._followed[job] = _nothing
            forget = job.on_progress(self._moved)
            with self._lock:
                if job in self._followed:
                    self._followed[job] = forget

    def _moved(self, job: AnyJob) -> None:
        """Tell how far a job is, in the thread that watches it."""
        status, now = job.status, time.monotonic()
        told_status, told_at = self._told.get(job, ("", 0.0))
        if status == told_status and now - told_at < _EVERY_S:
            return
        self._told[job] = (status, now)
        if job.done:
            with self._lock:
                self._followed.pop(job, None)
                self._told.pop(job, None)
        if not self._someone_looks():
            return
        facts = job_facts(job, self._queue.waiting) | _pictures(job)
        self._push({"kind": "job", "job": facts})
        if isinstance(job, AttachedRender):
            if job.has_ended:
                self._changed()
            return
        job_thumbnails.look(job, self._show_picture)

    def _show_picture(self, job: Job, number: int, picture: bytes) -> None:
        if picture:
            self._push({"kind": "picture", "job": job.id, "number": number}, picture)

    def _someone_looks(self) -> bool:
        now = time.monotonic()
        with self._lock:
            self._views = {view: heard for view, heard in self._views.items() if now - heard < _LEASE_S}
            return bool(self._views)

    def _push(self, content: dict[str, Any], *buffers: bytes) -> None:
        if not self._closed and self._someone_looks():
            self._send(content, list(buffers))


def _finished(job: AnyJob) -> Render:
    if job.render is None:
        raise InvalidValueError(f"{job.name} is not finished: there is nothing to fetch")
    return job.render


def _pictures(job: AnyJob) -> dict[str, int]:
    """Tell how many pictures there will be of a job: none of one that is seen from outside."""
    return {"pictures": picture_count(job) if isinstance(job, Job) else 0}


def _nothing() -> None:
    """Stand for what forgets a job that is about to be followed."""
