"""A legend: names of colours in rows, for charts whose marks can't bear them."""

from __future__ import annotations

from collections.abc import Sequence

from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import AnyElement, Ellipse

_ROW = 1.5  # of the letters' size
_MOST_ROWS = 3


def draw_legend(room: Room, area: Area, entries: Sequence[tuple[str, str]]) -> tuple[list[AnyElement], float]:
    """Give dots with names, from the area's top left corner on, and the pixels that they take of its height.

    Parameters
    ----------
    entries : sequence of (str, colour)
        In their order; those that find no place in three rows are left out.
    """
    size, theme = room.label_size, room.theme
    dot, gap = 0.62 * size, 1.1 * size
    elements: list[AnyElement] = []
    x, row = area.left, 0
    for name, color in entries:
        words = room.shorten(name, size, 0.8 * area.width)
        width = dot + 0.4 * size + room.width_of(words, size)
        if x > area.left and x + width > area.right:
            x, row = area.left, row + 1
        if row >= _MOST_ROWS:
            break
        y = area.top + (row + 0.5) * _ROW * size
        elements.append(Ellipse(x=x + dot / 2, y=y, width=dot, fill=color))
        elements.append(room.text(words, size, theme.soft, x=x + dot + 0.4 * size, y=y, anchor="left"))
        x += width + gap
    rows = min(row + 1, _MOST_ROWS) if entries else 0
    return elements, rows * _ROW * size + (0.4 * size if rows else 0.0)
