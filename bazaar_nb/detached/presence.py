"""Who works for a root: a small file a worker, written again and again, so that it is known at once."""

from __future__ import annotations

import os

import msgspec

from bazaar_nb.errors import NoWorkerError
from bazaar_nb.store.key_layout import WORKERS
from bazaar_nb.store.names import safe_name
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import host_name

EVERY_S = 10.0
"""How often a worker says that it is there."""
_GONE_S = 45.0
_FORGOTTEN_S = 24 * 3600.0


class Presence:
    """Says that this process works for a root, from `renew` to `end`."""

    def __init__(self, store: Store, engine: str) -> None:
        self._store = store
        self._key = f"{WORKERS}{safe_name(f'{host_name()}-{os.getpid()}-{os.urandom(3).hex()}.json')}"
        self._data = msgspec.json.encode({"host": host_name(), "pid": os.getpid(), "engine": engine})

    def renew(self) -> None:
        """Say it, now."""
        self._store.write_bytes(self._key, self._data)

    def end(self) -> None:
        """Say that it no longer does."""
        self._store.remove(self._key)


def count_workers(store: Store) -> int:
    """Tell how many work for a root: by the store's own clock, which all of them share."""
    now = store.now()
    return sum(now - entry.modified < _GONE_S for entry in store.entries(WORKERS))


def forget_dead_workers(store: Store) -> None:
    """Take away what workers left that were killed long ago."""
    now = store.now()
    old = [entry.key for entry in store.entries(WORKERS) if now - entry.modified > _FORGOTTEN_S]
    store.remove_all(old)


def check_somebody_works(store: Store) -> None:
    """Check that a detached render would be taken.

    Raises
    ------
    NoWorkerError
        With what to start.
    """
    if not count_workers(store):
        raise NoWorkerError(
            f"nobody takes detached renders of {store.root}: start `{work_command(store)}` on a machine that "
            "stays on, in a terminal or as a service, and ask again; or give the workspace a Dask cluster, "
            "which finishes them itself: Workspace(engine=cluster)"
        )


def work_command(store: Store) -> str:
    """Give the command that works for a root."""
    return f"bazaar work {store.root}"
