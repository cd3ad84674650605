"""Which rows of a table are asked for, checked, with the days in whose files they can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.columns import columns
from bazaar_nb.history.event import Event, storable
from bazaar_nb.store.links import read_period

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

When: TypeAlias = "str | dt.date | dt.timedelta | np.datetime64 | np.timedelta64 | None"
"""A time in a question: a datetime of Python, pandas or numpy, a date, ISO text, or a period before now.

What says no time zone is in UTC, as all times of the history are.
"""

Names = str | Iterable[str] | None
"""One name or several."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a table; None asks for all.

    Attributes
    ----------
    since, until : datetime or None
        Half-open, in UTC.
    names : dict of str to tuple of str
        What columns of text may hold, by the columns' names.
    columns : tuple of str or None
    """

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None

    def keep(self, table: pa.Table) -> pa.Table:
        """Take out of a table the rows that are asked for; a render is of the time when it was asked for."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        asked = np.ones(table.num_rows, bool)
        for name, wanted in self.names.items():
            asked &= is_in(table[name], wanted)
        time = table["event_time"]
        if "created" in table.column_names:
            time = pc.coalesce(table["created"], time)
        for edge, compare in ((self.since, pc.greater_equal), (self.until, pc.less)):
            if edge is not None:
                asked &= compare(time, pa.scalar(edge, time.type)).to_numpy()
        return table if asked.all() else table.filter(pa.array(asked))

    def before_newest(self) -> Query:
        """Give what can be asked of each event of a render: all but how it ended."""
        return replace(self, names={name: told for name, told in self.names.items() if name != "status"})


def is_in(column: pa.Array | pa.ChunkedArray, values: Iterable[str]) -> NDArray[np.bool_]:
    """Tell of each row whether a column of text has one of some values."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    return np.asarray(pc.is_in(column, value_set=pa.array(list(values), pa.string())), dtype=bool)


def read_query(
    kind: type[Event],
    /,
    *,
    since: When = None,
    until: When = None,
    columns: Sequence[str] | None = None,
    **names: Names,
) -> Query:
    """Check what is asked of a table.

    Raises
    ------
    InvalidValueError
        With what was given and what is wanted.
    """
    now = dt.datetime.now(dt.UTC)
    begin, end = _read_time("since", since, now), _read_time("until", until, now)
    if begin is not None and end is not None and begin >= end:
        raise InvalidValueError(f"`since` must be before `until`, got {since!r} and {until!r}")
    read = {name: _read_names(name, value) for name, value in names.items()}
    wanted = {name: value for name, value in read.items() if value is not None}
    return Query(begin, end, wanted, _read_columns(kind, columns))


def _read_time(name: str, given: When, now: dt.datetime) -> dt.datetime | None:
    """Give a time in UTC, also if no zone is said; a date is its first moment, or as `until` its last."""
    if given is None:
        return None
    time = _parse(given, name) if isinstance(given, str) else plain_time(given)
    with suppress(OverflowError):  # before the first year, or after the last
        if isinstance(time, dt.timedelta):
            return now - read_period(time, name)
        if isinstance(time, dt.datetime):
            return (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
        if isinstance(time, dt.date):
            day = dt.datetime.combine(time, dt.time(), dt.UTC)
            return day + dt.timedelta(days=1) if name == "until" else day
    raise InvalidValueError(
        f"`{name}` must be a time, a date ('2026-11-22') or a period before now ('30d', '12h'), got {given!r}"
    )


def plain_time(given: object) -> object:
    """Give a time of pandas or numpy as Python has it, None for NaT; anything else as it was given."""
    import numpy as np

    if isinstance(given, np.datetime64 | np.timedelta64):
        unit, _ = np.datetime_data(given.dtype)
        if unit in ("Y", "M", "generic") or np.isnat(given):
            return None  # no moment and no length that all agree on
        if isinstance(given, np.datetime64) and unit == "D":
            return given.item()
        return given.astype(f"{given.dtype.kind}8[us]").item()  # of nanoseconds Python makes a number
    if isinstance(given, dt.datetime):
        to_python = getattr(given, "to_pydatetime", None)  # that of pandas
        return given if to_python is None else to_python(warn=False) if given == given else None
    return given


def _parse(text: str, name: str) -> dt.date | dt.timedelta | None:
    """Read a date, a time or a period; None if it is none of these."""
    for read in (dt.date.fromisoformat, dt.datetime.fromisoformat):
        with suppress(ValueError):
            time = read(text.strip())
            # The first year has a day that none is before, the last one that none is after.
            return time if 1 < time.year < dt.MAXYEAR else None
    with suppress(InvalidValueError):
        return read_period(text, name)
    return None


def _read_names(name: str, given: Names) -> tuple[str, ...] | None:
    if given is None:
        return None
    names = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, Iterable) else (None,)
    if not all(isinstance(one, str) for one in names):
        raise InvalidValueError(f"`{name}` must be text or a sequence of texts, got {given!r:.80}")
    return tuple(storable(str(one)) for one in names)


def _read_columns(kind: type[Event], given: Sequence[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    if isinstance(given, str):
        raise InvalidValueError(f"`columns` must be a sequence of names, got {given!r}: [{given!r}]")
    there = [column.name for column in columns(kind)]
    unknown = ", ".join(repr(name) for name in given if name not in there)
    if unknown:
        raise InvalidValueError(f"`columns` has {unknown}; there are {', '.join(there)}")
    return tuple(given)
