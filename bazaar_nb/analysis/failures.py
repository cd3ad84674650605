"""What went wrong, and how often."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bazaar_nb.analysis.groups import combine
from bazaar_nb.analysis.intervals import ratio
from bazaar_nb.analysis.source import is_status, moments, take_renders, texts

LOST = "process lost"
"""What stands for the error of renders whose process died: it could not say any."""

_WHEN = ("finished", "event_time", "created")
_COLUMNS = ("status", "render_id", "user", "project", "error_class", "error_message", *_WHEN)


def errors(renders: pd.DataFrame | None = None, *, cancelled: bool = False) -> pd.DataFrame:
    """Count the errors that ended renders, by their class.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given.
    cancelled : bool
        Whether renders that somebody cancelled count too.

    Returns
    -------
    DataFrame
        A row for each ``error_class``, the most frequent first; ``process lost`` are renders
        whose process died, ``unknown`` those that have none. ``renders`` are how many it ended,
        ``share`` their part of all these, 0 to 1; ``users`` and ``projects`` how many it hit;
        ``first_seen`` and ``last_seen`` times in UTC; ``example_render_id`` and
        ``example_message`` are of the newest.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.errors(bz.history(project="sales"))
    """
    frame = take_renders(renders, _COLUMNS)
    ends = ("failed", "lost", "cancelled") if cancelled else ("failed", "lost")
    frame = frame[is_status(frame, *ends)].reset_index(drop=True)
    lost = is_status(frame, "lost")
    codes, names = texts(frame, "error_class")
    # A lost render says what its newest event said: that it had begun, no error.
    codes = np.where(lost, len(names), codes)
    classes = pd.Index([*names, LOST], dtype="str")
    groups = combine({"error_class": (codes, classes)}, len(frame))
    counts = groups.sizes()
    times = moments(frame, *_WHEN)
    order = np.lexsort((np.arange(len(frame)), np.where(np.isnat(times), np.datetime64(0, "us"), times)))
    newest = np.zeros(groups.count, np.intp)
    newest[groups.codes[order]] = order  # of several of a group the last stays
    seen = pd.Series(times).groupby(groups.codes)
    examples = frame.iloc[newest]
    messages = examples["error_message"].astype("str").where(~lost[newest], "the process that ran it is gone")
    table = groups.table(
        renders=counts,
        share=ratio(counts, np.full(groups.count, len(frame))),
        users=_different(frame, "user", groups.codes, groups.count),
        projects=_different(frame, "project", groups.codes, groups.count),
        first_seen=_utc(seen.min()),
        last_seen=_utc(seen.max()),
        example_render_id=examples["render_id"].astype("str").to_numpy(),
        example_message=messages.to_numpy(),
    )
    for column in ("error_class", "example_render_id", "example_message"):
        table[column] = table[column].astype("str")
    return table.sort_values(["renders", "error_class"], ascending=[False, True], ignore_index=True)


def _different(frame: pd.DataFrame, column: str, codes: np.ndarray, count: int) -> np.ndarray:
    """Count the different texts of a column in each group, of those that are known."""
    own, names = texts(frame, column)
    known = frame[column].notna().to_numpy()
    pairs = np.unique(codes[known] * max(len(names), 1) + own[known])
    return np.bincount(pairs // max(len(names), 1), minlength=count).astype(np.int64)


def _utc(times: pd.Series) -> pd.Series:
    return times.astype("datetime64[us]").dt.tz_localize("UTC")
