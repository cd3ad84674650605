"""Reference lines, events and axis titles as elements, where scales put them; their words don't overlap.

All take scales (functions from a value to pixels) and may be called for every frame: what they measure is
known after the first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import Reference
from bazaar_nb.charts.parts.labels import spread
from bazaar_nb.charts.parts.occupied import count_within, meets
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import Anchor, AnyElement, Line
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
Scale = Callable[[Any], Any]
_LINE = 1.15  # of letters, from one line to the next
_GAP = 0.4
_MOST_LINES = 3


class PlacedEvent(NamedTuple):
    """An event on an axis: its place in pixels, its words in lines, and the row that they stand in."""

    place: float
    lines: tuple[str, ...]
    row: int
    to_left: bool = False
    opacity: float = 1.0


def room_for_titles(room: Room, x_title: str | None, y_title: str | None) -> tuple[float, float]:
    """Give the pixels that axis titles take above the chart, and below its ticks' words."""
    line = 1.55 * room.label_size
    return (line if y_title else 0.0), (line if x_title else 0.0)


def draw_axis_titles(
    room: Room, area: Area, x_title: str | None, y_title: str | None, *, left: float, below: float
) -> list[AnyElement]:
    """Give an axis's title above its upper end, and one below its right end: none is turned.

    Parameters
    ----------
    area : Area
        That of the marks.
    left : float
        Where the upper one starts.
    below : float
        Pixels from the area's lower edge to the lower one: what ticks' words take.
    """
    size, elements = room.label_size, []
    most = area.right - min(left, area.left)
    if y_title:
        words = room.shorten(y_title, size, most)
        y = area.top - 0.75 * size
        elements.append(room.text(words, size, room.theme.soft, x=left, y=y, anchor="bottom-left"))
    if x_title:
        words = room.shorten(x_title, size, most)
        y = area.bottom + below + 0.2 * size
        elements.append(room.text(words, size, room.theme.soft, x=area.right, y=y, anchor="top-right"))
    return elements  # type: ignore[return-value]


class PlacedReference(NamedTuple):
    """A reference line: its ends, and its words with the point that their anchor is put at, in pixels."""

    reference: Reference
    ends: tuple[float, float, float, float]
    words: str
    at: tuple[float, float]
    anchor: Anchor


def draw_references(
    room: Room,
    area: Area,
    references: Sequence[Reference],
    *,
    x: Scale | None = None,
    y: Scale | None = None,
    opacity: float = 1.0,
    labels: Literal["top", "bottom"] = "top",
    avoid: Floats | None = None,
) -> list[AnyElement]:
    """Give lines across the area, with their labels at an end.

    Parameters
    ----------
    references : sequence of Reference
        Those whose `axis` is None belong to `y`, or to `x` where there is no other.
    x, y : scale, optional
        From values to pixels; of a chart that lies on its side, `x` is that of the values.
    opacity : float
    labels : str
        At which end upright lines have theirs.
    avoid : array of shape (n, 2), optional
        Points that the labels had better not cover: they then go where there is room along their lines.
    """
    placed = place_references(room, area, references, x=x, y=y, labels=labels, avoid=avoid)
    return draw_placed_references(room, placed, opacity)


def draw_placed_references(
    room: Room, references: Sequence[PlacedReference], opacity: float = 1.0
) -> list[AnyElement]:
    """Give lines and words of references that have their places."""
    elements: list[AnyElement] = []
    unit, size = room.unit, room.label_size
    for placed in references:
        color = placed.reference.color or room.theme.accent
        stroke = Stroke(color, 2.5 * unit, dash=(9 * unit, 6 * unit))
        elements.append(Line(*placed.ends, stroke=stroke, opacity=opacity))
        if placed.words:
            elements.append(
                room.text(
                    placed.words, size, color, weight=500, x=placed.at[0], y=placed.at[1],
                    anchor=placed.anchor, opacity=opacity, outline=room.halo,
                )
            )  # fmt: skip
    return elements


def reference_boxes(room: Room, placed: Sequence[PlacedReference]) -> list[Area]:
    """Give the boxes of reference lines' words, for what should not lie over them."""
    size, boxes = room.label_size, []
    for one in placed:
        width = room.width_of(one.words, size, 500)
        left = one.at[0] - width * {"right": 1.0, "center": 0.5}.get(one.anchor, 0.0)
        if one.words:
            boxes.append(Area(left, one.at[1] - 0.6 * size, left + width, one.at[1] + 0.6 * size))
    return boxes


def place_references(
    room: Room,
    area: Area,
    references: Sequence[Reference],
    *,
    x: Scale | None = None,
    y: Scale | None = None,
    labels: Literal["top", "bottom"] = "top",
    avoid: Floats | None = None,
) -> list[PlacedReference]:
    """Find where reference lines and their words stand; those beyond the area are left out.

    The parameters are those of `draw_references`.
    """
    found: list[PlacedReference] = []
    for axis, scale in (("y", y), ("x", x)):
        if scale is None:
            continue
        usual = "y" if y is not None else "x"
        mine = [one for one in references if (one.axis or usual) == axis]
        low, high = (area.top, area.bottom) if axis == "y" else (area.left, area.right)
        seen = sorted(
            ((place, one) for one in mine if low - 0.5 <= (place := float(scale(one.value))) <= high + 0.5),
            key=lambda pair: pair[0],
        )
        if seen:
            found += _across(room, area, seen) if axis == "y" else _upright(room, area, seen, labels)
    return found if avoid is None or not len(avoid) else _where_room_is(room, area, found, avoid)


def _where_room_is(
    room: Room, area: Area, references: Sequence[PlacedReference], avoid: Floats
) -> list[PlacedReference]:
    """Move words along their lines, or to the other side of them, to where they cover the fewest points."""
    size, found = room.label_size, list[PlacedReference]()
    for number, one in enumerate(references):
        best = (math.inf, one)
        others = reference_boxes(room, [*found, *references[number + 1 :]] if one.words else [])
        for rank, other in enumerate(_alternatives(room, area, one) if one.words else ()):
            (box,) = reference_boxes(room, [other])
            if box.left < area.left - 1 or box.right > area.right + 1:
                continue
            cost = 0.5 * rank + count_within(avoid, box, 0.2 * size)
            cost += 1000 * sum(meets(box, taken) for taken in others)
            if cost < best[0]:
                best = (cost, other)
        found.append(best[1])
    return found


def _alternatives(room: Room, area: Area, one: PlacedReference) -> list[PlacedReference]:
    """Give the places that a reference's words may have, the usual one first."""
    size, gap = room.label_size, _GAP * room.label_size
    x1, y1, x2, y2 = one.ends
    found = [one]
    if y1 == y2:
        usual = one.at[1]
        sides = (y1 - 0.75 * size, y1 + 0.75 * size) if usual <= y1 else (y1 + 0.75 * size, y1 - 0.75 * size)
        for y in sides:
            if area.top - 1.3 * size <= y - 0.6 * size and y + 0.6 * size <= area.bottom:
                found += [one._replace(at=(x2, y)), one._replace(at=(x1, y), anchor="left")]
                found += [
                    one._replace(at=(x1 + part * (x2 - x1), y), anchor="center") for part in (0.75, 0.25, 0.5)
                ]
        return found
    for y in (one.at[1], area.bottom - 0.65 * size, area.top + 0.65 * size):
        found += [
            one._replace(at=(x1 + gap, y), anchor="left"),
            one._replace(at=(x1 - gap, y), anchor="right"),
        ]
    return found


def moved_reference(one: PlacedReference, y: float) -> PlacedReference:
    """Give a reference line across at another height, with its words."""
    x1, y1, x2, _ = one.ends
    return one._replace(ends=(x1, y, x2, y), at=(one.at[0], one.at[1] + y - y1))


def _across(room: Room, area: Area, references: list[tuple[float, Reference]]) -> list[PlacedReference]:
    """Put words above their lines, or below where another line is near above."""
    size = room.label_size
    wanted, above = [], area.top - 2 * size
    for place, one in references:
        wanted.append(place - 0.75 * size if place - above > 1.4 * size else place + 0.75 * size)
        above = place if one.label else above
    heights = [1.25 * size if one.label else 0.0 for _, one in references]
    middles = spread(wanted, heights, area.top - 1.3 * size, area.bottom)
    return [
        PlacedReference(
            one, (area.left, place, area.right, place), room.shorten(one.label, size, 0.6 * area.width, 500),
            (area.right, middle), "right",
        )
        for (place, one), middle in zip(references, middles.tolist(), strict=True)
    ]  # fmt: skip


def _upright(
    room: Room, area: Area, references: list[tuple[float, Reference]], labels: Literal["top", "bottom"]
) -> list[PlacedReference]:
    size, gap = room.label_size, _GAP * room.label_size
    taken: list[list[tuple[float, float]]] = []
    found = []
    for place, one in references:
        words = room.shorten(one.label, size, 0.5 * area.width, 500)
        width = room.width_of(words, size, 500)
        to_left = place + gap + width > area.right
        start = place - gap - width if to_left else place + gap
        row = _free_row(taken, start, start + width + size) if words else 0
        below = (0.65 + 1.25 * row) * size
        y = area.top + below if labels == "top" else area.bottom - below
        at = (place - gap if to_left else place + gap, y)
        ends = (place, area.top, place, area.bottom)
        found.append(PlacedReference(one, ends, words, at, "right" if to_left else "left"))
    return found


def place_events(
    room: Room,
    area: Area,
    events: Sequence[tuple[float, str]],
    side: Literal["bottom", "left"] = "bottom",
    most_rows: int = 4,
) -> tuple[list[PlacedEvent], float]:
    """Find rows for the words of events along an axis of time, once for a size.

    Parameters
    ----------
    events : sequence of (float, str)
        Each with its place in pixels along the axis; those beyond the area step aside.
    side : str
        Of the axis: an upright one, at the left, has its words beside the lines, all in one row.
    most_rows : int
        Words that find no place in so many are left out; their lines stay.

    Returns
    -------
    list of PlacedEvent
    float
        Pixels that the rows take, above the area.
    """
    size = room.label_size
    low, high = (area.left, area.right) if side == "bottom" else (area.top, area.bottom)
    inside = sorted((place, words) for place, words in events if low - 0.5 <= place <= high + 0.5)
    if side == "left":
        found, last = [], -1e9
        for place, words in inside:
            free = place - last >= 1.3 * size
            last = place if free else last
            told = [room.shorten(words, size, 0.6 * area.width)] if free else []
            found.append(PlacedEvent(place, tuple(told), 0))
        return found, 0.0
    most = max(0.14 * area.width, 7 * size)
    taken: list[list[tuple[float, float]]] = []
    placed, tallest = [], 0
    for place, words in inside:
        lines = tuple(room.wrap(words, size, most, _MOST_LINES))
        width, gap = max(room.width_of(line, size) for line in lines), _GAP * size
        to_left = place + gap + width > area.right
        start = place - gap - width if to_left else place + gap
        row = _free_row(taken, start - 0.4 * size, start + width + 0.6 * size)
        if row >= most_rows:
            taken.pop()
            placed.append(PlacedEvent(place, (), 0))
            continue
        tallest = max(tallest, len(lines))
        placed.append(PlacedEvent(place, lines, row, to_left))
    rows = max((one.row + 1 for one in placed if one.lines), default=0)
    return placed, rows * _row_height(room, placed)


def draw_events(
    room: Room, area: Area, events: Sequence[PlacedEvent], side: Literal["bottom", "left"] = "bottom"
) -> list[AnyElement]:
    """Give lines at events, with their words: above the area, or beside the line of an upright axis."""
    size, theme, unit = room.label_size, room.theme, room.unit
    stroke = Stroke(theme.soft, 1.5 * unit, dash=(4 * unit, 5 * unit))
    height = _row_height(room, events)
    rows = max((one.row + 1 for one in events if one.lines), default=0)
    elements: list[AnyElement] = []
    for one in events:
        if side == "left":
            elements.append(
                Line(area.left, one.place, area.right, one.place, stroke=stroke, opacity=one.opacity)
            )
            for line in one.lines:
                elements.append(
                    room.text(
                        line, size, theme.soft, x=area.right, y=one.place - 0.15 * size,
                        anchor="bottom-right", opacity=one.opacity, outline=room.halo,
                    )
                )  # fmt: skip
            continue
        top = area.top - (rows - one.row) * height if one.lines else area.top
        elements.append(Line(one.place, top, one.place, area.bottom, stroke=stroke, opacity=one.opacity))
        gap = -_GAP * size if one.to_left else _GAP * size
        for number, line in enumerate(one.lines):
            elements.append(
                room.text(
                    line, size, theme.soft, x=one.place + gap, y=top + (number + 0.5) * _LINE * size,
                    anchor="right" if one.to_left else "left", opacity=one.opacity,
                )
            )  # fmt: skip
    return elements


def _row_height(room: Room, events: Sequence[PlacedEvent]) -> float:
    most = max((len(one.lines) for one in events), default=0)
    return (most * _LINE + 0.35) * room.label_size


def _free_row(taken: list[list[tuple[float, float]]], start: float, stop: float) -> int:
    """Give the first row in which a stretch is free, and take it."""
    for number, row in enumerate(taken):
        if all(stop <= low or start >= high for low, high in row):
            row.append((start, stop))
            return number
    taken.append([(start, stop)])
    return len(taken) - 1
