"""One outline becomes another: exact at its ends, near to itself a moment later, whatever the two are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.vectors.contours import read_data
from tests.scene.element_strategies import PATHS

SQUARE = "M0 0H100V100H0Z"
LEFT_ROUND = "M50 0H0V100H100V0Z"  # the same square, the other way round, from elsewhere
RING = "M100 0A100 100 0 1 0 101 0ZM100 50A50 50 0 1 1 99 50Z"
TWO = "M0 0H80V80H0ZM120 0H200V80H120Z"
B = (
    "M20 0H120C180 0 180 90 130 95C190 100 190 200 120 200H20Z"
    "M60 30V80H110C135 80 135 30 110 30ZM60 115V170H110C140 170 140 115 110 115Z"
)
LINE, CURVE = "M0 0L200 100L100 200", "M0 100C50 0 150 200 200 0"
ALL = [SQUARE, LEFT_ROUND, RING, TWO, B, LINE, CURVE, "M7 7", *PATHS]


def points(path: bz.Path) -> Any:
    """Give all points of a morph's outline."""
    assert isinstance(path.d, str)
    return np.concatenate(
        [np.concatenate([part.start[None], part.curves[:, 3]]) for part in read_data(path.d)]
    )


def area(path: bz.Path) -> float:
    assert isinstance(path.d, str)
    total = 0.0
    for part in read_data(path.d):
        x, y = np.concatenate([part.start[None], part.curves[:, 3]]).T
        total += float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)
    return abs(total)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(ALL), st.sampled_from(ALL), st.floats(0.01, 0.98))
def test_it_stays_between_both_and_moves_evenly(a: str, b: str, share: float) -> None:
    before, after = (points(bz.morph_path(a, b, at)) for at in (share, share + 0.01))
    assert np.isfinite(before).all()
    corners = np.concatenate([points(bz.Path(data)) for data in (a, b)])
    reach = 1 + 0.5 * np.ptp(corners, axis=0).max()  # curves swing out beyond where they end
    assert (before >= corners.min(axis=0) - reach).all()
    assert (before <= corners.max(axis=0) + reach).all()
    assert len(before) == len(after)
    assert np.abs(after - before).max() <= 0.01 * 3 * reach + 1e-3


@pytest.mark.parametrize(("a", "b"), [(SQUARE, RING), (B, TWO), (LINE, SQUARE)])
def test_both_ends_are_the_outlines_themselves(a: str, b: str) -> None:
    for share, data in ((0, a), (1, b)):
        given_data, expected = bz.morph_path(a, b, share).d, read_data(data)
        assert isinstance(given_data, str)
        for one, other in zip(read_data(given_data), expected, strict=True):
            assert np.allclose(one.curves, other.curves, atol=1e-4)
            assert one.closed == other.closed


def test_the_same_shape_drawn_otherwise_stands_still() -> None:
    halfway = bz.morph_path(SQUARE, LEFT_ROUND, 0.5)
    assert area(halfway) == pytest.approx(10_000, rel=0.001)
    corners = points(halfway)
    for corner in ((0, 0), (100, 0), (100, 100), (0, 100)):
        assert np.hypot(*(corners - corner).T).min() < 1e-6


def test_holes_stay_holes() -> None:
    for share in (0.1, 0.5, 0.9):
        pixels = bz.Composition(
            [
                bz.Scene(
                    lambda frame, at=share: bz.morph_path(RING, B, at, fill="white", stroke=None), duration=1
                )
            ],
            width=220,
            height=220,
        ).still(0)
        light = np.asarray(pixels.convert("L")) > 128
        assert 0.25 < light.mean() < 0.6
    assert area(bz.morph_path(RING, B, 1e-6)) == pytest.approx(math.pi * 7_500, rel=0.01)


def test_looks_are_mixed() -> None:
    square = bz.Rect(width=100, height=100, x=0, y=0, fill="#000000", stroke=bz.Stroke("#ff0000", 2))
    disk = bz.Ellipse(width=100, x=0, y=0, fill="#ffffff", opacity=0.5)
    halfway = bz.morph_path(square, disk, 0.5)
    assert (halfway.fill, halfway.opacity, halfway.stroke) == ("#808080", 0.75, bz.Stroke("#ff0000", 1))
    assert bz.morph_path(square, disk, 0.5, fill="red", opacity=1).fill == "red"


def test_many_corners_are_bounded() -> None:
    rng = np.random.default_rng(1)
    noisy = rng.uniform(0, 100, (50_000, 2))
    assert len(points(bz.morph_path(noisy, SQUARE, 0.5))) < 5_000
    many = "".join(f"M{x} {y}h2v2h-2z" for x, y in rng.integers(0, 900, (1_000, 2)))
    assert len(read_data(str(bz.morph_path(many, SQUARE, 0.5).d))) == 1_000


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (" ", SQUARE, "without data has no outline"),
        (SQUARE, "", "without data has no outline"),
        ([(0, 0), (1, math.nan)], SQUARE, "row 1 of a path"),
        (SQUARE, bz.Text("x"), "a Text has no outline"),
        (np.zeros((0, 2)), SQUARE, "array of shape"),
    ],
)
def test_what_has_no_outline_is_refused(a: Any, b: Any, said: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=said + r".*\(morph_path\)"):
        bz.morph_path(a, b, 0.5)


@pytest.mark.parametrize("share", [math.nan, "half", 50, None])
def test_a_bad_progress_is_refused(share: Any) -> None:
    with pytest.raises(bz.InvalidValueError, match="`progress` must be a share"):
        bz.morph_path(SQUARE, RING, share)
