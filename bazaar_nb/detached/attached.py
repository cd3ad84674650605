"""A render seen from outside of the process that runs it: what its store says of it, as a job shows it."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import secrets
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, NamedTuple, cast

from bazaar_nb.detached.attached_request import request_of
from bazaar_nb.detached.leases import LeaseWatch, read_claims, want_cancelled
from bazaar_nb.detached.order import read_order
from bazaar_nb.detached.presence import count_workers, work_command
from bazaar_nb.detached.worker import cancel_unclaimed
from bazaar_nb.errors import BazaarError, InvalidValueError, RenderCancelledError, RenderError
from bazaar_nb.history.heartbeat import read_heartbeat
from bazaar_nb.history.movie_engagement import MovieEngagement
from bazaar_nb.jobs.export_request import RenderPlace
from bazaar_nb.jobs.job import JobStatus
from bazaar_nb.jobs.status import read_status
from bazaar_nb.render.progress import Progress, Stage
from bazaar_nb.render.result import Render
from bazaar_nb.store.key_layout import movie_key, order_key
from bazaar_nb.store.store import Store

_LOOK_S = 0.5
_LOOK_REMOTE_S = 2.0
_COUNT_S = 15.0
_SETTLING_S = 20.0  # from a render's end in its store to its row in the history, at most
_ENDS = ("succeeded", "failed", "cancelled", "lost")

_log = logging.getLogger(__name__)


class _Seen(NamedTuple):
    status: JobStatus
    progress: Progress
    row: dict[str, Any]


class AttachedRender:
    """A render that runs elsewhere; made by `bz.attach` and by `Composition.submit` with ``detach=True``.

    It is looked at and waited for as a `Job` is. All who are attached to a render see the same.

    Attributes
    ----------
    id : str
        Of the render, as in the history.
    request : AttachedRequest
        What is rendered.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> render = film.export("review.mp4", progress=False)
    >>> attached = bz.attach(render.id)
    >>> attached.status
    'succeeded'
    """

    def __init__(self, where: RenderPlace, render_id: str) -> None:
        self.id = render_id
        self.store = where.store
        self._where = where
        row = read_status(self.store, render_id).row
        order = read_order(self.store, render_id)
        self._cluster = "" if order is None else order.cluster
        self.request = request_of(order, row)
        self._watch = LeaseWatch(self.store)
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._ended = threading.Event()
        self._looked_at = 0.0
        self._gone_at: float | None = None
        self._counted: tuple[float, int] = (float("-inf"), 0)
        self._callbacks: list[Callable[[AttachedRender], object]] = []
        self._watchers: list[Callable[[AttachedRender], object]] = []
        self._is_watching = False
        self._seen = _Seen("queued", Progress(0, self.request.frames, 0, "queued"), row)
        self._look()

    @property
    def name(self) -> str:
        """The movie's name, with its suffix."""
        return self.request.name

    @property
    def status(self) -> JobStatus:
        """queued, rendering, joining, uploading, succeeded, failed or cancelled."""
        return self._newest().status

    @property
    def progress(self) -> Progress:
        """How far it is, from the last sign of life of who runs it."""
        return self._newest().progress

    @property
    def has_ended(self) -> bool:
        """Whether it was seen to have ended: what `done` says, without looking."""
        return self._ended.is_set()

    @property
    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        self._newest()
        return self._ended.is_set()

    @property
    def error(self) -> BaseException | None:
        """Why it ended without a movie; None as long as it hasn't."""
        seen = self._newest()
        if seen.status not in ("failed", "cancelled"):
            return None
        said = seen.row.get("error_message")
        if seen.status == "cancelled":
            return RenderCancelledError(said or f"render {self.id} was cancelled")
        if said is None:
            return RenderError(f"render {self.id} is lost: the process that ran it is gone")
        return RenderError(f"{seen.row.get('error_class') or 'Error'}: {said}")

    @property
    def render(self) -> Render | None:
        """The finished movie; None as long as there is none."""
        seen = self._newest()
        return self._render_of(seen.row) if seen.status == "succeeded" else None

    @property
    def created(self) -> dt.datetime | None:
        """When it was asked for, in UTC."""
        return cast("dt.datetime | None", self._newest().row.get("created"))

    @property
    def user(self) -> str:
        """Who asked for it."""
        return self.request.user

    def cancel(self) -> bool:
        """Stop it, whoever runs it and whoever asked for it; workers stop within seconds.

        Returns
        -------
        bool
            False if it has ended already.

        Raises
        ------
        InvalidValueError
            If it isn't detached: then only the notebook or script that runs it can stop it.
        """
        if self.done:
            return False
        if not self.store.exists(order_key(self.id)):
            self._look()
            if self._ended.is_set():
                return False
            host, pid = (self._seen.row.get(name) for name in ("host", "pid"))
            raise InvalidValueError(
                f"render {self.id} ({self.name}) is not detached: it is cancelled where it runs, in process "
                f"{pid} on {host}"
            )
        want_cancelled(self.store, self.id, self._where.user)
        cancel_unclaimed(self.store, self.id, secrets.token_hex(8))
        self._look()
        return True

    def retry(self) -> AttachedRender:
        """Refuse: who is attached to a render doesn't have its film.

        Raises
        ------
        InvalidValueError
            Always.
        """
        raise InvalidValueError(
            f"render {self.id} ({self.name}) can't be asked for again from here: call its film's `submit`"
        )

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended, at most so many seconds; tell whether it has."""
        stop = None if timeout is None else time.monotonic() + timeout
        while not self.done:
            left = self._pause_s if stop is None else min(self._pause_s, stop - time.monotonic())
            if left <= 0 or (self._ended.wait(left) and self.done):
                break
        return self.done

    def result(self, timeout: float | None = None) -> Render:
        """Wait for the movie, and give it.

        Raises
        ------
        TimeoutError
            If it hasn't ended after so many seconds; it goes on.
        RenderCancelledError
            If it was cancelled.
        RenderError
            With what ended it.
        """
        if not self.wait(timeout):
            raise TimeoutError(
                f"render {self.id} ({self.name}) has not ended within {timeout:g} s; it goes on"
            )
        render, error = self.render, self.error
        if render is not None:
            return render
        raise error or RenderError(f"render {self.id} ended without a movie")

    def __await__(self) -> Generator[Any, None, Render]:
        """Wait without blocking the event loop."""
        return asyncio.to_thread(self.result).__await__()

    def add_done_callback(self, callback: Callable[[AttachedRender], object]) -> None:
        """Have a function called with this once the render has ended; now, if it has."""
        with self._lock:
            if not self._ended.is_set():
                self._callbacks.append(callback)
                self._watch_on()
                return
        self._call(callback)

    def on_progress(self, callback: Callable[[AttachedRender], object]) -> Callable[[], None]:
        """Have a function called with this whenever the render has come further; give what ends that."""
        with self._lock:
            if not self._ended.is_set():
                self._watchers.append(callback)
                self._watch_on()
                return lambda: self._forget(callback)
        self._call(callback)
        return lambda: None

    @property
    def _pause_s(self) -> float:
        return _LOOK_REMOTE_S if self.store.is_remote else _LOOK_S

    def _newest(self) -> _Seen:
        if not self._ended.is_set() and time.monotonic() - self._looked_at >= self._pause_s:
            self._look()
        return self._seen

    def _look(self) -> None:
        """Look how far it is, once at a time: who comes meanwhile is content with what was seen."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._looked_at = time.monotonic()
            seen = self._see()
            self._seen = seen
            if seen.status in _ENDS and not self._ended.is_set():
                self._ended.set()
                with self._lock:
                    callbacks, self._callbacks = self._callbacks, []
            else:
                callbacks = []
        finally:
            self._looking.release()
        for callback in callbacks:
            self._call(callback)

    def _see(self) -> _Seen:
        store, row = self.store, self._seen.row
        if store.exists(order_key(self.id)):
            self._gone_at = None
            return self._see_detached(row)
        found = read_status(store, self.id)
        if found.status in _ENDS:
            lost = found.status == "lost" and row.get("detached") and not self._is_settled()
            if not lost:
                status = "failed" if found.status == "lost" else found.status
                progress = found.progress or replace_stage(self._seen.progress, "done")
                return _Seen(cast(JobStatus, status), progress, found.row)
            return self._seen
        progress = found.progress or self._seen.progress
        status = found.status if found.status in ("queued", "joining", "uploading") else "rendering"
        return _Seen(cast(JobStatus, status), progress, found.row)

    def _is_settled(self) -> bool:
        """Tell whether the order has been gone for so long that its end must be in the history."""
        self._gone_at = self._gone_at or time.monotonic()
        return time.monotonic() - self._gone_at > _SETTLING_S

    def _see_detached(self, row: dict[str, Any]) -> _Seen:
        claims = read_claims(self.store, self.id)
        beat = read_heartbeat(self.store, self.id)
        total = self.request.frames
        if self._watch.is_free(self.id, claims):
            frames = 0 if beat is None else beat.frames
            return _Seen("queued", Progress(frames, total, 0, "queued", waits_for=self._waits_for()), row)
        if beat is None:
            return _Seen("rendering", Progress(0, total, 0, "starting"), row)
        progress = Progress(
            beat.frames, beat.total, beat.frames_cached, cast(Stage, beat.stage), beat.segments,
            beat.segments_cached, beat.fps, beat.eta_s, beat.uploaded, beat.evaluated,
        )  # fmt: skip
        return _Seen(cast(JobStatus, beat.status), progress, row)

    def _waits_for(self) -> str:
        at, count = self._counted
        if time.monotonic() - at > _COUNT_S:
            count = count_workers(self.store)
            self._counted = time.monotonic(), count
        if count:
            return "waiting for a worker"
        if self._cluster:
            return f"waiting for a worker of {self._cluster}, or for `{work_command(self.store)}`"
        return f"waiting: nobody works, start `{work_command(self.store)}`"

    def _render_of(self, row: dict[str, Any]) -> Render:
        location = str(row["location"])
        store, key = self.store, movie_key(self.request.project, self.id, location.rpartition("/")[2])
        if store.location(key) != location and "://" not in location:
            path = Path(location)
            store, key = Store(path.parent), path.name
        engagement = None
        if self._where.engagement:
            engagement = MovieEngagement(
                self.store, self.id, self._where.user, self.request.project, self.request.duration_s
            )
        timings = {
            name: float(row[name])
            for name in ("plan_s", "draw_s", "convert_s", "encode_s", "sound_s", "join_s", "store_s")
            if row.get(name) is not None
        }

        def number(name: str) -> int:
            return int(row.get(name) or 0)

        return Render(
            id=self.id, store=store, key=key, settings=self.request.settings, frames=self.request.frames,
            size_bytes=number("size_bytes"), render_s=float(row.get("render_s") or 0),
            segments=number("segments"), segments_cached=number("segments_cached"),
            frames_drawn=number("frames_drawn"), frames_held=number("frames_held"),
            frames_cached=number("frames_cached"), peak_memory_bytes=number("peak_memory_bytes"),
            timings=timings, movie_engagement=engagement,
        )  # fmt: skip

    def _watch_on(self) -> None:
        if not self._is_watching:
            self._is_watching = True
            threading.Thread(target=self._watch_it, name="bazaar-attached", daemon=True).start()

    def _watch_it(self) -> None:
        before: tuple[object, ...] | None = None
        while True:
            try:
                now = (self.status, self.progress)
            except BazaarError as error:  # a network that is away for a while
                _log.info("render %s can't be looked at: %s", self.id, error)
                now = before  # type: ignore[assignment]
            ended = self._ended.is_set()
            if now != before:
                before = now
                with self._lock:
                    watchers = list(self._watchers)
                for watcher in watchers:
                    self._call(watcher)
            with self._lock:
                if ended or not (self._watchers or self._callbacks):
                    self._is_watching = False
                    return
            self._ended.wait(self._pause_s)

    def _forget(self, callback: Callable[[AttachedRender], object]) -> None:
        with self._lock:
            if callback in self._watchers:
                self._watchers.remove(callback)

    def _call(self, callback: Callable[[AttachedRender], object]) -> None:
        try:
            callback(self)
        except Exception:
            _log.exception("a callback of render %s (%s) failed", self.id, self.name)

    def __repr__(self) -> str:
        seen = self._newest()
        progress = seen.progress
        return (
            f"<AttachedRender {self.id} {self.name!r}: {seen.status}, "
            f"{progress.frames} of {progress.total} frames>"
        )


def replace_stage(progress: Progress, stage: Stage) -> Progress:
    """Give how far a render is, at another stage, with nothing to wait for."""
    return Progress(progress.frames, progress.total, progress.frames_cached, stage)
