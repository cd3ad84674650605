"""Columns of events as arrow arrays, built of plain buffers.

`pyarrow.array` imports pandas to see whether it was given something of it, which
takes a first export as long as all else that it imports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def arrow_table(rows: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """Give rows as a table.

    Parameters
    ----------
    rows : sequence of dict
        Text, whole numbers, numbers, truth values, times with a time zone, and None.
    schema : pyarrow.Schema
        Of strings, int64, float64, bools and timestamps in microseconds.
    """
    import pyarrow as pa

    columns = [_column([row[field.name] for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    # The layout of arrow's columns: https://arrow.apache.org/docs/format/Columnar.html
    import pyarrow as pa

    there = np.array([value is not None for value in values], np.bool_)
    if pa.types.is_string(kind):
        texts = [b"" if value is None else value.encode() for value in values]
        ends = np.array([0, *accumulate(map(len, texts))], "<i4")
        data = [ends, b"".join(texts)]
    elif pa.types.is_boolean(kind):
        data = [_bits(np.array([bool(value) for value in values], np.bool_))]
    elif pa.types.is_floating(kind):
        data = [np.array([0.0 if value is None else value for value in values], "<f8")]
    elif pa.types.is_timestamp(kind):
        data = [
            np.array([0 if value is None else (value - _EPOCH) // _MICROSECOND for value in values], "<i8")
        ]
    else:
        data = [np.array([0 if value is None else value for value in values], "<i8")]
    buffers = [None if there.all() else pa.py_buffer(_bits(there)), *map(pa.py_buffer, data)]
    return pa.Array.from_buffers(kind, len(values), buffers)


def _bits(flags: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.packbits(flags, bitorder="little")
