"""What `Progress` shows: values with their wholes, as they are read and as they are written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from bazaar_nb.charts.numbers.counting import Counting
from bazaar_nb.charts.parts.cell_values import as_one_number
from bazaar_nb.charts.parts.table import Columns, Problems
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.formats import NumberFormat

_WRITTEN_OUT = 100_000  # wholes below it: "680 / 1,000" says more than "0.7K / 1K"
_MOST_DECIMALS = 4
_NEAR = 0.005  # of the whole: a value is written as near as this


class Item(NamedTuple):
    """A value and the whole that it is a part of."""

    name: str
    value: float
    whole: float

    @property
    def part(self) -> float:
        """Of the whole; more than 1 where it is more."""
        return self.value / self.whole


@dataclass(frozen=True)
class ItemWords:
    """Writes how much of each item is done: as a percent, or as the value and its whole.

    Attributes
    ----------
    items : sequence of Item
    countings : tuple of Counting
        Write what is done, of each item.
    wholes : tuple of str
        None where percents are told.
    """

    items: Sequence[Item]
    countings: tuple[Counting, ...]
    wholes: tuple[str, ...] = ()

    @classmethod
    def for_items(cls, items: Sequence[Item], number: NumberFormat | None, locale: str) -> ItemWords:
        """Choose units and decimals; with a format values are told with their wholes, else percents."""
        if number is None:
            percent = NumberFormat("percent", locale=locale)
            some = [item.part for item in items if item.part >= 0.1] or [0.0]
            return cls(items, (Counting.towards(percent, some),) * len(items))
        pairs = [_count_parts(item, number) for item in items]
        return cls(items, tuple(done for done, _ in pairs), tuple(whole for _, whole in pairs))

    def __call__(self, number: int, done: float) -> str:
        """Write an item of which so much has been counted, 0 to 1."""
        item, counting = self.items[number], self.countings[number]
        if not self.wholes:
            return counting(item.part * done)
        return f"{counting(item.value * done)} / {self.wholes[number]}"


def _count_parts(item: Item, number: NumberFormat) -> tuple[Counting, str]:
    """Give what writes a value on its way, and its whole: so that one doesn't look like the other."""
    if number.style == "compact" and number.decimals is None and max(item.value, item.whole) < _WRITTEN_OUT:
        number = replace(number, style="plain")
    both = Counting.towards(number, [item.value, item.whole])
    counting, whole = both, both(item.whole)
    if both.unit != 1.0 and number.decimals is None:
        for decimals in range(both.number.decimals or 0, _MOST_DECIMALS + 1):
            counting = replace(both, number=replace(both.number, decimals=decimals))
            off = abs(round(item.value / both.unit, decimals) * both.unit - item.value)
            is_told_apart = item.value == item.whole or counting(item.value) != counting(item.whole)
            if off <= _NEAR * item.whole and is_told_apart:
                break
    return counting, whole


def read_items(
    shown: Any, of: float | str, name: str | None, value: str | None, label: str | None, problems: Problems
) -> tuple[Item, ...]:
    """Read one value, several by name, or a table, whose parameters are those of `Progress`.

    Raises
    ------
    InvalidValueError
        For a negative value, a whole that is not above 0, and all that is wrong with a table.
    """
    single = as_one_number(shown)
    rows: list[tuple[str, float, float]] = []
    told = (value, of if isinstance(of, str) else None)
    if single is not None:
        rows = [(label or "", single, _whole(of, problems))]
    elif (
        isinstance(shown, Mapping)
        and name is None
        and all(as_one_number(one) is not None for one in shown.values())
    ):
        whole = _whole(of, problems)
        rows = [(str(key), as_one_number(one) or 0.0, whole) for key, one in shown.items()]
    else:
        columns = Columns(shown, problems)
        if name is None or value is None:
            raise InvalidValueError(
                "Progress: wants numbers, or a table with `name` and `value`, the names of its columns, "
                f"got a table with name={name!r:.60} and value={value!r:.60}"
            )
        columns.require(name=name, value=value, of=of if isinstance(of, str) else None)
        keys, values = columns.keys(name), columns.numbers(value, finite=True)
        wholes = (
            columns.numbers(of, positive=True).tolist()
            if isinstance(of, str)
            else [_whole(of, problems)] * len(keys)
        )
        seen: dict[str, int] = {}
        for row, key in enumerate(keys):
            first = seen.setdefault(key, row)
            if first != row:
                problems.add(
                    f"{key!r} has a second value (the first is in row {first})", column=value, row=row
                )
        rows = list(zip(keys, values.tolist(), wholes, strict=True))
    problems.raise_any()
    for row, (key, found, whole) in enumerate(rows):
        where = {} if single is not None else {"row": row}
        if not math.isfinite(found):
            problems.add(f"{key!r} wants a finite number, got {found!r}", column=told[0], **where)
        elif found < 0:
            problems.add(f"{key!r} must be at least 0, is {found:g}", column=told[0], **where)
        if not math.isfinite(whole):
            problems.add(f"{key!r} has no whole", column=told[1], **where)
    problems.raise_any()
    return tuple(Item(*row) for row in rows)


def _whole(of: float | str, problems: Problems) -> float:
    whole = as_one_number(of)
    if whole is None or not math.isfinite(whole) or whole <= 0:
        problems.add(f"`of` must be a number above 0, or a column of a table, got {of!r:.40}")
        problems.raise_any()
    return float(whole or 1.0)
