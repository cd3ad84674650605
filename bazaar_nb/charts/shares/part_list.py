"""Parts of a whole in a list: a swatch, a name and a share in each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import Image, Rect, Text


class PartRow(NamedTuple):
    """A part: its swatch, and its words with their picture."""

    swatch: Rect
    words: tuple[Text | Image, ...]


def list_parts(
    room: Room,
    area: Area,
    names: Sequence[str],
    shares: Sequence[str],
    colors: Sequence[str],
    images: Mapping[str, str],
) -> tuple[Area, tuple[PartRow, ...]]:
    """Give the area that a list leaves for the figure, and its rows: beside it, or below in tall pictures.

    Parameters
    ----------
    shares : sequence of str
        What stands at the right of each row.
    """
    count, size = len(names), room.label_size
    is_below = room.shape == "tall" or area.width < 1.05 * area.height
    pitch = min(2.1 * size, (0.5 if is_below else 1.0) * area.height / count)
    size = min(size * 1.15, 0.8 * pitch)
    of_share = max(room.width_of(words, size, 700, tabular=True) for words in shares)
    pictures = NameImages.beside(room, images, names, size)
    swatches, before = 1.6 * size, 1.6 * size + pictures.room
    if is_below:
        left, right = area.left, area.right
        top = area.bottom - pitch * count
        figure = area._replace(bottom=top - 1.4 * size)
    else:
        side = min(area.height, 0.56 * area.width)
        wanted = before + max(room.width_of(name, size) for name in names) + 2.5 * size + of_share
        gap = min(0.09 * room.side, 0.08 * area.width)
        if pictures.files:  # rather a smaller figure than names that are cut
            side = min(side, max(0.42 * area.width, area.width - gap - wanted))
        wide = min(wanted, area.width - side - gap)
        spare = (area.width - side - gap - wide) / 2
        left = area.left + spare + side + gap
        right = left + wide
        top = area.middle[1] - pitch * count / 2
        figure = Area(area.left + spare, area.top, area.left + spare + side, area.bottom)
    rows = []
    most = right - left - before - of_share - size
    for number, (name, share, color) in enumerate(zip(names, shares, colors, strict=True)):
        y, edge = top + (number + 0.5) * pitch, 0.9 * size
        swatch = Rect(x=left, y=y, width=edge, height=edge, anchor="left", radius=0.2 * size, fill=color)
        words: tuple[Text | Image, ...] = (
            *pictures.draw(name, left + swatches, y),
            room.text(room.shorten(name, size, most), size, x=left + before, y=y, anchor="left"),
            room.text(share, size, x=right, y=y, anchor="right", weight=700, tabular=True),
        )
        rows.append(PartRow(swatch, words))
    return figure, tuple(rows)
