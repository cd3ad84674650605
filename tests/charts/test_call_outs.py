"""Call-outs in every chart with data points: they are there, in the picture, and over no words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.charts import (
    Box,
    CallOut,
    Compare,
    Counter,
    Heatmap,
    LineRace,
    Progress,
    Reference,
    Ridge,
    Slope,
    Table,
    Timeline,
)
from bazaar_nb.charts.chart import Chart
from bazaar_nb.charts.parts.occupied import count_within, meets, points_along
from bazaar_nb.charts.parts.room import Area
from bazaar_nb.scene.elements import Group, Line, Path, Polyline, Rect, Text

YEARS = {"year": [2000, 2010, 2020], "Kenya": [1, 3, 9], "Chile": [4, 5, 6], "Turkey": [7, 7, 8]}
LONG = {"year": [2000, 2000, 2010, 2010], "who": ["Kenya", "Chile"] * 2, "n": [1, 4, 3, 5], "m": [9, 2, 8, 4]}
SAMPLES = {"Kenya": [1, 2, 3, 9], "Chile": [4, 5, 6, 6], "Turkey": [7, 7, 8, 2]}
STATES = {"who": ["Kenya", "Chile"], "before": [3, 4], "after": [9, 5]}
EVENTS = {"year": [1990, 2000, 2011], "who": ["Kenya", "Chile", "Turkey"]}
DAYS = {"day": np.arange("2025-01-01", "2025-12-31", dtype="datetime64[D]"), "n": np.arange(364) % 7}
SAID = "Something that matters here"
CHARTS: dict[str, tuple[Callable[..., Chart[Any]], dict[str, Any]]] = {
    "slope": (partial(Slope, YEARS, time="year"), {"key": "Kenya"}),
    "slope's start": (partial(Slope, YEARS, time="year"), {"key": "Kenya", "moment": 2000}),
    "slope's value": (partial(Slope, YEARS, time="year"), {"x": 2020, "y": 4}),
    "line race": (partial(LineRace, YEARS, time="year"), {"key": "Kenya", "moment": 2010}),
    "box": (partial(Box, SAMPLES), {"key": "Chile"}),
    "box's value": (partial(Box, SAMPLES), {"key": "Kenya", "x": 9}),
    "ridge": (partial(Ridge, SAMPLES), {"key": "Turkey"}),
    "heatmap": (partial(Heatmap, LONG, x="year", y="who", value="n"), {"key": "Chile", "moment": 2010}),
    "heatmap by axes": (partial(Heatmap, LONG, x="year", y="who", value="n"), {"y": "Chile", "x": 2010}),
    "calendar": (partial(Heatmap, DAYS, time="day", value="n", calendar=True), {"moment": "2025-05-18"}),
    "table": (partial(Table, STATES), {"key": "Chile"}),
    "timeline": (partial(Timeline, EVENTS, time="year", name="who"), {"key": "Chile"}),
    "progress": (partial(Progress, {"Kenya": 0.3, "Chile": 0.8}), {"key": "Chile"}),
    "rings": (partial(Progress, {"Kenya": 0.3, "Chile": 0.8}, style="ring"), {"key": "Chile"}),
    "numbers": (partial(Compare, {"2000": 6.1e9, "2020": 7.8e9}), {"key": "2020"}),
    "states": (partial(Compare, STATES, name="who"), {"key": "Chile"}),
    "counter": (partial(Counter, YEARS, time="year", value="Kenya"), {"moment": 2010}),
}


def _all(elements: Sequence[Any], kind: Any) -> Iterator[Any]:
    for element in elements:
        if isinstance(element, kind):
            yield element
        elif isinstance(element, Group):
            yield from _all(element.children, kind)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920)])
@pytest.mark.parametrize("kind", list(CHARTS))
def test_words_are_in_the_picture_and_over_no_others(kind: str, size: tuple[float, float]) -> None:
    make, where = CHARTS[kind]
    plain, chart = make(), make(callouts=CallOut(SAID, **where))
    room = chart._laid_out(*size, False)[0]
    elements = chart.at(chart.duration, *size).children
    texts = [one for one in _all(elements, Text) if str(one.text).strip()]
    said = [one for one in texts if str(one.text) in SAID]
    assert " ".join(str(one.text) for one in said) == SAID
    assert len(list(_all(elements, Path))) > len(list(_all(plain.at(plain.duration, *size).children, Path)))
    others = [room.box_of(one) for one in texts if one not in said and not one.rotation]
    for box in map(room.box_of, said):
        assert box.left >= room.body.left - 1
        assert box.right <= room.body.right + 1
        assert box.bottom <= room.body.bottom + 1
        assert not any(meets(box, other) for other in others)
    bz.Composition([chart], width=180, height=320).still(-1)


def test_a_call_out_is_not_there_before_its_data_point() -> None:
    for kind in ("slope", "timeline", "counter", "progress"):
        make, where = CHARTS[kind]
        chart = make(callouts=CallOut(SAID, **where))
        assert not [one for one in _all(chart.at(0.3).children, Text) if str(one.text) in SAID]


@pytest.mark.parametrize(
    ("make", "callout", "message"),
    [
        (CHARTS["slope"][0], CallOut("x", key="Kenya", moment=2010), "2010 is neither of the two moments"),
        (CHARTS["heatmap"][0], CallOut("x", key="Chile"), "give the column by `moment` or `x`"),
        (CHARTS["heatmap"][0], CallOut("x", y="Chile", x=2011), "no column is called '2011'"),
        (CHARTS["calendar"][0], CallOut("x", moment="2031-05-18"), "give a day of the calendar by `moment`"),
        (CHARTS["box"][0], CallOut("x", x=3), "`callouts` point at names by their `key`"),
        (CHARTS["ridge"][0], CallOut("x", key="Chlie"), "`callouts` names 'Chlie', which is not there"),
        (CHARTS["table"][0], CallOut("x", moment=3), "`callouts` point at rows by their `key`"),
    ],
)
def test_what_is_not_there_is_told(make: Callable[..., Any], callout: CallOut, message: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=message):
        make(callouts=[callout])


def test_words_in_a_line_race_are_clear_of_lines_at_all_times() -> None:
    rates = (0.0213, 0.0721, 0.0524, 0.0085)
    steps = np.arange(60)
    table = {"t": steps} | {f"n{n}": (1 + n) * np.exp(rate * steps) for n, rate in enumerate(rates)}
    chart = LineRace(table, time="t", callouts=CallOut("Turns here", key="n1", moment=10), zero=True)
    room = chart._laid_out(1920, 1080, False)[0]
    for time in np.linspace(2.0, chart.duration, 14):
        elements = chart.at(float(time)).children
        said = [one for one in _all(elements, Text) if one.text == "Turns here"]
        for line in _all(elements, Polyline) if said else ():
            x, y = (np.asarray(one.values(), np.float64) for one in (line.x, line.y))
            points = points_along(x.ravel(), y.reshape(-1, len(x.ravel())).T)
            assert count_within(points, room.box_of(said[0])) == 0


def test_words_of_references_keep_their_side_while_an_axis_grows() -> None:
    chart = LineRace(YEARS, time="year", references=[Reference(5, "five")], zero=True)
    places, heights = [], []
    for time in np.linspace(2.0, chart.duration, 30):
        elements = chart.at(float(time)).children
        (words,) = [one for one in _all(elements, Text) if one.text == "five"]
        (line,) = [one for one in _all(elements, Line) if one.stroke.dash]
        assert isinstance(words.y, float)
        places.append((words.x, words.anchor, round(words.y - line.y1, 3)))
        heights.append(line.y1)
    assert len(set(places)) == 1
    assert heights[-1] > heights[0] + 20  # the axis grows, and the line sinks with it


def test_references_stand_between_cells_and_on_the_legend() -> None:
    make = CHARTS["heatmap"][0]
    chart = make(references=[Reference(2, "two"), Reference(2005, "between", axis="x")])
    layout = chart._laid_out(1920, 1080, False)[2]
    left, right = sorted({round(x, 3) for x, _ in layout.places.tolist()})
    upright = [one for one in layout.lines if isinstance(one, Line)]
    assert upright[-1].x1 == pytest.approx((left + right) / 2)
    said = {one.text for one in _all(chart.at(5).children, Text)}
    assert {"two", "between"} <= said
    with pytest.raises(bz.InvalidValueError, match=r"no row is called 'Chlie'.*'Chile'"):
        make(references=[Reference("Chlie", axis="y")])
    with pytest.raises(bz.InvalidValueError, match="give `axis`, x or y, for a line"):
        make(references=[Reference("Chile")])


def test_an_axis_holds_what_is_to_be_reached() -> None:
    slope = Slope(YEARS, time="year", references=[Reference(20, "goal")])
    (line,) = [one for one in _all(slope.at(5).children, Line) if one.stroke.dash]
    heading = slope._laid_out(1920, 1080, False)[1]
    assert heading.area.top < line.y1 < heading.area.bottom
    bars = Progress({"Kenya": 30, "Chile": 80}, of=100, references=[Reference(150, "goal")])
    marks = [one for one in _all(bars.at(4).children, Line) if one.stroke.color == bars.theme.accent]
    (full,) = {one.width for one in _all(bars.at(4).children, Rect) if one.fill == bars.theme.faint}
    area = bars._laid_out(1920, 1080, False)[1].area
    assert [one.x1 for one in marks] == pytest.approx([area.right] * 2)
    assert full == pytest.approx(area.width / 1.5)
    with pytest.raises(bz.InvalidValueError, match="only bars of two numbers have"):
        Compare(STATES, name="who", references=[3])


def test_points_along_lines_leave_no_gap_that_words_could_fit_into() -> None:
    points = points_along(np.array([0.0, 800.0]), np.array([[0.0, 500.0], [400.0, np.nan]]))
    first = points[(points[:, 1] < 399) & (points[:, 0] < 799)]
    assert max(b - a for a, b in pairwise(sorted(first[:, 0].tolist()))) < 10
    assert count_within(points, Area(390, 190, 410, 210)) > 0
