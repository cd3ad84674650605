"""Which files of a table there are, by day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from bazaar_nb.store.key_layout import table_prefix
from bazaar_nb.store.store import Store

_DAY = re.compile(r"day=(\d{4}-\d{2}-\d{2})/[^/]+\.parquet")
_AHEAD = dt.timedelta(days=8)
"""No clock is ahead of this one by more than this."""
_FEW_DAYS, _FEW_MONTHS = 4, 4


def list_days(
    store: Store, table: str, first: dt.date | None = None, last: dt.date | None = None
) -> dict[dt.date, list[str]]:
    """Give the keys of a table's files by day (in UTC), from a first to a last day.

    Raises
    ------
    StoreError
        If the store can't be looked through.
    """
    prefix = table_prefix(table)
    found: dict[dt.date, list[str]] = {}
    for part in _parts(first, last):
        for key in store.list(f"{prefix}{part}"):
            day = day_of(key, table)
            if day is not None and (first is None or first <= day) and (last is None or day <= last):
                found.setdefault(day, []).append(key)
    return found


def day_of(key: str, table: str) -> dt.date | None:
    """Give the day of a file; None if it is no file of a table's day."""
    match = _DAY.fullmatch(key.removeprefix(table_prefix(table)))
    try:
        return dt.date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _parts(first: dt.date | None, last: dt.date | None) -> Iterator[str]:
    """Give how the keys of days begin: few beginnings, as each is a question, that find little else."""
    if first is None:
        yield ""
        return
    last = last or dt.datetime.now(dt.UTC).date() + _AHEAD
    days = (last - first).days + 1
    if days <= _FEW_DAYS:
        for number in range(days):
            yield f"day={first + dt.timedelta(days=number)}/"
        return
    months = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    if len(months) <= _FEW_MONTHS:
        for month in months:
            yield f"day={month // 12:04}-{month % 12 + 1:02}-"
        return
    for year in range(first.year, last.year + 1):
        yield f"day={year:04}-"
