"""One look at the history: the renders that pass some filters, counted."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.columns import ROW_STATUSES
from bazaar_nb.widgets.dashboard.charts import bar_charts, in_bar, name_bar
from bazaar_nb.widgets.dashboard.key_figures import main_figures
from bazaar_nb.widgets.dashboard.period import period_of
from bazaar_nb.widgets.dashboard.protocol import Bar, Filters
from bazaar_nb.widgets.dashboard.rows import records
from bazaar_nb.widgets.dashboard.times import outcomes_over_time
from bazaar_nb.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

_MOST_CHOICES = 300
_LONGEST = 1000


class ReadHistory(NamedTuple):
    """What was read of a period."""

    read: dt.datetime
    rows: pd.DataFrame
    """Renders, the newest first."""
    events: pd.DataFrame
    """What people did with movies since then."""


class HistorySource:
    """The history of a workspace, of which what was read last is kept.

    It is read by period alone: other filters are then a matter of milliseconds,
    and their choices are those of the period.
    """

    def __init__(self, where: Workspace) -> None:
        self.where = where
        self._lock = threading.Lock()
        self._last: tuple[tuple[str | None, str | None], ReadHistory] | None = None

    def check(self, filters: Filters) -> None:
        """Raise `InvalidValueError` for filters that make no sense."""
        period_of(filters, dt.datetime.now(dt.UTC))

    def forget(self) -> None:
        """Read again when asked next."""
        with self._lock:
            self._last = None

    def look(self, filters: Filters) -> ReadHistory:
        """Read a period, if it isn't the one that was read last.

        Raises
        ------
        BazaarError
            If the history can't be read, or the period makes no sense.
        """
        period = filters.since, filters.until
        with self._lock:
            if self._last is None or self._last[0] != period:
                now = dt.datetime.now(dt.UTC)
                since, until = period_of(filters, now)
                rows = self.where.history(since=since, until=until)
                events = self.where.history.engagement(since=since)
                self._last = period, ReadHistory(now, rows.iloc[::-1].reset_index(drop=True), events)
            return self._last[1]


@dataclass(frozen=True)
class CountedRenders:
    """Renders, and what is shown of them.

    Attributes
    ----------
    facts : dict
        What views are told.
    rows : DataFrame
        The renders that pass the filters, the newest first.
    """

    filters: Filters
    facts: dict[str, Any]
    rows: pd.DataFrame

    @classmethod
    def of(cls, source: HistorySource, filters: Filters) -> CountedRenders:
        """Read and count.

        Raises
        ------
        BazaarError
            If the history can't be read, or the filters make no sense.
        """
        now, period, events = source.look(filters)
        since, until = period_of(filters, now)
        rows = period
        for name in ("project", "user", "status"):
            if (wanted := getattr(filters, name)) is not None:
                rows = rows[rows[name] == wanted]
        # Nothing is asked for in the future, unless somebody's clock is wrong.
        end = now if until is None or since is None or since < now <= until else until
        facts = {
            "filters": msgspec.to_builtins(filters),
            "choices": {
                "project": _choices(period, "project", filters.project),
                "user": _choices(period, "user", filters.user),
                "status": [*ROW_STATUSES],
            },
            "read": now.isoformat(timespec="seconds"),
            "figures": main_figures(rows),
            "charts": {"outcomes": outcomes_over_time(rows, since, end), **bar_charts(rows, events)},
        }
        return cls(filters, facts, rows)

    def bars(self, chart: str) -> list[dict[str, Any]]:
        """Give the bars of a chart."""
        shown = self.facts["charts"][chart]
        return list(shown["columns"] if chart == "outcomes" else shown)

    def has(self, bar: Bar) -> bool:
        """Tell whether a chart has this bar."""
        return any(one["key"] == bar.key for one in self.bars(bar.chart))

    def name(self, bar: Bar) -> str:
        """Give what a bar is, for people.

        Raises
        ------
        InvalidValueError
            If it isn't there.
        """
        label = next((str(one["label"]) for one in self.bars(bar.chart) if one["key"] == bar.key), None)
        if label is None:
            raise InvalidValueError(f"there is no such bar any more: {bar.key!r:.60} of {bar.chart}")
        return name_bar(bar, label)

    def selected(self, bar: Bar | None) -> pd.DataFrame:
        """Give the renders of a bar, or all, the newest first."""
        if bar is None:
            return self.rows
        step = self.facts["charts"]["outcomes"]["step"]
        return self.rows[in_bar(self.rows, bar, step, self.bars(bar.chart))]

    def row(self, render_id: str) -> Mapping[str, Any]:
        """Give what the history says of a render that is shown.

        Raises
        ------
        InvalidValueError
            If it isn't among them.
        """
        found = self.rows[self.rows["render_id"] == render_id]
        if found.empty:
            raise InvalidValueError(f"render {render_id} is not among those that are shown")
        return next(records(found))


def _choices(rows: pd.DataFrame, name: str, chosen: str | None) -> list[str]:
    """Give the values to choose from, those with the most renders first if there are too many."""
    counts = rows[name].value_counts()
    there = [str(value) for value in counts[counts > 0].index if len(str(value)) <= _LONGEST]
    return sorted({*there[:_MOST_CHOICES], *([chosen] if chosen is not None else [])}, key=str.casefold)
