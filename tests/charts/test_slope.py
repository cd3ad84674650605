from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest

import bazaar_nb as bz
from bazaar_nb.charts import Slope
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Line, Text

TABLE = pd.DataFrame(
    {
        "year": [2000, 2000, 2000, 2010, 2020, 2020],
        "who": ["a", "b", "c", "a", "a", "b"],
        "v": [1.0, 2, 3, 9, 4, 1],
    }
)


def _texts(chart: Slope, time: float = 5) -> list[str]:
    return [str(one.text) for one in chart.at(time).children if isinstance(one, Text)]


def test_both_ends_have_names_and_values_and_who_left_has_one() -> None:
    chart = Slope(TABLE, time="year", name="who", value="v")
    assert {"a  1", "b  2", "c  3", "4  a", "1  b", "2000", "2020"} == set(_texts(chart))
    assert chart.at(3) == Slope(pl.from_pandas(TABLE), time="year", name="who", value="v").at(3)
    assert {"2000", "2020"} == set(_texts(chart, 0))


def test_other_moments_by_name() -> None:
    assert "9  a" in _texts(Slope(TABLE, time="year", name="who", value="v", between=(2000, 2010)))
    with pytest.raises(InvalidValueError, match="Slope: `between` names 2011, for which there is no row"):
        Slope(TABLE, time="year", name="who", value="v", between=(2000, 2011))
    with pytest.raises(InvalidValueError, match="one moment"):
        Slope(TABLE.iloc[:3], time="year", name="who", value="v")


def test_change_is_told_by_the_themes_colours() -> None:
    chart = Slope(TABLE, time="year", name="who", value="v", by="change")
    colors = {one.stroke.color for one in chart.at(5).children if isinstance(one, Line)}
    assert {chart.theme.positive, chart.theme.negative} <= colors


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (500, 500)])
def test_words_never_overlap(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    table = {
        "t": ["before", "after"],
        **{f"Somebody of number {i}": rng.normal(0, 0.01, 2) for i in range(40)},
    }
    chart = Slope(table, time="t")
    words = [one for one in chart.at(5, *size).children if isinstance(one, Text) and "  " in str(one.text)]
    for anchor in ("left", "right"):
        heights = sorted(float(one.y) for one in words if one.anchor == anchor)  # type: ignore[arg-type]
        assert all(b - a > words[0].size * 1.15 for a, b in pairwise(heights))


@pytest.mark.parametrize("values", [[0, 0], [1e-12, 3e-12], [-1e15, 1e15], [5, 5]])
def test_awkward_values_have_a_picture(values: list[float]) -> None:
    bz.Composition([Slope({"t": [1, 2], "x" * 200: values}, time="t")], width=320, height=180).still(-1)
