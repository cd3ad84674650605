"""The first frame of a chart shows faintly what comes in, below what is there; later none of it is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.charts.chart import Chart
from bazaar_nb.scene.elements import AnyElement, Group, Polyline, Rect, Text

SOLD = {"year": [2020, 2021, 2022], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}
PARTS = {"what": ["Tea", "Coffee"], "cups": [3, 5]}
MAKES: dict[str, Callable[..., Chart[Any]]] = {
    "bars": lambda **options: bz.charts.Bars(PARTS, name="what", value="cups", **options),
    "lines": lambda **options: bz.charts.Lines(SOLD, time="year", **options),
    "areas": lambda **options: bz.charts.Areas(SOLD, time="year", **options),
    "slope": lambda **options: bz.charts.Slope(
        {"year": [2020, 2022], "Tea": [3, 9], "Coffee": [4, 7]}, time="year", **options
    ),
    "share": lambda **options: bz.charts.Share(PARTS, name="what", value="cups", **options),
    "table": lambda **options: bz.charts.Table(PARTS, **options),
}


def ghosts(chart: Chart[Any], time: float) -> list[Group]:
    return [
        one
        for one in chart.at(time).children
        if isinstance(one, Group) and isinstance(one.opacity, float) and 0.05 < one.opacity <= 0.3
    ]


def inside(groups: list[Group]) -> list[AnyElement]:
    return [element for group in groups for element in group.children]


@pytest.mark.parametrize("kind", list(MAKES))
def test_what_comes_in_is_faintly_there_at_first_and_nothing_is_left_of_it(kind: str) -> None:
    chart = MAKES[kind]()
    assert inside(ghosts(chart, 0.0))
    assert ghosts(chart, chart.phases.move_stop) == []
    assert ghosts(MAKES[kind](enter=False), 0.0) == []


def test_it_stands_where_the_marks_will_stand_above_the_axes() -> None:
    chart = MAKES["bars"]()
    last = [one for one in chart.at(5.9).children if isinstance(one, Rect)]
    assert [one for one in inside(ghosts(chart, 0.0)) if isinstance(one, Rect)] == last
    first = chart.at(0.0).children
    assert all(isinstance(one, Rect) for one in first[first.index(ghosts(chart, 0.0)[0]) + 2 :][:2])


def test_lines_are_there_to_their_ends_while_they_begin_to_be_drawn() -> None:
    chart = MAKES["lines"]()
    now = (chart.phases.move_start + chart.phases.enter_stop) / 2
    (faint,) = ghosts(chart, now)  # words are gone by then
    ghost = {float(one.x.values()[-1]) for one in faint.children if isinstance(one, Polyline)}
    drawn = {float(one.x.values()[-1]) for one in chart.at(now).children if isinstance(one, Polyline)}
    assert max(drawn) < min(ghost)
    assert not any(isinstance(one, Text) for one in faint.children)
