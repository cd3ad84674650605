"""Labels of a ring's sectors: inside where they fit, else beside it without overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.labels import spread
from bazaar_nb.charts.parts.marks import Sector
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import Anchor, Image, Polyline, Text
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.color import parse_color

Floats = NDArray[np.float64]
_TALL = 2.95  # of the letters' size: two lines and their gap
_LARGER = 1.15


class RingLabel(NamedTuple):
    """A sector's words, and the line that leads to them."""

    key: str
    words: tuple[Text | Image, ...]
    leader: Polyline | None = None


def label_inside(
    room: Room, sector: Sector, name: str, share: str, color: str, pictures: NameImages
) -> RingLabel | None:
    """Give a sector's share and name in its middle; None where they don't fit."""
    size = room.label_size
    middle, radius = (sector.start + sector.stop) / 2, (sector.inner + sector.outer) / 2
    if sector.inner <= 0:
        radius = 0.64 * sector.outer
    x, y = sector.x + radius * math.sin(middle), sector.y - radius * math.cos(middle)
    ink = readable_on(color)
    for with_name in (True, False):
        width = room.width_of(share, _LARGER * size, 700)
        beside = pictures.room_of(name)
        named = beside + room.width_of(name, size, 500)
        width = max(width, named) if with_name else width
        if not _fits(sector, x, y, width, (_TALL if with_name else 1.3) * size, 0.4 * size):
            continue
        if not with_name:
            return None  # a share without a name says little: both stand outside
        words: tuple[Text | Image, ...] = (
            room.text(share, _LARGER * size, ink, weight=700, x=x, y=y - 0.58 * size),
            *pictures.draw(name, x - named / 2, y + 0.66 * size),
            room.text(name, size, ink, weight=500, x=x + beside / 2, y=y + 0.66 * size),
        )
        return RingLabel(name, words)
    return None


def labels_outside(
    room: Room,
    area: Area,
    center: tuple[float, float],
    outer: float,
    angles: Sequence[float],
    names: Sequence[str],
    shares: Sequence[str],
    weights: Floats,
    pictures: NameImages,
) -> list[RingLabel | None]:
    """Give labels beside a ring, each near its sector; the lightest go where there is no room for all.

    Parameters
    ----------
    angles : sequence of float
        Of the sectors' middles, in radians clockwise from the top, from 0 to 2 pi.
    weights : array of shape (n,)
        What matters more stays.
    pictures : NameImages
        They stand between the ring and the names.
    """
    size, found = room.label_size, [None] * len(angles)
    made: list[RingLabel | None] = list(found)
    x0, y0 = center
    tall = _TALL * size
    for side in (1, -1):
        here = [number for number, angle in enumerate(angles) if (math.sin(angle) >= 0) == (side > 0)]
        room_for = max(1, int(area.height / tall))
        heaviest = sorted(here, key=lambda number: -weights[number])[:room_for]
        here = [number for number in here if number in heaviest]
        reach = outer + 0.9 * size
        wanted = [y0 - reach * math.cos(angles[number]) for number in here]
        places = spread(wanted, [tall] * len(here), area.top, area.bottom)
        for number, y in zip(here, places.tolist(), strict=True):
            off = abs(y - y0)
            # clear of the ring with both lines, and not far below its own top
            off = max(0.0, off - 0.5 * tall) if off < reach else off
            beside = math.sqrt(max(0.0, reach**2 - off**2))
            x = x0 + side * (max(beside, 0.25 * outer) + 0.9 * size)
            edge = area.right if side > 0 else area.left
            most = max(1.0, side * (edge - x))
            beside = pictures.room_of(names[number])
            name = room.shorten(names[number], size, max(1.0, most - beside))
            anchor: Anchor = "left" if side > 0 else "right"
            angle = angles[number]
            tip = (
                x0 + (outer + 0.2 * size) * math.sin(angle),
                y0 - (outer + 0.2 * size) * math.cos(angle),
            )
            bend = x - side * 0.75 * size
            leader = Polyline(
                np.array([tip[0], bend, x - side * 0.3 * size]), np.array([tip[1], y, y]),
                stroke=Stroke(room.theme.soft, 1.5 * room.unit), opacity=0.7,
            )  # fmt: skip
            words: tuple[Text | Image, ...] = (
                room.text(shares[number], _LARGER * size, weight=700, x=x, y=y - 0.58 * size, anchor=anchor),
                *pictures.draw(names[number], x, y + 0.66 * size, anchor=anchor),
                room.text(name, size, room.theme.soft, x=x + side * beside, y=y + 0.66 * size, anchor=anchor),
            )
            made[number] = RingLabel(names[number], words, leader)
    return made


def readable_on(color: str) -> str:
    """Give near black or white, whichever stands out more from a colour (WCAG 2's contrast)."""
    r, g, b, _ = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parse_color(color)
    )
    light = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.056 else "#11151c"


def _fits(sector: Sector, x: float, y: float, width: float, height: float, pad: float) -> bool:
    half_w, half_h = width / 2 + pad, height / 2 + 0.4 * pad
    sweep = sector.stop - sector.start
    if sweep > math.pi and sector.inner <= 0:
        sweep = 2 * math.pi
    for part in np.linspace(0, 1, 9)[:-1]:  # around the box
        along = 4 * part
        corner, rest = int(along), along - int(along)
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
        dx = (corners[corner][0] * (1 - rest) + corners[corner + 1][0] * rest) * half_w
        dy = (corners[corner][1] * (1 - rest) + corners[corner + 1][1] * rest) * half_h
        px, py = x + dx - sector.x, y + dy - sector.y
        if not sector.inner < math.hypot(px, py) < sector.outer:
            return False
        angle = (math.atan2(px, -py) - sector.start) % (2 * math.pi)
        if sweep < 2 * math.pi - 1e-6 and angle > sweep:
            return False
    return True
