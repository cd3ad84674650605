"""Pictures of renders beside others: speed, those that were too slow, and how long people watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bazaar_nb.analysis.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_ROWS = 12
MOST_POINTS = 4000
_LEAST_RANGE = 20
_MOST_KINDS = len(style.SERIES)


def plot_speed(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how fast renders were.

    By render, it is the time each took against the length of its film, with
    the line at which it is as fast as playing. In groups, it is the median of
    the frames in a second, with the middle half of all as a bar.

    Parameters
    ----------
    table : DataFrame
        As `speed` gives, by render or in groups.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_speed(bz.analysis.speed())
    """
    table = style.checked(table, "speed", ("frames_per_s", "render_s"))
    return _speeds_of_renders(table, ax) if "render_id" in table.columns else _speeds_of_groups(table, ax)


def _speeds_of_renders(table: pd.DataFrame, ax: Axes | None) -> Axes:
    rows = table[(table["duration_s"] > 0) & (table["render_s"] > 0)]
    apart = max(1, -(-len(rows) // MOST_POINTS))
    with style.canvas(ax, "Render time against film length", 5.0, key=len(rows) > 0) as ax:
        if rows.empty:
            style.say_empty(ax, "Nothing was rendered yet")
            return ax
        counts = rows["codec"].astype("str").value_counts()
        kinds = list(counts.index[:_MOST_KINDS])
        middle = rows.groupby(rows["codec"].astype("str"))["frames_per_s"].median()
        shown = rows.iloc[::apart]
        of_kind = shown["codec"].astype("str")
        for kind, colour in zip(kinds, style.SERIES, strict=False):
            points = shown[of_kind == kind]
            ax.scatter(
                points["duration_s"], points["render_s"], 18, color=colour, alpha=0.55, linewidths=0,
                rasterized=True,
            )  # fmt: skip
        ax.set_xscale("log")
        ax.set_yscale("log")
        low, high = _around(rows["duration_s"]), _around(rows["render_s"])
        ax.set_xlim(*low)
        ax.set_ylim(*high)
        line = np.array(low)
        ax.plot(line, line, color=style.GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
        edge = min(low[1], high[1])
        ax.annotate(
            "as fast as playing", (edge, edge), xytext=(-6, -4), textcoords="offset points", ha="right",
            va="top", color=style.FAINT, fontsize=9.5, rotation=0,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.8},
        )  # fmt: skip
        style.name_colours(
            ax,
            [
                (f"{kind} {style.short_number(middle[kind])} frames/s", colour)
                for kind, colour in zip(kinds, style.SERIES, strict=False)
            ],
        )
        some = f", {len(shown):,} of {len(rows):,} renders" if apart > 1 else ""
        ax.set_xlabel(f"film length, s{some}")
        ax.set_ylabel("render time, s")
        for axis in ("x", "y"):
            _log_ticks(ax, axis)
        style.grid(ax, "both")
    return ax


def _speeds_of_groups(table: pd.DataFrame, ax: Axes | None) -> Axes:
    rows = table.head(MOST_ROWS)
    keys = list(table.columns[: list(table.columns).index("renders")])
    with style.canvas(ax, "Speed of rendering: median and middle half", style.row_height(len(rows))) as ax:
        if rows.empty:
            style.say_empty(ax, "Nothing was rendered yet")
            return ax
        first, third = rows["frames_per_s_q1"], rows["frames_per_s_q3"]
        ax.hlines(range(len(rows)), first, third, color=style.SKY, linewidth=8, alpha=0.7)
        ax.scatter(rows["frames_per_s"], range(len(rows)), 46, color=style.BLUE, zorder=3)
        for row, (edge, speed, ratio, count) in enumerate(
            zip(third, rows["frames_per_s"], rows["realtime"], rows["renders"], strict=True)
        ):
            times = "" if np.isnan(ratio) else f", {_times(ratio)}× playing"
            said = f"{style.short_number(speed)}{times}, n = {count:,}"
            style.label_bar(ax, max(edge, speed), row, said)
        style.name_rows(ax, style.row_names(rows, keys))
        ax.set_xlim(0, max(third.max(), rows["frames_per_s"].max()) * 1.05)
        style.plain_numbers(ax, "x")
        style.grid(ax, "x")
        more = f" (the first {len(rows)} of {len(table):,} groups)" if len(table) > len(rows) else ""
        ax.set_xlabel(f"rendered frames/s{more}")
    return ax


def plot_anomalies(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the renders that were slower than their like: what they took beside what was expected.

    Parameters
    ----------
    table : DataFrame
        As `anomalies` gives.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_anomalies(bz.analysis.anomalies())
    """
    table = style.checked(table, "anomalies", ("render_id", "render_s", "expected_s", "factor"))
    rows = table.head(MOST_ROWS)
    with style.canvas(
        ax, "Renders slower than their like", style.row_height(len(rows)), key=len(rows) > 0
    ) as ax:
        if rows.empty:
            style.say_empty(ax, "No render was much slower than its like")
            return ax
        expected, took = rows["expected_s"], rows["render_s"]
        ax.hlines(range(len(rows)), expected, took, color=style.GRID, linewidth=3)
        ax.scatter(expected, range(len(rows)), 46, color=style.GREY, zorder=3)
        ax.scatter(took, range(len(rows)), 46, color=style.VERMILION, zorder=3)
        for row, (seconds, factor) in enumerate(zip(took, rows["factor"], strict=True)):
            style.label_bar(ax, seconds, row, f"{_times(factor)}×")
        style.name_rows(ax, style.row_names(rows, ["composition", "render_id"]))
        ax.set_xscale("log")
        ax.set_xlim(*_around(pd.concat([expected, took])))
        _log_ticks(ax, "x")
        style.name_colours(ax, [("expected", style.GREY), ("took", style.VERMILION)])
        style.grid(ax, "x")
        more = f" (the first {len(rows)} of {len(table):,})" if len(table) > len(rows) else ""
        ax.set_xlabel(f"render time, s{more}")
    return ax


def plot_retention(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how many plays saw at least a part of their movie.

    Parameters
    ----------
    table : DataFrame
        As `retention` gives; with ``by``, a line for each of the most played.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_retention(bz.analysis.retention())
    """
    table = style.checked(table, "retention", ("fraction", "plays", "share"))
    keys = list(table.columns[: list(table.columns).index("fraction")])
    names = pd.Series(style.row_names(table, keys), index=table.index)
    with style.canvas(ax, "How many keep watching") as ax:
        if table.empty:
            style.say_empty(ax, "Nothing was played yet")
            return ax
        most = table.groupby(names)["plays"].max().sort_values(ascending=False, kind="stable")
        ends = []
        for name, colour in zip(most.index, style.SERIES, strict=False):
            rows = table[names == name]
            x, y = rows["fraction"].to_numpy(), rows["share"].to_numpy()
            ax.plot(x, y, color=colour, linewidth=2.2)
            plays = f"{most[name]:,} play{'' if most[name] == 1 else 's'}"
            ends.append(
                (1.0, y[-1], f"{name}, {plays}" if keys else f"{style.percent(y[-1])} saw all", colour)
            )
            if not keys:
                ax.fill_between(x, y, color=colour, alpha=0.12, linewidth=0)
                ax.set_title(f"How many keep watching, of {plays}", loc="left", fontsize=12.5)
        style.label_ends(ax, ends, 0.065)
        for axis in ("x", "y"):
            style.as_percents(ax, axis)
        ax.set_xlim(0, 1)
        ax.set_xlabel("part of the movie")
        ax.set_ylabel("plays that saw at least that much")
        style.grid(ax, "both")
    return ax


def _around(values: pd.Series) -> tuple[float, float]:
    """Give the limits of a logarithmic axis, with some room on both sides, and for more than one number."""
    low, high = float(values.min()), float(values.max())
    room = max((high / low) ** 0.06, 1.25, (_LEAST_RANGE * low / high) ** 0.5)
    return low / room, high * room


def _log_ticks(ax: Axes, axis: str) -> None:
    """Write a logarithmic axis at 1, 2 and 5, or at 1 alone if it is long."""
    from matplotlib.ticker import LogLocator, NullLocator

    low, high = getattr(ax, f"get_{axis}lim")()
    which = getattr(ax, f"{axis}axis")
    which.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high / low < 3000 else (1.0,), numticks=20))
    which.set_minor_locator(NullLocator())
    style.plain_numbers(ax, axis)


def _times(factor: float) -> str:
    return f"{factor:,.0f}" if factor >= 10 else f"{factor:.2g}"
