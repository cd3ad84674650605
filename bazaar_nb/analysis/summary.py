"""A history in one row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bazaar_nb.analysis.costs import COST_COLUMNS, gb_months, used
from bazaar_nb.analysis.failures import LOST
from bazaar_nb.analysis.source import amounts, as_time, has_ended, is_status, moments, take_renders, texts
from bazaar_nb.analysis.speed import speeds
from bazaar_nb.jobs.prices import Prices, checked_prices

_COLUMNS = (
    *("user", "project", "error_class", "frames", "frames_cached", "duration_s", "render_s"),
    *COST_COLUMNS,
)


def summary(renders: pd.DataFrame | None = None, prices: Prices | None = None) -> pd.DataFrame:
    """Tell of all renders in one row, for a report; ``summary().T`` reads well.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given.
    prices : Prices, optional
        Your price list; that of a common cloud if not given, see `Prices`.

    Returns
    -------
    DataFrame
        One row: ``first`` and ``last`` (when renders were asked for); ``renders``,
        ``succeeded`` and ``success_rate`` of those that ended; ``film_min``, minutes of film,
        and ``size_bytes`` of the movies; ``frames_per_s`` and ``realtime``, the medians of
        `speed`; ``cache_rate``, the part of the frames that was there already; ``top_error``,
        the most frequent, and ``top_error_renders``, how many it ended; ``users`` and
        ``projects``; ``cost`` in ``currency`` as `costs` tells it, without downloads.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> figures = bz.analysis.summary().T
    """
    prices = checked_prices(prices)
    frame = take_renders(renders, _COLUMNS)
    done, ended = is_status(frame, "succeeded"), int(has_ended(frame).sum())
    measured, _, frames_per_s, realtime = speeds(frame)
    frames = np.where(done, amounts(frame, "frames"), 0).sum()
    cached = np.where(done, amounts(frame, "frames_cached"), 0).sum()
    asked = moments(frame, "created")
    asked = asked[~np.isnat(asked)]
    error, hit = _top_error(frame)
    row = {
        "first": _utc(asked.min() if len(asked) else None),
        "last": _utc(asked.max() if len(asked) else None),
        "renders": len(frame),
        "succeeded": int(done.sum()),
        "success_rate": done.sum() / ended if ended else np.nan,
        "film_min": np.where(done, amounts(frame, "duration_s"), 0).sum() / 60,
        "size_bytes": int(np.where(done, amounts(frame, "size_bytes"), 0).sum()),
        "frames_per_s": np.median(frames_per_s[measured]) if measured.any() else np.nan,
        "realtime": np.nanmedian(realtime[measured]) if measured.any() else np.nan,
        "cache_rate": cached / frames if frames else np.nan,
        "top_error": error,
        "top_error_renders": hit,
        "users": frame["user"].nunique(),
        "projects": frame["project"].nunique(),
        "cost": _cost(frame, prices),
        "currency": prices.currency,
    }
    table = pd.DataFrame([row])
    for name in ("first", "last"):
        table[name] = pd.to_datetime(table[name], utc=True).astype("datetime64[us, UTC]")
    for name in ("top_error", "currency"):
        table[name] = pd.Series([row[name]], dtype="str")  # `astype` makes "None" of None before pandas 3
    return table


def _top_error(frame: pd.DataFrame) -> tuple[str | None, int]:
    """Give the error that ended most renders, and how many; of several the first by name."""
    codes, names = texts(frame, "error_class")
    counts = np.bincount(codes[is_status(frame, "failed")], minlength=len(names)).tolist()
    found = [*zip(names, counts, strict=True), (LOST, int(is_status(frame, "lost").sum()))]
    name, count = max(sorted(found), key=lambda pair: pair[1])
    return (name, count) if count else (None, 0)


def _cost(frame: pd.DataFrame, prices: Prices) -> float:
    use = used(frame, as_time("until", None))
    return float(
        use.cpu_h.sum() * prices.cpu_hour
        + gb_months(use).sum() * prices.gb_month
        + use.puts.sum() * prices.put_1000 / 1000
        + use.gets.sum() * prices.get_1000 / 1000
    )


def _utc(time: np.datetime64 | None) -> pd.Timestamp | None:
    return None if time is None else pd.Timestamp(time, tz="UTC")
