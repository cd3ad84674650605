"""Labels that would lie over each other move apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def spread(
    places: Sequence[float] | NDArray[np.float64],
    sizes: Sequence[float] | NDArray[np.float64],
    low: float,
    high: float,
    order: Sequence[int] | NDArray[np.intp] | None = None,
) -> NDArray[np.float64]:
    """Move labels apart along an axis, each as little as it takes, in their order.

    Least squares by pooling those that touch (the pool-adjacent-violators algorithm of isotonic
    regression, Barlow et al. 1972): where two labels approach each other they meet without a jump.

    Parameters
    ----------
    places : array of shape (n,)
        The labels' middles where they would like to be, in pixels.
    sizes : array of shape (n,)
        How much of the axis each takes, gap included.
    low, high : float
        Labels stay within, if all fit; else they start at `low`.
    order : sequence of int, optional
        The labels from `low` on; by default that of their places.

    Returns
    -------
    array of shape (n,)
        Their middles.
    """
    wanted, room = np.asarray(places, np.float64), np.asarray(sizes, np.float64)
    if len(wanted) == 0:
        return wanted
    along = (np.argsort(wanted, kind="stable") if order is None else np.asarray(order)).tolist()
    all_wanted, all_room = wanted.tolist(), room.tolist()  # lists: labels are few
    blocks: list[tuple[float, int]] = []
    taken, middles = 0.0, []
    for number in along:
        middle = taken + all_room[number] / 2
        taken += all_room[number]
        middles.append(middle)
        mean, count = all_wanted[number] - middle, 1  # of these, labels that touch are equal, none may fall
        while blocks and blocks[-1][0] > mean:
            other, others = blocks.pop()
            mean, count = (mean * count + other * others) / (count + others), count + others
        blocks.append((mean, count))
    stop = max(low, high - taken)
    shifts = [max(low, min(mean, stop)) for mean, count in blocks for _ in range(count)]
    result = np.empty_like(wanted)
    result[along] = [shift + middle for shift, middle in zip(shifts, middles, strict=True)]
    return result
