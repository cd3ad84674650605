"""Who is being overtaken: its words make room for those of the bar that passes it, and it lies below."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.growing_axis import smooth

Floats = NDArray[np.float64]
_TOUCH = 1.0  # place: as near as this one bar may lie over another
_FADES = 0.25  # place: over at least this much words fade
_SMOOTH_STEPS = 2


class Overtaking(NamedTuple):
    """What becomes of k bars while others pass them, at each step.

    Attributes
    ----------
    words : array of shape (steps, k)
        How much of a bar's words is seen, 0 to 1.
    below : array of shape (steps, k)
        1 where a bar lies below the one that passes it, else 0.
    """

    words: Floats
    below: Floats


def find_overtaking(ranks: Floats, seen: NDArray[np.bool_], near: float, change: int) -> Overtaking:
    """Find who is overtaken at each step.

    Parameters
    ----------
    ranks : array of shape (steps, k)
        From 0, without jumps.
    seen : array of shape (steps, k)
        Whom one sees.
    near : float
        Words that are less than this apart, in places, touch.
    change : int
        Steps that half a change of places takes.

    Notes
    -----
    Of two the one that falls gives way, all the time that they are near: whoever is ahead.
    """
    steps, count = ranks.shape
    numbers = np.arange(steps)
    before, after = np.maximum(numbers - change, 0), np.minimum(numbers + change, steps - 1)
    words, below = np.ones((steps, count)), np.zeros((steps, count))
    for one in range(count):
        apart = ranks - ranks[:, [one]]
        passes = (np.abs(apart) < _TOUCH) & seen
        passes[:, one] = False
        others = np.flatnonzero(passes.any(axis=0))
        if len(others) == 0:
            continue
        mine = apart[:, others]
        passes = passes[:, others] & (mine[after] < mine[before])
        below[:, one] = passes.any(axis=1)
        left = np.clip((np.abs(mine) - 0.75 * near) / max(0.45 * near, _FADES), 0.0, 1.0)
        words[:, one] = np.where(passes, left, 1.0).min(axis=1)
    return Overtaking(smooth(words, _SMOOTH_STEPS), below)
