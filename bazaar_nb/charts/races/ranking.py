"""Who is where in a race: values and ranks at each step of a film's time, from values at moments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.growing_axis import STEPS_A_SECOND, smooth

Floats = NDArray[np.float64]
_CHANGE_S = 0.5  # that a change of rank takes
_FADE_S = 0.15
_MANY = 200  # keys, of which those that never come to the top are left out first


class Ranking(NamedTuple):
    """The keys that are ever among the first.

    Attributes
    ----------
    at_times : array of shape (steps,)
        Moments of the data, evenly from the first to the last; these stay for some more steps.
    still : int
        So many, before and after: who changes places near the first or last moment needs them.
    keys : tuple of str
    values : array of shape (steps, k)
        Never NaN: who has no value keeps the nearest that it had.
    ranks : array of shape (steps, k)
        From 0, without jumps; who is below the first waits just below them.
    present : array of shape (steps, k)
        How much of each is there, 0 to 1.
    inside : array of shape (steps, k)
        Whether it is among the first.
    change : int
        Steps that half a change of places takes.
    """

    at_times: Floats
    keys: tuple[str, ...]
    values: Floats
    ranks: Floats
    present: Floats
    inside: NDArray[np.bool_]
    still: int
    change: int

    def at(self, step: float) -> tuple[Floats, Floats, Floats]:
        """Give values, ranks and presence at a step; between two counts too."""
        first = min(int(step), len(self.at_times) - 2)
        part = step - first
        values, ranks, present = (
            table[first] * (1 - part) + table[first + 1] * part
            for table in (self.values, self.ranks, self.present)
        )
        return values, ranks, present


def rank_over_time(
    times: Floats,
    keys: Sequence[str],
    matrix: Floats,
    top: int,
    seconds: float,
    *,
    pace: float = 1.0,
    ascending: bool = False,
) -> Ranking:
    """Find values and ranks at each of `STEPS_A_SECOND` steps.

    Parameters
    ----------
    times : array of shape (t,)
        Rising.
    keys : sequence of str
    matrix : array of shape (t, k)
        NaN where a key has no value.
    top : int
        How many are seen.
    seconds : float
        That the race lasts.
    pace : float
        Less than 1 where there is little time: ranks then change faster.
    ascending : bool
        Whether the smallest is first.
    """
    half = round(_CHANGE_S * pace * STEPS_A_SECOND / 4)
    still = 2 * half + 1
    at_times = np.linspace(times[0], times[-1], max(2, round(seconds * STEPS_A_SECOND) + 1))
    at_times = np.pad(at_times, still, mode="edge")
    steps = len(at_times)
    chosen = _candidates(matrix, top, ascending) if matrix.shape[1] > _MANY else np.arange(matrix.shape[1])
    values = np.stack([interpolated(at_times, times, matrix[:, one]) for one in chosen], axis=1)
    there = ~np.isnan(values)
    weight = np.where(there, values if ascending else -values, np.inf)
    ranks = np.empty_like(values)
    order = np.argsort(weight[0], kind="stable")
    places = np.arange(len(order))
    for step in range(steps):  # ties keep the order of before
        order = order[np.argsort(weight[step][order], kind="stable")]
        ranks[step, order] = places
    inside = (ranks < top) & there
    seen = np.flatnonzero(inside.any(axis=0))
    waiting = np.where(there, np.minimum(ranks, top), top)[:, seen].astype(np.float64)
    return Ranking(
        at_times,
        tuple(keys[chosen[number]] for number in seen),
        _held(values[:, seen]),
        smooth(waiting, half),
        smooth(there[:, seen].astype(np.float64), round(_FADE_S * pace * STEPS_A_SECOND)),
        inside[:, seen],
        still,
        2 * half,
    )


def are_whole(matrix: Floats) -> bool:
    """Tell whether a table counts something: between two moments its numbers then stay whole, too."""
    told = np.nan_to_num(matrix)
    return bool((told == np.round(told)).all())


def interpolated(at: Floats, times: Floats, column: Floats) -> Floats:
    """Give values between moments by straight lines; NaN beside a gap."""
    there = ~np.isnan(column)
    if not there.any():
        return np.full(len(at), np.nan)
    if len(times) == 1:
        return np.full(len(at), column[0])
    after = np.clip(np.searchsorted(times, at, side="left"), 1, len(times) - 1)
    part = (at - times[after - 1]) / (times[after] - times[after - 1])
    one, other = column[after - 1], column[after]
    mixed = one * (1 - part) + other * part
    mixed = np.where(part < 1e-9, one, np.where(part > 1 - 1e-9, other, mixed))
    return np.where(one == other, one, mixed)  # what stands still does so exactly


def _candidates(matrix: Floats, top: int, ascending: bool) -> NDArray[np.intp]:
    """Give the keys that may be among the first at any time, moments between two rows included.

    Between two rows values lie on straight lines, so that a key which is below the first at both may be among
    them meanwhile: it must only reach the smallest value that the last of them can have.
    """
    size = np.nan_to_num(-matrix if ascending else matrix, nan=-np.inf)
    one, other = (size[:-1], size[1:]) if len(size) > 1 else (size, size)
    low, high = np.minimum(one, other), np.maximum(one, other)
    least = np.partition(low, -min(top, low.shape[1]), axis=1)[:, -min(top, low.shape[1])]
    return np.flatnonzero(((high >= least[:, None]) & (high > -np.inf)).any(axis=0))


def _held(values: Floats) -> Floats:
    """Give values without NaN: a bar that fades keeps the nearest one that it had."""
    result = values.copy()
    for column in result.T:
        there = np.flatnonzero(~np.isnan(column))
        if 0 < len(there) < len(column):
            column[:] = np.interp(np.arange(len(column)), there, column[there])
    return result
