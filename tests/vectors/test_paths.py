"""Outlines read, followed and written."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.draw.svg_path import parse_path
from bazaar_nb.scene.elements import Element
from bazaar_nb.vectors.contours import bounds, element_outline, read_data, write_data
from tests.scene.element_strategies import PATHS


@pytest.mark.parametrize("share", [0.0, 0.125, 0.3, 0.77, 1.0, 1.25, -0.5])
def test_round_a_circle_one_is_on_it_and_looks_ahead(share: float) -> None:
    x, y, angle = bz.along(bz.Ellipse(width=200, x=300, y=200), share)
    turn = math.tau * share  # it starts at the top, clockwise
    assert (x, y) == pytest.approx((300 + 100 * math.sin(turn), 200 - 100 * math.cos(turn)), abs=0.2)
    assert math.cos(math.radians(angle) - turn) > 0.999


def test_a_path_goes_on_beyond_its_ends_and_stays_straight_between_corners() -> None:
    corner = "M0 0H100V100"
    for share, expected in (
        (-0.5, (-100, 0, 0)),
        (0.49, (98, 0, 0)),
        (0.51, (100, 2, 90)),
        (1.5, (100, 200, 90)),
    ):
        assert bz.along(corner, share) == pytest.approx(expected)
    x, y, angle = bz.along(corner, np.array([0.0, 0.75]))  # type: ignore[arg-type]
    assert (x.tolist(), y.tolist(), angle.tolist()) == ([0, 100], [0, 50], [0, 90])  # type: ignore[attr-defined]


def test_points_of_a_curve_turn_evenly() -> None:
    at = np.linspace(0, np.pi, 40)
    arc = np.stack([-np.cos(at), -np.sin(at)], axis=1) * 100
    angles = np.array([bz.along(arc, share).angle for share in np.linspace(0.02, 0.98, 200)])
    assert np.abs(np.diff(angles, 2)).max() < 0.6
    assert np.diff(angles).min() > 0


def test_pieces_are_followed_one_after_the_other() -> None:
    assert bz.along("M0 0H100M0 50H100", 0.75) == pytest.approx((50, 50, 0))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "without data"),
        ("M5 5", "has a length, this one has none"),
        ("L5 5", "must begin with M"),
        ("M0 0 Lnan nan", "no SVG path data"),
        ([(0, 0), (math.nan, 5)], "row 1 of a path"),
        ([(0, 0), (math.inf, 5)], "row 1 of a path"),
        ([[1, 2, 3]], r"array of shape \(n, 2\)"),
        ("M0 0L9999999 0", "beyond 1e"),
        (bz.Rect(x=3, y=3), "`width` of a Rect must be pixels"),
        (bz.Ellipse(width=5), "`x` of a Ellipse must be pixels.*got nothing"),
        (bz.Text("no"), "a Text has no outline"),
        (bz.Polyline([0, 1], [math.nan, math.nan]), "without points"),
        (7, "a path is SVG path data"),
    ],
)
def test_what_is_no_path_is_refused(path: Any, said: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=said + r".*\(along\)"):
        bz.along(path, 0.5)


def test_a_bad_progress_is_refused() -> None:
    with pytest.raises(bz.InvalidValueError, match="`progress` must be a share"):
        bz.along("M0 0H9", math.nan)


@given(st.sampled_from([*PATHS[:3], "M0 0A30 20 10 1 1 50 9zm4 4q9 9 20 0t5 5"]))
def test_what_is_written_draws_the_same(data: str) -> None:
    one, other = (parse_path(text) for text in (data, write_data(read_data(data))))
    for side in ("left", "top", "right", "bottom"):
        edges = [getattr(path.computeTightBounds(), side)() for path in (one, other)]
        assert edges[0] == pytest.approx(edges[1], abs=1e-3)


@pytest.mark.parametrize(
    "element",
    [
        bz.Rect(x=80, y=45, width=60, height=30, radius=9, rotation=20),
        bz.Rect(x=10, y=10, width=60, height=30, radius=(0, 9, 3, 20), anchor="top-left", scale=(1.2, 0.8)),
        bz.Ellipse(x=80, y=45, width=60, height=30, skew=(20, 0)),
        bz.Path("M0 0C0 40 60 40 60 0Z", x=30, y=20, fill="white", stroke=None, rotation=-30),
        bz.Polygon(((0, 0), (50, 10), (20, 40)), x=50, y=20, scale=-1.0),
    ],
)
def test_an_outline_is_where_the_element_is_drawn(element: Element) -> None:
    film = bz.Composition([bz.Scene(lambda frame: element, duration=1)], width=160, height=90)
    seen = np.argwhere(np.asarray(film.still(0, scale=4).convert("L")) > 128)
    low, high = seen.min(axis=0) / 4, (seen.max(axis=0) + 1) / 4
    left, top, right, bottom = bounds(element_outline(element))
    assert (low[1], low[0], high[1], high[0]) == pytest.approx((left, top, right, bottom), abs=0.5)
