"""`Areas`: amounts over time as areas: over one another, stacked, as shares, or as a stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import NAMES, CallOut
from bazaar_nb.charts.chart import Chart, Options, entered, start_problems
from bazaar_nb.charts.lines.end_labels import EndLabels
from bazaar_nb.charts.lines.label_track import EARLIER_S, LabelTrack
from bazaar_nb.charts.lines.line_table import read_lines
from bazaar_nb.charts.lines.stacking import Stacking, inside_out, monotone_curve, stack_bands, with_edges
from bazaar_nb.charts.parts.annotation_marks import PlacedEvent, draw_placed_references
from bazaar_nb.charts.parts.axis import Tick, draw_grid, room_for_words
from bazaar_nb.charts.parts.category_colors import check_colors
from bazaar_nb.charts.parts.occupied import points_within
from bazaar_nb.charts.parts.plane import AxisPlan, Plane, moment_axis, ticks_that_fit, value_axis
from bazaar_nb.charts.parts.plane_words import PlaneWords, Pointed, draw_plane_events
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.series import color_series
from bazaar_nb.charts.parts.table import Columns, Missing, Problems
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import AnyElement, Polygon, Polyline
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_STACKINGS = ("overlap", "stack", "share", "stream")
_CURVE_POINTS = 240


@dataclass(frozen=True)
class _Layout:
    plane: Plane
    still: tuple[AnyElement, ...]
    above: tuple[AnyElement, ...]
    """References: on top of bands, which would hide them."""
    events: tuple[PlacedEvent, ...]
    x: Floats
    low: Floats
    """Of each band, shape (points, bands), in pixels."""
    high: Floats
    labels: EndLabels
    track: LabelTrack
    callouts: PointCallOuts


class Areas(Chart[_Layout]):
    """Amounts over time as areas that draw themselves from left to right, with their names at the ends.

    Parameters
    ----------
    table : DataFrame or table
        Long (a row for each moment and name) or wide (a row for each moment, a column for each name).
    time : str
        Column of what runs from left to right, as in `Lines`.
    name, value : str, optional
        Columns of a long table; without them all other columns of numbers are names.
    stacking : str
        ``overlap`` has all areas stand on 0, see-through; ``stack`` one on the other; ``share`` as parts of
        100%; ``stream`` around a middle line, with soft curves.
    colors : dict, optional
        Of names.
    missing : str
        ``leave`` joins values over what is missing, before the first and after the last there is nothing;
        ``hold`` keeps the last value; ``gap`` has nothing wherever a value is missing.
    **options
        Those of every `Chart`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> power = {"year": [2000, 2010, 2020], "Coal": [39, 40, 35], "Sun": [0, 1, 3], "Wind": [0, 2, 6]}
    >>> areas = bz.charts.Areas(power, time="year", stacking="share", duration=4)
    >>> bz.Composition([areas]).frames
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
        stacking: Stacking = "stack",
        colors: Mapping[str, str] | None = None,
        missing: Missing = "leave",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if stacking not in _STACKINGS:
            raise InvalidValueError(
                f"`stacking` must be one of {', '.join(_STACKINGS)}, got {stacking!r} (Areas)"
            )
        self.stacking = stacking
        problems = start_problems(self)
        columns = Columns(table, problems)
        found = read_lines(columns, time=time, name=name, value=value, missing=missing)
        self.moments, self.keys = found.moments, found.keys
        if len(found.times) < 2:
            problems.add("has one moment, an area goes from one to another", column=time)
        if stacking != "overlap":
            self._check_not_negative(columns, value, problems)
        self._check_names(self.keys, problems)
        check_colors(colors or {}, self.keys, "Areas")
        self.words = PlaneWords.read(self.annotations, problems, x=found.moments)
        problems.raise_any()
        self._stack(found.times, found.matrix)
        last = np.array([_last(column) for column in found.matrix.T])
        self.series = color_series(self.keys, np.abs(last), self.theme, colors, self.highlight)
        self.drawn_at = self.phases.move_stop - EARLIER_S * self.phases.pace
        if self.highlight and options.get("highlight_at") is None:
            start = self.phases.move_start
            self.highlight_at = self.drawn_at = start + 0.7 * (self.phases.move_stop - start)
        self.pointed = [
            one for said in self.annotations.callouts if (one := self._point_at(said, problems)) is not None
        ]
        problems.raise_any()

    def _point_at(self, callout: CallOut, problems: Problems) -> Pointed | None:
        """Find what a call-out points at: the middle of a band at a moment, or a place."""
        times, told = self.known_times, callout.moment if callout.x is None else callout.x
        try:
            moment = float(times[-1]) if told is None else self.moments.place(told)
            value = float(callout.y) if callout.y is not None else np.nan
            if callout.key is not None:
                middles = self.middles[:, self.keys.index(callout.key)]
                there = ~np.isnan(middles)
                moment = float(times[there][-1]) if told is None else moment
                value = float(np.interp(moment, times[there], middles[there]))
        except (InvalidValueError, ValueError, IndexError, TypeError) as error:
            problems.add(f"`callouts` {callout.text!r:.40}: {error}")
            return None
        if np.isnan(value):
            problems.add(f"`callouts` {callout.text!r:.40} needs `key`, or `x` and `y`")
            return None
        part = (moment - times[0]) / ((times[-1] - times[0]) or 1.0)
        drawn = self.phases.move_start + part * (self.drawn_at - self.phases.move_start)
        return Pointed(callout, moment, value, drawn if callout.at is None else callout.at)

    def _check_not_negative(self, columns: Columns, value: str | None, problems: Problems) -> None:
        for column in (value,) if value is not None else self.keys:
            for row in np.flatnonzero(columns.numbers(column) < 0).tolist():
                problems.add(f"must not be negative with stacking={self.stacking!r}", column=column, row=row)

    def _stack(self, times: Floats, matrix: Floats) -> None:
        """Find the ends of bands, and the order in which they lie: the first is the lowest."""
        self.there = ~np.isnan(matrix)
        self.known_times = times
        filled = np.nan_to_num(matrix)
        sums = filled.sum(axis=0)
        if self.stacking == "overlap":  # the largest behind
            self.order = np.argsort(-sums, kind="stable").tolist()
        elif self.stacking == "stream":
            self.order = inside_out(filled)
        else:  # the first name on top, as a list of them has it
            self.order = list(reversed(range(len(sums))))
        if self.stacking == "stream":
            self.times, rows = monotone_curve(times, filled, _CURVE_POINTS)
        else:
            self.times, rows = with_edges(times, matrix)
        low, high = stack_bands(rows[:, self.order], self.stacking)
        back = np.argsort(self.order)
        self.low, self.high = low[:, back], high[:, back]
        ends_low, ends_high = (
            np.stack([np.interp(times, self.times, column) for column in end.T], axis=1)
            for end in (self.low, self.high)
        )
        if self.stacking != "stream":
            ends = stack_bands(filled[:, self.order], self.stacking)
            ends_low, ends_high = ends[0][:, back], ends[1][:, back]
        middles = ends_high if self.stacking == "overlap" else (ends_low + ends_high) / 2
        self.middles = np.where(self.there, middles, np.nan)

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        named = [n for n in self.series.order if not self.series.is_context[n]]
        widest = (0.24 if room.shape == "wide" else 0.27) * area.width
        labels = EndLabels.for_names(
            room, self.keys, named, area.height - 3 * room.label_size, widest, self.images
        )
        across = moment_axis(self.moments, self.locale, ticks_that_fit(room, area.width - labels.width, 5.5))
        up = self._value_axis(ticks_that_fit(room, area.height, 2.6))
        left = room_for_words(room, up.words, "left") if up.words else 0.0
        inner = self.words.make_room(room, area, across, left, labels.width)
        plane = Plane.around(room, inner, across, up, right=labels.width)
        lines = list(plane.elements)
        if self.stacking == "stream":
            ticks = [Tick(float(plane.x(at)), "") for at in across.ticks]
            lines = draw_grid(room, plane.area, "bottom", ticks) + lines
        places = np.asarray(plane.y(self.middles))
        span = max(0.0, self.drawn_at - self.phases.move_start)
        x, bands = np.asarray(plane.x(self.times)), np.asarray(plane.y(self.high))
        filled = points_within(x, np.asarray(plane.y(self.low.min(axis=1))), bands.min(axis=1))
        told = tuple(replace(one, color=one.color or room.theme.ink) for one in self.words.references)
        references = self.words._replace(references=told).place_references(room, plane, filled)
        return _Layout(
            plane=plane,
            still=(*lines, *self.words.titles(room, plane, area.left)),
            above=tuple(draw_placed_references(room, references)),
            events=tuple(self.words.placed_events(room, plane)[0]),
            x=x,
            low=np.asarray(plane.y(self.low)),
            high=bands,
            labels=labels,
            track=LabelTrack.along(labels, self.known_times, places, plane.area, span, self.phases.pace),
            callouts=self.words.lay_out_call_outs(room, plane, self.pointed, filled),
        )

    def _value_axis(self, most: int) -> AxisPlan:
        low, high = float(self.low.min()), float(self.high.max())
        if self.stacking == "share":
            number = (
                self.number if self.number.style == "percent" else NumberFormat("percent", locale=self.locale)
            )
            return replace_axis(value_axis(0.0, 1.0, number, most=most), 0.0, 1.0)
        if self.stacking == "stream":
            room = 0.02 * (high - low) or 1.0
            return AxisPlan(low - room, high + room, (), ())
        low, high = self.words.holds("y", min(low, 0.0), max(high, 0.0))
        return value_axis(low, high, self.number, zero=True, most=most)

    def _entered_picture(self, room: Room, layout: _Layout) -> list[AnyElement]:
        return entered(self)._draw(room, layout, self.drawn_at)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        span = self.drawn_at - self.phases.move_start
        part = min(1.0, max(0.0, (time - self.phases.move_start) / span)) if span > 0 else 1.0
        front = float(layout.x[0] + part * (layout.x[-1] - layout.x[0]))
        x, low, high = _cut(layout, front)
        elements = list(layout.still)
        rest = self._emphasis(time, "") if self.highlight else 1.0
        told = [1.0 if not self.highlight or key in self.highlight else rest for key in self.keys]
        if part > 0:
            elements += self._draw_bands(room, x, low, high, told)
        elements += layout.above
        elements += draw_plane_events(room, layout.plane, layout.events, front)
        ends, places, seen = layout.track.at(time - self.phases.move_start)
        entered = self.phases.entered(time, room.theme.enter)
        labels = layout.labels
        elements += layout.callouts.draw(room, time, self.phases, room.theme)
        return elements + labels.draw(
            room, layout.plane.area.right if layout.track.stands else front, ends, places, self.series.colors,
            lambda place: entered * seen(place) * told[labels.numbers[place]],
        )  # fmt: skip

    def _draw_bands(
        self, room: Room, x: Floats, low: Floats, high: Floats, told: list[float]
    ) -> list[AnyElement]:
        elements: list[AnyElement] = []
        both = np.concatenate([x, x[::-1]])
        overlaps = self.stacking == "overlap"
        background = room.theme.background
        edge = Stroke(background, 1.5 * room.unit, join="round") if isinstance(background, str) else None
        for number in self.order:
            heights = np.concatenate([high[:, number], low[::-1, number]])
            if not overlaps and not (high[:, number] - low[:, number]).any():
                continue
            color = self.series.colors[number]
            opacity = told[number] * (0.5 if self.series.is_context[number] else 1.0)
            elements.append(
                Polygon(
                    np.column_stack([both, heights]), fill=color, stroke=None if overlaps else edge,
                    opacity=round(opacity * (0.3 if overlaps else 0.92), 3),
                )
            )  # fmt: skip
            if overlaps:
                stroke = Stroke(color, 4 * room.unit, join="round")
                elements.append(Polyline(x, high[:, number], stroke=stroke, opacity=round(opacity, 3)))
        return elements


def replace_axis(plan: AxisPlan, low: float, high: float) -> AxisPlan:
    """Give an axis with other ends, and only the ticks between them."""
    kept = [(at, word) for at, word in zip(plan.ticks, plan.words, strict=True) if low <= at <= high]
    return plan._replace(
        low=low, high=high, ticks=tuple(at for at, _ in kept), words=tuple(word for _, word in kept)
    )


def _last(column: Floats) -> float:
    there = column[~np.isnan(column)]
    return float(there[-1]) if len(there) else np.nan


def _cut(layout: _Layout, front: float) -> tuple[Floats, Floats, Floats]:
    """Give the bands up to a place between two points."""
    x, low, high = layout.x, layout.low, layout.high
    count = max(1, int(np.searchsorted(x, front, side="right")))
    if count >= len(x):
        return x, low, high
    share = (front - x[count - 1]) / (x[count] - x[count - 1])
    ends = [np.vstack([e[:count], e[count - 1] * (1 - share) + e[count] * share]) for e in (low, high)]
    return np.append(x[:count], front), ends[0], ends[1]
