"""Columns of a table of any kind as arrays, and all complaints about them at once.

pandas, polars, pyarrow and what else narwhals knows (https://narwhals-dev.github.io/narwhals/) are read the
same way, so that one table in two libraries gives one chart, and one key.
"""

from __future__ import annotations

import contextlib
import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.cell_values import as_days, as_number, as_text, is_missing
from bazaar_nb.errors import InvalidValueError

Floats = NDArray[np.float64]
Missing = Literal["gap", "hold", "leave"]
_TOLD = 10  # complaints in one message


class Problems:
    """Collects what is wrong with a table, to say it all at once.

    Parameters
    ----------
    chart : str
        The chart's name, for the message.
    """

    def __init__(self, chart: str) -> None:
        self._chart = chart
        self._found: list[str] = []

    def add(self, what: str, *, column: str | None = None, row: int | None = None) -> None:
        """Take note of one; rows are counted from 0."""
        places = [f"column {column!r}"] if column is not None else []
        places += [f"row {row}"] if row is not None else []
        self._found.append(f"{', '.join(places)}: {what}" if places else what)

    def __bool__(self) -> bool:
        return bool(self._found)

    def raise_any(self) -> None:
        """Raise all that was found, if anything was.

        Raises
        ------
        InvalidValueError
        """
        if not self._found:
            return
        if len(self._found) == 1:
            raise InvalidValueError(f"{self._chart}: {self._found[0]}")
        lines = [f"\n- {line}" for line in self._found[:_TOLD]]
        more = len(self._found) - _TOLD
        lines += [f"\n- and {more} more"] if more > 0 else []
        raise InvalidValueError(f"{self._chart}: the table has {len(self._found)} problems{''.join(lines)}")


@dataclass(frozen=True)
class Moments:
    """A column of moments: of numbers, dates or steps that have names.

    Attributes
    ----------
    values : array of float64, shape (n,)
        Numbers as they are; dates as days since 1970-01-01 (UTC); steps as 0, 1, 2 in their order.
    kind : str
        ``number``, ``date`` or ``step``.
    names : tuple of str
        Of steps.
    """

    values: Floats
    kind: Literal["number", "date", "step"]
    names: tuple[str, ...] = ()

    def place(self, moment: Any) -> float:
        """Give a moment that the caller tells as the values have it.

        Raises
        ------
        InvalidValueError
            When it is of another kind, or a step that there is none of, with near names.
        """
        if self.kind == "step":
            words = as_text(moment)
            if words in self.names:
                return float(self.names.index(words))
            raise InvalidValueError(f"there is no moment {words!r}{near_names(words, self.names)}")
        if self.kind == "date":
            found = as_days(moment)
            if found is None and isinstance(moment, str | int):
                found = as_days(f"{moment}-01-01") if len(str(moment)) == 4 else as_days(f"{moment}-01")
        else:
            number = as_number(moment)
            if isinstance(number, str) and isinstance(moment, str):
                with contextlib.suppress(ValueError):
                    number = float(moment)
            found = None if isinstance(number, str) else number
        if found is None or not math.isfinite(found):
            raise InvalidValueError(f"{moment!r:.40} is no {self.kind} as the column of moments has")
        return found


class Columns:
    """Reads the columns of a table by name.

    Parameters
    ----------
    table : DataFrame or table
        Of pandas, polars, pyarrow or another library that narwhals knows; also a dict of columns.
    problems : Problems
        Where complaints go.

    Raises
    ------
    InvalidValueError
        When it is no table, or has no rows.
    """

    def __init__(self, table: Any, problems: Problems) -> None:
        import narwhals.stable.v1 as nw

        self.problems = problems
        if isinstance(table, dict):
            import pandas as pd

            table = pd.DataFrame(table)
        table = _with_plain_index(table)
        try:
            found = nw.from_native(table, pass_through=False)
        except TypeError:
            raise InvalidValueError(
                f"{problems._chart}: wants a table (a DataFrame of pandas or polars, a pyarrow Table, "
                f"a dict of columns), got {type(table).__name__}"
            ) from None
        self._frame = found.collect() if isinstance(found, nw.LazyFrame) else found
        self.names: tuple[str, ...] = tuple(str(name) for name in self._frame.columns)
        self.rows = len(self._frame)
        if self.rows == 0:
            raise InvalidValueError(f"{problems._chart}: the table has no rows")

    def has(self, name: str) -> bool:
        """Tell whether there is a column of this name."""
        return name in self.names

    def numbers(self, name: str, *, finite: bool = False, positive: bool = False) -> Floats:
        """Give a column as float64; what is missing is NaN.

        Parameters
        ----------
        finite : bool
            Whether a missing value is a complaint; an infinite one always is.
        positive : bool
            Whether one that is not above 0 is.
        """
        result = self._floats(name)
        if result is None:
            result = np.full(self.rows, np.nan)
            for row, value in enumerate(self._values(name)):
                number = as_number(value)
                if isinstance(number, str):
                    self.problems.add(f"wants a number, got {value!r:.40}", column=name, row=row)
                else:
                    result[row] = number
        wrong = np.isinf(result)
        if finite:
            wrong |= np.isnan(result)
        if positive:
            wrong |= result <= 0
        for row in np.flatnonzero(wrong).tolist():
            number = float(result[row])
            what = (
                "is infinite: leave it out, or say what it is" if math.isinf(number)
                else "has no value" if math.isnan(number) else f"must be above 0, is {number:g}"
            )  # fmt: skip
            self.problems.add(what, column=name, row=row)
        return result

    def _floats(self, name: str) -> Floats | None:
        """Give a column of machine numbers at once; None for one of other things."""
        import narwhals.stable.v1 as nw

        series = self._frame[name]
        if not (series.dtype.is_integer() or series.dtype.is_float()):
            return None
        try:
            return np.array(series.cast(nw.Float64).to_numpy(), np.float64)
        except (TypeError, ValueError):  # pandas' NA
            return None

    def texts(self, name: str) -> list[str]:
        """Give a column as words; what is missing is an empty text."""
        return [
            value if type(value) is str else "" if is_missing(value) else as_text(value)
            for value in self._values(name)
        ]

    def keys(self, name: str) -> list[str]:
        """Give a column that says which mark a row is of; none may be missing."""
        found = self.texts(name)
        for row, text in enumerate(found):
            if not text.strip():
                self.problems.add("has no name", column=name, row=row)
        return found

    def moments(self, name: str) -> Moments:
        """Give a column as moments: dates and numbers as they are, other words as steps in their order."""
        numbers_at_once = self._floats(name)
        if numbers_at_once is not None:
            for row in np.flatnonzero(~np.isfinite(numbers_at_once)).tolist():
                self.problems.add("has no moment", column=name, row=row)
            return Moments(numbers_at_once, "number")
        found = self._values(name)
        for row, value in enumerate(found):
            if is_missing(value):
                self.problems.add("has no moment", column=name, row=row)
        days = [as_days(value) for value in found]
        if all(day is not None for day in days):
            return Moments(np.array(days, np.float64), "date")
        numbers = [as_number(value) for value in found]
        if not any(isinstance(number, str) for number in numbers):
            return Moments(np.array(numbers, np.float64), "number")
        steps = {text: number for number, text in enumerate(dict.fromkeys(as_text(value) for value in found))}
        values = np.array([float(steps[as_text(value)]) for value in found])
        return Moments(values, "step", tuple(steps))

    def dates(self, name: str) -> Floats | None:
        """Give a column of dates as days since 1970-01-01 (UTC), NaN for a missing one; else None."""
        found = self._values(name)
        days = [math.nan if is_missing(value) else as_days(value) for value in found]
        known = [day for day in days if day is not None]
        return np.array(known) if len(known) == len(days) and not np.isnan(known).all() else None

    def is_number(self, name: str) -> bool:
        """Tell whether a column's values that aren't missing are all numbers."""
        return self._floats(name) is not None or all(
            not isinstance(as_number(value), str) for value in self._values(name)
        )

    def order(self, name: str) -> list[str]:
        """Give the different words of a column: in the order of its categories, else as they come."""
        import narwhals.stable.v1 as nw

        series = self._frame[name]
        if series.dtype == nw.Enum or (series.dtype == nw.Categorical and self._is_ordered(series)):
            wanted = [str(text) for text in series.cat.get_categories().to_list()]
            there = set(self.texts(name))
            return [text for text in wanted if text in there]
        return list(dict.fromkeys(self.texts(name)))

    def _is_ordered(self, series: Any) -> bool:
        native = series.to_native()
        return bool(getattr(getattr(native, "cat", None), "ordered", False))

    def require(self, **wanted: str | None) -> None:
        """Complain of each column that isn't there, with near names.

        Raises
        ------
        InvalidValueError
            At once, with all of them: nothing else can be read.
        """
        for parameter, name in wanted.items():
            if name is None or name in self.names:
                continue
            meant = near_names(str(name), self.names)
            there = ", ".join(self.names[:12]) + (", …" if len(self.names) > 12 else "")
            self.problems.add(
                f"`{parameter}` names column {name!r}, which is not there{meant}. It has: {there}"
            )
        self.problems.raise_any()

    def _values(self, name: str) -> list[Any]:
        series = self._frame[name]
        found: list[Any] = series.to_list()
        return found


def near_names(name: str, names: Sequence[str]) -> str:
    """Give the end of a message about a name that isn't there: those that were meant, perhaps."""
    by_case = [one for one in names if one.casefold() == name.casefold()]
    near = by_case or difflib.get_close_matches(name, names, n=2, cutoff=0.6)
    return f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""


def pivot(
    moments: Floats, keys: Sequence[str], values: Floats, problems: Problems, column: str
) -> tuple[Floats, tuple[str, ...], Floats]:
    """Give moments, keys and a matrix of values; what no row tells is NaN.

    Parameters
    ----------
    moments, values : array of shape (n,)
    keys : sequence of str
    column : str
        The values' name, for complaints: two rows of one key and moment are one.

    Returns
    -------
    moments : array of shape (m,)
        Rising.
    keys : tuple of str
        In the order of their first rows.
    matrix : array of shape (m, k)
    """
    times = np.unique(moments[~np.isnan(moments)])
    order = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    if len(times) * len(order) > 50_000_000:
        problems.add(f"{len(times):,} moments of {len(order):,} names are too many", column=column)
        problems.raise_any()
    matrix = np.full((len(times), len(order)), np.nan)
    rows = np.flatnonzero(~np.isnan(moments))
    numbers = np.fromiter((order[key] for key in keys), np.int64, len(keys))[rows]
    places = np.searchsorted(times, moments[rows]) * len(order) + numbers
    known, first, back = np.unique(places, return_index=True, return_inverse=True)
    for row, original in zip(rows.tolist(), rows[first[back]].tolist(), strict=True):
        if row != original:
            problems.add(
                f"{keys[row]!r} has a second value for one moment (the first is in row {original})",
                column=column,
                row=row,
            )
    matrix.ravel()[known] = values[rows[first]]
    return times, tuple(order), matrix


def fill_gaps(times: Floats, matrix: Floats, missing: Missing) -> Floats:
    """Give a matrix in which gaps between two values are filled as the caller says.

    ``gap`` leaves them, ``hold`` repeats the last value, also after the end; ``leave`` keeps NaN from where
    a key has no value any more, and joins what lies between two values by a straight line. Before a key's
    first value it is not there.
    """
    result = matrix.copy()
    for column in result.T:
        there = np.flatnonzero(~np.isnan(column))
        if len(there) == 0 or missing == "gap":
            continue
        first, last = there[0], there[-1]
        if missing == "hold":
            latest = np.maximum.accumulate(np.where(np.isnan(column), 0, np.arange(len(column))))
            column[first:] = column[latest[first:]]
        else:
            inside = slice(first, last + 1)
            column[inside] = np.interp(times[inside], times[there], column[there])
    return result


def _with_plain_index(table: Any) -> Any:
    """Make columns of a pandas index that has a name, and of periods and names what narwhals can read."""
    module = type(table).__module__.partition(".")[0]
    if module == "geopandas":
        module = "pandas"
    if module != "pandas" or not hasattr(table, "columns"):
        return table
    if any(name is not None for name in table.index.names):
        there = set(map(str, table.columns))
        wanted = [name for name in table.index.names if name is not None and str(name) not in there]
        table = table.reset_index(level=wanted) if wanted else table
    table = table.reset_index(drop=True)
    changed = {
        name: table[name].dt.to_timestamp()
        for name in table.columns
        if str(table[name].dtype).startswith("period")
    }
    table = table.assign(**{str(name): column for name, column in changed.items()})
    if not all(isinstance(name, str) for name in table.columns):
        table = table.rename(columns=str)
    return table
