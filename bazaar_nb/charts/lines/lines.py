"""`Lines`: values over time as lines that draw themselves, with their names at the ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import NAMES, CallOut
from bazaar_nb.charts.chart import Chart, Options, entered, start_problems
from bazaar_nb.charts.lines.end_labels import EndLabels
from bazaar_nb.charts.lines.label_track import EARLIER_S, LabelTrack
from bazaar_nb.charts.lines.line_pixels import (
    LineBand,
    Pixels,
    as_array,
    as_pixels,
    cut_lines,
    last_told,
    line_bands,
    lone_points,
    seen_rows,
)
from bazaar_nb.charts.lines.line_strokes import LineStrokes, group_strokes
from bazaar_nb.charts.lines.line_table import Bands, LineTable, read_lines
from bazaar_nb.charts.parts.annotation_marks import PlacedEvent, draw_placed_references
from bazaar_nb.charts.parts.axis import room_for_words
from bazaar_nb.charts.parts.category_colors import check_colors
from bazaar_nb.charts.parts.marks import Dot, Mark
from bazaar_nb.charts.parts.occupied import points_along
from bazaar_nb.charts.parts.plane import Plane, moment_axis, ticks_that_fit, value_axis
from bazaar_nb.charts.parts.plane_words import (
    PlaneWords,
    Pointed,
    draw_plane_events,
)
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.series import SeriesColors, color_series
from bazaar_nb.charts.parts.table import Columns, Missing, Problems
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import ColorArray, color_array, float_array, with_opacity
from bazaar_nb.scene.elements import AnyElement, Points, Polygon, Polyline
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_BAND_OPACITY = 0.2


@dataclass(frozen=True)
class _Layout:
    plane: Plane
    x: Pixels
    y: Pixels
    """Shapes (n,) and (lines, n)."""
    told: Any
    """Of each place of a line the last one up to it that has a value, shape (lines, n)."""
    strokes: tuple[LineStrokes, ...]
    bands: tuple[LineBand, ...]
    labels: EndLabels
    track: LabelTrack
    dots: tuple[int, ...]
    dot_colors: ColorArray
    lone: tuple[tuple[int, float, float], ...]
    """Values between two gaps: which line, and where."""
    thick: float
    still: tuple[AnyElement, ...]
    events: tuple[PlacedEvent, ...]
    callouts: PointCallOuts


class Lines(Chart[_Layout]):
    """Values over time as lines that draw themselves from left to right, with their names at the ends.

    Parameters
    ----------
    table : DataFrame or table
        Long (a row for each moment and name) or wide (a row for each moment, a column for each name).
    time : str
        Column of what runs from left to right: dates, periods, numbers (a distance or an age, too), or words
        in their order. Uneven ones stay uneven.
    name, value : str, optional
        Columns of a long table; without them all other columns of numbers are names.
    color : str, optional
        Column of a long table by which lines share a colour; else each of the eight largest has its own, and
        the others are thin and grey.
    colors : dict, optional
        Of names, or of what `color` holds.
    band : (str, str) or dict, optional
        Columns of the low and the high end of a band of uncertainty; of a wide table with several names a
        dict: ``{"Kenya": ("low", "high")}``.
    missing : str
        What becomes of a row without a value: ``gap`` interrupts the line, ``hold`` keeps the last value,
        ``leave`` joins its neighbours. A moment for which a name has no row at all is joined.
    log : bool
        Whether equal ratios are equal steps upwards.
    zero : bool, optional
        Whether the axis of values starts at 0; by default where the values aren't far from it.
    labels : str, optional
        ``end`` puts names at the lines' ends, None nowhere.
    draws : bool
        Whether lines draw themselves; else they are there from the start.
    **options
        Those of every `Chart`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sold = {"year": [2020, 2021, 2022], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}
    >>> lines = bz.charts.Lines(sold, time="year", title="Tea overtakes", highlight="Tea", duration=4)
    >>> bz.Composition([lines]).frames
    120
    """

    annotated = frozenset(NAMES)

    def __init__(
        self,
        table: Any,
        *,
        time: str,
        name: str | None = None,
        value: str | None = None,
        color: str | None = None,
        colors: Mapping[str, str] | None = None,
        band: Bands | None = None,
        missing: Missing = "gap",
        log: bool = False,
        zero: bool | None = None,
        labels: Literal["end"] | None = "end",
        draws: bool = True,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if labels not in ("end", None):
            raise InvalidValueError(f"`labels` must be end or None, got {labels!r} (Lines)")
        problems = start_problems(self)
        columns = Columns(table, problems)
        self.table: LineTable = read_lines(
            columns, time=time, name=name, value=value, color=color, missing=missing, band=band, is_log=log
        )
        self.log, self.zero, self.labels, self.draws = log, zero, labels, draws
        self._check_names(self.table.keys, problems)
        check_colors(colors or {}, [*self.table.keys, *self.table.extra.values()], "Lines")
        self.words = PlaneWords.read(self.annotations, problems, x=self.table.moments)
        if self.highlight and options.get("highlight_at") is None:
            self.highlight_at = self.phases.move_start + 0.7 * (
                self.phases.move_stop - self.phases.move_start
            )
            self.drawn_at = self.highlight_at
        else:
            self.drawn_at = self.phases.move_stop - EARLIER_S * self.phases.pace
        self.series = self._series(dict(colors or {}))
        self.pointed = [
            one for said in self.annotations.callouts if (one := self._point_at(said, problems)) is not None
        ]
        problems.raise_any()

    def _series(self, colors: dict[str, str]) -> SeriesColors:
        table = self.table
        last = np.array(
            [
                column[~np.isnan(column)][-1] if (~np.isnan(column)).any() else np.nan
                for column in table.matrix.T
            ]
        )
        groups = table.extra
        if not groups:
            return color_series(table.keys, np.abs(last), self.theme, colors, self.highlight)
        names = list(dict.fromkeys(groups.get(key, "") for key in table.keys))
        of_group = color_series(names, np.arange(len(names), 0, -1.0), self.theme, colors)
        each = {key: colors.get(key, of_group.colors[names.index(groups.get(key, ""))]) for key in table.keys}
        return color_series(table.keys, np.abs(last), self.theme, each, self.highlight)

    def _point_at(self, callout: CallOut, problems: Problems) -> Pointed | None:
        """Find the data point of a call-out: the last of its name, or that of its moment, or a place."""
        table = self.table
        try:
            if callout.key is None:
                moment = table.moments.place(callout.moment if callout.x is None else callout.x)
                value = float(callout.y) if callout.y is not None else np.nan
            else:
                column = table.matrix[:, table.keys.index(callout.key)]
                there = ~np.isnan(column)
                moment = float(table.times[there][-1])
                if callout.moment is not None or callout.x is not None:
                    moment = table.moments.place(callout.moment if callout.x is None else callout.x)
                value = float(np.interp(moment, table.times[there], column[there]))
        except (InvalidValueError, ValueError, IndexError, TypeError) as error:
            problems.add(f"`callouts` {callout.text!r:.40}: {error}")
            return None
        if np.isnan(value):
            problems.add(f"`callouts` {callout.text!r:.40} needs `key`, or `x` and `y`")
            return None
        span = table.times[-1] - table.times[0]
        part = (moment - table.times[0]) / span if span else 0.0
        drawn = self.phases.move_start + part * (self.drawn_at - self.phases.move_start)
        at = callout.at if callout.at is not None else (drawn if self.draws else self.phases.move_start)
        return Pointed(callout, moment, value, at)

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        table, series = self.table, self.series
        named = [n for n in series.order if not series.is_context[n]] if self.labels else []
        widest = (0.24 if room.shape == "wide" else 0.27) * area.width
        labels = EndLabels.for_names(
            room, table.keys, named, area.height - 3 * room.label_size, widest, self.images
        )
        across, up = self._moment_axis(room, area, labels), self._value_axis(room, area)
        left = room_for_words(room, up.words, "left")
        inner = self.words.make_room(room, area, across, left, labels.width)
        plane = Plane.around(room, inner, across, up, right=labels.width)
        x, y = np.asarray(plane.x(table.times)), np.asarray(plane.y(table.matrix))
        kept = seen_rows(x, y, plane.area.width)
        track = LabelTrack.along(labels, table.times, y, plane.area, self._span, self.phases.pace)
        avoid = points_along(x, y)
        lines = self.words.place_references(room, plane, avoid)
        thick = (5.0 if len(table.keys) <= 4 else 4.0) * room.unit
        dots = tuple(n for n in reversed(series.order) if not series.is_context[n])
        return _Layout(
            plane=plane,
            x=as_pixels(x[kept]),
            y=as_pixels(y[kept].T),
            told=last_told(y[kept].T),
            strokes=group_strokes(table.keys, series, self.highlight, thick),
            bands=tuple(self._bands(plane, x)),
            labels=labels,
            track=track,
            dots=dots,
            dot_colors=color_array([series.colors[n] for n in dots]),
            lone=tuple(lone_points(x, y)),
            still=(
                *plane.elements,
                *self.words.titles(room, plane, area.left),
                *draw_placed_references(room, lines),
            ),
            events=tuple(self.words.placed_events(room, plane)[0]),
            callouts=self.words.lay_out_call_outs(room, plane, self.pointed, avoid, gaps=thick),
            thick=thick,
        )

    def _moment_axis(self, room: Room, area: Area, labels: EndLabels) -> Any:
        most = ticks_that_fit(room, area.width - labels.width, 5.5)
        return moment_axis(self.table.moments, self.locale, most)

    def _value_axis(self, room: Room, area: Area) -> Any:
        all_of_it = [self.table.matrix]
        all_of_it += [end for end in (self.table.low, self.table.high) if end is not None]
        low = min(float(np.nanmin(one)) for one in all_of_it if np.isfinite(one).any())
        high = max(float(np.nanmax(one)) for one in all_of_it if np.isfinite(one).any())
        low, high = self.words.holds("y", low, high)
        most = ticks_that_fit(room, area.height, 2.6)
        return value_axis(low, high, self.number, is_log=self.log, zero=self.zero, most=most)

    def _bands(self, plane: Plane, x: Floats) -> list[LineBand]:
        if self.table.low is None or self.table.high is None:
            return []
        return line_bands(x, np.asarray(plane.y(self.table.low)), np.asarray(plane.y(self.table.high)))

    @property
    def _span(self) -> float:
        """Seconds that lines draw themselves."""
        return max(0.0, self.drawn_at - self.phases.move_start)

    def _entered_picture(self, room: Room, layout: _Layout) -> list[AnyElement]:
        return entered(self)._draw(room, layout, self.drawn_at if self.draws else 0.0)

    def _drawn(self, time: float) -> float:
        """Give how much of the time axis is drawn at a moment, 0 to 1."""
        start, stop = self.phases.move_start, self.drawn_at
        if not self.draws or stop <= start:
            return 1.0
        return min(1.0, max(0.0, (time - start) / (stop - start)))

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        part = self._drawn(time)
        front = float(layout.x[0] + part * (layout.x[-1] - layout.x[0]))
        x, y, whole = cut_lines(layout.x, layout.y, front)
        told = self._emphasis_by_key(time)
        entered = (
            [self.phases.entered(time, room.theme.enter)] * 2
            if self.draws
            else [self.phases.entered(time, room.theme.enter, n, 2) for n in (0, 1)]
        )
        elements: list[AnyElement] = list(layout.still)
        elements += draw_plane_events(room, layout.plane, layout.events, front)
        elements += self._draw_bands(layout, time, front, told)
        ends = np.where(np.isnan(y[:, -1]), layout.told[:, whole - 1], len(x) - 1)
        x_array = as_array(x)
        for strokes in layout.strokes if part > 0 else ():
            opacity = strokes.opacity * told[strokes.numbers[0]] * (1.0 if self.draws else entered[1])
            stroke = Stroke(strokes.color, strokes.width, cap="round", join="round")
            elements.append(
                Polyline(
                    x_array, as_array(y[list(strokes.numbers)]), stroke=stroke, opacity=round(opacity, 3)
                )
            )
        elements += self._draw_dots(layout, x, y, ends, told, entered[0])
        elements += self._draw_names(room, layout, time, front, x[ends], told, entered[0])
        return elements + layout.callouts.draw(room, time, self.phases, room.theme)

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:
        """Give the dots at the ends of lines, by key."""
        part = self._drawn(time)
        x, y, whole = cut_lines(layout.x, layout.y, float(layout.x[0] + part * (layout.x[-1] - layout.x[0])))
        ends = np.where(np.isnan(y[:, -1]), layout.told[:, whole - 1], len(x) - 1)
        entered = self.phases.entered(time, room.theme.enter)
        told, radius = self._emphasis_by_key(time), 1.3 * layout.thick * min(1.0, entered)
        return [
            Mark(
                self.table.keys[number],
                Dot(float(x[ends[number]]), float(y[number, ends[number]]), radius),
                self.series.colors[number],
                told[number],
            )
            for number in layout.dots
            if y[number, ends[number]] == y[number, ends[number]]
        ]

    def _emphasis_by_key(self, time: float) -> list[float]:
        if not self.highlight:
            return [1.0] * len(self.table.keys)
        rest = self._emphasis(time, "")
        return [1.0 if key in self.highlight else rest for key in self.table.keys]

    def _draw_bands(self, layout: _Layout, time: float, front: float, told: list[float]) -> list[AnyElement]:
        entered = 1.0 if self.draws else self.phases.entered(time, self.theme.enter)
        return [
            Polygon(
                outline,
                fill=self.series.colors[band.number],
                opacity=round(_BAND_OPACITY * told[band.number] * entered, 3),
            )
            for band in layout.bands
            if (outline := band.until(front)) is not None
        ]

    def _draw_dots(
        self, layout: _Layout, x: Pixels, y: Pixels, ends: Any, told: list[float], entered: float
    ) -> list[AnyElement]:
        """Give a dot at each line's end, and at values between two gaps."""
        elements: list[AnyElement] = []
        shown = [one for one in layout.lone if len(x) and one[1] <= x[-1]]
        if shown:
            colors = color_array([self.series.colors[number] for number, _, _ in shown])
            elements.append(
                Points(
                    [one[1] for one in shown],
                    [one[2] for one in shown],
                    size=1.8 * layout.thick,
                    color=with_opacity(colors, float_array([told[number] for number, _, _ in shown])),
                )
            )
        if not layout.dots or entered < 0.01:
            return elements
        dots = list(layout.dots)
        at_x, at_y = x[ends[dots]], y[dots, ends[dots]]
        size: Any = 2.6 * layout.thick * min(1.0, entered)
        if np.isnan(at_y).any():  # lines that begin later
            at_y, size = np.nan_to_num(at_y), np.where(np.isnan(at_y), 0.0, size)
        fading = any(told[number] < 1 for number in layout.dots)
        opacity: Any = np.array([told[number] for number in layout.dots]) if fading else 1.0
        elements.append(Points(at_x, at_y, size=size, color=layout.dot_colors, opacity=opacity))
        return elements

    def _draw_names(
        self,
        room: Room,
        layout: _Layout,
        time: float,
        front: float,
        ends_x: Pixels,
        told: list[float],
        entered: float,
    ) -> list[AnyElement]:
        labels = layout.labels
        if not labels.numbers:
            return []
        ends, places, seen = layout.track.at(time - self.phases.move_start if self.draws else self.duration)
        return labels.draw(
            room,
            layout.plane.area.right if layout.track.stands else front,
            ends,
            places,
            self.series.colors,
            lambda place: entered * seen(place) * told[labels.numbers[place]],
            None if layout.track.stands else ends_x[list(labels.numbers)],
        )  # fmt: skip
