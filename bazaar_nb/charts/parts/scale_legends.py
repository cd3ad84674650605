"""What colours and sizes of a scale stand for, in a row above a chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import Reference
from bazaar_nb.charts.parts.plane import tick_words
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.value_marks import ValueMark, mark_bar
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import AnyElement, Ellipse, Rect
from bazaar_nb.scene.paint import LinearGradient, Stroke
from bazaar_nb.values.colormaps import map_colors

Floats = NDArray[np.float64]
_STOPS = 24  # of a gradient that stands for a colormap


class Legend(NamedTuple):
    """Elements, and the pixels that they take."""

    elements: tuple[AnyElement, ...]
    width: float
    height: float
    start: float = 0.0
    """Where a bar of colours starts, after its title."""


NO_LEGEND = Legend((), 0.0, 0.0)


def color_bar(
    room: Room,
    area: Area,
    colormap: str,
    limits: tuple[float, float],
    number: NumberFormat,
    title: str = "",
    ticks: Sequence[float] = (),
    references: Sequence[Reference] = (),
) -> Legend:
    """Give a bar of colours with its values, at the top left of an area: low at the left.

    Parameters
    ----------
    limits : (float, float)
        The values of its ends.
    ticks : sequence of float
        Values that are written below it; by default its ends.
    references : sequence of Reference
        Values that are marked across it, with words above it.
    """
    size = room.label_size
    if references:
        above = area.inset(top=1.15 * size)
        plain = color_bar(room, above, colormap, limits, number, title, ticks)
        long = (plain.width - plain.start) / (limits[1] - limits[0])
        marks = mark_bar(
            room,
            area,
            [
                ValueMark(
                    area.left + plain.start + long * (float(one.value) - limits[0]),
                    one.label,
                    one.color or room.theme.accent,
                )
                for one in references
            ],
            above.top + 0.6 * size,
            0.5 * size,
            area.top + 0.55 * size,
        )
        return Legend((*plain.elements, *marks), plain.width, plain.height + 1.15 * size)
    before = room.width_of(title, size) + 0.8 * size if title else 0.0
    width = max(4 * size, min(14 * size, area.width - before))
    left, top, tall = area.left + before, area.top, 0.5 * size
    share = np.linspace(0, 1, _STOPS)
    rgb = map_colors(share, colormap, (0.0, 1.0))[:, :3]
    colors = tuple("#" + "".join(f"{part:02x}" for part in row) for row in rgb.tolist())
    elements: list[AnyElement] = [
        Rect(
            x=left, y=top + 0.35 * size, width=width, height=tall, anchor="top-left", radius=tall / 2,
            fill=LinearGradient(colors, angle=0),
        )
    ]  # fmt: skip
    if title:
        y = top + 0.35 * size + tall / 2
        elements.append(room.text(title, size, room.theme.soft, x=area.left, y=y, anchor="left"))
    told = list(ticks) or [limits[0], limits[1]]
    for value, words in zip(told, tick_words(told, number), strict=True):
        part = (value - limits[0]) / (limits[1] - limits[0])
        wide = room.width_of(words, size)
        x = min(max(left + part * width, left + wide / 2), left + width - wide / 2)
        elements.append(room.text(words, size, room.theme.soft, x=x, y=top + 1.55 * size))
    return Legend(tuple(elements), before + width, 2.5 * size, before)


def size_key(
    room: Room, area: Area, values: Sequence[float], radii: Sequence[float], number: NumberFormat, title: str
) -> Legend:
    """Give circles of some sizes with their values, at the top right of an area."""
    size = room.label_size
    words = [number(value) for value in values]
    widths = [
        2 * radius + 0.35 * size + room.width_of(word, size)
        for radius, word in zip(radii, words, strict=True)
    ]
    before = room.width_of(title, size) + 0.8 * size
    total = before + sum(widths) + 0.9 * size * (len(widths) - 1)
    tall = max(1.5 * size, 2 * max(radii))
    if total > area.width:
        return NO_LEGEND
    x, y = area.right - total, area.top + tall / 2
    elements: list[AnyElement] = [room.text(title, size, room.theme.soft, x=x, y=y, anchor="left")]
    x += before
    for radius, word, width in zip(radii, words, widths, strict=True):
        stroke = Stroke(room.theme.soft, 1.5 * room.unit)
        elements.append(Ellipse(x=x + radius, y=y, width=2 * radius, fill=None, stroke=stroke))
        at = x + 2 * radius + 0.35 * size
        elements.append(room.text(word, size, room.theme.soft, x=at, y=y, anchor="left"))
        x += width + 0.9 * size
    return Legend(tuple(elements), total, tall + 0.3 * size)
