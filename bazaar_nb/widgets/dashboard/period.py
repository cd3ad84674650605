"""The time that a dashboard is about: texts that people and browsers give, and the moments that they mean."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import traitlets as t

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.query import plain_time
from bazaar_nb.store.links import read_period
from bazaar_nb.widgets.dashboard.protocol import Filters

_AGO = re.compile(r"\d{1,6}(\.\d{1,6})?[smhd]")
_ALL = ("", "all")


class When(t.TraitType[Any, Any]):
    """A trait that is kept as a text, or as None: a time ago, a date, or a time with its zone."""

    def validate(self, obj: Any, value: Any) -> str | None:  # noqa: ARG002
        """Give it as it is kept.

        Raises
        ------
        InvalidValueError
            If it is no time.
        """
        return read_moment(value, self.name or "since")


def read_moment(value: object, name: str) -> str | None:
    """Give a time as a text: ``"30d"``, ``"2026-11-01"`` or ``"2026-11-01T12:00:00+00:00"``.

    Raises
    ------
    InvalidValueError
        If it is no time.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() in _ALL):
        return None
    value = plain_time(value)
    if isinstance(value, dt.datetime):
        return _aware(value).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta) and dt.timedelta(0) < value < dt.timedelta(days=40_000):
        return f"{value.total_seconds():.0f}s"
    text = value.strip() if isinstance(value, str) else ""
    if _AGO.fullmatch(text.replace(" ", "")):
        return text.replace(" ", "")
    try:
        if len(text) == len("2026-11-01"):
            return dt.date.fromisoformat(text).isoformat()
        return _aware(dt.datetime.fromisoformat(text)).isoformat()
    except (ValueError, OverflowError):
        raise InvalidValueError(
            f"`{name}` must be a time ago like '24h' or '30d', a date like '2026-11-01', or None for all, "
            f"got {value!r:.60} (HistoryDashboard)"
        ) from None


def period_of(filters: Filters, now: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Give the moments that filters mean: from one up to, not including, the other.

    Raises
    ------
    InvalidValueError
        If there is nothing between them.
    """
    since = _moment(filters.since, "since", now, end=False)
    until = _moment(filters.until, "until", now, end=True)
    if since is not None and until is not None and since >= until:
        raise InvalidValueError(
            f"nothing is between since={filters.since!r} and until={filters.until!r} (HistoryDashboard)"
        )
    return since, until


def _moment(given: str | None, name: str, now: dt.datetime, *, end: bool) -> dt.datetime | None:
    text = read_moment(given, name)
    if text is None:
        return None
    try:
        if _AGO.fullmatch(text):
            return now - read_period(text, name)
        if len(text) == len("2026-11-01"):
            day = dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC)
            return day + dt.timedelta(days=1) if end else day
    except OverflowError:  # before the first year, or after the last
        return None
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def _aware(time: dt.datetime) -> dt.datetime:
    return (time if time.tzinfo is not None else time.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
