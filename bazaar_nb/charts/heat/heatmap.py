"""`Heatmap`: values as colours, by two categories or by the days of years."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.heat.calendar_grid import lay_out_days
from bazaar_nb.charts.heat.cell_notes import called_cells, called_days, split_references
from bazaar_nb.charts.heat.matrix_grid import lay_out_matrix
from bazaar_nb.charts.parts.framed_call_outs import FramedCallOut, draw_framed_call_outs, place_cell_call_outs
from bazaar_nb.charts.parts.marks import Bar, Mark
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.scale_legends import color_bar
from bazaar_nb.charts.parts.table import Columns, Problems
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.ticks import nice_domain
from bazaar_nb.scene.arrays import ColorArray, color_array
from bazaar_nb.scene.elements import AnyElement, Path, Points, Text
from bazaar_nb.values.color import parse_color
from bazaar_nb.values.colormaps import map_colors

Floats = NDArray[np.float64]
_GAP = 0.096  # of a day, between two
_STAGGER_S = 0.5  # from the first cell to the last
_MOST_CELLS = 200_000
_MOST_VALUES = 400  # that are written
_MOST_YEARS = 20
_BOTH_SIDES = 0.25  # values lie on both sides of 0 when they reach so far on one as they do on the other
_DARK, _BRIGHT = "#10131a", "#ffffff"


@dataclass(frozen=True)
class _Layout:
    still: tuple[AnyElement, ...]
    places: Floats
    """Middles of cells, shape (n, 2), in pixels."""
    width: float
    height: float
    colors: ColorArray
    delays: Floats
    words: tuple[tuple[int, str, str], ...]
    """Of cells: which, the value, its colour."""
    whole: Points
    lines: tuple[AnyElement, ...]
    """Between columns or rows, above cells."""
    called: tuple[FramedCallOut, ...]
    callouts: PointCallOuts
    """In a calendar."""


class Heatmap(Chart[_Layout]):
    """Values as colours: a matrix of two categories, or a calendar.

    Parameters
    ----------
    table : DataFrame or table
        Long (a row for each cell), or wide (a row for each `y`, a column of numbers for each x).
    x, y : str, optional
        Columns of categories, in their order; numbers rise. Without `x` the table is wide.
    value : str, optional
        Column of the values of a long table; what has no row, or no value, is a cell without colour.
    time : str, optional
        Column of days, with ``calendar=True``: one row a day.
    calendar : bool
        Whether cells are the days of years.
    colormap : str, optional
        The theme's by default: its diverging one where values lie on both sides of `middle`.
    middle : float, optional
        The value that is neither nor; 0 by default where values lie on both sides of it.
    values : bool
        Whether values are written in their cells, where all fit.
    **options
        Those of every `Chart`; `highlight` takes names of rows and columns. Call-outs point at cells: `key`
        is the row, `moment` the column (`x` and `y` do, too), or the day of a calendar. References are values
        that are marked on the legend of colours, or with `axis` the names of columns or rows that a line
        stands before.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> cups = {"day": ["Mon", "Mon", "Tue", "Tue"], "who": ["Ann", "Bo"] * 2, "cups": [1, 4, 2, 3]}
    >>> heat = bz.charts.Heatmap(cups, x="day", y="who", value="cups", duration=3)
    >>> bz.Composition([heat]).frames
    90
    """

    usual_duration = 5.0
    annotated = frozenset({"x_title", "y_title", "references", "callouts"})

    def __init__(
        self,
        table: Any,
        *,
        x: str | None = None,
        y: str | None = None,
        value: str | None = None,
        time: str | None = None,
        calendar: bool = False,
        colormap: str | None = None,
        middle: float | None = None,
        values: bool = True,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if calendar and (time is None or value is None or x is not None or y is not None):
            raise InvalidValueError(
                "with `calendar=True` give `time` and `value`, not `x` and `y`; got "
                f"time={time!r:.40}, value={value!r:.40}, x={x!r:.40}, y={y!r:.40} (Heatmap)"
            )
        if not calendar and (y is None or (x is None) != (value is None)):
            raise InvalidValueError(
                "give `x`, `y` and `value`, or `y` alone for a wide table, or `time` and `value` with "
                f"`calendar=True`; got x={x!r:.40}, y={y!r:.40}, value={value!r:.40} (Heatmap)"
            )
        problems = start_problems(self)
        columns = Columns(table, problems)
        columns.require(x=x, y=y, value=value, time=time)
        self.calendar, self.shows_values = calendar, values
        self.x_names: tuple[str, ...] = ()
        self.y_names: tuple[str, ...] = ()
        if calendar:
            self._read_days(columns, str(time), str(value), problems)
        else:
            self._read_cells(columns, x, str(y), value, problems)
        problems.raise_any()
        if not np.isfinite(self.values).any():
            problems.add("has no value at all", column=value)
        self._check_said(problems)
        problems.raise_any()
        self._color(colormap, middle)

    def _check_said(self, problems: Problems) -> None:
        said = self.annotations
        self._check_names([*self.x_names, *self.y_names], problems)
        if self.calendar:
            self.pointed = called_days(said.callouts, self.moments, self.days, problems)
            for name in ("images", "x_title", "y_title"):
                if self.images if name == "images" else getattr(said, name) is not None:
                    problems.add(f"a calendar has no place for `{name}`")
        else:
            self.pointed = called_cells(said.callouts, self.x_names, self.y_names, problems)
        self.lines, self.marked = split_references(said.references, self.x_names, self.y_names, problems)

    def _read_days(self, columns: Columns, time: str, value: str, problems: Problems) -> None:
        moments, values = columns.moments(time), columns.numbers(value)
        self.moments = moments
        if moments.kind != "date":
            problems.add("wants dates", column=time)
            problems.raise_any()
        days = np.floor(moments.values + 1e-9)
        first: dict[float, int] = {}
        for row, day in enumerate(days.tolist()):
            if first.setdefault(day, row) != row:
                problems.add(
                    f"a day comes a second time (first in row {first[day]}): sum or average its rows first",
                    column=time, row=row,
                )  # fmt: skip
        problems.raise_any()
        if days.max() - days.min() > _MOST_YEARS * 366:
            problems.add(f"spans more than {_MOST_YEARS} years", column=time)
            problems.raise_any()
        self.days = np.arange(days.min(), days.max() + 1)
        self.values = np.full(len(self.days), np.nan)
        self.values[(days - days.min()).astype(np.int64)] = values
        self.keys = tuple(f"{day:g}" for day in self.days.tolist())

    def _read_cells(
        self, columns: Columns, x: str | None, y: str, value: str | None, problems: Problems
    ) -> None:
        rows = columns.keys(y)
        if x is None or value is None:
            names = [one for one in columns.names if one != y and columns.is_number(one)]
            if not names:
                problems.add(f"no column but {y!r} has numbers: give `x` and `value` for a long table")
                problems.raise_any()
            cells = [(one, row, number) for one in names for number, row in enumerate(rows)]
            told = np.concatenate([columns.numbers(one) for one in names])
            self.x_names = tuple(names)
        else:
            across = columns.keys(x)
            cells = [(one, row, number) for number, (one, row) in enumerate(zip(across, rows, strict=True))]
            told = columns.numbers(value)
            self.x_names = _ordered(columns, x)
        problems.raise_any()
        self.y_names = _ordered(columns, y)
        count = len(self.x_names) * len(self.y_names)
        if count > _MOST_CELLS:
            problems.add(f"{len(self.x_names):,} columns of {len(self.y_names):,} rows are too many cells")
            problems.raise_any()
        x_place = {one: number for number, one in enumerate(self.x_names)}
        y_place = {one: number for number, one in enumerate(self.y_names)}
        self.values = np.full(count, np.nan)
        first: dict[int, int] = {}
        for (one, row_name, row), number in zip(cells, told.tolist(), strict=True):
            place = y_place[row_name] * len(self.x_names) + x_place[one]
            if first.setdefault(place, row) != row:
                problems.add(
                    f"{row_name!r:.40} has a second value for {one!r:.40} (first in row {first[place]})",
                    column=value or y, row=row,
                )  # fmt: skip
            self.values[place] = number
        self.keys = tuple(f"{one} / {other}" for other in self.y_names for one in self.x_names)

    def _color(self, colormap: str | None, middle: float | None) -> None:
        marked = [float(one.value) for one in self.marked]
        low = min([float(np.nanmin(self.values)), *marked])
        high = max([float(np.nanmax(self.values)), *marked])
        if middle is None and low < 0 < high and min(high, -low) > _BOTH_SIDES * max(high, -low):
            middle = 0.0
        if middle is not None:
            away = max(high - middle, middle - low) or 1.0
            away = nice_domain(0.0, away, 5)[1]
            self.limits = (middle - away, middle + away)
            self.ticks: tuple[float, ...] = (middle - away, middle, middle + away)
            self.colormap = colormap or self.theme.diverging
        else:
            self.limits = nice_domain(low, high, 5)
            self.ticks = self.limits
            self.colormap = colormap or self.theme.colormap
        self.number_in_cells: Callable[[float], str] = self.number
        if self.number.style != "percent":
            self.number_in_cells = self.number.steady(self.values[np.isfinite(self.values)].tolist())

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        still: list[AnyElement] = []
        legend = color_bar(room, area, self.colormap, self.limits, self.number, ticks=self.ticks,
                           references=self.marked)  # fmt: skip
        still += legend.elements
        area = area.inset(top=legend.height + 0.4 * room.label_size)
        lines: list[AnyElement] = []
        called: list[FramedCallOut] = []
        if self.calendar:
            grid = lay_out_days(room, area, self.days, self.locale)
            places, still = grid.places, [*still, *grid.elements]
            width = height = grid.pitch * (1 - _GAP)
        else:
            said = self.annotations
            matrix = lay_out_matrix(room, area, self.x_names, self.y_names, said, self.lines, self.images)
            places, width, height, lines = matrix.places, matrix.width, matrix.height, matrix.lines
            still += matrix.elements
            cells = [matrix.cell(number) for number in self.pointed]
            called = place_cell_call_outs(
                room, area, matrix.area, said.callouts, cells, matrix.upright, matrix.across
            )
        colors = self._cell_colors()
        shape = Path(_rounded(width, height, 0.0 if self.calendar else room.theme.radius))
        order = (places[:, 0] - places[:, 0].min()) / (np.ptp(places[:, 0]) or 1.0)
        order += 0.35 * (places[:, 1] - places[:, 1].min()) / (np.ptp(places[:, 1]) or 1.0)
        delays = order / 1.35 * _STAGGER_S * self.phases.pace if self.phases.enters else 0.0 * order
        whole = Points(places[:, 0], places[:, 1], size=max(width, height), color=colors, shape=shape)
        words_in = self._values_in_cells(room, width, height, colors)
        return _Layout(
            tuple(still), places, width, height, colors, delays, words_in, whole, tuple(lines), tuple(called),
            self._lay_out_call_outs(room, area, places, width, still),
        )  # fmt: skip

    def _lay_out_call_outs(
        self, room: Room, area: Area, places: Floats, width: float, still: Sequence[AnyElement]
    ) -> PointCallOuts:
        """Have call-outs point at days of a calendar, which leaves room among its months."""
        if not self.calendar or not self.annotations.callouts:
            return PointCallOuts(area)
        points = [(float(x), float(y)) for x, y in places[self.pointed].tolist()]
        corners = 0.4 * width * np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]])
        taken = np.concatenate([places, *(places + corner for corner in corners)])
        words = [room.box_of(one) for one in still if isinstance(one, Text)]
        return PointCallOuts.lay_out(
            room, area, self.annotations.callouts, points, avoid=taken, boxes=words, gaps=0.5 * width
        )

    def _cell_colors(self) -> ColorArray:
        missing = color_array([self.theme.faint]).values()
        there = np.isfinite(self.values)
        filled = np.where(there, self.values, self.limits[0])
        rgba = map_colors(filled, self.colormap, self.limits)
        return color_array(np.where(there[:, None], rgba, missing).astype(np.uint8))

    def _values_in_cells(
        self, room: Room, width: float, height: float, colors: ColorArray
    ) -> tuple[tuple[int, str, str], ...]:
        if not self.shows_values or self.calendar or len(self.values) > _MOST_VALUES:
            return ()
        size = room.label_size
        there = np.flatnonzero(np.isfinite(self.values)).tolist()
        words = [self.number_in_cells(float(self.values[n])) for n in there]
        widest = max(room.width_of(word, size, 500, tabular=True) for word in words)
        if widest > width - 0.5 * size or height < 1.25 * size:
            return ()
        rgb = colors.values()[:, :3] / 255
        return tuple((n, word, _readable_on(rgb[n])) for n, word in zip(there, words, strict=True))

    def _told(self, time: float) -> Floats | None:
        """Give the emphasis of cells, None where all are alike."""
        if not self.highlight or time <= self.highlight_at:
            return None
        rest = self._emphasis(time, "")
        across = np.array([one in self.highlight for one in self.x_names], bool)
        down = np.array([one in self.highlight for one in self.y_names], bool)
        return np.where((down[:, None] | across[None, :]).ravel(), 1.0, rest)

    def _seen(self, layout: _Layout, time: float) -> Floats | None:
        """Give the opacity of cells, None where all are whole."""
        told = self._told(time)
        phases = self.phases
        lasting = max(1e-9, 0.6 * (phases.move_start - phases.enter_start))
        if not phases.enters or time >= phases.enter_start + layout.delays.max() + lasting:
            return told
        part = np.clip((time - phases.enter_start - layout.delays) / lasting, 0.0, 1.0)
        seen: Floats = 1.0 - (1.0 - part) ** 3
        return seen if told is None else seen * told

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:
        """Give the cells of a moment by their keys."""
        seen = self._seen(layout, time)
        wide, tall = layout.width / 2, layout.height / 2
        colors = ["#" + "".join(f"{part:02x}" for part in row[:3]) for row in layout.colors.values().tolist()]
        radius = (min(wide, tall) * 2 * (0.0 if self.calendar else room.theme.radius),) * 4
        return [
            Mark(
                key,
                Bar(x - wide, y - tall, x + wide, y + tall, radius),
                color,
                1.0 if seen is None else float(seen[n]),
            )
            for n, (key, (x, y), color) in enumerate(
                zip(self.keys, layout.places.tolist(), colors, strict=True)
            )
        ]

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        elements = list(layout.still)
        seen = self._seen(layout, time)
        whole = layout.whole
        if seen is None:
            elements.append(whole)
        elif seen.max() > 0:
            opacity: Any = seen
            elements.append(
                Points(
                    whole.x, whole.y, size=whole.size, color=layout.colors, shape=whole.shape, opacity=opacity
                )
            )
        shown = eased(time, self.phases.move_start, 0.4 * self.phases.pace, room.theme.enter)
        if shown > 0.004:
            told = self._told(time)
            for number, word, color in layout.words:
                x, y = layout.places[number].tolist()
                opacity = shown if told is None else shown * float(told[number])
                elements.append(
                    room.text(
                        word,
                        room.label_size,
                        color,
                        weight=500,
                        x=x,
                        y=y,
                        tabular=True,
                        opacity=round(opacity, 3),
                    )
                )
        elements += layout.lines
        elements += draw_framed_call_outs(room, layout.called, time, self.phases)
        return elements + layout.callouts.draw(room, time, self.phases, room.theme)


def _ordered(columns: Columns, name: str) -> tuple[str, ...]:
    """Give the categories of a column in their order: numbers rise."""
    found = columns.order(name)
    if columns.is_number(name):
        values = dict(zip(columns.texts(name), columns.numbers(name).tolist(), strict=True))
        found = sorted(found, key=lambda one: values[one])
    return tuple(one for one in found if one)


def _rounded(width: float, height: float, share: float) -> str:
    """Give the outline of a cell as path data."""
    if share <= 0:
        return f"M0 0H{width:.3f}V{height:.3f}H0Z"
    r = min(0.5, share) * min(width, height)
    return (
        f"M{r:.3f} 0H{width - r:.3f}Q{width:.3f} 0 {width:.3f} {r:.3f}V{height - r:.3f}"
        f"Q{width:.3f} {height:.3f} {width - r:.3f} {height:.3f}H{r:.3f}Q0 {height:.3f} 0 {height - r:.3f}"
        f"V{r:.3f}Q0 0 {r:.3f} 0Z"
    )


def _readable_on(rgb: Sequence[float] | Floats) -> str:
    """Give dark or bright letters, whichever has more contrast (WCAG 2.2's relative luminance)."""

    def luminance(color: Sequence[float] | Floats) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in map(float, color)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    ground, dark = luminance(rgb), luminance(parse_color(_DARK)[:3])
    return _DARK if (ground + 0.05) / (dark + 0.05) > 1.05 / (ground + 0.05) else _BRIGHT
