"""A bar race: bars that overtake each other while time passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.parts.annotation_marks import draw_references
from bazaar_nb.charts.parts.axis import draw_grid, draw_tick_words
from bazaar_nb.charts.parts.call_outs import PlacedCallOut, draw_call_out, place_call_outs
from bazaar_nb.charts.parts.category_colors import check_colors, color_categories
from bazaar_nb.charts.parts.growing_axis import STEPS_A_SECOND, GrowingAxis
from bazaar_nb.charts.parts.legend import draw_legend
from bazaar_nb.charts.parts.marks import Bar, Mark, mark_element
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns, Missing, Problems, fill_gaps
from bazaar_nb.charts.parts.time_label import TimeLabel
from bazaar_nb.charts.parts.time_table import TimeTable, read_time_table
from bazaar_nb.charts.races.overtaking import Overtaking, find_overtaking
from bazaar_nb.charts.races.race_options import check_choice, check_top
from bazaar_nb.charts.races.race_words import Said, draw_events, time_call_outs, time_events
from bazaar_nb.charts.races.ranking import Ranking, are_whole, rank_over_time
from bazaar_nb.scales.formats import SteadyFormat
from bazaar_nb.scales.scales import Linear
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]
_MOST_TOP = 30


@dataclass(frozen=True)
class _Layout:
    bars: Area
    pitch: float
    thickness: float
    size: float
    names: tuple[str, ...]
    pictures: NameImages
    axis: GrowingAxis
    still: tuple[AnyElement, ...]
    overtaking: Overtaking
    callouts: tuple[tuple[Said, PlacedCallOut, int], ...]


class _Row(NamedTuple):
    """A bar that is seen: which, its middle and its end in pixels, its value, its words' opacity."""

    number: int
    y: float
    end: float
    value: float
    mark: Mark
    words: float


class BarRace(Chart[_Layout]):
    """Bars that overtake each other while time passes: the largest at each moment, from a table.

    Parameters
    ----------
    table : DataFrame or table
        Long (a row for each moment and name) or wide (a row for each moment, a column for each name).
    time : str
        Column of moments: numbers, dates, periods, or words in their order. Uneven ones stay uneven.
    name, value : str, optional
        Columns of a long table; without them all other columns of numbers are names.
    top : int
        How many bars are seen.
    color : str, optional
        Column of a long table by which bars share a colour, with a legend; else those that are seen
        together differ.
    colors : dict, optional
        Of names, or of what `color` holds.
    missing : str
        What becomes of a name between and after its values: ``leave`` joins values by a straight line and
        lets the bar go after the last, ``hold`` keeps the last value, ``gap`` hides the bar meanwhile.
    sort : str
        ``descending`` has the largest on top, ``ascending`` the smallest.
    **options
        Those of every `Chart`; call-outs point at the ends of bars, `events` are said as time passes them.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sold = {"year": [2020, 2021, 2022], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}
    >>> race = bz.charts.BarRace(sold, time="year", title="Tea overtakes", duration=4)
    >>> bz.Composition([race]).frames
    120
    """

    usual_duration = 10.0
    rest = 0.3  # in which ranks that change at once begin to
    has_ghost = False  # who is there at the start stands in its place
    annotated: ClassVar[frozenset[str]] = frozenset({"x_title", "references", "callouts", "events"})

    def __init__(
        self,
        table: Any,
        *,
        time: str,
        name: str | None = None,
        value: str | None = None,
        top: int = 10,
        color: str | None = None,
        colors: Mapping[str, str] | None = None,
        missing: Missing = "leave",
        sort: Literal["descending", "ascending"] = "descending",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        check_top(top, _MOST_TOP, "BarRace")
        check_choice("missing", missing, ("leave", "hold", "gap"), "BarRace")
        check_choice("sort", sort, ("descending", "ascending"), "BarRace")
        problems = start_problems(self)
        found = read_time_table(Columns(table, problems), time=time, name=name, value=value, extra=color)
        self.ascending = sort == "ascending"
        self.moments, self.top = found.moments, top
        self._check(found, colors or {}, problems)
        phases = self.phases
        self.ranking: Ranking = rank_over_time(
            found.times, found.keys, fill_gaps(found.times, found.matrix, missing), top,
            max(0.0, phases.move_stop - phases.move_start), pace=phases.pace, ascending=self.ascending,
        )  # fmt: skip
        self.top = min(top, len(self.ranking.keys))
        self.colors, self.legend = self._color(found, colors or {})
        self.written = self._steady(found.matrix)
        self.clock = TimeLabel.for_moments(found.moments, self.locale)

    def _check(self, found: TimeTable, colors: Mapping[str, str], problems: Problems) -> None:
        self._check_names(found.keys, problems)
        self.said_events = time_events(self.annotations.events, found.moments, self.phases, problems)
        self.said_call_outs = time_call_outs(self.annotations.callouts, found.moments, self.phases, problems)
        for one in self.annotations.references:
            if one.axis == "y" or isinstance(one.value, str):
                problems.add(f"`references`: {one.label or one.value!r:.40} needs a value of the bars")
        problems.raise_any()
        check_colors(colors, [*found.keys, *found.extra.values()], type(self).__name__)

    def _color(
        self, found: TimeTable, colors: Mapping[str, str]
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """Give the colours of bars, and what a legend says of them."""
        keys, palette = self.ranking.keys, self.theme.palette
        if found.extra:
            groups = [found.extra.get(key, "") for key in keys]
            names = [one for one in dict.fromkeys(found.extra.values()) if one in groups]
            by_group = color_categories(names, palette, colors)
            return tuple(colors.get(key, by_group[group]) for key, group in zip(keys, groups, strict=True)), (
                tuple((one, by_group[one]) for one in names if one)
            )
        seen = self.ranking.inside[::15].astype(np.float64)
        ranks = self.ranking.ranks[::15]
        together = seen.T @ seen
        for step, places in zip(seen, ranks, strict=True):  # neighbours count more
            near = np.abs(places[:, None] - places[None, :]) < 1.5
            together += 30 * np.outer(step, step) * near
        first = np.where(seen.any(axis=0), seen.argmax(axis=0), len(seen))
        order = np.lexsort((np.where(seen > 0, ranks, 99).min(axis=0), first))
        ordered = [keys[number] for number in order]
        by_key = color_categories(ordered, palette, colors, together[np.ix_(order, order)])
        return tuple(by_key[key] for key in keys), ()

    def _steady(self, matrix: Floats) -> SteadyFormat:
        shown = self.ranking.values[self.ranking.inside]
        ends = [] if len(shown) == 0 else np.quantile(np.abs(shown), np.linspace(0, 1, 100)).tolist()
        return self.number.steady(ends, whole=are_whole(matrix))

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        label = room.label_size
        still, legend = draw_legend(room, area, self.legend)
        above = 1.7 * label
        if self.annotations.x_title:
            words = room.shorten(self.annotations.x_title, label, area.width)
            y = area.top + legend
            still.append(room.text(words, label, room.theme.soft, x=area.left, y=y, anchor="top-left"))
            above += 1.35 * label
        area = area.inset(top=legend + above)
        pitch = area.height / self.top
        thickness = min(0.72 * pitch, 0.12 * room.side)
        size = min(label * 1.25, max(0.62 * thickness, 0.5 * label))
        most = (0.32 if room.shape == "wide" else 0.36) * area.width
        longest = max(room.width_of(" ".join(key.split()), size, 500) for key in self.ranking.keys)
        size = max(min(size, label), min(size, size * most / longest))  # rather smaller than cut
        pictures = NameImages.beside(
            room, self.images, self.ranking.keys, size, height=min(0.8 * thickness, 3.2 * size), shape=1.4
        )
        names = tuple(room.shorten(key, size, most, 500) for key in self.ranking.keys)
        left = max(room.width_of(name, size, 500) for name in names) + 0.55 * size
        left += pictures.room
        right = self._widest(room, size) + 0.9 * size
        bars = Area(area.left + left, area.top, max(area.left + left + 1, area.right - right), area.bottom)
        layout = _Layout(
            bars, pitch, thickness, size, names, pictures, self._axis(room, bars.width), tuple(still),
            self._overtaking(size / pitch), (),
        )  # fmt: skip
        return _Layout(**{**vars(layout), "callouts": self._place_call_outs(room, layout)})

    def _overtaking(self, near: float) -> Overtaking:
        ranking = self.ranking
        seen = (ranking.ranks < self.top - 0.5) & (ranking.present > 0)
        return find_overtaking(ranking.ranks, seen, near, ranking.change)

    def _axis(self, room: Room, width: float) -> GrowingAxis:
        """Give the axis of values: it starts at 0, and has as many ticks as its words leave room for."""
        inside = np.where(self.ranking.inside, self.ranking.values, 0.0)
        low, high = np.minimum(inside.min(axis=1), 0.0), np.maximum(inside.max(axis=1), 0.0)
        if not high.any() and not low.any():
            high = np.ones_like(high)
        else:  # where all are 0 the axis is that of the nearest moment where they aren't
            there = np.flatnonzero((high > 0) | (low < 0))
            nearest = np.interp(np.arange(len(high)), there, there).round().astype(int)
            low, high = low[nearest], high[nearest]
        most = float(max(high.max(), -low.min()))
        words = self.number.for_step(most / 8) if most > 0 else self.number
        widest = max(room.width_of(words(most * part), room.label_size) for part in (1.0, 0.875))
        count = int(width / (1.7 * widest + 0.6 * room.label_size))
        return GrowingAxis.around(low, high, self.phases.pace, min(6, max(2, count)))

    def _widest(self, room: Room, size: float) -> float:
        shown = self.ranking.values[self.ranking.inside]
        if len(shown) == 0:
            return 0.0
        some = np.quantile(shown, np.linspace(0, 1, 200))
        words = {self.written(value) for value in some.tolist()}
        longest = sorted(words, key=len)[-6:]
        return max(room.width_of(word, size, 600, tabular=True) for word in longest)

    def _place_call_outs(self, room: Room, layout: _Layout) -> tuple[tuple[Said, PlacedCallOut, int], ...]:
        placed = []
        for said in self.said_call_outs:
            number = next(
                (at for at, key in enumerate(self.ranking.keys) if said.callout and key == said.callout.key),
                None,
            )
            if said.callout is None or number is None:  # never among the first
                continue
            began = max(self.phases.enter_stop, self.phases.time_at(said.part))
            at: tuple[float, float] | None = None
            covered: list[tuple[float, float]] = []
            for time in (began, min(said.stop, self.duration)):  # beside the bar, then and at the end
                rows = self._rows(room, layout, time)
                own = next((row for row in rows if row.number == number), None)
                if own is None:
                    continue
                x, y = self._after_value(room, layout, own), own.y
                at = at or (x, y)
                covered += [
                    (left + at[0] - x, row.y + at[1] - y)
                    for row in rows
                    for left in np.linspace(layout.bars.left, self._after_value(room, layout, row), 24)
                ]
            if at is not None:
                where = room.body._replace(top=layout.bars.top, bottom=layout.bars.bottom)
                found = place_call_outs(room, where, [said.callout], [at], np.array(covered))[0]
                placed.append((said, found, number))
        return tuple(placed)

    def _after_value(self, room: Room, layout: _Layout, row: _Row) -> float:
        form = row.mark.form
        assert isinstance(form, Bar)
        width = room.width_of(self.written(row.value), layout.size, 600, tabular=True)
        return form.right + 0.4 * layout.size + width

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:
        return [row.mark for row in self._rows(room, layout, time)]

    def _step(self, time: float) -> float:
        """Give the step of the ranking at a moment of the scene."""
        phases, last = self.phases, len(self.ranking.at_times) - 1
        span = phases.move_stop - phases.move_start
        each = (last - 2 * self.ranking.still) / span if span > 0 else STEPS_A_SECOND
        return min(float(last), max(0.0, self.ranking.still + (time - phases.move_start) * each))

    def _rows(self, room: Room, layout: _Layout, time: float) -> list[_Row]:
        """Give the bars that are seen at a moment, the lowest first."""
        phases, easing, top = self.phases, room.theme.enter, self.top
        step = self._step(time)
        values, ranks, present = self.ranking.at(step)
        bars, thick = layout.bars, layout.thickness
        low, high = layout.axis.domain(step)
        pixels = (bars.right - bars.left) / (high - low)
        ends, base = (bars.left + (values - low) * pixels).tolist(), bars.left - low * pixels
        shares = np.minimum(np.maximum((top - 0.5 - ranks) * 2.5, 0.0), 1.0) * present  # gone before the edge
        radius = room.theme.radius * thick
        entering = phases.enters and time < phases.enter_stop
        rows: list[_Row] = []
        seen, places = shares.tolist(), ranks.tolist()
        words, below = layout.overtaking.words[round(step)].tolist(), layout.overtaking.below[round(step)]
        for number in np.argsort(-ranks - below, kind="stable").tolist():
            opacity, end = seen[number], ends[number]
            if opacity <= 0.004:
                continue
            if entering:
                opacity *= phases.colored(time, easing, min(int(places[number]), top - 1), top)
            key = self.ranking.keys[number]
            if self.highlight:
                opacity *= self._emphasis(time, key)
            y = bars.top + layout.pitch * (places[number] + 0.5)
            left, right = (base, end) if end >= base else (end, base)
            round_by = min(radius, right - left)
            corners = (0.0, round_by, round_by, 0.0) if end >= base else (round_by, 0.0, 0.0, round_by)
            form = Bar(left, y - thick / 2, right, y + thick / 2, corners)
            mark = Mark(key, form, self.colors[number], round(opacity, 3))
            rows.append(_Row(number, y, end, float(values[number]), mark, words[number] * opacity))
        return rows

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        step = self._step(time)
        bars, pace = layout.bars, self.phases.pace
        scale = Linear(layout.axis.domain(step), (bars.left, bars.right))
        ticks = layout.axis.ticks(step, scale, self.number)
        first, last = float(self.ranking.at_times[0]), float(self.ranking.at_times[-1])
        moment = first + (last - first) * self.phases.moved(time)
        elements = [
            *layout.still,
            *draw_grid(room, bars, "top", ticks),
            *draw_tick_words(room, bars, "top", ticks),
            *self.clock.draw(room, bars, moment, at_top=self.ascending),
        ]
        rows = self._rows(room, layout, time)
        for row in rows:
            elements += self._bar(room, layout, row)
        if self.annotations.references:
            elements += draw_references(room, bars, self.annotations.references, x=scale, labels="bottom")
        if self.said_events:
            height = 1.15 * self.clock.size(room, bars)
            y = bars.top + height if self.ascending else bars.bottom - height
            anchor: Literal["top-right", "bottom-right"] = "top-right" if self.ascending else "bottom-right"
            most = 0.4 * bars.width
            elements += draw_events(room, self.said_events, time, pace, (bars.right, y), most, anchor)
        for said, placed, number in layout.callouts:
            own = next((row for row in rows if row.number == number), None)
            seen = said.seen(time, pace, room.theme.enter)
            if own is not None and seen > 0.004:
                where = room.body._replace(top=bars.top, bottom=bars.bottom)
                x = self._after_value(room, layout, own)
                elements += draw_call_out(room, where, placed, x, own.y, seen * own.mark.opacity)
        return elements

    def _bar(self, room: Room, layout: _Layout, row: _Row) -> list[AnyElement]:
        size, y, opacity = layout.size, row.y, round(row.words, 3)
        gap, names_at = 0.4 * size, layout.bars.left - 0.55 * size
        form = row.mark.form
        assert isinstance(form, Bar)
        elements = [mark_element(row.mark)]
        elements += layout.pictures.draw(row.mark.key, names_at, y, anchor="right", opacity=opacity)
        names_at -= layout.pictures.room
        if opacity <= 0.004:
            return elements
        ink = room.theme.ink
        elements += [
            room.text(
                layout.names[row.number], size, ink, x=names_at, y=y, anchor="right", weight=500,
                opacity=opacity,
            ),
            room.text(
                self.written(row.value), size, ink, x=form.right + gap, y=y, anchor="left", weight=600,
                tabular=True, opacity=opacity,
            ),
        ]  # fmt: skip
        return elements
