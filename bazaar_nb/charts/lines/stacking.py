"""Bands that lie on one another: what each begins and ends at."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Stacking = Literal["overlap", "stack", "share", "stream"]


def stack_bands(matrix: Floats, stacking: Stacking) -> tuple[Floats, Floats]:
    """Give the lower and upper end of each band.

    Streams have the base that wiggles least (Byron and Wattenberg, "Stacked Graphs: Geometry and Aesthetics",
    2008, section 5.1): the sum of squared slopes of all bands is the smallest that there is.

    Parameters
    ----------
    matrix : array of shape (t, k)
        Without NaN; not negative but for ``overlap``. The first band is the lowest.

    Returns
    -------
    low, high : array of shape (t, k)
    """
    if stacking == "overlap":
        return np.zeros_like(matrix), matrix
    if stacking == "share":
        total = matrix.sum(axis=1, keepdims=True)
        matrix = np.divide(matrix, total, out=np.zeros_like(matrix), where=total > 0)
    high = np.cumsum(matrix, axis=1)
    low = high - matrix
    if stacking == "stream":
        count = matrix.shape[1]
        weights = np.arange(count, 0, -1.0)  # the lowest band moves all above it
        base = -(matrix * weights).sum(axis=1, keepdims=True) / (count + 1)
        low, high = low + base, high + base
    return low, high


def inside_out(matrix: Floats) -> list[int]:
    """Give bands in an order for streams: those that come first in the middle, later ones around them.

    As Byron and Wattenberg (2008, section 5.3): by the moment of their peak, on the side that is lighter.
    """
    peaks = np.argmax(matrix, axis=0)
    above: list[int] = []
    below: list[int] = []
    weights = [0.0, 0.0]
    for number in np.argsort(peaks, kind="stable").tolist():
        side = 0 if weights[0] <= weights[1] else 1
        weights[side] += float(matrix[:, number].sum())
        (above if side == 0 else below).append(number)
    return [*reversed(below), *above]


def with_edges(times: Floats, matrix: Floats) -> tuple[Floats, Floats]:
    """Give times and values without NaN: a band that is not there has no height, and an upright edge."""
    there = ~np.isnan(matrix)
    rows: list[Floats] = []
    at: list[float] = []
    for number in range(len(times)):
        row = np.where(there[number], matrix[number], 0.0)
        if number and (there[number] & ~there[number - 1]).any():
            rows.append(np.where(there[number - 1], row, 0.0))
            at.append(times[number])
        rows.append(row)
        at.append(times[number])
        if number + 1 < len(times) and (there[number] & ~there[number + 1]).any():
            rows.append(np.where(there[number + 1], row, 0.0))
            at.append(times[number])
    return np.array(at), np.array(rows)


def monotone_curve(times: Floats, matrix: Floats, points: int) -> tuple[Floats, Floats]:
    """Give values on a smooth curve through all given ones that has no ups and downs of its own.

    Cubic Hermite pieces with the slopes of Fritsch and Butland (1984): the weighted harmonic mean of the
    slopes on either side, 0 at a peak.

    Parameters
    ----------
    times : array of shape (t,)
        Rising.
    matrix : array of shape (t, k)
        Without NaN.
    points : int
        On the curve, besides those that are given.
    """
    if len(times) < 3:
        return times, matrix
    step = np.diff(times)[:, None]
    slope = np.diff(matrix, axis=0) / step
    before, after = slope[:-1], slope[1:]
    w1, w2 = 2 * step[1:] + step[:-1], step[1:] + 2 * step[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.where(before * after > 0, (w1 + w2) / (w1 / before + w2 / after), 0.0)
    slopes = np.concatenate([slope[:1], inner, slope[-1:]])
    at = np.unique(np.concatenate([times, np.linspace(times[0], times[-1], points)]))
    piece = np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(times) - 2)
    width = (times[piece + 1] - times[piece])[:, None]
    part = (at - times[piece])[:, None] / width
    one, other = matrix[piece], matrix[piece + 1]
    curve = (
        one * (1 + 2 * part) * (1 - part) ** 2
        + slopes[piece] * width * part * (1 - part) ** 2
        + other * part**2 * (3 - 2 * part)
        + slopes[piece + 1] * width * part**2 * (part - 1)
    )
    return at, np.maximum(curve, np.minimum(0.0, matrix.min()))
