"""`Table`: rows and columns that appear, aligned, with what matters told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from typing import Any, Unpack, cast

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.parts.framed_call_outs import (
    FramedCallOut,
    draw_framed_call_outs,
    place_below_rows,
    room_below_rows,
)
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns
from bazaar_nb.charts.words.column_widths import column_width, give_way
from bazaar_nb.charts.words.table_cells import CellColumn, read_cells
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import AnyElement, Image, Line, Rect, Text
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_MOST_ROWS = 60
_MOST_COLUMNS = 12
_GAP = 1.2  # between columns, of the letters' size
_TALL, _LEAST = 2.1, 1.45  # a row's height, of the letters' size
_WORDS = 11.0  # of their size, that a column of words has before letters become smaller
_RISE = 0.5  # rows come in from so far below, of the letters' size


@dataclass(frozen=True)
class _Layout:
    still: list[AnyElement]
    rows: list[list[Text]]
    pictures: list[list[Image]]
    """Of each row, beside its first cell."""
    marks: list[list[tuple[float, float, float, float, str]]]
    size: float
    tops: list[float]
    pitch: float
    cell: tuple[float, float, float, float] | None
    area: Area
    callouts: PointCallOuts
    bottom: float
    """Of all rows and what is said below them."""
    framed: tuple[FramedCallOut, ...] = ()


class Table(Chart[_Layout]):
    """A table whose rows appear one after another.

    Parameters
    ----------
    table : DataFrame or table
    columns : sequence of str, optional
        Those that are shown, in this order; all by default.
    heads : dict, optional
        Words above columns, by their names.
    formats : dict, optional
        How a column's numbers are written: ``"percent"`` or a `bz.scales.NumberFormat`, by its name.
    bars : str or sequence of str
        Columns of numbers that have a bar beside each.
    sort : str, optional
        Column by which rows are sorted, the largest first.
    ascending : bool
    top : int, optional
        So many rows; by default as many as there is room for. What is left out is said.
    cell : (str, str), optional
        A cell that is framed: what its row's first cell says, and its column.
    **options
        Those of every `Chart`. `highlight`, `images` and call-outs take what rows' first cells say, `number`
        is how numbers are written.

    Raises
    ------
    InvalidValueError
        With all that is wrong with the table, by column and row.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> won = {"Team": ["Reds", "Blues"], "Won": [12, 9], "Share": [0.571, 0.429]}
    >>> bz.charts.Table(won, formats={"Share": "percent"}, highlight="Reds", title="The Reds lead")
    <Table 'The Reds lead', 6 s>
    """

    annotated = frozenset({"callouts"})

    def __init__(
        self,
        table: Any,
        *,
        columns: Sequence[str] | None = None,
        heads: Mapping[str, str] | None = None,
        formats: Mapping[str, NumberFormat | str] | None = None,
        bars: str | Sequence[str] = (),
        sort: str | None = None,
        ascending: bool = False,
        top: int | None = None,
        cell: tuple[str, str] | None = None,
        **options: Unpack[Options],
    ) -> None:
        options.setdefault("number", NumberFormat("plain", locale=options.get("locale", "en")))
        super().__init__(**options)
        if top is not None and (not isinstance(top, int) or top < 1):
            raise InvalidValueError(f"`top` must be a whole number of at least 1, got {top!r} (Table)")
        problems = start_problems(self)
        found = Columns(table, problems)
        wanted = tuple(map(str, columns)) if columns is not None else found.names
        with_bars = (bars,) if isinstance(bars, str) else tuple(map(str, bars))
        for one in wanted:
            found.require(columns=one)
        for one in (*with_bars, *(formats or {}), *(heads or {})):
            found.require(column=one)
        found.require(sort=sort)
        if len(wanted) > _MOST_COLUMNS or not wanted:
            problems.add(f"shows from 1 to {_MOST_COLUMNS} columns, got {len(wanted)}: `columns` says which")
        problems.raise_any()
        forms = {one: _as_format(form, one, self.locale) for one, form in (formats or {}).items()}
        order = _order(found, sort, ascending)
        self.count = len(order)
        shown = order[: min(top or _MOST_ROWS, _MOST_ROWS)]
        read = read_cells(found, wanted, shown, heads or {}, forms, self.number, self.locale)
        self.columns: tuple[CellColumn, ...] = read
        self.bars = frozenset(with_bars)
        for one in with_bars:
            column = next((column for column in read if column.name == one), None)
            if column is None or column.values is None:
                problems.add("`bars` go with columns of numbers that are shown", column=one)
        keys = read[0].words
        self._check_names(keys, problems)
        self._check_call_outs("rows", problems)
        self.cell = cell
        if cell is not None and (cell[0] not in keys or cell[1] not in wanted):
            problems.add(f"`cell` names {cell!r}: there is no such row or column among those that are shown")
        problems.raise_any()

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        callouts = self.annotations.callouts
        if not callouts:
            return _lay_out(room, area, self)
        keys = self.columns[0].words
        if room.shape != "wide":
            aside, below = room_below_rows(room, area, callouts)
            layout = _lay_out(room, area.inset(right=aside, bottom=below), self)
            shown = [one for one in callouts if keys.index(str(one.key)) < len(layout.tops)]
            rows = [_row_box(layout, keys.index(str(one.key))) for one in shown]
            framed = place_below_rows(room, area, layout.bottom, shown, rows)
            return replace_fields(layout, framed=tuple(framed))
        beside = min(0.26 * area.width, 14 * room.label_size)
        layout = _lay_out(room, area.inset(right=beside), self)
        shown = [one for one in callouts if keys.index(str(one.key)) < len(layout.tops)]
        right = layout.area.right + 0.6 * layout.size
        points = [(right, layout.tops[keys.index(str(one.key))] + layout.pitch / 2) for one in shown]
        strip = Area(right, area.top, right + beside - 0.6 * layout.size, area.bottom)
        return replace_fields(layout, callouts=PointCallOuts.beside_rows(room, strip, shown, points))

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        elements: list[AnyElement] = [*layout.still]
        count, theme = len(layout.rows), room.theme
        done = not self.phases.enters or time > self.phases.move_start + 0.6
        told = eased(time, self.highlight_at, 0.3 * self.phases.pace, theme.move)
        keys = self.columns[0].words
        for row, cells in enumerate(layout.rows):
            come = 1.0 if done else self.phases.entered(time, theme.enter, row, count)
            if come <= 0:
                continue
            opacity = self._emphasis(time, keys[row])
            if self.highlight and keys[row] in self.highlight and told > 0:
                left, right = layout.area.left - 0.5 * layout.size, layout.area.right + 0.5 * layout.size
                elements.append(
                    Rect(x=left, y=layout.tops[row], width=right - left, height=layout.pitch,
                         anchor="top-left", radius=0.3 * layout.size, fill=theme.palette[0],
                         opacity=round(0.14 * told, 3))
                )  # fmt: skip
            for left, top, width, height, color in layout.marks[row]:
                elements.append(
                    Rect(x=left, y=top, width=width * come, height=height, anchor="top-left",
                         radius=min(theme.radius * height, width * come / 2), fill=color, opacity=opacity)
                )  # fmt: skip
            if come == 1.0 and opacity == 1.0:
                elements += [*layout.pictures[row], *cells]
                continue
            lower = _RISE * layout.size * (1 - come)
            row_of: list[Text | Image] = [*layout.pictures[row], *cells]
            for cell in row_of:
                y = cast(float, cell.y) + lower
                elements.append(replace(cell, y=y, opacity=min(1.0, come) * opacity))
        if layout.cell is not None and told > 0:
            left, top, width, height = layout.cell
            elements.append(
                Rect(x=left, y=top, width=width, height=height, anchor="top-left", radius=0.3 * layout.size,
                     fill=None, stroke=Stroke(theme.accent, 4 * room.unit), opacity=told)
            )  # fmt: skip
        elements += draw_framed_call_outs(room, layout.framed, time, self.phases)
        return elements + layout.callouts.draw(room, time, self.phases, theme)


def _row_box(layout: _Layout, row: int) -> Area:
    around = 0.5 * layout.size
    top = layout.tops[row]
    return Area(layout.area.left - around, top, layout.area.right + around, top + layout.pitch)


def _order(columns: Columns, sort: str | None, ascending: bool) -> list[int]:
    if sort is None:
        return list(range(columns.rows))
    if columns.is_number(sort):
        values = columns.numbers(sort)
        weight = np.where(np.isnan(values), np.inf, values if ascending else -values)
        order: list[int] = np.argsort(weight, kind="stable").tolist()
        return order
    texts = columns.texts(sort)
    return sorted(range(columns.rows), key=lambda row: texts[row].casefold())


def _as_format(form: NumberFormat | str, name: str, locale: str) -> NumberFormat:
    if isinstance(form, NumberFormat):
        return form
    if form in ("plain", "compact", "percent", "currency"):
        return NumberFormat(form, locale=locale)  # type: ignore[arg-type]
    raise InvalidValueError(
        f"`formats` of {name!r} must be plain, compact, percent, currency or a NumberFormat, "
        f"got {form!r:.60} (Table)"
    )


def _lay_out(room: Room, area: Area, chart: Table) -> _Layout:
    """Find the largest letters with which rows and columns fit; then columns of words give way."""
    smallest, theme = room.letters(0.0), room.theme
    size = room.letters(0.042)
    wanted = len(chart.columns[0].words)
    while True:
        head = max(smallest, 0.8 * size)
        pictures = NameImages.beside(room, chart.images, chart.columns[0].words, size)
        widths = [
            column_width(room, column, size, head, column.name in chart.bars) for column in chart.columns
        ]
        widths[0] += pictures.room
        gap = _GAP * size
        least = [
            width if column.values is not None else min(width, _WORDS * size)
            for width, column in zip(widths, chart.columns, strict=True)
        ]
        too_wide = sum(least) + gap * (len(widths) - 1) > area.width
        too_tall = _header_height(head) + _LEAST * size * wanted > area.height
        if size <= smallest or not (too_wide or too_tall):
            break
        size = max(smallest, 0.94 * size)
    widths, shown = give_way(chart.columns, widths, gap, area.width, size, pictures.room)
    columns = chart.columns[:shown]
    top = area.top + _header_height(head)
    foot = 1.5 * head
    rows = wanted
    if _LEAST * size * rows > area.bottom - top or chart.count > wanted or shown < len(chart.columns):
        rows = max(1, min(rows, int((area.bottom - top - foot) / (_LEAST * size))))
    left_out = chart.count - rows
    is_footed = left_out > 0 or shown < len(chart.columns)
    tall = _TALL * (1.3 if room.shape == "tall" else 1.0)
    pitch = min(tall * size, (area.bottom - top - (foot if is_footed else 0.0)) / rows)
    spare = max(0.0, area.width - sum(widths) - gap * (len(widths) - 1))
    between = gap + (min(spare / max(1, len(widths) - 1), 2.5 * gap))
    lefts = [area.left + sum(widths[:number]) + between * number for number in range(len(widths))]
    right = lefts[-1] + widths[-1]
    inner = Area(area.left, area.top, right, area.bottom)
    still: list[AnyElement] = []
    for column, left, width in zip(columns, lefts, widths, strict=True):
        words = room.shorten(
            column.head, head, width + (0.9 * gap if column.values is not None else 0.0), 600
        )
        is_right = column.values is not None
        still.append(
            room.text(words, head, theme.soft, x=left + width if is_right else left, y=top - 0.55 * head,
                      anchor="bottom-right" if is_right else "bottom-left", weight=600)
        )  # fmt: skip
    still.append(Line(area.left, top, right, top, stroke=Stroke(theme.soft, 2 * room.unit)))
    tops = [top + pitch * row for row in range(rows)]
    still += [Line(area.left, at, right, at, stroke=Stroke(theme.faint, 1.5 * room.unit)) for at in tops[1:]]
    if is_footed:
        still.append(
            room.text(_left_out(left_out, len(chart.columns) - shown), head, theme.soft, x=area.left,
                      y=tops[-1] + pitch + 0.45 * head, anchor="top-left")
        )  # fmt: skip
    images: list[list[Image]] = [[] for _ in range(rows)]
    cells: list[list[Text]] = [[] for _ in range(rows)]
    marks: list[list[tuple[float, float, float, float, str]]] = [[] for _ in range(rows)]
    for number, (column, left, width) in enumerate(zip(columns, lefts, widths, strict=True)):
        if column.name in chart.bars and column.values is not None:
            numbers = max(room.width_of(words, size, 400, tabular=True) for words in column.words)
            _bars(column.values[:rows], left, width - numbers - 0.5 * size, tops, pitch, size, theme, marks)
        for row in range(rows):
            is_right, y = column.values is not None, tops[row] + pitch / 2
            weight = 600 if number == 0 else 400
            beside = pictures.room if number == 0 else 0.0
            words = column.words[row]
            if number == 0:
                images[row] = pictures.draw(words, left, y)
            if not is_right:
                words = room.shorten(words, size, width - beside, weight)
            ink = theme.soft if words == "\u2013" else theme.ink
            cells[row].append(
                room.text(words, size, ink, x=left + width if is_right else left + beside, y=y,
                          anchor="right" if is_right else "left", weight=weight, tabular=is_right)
            )  # fmt: skip
    bottom = tops[-1] + pitch + (foot if is_footed else 0.0)
    frame = _frame(chart, columns, lefts, widths, tops, pitch, size)
    return _Layout(still, cells, images, marks, size, tops, pitch, frame, inner, PointCallOuts(inner), bottom)


def _frame(
    chart: Table,
    columns: Sequence[CellColumn],
    lefts: Sequence[float],
    widths: Sequence[float],
    tops: Sequence[float],
    pitch: float,
    size: float,
) -> tuple[float, float, float, float] | None:
    """Give the box of the cell that is told apart, if it is seen."""
    if chart.cell is None:
        return None
    row = chart.columns[0].words.index(chart.cell[0])
    names = [column.name for column in columns]
    if row >= len(tops) or chart.cell[1] not in names:
        return None
    number = names.index(chart.cell[1])
    around = 0.5 * size
    return (lefts[number] - around, tops[row], widths[number] + 2 * around, pitch)


def _header_height(head: float) -> float:
    return 2.1 * head


def _bars(
    values: Floats,
    left: float,
    room: float,
    tops: Sequence[float],
    pitch: float,
    size: float,
    theme: Any,
    marks: list[list[tuple[float, float, float, float, str]]],
) -> None:
    """Add bars beside numbers, of one scale that holds 0."""
    there = values[~np.isnan(values)]
    low, high = (min(0.0, float(there.min())), max(0.0, float(there.max()))) if len(there) else (0.0, 1.0)
    unit = room / (high - low) if high > low else 0.0
    base = left - low * unit
    height = min(0.62 * size, 0.5 * pitch)
    for row, value in enumerate(values.tolist()):
        if value == value and value != 0:
            start, stop = sorted((base, base + value * unit))
            color = theme.palette[0] if value > 0 else theme.negative
            marks[row].append((start, tops[row] + (pitch - height) / 2, stop - start, height, color))


def _left_out(rows: int, columns: int) -> str:
    told = [f"{rows:,} more row{'s' if rows > 1 else ''}"] if rows > 0 else []
    told += [f"{columns} more column{'s' if columns > 1 else ''}"] if columns else []
    return "and " + " and ".join(told)
