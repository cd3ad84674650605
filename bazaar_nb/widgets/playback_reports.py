"""What views tell of movies that are played: passed on to the history, not more than may be true."""

from __future__ import annotations

import threading
import time
from collections import deque

from bazaar_nb.history.movie_engagement import Kind, MovieEngagement, Surface
from bazaar_nb.jobs.queue import all_jobs
from bazaar_nb.render.result import Render
from bazaar_nb.scene.film import Film

MOST_A_MINUTE = 60
"""Of all views of a widget: some movies that are played at the same time tell less, a page gone wild more."""


class PlaybackReports:
    """Hears of movies from the views of one widget.

    Parameters
    ----------
    surface : {"panel", "job", "player", "dashboard"}
        Where the views are.
    """

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._times: deque[float] = deque()
        self._lock = threading.Lock()

    def note(
        self,
        movie_engagement: MovieEngagement | None,
        kind: Kind,
        showing: str | None = None,
        seen_s: float = 0.0,
    ) -> None:
        """Tell of something that somebody did with a movie; what is too much is left out. At once.

        Parameters
        ----------
        movie_engagement : MovieEngagement or None
            The movie's; with None nothing is told.
        showing : str, optional
            Which showing of the movie.
        seen_s : float
            How many seconds of it were seen until now, of a ``watch``.
        """
        if movie_engagement is not None and self._may_tell():
            seen = seen_s if kind == "watch" else None
            movie_engagement.note(kind, self._surface, view=showing, seen_s=seen)

    def _may_tell(self) -> bool:
        now = time.monotonic()
        with self._lock:
            while self._times and now - self._times[0] > 60:
                self._times.popleft()
            if len(self._times) >= MOST_A_MINUTE:
                return False
            self._times.append(now)
            return True


def render_of(film: Film) -> Render | None:
    """Give the newest movie of all of a film, as the film is now, that was exported in this process."""
    for job in reversed(all_jobs()):
        request, render = job.request, job.render
        if render is not None and request.frames == request.film.frames and request.film.shows_the_same(film):
            return render
    return None
