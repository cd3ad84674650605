"""Rows come the same from whatever holds a table, as often as need be, and not all at once."""

from __future__ import annotations

import tracemalloc
from collections import namedtuple
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import bazaar_nb as bz
from bazaar_nb.batches.rows import read_rows

COLUMNS = {"id": [1, 2, 3], "city": ["Oslo", "Rome", "Lima"]}
FRAME = pd.DataFrame(COLUMNS)
City = namedtuple("City", ["id", "city"])


@pytest.mark.parametrize(
    "table",
    [
        lambda: FRAME,
        lambda: FRAME.set_index(pd.Index(list("abc"))),
        lambda: pl.DataFrame(COLUMNS),
        lambda: pl.LazyFrame(COLUMNS),
        lambda: pa.table(COLUMNS),
        lambda: COLUMNS,
        lambda: FRAME.to_dict("records"),
        lambda: [City(*row) for row in zip(*COLUMNS.values(), strict=True)],
        lambda: iter(FRAME.to_dict("records")),
        lambda: (FRAME[at : at + 2] for at in (0, 2)),
        lambda: pa.RecordBatchReader.from_batches(
            pa.table(COLUMNS).schema, pa.table(COLUMNS).to_batches(max_chunksize=2)
        ),
    ],
)
def test_all_kinds_of_tables_have_the_same_rows(table: Callable[[], Any]) -> None:
    rows = read_rows(table())
    for _ in range(2):
        assert list(rows) == [
            dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)
        ]
    assert rows.count == 3


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (7, "expected a table of pandas, polars or pyarrow, a list of dicts"),
        ("rows.csv", "got 'rows.csv'"),
        ([{"id": 1}, 2], "row 1 must be a dict or a named tuple"),
        ({"id": [1, 2], "city": ["Oslo"]}, "the columns make no table"),
        (pd.DataFrame([[1, 2]], columns=["id", "id"]), "id"),
        (iter([{"id": lambda: 1}]), "must be data that can be kept in a file"),
    ],
)
def test_what_is_no_table_is_refused(table: Any, said: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=said):
        list(read_rows(table))


def test_many_rows_are_not_in_memory() -> None:
    def many() -> Iterator[dict[str, Any]]:
        for number in range(100_000):
            yield {"id": number, "text": f"{number:0500}"}

    tracemalloc.start()
    try:
        rows = read_rows(many())
        for _ in range(2):
            assert sum(row["id"] for row in rows) == 100_000 * 99_999 // 2
        assert tracemalloc.get_traced_memory()[1] < 10e6  # of 50 MB
    finally:
        tracemalloc.stop()
