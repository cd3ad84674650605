"""`Histogram`: how often values are how large, as bars that grow or dots that fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.bars.bins import put_in_bins
from bazaar_nb.charts.bars.dot_pile import DotPile, pile_up
from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.parts.annotation_marks import draw_axis_titles, draw_references, room_for_titles
from bazaar_nb.charts.parts.axis import (
    Tick,
    draw_grid,
    draw_tick_words,
    room_for_words,
    thin_out,
    value_ticks,
)
from bazaar_nb.charts.parts.cell_values import as_one_number
from bazaar_nb.charts.parts.marks import Bar, Dot, Mark, mark_element
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns, Problems
from bazaar_nb.charts.parts.value_words import common_format
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scales.scales import Linear
from bazaar_nb.scales.ticks import nice_domain, nice_ticks
from bazaar_nb.scene.elements import AnyElement, Ellipse, Line, Points
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_MOST_EDGES = 13  # that are all ticks


@dataclass(frozen=True)
class _Layout:
    area: Area
    x: Linear
    y: Linear
    lefts: Floats
    rights: Floats
    tops: Floats
    still: list[AnyElement]
    above: list[AnyElement]
    callouts: PointCallOuts
    pile: DotPile | None


class Histogram(Chart[_Layout]):
    """How often values are how large: bars that grow, or a dot for each row that falls and piles up.

    Parameters
    ----------
    table : DataFrame or table
    value : str
        Column of numbers. Rows without a value are left out.
    bins : int or sequence of float, optional
        How many about, or their edges; by default as many as suit the values. Whole numbers of a short range
        have one each.
    style : str
        ``bars`` or ``dots``. Of very many rows a dot stands for several, which is said.
    share : bool
        Whether bars tell shares of all instead of counts.
    colors : dict, optional
        Of bins, by their keys: ``"10–20"``, or the whole number.
    **options
        Those of every `Chart`. `highlight` takes bins' keys.

    Raises
    ------
    InvalidValueError
        With all that is wrong with the table, by column and row.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> rolled = {"points": [2, 7, 7, 5, 8, 6, 7, 9, 4, 11, 6, 8, 7, 3, 10]}
    >>> dice = bz.charts.Histogram(rolled, value="points", style="dots", title="Seven comes most")
    >>> dice.keys[:3]
    ('2', '3', '4')
    """

    annotated = frozenset({"x_title", "y_title", "references", "callouts"})
    refused = frozenset({"images"})  # bins have no names

    def __init__(
        self,
        table: Any,
        *,
        value: str,
        bins: int | Sequence[float] | None = None,
        style: Literal["bars", "dots"] = "bars",
        share: bool = False,
        colors: dict[str, str] | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if style not in ("bars", "dots"):
            raise InvalidValueError(f"`style` must be bars or dots, got {style!r:.60} (Histogram)")
        problems = start_problems(self)
        columns = Columns(table, problems)
        columns.require(value=value)
        given = columns.numbers(value)
        problems.raise_any()
        self.rows = np.flatnonzero(~np.isnan(given))
        if len(self.rows) == 0:
            problems.add("has no value at all", column=value)
            problems.raise_any()
        self.style, self.share = style, share
        if style == "dots" and options.get("highlight_at") is None:
            self.highlight_at = self.phases.move_stop
        self.bins = put_in_bins(given[self.rows], bins, problems)
        edges = self.bins.edges
        self._plain = NumberFormat("plain", locale=self.locale)
        self._edge_number = common_format(self._plain if abs(edges).max() < 1e4 else self.number, edges, 5)
        self.keys = self._bin_keys()
        self._check_names(self.keys, problems)
        self._check_annotations(problems)
        problems.raise_any()
        given_colors = colors or {}
        self.colors = tuple(given_colors.get(key, self.theme.palette[0]) for key in self.keys)
        self._is_chosen = np.array(
            [not self.highlight or key in self.highlight for key in self.keys], np.bool_
        )

    def _check_annotations(self, problems: Problems) -> None:
        for one in self.annotations.references:
            if as_one_number(one.value) is None:
                problems.add(f"`references` take numbers, got {one.value!r:.40}")
            elif one.axis == "y" and self.style == "dots":
                problems.add("`references` of y have no axis where dots pile up")
        for callout in self.annotations.callouts:
            if callout.key is None and as_one_number(callout.x) is None:
                problems.add(
                    f"`callouts` point at a bin by `key` or by `x`, {callout.text!r:.40} has neither"
                )

    def _bin_keys(self) -> tuple[str, ...]:
        edges = self.bins.edges
        if self.bins.whole:
            return tuple(f"{round((low + high) / 2)}" for low, high in pairwise(edges.tolist()))
        words = [f"{edge:.12g}" for edge in edges.tolist()]
        return tuple(f"{low}\u2013{high}" for low, high in pairwise(words))

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        counts, edges, size = self.bins.counts, self.bins.edges, room.label_size
        heights = counts / counts.sum() if self.share else counts.astype(np.float64)
        low, high = nice_domain(0.0, float(heights.max()), 5)
        values = nice_ticks(low, high, 5)
        values = values if self.share else values[values == np.round(values)]
        number = NumberFormat("percent", locale=self.locale) if self.share else self.number
        words = common_format(number, values)
        is_dots = self.style == "dots"
        left = 0.0 if is_dots else room_for_words(room, [words(value) for value in values.tolist()], "left")
        top = 0.0 if is_dots else 0.6 * size
        titles = (self.annotations.x_title, self.annotations.y_title)
        above, under = room_for_titles(room, *titles)
        outer = area.inset(top=above, bottom=under)
        inner = outer.inset(left=left, top=top, bottom=room_for_words(room, (), "bottom") + 0.3 * size)
        x = Linear((float(edges[0]), float(edges[-1])), (inner.left, inner.right))
        ends = x(edges)
        ticks = self._edge_ticks(room, x)
        below = draw_tick_words(room, inner, "bottom", ticks)
        stroke = Stroke(room.theme.soft, 2 * room.unit)
        base = Line(inner.left, inner.bottom, inner.right, inner.bottom, stroke=stroke)
        pile = None
        y = Linear((low, high), (inner.bottom, inner.top))
        if is_dots:
            note = 1.9 * size
            pile = pile_up(self.bins, ends[:-1], ends[1:], inner.inset(top=note, bottom=room.unit), room.unit)
            if pile.each > 1:
                below += self._note(room, inner, pile)
        else:
            lines = value_ticks(values.tolist(), lambda value: float(y(value)), words)
            below = [
                *draw_grid(room, inner, "left", lines),
                *draw_tick_words(room, inner, "left", lines),
                *below,
            ]
        named = inner._replace(top=outer.top)
        below += draw_axis_titles(room, named, *titles, left=area.left, below=outer.bottom - inner.bottom)
        over = self._references(room, inner, x, None if is_dots else y)
        tops = pile.tops(len(self.keys)) if pile is not None else np.asarray(y(heights), np.float64)
        callouts = self._lay_out_call_outs(room, inner, x, tops)
        gap = min(1.5 * room.unit, 0.1 * float(np.diff(ends).min()))
        return _Layout(
            inner, x, y, ends[:-1] + gap, ends[1:] - gap, tops, below, [base, *over], callouts, pile
        )

    def _edge_ticks(self, room: Room, x: Linear) -> list[Tick]:
        edges = self.bins.edges
        number = self._edge_number
        if self.bins.whole:
            values = (edges[:-1] + edges[1:]) / 2
        elif len(edges) <= _MOST_EDGES:
            values = edges
        else:
            values = nice_ticks(float(edges[0]), float(edges[-1]), 9)
        words = common_format(self._plain, values, 5) if self.bins.whole else number
        ticks = [Tick(float(x(value)), words(value)) for value in values.tolist()]
        return thin_out(room, ticks)

    def _references(self, room: Room, area: Area, x: Linear, y: Linear | None) -> list[AnyElement]:
        """Give lines at values, and at counts for those of the axis y."""
        asked = self.annotations.references
        elements = draw_references(room, area, [one for one in asked if one.axis != "y"], x=x)
        if y is not None:
            elements += draw_references(room, area, [one for one in asked if one.axis == "y"], y=y)
        return elements

    def _lay_out_call_outs(self, room: Room, area: Area, x: Linear, tops: Floats) -> PointCallOuts:
        """Have call-outs point at the tops of bins."""
        edges, points = self.bins.edges, []
        middles = np.asarray(x((edges[:-1] + edges[1:]) / 2), np.float64)
        for callout in self.annotations.callouts:
            number = (
                self.keys.index(callout.key)
                if callout.key is not None
                else int(
                    np.clip(np.searchsorted(edges, float(callout.x), side="right") - 1, 0, len(tops) - 1)
                )
            )
            points.append((float(middles[number]), float(tops[number])))
        if not points:
            return PointCallOuts(area)
        highs = (area.bottom + (tops - area.bottom) * np.linspace(0.0, 1.0, 25)[:, None]).ravel()
        avoid = np.stack((np.tile(middles, 25), highs), axis=1)
        return PointCallOuts.lay_out(room, area, self.annotations.callouts, points, avoid=avoid)

    def _note(self, room: Room, area: Area, pile: DotPile) -> list[AnyElement]:
        """Say how many rows a dot stands for."""
        size = room.label_size
        words = f"= {self.number(pile.each)} rows"
        y = area.top + 0.6 * size
        x = area.right - room.width_of(words, size) - 0.4 * size
        mark = max(pile.size, 0.5 * size)
        return [
            Ellipse(x=x, y=y, width=mark, anchor="right", fill=self.theme.palette[0]),
            room.text(words, size, room.theme.soft, x=area.right, y=y, anchor="right"),
        ]

    def _seen(self, time: float) -> float:
        return self._emphasis(time, "") if self.highlight else 1.0

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:
        """Give the bars of a moment by their bins, or the dots by their rows."""
        opacities = np.where(self._is_chosen, 1.0, self._seen(time)).tolist()
        if layout.pile is not None:
            x, y, there = self._fallen(layout.pile, time)
            bins, rows = layout.pile.bins[there].tolist(), self.rows[layout.pile.rows[there]].tolist()
            radius = layout.pile.size / 2
            return [
                Mark(f"row {row}", Dot(at, high, radius), self.colors[number], opacities[number])
                for at, high, number, row in zip(x.tolist(), y.tolist(), bins, rows, strict=True)
            ]
        count, base = len(self.keys), layout.area.bottom
        done = time > self.phases.move_start + 0.6
        radius = min(6 * room.unit, 0.12 * float((layout.rights - layout.lefts).min()))
        marks = []
        for number, (left, right, top) in enumerate(
            zip(layout.lefts.tolist(), layout.rights.tolist(), layout.tops.tolist(), strict=True)
        ):
            grown = 1.0 if done else self.phases.entered(time, self.theme.enter, number, count)
            high = (base - top) * grown
            corner = min(radius, high)
            marks.append(
                Mark(
                    self.keys[number],
                    Bar(left, base - high, right, base, (corner, corner, 0.0, 0.0)),
                    self.colors[number],
                    opacities[number],
                )
            )
        return marks

    def _fallen(self, pile: DotPile, time: float) -> tuple[Floats, Floats, NDArray[np.int64]]:
        if not self.phases.enters:
            return pile.x, pile.y, np.arange(len(pile.x))
        return pile.fallen(time, self.phases.enter_start, self.phases.move_stop, self.phases.pace)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        if layout.pile is None:
            marks = [mark_element(mark) for mark in self._marks(room, layout, time)]
            return [*layout.still, *marks, *self._above(room, layout, time)]
        x, y, there = self._fallen(layout.pile, time)
        elements: list[AnyElement] = [*layout.still]
        bins, seen = layout.pile.bins[there], self._seen(time)
        kinds = dict.fromkeys(zip(self.colors, self._is_chosen.tolist(), strict=True))
        for color, chosen in kinds:
            like = np.array([one == color for one in self.colors]) & (self._is_chosen == chosen)
            mine = like[bins]
            if mine.any():
                elements.append(
                    Points(
                        x[mine], y[mine], size=layout.pile.size, color=color, opacity=1.0 if chosen else seen
                    )
                )
        return [*elements, *self._above(room, layout, time)]

    def _above(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        return [*layout.above, *layout.callouts.draw(room, time, self.phases, self.theme)]
