"""Frames to a segment: one closed GOP, encoded on one thread into a playable file.

The same settings and the same pixels give the same bytes in any process, so
a segment can be kept under the hash of what it shows.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, cast

import av
import msgspec
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.alpha import Areas
from bazaar_nb.media.drawn_pictures import DrawnPictures, takes_decoded
from bazaar_nb.media.encoder_options import encoder_options
from bazaar_nb.media.picture_segment import PictureSegmentEncoder
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.thread_priority import kept_priority
from bazaar_nb.media.writing import abandoned_on_failure, removed_on_failure, writing

Draw = Callable[[int, NDArray[np.uint8]], bool | Areas]
"""Draws frame ``i`` (0-based in the segment) into a (height, width, 4) BGRA view, which holds the one before.

Tells what changed: False or no areas if it looks like the one before, the areas that
changed, or True if any pixel may have.
"""


HandOn = Callable[[int], av.VideoFrame | None]
"""Gives frame ``i`` if it is nothing but a picture of a video file that encoders take as it is, else None.

Gives the same object again where the frame looks like the one before.
"""


class SegmentFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What a segment cost.

    Attributes
    ----------
    draw_s, convert_s, encode_s : float
        Seconds spent in drawing, in colour conversion, and in encoding and writing.
    size_bytes : int
        Of the file.
    drawn, held : int
        Frames that were drawn, and frames that repeated the one before.
    """

    draw_s: float
    convert_s: float
    encode_s: float
    size_bytes: int
    drawn: int
    held: int


def encode_segment(
    path: str | Path,
    settings: Settings,
    frames: int,
    draw: Draw,
    on_frame: Callable[[int], None] | None = None,
    hand_on: HandOn | None = None,
) -> SegmentFigures:
    """Draw and encode a run of frames into a file: `encode_segments` with one of them."""
    return encode_segments([SegmentTarget(Path(path), settings)], frames, draw, on_frame, hand_on)[0]


class SegmentTarget(NamedTuple):
    """A file that a segment is encoded into.

    Attributes
    ----------
    path : Path
        The file to write; it should end in ``settings.segment_suffix``.
    settings : Settings
        From `resolve_settings`. For GIF the segment is lossless, at the GIF's size.
    """

    path: Path
    settings: Settings


def encode_segments(
    targets: Sequence[SegmentTarget],
    frames: int,
    draw: Draw,
    on_frame: Callable[[int], None] | None = None,
    hand_on: HandOn | None = None,
) -> list[SegmentFigures]:
    """Draw a run of frames once, and encode it into each of some files.

    A file's bytes are the same whatever is encoded beside it. Memory holds one
    picture and what the encoders look ahead, however many frames there are. If
    anything fails the files are removed; whoever wants them to appear whole
    gives temporary paths and renames.

    Parameters
    ----------
    targets : sequence of SegmentTarget
        All of one size and frame rate.
    frames : int
        How many, at least 1.
    draw : callable
        See `Draw`; called once for each frame, in order, that is not handed on to all encoders. What it
        raises passes through unchanged.
    on_frame : callable, optional
        Called with a frame's index when that frame has been given to the encoders.
    hand_on : callable, optional
        See `HandOn`; asked before a frame is drawn, where an encoder takes such pictures.

    Returns
    -------
    list of SegmentFigures
        One for each file; the drawing is the first one's.

    Raises
    ------
    EncodeError
        If there are no frames, the first is said to look like the one before,
        or an encoder refuses.
    StoreError
        If a file can't be written, as on a full disk.
    """
    if frames < 1:
        raise EncodeError(f"a segment has at least 1 frame, got {frames} ({targets[0].path})")
    if len({(settings.width, settings.height, settings.fps) for _, settings in targets}) != 1:
        raise EncodeError("segments that share their drawing have one size and one frame rate")
    with ExitStack() as ending:
        for path, _ in targets:
            ending.enter_context(removed_on_failure(path))
        return _encode(targets, frames, draw, on_frame, hand_on)


def _encode(
    targets: Sequence[SegmentTarget],
    frames: int,
    draw: Draw,
    on_frame: Callable[[int], None] | None,
    hand_on: HandOn | None,
) -> list[SegmentFigures]:
    settings = targets[0].settings
    pictures = DrawnPictures(settings.width, settings.height)
    take = [takes_decoded(settings.pix_fmt, alpha=settings.alpha) for _, settings in targets]
    draw_s = 0.0
    clock = time.perf_counter
    with ExitStack() as ending:
        encoders = [
            PictureSegmentEncoder(target.path, target.settings, ending)
            if target.settings.is_sequence
            else _SegmentEncoder(target, ending)
            for target in targets
        ]
        for i in range(frames):
            began = clock()
            decoded = hand_on(i) if hand_on is not None and any(take) else None
            is_drawn = decoded is None or not all(take)
            pictures.hand_on(decoded, is_drawn=is_drawn)
            changed = draw(i, pictures.pixels) if is_drawn else False
            draw_s += clock() - began
            if changed:
                pictures.changed(None if changed is True or i == 0 else changed)
            elif i == 0 and is_drawn:
                raise EncodeError(
                    f"frame 0 of a segment can't be held, there is none before it ({targets[0].path})"
                )
            for encoder in encoders:
                encoder.take(i, pictures)
            if on_frame is not None:
                on_frame(i)
        for encoder in encoders:
            encoder.finish()
    return [
        SegmentFigures(
            draw_s=0.0 if number else draw_s,
            convert_s=encoder.convert_s,
            encode_s=encoder.encode_s,
            size_bytes=encoder.path.stat().st_size,
            drawn=pictures.drawn,
            held=frames - pictures.drawn,
        )
        for number, encoder in enumerate(encoders)
    ]


class _SegmentEncoder:
    """Encodes pictures into a segment's file."""

    def __init__(self, target: SegmentTarget, ending: ExitStack) -> None:
        self.path, self._settings = target
        self.convert_s = self.encode_s = 0.0
        codec = self._settings.encoder
        with writing("segment", self.path):
            self._container = av.open(
                str(self.path),
                "w",
                format=codec.muxer,
                container_options={"fflags": "+bitexact", **codec.mux},
            )
        ending.enter_context(abandoned_on_failure(self._container))
        with writing("segment", self.path):
            stream = _add_stream(self._container, self._settings)
        self._packets = _Packets(stream, codec.reorder)

    def take(self, index: int, pictures: DrawnPictures) -> None:
        """Encode a frame."""
        began = time.perf_counter()
        picture = pictures.get(self._settings.pix_fmt, alpha=self._settings.alpha)
        converted = time.perf_counter()
        # A picture type that is left on a frame forces the encoder's choice.
        picture.pict_type = PictureType.NONE
        picture.pts, picture.time_base = index, 1 / self._settings.fps
        if self._settings.codec == "prores":  # each of its frames says it
            picture.color_primaries, picture.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
            picture.colorspace = Colorspace.ITU709
        self._mux(picture)
        self.convert_s += converted - began
        self.encode_s += time.perf_counter() - converted

    def finish(self) -> None:
        """End the file."""
        began = time.perf_counter()
        self._mux(None)
        with writing("segment", self.path):
            self._container.close()
        self.encode_s += time.perf_counter() - began

    def _mux(self, picture: av.VideoFrame | None) -> None:
        with writing("segment", self.path):
            for packet in self._packets(picture):
                self._container.mux_one(packet)


def _add_stream(container: OutputContainer, settings: Settings) -> VideoStream:
    codec = settings.encoder
    if codec.library == "libsvtav1":
        os.environ.setdefault("SVT_LOG", "1")  # errors alone: it tells its version otherwise
    stream = cast(
        "VideoStream",
        container.add_stream(codec.library, rate=settings.fps, options=encoder_options(settings)),
    )
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = settings.width, settings.height, settings.pix_fmt
    context.time_base = 1 / settings.fps
    context.thread_count = 1
    context.gop_size = codec.gop_frames
    if codec.pix_fmt != "bgr0":
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    if codec.tag is not None:
        context.codec_tag = codec.tag
    if codec.library == "libsvtav1":
        with kept_priority():
            context.open()
    return stream


class _Packets:
    """Gives an encoder's packets, decoded at even times.

    The k-th packet is decoded k frames after the first. The encoder's own
    times can't be used: x265 leaves them unset in segments that are shorter
    than its reordering.
    """

    def __init__(self, stream: VideoStream, reorder: int) -> None:
        self.stream = stream
        self.dts = -reorder

    def __call__(self, frame: av.VideoFrame | None) -> Iterator[Packet[VideoStream]]:
        for packet in self.stream.encode(frame):
            if packet.size:
                packet.dts = self.dts
                self.dts += 1
                yield cast("Packet[VideoStream]", packet)
