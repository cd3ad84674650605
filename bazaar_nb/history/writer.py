"""Events into the store: immutable parquet files, no locks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from bazaar_nb.history.columns import arrow_schema
from bazaar_nb.history.event import RenderEvent
from bazaar_nb.history.row import Event
from bazaar_nb.store.layout import event_key
from bazaar_nb.store.store import Store


def record(store: Store, event: RenderEvent) -> str:
    """Write an event into the history and give its key.

    Raises
    ------
    StoreError
        If it can't be written.
    """
    return record_all(store, [event])[0]


def record_all(store: Store, events: Sequence[Event]) -> list[str]:
    """Write events of one table, a file for each day that they are of, and give the files' keys.

    A file is called by its first event: whoever has that one, has all of the file.

    Raises
    ------
    StoreError
        If they can't be written; files of other days may be there then.
    """
    days: dict[dt.date, list[Event]] = {}
    for event in events:
        days.setdefault(event.event_time.date(), []).append(event)
    return [_write(store, together) for together in days.values()]


def _write(store: Store, events: list[Event]) -> str:
    # Imported here: workers import this package, and pyarrow takes 0.4 s.
    import pyarrow as pa
    import pyarrow.parquet as pq

    first = events[0]
    key = event_key(first.table, first.event_id, first.event_time)
    rows = [msgspec.structs.asdict(event) for event in events]
    table = pa.Table.from_pylist(rows, schema=arrow_schema(type(first)))
    with store.writing(key, once=True) as path:
        # A few rows: dictionaries and statistics would be most of the file.
        pq.write_table(table, path, use_dictionary=False, write_statistics=False, compression="none")
    return key
