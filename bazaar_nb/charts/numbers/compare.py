"""`Compare`: two numbers side by side, or two states of several, and how far they are apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.numbers.change import Better, Change
from bazaar_nb.charts.numbers.compare_rows import lay_out_rows
from bazaar_nb.charts.numbers.compared import (
    Compared,
    CompareLayout,
    NumberPlace,
    ToldPlace,
    read_compared,
)
from bazaar_nb.charts.numbers.counting import size_that_fits
from bazaar_nb.charts.parts.cell_values import as_one_number
from bazaar_nb.charts.parts.framed_call_outs import (
    draw_framed_call_outs,
)
from bazaar_nb.charts.parts.marks import Bar, Mark, mark_element
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.value_marks import ValueMark, mark_bar
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]
_MOST_ROWS = 16
_WEIGHT = 800
_LINE = 1.2
_COUNTS_S, _TELLS_S = 1.2, 0.4


class Compare(Chart[CompareLayout]):
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
        names, states, values = read_compared(shown, name, value, group, problems)
        shown_names = names if len(names) > 1 else states
        self._check_names(shown_names, problems)
        self._check_call_outs("names", problems)
        self.bars = bars and len(names) == 1 and bool((values >= 0).all())
        for one in self.annotations.references:
            target = as_one_number(one.value)
            if not self.bars:
                problems.add("it has no axis of values for `references`: only bars of two numbers have")
            elif target is None or target < 0:
                problems.add(f"`references` are values from 0, got {one.value!r:.40}")
        problems.raise_any()
        self.compared = Compared.written_by(self.number, names, states, values)

    @property
    def changes(self) -> tuple[Change, ...]:
        """How far the two are apart: one, or one for each name."""
        return self.compared.changes

    def _lay_out(self, room: Room, area: Area) -> CompareLayout:
        if len(self.compared.names) == 1:
            return _two_numbers(room, area, self)
        return lay_out_rows(room, area, self.compared, self.images, self.annotations.callouts)

    def _lay_out_call_outs(
        self, room: Room, area: Area, numbers: Sequence[NumberPlace], boxes: Sequence[Area]
    ) -> PointCallOuts:
        """Have call-outs point at the numbers from above."""
        callouts = self.annotations.callouts
        if not callouts:
            return PointCallOuts(area)
        points, taken, bars = [], list(boxes), []
        for number in numbers:
            words = self.compared.countings[0](float(self.compared.values[0, number.state]))
            width = room.width_of(words, number.size, _WEIGHT, tabular=True)
            right = number.x + width
            taken.append(Area(number.x, number.y - 0.36 * number.size, right, number.y + 0.5 * number.size))
            points.append((number.x + 0.85 * width, number.y - 0.4 * number.size))
            if number.bar is not None:
                left, y, _, tall = number.bar
                bars.append(np.column_stack([np.linspace(left, area.right, 60), np.full(60, y)]))
                taken.append(Area(left, y - tall / 2, left + number.bar[2], y + tall / 2))
        spots = [points[self.compared.states.index(str(one.key))] for one in callouts]
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
        apart = min(0.04, 0.4 / max(1, len(self.compared.names))) * self.phases.pace
        start = self.phases.enter_start + (0.5 + _COUNTS_S * 0.8) * self.phases.pace + apart * row
        return eased(time, start, _TELLS_S * self.phases.pace, self.theme.enter)

    def _key(self, number: NumberPlace) -> str:
        return (
            self.compared.names[number.row]
            if len(self.compared.names) > 1
            else self.compared.states[number.state]
        )

    def _mark(self, number: NumberPlace, done: float, opacity: float) -> Mark:
        assert number.bar is not None
        left, y, width, height = number.bar
        radius = min(self.theme.radius * height, width * done / 2)
        form = Bar(left, y - height / 2, left + width * done, y + height / 2, (0.0, radius, radius, 0.0))
        color = self.theme.palette[0] if number.state else self.theme.total
        return Mark(self._key(number), form, color, opacity)

    def _marks(self, room: Room, layout: CompareLayout, time: float) -> list[Mark]:  # noqa: ARG002
        """Give the bars below the numbers, by name or state."""
        return [
            self._mark(number, self._counted(time, number.state), self._emphasis(time, self._key(number)))
            for number in layout.numbers
            if number.bar is not None
        ]

    def _draw(self, room: Room, layout: CompareLayout, time: float) -> list[AnyElement]:
        theme, names = room.theme, self.compared.names
        elements: list[AnyElement] = [*layout.still]
        for number in layout.numbers:
            done = self._counted(time, number.state)
            value = float(self.compared.values[number.row, number.state])
            opacity = self._emphasis(time, self._key(number))
            if number.bar is not None:
                elements.append(mark_element(self._mark(number, done, opacity)))
            opacity *= min(1.0, 4 * done)
            if opacity <= 0:
                continue
            done = done if len(names) == 1 else 1.0
            weight = _WEIGHT if len(names) == 1 else 600 if number.state else 400
            color = theme.soft if number.state == 0 and len(names) > 1 else theme.ink
            words = self.compared.countings[number.row](value * done)
            elements.append(
                room.text(words, number.size, color, x=number.x, y=number.y,
                          anchor=number.anchor, weight=weight, tabular=True, line_height=1.0, opacity=opacity)
            )  # fmt: skip
        for told in layout.told:
            come = self._told(time, told.row)
            if come <= 0:
                continue
            opacity = come * (self._emphasis(time, self.compared.names[told.row]) if len(names) > 1 else 1.0)
            color = theme.legible(self.changes[told.row].color(theme, self.better))
            elements.append(
                room.text(told.words, told.size, color, x=told.x, y=told.y, anchor=told.anchor, weight=700,
                          tabular=True, opacity=opacity)
            )  # fmt: skip
        elements += layout.above
        elements += draw_framed_call_outs(room, layout.framed, time, self.phases)
        return elements + layout.callouts.draw(room, time, self.phases, theme)


def _two_numbers(room: Room, area: Area, chart: Compare) -> CompareLayout:
    stacked = room.shape == "tall"
    gap = 0.08 * room.side
    blocks = (
        [Area(area.left, area.top, area.right, area.top + (area.height - gap) / 2),
         Area(area.left, area.top + (area.height + gap) / 2, area.right, area.bottom)]
        if stacked
        else [Area(area.left, area.top, area.left + (area.width - gap) / 2, area.bottom),
              Area(area.left + (area.width + gap) / 2, area.top, area.right, area.bottom)]
    )  # fmt: skip
    counting = chart.compared.countings[0]
    name_size, told_size = room.letters(0.044), room.letters(0.062)
    size = 0.21 * room.side
    wide = max(
        room.width_of(counting(value), size, _WEIGHT, tabular=True)
        for value in chart.compared.values[0].tolist()
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
    largest = max([float(chart.compared.values.max()), *(value for value, _ in targets)]) or 1.0
    pictures = NameImages.beside(room, chart.images, chart.compared.states, name_size)
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
        name = room.shorten(chart.compared.states[state], name_size, part.width - beside, 500)
        still += pictures.draw(chart.compared.states[state], part.left, top + 0.5 * _LINE * name_size)
        said = room.text(
            name, name_size, room.theme.soft, x=part.left + beside, y=top, anchor="top-left", weight=500
        )
        still.append(said)
        boxes.append(room.box_of(said))
        y = top + _LINE * name_size + 0.55 * size
        place = None
        if bar:
            width = part.width * float(chart.compared.values[0, state]) / largest
            place = (part.left, y + 0.72 * size + bar / 2, width, bar)
            marks = [
                ValueMark(part.left + part.width * value / largest, one.label, one.color or room.theme.accent)
                for value, one in targets
            ]
            words_y = place[1] + 0.8 * bar + 0.6 * room.label_size if state == 0 else None
            above += mark_bar(room, part, marks, place[1], 0.7 * bar, words_y)
        numbers.append(NumberPlace(0, state, part.left, y, size, "left", place))
    words = chart.changes[0].words() if chart.changes[0].direction else "no change"
    told_wide = room.width_of(words, told_size, 700, tabular=True)
    told_size = max(room.letters(0.0), size_that_fits(told_size, told_wide, blocks[1].width))
    words = room.shorten(words, told_size, area.width, 700)
    at = tops[1] + block + 0.03 * room.side + 0.65 * told_size
    left = blocks[0].left if stacked else blocks[1].left
    fits = room.width_of(words, told_size, 700, tabular=True) <= blocks[1].width
    told_place = ToldPlace(0, words, left if fits else area.right, at, told_size, "left" if fits else "right")
    told_left = told_place.x if fits else area.right - room.width_of(words, told_size, 700, tabular=True)
    boxes.append(Area(told_left, at - 0.6 * told_size, area.right, at + 0.6 * told_size))
    callouts = chart._lay_out_call_outs(room, area, numbers, boxes)
    return CompareLayout(still, numbers, [told_place], above, callouts)
