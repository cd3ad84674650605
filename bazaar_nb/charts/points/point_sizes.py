"""What the sizes of points stand for: their areas are as a measure's values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.scale_legends import NO_LEGEND, Legend, size_key
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scales.ticks import nice_ticks

Floats = NDArray[np.float64]
_MANY = 60  # points: more are smaller


@dataclass(frozen=True)
class PointSizes:
    """A measure of n points.

    Attributes
    ----------
    values : array of shape (n,)
        From 0; all 1 where there is no measure.
    title : str or None
        The measure's name.
    """

    values: Floats
    title: str | None

    def radii(self, room: Room) -> Floats:
        """Give the points' radii in pixels."""
        count = len(self.values)
        if self.title is None:
            radius = min(0.011, max(0.0026, 0.011 * (_MANY / count) ** 0.3)) * room.side
            return np.full(count, radius)
        largest = float(self.values.max())
        most = min(0.05, max(0.012, 0.05 * (_MANY / count) ** 0.35)) * room.side
        share = self.values / largest if largest > 0 else np.zeros(count)
        radii: Floats = np.maximum(most * np.sqrt(share), (0.0055 if count <= 300 else 0.002) * room.side)
        return radii

    def legend(self, room: Room, area: Area, radii: Floats, number: NumberFormat) -> Legend:
        """Give a small and a large circle with their values, at the top right of an area."""
        most = float(self.values.max())
        if self.title is None or most <= 0:
            return NO_LEGEND
        last = float(nice_ticks(0.0, most, 4)[-1])
        values, scale = [last / 10, last], float(radii.max()) / np.sqrt(most)
        title = room.shorten(self.title, room.label_size, 0.3 * area.width)
        each = [float(scale * np.sqrt(value)) for value in values]
        return size_key(room, area, values, each, number, title)
