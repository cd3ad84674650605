"""How sure a rate of few renders is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Z95 = 1.959963984540054


def wilson(
    successes: NDArray[np.int64], trials: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the 95% score interval of a proportion; NaN where nothing was tried.

    It stays between 0 and 1 and is honest for small numbers: one success of one
    is "0.21 to 1", not "1 to 1".

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927), 209-212.
    """
    n = np.where(trials > 0, trials, np.nan).astype(np.float64)
    share = successes / n
    middle = share + _Z95**2 / (2 * n)
    half = _Z95 * np.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n**2))
    scale = 1 + _Z95**2 / n
    return np.clip((middle - half) / scale, 0, 1), np.clip((middle + half) / scale, 0, 1)


def ratio(part: ArrayLike, whole: ArrayLike) -> NDArray[np.float64]:
    """Divide; NaN where there is nothing to divide by."""
    divisor = np.asarray(whole, np.float64)
    return np.asarray(part, np.float64) / np.where(divisor > 0, divisor, np.nan)
