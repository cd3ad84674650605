"""An axis whose domain changes with time: it grows ahead of the data; its ticks glide, and fade."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.axis import Tick
from bazaar_nb.scales.scales import Linear

Floats = NDArray[np.float64]
STEPS_A_SECOND = 60
_AHEAD_S = 0.6  # the domain has grown before the data needs it
_FADE_S = 0.25
_MOST_TICKS = 6
_EDGE = 0.05  # of the domain: ticks nearer to its end come in


def smooth(values: Floats, steps: int) -> Floats:
    """Give running means over so many steps on either side of the first axis, twice: without corners."""
    if steps < 1 or len(values) < 2:
        return values
    width = 2 * steps + 1
    for _ in range(2):
        ends = [np.repeat(values[:1], steps + 1, axis=0), values, np.repeat(values[-1:], steps, axis=0)]
        sums = np.cumsum(np.concatenate(ends), axis=0)
        values = (sums[width:] - sums[:-width]) / width
    return values


def envelope(values: Floats, steps: int) -> Floats:
    """Give a smooth curve that is nowhere below the values, and at most so many steps ahead of them."""
    if steps < 1 or len(values) < 2:
        return values
    padded = np.pad(values, 2 * steps, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 4 * steps + 1)
    return smooth(windows.max(axis=1), steps)


@dataclass(frozen=True)
class GrowingAxis:
    """The domain of an axis at each step of the time, and the distance of its ticks.

    Attributes
    ----------
    low, high : array of shape (steps,)
    distances : array of shape (k,)
        Of ticks, those that there are at any time.
    weights : array of shape (steps, k)
        How much each distance holds: 0 to 1, the sum is 1.
    """

    low: Floats
    high: Floats
    distances: Floats
    weights: Floats

    @classmethod
    def around(cls, low: Floats, high: Floats, pace: float = 1.0, most: int = _MOST_TICKS) -> GrowingAxis:
        """Give the axis that holds values which are known at each of `STEPS_A_SECOND` steps.

        Parameters
        ----------
        low, high : array of shape (steps,)
            The smallest and largest value at each step.
        pace : float
            Less than 1 where there is little time.
        most : int
            Of ticks.
        """
        ahead = round(_AHEAD_S * pace * STEPS_A_SECOND / 2)
        upper, lower = envelope(high, ahead), -envelope(-low, ahead)
        flat = upper - lower <= np.maximum(1e-300, 1e-12 * np.maximum(np.abs(upper), np.abs(lower)))
        room = np.where(upper == 0, 1.0, np.abs(upper) * 0.1)
        upper, lower = np.where(flat, upper + room, upper), np.where(flat, lower - room, lower)
        each = np.array([_distance(float(span), most) for span in upper - lower])
        distances = np.unique(each)
        weights = smooth((each[:, None] == distances).astype(np.float64), round(_FADE_S * STEPS_A_SECOND / 2))
        return cls(lower, upper, distances, weights)

    def domain(self, step: float) -> tuple[float, float]:
        """Give the domain at a step; between two counts too."""
        return _between(self.low, step), _between(self.high, step)

    def ticks(self, step: float, scale: Linear, words: Callable[[float], str]) -> list[Tick]:
        """Give the ticks at a step, on the scale of that moment."""
        low, high = scale.domain
        found: dict[float, float] = {}
        for number, distance in enumerate(self.distances.tolist()):
            weight = _between(self.weights[:, number], step)
            if weight < 1e-3:
                continue
            for count in range(math.ceil(low / distance - 1e-9), math.floor(high / distance + 1e-9) + 1):
                value = count * distance
                same = next((one for one in found if abs(one - value) < 1e-6 * distance), value)
                found[same] = found.get(same, 0.0) + weight
        edge = _EDGE * (high - low)
        ticks = []
        for value, weight in sorted(found.items()):
            inward = (
                1.0
                if value == 0
                else min(1.0, (high - value) / edge, (value - low) / edge if low < 0 else 1.0)
            )
            opacity = min(1.0, weight) * max(0.0, inward)
            if opacity > 0.004:
                ticks.append(Tick(float(scale(value)), words(value), round(opacity, 3), is_base=value == 0))
        return ticks


def _between(values: Floats, step: float) -> float:
    """Give a value between two steps, by a straight line."""
    last = len(values) - 1
    step = min(max(step, 0.0), float(last))
    first = min(int(step), max(0, last - 1))
    if last == 0:
        return float(values[0])
    part = step - first
    return float(values[first]) * (1 - part) + float(values[first + 1]) * part


def _distance(span: float, most: int) -> float:
    """Give the smallest round distance of which a span has no more than so many."""
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    return next((part * power for part in (1, 2, 2.5, 5) if part * power >= raw * (1 - 1e-12)), 10 * power)
