"""Dots that fall and pile up: where each comes to lie, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.bars.bins import Bins
from bazaar_nb.charts.parts.room import Area

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SMALLEST = 5.0  # pixels of a dot, in a frame whose shorter side is 1080
_LARGEST = 44.0
_FULL = 0.9  # of a bin's width
_SIZE = 0.9  # of a dot's place
MOST_DOTS = 6000
_FALL_S = 0.7


@dataclass(frozen=True)
class DotPile:
    """Dots in the order in which they fall.

    Attributes
    ----------
    x, y : array of shape (dots,)
        Where each comes to lie, in pixels.
    bins, rows : array of int
        Of each dot: its bin, and a value that it stands for.
    size : float
        Diameter in pixels.
    each : int
        How many values a dot stands for.
    top : float
        Pixels where they come from.
    """

    x: Floats
    y: Floats
    bins: Ints
    rows: Ints
    size: float
    each: int
    top: float

    def tops(self, count: int) -> Floats:
        """Give the upper edge of each bin's pile, in pixels."""
        found = np.full(count, float(self.y.max()) + self.size / 2 if len(self.y) else self.top)
        np.minimum.at(found, self.bins, self.y - self.size / 2)
        return found

    def fallen(self, time: float, start: float, stop: float, pace: float) -> tuple[Floats, Floats, Ints]:
        """Give x, y and numbers of the dots that are there at a moment.

        They fall with one acceleration, so that none overtakes another; the last lies still at `stop`.
        """
        depth = float(self.y.max()) - self.top if len(self.y) else 1.0
        fall = min(_FALL_S * pace, max(1e-3, stop - start))
        starts = start + (stop - fall - start) * np.arange(len(self.y)) / max(1, len(self.y) - 1)
        passed = time - starts
        there = np.flatnonzero(passed >= 0)
        deep = self.top + depth * np.minimum(1e3, passed[there] / fall) ** 2
        return self.x[there], np.minimum(self.y[there], deep), there


def pile_up(bins: Bins, lefts: Floats, rights: Floats, area: Area, unit: float) -> DotPile:
    """Give the dots' places: as large as fit, in as many columns a bin as that takes.

    Parameters
    ----------
    lefts, rights : array of shape (bins,)
        The bins' sides, in pixels.
    """
    width = float((rights - lefts).min()) * _FULL
    each, most = 1, int(bins.counts.max())
    for each in _round_numbers():
        tallest = -(-most // each)
        columns, size = _columns(width, area.height, tallest)
        if size >= _SMALLEST * unit and int(bins.counts.sum()) // each <= MOST_DOTS:
            break
    size = min(size, _LARGEST * unit)
    order = np.argsort(bins.places, kind="stable")
    before = np.concatenate(([0], np.cumsum(bins.counts)[:-1]))
    number = np.empty(len(order), np.int64)  # of each value within its bin
    number[order] = np.arange(len(order)) - before[bins.places[order]]
    # a dot falls with the middle one of the values that it stands for; what is less than half of one has none
    rows = np.flatnonzero(number % each == each // 2)
    place, high = bins.places[rows], number[rows] // each
    middle = (lefts + rights)[place] / 2
    x = middle + (high % columns - (columns - 1) / 2) * size
    y = np.asarray(area.bottom - (high // columns + 0.5) * size, np.float64)
    return DotPile(np.asarray(x, np.float64), y, place, rows, size * _SIZE, each, area.top - size)


def _columns(width: float, height: float, tallest: int) -> tuple[int, float]:
    """Give how many dots stand beside one another so that they are largest, and their size."""
    most = max(1, min(tallest, int((tallest * width / height) ** 0.5) + 2))
    sizes = [min(width / columns, height / -(-tallest // columns)) for columns in range(1, most + 1)]
    best = int(np.argmax(sizes))
    return best + 1, sizes[best]


def _round_numbers() -> list[int]:
    return [part * 10**power for power in range(12) for part in (1, 2, 5)]
