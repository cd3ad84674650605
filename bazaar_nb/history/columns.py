"""The history's columns: names, dtypes, units and meanings, from the fields of the events."""

from __future__ import annotations

import datetime as dt
import functools
import types
from typing import TYPE_CHECKING, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from bazaar_nb.history.event import Event
from bazaar_nb.history.render_event import STATUSES, RenderEvent

if TYPE_CHECKING:
    import pyarrow as pa

ROW_STATUSES = (*STATUSES, "lost")
"""What the status column of the DataFrame can say: those of events, and lost."""

FIRST_COLUMNS = {
    "renders": (
        "created", "composition", "status", "duration_s", "size_bytes", "render_s", "location",
        "error_message",
    ),
    "segments": ("event_time", "number", "frames", "cached", "tries", "draw_s", "encode_s", "size_bytes"),
    "engagement": (
        "event_time", "kind", "surface", "user", "project", "watched_s", "watched_fraction", "movie_s",
    ),
}  # fmt: skip
"""By table, what people look for in it: these columns come first."""

IDS = ("render_id", "event_id")
"""These come last."""

_DTYPES: dict[type, str] = {
    str: "string",
    int: "Int64",
    float: "float64",
    bool: "boolean",
    dt.datetime: "datetime64[us, UTC]",
}


class Column(NamedTuple):
    """One column of the history."""

    name: str
    dtype: str
    """The pandas dtype that `History` gives it."""
    unit: str
    """Empty where there is none, as for text; times are in UTC."""
    meaning: str


@functools.cache
def columns(kind: type[Event] = RenderEvent) -> tuple[Column, ...]:
    """Give all columns of a table, from what its rows are: first what happened, ids last."""
    hints = get_type_hints(kind, include_extras=True)
    first = FIRST_COLUMNS[kind.table]
    between = [name for name in kind.__struct_fields__ if name not in (*first, *IDS)]
    return tuple(_column(name, hints[name]) for name in (*first, *between, *IDS))


@functools.cache
def shown_schema(kind: type[Event] = RenderEvent) -> pa.Schema:
    """Give the schema of what people are given of a table: that of its files, in the order of `columns`."""
    import pyarrow as pa

    schema = arrow_schema(kind)
    return pa.schema([schema.field(column.name) for column in columns(kind)])


@functools.cache
def arrow_schema(kind: type[Event] = RenderEvent) -> pa.Schema:
    """Give the schema of a table's files, in the order of the events' fields; with units and meanings."""
    import pyarrow as pa

    kinds = {
        "category": pa.string(),
        "string": pa.string(),
        "Int64": pa.int64(),
        "float64": pa.float64(),
        "boolean": pa.bool_(),
        "datetime64[us, UTC]": pa.timestamp("us", tz="UTC"),
    }
    return pa.schema(
        [
            pa.field(
                column.name,
                kinds[column.dtype],
                metadata={"description": column.meaning, "unit": column.unit},
            )
            for column in sorted(columns(kind), key=lambda one: kind.__struct_fields__.index(one.name))
        ]
    )


def _column(name: str, hint: object) -> Column:
    kind, doc = get_args(hint)
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    base = str if get_origin(kind) is Literal else kind
    return Column(name, "category" if doc.category else _DTYPES[base], doc.unit, doc.meaning)
