"""Values of a map's areas: read from a table, joined with the shapes, as steps of colour over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.maps.color_steps import ColorSteps
from bazaar_nb.charts.maps.geojson import Area, join_names
from bazaar_nb.charts.parts.growing_axis import STEPS_A_SECOND, smooth
from bazaar_nb.charts.parts.phases import Phases
from bazaar_nb.charts.parts.table import Columns, Missing, Moments, fill_gaps
from bazaar_nb.charts.parts.time_table import read_time_table

Floats = NDArray[np.float64]
_CHANGE_S = 0.3  # that an area takes from one step's colour to the next


@dataclass(frozen=True)
class MapValues:
    """Values by moment and key.

    Attributes
    ----------
    keys : tuple of str
    places : tuple of tuple of int
        The areas of each key, by number.
    times : array of shape (t,)
        Rising; one where there is no time.
    matrix : array of shape (t, k)
        NaN where there is no value.
    moments : Moments or None
        The time column as it was read.
    """

    keys: tuple[str, ...]
    places: tuple[tuple[int, ...], ...]
    times: Floats
    matrix: Floats
    moments: Moments | None

    def levels(self, colors: ColorSteps, phases: Phases) -> Floats:
        """Give each key's step of colour at moments of the film, shape (moments, k); NaN is no value.

        `STEPS_A_SECOND` moments a second; from one step to the next it goes softly. One moment without time.
        """
        if len(self.times) == 1:
            return colors.step_of(self.matrix)
        span = max(0.0, phases.move_stop - phases.move_start)
        count = max(2, round(span * STEPS_A_SECOND) + 1)
        told = np.linspace(self.times[0], self.times[-1], count)
        after = np.clip(np.searchsorted(self.times, told, side="right"), 1, len(self.times) - 1)
        part = ((told - self.times[after - 1]) / (self.times[after] - self.times[after - 1]))[:, None]
        one, other = self.matrix[after - 1], self.matrix[after]
        values = one + (other - one) * part
        values = np.where(part >= 1, other, np.where(np.isnan(values), one, values))
        level = colors.step_of(values)
        there = ~np.isnan(level)
        for column, known in zip(level.T, there.T, strict=True):
            if not known.all():
                column[:] = (
                    np.interp(np.arange(count), np.flatnonzero(known), column[known]) if known.any() else 0
                )
        soft = smooth(level, round(_CHANGE_S * phases.pace * STEPS_A_SECOND / 4))
        return np.where(there, soft, np.nan)


def read_map_values(
    columns: Columns,
    areas: Sequence[Area],
    *,
    name: str,
    value: str,
    time: str | None,
    shape_name: str | None,
    missing: Missing,
) -> MapValues:
    """Read a table's values and join them with areas.

    Raises
    ------
    InvalidValueError
        With all that is wrong: rows of one key, and names that no area has.
    """
    problems = columns.problems
    columns.require(name=name, value=value, time=time)
    moments = None
    if time is not None:
        found = read_time_table(columns, time=time, name=name, value=value)
        keys, times, moments = found.keys, found.times, found.moments
        matrix = fill_gaps(times, found.matrix, missing)
    else:
        keys, values = tuple(columns.keys(name)), columns.numbers(value)
        seen: dict[str, int] = {}
        for row, key in enumerate(keys):
            first = seen.setdefault(key, row)
            if first != row and key.strip():
                problems.add(
                    f"{key!r} has a value already (in row {first}): sum the rows, or give `time`",
                    column=name,
                    row=row,
                )
        problems.raise_any()
        matrix, times = values[None, :], np.zeros(1)
        if not np.isfinite(matrix).any():
            problems.add("has no value at all", column=value)
    joined = join_names(areas, keys, shape_name, problems, name)
    problems.raise_any()
    return MapValues(keys, tuple(tuple(joined[key]) for key in keys), times, matrix, moments)
