from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.charts import Areas
from bazaar_nb.charts.lines.stacking import inside_out, monotone_curve, stack_bands, with_edges
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Polygon, Text

TABLE = {"t": [0, 1, 4], "a": [1.0, 2.0, 3.0], "b": [2.0, None, 1.0], "c": [None, 1.0, 1.0]}
MATRICES = st.integers(0, 1000).map(lambda seed: np.random.default_rng(seed).uniform(0, 5, (12, 4)))


@settings(max_examples=30, deadline=None)
@given(matrix=MATRICES)
def test_bands_are_as_thick_as_their_values_and_touch(matrix: np.ndarray) -> None:
    for stacking in ("stack", "share", "stream"):
        low, high = stack_bands(matrix, stacking)
        wanted = matrix / matrix.sum(axis=1, keepdims=True) if stacking == "share" else matrix
        assert np.allclose(high - low, wanted)
        assert np.allclose(high[:, :-1], low[:, 1:])


@settings(max_examples=30, deadline=None)
@given(matrix=MATRICES)
def test_no_other_base_wiggles_less(matrix: np.ndarray) -> None:
    low, high = stack_bands(matrix, "stream")

    def wiggle(shift: np.ndarray) -> float:
        edges = np.column_stack([low[:, :1], high]) + shift[:, None]
        return float((np.diff(edges, axis=0) ** 2).sum())

    rng = np.random.default_rng(1)
    assert all(wiggle(np.zeros(12)) <= wiggle(rng.normal(0, 0.1, 12)) + 1e-9 for _ in range(10))
    assert sorted(inside_out(matrix)) == [0, 1, 2, 3]


@settings(max_examples=30, deadline=None)
@given(matrix=MATRICES)
def test_curves_go_through_values_and_not_beyond(matrix: np.ndarray) -> None:
    times = np.cumsum(np.arange(1.0, 13.0))
    at, curve = monotone_curve(times, matrix, 100)
    assert np.allclose(curve[np.searchsorted(at, times)], matrix)
    piece = np.clip(np.searchsorted(times, at, side="right") - 1, 0, 10)
    assert (curve <= np.maximum(matrix[piece], matrix[piece + 1]) + 1e-9).all()
    assert (curve >= np.minimum(matrix[piece], matrix[piece + 1]) - 1e-9).all()


def test_what_is_not_there_has_upright_edges() -> None:
    times, rows = with_edges(np.arange(3.0), np.array([[1.0, np.nan], [2.0, 5.0], [3.0, np.nan]]))
    assert times.tolist() == [0, 1, 1, 1, 2]
    assert rows[:, 1].tolist() == [0, 0, 5, 0, 0]
    assert rows[:, 0].tolist() == [1, 2, 2, 2, 3]


@pytest.mark.parametrize("stacking", ["overlap", "stack", "share", "stream"])
@pytest.mark.parametrize("missing", ["gap", "hold", "leave"])
def test_missing_values_have_a_picture(stacking: str, missing: str) -> None:
    chart = Areas(TABLE, time="t", stacking=stacking, missing=missing)  # type: ignore[arg-type]
    assert len([one for one in chart.at(6).children if isinstance(one, Polygon)]) == 3
    assert chart.at(5.5) == chart.at(6)
    bz.Composition([chart], width=320, height=180).still(-1)


def test_negative_parts_are_refused_by_row_but_for_overlapping_areas() -> None:
    table = {"t": [0, 1], "a": [1.0, -2.0]}
    with pytest.raises(InvalidValueError, match=r"Areas: column 'a', row 1: must not be negative"):
        Areas(table, time="t")
    Areas(table, time="t", stacking="overlap").at(6)


def test_shares_are_percent_of_their_sum() -> None:
    words = {
        one.text for one in Areas(TABLE, time="t", stacking="share").at(6).children if isinstance(one, Text)
    }
    assert {"0%", "100%"} <= words
    zero = Areas({"t": [0, 1], "a": [0, 0], "b": [0, 0]}, time="t", stacking="share")
    bz.Composition([zero], width=320, height=180).still(-1)


def test_one_moment_is_no_area() -> None:
    with pytest.raises(InvalidValueError, match=r"Areas: column 't': has one moment"):
        Areas({"t": [1], "a": [3]}, time="t")
