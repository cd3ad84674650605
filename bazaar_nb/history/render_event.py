"""What is known of a render at a moment: one event, one row.

The fields of `RenderEvent` are the only place where the columns of renders are
written down: the parquet schema, the DataFrame's dtypes and the table of
`describe_history` are all made from them (see `columns`).

An event tells all that is known by then, not just what changed, so the newest
event of a render is its row.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.event import MOST_MESSAGE, Doc, Event, set_field
from bazaar_nb.history.ids import event_clock
from bazaar_nb.history.process import process_started
from bazaar_nb.store.temporary import host_name

ENDED = ("succeeded", "failed", "cancelled")
"""The three ends of a render; it reaches exactly one of them."""

STATUSES = ("queued", "started", *ENDED)
"""What an event can say of its render, in the order of a render's life."""

Status = Literal["queued", "started", "succeeded", "failed", "cancelled"]


def _version() -> str:
    from bazaar_nb import __version__

    return __version__


class RenderEvent(Event, frozen=True, kw_only=True):
    """One event in the life of a render; `describe_history` prints its fields as a table.

    None means "not known" or "not of this render": a GIF has no sound stage.
    A location given as a link is kept without its query, where signatures are.

    Raises
    ------
    InvalidValueError
        For an unknown status or a time without a time zone.
    """

    table: ClassVar[str] = "renders"

    status: Annotated[
        Status,
        Doc(
            "queued, started, succeeded, failed or cancelled; read as lost if its process died", category=True
        ),
    ]
    user: Annotated[str | None, Doc("who exported", category=True)] = None
    project: Annotated[str | None, Doc("the project that the movie belongs to", category=True)] = None
    composition: Annotated[str | None, Doc("name of the composition")] = None

    format: Annotated[str | None, Doc("mp4, webm, mov, gif …", category=True)] = None
    codec: Annotated[str | None, Doc("h264, h265, av1, vp8, vp9, prores, gif …", category=True)] = None
    quality: Annotated[str | None, Doc("low, medium or high; empty if set by hand", category=True)] = None
    crf: Annotated[float | None, Doc("constant rate factor, on the codec's own scale")] = None
    bit_rate: Annotated[int | None, Doc("video bit rate that was asked for", "bit/s")] = None
    max_rate: Annotated[int | None, Doc("most that the video's bit rate may be", "bit/s")] = None
    bit_depth: Annotated[int | None, Doc("bits of a colour")] = None
    alpha: Annotated[bool | None, Doc("whether the movie keeps the film's transparency")] = None
    preset: Annotated[str | None, Doc("encoder preset", category=True)] = None
    width: Annotated[int | None, Doc("width of the movie", "px")] = None
    height: Annotated[int | None, Doc("height of the movie", "px")] = None
    fps: Annotated[float | None, Doc("frame rate, rounded", "frames/s")] = None
    fps_num: Annotated[int | None, Doc("exact frame rate: numerator")] = None
    fps_den: Annotated[int | None, Doc("exact frame rate: denominator")] = None
    frames: Annotated[int | None, Doc("length of the movie", "frames")] = None
    duration_s: Annotated[float | None, Doc("length of the movie", "s")] = None
    size_bytes: Annotated[int | None, Doc("size of the movie's file", "bytes")] = None
    location: Annotated[str | None, Doc("where the movie is: a path or URL, never a signed link")] = None
    has_sound: Annotated[bool | None, Doc("whether the movie has a sound track")] = None
    content_key: Annotated[
        str | None, Doc("hash of what is seen and heard; equal for movies that are the same")
    ] = None

    plan_s: Annotated[
        float | None, Doc("evaluating and keying all frames, at home and in workers", "s of work")
    ] = None
    draw_s: Annotated[float | None, Doc("drawing, summed over workers", "s of work")] = None
    convert_s: Annotated[
        float | None, Doc("pixels to the codec's colours, summed over workers", "s of work")
    ] = None
    encode_s: Annotated[float | None, Doc("encoding pictures, summed over workers", "s of work")] = None
    sound_s: Annotated[float | None, Doc("mixing and encoding the sound track", "s")] = None
    join_s: Annotated[float | None, Doc("joining segments and sound into the movie", "s")] = None
    store_s: Annotated[float | None, Doc("publishing to the store, summed over workers", "s of work")] = None
    render_s: Annotated[float | None, Doc("the whole render, from start to end, by the clock", "s")] = None
    frames_evaluated_by_workers: Annotated[
        int | None, Doc("frames that workers evaluated; the others were at home", "frames")
    ] = None
    home_reason: Annotated[str | None, Doc("why the film could not be evaluated by workers")] = None
    frames_drawn: Annotated[int | None, Doc("frames that were drawn", "frames")] = None
    frames_held: Annotated[
        int | None, Doc("frames equal to the one before: encoded, not drawn", "frames")
    ] = None
    frames_cached: Annotated[int | None, Doc("frames in segments that were there already", "frames")] = None
    segments: Annotated[int | None, Doc("segments of the movie")] = None
    segments_cached: Annotated[int | None, Doc("segments that were there already")] = None
    segments_retried: Annotated[int | None, Doc("segments that were tried more than once")] = None
    slowest_frame: Annotated[
        int | None, Doc("the frame that took longest to evaluate and draw, counted from the film's first")
    ] = None
    slowest_frame_s: Annotated[float | None, Doc("evaluating and drawing it", "s of work")] = None
    slowest_scene: Annotated[str | None, Doc("the scene that shows it")] = None
    slowest_element: Annotated[
        str | None, Doc("the element of it that took longest to draw, with its place in the frame's tree")
    ] = None
    slowest_element_s: Annotated[float | None, Doc("drawing that element", "s of work")] = None
    engine: Annotated[str | None, Doc("who ran them: inline, local, dask or lithops", category=True)] = None
    detached: Annotated[bool | None, Doc("whether it went on without the notebook that asked for it")] = None
    workers: Annotated[int | None, Doc("segments that could run at the same time")] = None
    peak_memory_bytes: Annotated[int | None, Doc("largest resident memory of any one process", "bytes")] = (
        None
    )

    error_class: Annotated[str | None, Doc("class of the error that ended it", category=True)] = None
    error_message: Annotated[str | None, Doc(f"its message, the first {MOST_MESSAGE:,} characters")] = None

    host: Annotated[str, Doc("machine that ran the job", category=True)] = msgspec.field(
        default_factory=host_name
    )
    pid: Annotated[int, Doc("process that ran the job, on that machine")] = msgspec.field(
        default_factory=os.getpid
    )
    process_started: Annotated[dt.datetime, Doc("when that process started; tells it from a later one")] = (
        msgspec.field(default_factory=process_started)
    )
    python: Annotated[str, Doc("Python version", category=True)] = msgspec.field(
        default_factory=platform.python_version
    )
    version: Annotated[str, Doc("bazaar_nb version", category=True)] = msgspec.field(default_factory=_version)
    created: Annotated[dt.datetime | None, Doc("when the render was asked for")] = None
    started: Annotated[dt.datetime | None, Doc("when it began to run")] = None
    finished: Annotated[dt.datetime | None, Doc("when it ended")] = None

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise InvalidValueError(f"`status` must be one of {', '.join(STATUSES)}, got {self.status!r}")
        super().__post_init__()
        if self.location is not None:
            set_field(self, "location", _without_secrets(self.location))

    def then(self, status: Status, **changes: Any) -> RenderEvent:
        """Give the next event of the same render: all that this one says, with changes."""
        # Made anew: `msgspec.structs.replace` leaves out `__post_init__` in msgspec 0.20, and so the id.
        said = msgspec.structs.asdict(self) | {"event_id": "", "event_time": event_clock(), "status": status}
        return RenderEvent(**{**said, **changes})


def _without_secrets(location: str) -> str:
    if "://" not in location:
        return location
    url = urlsplit(location)
    return urlunsplit((url.scheme, url.netloc.rpartition("@")[2], url.path, "", ""))
