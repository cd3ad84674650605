"""Where names beside the ends of growing lines stand at each moment: they glide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.lines.end_labels import EndLabels
from bazaar_nb.charts.parts.growing_axis import STEPS_A_SECOND, smooth
from bazaar_nb.charts.parts.room import Area

Floats = NDArray[np.float64]
_SETTLE_S = 0.4  # that a name takes to come to rest after its line's end did
EARLIER_S = 0.12
"""By which lines are whole before all stands still, so that names do, too."""
_STEPS_A_PLACE = 3  # names move apart so often, and glide between
_APPEAR_STEPS = 6
_FAST = 0.6  # heights of the area a second


@dataclass(frozen=True)
class LabelTrack:
    """Names' ways, at `STEPS_A_SECOND` steps from a little before lines begin to grow.

    Attributes
    ----------
    heads, places : array of shape (steps, labels)
        The heights of lines' ends, without small ups and downs, and of their names, in pixels.
    seen : array of shape (steps, labels)
        0 before a line begins, then 1.
    before : int
        Steps before lines begin to grow.
    stands : bool
        Whether names stand at their last places from the start, for lines that go up and down too fast for
        words beside their ends to be read.
    """

    heads: Floats
    places: Floats
    seen: Floats
    before: int
    stands: bool = False

    @classmethod
    def along(
        cls, labels: EndLabels, times: Floats, ends: Floats, area: Area, span: float, pace: float
    ) -> LabelTrack:
        """Find the ways of names along lines that grow evenly in time.

        A name glides along with its line's end and comes to rest beside it; two that cross change places in
        half a second.

        Parameters
        ----------
        times : array of shape (t,)
            Rising.
        ends : array of shape (t, k)
            The heights of all lines, in pixels; NaN where there is none.
        area : Area
            Names stay within its height.
        span : float
            Seconds that the lines grow.
        pace : float
            Less than 1 where there is little time.
        """
        still = round(_SETTLE_S * pace * STEPS_A_SECOND)
        steps = max(2, round(span * STEPS_A_SECOND) + 1)
        grown = np.linspace(times[0], times[-1], steps)
        at = np.concatenate([np.repeat(times[0], still), grown, np.repeat(times[-1], still)])
        heads = np.full((len(at), len(labels.numbers)), np.nan)
        seen = np.zeros_like(heads)
        for place, number in enumerate(labels.numbers):
            there = ~np.isnan(ends[:, number])
            if there.any():
                heads[:, place] = np.interp(at, times[there], ends[there, number])
                seen[:, place] = at >= times[there][0]
        ways = np.abs(np.diff(np.where(seen > 0, heads, np.nan), axis=0))
        fastest = float(np.nansum(ways, axis=0).max(initial=0.0)) / max(1e-9, span)
        if span > 0 and fastest > _FAST * area.height:
            last, ones = heads[-1:], np.ones_like(heads[-1:])
            places = labels.apart(last[0], area.top - 0.5 * labels.size, area.bottom + 0.1 * labels.size)
            return cls(last, places[None, :], ones, 0, stands=True)
        heads = smooth(heads, still // 6)
        low, high = area.top - 0.5 * labels.size, area.bottom + 0.1 * labels.size
        some = np.unique(np.append(np.arange(0, len(at), _STEPS_A_PLACE), len(at) - 1))
        apart = np.array(
            [labels.apart(np.where(seen[step] > 0, heads[step], np.nan), low, high) for step in some]
        )
        places = np.full_like(heads, np.nan)
        for place in range(len(labels.numbers)):
            there = ~np.isnan(apart[:, place])
            if there.any():
                places[:, place] = np.interp(np.arange(len(at)), some[there], apart[there, place])
        return cls(heads, smooth(places, still // 3), smooth(seen, _APPEAR_STEPS), still)

    def at(self, seconds: float) -> tuple[Floats, Floats, Callable[[int], float]]:
        """Give ends, places and how much is seen, so many seconds after lines began to grow."""
        step = min(len(self.heads) - 1.0, max(0.0, seconds * STEPS_A_SECOND + self.before))
        first = int(step)
        later = min(first + 1, len(self.heads) - 1)
        share = step - first

        def now(table: Floats) -> Floats:
            mixed: Floats = table[first] * (1 - share) + table[later] * share
            return mixed

        seen = now(self.seen).tolist()
        return now(self.heads), now(self.places), lambda place: float(seen[place])
