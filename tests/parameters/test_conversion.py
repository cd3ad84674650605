from __future__ import annotations

import datetime
import decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta
from PIL import Image

from bazaar_nb.parameters.conversion import convert
from bazaar_nb.parameters.kinds import Color, ImageFile, Kind, Table, read_kind

DAY = datetime.date(2026, 1, 31)
NOON = datetime.datetime(2026, 1, 31, 12)


def kind_of(hint: Any) -> Kind:
    kind = read_kind(hint)
    assert kind is not None
    return kind


def wrong(hint: Any, value: Any) -> list[str]:
    return [f"{one.parameter}: {one.wanted}{one.hint}" for one in convert(kind_of(hint), value, "x")[1]]


@pytest.mark.parametrize(
    ("hint", "value", "made"),
    [
        (int, np.int8(3), 3),
        (int, 3.0, 3),
        (int, decimal.Decimal(3), 3),
        (float, 3, 3.0),
        (float, np.float32(0.5), 0.5),
        (bool, np.bool_(True), True),
        (str, "", ""),
        (Literal["a", 2], 2, 2),
        (datetime.date, "2026-01-31", DAY),
        (datetime.date, pd.Timestamp(DAY), DAY),
        (datetime.date, np.datetime64("2026-01-31"), DAY),
        (datetime.datetime, "2026-01-31T12:00", NOON),
        (datetime.datetime, pd.Timestamp(NOON), NOON),
        (datetime.datetime, DAY, datetime.datetime(2026, 1, 31)),
        (list[int], (1, 2.0), [1, 2]),
        (list[float], np.array([1, 2]), [1.0, 2.0]),
        (list[int], pd.Series([1, 2]), [1, 2]),
        (Color, "#2f6de0", "#2f6de0"),
        (Color | None, None, None),
        (Path, "a/b", Path("a/b")),
        (dict[str, int], {"a": 1}, {"a": 1}),
    ],
)
def test_what_people_have_is_taken(hint: Any, value: Any, made: Any) -> None:
    result, problems = convert(kind_of(hint), value, "x")
    assert problems == []
    assert result == made
    assert type(result) is type(made)


@pytest.mark.parametrize(
    ("hint", "value", "said"),
    [
        (int, 3.5, "a whole number"),
        (int, True, "a whole number"),
        (int, "3", "a whole number"),
        (Annotated[int, Meta(ge=1, le=60)], 61, "a whole number from 1 to 60"),
        (Annotated[float, Meta(gt=0)], 0, "a number above 0"),
        (float, float("nan"), "a finite number"),
        (float, np.array([1.0, 2.0]), "a number"),
        (bool, 1, "True or False"),
        (str, 3, "text"),
        (Annotated[str, Meta(min_length=1, max_length=4)], "", "text of 1 to 4 characters"),
        (Literal["light", "dark"], "Drak", "'light' or 'dark'; did you mean 'dark'?"),
        (Color, "golf", "a colour as 'tomato', '#2f6de0' or 'rgb(…)'; did you mean 'gold'?"),
        (Color | None, "#12", "a colour as 'tomato', '#2f6de0' or 'rgb(…)', or None"),
        (datetime.date, "31.1.2026", "a date as 2026-01-31"),
        (datetime.date, NOON, "a date as 2026-01-31"),
        (Annotated[list[int], Meta(min_length=1)], [], "a list of at least 1 whole numbers"),
        (list[str], "abc", "a list of texts"),
        (Table, 3, "a table (of pandas, polars, pyarrow, or a dict of columns)"),
        (pd.DataFrame, [1], "a table (of pandas, polars, pyarrow, or a dict of columns)"),
    ],
)
def test_what_is_wrong_is_told(hint: Any, value: Any, said: str) -> None:
    assert wrong(hint, value) == [f"x: {said}"]


def test_each_item_of_a_list_is_told() -> None:
    assert wrong(list[Color], ["red", "rde", 3]) == [
        "x[1]: a colour as 'tomato', '#2f6de0' or 'rgb(…)'; did you mean 'red'?",
        "x[2]: a colour as 'tomato', '#2f6de0' or 'rgb(…)'",
    ]


def test_tables_come_as_they_are() -> None:
    for table in (pd.DataFrame({"a": [1]}), pl.DataFrame({"a": [1]}), pa.table({"a": [1]}), {"a": [1]}):
        made, problems = convert(kind_of(Table), table, "x")
        assert made is table
        assert problems == []


def test_pictures_are_looked_at(tmp_path: Path) -> None:
    good, text = tmp_path / "photo.png", tmp_path / "notes.png"
    Image.new("RGB", (2, 2)).save(good)
    text.write_text("none")
    assert convert(kind_of(ImageFile), good, "x") == (str(good), [])
    assert wrong(ImageFile, text) == ["x: the path of a picture; the file is no picture that can be read"]
    near = "there is no such file; did you mean 'photo.png'?"
    assert wrong(ImageFile, tmp_path / "foto.png") == [f"x: the path of a picture; {near}"]
    assert "there is no folder" in wrong(ImageFile, "no/where.png")[0]
    assert wrong(ImageFile, "s3://bucket/photo.png") == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
HINTS: list[Any] = [
    str, int, float, bool, Literal["a", "b"], Color, datetime.date, datetime.datetime, Table, list[int],
    list[Color] | None, Annotated[float, Meta(ge=0, le=1)], dict[str, int], int | str, ImageFile, Any,
]  # fmt: skip


@given(value=ANYTHING, hint=st.sampled_from(HINTS))
def test_anything_is_taken_or_told(value: Any, hint: Any) -> None:
    made, problems = convert(kind_of(hint), value, "x")
    if not problems:  # and what was made is taken again
        assert convert(kind_of(hint), made, "x")[1] == []
