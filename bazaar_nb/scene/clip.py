"""`Clip`: a video file as an element that plays with its scene."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.given_content import as_source
from bazaar_nb.scene.paint import Extent
from bazaar_nb.scene.picture_elements import Fit, Source
from bazaar_nb.scene.shapes import Box, Size
from bazaar_nb.values.number import plain_number

Seconds = Annotated[float, Meta(ge=0, le=1_000_000)]
# Not tuple[Seconds, Seconds | None]: msgspec 0.20-0.22 crashes on a constrained number in a tuple in a union.
Trim = Annotated[tuple[float | None, ...], Meta(min_length=2, max_length=2)]


class Clip(Box, frozen=True, tag="video"):
    """A video: a file that plays from the scene's start, in time with the film, its sound in the film's.

    At each frame of the film it shows the picture of the file that is on at that time, whatever the
    rates of both; after its end the last one stays. Portrait videos of phones, alpha (VP9, VP8, ProRes
    4444, animated WebP, GIF and PNG) and interlaced pictures are shown as they are meant.

    In a `Composition`'s list it is a scene of its own, as long as the clip, and fills the frame
    unless it is told a size. Where nothing lies over it and the movie has its size, its pictures are
    encoded as they were decoded, if they are 8 bits of BT.709 as most cameras' are: they look the same
    as if they were drawn, lose nothing on the way, and take half the time.

    Attributes
    ----------
    source : str, path, bytes or file object
        The file: mp4, mov, webm, mkv, avi, ts, GIF, animated WebP and what else FFmpeg reads; as a path, an
        address (``https://``, ``s3://``, whatever fsspec opens), which is fetched once and kept, or as what
        it holds. Or a sequence of pictures, which needs `fps`: ``"shot/*.png"`` or ``"shot/%04d.png"``.
    trim : (float, float or None), optional
        Seconds of the file, from and to (exclusive, None is its end). All of it by default.
    speed : float
        2 is twice as fast. What is heard gets higher or lower with it, as a tape does, so that it
        stays in time to the sample.
    reverse : bool
        Plays backwards, sound too.
    loop : bool
        Begins again at its end, until the scene ends.
    freeze : float, optional
        Shows nothing but the picture at this second of the file, silently.
    volume : float
        Of its sound: 1 as it is, 0 silent, at most 10. May change from frame to frame.
    start : float
        Seconds of the scene at which it begins; before, nothing of it is seen or heard.
    width, height, fit, radius
        As for `Image`.
    time : float, optional
        Seconds since it began to play, if you want another clock than the scene's: the clip is
        silent then, as sound can't follow. Before 0 nothing is seen.
    fps : float, optional
        Pictures a second, of a sequence of pictures.
    played : float, optional
        Seconds since it began to play: filled in when the scene is asked for a frame.
    frame, size, opaque
        Which picture of the file it is, the file's width and height, and whether it has no alpha: filled
        in before it is drawn.

    Examples
    --------
    >>> @bz.scene(duration=6)  # doctest: +SKIP
    ... def intro(frame):
    ...     return [bz.Clip("beach.mp4", trim=(2, 8), width="100%"), bz.Text("Summer")]
    >>> bz.Composition([bz.Clip("beach.mp4"), bz.fade(0.5), intro()])  # doctest: +SKIP
    """

    source: Source
    trim: Trim | None = None
    speed: Annotated[float, Meta(ge=0.01, le=100)] = 1.0
    reverse: bool = False
    loop: bool = False
    freeze: Seconds | None = None
    volume: Annotated[float, Meta(ge=0, le=10)] = 1.0
    start: Seconds = 0.0
    width: Size | None = None
    height: Size | None = None
    fit: Fit = "cover"
    radius: Extent = 0.0
    time: Annotated[float, Meta(ge=-1_000_000, le=1_000_000)] | None = None
    fps: Annotated[float, Meta(ge=0.01, le=1000)] | None = None
    played: Annotated[float, Meta(ge=-1_000_000, le=1_000_000)] | None = None
    frame: int = -1
    size: Annotated[tuple[int, ...], Meta(max_length=2)] = ()
    opaque: bool = False

    def __post_init__(self) -> None:
        if type(self.source) is not str:
            force_setattr(self, "source", as_source(self.source, "source", "Clip"))
        if isinstance(self.trim, tuple | list):
            _check_trim(self)


def _check_trim(clip: Clip) -> None:
    """Check what no type says; the types are checked with the frame's tree."""
    assert clip.trim is not None
    numbers = [plain_number(edge) for edge in clip.trim]
    if len(numbers) != 2:
        return
    begin, end = (0.0 if edge is None else edge for edge in numbers)
    if begin < 0 or (numbers[1] is not None and not end > begin):
        raise InvalidValueError(
            f"`trim` must be from and to, in seconds of the file, 0 <= from < to; got {tuple(clip.trim)}"
        )


def played_s(clip: Clip, length_s: float) -> float | None:
    """Give how far into what it plays a clip is, in seconds of the file.

    Parameters
    ----------
    clip : Clip
        With `played` filled in.
    length_s : float
        Of what it plays, in seconds of the file.

    Returns
    -------
    float or None
        From 0 to `length_s`, both included; None before it begins.
    """
    time = (clip.played or 0.0) + _ROUNDING_S
    if time < 0:
        return None
    played = time * clip.speed
    return played % length_s if clip.loop else min(played, length_s)


_ROUNDING_S = 1e-9  # times are quotients of whole numbers: at most so much is lost of them
