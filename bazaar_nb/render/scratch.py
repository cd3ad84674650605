"""What only one render needs, while it runs; and what killed ones left."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bazaar_nb.errors import StoreError
from bazaar_nb.history.heartbeat import heartbeat_key
from bazaar_nb.render import carried_film, frame_counters, segment_claims
from bazaar_nb.sources import given_files
from bazaar_nb.store.key_layout import scratch_prefix
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import is_orphaned, owner_name

_RESERVE_BYTES = 65_536  # room for the last row of the history on a disk that fills up meanwhile

_swept: set[str] = set()  # stores in which this process has looked for what killed ones left


@contextmanager
def scratch(store: Store, render_id: str) -> Iterator[None]:
    """Keep a folder for a render, say whose it is, and keep some room on the disk for its last row."""
    prefix = scratch_prefix(render_id)
    try:
        store.write_bytes(f"{prefix}{owner_name()}", bytes(_RESERVE_BYTES))
        yield
    finally:
        with suppress(StoreError):  # what is left here is no reason to lose a movie
            # Whoever wrote the heartbeat takes it away, after the last row.
            store.remove_all([key for key in store.list(prefix) if key != heartbeat_key(render_id)])
            store.remove_folder(prefix)


def sweep_once(store: Store) -> None:
    """Take away what killed processes left, at this process's first render into the store."""
    if store.url not in _swept:
        _swept.add(store.url)
        sweep_temporary_files()
        sweep(store)


def sweep_temporary_files() -> None:
    """Take away what processes that were killed shared with their workers."""
    with suppress(OSError):
        for prefix in (carried_film.PREFIX, frame_counters.PREFIX, segment_claims.PREFIX):
            for path in Path(tempfile.gettempdir()).glob(f"{prefix}*-owner~*"):
                if is_orphaned(path.name[path.name.index("owner~") :]):
                    path.unlink(missing_ok=True)
        for path in Path(tempfile.gettempdir()).glob(f"{given_files.PREFIX}*-owner~*"):
            if is_orphaned(path.name[path.name.index("owner~") :]):
                shutil.rmtree(path, ignore_errors=True)


def sweep(store: Store) -> None:
    """Take away what killed processes left; where that fails it is no reason to lose a movie."""
    with suppress(StoreError):
        store.sweep()
