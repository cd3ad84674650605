"""A table over time as moments, keys and a matrix, from long and wide tables alike."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.table import Columns, Moments, pivot

Floats = NDArray[np.float64]
_MOMENT = re.compile(r"[12]\d{3}(-\d\d){0,2}")


class TimeTable(NamedTuple):
    """Values by moment and key.

    Attributes
    ----------
    times : array of shape (t,)
        Rising.
    keys : tuple of str
    matrix : array of shape (t, k)
        NaN where there is none.
    moments : Moments
        The time column as it was read.
    extra : dict
        The words of one more column, by key: the last that is told.
    """

    times: Floats
    keys: tuple[str, ...]
    matrix: Floats
    moments: Moments
    extra: dict[str, str]


def read_time_table(
    columns: Columns, *, time: str, name: str | None, value: str | None, extra: str | None = None
) -> TimeTable:
    """Read values over time.

    Parameters
    ----------
    time : str
        Column of moments.
    name, value : str or None
        Columns of a long table; without both, every other column of numbers is a key.
    extra : str or None
        One more column of a long table.

    Raises
    ------
    InvalidValueError
        With all that is wrong.
    """
    problems = columns.problems
    if (name is None) != (value is None):
        problems.add("`name` and `value` go together; without both, every column is a name")
        problems.raise_any()
    if time not in columns.names:
        _tell_of_turned(columns, time)
    columns.require(time=time, name=name, value=value, color=extra)
    moments = columns.moments(time)
    if name is not None and value is not None:
        keys, values = columns.keys(name), columns.numbers(value)
        problems.raise_any()
        times, order, matrix = pivot(moments.values, keys, values, problems, value)
        words = dict(zip(keys, columns.texts(extra), strict=True)) if extra is not None else {}
    else:
        if extra is not None:
            problems.add("`color` is a column of a long table: give `name` and `value` too")
        order = tuple(one for one in columns.names if one != time and columns.is_number(one))
        if not order:
            problems.add(f"no column but {time!r} has numbers: give `name` and `value` for a long table")
        problems.raise_any()
        table = np.stack([columns.numbers(one) for one in order], axis=1)
        times, first = np.unique(moments.values, return_index=True)
        if len(times) != len(moments.values):
            doubled = sorted(set(range(len(moments.values))) - set(first.tolist()))
            problems.add("has a second row for one moment", column=time, row=doubled[0])
        matrix, words = table[first], {}
    problems.raise_any()
    if not np.isfinite(matrix).any():
        problems.add("has no value at all", column=value)
        problems.raise_any()
    return TimeTable(times, order, matrix, moments, words)


def _tell_of_turned(columns: Columns, time: str) -> None:
    """Say how a table with a column for each moment, as statistics offices give, becomes one with rows."""
    moments = [one for one in columns.names if _MOMENT.fullmatch(one)]
    words = [one for one in columns.names if one not in moments and not columns.is_number(one)]
    if len(moments) < 3 or not words:
        return
    columns.problems.add(
        f"it has a column for each moment, {moments[0]!r} to {moments[-1]!r}, where a row for each is "
        f"wanted: in pandas, table.set_index({words[0]!r}).loc[:, {moments[0]!r}:{moments[-1]!r}].T"
        f".rename_axis({time!r}) turns it, and `name` and `value` are left out"
    )
    columns.problems.raise_any()
