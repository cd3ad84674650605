"""Lines as pixels: what of them is seen up to a place, quickly."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.scene.arrays import FloatArray

Floats = NDArray[np.float64]
Pixels = NDArray[np.float32]
_POINTS_A_PIXEL = 4  # of a line; where there are more, those that are seen are drawn


class LineBand(NamedTuple):
    """A stretch without gaps of the band around a line, in pixels.

    Attributes
    ----------
    number : int
        Of the line.
    x, low, high : array of shape (n,)
    """

    number: int
    x: Floats
    low: Floats
    high: Floats

    def until(self, front: float) -> Floats | None:
        """Give the outline up to a place, shape (m, 2); None before the band begins."""
        x, low, high = self.x, self.low, self.high
        count = int(np.searchsorted(x, front + 1e-3, side="right"))
        if not count:
            return None
        if count < len(x):
            share = (front - x[count - 1]) / (x[count] - x[count - 1])
            ends = [
                np.append(end[:count], end[count - 1] * (1 - share) + end[count] * share)
                for end in (low, high)
            ]
            x, low, high = np.append(x[:count], front), ends[0], ends[1]
        return np.column_stack([np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])])


def line_bands(x: Floats, low: Floats, high: Floats) -> list[LineBand]:
    """Give the bands around lines, each stretch between two gaps by itself.

    Parameters
    ----------
    x : array of shape (n,)
    low, high : array of shape (n, lines)
    """
    found = []
    for number in range(low.shape[1]):
        there = ~np.isnan(low[:, number]) & ~np.isnan(high[:, number])
        edges = np.flatnonzero(np.diff(np.concatenate(([0], there.astype(np.int8), [0]))))
        for start, stop in edges.reshape(-1, 2).tolist():
            part = slice(start, stop)
            found.append(LineBand(number, x[part], low[part, number], high[part, number]))
    return found


def as_pixels(values: Floats) -> Pixels:
    """Give pixels as elements hold them, so that a part of them is one, too."""
    pixels = np.ascontiguousarray(values, "<f4") + np.float32(0.0)
    pixels[np.isnan(pixels)] = np.nan
    return pixels


def as_array(pixels: Pixels) -> FloatArray:
    """Give pixels of `as_pixels`, or a part of them, as an element takes them."""
    return FloatArray(pixels.shape, pixels.tobytes())


def cut_lines(x: Pixels, y: Pixels, front: float) -> tuple[Pixels, Pixels, int]:
    """Give lines up to a place between two points, and how many whole points they have; one at least."""
    count = max(1, int(np.searchsorted(x, np.float32(front), side="right")))
    if count >= len(x):
        return x, y, count
    share = np.float32((front - x[count - 1]) / (x[count] - x[count - 1]))
    cut_x, cut_y = x[: count + 1].copy(), y[:, : count + 1].copy()
    cut_x[count] = front
    last = y[:, count - 1] * (1 - share) + y[:, count] * share
    cut_y[:, count] = np.where(np.isnan(last), np.float32(np.nan), last)
    return cut_x, cut_y, count


def last_told(y: Floats) -> Any:
    """Give for each place of each line the last one up to it that has a value."""
    there = ~np.isnan(y)
    return np.maximum.accumulate(np.where(there, np.arange(y.shape[1]), 0), axis=1)


def lone_points(x: Floats, y: Floats) -> list[tuple[int, float, float]]:
    """Give the values between two gaps, which no line goes to: which line, and where."""
    there = np.pad(~np.isnan(y), ((1, 1), (0, 0)))
    rows, numbers = np.nonzero(there[1:-1] & ~there[:-2] & ~there[2:])
    if len(rows) == y.shape[1] == there.sum():  # one moment: the dots at the ends say it
        return []
    return [
        (n, float(x[row]), float(y[row, n])) for row, n in zip(rows.tolist(), numbers.tolist(), strict=True)
    ]


def seen_rows(x: Floats, y: Floats, width: float) -> Any:
    """Give the rows that are seen, where there are far more than pixels.

    Of each column of pixels the first, the last, the lowest and the highest: M4 (Jugel et al. 2014,
    https://doi.org/10.14778/2732951.2732953).
    """
    if len(x) <= _POINTS_A_PIXEL * max(1.0, width) or y.shape[1] > 40:
        return slice(None)
    bins = np.floor(x).astype(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], np.diff(bins) > 0)))
    stops = np.append(starts[1:], len(x)) - 1
    kept = np.zeros(len(x), bool)
    kept[starts] = kept[stops] = True
    group = np.cumsum(np.concatenate(([False], np.diff(bins) > 0)))
    for column in y.T:
        gaps = np.isnan(column)
        kept |= gaps & ~np.concatenate(([False], gaps[:-1]))
        for filled, extreme in ((np.inf, np.minimum), (-np.inf, np.maximum)):
            values = np.where(gaps, filled, column)
            kept |= ~gaps & (values == extreme.reduceat(values, starts)[group])
    return np.flatnonzero(kept)
