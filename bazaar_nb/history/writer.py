"""Events into the store: immutable parquet files, no locks.

What is promised: no event takes the place of another. One without an id is
refused, and a file that is there is never replaced, whatever went wrong before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.arrow_columns import arrow_table
from bazaar_nb.history.columns import arrow_schema
from bazaar_nb.history.event import Event
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.store.key_layout import MERGED, event_key
from bazaar_nb.store.names import safe_name
from bazaar_nb.store.store import Store


def record(store: Store, event: RenderEvent) -> str:
    """Write an event into the history and give its key.

    Raises
    ------
    StoreError
        If it can't be written, or if another event has its name.
    InvalidValueError
        If it has no id that can be the name of a file.
    """
    return record_all(store, [event])[0]


def record_all(store: Store, events: Sequence[Event]) -> list[str]:
    """Write events of one table, a file for each day that they are of, and give the files' keys.

    A file is called by its first event: whoever has that one, has all of the file.

    Raises
    ------
    StoreError
        If they can't be written, or if other events have their names; files of other days may be there then.
    InvalidValueError
        If one has no id of its own that can be the name of a file; nothing is written then.
    """
    _check_ids(events)
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
    table = arrow_table(rows, arrow_schema(type(first)))
    file = pa.BufferOutputStream()
    # A few rows: dictionaries and statistics would be most of the file.
    pq.write_table(table, file, use_dictionary=False, write_statistics=False, compression="none")
    store.create(key, file.getvalue().to_pybytes())
    return key


def _check_ids(events: Sequence[Event]) -> None:
    """Refuse what would be lost: files are called by ids, and readers tell events apart by them."""
    seen = set[str]()
    for event in events:
        name = event.event_id
        where = f"(an event of {event.table}, render {event.render_id})"
        if not name or safe_name(name) != name or name.startswith(MERGED):
            raise InvalidValueError(f"`event_id` must be the name of a file, got {name!r:.80} {where}")
        if name in seen:
            raise InvalidValueError(f"`event_id` must be of one event, got {name!r:.80} twice {where}")
        seen.add(name)
