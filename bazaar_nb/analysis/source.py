"""What is analysed: the renders that were given, or those of the default workspace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.query import plain_time
from bazaar_nb.history.render_event import ENDED

UNKNOWN = "unknown"
"""What stands for text that a render doesn't have."""

MOST_NAMED = 5


def take_renders(renders: pd.DataFrame | None, columns: Iterable[str]) -> pd.DataFrame:
    """Give the columns of the renders that an analysis needs, from the default history if none are given.

    Raises
    ------
    InvalidValueError
        If it isn't a DataFrame with these columns.
    """
    wanted = list(dict.fromkeys(columns))
    if renders is None:
        # Imported here: a DataFrame can be analysed without all that renders.
        from bazaar_nb.workspace import default_workspace

        renders = default_workspace().history(columns=wanted)
    return checked("renders", renders, wanted, "history()")


def take_events(events: pd.DataFrame | None, columns: Iterable[str]) -> pd.DataFrame:
    """Give the columns of what was done with movies, from the default history if nothing is given.

    Raises
    ------
    InvalidValueError
        If it isn't a DataFrame with these columns.
    """
    wanted = list(dict.fromkeys(columns))
    if events is None:
        from bazaar_nb.workspace import default_workspace

        events = default_workspace().history.engagement()
    return checked("events", events, wanted, "history.engagement()")


def checked(name: str, frame: object, columns: list[str], giver: str) -> pd.DataFrame:
    """Give these columns of what should be a DataFrame that has them.

    Raises
    ------
    InvalidValueError
        With the name of the argument and what is wanted.
    """
    if not isinstance(frame, pd.DataFrame):
        raise InvalidValueError(f"`{name}` must be a DataFrame as {giver} gives, got {frame!r:.60}")
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        more = ", …" if len(missing) > MOST_NAMED else ""
        raise InvalidValueError(
            f"`{name}` must be a DataFrame as {giver} gives: it lacks the columns "
            f"{', '.join(missing[:MOST_NAMED])}{more}"
        )
    # Not `frame[columns]`, which copies: a million renders are some hundred megabytes.
    return pd.DataFrame({column: frame[column] for column in columns}, copy=False)


def numbers(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Give a column of numbers, with NaN where nothing is known."""
    values = frame[column]
    if values.dtype == np.float64:
        return values.to_numpy()
    return values.to_numpy("float64", na_value=np.nan)


def amounts(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Give a column of numbers that are summed: nothing where nothing is known."""
    return np.nan_to_num(numbers(frame, column), nan=0.0)


def texts(frame: pd.DataFrame, column: str, missing: str = UNKNOWN) -> tuple[NDArray[np.intp], list[str]]:
    """Give a column of text as codes and the different texts, sorted."""
    values = frame[column]
    if not isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype("category")
    names = [str(name) for name in values.cat.categories]
    codes = values.cat.codes.to_numpy().astype(np.intp)
    absent = codes < 0
    if absent.any():
        if missing not in names:
            names.append(missing)
        codes[absent] = names.index(missing)
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), np.intp)
    place[order] = np.arange(len(names))
    return place[codes] if len(codes) else codes, [names[index] for index in order]


def is_status(frame: pd.DataFrame, *statuses: str) -> NDArray[np.bool_]:
    """Tell which renders have one of these statuses."""
    codes, names = texts(frame, "status")
    return np.array([name in statuses for name in names], bool)[codes]


def has_ended(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which renders will never change any more: lost ones are among them."""
    return is_status(frame, *ENDED, "lost")


def moments(frame: pd.DataFrame, *columns: str) -> NDArray[np.datetime64]:
    """Give times in UTC, to the microsecond: of each row the first of these columns that is known."""
    times = np.full(len(frame), np.datetime64("NaT"), "datetime64[us]")
    for column in columns:
        missing = np.isnat(times)
        if missing.any():
            known = pd.to_datetime(frame[column], utc=True).to_numpy("datetime64[us]")
            times[missing] = known[missing]
    return times


def as_time(name: str, value: dt.datetime | None) -> np.datetime64:
    """Give a time in UTC, which is meant where no zone is said; now, if there is none.

    Raises
    ------
    InvalidValueError
        If it isn't a time.
    """
    time = dt.datetime.now(dt.UTC) if value is None else plain_time(value)
    if not isinstance(time, dt.datetime):
        raise InvalidValueError(f"`{name}` must be a datetime, got {value!r:.60}")
    return np.datetime64(time.astimezone(dt.UTC).replace(tzinfo=None) if time.tzinfo else time, "us")
