"""Histograms: bins that are round and hold all, and dots that fall without touching."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.charts import Histogram
from bazaar_nb.charts.bars.bins import put_in_bins
from bazaar_nb.charts.parts.marks import Bar, Dot
from bazaar_nb.charts.parts.table import Problems
from bazaar_nb.scene.elements import Points

FINITE = st.floats(-1e12, 1e12, allow_nan=False)


@given(st.lists(FINITE, min_size=1, max_size=200), st.one_of(st.none(), st.integers(1, 60)))
def test_bins_hold_every_value(values: list[float], bins: int | None) -> None:
    given_values = np.array(values)
    found = put_in_bins(given_values, bins, Problems("Histogram"))
    assert found.counts.sum() == len(values)
    assert (np.diff(found.edges) > 0).all()
    slack = 1e-9 * np.abs(given_values).max()
    assert (given_values >= found.edges[found.places] - slack).all()
    assert (given_values <= found.edges[found.places + 1] + slack).all()


def test_edges_are_round_and_whole_numbers_have_a_bin_each() -> None:
    values = np.random.default_rng(1).normal(14, 7, 900)
    edges = put_in_bins(values, None, Problems("Histogram")).edges
    step = edges[1] - edges[0]
    assert step == pytest.approx(2.0)
    assert np.allclose(edges / step, np.round(edges / step))
    dice = Histogram({"v": [2, 3, 3, 12, 7]}, value="v")
    assert dice.keys == tuple(str(number) for number in range(2, 13))
    assert dice.bins.counts.tolist() == [1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 1]


def test_own_edges_must_rise_and_hold_all() -> None:
    table = {"v": [1.0, 2.0, 8.0]}
    assert Histogram(table, value="v", bins=[0, 2, 10]).bins.counts.tolist() == [1, 2]
    with pytest.raises(bz.InvalidValueError, match="1 values lie beyond the `bins`, which go from 0 to 5"):
        Histogram(table, value="v", bins=[0, 5])
    with pytest.raises(bz.InvalidValueError, match="`bins` must be from 2 to 201 rising numbers"):
        Histogram(table, value="v", bins=[5, 0])


def test_heights_are_counts() -> None:
    chart = Histogram({"v": [1, 1, 1, 2, 3, 3]}, value="v")
    room, _, layout = chart._laid_out(1920, 1080, True)
    heights = {}
    for mark in chart._marks(room, layout, chart.duration):
        assert isinstance(mark.form, Bar)
        heights[mark.key] = mark.form.bottom - mark.form.top
    assert heights["1"] == pytest.approx(3 * heights["2"])
    assert heights["3"] == pytest.approx(2 * heights["2"])


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (400, 300)])
@pytest.mark.parametrize("rows", [1, 60, 900])
def test_dots_come_to_lie_side_by_side_in_their_bins(rows: int, size: tuple[int, int]) -> None:
    chart = Histogram({"v": np.random.default_rng(2).normal(0, 1, rows)}, value="v", style="dots")
    room, _, layout = chart._laid_out(*size, True)
    dots = [mark.form for mark in chart._marks(room, layout, chart.duration)]
    pile = layout.pile
    assert pile is not None
    assert pile.each == 1 or rows == 900
    places = np.array([(dot.x, dot.y) for dot in dots if isinstance(dot, Dot)])
    away = np.abs(places[:, None] - places[None]).max(axis=2) + np.eye(len(places)) * 1e9
    assert away.min() >= pile.size * 0.999
    assert (places[:, 1] > layout.area.top).all()
    assert (places[:, 1] < layout.area.bottom).all()


def test_dots_only_fall_and_none_overtakes_another_in_its_column() -> None:
    chart = Histogram({"v": np.random.default_rng(2).integers(0, 4, 80)}, value="v", style="dots")
    _, _, layout = chart._laid_out(1920, 1080, True)
    assert layout.pile is not None
    times = np.arange(0, chart.duration, 1 / 30)
    heights = np.full((len(times), len(layout.pile.y)), layout.pile.top)
    for number, time in enumerate(times):
        _, y, there = chart._fallen(layout.pile, time)
        heights[number, there] = y
    assert (np.diff(heights, axis=0) >= 0).all()
    assert np.array_equal(heights[-1], layout.pile.y)
    for x in np.unique(layout.pile.x):
        mine = heights[:, layout.pile.x == x]
        assert (np.diff(mine, axis=1) <= 1e-9).all(), "a later dot is above the earlier ones"


def test_of_many_rows_a_dot_stands_for_several() -> None:
    chart = Histogram({"v": np.random.default_rng(2).normal(0, 1, 20_000)}, value="v", style="dots")
    _, _, layout = chart._laid_out(1920, 1080, True)
    assert layout.pile is not None
    assert layout.pile.each > 1
    assert len(layout.pile.y) == pytest.approx(20_000 / layout.pile.each, rel=0.01)
    drawn = [child for child in chart.at(chart.duration).children if isinstance(child, Points)]
    assert [one.rows for one in drawn] == [len(layout.pile.y)]


def test_awkward_values() -> None:
    nan, inf = float("nan"), float("inf")
    assert Histogram({"v": [nan, 1.0, 2.0]}, value="v").bins.counts.sum() == 2
    assert Histogram({"v": [5.0] * 4}, value="v").bins.counts.sum() == 4
    with pytest.raises(bz.InvalidValueError, match="column 'v', row 1: is infinite"):
        Histogram({"v": [1.0, inf]}, value="v")
    with pytest.raises(bz.InvalidValueError, match="column 'v': has no value at all"):
        Histogram({"v": [nan, nan]}, value="v")
