from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import bazaar_nb as bz
from bazaar_nb.charts import Heatmap
from bazaar_nb.charts.heat.heatmap import _readable_on
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Points, Text

LONG = pd.DataFrame({"a": [2, 10, 2, 10], "b": ["u", "u", "v", "v"], "n": [1.0, 2.0, 3.0, np.nan]})


def _cells(chart: Heatmap, time: float = 5) -> Any:
    return next(one for one in chart.at(time).children if isinstance(one, Points))


def test_long_and_wide_tables_of_two_libraries_give_one_picture() -> None:
    wide = pl.DataFrame({"b": ["u", "v"], "2": [1.0, 3.0], "10": [2.0, None]})
    chart = Heatmap(LONG, x="a", y="b", value="n")
    assert chart.x_names == ("2", "10")  # as numbers rise
    assert (
        chart.at(5)
        == Heatmap(wide, y="b").at(5)
        == Heatmap(pl.from_pandas(LONG), x="a", y="b", value="n").at(5)
    )


def test_cells_have_the_colours_of_their_values_and_none_where_there_is_none() -> None:
    chart = Heatmap(LONG, x="a", y="b", value="n", colormap="viridis")
    colors = _cells(chart).color.values()
    assert "#" + "".join(f"{part:02x}" for part in colors[0][:3]) == "#440154"
    assert "#" + "".join(f"{part:02x}" for part in colors[3][:3]) == chart.theme.faint


def test_values_are_written_where_they_fit_in_letters_that_can_be_read() -> None:
    chart = Heatmap(LONG, x="a", y="b", value="n")
    words = {one.text for one in chart.at(5).children if isinstance(one, Text)}
    assert {"1", "2", "3"} <= words
    many = {"y": [f"r{n}" for n in range(60)], **{f"c{n}": range(60) for n in range(40)}}
    chart = Heatmap(many, y="y")
    assert not chart._laid_out(1920, 1080, False)[2].words
    assert _readable_on((1, 1, 1)) != _readable_on((0, 0, 0))


def test_middles_are_where_values_lie_on_both_sides() -> None:
    both = {"y": ["r", "s"], "c": [-3.0, 4.0]}
    assert Heatmap(both, y="y").limits == (-4.0, 4.0)
    one = {"y": ["r", "s"], "c": [-0.1, 4.0]}
    assert Heatmap(one, y="y").limits[0] > -4
    assert Heatmap(one, y="y", middle=2).limits == (-1.0, 5.0)


def test_a_second_value_of_a_cell_or_a_day_is_told() -> None:
    with pytest.raises(
        InvalidValueError, match=r"Heatmap: column 'n', row 4: 'u' has a second value for '2'.*row 0"
    ):
        Heatmap(pd.concat([LONG, LONG.iloc[:1]]), x="a", y="b", value="n")
    days = {"d": ["2024-01-01", "2024-01-01"], "n": [1, 2]}
    with pytest.raises(InvalidValueError, match=r"column 'd', row 1: a day comes a second time"):
        Heatmap(days, time="d", value="n", calendar=True)
    with pytest.raises(InvalidValueError, match="give `x`, `y` and `value`"):
        Heatmap(LONG, value="n")


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920)])
@pytest.mark.parametrize("last", ["2024-12-31", "2026-02-03"])
def test_days_stand_below_their_weekdays_in_the_area_and_apart(size: tuple[int, int], last: str) -> None:
    days = pd.date_range("2024-01-01", last, tz="UTC")
    chart = Heatmap({"d": days, "n": range(len(days))}, time="d", value="n", calendar=True, locale="de")
    _, heading, layout = chart._laid_out(*size, False)
    assert len({(round(x), round(y)) for x, y in layout.places.tolist()}) == len(days)
    assert layout.places.min(axis=0).tolist() >= [heading.area.left, heading.area.top]
    assert (layout.places.max(axis=0) <= [heading.area.right, heading.area.bottom]).all()
    across = 0 if last.startswith("2024") else 1  # weekdays run across months, and down strips
    for number in range(28):
        other = number + 7
        same_month = (
            datetime.date(2024, 1, 1 + number).month == datetime.date(2024, 1, 1 + other).month
            if other < 31
            else False
        )
        if same_month:
            assert layout.places[number, across] == pytest.approx(layout.places[other, across])


def test_emphasis_by_row_and_column() -> None:
    chart = Heatmap(LONG, x="a", y="b", value="n", highlight="v")
    alpha = _cells(chart).color.values()[:, 3].tolist()
    assert alpha[0] == alpha[1] == 89
    assert alpha[2] == alpha[3] == 255
    assert [mark.key for mark in chart._marks(*_laid(chart), 5.0)] == ["2 / u", "10 / u", "2 / v", "10 / v"]


def _laid(chart: Heatmap) -> tuple[Any, Any]:
    room, _, layout = chart._laid_out(1920, 1080, False)
    return room, layout


@pytest.mark.parametrize("values", [[0, 0], [7, 7], [1e-12, 2e-12], [-1e15, 1e15]])
def test_awkward_values_have_a_picture(values: list[float]) -> None:
    chart = Heatmap({"y": ["x" * 200, "مرحبا"], "c": values}, y="y")
    bz.Composition([chart], width=180, height=320).still(-1)
