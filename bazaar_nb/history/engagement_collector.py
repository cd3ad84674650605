"""Engagement on its way into the history: taken at once, written later, by a thread that nobody waits for.

What is told here is nice to know and no more. So it never raises and never
blocks whoever plays a movie, it is written in batches, and it is dropped where
it can't be written or where too much of it comes.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from bazaar_nb.history.at_exit import at_end, at_kernel_end
from bazaar_nb.history.engagement_event import EngagementEvent, record_engagement
from bazaar_nb.store.store import Store

_MOST_WAITING = 2000
_AT_EXIT_S = 2.0  # a kernel that takes longer than 2.5 s is killed

_log = logging.getLogger(__name__)


class Collector:
    """Takes events from any thread, and writes them a batch at a time; `collector` is the process's one.

    Parameters
    ----------
    write : function
        Writes a batch of events into a store.
    batch : int
        So many events are written at once.
    every_s : float
        No event waits longer.
    """

    def __init__(
        self,
        write: Callable[[Store, Sequence[EngagementEvent]], object] = record_engagement,
        *,
        batch: int = 50,
        every_s: float = 10.0,
    ) -> None:
        self._write = write
        self._batch = batch
        self._every_s = every_s
        self._ends = False
        self._forget()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """Begin with nothing: what waits in a forked process is its parent's."""
        self._changed = threading.Condition()
        self._waiting: list[tuple[Store, EngagementEvent]] = []
        self._since = 0.0
        self._thread: threading.Thread | None = None
        self._taken = self._done = 0
        self._wanted = 0
        self._warned = False

    def add(self, store: Store, event: EngagementEvent) -> None:
        """Take an event for a store's history; return at once."""
        with self._changed:
            if len(self._waiting) >= _MOST_WAITING:
                self._warn(f"{store.root} takes it too slowly")
                return
            if not self._waiting:
                self._since = time.monotonic()
            self._waiting.append((store, event))
            self._taken += 1
            if self._thread is None:
                self._start()
            elif len(self._waiting) >= self._batch:
                self._changed.notify_all()

    def flush(self, timeout_s: float | None = None) -> bool:
        """Wait until all that was taken is written, or dropped; tell whether it is."""
        with self._changed:
            wanted = self._wanted = self._taken
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._done >= wanted, timeout_s)

    def _start(self) -> None:
        if not self._ends:
            self._ends = True
            with suppress(RuntimeError):
                at_end(partial(self.flush, _AT_EXIT_S))
            at_kernel_end(partial(self.flush, _AT_EXIT_S))
        self._thread = threading.Thread(target=self._work, name="bazaar-engagement", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # the process ends
            self._thread = None
            self._done += len(self._waiting)
            self._waiting.clear()

    def _work(self) -> None:
        """Write until nothing waits any more."""
        while True:
            with self._changed:
                while not self._is_due():
                    self._changed.wait(max(0.0, self._since + self._every_s - time.monotonic()))
                batch, self._waiting = self._waiting, []
            self._write_all(batch)
            with self._changed:
                self._done += len(batch)
                self._changed.notify_all()
                if not self._waiting:
                    self._thread = None
                    return

    def _is_due(self) -> bool:
        return (
            len(self._waiting) >= self._batch
            or self._done < self._wanted
            or time.monotonic() >= self._since + self._every_s
        )

    def _write_all(self, batch: list[tuple[Store, EngagementEvent]]) -> None:
        by_store: dict[Store, list[EngagementEvent]] = {}
        for store, event in batch:
            by_store.setdefault(store, []).append(event)
        for store, events in by_store.items():
            try:
                self._write(store, events)
                self._warned = False
            except Exception as error:
                self._warn(str(error))

    def _warn(self, why: str) -> None:
        """Say once, until it works again, that events are lost."""
        if not self._warned:
            self._warned = True
            _log.warning("who plays what is not recorded at the moment: %s", why)


collector = Collector()
"""The one of this process."""
