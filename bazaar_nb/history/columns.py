"""The history's columns: names, dtypes, units and meanings, from the fields of the events."""

from __future__ import annotations

import datetime as dt
import functools
import types
from typing import TYPE_CHECKING, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from bazaar_nb.history.event import STATUSES, RenderEvent
from bazaar_nb.history.row import Event

if TYPE_CHECKING:
    import pyarrow as pa

ROW_STATUSES = (*STATUSES, "lost")
"""What the status column of the DataFrame can say: those of events, and lost."""

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
    """Give all columns of a table, in order, from what its rows are."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_column(name, hints[name]) for name in kind.__struct_fields__)


@functools.cache
def arrow_schema(kind: type[Event] = RenderEvent) -> pa.Schema:
    """Give a table's parquet schema; units and meanings are in the fields' metadata."""
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
            for column in columns(kind)
        ]
    )


def _column(name: str, hint: object) -> Column:
    kind, doc = get_args(hint)
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    base = str if get_origin(kind) is Literal else kind
    return Column(name, "category" if doc.category else _DTYPES[base], doc.unit, doc.meaning)
