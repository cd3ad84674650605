"""The history as a DataFrame: one row a render, whatever happened to it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bazaar_nb.errors import StoreError
from bazaar_nb.history.columns import ROW_STATUSES, arrow_schema, columns
from bazaar_nb.history.event import ENDED
from bazaar_nb.history.process import is_gone
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.layout import RENDER_EVENTS
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import host_name

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_NEEDED = ("event_id", "event_time", "render_id", "status")
_MOST_NAMED = 3


def read_history(store: Store) -> pd.DataFrame:
    """Read all renders of a store.

    A render's row is its newest event; an end (succeeded, failed, cancelled)
    counts as newer than any start, whatever the clocks of two machines said.
    A render that was queued or started by a process of this host that is gone
    reads as ``lost``. Columns that a newer version added are left out, those
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
    import pandas as pd
    import pyarrow as pa

    schema = arrow_schema()
    tables, damaged = [], []
    for key in store.list(RENDER_EVENTS):
        if not key.endswith(".parquet"):
            continue
        try:
            tables.append(_read_events(store.local(key)))
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
    table = pa.concat_tables(tables) if tables else schema.empty_table()
    kinds = {pa.string(): pd.StringDtype(), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    rows = _newest(table.to_pandas(types_mapper=kinds.get))
    rows["status"] = _status(rows)
    rows = rows.sort_values(["created", "render_id"], kind="stable", ignore_index=True)
    return rows.astype({column.name: column.dtype for column in columns() if column.name != "status"})


def _read_events(path: Path) -> pa.Table:
    """Read the events of a file, in the columns of this version."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema()
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
    empty = [name for name in _NEEDED if table[name].null_count]
    if empty:
        raise ValueError(f"{path} has events without {', '.join(empty)}")
    return table


def _newest(events: pd.DataFrame) -> pd.DataFrame:
    """Keep one event of each render: by stage of life first, by time within a stage."""
    stage = events["status"].map({"queued": 0, **dict.fromkeys(ENDED, 2)}).astype("float64").fillna(1)
    events = events.assign(_stage=stage).sort_values(["_stage", "event_time", "event_id"], kind="stable")
    return events.drop_duplicates("render_id", keep="last").drop(columns="_stage")


def _status(rows: pd.DataFrame) -> pd.Series[Any]:
    import pandas as pd

    known = rows["process_started"].notna() & rows["pid"].notna()
    here = rows["status"].isin(("queued", "started")) & (rows["host"] == host_name()) & known
    lost = [
        local and is_gone(int(pid), started.to_pydatetime())
        for local, pid, started in zip(here.fillna(False), rows["pid"], rows["process_started"], strict=True)
    ]
    said = rows["status"].mask(pd.Series(lost, index=rows.index, dtype=bool), "lost")
    newer = sorted(set(said) - set(ROW_STATUSES))  # what a later version may say is kept as it is
    return said.astype(pd.CategoricalDtype([*ROW_STATUSES, *newer]))
