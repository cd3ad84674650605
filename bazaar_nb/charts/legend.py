"""Which colour is which group: a line of words above the marks, where they can't be named directly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bazaar_nb.charts.room import Area, Room
from bazaar_nb.scene.elements import AnyElement, Rect

_SWATCH, _BESIDE, _APART, _LINE = 0.72, 0.4, 1.3, 1.5  # of the letters' size


class LegendEntry(NamedTuple):
    """A group's words and colour."""

    words: str
    color: str


def set_legend(room: Room, area: Area, entries: Sequence[LegendEntry]) -> tuple[list[AnyElement], Area]:
    """Put groups in as many lines as they need at the area's top; give them, and the area that is left."""
    if not entries:
        return [], area
    size = room.label_size
    swatch, beside = _SWATCH * size, _BESIDE * size
    elements: list[AnyElement] = []
    x, y = area.left, area.top + _LINE * size / 2
    for entry in entries:
        words = room.shorten(entry.words, size, area.width - swatch - beside, 500)
        width = swatch + beside + room.width_of(words, size, 500)
        if x > area.left and x + width > area.right:
            x, y = area.left, y + _LINE * size
        elements += [
            Rect(x=x, y=y, width=swatch, height=swatch, anchor="left", radius=0.2 * swatch, fill=entry.color),
            room.text(words, size, x=x + swatch + beside, y=y, anchor="left", weight=500),
        ]
        x += width + _APART * size
    below = y + _LINE * size / 2 + 0.6 * size
    return elements, area.inset(top=below - area.top)
