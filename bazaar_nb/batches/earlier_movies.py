"""Movies that are there already, from the history: what a batch does not render again."""

from __future__ import annotations

from typing import Any

from bazaar_nb.errors import BazaarError, StoreError
from bazaar_nb.history.history import History
from bazaar_nb.jobs.export_request import ExportRequest
from bazaar_nb.render.content_key import evaluate_content
from bazaar_nb.store.key_layout import movie_key
from bazaar_nb.store.store import Store

TIMINGS = ("render_s", "plan_s", "draw_s", "convert_s", "encode_s", "sound_s", "join_s", "store_s")
"""Columns of the history that say what a render took."""

_COLUMNS = ("render_id", "location", "content_key", "frames", "duration_s", "size_bytes", *TIMINGS)


class EarlierMovies:
    """The movies of a project, as they were when this was made.

    A movie is found again if it has the same name and place, if it shows the same, which is told by
    evaluating the film here, and if its file is still there.

    Raises
    ------
    StoreError
        If the history can't be read.
    """

    def __init__(self, store: Store, project: str) -> None:
        import numpy as np

        self._store = store
        self._project = project
        rows = History(store)(project=project, status="succeeded", columns=_COLUMNS)
        self._rows = rows[rows["content_key"].notna() & rows["location"].notna()].reset_index(drop=True)
        # Hashes of names, sorted: a dict of a million names would be large.
        hashes = np.fromiter((hash(_last(place)) for place in self._rows["location"]), np.int64)
        self._order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[self._order]

    def find(self, request: ExportRequest) -> dict[str, Any] | None:
        """Give the history's row of a movie that is there already; None if it is to be rendered."""
        rows = [row for row in self._named(request) if self._is_there(request, row)]
        if not rows:
            return None
        try:
            content = evaluate_content(request)
        except BazaarError:
            return None  # the render itself will tell
        return next((row for row in rows if row["content_key"] == content), None)

    def _named(self, request: ExportRequest) -> list[dict[str, Any]]:
        """Give the rows of movies of this name and place, the newest first."""
        name = hash(_last(self._location(request, "x")))
        first, stop = (self._hashes.searchsorted(name, side) for side in ("left", "right"))
        if first == stop:
            return []
        found = self._rows.iloc[self._order[first:stop][::-1]]
        rows = [{str(key): value for key, value in row.items()} for row in found.to_dict("records")]
        return [row for row in rows if row["location"] == self._location(request, row["render_id"])]

    def _location(self, request: ExportRequest, render_id: str) -> str:
        if request.target is not None:
            return str(request.target)
        return self._store.location(movie_key(self._project, render_id, request.name))

    def _is_there(self, request: ExportRequest, row: dict[str, Any]) -> bool:
        store, key = request.place or (
            self._store,
            movie_key(self._project, row["render_id"], request.name),
        )
        try:
            return bool(store.size(key) == row["size_bytes"])
        except StoreError:
            return False


def _last(location: str) -> str:
    return location.replace("\\", "/").rpartition("/")[2]
