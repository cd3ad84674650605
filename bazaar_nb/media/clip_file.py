"""What a video file holds, found without decoding more than its first picture.

The index of its pictures is the list of their times, from the packets: exact,
whatever the file's header says of its rate or length. It is made once a
process and file.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bazaar_nb.errors import AssetError
from bazaar_nb.media.animated_pictures import index_animation, is_animation
from bazaar_nb.media.clip_colors import has_alpha, hdr_of, turn_of
from bazaar_nb.media.clip_index import (
    Times,
    index_of_packets,
    index_of_tables,
    labels_as_shown,
    starts_as_shown,
)
from bazaar_nb.media.clip_opening import alpha_decoder_of, broken, decoder_of, opened_clip

_MAX_PIXELS = 100_000_000
_MAX_SIDE = 32_767
_MAX_BAD_PACKETS = 200
_KNOWN_FRAMES = 8_000_000  # of all files whose index is kept: 64 MB
_KNOWN_FILES = 256
_CUT_OFF_S = 1.0
_LEAST_ROUNDING_S = 1e-6


@dataclass(frozen=True, eq=False)
class ClipFile:
    """A video file and the times of its pictures.

    Attributes
    ----------
    size : (int, int)
        Width and height in pixels as it is shown: upright, of square pixels.
    times : array of int64, shape (frames,)
        When each picture is shown, in `time_base`, counted from the file's origin; rising.
    labels : array of int64, shape (frames,)
        What a decoder calls each picture: its timestamp.
    starts : array of int
        The pictures, by number, from which decoding can begin; rising.
    seeks : array of int64
        Timestamps that lead there.
    duration_s : float
        From the origin to the end of the last picture.
    has_sound : bool
    opaque : bool
        Whether its pictures have no alpha.
    alpha_decoder : str
        The decoder that reads the alpha of this file; empty for the default.
    turn : str
        Filter that puts pictures upright, or empty.
    told : str
        What the author should know of how it is shown; empty if nothing.
    interlaced : bool
        Whether pictures are of two moments, every other line.
    cut_off_s : float or None
        How long the file says to be, where it ends before that.
    stamp : tuple of int
        What changes with the file.
    """

    path: Path
    size: tuple[int, int]
    times: Times
    labels: Times
    starts: Times
    seeks: Times
    time_base: Fraction
    duration_s: float
    has_sound: bool
    opaque: bool
    stamp: tuple[int, ...]
    alpha_decoder: str = ""
    turn: str = ""
    told: str = ""
    cut_off_s: float | None = None
    interlaced: bool = False
    is_animation: bool = False
    ordered: bool = True
    _numbers: dict[int, int] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """How many pictures it has."""
        return len(self.times)

    def frame_at(self, time_s: float) -> int:
        """Give the picture that is shown at a time: the last that has begun."""
        return max(0, int(np.searchsorted(self.times, self._ticks(time_s), side="right")) - 1)

    def frame_before(self, time_s: float) -> int:
        """Give the picture that is shown just before a time."""
        rounding = 2 * self._rounding_s
        return max(0, int(np.searchsorted(self.times, self._ticks(time_s - rounding), side="right")) - 1)

    @property
    def _rounding_s(self) -> float:
        """How far a container's times may be off: half a tick, of which WebM has 1000 a second."""
        return max(_LEAST_ROUNDING_S, float(self.time_base) / 2)

    def _ticks(self, time_s: float) -> float:
        return (time_s + self._rounding_s + 1e-9) / float(self.time_base)

    def number_of(self, label: int) -> int:
        """Give the picture with a timestamp; -1 if there is none."""
        if self.ordered:
            number = int(np.searchsorted(self.labels, label))
            return number if number < len(self.labels) and self.labels[number] == label else -1
        if not self._numbers:
            self._numbers.update({int(name): number for number, name in enumerate(self.labels)})
        return self._numbers.get(label, -1)


_known: OrderedDict[object, ClipFile] = OrderedDict()
_lock = threading.Lock()


def look_into_clip(path: Path, name: str = "") -> ClipFile:
    """Give what a video file holds.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Of its content, if that is known: what was found out of it elsewhere in this process then holds.

    Raises
    ------
    AssetError
        If it is missing, broken, has no pictures, or some that are too large.
    """
    key = (str(path.absolute()), *file_stamp(path))
    with _lock:
        found = _known.get(name) if name else None
        found = found or _known.get(key)
        if found is not None:
            for known in filter(None, (name, key)):
                _known[known] = found
                _known.move_to_end(known)
            return found
    made = _look(path)
    with _lock:
        for known in filter(None, (name, key)):
            _known[known] = made
        total = sum(file.frames for file in {id(file): file for file in _known.values()}.values())
        while len(_known) > 2 and (len(_known) > _KNOWN_FILES or total > _KNOWN_FRAMES):
            total -= _known.popitem(last=False)[1].frames
    return made


def file_stamp(path: Path) -> tuple[int, ...]:
    """Give what changes when a file does.

    Raises
    ------
    AssetError
        If there is no such file.
    """
    try:
        if not path.is_file():
            raise AssetError(f"clip {str(path)!r} is not there")
        info = path.stat()
    except ValueError as error:
        raise AssetError(f"clip {str(path)!r} can't be read: {error}") from None
    except OSError as error:
        if isinstance(error, AssetError):
            raise
        raise AssetError(f"clip {str(path)!r} can't be read: {error.strerror or error}") from None
    return info.st_size, info.st_mtime_ns, info.st_ino


def _look(path: Path) -> ClipFile:
    stamp = file_stamp(path)
    if is_animation(path):
        size, times, end = index_animation(path)
        numbers = np.arange(len(times))
        return ClipFile(
            path, size, times, numbers, np.zeros(1, np.int64), np.zeros(1, np.int64),
            Fraction(1, 1000), end / 1000, False, False, stamp, is_animation=True,
        )  # fmt: skip
    with opened_clip(path) as (container, stream):
        alpha = alpha_decoder_of(stream)
        first = _first_picture(container, stream, alpha, path)
        size, turn = shown_size(first, stream), turn_of(first)
        has_sound = bool(container.streams.audio)
        header_s = _header_s(container, stream)
        reorders = container.format.name == "avi" and bool(stream.codec_context.has_b_frames)
        opaque = not has_alpha(first)
        told, interlaced = hdr_of(first), first.interlaced_frame
        time_base = stream.time_base or Fraction(1, 1000)
        index = index_of_tables(container, stream, path)
    if index is None:
        with opened_clip(path) as (container, stream):
            index = index_of_packets(container, stream, path)
    labels, starts, seeks, origin, end = index
    ordered = True
    if reorders:  # its times are those of decoding: only decoding tells the order
        shown = labels_as_shown(path)
        if len(shown) == len(labels):
            ordered = bool((np.diff(shown) > 0).all())
            times, labels = labels, shown
            origin = int(times[0])  # the first is shown at once
    if ordered:
        times = labels
    else:
        starts, seeks = starts_as_shown(starts, seeks, times, labels)
    duration_s = float((end - origin) * time_base)
    ends_s = duration_s + max(0.0, float(origin * time_base))  # some headers count from where times are 0
    cut_off = header_s is not None and header_s - ends_s > max(_CUT_OFF_S, 0.1 * header_s)
    return ClipFile(
        path, size, times - origin, labels, starts, seeks, time_base, duration_s, has_sound, opaque, stamp,
        alpha, turn, told, header_s if cut_off else None, interlaced, ordered=ordered,
    )  # fmt: skip


def _first_picture(
    container: InputContainer, stream: VideoStream, alpha_decoder: str, path: Path
) -> VideoFrame:
    _check_size(stream.codec_context.width, stream.codec_context.height, path)
    decoder = decoder_of(stream, alpha_decoder)
    bad = 0
    for packet in container.demux(stream):
        try:
            for frame in decoder.decode(packet):
                _check_size(frame.width, frame.height, path)
                return frame
        except av.error.EOFError:
            break
        except av.error.FFmpegError as error:
            bad += 1
            if bad > _MAX_BAD_PACKETS:
                raise broken(path, error) from error
    raise AssetError(f"clip {str(path)!r} has no picture that can be decoded: it is broken or was cut off")


def _check_size(width: int, height: int, path: Path) -> None:
    if width * height > _MAX_PIXELS or max(width, height) > _MAX_SIDE:
        raise AssetError(
            f"clip {str(path)!r} is {width}x{height}: at most {_MAX_PIXELS // 1_000_000} megapixels and "
            f"{_MAX_SIDE} pixels a side can be drawn, make it smaller first"
        )


def shown_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Give width and height as a picture is shown: upright, of square pixels."""
    width, height = frame.width, frame.height
    aspect = stream.sample_aspect_ratio
    if aspect is not None and aspect > 0 and Fraction(1, 20) < aspect < 20:
        width = max(1, round(width * aspect))
    return (height, width) if "transpose" in turn_of(frame) else (width, height)


def _header_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / av.time_base
