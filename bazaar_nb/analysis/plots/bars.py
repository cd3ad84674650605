"""Pictures of what there is most of: errors, formats, plays, stages, costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bazaar_nb.analysis.plots import style
from bazaar_nb.analysis.plots.over_time import stack_months
from bazaar_nb.analysis.popular import OTHERS
from bazaar_nb.analysis.stages import STAGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_ROWS = 12
STAGE_COLOURS = dict(
    zip(
        STAGES,
        (style.YELLOW, style.BLUE, style.SKY, style.VERMILION, style.PURPLE, style.GREEN, style.GREY),
        strict=True,
    )
)
COSTS = (
    ("cpu_cost", "computing", style.BLUE),
    ("storage_cost", "storage", style.ORANGE),
    ("egress_cost", "downloads", style.GREEN),
    ("request_cost", "requests", style.PURPLE),
)
_STAGE_ROOM = 0.045


def plot_errors(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw which errors end renders, the most frequent first.

    Parameters
    ----------
    table : DataFrame
        As `errors` gives.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_errors(bz.analysis.errors())
    """
    table = style.checked(table, "errors", ("error_class", "renders", "share", "users"))
    rows = table.head(MOST_ROWS)
    with style.canvas(ax, "Errors that ended renders", style.row_height(len(rows))) as ax:
        said = [
            f"{count:,} ({style.percent(share)}), {users:,} {'user' if users == 1 else 'users'}"
            for count, share, users in zip(rows["renders"], rows["share"], rows["users"], strict=True)
        ]
        names = rows["error_class"].astype(str).tolist()
        _bars(ax, names, rows["renders"], said, style.VERMILION, "No errors")
        _name_amount(ax, len(rows), "renders", len(table))
    return ax


def plot_popular(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw what people render most.

    Parameters
    ----------
    table : DataFrame
        As `popular` gives, by whatever.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_popular(bz.analysis.popular())
    """
    table = style.checked(table, "popular", ("renders", "share", "duration_s"))
    rows, keys = table.head(MOST_ROWS), _keys(table, "renders")
    title = f"Renders by {' and '.join(keys)}"
    with style.canvas(ax, title, style.row_height(len(rows))) as ax:
        said = [
            f"{count:,} ({style.percent(share)}), {_time(seconds)} of film"
            for count, share, seconds in zip(rows["renders"], rows["share"], rows["duration_s"], strict=True)
        ]
        names = style.row_names(rows, keys)
        colours = [style.GREY if name == OTHERS else style.BLUE for name in names]
        _bars(ax, names, rows["renders"], said, colours, "No renders yet")
        _name_amount(ax, len(rows), "renders", len(table))
    return ax


def plot_engagement(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw what is played most, how much of it was seen, and how often it was downloaded.

    Parameters
    ----------
    table : DataFrame
        As `engagement` gives, by whatever.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_engagement(bz.analysis.engagement())
    """
    table = style.checked(table, "engagement", ("plays", "watched_fraction", "downloads"))
    table = table[(table["plays"] > 0) | (table["downloads"] > 0)]
    rows = table.head(MOST_ROWS)
    by_render = "render_id" in table.columns
    keys = ["composition", "project"] if by_render else _keys(table, "movies")
    title = "Plays by film" if by_render else f"Plays by {' and '.join(keys)}"
    with style.canvas(ax, title, style.row_height(len(rows)), key=True) as ax:
        names = style.row_names(rows, keys)
        said = []
        for plays, seen, downloads in zip(
            rows["plays"], rows["watched_fraction"], rows["downloads"], strict=True
        ):
            parts = [f"{plays:,} play{'' if plays == 1 else 's'}"]
            parts += [f"{style.percent(seen)} seen"] if plays else []
            parts += [f"{downloads:,} download{'s' if downloads > 1 else ''}"] if downloads else []
            said.append(", ".join(parts))
        _bars(ax, names, rows["plays"], said, style.SKY, "Nothing was played yet")
        if len(rows):
            seen = rows["plays"] * rows["watched_fraction"].fillna(0)
            ax.barh(range(len(rows)), seen, 0.62, color=style.BLUE)
            style.name_colours(ax, [("plays", style.SKY), ("of which was seen", style.BLUE)])
        _name_amount(ax, len(rows), "plays", len(table))
    return ax


def plot_stages(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how the work of renders is spread over their stages.

    Parameters
    ----------
    table : DataFrame
        As `stages` gives; with ``by``, a bar for each group that did most.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_stages(bz.analysis.stages())
    """
    table = style.checked(table, "stages", ("stage", "work_s", "share"))
    keys = _keys(table, "stage")
    names = pd.Series(style.row_names(table, keys), index=table.index)
    work = table.assign(name=names).pivot_table(
        index="name", columns="stage", values="work_s", aggfunc="sum", sort=False, observed=True
    )
    work = work[work.sum(axis=1) > 0].reindex(columns=STAGES, fill_value=0.0)
    work = work.loc[work.sum(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_ROWS]]
    with style.canvas(
        ax, "Where the work of renders goes", style.row_height(len(work)), key=len(work) > 0
    ) as ax:
        if work.empty:
            style.say_empty(ax, "No renders yet")
            return ax
        total = work.sum(axis=1).to_numpy()
        left = np.zeros(len(work))
        for stage in STAGES:
            share = work[stage].to_numpy() / total
            ax.barh(range(len(work)), share, 0.62, left, color=STAGE_COLOURS[stage])
            dark = stage in ("draw", "encode", "join")
            for row in np.flatnonzero(share >= _STAGE_ROOM).tolist():
                ax.text(
                    left[row] + share[row] / 2, row, style.percent(share[row]), ha="center", va="center",
                    color="white" if dark else style.INK, fontsize=9.5,
                )  # fmt: skip
            left += share
        for row, seconds in enumerate(total):
            style.label_bar(ax, 1.0, row, f"{_time(seconds)} of work")
        style.name_rows(ax, list(work.index))
        style.name_colours(ax, [(stage, STAGE_COLOURS[stage]) for stage in STAGES])
        style.as_percents(ax, "x")
        ax.set_xlim(0, 1)
    return ax


def plot_costs(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw what renders cost and for what: over months, or by whatever costs most.

    Parameters
    ----------
    table : DataFrame
        As `costs` gives.
    ax : matplotlib.axes.Axes, optional
        Where to draw; in a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> axes = bz.analysis.plot_costs(bz.analysis.costs())
    """
    parts = [column for column, _, _ in COSTS]
    table = style.checked(table, "costs", ("renders", "total", "currency", *parts))
    currency = str(table["currency"].iloc[0]) if len(table) else ""
    shown = [(column, colour) for column, _, colour in COSTS if table[column].sum() > 0]
    key = [
        (f"{name} {_money(table[column].sum())}", colour)
        for column, name, colour in COSTS
        if table[column].sum() > 0
    ]
    monthly, by_render = "month" in table.columns, "render_id" in table.columns
    keys = ["composition", "render_id"] if by_render else _keys(table, "renders")
    rows = table.sort_values("total", ascending=False, kind="stable").head(MOST_ROWS)
    title = "Costs by month" if monthly else f"Costs by {'film' if by_render else ' and '.join(keys)}"
    height = 4.2 if monthly else style.row_height(len(rows))
    with style.canvas(ax, title, height, key=bool(shown)) as ax:
        if not shown:
            style.say_empty(ax, "Nothing that costs anything yet")
            return ax
        style.name_colours(ax, key)
        if monthly:
            stack_months(ax, table.groupby("month")[parts].sum().reset_index(), shown)
            ax.set_ylabel(style.named(currency))
            style.plain_numbers(ax, "y")
            return ax
        left = np.zeros(len(rows))
        for column, colour in shown:
            values = style.finite(rows[column])
            ax.barh(range(len(rows)), values, 0.62, left, color=colour)
            left += values
        for row, total in enumerate(left):
            style.label_bar(ax, total, row, _money(total))
        style.name_rows(ax, style.row_names(rows, keys))
        style.plain_numbers(ax, "x")
        style.grid(ax, "x")
        ax.locator_params(axis="x", nbins=6)
        _name_amount(ax, len(rows), currency, len(table))
    return ax


def _bars(
    ax: Axes, names: list[str], values: pd.Series, said: list[str], colour: str | list[str], empty: str
) -> None:
    """Draw horizontal bars, the first at the top, each with its name and what it says."""
    if not names:
        style.say_empty(ax, empty)
        return
    ax.barh(range(len(names)), values, 0.62, color=colour)
    for row, (value, text) in enumerate(zip(values, said, strict=True)):
        style.label_bar(ax, value, row, text)
    style.name_rows(ax, names)
    style.as_counts(ax, "x")
    style.grid(ax, "x")


def _name_amount(ax: Axes, shown: int, unit: str, there: int) -> None:
    if shown:
        more = f" (the first {shown} of {there:,})" if there > shown else ""
        ax.set_xlabel(style.named(unit) + more)


def _keys(table: pd.DataFrame, first: str) -> list[str]:
    """Give the columns that say what a row is: those before the first figure."""
    return list(table.columns[: list(table.columns).index(first)])


def _time(seconds: float) -> str:
    """Give an amount of time for people."""
    for unit, name in ((3600.0, "h"), (60.0, "min")):
        if seconds >= unit:
            return f"{style.short_number(seconds / unit)} {name}"
    return f"{style.short_number(seconds)} s"


def _money(amount: float) -> str:
    if amount >= 0.1:
        return f"{amount:,.2f}"
    return f"{amount:.2g}" if amount >= 0.0001 else "<0.0001"
