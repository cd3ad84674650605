"""`Share`: parts of a whole, as a donut or a waffle."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Unpack

import msgspec
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.parts.forms import form_middle
from bazaar_nb.charts.parts.marks import Bar, Mark, Sector, mark_element
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns
from bazaar_nb.charts.shares.part_list import PartRow, list_parts
from bazaar_nb.charts.shares.part_table import gather_parts, read_parts
from bazaar_nb.charts.shares.ring_labels import RingLabel, label_inside, labels_outside
from bazaar_nb.charts.shares.waffle import waffle_cells
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import AnyElement, Text

Floats = NDArray[np.float64]
Form = Literal["donut", "waffle"]
Labels = Literal["auto", "outside", "inside", "list"]
_MOST = 8
_GAP = 3.0  # pixels between sectors and between cells, in a frame whose shorter side is 1080
_LABELS_S = 0.35
_FAR_OFF = 3  # hundredths that whole ones may add up to more or less than 100


@dataclass(frozen=True)
class _Layout:
    center: tuple[float, float]
    inner: float
    outer: float
    cells: tuple[tuple[Bar, ...], ...]
    rows: tuple[PartRow, ...]
    labels: tuple[RingLabel, ...]
    middle: tuple[Text, ...]
    callouts: PointCallOuts
    still: tuple[AnyElement, ...] = ()


class Share(Chart[_Layout]):
    """Parts of a whole: a donut, or a waffle of a hundred squares.

    Parameters
    ----------
    table : DataFrame or table
        A row for each part. A part without a value is not there; one below 0 is an error.
    name, value : str
        Columns of the parts' names and sizes.
    form : str
        ``donut`` or ``waffle``: a square for each hundredth, by largest remainders.
    most : int
        How many parts are told apart, at most 8: the smallest of more are one, `other`, at the end.
    other : str
        What that one is called.
    sort : str
        ``value`` (the largest first, clockwise from the top) or ``table``.
    labels : str
        ``outside`` of the donut beside each part, ``inside`` where they fit, in a ``list``, or ``auto``:
        outside, and a list for tall pictures and waffles.
    middle : str or None
        In the donut: ``total``, the name of a part (its share), or words of your own; None leaves it empty.
    middle_label : str, optional
        Below that; by default the name of the part or of the column `value`.
    hole : float
        The donut's inner radius as a share of the outer one; 0 makes a pie.
    colors : dict, optional
        Of parts, by name.
    **options
        Those of every `Chart`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> energy = {"source": ["Wind", "Sun", "Gas"], "TWh": [140, 72, 78]}
    >>> chart = bz.charts.Share(energy, name="source", value="TWh", title="Half of it is wind", duration=4)
    >>> bz.Composition([chart]).frames
    120
    """

    usual_duration = 5.0
    annotated = frozenset({"callouts"})

    def __init__(
        self,
        table: Any,
        *,
        name: str,
        value: str,
        form: Form = "donut",
        most: int = _MOST,
        other: str = "Other",
        sort: Literal["value", "table"] = "value",
        labels: Labels = "auto",
        middle: str | None = "total",
        middle_label: str | None = None,
        hole: float = 0.62,
        colors: Mapping[str, str] | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        _check(form, most, sort, labels, hole)
        problems = start_problems(self)
        columns = Columns(table, problems)
        columns.require(name=name, value=value)
        keys, values = read_parts(columns, problems, name, value)
        self.keys, self.values = gather_parts(keys, values, most, other, sort)
        self.shares = self.values / self.values.sum()
        self.form, self.labels, self.hole = form, labels, hole
        self._check_names(self.keys, problems)
        self._check_call_outs("parts", problems)
        problems.raise_any()
        rounded = np.round(100 * self.shares).sum()
        decimals = 1 if abs(rounded - 100) >= _FAR_OFF else 0
        self._percent = NumberFormat("percent", decimals, locale=self.locale)
        self._set_middle(middle, middle_label, value)
        palette, given = self.theme.palette, dict(colors or {})
        self.colors = tuple(
            given.get(
                key, self.theme.total if key == other and len(keys) > most else palette[i % len(palette)]
            )
            for i, key in enumerate(self.keys)
        )

    def _set_middle(self, middle: str | None, label: str | None, value: str) -> None:
        if middle is None:
            self.middle, self.middle_label = "", ""
        elif middle == "total":
            self.middle, self.middle_label = self.number(float(self.values.sum())), value
        elif middle in self.keys:
            self.middle, self.middle_label = self._share_words(self.keys.index(middle)), middle
        else:
            self.middle, self.middle_label = middle, ""
        if label is not None:
            self.middle_label = label

    def _share_words(self, number: int) -> str:
        share = float(self.shares[number])
        if 0 < share < 0.01:
            return f"<{self._percent(0.01)}"
        return f">{self._percent(0.99)}" if 0.99 < share < 1 else self._percent(share)

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        layout = self._lay_out_parts(room, area)
        marks = self._marks(room, layout, self.duration)
        return replace(layout, still=tuple(mark_element(mark._replace(opacity=1.0)) for mark in marks))

    def _lay_out_parts(self, room: Room, area: Area) -> _Layout:
        labels = self.labels
        if labels == "auto":
            labels = "list" if self.form == "waffle" or room.shape == "tall" else "outside"
        rows: tuple[PartRow, ...] = ()
        figure = area
        if self.annotations.callouts and self.form == "waffle":
            area = area.inset(left=0.14 * area.width)
        if labels == "list" or self.form == "waffle":
            shares = [self._share_words(number) for number in range(len(self.keys))]
            figure, rows = list_parts(room, area, self.keys, shares, self.colors, self.images)
        if self.form == "waffle":
            cells, box = waffle_cells(room, figure, self.shares)
            spots = [form_middle(mine[0]) if mine else box.middle for mine in cells]
            callouts = self._call_outs(room, area, spots, spots, (box,))
            return _Layout((0, 0), 0, 0, cells, rows, (), (), callouts)
        if self.annotations.callouts and labels == "list":
            figure = figure.inset(*(4 * room.label_size,) * 4)
        center = figure.middle
        outer = min(figure.width, figure.height) / 2
        ring: tuple[RingLabel, ...] = ()
        if labels == "inside":
            ring = self._ring_labels(room, figure, center, self.hole * outer, outer, inside=True)
        if labels == "outside" or any(label.leader is not None for label in ring):
            widest = max(self._label_width(room, number) for number in range(len(self.keys)))
            beside = min(widest, 0.3 * figure.width) + 2.2 * room.label_size
            most = min(figure.width / 2 - beside, figure.height / 2 - room.label_size)
            outer = min(outer, max(0.2 * room.side, most))
        inner = self.hole * outer
        if labels in ("outside", "inside"):
            ring = self._ring_labels(room, figure, center, inner, outer, inside=labels == "inside")
        angles = 2 * math.pi * (np.cumsum(self.shares) - self.shares / 2)
        reach = (inner + outer) / 2 if inner > 0 else 0.7 * outer
        spots = list(zip(center[0] + reach * np.sin(angles), center[1] - reach * np.cos(angles), strict=True))
        around = np.linspace(0, 2 * math.pi, 48)
        every = [
            (center[0] + part * outer * math.sin(angle), center[1] - part * outer * math.cos(angle))
            for angle in around.tolist()
            for part in (0.3, 0.65, 0.8, 1.0)
        ]
        every += [(float(text.x or 0), float(text.y or 0)) for label in ring for text in label.words]
        callouts = self._call_outs(room, area, [(float(x), float(y)) for x, y in spots], every)
        return _Layout(
            center, inner, outer, (), rows, ring, self._middle_words(room, center, inner), callouts
        )

    def _call_outs(
        self,
        room: Room,
        area: Area,
        spots: Sequence[tuple[float, float]],
        avoid: Sequence[tuple[float, float]],
        boxes: Sequence[Area] = (),
    ) -> PointCallOuts:
        """Have call-outs point at parts."""
        callouts = self.annotations.callouts
        if not callouts:
            return PointCallOuts(area)
        points = [spots[self.keys.index(str(one.key))] for one in callouts]
        return PointCallOuts.lay_out(room, area, callouts, points, avoid=np.array(avoid), boxes=boxes)

    def _label_width(self, room: Room, number: int) -> float:
        size, key = room.label_size, self.keys[number]
        return max(
            room.width_of(key, size) + self._pictures(room).room_of(key),
            room.width_of(self._share_words(number), 1.15 * size, 700),
        )

    def _pictures(self, room: Room) -> NameImages:
        size = room.label_size
        return NameImages.beside(room, self.images, self.keys, size, height=0.9 * size)

    def _ring_labels(
        self, room: Room, area: Area, center: tuple[float, float], inner: float, outer: float, *, inside: bool
    ) -> tuple[RingLabel, ...]:
        stops = 2 * math.pi * np.cumsum(self.shares)
        starts = stops - 2 * math.pi * self.shares
        found: list[RingLabel | None] = [None] * len(self.keys)
        pictures = self._pictures(room)
        if inside:
            for number in range(len(self.keys)):
                sector = Sector(*center, inner, outer, float(starts[number]), float(stops[number]))
                found[number] = label_inside(
                    room, sector, self.keys[number], self._share_words(number), self.colors[number], pictures
                )
        rest = [number for number, label in enumerate(found) if label is None]
        outside = labels_outside(
            room, area, center, outer,
            [(float(starts[i]) + float(stops[i])) / 2 for i in rest],
            [self.keys[i] for i in rest],
            [self._share_words(i) for i in rest],
            self.shares[rest],
            pictures,
        )  # fmt: skip
        for number, label in zip(rest, outside, strict=True):
            found[number] = label
        return tuple(label for label in found if label is not None)

    def _middle_words(self, room: Room, center: tuple[float, float], inner: float) -> tuple[Text, ...]:
        if inner <= 0 or not self.middle:
            return ()
        x, y = center
        width = 1.5 * inner
        size = min(0.5 * inner, 0.11 * room.side)
        found = room.width_of(self.middle, size, 700, tabular=True)
        size = max(room.label_size, size * min(1.0, width / max(1.0, found)))
        words = room.shorten(self.middle, size, 1.8 * inner, 700)
        label = room.shorten(self.middle_label, room.label_size, width) if self.middle_label else ""
        y -= 0.55 * room.label_size if label else 0.0
        made = [room.text(words, size, x=x, y=y, weight=700, tabular=True)]
        if label:
            made.append(
                room.text(label, room.label_size, room.theme.soft, x=x, y=y + 0.5 * size, anchor="top")
            )
        return tuple(made)

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:
        if self.form == "waffle":
            return self._waffle_marks(room, layout, time)
        part = 2 * math.pi * self.phases.entered(time, room.theme.enter)
        if part <= 0:
            return []
        stops = part * np.cumsum(self.shares)
        pad = 0.0
        if len(self.keys) > 1:
            pad = 0.5 * _GAP * room.unit / max(1.0, (layout.inner + layout.outer) / 2)
        x, y = layout.center
        marks = []
        for number, (stop, share) in enumerate(zip(stops.tolist(), self.shares.tolist(), strict=True)):
            sweep = part * share
            apart = min(pad, 0.25 * sweep)
            form = Sector(x, y, layout.inner, layout.outer, stop - sweep + apart, stop - apart)
            key = self.keys[number]
            marks.append(Mark(key, form, self.colors[number], self._emphasis(time, key)))
        return marks

    def _waffle_marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:
        """Give the squares that have begun to come in, at their full size."""
        marks = [
            Mark(key, cell, color, self._emphasis(time, key))
            for key, color, cells in zip(self.keys, self.colors, layout.cells, strict=True)
            for cell in cells
        ]
        shown = (self._cell_entered(room, number, time) > 0 for number in range(len(marks)))
        return [mark for mark, is_there in zip(marks, shown, strict=True) if is_there]

    def _cell_entered(self, room: Room, number: int, time: float) -> float:
        return self.phases.entered(time, room.theme.enter, number, 100)

    def _coming_cells(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        """Give the squares that come in: they grow."""
        elements: list[AnyElement] = []
        for number, square in enumerate(layout.still):
            entered = self._cell_entered(room, number, time)
            if entered >= 1:
                elements.append(square)
            elif entered > 0:
                seen = min(1.0, 2 * entered)
                elements.append(msgspec.structs.replace(square, scale=entered, opacity=seen))
        return elements

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        is_still = not self.phases.enters or time >= self.phases.move_start + 0.5 * self.phases.pace
        if is_still and self._emphasis(time, "") == 1.0:
            elements = [*layout.still]
        elif self.form == "waffle" and not is_still and self._emphasis(time, "") == 1.0:
            elements = self._coming_cells(room, layout, time)
        else:
            elements = [mark_element(mark) for mark in self._marks(room, layout, time)]
        if layout.rows:
            for number, row in enumerate(layout.rows):
                entered = self.phases.entered(time, room.theme.enter, number, len(layout.rows))
                seen = round(min(1.0, 1.5 * entered) * self._emphasis(time, self.keys[number]), 3)
                if seen > 0:
                    elements += [_seen(row.swatch, seen), *(_seen(one, seen) for one in row.words)]
        cumulated = np.cumsum(self.shares).tolist()
        lasting = _LABELS_S * self.phases.pace
        span = self.phases.move_start - self.phases.enter_start
        for label in layout.labels:
            number = self.keys.index(label.key)
            # cubic out: where its sector's middle has been swept
            swept = 1 - (1 - cumulated[number] + self.shares[number] / 2) ** (1 / 3)
            entered = (
                eased(time, self.phases.enter_start + span * float(swept), lasting, room.theme.enter)
                if self.phases.enters
                else 1.0
            )
            seen = round(entered * self._emphasis(time, label.key), 3)
            if seen <= 0:
                continue
            if label.leader is not None:
                elements.append(_seen(label.leader, seen))
            elements += [_seen(one, seen) for one in label.words]
        if layout.middle:
            shown = self.phases.entered(time, room.theme.enter)
            elements += [_seen(one, round(shown, 3)) for one in layout.middle]
        return elements + layout.callouts.draw(room, time, self.phases, self.theme)


def _seen(element: Any, opacity: float) -> Any:
    """Give an element at an opacity: itself, where that is 1."""
    if opacity >= 1:
        return element
    return msgspec.structs.replace(element, opacity=round(opacity * element.opacity, 4))


def _check(form: object, most: object, sort: object, labels: object, hole: float) -> None:
    if form not in ("donut", "waffle"):
        raise InvalidValueError(f"`form` must be donut or waffle, got {form!r} (Share)")
    if not isinstance(most, int) or not 2 <= most <= _MOST:
        raise InvalidValueError(f"`most` must be from 2 to {_MOST}, got {most!r} (Share)")
    if sort not in ("value", "table"):
        raise InvalidValueError(f"`sort` must be value or table, got {sort!r} (Share)")
    if labels not in ("auto", "outside", "inside", "list"):
        raise InvalidValueError(f"`labels` must be auto, outside, inside or list, got {labels!r} (Share)")
    if not 0 <= hole < 0.95:
        raise InvalidValueError(f"`hole` must be from 0 to below 0.95, got {hole!r} (Share)")
