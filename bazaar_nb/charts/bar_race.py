"""`BarRace`: bars that overtake each other while time passes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.axis import draw_grid, draw_tick_words
from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.growing_axis import STEPS_A_SECOND, GrowingAxis, smooth
from bazaar_nb.charts.room import Area, Room
from bazaar_nb.charts.table import Columns, Missing, fill_gaps
from bazaar_nb.charts.time_label import TimeLabel
from bazaar_nb.charts.time_table import read_time_table
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.scales import Linear
from bazaar_nb.scene.elements import AnyElement, Image, Rect

Floats = NDArray[np.float64]
_CHANGE_S = 0.5  # that a change of rank takes
_MOST_TOP = 30


@dataclass(frozen=True)
class _Layout:
    bars: Area
    pitch: float
    thickness: float
    size: float
    names: tuple[str, ...]
    picture: float


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
        Column of a long table by which bars share a colour; else each has its own.
    colors : dict, optional
        Of names, or of what `color` holds.
    missing : str
        What becomes of a name between and after its values: ``leave`` joins values by a straight line and
        lets the bar go after the last, ``hold`` keeps the last value, ``gap`` hides the bar meanwhile.
    ascending : bool
        Whether the smallest are on top.
    **options
        Those of every `Chart`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sold = {"year": [2020, 2021, 2022], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}
    >>> race = bz.charts.BarRace(sold, time="year", title="Tea overtakes", duration=4)
    >>> bz.Composition([race]).frames
    120
    """

    usual_duration = 10.0

    def __init__(
        self,
        table: Any,
        *,
        time: str,
        name: str | None = None,
        value: str | None = None,
        top: int = 10,
        color: str | None = None,
        colors: dict[str, str] | None = None,
        missing: Missing = "leave",
        ascending: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if not 1 <= top <= _MOST_TOP:
            raise InvalidValueError(f"`top` must be from 1 to {_MOST_TOP}, got {top!r} (BarRace)")
        problems = start_problems(self)
        columns = Columns(table, problems)
        found = read_time_table(columns, time=time, name=name, value=value, extra=color)
        self.moments = found.moments
        filled = fill_gaps(found.times, found.matrix, missing)
        self._race(found.times, found.keys, filled, top, ascending)
        self._color_bars(found.keys, found.extra, colors or {})
        self.clock = TimeLabel.for_moments(found.moments, self.locale)
        problems.raise_any()

    def _race(self, times: Floats, keys: tuple[str, ...], matrix: Floats, top: int, ascending: bool) -> None:
        """Find values and ranks at each step of the film's time."""
        span = max(0.0, self.phases.move_stop - self.phases.move_start)
        steps = max(2, round(span * STEPS_A_SECOND) + 1)
        self.at_times = np.linspace(times[0], times[-1], steps)
        values = np.stack([_interpolated(self.at_times, times, column) for column in matrix.T], axis=1)
        there = ~np.isnan(values)
        weight = np.where(there, values if ascending else -values, np.inf)
        ranks = np.empty_like(values)
        order = np.argsort(weight[0], kind="stable")
        for step in range(steps):  # ties keep the order of before
            order = order[np.argsort(weight[step][order], kind="stable")]
            ranks[step, order] = np.arange(len(order))
        shown = np.flatnonzero(((ranks < top) & there).any(axis=0))
        ranks = np.where(there, np.minimum(ranks, top), top)[:, shown]  # who is far below waits just below
        self.ranks = smooth(
            ranks.astype(np.float64), round(_CHANGE_S * self.phases.pace * STEPS_A_SECOND / 4)
        )
        self.values = _held(values[:, shown])
        self.present = smooth(
            there[:, shown].astype(np.float64), round(0.15 * self.phases.pace * STEPS_A_SECOND)
        )
        self.keys = tuple(keys[number] for number in shown)
        self.top = min(top, len(self.keys))
        inside = np.where(there[:, shown] & (self.ranks < top - 0.5), self.values, 0.0)
        self.axis = GrowingAxis.around(
            np.minimum(inside.min(axis=1), 0.0), np.maximum(inside.max(axis=1), 0.0), self.phases.pace
        )

    def _color_bars(self, keys: tuple[str, ...], groups: dict[str, str], colors: dict[str, str]) -> None:
        palette = self.theme.palette
        wanted = [groups.get(key, key) for key in self.keys]
        if groups:
            names = list(dict.fromkeys(groups.get(key, key) for key in keys))
            usual = {one: palette[number % len(palette)] for number, one in enumerate(names)}
        else:
            usual = {one: palette[number % len(palette)] for number, one in enumerate(self.keys)}
        self.colors = tuple(
            colors.get(key, colors.get(group, usual[group]))
            for key, group in zip(self.keys, wanted, strict=True)
        )

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        label = room.label_size
        pitch = (area.height - 1.7 * label) / self.top
        thickness = 0.72 * pitch
        size = min(label * 1.25, max(0.62 * thickness, 0.5 * label))
        most = (0.32 if room.shape == "wide" else 0.36) * area.width
        names = tuple(room.shorten(key, size, most, 500) for key in self.keys)
        picture = 0.8 * thickness if self.images else 0.0
        left = max(room.width_of(name, size, 500) for name in names) + 0.55 * size
        left += picture + 0.4 * size if picture else 0.0
        right = self._widest(room, size) + 0.9 * size
        bars = Area(area.left + left, area.top + 1.7 * label, area.right - right, area.bottom)
        return _Layout(bars, pitch, thickness, size, names, picture)

    def _widest(self, room: Room, size: float) -> float:
        some = np.unique(np.concatenate([self.axis.high[::7], self.axis.low[::7], self.values[::7].ravel()]))
        words = {self.number(value) for value in some[:: max(1, len(some) // 400)].tolist()}
        longest = sorted(words, key=len)[-6:]
        return max((room.width_of(word, size, 600, tabular=True) for word in longest), default=0.0)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        step = self.phases.moved(time) * (len(self.at_times) - 1)
        first = min(int(step), len(self.at_times) - 2)
        part = step - first

        def now(table: Floats) -> Any:
            return table[first] * (1 - part) + table[first + 1] * part

        values, ranks, present = now(self.values), now(self.ranks), now(self.present)
        bars, theme = layout.bars, room.theme
        scale = Linear(self.axis.domain(step), (bars.left, bars.right))
        ticks = self.axis.ticks(step, scale, self.number)
        elements = [*draw_grid(room, bars, "top", ticks), *draw_tick_words(room, bars, "top", ticks)]
        elements += self.clock.draw(room, bars, float(now(self.at_times)))
        ends, base = scale(values).tolist(), float(scale(0.0))
        for number in np.argsort(-ranks, kind="stable").tolist():
            rank = float(ranks[number])
            entered = self.phases.entered(time, theme.enter, min(int(rank), self.top - 1), self.top)
            seen = min(1.0, max(0.0, self.top - rank) * 1.6) * min(1.0, 2 * entered) * float(present[number])
            if seen <= 0.004:
                continue
            elements += self._bar(
                room, layout, time, number, rank, base, base + (ends[number] - base) * entered, seen
            )
        return elements

    def _bar(
        self,
        room: Room,
        layout: _Layout,
        time: float,
        number: int,
        rank: float,
        base: float,
        end: float,
        seen: float,
    ) -> list[AnyElement]:
        bars, size, theme, key = layout.bars, layout.size, room.theme, self.keys[number]
        y = round(bars.top + layout.pitch * (rank + 0.5), 3)
        opacity = round(seen * self._emphasis(time, key), 3)
        thick, radius = layout.thickness, theme.radius * layout.thickness
        left, right = min(base, end), max(base, end)
        radii = (0.0, radius, radius, 0.0) if end >= base else (radius, 0.0, 0.0, radius)
        gap = 0.4 * size
        elements: list[AnyElement] = [
            Rect(
                x=left, y=y, width=max(0.0, right - left), height=thick, anchor="left", radius=radii,
                fill=self.colors[number], opacity=opacity,
            ),
        ]  # fmt: skip
        names_at = bars.left - 0.55 * size
        if layout.picture:
            picture = self.images.get(key)
            if picture is not None:
                elements.append(
                    Image(
                        picture, x=names_at, y=y, height=layout.picture, width=layout.picture, anchor="right",
                        fit="contain", opacity=opacity,
                    )
                )  # fmt: skip
            names_at -= layout.picture + gap
        value = self.number(float(self.values_now(number, time)))
        elements += [
            room.text(
                layout.names[number], size, x=names_at, y=y, anchor="right", weight=500, opacity=opacity
            ),
            room.text(
                value, size, x=right + gap, y=y, anchor="left", weight=600, tabular=True, opacity=opacity
            ),
        ]
        return elements

    def values_now(self, number: int, time: float) -> float:
        """Give a bar's value at a moment of the scene."""
        step = self.phases.moved(time) * (len(self.at_times) - 1)
        first = min(int(step), len(self.at_times) - 2)
        part = step - first
        return float(self.values[first, number] * (1 - part) + self.values[first + 1, number] * part)


def _interpolated(at: Floats, times: Floats, column: Floats) -> Floats:
    """Give values between moments by straight lines; NaN beside a gap."""
    there = ~np.isnan(column)
    if not there.any():
        return np.full(len(at), np.nan)
    if len(times) == 1:
        return np.full(len(at), column[0])
    after = np.clip(np.searchsorted(times, at, side="left"), 1, len(times) - 1)
    part = (at - times[after - 1]) / (times[after] - times[after - 1])
    one, other = column[after - 1], column[after]
    mixed = one * (1 - part) + other * part
    mixed = np.where(part <= 0, one, np.where(part >= 1, other, mixed))
    return np.where(
        np.isnan(mixed), np.where(part < 1e-9, one, np.where(part > 1 - 1e-9, other, np.nan)), mixed
    )


def _held(values: Floats) -> Floats:
    """Give values without NaN: a bar that fades keeps the nearest one that it had."""
    result = values.copy()
    for column in result.T:
        there = np.flatnonzero(~np.isnan(column))
        if len(there):
            column[:] = np.interp(np.arange(len(column)), there, column[there])
        else:
            column[:] = 0.0
    return result
