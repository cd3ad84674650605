"""Pictures over days, weeks and months: outcomes, success rate, cache, costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bazaar_nb.analysis.outcomes import ENDS
from bazaar_nb.analysis.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OUTCOMES = (
    ("succeeded", style.GREEN),
    ("failed", style.VERMILION),
    ("lost", style.PURPLE),
    ("cancelled", style.GREY),
    ("running", style.SKY),
)
"""How renders ended, from the bottom of a bar, and the colours."""

_MOST_DATES = 9
_FEWEST_PLACES = 6  # so that one bar isn't a wall
_MOST_LINES = len(style.SERIES)
_MOST_APART = 150
_DAYS = {"day": 1, "week": 7, "month": 28}


def plot_outcomes(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how renders ended, as a bar a period; of groups, all together.

    Parameters
    ----------
    table : DataFrame
        As `outcomes` gives.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_outcomes(bz.analysis.outcomes())
    """
    table = style.checked(table, "outcomes", ("period", "running", *ENDS))
    sums = table.groupby("period")[[name for name, _ in OUTCOMES]].sum().reset_index()
    shown = [(name, colour) for name, colour in OUTCOMES if sums[name].any()]
    with style.canvas(ax, "Renders and how they ended", key=bool(shown)) as ax:
        if not shown:
            style.say_empty(ax, "No renders yet")
            return ax
        _stack(ax, sums, "period", shown)
        style.name_colours(ax, [(f"{name} {sums[name].sum():,}", colour) for name, colour in shown])
        ax.set_ylabel("renders")
        style.as_counts(ax, "y")
    return ax


def plot_success_rate(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the success rate of those that ended, with what it may really be as a band (95%).

    Parameters
    ----------
    table : DataFrame
        As `outcomes` gives; by one thing, there is a line for each of the most frequent.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_success_rate(bz.analysis.outcomes())
    """
    table = style.checked(table, "outcomes", ("period", "success_rate", "success_low", "success_high"))
    lines = _lines(table[table["success_rate"].notna()])
    with style.canvas(ax, "Success rate of renders that ended") as ax:
        if not lines:
            style.say_empty(ax, "No renders have ended yet")
            return ax
        axis = _Periods(table["period"])
        ends = []
        for (name, rows), colour in zip(lines, style.SERIES, strict=False):
            x = axis.places(rows["period"])
            _line(ax, x, rows["success_rate"].to_numpy(), colour)
            if len(lines) == 1:
                low, high = rows["success_low"].to_numpy(), rows["success_high"].to_numpy()
                ax.errorbar(
                    x, (low + high) / 2, (high - low) / 2, fmt="none", ecolor=colour, elinewidth=5,
                    alpha=0.25,
                )  # fmt: skip
            last = rows["success_rate"].iloc[-1]
            ends.append((x[-1], last, f"{name} {style.percent(last)}".strip(), colour))
        style.label_ends(ax, ends, 0.065)
        axis.name(ax)
        style.as_percents(ax, "y")
        style.grid(ax, "y")
    return ax


def plot_cache(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw which part of frames and segments was there already.

    Parameters
    ----------
    table : DataFrame
        As `cache` gives; of groups, all together.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_cache(bz.analysis.cache())
    """
    counts = ("frames", "frames_cached", "segments", "segments_cached")
    table = style.checked(table, "cache", ("period", *counts))
    sums = table.groupby("period")[list(counts)].sum().reset_index()
    with style.canvas(ax, "What need not be rendered: it was there already") as ax:
        if not sums[["frames", "segments"]].to_numpy().any():
            style.say_empty(ax, "No renders yet")
            return ax
        axis, ends = _Periods(sums["period"]), []
        for name, colour in (("frames", style.BLUE), ("segments", style.VERMILION)):
            rows = sums[sums[name] > 0]
            if rows.empty:
                continue
            x, rate = axis.places(rows["period"]), (rows[f"{name}_cached"] / rows[name]).to_numpy()
            _line(ax, x, rate, colour)
            ends.append((x[-1], rate[-1], f"{name} {style.percent(rate[-1])}", colour))
        style.label_ends(ax, ends, 0.065)
        axis.name(ax)
        style.as_percents(ax, "y")
        style.grid(ax, "y")
    return ax


def stack_months(ax: Axes, table: pd.DataFrame, parts: Sequence[tuple[str, str]]) -> None:
    """Draw a bar for each month, of parts that are columns, with their colours."""
    _stack(ax, table, "month", parts)


def _stack(ax: Axes, table: pd.DataFrame, when: str, parts: Sequence[tuple[str, str]]) -> None:
    axis = _Periods(table[when])
    x, bottom = axis.places(table[when]), np.zeros(len(table))
    for name, colour in parts:
        values = style.finite(table[name])
        if len(table) < _MOST_APART:
            ax.bar(x, values, 0.82, bottom, color=colour, linewidth=0)
        else:
            _steps(ax, x, bottom, bottom + values, colour)
        bottom += values
    ax.set_ylim(0, 1.06 * bottom.max())
    axis.name(ax)
    style.grid(ax, "y")


def _steps(
    ax: Axes, x: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64], colour: str
) -> None:
    """Draw bars without gaps, which would be less than a pixel wide, as one shape."""
    edges, places = np.arange(x.max() + 2) - 0.5, x.astype(np.intp)
    below, above = np.zeros(len(edges)), np.zeros(len(edges))
    below[places], above[places] = low, high
    ax.fill_between(edges, below, above, color=colour, step="post", linewidth=0)


def _line(ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64], colour: str) -> None:
    few = len(x) <= 60
    ax.plot(x, y, color=colour, linewidth=2 if few else 1.2, marker="o" if few else None, markersize=4.5)


def _lines(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Give the rows of each line and its name: those with most renders, if there are many."""
    keys = list(table.columns[1 : list(table.columns).index("renders")])
    if not keys or table.empty:
        return [("", table)] if len(table) else []
    names = pd.Series(style.row_names(table, keys), index=table.index)
    first = table.groupby(names)["renders"].sum().sort_values(ascending=False, kind="stable")
    return [(name, table[names == name]) for name in first.index[:_MOST_LINES]]


class _Periods:
    """An axis on which each period takes one step, and periods without a row keep their place."""

    def __init__(self, begins: pd.Series[Any]) -> None:
        days = self._days(begins)
        self._first, self._last = days.min(), days.max()
        steps = np.diff(np.unique(days)).astype("int64")
        self._unit = "day"
        if len(steps) and steps.min() >= _DAYS["month"] and (self._months(days) == days).all():
            self._unit = "month"
        elif len(steps) and (steps % 7 == 0).all():
            self._unit = "week"

    def places(self, begins: pd.Series[Any]) -> NDArray[np.float64]:
        """Give where each period is on the axis."""
        days = self._days(begins)
        if self._unit == "month":
            months = days.astype("datetime64[M]") - self._first.astype("datetime64[M]")
            return np.asarray(months, np.float64)
        return np.asarray(days - self._first, np.float64) / _DAYS[self._unit]

    def name(self, ax: Axes) -> None:
        """Write dates under the axis, no more than there is room for, with the year where it begins."""
        unit = "M" if self._unit == "month" else "D"
        step = 1 if unit == "M" else _DAYS[self._unit]
        first, last = (day.astype(f"datetime64[{unit}]") for day in (self._first, self._last))
        every = np.arange(first, last + 1, step)
        apart = -(-len(every) // _MOST_DATES)
        names, year = [], None
        for begin in every[::apart]:
            time = pd.Timestamp(begin)
            name = f"{time:%b}" if unit == "M" else f"{time:%-d %b}"
            names.append(name if time.year == year else f"{name}\n{time:%Y}")
            year = time.year
        ax.set_xticks(np.arange(len(every))[::apart], names)
        middle, half = (len(every) - 1) / 2, max(len(every), _FEWEST_PLACES) / 2
        ax.set_xlim(middle - half - 0.1, middle + half + 0.1)
        if self._unit == "week":
            ax.set_xlabel("weeks, from Monday")

    @staticmethod
    def _days(begins: pd.Series[Any]) -> NDArray[np.datetime64]:
        return np.asarray(begins.dt.tz_localize(None), "datetime64[D]")

    @staticmethod
    def _months(days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
        return days.astype("datetime64[M]").astype("datetime64[D]")
