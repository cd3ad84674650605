"""Numbers as people have them: Python's own, Decimal and Fraction, numpy's, arrays of a single one.

What runs in every frame takes plain numbers at once and comes here only after that failed.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

import numpy as np

from bazaar_nb.errors import InvalidValueError


def plain_number(value: object) -> bool | int | float | None:
    """Give a number as one of Python's own; None for what is none, as text and missing values are."""
    if isinstance(value, float):
        return float(value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, np.generic | np.ndarray):
        if value.shape or np.ma.is_masked(value) or value.dtype.kind not in "biufO":
            return None
        if value.dtype.kind == "O":
            return plain_number(value.item())
        kinds: dict[str, Any] = {"b": bool, "f": float}
        number: bool | int | float = kinds.get(value.dtype.kind, int)(value)
        return number
    try:
        if isinstance(value, Integral):
            return int(value)
        if isinstance(value, Fraction) and value.denominator == 1:
            return value.numerator
        if isinstance(value, Real | Decimal):
            return float(value)
    except (ValueError, OverflowError):  # a signalling NaN; more than a float can be
        return None
    # Other libraries' arrays of no dimensions: torch, JAX, xarray.
    inner = value.item() if getattr(value, "shape", None) == () and hasattr(value, "item") else value
    return None if inner is value else plain_number(inner)


def finite_number(value: object, name: str, where: str) -> float:
    """Give a number that is neither NaN nor infinite.

    Parameters
    ----------
    name, where : str
        Of the argument and of who asks, for the message.

    Raises
    ------
    InvalidValueError
        For anything else.
    """
    number = plain_number(value)
    try:
        if number is not None and math.isfinite(number):
            return float(number)
    except OverflowError:  # an int beyond all floats
        pass
    raise InvalidValueError(f"`{name}` must be a finite number, got {value!r} ({where})")


def whole_number(value: object) -> int | None:
    """Give a whole number as an int; None for anything else, also for True and for 2.0, which measure."""
    if isinstance(value, bool | float):
        return None
    number = plain_number(value)
    if isinstance(number, float) and isinstance(value, Decimal) and number.is_integer():
        return int(value)
    return number if type(number) is int else None


def is_missing(value: object) -> bool:
    """Tell a missing value: pandas' NA and NaT, numpy's masked, NaN."""
    if isinstance(value, float | np.floating | Decimal):
        return bool(value != value)
    return value is np.ma.masked or type(value).__name__ in ("NAType", "NaTType")
