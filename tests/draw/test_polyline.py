from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bazaar_nb.scene.elements import Path, Polygon, Polyline
from bazaar_nb.scene.paint import Shadow, Stroke
from tests.draw.stage import Stage
from tests.draw.test_points import psnr

polyline: Any = Polyline
polygon: Any = Polygon
path: Any = Path
WHITE = Stroke("white", 3)


@pytest.mark.parametrize("count", [2, 60, 1000])
@pytest.mark.parametrize("closed", [False, True])
def test_a_polyline_is_the_polygon_through_its_points(stage: Stage, count: int, closed: bool) -> None:
    rng = np.random.default_rng(count)
    x, y = np.linspace(5, 155, count), 45 + np.cumsum(rng.normal(0, 1, count)) * 10 / count**0.5
    pairs = tuple(zip(x.tolist(), y.tolist(), strict=True))
    wanted = stage.draw(Polygon(pairs, closed=closed, fill=None, stroke=WHITE))
    array = np.stack([x, y], axis=1)
    assert np.array_equal(stage.draw(polygon(array, closed=closed, fill=None, stroke=WHITE)), wanted)
    assert psnr(stage.draw(polyline(x, y, closed=closed, stroke=WHITE)), wanted) >= 45
    if not closed:
        assert np.array_equal(stage.draw(path(array, stroke=WHITE)), wanted)


def test_filled_polygons_of_arrays_are_those_of_tuples(stage: Stage) -> None:
    corners = ((10.5, 10), (150, 20.25), (80, 85))
    shared: Any = {"fill": "red", "stroke": WHITE, "shadow": Shadow(8), "rotation": 12.0, "start": 0.2}
    assert np.array_equal(
        stage.draw(polygon(np.array(corners), **shared)), stage.draw(Polygon(corners, **shared))
    )


def test_gaps_are_gaps(stage: Stage) -> None:
    x = np.arange(10.0, 151, 10)
    y: Any = np.ma.masked_array(np.full(15, 45.0), (x == 60) | (x == 100))
    drawn = stage.draw(polyline(x, y, stroke=WHITE))[45, :, 0]
    assert drawn[11:49].min() == drawn[71:89].min() == drawn[111:149].min() == 255
    assert drawn[51:69].max() == drawn[91:109].max() == 0
    closed = stage.draw(polyline(x, y, closed=True, stroke=WHITE))[45, :, 0]
    assert closed[51:69].min() == 255  # by the line from the last point to the first
    assert stage.draw(polyline(x, x * np.nan)).max() == 0
    assert (
        stage.draw(polyline(x, np.where(np.arange(15) % 2, 45, np.nan))).max() == 0
    )  # no two beside each other
    assert stage.draw(polyline([], [])).max() == 0


def test_many_lines_share_an_x_and_each_grows_by_its_own_length(stage: Stage) -> None:
    x = np.array([10.0, 60, 110, 150])
    y = np.array([[20.0] * 4, [45.0] * 4, [70, 70, np.nan, 70]])
    whole = stage.draw(polyline(x, y, stroke=WHITE))[:, :, 0]
    assert whole[[20, 45], 11:149].min() == 255
    assert whole[70, 11:59].min() == 255
    assert whole[70, 61:].max() == 0
    half = stage.draw(polyline(x, y, stroke=WHITE, end=0.5))[:, :, 0]
    for row, end in ((20, 80), (45, 80), (70, 35)):
        assert half[row, 11 : end - 1].min() == 255
        assert half[row, end + 1 :].max() == 0
    late = stage.draw(polyline(x, y, stroke=WHITE, start=0.5, end=1.2))[:, :, 0]
    assert np.array_equal(np.maximum(half, late)[[20, 45, 70]], whole[[20, 45, 70]])


def test_a_trimmed_line_is_that_of_a_path(stage: Stage) -> None:
    x, y = np.array([10.0, 50, 90, 150]), np.array([10.0, 80, 20, 60])
    shared: Any = {"stroke": WHITE, "start": 0.13, "end": 0.71}
    assert psnr(stage.draw(polyline(x, y, **shared)), stage.draw(path(np.stack([x, y], 1), **shared))) >= 40
    for start, end in ((0, 0), (0.6, 0.4), (1, 1)):
        assert stage.draw(polyline(x, y, stroke=WHITE, start=start, end=end)).max() == 0


def test_a_shadow_and_an_offset(stage: Stage) -> None:
    shaded = stage.draw(
        polyline([20, 140], [30, 30], stroke=Stroke("#010101", 4), shadow=Shadow(6, 0, 12, "white"))
    )
    assert shaded[42, 80, 0] > 90
    moved = stage.draw(polyline([0, 120], [0, 0], dx=20, dy="50%", stroke=WHITE))
    assert np.array_equal(moved, stage.draw(polyline([20, 140], [45, 45], stroke=WHITE)))
