"""Events of all tables, for tests; their times are as given."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bazaar_nb.history.engagement_event import EngagementEvent
from bazaar_nb.history.render_event import RenderEvent, Status
from bazaar_nb.history.segment_event import SegmentEvent

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def render(name: str, time: dt.datetime = NOON, status: Status = "succeeded", **more: Any) -> RenderEvent:
    """Give an event of a render that is called so."""
    return RenderEvent(**{
        "render_id": name, "event_time": time, "status": status, "created": time, "user": "ada", **more
    })  # fmt: skip


def life(name: str, time: dt.datetime = NOON, end: Status = "succeeded", **more: Any) -> list[RenderEvent]:
    """Give three events of a render, a second from each other."""
    lives: tuple[Status, ...] = ("queued", "started", end)
    return [
        render(name, time + dt.timedelta(seconds=second), status, **{"created": time, **more})
        for second, status in enumerate(lives)
    ]


def segments(name: str, count: int = 3, time: dt.datetime = NOON) -> list[SegmentEvent]:
    """Give the rows of a render's segments."""
    return [
        SegmentEvent(render_id=name, event_time=time, number=number, first_frame=70 * number, frames=70,
                     segment=f"{number:040x}", cached=False, user="ada")
        for number in range(count)
    ]  # fmt: skip


def plays(name: str, count: int = 2, time: dt.datetime = NOON) -> list[EngagementEvent]:
    """Give plays of a movie."""
    return [
        EngagementEvent(render_id=name, event_time=time, kind="play", surface="player", view=f"v{number}")
        for number in range(count)
    ]
