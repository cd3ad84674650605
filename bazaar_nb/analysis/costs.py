"""What renders cost, by a price list."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bazaar_nb.analysis.arguments import is_number
from bazaar_nb.analysis.groups import KEYS, By, Groups, check_by, group, needs
from bazaar_nb.analysis.periods import as_midnights
from bazaar_nb.analysis.source import amounts, as_time, is_status, moments, take_events, take_renders, texts
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.jobs.prices import Prices, checked_prices

GB = 2**30
MONTH_H = 730
RENDER = "render"
COST_KEYS = (RENDER, *(key for key in KEYS if key not in ("day", "week")))
"""What costs can be grouped by; ``month`` is when they arose, not when the render was asked for."""

CPU_COLUMNS = ("plan_s", "draw_s", "convert_s", "encode_s", "sound_s", "join_s")
"""The stages at which a processor works; while it stores, it waits."""

COST_COLUMNS = (
    *("status", "created", "finished", "size_bytes"),
    *("segments", "segments_cached", *CPU_COLUMNS),
)
"""The columns of the history that costs are told from."""

PARTS = ("cpu", "storage", "egress", "request")

_EVENTS_OF_A_RENDER = 3
_MONTH = "datetime64[M]"


class _Use(NamedTuple):
    """What each render used."""

    cpu_h: NDArray[np.float64]
    gb: NDArray[np.float64]
    kept_from: NDArray[np.datetime64]
    kept_to: NDArray[np.datetime64]
    puts: NDArray[np.float64]
    gets: NDArray[np.float64]


def costs(
    renders: pd.DataFrame | None = None,
    prices: Prices | None = None,
    *,
    by: By = RENDER,
    engagement: pd.DataFrame | None = None,
    until: dt.datetime | None = None,
    kept_days: float | None = None,
) -> pd.DataFrame:
    """Estimate what renders cost: computing them, keeping their movies, sending them out.

    Computing is the work of the stages, of failed renders too: drawing,
    converting and encoding of all workers, planning, sound and joining. Movies
    are kept from their end on; segments, which a bucket's rules remove, are not
    counted. Each download sends a movie out once. Requests are estimated: a
    write for each segment that was rendered, for the movie, and for each of the
    three events of a render; a read for each segment that is looked for, and
    one more for each that was there and is fetched to be joined.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given.
    prices : Prices, optional
        Your price list; that of a common cloud if not given, see `Prices`.
    by : str or sequence of str
        ``"render"``, ``"project"``, ``"user"``, ``"month"`` and others, see `COST_KEYS`. In
        months (in UTC) a movie costs in each in which it is kept, a download when it happens.
    engagement : DataFrame, optional
        As ``history.engagement()`` gives, for downloads; those of the default workspace if
        neither this nor `renders` is given, none if only `renders` is.
    until : datetime, optional
        Until when movies are kept, in UTC if it says no time zone; now by default.
    kept_days : float, optional
        After how many days movies are removed; never by default.

    Returns
    -------
    DataFrame
        By render in the order of the renders, else sorted by what it is by: ``renders`` (in
        months those that ended in them); what was used: ``cpu_h``, ``storage_gb_month`` (GB of
        2**30 bytes, months of 730 hours), ``egress_gb``, ``puts``, ``gets``; what it costs:
        ``cpu_cost``, ``storage_cost``, ``egress_cost``, ``request_cost`` and ``total`` in
        ``currency``. By render also ``render_id``, ``user``, ``project``, ``composition``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.costs(by="project", prices=bz.analysis.Prices(cpu_hour=0.05))
    """
    keys = check_by(by, COST_KEYS)
    if RENDER in keys and len(keys) > 1:
        raise InvalidValueError(f"`by` 'render' goes alone, got {list(keys)}")
    prices = checked_prices(prices)
    if kept_days is not None and not is_number(kept_days, 0):
        raise InvalidValueError(f"`kept_days` must be a number of days, 0 or more, got {kept_days!r:.60}")
    end = as_time("until", until)
    single, monthly = keys == (RENDER,), "month" in keys
    names = ("render_id", "user", "project", "composition") if single else ()
    others = tuple(key for key in keys if key not in (RENDER, "month"))
    downloads = None
    if engagement is not None or renders is None:
        downloads = take_events(engagement, ("event_time", "render_id", "kind"))
    frame = take_renders(renders, ("render_id", *COST_COLUMNS, *names, *needs(others)))
    groups = (
        Groups(np.arange(len(frame)), frame[list(names)].reset_index(drop=True))
        if single
        else group(frame, others)
    )
    use = used(frame, end, kept_days)
    sent_gb, sent_of, sent_at = _sent(frame, downloads)

    ended = moments(frame, "finished", "created")
    ended[np.isnat(ended)] = end
    months = _months(monthly, ended, use, sent_at)
    place = _Months(months, groups.count)
    at = groups.codes * len(months) + place.of(ended)
    kept = np.zeros((groups.count, len(months)))
    for index in range(len(months)):
        kept[:, index] = groups.sums(use.gb * place.kept_months(use, index))
    sizes = {
        "renders": place.sums(at, np.ones(len(frame))).astype(np.int64),
        "cpu_h": place.sums(at, use.cpu_h),
        "storage_gb_month": kept.reshape(-1),
        "egress_gb": place.sums(groups.codes[sent_of] * len(months) + place.of(sent_at), sent_gb),
        "puts": place.sums(at, use.puts).astype(np.int64),
        "gets": place.sums(at, use.gets).astype(np.int64),
    }
    table = groups.labels.loc[np.repeat(np.arange(groups.count), len(months))].reset_index(drop=True)
    if monthly:
        begins = as_midnights(months.astype("datetime64[D]"))
        table.insert(keys.index("month"), "month", begins.take(np.tile(np.arange(len(months)), groups.count)))
    table = _priced(table.assign(**sizes), prices)
    if monthly:
        table = table[(table["renders"] > 0) | (table["total"] > 0)] if others else table
        table = table.sort_values(list(keys), kind="stable", ignore_index=True)
    return table


def used(frame: pd.DataFrame, until: np.datetime64, kept_days: float | None = None) -> _Use:
    """Give what each render used, from the columns of `COST_COLUMNS`."""
    work = np.zeros(len(frame))
    for column in CPU_COLUMNS:
        work += amounts(frame, column)
    done = is_status(frame, "succeeded")
    begin = moments(frame, "finished", "created")
    end = np.full(len(frame), until)
    if kept_days is not None:
        end = np.fmin(end, begin + np.timedelta64(round(kept_days * 86_400e6), "us"))
    segments, cached = amounts(frame, "segments"), amounts(frame, "segments_cached")
    return _Use(
        cpu_h=work / 3600,
        gb=np.where(done, amounts(frame, "size_bytes"), 0) / GB,
        kept_from=begin,
        kept_to=end,
        puts=np.fmax(segments - cached, 0) + done + _EVENTS_OF_A_RENDER,
        gets=segments + cached,
    )


def gb_months(use: _Use) -> NDArray[np.float64]:
    """Give how many GB each render keeps, times how many months."""
    return use.gb * _hours(use.kept_from, use.kept_to) / MONTH_H


def _hours(begin: NDArray[np.datetime64], end: NDArray[np.datetime64]) -> NDArray[np.float64]:
    between = (end - begin) / np.timedelta64(3600 * 10**6, "us")
    return np.nan_to_num(np.fmax(between, 0))


class _Months:
    """Puts things into the months in which they arose; into one if months don't matter."""

    def __init__(self, months: NDArray[np.datetime64], groups: int) -> None:
        self._months, self._groups = months, groups

    def of(self, times: NDArray[np.datetime64]) -> NDArray[np.intp]:
        if np.isnat(self._months).any():
            return np.zeros(len(times), np.intp)
        return np.searchsorted(self._months, times.astype(_MONTH))

    def sums(self, at: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.bincount(at, values, minlength=self._groups * len(self._months))
        return sums.astype(np.float64)

    def kept_months(self, use: _Use, index: int) -> NDArray[np.float64]:
        """Give for how much of a month (all time, if months don't matter) each movie was kept."""
        month = self._months[index]
        if np.isnat(month):
            return _hours(use.kept_from, use.kept_to) / MONTH_H
        begin, end = (edge.astype("datetime64[us]") for edge in (month, month + 1))
        return _hours(np.fmax(use.kept_from, begin), np.fmin(use.kept_to, end)) / MONTH_H


def _months(
    monthly: bool, ended: NDArray[np.datetime64], use: _Use, sent_at: NDArray[np.datetime64]
) -> NDArray[np.datetime64]:
    if not monthly:
        return np.array(["NaT"], _MONTH)
    ends = [ended, use.kept_to[use.gb > 0], sent_at]
    known = np.concatenate([times[~np.isnat(times)] for times in ends])
    if not len(known):
        return np.array([], _MONTH)
    return np.arange(known.min().astype(_MONTH), known.max().astype(_MONTH) + 1)


def _sent(
    frame: pd.DataFrame, events: pd.DataFrame | None
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.datetime64]]:
    """Give of each download how many GB it sent, of which render, and when."""
    if events is None or events.empty:
        return np.zeros(0), np.zeros(0, np.intp), np.zeros(0, "datetime64[us]")
    kinds, names = texts(events, "kind")
    events = events[np.isin(kinds, [names.index("download")] if "download" in names else [])]
    which = pd.Index(frame["render_id"]).get_indexer(pd.Index(events["render_id"]))
    events, which = events[which >= 0], which[which >= 0].astype(np.intp)
    return amounts(frame, "size_bytes")[which] / GB, which, moments(events, "event_time")


def _priced(table: pd.DataFrame, prices: Prices) -> pd.DataFrame:
    parts = {
        "cpu_cost": table["cpu_h"] * prices.cpu_hour,
        "storage_cost": table["storage_gb_month"] * prices.gb_month,
        "egress_cost": table["egress_gb"] * prices.egress_gb,
        "request_cost": table["puts"] * prices.put_1000 / 1000 + table["gets"] * prices.get_1000 / 1000,
    }
    total = sum(parts.values(), pd.Series(0.0, index=table.index))
    currency = pd.Categorical([prices.currency] * len(table), categories=[prices.currency])
    return table.assign(**parts, total=total, currency=currency)
