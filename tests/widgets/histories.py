"""Histories that nobody rendered: as many renders as wanted, the same for the same number."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bazaar_nb.history.columns import ROW_STATUSES, columns
from bazaar_nb.history.engagement_event import EngagementEvent
from bazaar_nb.workspace import Workspace

USERS = ("ann", "bob", "chen", "dora", "emeka")
PROJECTS = ("adverts", "default", "quarterly review", "teaching")
ERRORS = (
    *("SceneError", "LimitError", "StoreError", "EncodeError", "AssetError", "ElementError", "RenderError"),
    *("OutOfMemoryError", "ExpiredTokenError", "SegmentTimedOutWhileBeingEncodedError"),
)
SIZES = ((426, 240), (854, 480), (1280, 720), (1920, 1080), (3840, 2160))


def renders(count: int, days: float = 30, seed: int = 1, now: dt.datetime | None = None) -> pd.DataFrame:
    """Give a history of so many renders in the last so many days."""
    draw = np.random.default_rng(seed)
    end = pd.Timestamp(now or dt.datetime.now(dt.UTC))
    created = (end - pd.to_timedelta(np.sort(draw.uniform(0, days * 86400, count))[::-1], unit="s")).floor(
        "us"
    )

    def pick(values: tuple[Any, ...], shares: tuple[float, ...]) -> Any:
        return np.array(values, object)[draw.choice(len(values), count, p=np.array(shares) / sum(shares))]

    status = pick(("succeeded", "failed", "cancelled", "lost", "started"), (86, 8, 3, 2, 0.4))
    codec = pick(("h264", "h265", "vp9", "vp8", "gif"), (60, 8, 20, 2, 10))
    size = draw.choice(len(SIZES), count, p=[0.05, 0.2, 0.3, 0.4, 0.05])
    width, height = np.array(SIZES)[size].T
    duration = np.round(np.exp(draw.normal(2.5, 1.1, count)), 2)
    frames = np.maximum(1, (duration * 30).astype(int))
    render_s = np.round(duration * width * height / 2e6 * np.exp(draw.normal(-0.7, 0.5, count)) + 0.4, 3)
    done, bad = status == "succeeded", status == "failed"
    films = np.array([f"film {number}" for number in range(40)], object)[draw.integers(0, 40, count)]
    ids = [f"{time:%Y%m%d-%H%M%S}-{number:06x}" for number, time in enumerate(created)]
    suffix = np.where(np.isin(codec, ("vp8", "vp9")), "webm", np.where(codec == "gif", "gif", "mp4"))
    project = pick(PROJECTS, (30, 30, 20, 20))
    places = [
        f"/srv/bazaar/projects/{where}/{name}/{film}.{ending}"
        for where, name, film, ending in zip(project, ids, films, suffix, strict=True)
    ]
    known: dict[str, Any] = {
        "event_id": ids,
        "event_time": created,
        "render_id": ids,
        "user": pick(USERS, (40, 30, 15, 10, 5)),
        "project": project,
        "composition": films,
        "format": suffix,
        "codec": codec,
        "quality": pick(("low", "medium", "high", None), (15, 60, 20, 5)),
        "width": width,
        "height": height,
        "fps": 30.0,
        "frames": frames,
        "duration_s": duration,
        "size_bytes": pd.Series((duration * width * height / 12).astype(int)).where(done),
        "location": pd.Series(places).where(done),
        "render_s": np.where(done, render_s, np.nan),
        "frames_cached": np.where(draw.random(count) < 0.2, frames // 2, 0),
        "segments": np.maximum(1, frames // 60),
        "error_class": pd.Series(pick(ERRORS, (40, 20, 10, 8, 6, 5, 4, 3, 2, 2))).where(bad),
        "error_message": pd.Series("it could not be done", index=range(count)).where(bad),
        "created": created,
    }
    frame = pd.DataFrame(known, columns=[column.name for column in columns()])
    frame["status"] = pd.Categorical(status, categories=list(ROW_STATUSES))
    frame["process_started"] = created
    return frame.astype({column.name: column.dtype for column in columns() if column.name != "status"})


def plays(renders: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Give plays of some of the finished movies."""
    draw = np.random.default_rng(seed)
    done = renders[renders["status"] == "succeeded"].tail(12)
    count = 5 * len(done)
    which = np.minimum(draw.geometric(0.3, count) - 1, len(done) - 1) if count else np.array([], int)
    known = {
        "event_id": [f"play-{number}" for number in range(count)],
        "event_time": pd.Timestamp.now("UTC"),
        "render_id": done["render_id"].to_numpy()[which],
        "user": draw.choice(USERS, count),
        "kind": "watch",
        "surface": "panel",
        "watched_fraction": np.round(draw.beta(2, 1, count), 3),
        "view": [f"view-{number}" for number in range(count)],
    }
    names = columns(EngagementEvent)
    frame = pd.DataFrame(known, columns=[column.name for column in names])
    return frame.astype({column.name: column.dtype for column in names})


class FakeHistory:
    """Stands for a workspace's history."""

    def __init__(self, renders: pd.DataFrame, events: pd.DataFrame) -> None:
        self.renders, self.events = renders, events
        self.asked = 0

    def __call__(self, since: dt.datetime | None = None, until: dt.datetime | None = None) -> pd.DataFrame:
        self.asked += 1
        rows = self.renders
        if since is not None:
            rows = rows[rows["created"] >= since]
        return rows if until is None else rows[rows["created"] < until]

    def engagement(self, since: dt.datetime | None = None) -> pd.DataFrame:
        return self.events

    def segments(self, **_: Any) -> pd.DataFrame:
        return pd.DataFrame(columns=["draw_s", "convert_s", "encode_s", "store_s"], dtype="float64")


class FakedWorkspace(Workspace):
    """A workspace that has a history which nobody rendered."""

    def __init__(self, root: str | Path, renders: pd.DataFrame, events: pd.DataFrame | None = None) -> None:
        super().__init__(root, engine="inline", user="ann")
        self.faked = FakeHistory(renders, plays(renders.head(0)) if events is None else events)

    @property
    def history(self) -> Any:
        return self.faked
