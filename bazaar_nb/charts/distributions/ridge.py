"""`Ridge`: distributions as densities, one over another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.distributions.samples import SampleRows, Sort, pointed_values, read_samples
from bazaar_nb.charts.parts.category_colors import check_colors
from bazaar_nb.charts.parts.occupied import points_within
from bazaar_nb.charts.parts.plane import ticks_that_fit, value_axis
from bazaar_nb.charts.parts.plane_words import PlaneWords
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.series import color_series
from bazaar_nb.charts.parts.table import Columns
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import float_array
from bazaar_nb.scene.elements import AnyElement, Group, Line, Polygon, Polyline
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_POINTS = 256  # of a curve
_BINS = 2048  # that many values are put into first
_REACH = 3.0  # bandwidths beyond the values that curves go
_OVERLAP = 0.9  # rows that the highest curve reaches into those above it


def silverman_bandwidth(values: Floats) -> float:
    """Give the bandwidth of Silverman's rule of thumb.

    0.9 times the smaller of the standard deviation and the distance of the quartiles over 1.34, times
    n to the power of -1/5 (Silverman, *Density Estimation for Statistics and Data Analysis*, 1986, eq. 3.31).
    0 where all values are equal.
    """
    if len(values) < 2:
        return 0.0
    deviation = float(np.std(values, ddof=1))
    first, third = np.quantile(values, [0.25, 0.75]).tolist()
    spreads = [one for one in (deviation, (third - first) / 1.34) if one > 0]
    return 0.9 * min(spreads) * len(values) ** -0.2 if spreads else 0.0


def gaussian_density(values: Floats, at: Floats, bandwidth: float) -> Floats:
    """Give the density at some places: a Gaussian kernel over each value, the area is 1.

    Many values are put into bins first, each shared by the two nearest (linear binning; Wand 1994,
    https://doi.org/10.2307/1390904).

    Parameters
    ----------
    values : array of shape (n,)
    at : array of shape (m,)
    bandwidth : float
        The kernel's standard deviation, above 0.
    """
    weights = np.full(len(values), 1.0 / len(values))
    if len(values) > _BINS:
        low, high = float(values.min()), float(values.max())
        place = (values - low) / ((high - low) or 1.0) * (_BINS - 1)
        first = np.minimum(place.astype(np.int64), _BINS - 2)
        part = place - first
        weights = np.bincount(first, 1 - part, _BINS) + np.bincount(first + 1, part, _BINS)
        weights = weights / len(values)
        values = np.linspace(low, high, _BINS)
    away = (at[:, None] - values[None, :]) / bandwidth
    found: Floats = np.exp(-0.5 * away * away) @ weights / (bandwidth * np.sqrt(2 * np.pi))
    return found


@dataclass(frozen=True)
class _Layout:
    rows: SampleRows
    x: Floats
    heights: Floats
    """Of curves, shape (rows, points), in pixels."""
    whole: tuple[tuple[AnyElement, ...], ...]
    """The elements of each row once it stands."""
    callouts: PointCallOuts


class Ridge(Chart[_Layout]):
    """Distributions as densities, one over another: where values are many, where few.

    Densities have a Gaussian kernel and the bandwidth of Silverman's rule of thumb; all areas are equal.

    Parameters
    ----------
    table : DataFrame or table
        Long (a row for each value), or wide (a column of numbers for each name).
    name, value : str, optional
        Columns of a long table; with `value` alone all rows are one sample.
    sort : str, optional
        ``value``: by the median, the largest first.
    bandwidth : float, optional
        The kernel's standard deviation, as the values have it; by default each name's own by the rule.
    colors : dict, optional
        Of names.
    **options
        Those of every `Chart`. Call-outs point at a name's median, or at another value by `x`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> minutes = {"Bus": [31, 42, 38, 55, 36], "Bicycle": [22, 25, 21, 29, 24]}
    >>> ridge = bz.charts.Ridge(minutes, title="Bicycles are faster", duration=3)
    >>> bz.Composition([ridge]).frames
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
        bandwidth: float | None = None,
        colors: Mapping[str, str] | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if bandwidth is not None and not 0 < bandwidth < np.inf:
            raise InvalidValueError(f"`bandwidth` must be above 0, got {bandwidth!r} (Ridge)")
        problems = start_problems(self)
        self.samples = read_samples(Columns(table, problems), name, value, sort)
        self._check_names(self.samples.keys, problems)
        check_colors(colors or {}, self.samples.keys, "Ridge")
        self.words = PlaneWords.read(self.annotations, problems)
        self.pointed = pointed_values(self.annotations.callouts, self.samples, problems)
        problems.raise_any()
        self._estimate(bandwidth)
        self.medians = np.array([float(np.median(one)) for one in self.samples.values])
        self.series = color_series(self.samples.keys, self.medians, self.theme, colors, self.highlight)

    def _estimate(self, bandwidth: float | None) -> None:
        """Find the densities, on one range of values."""
        low, high = self.samples.ends
        span = (high - low) or abs(high) or 1.0
        own = [bandwidth or silverman_bandwidth(one) or 0.02 * span for one in self.samples.values]
        reach = min(_REACH * max(own), 0.5 * span)
        self.places = np.linspace(low - reach, high + reach, _POINTS)
        narrowest = float(self.places[1] - self.places[0])  # a narrower curve would fall between its points
        self.bandwidths = tuple(max(one, narrowest) for one in own)
        self.densities = np.stack(
            [
                gaussian_density(values, self.places, one)
                for values, one in zip(self.samples.values, self.bandwidths, strict=True)
            ]
        )

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        low, high = self.words.holds("y", float(self.places[0]), float(self.places[-1]))
        values = [value for _, value in self.pointed]
        low, high = min([low, *values]), max([high, *values])
        most = ticks_that_fit(room, area.width, 5.0)
        plan = value_axis(low, high, self.number, zero=False, most=most, is_tight=True)
        count = len(self.samples.keys)
        above = _OVERLAP if count > 1 else 0.0
        rows = SampleRows.lay_out(room, area, self.samples.keys, plan, self.words, self.images, above)
        highest = (1 + above) * rows.pitch * 0.94
        # One name that is far narrower than the others would leave these flat: it is cut down to their size.
        peaks = self.densities.max(axis=1)
        scale = np.minimum(1.0, 4 * float(np.median(peaks)) / peaks)
        heights = self.densities * (scale * highest / float((peaks * scale).max()))[:, None]
        x = np.asarray(rows.x(self.places))
        layout = _Layout(rows, x, heights, (), self._lay_out_call_outs(room, rows, x, heights))
        whole = tuple(tuple(self._row(room, layout, row, 1.0)) for row in range(count))
        return replace(layout, whole=whole)

    def _lay_out_call_outs(self, room: Room, rows: SampleRows, x: Floats, heights: Floats) -> PointCallOuts:
        """Have call-outs point at the curves over values."""
        if not self.annotations.callouts:
            return PointCallOuts(rows.area)
        bases = rows.area.top + (np.arange(len(heights)) + 1) * rows.pitch
        curves = bases[:, None] - heights
        points = []
        for row, value in self.pointed:
            at = float(rows.x(value))
            points.append((at, float(np.interp(at, x, curves[row]))))
        hills = [
            points_within(x[there], curve[there], np.full(there.sum(), base))
            for curve, base in zip(curves, bases.tolist(), strict=True)
            if (there := base - curve > 0.02 * rows.pitch).sum() > 1
        ]
        hills += [np.column_stack([x, np.full(len(x), base)]) for base in bases.tolist()]
        area = rows.area.inset(top=rows.area.top - float(curves.min()) - 2.5 * room.label_size)
        area = area._replace(top=max(area.top, room.body.top))
        return PointCallOuts.lay_out(
            room, area, self.annotations.callouts, points, avoid=np.concatenate(hills), boxes=rows.references,
            starts=[self.phases.move_start + 0.2 * self.phases.pace] * len(points),
        )  # fmt: skip

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        rows, count = layout.rows, len(self.samples.keys)
        elements = list(rows.still)
        rest = self._emphasis(time, "") if self.highlight else 1.0
        named = dict(rows.names)
        for row, key in enumerate(self.samples.keys):
            told = 1.0 if not self.highlight or key in self.highlight else rest
            grown = self.phases.entered(time, room.theme.enter, row, count)
            if grown <= 0.004:
                continue
            hill = layout.whole[row] if grown >= 1.0 else tuple(self._row(room, layout, row, grown))
            if told < 1.0:  # what is behind stays hidden while a hill turns pale
                hill = (*hill[:-3], Group(hill[-3:], opacity=round(told, 3)))
            elements += hill
            if row in named:
                y = rows.area.top + (row + 1) * rows.pitch - 0.3 * room.label_size
                color = self.series.colors[row] if not self.series.is_context[row] else room.theme.ink
                seen = round(grown * told, 3)
                elements += rows.draw_name(room, key, named[row], y, seen, 600, room.theme.legible(color))
        return elements + layout.callouts.draw(room, time, self.phases, room.theme)

    def _row(self, room: Room, layout: _Layout, row: int, grown: float) -> list[AnyElement]:
        base = layout.rows.area.top + (row + 1) * layout.rows.pitch
        y = base - layout.heights[row] * grown
        x, color, unit = layout.x, self.series.colors[row], room.unit
        outline = float_array(np.column_stack([np.append(x, [x[-1], x[0]]), np.append(y, [base, base])]))
        ground = room.theme.background
        elements: list[AnyElement] = []
        if isinstance(ground, str):  # hills hide what is behind them, also when they are pale
            elements.append(Polygon(outline, fill=ground, opacity=0.75))
        elements.append(Polygon(outline, fill=color, opacity=0.55))
        stroke = Stroke(color, 3 * unit, join="round")
        elements.append(Polyline(x, y, stroke=stroke))
        middle = float(layout.rows.x(self.medians[row]))
        top = float(np.interp(middle, x, y))
        stroke = Stroke(color, 3 * unit)
        elements.append(Line(middle, base, middle, top, stroke=stroke))
        return elements
