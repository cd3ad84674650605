"""What charts of lines read: values over time by name, with gaps as the caller says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.table import Columns, Missing, Moments, fill_gaps, pivot
from bazaar_nb.charts.parts.time_table import read_time_table
from bazaar_nb.errors import InvalidValueError

Floats = NDArray[np.float64]
Bands = tuple[str, str] | Mapping[str, tuple[str, str]]


class LineTable(NamedTuple):
    """Values by moment and name.

    Attributes
    ----------
    times : array of shape (t,)
        Rising.
    keys : tuple of str
    matrix, low, high : array of shape (t, k)
        Values, and the ends of their bands; NaN where there is none.
    moments : Moments
    extra : dict
        The words of one more column, by key.
    """

    times: Floats
    keys: tuple[str, ...]
    matrix: Floats
    low: Floats | None
    high: Floats | None
    moments: Moments
    extra: dict[str, str]


def read_lines(
    columns: Columns,
    *,
    time: str,
    name: str | None,
    value: str | None,
    color: str | None = None,
    missing: Missing = "gap",
    band: Bands | None = None,
    is_log: bool = False,
) -> LineTable:
    """Read values over time, and the ends of their bands.

    A moment that has no row of a name is no gap where others have one: lines are joined over it. A row
    without a value is one, as `missing` says.

    Parameters
    ----------
    band : (str, str) or dict of (str, str)
        Columns of a long table; of a wide one by name.
    is_log : bool
        Whether values must be above 0.

    Raises
    ------
    InvalidValueError
        With all that is wrong.
    """
    if missing not in ("gap", "hold", "leave"):
        raise InvalidValueError(
            f"`missing` must be gap, hold or leave, got {missing!r} ({columns.problems._chart})"
        )
    pairs = _pairs(columns, band, name)
    found = read_time_table(columns, time=time, name=name, value=value, extra=color)
    beside = {one for pair in pairs.values() for one in pair} if name is None else set()
    chosen = [number for number, key in enumerate(found.keys) if key not in beside]
    keys, matrix = tuple(found.keys[number] for number in chosen), found.matrix[:, chosen]
    if is_log:
        _check_above_zero(columns, keys, value)
    joined = matrix
    if missing == "gap" and name is not None:
        joined = _joined(columns, found.times, keys, matrix, found.moments.values, name)
    low, high = _ends(columns, pairs, found.times, keys, found.moments.values, name)
    columns.problems.raise_any()
    if low is not None and high is not None and missing != "gap":
        low, high = fill_gaps(found.times, low, missing), fill_gaps(found.times, high, missing)
    return LineTable(
        found.times, keys, fill_gaps(found.times, joined, missing), low, high, found.moments, found.extra
    )


def _pairs(columns: Columns, band: Bands | None, name: str | None) -> dict[str, tuple[str, str]]:
    """Give the columns of bands by name, "" for all names of a long table."""
    if band is None:
        return {}
    kind = columns.problems._chart
    pairs: dict[Any, Any] = dict(band) if isinstance(band, Mapping) else {"": band}
    for pair in pairs.values():
        if isinstance(pair, str) or len(pair) != 2:
            raise InvalidValueError(
                f"`band` must be two columns, its low and its high end, got {pair!r} ({kind})"
            )
    if name is None and "" in pairs:
        others = [one for one in columns.names if columns.is_number(one) and one not in pairs[""]]
        pairs = {others[-1] if others else "": pairs[""]}
    elif name is not None and "" not in pairs:
        raise InvalidValueError(f"`band` of a long table is two columns, got {band!r} ({kind})")
    for low, high in pairs.values():
        columns.require(band=low)
        columns.require(band=high)
    if name is None:
        columns.require(**{f"band {key!r}": key for key in pairs})
    return pairs


def _check_above_zero(columns: Columns, keys: tuple[str, ...], value: str | None) -> None:
    for column in (value,) if value is not None else keys:
        for row in np.flatnonzero(columns.numbers(column) <= 0).tolist():
            columns.problems.add("must be above 0 on an axis with `log=True`", column=column, row=row)


def _joined(
    columns: Columns, times: Floats, keys: tuple[str, ...], matrix: Floats, moments: Floats, name: str
) -> Floats:
    """Give the matrix joined where a name has no row, with gaps where it has one without a value."""
    told = np.zeros(matrix.shape, bool)
    place = {key: number for number, key in enumerate(keys)}
    told[np.searchsorted(times, moments), [place[key] for key in columns.keys(name)]] = True
    return np.where(told, matrix, fill_gaps(times, matrix, "leave")) if not told.all() else matrix


def _ends(
    columns: Columns,
    pairs: dict[str, tuple[str, str]],
    times: Floats,
    keys: tuple[str, ...],
    moments: Floats,
    name: str | None,
) -> tuple[Floats | None, Floats | None]:
    if not pairs:
        return None, None
    columns.problems.raise_any()
    ends = (np.full((len(times), len(keys)), np.nan), np.full((len(times), len(keys)), np.nan))
    for key, pair in pairs.items():
        for end, column in zip(ends, pair, strict=True):
            values = columns.numbers(column)
            if name is not None:
                end[:] = pivot(moments, columns.keys(name), values, columns.problems, column)[2]
            else:
                end[np.searchsorted(times, moments), keys.index(key)] = values
    for row in np.flatnonzero((ends[0] > ends[1]).any(axis=1))[:10].tolist():
        columns.problems.add(f"the low end of `band` lies above its high end at moment {times[row]:g}")
    return ends
