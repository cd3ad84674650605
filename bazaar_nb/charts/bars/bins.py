"""Bins of a histogram: round edges, and which row is in which."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.table import Problems
from bazaar_nb.errors import InvalidValueError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_BINS = 200
_FEWEST, _USUAL_MOST = 6, 40
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


class Bins(NamedTuple):
    """Values in bins.

    Attributes
    ----------
    edges : array of shape (bins + 1,)
    counts : array of int, shape (bins,)
    places : array of int, shape (values,)
        The bin of each value.
    whole : bool
        Whether each bin is one whole number, in its middle.
    """

    edges: Floats
    counts: Ints
    places: Ints
    whole: bool


def put_in_bins(values: Floats, bins: int | Sequence[float] | None, problems: Problems) -> Bins:
    """Give the bins of values that are all finite.

    Parameters
    ----------
    values : array of shape (n,)
    bins : int, sequence of float or None
        How many about, or their edges; None finds a number (Freedman and Diaconis 1981, or Sturges 1926, as
        numpy's ``auto``). Edges that are found are round.
    """
    whole = False
    if bins is None or isinstance(bins, int):
        if isinstance(bins, int) and not 1 <= bins <= MOST_BINS:
            raise InvalidValueError(f"`bins` must be from 1 to {MOST_BINS}, got {bins!r} (Histogram)")
        edges, whole = _round_edges(values, bins)
    else:
        edges = np.asarray(list(bins), np.float64)
        if (
            not 2 <= len(edges) <= MOST_BINS + 1
            or not np.isfinite(edges).all()
            or (np.diff(edges) <= 0).any()
        ):
            raise InvalidValueError(
                f"`bins` must be from 2 to {MOST_BINS + 1} rising numbers, got {list(bins)!r:.80} (Histogram)"
            )
        outside = int(((values < edges[0]) | (values > edges[-1])).sum())
        if outside:
            problems.add(
                f"{outside:,} values lie beyond the `bins`, which go from {edges[0]:g} to {edges[-1]:g}"
            )
            problems.raise_any()
    places = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return Bins(edges, np.bincount(places, minlength=len(edges) - 1), places, whole)


def _round_edges(values: Floats, bins: int | None) -> tuple[Floats, bool]:
    low, high = float(values.min()), float(values.max())
    span = high - low
    if bins is None and span <= _USUAL_MOST and abs(high) < 1e9 and (values == np.round(values)).all():
        return np.arange(low - 0.5, high + 1.0), True
    if span <= 1e-12 * max(abs(low), abs(high)) or span == 0:
        room = abs(low) * 0.05 or 0.5
        return np.array([low - room, low + room]), False
    count = bins
    if count is None:
        quartiles = np.percentile(values, (25, 75))
        width = 2 * (quartiles[1] - quartiles[0]) / len(values) ** (1 / 3)
        sturges = math.log2(len(values)) + 1
        wanted = max(sturges, span / width) if width > span / 1e6 else sturges
        count = int(min(_USUAL_MOST, max(_FEWEST, wanted)))
    raw = span / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = power * min(_STEPS, key=lambda one: abs(math.log(one * power / raw)))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return np.arange(first, max(last, first + 1) + 1, dtype=np.float64) * step, False
