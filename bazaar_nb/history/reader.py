"""The history as DataFrames: one row a render, whatever happened to it; and the other tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bazaar_nb.history.columns import columns
from bazaar_nb.history.dataframes import Rows
from bazaar_nb.history.event import Event
from bazaar_nb.history.lost_renders import LOST_COLUMNS, UNDER_WAY, lost_renders
from bazaar_nb.history.newest import newest_of_each, sort_rows
from bazaar_nb.history.query import Query, is_in
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.scan import RememberingScan, Scan
from bazaar_nb.store.cleaning import LONGEST_RENDER_S
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from bazaar_nb.history.newest import Numbers

_DAY = dt.timedelta(days=1)
_LONGEST = dt.timedelta(seconds=LONGEST_RENDER_S)
_FIRST, _LAST = dt.datetime(2, 1, 1, tzinfo=dt.UTC), dt.datetime(dt.MAXYEAR, 1, 1, tzinfo=dt.UTC)
"""Times between which a day less and some days more are times, too."""
_NEEDED = ("event_id", "event_time", "status", "created", *LOST_COLUMNS)


def read_renders(store: Store, query: Query) -> pd.DataFrame:
    """Read the renders that a query asks for.

    A render's row is its newest event; an end (succeeded, failed, cancelled)
    counts as newer than any start, whatever the clocks of two machines said.
    A render that was queued or started by a process that is gone reads as
    ``lost``: on this host that is seen at once, of another one it is said when
    no sign of life has come for a minute and a half. Columns that a newer version
    added are left out, those that an older one lacked are empty.

    Returns
    -------
    pandas.DataFrame
        The columns that are asked for, with the dtypes of `describe_history`, also when there are no rows;
        sorted by `created`. Times are in UTC.

    Raises
    ------
    StoreError
        If the store can't be looked through.

    Warns
    -----
    UserWarning
        Once, with their names, if files can't be read; they are skipped.
    """
    by_name = {column.name: column for column in columns()}
    return render_rows(store, query).to_frame(by_name[name] for name in query.columns or by_name)


def render_rows(store: Store, query: Query) -> Rows:
    """Read the renders that a query asks for, in its columns and some more, the oldest first."""
    names = dict.fromkeys([*(query.columns or _all_names(RenderEvent)), *_NEEDED, *query.names])
    # A render has no event before it was asked for, but another machine's clock; and it ends within days.
    first = query.since and max(query.since, _FIRST).date() - _DAY
    last = query.until and (min(query.until, _LAST) + _LONGEST).date()
    scan = Scan(store, RenderEvent, list(names), newest=True, keep=query.before_newest().keep)
    rows = _settled(scan, first, last, store)
    if "status" in query.names:
        rows.only(is_in(rows.column("status"), query.names["status"]))
    return rows


def read_table(store: Store, kind: type[Event], query: Query) -> pd.DataFrame:
    """Read the rows of another table that a query asks for, by time."""
    import numpy as np

    by_name = {column.name: column for column in columns(kind)}
    asked = query.columns or tuple(by_name)
    names = dict.fromkeys([*asked, "event_id", "event_time", *query.names])
    first, last = query.since and query.since.date(), query.until and query.until.date()
    table = Scan(store, kind, list(names), keep=query.keep).read(first, last)
    rows = sort_rows(table, np.arange(table.num_rows), "event_time", "event_id")
    return Rows(table, rows).to_frame(by_name[name] for name in asked)


def read_days(store: Store, days: Iterable[dt.date]) -> pd.DataFrame:
    """Read the renders that had an event on some days in a row (in UTC), otherwise as `read_renders`.

    Quick to call again: what was read is kept, as events never change.
    """
    days = sorted(set(days))
    scan = RememberingScan(store, RenderEvent, _all_names(RenderEvent), newest=True)
    return _settled(scan, days[0], days[-1], store).to_frame(columns())


def read_recent(store: Store, days: int) -> pd.DataFrame:
    """Read the renders of the last so many days, today included."""
    today = dt.datetime.now(dt.UTC).date()
    # A day more on both sides: clocks of other machines are not this one's.
    return read_days(store, [today + dt.timedelta(days=1 - day) for day in range(days + 2)])


def _settled(scan: Scan, first: dt.date | None, last: dt.date | None, store: Store) -> Rows:
    """Read events; give the newest of each render, in order, with what is lost called so."""
    import pyarrow as pa

    table = scan.read(first, last)
    rows = newest_of_each(table)
    lost = _lost(table, rows, store)
    if lost:
        # One may have ended, and written that, between being read and being looked for.
        today = dt.datetime.now(dt.UTC).date()
        late = scan.read_later(today - _DAY, today + _DAY)
        late = late.filter(pa.array(is_in(late["render_id"], lost)))
        if late.num_rows:
            table = pa.concat_tables([table, late]).unify_dictionaries()
            rows = newest_of_each(table)
        table = _called_lost(table, lost)
    return Rows(table, sort_rows(table, rows, "created", "render_id"))


def _lost(table: pa.Table, rows: Numbers, store: Store) -> set[str]:
    going = rows[is_in(table["status"].take(rows), UNDER_WAY)]
    return lost_renders(table.select(LOST_COLUMNS).take(going), store) if len(going) else set()


def _called_lost(table: pa.Table, lost: set[str]) -> pa.Table:
    """Say ``lost`` in each event of these renders that says that they are under way."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place, status = table.schema.get_field_index("status"), table["status"]
    gone = is_in(status, UNDER_WAY) & is_in(table["render_id"], lost)
    said = pc.if_else(pa.array(gone), "lost", status.cast(pa.string())).combine_chunks()
    return table.set_column(place, table.schema.field(place), said.dictionary_encode())


def _all_names(kind: type[Event]) -> list[str]:
    return [column.name for column in columns(kind)]
