"""What frames cost a worker, of which the slowest are told: an author finds by them what costs.

Encoding is not among it: an encoder takes a frame when it has looked at forty
more, so what it takes belongs to no frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest

import msgspec

MOST_TOLD = 10
"""Frames of a render that are told."""
_OF_SEGMENT = 5


class FrameCost(msgspec.Struct, frozen=True, array_like=True):
    """What one frame took.

    Attributes
    ----------
    frame : int
        Of the film, at the export's frame rate.
    evaluate_s, draw_s : float
        Seconds of work: for the scenes' functions and for the pixels. A frame that looks like the one
        before isn't drawn.
    element : str
        The element that took longest to draw, as errors have it; empty where none was drawn.
    element_s : float
        Of `draw_s`, that element's own part.
    scene : str
        The topmost at that frame; empty as long as nobody has looked.
    scene_frame : int
        The frame, as that scene counts.
    """

    frame: int
    evaluate_s: float
    draw_s: float
    element: str
    element_s: float
    scene: str = ""
    scene_frame: int = 0

    @property
    def total_s(self) -> float:
        """Seconds altogether."""
        return self.evaluate_s + self.draw_s


def slowest(costs: Iterable[FrameCost], most: int = MOST_TOLD) -> tuple[FrameCost, ...]:
    """Give those that took longest, the slowest first."""
    return tuple(nlargest(most, costs, key=lambda cost: (cost.total_s, -cost.frame)))


class FrameClock:
    """Takes note of what the frames of a segment cost.

    Parameters
    ----------
    first : int
        The segment's first frame, as the film counts.
    evaluate_s : sequence of float
        What evaluating each of them took.
    """

    def __init__(self, first: int, evaluate_s: Sequence[float]) -> None:
        self._first = first
        self._evaluate_s = evaluate_s
        self._drawn: dict[int, tuple[float, str, float]] = {}

    def drawn(self, index: int, seconds: float, element: str, element_s: float) -> None:
        """Take note of a frame that was drawn, counted from the segment's first."""
        self._drawn[index] = (seconds, element, element_s)

    def slowest(self) -> tuple[FrameCost, ...]:
        """Give the slowest frames."""
        first, not_drawn = self._first, (0.0, "", 0.0)
        costs = (
            FrameCost(first + index, evaluate_s, *self._drawn.get(index, not_drawn))
            for index, evaluate_s in enumerate(self._evaluate_s)
        )
        return slowest(costs, _OF_SEGMENT)
