"""`Bars`: columns or rows, simple, grouped, stacked, as shares, or as a waterfall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as replace_field
from typing import Any, NamedTuple, Unpack

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.charts.bars.bar_content import BarContent, Direction, Labels
from bazaar_nb.charts.bars.bar_layout import BarLayout
from bazaar_nb.charts.bars.bar_notes import lay_out_with_notes
from bazaar_nb.charts.bars.bar_spans import Arrange, arrange_bars
from bazaar_nb.charts.bars.bar_table import BarOrder, BarTable, read_bar_table
from bazaar_nb.charts.bars.bar_values import draw_connectors, draw_values, value_boxes
from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.parts.cell_values import as_one_number
from bazaar_nb.charts.parts.legend import draw_legend
from bazaar_nb.charts.parts.marks import Bar, Mark, mark_element
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns, Problems
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]
_MOST_BARS = 400
_STEP_S, _ALL_STEPS = 0.3, 0.45  # of a waterfall: seconds a step, and the share of the time that all take
_GROWS_S = 0.5
_ARRANGEMENTS = ("grouped", "stacked", "share", "waterfall")


class BarsLayout(NamedTuple):
    """Places of bars and their words, and of call-outs at them."""

    bars: BarLayout
    callouts: PointCallOuts


class Bars(Chart[BarsLayout]):
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
        Those of every `Chart`. `highlight` takes names and groups; `x_title` is of the names and `y_title` of
        the values, also where they lie on their side.

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

    annotated = frozenset({"x_title", "y_title", "references", "callouts"})

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
        found = read_bar_table(columns, name=name, value=value, group=group, color=color, locale=self.locale)
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
        pairs = [f"{name} / {one}" for name in shown.names for one in shown.groups]
        self._check_names([*shown.names, *shown.groups, *pairs], problems)
        self._check_references(problems)
        self._color(shown, rest, colors, problems)
        problems.raise_any()
        self._direction: Direction | None = direction
        self._labels: Labels = labels
        self.keys = tuple(
            name if len(shown.groups) == 1 else f"{name} / {one}"
            for name, one in zip(*self._names_and_groups(), strict=True)
        )
        wanted, told = set(self.highlight), zip(self.keys, *self._names_and_groups(), strict=True)
        self._is_chosen = np.array([not wanted or bool(wanted & set(one)) for one in told], np.bool_)
        self._named_chosen = np.zeros(len(shown.names), np.bool_)
        np.logical_or.at(self._named_chosen, self.spans.names, self._is_chosen)

    def _names_and_groups(self) -> tuple[list[str], list[str]]:
        """Give the name and the group of each bar."""
        names = [self.table.names[number] for number in self.spans.names.tolist()]
        return names, [self.table.groups[number] for number in self.spans.groups.tolist()]

    def _check_references(self, problems: Problems) -> None:
        for one in self.annotations.references:
            if as_one_number(one.value) is None:
                problems.add(f"`references` take values of the bars, got {one.value!r:.40}")
        self._check_call_outs("bars", problems)

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
        self.entries = tuple((one, usual[one]) for one in entries)

    def _lay_out(self, room: Room, area: Area) -> BarsLayout:
        legend, height = draw_legend(room, area, self.entries)
        inner = area.inset(top=height)
        number = self.number
        if self.arrange == "share":
            number = NumberFormat("percent", locale=self.locale)
        deltas = None
        if self.arrange == "waterfall":
            deltas = replace_field(number, sign=True)
        references = self.annotations.references
        content = BarContent(
            self.table.names, self.spans, self.colors, number, deltas, self._direction, self._labels,
            sums=self.arrange == "stacked", whole=self.arrange == "share", images=self.images,
            chosen=frozenset(self.highlight), references=tuple(float(one.value) for one in references),
            is_time=self.table.is_time,
        )  # fmt: skip
        layout = lay_out_with_notes(room, inner, content, self.annotations)
        layout.below[:0] = legend
        return BarsLayout(layout, self._lay_out_call_outs(room, layout))

    def _lay_out_call_outs(self, room: Room, layout: BarLayout) -> PointCallOuts:
        """Have call-outs point at the ends of bars: of the first bar that their key is the name of."""
        if not self.annotations.callouts:
            return PointCallOuts(layout.area)
        names, groups = self._names_and_groups()
        points = []
        middles = (layout.lows + layout.highs) / 2
        for callout in self.annotations.callouts:
            mine = [
                number
                for number, each in enumerate(zip(self.keys, names, groups, strict=True))
                if callout.key in each
            ]
            bar = max(mine, key=lambda number: abs(float(layout.stops[number] - layout.origins[number])))
            end, across = float(layout.stops[bar]), float(middles[bar])
            points.append((end, across) if layout.is_row else (across, end))
        part = np.linspace(0.0, 1.0, 25)[:, None]
        along = np.tile((layout.starts + (layout.stops - layout.starts) * part).ravel(), 2)
        across_all = np.concatenate([np.tile(side, len(part)) for side in (layout.lows, layout.highs)])
        pairs = (along, across_all) if layout.is_row else (across_all, along)
        boxes = value_boxes(room, layout)
        return PointCallOuts.lay_out(
            room, layout.area, self.annotations.callouts, points, avoid=np.stack(pairs, axis=1), boxes=boxes,
            gaps=1.2 * layout.label_size if not layout.is_row and layout.labels else 0.0,
        )  # fmt: skip

    def _step(self) -> float:
        """Give the seconds from one bar of a waterfall to the next."""
        return min(_STEP_S * self.phases.pace, _ALL_STEPS * self.duration / max(1, len(self.table.names)))

    def _steps_stop(self) -> float:
        steps = self._step() * (len(self.table.names) - 1)
        return self.phases.enter_start + steps + _GROWS_S * self.phases.pace

    def _told_at(self) -> float:
        return self._steps_stop() if self.arrange == "waterfall" else super()._told_at()

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

    def _marks(self, room: Room, laid_out: BarsLayout, time: float) -> list[Mark]:  # noqa: ARG002
        """Give the bars of a moment, by key."""
        layout = laid_out.bars
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

    def _draw(self, room: Room, laid_out: BarsLayout, time: float) -> list[AnyElement]:
        layout = laid_out.bars
        grown, seen = self._grown(time), self._seen(time)
        elements = [*layout.below]
        if self.arrange == "waterfall":
            elements += draw_connectors(room, layout, grown, seen)
        elements += [mark_element(mark) for mark in self._marks(room, laid_out, time)]
        for number, element in layout.names:
            dim = 1.0 if seen == 1.0 or self._named_chosen[number] else seen
            elements.append(element if dim == 1.0 else replace(element, opacity=dim))
        elements += layout.above
        faded = np.where(self._is_chosen, 1.0, seen)
        elements += draw_values(room, layout, self.spans, self._ends(layout, grown), grown, faded)
        return elements + laid_out.callouts.draw(room, time, self.phases, self.theme)


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
