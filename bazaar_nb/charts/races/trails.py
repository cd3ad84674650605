"""Trails: the ways of some bubbles until now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.room import Room
from bazaar_nb.charts.races.paths import Paths
from bazaar_nb.scene.array_elements import Points, Polyline
from bazaar_nb.scene.elements import AnyElement
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_MOST_DOTS = 80


def draw_trails(
    room: Room,
    numbers: Sequence[int],
    colors: Sequence[str],
    ways: tuple[Floats, Floats],
    now: tuple[Floats, Floats],
    paths: Paths,
    step: float,
    passed: int,
    opacity: float,
) -> list[AnyElement]:
    """Give the ways of some until now, with a dot at each moment of the table.

    Parameters
    ----------
    numbers : sequence of int
        Whose.
    colors : sequence of str
        Of all.
    ways : two arrays of shape (steps, k)
        Places in pixels.
    now : two arrays of shape (k,)
        Places in pixels at this step, which may lie between two.
    paths : Paths
    step : float
    passed : int
        Moments of the table that have passed.
    opacity : float
    """
    elements: list[AnyElement] = []
    until = int(step) + 1
    passed_steps = paths.row_steps[:passed]
    for number in numbers:
        xs = np.append(ways[0][:until, number], now[0][number])
        ys = np.append(ways[1][:until, number], now[1][number])
        gaps = ~paths.there[:until, number]
        if gaps.any():
            ys[:-1][gaps] = np.nan
        stroke = Stroke(colors[number], 3 * room.unit, cap="round", join="round")
        if len(xs) > 1:
            elements.append(Polyline(xs, ys, stroke=stroke, opacity=round(0.7 * opacity, 3)))
        known = passed_steps[paths.there[passed_steps, number]]
        if len(known) and len(paths.row_steps) <= _MOST_DOTS:
            elements.append(
                Points(
                    ways[0][known, number], ways[1][known, number], size=8 * room.unit,
                    color=colors[number], opacity=round(0.8 * opacity, 3),
                )
            )  # fmt: skip
    return elements
