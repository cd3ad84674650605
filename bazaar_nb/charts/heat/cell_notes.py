"""What is said of a heatmap: the cells that call-outs are about, the lines and values of references."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import CallOut, Reference
from bazaar_nb.charts.heat.matrix_grid import CellLine
from bazaar_nb.charts.parts.cell_values import as_one_number, as_text
from bazaar_nb.charts.parts.table import Moments, Problems, near_names
from bazaar_nb.errors import InvalidValueError

Floats = NDArray[np.float64]


def called_cells(
    callouts: Sequence[CallOut], x_names: Sequence[str], y_names: Sequence[str], problems: Problems
) -> list[int]:
    """Find the cell of each call-out: `key` or `y` is its row, `moment` or `x` its column."""
    found = []
    for one in callouts:
        row = one.key if one.key is not None else one.y
        column = one.moment if one.moment is not None else one.x
        places = []
        for what, told, names in (("row", row, y_names), ("column", column, x_names)):
            word = as_text(told)
            if told is None:
                option = "`key` or `y`" if what == "row" else "`moment` or `x`"
                problems.add(f"`callouts` {one.text!r:.40}: give the {what} by {option}")
            elif word in names:
                places.append(list(names).index(word))
            else:
                problems.add(
                    f"`callouts` {one.text!r:.40}: no {what} is called {word!r:.40}{near_names(word, names)}"
                )
        found.append(places[0] * len(x_names) + places[1] if len(places) == 2 else 0)
    return found


def called_days(callouts: Sequence[CallOut], moments: Moments, days: Floats, problems: Problems) -> list[int]:
    """Find the day of each call-out: its `moment` or `x`."""
    found = []
    for one in callouts:
        told = one.moment if one.moment is not None else one.x
        day = -1
        try:
            day = -1 if told is None else round(float(np.floor(moments.place(told))) - float(days[0]))
        except InvalidValueError as error:
            problems.add(f"`callouts` {one.text!r:.40}: {error}")
            continue
        if one.key is not None or not 0 <= day < len(days):
            problems.add(f"`callouts` {one.text!r:.40}: give a day of the calendar by `moment`")
            continue
        found.append(day)
    return found


def split_references(
    references: Sequence[Reference], x_names: Sequence[str], y_names: Sequence[str], problems: Problems
) -> tuple[list[CellLine], list[Reference]]:
    """Tell lines before columns (axis x) and rows (axis y) from values, which the legend of colours marks.

    Of names that are numbers, a line may stand between two.
    """
    lines, values = [], []
    for one in references:
        if one.axis is None:
            number = as_one_number(one.value)
            if number is None:
                problems.add(
                    f"`references`: {one.value!r:.40} is no value of a cell; give `axis`, x or y, for a line "
                    "before a column or a row"
                )
            else:
                values.append(one)
            continue
        before = _place_before(one.value, x_names if one.axis == "x" else y_names)
        if before is None:
            what, names = ("column", x_names) if one.axis == "x" else ("row", y_names)
            word = as_text(one.value)
            near = near_names(word, names)
            problems.add(f"`references`: no {what} is called {word!r:.40}{near}" if names else
                         "`references` of a calendar are values, without `axis`")  # fmt: skip
        else:
            axis: Literal["x", "y"] = one.axis
            lines.append(CellLine(axis, before, one.label, one.color))
    return lines, values


def _place_before(value: object, names: Sequence[str]) -> int | None:
    word = as_text(value)
    if word in names:
        return list(names).index(word)
    number = as_one_number(value)
    try:
        known = [float(name) for name in names]
    except ValueError:
        return None
    if number is None or not known or not known[0] <= number <= known[-1]:
        return None
    return int(np.searchsorted(known, number))
