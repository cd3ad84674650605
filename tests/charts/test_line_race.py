import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import bazaar_nb as bz
from tests.charts.motion import texts, words

SALES = {"year": [2020, 2021, 2023], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}


def race(table: Any = SALES, **options: Any) -> bz.charts.LineRace:
    return bz.charts.LineRace(table, **{"time": "year", "duration": 6, **options})


def lines(chart: bz.charts.LineRace, time: float) -> list[Any]:
    return [element for element in chart.at(time).children if isinstance(element, bz.Polyline)]


def test_lines_grow_and_their_names_go_with_them() -> None:
    chart = race(title="Tea overtakes")
    assert "Tea overtakes" in words(chart.at(0).children)
    assert lines(chart, 0) == []
    half, end = lines(chart, 1.4), lines(chart, 6)
    assert len(half) == len(end) == 2
    assert half[0].x.values()[-1] < end[0].x.values()[-1]
    assert {"Tea  9", "Coffee  7"} <= set(words(chart.at(6).children))
    assert chart.at(5.5) == chart.at(6)


def test_uneven_moments_stay_uneven() -> None:
    x = lines(race(enter=False), 6)[0].x.values()
    assert (x[2] - x[1]) / (x[1] - x[0]) == pytest.approx(2, rel=1e-4)


def test_names_never_lie_over_each_other_when_all_stands_still() -> None:
    table = {"year": [0, 1, 2], **{f"Name {n}": [n % 3, 5 + 0.01 * n, 4 + 0.02 * n] for n in range(8)}}
    chart = race(table)
    found = [text for text in texts(chart.at(6).children) if str(text.text).startswith("Name")]
    heights = sorted(float(text.y) for text in found if isinstance(text.y, float))
    assert len(heights) == 8
    assert np.diff(heights).min() >= found[0].size * 1.15


def test_names_glide() -> None:
    rng = np.random.default_rng(3)
    table = {"year": np.arange(40), **{f"Name {n}": np.cumsum(rng.normal(0, 1, 40)) for n in range(6)}}
    chart = race(table, duration=8)
    before: dict[str, float] = {}
    for frame in range(60, 8 * 30):
        now = {
            str(text.text).split("  ")[0]: float(text.y)
            for text in texts(chart.at(frame / 30).children)
            if str(text.text).startswith("Name") and isinstance(text.y, float)
        }
        for key in before.keys() & now.keys():
            assert abs(now[key] - before[key]) < 40
        before = now


def test_of_two_names_that_change_places_one_gives_way() -> None:
    chart, faintest = race(enter=False), 1.0
    for frame in range(6 * 30):
        ends = [text for text in texts(chart.at(frame / 30).children) if text.tabular]
        heights = [text.y for text in ends if isinstance(text.y, float)]
        weaker = min(text.opacity for text in ends) if len(ends) == 2 else 0.0
        faintest = min(faintest, weaker)
        if abs(heights[0] - heights[-1]) < 0.6 * ends[0].size:
            assert weaker < 0.3
    assert faintest < 0.1
    assert all(text.opacity == 1.0 for text in texts(chart.at(6).children) if text.tabular)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_tables_of_all_libraries_give_equal_pictures(make: Any) -> None:
    assert race(make(SALES)).at(3) == race().at(3)


def test_gaps_as_told() -> None:
    table = {"year": [0, 1, 2, 3, 4], "A": [1, 2, 3, 4, 5], "B": [1, None, 3, None, None]}
    drawn = {}
    for missing in ("gap", "leave", "hold"):
        chart = race(table, missing=missing, enter=False)
        color = chart.colors[chart.keys.index("B")]
        (line,) = [line for line in lines(chart, 6) if line.stroke.color == color]
        drawn[missing] = line.y.values()
    assert np.isnan(drawn["gap"]).tolist()[1] is True
    assert np.isnan(drawn["leave"]).tolist() == [False, False, False, True, True, True]
    assert not np.isnan(drawn["hold"]).any()


@pytest.mark.parametrize(
    "table",
    [
        {"year": [1], "A": [3]},
        {"year": [1, 2], "A": [0, 0], "B": [0, 0]},
        {"year": [1, 2, 3], "A": [-3, 4, None], "B": [None, None, -4]},
        {"year": [1, 2], "A": [1e-12, 3e-12]},
        {"year": [1, 2], "A": [1e15, 3e15], "B": [1, 2]},
        {"year": ["Mon", "Tue", "Wed"], "日本": [1, 2, 3], "العربية": [2, 1, 1], "x" * 200: [1, 1, 1]},
        {"year": pd.date_range("2024-03-01", periods=3, freq="h", tz="Asia/Tokyo"), "A": [1, 2, 1]},
        {"year": pd.period_range("2020-01", periods=3, freq="Q"), "A": [1, 2, 1]},
        {"year": [1, 2], **{f"Name {number}": [number, 200 - number] for number in range(200)}},
    ],
)
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920), (320, 90)])
def test_awkward_tables_give_pictures(table: dict[str, Any], size: tuple[int, int]) -> None:
    chart = race(table, title="A title", duration=3, x_title="x", y_title="y")
    for time in (0, 0.6, 1.5, 3):
        for element in chart.at(time, *size).children:
            if isinstance(element, bz.Polyline):
                assert np.isfinite(element.x.values()).all()


def test_what_is_said_appears_in_its_time() -> None:
    chart = race(
        events={2021: "Rain"}, callouts=[bz.charts.CallOut("More", key="Tea", moment=2021)],
        references=[(8, "Goal")], y_title="Cups",
    )  # fmt: skip
    early, late = words(chart.at(1.2).children), words(chart.at(6).children)
    assert "Cups" in early
    assert not {"Rain", "More"} & set(early)
    assert {"Rain", "More", "Goal"} <= set(late)


def test_wrong_options_are_told() -> None:
    for options, message in (
        ({"top": 0}, "`top`"), ({"missing": "drop"}, "`missing`"), ({"labels": "start"}, "`labels`"),
        ({"highlight": "tea"}, "did you mean 'Tea'"), ({"colors": {"Tee": "red"}}, "did you mean 'Tea'"),
        ({"events": {"soon": "x"}}, "'soon' is no number"),
    ):  # fmt: skip
        with pytest.raises(bz.InvalidValueError, match=message):
            race(**options)


def test_a_prepared_race_can_be_sent() -> None:
    assert pickle.loads(pickle.dumps(race())).at(3) == race().at(3)
