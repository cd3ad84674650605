"""Levels that components were given, checked and brought to as many as are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError


def as_shares(levels: Any, dimensions: int, where: str) -> NDArray[np.float64]:
    """Take levels from 0 to 1; what is beyond is taken for the nearer end.

    Raises
    ------
    InvalidValueError
        For what is no array of so many dimensions, is empty, or has missing values.
    """
    try:
        given = np.asarray(levels, np.float64)
    except (TypeError, ValueError):
        raise InvalidValueError(f"`levels` must be an array of numbers, got {levels!r:.60}{where}") from None
    if given.ndim != dimensions or not given.size:
        hint = "" if given.ndim != 2 else ": one row of them is a frame's, as levels[frame.index]"
        raise InvalidValueError(
            f"`levels` must have {dimensions} dimension, got shape {given.shape}{hint}{where}"
        )
    if not np.isfinite(given).all():
        raise InvalidValueError(f"`levels` must be finite, got NaN or infinity{where}")
    return np.clip(given, 0, 1)


def fitted(shares: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Give so many levels: of more, the loudest around each; of fewer, what is between them."""
    if len(shares) <= count:
        at = (np.arange(count) + 0.5) * len(shares) / count - 0.5
        return np.interp(at, np.arange(len(shares)), shares)
    edges = np.arange(count) * len(shares) // count
    loudest: NDArray[np.float64] = np.maximum.reduceat(shares, edges)
    return loudest
