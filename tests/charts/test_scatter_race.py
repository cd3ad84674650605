import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import bazaar_nb as bz
from tests.charts.motion import words

LANDS = {
    "year": [2000, 2010, 2000, 2010, 2000, 2010],
    "land": ["A", "A", "B", "B", "C", "C"],
    "income": [900, 9000, 20000, 40000, 3000, 2000],
    "life": [50, 60, 78, 81, 66, 70],
    "people": [100, 400, 25, 25, 1, 1],
    "region": ["East", "East", "West", "West", "East", "East"],
}
USUAL = {"x": "income", "y": "life", "time": "year", "name": "land", "size": "people", "duration": 6}


def race(table: Any = LANDS, **options: Any) -> bz.charts.ScatterRace:
    return bz.charts.ScatterRace(table, **{**USUAL, **options})


def points(chart: bz.charts.ScatterRace, time: float, width: int = 1920, height: int = 1080) -> Any:
    found = [one for one in chart.at(time, width, height).children if isinstance(one, bz.Points)]
    return found[-1] if found else None


def test_areas_are_as_the_sizes() -> None:
    chart = race(enter=False)
    sizes = np.sort(points(chart, 6).size.values())
    assert (sizes[2] / sizes[1]) ** 2 == pytest.approx(400 / 25, rel=1e-3)
    large_first = points(chart, 6).size.values()
    assert (np.diff(large_first) <= 0).all()


def test_bubbles_move_evenly_in_ratios_on_an_axis_of_ratios() -> None:
    chart = race(log="x", enter=False)
    halfway = (chart.phases.move_start + chart.phases.move_stop) / 2
    start, middle, stop = (points(chart, time).x.values()[0] for time in (0, halfway, 6))
    assert middle == pytest.approx((start + stop) / 2, abs=1)
    low = race(enter=False)
    start, middle, stop = (points(low, time).x.values()[0] for time in (0, halfway, 6))
    assert middle == pytest.approx((start + stop) / 2, abs=1)


def test_axes_stand_still_and_the_last_picture_too() -> None:
    chart = race(title="Richer", color="region", labels=["A"])
    first, last = words(chart.at(0).children), words(chart.at(6).children)
    assert {"Richer", "East", "West", "income", "life"} <= set(first)
    assert "A" in last
    assert "B" not in last
    assert chart.at(5.5) == chart.at(6)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_tables_of_all_libraries_give_equal_pictures(make: Any) -> None:
    assert race(make(LANDS)).at(3) == race().at(3)


def test_who_is_missing_is_not_there() -> None:
    table = {**LANDS, "life": [50, 60, 78, None, 66, 70]}
    assert [points(race(table, missing=missing, enter=False), 6).rows for missing in ("leave", "hold")] == [
        2,
        3,
    ]
    assert points(race(table, enter=False), 0).rows == 3


def test_trails_are_those_of_the_chosen() -> None:
    chart = race(highlight=["A"])
    trails = [one for one in chart.at(5).children if isinstance(one, bz.Polyline)]
    assert len(trails) == 1
    assert [one for one in race().at(5).children if isinstance(one, bz.Polyline)] == []


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920), (320, 90)])
@pytest.mark.parametrize(
    "changes",
    [
        {"people": [0, 0, 0, 0, 0, 0]},
        {"life": [5, 5, 5, 5, 5, 5]},
        {"life": [-1e15, 3, 1e15, 1e-12, 0, 1]},
        {"land": ["日本", "日本", "x" * 200, "x" * 200, "🇧🇷", "🇧🇷"]},
        {"year": ["Mon", "Tue"] * 3},
        {"year": [1, 1, 1, 2, 2, 2], "land": list("ABCDEF")},
        {"people": [None, 1, None, None, 3, 4]},
    ],
)
def test_awkward_tables_give_pictures(changes: dict[str, Any], size: tuple[int, int]) -> None:
    chart = race({**LANDS, **changes}, title="A title", duration=3, events=[], highlight=None)
    for time in (0, 0.6, 1.5, 3):
        found = points(chart, time, *size)
        if found is not None:
            assert np.isfinite(found.x.values()).all()
            assert np.isfinite(found.y.values()).all()


def test_wrong_tables_and_options_are_told() -> None:
    for options, message in (
        ({"x": "Income"}, "did you mean 'income'"),
        ({"log": "z"}, "`log`"),
        ({"labels": ["D"]}, "`labels` names 'D'"),
        ({"trails": ["D"]}, "`trails` names 'D'"),
        ({"highlight": "a"}, "did you mean 'A'"),
    ):
        with pytest.raises(bz.InvalidValueError, match=message):
            race(**options)
    for changes, options, message in (
        ({"people": [1, -2, 3, 4, 5, 6]}, {}, r"column 'people', row 1: a size can't be below 0"),
        ({"income": [1, 0, 3, 4, 5, 6]}, {"log": "x"}, r"column 'income', row 1: must be above 0"),
        ({"land": list("AABBBB"), "year": [1, 2, 1, 2, 1, 2]}, {}, r"row 4: 'B' has a second value.*row 2"),
    ):
        with pytest.raises(bz.InvalidValueError, match=message):
            race({**LANDS, **changes}, **options)


def test_a_prepared_race_can_be_sent() -> None:
    assert pickle.loads(pickle.dumps(race())).at(3) == race().at(3)
