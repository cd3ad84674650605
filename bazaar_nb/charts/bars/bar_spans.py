"""Where bars begin and end, in values: side by side, over each other, as shares, or as steps of a sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.bars.bar_table import BarTable
from bazaar_nb.charts.parts.table import Problems

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Arrange = Literal["grouped", "stacked", "share", "waterfall"]
_GROUP_GAP = 0.06  # between the bars of a group, as a share of their pitch
_SUM_SLACK = 0.005  # of the largest level: told sums are rounded


@dataclass(frozen=True)
class BarSpans:
    """Bars that have a value, as arrays of shape (k,).

    Attributes
    ----------
    names, groups : array of int
        Which name and group each is of.
    values : array
        What is told of each.
    starts, stops, origins : array
        Where it begins, ends, and grows from, in values.
    offsets, widths : array
        Its middle beside the middle of its name's place, and its thickness; as shares of that place.
    outer : array of bool
        Whether it is the last of its stack: its far corners are round.
    totals : array of bool
        Whether it is a sum of a waterfall.
    """

    names: Ints
    groups: Ints
    values: Floats
    starts: Floats
    stops: Floats
    origins: Floats
    offsets: Floats
    widths: Floats
    outer: Bools
    totals: Bools


def arrange_bars(
    table: BarTable, arrange: Arrange, totals: tuple[str, ...], problems: Problems, column: str
) -> BarSpans:
    """Give the bars of a table.

    Parameters
    ----------
    totals : tuple of str
        Names of a waterfall that are sums: they stand on 0.
    column : str
        Of values, for complaints.
    """
    if arrange == "waterfall":
        return _waterfall(table, totals, problems, column)
    values = table.values
    count = values.shape[1]
    names, groups = np.nonzero(~np.isnan(values))
    told = values[names, groups]
    if arrange == "grouped":
        pitch = 1.0 / count
        offsets = (groups + 0.5) * pitch - 0.5
        widths = np.full(len(names), pitch * (1 - (_GROUP_GAP if count > 1 else 0.0)))
        zeros = np.zeros(len(names))
        every = np.ones(len(names), np.bool_)
        return BarSpans(names, groups, told, zeros, told, zeros, offsets, widths, every, ~every)
    shown = np.nan_to_num(values)
    if arrange == "share":
        shown = _shares(table, problems, column)
    gains, losses = np.where(shown > 0, shown, 0.0), np.where(shown < 0, shown, 0.0)
    ends = np.where(shown >= 0, np.cumsum(gains, axis=1), np.cumsum(losses, axis=1))
    starts, stops = (ends - shown)[names, groups], ends[names, groups]
    furthest = np.where(shown >= 0, gains.sum(axis=1)[:, None], losses.sum(axis=1)[:, None])
    outer = np.isclose(ends, furthest, rtol=1e-12, atol=0.0)[names, groups] & (shown[names, groups] != 0)
    told = shown[names, groups] if arrange == "share" else told
    zeros, ones = np.zeros(len(names)), np.ones(len(names))
    return BarSpans(names, groups, told, starts, stops, zeros, zeros, ones, outer, ones < 0)


def _shares(table: BarTable, problems: Problems, column: str) -> Floats:
    values = np.nan_to_num(table.values)
    for number, name in enumerate(table.names):
        if (values[number] < 0).any():
            problems.add(
                f"{name!r} has a negative part, which has no share of a whole",
                column=column,
                row=table.rows.get(name),
            )
    sums = values.sum(axis=1, keepdims=True)
    return values / np.where(sums > 0, sums, 1.0)


def _waterfall(table: BarTable, totals: tuple[str, ...], problems: Problems, column: str) -> BarSpans:
    given = table.values[:, 0]
    count = len(given)
    starts, stops, told = np.zeros(count), np.zeros(count), np.zeros(count)
    is_total = np.array([name in totals for name in table.names])
    level, largest = 0.0, 0.0
    for number, name in enumerate(table.names):
        value, row = float(given[number]), table.rows.get(name)
        if is_total[number]:
            if number == 0:
                level = 0.0 if np.isnan(value) else value
            elif not np.isnan(value) and abs(value - level) > _SUM_SLACK * max(largest, abs(value)):
                problems.add(
                    f"the total {name!r} is {value:,.10g}, but the steps before it sum up to {level:,.10g}",
                    column=column,
                    row=row,
                )
            stops[number] = told[number] = level
        else:
            if np.isnan(value):
                problems.add(
                    f"{name!r} has no value: only a name in `totals` is summed up", column=column, row=row
                )
            starts[number], told[number] = level, value
            level += value
            stops[number] = level
        largest = max(largest, abs(level))
    numbers = np.arange(count)
    origins = np.where(is_total, 0.0, starts)
    zeros, ones = np.zeros(count), np.ones(count)
    return BarSpans(
        numbers, zeros.astype(np.int64), told, starts, stops, origins, zeros, ones, ones < 0, is_total
    )
