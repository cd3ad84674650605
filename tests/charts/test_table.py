import datetime
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import bazaar_nb as bz
from bazaar_nb.charts.parts.table import Columns, Problems, fill_gaps, pivot
from bazaar_nb.charts.parts.time_table import read_time_table

NAN = math.nan
LONG = {
    "year": [2000, 2000, 2001, 2001],
    "who": ["A", "B", "A", "B"],
    "value": [1.0, 2.0, 3.0, None],
}

NAMES = {"name": "who", "value": "value"}


def columns(table: Any) -> Columns:
    return Columns(table, Problems("BarRace"))


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table, dict, lambda table: pl.LazyFrame(table)]
)
def test_all_libraries_are_read_alike(make: Any) -> None:
    found = read_time_table(columns(make(LONG)), time="year", name="who", value="value")
    assert found.keys == ("A", "B")
    np.testing.assert_array_equal(found.times, [2000, 2001])
    np.testing.assert_array_equal(found.matrix, [[1, 2], [3, NAN]])


def test_a_table_with_a_column_for_each_moment_is_told_how_to_turn() -> None:
    table = pd.DataFrame({"country": ["A", "B"], "2000": [1.0, 2.0], "2001": [3.0, 4.0], "2002": [5.0, 6.0]})
    with pytest.raises(bz.InvalidValueError, match=r"a column for each moment, '2000' to '2002'") as told:
        bz.charts.BarRace(table, time="year", name="country", value="people")
    turned = eval(str(told.value).partition("in pandas, ")[2].partition(" turns it")[0], {"table": table})
    assert read_time_table(columns(turned), time="year", name=None, value=None).keys == ("A", "B")


def test_a_wide_table_has_a_key_in_each_column_of_numbers() -> None:
    wide = pd.DataFrame(
        {"A": [3, 1], "B": [4, 2], "note": ["x", "y"]}, index=pd.Index([2001, 2000], name="year")
    )
    found = read_time_table(columns(wide), time="year", name=None, value=None)
    assert found.keys == ("A", "B")
    np.testing.assert_array_equal(found.matrix, [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([Decimal("1.5"), None], [1.5, NAN]),
        (pd.array([1, None], dtype="Int64"), [1, NAN]),
        (pd.array([1.5, pd.NA], dtype="Float64"), [1.5, NAN]),
        ([True, False], [1, 0]),
        (np.array([1, 2], np.float32), [1, 2]),
    ],
)
def test_numbers_of_all_types(values: Any, expected: list[float]) -> None:
    np.testing.assert_array_equal(columns(pd.DataFrame({"v": values})).numbers("v"), expected)


@pytest.mark.parametrize(
    "moments",
    [
        pd.to_datetime(["2024-03-02", "2024-03-01"]),
        pd.to_datetime(["2024-03-02", "2024-03-01"]).tz_localize("UTC"),
        pd.PeriodIndex(["2024-03-02", "2024-03-01"], freq="D"),
        ["2024-03-02", "2024-03-01"],
        [datetime.date(2024, 3, 2), datetime.date(2024, 3, 1)],
    ],
)
def test_dates_of_all_types_are_days(moments: Any) -> None:
    found = columns(pd.DataFrame({"t": moments})).moments("t")
    assert found.kind == "date"
    np.testing.assert_array_equal(found.values, [19784, 19783])
    assert found.place("2024-03-02") == 19784
    assert found.place(datetime.date(2024, 3, 2)) == 19784


def test_zones_count() -> None:
    zone = pd.to_datetime(["2024-03-01 01:00"]).tz_localize("Europe/Berlin")
    assert columns(pd.DataFrame({"t": zone})).moments("t").values[0] == 19783
    polars = pl.DataFrame({"t": [datetime.datetime(2024, 3, 1, 12)]})
    assert columns(polars).moments("t").values[0] == 19783.5


def test_steps_keep_their_order_and_say_which_there_are() -> None:
    found = columns({"t": ["Mon", "Tue", "Mon"]}).moments("t")
    assert (found.kind, found.names, found.place("Tue")) == ("step", ("Mon", "Tue"), 1.0)
    with pytest.raises(bz.InvalidValueError, match=r"'Tu'.*did you mean 'Tue'"):
        found.place("Tu")


def test_categories_have_their_order() -> None:
    sizes = ["small", "large", "medium"]
    ordered = pd.Categorical(sizes, ["small", "medium", "large"], ordered=True)
    assert columns(pd.DataFrame({"s": ordered})).order("s") == ["small", "medium", "large"]
    assert columns(pl.DataFrame({"s": pl.Series(sizes, dtype=pl.Enum(["large", "medium", "small"]))})).order(
        "s"
    ) == ["large", "medium", "small"]
    assert columns({"s": sizes}).order("s") == sizes


@pytest.mark.parametrize(
    ("table", "call", "message"),
    [
        ({"year": []}, {}, "no rows"),
        ([1, 2], {}, "wants a table.*list"),
        (LONG, {"time": "Year"}, r"`time` names column 'Year'.*did you mean 'year'"),
        (LONG, {"name": "whom", "value": "worth"}, r"2 problems.*'whom'.*did you mean 'who'.*'worth'"),
        (LONG, {"name": "who"}, "`name` and `value` go together"),
        ({**LONG, "value": [1, 2, "many", 4]}, NAMES, r"column 'value', row 2: wants a number, got 'many'"),
        ({**LONG, "value": [1, 2, math.inf, 4]}, NAMES, r"row 2: is infinite"),
        ({**LONG, "who": ["A", "", "A", "B"]}, NAMES, r"column 'who', row 1: has no name"),
        ({**LONG, "who": ["A", "A", "A", "B"]}, NAMES, r"row 1: 'A' has a second value.*row 0"),
        ({**LONG, "year": [None, 2000, 2001, 2001]}, NAMES, r"column 'year', row 0: has no moment"),
        ({"year": [1, 1], "A": [1, 2]}, {}, r"column 'year', row 1: has a second row"),
        ({"year": [1, 2], "A": [None, None]}, {}, "no value at all"),
        ({"year": [1, 2], "A": ["x", "y"]}, {}, "no column but 'year' has numbers"),
    ],
)
def test_wrong_tables_say_chart_column_and_row(table: Any, call: dict[str, str], message: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=f"(?s)BarRace.*{message}"):
        bz.charts.BarRace(table, **{"time": "year", **call})  # type: ignore[arg-type]


def test_ten_complaints_are_told_and_the_others_counted() -> None:
    table = {"year": range(30), "who": ["A"] * 30, "value": ["x"] * 30}
    with pytest.raises(bz.InvalidValueError, match="30 problems") as caught:
        bz.charts.BarRace(table, time="year", name="who", value="value")
    assert str(caught.value).count("\n- ") == 11
    assert "and 20 more" in str(caught.value)


def test_gaps_are_left_or_filled() -> None:
    times, column = np.array([0.0, 1, 4, 5, 6]), np.array([NAN, 1, NAN, 5, NAN])
    for missing, expected in (
        ("gap", [NAN, 1, NAN, 5, NAN]), ("hold", [NAN, 1, 1, 5, 5]), ("leave", [NAN, 1, 4, 5, NAN]),
    ):  # fmt: skip
        filled = fill_gaps(times, column[:, None], missing)  # type: ignore[arg-type]
        np.testing.assert_array_equal(filled[:, 0], expected)


def test_rows_in_any_order_give_one_matrix() -> None:
    problems = Problems("x")
    times, keys, matrix = pivot(
        np.array([2.0, 1, 2, 1]), ["B", "A", "A", "B"], np.array([4.0, 1, 3, 2]), problems, "v"
    )
    assert keys == ("B", "A")
    np.testing.assert_array_equal(times, [1, 2])
    np.testing.assert_array_equal(matrix, [[2, 1], [4, 3]])
    assert not problems
