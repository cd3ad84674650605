"""Letting old history go: whole days of all tables, never movies."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.days import day_of
from bazaar_nb.history.tables import TABLES
from bazaar_nb.store.key_layout import table_prefix
from bazaar_nb.store.links import read_period
from bazaar_nb.store.store import Store

_AT_ONCE = 1000


class Removed(NamedTuple):
    """What a retention removed.

    Attributes
    ----------
    days : int
        Days of which something was removed.
    files : int
    size_bytes : int
    before : date
        The first day that was kept, in UTC.
    """

    days: int
    files: int
    size_bytes: int
    before: dt.date


def remove_old(store: Store, older_than: str | dt.timedelta) -> Removed:
    """Remove the days of all tables of which every moment is longer ago than a period.

    Raises
    ------
    InvalidValueError
        If the period can't be understood.
    StoreError
        If the store can't be looked through, or files can't be removed.
    """
    if not isinstance(older_than, str | dt.timedelta):
        raise InvalidValueError(
            f"`older_than` must be a period like '365d' or a timedelta, got {older_than!r}"
        )
    before = (dt.datetime.now(dt.UTC) - read_period(older_than, "older_than")).date()
    days, files, size = set[dt.date](), 0, 0
    for table in TABLES:
        old, folders = [], set[str]()
        for entry in store.entries(table_prefix(table)):
            day = day_of(entry.key, table)
            if day is not None and day < before:
                days.add(day)
                folders.add(entry.key.rpartition("/")[0])
                old.append(entry.key)
                size += entry.size_bytes
        for start in range(0, len(old), _AT_ONCE):
            store.remove_all(old[start : start + _AT_ONCE])
        for folder in sorted(folders):
            store.remove_folder(folder)
        files += len(old)
    return Removed(len(days), files, size, before)
