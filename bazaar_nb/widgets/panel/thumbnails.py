"""Small pictures from films that are being rendered: a few a job, drawn when a core has nothing better."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from weakref import WeakKeyDictionary, WeakMethod

from bazaar_nb.errors import BazaarError
from bazaar_nb.jobs.job import Job
from bazaar_nb.preview.drawing import FrameDrawer

MOST_PICTURES = 8
_LONG_SIDE = 128
_FRAMES_EACH = 60  # one picture of so many frames at most: it costs about what one frame does
_NICE = 10

_log = logging.getLogger(__name__)

Shown = Callable[[Job, int, bytes], object]


class JobThumbnails:
    """The pictures of all jobs of this process; each is drawn once, whoever looks."""

    def __init__(self) -> None:
        self._pictures: WeakKeyDictionary[Job, dict[int, bytes]] = WeakKeyDictionary()
        self._watchers: WeakKeyDictionary[Job, set[WeakMethod[Shown]]] = WeakKeyDictionary()
        self._drawing: set[Job] = set()
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "bazaar-pictures", initializer=_yield_to_others)
        self._drawer = FrameDrawer()  # used in that thread alone

    def pictures(self, job: Job) -> dict[int, bytes]:
        """Give what there is of a job, by number: JPEGs."""
        with self._lock:
            return dict(self._pictures.get(job, {}))

    def look(self, job: Job, shown: Shown) -> None:
        """Draw what a job has come past, in a thread, one picture after the other, for all who look.

        Parameters
        ----------
        shown : method
            Called with the job, the picture's number and the picture, as long as its object is there: at
            the first time with the pictures that there are, then in that thread. One that can't be drawn is
            empty.
        """
        with self._lock:
            watchers = self._watchers.setdefault(job, set())
            there = {} if WeakMethod(shown) in watchers else dict(self._pictures.get(job, {}))
            watchers.add(WeakMethod(shown))
            draws = job not in self._drawing and self._next(job) is not None
            if draws:
                self._drawing.add(job)
        for number, picture in there.items():
            shown(job, number, picture)
        if not draws:
            return
        try:
            self._thread.submit(self._draw, job)
        except RuntimeError:  # the process ends
            with self._lock:
                self._drawing.discard(job)

    def _next(self, job: Job) -> int | None:
        """Give the number of the picture that is due."""
        if job.done and job.render is None:
            return None
        progress, count = job.progress, picture_count(job)
        made = self._pictures.get(job, {})
        due = count if job.render is not None else count * progress.frames // progress.total
        return next((number for number in range(min(due, count)) if number not in made), None)

    def _draw(self, job: Job) -> None:
        try:
            while (number := self._due(job)) is not None:
                picture = self._picture(job, number)
                with self._lock:
                    self._pictures.setdefault(job, {})[number] = picture
                    watchers = [method() for method in self._watchers.get(job, ())]
                for shown in filter(None, watchers):
                    shown(job, number, picture)
        except Exception:
            _log.exception("pictures of render %s could not be made", job.id)
            with self._lock:
                self._drawing.discard(job)

    def _due(self, job: Job) -> int | None:
        """Give the number of the picture that is due; where there is none, whoever looks next begins anew."""
        with self._lock:
            number = self._next(job)
            if number is None:
                self._drawing.discard(job)
            return number

    def _picture(self, job: Job, number: int) -> bytes:
        order, film = job.request, job.request.film
        frame = order.first + (2 * number + 1) * order.frames // (2 * picture_count(job))
        scale = _LONG_SIDE / max(film.width, film.height)
        size = (max(1, round(film.width * scale)), max(1, round(film.height * scale)))
        try:
            return self._drawer.picture(film, min(frame, order.stop - 1), size, "jpeg")
        except BazaarError:
            return b""  # the job itself will tell


def picture_count(job: Job) -> int:
    """Give how many pictures a job has in the end: none where nothing is seen."""
    if job.request.settings.is_sound:
        return 0
    return max(1, min(MOST_PICTURES, job.request.frames // _FRAMES_EACH))


def _yield_to_others() -> None:
    """Let workers go before this thread: on Linux each thread has a priority of its own (sched(7))."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


job_thumbnails = JobThumbnails()
