"""What views of jobs may ask, checked; the browser's twin is ``widgets/src/panel/protocol.ts``.

Requests are plain JSON with a number; each has exactly one final reply, errors
too. Bytes travel in binary buffers alone. What is pushed goes to all views.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bazaar_nb.media.codecs import CodecName, FormatName, SoundCodec
from bazaar_nb.media.setting_values import BIT_RATE_LIMITS
from bazaar_nb.widgets.protocol import FrameIndex, RequestId, SeenSeconds, ViewId

PUSHES = ("jobs", "job", "picture")
"""What the kernel sends unasked: all jobs, how far one of them is, a picture from one of them."""

USES = ("play", "download", "share")
"""What a link may be for."""

JobId = Annotated[str, Meta(pattern=r"^\d{8}-\d{6}-[0-9a-z]{1,40}$")]
Word = Annotated[str, Meta(max_length=20)]
BitRate = Annotated[int, Meta(ge=BIT_RATE_LIMITS[0], le=BIT_RATE_LIMITS[1])]
Offset = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person has chosen; whether it was on offer is checked against the offers.

    Attributes
    ----------
    quality, bitrate : str, int or None
        One of them; a bit rate is a word, or bits a second.
    resolution, fps : str or None
        As offered; None is what the format does with this film by default.
    first, stop : int
        Half-open range of the film's frames.
    folder : str or None
        Where the movie goes; None is the workspace's project.
    detach : bool
        Whether it goes on when the notebook is closed.
    maxrate : int or None
        Bits a second that the picture never exceeds.
    bit_depth : int or None
        Bits of a colour; None is what the codec does.
    captions : str or None
        A file of captions on the kernel's machine.
    burn : bool
        Whether captions are part of the picture; else they are a track.
    also : tuple of str
        Formats of more files of the same film.
    """

    format: FormatName
    codec: CodecName | SoundCodec
    quality: Literal["low", "medium", "high"] | None
    bitrate: Literal["low", "medium", "high"] | BitRate | None
    resolution: Word | None
    fps: Word | None
    first: FrameIndex
    stop: FrameIndex
    name: Annotated[str, Meta(max_length=1000)]
    folder: Annotated[str, Meta(max_length=4096)] | None
    mute: bool
    detach: bool = False
    maxrate: BitRate | None = None
    bit_depth: Literal[8, 10] | None = None
    captions: Annotated[str, Meta(max_length=4096)] | None = None
    burn: bool = False
    also: Annotated[tuple[FormatName, ...], Meta(max_length=20)] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every request has.

    Attributes
    ----------
    id : int
        Counts the view's requests.
    view : str
        Which view asks.
    """

    id: RequestId
    view: ViewId


class AboutJob(Asked, frozen=True):
    """What every request about a job has: its id."""

    job: JobId


class Open(Asked, tag="open", frozen=True):
    """A view appears: it wants what can be chosen, and the jobs."""


class Alive(Asked, tag="alive", frozen=True):
    """The view is still there."""


class Close(Asked, tag="close", frozen=True):
    """The view is gone."""


class Check(Asked, tag="check", frozen=True):
    """What would come of a choice: name, size, time, or what forbids it."""

    choice: Choice


class Export(Asked, tag="export", frozen=True):
    """Make it."""

    choice: Choice


class Cancel(AboutJob, tag="cancel", frozen=True):
    """Stop a job, or take it out of the queue."""


class Retry(AboutJob, tag="retry", frozen=True):
    """Ask for the same movie again."""


class Move(AboutJob, tag="move", frozen=True):
    """Let a job that waits have its turn a place earlier (-1) or later (1)."""

    by: Literal[-1, 1]


class Pause(Asked, tag="pause", frozen=True):
    """Let no further job begin, or let them begin again."""

    paused: bool


class File(AboutJob, tag="file", frozen=True):
    """A piece of a finished movie on this machine, from an offset on."""

    offset: Offset


class Link(AboutJob, tag="link", frozen=True):
    """An address of a finished movie, for the moment."""

    use: Literal["play", "download", "share"]


class Row(AboutJob, tag="row", frozen=True):
    """What the history says of a job."""


class Engaged(AboutJob, tag="engaged", frozen=True):
    """Somebody plays a movie, has seen a part of it, or has downloaded it.

    Attributes
    ----------
    showing : str
        Which showing, or which download.
    seen_s : float
        Seconds of the movie that were seen in this showing until now.
    """

    what: Literal["play", "watch", "download"]
    showing: ViewId
    seen_s: SeenSeconds


Request = (
    Open | Alive | Close | Check | Export | Cancel | Retry | Move | Pause | File | Link | Row | Engaged
)  # fmt: skip

REQUESTS = (
    "open", "alive", "close", "check", "export", "cancel", "retry", "move", "pause", "file", "link", "row",
    "engaged",
)  # fmt: skip


def read_request(content: object) -> Request:
    """Check what came from a browser.

    Raises
    ------
    msgspec.ValidationError
        For anything that is no request.
    """
    request: Request = msgspec.convert(content, Request)
    return request
