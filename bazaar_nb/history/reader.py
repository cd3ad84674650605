"""The history as a DataFrame: one row a render, whatever happened to it."""

from __future__ import annotations

import datetime as dt
import threading
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bazaar_nb.errors import StoreError
from bazaar_nb.history.columns import ROW_STATUSES, arrow_schema, columns
from bazaar_nb.history.event import ENDED, RenderEvent
from bazaar_nb.history.heartbeat import is_silent, read_heartbeat
from bazaar_nb.history.process import is_gone
from bazaar_nb.history.query import Query
from bazaar_nb.history.row import Event
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.layout import table_prefix
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import host_name

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_RENDERS = table_prefix("renders")
_NEEDED = ("event_id", "event_time", "render_id", "status")
_UNDER_WAY = ("queued", "started")
_MOST_NAMED = 3
_MOST_DAYS = 32

_reading = threading.Lock()
_days_read: dict[tuple[str, dt.date], tuple[frozenset[str], pa.Table]] = {}  # by store and day: keys, events


def read_history(store: Store) -> pd.DataFrame:
    """Read all renders of a store.

    A render's row is its newest event; an end (succeeded, failed, cancelled)
    counts as newer than any start, whatever the clocks of two machines said.
    A render that was queued or started by a process that is gone reads as
    ``lost``: on this host that is seen at once, of another one it is said when
    no sign of life has come for a minute and a half. Columns that a newer version added are left out, those
    that an older one lacked are empty.

    Returns
    -------
    pandas.DataFrame
        The columns of `describe_history`, with its dtypes, also when there are no rows;
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
    return _rows(lambda: _all_events(store), store)


def read_renders(store: Store, query: Query) -> pd.DataFrame:
    """Read the renders that a query asks for."""
    rows = read_history(store)
    time = rows["created"].fillna(rows["event_time"])
    rows = rows[_asked(rows, query, time)].reset_index(drop=True)
    return _tidy(rows)[list(query.columns)] if query.columns is not None else _tidy(rows)


def read_table(store: Store, kind: type[Event], query: Query) -> pd.DataFrame:
    """Read the rows of another table that a query asks for, by time."""
    import pandas as pd
    import pyarrow as pa

    tables = _read_files(
        store, [k for k in store.list(table_prefix(kind.table)) if k.endswith(".parquet")], kind
    )
    table = pa.concat_tables(tables) if tables else arrow_schema(kind).empty_table()
    kinds = {pa.string(): pd.StringDtype(), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    rows = table.to_pandas(types_mapper=kinds.get).drop_duplicates("event_id")
    rows = rows[_asked(rows, query, rows["event_time"])]
    rows = rows.sort_values(["event_time", "event_id"], kind="stable", ignore_index=True)
    tidy: pd.DataFrame = rows.astype({column.name: column.dtype for column in columns(kind)})
    return tidy


def _asked(rows: pd.DataFrame, query: Query, time: pd.Series[Any]) -> pd.Series[bool]:
    asked = time.notna()
    if query.since is not None:
        asked &= time >= query.since
    if query.until is not None:
        asked &= time < query.until
    for name, wanted in query.names.items():
        asked &= rows[name].isin(wanted)
    return asked


def _tidy(rows: pd.DataFrame) -> pd.DataFrame:
    for column in columns():
        if column.dtype == "category" and column.name != "status":
            rows[column.name] = rows[column.name].cat.remove_unused_categories()
    return rows


def read_days(store: Store, days: Iterable[dt.date]) -> pd.DataFrame:
    """Read the renders that had an event on some days (in UTC), otherwise as `read_history`.

    Quick to call again: what was read is kept, as events never change.
    """
    days = sorted(set(days))
    return _rows(lambda: [_day_events(store, day) for day in days], store)


def read_recent(store: Store, days: int) -> pd.DataFrame:
    """Read the renders of the last so many days, today included."""
    today = dt.datetime.now(dt.UTC).date()
    # A day more on both sides: clocks of other machines are not this one's.
    return read_days(store, [today + dt.timedelta(days=1 - day) for day in range(days + 2)])


def _rows(read: Callable[[], list[pa.Table]], store: Store) -> pd.DataFrame:
    rows = _newest_rows(read())
    gone = _gone(rows, store)
    if gone.any():
        # It may have ended, and written that, between being read and being looked for.
        suspects = set(rows["render_id"][gone])
        rows = _newest_rows(read())
        gone = rows["render_id"].isin(suspects) & rows["status"].isin(_UNDER_WAY)
    rows["status"] = _status(rows, gone)
    rows = rows.sort_values(["created", "render_id"], kind="stable", ignore_index=True)
    return rows.astype({column.name: column.dtype for column in columns() if column.name != "status"})


def _newest_rows(tables: list[pa.Table]) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa

    table = pa.concat_tables(tables) if tables else arrow_schema().empty_table()
    kinds = {pa.string(): pd.StringDtype(), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return _newest(table.to_pandas(types_mapper=kinds.get))


def _all_events(store: Store) -> list[pa.Table]:
    return _read_files(store, [key for key in store.list(_RENDERS) if key.endswith(".parquet")])


def _day_events(store: Store, day: dt.date) -> pa.Table:
    """Read the events of a day, of which those that were read before are kept."""
    import pyarrow as pa

    prefix = f"{_RENDERS}day={day:%Y-%m-%d}/"
    keys = {key for key in store.list(prefix) if key.endswith(".parquet")}
    with _reading:
        known, table = _days_read.pop((store.url, day), (frozenset[str](), arrow_schema().empty_table()))
        if not known <= keys:  # files were merged, or removed
            known, table = frozenset(), arrow_schema().empty_table()
        table = pa.concat_tables([table, *_read_files(store, sorted(keys - known))]).combine_chunks()
        _days_read[store.url, day] = (frozenset(keys), table)
        while len(_days_read) > _MOST_DAYS:
            del _days_read[next(iter(_days_read))]
    return table


def _read_files(store: Store, keys: Iterable[str], kind: type[Event] = RenderEvent) -> list[pa.Table]:
    """Read events; damaged files are skipped with a warning, and those that are gone without one."""
    import pyarrow as pa

    tables, damaged = [], []
    for key in keys:
        try:
            tables.append(_read_events(store.local(key), kind))
        except MissingObjectError:
            continue  # removed since it was listed
        except (pa.ArrowException, StoreError, OSError, ValueError):
            damaged.append(store.location(key))
    if damaged:
        more = f" and {len(damaged) - _MOST_NAMED} more" if len(damaged) > _MOST_NAMED else ""
        warnings.warn(
            f"skipped {len(damaged)} damaged history file(s): {', '.join(damaged[:_MOST_NAMED])}{more}",
            stacklevel=2,
        )
    return tables


def _read_events(path: Path, kind: type[Event] = RenderEvent) -> pa.Table:
    """Read the events of a file, in the columns of this version."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema(kind)
    with pq.ParquetFile(path) as file:
        table = file.read(use_threads=False)  # one row: threads only cost
    if not table.schema.equals(schema):
        columns_now = [
            table[field.name].cast(field.type)
            if field.name in table.column_names
            else pa.nulls(table.num_rows, field.type)
            for field in schema
        ]
        table = pa.Table.from_arrays(columns_now, schema=schema)
    empty = [name for name in _NEEDED if name in schema.names and table[name].null_count]
    if empty:
        raise ValueError(f"{path} has events without {', '.join(empty)}")
    return table


def _newest(events: pd.DataFrame) -> pd.DataFrame:
    """Keep one event of each render: by stage of life first, by time within a stage."""
    stage = events["status"].map({"queued": 0, **dict.fromkeys(ENDED, 2)}).astype("float64").fillna(1)
    events = events.assign(_stage=stage).sort_values(["_stage", "event_time", "event_id"], kind="stable")
    return events.drop_duplicates("render_id", keep="last").drop(columns="_stage")


def _gone(rows: pd.DataFrame, store: Store) -> pd.Series[bool]:
    """Tell which renders were not at their end when their process was, or have not given a sign for long."""
    import pandas as pd

    now, gone = dt.datetime.now(dt.UTC), set()
    for row in rows[rows["status"].isin(_UNDER_WAY)].to_dict("records"):
        here = pd.notna(row["host"]) and row["host"] == host_name()
        if here and pd.notna(row["pid"]) and pd.notna(row["process_started"]):
            ended = is_gone(int(row["pid"]), row["process_started"].to_pydatetime())
        else:
            beat = None
            if is_silent(row["event_time"].to_pydatetime(), now):
                beat = read_heartbeat(store, row["render_id"])
            ended = is_silent(beat.time if beat else row["event_time"].to_pydatetime(), now)
        if ended:
            gone.add(row["render_id"])
    return rows["render_id"].isin(gone)


def _status(rows: pd.DataFrame, gone: pd.Series[bool]) -> pd.Series[Any]:
    import pandas as pd

    said = rows["status"].mask(gone, "lost")
    newer = sorted(set(said) - set(ROW_STATUSES))  # what a later version may say is kept as it is
    return said.astype(pd.CategoricalDtype([*ROW_STATUSES, *newer]))
