"""Histories for the tests: renders and what was done with movies, with the dtypes of the real ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from bazaar_nb.history.columns import columns
from bazaar_nb.history.engagement_event import EngagementEvent
from bazaar_nb.history.event import Event
from bazaar_nb.history.render_event import RenderEvent

T0 = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)  # a Monday

USUAL: dict[str, Any] = {
    "status": "succeeded", "user": "ada", "project": "sales", "composition": "review", "format": "mp4",
    "codec": "h264", "quality": "medium", "width": 1920, "height": 1080, "fps": 30.0, "frames": 300,
    "duration_s": 10.0, "size_bytes": 2_000_000, "has_sound": False, "frames_cached": 0, "segments": 5,
    "segments_cached": 0, "engine": "local", "workers": 2, "render_s": 10.0, "plan_s": 0.5, "draw_s": 4.0,
    "convert_s": 1.0, "encode_s": 8.0, "sound_s": 0.25, "join_s": 0.25, "store_s": 0.5,
}  # fmt: skip
MEASURED = tuple(name for name in USUAL if name.endswith("_s") and name != "duration_s")


def render(number: int, **columns: Any) -> dict[str, Any]:
    """A render of a film of ten seconds, with changes; those that did not succeed have no figures."""
    row = {**USUAL, "render_id": f"r{number}", "event_id": f"e{number}", "created": T0, **columns}
    if row["status"] != "succeeded":
        for name in (*MEASURED, "size_bytes", "frames_cached", "segments", "segments_cached"):
            row[name] = columns.get(name)
    for name in ("started", "event_time", "finished"):
        row.setdefault(name, row["created"])
    return row


def history(*rows: dict[str, Any]) -> pd.DataFrame:
    """The DataFrame of these renders."""
    return _table(RenderEvent, rows)


def many(count: int, seed: int = 1, days: int = 360) -> pd.DataFrame:
    """Many renders of a year, of all kinds."""
    random = np.random.default_rng(seed)
    status = random.choice(
        ["succeeded", "failed", "cancelled", "lost", "started"], count, p=[0.86, 0.08, 0.03, 0.02, 0.01]
    )
    formats = random.choice(["mp4/h264", "mp4/h265", "webm/vp9", "gif/gif"], count, p=[0.6, 0.1, 0.2, 0.1])
    rows = []
    for index in range(count):
        frames = int(random.integers(30, 3000))
        cached = int(frames * random.choice([0, 0, 0.3, 0.9]))
        sizes = [(1280, 720), (1920, 1080), (1080, 1920), (3840, 2160)]
        size = sizes[random.choice(4, p=[0.3, 0.5, 0.1, 0.1])]
        work = (frames - cached) * size[0] * size[1] / 2.0e6 / 60 * random.lognormal(0, 0.15)
        rows.append(
            render(
                index,
                status=status[index],
                user=f"user{random.integers(0, 8)}",
                project=str(random.choice(["sales", "marketing", "research", "press"])),
                format=formats[index].split("/")[0],
                codec=formats[index].split("/")[1],
                quality=str(random.choice(["low", "medium", "high"])),
                width=size[0],
                height=size[1],
                frames=frames,
                duration_s=frames / 30,
                size_bytes=int(frames * 9000 * random.lognormal(0, 0.3)),
                frames_cached=cached,
                segments=max(1, frames // 60),
                segments_cached=cached // 60,
                render_s=1 + work,
                draw_s=work * 0.7,
                encode_s=work * 1.1,
                convert_s=work * 0.2,
                error_class=str(random.choice(["SceneError", "AssetError", "StoreError", "MemoryError"])),
                error_message="scene 'race' failed at frame 12 (0.4 s): KeyError: 'Chna'",
                created=T0 + dt.timedelta(days=float(random.random() ** 0.7 * days)),
            )
        )
        if status[index] != "failed":
            rows[-1]["error_class"] = rows[-1]["error_message"] = None
    return history(*sorted(rows, key=lambda row: row["created"]))


def event(number: int, kind: str, render_id: str = "r0", **columns: Any) -> dict[str, Any]:
    """Something that was done with a movie."""
    usual = {"user": "bob", "project": "sales", "surface": "panel", "movie_s": 10.0, "event_time": T0}
    return {"event_id": f"v{number}", "render_id": render_id, "kind": kind, **usual, **columns}


def watching(*rows: dict[str, Any]) -> pd.DataFrame:
    """The DataFrame of these events."""
    return _table(EngagementEvent, rows)


def _table(kind: type[Event], rows: tuple[dict[str, Any], ...]) -> pd.DataFrame:
    table = pd.DataFrame({column.name: [row.get(column.name) for row in rows] for column in columns(kind)})
    return table.astype({column.name: column.dtype for column in columns(kind)})
