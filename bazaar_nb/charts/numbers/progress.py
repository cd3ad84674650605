"""`Progress`: how much of a whole is done, as bars or rings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, Unpack

import numpy as np

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.numbers.progress_items import ItemWords, read_items
from bazaar_nb.charts.parts.cell_values import as_one_number
from bazaar_nb.charts.parts.marks import Bar, Mark, mark_element
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.value_marks import ValueMark, mark_bar, mark_ring
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Ellipse, Line, Path, Rect
from bazaar_nb.scene.paint import Stroke

_FILLS_S, _APART_S, _ALL_APART_S = 1.3, 0.12, 0.6
_MOST = 24
_LINE = 1.2
_RING = 0.13  # a ring's thickness, of its diameter
_PITCH = 0.26  # bars are at most so far apart, of the shorter side


@dataclass(frozen=True)
class _Layout:
    still: list[AnyElement]
    items: list[_Place]
    above: list[AnyElement]
    """Marks of what is to be reached."""
    boxes: list[Area]
    """Of words."""
    callouts: PointCallOuts


class _Place(NamedTuple):
    """Where an item's bar or ring is, and the middle or right end of its number, in pixels."""

    x: float
    y: float
    length: float
    thick: float
    number_x: float
    number_y: float
    number_size: float
    arc: str = ""


class Progress(Chart[_Layout]):
    """How much of a whole is done: one or several bars that fill, or rings that close.

    Parameters
    ----------
    shown : number, dict, DataFrame or table
        One value; several by name; or a table.
    of : number or str
        What the whole is; or the column of a table that has it.
    name, value : str, optional
        Columns of a table.
    label : str, optional
        What a single value is.
    style : str
        ``bar`` or ``ring``.
    parts : bool
        Whether values are told ("680 / 1,000") instead of percents.
    colors : dict, optional
        Of names.
    **options
        Those of every `Chart`. `number` is the format of `parts`; `images` and call-outs take names,
        references are values to be reached, which are marked on each bar or ring.

    Raises
    ------
    InvalidValueError
        For a negative value, a whole that is not above 0, and all that is wrong with the table.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.charts.Progress(680, of=1000, label="houses insulated", style="ring", duration=3)
    <Progress None, 3 s>
    """

    usual_duration = 4.0
    annotated = frozenset({"references", "callouts"})

    def __init__(
        self,
        shown: Any,
        *,
        of: float | str = 1.0,
        name: str | None = None,
        value: str | None = None,
        label: str | None = None,
        style: Literal["bar", "ring"] = "bar",
        parts: bool = False,
        colors: Mapping[str, str] | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if style not in ("bar", "ring"):
            raise InvalidValueError(f"`style` must be bar or ring, got {style!r:.60} (Progress)")
        problems = start_problems(self)
        self.style = style
        self.items = read_items(shown, of, name, value, label, problems)
        self._check_names([item.name for item in self.items], problems)
        self._check_call_outs("names", problems)
        for one in self.annotations.references:
            target = as_one_number(one.value)
            if target is None or target < 0:
                problems.add(f"`references` are values from 0 to be reached, got {one.value!r:.40}")
        if len(self.items) > _MOST:
            problems.add(f"{len(self.items):,} are too many: {_MOST} at most")
        problems.raise_any()
        given = dict(colors or {})
        self.colors = tuple(given.get(item.name, self.theme.palette[0]) for item in self.items)
        self.written = ItemWords.for_items(self.items, self.number if parts else None, self.locale)

    def _filled(self, time: float, number: int) -> float:
        if not self.phases.enters:
            return 1.0
        start = self._fill_start(number)
        lasting = min(_FILLS_S * self.phases.pace, max(0.05, self.phases.move_stop - start))
        return eased(time, start, lasting, self.theme.move)

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        layout = (_bars if self.style == "bar" else _rings)(room, area, self)
        return replace(layout, callouts=self._lay_out_call_outs(room, area, layout))

    @property
    def targets(self) -> list[tuple[float, str, str]]:
        """What is to be reached: values, words and colours."""
        theme = self.theme
        return [
            (float(one.value), one.label, one.color or theme.accent) for one in self.annotations.references
        ]

    @property
    def longest(self) -> float:
        """The largest part that a bar has room for; the whole is 1."""
        parts = [item.part for item in self.items]
        parts += [value / item.whole for value, _, _ in self.targets for item in self.items]
        return max(1.0, *parts)

    def _lay_out_call_outs(self, room: Room, area: Area, layout: _Layout) -> PointCallOuts:
        """Have call-outs point at the ends of bars and arcs; they appear when these are filled."""
        if not self.annotations.callouts:
            return layout.callouts
        ends, taken = [], []
        for item, place in zip(self.items, layout.items, strict=True):
            if self.style == "bar":
                ends.append((place.x + place.length * item.part / self.longest, place.y - place.thick / 2))
                along = place.x + np.linspace(0, place.length, 60)
                taken += [(along, np.full(60, place.y + part * place.thick)) for part in (-0.4, 0.4)]
            else:
                radius, part = (place.length - place.thick) / 2, min(1.0, item.part)
                angle = 2 * math.pi * np.array([part, *np.linspace(0, 1, 60)])
                x, y = place.x + radius * np.sin(angle), place.y - radius * np.cos(angle)
                ends.append((float(x[0]), float(y[0])))
                for part in (0.6, 0.85, 1.0, 1.15):
                    reach = radius * part
                    taken.append((place.x + reach * np.sin(angle), place.y - reach * np.cos(angle)))
        numbers = [
            [item.name for item in self.items].index(str(one.key)) for one in self.annotations.callouts
        ]
        pace = self.phases.pace
        starts = [self._fill_start(number) + 0.8 * _FILLS_S * pace for number in numbers]
        gap = 0.5 * max(place.thick for place in layout.items) if self.style == "ring" else 0.0
        return PointCallOuts.lay_out(
            room, area, self.annotations.callouts, [ends[number] for number in numbers],
            avoid=np.concatenate([np.column_stack(one) for one in taken]), boxes=layout.boxes, gaps=gap,
            starts=starts,
        )  # fmt: skip

    def _fill_start(self, number: int) -> float:
        apart = min(_APART_S, _ALL_APART_S / max(1, len(self.items) - 1)) * self.phases.pace
        return self.phases.enter_start + apart * number

    def _bar(self, layout: _Layout, time: float, number: int) -> Mark:
        item, place = self.items[number], layout.items[number]
        width = place.length * item.part * self._filled(time, number) / self.longest
        half = place.thick / 2
        form = Bar(place.x, place.y - half, place.x + width, place.y + half, (min(half, width / 2),) * 4)
        return Mark(item.name, form, self.colors[number], self._emphasis(time, item.name))

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:  # noqa: ARG002
        """Give the bars by name; rings are strokes, which become nothing else."""
        if self.style == "ring":
            return []
        return [self._bar(layout, time, number) for number in range(len(self.items))]

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        elements: list[AnyElement] = [*layout.still]
        for number, (item, place) in enumerate(zip(self.items, layout.items, strict=True)):
            done, opacity = self._filled(time, number), self._emphasis(time, item.name)
            color = self.colors[number]
            if self.style == "bar":
                elements.append(mark_element(self._bar(layout, time, number)))
                anchor: Literal["right", "center"] = "right"
            else:
                part = min(1.0, item.part * done)
                if part > 0:
                    stroke = Stroke(color, place.thick, cap="round" if part < 1 else "butt")
                    elements.append(Path(place.arc, stroke=stroke, end=part, opacity=opacity))
                anchor = "center"
            elements.append(
                room.text(
                    self.written(number, done), place.number_size, x=place.number_x, y=place.number_y,
                    anchor=anchor, weight=700, tabular=True, line_height=1.0, opacity=opacity,
                )
            )  # fmt: skip
        elements += layout.above
        return elements + layout.callouts.draw(room, time, self.phases, self.theme)


def _bars(room: Room, area: Area, chart: Progress) -> _Layout:
    items, theme = chart.items, room.theme
    pitch = min(area.height / len(items), _PITCH * room.side)
    alone = len(items) == 1
    size = room.letters(0.05) if alone else max(room.letters(0.0), min(room.letters(0.036), 0.3 * pitch))
    number_size = min(2.2 * size, 0.34 * pitch) if alone else size
    number_size = max(number_size, room.letters(0.0))
    thick = max(6 * room.unit, min(0.05 * room.side, 0.28 * pitch))
    small = room.label_size
    below = 1.5 * small if any(words for _, words, _ in chart.targets) else 0.0
    pitch = max(pitch, min(area.height / len(items), pitch + below))
    block = number_size * 1.15 + thick + 0.35 * size + below
    pictures = NameImages.beside(room, chart.images, [item.name for item in items], size)
    top = area.top + max(
        0.0, (area.height - pitch * len(items)) * (0.0 if chart.title and not alone else 0.5)
    )
    still: list[AnyElement] = []
    places = []
    longest = chart.longest
    marks: list[AnyElement] = []
    boxes: list[Area] = []
    for number, item in enumerate(items):
        middle = top + pitch * (number + 0.5)
        y = middle + block / 2 - below - thick / 2
        above = y - thick / 2 - 0.35 * size
        opaque = Rect(x=area.left, y=y, width=area.width / longest, height=thick, anchor="left",
                      radius=thick / 2, fill=theme.faint)  # fmt: skip
        still.append(opaque)
        told = room.width_of(chart.written(number, 1.0), number_size, 700, tabular=True)
        beside = pictures.room
        name = room.shorten(item.name, size, area.width - told - 0.8 * size - beside, 500)
        still += pictures.draw(item.name, area.left, above - 0.6 * size)
        if name:
            words = room.text(name, size, x=area.left + beside, y=above, anchor="bottom-left", weight=500)
            still.append(words)
            boxes.append(room.box_of(words))
        boxes.append(Area(area.right - told, above - 1.1 * number_size, area.right, above))
        places.append(
            _Place(area.left, y, area.width, thick, area.right, above - 0.58 * number_size, number_size)
        )
        if longest > 1:
            at = area.left + area.width / longest
            still.append(
                Line(at, y - 0.7 * thick, at, y + 0.7 * thick, stroke=Stroke(theme.soft, 2 * room.unit))
            )
        is_told = number == len(items) - 1 or len({item.whole for item in items}) > 1
        targets = [
            ValueMark(area.left + area.width * value / item.whole / longest, words, color)
            for value, words, color in chart.targets
        ]
        words_y = y + 0.8 * thick + 0.75 * small if is_told else None
        marks += mark_bar(room, area, targets, y, 0.8 * thick, words_y)
    return _Layout(still, places, marks, boxes, PointCallOuts(area))


def _rings(room: Room, area: Area, chart: Progress) -> _Layout:
    items, theme = chart.items, room.theme
    count = len(items)
    has_names = any(item.name for item in items)
    best = max(range(1, count + 1), key=lambda columns: _ring_room(area, count, columns, room, has_names))
    rows = -(-count // best)
    wide, tall = area.width / best, area.height / rows
    size = room.letters(0.044 if count == 1 else 0.034)
    names = [room.wrap(item.name, size, 0.92 * wide, 2, 500) if item.name else [] for item in items]
    most = max(len(lines) for lines in names)
    below = most * _LINE * size + (0.6 * size if most else 0.0)
    diameter = max(4.0, min(0.86 * wide, tall * 0.94 - below, 0.62 * room.side))
    beside = max((room.width_of(words, room.label_size, 500) for _, words, _ in chart.targets), default=0.0)
    if beside:
        diameter = min(diameter, wide - 2 * beside - 1.6 * room.label_size, 0.86 * tall - below)
    if chart.annotations.callouts:
        diameter = min(diameter, 0.72 * wide, 0.8 * tall - below)
    diameter = max(diameter, 4.0)
    thick = _RING * diameter
    radius = (diameter - thick) / 2
    inside = 2 * radius - thick - 0.08 * diameter
    number_size = 0.25 * diameter
    told = max(
        room.width_of(chart.written(number, 1.0), number_size, 700, tabular=True) for number in range(count)
    )
    number_size = number_size if told <= inside else number_size * inside / told
    still: list[AnyElement] = []
    places = []
    marks: list[AnyElement] = []
    boxes: list[Area] = []
    pictures = NameImages.beside(room, chart.images, [item.name for item in items], size)
    for number, lines in enumerate(names):
        row, column = divmod(number, best)
        in_row = min(best, count - row * best)
        x = area.left + area.width / 2 + (column - (in_row - 1) / 2) * wide
        y = area.top + tall * (row + 0.5) - below / 2
        still.append(Ellipse(x=x, y=y, width=2 * radius, fill=None, stroke=Stroke(theme.faint, thick)))
        for line_number, line in enumerate(lines):
            at = y + diameter / 2 + 0.6 * size + line_number * _LINE * size
            beside = pictures.room_of(items[number].name) if line_number == 0 else 0.0
            wide_line = beside + room.width_of(line, size, 500)
            if beside:
                still += pictures.draw(items[number].name, x - wide_line / 2, at + 0.5 * _LINE * size)
            words = room.text(line, size, x=x + beside / 2, y=at, anchor="top", weight=500)
            still.append(words)
            boxes.append(room.box_of(words))
        arc = (
            f"M{x:.2f} {y - radius:.2f}A{radius:.2f} {radius:.2f} 0 0 1 {x:.2f} {y + radius:.2f}"
            f"A{radius:.2f} {radius:.2f} 0 0 1 {x:.2f} {y - radius:.2f}"
        )
        places.append(_Place(x, y, diameter, thick, x, y, number_size, arc))
        half = 0.5 * inside
        boxes.append(Area(x - half, y - 0.5 * number_size, x + half, y + 0.5 * number_size))
        targets = [ValueMark(value / items[number].whole, *rest) for value, *rest in chart.targets]
        lines_across, said = mark_ring(room, (x, y), radius, thick, targets)
        marks += [*lines_across, *said]
        boxes += [room.box_of(one) for one in said]
    return _Layout(still, places, marks, boxes, PointCallOuts(area))


def _ring_room(area: Area, count: int, columns: int, room: Room, has_names: bool) -> float:
    below = 2.0 * room.letters(0.034) if has_names else 0.0
    return min(0.86 * area.width / columns, 0.94 * area.height / -(-count // columns) - below)
