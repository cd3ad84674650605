"""Detached renders of a root, as panels list them: what is under way, whoever asked for it and runs it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from bazaar_nb.detached.attached import AttachedRender
from bazaar_nb.detached.order import detached_renders
from bazaar_nb.errors import BazaarError, UnknownRenderError
from bazaar_nb.workspace import Workspace

_LOOK_S = 2.0
_LOOK_REMOTE_S = 5.0
_MOST_ENDED = 10

_log = logging.getLogger(__name__)


class DetachedJobs:
    """Finds detached renders as long as somebody looks; those that were seen stay when they have ended.

    Parameters
    ----------
    is_wanted : function
        Tells whether somebody looks.
    changed : function
        Called when there are others, from a thread of its own.
    """

    def __init__(
        self, where: Workspace, is_wanted: Callable[[], bool], changed: Callable[[], object]
    ) -> None:
        self._where = where
        self._is_wanted = is_wanted
        self._changed = changed
        self._found: dict[str, AttachedRender] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def jobs(self) -> list[AttachedRender]:
        """Give those under way, then those that have ended, the latest first."""
        with self._lock:
            found = sorted(self._found.values(), key=lambda job: job.id, reverse=True)
        under_way = [job for job in found if not job.has_ended]
        return [*under_way, *[job for job in found if job.has_ended][:_MOST_ENDED]]

    def add(self, job: AttachedRender) -> None:
        """Take one that was just handed over."""
        with self._lock:
            self._found.setdefault(job.id, job)
        self._changed()

    def look(self) -> None:
        """Begin to look, unless it does."""
        with self._lock:
            if self._thread is None and not self._ended.is_set():
                self._thread = threading.Thread(target=self._watch, name="bazaar-detached", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._ended.set()

    def _watch(self) -> None:
        pause_s = _LOOK_REMOTE_S if self._where.store.is_remote else _LOOK_S
        while self._is_wanted() and not self._ended.is_set():
            try:
                if self._find():
                    self._changed()
            except BazaarError as error:  # a network that is away for a while
                _log.info("detached renders can't be looked for: %s", error)
            self._ended.wait(pause_s)
        with self._lock:
            self._thread = None

    def _find(self) -> bool:
        """Look once; tell whether there are new ones."""
        new = False
        for render_id in detached_renders(self._where.store):
            with self._lock:
                if render_id in self._found:
                    continue
            try:
                job = AttachedRender(self._where, render_id)
            except UnknownRenderError:  # it is just being handed over
                continue
            with self._lock:
                self._found.setdefault(render_id, job)
            new = True
        return new
