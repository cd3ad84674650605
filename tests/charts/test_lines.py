from __future__ import annotations

import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.charts import Lines
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Image, Line, Points, Polygon, Polyline, Text

WIDE = {"year": [2000, 2001, 2003], "Tea": [1.0, 2.0, 6.0], "Coffee": [3.0, 3.5, 4.0]}
LONG = pd.DataFrame(
    {
        "year": [2000, 2001, 2003] * 2,
        "drink": ["Tea"] * 3 + ["Coffee"] * 3,
        "cups": [1.0, 2.0, 6.0, 3.0, 3.5, 4.0],
        "low": [0.5, 1.0, 5.0, 2.0, 3.0, 3.5],
        "high": [1.5, 3.0, 7.0, 4.0, 4.0, 4.5],
    }
)


def _all(chart: Lines, time: float, kind: type, width: int = 1920, height: int = 1080) -> list[Any]:
    return [one for one in chart.at(time, width, height).children if isinstance(one, kind)]


def _ys(line: Polyline) -> Any:
    return line.y.values()


def test_long_and_wide_tables_of_two_libraries_give_one_picture() -> None:
    shuffled = pl.from_pandas(LONG).sample(fraction=1.0, shuffle=True, seed=3).sort("drink", descending=True)
    charts = [
        Lines(WIDE, time="year"),
        Lines(pl.DataFrame(WIDE), time="year"),
        Lines(LONG, time="year", name="drink", value="cups"),
        Lines(shuffled, time="year", name="drink", value="cups"),
        Lines(pa.table(WIDE), time="year"),
    ]
    assert all(chart.at(2.5) == charts[0].at(2.5) for chart in charts)


def test_first_picture_has_axes_and_the_last_stands_still() -> None:
    chart = Lines(WIDE, time="year", duration=4)
    assert {"2000", "2003"} <= {text.text for text in _all(chart, 0, Text)}
    assert chart.at(3.55) == chart.at(4.0)
    assert all(line.x.shape[-1] == 3 for line in _all(chart, 4.0, Polyline))


def test_uneven_moments_stay_uneven_and_lines_end_at_their_values() -> None:
    chart = Lines(WIDE, time="year", duration=4)
    (line, *_) = _all(chart, 4.0, Polyline)
    x = line.x.values()
    assert (x[2] - x[1]) / (x[1] - x[0]) == pytest.approx(2.0, rel=1e-4)
    dots = _all(chart, 4.0, Points)[-1]
    assert sorted(dots.y.values().tolist()) == sorted(
        float(_ys(one)[0, -1]) for one in _all(chart, 4.0, Polyline)
    )


def test_an_empty_row_is_a_gap_and_an_absent_one_is_joined() -> None:
    table = pd.DataFrame(
        {"t": [0, 1, 2, 0, 2], "who": ["a", "a", "a", "b", "b"], "v": [1.0, np.nan, 3.0, 5.0, 7.0]}
    )
    last = {
        one.stroke.color: _ys(one)[0]
        for one in _all(Lines(table, time="t", name="who", value="v"), 6, Polyline)
    }
    gaps = sorted(int(np.isnan(y).sum()) for y in last.values())
    assert gaps == [0, 1]
    joined = _all(Lines(table, time="t", name="who", value="v", missing="leave"), 6, Polyline)
    assert not any(np.isnan(_ys(one)).any() for one in joined)


def test_a_value_between_two_gaps_is_seen() -> None:
    table = {"t": range(5), "v": [1.0, np.nan, 2.0, np.nan, 3.0]}
    assert _all(Lines(table, time="t"), 6, Points)[0].rows == 3


def test_bands_of_long_and_wide_tables() -> None:
    assert (
        len(_all(Lines(LONG, time="year", name="drink", value="cups", band=("low", "high")), 6, Polygon)) == 2
    )
    one = LONG[LONG.drink == "Tea"].drop(columns="drink")
    assert len(_all(Lines(one, time="year", band=("low", "high")), 6, Polyline)) == 1
    with pytest.raises(InvalidValueError, match=r"Lines: .*`band` names column 'lo'.*'low'"):
        Lines(LONG, time="year", name="drink", value="cups", band=("lo", "high"))


def test_all_that_a_log_axis_cannot_show_is_told_at_once() -> None:
    table = {"t": [0, 1, 2], "v": [1.0, 0.0, -3.0]}
    with pytest.raises(InvalidValueError, match=r"(?s)2 problems.*'v', row 1: must be above 0.*row 2"):
        Lines(table, time="t", log=True)


def test_more_names_than_colours_are_grey_and_one_element() -> None:
    table = {"t": [0, 1], **{f"n{i}": [i, i + 1.0] for i in range(200)}}
    chart = Lines(table, time="t", highlight="n7")
    lines = _all(chart, 6, Polyline)
    assert len(lines) == 9
    assert lines[0].x.shape == (2,)
    assert lines[0].y.shape == (192, 2)
    assert any(text.text == "n7" for text in _all(chart, 6, Text))
    with pytest.raises(InvalidValueError, match="`highlight` names 'Kenia', which is not there"):
        Lines(table, time="t", highlight="Kenia")


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (640, 360)])
def test_names_neither_overlap_nor_leave_the_frame(size: tuple[int, int]) -> None:
    table = {"t": range(50), **{f"A name of many letters {i}": np.arange(50) * 0.01 * i for i in range(8)}}
    chart = Lines(table, time="t")
    for time in (1.5, 3.0, 6.0):
        names = [one for one in _all(chart, time, Text, *size) if str(one.text).startswith("A name")]
        assert len(names) >= 4
        spans = sorted((one.y - tall / 2, one.y + tall / 2) for one in names
                       for tall in [one.size * 1.1 * (str(one.text).count("\n") + 1)])  # fmt: skip
        assert all(before[1] <= after[0] + 0.6 for before, after in pairwise(spans))
        assert spans[-1][1] <= size[1]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 8))
def test_names_glide(seed: int, count: int) -> None:
    slopes, bends = np.random.default_rng(seed).normal(size=(2, count))
    t = np.linspace(0, 1, 200)
    table = {"t": t, **{f"n{i}": slopes[i] * t + bends[i] * t * t for i in range(count)}}
    chart = Lines(table, time="t", duration=5)
    before: dict[str, float] = {}
    for frame in range(20, 150):
        now = {one.text: one.y for one in _all(chart, frame / 30, Text) if str(one.text).startswith("n")}
        assert all(abs(y - before.get(key, y)) < 0.035 * 1080 for key, y in now.items())
        before = now


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e15, -1e15, 0.0])
@pytest.mark.parametrize("rows", [1, 2, 60])
def test_awkward_sizes_have_a_picture(scale: float, rows: int) -> None:
    table = {
        "t": pd.date_range("2020-01-31", periods=rows, freq="D", tz="Asia/Tokyo"),
        "v": scale * np.arange(rows),
    }
    chart = Lines(table, time="t", duration=2, title="x" * 300)
    bz.Composition([chart], width=320, height=180).still(-1)
    assert pickle.loads(pickle.dumps(chart)).at(1) == chart.at(1)


def test_many_points_are_thinned_to_what_is_seen() -> None:
    n = 200_000
    values = np.random.default_rng(2).normal(size=n)
    values[123_456] = 40.0
    (line,) = _all(Lines({"t": range(n), "v": values}, time="t"), 6, Polyline)
    assert line.x.shape[0] < 8000
    whole = _all(Lines({"t": range(n // 100), "v": values[::100]}, time="t", labels=None), 6, Polyline)
    assert whole[0].x.shape[0] == n // 100
    assert (_ys(line)[0] < _ys(line)[0, -1] - 100).any()


def test_leaders_join_names_that_had_to_move() -> None:
    table = {"t": [0, 1], **{f"n{i}": [i, 5 + i * 1e-3] for i in range(6)}}
    chart = Lines(table, time="t", zero=True)
    grid = len(_all(Lines(table, time="t", zero=True, labels=None), 6, Line))
    assert len(_all(chart, 6, Line)) > grid


def test_names_of_restless_lines_stand_still() -> None:
    calm = Lines({"t": range(100), "v": np.arange(100) ** 2}, time="t")
    restless = Lines({"t": range(100), "v": np.sin(np.arange(100))}, time="t")

    def places(chart: Lines) -> set[tuple[Any, Any]]:
        names = [[one for one in _all(chart, time, Text) if one.text == "v"] for time in (1.2, 2.5, 4.0, 6.0)]
        return {(one.x, one.y) for (one,) in names}

    assert len(places(calm)) == 4
    assert len(places(restless)) == 1


def test_pictures_stand_before_names() -> None:
    chart = Lines(WIDE, time="year", images={"Tea": "tea.png"})
    (picture,) = _all(chart, 6, Image)
    tea = next(one for one in _all(chart, 6, Text) if one.text == "Tea")
    assert picture.source == "tea.png"
    assert picture.x + picture.width < tea.x
    assert picture.y == tea.y
