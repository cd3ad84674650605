"""An axis whose domain changes with time: it grows ahead of the data; its ticks glide, and fade."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.axis import Tick
from bazaar_nb.scales.formats import NumberFormat
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
        flat = upper - lower <= np.maximum(1e-290, 1e-12 * np.maximum(np.abs(upper), np.abs(lower)))
        room = np.where(np.abs(upper) < 1e-290, 1.0, np.abs(upper) * 0.1)
        upper, lower = np.where(flat, upper + room, upper), np.where(flat, lower - room, lower)
        each = np.array([_distance(float(span), most) for span in upper - lower])
        distances = np.unique(each)
        weights = smooth((each[:, None] == distances).astype(np.float64), round(_FADE_S * STEPS_A_SECOND / 2))
        return cls(lower, upper, distances, weights)

    def domain(self, step: float) -> tuple[float, float]:
        """Give the domain at a step; between two counts too."""
        return between_steps(self.low, step), between_steps(self.high, step)

    def ticks(self, step: float, scale: Linear, words: Callable[[float], str] | NumberFormat) -> list[Tick]:
        """Give the ticks at a step, on the scale of that moment.

        Where their distance changes, those of the new one come as those of the old one go; words are there
        only for the one that holds more than half, so that they are never over each other. A `NumberFormat`
        writes as many decimals as a distance takes.
        """
        low, high = scale.domain
        found: dict[float, tuple[float, float]] = {}
        for number, distance in enumerate(self.distances.tolist()):
            weight = between_steps(self.weights[:, number], step)
            if weight < 1e-3:
                continue
            near = 1e-6 * distance
            for count in range(math.ceil(low / distance - 1e-9), math.floor(high / distance + 1e-9) + 1):
                value = count * distance
                same = next((one for one in found if abs(one - value) < near), value) if found else value
                before, other = found.get(same, (0.0, distance))
                found[same] = (before + weight, max(distance, other))
        edge = _EDGE * (high - low)
        ticks = []
        of_distance = _numbers(words) if isinstance(words, NumberFormat) else lambda value, _: words(value)
        (start, stop), (first, last) = scale.range, scale.domain
        pixels = (stop - start) / (last - first) if last != first else 0.0
        for value, (weight, distance) in sorted(found.items()):
            inward = (
                1.0
                if value == 0
                else min(1.0, (high - value) / edge, (value - low) / edge if low < 0 else 1.0)
            )
            weight, inward = min(1.0, weight), max(0.0, inward)
            opacity = weight * inward
            if opacity <= 0.004:
                continue
            said = max(0.0, 2 * weight - 1) * inward
            written = "" if said <= 0.004 else of_distance(value, distance)
            place = start + (value - first) * pixels
            ticks.append(Tick(place, written, round(opacity, 3), value == 0, round(said, 3)))
        return ticks


@lru_cache(maxsize=64)
def _numbers(format: NumberFormat) -> Callable[[float, float], str]:
    @lru_cache(maxsize=1024)
    def written(value: float, distance: float) -> str:
        return format.for_step(distance)(value)

    return written


def between_steps(values: Floats, step: float) -> float:
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
