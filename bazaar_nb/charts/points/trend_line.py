"""A straight line through points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import AnyElement, Polyline
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]


def find_trend(points: Floats, area: Area) -> Floats | None:
    """Give the line whose squared distances upwards are least, from the first point to the last.

    Parameters
    ----------
    points : array of shape (n, 2)
        In pixels, as the axes have them: on a log axis the line is one of logarithms.
    area : Area
        What would leave it ends at its edge.

    Returns
    -------
    array of shape (2, 2) or None
        Both ends in pixels; None where there is no such line.
    """
    x, y = points[:, 0], points[:, 1]
    if len(x) < 2 or np.ptp(x) == 0:
        return None
    apart = x - x.mean()
    slope = float((apart * (y - y.mean())).sum() / (apart * apart).sum())
    ends = np.array([x.min(), x.max()])
    if slope:
        at = x.mean() + (np.array([area.top, area.bottom]) - y.mean()) / slope
        ends = np.clip(ends, at.min(), at.max())
    return np.column_stack([ends, y.mean() + slope * (ends - x.mean())])


def draw_trend(room: Room, trend: Floats | None, grown: float) -> list[AnyElement]:
    """Give the line, so much of it as has grown, 0 to 1."""
    if trend is None or grown <= 0:
        return []
    unit = room.unit
    stroke = Stroke(room.theme.ink, 3 * unit, dash=(10 * unit, 7 * unit))
    ends = trend[0] + np.outer([0.0, grown], trend[1] - trend[0])
    return [Polyline(ends[:, 0], ends[:, 1], stroke=stroke, opacity=0.8)]
