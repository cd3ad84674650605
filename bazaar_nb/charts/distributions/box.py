"""`Box`: distributions as boxes, with the values themselves below them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.distributions.samples import SampleRows, Sort, pointed_values, read_samples
from bazaar_nb.charts.parts.category_colors import check_colors
from bazaar_nb.charts.parts.occupied import points_within
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.plane import ticks_that_fit, value_axis
from bazaar_nb.charts.parts.plane_words import PlaneWords
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.series import color_series
from bazaar_nb.charts.parts.table import Columns
from bazaar_nb.scene.arrays import ColorArray, color_array
from bazaar_nb.scene.elements import AnyElement, Line, Points, Polyline, Rect
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_WHISKER = 1.5  # of the box's length, at most
_BOX_S = 0.6
_GOLDEN = 0.6180339887498949


class FiveNumbers(NamedTuple):
    """A sample in short.

    The box goes from quartile to quartile (linear between values, the seventh definition of Hyndman and Fan
    1996), whiskers to the last values within 1.5 times its length (Tukey, *Exploratory Data Analysis*, 1977).
    """

    low: float
    first: float
    median: float
    third: float
    high: float

    @classmethod
    def of(cls, values: Floats) -> FiveNumbers:
        """Give those of some values, at least one."""
        first, median, third = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
        reach = _WHISKER * (third - first)
        near = values[(values >= first - reach) & (values <= third + reach)]
        low, high = (float(near.min()), float(near.max())) if len(near) else (first, third)
        return cls(min(low, first), first, median, third, max(high, third))


@dataclass(frozen=True)
class _Layout:
    rows: SampleRows
    numbers: Floats
    """Of each row: low, first, median, third and high, shape (rows, 5), in pixels."""
    points: Floats
    """Shape (n, 2), in pixels."""
    row_of: Any
    colors: ColorArray
    dot: float
    box: tuple[float, float]
    """The middle of boxes from that of their row, and their height, in pixels."""
    medians: tuple[str, ...]
    opacity: float
    whole: Points
    """All points, and all boxes, once they stand."""
    boxes: tuple[AnyElement, ...]
    callouts: PointCallOuts


class Box(Chart[_Layout]):
    """Distributions as boxes in rows, with each value as a point below its box.

    Parameters
    ----------
    table : DataFrame or table
        Long (a row for each value), or wide (a column of numbers for each name).
    name, value : str, optional
        Columns of a long table; with `value` alone all rows are one sample.
    sort : str, optional
        ``value``: by the median, the largest first.
    points : bool
        Whether all values are seen; else those beyond the whiskers.
    colors : dict, optional
        Of names.
    log : bool
        Whether equal ratios are equal steps on the axis.
    **options
        Those of every `Chart`. Call-outs point at a name's median, or at another value by `x`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> minutes = {"Bus": [31, 42, 38, 55, 36], "Bicycle": [22, 25, 21, 29, 24]}
    >>> box = bz.charts.Box(minutes, title="Bicycles are faster", duration=3)
    >>> bz.Composition([box]).frames
    90
    """

    usual_duration = 5.0
    annotated = frozenset({"x_title", "references", "callouts"})

    def __init__(
        self,
        table: Any,
        *,
        name: str | None = None,
        value: str | None = None,
        sort: Sort = None,
        points: bool = True,
        colors: Mapping[str, str] | None = None,
        log: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        problems = start_problems(self)
        self.samples = read_samples(Columns(table, problems), name, value, sort, is_log=log)
        self.log, self.shows_points = log, points
        self._check_names(self.samples.keys, problems)
        check_colors(colors or {}, self.samples.keys, "Box")
        self.words = PlaneWords.read(self.annotations, problems)
        self.pointed = pointed_values(self.annotations.callouts, self.samples, problems)
        problems.raise_any()
        self.numbers = [FiveNumbers.of(values) for values in self.samples.values]
        medians = np.array([one.median for one in self.numbers])
        self.series = color_series(self.samples.keys, medians, self.theme, colors, self.highlight)
        largest = float(np.abs(medians).max())
        self.median_format = self.number  # with three figures
        if largest > 0 and self.number.decimals is None:
            self.median_format = self.number.for_step(10.0 ** (math.floor(math.log10(largest)) - 2))

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        low, high = self.words.holds("y", *self.samples.ends)
        values = [value for _, value in self.pointed]
        low, high = min([low, *values]), max([high, *values])
        most = ticks_that_fit(room, area.width, 5.0)
        plan = value_axis(low, high, self.number, is_log=self.log, most=most, is_tight=not self.log)
        rows = SampleRows.lay_out(room, area, self.samples.keys, plan, self.words, self.images)
        pitch, size = rows.pitch, room.label_size
        fits = pitch > 3.0 * size
        tall = min(0.34 * pitch, 2.2 * size)
        away = -0.1 * pitch if self.shows_points else 0.0
        places, row_of = self._places(rows, away + 0.5 * tall + 0.05 * pitch)
        count = len(places)
        dot = max(2.5 * room.unit, min(0.18 * pitch, 9 * room.unit * min(1.0, (200 / max(1, count)) ** 0.2)))
        rgba = [color_array([color]).values()[0] for color in self.series.colors]
        colors = color_array(np.array([rgba[row] for row in row_of.tolist()], np.uint8).reshape(-1, 4))
        opacity = 0.75 if count <= 300 else 0.5 if count <= 3000 else 0.3
        own: Any = np.full(count, opacity)
        layout = _Layout(
            rows=rows,
            numbers=np.asarray(rows.x(np.array(self.numbers))),
            points=places,
            row_of=row_of,
            colors=colors,
            dot=dot,
            box=(away, tall),
            medians=tuple(self.median_format(one.median) if fits else "" for one in self.numbers),
            opacity=opacity,
            whole=Points(places[:, 0], places[:, 1], size=dot, color=colors, opacity=own),
            boxes=(),
            callouts=PointCallOuts(rows.area),
        )
        ones = [1.0] * len(self.numbers)
        boxes = tuple(self._draw_boxes(room, layout, ones, ones))
        return replace(layout, boxes=boxes, callouts=self._lay_out_call_outs(room, layout))

    def _lay_out_call_outs(self, room: Room, layout: _Layout) -> PointCallOuts:
        """Have call-outs point at values: at a median, or where another would be on its row."""
        if not self.annotations.callouts:
            return layout.callouts
        rows, (away, tall) = layout.rows, layout.box
        size = room.label_size
        points = [(float(rows.x(value)), rows.middle(row) + away) for row, value in self.pointed]
        taken, boxes = [layout.points], list(rows.references)
        for row, five in enumerate(layout.numbers):
            low, first, median, third, high = five.tolist()
            middle = rows.middle(row) + away
            ends = np.array([middle - tall / 2, middle + tall / 2])
            taken.append(np.column_stack([np.linspace(low, high, 60), np.full(60, middle)]))
            taken.append(points_within(np.array([first, third]), *np.repeat(ends[:, None], 2, axis=1)))
            if layout.medians[row]:
                half = 0.5 * room.width_of(layout.medians[row], size, 600, tabular=True)
                top = ends[0]
                boxes.append(Area(median - half, top - 1.3 * size, median + half, top))
        area = rows.area.inset(right=-0.5 * size)
        return PointCallOuts.lay_out(
            room, area, self.annotations.callouts, points, avoid=np.concatenate(taken), boxes=boxes,
            gaps=0.5 * tall, starts=[self.phases.move_start + 0.5 * _BOX_S * self.phases.pace] * len(points),
        )  # fmt: skip

    def _places(self, rows: SampleRows, below: float) -> tuple[Floats, Any]:
        """Give the points below boxes: neighbours stand apart, always in the same way."""
        found, row_of = [], []
        for row, (values, five) in enumerate(zip(self.samples.values, self.numbers, strict=True)):
            told = np.sort(values)
            middle = rows.middle(row)
            if self.shows_points:
                part = (np.arange(len(told)) * _GOLDEN) % 1.0
                room = 0.46 * rows.pitch - below
                heights = middle + below + part * max(0.0, room)
            else:
                told = told[(told < five.low) | (told > five.high)]
                heights = np.full(len(told), middle)
            found.append(np.column_stack([np.asarray(rows.x(told)), heights]))
            row_of.append(np.full(len(told), row))
        return np.concatenate(found), np.concatenate(row_of)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        rows, count = layout.rows, len(self.samples.keys)
        elements = list(rows.still)
        rest = self._emphasis(time, "") if self.highlight else 1.0
        told = [1.0 if not self.highlight or key in self.highlight else rest for key in self.samples.keys]
        entered = [self.phases.entered(time, room.theme.enter, row, count) for row in range(count)]
        elements += self._draw_points(layout, told, entered)
        start, lasting = self.phases.move_start - 0.3 * self.phases.pace, _BOX_S * self.phases.pace
        apart = min(0.04, 0.5 / max(1, count - 1)) * self.phases.pace
        grown = [eased(time, start + apart * row, lasting, room.theme.move) for row in range(count)]
        if not self.phases.enters:
            grown = [1.0] * count
        stand = min(told) == 1.0 and min(grown) >= 1.0
        elements += layout.boxes if stand else self._draw_boxes(room, layout, told, grown)
        for row, name in rows.names:
            opacity = round(entered[row] * told[row], 3)
            y = rows.middle(row) + (layout.box[0] if layout.medians[0] else 0.0)
            if opacity > 0.004:
                elements += rows.draw_name(room, self.samples.keys[row], name, y, opacity, 500)
        return elements + layout.callouts.draw(room, time, self.phases, room.theme)

    def _draw_points(self, layout: _Layout, told: list[float], entered: list[float]) -> list[AnyElement]:
        if not len(layout.points):
            return []
        if min(told) == 1.0 and min(entered) >= 1.0:
            return [layout.whole]
        seen = np.array(told) * np.array(entered)
        if seen.max() <= 0.004:
            return []
        opacity: Any = layout.opacity * seen[layout.row_of]
        whole = layout.whole
        return [Points(whole.x, whole.y, size=layout.dot, color=layout.colors, opacity=opacity)]

    def _draw_boxes(
        self, room: Room, layout: _Layout, told: list[float], grown: list[float]
    ) -> list[AnyElement]:
        elements: list[AnyElement] = []
        away, tall = layout.box
        theme, unit, size = room.theme, room.unit, room.label_size
        thick = max(1.5 * unit, min(4 * unit, 0.12 * tall))
        there = [row for row in range(len(grown)) if grown[row] > 0.004]
        for row in there:
            five = layout.numbers[row]
            ends = five[2] + (five - five[2]) * grown[row]
            low, first, median, third, high = ends.tolist()
            y, color = round(layout.rows.middle(row) + away, 3), self.series.colors[row]
            opacity = round(told[row] * min(1.0, 3 * grown[row]), 3)
            elements.append(
                Polyline(
                    np.array([[low, first], [third, high]]), np.full((2, 2), y),
                    stroke=Stroke(color, thick), opacity=opacity,
                )
            )  # fmt: skip
            radius = min(theme.radius * tall, 0.5 * max(0.0, third - first))
            elements.append(
                Rect(
                    x=first, y=y, width=max(0.0, third - first), height=tall, anchor="left", radius=radius,
                    fill=color, opacity=round(0.85 * opacity, 3),
                )
            )  # fmt: skip
            ground = theme.background if isinstance(theme.background, str) else theme.ink
            stroke = Stroke(ground if third - first > 3 * thick else color, 1.2 * thick)
            elements.append(Line(median, y - tall / 2, median, y + tall / 2, stroke=stroke, opacity=opacity))
            if layout.medians[row]:
                seen = round(opacity * max(0.0, 2 * grown[row] - 1), 3)
                elements.append(
                    room.text(
                        layout.medians[row], size, weight=600, x=median, y=y - tall / 2 - 0.2 * size,
                        anchor="bottom", tabular=True, opacity=seen, line_height=1.0,
                        outline=room.halo,
                    )
                )  # fmt: skip
        return elements
