"""Forms between two forms: exact at the ends, no jump and no twist between."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.charts.parts.forms import Outline, form_between, mark_between, shrunken
from bazaar_nb.charts.parts.marks import Bar, Dot, Form, Mark, Sector, mark_element

_place = st.floats(0, 1000)
_size = st.floats(1, 600)


@st.composite
def _bars(draw: st.DrawFn) -> Bar:
    left, top, width, height = draw(_place), draw(_place), draw(_size), draw(_size)
    radius = draw(st.floats(0, 20))
    return Bar(left, top, left + width, top + height, (0.0, radius, radius, 0.0))


_dots = st.builds(Dot, _place, _place, st.floats(1, 200))


@st.composite
def _sectors(draw: st.DrawFn) -> Sector:
    outer, start = draw(st.floats(20, 400)), draw(st.floats(0, 6))
    sweep = draw(st.floats(0.02, 2 * math.pi - 1e-3))
    return Sector(draw(_place), draw(_place), outer * draw(st.floats(0, 0.9)), outer, start, start + sweep)


_forms: st.SearchStrategy[Form] = st.one_of(_bars(), _dots, _sectors())


def _points(form: Form | Outline) -> np.ndarray:
    """Outline of a form, as many points for all that lies between the same two."""
    if isinstance(form, Outline):
        return form.points
    if isinstance(form, Bar):
        most = min(form.right - form.left, form.bottom - form.top) / 2
        radii = [min(one, most) for one in form.radius]
        found = []
        corners = (
            (form.left, form.top),
            (form.right, form.top),
            (form.right, form.bottom),
            (form.left, form.bottom),
        )
        for number, ((x, y), radius) in enumerate(zip(corners, radii, strict=True)):
            x += radius if number in (0, 3) else -radius
            y += radius if number in (0, 1) else -radius
            angle = np.linspace(math.pi + number * math.pi / 2, 1.5 * math.pi + number * math.pi / 2, 32)
            found.append(np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], 1))
        return np.concatenate(found)
    if isinstance(form, Dot):
        angle = np.linspace(0, 2 * math.pi, 128, endpoint=False)
        return np.stack([form.x + form.radius * np.cos(angle), form.y + form.radius * np.sin(angle)], 1)
    angle = np.linspace(form.start, form.stop, 512)
    edge = np.stack([form.x + form.outer * np.sin(angle), form.y - form.outer * np.cos(angle)], 1)
    back = np.stack([form.x + form.inner * np.sin(angle), form.y - form.inner * np.cos(angle)], 1)[::-1]
    return np.concatenate([edge, back])


def _area(points: np.ndarray) -> float:
    x, y = points.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def _distance(points: np.ndarray, others: np.ndarray) -> float:
    """Largest distance of points from an outline."""
    a, b = others, np.roll(others, -1, axis=0)
    way = b - a
    length = np.maximum((way**2).sum(1), 1e-18)
    along = np.clip(((points[:, None] - a) * way).sum(2) / length, 0, 1)
    return float(np.sqrt((((a + along[..., None] * way) - points[:, None]) ** 2).sum(2)).min(1).max())


@given(_forms, _forms)
def test_ends_are_exact_and_reached_without_a_jump(start: Form, stop: Form) -> None:
    assert form_between(start, stop, 0.0) is start
    assert form_between(start, stop, 1.0) is stop
    for end, part in ((start, 1e-6), (stop, 1 - 1e-6)):
        near = _points(form_between(start, stop, part))
        assert _distance(near, _points(end)) < 0.25


@given(_forms, _forms)
def test_no_jump_and_no_twist_between(start: Form, stop: Form) -> None:
    parts = np.linspace(1e-6, 1 - 1e-6, 41)
    outlines = [_points(form_between(start, stop, float(part))) for part in parts]
    areas = [_area(points) for points in outlines]
    assert min(areas) > 0  # clockwise all the way: never mirrored
    way = np.abs(_points(start)).max() + np.abs(_points(stop)).max() + 1500
    for one, other in itertools.pairwise(outlines):
        assert np.sqrt(((one - other) ** 2).sum(1)).max() < way * 0.025 * 4


def test_a_bar_that_bends_never_crosses_itself() -> None:
    bar, sector = Bar(100, 500, 1100, 560, (0, 9, 9, 0)), Sector(900, 500, 180, 300, 0.2, 5.9)
    for part in np.linspace(0.02, 0.98, 25):
        points = _points(form_between(bar, sector, float(part)))
        a, b = points, np.roll(points, -1, axis=0)

        def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
            turned: np.ndarray = np.sign(
                (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1])
                - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
            )
            return turned

        one, two = a[:, None], b[:, None]
        crossing = (side(one, two, a[None]) * side(one, two, b[None]) < 0) & (
            side(a[None], b[None], one) * side(a[None], b[None], two) < 0
        )
        assert not crossing.any()


def test_kinds_stay_where_they_can() -> None:
    assert form_between(Dot(0, 0, 4), Dot(10, 20, 8), 0.5) == Dot(5, 10, 6)
    assert form_between(Sector(0, 0, 5, 9, 0, 1), Sector(0, 0, 5, 9, 2, 4), 0.5) == Sector(0, 0, 5, 9, 1, 2.5)
    round_bar = form_between(Bar(0, 0, 10, 10), Dot(5, 5, 5), 0.5)
    assert round_bar == Bar(0, 0, 10, 10, (2.5,) * 4)


def test_marks_mix_colour_and_opacity() -> None:
    start, stop = Mark("a", Dot(0, 0, 4), "#ff0000"), Mark("a", Dot(8, 0, 4), "#ff0000", 0.5)
    assert mark_between(start, stop, 0.0) == mark_element(start)
    assert mark_between(start, stop, 1.0) == mark_element(stop)
    half = mark_between(start, stop, 0.5)
    assert half.opacity == pytest.approx(0.75)


def test_a_bar_comes_out_of_its_foot() -> None:
    assert shrunken(Bar(5, 0, 90, 10, (0, 3, 3, 0))) == Bar(5, 0, 5, 10, (0, 3, 3, 0))
    assert shrunken(Bar(5, 0, 15, 80, (3, 3, 0, 0))) == Bar(5, 80, 15, 80, (3, 3, 0, 0))
    assert shrunken(Dot(5, 5, 4)) == Dot(5, 5, 0)
