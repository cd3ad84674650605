"""The axis of a measure that holds all that is ever seen of it: it stands still while time passes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scales.scales import Linear, Log
from bazaar_nb.scales.ticks import log_ticks, nice_ticks

Floats = NDArray[np.float64]
_AIR = 0.06  # of the axis, beyond the outermost values
_MOST_TICKS = 6  # of one whose steps are even


class MeasureAxis(NamedTuple):
    """The ends of an axis, and whether equal ratios are equal steps on it."""

    low: float
    high: float
    is_log: bool

    @classmethod
    def around(cls, values: Floats, told: Sequence[float], *, is_log: bool) -> MeasureAxis:
        """Give an axis that holds values, and places that are told on it, with some air."""
        low, high = min([float(values.min()), *told]), max([float(values.max()), *told])
        if is_log:
            low, high = math.log10(low), math.log10(high)
        air = _AIR * (high - low) or 0.1 * abs(high) or 1.0
        low, high = low - air, high + air
        return cls(10**low, 10**high, is_log) if is_log else cls(low, high, is_log)

    def scale(self, start: float, stop: float) -> Linear | Log:
        """Give its scale, to pixels."""
        kind = Log if self.is_log else Linear
        return kind((self.low, self.high), (start, stop))

    def ticks(self, most: int) -> Floats:
        """Give the values of its ticks."""
        if self.is_log:
            return log_ticks(self.low, self.high, most)
        return nice_ticks(self.low, self.high, min(_MOST_TICKS, most))


def words_of_ticks(number: NumberFormat, values: Floats) -> Callable[[float], str]:
    """Give what writes ticks: with as many decimals as their steps take, where these are even."""
    steps = np.diff(values)
    even = len(steps) > 0 and np.allclose(steps, steps[0], rtol=1e-6)
    return number.for_step(float(steps[0])) if even else number
