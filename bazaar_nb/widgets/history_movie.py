"""The movie of a row in the history, if it is where the store keeps that render's movie.

What a row says of its place is a text that others could have written: nothing
is read because of it. A movie is looked for under the key that its project, its
render and its name have in the store, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bazaar_nb.errors import StoreError
from bazaar_nb.history.movie_engagement import MovieEngagement
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.key_layout import movie_key
from bazaar_nb.store.links import content_type
from bazaar_nb.store.store import Store
from bazaar_nb.workspace import Workspace

_MOVIES = ("video/", "audio/", "image/gif", "image/webp", "image/apng")


@dataclass(frozen=True)
class HistoryMovie:
    """A movie that is in the store.

    Attributes
    ----------
    key : str
        Under which it lies.
    size_bytes : int
        As the history says, or else as it is.
    movie_engagement : MovieEngagement or None
        Those who look at it, if the workspace wants that told.
    """

    store: Store
    key: str
    size_bytes: int
    movie_engagement: MovieEngagement | None = None

    @property
    def name(self) -> str:
        """The movie's file name."""
        return self.key.rpartition("/")[2]


def movie_name(row: Mapping[str, Any]) -> str:
    """Give the file name that a row's movie has or had; empty if it has none."""
    return re.split(r"[/\\]", str(row.get("location") or ""))[-1]


def find_movie(where: Workspace, row: Mapping[str, Any]) -> HistoryMovie | str:
    """Give a finished render's movie, or say in words why there is none to show.

    Raises
    ------
    StoreError
        If the store can't be asked.
    """
    store = where.store
    name, location = movie_name(row), str(row.get("location") or "")
    if row.get("status") != "succeeded":
        return "It has no movie."
    if not name or not row.get("project"):
        return "The history does not say where the movie is."
    key = movie_key(str(row["project"]), str(row["render_id"]), name)
    if not content_type(key).startswith(_MOVIES):
        return f"Its file is no movie that a browser shows: {location}"
    try:
        size = store.size(key)
        inside = store.is_remote or _is_inside(store, key)
    except MissingObjectError:
        if location == store.location(key):
            return "The movie was deleted from the store."
        return f"The movie was written to a place outside of this store: {location}"
    if not inside:
        return "A link lies in the movie's place, which leads out of the store."
    said = row.get("size_bytes")
    return HistoryMovie(store, key, int(said) if said is not None else size, _engagement(where, row))


def need_movie(where: Workspace, row: Mapping[str, Any]) -> HistoryMovie:
    """Give a finished render's movie.

    Raises
    ------
    StoreError
        If there is none in the store.
    """
    found = find_movie(where, row)
    if isinstance(found, str):
        raise StoreError(found)
    return found


def _is_inside(store: Store, key: str) -> bool:
    """Tell whether a folder's file is really in it, whatever links somebody has put there."""
    return store.local(key).resolve().is_relative_to(Path(store.root).resolve())


def _engagement(where: Workspace, row: Mapping[str, Any]) -> MovieEngagement | None:
    length_s = row.get("duration_s")
    if not where.engagement or not length_s:
        return None
    return MovieEngagement(
        where.store, str(row["render_id"]), where.user, str(row["project"]), float(length_s)
    )
