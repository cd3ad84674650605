"""What renders are grouped by: a column, or something that is told from several.

Groups are numbers, so that sums over a million renders are single calls of NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bazaar_nb.analysis.periods import PERIODS, as_midnights, starts
from bazaar_nb.analysis.source import moments, numbers, texts
from bazaar_nb.errors import InvalidValueError

_TEXT = (
    *("format", "codec", "quality", "preset", "user", "project", "composition", "engine"),
    *("host", "python", "version", "status"),
)
_NUMBER = ("fps", "workers")
_WHEN = ("created", "started", "event_time")
_NEEDS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in (*_TEXT, *_NUMBER)},
    "resolution": ("width", "height"),
    "size": ("width", "height"),
    "sound": ("has_sound",),
    **dict.fromkeys(PERIODS, _WHEN),
}

KEYS = tuple(_NEEDS)
"""All that renders can be grouped by.

Most are columns of the history. ``resolution`` is the class of the shorter side
(as in ``resolution="1080p"`` of an export), ``size`` is width and height,
``sound`` tells whether there is any; ``day``, ``week`` and ``month`` are when
the render was asked for, in UTC.
"""

RESOLUTIONS = ("240p", "360p", "480p", "720p", "1080p", "1440p", "4k", "8k")
_MOST_PIXELS = (240, 360, 480, 720, 1080, 1440, 2160)

By = str | Sequence[str]


@dataclass(frozen=True)
class Groups:
    """Rows in groups."""

    codes: NDArray[np.intp]
    """The group of each row, from 0."""
    labels: pd.DataFrame
    """What each group is: one row a group, one column a key, sorted."""

    @property
    def count(self) -> int:
        """How many groups there are."""
        return len(self.labels)

    def sizes(self, where: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Count the rows of each group, or those where something holds."""
        codes = self.codes if where is None else self.codes[where]
        return np.bincount(codes, minlength=self.count).astype(np.int64)

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up a value of each row, by group."""
        return np.bincount(self.codes, values, minlength=self.count).astype(np.float64)

    def quantiles(self, values: NDArray[np.float64], at: Sequence[float]) -> list[NDArray[np.float64]]:
        """Give quantiles of a value by group; NaN where no row has it."""
        series = pd.Series(values).groupby(self.codes)
        found = [series.quantile(share).reindex(range(self.count)) for share in at]
        return [quantile.to_numpy().astype(np.float64) for quantile in found]

    def table(self, **columns: Any) -> pd.DataFrame:
        """Put columns with one value a group beside the labels."""
        return self.labels.assign(**columns)


def check_by(by: object, allowed: Iterable[str] = KEYS) -> tuple[str, ...]:
    """Give what to group by as a tuple.

    Raises
    ------
    InvalidValueError
        For what renders can't be grouped by.
    """
    keys = (by,) if isinstance(by, str) else tuple(by) if isinstance(by, Sequence) else (by,)
    allowed = tuple(allowed)
    wrong = [key for key in keys if key not in allowed]
    if wrong or not keys or len(set(keys)) < len(keys):
        said = f"got {wrong[0]!r:.60}" if wrong else f"each once, got {by!r:.60}"
        raise InvalidValueError(f"`by` must be one or more of {', '.join(allowed)}, {said}")
    return tuple(str(key) for key in keys)


def needs(keys: Iterable[str]) -> tuple[str, ...]:
    """Give the columns of the history that these keys are told from."""
    return tuple(dict.fromkeys(column for key in keys for column in _NEEDS[key]))


def group(frame: pd.DataFrame, keys: Iterable[str]) -> Groups:
    """Put renders into groups, one for each combination of keys that there is.

    A render of which a key isn't known is in the group ``unknown`` of it, or
    ``custom`` for a quality that was set by hand. Without keys there is one
    group, or none if there are no renders.
    """
    return combine({key: _key(frame, key) for key in keys}, len(frame))


def combine(keys: dict[str, tuple[NDArray[np.intp], pd.Index]], rows: int) -> Groups:
    """Make groups of rows, from the codes and the values of each key."""
    codes = np.zeros(rows, np.intp)
    for own, values in keys.values():
        codes = codes * max(len(values), 1) + own
    found, codes = np.unique(codes, return_inverse=True)
    labels = {}
    for name, (_, values) in reversed(keys.items()):
        found, place = np.divmod(found, max(len(values), 1))
        label = values.take(place)
        used = label.remove_unused_categories() if isinstance(label, pd.CategoricalIndex) else label
        labels[name] = used
    table = pd.DataFrame({name: labels[name] for name in keys}, index=range(len(found)))
    return Groups(codes.reshape(-1), table)


def _key(frame: pd.DataFrame, key: str) -> tuple[NDArray[np.intp], pd.Index]:
    if key in PERIODS:
        return period_key(moments(frame, *_WHEN), key)
    if key in _TEXT:
        codes, names = texts(frame, key, "custom" if key == "quality" else "unknown")
        return codes, pd.CategoricalIndex(names, categories=names)
    if key == "resolution":
        short = np.fmin(numbers(frame, "width"), numbers(frame, "height"))
        return _named(np.searchsorted(_MOST_PIXELS, short), np.isnan(short), RESOLUTIONS)
    if key == "sound":
        sound = numbers(frame, "has_sound")
        return _named(np.nan_to_num(sound).astype(np.intp), np.isnan(sound), ("silent", "with sound"))
    if key == "size":
        values = numbers(frame, "width") * 1e6 + numbers(frame, "height")
        return _distinct(values, lambda value: f"{value // 1e6:.0f}x{value % 1e6:.0f}")
    return _distinct(numbers(frame, key), lambda value: f"{value:.6g}")


def period_key(
    times: NDArray[np.datetime64], period: str, timezone: str = "UTC"
) -> tuple[NDArray[np.intp], pd.Index]:
    """Give the code of each time's period, and when each period began; times must be known."""
    days, codes = np.unique(starts(times, period, timezone), return_inverse=True)
    return codes.reshape(-1).astype(np.intp), as_midnights(days, timezone)


def _named(
    codes: NDArray[np.intp], missing: NDArray[np.bool_], names: Sequence[str]
) -> tuple[NDArray[np.intp], pd.Index]:
    """Give a key with fixed names in order, of which a table holds those that it has."""
    codes = np.where(missing, len(names), codes)
    every = (*names, "unknown")
    return codes, pd.CategoricalIndex(every, categories=every, ordered=True)


def _distinct(values: NDArray[np.float64], name: Callable[[float], str]) -> tuple[NDArray[np.intp], pd.Index]:
    """Give a key of numbers, named, in the numbers' order."""
    found, codes = np.unique(values, return_inverse=True)
    names = ["unknown" if np.isnan(value) else name(value) for value in found]
    return codes.reshape(-1).astype(np.intp), pd.CategoricalIndex(names, categories=names, ordered=True)
