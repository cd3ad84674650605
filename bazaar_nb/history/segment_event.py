"""What a segment of a render cost: one row each, written when the render ends."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from bazaar_nb.history.event import Doc, Event
from bazaar_nb.store.temporary import host_name


class SegmentEvent(Event, frozen=True, kw_only=True):
    """A segment of a render that has ended, well or badly; its time is that of the end.

    A segment that was there already has no figures of work. One that was never
    finished has no row.
    """

    table: ClassVar[str] = "segments"

    user: Annotated[str | None, Doc("who exported", category=True)] = None
    project: Annotated[str | None, Doc("the project that the movie belongs to", category=True)] = None
    number: Annotated[int, Doc("its place in the movie, from 0")]
    first_frame: Annotated[int, Doc("its first frame in the movie, from 0")]
    frames: Annotated[int, Doc("length of the segment", "frames")]
    segment: Annotated[str, Doc("the segment's own key: the hash of what it draws")]
    cached: Annotated[bool, Doc("whether it was there already")]
    tries: Annotated[int | None, Doc("how often a worker was given its frames")] = None

    evaluate_s: Annotated[
        float | None, Doc("evaluating and keying its frames, where a worker did that", "s of work")
    ] = None
    draw_s: Annotated[float | None, Doc("drawing", "s of work")] = None
    convert_s: Annotated[float | None, Doc("pixels to the codec's colours", "s of work")] = None
    encode_s: Annotated[float | None, Doc("encoding", "s of work")] = None
    store_s: Annotated[float | None, Doc("publishing to the store", "s of work")] = None
    frames_drawn: Annotated[int | None, Doc("frames that were drawn", "frames")] = None
    frames_held: Annotated[
        int | None, Doc("frames equal to the one before: encoded, not drawn", "frames")
    ] = None
    size_bytes: Annotated[int | None, Doc("size of the segment's file", "bytes")] = None
    peak_memory_bytes: Annotated[
        int | None, Doc("largest resident memory of its worker until then", "bytes")
    ] = None
    slowest_frame: Annotated[
        int | None, Doc("the frame that took longest to evaluate and draw, counted from the film's first")
    ] = None
    slowest_frame_s: Annotated[float | None, Doc("evaluating and drawing it", "s of work")] = None
    slowest_scene: Annotated[str | None, Doc("the scene that shows it", category=True)] = None
    slowest_element: Annotated[
        str | None, Doc("the element of it that took longest to draw, with its place in the frame's tree")
    ] = None
    slowest_element_s: Annotated[float | None, Doc("drawing that element", "s of work")] = None

    codec: Annotated[str | None, Doc("video codec: h264, h265, vp8, vp9 or gif", category=True)] = None
    width: Annotated[int | None, Doc("width of the movie", "px")] = None
    height: Annotated[int | None, Doc("height of the movie", "px")] = None
    engine: Annotated[str | None, Doc("who ran them: inline, local, dask or lithops", category=True)] = None
    host: Annotated[str, Doc("machine that ran the job", category=True)] = msgspec.field(
        default_factory=host_name
    )
