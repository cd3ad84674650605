"""Values that are marked on bars, rings and legends of colours: a line across, with words beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from bazaar_nb.charts.parts.labels import spread
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import Anchor, AnyElement, Line, Text
from bazaar_nb.scene.paint import Stroke


class ValueMark(NamedTuple):
    """A value that is marked: its place (pixels along a bar, or a share of a ring), words and colour."""

    place: float
    words: str
    color: str


def draw_line_across(
    room: Room, ends: tuple[float, float, float, float], color: str, width: float = 4.0
) -> list[AnyElement]:
    """Give a line that stands out from what it crosses: on a wider one of the background's colour."""
    elements: list[AnyElement] = []
    if isinstance(room.theme.background, str):
        elements.append(Line(*ends, stroke=Stroke(room.theme.background, (width + 4) * room.unit)))
    return [*elements, Line(*ends, stroke=Stroke(color, width * room.unit))]


def mark_bar(
    room: Room, area: Area, marks: Sequence[ValueMark], y: float, reach: float, words_y: float | None
) -> list[AnyElement]:
    """Give lines across a bar.

    Parameters
    ----------
    area : Area
        Words stay between its sides, apart from one another.
    y, reach : float
        The bar's middle, and how far lines go above and below it.
    words_y : float or None
        The middle of the words; None leaves them out.
    """
    size = room.label_size
    ordered = sorted(marks)
    words = [room.shorten(one.words, size, 0.6 * area.width, 500) for one in ordered]
    widths = [room.width_of(word, size, 500) + 0.8 * size if word else 0.0 for word in words]
    places = [one.place for one in ordered]
    middles = spread(places, widths, area.left - 0.4 * size, area.right + 0.4 * size).tolist()
    elements: list[AnyElement] = []
    for one, word, x in zip(ordered, words, middles, strict=True):
        elements += draw_line_across(room, (one.place, y - reach, one.place, y + reach), one.color)
        if word and words_y is not None:
            elements.append(room.text(word, size, one.color, weight=500, x=x, y=words_y))
    return elements


def mark_ring(
    room: Room, middle: tuple[float, float], radius: float, thick: float, marks: Sequence[ValueMark]
) -> tuple[list[AnyElement], list[Text]]:
    """Give lines across a ring, and their words outside of it."""
    size, elements, words = room.label_size, list[AnyElement](), list[Text]()
    for one in marks:
        angle = 2 * math.pi * min(1.0, one.place)
        right, down = math.sin(angle), -math.cos(angle)
        inner, outer = radius - 0.75 * thick, radius + 0.75 * thick
        ends = tuple(
            start + way * reach
            for reach in (inner, outer)
            for start, way in zip(middle, (right, down), strict=True)
        )
        elements += draw_line_across(room, (ends[0], ends[1], ends[2], ends[3]), one.color)
        if one.words:
            x, y = ends[2] + 0.4 * size * right, ends[3] + 0.6 * size * down
            anchor: Anchor = "left" if right > 0.3 else "right" if right < -0.3 else "center"
            words.append(room.text(one.words, size, one.color, weight=500, x=x, y=y, anchor=anchor))
    return elements, words
