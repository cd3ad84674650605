"""Ids that sort by time and never meet, whichever process made them."""

from __future__ import annotations

import datetime as dt
import secrets
import threading

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: none that look alike
_lock = threading.Lock()
_last = dt.datetime.min.replace(tzinfo=dt.UTC)


def new_render_id() -> str:
    """Give an id for a new render: ``20261122-153012-k3f9q2``, the time in UTC and 30 random bits."""
    return f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}-{_token(6)}"


def new_event_id(event_time: dt.datetime) -> str:
    """Give an id for an event of this time, to the microsecond, with 50 random bits."""
    return f"{event_time.astimezone(dt.UTC):%Y%m%dT%H%M%S%fZ}-{_token(10)}"


def event_clock() -> dt.datetime:
    """Give the time in UTC, later than at any call before in this process, even if the clock was set back."""
    global _last
    with _lock:
        _last = max(dt.datetime.now(dt.UTC), _last + dt.timedelta(microseconds=1))
        return _last


def _token(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
