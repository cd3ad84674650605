"""How renders ended, over time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bazaar_nb.analysis.groups import By, Groups, check_by, group, needs
from bazaar_nb.analysis.intervals import ratio, wilson
from bazaar_nb.analysis.periods import as_midnights, between, check_period, starts
from bazaar_nb.analysis.source import is_status, moments, take_renders

ENDS = ("succeeded", "failed", "cancelled", "lost")
"""How a render can have ended; the others are still at it."""

_WHEN = ("created", "started", "event_time")


def outcomes(
    renders: pd.DataFrame | None = None,
    *,
    period: str = "day",
    by: By | None = None,
    timezone: str = "UTC",
) -> pd.DataFrame:
    """Count how renders ended, by the day, week or month in which they were asked for.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given.
    period : {"day", "week", "month"}
        Weeks begin on Monday.
    by : str or sequence of str, optional
        Rows for each of these too: ``"project"``, ``"user"``, ``"format"`` and others, see `KEYS`.
    timezone : str
        Where days begin and end: ``"UTC"``, or a name such as ``"Europe/Berlin"``.

    Returns
    -------
    DataFrame
        Sorted by ``period``, its beginning. Without ``by`` also periods in which nothing was
        rendered are there, so that a line through the rows is right.

        ``renders`` counts all, ``succeeded``, ``failed``, ``cancelled`` and ``lost`` (the
        process died) those that ended so, ``running`` those that did not end yet.
        ``success_rate``, ``failure_rate`` (failed or lost) and ``cancel_rate`` are shares, 0
        to 1, of those that ended, NaN if none did. ``success_low`` and ``success_high`` are
        the ends of its 95% Wilson score interval: with few renders they are far apart.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927), 209-212.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.outcomes(bz.history(), period="week")
    """
    check_period(period, timezone)
    keys = () if by is None else check_by(by)
    frame = take_renders(renders, ("status", *_WHEN, *needs(keys)))
    groups, frame = in_periods(frame, period, keys, timezone)
    counts = {end: groups.sizes(is_status(frame, end)) for end in ENDS}
    total = groups.sizes()
    ended = sum(counts.values(), np.zeros(groups.count, np.int64))
    low, high = wilson(counts["succeeded"], ended)
    return groups.table(
        renders=total,
        **counts,
        running=total - ended,
        success_rate=ratio(counts["succeeded"], ended),
        success_low=low,
        success_high=high,
        failure_rate=ratio(counts["failed"] + counts["lost"], ended),
        cancel_rate=ratio(counts["cancelled"], ended),
    )


def in_periods(
    frame: pd.DataFrame, period: str, keys: tuple[str, ...], timezone: str
) -> tuple[Groups, pd.DataFrame]:
    """Put renders into groups by period, and by other keys; without such, also into none for empty periods.

    Renders of which no time is known are in no period: what is left is given too.
    """
    times = moments(frame, *_WHEN)
    known = ~np.isnat(times)
    if not known.all():
        frame, times = frame[known], times[known]
    days = starts(times, period, timezone)
    found, place = np.unique(days, return_inverse=True)
    every = between(found[0], found[-1], period) if len(found) and not keys else found
    begins = pd.Series(as_midnights(every, timezone), name="period")
    own = np.searchsorted(every, found)[place.reshape(-1)]
    if not keys:
        return Groups(own, begins.to_frame()), frame
    inner = group(frame, keys)
    pairs, codes = np.unique(own * max(inner.count, 1) + inner.codes, return_inverse=True)
    outer, within = np.divmod(pairs, max(inner.count, 1))
    labels = inner.labels.take(within).reset_index(drop=True)
    labels.insert(0, "period", begins.take(outer).reset_index(drop=True))
    return Groups(codes.reshape(-1), labels), frame
