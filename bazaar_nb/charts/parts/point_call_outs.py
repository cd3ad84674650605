"""Call-outs at data points that stand still once they are there: laid out once, shown when it is time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import CallOut
from bazaar_nb.charts.parts.call_outs import (
    PlacedCallOut,
    draw_call_out,
    place_call_outs,
    words_of_call_out,
)
from bazaar_nb.charts.parts.labels import spread
from bazaar_nb.charts.parts.phases import Phases, eased
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.theme import Theme
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]
_COMES_S, _GOES_S = 0.6, 0.3
_ARROW = 3.0  # of the letters' size: from rows to the words beside them


class PointCallOuts(NamedTuple):
    """Call-outs with their places.

    Attributes
    ----------
    area : Area
        Words stay within.
    placed : tuple of PlacedCallOut
    points : tuple of (float, float)
        Pixels of each one's data point.
    gaps : tuple of float
        From there to the arrows' tips.
    starts : tuple of float
        When each appears, unless it says so itself, in seconds; by default once all data is there.
    whole : tuple of tuple of element
        What each is once it has appeared.
    """

    area: Area
    placed: tuple[PlacedCallOut, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    gaps: tuple[float, ...] = ()
    starts: tuple[float, ...] = ()
    whole: tuple[tuple[AnyElement, ...], ...] = ()

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
        gaps: Sequence[float] | float = 0.0,
        starts: Sequence[float] = (),
    ) -> PointCallOuts:
        """Find places for the words; `avoid` and `boxes` are what they had better not cover."""
        placed = place_call_outs(room, area, callouts, points, avoid, boxes)
        each = [float(gaps)] * len(placed) if isinstance(gaps, int | float) else gaps
        return cls._of(room, area, placed, points, each, starts)

    @classmethod
    def beside_rows(
        cls, room: Room, strip: Area, callouts: Sequence[CallOut], points: Sequence[tuple[float, float]]
    ) -> PointCallOuts:
        """Put the words into a strip at the right of rows, which are full of words: each beside its row."""
        left = strip.left + _ARROW * room.label_size
        blocks = [words_of_call_out(room, one, max(1.0, strip.right - left)) for one in callouts]
        tall = [block.height + 0.8 * room.label_size for block in blocks]
        middles = spread([y for _, y in points], tall, strip.top, strip.bottom).tolist()
        placed = [
            block._replace(dx=left + block.width / 2 - x, dy=middle - y)
            for block, (x, y), middle in zip(blocks, points, middles, strict=True)
        ]
        return cls._of(room, strip, placed, points, [0.0] * len(placed), ())

    @classmethod
    def _of(
        cls, room: Room, area: Area, placed: Sequence[PlacedCallOut], points: Sequence[tuple[float, float]],
        gaps: Sequence[float], starts: Sequence[float],
    ) -> PointCallOuts:  # fmt: skip
        whole = tuple(
            tuple(draw_call_out(room, area, one, x, y, 1.0, gap))
            for one, (x, y), gap in zip(placed, points, gaps, strict=True)
        )
        return cls(area, tuple(placed), tuple(points), tuple(gaps), tuple(starts), whole)

    def draw(self, room: Room, time: float, phases: Phases, theme: Theme) -> list[AnyElement]:
        """Give those that are seen at a moment: once all data is there, unless they say when."""
        elements: list[AnyElement] = []
        starts = self.starts or (phases.move_start,) * len(self.placed)
        for number, (one, start) in enumerate(zip(self.placed, starts, strict=True)):
            at = start if one.callout.at is None else one.callout.at
            seen = eased(time, at, _COMES_S * phases.pace, theme.enter)
            if one.callout.until is not None:
                seen *= 1.0 - eased(time, one.callout.until, _GOES_S * phases.pace, theme.move)
            elements += (
                self.whole[number]
                if seen >= 1.0
                else draw_call_out(room, self.area, one, *self.points[number], seen, self.gaps[number])
            )
        return elements
