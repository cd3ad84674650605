"""Where ticks stand: round numbers and dates, by matplotlib's locators."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError

_STEPS = [1, 2, 2.5, 5, 10]
MOST_TICKS = 6
"""More are not read."""


def nice_ticks(low: float, high: float, count: int = MOST_TICKS) -> NDArray[np.float64]:
    """Give round numbers from one value to another.

    Parameters
    ----------
    low, high : float
        Both finite; ticks lie within them.
    count : int
        At most so many.

    Raises
    ------
    InvalidValueError
        When an end is not finite.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.scales.nice_ticks(0, 97, 5).tolist()
    [0.0, 25.0, 50.0, 75.0]
    """
    from matplotlib.ticker import MaxNLocator

    _check(low, high)
    if low == high:
        return np.array([low])
    with np.errstate(all="ignore"):
        found = np.asarray(MaxNLocator(max(1, count - 1), steps=_STEPS).tick_values(low, high), np.float64)
    slack = (high - low) * 1e-9
    inside = found[(found >= low - slack) & (found <= high + slack)]
    inside = inside[:: math.ceil(len(inside) / max(1, count))]
    return np.where(np.abs(inside) <= slack, 0.0, inside)


def nice_domain(low: float, high: float, count: int = MOST_TICKS) -> tuple[float, float]:
    """Give round numbers that hold two values between them: an axis that starts and ends with a tick.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.scales.nice_domain(3, 97)
    (0.0, 100.0)
    """
    from matplotlib.ticker import MaxNLocator

    _check(low, high)
    if low == high:
        room = abs(low) * 0.1 or 1.0
        low, high = low - room, high + room
    found = MaxNLocator(max(1, count - 1), steps=_STEPS).tick_values(low, high)
    return min(float(found[0]), low), max(float(found[-1]), high)


def log_ticks(low: float, high: float, count: int = MOST_TICKS) -> NDArray[np.float64]:
    """Give powers of ten between two values above 0, or 1, 2, 5 of them where these are few.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.scales.log_ticks(1, 1000, 4).tolist()
    [1.0, 10.0, 100.0, 1000.0]
    """
    if not 0 < low <= high < math.inf:
        raise InvalidValueError(f"ticks of a Log scale need 0 < low <= high, got {low!r}, {high!r}")
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for parts in ((1, 2, 5), (1, 3), (1,)):
        found = [part * 10.0**power for power in range(first, last + 1) for part in parts]
        some = [value for value in found if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
        if len(some) <= count:
            return np.array(some)
    return np.array(some[:: math.ceil(len(some) / count)])


def date_ticks(low: float, high: float, count: int = MOST_TICKS) -> NDArray[np.float64]:
    """Give round dates between two moments, all in days since 1970-01-01 (UTC).

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import numpy as np
    >>> import matplotlib.dates as dates
    >>> ticks = bz.scales.date_ticks(*dates.date2num(np.array(["2026-01-01", "2026-12-31"], "M8[D]")))
    >>> len(ticks)
    4
    """
    import matplotlib.dates as dates

    _check(low, high)
    if low == high:
        return np.array([low])
    untyped: Any = dates
    start, stop = (untyped.num2date(day, tz="UTC") for day in (low, high))
    found = np.zeros(0)
    for least in (count // 2, 2):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where so many can't be had it warns, and gives others
            locator = untyped.AutoDateLocator(minticks=max(2, least), maxticks=max(2, count), tz="UTC")
            found = np.asarray(locator.tick_values(start, stop), np.float64)
        found = found[(found >= low - 1e-9) & (found <= high + 1e-9)]
        if 2 <= len(found) <= count + 1:
            break
    return found[:: math.ceil(len(found) / (count + 1))]


def _check(low: float, high: float) -> None:
    if not (math.isfinite(low) and math.isfinite(high)) or low > high:
        raise InvalidValueError(f"ticks need two finite numbers, the first not larger, got {low!r}, {high!r}")
