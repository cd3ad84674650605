"""What stands in a table's cells, of any library, as numbers, days and words."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from typing import Any

import numpy as np

_EPOCH = datetime.date(1970, 1, 1)
_DAY_S = 86400.0


def is_missing(value: Any) -> bool:
    """Tell whether there is no value: None, NaN, NaT and pandas' NA."""
    if value is None:
        return True
    try:
        return bool(value != value)  # NaN and NaT; pandas' NA has no truth
    except TypeError:
        return True


def as_number(value: Any) -> float | str:
    """Give a value as a number, NaN for a missing one; a text says that it is none."""
    if is_missing(value):
        return math.nan
    if isinstance(value, bool | np.bool_):
        return float(value)
    if isinstance(value, int | float | Decimal | np.integer | np.floating):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    return "no number"


def as_one_number(value: Any) -> float | None:
    """Give a single number, as charts of one take it instead of a table; None for anything else."""
    if isinstance(value, bool | np.bool_) or value is None:
        return None
    found = as_number(value) if isinstance(value, int | float | Decimal | np.integer | np.floating) else ""
    return None if isinstance(found, str) else found


def as_days(value: Any) -> float | None:
    """Give a date as days since 1970-01-01 (UTC); one without a zone is taken for UTC."""
    if isinstance(value, np.datetime64):
        return (
            None
            if np.isnat(value)
            else float(value.astype("datetime64[us]").astype(np.int64)) / (_DAY_S * 1e6)
        )
    if isinstance(value, datetime.datetime):
        if is_missing(value):
            return None
        moment = value if value.tzinfo is not None else value.replace(tzinfo=datetime.UTC)
        return moment.timestamp() / _DAY_S
    if isinstance(value, datetime.date):
        return float((value - _EPOCH).days)
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" and value[7:8] == "-":
        try:
            return as_days(datetime.datetime.fromisoformat(value))
        except ValueError:
            return None
    return None


def as_text(value: Any) -> str:
    """Give a value as a word; whole numbers have no point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
