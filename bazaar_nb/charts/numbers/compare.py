"""`Compare`: two numbers side by side, or two states of several, and how far they are apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.bars.bar_table import read_bar_table
from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.numbers.change import Better, Change, tell_change
from bazaar_nb.charts.numbers.counting import Counting, size_that_fits
from bazaar_nb.charts.parts.cell_values import as_one_number
from bazaar_nb.charts.parts.framed_call_outs import (
    FramedCallOut,
    draw_framed_call_outs,
    place_below_rows,
    room_below_rows,
)
from bazaar_nb.charts.parts.marks import Bar, Mark, mark_element
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns, Problems
from bazaar_nb.charts.parts.value_marks import ValueMark, mark_bar
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Anchor, AnyElement, Line
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_MOST_ROWS = 16
_WEIGHT = 800
_LINE = 1.2
_COUNTS_S, _TELLS_S = 1.2, 0.4


class _Number(NamedTuple):
    """Where a number stands, and its bar; in pixels."""

    row: int
    state: int
    x: float
    y: float
    size: float
    anchor: Anchor
    bar: tuple[float, float, float, float] | None = None


class _Told(NamedTuple):
    """Where a difference stands, in pixels."""

    row: int
    words: str
    x: float
    y: float
    size: float
    anchor: Anchor


@dataclass(frozen=True)
class _Layout:
    still: list[AnyElement]
    numbers: list[_Number]
    told: list[_Told]
    above: list[AnyElement]
    """The mark of a value to compare with."""
    callouts: PointCallOuts
    framed: Sequence[FramedCallOut] = ()


class Compare(Chart[_Layout]):
    """Two numbers, or several in two states, with the difference told.

    Parameters
    ----------
    shown : dict, DataFrame or table
        Two numbers by name; or a table of two rows, or one with a row for each name and two columns of
        numbers (or a column of two groups).
    name : str, optional
        Column of names of a table.
    value : str or sequence of str, optional
        The column of values, or the columns of both states.
    group : str, optional
        Column of a long table that has the two states.
    better : str, optional
        ``up`` or ``down``: whether a change is good news. By default it is neither.
    bars : bool
        Whether bars below two numbers show how large they are; not for a number below 0.
    **options
        Those of every `Chart`. `highlight`, `images` and call-outs take names; references are marked on the
        bars of two numbers.

    Raises
    ------
    InvalidValueError
        When it isn't two that are compared, and with all that is wrong with the table.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> side = bz.charts.Compare({"2000": 6.1e9, "2020": 7.8e9}, title="People on Earth", duration=4)
    >>> side.changes[0].words()
    '+1.7B (+28%)'
    """

    usual_duration = 4.0
    annotated = frozenset({"references", "callouts"})

    def __init__(
        self,
        shown: Any,
        *,
        name: str | None = None,
        value: str | Sequence[str] | None = None,
        group: str | None = None,
        better: Better | None = None,
        bars: bool = True,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if better not in (None, "up", "down"):
            raise InvalidValueError(f"`better` must be up, down or None, got {better!r:.60} (Compare)")
        problems = start_problems(self)
        self.better = better
        self.names, self.states, self.values = _read(shown, name, value, group, problems)
        shown_names = self.names if len(self.names) > 1 else self.states
        self._check_names(shown_names, problems)
        self._check_call_outs("names", problems)
        self.bars = bars and len(self.names) == 1 and bool((self.values >= 0).all())
        for one in self.annotations.references:
            target = as_one_number(one.value)
            if not self.bars:
                problems.add("it has no axis of values for `references`: only bars of two numbers have")
            elif target is None or target < 0:
                problems.add(f"`references` are values from 0, got {one.value!r:.40}")
        problems.raise_any()
        self.changes: tuple[Change, ...] = tuple(
            tell_change(before, after, self.number) for before, after in self.values.tolist()
        )
        self.countings = tuple(Counting.towards(self.number, row) for row in self.values.tolist())

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        return (_two_numbers if len(self.names) == 1 else _two_states)(room, area, self)

    def _lay_out_call_outs(
        self, room: Room, area: Area, numbers: Sequence[_Number], boxes: Sequence[Area]
    ) -> PointCallOuts:
        """Have call-outs point at the numbers from above."""
        callouts = self.annotations.callouts
        if not callouts:
            return PointCallOuts(area)
        points, taken, bars = [], list(boxes), []
        for number in numbers:
            words = self.countings[0](float(self.values[0, number.state]))
            width = room.width_of(words, number.size, _WEIGHT, tabular=True)
            right = number.x + width
            taken.append(Area(number.x, number.y - 0.36 * number.size, right, number.y + 0.5 * number.size))
            points.append((number.x + 0.85 * width, number.y - 0.4 * number.size))
            if number.bar is not None:
                left, y, _, tall = number.bar
                bars.append(np.column_stack([np.linspace(left, area.right, 60), np.full(60, y)]))
                taken.append(Area(left, y - tall / 2, left + number.bar[2], y + tall / 2))
        spots = [points[self.states.index(str(one.key))] for one in callouts]
        avoid = np.concatenate(bars) if bars else None
        return PointCallOuts.lay_out(room, area, callouts, spots, avoid=avoid, boxes=taken)

    def _counted(self, time: float, state: int) -> float:
        if not self.phases.enters:
            return 1.0
        start = self.phases.enter_start + 0.5 * state * self.phases.pace
        return eased(time, start, _COUNTS_S * self.phases.pace, self.theme.enter)

    def _told(self, time: float, row: int) -> float:
        if not self.phases.enters:
            return 1.0
        apart = min(0.04, 0.4 / max(1, len(self.names))) * self.phases.pace
        start = self.phases.enter_start + (0.5 + _COUNTS_S * 0.8) * self.phases.pace + apart * row
        return eased(time, start, _TELLS_S * self.phases.pace, self.theme.enter)

    def _key(self, number: _Number) -> str:
        return self.names[number.row] if len(self.names) > 1 else self.states[number.state]

    def _mark(self, number: _Number, done: float, opacity: float) -> Mark:
        assert number.bar is not None
        left, y, width, height = number.bar
        radius = min(self.theme.radius * height, width * done / 2)
        form = Bar(left, y - height / 2, left + width * done, y + height / 2, (0.0, radius, radius, 0.0))
        color = self.theme.palette[0] if number.state else self.theme.total
        return Mark(self._key(number), form, color, opacity)

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:  # noqa: ARG002
        """Give the bars below the numbers, by name or state."""
        return [
            self._mark(number, self._counted(time, number.state), self._emphasis(time, self._key(number)))
            for number in layout.numbers
            if number.bar is not None
        ]

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        theme = room.theme
        elements: list[AnyElement] = [*layout.still]
        for number in layout.numbers:
            done = self._counted(time, number.state)
            value = float(self.values[number.row, number.state])
            opacity = self._emphasis(time, self._key(number))
            if number.bar is not None:
                elements.append(mark_element(self._mark(number, done, opacity)))
            opacity *= min(1.0, 4 * done)
            if opacity <= 0:
                continue
            done = done if len(self.names) == 1 else 1.0
            weight = _WEIGHT if len(self.names) == 1 else 600 if number.state else 400
            color = theme.soft if number.state == 0 and len(self.names) > 1 else theme.ink
            words = self.countings[number.row](value * done)
            elements.append(
                room.text(words, number.size, color, x=number.x, y=number.y,
                          anchor=number.anchor, weight=weight, tabular=True, line_height=1.0, opacity=opacity)
            )  # fmt: skip
        for told in layout.told:
            come = self._told(time, told.row)
            if come <= 0:
                continue
            opacity = come * (self._emphasis(time, self.names[told.row]) if len(self.names) > 1 else 1.0)
            color = theme.legible(self.changes[told.row].color(theme, self.better))
            elements.append(
                room.text(told.words, told.size, color, x=told.x, y=told.y, anchor=told.anchor, weight=700,
                          tabular=True, opacity=opacity)
            )  # fmt: skip
        elements += layout.above
        elements += draw_framed_call_outs(room, layout.framed, time, self.phases)
        return elements + layout.callouts.draw(room, time, self.phases, theme)


def _read(
    shown: Any, name: str | None, value: str | Sequence[str] | None, group: str | None, problems: Problems
) -> tuple[tuple[str, ...], tuple[str, ...], Floats]:
    """Give names, the two states, and values of shape (names, 2)."""
    given = list(shown.values()) if isinstance(shown, Mapping) and name is None else []
    if given and all(as_one_number(one) is not None for one in given):
        states = tuple(map(str, shown))
        values = np.array([[as_one_number(one) for one in given]], np.float64)
        names: tuple[str, ...] = ("",)
    else:
        columns = Columns(shown, problems)
        if name is None:
            problems.add("a table wants `name`, the column of what is compared")
            problems.raise_any()
        assert name is not None
        table = read_bar_table(columns, name=name, value=value, group=group)
        names, states, values = table.names, table.groups, table.values
        if len(states) == 1:
            names, states, values = ("",), names, values.T
    if len(states) != 2:
        told = ", ".join(states[:6])
        problems.add(f"compares two numbers, or two states, got {len(states)}: {told}")
        problems.raise_any()
    if len(names) > _MOST_ROWS:
        problems.add(f"{len(names):,} names are too many: {_MOST_ROWS} at most")
    for number, state in np.argwhere(~np.isfinite(values)).tolist():
        problems.add(f"{(names[number] or states[state])!r} has no value for {states[state]!r}")
    problems.raise_any()
    return names, states, values


def _two_numbers(room: Room, area: Area, chart: Compare) -> _Layout:
    stacked = room.shape == "tall"
    gap = 0.08 * room.side
    blocks = (
        [Area(area.left, area.top, area.right, area.top + (area.height - gap) / 2),
         Area(area.left, area.top + (area.height + gap) / 2, area.right, area.bottom)]
        if stacked
        else [Area(area.left, area.top, area.left + (area.width - gap) / 2, area.bottom),
              Area(area.left + (area.width + gap) / 2, area.top, area.right, area.bottom)]
    )  # fmt: skip
    counting = chart.countings[0]
    name_size, told_size = room.letters(0.044), room.letters(0.062)
    size = 0.21 * room.side
    wide = max(
        room.width_of(counting(value), size, _WEIGHT, tabular=True) for value in chart.values[0].tolist()
    )
    size = min(size, size * blocks[0].width / max(wide, 1e-9))
    bar = 0.05 * room.side if chart.bars else 0.0
    block = _LINE * name_size + 1.1 * size + (bar + 0.3 * size if bar else 0.0)
    told = 1.3 * told_size + 0.03 * room.side
    shrink = min(1.0, (blocks[0].height if stacked else area.height - told) / block)
    size *= shrink
    still: list[AnyElement] = []
    numbers = []
    targets = [(float(one.value), one) for one in chart.annotations.references]
    largest = max([float(chart.values.max()), *(value for value, _ in targets)]) or 1.0
    pictures = NameImages.beside(room, chart.images, chart.states, name_size)
    boxes: list[Area] = []
    above: list[AnyElement] = []
    if stacked:
        tops = [area.top, area.top + block + 0.9 * gap]
        spare = area.height - (2 * block + 0.9 * gap + told)
        tops = [top + max(0.0, 0.3 * spare) for top in tops]
    else:
        tops = [area.top + max(0.0, 0.38 * (area.height - block - told))] * 2
    for state, (part, top) in enumerate(zip(blocks, tops, strict=True)):
        beside = pictures.room
        name = room.shorten(chart.states[state], name_size, part.width - beside, 500)
        still += pictures.draw(chart.states[state], part.left, top + 0.5 * _LINE * name_size)
        said = room.text(
            name, name_size, room.theme.soft, x=part.left + beside, y=top, anchor="top-left", weight=500
        )
        still.append(said)
        boxes.append(room.box_of(said))
        y = top + _LINE * name_size + 0.55 * size
        place = None
        if bar:
            width = part.width * float(chart.values[0, state]) / largest
            place = (part.left, y + 0.72 * size + bar / 2, width, bar)
            marks = [
                ValueMark(part.left + part.width * value / largest, one.label, one.color or room.theme.accent)
                for value, one in targets
            ]
            words_y = place[1] + 0.8 * bar + 0.6 * room.label_size if state == 0 else None
            above += mark_bar(room, part, marks, place[1], 0.7 * bar, words_y)
        numbers.append(_Number(0, state, part.left, y, size, "left", place))
    words = chart.changes[0].words() if chart.changes[0].direction else "no change"
    told_wide = room.width_of(words, told_size, 700, tabular=True)
    told_size = max(room.letters(0.0), size_that_fits(told_size, told_wide, blocks[1].width))
    words = room.shorten(words, told_size, area.width, 700)
    at = tops[1] + block + 0.03 * room.side + 0.65 * told_size
    left = blocks[0].left if stacked else blocks[1].left
    fits = room.width_of(words, told_size, 700, tabular=True) <= blocks[1].width
    told_place = _Told(0, words, left if fits else area.right, at, told_size, "left" if fits else "right")
    told_left = told_place.x if fits else area.right - room.width_of(words, told_size, 700, tabular=True)
    boxes.append(Area(told_left, at - 0.6 * told_size, area.right, at + 0.6 * told_size))
    callouts = chart._lay_out_call_outs(room, area, numbers, boxes)
    return _Layout(still, numbers, [told_place], above, callouts)


def _two_states(room: Room, area: Area, chart: Compare) -> _Layout:
    """Put names, numbers and differences in columns; in a tall box names have lines of their own."""
    rows, head = len(chart.names), room.label_size
    callouts, outer = chart.annotations.callouts, area
    is_beside = room.shape == "wide"
    if callouts and is_beside:
        area = area.inset(right=min(0.24 * area.width, 14 * head))
    elif callouts:
        aside, below = room_below_rows(room, area, callouts)
        area = area.inset(right=aside, bottom=below)
    own_line = room.shape == "tall"
    top = area.top + 2.0 * head
    pitch = min((area.bottom - top) / rows, (0.22 if own_line else 0.2) * room.side)
    smallest = room.letters(0.0)
    size = max(smallest, min(room.letters(0.056), (0.3 if own_line else 0.46) * pitch))
    told = [change.ratio or change.amount if change.direction else "=" for change in chart.changes]
    while True:
        first, second, third = _column_widths(room, chart, told, size)
        gap = 1.1 * size
        pictures = NameImages.beside(room, chart.images, chart.names, size)
        left = area.width - (first + second + third + 3 * gap) - pictures.room
        names_width = area.width - pictures.room if own_line else left
        lines = 2 if not own_line and pitch > 2.5 * size else 1
        names = [room.wrap(name, size, max(names_width, size), lines, 500) for name in chart.names]
        is_cut = left < 0 or any(line.endswith("\u2026") for pair in names for line in pair)
        if not is_cut or size <= smallest:
            break
        size = max(smallest, 0.93 * size)
    ends = [area.right - second - third - 2 * gap, area.right - third - gap, area.right]
    if room.shape == "wide":  # columns that are far from their names are hard to follow
        widest = max(room.width_of(line, size, 500) for pair in names for line in pair)
        spare = max(0.0, left - widest)
        ends = [end - spare * part for end, part in zip(ends, (0.6, 0.5, 0.4), strict=True)]
    still: list[AnyElement] = []
    numbers, places = [], []
    for state, end in enumerate(ends[:2]):
        words = room.shorten(chart.states[state], head, (first, second)[state] + 0.9 * gap, 500)
        still.append(
            room.text(
                words, head, room.theme.soft, x=end, y=area.top + 0.8 * head, anchor="right", weight=500
            )
        )
    stroke = Stroke(room.theme.faint, 1.5 * room.unit)
    for row in range(rows):
        line, middle = top + pitch * row, top + pitch * (row + 0.5)
        name_y, y = (middle - 0.68 * size, middle + 0.68 * size) if own_line else (middle, middle)
        name = "\n".join(names[row])
        still += [
            Line(area.left, line, ends[2], line, stroke=stroke),
            *pictures.draw(chart.names[row], area.left, name_y),
            room.text(
                name, size, x=area.left + pictures.room, y=name_y, anchor="left", align="left", weight=500
            ),
        ]
        numbers += [_Number(row, state, ends[state], y, size, "right") for state in (0, 1)]
        places.append(_Told(row, told[row], ends[2], y, size, "right"))
    called = [chart.names.index(str(one.key)) for one in callouts]
    strip = Area(ends[2] + 0.6 * size, outer.top, outer.right, outer.bottom)
    if is_beside:
        points = [(strip.left, places[row].y) for row in called]
        told_beside = PointCallOuts.beside_rows(room, strip, callouts, points)
        return _Layout(still, numbers, places, [], told_beside)
    around = 0.4 * head
    boxes = [
        Area(area.left - around, top + pitch * row, ends[2] + around, top + pitch * (row + 1))
        for row in called
    ]
    framed = place_below_rows(room, outer, top + pitch * rows, callouts, boxes)
    return _Layout(still, numbers, places, [], PointCallOuts(outer), framed)


def _column_widths(
    room: Room, chart: Compare, told: Sequence[str], size: float
) -> tuple[float, float, float]:
    """Give the pixels that the numbers of both states and the differences take."""
    first, second = (
        max(
            *(
                room.width_of(counting(row[state]), size, 600, tabular=True)
                for counting, row in zip(chart.countings, chart.values.tolist(), strict=True)
            ),
            min(room.width_of(chart.states[state], room.label_size, 500), 7 * size),
        )
        for state in (0, 1)
    )
    return first, second, max(room.width_of(one, size, 700, tabular=True) for one in told)
