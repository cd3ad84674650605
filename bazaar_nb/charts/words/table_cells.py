"""Cells of a table as words: numbers of a column with one number of decimals, what is missing as a dash."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.table import Columns
from bazaar_nb.charts.parts.value_words import common_format
from bazaar_nb.scales.formats import DateFormat, NumberFormat

Floats = NDArray[np.float64]
_DASH = "\u2013"


class CellColumn(NamedTuple):
    """A column as it is shown.

    Attributes
    ----------
    name, head : str
        In the table, and as it is written above.
    words : tuple of str
    values : array or None
        Of a column of numbers; NaN is missing. These stand at the right, by their decimals.
    """

    name: str
    head: str
    words: tuple[str, ...]
    values: Floats | None


def read_cells(
    columns: Columns,
    wanted: Sequence[str],
    rows: Sequence[int],
    heads: Mapping[str, str],
    formats: Mapping[str, NumberFormat],
    number: NumberFormat,
    locale: str,
) -> tuple[CellColumn, ...]:
    """Give columns of a table as words.

    Parameters
    ----------
    wanted : sequence of str
        Columns, in their order.
    rows : sequence of int
        Those that are shown, in their order.
    heads, formats : mapping
        By a column's name; `number` is the format of the others.
    """
    taken = np.asarray(rows, np.int64)
    found = []
    for name in wanted:
        head = heads.get(name, name)
        if columns.is_number(name):
            values = columns.numbers(name)[taken]
            form = common_format(formats.get(name, number), values)
            words = tuple(_DASH if math.isnan(value) else form(value) for value in values.tolist())
            found.append(CellColumn(name, head, words, values))
            continue
        days = columns.dates(name)
        if days is not None:
            texts = _dates(days[taken], locale)
        else:
            every = columns.texts(name)
            texts = [every[row] for row in rows]
        found.append(CellColumn(name, head, tuple(text or _DASH for text in texts), None))
    return tuple(found)


def _dates(values: Floats, locale: str) -> list[str]:
    known = values[~np.isnan(values)]
    whole = bool((known == np.floor(known)).all())
    form = DateFormat("d MMM yyyy" if whole else "d MMM yyyy HH:mm", locale)
    return ["" if math.isnan(value) else form(value) for value in values.tolist()]
