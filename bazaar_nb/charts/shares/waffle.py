"""A waffle: a hundred squares, as many for each part as it has hundredths."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.marks import Bar
from bazaar_nb.charts.parts.room import Area, Room

Floats = NDArray[np.float64]
_SIDE = 10
_GAP, _LEAST_GAP = 0.09, 3.0  # of the pitch; pixels where the shorter side is 1080


def hundredths(shares: Floats) -> NDArray[np.int64]:
    """Give whole hundredths that add up to 100: those with the largest remainders get one more.

    Hamilton's method of apportionment; of equal remainders the first has it.
    """
    exact = shares * _SIDE * _SIDE
    whole = np.floor(exact + 1e-9).astype(np.int64)
    rest = int(_SIDE * _SIDE - whole.sum())
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[:rest]] += 1
    return whole


def waffle_cells(room: Room, area: Area, shares: Floats) -> tuple[tuple[tuple[Bar, ...], ...], Area]:
    """Give the squares of each part, row by row from the top left, and the box that holds them all."""
    side = min(area.width, area.height)
    left, top = area.middle[0] - side / 2, area.middle[1] - side / 2
    pitch = side / _SIDE
    gap = max(_LEAST_GAP * room.unit, _GAP * pitch)
    radius = (room.theme.radius * (pitch - gap),) * 4
    number, found = 0, []
    for count in hundredths(shares).tolist():
        cells = []
        for cell in range(number, number + count):
            row, column = divmod(cell, _SIDE)
            x, y = left + column * pitch + gap / 2, top + row * pitch + gap / 2
            cells.append(Bar(x, y, x + pitch - gap, y + pitch - gap, radius))
        found.append(tuple(cells))
        number += count
    return tuple(found), Area(left, top, left + side, top + side)
