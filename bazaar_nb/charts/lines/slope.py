"""`Slope`: two moments side by side, a line for each name, with names and values at both ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Unpack

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import CallOut
from bazaar_nb.charts.chart import Chart, Options, entered, start_problems
from bazaar_nb.charts.lines.line_table import read_lines
from bazaar_nb.charts.lines.slope_words import SlopeWords
from bazaar_nb.charts.parts.annotation_marks import (
    draw_placed_references,
    place_references,
    reference_boxes,
)
from bazaar_nb.charts.parts.category_colors import check_colors
from bazaar_nb.charts.parts.cell_values import as_one_number
from bazaar_nb.charts.parts.occupied import points_along
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.plane_words import PlaneWords
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.series import CONTEXT_OPACITY, SeriesColors, color_series
from bazaar_nb.charts.parts.table import Columns, Moments, Problems
from bazaar_nb.charts.parts.time_label import TimeLabel
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.scales import Linear, Log
from bazaar_nb.scene.arrays import ColorArray, color_array
from bazaar_nb.scene.elements import AnyElement, Line, Points, Polyline
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_LINE_S = 1.3  # that a line takes from one side to the other
_WORDS_S = 0.3
_FEW = 12  # lines that are elements of their own


class _Group(NamedTuple):
    """Lines that look alike: one element."""

    numbers: tuple[int, ...]
    color: str
    width: float
    opacity: float


@dataclass(frozen=True)
class _Layout:
    still: tuple[AnyElement, ...]
    x: tuple[float, float]
    y: Floats
    """Of both ends, shape (2, n), in pixels."""
    groups: tuple[_Group, ...]
    words: SlopeWords
    dots: tuple[Any, Any]
    """Of each side: which lines, heights, sizes, colours, opacities; and all once they are there."""
    callouts: PointCallOuts


class Slope(Chart[_Layout]):
    """Two moments side by side: who rose, who fell, who overtook whom.

    Parameters
    ----------
    table : DataFrame or table
        Long (a row for each moment and name) or wide (a row for each moment, a column for each name).
    time : str
        Column of moments.
    name, value : str, optional
        Columns of a long table; without them all other columns of numbers are names.
    between : (moment, moment), optional
        The first and the last moment by default.
    by : str
        What colour tells: ``name``, or ``change``: whether it rose or fell.
    colors : dict, optional
        Of names.
    log : bool
        Whether equal ratios are equal steps upwards: lines as steep as growth is fast.
    **options
        Those of every `Chart`. Call-outs point at the end of a line, or with the first `moment` at its start.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sold = {"year": [2020, 2025], "Tea": [3, 9], "Coffee": [6, 7], "Cocoa": [5, 2]}
    >>> slope = bz.charts.Slope(sold, time="year", by="change", duration=4)
    >>> bz.Composition([slope]).frames
    120
    """

    usual_duration = 5.0
    annotated = frozenset({"references", "callouts"})

    def __init__(
        self,
        table: Any,
        *,
        time: str,
        name: str | None = None,
        value: str | None = None,
        between: tuple[Any, Any] | None = None,
        by: Literal["name", "change"] = "name",
        colors: Mapping[str, str] | None = None,
        log: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if by not in ("name", "change"):
            raise InvalidValueError(f"`by` must be name or change, got {by!r} (Slope)")
        problems = start_problems(self)
        found = read_lines(
            Columns(table, problems), time=time, name=name, value=value, missing="leave", is_log=log
        )
        self.log = log
        first, last = 0, len(found.times) - 1
        if between is not None:
            first, last = (self._row_of(found, moment, problems) for moment in between)
        elif last == 0:
            problems.add("has one moment, a slope goes from one to another", column=time)
        problems.raise_any()
        clock = TimeLabel.for_moments(found.moments, self.locale)
        self.moments = (float(found.times[first]), float(found.times[last]))
        self.heads = (clock.words(float(found.times[first])), clock.words(float(found.times[last])))
        ends = found.matrix[[first, last]]
        there: Any = ~np.isnan(ends).all(axis=0)
        self.keys = tuple(key for key, one in zip(found.keys, there, strict=True) if one)
        self.ends: Floats = ends[:, there]
        self._check_names(self.keys, problems)
        check_colors(colors or {}, self.keys, "Slope")
        self.words = PlaneWords.read(self.annotations, problems)
        if any(one.axis == "x" for one in self.annotations.references):
            problems.add("`references` are values: both moments have lines already")
        self.sides = [self._side_of(one, found.moments, problems) for one in self.annotations.callouts]
        if not self.keys:
            problems.add("has no value at these two moments", column=value)
        problems.raise_any()
        self.series = self._series(by, dict(colors or {}))
        if self.highlight and options.get("highlight_at") is None:
            self.highlight_at = self.phases.move_start + _LINE_S * self.phases.pace + 0.3

    def _row_of(self, found: Any, moment: Any, problems: Problems) -> int:
        try:
            place = found.moments.place(moment)
        except InvalidValueError as error:
            problems.add(f"`between`: {error}")
            return 0
        row = int(np.argmin(np.abs(found.times - place)))
        if abs(found.times[row] - place) > 1e-9:
            problems.add(f"`between` names {moment!r:.40}, for which there is no row")
        return row

    def _side_of(self, callout: CallOut, moments: Moments, problems: Problems) -> int:
        """Tell whether a call-out is at the start of a line, 0, or at its end, 1."""
        self_told = f"`callouts` {callout.text!r:.40}"
        told = callout.moment if callout.x is None else callout.x
        side = 1
        if told is not None:
            try:
                place = moments.place(told)
            except InvalidValueError as error:
                problems.add(f"{self_told}: {error}")
                return 1
            if place not in self.moments:
                problems.add(f"{self_told}: {told!r:.40} is neither of the two moments")
                return 1
            side = self.moments.index(place)
        if callout.key is None and as_one_number(callout.y) is None:
            problems.add(f"{self_told} needs `key`, or `x` and `y`")
        elif callout.key in self.keys and np.isnan(self.ends[side, self.keys.index(str(callout.key))]):
            problems.add(f"{self_told}: {callout.key!r:.40} has no value there")
        return side

    def _series(self, by: str, colors: dict[str, str]) -> SeriesColors:
        theme = self.theme
        weights = np.where(np.isnan(self.ends[1]), self.ends[0], self.ends[1])
        if by == "change":
            change = np.nan_to_num(self.ends[1] - self.ends[0])
            told = {
                key: theme.positive if rise > 0 else theme.negative if rise < 0 else theme.total
                for key, rise in zip(self.keys, change.tolist(), strict=True)
            }
            colors = {**told, **colors}
        return color_series(self.keys, np.abs(weights), theme, colors, self.highlight)

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        size = room.label_size
        inner = area.inset(top=2.2 * size, bottom=0.4 * size)
        series = self.series
        named = [n for n in series.order if not series.is_context[n]]
        box = area.width, inner.height
        words = SlopeWords.choose(room, self.keys, self.ends, named, self.images, self.number, box)
        gap = 0.9 * size
        left, right = inner.left + words.widths[0] + gap, inner.right - words.widths[1] - gap
        left = max(left, inner.left + room.width_of(self.heads[0], size, 700) / 2)
        right = min(right, inner.right - room.width_of(self.heads[1], size, 700) / 2)
        scale = self._scale(inner)
        y = np.asarray(scale(self.ends))
        words = words.placed(y, (left - gap, right + gap), inner)
        still: list[AnyElement] = []
        for x, head in zip((left, right), self.heads, strict=True):
            stroke = Stroke(room.theme.faint, 2 * room.unit)
            still.append(Line(x, inner.top - 0.3 * size, x, inner.bottom + 0.3 * size, stroke=stroke))
            still.append(
                room.text(head, size, room.theme.ink, weight=700, x=x, y=area.top + 0.7 * size, tabular=True)
            )
        groups = self._groups(room)
        dots = (self._dots(left, y[0], groups), self._dots(right, y[1], groups))
        plot = Area(left, inner.top, right, inner.bottom)
        avoid = points_along(np.array([left, right]), y)
        lines = place_references(room, plot, self.words.references, y=scale, avoid=avoid)
        still += draw_placed_references(room, lines)
        callouts = self._lay_out_call_outs(room, plot, scale, avoid, reference_boxes(room, lines))
        return _Layout(
            tuple(still), (left, right), y, groups, words, dots, callouts,
        )  # fmt: skip

    def _lay_out_call_outs(
        self, room: Room, plot: Area, scale: Linear | Log, avoid: Floats, boxes: list[Area]
    ) -> PointCallOuts:
        """Have call-outs point at ends of lines; their words stand between the two moments."""
        points, starts = [], []
        arrived = self.phases.move_start + _LINE_S * self.phases.pace
        for callout, side in zip(self.annotations.callouts, self.sides, strict=True):
            value = (
                float(callout.y)
                if callout.key is None
                else float(self.ends[side, self.keys.index(callout.key)])
            )
            points.append((plot.right if side else plot.left, float(scale(value))))
            starts.append(arrived if side else self.phases.move_start)
        inner = plot.inset(left=0.8 * room.label_size, right=0.8 * room.label_size)
        return PointCallOuts.lay_out(
            room, inner, self.annotations.callouts, points, avoid=avoid, boxes=boxes, gaps=6 * room.unit,
            starts=starts,
        )  # fmt: skip

    def _dots(self, x: float, y: Floats, groups: tuple[_Group, ...]) -> Any:
        each = [(n, one) for one in groups for n in one.numbers if y[n] == y[n]]
        numbers = np.array([n for n, _ in each], np.int64)
        colors = color_array([one.color for _, one in each]) if each else None
        sizes = np.array([3.0 * one.width for _, one in each])
        faint: Any = np.array([one.opacity for _, one in each])
        whole = Points(x, y[numbers], size=sizes, color=colors, opacity=faint) if colors else None
        return numbers, y[numbers], sizes, colors, faint, whole

    def _scale(self, inner: Area) -> Linear | Log:
        low, high = self.words.holds("y", float(np.nanmin(self.ends)), float(np.nanmax(self.ends)))
        room = 0.03
        if self.log:
            grown = (high / low) ** room if high > low else 2.0
            return Log((low / grown, high * grown), (inner.bottom, inner.top))
        apart = (high - low) * room
        return Linear((low - apart, high + apart), (inner.bottom, inner.top))

    def _groups(self, room: Room) -> tuple[_Group, ...]:
        series = self.series
        found: dict[tuple[bool, bool, str], list[int]] = {}
        for number in reversed(series.order):
            told = self.keys[number] in self.highlight
            found.setdefault((not series.is_context[number], told, series.colors[number]), []).append(number)
        thick = (5.0 if len(self.keys) <= 6 else 4.0) * room.unit
        return tuple(
            _Group(
                tuple(numbers),
                color,
                thick * (1.3 if told else 1.0 if own else 0.5),
                1.0 if own else CONTEXT_OPACITY,
            )
            for (own, told, color), numbers in sorted(found.items(), key=lambda one: one[0][:2])
        )

    def _told_at(self) -> float:
        return self.phases.move_start + (_LINE_S + _WORDS_S) * self.phases.pace

    def _entered_picture(self, room: Room, layout: _Layout) -> list[AnyElement]:
        return entered(self)._draw(room, layout, _LINE_S * self.phases.pace)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        elements = list(layout.still)
        theme, phases = room.theme, self.phases
        grown = eased(time, phases.move_start, _LINE_S * phases.pace, theme.move)
        entered = phases.entered(time, theme.enter)
        rest = self._emphasis(time, "") if self.highlight else 1.0
        (left, right), y = layout.x, layout.y
        front = left + (right - left) * grown
        told = [1.0 if not self.highlight or key in self.highlight else rest for key in self.keys]
        for group in layout.groups if grown > 0 else ():
            numbers = list(group.numbers)
            opacity = round(group.opacity * told[numbers[0]], 3)
            stroke = Stroke(group.color, group.width, cap="round")
            one, other = y[0, numbers], y[1, numbers]
            ends = np.column_stack([one, one + (other - one) * grown])
            if len(numbers) <= _FEW:
                elements += [
                    Line(left, start, front, stop, stroke=stroke, opacity=opacity)
                    for start, stop in ends.tolist()
                    if stop == stop
                ]
            else:
                x = np.broadcast_to([left, front], ends.shape)
                elements.append(Polyline(x, ends, stroke=stroke, opacity=opacity))
        if entered > 0.01:
            elements += self._draw_dots(layout, 0, entered, told)
        if grown >= 1.0:
            elements += self._draw_dots(layout, 1, 1.0, told)
        elements += self._draw_words(room, layout, time, rest)
        return elements + layout.callouts.draw(room, time, phases, theme)

    def _draw_dots(self, layout: _Layout, side: int, entered: float, told: list[float]) -> list[AnyElement]:
        numbers, heights, sizes, colors, faint, whole = layout.dots[side]
        if not len(numbers):
            return []
        opacity: Any = faint
        if min(told) < 1.0:
            opacity = faint * np.array(told)[numbers]
        if entered >= 1.0:
            if opacity is faint:
                return [whole]
            rgba = colors.values().copy()
            rgba[:, 3] = rgba[:, 3] * opacity + 0.5
            return [replace(whole, color=ColorArray(rgba.shape, rgba.tobytes()))]
        return [
            Points(layout.x[side], heights, size=sizes * min(1.0, entered), color=colors, opacity=opacity)
        ]

    def _draw_words(self, room: Room, layout: _Layout, time: float, rest: float) -> list[AnyElement]:
        phases, rows, pace = self.phases, layout.words.rows, self.phases.pace
        arrived = phases.move_start + 0.85 * _LINE_S * pace
        apart = min(0.04, 0.5 / max(1, rows)) * pace

        def seen(side: int, row: int, number: int) -> float:
            if side == 0:
                come = phases.entered(time, room.theme.enter, row, rows)
            else:
                come = eased(time, arrived + apart * row, _WORDS_S * pace, room.theme.enter)
            return come * (rest if self.highlight and self.keys[number] not in self.highlight else 1.0)

        return layout.words.draw(room, self.series.colors, seen)
