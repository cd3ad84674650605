"""What a player's browser side may ask, checked; its twin is ``widgets/src/player/protocol.ts``.

Requests are plain JSON with a number; each has exactly one final reply, errors
too. Bytes travel in binary buffers alone.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from bazaar_nb.preview.view import PUSHES as PUSHES
from bazaar_nb.widgets.protocol import Asked, FrameIndex, SeenSeconds, ViewId

Rate = Annotated[float, Meta(ge=0.25, le=4.0)]
PixelWidth = Annotated[int, Meta(ge=16, le=8192)]
Indices = Annotated[tuple[FrameIndex, ...], Meta(max_length=10_000)]


class Open(Asked, tag="open", frozen=True):
    """A view appears: it wants the film, and pictures from a frame on.

    Attributes
    ----------
    video, sound : tuple of str
        What the browser can play, what it likes best first. Without video it asks for stills.
    """

    frame: FrameIndex
    video: Annotated[tuple[Literal["h264", "vp9"], ...], Meta(max_length=4)]
    sound: Annotated[tuple[Literal["aac", "opus"], ...], Meta(max_length=4)]


class Playhead(Asked, tag="playhead", frozen=True):
    """Where the playhead is, and how it moves."""

    frame: FrameIndex
    playing: bool
    rate: Rate


class Still(Asked, tag="still", frozen=True):
    """One frame as a picture.

    Attributes
    ----------
    width : int
        Pixels.
    idle : bool
        Whether it may wait, as a thumbnail may.
    """

    frame: FrameIndex
    width: PixelWidth
    format: Literal["jpeg", "png"]
    idle: bool


class Forget(Asked, tag="forget", frozen=True):
    """Parts that the browser does not have any more, by their numbers."""

    segments: Indices
    sounds: Indices


class Event(Asked, tag="event", frozen=True):
    """Something happened that Python may want to hear of."""

    name: Literal["play", "pause", "seeked", "ended", "error"]
    frame: FrameIndex


class Engaged(Asked, tag="engaged", frozen=True):
    """Somebody plays the film, or has seen a part of it.

    Attributes
    ----------
    showing : str
        Which showing.
    seen_s : float
        Seconds of the film that were seen in this showing until now.
    """

    what: Literal["play", "watch"]
    showing: ViewId
    seen_s: SeenSeconds


class Export(Asked, tag="export", frozen=True):
    """The export panel is wanted."""


class Close(Asked, tag="close", frozen=True):
    """The view is gone."""


class Alive(Asked, tag="alive", frozen=True):
    """The view is still there."""


Request = Open | Playhead | Still | Forget | Event | Engaged | Export | Close | Alive

REQUESTS = ("open", "playhead", "still", "forget", "event", "engaged", "export", "close", "alive")


def read_request(content: object) -> Request:
    """Check what came from a browser.

    Raises
    ------
    msgspec.ValidationError
        For anything that is no request.
    """
    request: Request = msgspec.convert(content, Request)
    return request


def reply(request: Request, **fields: Any) -> dict[str, Any]:
    """Make the final answer to a request."""
    return {"kind": "reply", "id": request.id, "view": request.view, **fields}
