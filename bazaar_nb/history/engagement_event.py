"""What people did with movies: plays, how much of them was seen, downloads, links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.event import Doc, Event
from bazaar_nb.history.writer import record_all
from bazaar_nb.store.store import Store

KINDS = ("play", "watch", "download", "link")
"""What can be done with a movie."""

SURFACES = ("panel", "job", "player", "dashboard", "code")
"""Where it can be done."""


class EngagementEvent(Event, frozen=True, kw_only=True):
    """One thing that somebody did with the movie of a render.

    The ``watch`` events of one play say how much was seen of it so far: they
    share its `view`, and the newest counts.

    Raises
    ------
    InvalidValueError
        For an unknown kind or surface, a fraction that is none, or a time that runs backwards.
    """

    table: ClassVar[str] = "engagement"

    user: Annotated[str | None, Doc("who did it", category=True)] = None
    project: Annotated[str | None, Doc("the project that the movie belongs to", category=True)] = None
    kind: Annotated[
        Literal["play", "watch", "download", "link"],
        Doc("play, watch (how much of a play was seen so far), download or link", category=True),
    ]
    surface: Annotated[
        Literal["panel", "job", "player", "dashboard", "code"],
        Doc("where: panel, job, player, dashboard or code", category=True),
    ]
    watched_s: Annotated[float | None, Doc("time of the movie that was played in this view so far", "s")] = (
        None
    )
    watched_fraction: Annotated[
        float | None, Doc("part of the movie that was seen in this view so far, 0 to 1")
    ] = None
    movie_s: Annotated[float | None, Doc("length of the movie", "s")] = None
    view: Annotated[str | None, Doc("the play, by a random id: of its watch events the newest counts")] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, value, known in (("kind", self.kind, KINDS), ("surface", self.surface, SURFACES)):
            if value not in known:
                raise InvalidValueError(f"`{name}` must be one of {', '.join(known)}, got {value!r}")
        if self.watched_fraction is not None and not 0 <= self.watched_fraction <= 1:
            raise InvalidValueError(
                f"`watched_fraction` must be from 0 to 1, got {self.watched_fraction!r} "
                f"(render {self.render_id})"
            )
        for name in ("watched_s", "movie_s"):
            seconds = getattr(self, name)
            if seconds is not None and not 0 <= seconds < float("inf"):
                raise InvalidValueError(
                    f"`{name}` must be seconds, 0 or more, got {seconds!r} (render {self.render_id})"
                )


def record_engagement(store: Store, events: Sequence[EngagementEvent]) -> list[str]:
    """Write events into the history, a file for each day that they are of, and give the files' keys.

    Raises
    ------
    StoreError
        If they can't be written.
    """
    return record_all(store, events)
