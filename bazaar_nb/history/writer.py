"""Events into the store: one immutable parquet file each, no locks."""

from __future__ import annotations

import msgspec

from bazaar_nb.history.columns import arrow_schema
from bazaar_nb.history.event import RenderEvent
from bazaar_nb.store.layout import render_event_key
from bazaar_nb.store.store import Store


def record(store: Store, event: RenderEvent) -> str:
    """Write an event into the history and give its key.

    Raises
    ------
    StoreError
        If it can't be written.
    """
    # Imported here: workers import this package, and pyarrow takes 0.4 s.
    import pyarrow as pa
    import pyarrow.parquet as pq

    key = render_event_key(event.event_id, event.event_time)
    table = pa.Table.from_pylist([msgspec.structs.asdict(event)], schema=arrow_schema())
    with store.writing(key, once=True) as path:
        # One row: dictionaries and statistics would be most of the file.
        pq.write_table(table, path, use_dictionary=False, write_statistics=False, compression="none")
    return key
