from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.charts import CallOut, Scatter
from bazaar_nb.charts.parts.marks import Dot
from bazaar_nb.charts.parts.room import Area
from bazaar_nb.charts.points.trend_line import find_trend
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Points, Polyline, Text

TABLE = pd.DataFrame(
    {
        "who": list("abcd"),
        "x": [1.0, 2, 3, np.nan],
        "y": [1.0, 4, 2, 3],
        "n": [1.0, 4, 9, 2],
        "g": list("uuvv"),
    }
)


def _points(chart: Scatter, time: float = 5) -> Any:
    return next(one for one in chart.at(time).children if isinstance(one, Points))


def test_areas_stand_for_sizes_and_small_points_lie_on_large_ones() -> None:
    points = _points(Scatter(TABLE, x="x", y="y", name="who", size="n", group="g"))
    size = points.size.values()
    assert points.rows == 3
    assert size[0] / size[1] == pytest.approx(1.5, rel=1e-3)
    assert size[0] > size[1] > size[2]


def test_marks_are_what_is_drawn() -> None:
    chart = Scatter(pl.from_pandas(TABLE), x="x", y="y", name="who", size="n", group="g", highlight="a")
    for time in (0.4, 5.0):
        room, _, layout = chart._laid_out(1920, 1080, False)
        marks = chart._marks(room, layout, time)
        points = _points(chart, time)
        forms = [one.form for one in marks if isinstance(one.form, Dot) and one.form.radius > 0.2]
        assert [form.x for form in forms] == pytest.approx(points.x.values().tolist(), rel=1e-5)
        assert [2 * form.radius for form in forms] == pytest.approx(points.size.values().tolist(), rel=1e-4)
    assert sorted(mark.key for mark in marks) == ["a", "b", "c"]


def test_who_is_wrong_is_told() -> None:
    with pytest.raises(InvalidValueError, match=r"Scatter: column 'who', row 4: 'a' comes a second time"):
        Scatter(pd.concat([TABLE, TABLE.iloc[:1]]), x="x", y="y", name="who")
    with pytest.raises(InvalidValueError, match=r"`x` names column 'X'.*did you mean 'x'"):
        Scatter(TABLE, x="X", y="y")
    with pytest.raises(InvalidValueError, match=r"column 'who', row 0: wants a number"):
        Scatter(TABLE, x="who", y="y")
    with pytest.raises(InvalidValueError, match="`labels` names 'z'"):
        Scatter(TABLE, x="x", y="y", name="who", labels=["z"])
    with pytest.raises(InvalidValueError, match="row 1: must be above 0"):
        Scatter({"x": [1, 0], "y": [1, 1]}, x="x", y="y", log_x=True)


def test_ten_thousand_points_are_one_element_and_keep_their_place() -> None:
    rng = np.random.default_rng(1)
    chart = Scatter({"x": rng.normal(size=10_000), "y": rng.normal(size=10_000)}, x="x", y="y", trend=True)
    assert sum(isinstance(one, Points) for one in chart.at(5).children) == 1
    assert _points(chart).rows == 10_000
    assert chart.at(4.4) == chart.at(5)
    assert pickle.loads(pickle.dumps(chart)).at(1) == chart.at(1)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), count=st.integers(2, 60))
def test_names_lie_over_no_other_name(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    table = {
        "x": rng.normal(size=count),
        "y": rng.normal(size=count),
        "name": [f"Name {n}" for n in range(count)],
    }
    chart = Scatter(table, x="x", y="y", name="name", labels="all")
    words = [
        one
        for one in chart.at(5, 960, 540).children
        if isinstance(one, Text) and str(one.text).startswith("Name")
    ]
    room, _, layout = chart._laid_out(960, 540, False)
    boxes = []
    for one in words:
        wide, tall = room.width_of(str(one.text), one.size, 600), one.size
        left = float(one.x) - wide * (0 if "left" in one.anchor else 1 if "right" in one.anchor else 0.5)  # type: ignore[arg-type]
        top = float(one.y) - tall * (0 if "top" in one.anchor else 1 if "bottom" in one.anchor else 0.5)  # type: ignore[arg-type]
        boxes.append((left, top, left + wide, top + tall))
    for number, (a, b, c, d) in enumerate(boxes):
        assert a >= layout.plane.area.left - 1
        assert c <= layout.plane.area.right + 1
        for e, f, g, h in boxes[:number]:
            assert c <= e or g <= a or d <= f or h <= b


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_trend_is_that_of_least_squares(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(0, 1000, (20, 2))
    found = find_trend(points, Area(0, -1e5, 1000, 1e5))
    assert found is not None
    slope, base = np.polyfit(points[:, 0], points[:, 1], 1)
    assert np.allclose(found[:, 1], base + slope * found[:, 0])


def test_call_outs_point_at_points() -> None:
    chart = Scatter(
        TABLE, x="x", y="y", name="who", callouts=[CallOut("Look", key="b"), CallOut("Here", x=1.5, y=2)]
    )
    assert {"Look", "Here"} <= {one.text for one in chart.at(5).children if isinstance(one, Text)}
    with pytest.raises(InvalidValueError, match="`callouts` names 'zz'"):
        Scatter(TABLE, x="x", y="y", name="who", callouts=[CallOut("Look", key="zz")])


@pytest.mark.parametrize("x", [[5, 5], [1e-12, 2e-12], [-1e15, 1e15], ["2020-01-01", "2021-01-01"]])
def test_awkward_axes_have_a_picture(x: list[Any]) -> None:
    chart = Scatter({"x": x, "y": [0, 0], "c": [1, 1]}, x="x", y="y", color="c", trend=True)
    bz.Composition([chart], width=320, height=180).still(-1)
    assert not any(
        isinstance(one, Polyline) and np.isnan(one.y.values()).any() for one in chart.at(5).children
    )
