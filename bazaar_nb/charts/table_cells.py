"""Cells of a table as words: numbers of a column with one number of decimals, what is missing as a dash."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.table import Columns, Problems
from bazaar_nb.charts.value_words import common_format
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
    heads: Mapping[str, str],
    formats: Mapping[str, NumberFormat],
    number: NumberFormat,
    locale: str,
) -> tuple[CellColumn, ...]:
    """Give the columns of a table as words, all rows of it."""
    found = []
    for name in wanted:
        head = heads.get(name, name)
        if columns.is_number(name):
            values = columns.numbers(name)
            form = common_format(formats.get(name, number), values)
            words = tuple(_DASH if math.isnan(value) else form(value) for value in values.tolist())
            found.append(CellColumn(name, head, words, values))
            continue
        texts = columns.texts(name)
        if _are_dates(columns, name):
            moments = columns.moments(name)
            if moments.kind == "date":
                texts = _dates(moments.values, locale)
        found.append(CellColumn(name, head, tuple(text or _DASH for text in texts), None))
    return tuple(found)


def _are_dates(columns: Columns, name: str) -> bool:
    """Tell whether a column has dates and no gaps: then they are written in the manner of a locale."""
    quiet = Problems("Table")
    shadow = object.__new__(Columns)
    shadow.__dict__.update({**vars(columns), "problems": quiet})
    found = shadow.moments(name)
    return not quiet and found.kind == "date"


def _dates(values: Floats, locale: str) -> list[str]:
    whole = bool((values == np.floor(values)).all())
    form = DateFormat("d MMM yyyy" if whole else "d MMM yyyy HH:mm", locale)
    return [form(value) for value in values.tolist()]
