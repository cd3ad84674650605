"""A render's sign of life: a small object in the store, written again and again until it has ended.

The history's events tell that a render has begun; the heartbeat tells how far
it is, to other notebooks and machines, and that the process that runs it still
lives. It lies with what the render needs only while it runs, and goes with it,
after the last event was written.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.key_layout import scratch_prefix
from bazaar_nb.store.store import Store

BEAT_S = 2.0
"""How often a render at work gives a sign."""

QUEUED_BEAT_S = 20.0
"""How often one that waits for its turn does."""

SILENT_S = 90.0
"""How long no sign may come; clocks of two machines may differ by a part of that."""


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """How far a render was at a moment.

    Attributes
    ----------
    time : datetime
        By the clock of the machine that runs it.
    status : str
        ``queued``, ``rendering``, ``joining`` or ``uploading``.
    stage, frames, total, frames_cached, segments, segments_cached, fps, eta_s, uploaded, evaluated
        As in `Progress`.
    """

    render_id: str
    time: dt.datetime
    status: str
    stage: str
    frames: int
    total: int
    frames_cached: int
    segments: int
    segments_cached: int
    fps: float | None = None
    eta_s: float | None = None
    uploaded: float | None = None
    evaluated: int = 0


def is_silent(last: dt.datetime, now: dt.datetime) -> bool:
    """Tell whether the last sign of a render came too long ago for one that lives."""
    return (now - last).total_seconds() > SILENT_S


def heartbeat_key(render_id: str) -> str:
    """Give the key of a render's heartbeat."""
    return f"{scratch_prefix(render_id)}heartbeat.json"


def read_heartbeat(store: Store, render_id: str) -> Heartbeat | None:
    """Give a render's last sign of life; None if there is none, or none that can be read.

    Raises
    ------
    StoreError
        If the store can't be read.
    """
    try:
        return msgspec.json.decode(store.read_bytes(heartbeat_key(render_id)), type=Heartbeat)
    except (MissingObjectError, msgspec.DecodeError):
        return None


def write_heartbeat(store: Store, beat: Heartbeat) -> None:
    """Write a sign of life over the one before."""
    store.write_bytes(heartbeat_key(beat.render_id), msgspec.json.encode(beat))
