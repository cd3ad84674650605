from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from msgspec import Meta

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.parameters.rows import check_rows
from bazaar_nb.parameters.signature import read_parameters

COLUMNS = {
    "text": ["one", "", "three", None],
    "size": [20, None, 91, 30],
    "theme": ["dark", "drak", None, "light"],
    "client": ["a", "b", "c", "d"],
}


def card(
    text: Annotated[str, Meta(min_length=1)],
    size: Annotated[int, Meta(ge=10, le=90)] = 40,
    theme: Literal["light", "dark"] = "light",
    headline: str = "",
) -> None: ...


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table, pl.LazyFrame])
def test_all_rows_are_checked(library: Callable[[Any], Any]) -> None:
    found = check_rows(read_parameters(card), library(COLUMNS))
    assert [(row, one.parameter, one.given) for row, one in found] == [
        (1, "text", "''"),
        (1, "theme", "'drak'"),
        (2, "size", found[2].problem.given),  # pandas has floats beside a gap
        (3, "text", "nothing"),
    ]
    assert float(found[2].problem.given) == 91


def test_columns_that_are_nearly_right_are_told_once() -> None:
    table = pd.DataFrame({"txt": ["a", "b"], "head line": ["c", "d"], "id": [1, 2]})
    assert [
        (row, one.parameter, one.given, one.hint) for row, one in check_rows(read_parameters(card), table)
    ] == [
        (None, "text", "no column", "; did you mean 'txt'?"),
        (None, "headline", "no column", "; did you mean 'head line'?"),
    ]


def test_what_is_no_table_is_told() -> None:
    with pytest.raises(InvalidValueError, match="expected a table of pandas, polars or pyarrow, got list"):
        check_rows(read_parameters(card), [1, 2])
