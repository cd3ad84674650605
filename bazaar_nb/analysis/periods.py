"""Days, weeks and months, in the time zone that people live in."""

from __future__ import annotations

import zoneinfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError

PERIODS = ("day", "week", "month")
"""What can be counted over; weeks begin on Monday."""

Times = NDArray[np.datetime64]


def check_period(period: object, timezone: object = "UTC") -> None:
    """Raise `InvalidValueError` for a period or a time zone that there isn't."""
    if period not in PERIODS:
        raise InvalidValueError(f"`period` must be one of {', '.join(PERIODS)}, got {period!r:.60}")
    try:
        zoneinfo.ZoneInfo(timezone if isinstance(timezone, str) else "")
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise InvalidValueError(
            f"`timezone` must be a name such as 'UTC' or 'Europe/Berlin', got {timezone!r:.60}"
        ) from None


def starts(times: Times, period: str, timezone: str = "UTC") -> Times:
    """Give the day on which the period of each time (in UTC) began, on the calendar of a time zone."""
    if timezone != "UTC":
        zoned = pd.DatetimeIndex(times, tz="UTC").tz_convert(timezone).tz_localize(None)
        times = zoned.to_numpy("datetime64[us]")
    if period == "month":
        return times.astype("datetime64[M]").astype("datetime64[D]")
    days = times.astype("datetime64[D]")
    if period == "week":
        # The first day of 1970 was a Thursday.
        since = np.where(np.isnat(days), 0, (days.astype("int64") + 3) % 7)
        days = days - since.astype("timedelta64[D]")
    return days


def between(first: np.datetime64, last: np.datetime64, period: str) -> Times:
    """Give all periods from one to another, both included, by the days on which they begin."""
    if period == "month":
        months = np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 1)
        return months.astype("datetime64[D]")
    step = np.timedelta64(7 if period == "week" else 1, "D")
    return np.arange(first, last + step, step)


def as_midnights(days: Times, timezone: str = "UTC") -> pd.DatetimeIndex:
    """Give the moments at which days begin in a time zone."""
    naive = pd.DatetimeIndex(days.astype("datetime64[us]"))
    if timezone == "UTC":
        return naive.tz_localize("UTC")
    # Where clocks change at midnight: the earlier of two, and the first moment after a gap.
    ambiguous = np.ones(len(naive), bool)
    return naive.tz_localize(timezone, ambiguous=ambiguous, nonexistent="shift_forward")
