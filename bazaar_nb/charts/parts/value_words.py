"""Values that stand beside one another are written alike: numbers and dates."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.scales.formats import DateFormat, NumberFormat

Floats = NDArray[np.float64]

_FIGURES = 3
_MOST_DECIMALS = 15
_TINY, _HUGE = 1e-5, 1e15


def common_format(number: NumberFormat, values: Iterable[float], figures: int = _FIGURES) -> NumberFormat:
    """Give a format that writes all of some values with one number of decimals.

    As many as show so many figures of the largest value, and no more than any of them has.

    Parameters
    ----------
    number : NumberFormat
        What says the number of decimals itself is left alone, and compact numbers of 1,000 and more are.
    values : numbers
        NaN doesn't count.
    figures : int
    """
    given = np.asarray(list(values), np.float64)
    given = np.abs(given[np.isfinite(given)])
    if number.decimals is not None or len(given) == 0:
        return number
    largest = float(given.max())
    if largest >= _HUGE or 0 < largest < _TINY:  # these are written with a power of ten
        return number
    if number.style == "currency":
        return replace(number, decimals=0) if largest >= 1000 else number
    if number.style == "compact" and largest >= 999.5:
        return number
    factor = 100.0 if number.style == "percent" else 1.0
    return replace(number, decimals=_decimals(given * factor, largest * factor, figures))


def common_dates(days: Floats, locale: str) -> tuple[str, ...]:
    """Write dates, as days since 1970-01-01, in the shortest format that tells all of them apart."""
    told = days.tolist()
    whole = bool((days == np.floor(days)).all())
    for pattern in ("yyyy", "MMM yyyy", "d MMM yyyy", "d MMM yyyy HH:mm")[: 3 if whole else 4]:
        form = DateFormat(pattern, locale)
        words = tuple(form(day) for day in told)
        if len(set(words)) == len(set(told)):
            break
    return words


def _decimals(values: Floats, largest: float, figures: int) -> int:
    if largest == 0:
        return 0
    most = min(_MOST_DECIMALS, max(0, figures - 1 - math.floor(math.log10(largest))))
    rounded = np.round(values, most)
    fewer = (
        few
        for few in range(most)
        if np.allclose(np.round(values, few), rounded, rtol=0, atol=10.0 ** -(most + 2))
    )
    return next(fewer, most)
