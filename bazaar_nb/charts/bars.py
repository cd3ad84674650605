"""`Bars`: columns or rows, simple, grouped, stacked, as shares, or as a waterfall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.charts.bar_layout import BarContent, BarLayout, Direction, Labels, lay_out_bars
from bazaar_nb.charts.bar_spans import Arrange, arrange_bars
from bazaar_nb.charts.bar_table import BarOrder, BarTable, read_bar_table
from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.legend import LegendEntry, set_legend
from bazaar_nb.charts.marks import Bar, Mark, mark_element
from bazaar_nb.charts.phases import eased
from bazaar_nb.charts.room import Area, Room
from bazaar_nb.charts.table import Columns, Problems
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import AnyElement, Line
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_MOST_BARS = 400
_STEP_S, _ALL_STEPS = 0.3, 0.45  # of a waterfall: seconds a step, and the share of the time that all take
_GROWS_S = 0.5
_ARRANGEMENTS = ("grouped", "stacked", "share", "waterfall")


class Bars(Chart[BarLayout]):
    """Bars of categories that grow: columns or rows, whichever suits the shape and the names.

    Parameters
    ----------
    table : DataFrame or table
        Long (a row for each name, or for each name and group) or wide (a row for each name, a column for
        each group).
    name : str
        Column of categories. Ordered categories keep their order, others that of the table.
    value : str or sequence of str, optional
        Column of values; several are groups. By default every other column of numbers.
    group : str, optional
        Column of groups of a long table.
    arrange : str
        ``grouped`` puts the bars of a name side by side, ``stacked`` over each other, ``share`` over each
        other as shares of their sum; ``waterfall`` has each bar begin where the one before ends.
    totals : sequence of str
        Names of a waterfall that are sums so far: they stand on 0, and need no value of their own.
    direction : str, optional
        ``columns`` or ``rows``; by default columns where the names fit below them, and rows in 9:16.
    sort : str, optional
        ``value`` puts the largest first (the smallest if `ascending`), ``name`` goes by the alphabet.
    ascending : bool
    top : int, optional
        So many of the largest names; what `other` is called sums up the rest, unless it is None.
    other : str or None
    labels : str
        Where values are written: ``end``, ``inside``, ``none`` (an axis has them), or ``auto``.
    color : str, optional
        Column by which the bars of names share a colour.
    colors : dict or sequence, optional
        Of names, of groups or of what `color` holds; or colours in their order.
    **options
        Those of every `Chart`. `highlight` takes names and groups.

    Raises
    ------
    InvalidValueError
        With all that is wrong with the table, by column and row.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> asked = {"answer": ["Agree", "Disagree", "Don't know"], "people": [610, 240, 150]}
    >>> bars = bz.charts.Bars(asked, name="answer", value="people", title="Six in ten agree", duration=4)
    >>> bz.Composition([bars]).frames
    120
    """

    def __init__(
        self,
        table: Any,
        *,
        name: str,
        value: str | Sequence[str] | None = None,
        group: str | None = None,
        arrange: Arrange = "grouped",
        totals: str | Sequence[str] = (),
        direction: Direction | None = None,
        sort: BarOrder | None = None,
        ascending: bool = False,
        top: int | None = None,
        other: str | None = "Other",
        labels: Labels = "auto",
        color: str | None = None,
        colors: Mapping[str, str] | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        _check_choice("arrange", arrange, _ARRANGEMENTS)
        _check_choice("direction", direction, ("columns", "rows", None))
        _check_choice("sort", sort, ("value", "name", None))
        _check_choice("labels", labels, ("auto", "end", "inside", "none"))
        if top is not None and (not isinstance(top, int) or top < 1):
            raise InvalidValueError(f"`top` must be a whole number of at least 1, got {top!r} (Bars)")
        problems = start_problems(self)
        columns = Columns(table, problems)
        found = read_bar_table(columns, name=name, value=value, group=group, color=color)
        sums = (totals,) if isinstance(totals, str) else tuple(map(str, totals))
        _check_arrangement(found, arrange, sums, sort, top, problems)
        shown = found if top is None else found.largest(top, other)
        rest = other if len(shown.names) and top is not None and shown.names[-1:] == (other,) else None
        if sort is not None:
            shown = _sorted_before(shown, sort, ascending, rest)
        if shown.values.size > _MOST_BARS:
            problems.add(
                f"{shown.values.size:,} bars can't be told apart: `top` shows the largest", column=name
            )
        problems.raise_any()
        self.arrange: Arrange = arrange
        self.table = shown
        if arrange == "waterfall" and options.get("highlight_at") is None:
            self.highlight_at = max(self.highlight_at, self._steps_stop())
        values = value if isinstance(value, str) else name
        self.spans = arrange_bars(shown, arrange, sums, problems, values)
        self._check_highlight(problems)
        self._color(shown, rest, colors, problems)
        problems.raise_any()
        self._direction: Direction | None = direction
        self._labels: Labels = labels
        self.keys = tuple(
            name if len(shown.groups) == 1 else f"{name} / {one}"
            for name, one in zip(*self._names_and_groups(), strict=True)
        )
        wanted, pairs = set(self.highlight), zip(self.keys, *self._names_and_groups(), strict=True)
        self._is_chosen = np.array([not wanted or bool(wanted & set(pair)) for pair in pairs], np.bool_)
        self._named_chosen = np.zeros(len(shown.names), np.bool_)
        np.logical_or.at(self._named_chosen, self.spans.names, self._is_chosen)

    def _names_and_groups(self) -> tuple[list[str], list[str]]:
        """Give the name and the group of each bar."""
        names = [self.table.names[number] for number in self.spans.names.tolist()]
        return names, [self.table.groups[number] for number in self.spans.groups.tolist()]

    def _check_highlight(self, problems: Problems) -> None:
        there = {*self.table.names, *self.table.groups}
        if len(self.table.groups) > 1:
            there |= {f"{name} / {group}" for name in self.table.names for group in self.table.groups}
        for one in self.highlight:
            if one not in there:
                problems.add(f"`highlight` names {one!r}, which is not among the bars")

    def _color(
        self,
        shown: BarTable,
        rest: str | None,
        colors: Mapping[str, str] | Sequence[str] | None,
        problems: Problems,
    ) -> None:
        theme, spans = self.theme, self.spans
        given = dict(colors) if isinstance(colors, Mapping) else {}
        by_order = tuple(colors) if colors is not None and not isinstance(colors, Mapping) else theme.palette
        grouped = len(shown.groups) > 1
        entries = list(shown.groups) if grouped else list(dict.fromkeys(shown.words.values()))
        if len(entries) > len(by_order) and not set(entries) <= set(given):
            problems.add(
                f"{len(entries)} groups need as many colours, and there are {len(by_order)}: give `colors`"
            )
        usual = {one: given.get(one, by_order[number % len(by_order)]) for number, one in enumerate(entries)}

        def color_of(name: str, group: str, value: float, total: bool) -> str:
            if name in given:
                return given[name]
            if self.arrange == "waterfall":
                return theme.total if total else theme.positive if value >= 0 else theme.negative
            if grouped:
                return usual[group]
            if name == rest:
                return theme.total
            if shown.words:
                return usual[shown.words[name]]
            if colors is not None and not given:
                return by_order[shown.names.index(name) % len(by_order)]
            return theme.palette[0]

        self.colors = tuple(
            color_of(*each)
            for each in zip(
                *self._names_and_groups(), spans.values.tolist(), spans.totals.tolist(), strict=True
            )
        )
        self.entries = tuple(LegendEntry(one, usual[one]) for one in entries)

    def _lay_out(self, room: Room, area: Area) -> BarLayout:
        legend, inner = set_legend(room, area, self.entries)
        number = self.number
        if self.arrange == "share":
            number = NumberFormat("percent", locale=self.locale)
        deltas = None
        if self.arrange == "waterfall":
            deltas = NumberFormat(
                number.style,
                number.decimals,
                number.locale,
                number.currency,
                number.prefix,
                number.suffix,
                sign=True,
            )
        content = BarContent(
            self.table.names, self.spans, self.colors, number, deltas, self._direction, self._labels,
            sums=self.arrange == "stacked", whole=self.arrange == "share", images=self.images,
            chosen=frozenset(self.highlight),
        )  # fmt: skip
        layout = lay_out_bars(room, inner, content)
        layout.below[:0] = legend
        return layout

    def _step(self) -> float:
        """Give the seconds from one bar of a waterfall to the next."""
        return min(_STEP_S * self.phases.pace, _ALL_STEPS * self.duration / max(1, len(self.table.names)))

    def _steps_stop(self) -> float:
        steps = self._step() * (len(self.table.names) - 1)
        return self.phases.enter_start + steps + _GROWS_S * self.phases.pace

    def _grown(self, time: float) -> Floats:
        """Give how far each bar has come in, 0 to 1."""
        count, easing = len(self.table.names), self.theme.enter
        if self.arrange == "waterfall" and self.phases.enters:
            start, pace = self.phases.enter_start, self.phases.pace
            each = [
                eased(time, start + number * self._step(), _GROWS_S * pace, easing) for number in range(count)
            ]
        elif time >= self.phases.move_start + 0.6 or not self.phases.enters:
            return np.ones(len(self.keys))
        else:
            each = [self.phases.entered(time, easing, number, count) for number in range(count)]
        return np.array(each)[self.spans.names]

    def _seen(self, time: float) -> float:
        return self._emphasis(time, "") if self.highlight else 1.0

    def _ends(self, layout: BarLayout, grown: Floats) -> tuple[Floats, Floats]:
        starts = layout.origins + (layout.starts - layout.origins) * grown
        return starts, layout.origins + (layout.stops - layout.origins) * grown

    def _marks(self, room: Room, layout: BarLayout, time: float) -> list[Mark]:  # noqa: ARG002
        """Give the bars of a moment, by key."""
        grown = self._grown(time)
        starts, stops = self._ends(layout, grown)
        opacities = np.where(self._is_chosen, 1.0, self._seen(time))
        marks = []
        for key, color, opacity, start, stop, low, high, radius in zip(
            self.keys, self.colors, opacities.tolist(), starts.tolist(), stops.tolist(), layout.lows.tolist(),
            layout.highs.tolist(), layout.radius.tolist(), strict=True,
        ):  # fmt: skip
            if layout.is_row:
                corners = (0.0, radius, radius, 0.0) if stop >= start else (radius, 0.0, 0.0, radius)
                form = Bar(min(start, stop), low, max(start, stop), high, corners)
            else:
                corners = (radius, radius, 0.0, 0.0) if stop <= start else (0.0, 0.0, radius, radius)
                form = Bar(low, min(start, stop), high, max(start, stop), corners)
            marks.append(Mark(key, form, color, opacity))
        return marks

    def _draw(self, room: Room, layout: BarLayout, time: float) -> list[AnyElement]:
        grown, seen = self._grown(time), self._seen(time)
        elements = [*layout.below]
        if self.arrange == "waterfall":
            elements += self._connectors(room, layout, grown, seen)
        elements += [mark_element(mark) for mark in self._marks(room, layout, time)]
        elements += layout.above
        for number, element in layout.names:
            dim = 1.0 if seen == 1.0 or self._named_chosen[number] else seen
            elements.append(element if dim == 1.0 else replace(element, opacity=dim))
        return elements + self._label_words(room, layout, grown, seen)

    def _connectors(self, room: Room, layout: BarLayout, grown: Floats, seen: float) -> list[AnyElement]:
        """Give the lines from each bar's end to the next bar."""
        stroke = Stroke(room.theme.soft, 1.5 * room.unit)
        elements: list[AnyElement] = []
        ends, lows, highs = layout.stops.tolist(), layout.lows.tolist(), layout.highs.tolist()
        for number in range(len(ends) - 1):
            part = min(1.0, max(0.0, 3 * float(grown[number]) - 2))
            if part <= 0:
                continue
            start, stop, at = highs[number], lows[number + 1], ends[number]
            stop = start + (stop - start) * part
            opacity = 1.0 if seen == 1.0 else seen
            line = (at, start, at, stop) if layout.is_row else (start, at, stop, at)
            elements.append(Line(*line, stroke=stroke, opacity=opacity))
        return elements

    def _label_words(self, room: Room, layout: BarLayout, grown: Floats, seen: float) -> list[AnyElement]:
        """Give the values: they ride at their bars' ends."""
        size, spans = layout.label_size, self.spans
        gap = 0.4 * size
        starts, stops = self._ends(layout, grown)
        elements: list[AnyElement] = []
        for label in layout.labels:
            bars = [label.bar] if label.bar >= 0 else np.flatnonzero(spans.names == label.name).tolist()
            bar = bars[-1]
            opacity = min(1.0, max(0.0, 2 * float(grown[bar]) - 0.6))
            opacity *= 1.0 if self._is_chosen[bars].any() else seen
            if opacity <= 0.004:
                continue
            start, stop = float(starts[bar]), float(stops[bar])
            across = float(layout.lows[bar] + layout.highs[bar]) / 2
            if label.bar < 0:
                stop = float(stops[bars].max()) if layout.is_row else float(stops[bars].min())
                start = float(layout.scale(0.0))
            if label.inside:
                middle = (start + stop) / 2
                x, y, anchor = (middle, across, "center") if layout.is_row else (across, middle, "center")
            elif layout.is_row:
                x, y, anchor = (
                    (stop + gap, across, "left") if stop >= start else (stop - gap, across, "right")
                )
            else:
                x, y, anchor = (
                    (across, stop - 0.1 * size, "bottom")
                    if stop <= start
                    else (across, stop + 0.1 * size, "top")
                )
            elements.append(
                room.text(label.words, size, label.color, x=x, y=y, anchor=anchor, weight=600, tabular=True,
                          opacity=round(opacity, 3))
            )  # fmt: skip
        return elements


def _sorted_before(table: BarTable, sort: BarOrder, ascending: bool, rest: str | None) -> BarTable:
    """Sort the names; what sums up the rest stays at the end."""
    if rest is None:
        return table.in_order(sort, ascending)
    last = table.values[-1:]
    before = BarTable(table.names[:-1], table.groups, table.values[:-1], table.rows, table.words)
    found = before.in_order(sort, ascending)
    return BarTable(
        (*found.names, rest), found.groups, np.vstack([found.values, last]), found.rows, found.words
    )


def _check_choice(name: str, value: object, choices: Sequence[object]) -> None:
    if value not in choices:
        told = ", ".join(str(one) for one in choices)
        raise InvalidValueError(f"`{name}` must be one of {told}, got {value!r:.60} (Bars)")


def _check_arrangement(
    table: BarTable,
    arrange: Arrange,
    totals: tuple[str, ...],
    sort: BarOrder | None,
    top: int | None,
    problems: Problems,
) -> None:
    if arrange == "waterfall":
        if len(table.groups) > 1:
            problems.add("a waterfall has one column of values: give `value`")
        if sort is not None or top is not None:
            problems.add("a waterfall is in the table's order: leave out `sort` and `top`")
        for name in totals:
            if name not in table.names:
                problems.add(f"`totals` names {name!r}, which is not in the table")
    elif totals:
        problems.add('`totals` belongs to arrange="waterfall"')
    problems.raise_any()
