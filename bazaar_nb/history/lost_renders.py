"""Which renders were not at their end when their process was."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from bazaar_nb.history.heartbeat import is_silent, read_heartbeat
from bazaar_nb.history.process import is_gone
from bazaar_nb.store.cleaning import LONGEST_RENDER_S
from bazaar_nb.store.key_layout import order_key
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import host_name

if TYPE_CHECKING:
    import pyarrow as pa

UNDER_WAY = ("queued", "started")
"""What an event says of a render that has not ended."""

LOST_COLUMNS = ("render_id", "event_time", "host", "pid", "process_started", "detached")
"""What is needed of a render to tell whether it is lost."""

_LONGEST = dt.timedelta(seconds=LONGEST_RENDER_S)
_AT_ONCE = 16

_gone: set[tuple[int, dt.datetime]] = set()  # processes of this host that have ended: they don't come back


def lost_renders(under_way: pa.Table, store: Store) -> set[str]:
    """Tell which of the renders under way are lost.

    On this host a process can be looked for. Another one is asked for a sign
    of life, but only if its newest event is old, and not of a render that
    would take longer than any does.

    Parameters
    ----------
    under_way : Table
        `LOST_COLUMNS` of renders under way.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    now = dt.datetime.now(dt.UTC)
    here = pc.fill_null(pc.equal(under_way["host"].cast(pa.string()), host_name()), False)
    old = pc.less(under_way["event_time"], pa.scalar(now - _LONGEST, under_way["event_time"].type))
    done = pc.and_(old, pc.invert(here))
    lost, asked = set(under_way["render_id"].filter(done).to_pylist()), list[str]()
    for render in under_way.filter(pc.invert(done)).to_pylist():
        if render["host"] == host_name() and render["pid"] is not None and render["process_started"]:
            if _has_ended(render["pid"], render["process_started"]):
                lost.add(render["render_id"])
        elif is_silent(render["event_time"], now):
            asked.append(render["render_id"])
    lost |= _silent(asked, store)
    detached = dict(zip(under_way["render_id"].to_pylist(), under_way["detached"].to_pylist(), strict=True))
    # One whose order is there waits for a worker, or for another one.
    return {name for name in lost if not (detached[name] and store.exists(order_key(name)))}


def _has_ended(pid: int, started: dt.datetime) -> bool:
    if (pid, started) in _gone:
        return True
    ended = is_gone(pid, started)
    if ended:
        _gone.add((pid, started))
    return ended


def _silent(renders: list[str], store: Store) -> set[str]:
    def is_lost(render_id: str) -> bool:
        beat = read_heartbeat(store, render_id)
        return beat is None or is_silent(beat.time, dt.datetime.now(dt.UTC))

    if not store.is_remote or len(renders) < 2:
        return set(filter(is_lost, renders))
    with ThreadPoolExecutor(_AT_ONCE) as threads:  # each is a round trip
        return {name for name, lost in zip(renders, threads.map(is_lost, renders), strict=True) if lost}
