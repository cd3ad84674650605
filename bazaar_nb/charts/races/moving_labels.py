"""Names beside things that move: apart from one another at any time, and gliding where two change places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.growing_axis import STEPS_A_SECOND, smooth
from bazaar_nb.charts.parts.labels import spread

Floats = NDArray[np.float64]
SAMPLES_A_SECOND = 15
_GLIDE_S = 0.4
_CLEAR = 0.7  # of a label's height


def spread_over_time(
    wanted: Floats,
    there: NDArray[np.bool_],
    height: float,
    low: float,
    high: float,
    pace: float = 1.0,
    beside: NDArray[np.bool_] | None = None,
) -> Floats:
    """Find the middles of labels along an axis at each sample.

    Parameters
    ----------
    wanted : array of shape (samples, k)
        Where they would like to be, in pixels, `SAMPLES_A_SECOND` a second; finite.
    there : array of shape (samples, k)
        Whether each is seen.
    height : float
        Pixels that each takes.
    low, high : float
        They stay within.
    pace : float
        Less than 1 where there is little time.
    beside : array of shape (samples, k, k), optional
        Which of them would touch if they were equally high; by default all.

    Returns
    -------
    array of shape (samples, k)

    Notes
    -----
    Two that overtake each other change places at once, when they are clearly apart the other way round: those
    that cross often stay. The means over a short time (twice) make of that a movement without corners, which
    begins before and ends after it.
    """
    found = wanted.copy()
    half = glide_samples(pace) // 2
    for sample, order in enumerate(_orders(wanted, height, 2 * half + 1)):
        seen_now = [number for number in order if there[sample, number]]
        for mine in [seen_now] if beside is None else _touching(seen_now, beside[sample]):
            row, seen = wanted[sample, mine], np.full(len(mine), height)
            found[sample, mine] = spread(row, seen, low, high, range(len(mine)))
    return smooth(found, half)


def glide_samples(pace: float) -> int:
    """Give the samples that half a change of places takes."""
    return 2 * max(1, round(_GLIDE_S * pace * SAMPLES_A_SECOND / 4))


def _touching(order: list[int], beside: NDArray[np.bool_]) -> list[list[int]]:
    """Give labels in their order, apart from those that can't touch them, not even by way of others."""
    left, groups = list(order), []
    while left:
        group = [left.pop(0)]
        for one in group:
            near = [other for other in left if beside[one, other]]
            group += near
            left = [other for other in left if other not in near]
        groups.append([one for one in order if one in group])
    return groups


def _orders(wanted: Floats, height: float, early: int) -> list[list[int]]:
    """Give the order of labels at each sample: two change places when they clearly want to.

    In the first and last samples it is that of the first and last, so that all stand in their places there.
    """
    last = len(wanted) - 1
    order: list[int] = np.argsort(wanted[0], kind="stable").tolist()
    final: list[int] = np.argsort(wanted[-1], kind="stable").tolist()
    slack = _CLEAR * height
    found = []
    for sample, places in enumerate(wanted.tolist()):
        if sample >= last - early:
            order = final
        elif sample > early:
            order = order.copy()
            for stop in range(1, len(order)):
                at = stop
                while at and places[order[at - 1]] > places[order[at]] + slack:
                    order[at - 1], order[at] = order[at], order[at - 1]
                    at -= 1
        found.append(order)
    return found


def sampled(values: Floats) -> Floats:
    """Give every so many steps of an array of steps: those of the samples."""
    every = STEPS_A_SECOND // SAMPLES_A_SECOND
    count = -(-(len(values) - 1) // every) + 1
    return values[np.minimum(np.arange(count) * every, len(values) - 1)]


def at_step(samples: Floats, step: float) -> Floats:
    """Give the row of samples at a step of the time; between two by a straight line."""
    at = step * SAMPLES_A_SECOND / STEPS_A_SECOND
    first = min(max(0, int(at)), max(0, len(samples) - 2))
    part = min(1.0, max(0.0, at - first))
    result: Floats = samples[first] * (1 - part) + samples[min(first + 1, len(samples) - 1)] * part
    return result
