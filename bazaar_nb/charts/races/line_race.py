"""A line race: lines that grow with time, their names at the moving ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.lines.line_pixels import as_array, as_pixels
from bazaar_nb.charts.parts.annotation_marks import (
    PlacedEvent,
    PlacedReference,
    draw_axis_titles,
    draw_events,
    draw_placed_references,
    moved_reference,
    place_events,
    place_references,
    reference_boxes,
    room_for_titles,
)
from bazaar_nb.charts.parts.axis import draw_grid, draw_tick_words, room_for_words
from bazaar_nb.charts.parts.call_outs import PlacedCallOut, draw_call_out, place_call_outs
from bazaar_nb.charts.parts.category_colors import check_colors, color_categories
from bazaar_nb.charts.parts.growing_axis import STEPS_A_SECOND, GrowingAxis
from bazaar_nb.charts.parts.marks import Dot, Mark, mark_element
from bazaar_nb.charts.parts.occupied import points_along
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns, Missing, Problems, fill_gaps
from bazaar_nb.charts.parts.time_table import read_time_table
from bazaar_nb.charts.races.end_names import EndNames
from bazaar_nb.charts.races.moment_axis import MomentAxis
from bazaar_nb.charts.races.moving_labels import sampled
from bazaar_nb.charts.races.race_options import check_choice, check_top
from bazaar_nb.charts.races.race_words import Said, time_call_outs, time_events
from bazaar_nb.charts.races.ranking import are_whole, interpolated
from bazaar_nb.scales.scales import Linear
from bazaar_nb.scene.array_elements import Polyline
from bazaar_nb.scene.elements import AnyElement
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_FIRST = 0.25  # of the whole time: the axis is never shorter
_ZERO = 0.3  # of the largest value: where the smallest is below it, the axis starts at 0
_MOST_NAMED = 16
_MOST_GREY = 40


class _PointedOut(NamedTuple):
    """A call-out at a moment and a value of a line."""

    said: Said
    placed: PlacedCallOut
    moment: float
    value: float


@dataclass(frozen=True)
class _Layout:
    plot: Area
    titles: tuple[AnyElement, ...]
    size: float
    x: MomentAxis
    y: GrowingAxis
    names: EndNames
    events: tuple[PlacedEvent, ...]
    references: tuple[PlacedReference, ...]
    callouts: tuple[_PointedOut, ...]


class LineRace(Chart[_Layout]):
    """Lines that grow with time, with names and values at their ends; both axes grow ahead of them.

    Parameters
    ----------
    table : DataFrame or table
        Long (a row for each moment and name) or wide (a row for each moment, a column for each name).
    time : str
        Column of moments: numbers, dates, periods, or words in their order. Uneven ones stay uneven.
    name, value : str, optional
        Columns of a long table; without them all other columns of numbers are names.
    top : int
        How many lines have a colour and a name: those that end highest, and what `highlight` names. Of the
        others the highest 40 are there in grey.
    colors : dict, optional
        Of names.
    missing : str
        Between and after a name's values: ``gap`` breaks its line, ``leave`` joins values and ends it after
        the last, ``hold`` keeps the last value.
    labels : str
        ``end`` has names and values at the ends, ``name`` names alone.
    zero : bool, optional
        Whether the axis of values starts at 0; by default where the smallest value is near it.
    **options
        Those of every `Chart`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sold = {"year": [2020, 2021, 2022], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}
    >>> race = bz.charts.LineRace(sold, time="year", title="Tea overtakes", duration=4)
    >>> bz.Composition([race]).frames
    120
    """

    usual_duration = 10.0
    rest = 0.3
    has_ghost = False  # who is there at the start stands in its place
    annotated: ClassVar[frozenset[str]] = frozenset(
        {"x_title", "y_title", "references", "callouts", "events"}
    )

    def __init__(
        self,
        table: Any,
        *,
        time: str,
        name: str | None = None,
        value: str | None = None,
        top: int = 8,
        colors: Mapping[str, str] | None = None,
        missing: Missing = "gap",
        labels: Literal["end", "name"] = "end",
        zero: bool | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        check_top(top, _MOST_NAMED, "LineRace")
        check_choice("missing", missing, ("gap", "leave", "hold"), "LineRace")
        check_choice("labels", labels, ("end", "name"), "LineRace")
        problems = start_problems(self)
        found = read_time_table(Columns(table, problems), time=time, name=name, value=value)
        self._check_names(found.keys, problems)
        self.moments, self.keys, self.times, self.zero = found.moments, found.keys, found.times, zero
        self.with_values = labels == "end"
        self.matrix = fill_gaps(found.times, found.matrix, missing)
        self._time_words(problems)
        problems.raise_any()
        check_colors(colors or {}, found.keys, "LineRace")
        self._choose(top, colors or {})
        self._grow()

    def _time_words(self, problems: Problems) -> None:
        self.said_events = time_events(self.annotations.events, self.moments, self.phases, problems)
        self.said_call_outs = time_call_outs(
            self.annotations.callouts, self.moments, self.phases, problems, stay=True
        )

    def _choose(self, top: int, colors: Mapping[str, str]) -> None:
        """Find which lines have colours and names."""
        there = ~np.isnan(self.matrix)
        last = np.array(
            [
                column[seen][-1] if seen.any() else -np.inf
                for column, seen in zip(self.matrix.T, there.T, strict=True)
            ]
        )
        told = [number for number, key in enumerate(self.keys) if key in self.highlight]
        called = {said.callout.key for said in self.said_call_outs if said.callout}
        told += [number for number, key in enumerate(self.keys) if key in called and number not in told]
        order = [*told, *(one for one in np.argsort(-last, kind="stable").tolist() if one not in told)]
        shown = order[: max(top, len(told)) + _MOST_GREY]
        self.keys, self.matrix = tuple(self.keys[number] for number in shown), self.matrix[:, shown]
        self.rows = np.ascontiguousarray(self.matrix.T)
        self.seen_from = np.where(
            np.isnan(self.rows).all(axis=1), len(self.times), np.isnan(self.rows).argmin(axis=1)
        )
        self.named = tuple(range(min(len(shown), max(top, len(told)))))
        by_key = color_categories([self.keys[number] for number in self.named], self.theme.palette, colors)
        self.colors = {number: by_key[self.keys[number]] for number in self.named}

    def _grow(self) -> None:
        """Find values, the last moment and the domain of values at each step of the film's time."""
        phases = self.phases
        steps = max(2, round(max(0.0, phases.move_stop - phases.move_start) * STEPS_A_SECOND) + 1)
        first, last = float(self.times[0]), float(self.times[-1])
        self.at_times = np.linspace(first, last, steps)
        self.values = np.stack(
            [interpolated(self.at_times, self.times, column) for column in self.matrix.T], axis=1
        )
        self.ends = np.maximum(self.at_times, first + _FIRST * (last - first))
        until = np.searchsorted(self.at_times, self.ends, side="right") - 1
        high: Floats = np.maximum.accumulate(np.nan_to_num(np.fmax.reduce(self.values, axis=1), nan=-np.inf))[
            until
        ]
        low: Floats = np.minimum.accumulate(np.nan_to_num(np.fmin.reduce(self.values, axis=1), nan=np.inf))[
            until
        ]
        known = np.flatnonzero(np.isfinite(high))
        high = np.interp(np.arange(steps), known, high[known])
        low = np.interp(np.arange(steps), known, low[known])
        start_at_0 = self.zero if self.zero is not None else 0 <= low.min() < _ZERO * high.max()
        self.high: Floats = np.maximum(high, 0) if start_at_0 else high
        self.low: Floats = np.minimum(low, 0) if start_at_0 else low - 0.04 * (high - low)  # air below
        shown = self.values[:, list(self.named)]
        self.written = self.number.steady(shown[~np.isnan(shown)][::7].tolist(), whole=are_whole(self.matrix))

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        size = room.label_size
        above, below_title = room_for_titles(room, self.annotations.x_title, self.annotations.y_title)
        below = 1.7 * size
        area = area.inset(top=above + 0.6 * size, bottom=below + below_title)
        fit = max(1, int(area.height / (1.25 * size)))
        most = (0.22 if room.shape == "wide" else 0.3) * area.width
        written = self.written if self.with_values else None
        names = EndNames.choose(room, self.keys, self.named[:fit], self.images, most, written)
        y = GrowingAxis.around(
            self.low, self.high, self.phases.pace, min(6, max(3, int(area.height / (4 * size))))
        )
        ends = [(float(y.low[step]), float(y.high[step])) for step in (0, len(y.low) // 2, -1)]
        words = [
            tick.words for step, ends_now in zip((0, len(y.low) // 2, len(y.low) - 1), ends, strict=True)
            for tick in y.ticks(step, Linear(ends_now, (1000, 0)), self.number)
        ]  # fmt: skip
        left = area.left
        plot = area.inset(left=room_for_words(room, words, "left"), right=names.width(room, self.values))
        final = Linear((float(self.times[0]), float(self.times[-1])), (plot.left, plot.right))
        events, height = place_events(
            room, plot, [(float(final(self._moment(said.part))), said.words) for said in self.said_events]
        )
        plot = plot.inset(top=height)
        x = MomentAxis.growing(room, self.moments, self.ends, plot.width, self.locale)
        titles = draw_axis_titles(
            room, plot, self.annotations.x_title, self.annotations.y_title, left=left, below=below
        )
        names = self._place_names(plot, y, names)
        layout = _Layout(plot, tuple(titles), size, x, y, names, tuple(events), (), ())
        layout = _Layout(**{**vars(layout), "references": self._place_references(room, layout)})
        return _Layout(**{**vars(layout), "callouts": self._place_call_outs(room, layout)})

    def _moment(self, part: float) -> float:
        return float(self.times[0] + part * (self.times[-1] - self.times[0]))

    def _place_names(self, plot: Area, axis: GrowingAxis, names: EndNames) -> EndNames:
        """Find where names stand at each sample of the time."""
        low, high = sampled(axis.low), sampled(axis.high)
        values = sampled(self.values[:, list(names.numbers)])
        there = ~np.isnan(values)
        places = plot.bottom - (values - low[:, None]) / (high - low)[:, None] * plot.height
        steps = np.arange(len(places))
        for column, seen in zip(places.T, there.T, strict=True):
            if seen.any():
                column[:] = np.interp(steps, np.flatnonzero(seen), column[seen])
        places = np.nan_to_num(places, nan=plot.bottom)
        return names.along(places, there, plot.top, plot.bottom, self.phases.pace)

    def _place_call_outs(self, room: Room, layout: _Layout) -> tuple[_PointedOut, ...]:
        if not self.said_call_outs:
            return ()
        last = len(self.at_times) - 1
        x, y = self._scales(layout, last)
        boxes = reference_boxes(room, layout.references)
        found: list[tuple[Said, float, float]] = []
        targets: list[tuple[float, float]] = []
        avoid: list[Floats] = []
        for said in self.said_call_outs:
            assert said.callout is not None
            number = self.keys.index(str(said.callout.key))
            value = self._value(number, said.part)
            if not np.isnan(value):
                moment = self._moment(said.part)
                found.append((said, moment, value))
                target = float(x(moment)), float(y(value))
                avoid.append(self._seen_from(layout, said.part * last, moment, value, target))
                targets.append(target)
        callouts = [said.callout for said, *_ in found if said.callout]
        placed = place_call_outs(room, layout.plot, callouts, targets, avoid, boxes)
        return tuple(_PointedOut(said, one, *at) for (said, *at), one in zip(found, placed, strict=True))

    def _seen_from(
        self, layout: _Layout, step: float, moment: float, value: float, target: tuple[float, float]
    ) -> Floats:
        """Give points along all lines as they are from a step on, moved so that a data point stands still.

        Axes grow, and with them the angles of lines: words beside a data point are to stay clear of all.
        """
        found = []
        for now in np.linspace(step, len(self.at_times) - 1, 5):
            x, y = self._scales(layout, now)
            until = max(2, int(now) + 1)
            points = points_along(np.asarray(x(self.at_times[:until])), np.asarray(y(self.values[:until])))
            found.append(points + (np.array(target) - (float(x(moment)), float(y(value)))))
        return np.concatenate(found)

    def _place_references(self, room: Room, layout: _Layout) -> tuple[PlacedReference, ...]:
        """Find where the words of references stand at the end; they keep their places along the lines."""
        if not self.annotations.references:
            return ()
        last = len(self.at_times) - 1
        x, y = self._scales(layout, last)
        avoid = points_along(np.asarray(x(self.at_times)), np.asarray(y(self.values)))
        return tuple(place_references(room, layout.plot, self.annotations.references, y=y, avoid=avoid))

    def _value(self, number: int, part: float) -> float:
        return float(interpolated(np.array([self._moment(part)]), self.times, self.matrix[:, number])[0])

    def _scales(self, layout: _Layout, step: float) -> tuple[Linear, Linear]:
        plot = layout.plot
        return (
            Linear(layout.x.domain(step), (plot.left, plot.right)),
            Linear(layout.y.domain(step), (plot.bottom, plot.top)),
        )

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        phases, plot, unit = self.phases, layout.plot, room.unit
        step = phases.moved(time) * (len(self.at_times) - 1)
        now = self._moment(phases.moved(time))
        x, y = self._scales(layout, step)
        ticks_y, ticks_x = layout.y.ticks(step, y, self.number), layout.x.ticks(step, x)
        elements: list[AnyElement] = [
            *draw_grid(room, plot, "left", ticks_y),
            *draw_tick_words(room, plot, "left", ticks_y),
            *draw_tick_words(room, plot, "bottom", ticks_x),
            *layout.titles,
        ]
        elements += self._events(room, layout, x, time)
        appeared = phases.colored(time, room.theme.enter)
        until = int(np.searchsorted(self.times, now, side="right"))
        tips = self._tips_at(step)
        xs = x(np.append(self.times[:until], now))
        ys = np.empty((len(self.keys), until + 1))
        ys[:, :until], ys[:, until] = self.rows[:, :until], tips
        ys = y(ys)
        grey_from, pixels = len(self.named), as_pixels(ys)
        along = as_array(as_pixels(xs))  # the same array for all lines
        if grey_from < len(self.keys) and until > 1:
            stroke = Stroke(room.theme.faint, 2.5 * unit)
            elements.append(Polyline(along, as_array(pixels[grey_from:]), stroke=stroke, opacity=appeared))
        for number in reversed(self.named):
            if now > self.times[0] and self.seen_from[number] < until:
                stroke = Stroke(self.colors[number], 5 * unit, cap="round", join="round")
                opacity = round(appeared * self._emphasis(time, self.keys[number]), 3)
                elements.append(Polyline(along, as_array(pixels[number]), stroke=stroke, opacity=opacity))
        here = [moved_reference(one, float(y(one.reference.value))) for one in layout.references]
        here = [one for one in here if plot.top - 0.5 <= one.ends[1] <= plot.bottom + 0.5]
        elements += draw_placed_references(room, here, appeared)
        dots = self._dots(room, layout, time, float(xs[-1]), ys[:, -1], appeared)
        elements += map(mark_element, dots)
        seen = {dot.key: dot.opacity for dot in dots}
        elements += layout.names.draw(room, step, float(xs[-1]), tips, seen, self.colors)
        for said, placed, moment, value in layout.callouts:
            come = said.seen(time, phases.pace, room.theme.enter) if now >= moment else 0.0
            if come > 0.004:
                at = float(x(moment)), float(y(value))
                elements += draw_call_out(room, plot, placed, *at, come, gap=6 * unit)
        return elements

    def _events(self, room: Room, layout: _Layout, x: Linear, time: float) -> list[AnyElement]:
        placed = []
        for said, event in zip(
            sorted(self.said_events, key=lambda one: (one.part, one.words)), layout.events, strict=True
        ):
            seen = min(1.0, max(0.0, (time - said.start) / 0.35))
            place = float(x(self._moment(said.part)))
            if seen > 0.004 and place <= layout.plot.right + 0.5:
                placed.append(event._replace(place=place, opacity=round(seen, 3)))
        return draw_events(room, layout.plot, placed)

    def _dots(
        self, room: Room, layout: _Layout, time: float, x: float, ys: Floats, appeared: float
    ) -> list[Mark]:
        return [
            Mark(
                self.keys[number], Dot(x, float(ys[number]), 6.5 * room.unit), self.colors[number],
                round(appeared * self._emphasis(time, self.keys[number]), 3),
            )
            for number in reversed(layout.names.numbers)
            if not np.isnan(ys[number])
        ]  # fmt: skip

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:
        """Give the ends of lines, by key."""
        step = self.phases.moved(time) * (len(self.at_times) - 1)
        x, y = self._scales(layout, step)
        now = float(x(self._moment(self.phases.moved(time))))
        appeared = self.phases.colored(time, room.theme.enter)
        return self._dots(room, layout, time, now, y(self._tips_at(step)), appeared)

    def _tips_at(self, step: float) -> Floats:
        """Give the values of lines' ends at a step, NaN of those that aren't there."""
        first = min(int(step), len(self.at_times) - 2)
        part = step - first
        before, after = self.values[first], self.values[first + 1]
        tips = before * (1 - part) + after * part
        nearest: Floats = np.where(np.isnan(tips), before if part < 0.5 else after, tips)
        return nearest
