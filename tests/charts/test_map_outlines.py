"""Outlines on maps: holes, the antimeridian, poles, and as fine as pixels show."""

from __future__ import annotations

import numpy as np
import pytest

from bazaar_nb.charts.maps.map_outlines import (
    Placed,
    fit,
    path_data,
    pixel_rings,
    place,
    project_rings,
    simplify,
)
from bazaar_nb.charts.maps.projections import EqualEarth, LambertAzimuthal

WORLD = EqualEarth(0)


def _box(west: float, south: float, east: float, north: float) -> np.ndarray:
    return np.array([[west, south], [east, south], [east, north], [west, north]], np.float64)


def _area(ring: np.ndarray) -> float:
    x, y = ring.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def _true_area(west: float, south: float, east: float, north: float) -> float:
    return float(np.radians(east - west) * (np.sin(np.radians(north)) - np.sin(np.radians(south))))


def test_an_area_over_the_antimeridian_is_cut_and_keeps_its_size() -> None:
    crossing = np.array([[170.0, -10.0], [-170.0, -10.0], [-170.0, 10.0], [170.0, 10.0]])
    rings = project_rings([(crossing,)], WORLD)
    assert len(rings) == 2
    assert {bool(ring[:, 0].mean() > 0) for ring in rings} == {True, False}
    assert sum(map(_area, rings)) == pytest.approx(-_true_area(170, -10, 190, 10), rel=1e-3)
    assert all(np.ptp(ring[:, 0]) < 0.3 for ring in rings)  # no band across the whole map


def test_a_ring_around_the_pole_is_led_to_it() -> None:
    east = np.arange(-180.0, 180.0, 5.0)
    around = np.stack([east, np.full(len(east), -70.0)], axis=1)
    as_natural_earth = np.concatenate([[[-180.0, -90.0]], around, [[180.0, -70.0], [180.0, -90.0]]])
    for ring in (around, around[::-1], as_natural_earth):
        rings = project_rings([(ring,)], WORLD)
        assert sum(map(_area, rings)) == pytest.approx(-_true_area(-180, -90, 180, -70), rel=1e-2)


def test_holes_run_the_other_way() -> None:
    polygon = (_box(0, 0, 20, 20), _box(5, 5, 15, 15))
    for rings in (polygon, (polygon[0][::-1], polygon[1])):
        outer, hole = project_rings([rings], LambertAzimuthal(10, 10))
        assert _area(outer) < 0 < _area(hole)


def test_long_edges_bend() -> None:
    (ring,) = project_rings([(_box(-60, 50, 60, 60),)], LambertAzimuthal(0, 50))
    assert len(ring) > 100
    south = ring[np.argmin(np.abs(ring[:, 0]) + ring[:, 1])]
    assert south[1] < ring[0][1] - 0.1


def test_neighbours_keep_one_border() -> None:
    rng = np.random.default_rng(2)
    y = np.linspace(0, 300, 4000)
    border = np.stack([300 + np.cumsum(rng.normal(0, 0.4, 4000)), y], axis=1)
    left = np.concatenate([border, [[0.0, 300.0], [0.0, 0.0]]])
    right = np.concatenate([border[::-1], [[600.0, 0.0], [600.0, 300.0]]])
    one = {tuple(point) for point in simplify(left).tolist() if 0 < point[0] < 600}
    other = {tuple(point) for point in simplify(np.roll(right, 777, axis=0)).tolist() if 0 < point[0] < 600}
    assert one == other
    assert len(one) < 1600


def test_simplified_outlines_look_the_same() -> None:
    angle = np.linspace(0, 2 * np.pi, 5000, endpoint=False)
    circle = np.stack([300 + 100 * np.cos(angle), 300 + 100 * np.sin(angle)], axis=1)
    fewer = simplify(circle)
    assert len(fewer) < 300
    assert np.abs(np.hypot(*(fewer - 300).T) - 100).max() < 0.3
    assert abs(_area(fewer)) == pytest.approx(np.pi * 1e4, rel=2e-3)


def test_what_is_outside_the_box_is_cut() -> None:
    rings = [np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])]
    placed = Placed(100.0, 0.0, 0.0)
    (inside,) = pixel_rings(rings, placed, (0, 0, 50, 50))
    assert inside.min() == 0
    assert inside.max() == 50
    assert pixel_rings(rings, placed, (500, 500, 600, 600)) == []
    assert path_data([inside]).count("Z") == 1


def test_a_map_fills_its_box_upright() -> None:
    points = np.array([[-1.0, -0.5], [1.0, 0.5]])
    placed = fit(points, 100, 0, 300, 400)
    assert place(points, placed).tolist() == [[100.0, 250.0], [300.0, 150.0]]
