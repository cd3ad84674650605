"""The history's columns: names, dtypes, units and meanings, from the fields of `RenderEvent`."""

from __future__ import annotations

import datetime as dt
import functools
import types
from typing import TYPE_CHECKING, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from bazaar_nb.history.event import STATUSES, RenderEvent

if TYPE_CHECKING:
    import pandas as pd
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
    """The pandas dtype that `read_history` gives it."""
    unit: str
    """Empty where there is none, as for text; times are in UTC."""
    meaning: str


@functools.cache
def columns() -> tuple[Column, ...]:
    """Give all columns of the render history, in order."""
    return tuple(
        _column(name, hint) for name, hint in get_type_hints(RenderEvent, include_extras=True).items()
    )


def describe_history() -> pd.DataFrame:
    """Give the columns of the render history as a table: dtype, unit and meaning by name."""
    import pandas as pd

    return pd.DataFrame(columns(), columns=Column._fields).set_index("name")


@functools.cache
def arrow_schema() -> pa.Schema:
    """Give the parquet schema of an event; units and meanings are in the fields' metadata."""
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
            for column in columns()
        ]
    )


def _column(name: str, hint: object) -> Column:
    kind, doc = get_args(hint)
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    base = str if get_origin(kind) is Literal else kind
    return Column(name, "category" if doc.category else _DTYPES[base], doc.unit, doc.meaning)
