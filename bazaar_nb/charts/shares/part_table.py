"""The parts of a whole, from a table: named once, above 0, and not too many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.table import Columns, Problems

Floats = NDArray[np.float64]


def read_parts(columns: Columns, problems: Problems, name: str, value: str) -> tuple[list[str], Floats]:
    """Give the names and values of parts, of those above 0; complain of what is no part.

    Raises
    ------
    InvalidValueError
        With all that is wrong, by column and row.
    """
    keys, values = columns.keys(name), columns.numbers(value)
    seen: dict[str, int] = {}
    for row, (key, number) in enumerate(zip(keys, values.tolist(), strict=True)):
        first = seen.setdefault(key, row)
        if first != row and key.strip():
            problems.add(f"{key!r} is a part already (in row {first}): sum the rows", column=name, row=row)
        if number < 0:
            problems.add(f"a part of a whole can't be below 0, is {number:g}", column=value, row=row)
    if not problems and not np.nansum(values) > 0:
        problems.add("has nothing above 0: there is no whole", column=value)
    problems.raise_any()
    there = np.flatnonzero(~np.isnan(values) & (values > 0))
    return [keys[number] for number in there.tolist()], values[there]


def gather_parts(
    keys: list[str], values: Floats, most: int, other: str, sort: str
) -> tuple[tuple[str, ...], Floats]:
    """Give at most so many parts, the largest first or in the table's order, and the rest as one, `other`."""
    order = np.argsort(-values, kind="stable")
    kept = order if len(keys) <= most else order[: most - 1]
    if sort == "table":
        kept = np.sort(kept)
    names, sizes = [keys[number] for number in kept.tolist()], values[kept]
    if len(kept) < len(keys):
        rest = float(values.sum() - sizes.sum())
        if other in names:  # a part of this name is there already: it takes them in
            sizes = sizes + np.where(np.array(names) == other, rest, 0.0)
        else:
            names, sizes = [*names, other], np.append(sizes, rest)
    return tuple(names), sizes
