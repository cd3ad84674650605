"""Outcomes over time: columns of an hour, a day, a week, a month or a year, as many as one can tell apart."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.analysis.periods import starts
from bazaar_nb.analysis.source import moments, texts

if TYPE_CHECKING:
    import pandas as pd

STATUSES = ("succeeded", "failed", "lost", "cancelled", "started", "queued")
"""From the ground up."""

_WORDS = {"started": "running", "queued": "waiting"}
_MOST_COLUMNS = 62
# How long a period is at most shown in such steps.
_STEPS = (("hour", dt.timedelta(days=2)), ("day", dt.timedelta(days=_MOST_COLUMNS - 1)),
          ("week", dt.timedelta(days=7 * (_MOST_COLUMNS - 1))))  # fmt: skip
_UNITS = {"hour": "h", "day": "D", "month": "M", "year": "Y"}

Times = NDArray[np.datetime64]


def outcomes_over_time(rows: pd.DataFrame, since: dt.datetime | None, until: dt.datetime) -> dict[str, Any]:
    """Count renders by the time in which they were asked for, and by status.

    Parameters
    ----------
    rows : DataFrame
        As the history gives it.
    since, until : datetime
        The time that is looked at; None is from the first render on.
    """
    first = since or _first(rows, until)
    step = next((name for name, most in _STEPS if until - first <= most), "month")
    begins = _between(first, until, step)
    if len(begins) > _MOST_COLUMNS:
        step, begins = "year", _between(first, until, "year")
    begins = begins[-_MOST_COLUMNS:]
    counts = np.zeros((len(begins), len(STATUSES)), dtype=int)
    own = starts_of(rows, step)
    codes, names = texts(rows, "status")
    rank = np.array([STATUSES.index(name) if name in STATUSES else -1 for name in names], int)[codes]
    known = (rank >= 0) & (own >= begins[0]) & (own <= begins[-1])
    np.add.at(counts, (np.searchsorted(begins, own[known]), rank[known]), 1)
    return {
        "step": step,
        "series": [[name, _WORDS.get(name, name)] for name in STATUSES],
        "columns": [
            {"key": str(begin), "label": _label(begin, step, until.year), "counts": column.tolist()}
            for begin, column in zip(begins, counts, strict=True)
        ],
    }


def starts_of(rows: pd.DataFrame, step: str) -> Times:
    """Give when the hour, day, week, month or year began in which each render was asked for, in UTC."""
    return _floor(moments(rows, "created", "started", "event_time"), step)


def _first(rows: pd.DataFrame, until: dt.datetime) -> dt.datetime:
    times = moments(rows, "created", "started", "event_time")
    times = times[~np.isnat(times)]
    if not len(times):
        return until - dt.timedelta(days=7)
    earliest: dt.datetime = times.min().astype(object).replace(tzinfo=dt.UTC)
    return min(earliest, until - dt.timedelta(hours=12))


def _floor(times: Times, step: str) -> Times:
    if step == "week":
        return starts(times, "week").astype("datetime64[s]")
    return times.astype(f"datetime64[{_UNITS[step]}]").astype("datetime64[s]")


def _between(first: dt.datetime, until: dt.datetime, step: str) -> Times:
    """Give when all columns begin that have a part of a period."""
    ends = [
        moment.astimezone(dt.UTC).replace(tzinfo=None)
        for moment in (first, until - dt.timedelta(microseconds=1))
    ]
    start, stop = _floor(np.array(ends, "datetime64[us]"), step)
    if step == "week":
        return np.arange(start, stop + 1, np.timedelta64(7, "D"))
    unit = f"datetime64[{_UNITS[step]}]"
    return np.arange(start.astype(unit), stop.astype(unit) + 1).astype("datetime64[s]")


def _label(begin: np.datetime64, step: str, this_year: int) -> str:
    time: dt.datetime = begin.astype(object)
    if step == "year":
        return str(time.year)
    if step == "month":
        return f"{time:%b} {time.year}"
    day = _day(time, this_year)
    if step == "hour":
        return f"{day}, {time:%H}:00"
    return day if step == "day" else f"{day} to {_day(time + dt.timedelta(days=6), this_year)}"


def _day(time: dt.datetime, this_year: int) -> str:
    return f"{time.day} {time:%b}" + ("" if time.year == this_year else f" {time.year}")
