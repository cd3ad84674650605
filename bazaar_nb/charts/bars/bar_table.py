"""A table of categories as names, groups and a matrix, from long and wide tables alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.table import Columns
from bazaar_nb.charts.parts.value_words import common_dates

Floats = NDArray[np.float64]
BarOrder = Literal["value", "name"]


@dataclass(frozen=True)
class BarTable:
    """Values by name and group.

    Attributes
    ----------
    names, groups : tuple of str
        In the order in which they are shown; one group of no name where there are none.
    values : array of shape (names, groups)
        NaN where there is none.
    rows : dict
        The table's first row of each name.
    words : dict
        What one more column says, by name.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    values: Floats
    rows: dict[str, int]
    words: dict[str, str]
    is_time: bool = False
    """Whether names are dates: between two of them the eye adds the rest."""

    def in_order(self, sort: BarOrder | None, ascending: bool) -> BarTable:
        """Give it sorted by the sum of each name's values, or by name; those without a value come last."""
        if sort is None:
            return self
        if sort == "name":
            order = sorted(range(len(self.names)), key=lambda one: self.names[one].casefold())
            return self._taken(order)
        sums = _sums(self.values)
        weight = np.where(np.isnan(sums), np.inf, sums if ascending else -sums)
        return self._taken(np.argsort(weight, kind="stable").tolist())

    def largest(self, top: int, other: str | None) -> BarTable:
        """Give the largest names in their order, and what the rest sums up to as one more at the end."""
        if len(self.names) <= top:
            return self
        sums = _sums(self.values)
        order = np.argsort(np.where(np.isnan(sums), np.inf, -np.abs(sums)), kind="stable")
        kept = self._taken(sorted(order[:top].tolist()))
        if other is None:
            return kept
        rest = self.values[np.sort(order[top:])]
        total = np.where(np.isnan(rest).all(axis=0), np.nan, np.nansum(rest, axis=0))
        return BarTable(
            (*kept.names, other), kept.groups, np.vstack([kept.values, total]), kept.rows, kept.words, False
        )

    def _taken(self, order: Sequence[int]) -> BarTable:
        names = tuple(self.names[number] for number in order)
        return replace(self, names=names, values=self.values[list(order)])


def _sums(values: Floats) -> Floats:
    return np.where(np.isnan(values).all(axis=1), np.nan, np.nansum(values, axis=1))


def read_bar_table(
    columns: Columns,
    *,
    name: str,
    value: str | Sequence[str] | None,
    group: str | None = None,
    color: str | None = None,
    locale: str = "en",
) -> BarTable:
    """Read values by name, and by group where there are groups.

    Parameters
    ----------
    name : str
        Column of the categories.
    value : str, sequence of str or None
        The column of values; several are groups, as all other columns of numbers are without it.
    group, color : str or None
        Columns of a long table.
    locale : str
        Of names that are dates.

    Raises
    ------
    InvalidValueError
        With all that is wrong.
    """
    problems = columns.problems
    many = () if value is None else (value,) if isinstance(value, str) else tuple(map(str, value))
    columns.require(name=name, group=group, color=color)
    for one in many:
        columns.require(value=one)
    if group is not None and len(many) != 1:
        problems.add("`group` is a column of a long table: give one `value` column too")
        problems.raise_any()
    if not many:
        many = tuple(one for one in columns.names if one not in (name, color) and columns.is_number(one))
        if not many:
            problems.add(f"no column but {name!r} has numbers: what is `value`?")
            problems.raise_any()
    days = columns.dates(name)
    is_time = days is not None and not np.isnan(days).any()
    keys = list(common_dates(days, locale)) if days is not None and is_time else columns.keys(name)
    found = np.stack([columns.numbers(one) for one in many], axis=1)
    problems.raise_any()
    order = list(dict.fromkeys(keys)) if is_time else columns.order(name)
    places = {key: number for number, key in enumerate(order)}
    rows: dict[str, int] = {}
    for row, key in enumerate(keys):
        rows.setdefault(key, row)
    if group is None:
        groups: tuple[str, ...] = many if len(many) > 1 else ("",)
        each = [0] * len(keys)
        told = [repr(key) for key in keys]
    else:
        words = columns.keys(group)
        groups = tuple(columns.order(group))
        numbers = {one: number for number, one in enumerate(groups)}
        each = [numbers[word] for word in words]
        told = [f"{key!r} of {word!r}" for key, word in zip(keys, words, strict=True)]
    problems.raise_any()
    width = len(groups)
    values = np.full((len(order), width), np.nan)
    first: dict[tuple[int, int], int] = {}
    for row, (key, place) in enumerate(zip(keys, each, strict=True)):
        cell = (places[key], place)
        before = first.setdefault(cell, row)
        if before != row:
            problems.add(
                f"{told[row]} has a second value (the first is in row {before})", column=many[0], row=row
            )
        elif group is None:
            values[places[key]] = found[row]
        else:
            values[cell] = found[row, 0]
    if not np.isfinite(values).any():
        problems.add("has no value at all", column=many[0])
    problems.raise_any()
    extra = dict(zip(keys, columns.texts(color), strict=True)) if color is not None else {}
    return BarTable(tuple(order), groups, values, rows, extra, is_time)
