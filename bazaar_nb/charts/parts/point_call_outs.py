"""Call-outs at data points that stand still once they are there: laid out once, shown when it is time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import CallOut
from bazaar_nb.charts.parts.call_outs import PlacedCallOut, draw_call_out, place_call_outs
from bazaar_nb.charts.parts.phases import Phases, eased
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.theme import Theme
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]
_COMES_S, _GOES_S = 0.6, 0.3


class PointCallOuts(NamedTuple):
    """Call-outs with their places.

    Attributes
    ----------
    area : Area
        Words stay within.
    placed : tuple of PlacedCallOut
    points : tuple of (float, float)
        Pixels of each one's data point.
    gap : float
        From there to the arrow's tip.
    """

    area: Area
    placed: tuple[PlacedCallOut, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    gap: float = 0.0

    @classmethod
    def lay_out(
        cls,
        room: Room,
        area: Area,
        callouts: Sequence[CallOut],
        points: Sequence[tuple[float, float]],
        *,
        avoid: Floats | None = None,
        boxes: Sequence[Area] = (),
        gap: float = 0.0,
    ) -> PointCallOuts:
        """Find places for the words; `avoid` and `boxes` are what they had better not cover."""
        placed = place_call_outs(room, area, callouts, points, avoid, boxes)
        return cls(area, tuple(placed), tuple(points), gap)

    def draw(self, room: Room, time: float, phases: Phases, theme: Theme) -> list[AnyElement]:
        """Give those that are seen at a moment: once all data is there, unless they say when."""
        elements: list[AnyElement] = []
        for one, (x, y) in zip(self.placed, self.points, strict=True):
            at = phases.move_start if one.callout.at is None else one.callout.at
            seen = eased(time, at, _COMES_S * phases.pace, theme.enter)
            if one.callout.until is not None:
                seen *= 1.0 - eased(time, one.callout.until, _GOES_S * phases.pace, theme.move)
            elements += draw_call_out(room, self.area, one, x, y, seen, self.gap)
        return elements
