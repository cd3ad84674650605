"""Where things are at each step of a film's time, by several measures, from a table of some moments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.growing_axis import STEPS_A_SECOND, smooth
from bazaar_nb.charts.races.ranking import interpolated

Floats = NDArray[np.float64]
_FADE_S = 0.1


class Paths(NamedTuple):
    """The ways of k things.

    Attributes
    ----------
    measures : dict of arrays of shape (steps, k)
        Values by the name of their measure; who isn't there has those of the nearest step at which it was.
    there : array of shape (steps, k)
        Whether each has a value of every measure.
    present : array of shape (steps, k)
        The same without jumps, 0 to 1.
    row_steps : array of shape (t,)
        The steps at which the table's moments are.
    """

    measures: dict[str, Floats]
    there: NDArray[np.bool_]
    present: Floats
    row_steps: NDArray[np.int64]

    @classmethod
    def through(
        cls, times: Floats, matrices: Mapping[str, Floats], steps: int, ratios: Collection[str] = ()
    ) -> Paths:
        """Give the ways through a table.

        Parameters
        ----------
        times : array of shape (t,)
            Rising.
        matrices : mapping of arrays of shape (t, k)
            By the name of their measure; NaN where there is no value.
        steps : int
            `STEPS_A_SECOND` of them.
        ratios : collection of str
            Measures that change evenly in ratios, as they do on a logarithmic axis.
        """
        at = np.linspace(times[0], times[-1], steps)
        measures = {}
        for name, matrix in matrices.items():
            values = np.log10(matrix) if name in ratios else matrix
            table = np.stack([interpolated(at, times, column) for column in values.T], axis=1)
            measures[name] = 10**table if name in ratios else table
        there = ~np.isnan(np.sum(list(measures.values()), axis=0))
        for table in measures.values():
            _hold(table, there)
        present = smooth(there.astype(np.float64), round(_FADE_S * STEPS_A_SECOND))
        span = max(1e-12, float(times[-1] - times[0]))
        return cls(
            measures, there, present, np.rint((times - times[0]) / span * (steps - 1)).astype(np.int64)
        )


def _hold(table: Floats, there: NDArray[np.bool_]) -> None:
    """Give who isn't there the nearest place that it had: it fades where it was."""
    steps = np.arange(len(table))
    for column, seen in zip(table.T, there.T, strict=True):
        known = np.flatnonzero(seen)
        if len(known) == 0:
            column[:] = 1.0
        elif len(known) < len(steps):
            column[:] = np.interp(steps, known, column[known])
