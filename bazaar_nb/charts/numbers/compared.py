"""What `Compare` shows: one or several names in two states, how they are written, where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.bars.bar_table import read_bar_table
from bazaar_nb.charts.numbers.change import Change, tell_change
from bazaar_nb.charts.numbers.counting import Counting
from bazaar_nb.charts.parts.cell_values import as_one_number
from bazaar_nb.charts.parts.framed_call_outs import FramedCallOut
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.table import Columns, Problems
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import Anchor, AnyElement

Floats = NDArray[np.float64]
_MOST_ROWS = 16


class Compared(NamedTuple):
    """Two states of some names.

    Attributes
    ----------
    names : tuple of str
        One, which is empty, where two numbers are compared.
    states : tuple of (str, str)
    values : array of shape (names, 2)
    changes : tuple of Change
    countings : tuple of Counting
        Write the values of each name.
    """

    names: tuple[str, ...]
    states: tuple[str, ...]
    values: Floats
    changes: tuple[Change, ...]
    countings: tuple[Counting, ...]

    @classmethod
    def written_by(
        cls, number: NumberFormat, names: tuple[str, ...], states: tuple[str, ...], values: Floats
    ) -> Compared:
        """Tell values, and how far they are apart, in a format."""
        rows = values.tolist()
        changes = tuple(tell_change(before, after, number) for before, after in rows)
        return cls(names, states, values, changes, tuple(Counting.towards(number, row) for row in rows))


class NumberPlace(NamedTuple):
    """Where a number stands, and its bar; in pixels."""

    row: int
    state: int
    x: float
    y: float
    size: float
    anchor: Anchor
    bar: tuple[float, float, float, float] | None = None


class ToldPlace(NamedTuple):
    """Where a difference stands, in pixels."""

    row: int
    words: str
    x: float
    y: float
    size: float
    anchor: Anchor


@dataclass(frozen=True)
class CompareLayout:
    """Where everything is in a box of a size."""

    still: list[AnyElement]
    numbers: list[NumberPlace]
    told: list[ToldPlace]
    above: list[AnyElement]
    """The mark of a value to compare with."""
    callouts: PointCallOuts
    framed: Sequence[FramedCallOut] = ()


def read_compared(
    shown: Any, name: str | None, value: str | Sequence[str] | None, group: str | None, problems: Problems
) -> tuple[tuple[str, ...], tuple[str, ...], Floats]:
    """Give names, the two states, and values of shape (names, 2)."""
    given = list(shown.values()) if isinstance(shown, Mapping) and name is None else []
    if given and all(as_one_number(one) is not None for one in given):
        states = tuple(map(str, shown))
        values = np.array([[as_one_number(one) for one in given]], np.float64)
        names: tuple[str, ...] = ("",)
    else:
        columns = Columns(shown, problems)
        if name is None:
            problems.add("a table wants `name`, the column of what is compared")
            problems.raise_any()
        assert name is not None
        table = read_bar_table(columns, name=name, value=value, group=group)
        names, states, values = table.names, table.groups, table.values
        if len(states) == 1:
            names, states, values = ("",), names, values.T
    if len(states) != 2:
        told = ", ".join(states[:6])
        problems.add(f"compares two numbers, or two states, got {len(states)}: {told}")
        problems.raise_any()
    if len(names) > _MOST_ROWS:
        problems.add(f"{len(names):,} names are too many: {_MOST_ROWS} at most")
    for number, state in np.argwhere(~np.isfinite(values)).tolist():
        problems.add(f"{(names[number] or states[state])!r} has no value for {states[state]!r}")
    problems.raise_any()
    return names, states, values
