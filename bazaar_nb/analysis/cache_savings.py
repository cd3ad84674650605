"""How much need not be rendered, as it was there already."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bazaar_nb.analysis.groups import By, check_by, needs
from bazaar_nb.analysis.intervals import ratio
from bazaar_nb.analysis.outcomes import in_periods
from bazaar_nb.analysis.periods import check_period
from bazaar_nb.analysis.source import amounts, is_status, take_renders

_COLUMNS = (
    *("status", "created", "started", "event_time"),
    *("frames", "frames_cached", "segments", "segments_cached"),
)


def cache(
    renders: pd.DataFrame | None = None,
    *,
    period: str = "day",
    by: By | None = None,
    timezone: str = "UTC",
) -> pd.DataFrame:
    """Tell which part of the frames and segments of movies was there already.

    Only renders that succeeded count: of the others nobody knows how much more
    would have been there.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given.
    period : {"day", "week", "month"}
        In which they were asked for; weeks begin on Monday.
    by : str or sequence of str, optional
        Rows for each of these too: ``"project"``, ``"user"``, ``"format"`` and others, see `KEYS`.
    timezone : str
        Where days begin and end: ``"UTC"``, or a name such as ``"Europe/Berlin"``.

    Returns
    -------
    DataFrame
        Sorted by ``period``, its beginning, without gaps if ``by`` is not given: ``renders``;
        ``frames`` and ``frames_cached`` with their ratio ``frame_hit_rate``; ``segments`` and
        ``segments_cached`` with ``segment_hit_rate``. Rates are 0 to 1, NaN where there is nothing.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.cache(period="month")
    """
    check_period(period, timezone)
    keys = () if by is None else check_by(by)
    frame = take_renders(renders, (*_COLUMNS, *needs(keys)))
    groups, frame = in_periods(frame[is_status(frame, "succeeded")], period, keys, timezone)
    sums = {
        column: groups.sums(amounts(frame, column)).astype(np.int64)
        for column in ("frames", "frames_cached", "segments", "segments_cached")
    }
    return groups.table(
        renders=groups.sizes(),
        frames=sums["frames"],
        frames_cached=sums["frames_cached"],
        frame_hit_rate=ratio(sums["frames_cached"], sums["frames"]),
        segments=sums["segments"],
        segments_cached=sums["segments_cached"],
        segment_hit_rate=ratio(sums["segments_cached"], sums["segments"]),
    )
