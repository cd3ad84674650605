"""The dashboard: what became of all renders, to look at, to look into, and to play."""

from __future__ import annotations

import html
import threading
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets as t

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.widgets.bundle import bundled, loader
from bazaar_nb.widgets.dashboard.counted_renders import CountedRenders, HistorySource
from bazaar_nb.widgets.dashboard.period import When
from bazaar_nb.widgets.dashboard.protocol import Filters
from bazaar_nb.widgets.dashboard.requests import DashboardRequests
from bazaar_nb.widgets.dashboard.rows import listed
from bazaar_nb.widgets.message_widget import MessageWidget
from bazaar_nb.workspace import Workspace, default_workspace

if TYPE_CHECKING:
    import pandas as pd

_FILTERS = ("since", "until", "project", "user", "status")
_MOST_SAVED = 8
_COLUMNS = (
    ("name", "Render"),
    ("status", "Status"),
    ("when", "When (UTC)"),
    ("took", "Took"),
    ("size", "Size"),
)


class HistoryDashboard(MessageWidget):
    """Shows the history of a workspace: outcomes over time, formats, errors, speed and plays.

    A click on a bar lists its renders, a click on one of those tells all about
    it and plays its movie. The filters act on everything; they can be set from
    Python as in the notebook.

    Parameters
    ----------
    workspace : Workspace, optional
        Whose renders; those of the default one if not given.
    since : str, date, datetime, timedelta or None
        From when on: ``"24h"``, ``"30d"`` ago, a day, a time; None is all. Times are in UTC unless they
        have a zone.

    Attributes
    ----------
    since, until : str or None
        The period; a day is the whole of it. May be set to whatever `since` may be.
    project, user, status : str or None
        Only these renders; None is all.
    saved : dict
        What a notebook keeps: the main figures and the newest renders, without links and paths.

    Raises
    ------
    InvalidValueError
        If `workspace` is none, or `since` is no time.

    Examples
    --------
    >>> dashboard = bz.HistoryDashboard(since="7d")  # doctest: +SKIP
    >>> dashboard.status = "failed"  # doctest: +SKIP
    >>> dashboard.selected["error_message"]  # doctest: +SKIP
    """

    _bundle = "dashboard.js"
    _esm: ClassVar[str] = loader("dashboard.js")
    _css: ClassVar[str] = bundled("dashboard.css")

    since = When(None, allow_none=True).tag(sync=True)
    until = When(None, allow_none=True).tag(sync=True)
    project = t.Unicode(None, allow_none=True).tag(sync=True)
    user = t.Unicode(None, allow_none=True).tag(sync=True)
    status = t.Unicode(None, allow_none=True).tag(sync=True)
    saved: t.Dict[str, Any] = t.Dict({"figures": [], "rows": [], "read": ""}).tag(sync=True)

    def __init__(self, workspace: Workspace | None = None, since: Any = "30d") -> None:
        if workspace is not None and not isinstance(workspace, Workspace):
            raise InvalidValueError(
                f"`workspace` must be a Workspace, got {workspace!r:.60} (HistoryDashboard)"
            )
        self._requests: DashboardRequests | None = None
        self._setting = threading.Lock()
        self._where = workspace or default_workspace()
        super().__init__(since=since)
        self._requests = DashboardRequests(
            self._send_out, HistorySource(self._where), self._get_filters, self._set_filters, self._keep
        )

    @property
    def selected(self) -> pd.DataFrame:
        """The renders of the selected bar, or all that are shown, as a DataFrame; the newest first.

        Raises
        ------
        BazaarError
            If the history can't be read.
        """
        return self._with_desk().selected().reset_index(drop=True)

    def refresh(self) -> None:
        """Read the history again.

        Raises
        ------
        BazaarError
            If it can't be read.
        """
        self._with_desk().count(again=True).result()

    def __repr__(self) -> str:
        chosen = [f"{name}={value!r}" for name in _FILTERS if (value := getattr(self, name)) is not None]
        return f"<HistoryDashboard of {self._where.store.root!r}: {', '.join(chosen) or 'all renders'}>"

    @t.observe(*_FILTERS)
    def _count(self, _: object) -> None:
        if getattr(self, "_requests", None) is not None:
            self._with_desk().count()

    def _with_desk(self) -> DashboardRequests:
        if self._requests is None:
            raise InvalidValueError("this dashboard was closed")
        return self._requests

    def _get_filters(self) -> Filters:
        return Filters(**{name: getattr(self, name) for name in _FILTERS})

    def _set_filters(self, filters: Filters) -> None:
        """Set all filters at once, for a browser that wants them."""
        with self._setting, self.hold_trait_notifications():
            for name in _FILTERS:
                setattr(self, name, getattr(filters, name))

    def _ipython_display_(self) -> None:
        super()._ipython_display_()
        if self._shown and self._requests is not None:
            self._requests.count()

    def _keep(self, counts: CountedRenders) -> None:
        """Keep for the notebook what is shown now."""
        rows = [
            {name: _plain(name, row[name]) for name, _ in _COLUMNS}
            for row in listed(counts.rows.head(_MOST_SAVED))
        ]
        saved = {
            "figures": [list(one) for one in counts.facts["figures"]],
            "rows": rows,
            "read": counts.facts["read"],
        }
        if self._requests is None or {**saved, "read": ""} == {**self.saved, "read": ""}:
            return
        self.saved = saved
        self._show_saved()

    def _saved(self) -> tuple[str, list[str]]:
        figures, rows = self.saved["figures"], self.saved["rows"]
        lines = [f"{name}: {value} ({about})" for name, value, about in figures]
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines) or "<li>not counted yet</li>"
        heads = "".join(f"<th>{html.escape(title)}</th>" for _, title in _COLUMNS)
        cells = ("".join(f"<td>{html.escape(row[name])}</td>" for name, _ in _COLUMNS) for row in rows)
        body = "".join(f"<tr>{line}</tr>" for line in cells)
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>" if rows else ""
        return f"<p>History of renders</p><ul>{items}</ul>{table}", [repr(self), *lines]


def _plain(name: str, value: str) -> str:
    return value[:16].replace("T", " ") if name == "when" else value
