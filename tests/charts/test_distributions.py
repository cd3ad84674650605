from __future__ import annotations

import pickle
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.charts import Box, Ridge
from bazaar_nb.charts.distributions.box import FiveNumbers
from bazaar_nb.charts.distributions.ridge import gaussian_density, silverman_bandwidth
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Points, Polygon, Rect, Text

LONG = pd.DataFrame({"who": ["a"] * 5 + ["b"] * 4, "v": [1.0, 2, 3, 4, 50, 7, np.nan, 9, 8]})


def test_a_sample_in_short_is_tukeys() -> None:
    assert FiveNumbers.of(np.array([1.0, 2, 3, 4, 50])) == (1, 2, 3, 4, 4)
    assert FiveNumbers.of(np.array([5.0])) == (5, 5, 5, 5, 5)


@settings(max_examples=50, deadline=None)
@given(values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_the_five_numbers_rise_and_whiskers_are_values(values: list[float]) -> None:
    five = FiveNumbers.of(np.array(values))
    assert list(five) == sorted(five)
    assert five.low >= min(values)
    assert five.high <= max(values)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), count=st.sampled_from([1, 5, 500, 5000]))
def test_densities_have_an_area_of_one(seed: int, count: int) -> None:
    values = np.random.default_rng(seed).normal(3, 2, count)
    width = silverman_bandwidth(values) or 1.0
    at = np.linspace(values.min() - 5 * width, values.max() + 5 * width, 4000)
    density = gaussian_density(values, at, width)
    assert density.sum() * (at[1] - at[0]) == pytest.approx(1.0, abs=1e-3)


def test_binning_changes_little_and_many_values_tell_their_density() -> None:
    values = np.random.default_rng(2).normal(0, 1, 20_000)
    at = np.linspace(-3, 3, 61)
    width = silverman_bandwidth(values)
    found = gaussian_density(values, at, width)
    exact = np.mean([gaussian_density(part, at, width) for part in values.reshape(-1, 2000)], axis=0)
    assert np.abs(found - exact).max() < 1e-4
    assert np.abs(found - [NormalDist().pdf(x) for x in at]).max() < 0.02
    assert silverman_bandwidth(np.arange(10.0)) == pytest.approx(
        0.9 * np.std(np.arange(10.0), ddof=1) * 10**-0.2
    )


@pytest.mark.parametrize("kind", [Box, Ridge])
def test_tables_of_two_libraries_long_and_wide(kind: Any) -> None:
    chart = kind(LONG, name="who", value="v")
    assert [len(one) for one in chart.samples.values] == [5, 3]
    assert chart.at(5) == kind(pl.from_pandas(LONG), name="who", value="v").at(5)
    assert kind(LONG, name="who", value="v", sort="value").samples.keys == ("b", "a")
    wide = {"a": [1.0, 2, 3], "b": [4.0, None, 6], "words": ["x", "y", "z"]}
    assert kind(wide).samples.keys == ("a", "b")
    assert chart.at(4.2) == chart.at(5)
    assert pickle.loads(pickle.dumps(chart)).at(1) == chart.at(1)


@pytest.mark.parametrize("kind", [Box, Ridge])
def test_what_is_wrong_is_told(kind: Any) -> None:
    with pytest.raises(InvalidValueError, match="did you mean 'v'"):
        kind(LONG, name="who", value="V")
    with pytest.raises(InvalidValueError, match="column 'v', row 1: is infinite"):
        kind({"v": [1.0, np.inf]})
    with pytest.raises(InvalidValueError, match="no value"):
        kind({"v": [np.nan, np.nan]}, value="v")
    with pytest.raises(InvalidValueError, match="`highlight` names 'c'"):
        kind(LONG, name="who", value="v", highlight="c")


def test_boxes_points_and_medians() -> None:
    elements = Box(LONG, name="who", value="v").at(5).children
    assert sum(isinstance(one, Rect) for one in elements) == 2
    assert next(one for one in elements if isinstance(one, Points)).rows == 8
    assert {"3.00", "8.00"} <= {one.text for one in elements if isinstance(one, Text)}
    outer = Box(LONG, name="who", value="v", points=False).at(5).children
    assert next(one for one in outer if isinstance(one, Points)).rows == 1


def test_ten_thousand_values_are_one_element() -> None:
    rng = np.random.default_rng(0)
    table = {"n": [f"n{i % 40}" for i in range(10_000)], "v": rng.normal(size=10_000)}
    assert sum(isinstance(one, Points) for one in Box(table, name="n", value="v").at(5).children) == 1


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (300, 300)])
def test_hills_stay_in_the_frame(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    table = {f"n{i}": rng.normal(i, 1 + 3 * (i % 2), 50) for i in range(9)}
    for one in Ridge(table, title="Title").at(5, *size).children:
        if isinstance(one, Polygon):
            places = one.points.values()  # type: ignore[union-attr]
            assert (places >= 0).all()
            assert (places <= size).all()


@pytest.mark.parametrize("kind", [Box, Ridge])
@pytest.mark.parametrize("values", [[0, 0, 0], [5], [1e-12, 2e-12], [-1e15, 1e15], [0, 0, 0, 0, 1e9]])
def test_awkward_values_have_a_picture(kind: Any, values: list[float]) -> None:
    chart = kind({"x" * 200: values})
    bz.Composition([chart], width=320, height=180).still(-1)


@pytest.mark.parametrize("kind", [Box, Ridge])
def test_a_highlight_turns_the_others_pale(kind: Any) -> None:
    chart = kind(LONG, name="who", value="v", highlight="b")
    names = {one.text: one.opacity for one in chart.at(5).children if isinstance(one, Text)}
    assert names["a"] == pytest.approx(0.35)
    assert names["b"] == 1.0
