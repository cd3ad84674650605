"""Places that data takes in a plane: what words had better not cover."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.room import Area

Floats = NDArray[np.float64]
_MOST = 6000
_MOST_COLUMNS, _LEVELS = 240, 16


def points_along(x: Floats, y: Floats) -> Floats:
    """Give points along lines, also between their values.

    Parameters
    ----------
    x : array of shape (n,)
        Rising, in pixels.
    y : array of shape (n, k)
        Of k lines; NaN where there is none.

    Returns
    -------
    array of shape (m, 2)
        A few thousand at most.
    """
    if not len(x):
        return np.empty((0, 2))
    columns = max(2, min(_MOST_COLUMNS, _MOST // max(1, y.shape[1])))
    at = np.linspace(x[0], x[-1], columns) if x[-1] > x[0] else x[:1]
    rows = np.stack([np.interp(at, x, line) for line in y.T], axis=1)
    rows = np.concatenate([rows, y[:: max(1, len(x) // columns)]])
    places = np.concatenate([at, x[:: max(1, len(x) // columns)]])
    points: Floats = np.column_stack([np.repeat(places, rows.shape[1]), rows.ravel()])
    told: Floats = points[~np.isnan(points).any(axis=1)]
    return told


def points_within(x: Floats, low: Floats, high: Floats) -> Floats:
    """Give points between two lines, in columns: of a band, or of all that is filled.

    Parameters
    ----------
    x, low, high : array of shape (n,)
        In pixels, x rising.
    """
    at = np.linspace(x[0], x[-1], 80)
    lower, upper = np.interp(at, x, low), np.interp(at, x, high)
    part = np.linspace(0.0, 1.0, _LEVELS)[:, None]
    points: Floats = np.column_stack([np.tile(at, _LEVELS), (lower + (upper - lower) * part).ravel()])
    told: Floats = points[~np.isnan(points).any(axis=1)]
    return told


def meets(one: Area, other: Area) -> bool:
    """Tell whether two boxes overlap."""
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def count_within(points: Floats, box: Area, pad: float = 0.0) -> int:
    """Give how many points lie in a box with so much around it."""
    x, y = points[:, 0], points[:, 1]
    within = (x > box.left - pad) & (x < box.right + pad) & (y > box.top - pad) & (y < box.bottom + pad)
    return int(within.sum())
