"""What stands around a chart and stands still: title, subtitle and source, and the room that they leave."""

from __future__ import annotations

from typing import NamedTuple

from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import AnyElement, Text

_LINE = 1.22


class Heading(NamedTuple):
    """A chart's words around it.

    Attributes
    ----------
    elements : tuple of Text
    area : Area
        What is left for the chart, in pixels.
    """

    elements: tuple[AnyElement, ...]
    area: Area


def set_heading(room: Room, title: str | None, subtitle: str | None, source: str | None) -> Heading:
    """Put title and subtitle at the top left, the source at the bottom, in lines that fit."""
    theme, body = room.theme, room.body
    elements: list[AnyElement] = []
    top, bottom = body.top, body.bottom
    most = 3 if room.shape == "tall" else 2
    for words, share, weight, color, font in (
        (title, theme.title_size, theme.title_weight, theme.ink, theme.title_font),
        (subtitle, theme.subtitle_size, 400, theme.soft, None),
    ):
        if not words:
            continue
        size = room.letters(share)
        for line in room.wrap(words, size, body.width, most, weight, font=font):
            elements.append(_line(room, line, size, weight, color, body.left, top, font))
            top += size * _LINE
        top += size * 0.22
    if elements:
        top += 0.022 * room.side
    if source:
        size = room.letters(theme.source_size)
        below = room.wrap(source, size, body.width, 2)
        for number, line in enumerate(below):
            y = bottom - size * _LINE * (len(below) - number)
            elements.append(_line(room, line, size, 400, theme.soft, body.left, y))
        bottom -= size * _LINE * len(below) + 0.018 * room.side
    return Heading(tuple(elements), Area(body.left, top, body.right, max(top + 1, bottom)))


def _line(
    room: Room, words: str, size: float, weight: int, color: str, x: float, y: float, font: str | None = None
) -> Text:
    spacing = -0.012 * size if weight >= 600 else 0.0
    return room.text(
        words,
        size,
        color,
        weight=weight,
        x=x,
        y=y,
        anchor="top-left",
        line_height=_LINE,
        letter_spacing=spacing,
        font=font,
    )
