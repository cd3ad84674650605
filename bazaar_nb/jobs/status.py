"""How far any render of a store is, from its events and its heartbeat."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, cast

from bazaar_nb.errors import UnknownRenderError
from bazaar_nb.history.heartbeat import read_heartbeat
from bazaar_nb.history.reader import read_days
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.render.progress import Progress, Stage
from bazaar_nb.store.store import Store

_ID = re.compile(r"(\d{8})-\d{6}-[0-9a-z]+")
_MOST_DAYS = 7
"""How long a render may take, to be found at its end."""


@dataclass(frozen=True, slots=True)
class RenderStatus:
    """What is known of a render now.

    Attributes
    ----------
    render_id : str
    status : str
        ``queued``, ``rendering``, ``joining``, ``uploading``, ``succeeded``, ``failed``, ``cancelled``,
        or ``lost``: the process that ran it is gone, or gave no sign for long.
    progress : Progress or None
        From its last sign of life, which comes every few seconds; None before the first and of one that
        ended badly.
    row : dict
        Its row in the history; what is not known is None.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> render = film.export("review.mp4", progress=False)
    >>> bz.render_status(render.id).status
    'succeeded'
    """

    render_id: str
    status: str
    progress: Progress | None
    row: dict[str, Any]

    @property
    def done(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in ("succeeded", "failed", "cancelled", "lost")


def read_status(store: Store, render_id: str) -> RenderStatus:
    """Read what is known of a render.

    Raises
    ------
    UnknownRenderError
        If the history knows nothing of it.
    StoreError
        If the store can't be read.
    """
    row = _row(store, render_id)
    status, frames = row["status"], row["frames"] or 0
    if status == "succeeded":
        cached, segments = row["frames_cached"] or 0, row["segments"] or 0
        progress = Progress(frames, frames, cached, "done", segments, row["segments_cached"] or 0)
        return RenderStatus(render_id, status, progress, row)
    if status not in ("queued", "started"):
        return RenderStatus(render_id, status, None, row)
    beat = read_heartbeat(store, render_id)
    if beat is None:
        return RenderStatus(render_id, "rendering" if status == "started" else status, None, row)
    progress = Progress(
        beat.frames, beat.total, beat.frames_cached, cast(Stage, beat.stage), beat.segments,
        beat.segments_cached, beat.fps, beat.eta_s, beat.uploaded, beat.evaluated,
    )  # fmt: skip
    return RenderStatus(render_id, beat.status, progress, row)


def read_event(store: Store, render_id: str) -> RenderEvent:
    """Give a render's newest event, from its row: to record what comes after it, in another process.

    Raises
    ------
    UnknownRenderError
        If the history knows nothing of it.
    """
    row = _row(store, render_id)
    there = "event_id", "event_time", "host", "pid", "process_started", "python", "version"
    said = {name: row.get(name) for name in RenderEvent.__struct_fields__ if name not in there}
    status = "started" if said["status"] == "lost" else said["status"]
    return RenderEvent(
        **{name: value for name, value in said.items() if value is not None} | {"status": status}
    )


def _row(store: Store, render_id: str) -> dict[str, Any]:
    found = _ID.fullmatch(render_id) if isinstance(render_id, str) else None
    try:
        created = dt.datetime.strptime(found[1], "%Y%m%d").date() if found else None
        # A day before, too: the id and the events of another machine have other clocks.
        days = [created + dt.timedelta(days=day) for day in range(-1, _MOST_DAYS)] if created else []
    except (ValueError, OverflowError):
        days = []
    if days:
        rows = read_days(store, days)
        rows = rows[rows["render_id"] == render_id]
        if len(rows):
            row = rows.astype(object).where(rows.notna(), None).iloc[0]
            return {str(name): value for name, value in row.items()}
    raise UnknownRenderError(f"there is no render {render_id!r:.80} in {store.location('history')}")
