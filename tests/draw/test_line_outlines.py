"""Filled outlines cover what strokes cover."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb.draw import line_outlines
from bazaar_nb.draw.elements import polyline as polyline_kind
from bazaar_nb.draw.line_outlines import band_outlines, is_band, smooth_line
from bazaar_nb.scene.elements import Fill, Path, Polyline
from bazaar_nb.scene.paint import Stroke
from tests.draw.stage import Stage
from tests.draw.test_points import psnr

polyline: Any = Polyline
path: Any = Path
X = np.linspace(100, 900, 5000)
WALK = 270 + 3 * np.cumsum(np.random.default_rng(5).normal(0, 1, 5000))
LINES = {
    "walk": (X, WALK - WALK.mean() + 270),
    "waves": (X, 270 + 90 * np.sin(X / 22) + 40 * np.sin(X / 7)),  # turns within less than the stroke's width
    "spiral": (500 + X / 5 * np.cos(X / 9), 270 + X / 5 * np.sin(X / 9)),
    "loops": (X + 30 * np.cos(X / 8), 270 + 30 * np.sin(X / 8)),  # crosses itself
}


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("stroke", [
    Stroke("white", 3, join="round"),
    Stroke("#38bdf8a0", 2.5, join="round", cap="round"),
    Stroke("#f0f8", 7, join="round", cap="square"),
])  # fmt: skip
def test_an_outline_is_the_stroke(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str, stroke: Stroke
) -> None:
    stage.width, stage.height = 1000, 540
    x, y = LINES[name]
    filled: list[int] = []
    outline_paths = polyline_kind._outline_paths

    def counted(outlines: Any, **more: Any) -> Any:
        filled.append(len(outlines))
        return outline_paths(outlines, **more)

    monkeypatch.setattr(polyline_kind, "_outline_paths", counted)
    drawn = stage.draw(Fill("#123"), polyline(x, y, stroke=stroke))
    assert filled
    assert psnr(drawn, stage.draw(Fill("#123"), path(np.stack([x, y], 1), stroke=stroke))) >= 44
    turned: Any = {"rotation": 25.0, "scale": (0.6, 1.3)}
    drawn = stage.draw(Fill("#123"), polyline(x, y, stroke=stroke, **turned))
    assert psnr(drawn, stage.draw(Fill("#123"), path(np.stack([x, y], 1), stroke=stroke, **turned))) >= 42


def test_hairlines_and_lines_with_corners_stay_strokes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polyline_kind, "_outline_paths", lambda *_, **__: pytest.fail("is filled"))
    stage.draw(polyline(*LINES["walk"], stroke=Stroke("white", 1, join="round")))
    stage.draw(polyline(*LINES["walk"], stroke=Stroke("white", 3, join="miter")))
    steep = 270 + 100 * np.random.default_rng(1).normal(0, 1, 5000)
    stage.draw(polyline(X, steep, stroke=Stroke("white", 3, join="round")))
    stage.draw(polyline(X[::-1], WALK, stroke=Stroke("white", 3, join="round")))


@settings(deadline=None)
@given(st.integers(0, 999), st.sampled_from(["butt", "round"]), st.floats(0.6, 9), st.booleans())
def test_a_band_holds_what_is_nearer_than_the_radius_and_nothing_else(
    seed: int, cap: Any, radius: float, in_pieces: bool
) -> None:
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(0, 40, 120)).round(1)  # some of them equal
    points = np.stack([x, np.cumsum(rng.normal(0, 2, 120))], axis=1).astype(np.float32)
    assert is_band(points, radius, 1.0)
    outlines = band_outlines(points, radius, 1.0, cap, in_pieces=in_pieces)
    steps = np.diff(points, axis=0)
    held = points[1:-1] if cap == "butt" else points  # ends of butt caps are looked at by pictures
    low, high = held[:, 0].min() - 1, held[:, 0].max() + 1
    places = np.stack(
        [rng.uniform(low, high, 900), rng.uniform(held[:, 1].min() - 9, held[:, 1].max() + 9, 900)], axis=1
    )
    places[::2] = held[rng.integers(0, len(held), 450)] + rng.normal(0, radius, (450, 2))
    some = held[:-1, np.newaxis], np.diff(held, axis=0)[:, np.newaxis]
    along = ((places - some[0]) * some[1]).sum(2) / np.maximum(1e-9, (some[1] ** 2).sum(2))
    nearest = some[0] + np.clip(along, 0, 1)[:, :, np.newaxis] * some[1]
    distance = np.hypot(*np.moveaxis(places - nearest, 2, 0)).min(axis=0)
    inside = np.zeros(len(places), np.bool_)
    bands = outlines[:-2] if cap == "butt" and len(steps) else outlines
    for outline in bands:
        upper, lower = np.split(outline, 2)
        at = (places[:, 0] >= upper[0, 0]) & (places[:, 0] <= upper[-1, 0])
        at &= places[:, 1] <= np.interp(places[:, 0], *upper.T)
        inside |= at & (places[:, 1] >= np.interp(places[:, 0], *lower[::-1].T))
    slack = 2 / line_outlines._COLUMNS
    assert inside[distance < radius - slack].all()
    assert not inside[distance > radius + slack].any()


def test_what_turns_much_has_no_sides() -> None:
    corner = np.array([[0, 0], [5, 0], [5, 5]], np.float32)
    assert smooth_line(corner, 1.5, 1.0) is None
    assert smooth_line(corner[[0, 0, 1]], 1.5, 1.0) is None
    assert smooth_line(corner[:2], 1.5, 1.0) is not None
    bend = np.array([[0, 0], [5, 0], [10, 1.5]], np.float32)
    assert smooth_line(bend, 1.5, 1.0) is not None
    assert smooth_line(bend, 1.5, 20.0) is None  # its corner would be pointed
