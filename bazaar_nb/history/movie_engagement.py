"""What people do with a finished movie, told to the history: plays, parts seen, downloads, links.

Told are the render, its project, the workspace's user, what was done, where and
how much was seen. Nothing else: no address, no browser, no link, no path.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.engagement_collector import collector
from bazaar_nb.history.engagement_event import EngagementEvent
from bazaar_nb.store.store import Store

Kind = Literal["play", "watch", "download", "link"]
Surface = Literal["panel", "job", "player", "dashboard", "code"]

_NO = ("0", "false", "no", "off")
_YES = ("", "1", "true", "yes", "on")


@dataclass(frozen=True)
class MovieEngagement:
    """Those who look at one movie; a render has none if its workspace doesn't want that told.

    Attributes
    ----------
    store : Store
        Whose history is told.
    user : str
        The workspace's.
    movie_s : float
        How long the movie is.
    """

    store: Store
    render_id: str
    user: str
    project: str
    movie_s: float

    def note(
        self, kind: Kind, surface: Surface, *, view: str | None = None, seen_s: float | None = None
    ) -> None:
        """Tell of something that somebody did; returns at once, and never raises.

        Parameters
        ----------
        view : str, optional
            Which showing it is, if there may be several things to tell of it.
        seen_s : float, optional
            How many seconds of the movie were seen in this showing until now.
        """
        watched_s = None if seen_s is None else min(seen_s, self.movie_s)
        event = EngagementEvent(
            render_id=self.render_id,
            user=self.user,
            project=self.project,
            kind=kind,
            surface=surface,
            watched_s=watched_s,
            watched_fraction=watched_s / self.movie_s if watched_s is not None and self.movie_s else None,
            movie_s=self.movie_s,
            view=view,
        )
        collector.add(self.store, event)


def wants_engagement(given: bool = True) -> bool:
    """Tell whether engagement is recorded: not if a workspace or ``BAZAAR_ENGAGEMENT`` says no.

    Raises
    ------
    InvalidValueError
        If the variable says neither yes nor no.
    """
    said = os.environ.get("BAZAAR_ENGAGEMENT", "").strip().lower()
    if said not in (*_NO, *_YES):
        raise InvalidValueError(f"BAZAAR_ENGAGEMENT must be 1 or 0, got {said!r}")
    return given and said not in _NO
