"""One thread that gives signs of life for all jobs of this process, while there are any."""

from __future__ import annotations

import datetime as dt
import threading
import time
from contextlib import suppress
from typing import Protocol

from bazaar_nb.errors import StoreError
from bazaar_nb.history.heartbeat import BEAT_S, QUEUED_BEAT_S, Heartbeat, heartbeat_key, write_heartbeat
from bazaar_nb.render.progress import Progress
from bazaar_nb.store.key_layout import scratch_prefix
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import owner_name


class Living(Protocol):
    """What has a heartbeat: a job."""

    @property
    def id(self) -> str:
        """Of the render."""

    @property
    def status(self) -> str:
        """As people are told it."""

    @property
    def progress(self) -> Progress:
        """How far it is."""

    @property
    def store(self) -> Store:
        """Where it goes."""


class Heartbeats:
    """Writes the heartbeats of jobs from `start` to `stop`.

    Short renders never have one: the first comes after two seconds.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._next: dict[str, tuple[Living, float]] = {}
        self._written: set[str] = set()
        self._thread: threading.Thread | None = None

    def start(self, living: Living) -> None:
        """Give signs of life from now on."""
        with self._changed:
            self._next[living.id] = (living, time.monotonic() + BEAT_S)
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="bazaar-heartbeats", daemon=True)
                self._thread.start()
            self._changed.notify()

    def stop(self, living: Living) -> None:
        """Give no more, and take the last one away; to be called after the end is in the history."""
        with self._changed:
            self._next.pop(living.id, None)
            self._changed.notify()
        with self._writing:  # else the last one might come after it was taken away
            if living.id not in self._written:
                return
            self._written.discard(living.id)
        prefix = scratch_prefix(living.id)
        with suppress(StoreError):  # the history has the end: what is left here says nothing any more
            for key in (heartbeat_key(living.id), f"{prefix}{owner_name()}"):
                living.store.remove(key)
            living.store.remove_folder(prefix)

    def _beat(self) -> None:
        while True:
            with self._changed:
                if not self._next:
                    self._thread = None
                    return
                living, due = min(self._next.values(), key=lambda entry: entry[1])
                if due > time.monotonic():
                    self._changed.wait(due - time.monotonic())
                    continue
                pause_s = QUEUED_BEAT_S if living.status == "queued" else BEAT_S
                self._next[living.id] = (living, time.monotonic() + pause_s)
            self._write(living)

    def _write(self, living: Living) -> None:
        with self._writing, suppress(StoreError):  # a disk that is full now may have room later
            if living.id not in self._next:
                return
            if living.id not in self._written:
                self._written.add(living.id)
                if living.status == "queued":  # a render at work has said already whose its folder is
                    living.store.write_bytes(f"{scratch_prefix(living.id)}{owner_name()}", b"")
            write_heartbeat(living.store, heartbeat_of(living))


def heartbeat_of(living: Living) -> Heartbeat:
    """Give a job's sign of life for now."""
    progress = living.progress
    return Heartbeat(
        render_id=living.id,
        time=dt.datetime.now(dt.UTC),
        status=living.status,
        stage=progress.stage,
        frames=progress.frames,
        total=progress.total,
        frames_cached=progress.frames_cached,
        segments=progress.segments,
        segments_cached=progress.segments_cached,
        fps=progress.fps,
        eta_s=progress.eta_s,
        uploaded=progress.uploaded,
        evaluated=progress.evaluated,
    )


heartbeats = Heartbeats()
"""That of this process."""
