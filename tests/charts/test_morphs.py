"""Morphs and stories: the ends are the charts' own pictures, nothing jumps, one stage follows another."""

from __future__ import annotations

from typing import Any

import cloudpickle
import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.charts.chart import Chart
from bazaar_nb.charts.morphs.morph_pieces import AXES, LABELS_COME, MARKS
from bazaar_nb.charts.parts.axis import draw_grid, draw_tick_words, value_ticks
from bazaar_nb.charts.parts.marks import Bar, Dot, Mark, mark_element
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales import Band, Linear, nice_ticks
from bazaar_nb.scene.elements import AnyElement, Ellipse, Group, Line, Points, Rect, Text


class Rows(Chart[Area]):
    """Bars of a plain kind."""

    def __init__(self, values: dict[str, float], **options: Any) -> None:
        super().__init__(**options)
        self.values = values

    def _lay_out(self, room: Room, area: Area) -> Area:
        return area.inset(left=200, bottom=60, right=80)

    def _marks(self, room: Room, layout: Area, time: float) -> list[Mark]:
        band, x = self._scales(layout)
        return [
            Mark(
                key,
                Bar(layout.left, band(key) - 0.5 * band.width, float(x(value)), band(key) + 0.5 * band.width),
                "#2f6de0" if key < "b" else "#d9480f",
                self._emphasis(time, key),
            )
            for key, value in self.values.items()
        ]

    def _scales(self, area: Area) -> tuple[Band, Linear]:
        top = max(self.values.values())
        return Band(tuple(self.values), (area.top, area.bottom)), Linear((0, top), (area.left, area.right))

    def _draw(self, room: Room, layout: Area, time: float) -> list[AnyElement]:
        band, x = self._scales(layout)
        ticks = value_ticks(nice_ticks(0, max(self.values.values())).tolist(), x, self.number)
        marks = self._marks(room, layout, time)
        names = [
            room.text(key, room.label_size, x=layout.left - 20, y=band(key), anchor="right")
            for key in self.values
        ]
        return [
            *draw_grid(room, layout, "bottom", ticks),
            *draw_tick_words(room, layout, "bottom", ticks),
            *map(mark_element, marks),
            *names,
        ]


class Dots(Rows):
    """Points of the same keys."""

    def _marks(self, room: Room, layout: Area, time: float) -> list[Mark]:
        return [
            mark._replace(form=Dot(mark.form.right, (mark.form.top + mark.form.bottom) / 2, 9.0))
            for mark in super()._marks(room, layout, time)
            if isinstance(mark.form, Bar)
        ]


A = Rows({"a": 8, "b": 6, "c": 4, "d": 2}, title="Before", duration=3)
SORTED = Rows({"d": 9, "a": 3, "c": 5, "e": 1}, title="After", duration=3)
SHARE = bz.charts.Share({"n": list("abcd"), "v": [8, 6, 4, 2]}, name="n", value="v", sort="table", duration=3)
PAIRS = [(A, SORTED), (A, SHARE), (SHARE, A), (A, Dots(A.values)), (SHARE, Dots({"b": 3, "x": 2}))]


def _flat(elements: Any) -> list[AnyElement]:
    found: list[AnyElement] = []
    for element in elements:
        found += _flat(element.children) if isinstance(element, Group) else [element]
    return found


@pytest.mark.parametrize(("start", "stop"), PAIRS)
def test_the_ends_are_the_charts_own_pictures(start: Chart[Any], stop: Chart[Any]) -> None:
    change = bz.charts.morph(start, stop, duration=3)
    assert change.at(0.0).children == start.at(start.duration).children
    assert change.at(0.3).children == start.at(start.duration).children
    assert change.at(3.0).children == change.at(2.5).children == stop.at(stop.duration).children


@pytest.mark.parametrize(("start", "stop"), PAIRS)
def test_nothing_jumps_on_the_way(start: Chart[Any], stop: Chart[Any]) -> None:
    change = bz.charts.morph(start, stop, duration=3)
    before: dict[str, tuple[float, float, float]] = {}
    for time in np.arange(0.35, 2.6, 1 / 120):
        now: dict[str, tuple[float, float, float]] = {}
        for element in _flat(change.at(float(time)).children):
            if isinstance(element, Text) and isinstance(element.text, str) and element.opacity > 0.05:
                width, height = element.size * 0.6 * len(element.text), element.size
                x, y = float(element.x or 0), float(element.y or 0)
                x += width / 2 if "left" in element.anchor else -width / 2 if "right" in element.anchor else 0
                y += (
                    height / 2
                    if "top" in element.anchor
                    else -height / 2
                    if "bottom" in element.anchor
                    else 0
                )
                now[element.text] = (x, y, element.opacity)
        for words in before.keys() & now.keys():
            (x, y, _), (u, v, _) = before[words], now[words]
            assert abs(x - u) < 60, (words, time)
            assert abs(y - v) < 40, (words, time)
        for words in before.keys() ^ now.keys() if before else ():  # comes and goes by fading
            assert (before.get(words) or now[words])[2] < 0.3, (words, time)
        before = now


def test_what_is_new_in_length_and_order_changes_one_after_the_other() -> None:
    change = bz.charts.morph(A, SORTED, duration=3)
    _, _, layout = change._laid_out(1920, 1080, is_frame=False)
    moved = {one.stops[0].key: one.stops for one in layout.changes if one.span == MARKS}
    assert moved.keys() == {"a", "c", "d"}
    for first, middle, last in moved.values():
        assert isinstance(first.form, Bar)
        assert isinstance(middle.form, Bar)
        assert isinstance(last.form, Bar)
        assert (middle.form.top, middle.form.bottom) == (first.form.top, first.form.bottom)
        assert (middle.form.left, middle.form.right) == (last.form.left, last.form.right)
    assert AXES.start < MARKS.start < MARKS.stop < LABELS_COME.stop


def test_names_go_with_their_bars_and_ticks_with_their_lines() -> None:
    change = bz.charts.morph(A, SORTED, duration=3)
    for time in np.linspace(1.0, 2.0, 21):
        elements = _flat(change.at(float(time)).children)
        bars = [element for element in elements if isinstance(element, Rect)]
        for name in ("a", "c", "d"):
            (text,) = [one for one in elements if isinstance(one, Text) and one.text == name]
            assert (
                min(abs(float(bar.y or 0) + float(bar.height) / 2 - float(text.y or 0)) for bar in bars) < 1.5
            )
        lines = [float(one.x1) for one in elements if isinstance(one, Line)]
        (tick,) = [one for one in elements if isinstance(one, Text) and one.text == "2" and one.opacity > 0.5]
        assert min(abs(x - float(tick.x or 0)) for x in lines) < 1


def test_a_part_becomes_many_squares() -> None:
    table = {"n": ["a", "b"], "v": [60, 40]}
    donut = bz.charts.Share(table, name="n", value="v", duration=3)
    waffle = bz.charts.Share(table, name="n", value="v", form="waffle", duration=3)
    change = bz.charts.morph(donut, waffle)
    _, _, layout = change._laid_out(1920, 1080, is_frame=False)
    assert len(layout.changes) == 100
    assert change.at(3.0).children == waffle.at(3.0).children


def test_many_dots_are_one_element() -> None:
    values = {f"k{number}": float(number % 17 + 1) for number in range(500)}
    change = bz.charts.morph(Dots(values), Dots(dict(reversed(values.items()))))
    elements = _flat(change.at(1.5).children)
    (points,) = [one for one in elements if isinstance(one, Points)]
    assert points.rows == 500
    assert not any(isinstance(one, Ellipse) for one in elements)


def test_a_story_shows_each_view_and_changes_between() -> None:
    story = bz.charts.Story([A, SORTED, SHARE], pause=[3, 2, 2], change=1.5)
    assert story.duration == pytest.approx(10.0)
    assert bz.Composition([story]).frames == 300
    assert story.at(1.0).children == A.at(1.0).children
    assert story.at(2.99).children == story.at(3.0).children == A.at(2.99).children
    assert story.at(4.5).children == SORTED.at(3.0).children
    assert story.at(10.0).children == SHARE.at(3.0).children
    twin = cloudpickle.loads(cloudpickle.dumps(story))
    for time in (0.2, 3.6, 5.0, 7.0):
        assert story.at(time) == twin.at(time)
    slow = bz.charts.Story([A, SORTED, SHARE], pause=[3, 2, 2], change=1.5, duration=20)
    assert slow.at(9.0).children == SORTED.at(3.0).children


def test_chapters_in_a_row_show_what_the_story_shows() -> None:
    story = bz.charts.Story([A, SORTED, SHARE], pause=[3, 2, 2], change=1.5, duration=20)
    chapters = story.chapters()
    assert sum(one.duration for one in chapters) == pytest.approx(20)
    whole, parts = bz.Composition([story]), bz.Composition(chapters)
    assert whole.frames == parts.frames
    for frame in (0, 150, 181, 200, 400, 599):
        assert parts.frame(frame).elements == whole.frame(frame).elements
    assert len(parts.marks) == 3


def test_what_is_no_view_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="`stop` must be a chart"):
        bz.charts.morph(A, "b")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="at least one"):
        bz.charts.Story([])
    with pytest.raises(InvalidValueError, match="one for each of the 2 views"):
        bz.charts.Story([A, SORTED], pause=[1])


def test_areas_of_a_map_become_bars_by_way_of_circles_as_large() -> None:
    square = {"type": "Polygon", "coordinates": [[[5, 45], [15, 45], [15, 55], [5, 55], [5, 45]]]}
    shapes = {"type": "Feature", "properties": {"name": "a"}, "geometry": square}
    area = bz.charts.Map({"place": ["a"], "people": [80]}, shapes, name="place", value="people", duration=3)
    change = bz.charts.morph(area, A, duration=3)
    assert change.at(0.0).children == area.at(3.0).children
    assert change.at(3.0).children == A.at(3.0).children
    _, _, layout = change._laid_out(1920, 1080, is_frame=False)
    (moving,) = [one for one in layout.changes if one.span == MARKS]
    dot = moving.stops[0].form
    assert isinstance(dot, Dot)
    placed = area._laid_out(1920, 1080, is_frame=False)[2].shapes
    assert dot.radius == placed.radii[0] > 100
    back = bz.charts.morph(A, area, duration=3)
    assert back.at(3.0).children == area.at(3.0).children


SOLD = {"year": [2020, 2021, 2022], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}
PLACES = {
    "year": [2020, 2022] * 2, "what": ["Tea", "Tea", "Coffee", "Coffee"], "cups": [3, 9, 4, 7],
    "price": [2, 3, 5, 4],
}  # fmt: skip


@pytest.mark.parametrize(
    "chart",
    [
        bz.charts.BarRace(SOLD, time="year", duration=4),
        bz.charts.LineRace(SOLD, time="year", duration=4),
        bz.charts.ScatterRace(PLACES, x="price", y="cups", time="year", name="what", duration=4),
        bz.charts.Lines(SOLD, time="year", duration=4),
        bz.charts.Progress({"Tea": 0.3, "Coffee": 0.7}, duration=4),
        bz.charts.Compare({"Tea": 3, "Coffee": 7}, duration=4),
        bz.charts.Share({"n": ["Tea", "Coffee"], "v": [3, 7]}, name="n", value="v", duration=4),
    ],
    ids=lambda chart: type(chart).__name__,
)
def test_marks_become_bars_and_bars_become_them_again(chart: Chart[Any]) -> None:
    bars = bz.charts.Bars({"n": ["Tea", "Coffee"], "v": [3, 7]}, name="n", value="v", duration=4)
    for start, stop in ((chart, bars), (bars, chart)):
        change = bz.charts.morph(start, stop, duration=3)
        _, _, layout = change._laid_out(1920, 1080, is_frame=False)
        assert {one.stops[0].key for one in layout.changes if one.span == MARKS} == {"Tea", "Coffee"}
        assert change.at(0.0).children == start.at(start.duration).children
