"""Many dots on their way from one view to another, as one element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.morphs.morph_pieces import Change
from bazaar_nb.charts.parts.marks import Dot, Mark
from bazaar_nb.motion.easing import Easing
from bazaar_nb.scene.elements import Points
from bazaar_nb.values.color import parse_color

Floats = NDArray[np.float64]
_MANY = 60  # dots: fewer are elements of their own
_EASE_STEPS = 256  # of an easing's table, between which straight lines are less than 1/50 px off


class DotCrowd(NamedTuple):
    """Dots that become dots.

    Attributes
    ----------
    forms : array of shape (2, n, 3)
        Places and radii in both views, in pixels.
    colors : array of shape (2, n, 4)
        From 0 to 1.
    spans : array of shape (n, 2)
        Of the change's time.
    numbers : array of shape (n,)
        By which one comes after the other.
    ease : array
        The theme's easing at even steps.
    """

    forms: Floats
    colors: Floats
    spans: Floats
    numbers: Floats
    ease: Floats

    def at(self, part: float, apart: float, last: int) -> list[Points]:
        """Give the dots at a part of the change's time; none where none is seen.

        Parameters
        ----------
        apart : float
            By which each begins later than the one before, as a part of the time.
        last : int
            The highest number of all that moves.
        """
        start = self.spans[:, 0] + apart * self.numbers
        stop = self.spans[:, 1] - apart * (last - self.numbers)
        steps = np.clip((part - start) / (stop - start), 0.0, 1.0) * (len(self.ease) - 1)
        told = np.interp(steps, np.arange(len(self.ease)), self.ease)[:, None]
        colors = self.colors[0] + (self.colors[1] - self.colors[0]) * told
        forms = self.forms[0] + (self.forms[1] - self.forms[0]) * told
        seen = colors[:, 3] > 0.004
        if not seen.any():
            return []
        x, y, radius = forms[seen].T
        return [Points(x, y, size=2 * radius, color=colors[seen])]


def divide_crowd(changes: Sequence[Change], ease: Easing) -> tuple[tuple[Change, ...], DotCrowd | None]:
    """Take the dots that become dots out of changes, where they are many."""
    dots = [one for one in changes if len(one.stops) == 2 and all(isinstance(s.form, Dot) for s in one.stops)]
    if len(dots) <= _MANY:
        return tuple(changes), None
    taken = set(map(id, dots))
    sides = [[one.stops[side] for one in dots] for side in (0, 1)]
    return tuple(one for one in changes if id(one) not in taken), DotCrowd(
        np.array([[mark.form for mark in side] for side in sides], np.float64),
        np.array([[_rgba(mark) for mark in side] for side in sides]),
        np.array([one.span for one in dots]),
        np.array([one.number for one in dots], np.float64),
        np.array([ease(step / _EASE_STEPS) for step in range(_EASE_STEPS + 1)]),
    )


def _rgba(mark: Mark) -> tuple[float, ...]:
    return (*parse_color(mark.color)[:3], mark.opacity)
