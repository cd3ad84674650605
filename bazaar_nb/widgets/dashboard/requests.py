"""What all views of a dashboard see and ask for: the history, counted, and one answer to each request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec

from bazaar_nb.errors import BazaarError, InvalidValueError
from bazaar_nb.preview.problem import problem_of
from bazaar_nb.preview.view import Send
from bazaar_nb.widgets.dashboard.counted_renders import CountedRenders, HistorySource
from bazaar_nb.widgets.dashboard.protocol import (
    ROWS_AT_ONCE,
    Alive,
    Bar,
    Close,
    Details,
    Engaged,
    File,
    Filter,
    Filters,
    Link,
    Open,
    Refresh,
    Request,
    Rows,
    Select,
    read_request,
)
from bazaar_nb.widgets.dashboard.rows import details, listed
from bazaar_nb.widgets.history_movie import need_movie
from bazaar_nb.widgets.movie_transfer import make_link, read_piece
from bazaar_nb.widgets.playback_reports import PlaybackReports
from bazaar_nb.widgets.request_handler import RequestHandler, UnknownViewError

if TYPE_CHECKING:
    import pandas as pd

_MOST_VIEWS = 100

_hands = ThreadPoolExecutor(3, "bazaar-dashboard")
"""Answers what may take a while: the thread in which a browser is heard must stay free."""

_counting = ThreadPoolExecutor(1, "bazaar-dashboard-counting")
"""Reads and counts, one after another: what waits for it is in other threads."""


class DashboardRequests(RequestHandler[Request]):
    """The renders of a workspace that pass some filters, and those of them that are selected.

    Parameters
    ----------
    send : callable
        Sends content and buffers to the browser; called from any thread.
    source : HistorySource
        Where renders come from.
    filters : callable
        Gives the filters that are set.
    set_filters : callable
        Sets others, and has `count` called.
    changed : callable
        Is told of the counts, from another thread, when it is another.
    """

    def __init__(
        self,
        send: Send,
        source: HistorySource,
        filters: Callable[[], Filters],
        set_filters: Callable[[Filters], None],
        changed: Callable[[CountedRenders], object],
    ) -> None:
        super().__init__(send, read_request, (Alive, Close), _hands)
        self._source = source
        self._filters = filters
        self._set_filters = set_filters
        self._changed = changed
        self._reports = PlaybackReports("dashboard")
        self._views: dict[str, None] = {}
        self._lock = threading.Lock()
        self._counts: CountedRenders | None = None
        self._bar: Bar | None = None
        self._asked = 0
        self._latest: Future[None] | None = None
        self._closed = False

    def count(self, *, again: bool = False) -> Future[None]:
        """Count the renders that pass the filters now, in another thread, and show them to all views.

        Parameters
        ----------
        again : bool
            Whether to read the history again.
        """
        if again:
            self._source.forget()
        with self._lock:
            self._asked += 1
            self._latest = _counting.submit(self._count, self._asked)
            return self._latest

    def counts(self) -> CountedRenders:
        """Give what is shown, when it has been counted.

        Raises
        ------
        BazaarError
            If the history can't be read, or the filters make no sense.
        """
        latest = self._latest
        if latest is None:
            latest = self.count()
        while True:
            latest.result()
            with self._lock:
                if latest is self._latest and self._counts is not None:
                    return self._counts
                latest = self._latest or latest

    def selected(self) -> pd.DataFrame:
        """Give the renders of the selected bar, or all that are shown, the newest first."""
        return self.counts().selected(self._bar)

    def close(self) -> None:
        """Push nothing any more."""
        with self._lock:
            self._closed = True
            self._asked += 1  # what is being counted is for nobody
            self._views.clear()

    def _answer(self, request: Request) -> tuple[dict[str, Any], list[bytes]]:
        if isinstance(request, Open):
            return self._open(request)
        with self._lock:
            if isinstance(request, Close):
                self._views.pop(request.view, None)
                return {}, []
            if request.view not in self._views:
                raise UnknownViewError
        match request:
            case Filter(filters=filters):
                self._filter(filters)
            case Refresh():
                self.count(again=True).result()
            case Select(bar=bar):
                self._select(bar)
            case Rows(offset=offset):
                chosen = self.selected()
                return {"offset": offset, "rows": listed(chosen.iloc[offset : offset + ROWS_AT_ONCE])}, []
            case Details(job=job):
                return details(self._source.where, self.counts().row(job)), []
            case File(job=job, offset=offset):
                movie = need_movie(self._source.where, self.counts().row(job))
                return {"offset": offset, "total": movie.size_bytes}, [read_piece(movie, offset)]
            case Link(job=job, use=use):
                movie = need_movie(self._source.where, self.counts().row(job))
                link = make_link(movie, use)
                if use == "share":
                    self._reports.note(movie.movie_engagement, "link")
                return {"url": link}, []
            case Engaged(job=job, what=what, showing=showing, seen_s=seen_s):
                movie = need_movie(self._source.where, self.counts().row(job))
                self._reports.note(movie.movie_engagement, what, showing, seen_s)
        return {}, []

    def _open(self, request: Open) -> tuple[dict[str, Any], list[bytes]]:
        if not self._closed:
            self.counts()  # counted before the view is there, which would be told twice
        with self._lock:
            if self._closed:
                raise InvalidValueError("this dashboard was closed")
            self._views[request.view] = None
            for view in list(self._views)[:-_MOST_VIEWS]:  # a page that was left says nothing
                del self._views[view]
        counts = self.counts()
        return {"counts": counts.facts, "selection": self._selection(counts)}, []

    def _filter(self, filters: Filters) -> None:
        before = self._filters()
        self._source.check(filters)
        self._set_filters(filters)
        try:
            self.counts()
        except BazaarError:
            self._set_filters(before)
            raise

    def _select(self, bar: Bar | None) -> None:
        counts = self.counts()
        if bar is not None:
            counts.name(bar)  # it must be there
        self._bar = bar
        self._push({"kind": "selection", "selection": self._selection(counts)})

    def _selection(self, counts: CountedRenders) -> dict[str, Any]:
        """Tell which renders are listed, with the first of them."""
        bar = self._bar
        chosen = counts.selected(bar)
        return {
            "bar": None if bar is None else msgspec.to_builtins(bar),
            "label": None if bar is None else counts.name(bar),
            "count": len(chosen),
            "rows": listed(chosen.iloc[:ROWS_AT_ONCE]),
        }

    def _count(self, number: int) -> None:
        with self._lock:
            if number != self._asked:  # something else is wanted meanwhile
                return
        try:
            counts = CountedRenders.of(self._source, self._filters())
        except BazaarError as error:
            self._push({"kind": "trouble", "message": problem_of(error).message})
            raise
        with self._lock:
            if number != self._asked:
                return
            before, self._counts = self._counts, counts
            # The same bar of other renders is another one; of the same, read again, it may be gone.
            if self._bar is not None and (
                before is None or before.filters != counts.filters or not counts.has(self._bar)
            ):
                self._bar = None
        selection = self._selection(counts)
        self._push({"kind": "counts", "counts": counts.facts, "selection": selection})
        self._changed(counts)

    def _push(self, content: dict[str, Any]) -> None:
        with self._lock:
            heard = bool(self._views) and not self._closed
        if heard:
            self._send(content, [])
