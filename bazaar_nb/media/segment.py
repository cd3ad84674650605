"""Frames to a segment: one closed GOP, encoded on one thread into a playable file.

The same settings and the same pixels give the same bytes in any process, so
a segment can be kept under the hash of what it shows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

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
from bazaar_nb.media.codecs import ENCODERS, REALTIME_FROM
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.writing import abandoned_on_failure, removed_on_failure, writing
from bazaar_nb.media.yuv_conversion import Areas, YuvConverter

Draw = Callable[[int, NDArray[np.uint8]], bool | Areas]
"""Draws frame ``i`` (0-based in the segment) into a (height, width, 4) BGRA view, which holds the one before.

Tells what changed: False or no areas if it looks like the one before, the areas that
changed, or True if any pixel may have.
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
) -> SegmentFigures:
    """Draw and encode a run of frames into a file.

    Memory holds one picture and what the encoder looks ahead, however many
    frames there are. If anything fails the file is removed; whoever wants it
    to appear whole gives a temporary path and renames.

    Parameters
    ----------
    path : str or Path
        The file to write; it should end in ``settings.segment_suffix``.
    settings : Settings
        From `resolve_settings`. For GIF the segment is lossless, at the GIF's size.
    frames : int
        How many, at least 1.
    draw : callable
        See `Draw`; called once for each frame, in order. What it raises passes through unchanged.
    on_frame : callable, optional
        Called with a frame's index when that frame has been given to the encoder.

    Raises
    ------
    EncodeError
        If there are no frames, the first is said to look like the one before,
        or the encoder refuses.
    StoreError
        If the file can't be written, as on a full disk.
    """
    path = Path(path)
    if frames < 1:
        raise EncodeError(f"a segment has at least 1 frame, got {frames} ({path})")
    with removed_on_failure(path):
        return _encode(path, settings, frames, draw, on_frame)


def _encode(
    path: Path, settings: Settings, frames: int, draw: Draw, on_frame: Callable[[int], None] | None
) -> SegmentFigures:
    # bgr0 has the bytes of BGRA, but its fourth is no alpha: swscale reads it faster, libx264rgb as it is.
    source = av.VideoFrame(settings.width, settings.height, "bgr0")
    view = _pixels(source)
    picture = source
    draw_s = convert_s = encode_s = 0.0
    drawn = 0
    clock = time.perf_counter
    with writing("segment", path):
        codec = ENCODERS[settings.codec]
        container = av.open(
            str(path), "w", format=codec.muxer, container_options={"fflags": "+bitexact", **codec.mux}
        )
    with abandoned_on_failure(container):
        with writing("segment", path):
            stream = _add_stream(container, settings)
        packets = _Packets(stream, codec.reorder)
        converter = YuvConverter(source) if stream.pix_fmt == "yuv420p" else None
        for i in range(frames):
            began = clock()
            changed = draw(i, view)
            draw_s += (after_draw := clock()) - began
            if changed:
                drawn += 1
                if converter is not None:
                    picture = converter.convert(None if changed is True or i == 0 else changed)
            elif i == 0:
                raise EncodeError(f"frame 0 of a segment can't be held, there is none before it ({path})")
            convert_s += (after_convert := clock()) - after_draw
            # A picture type that is left on a frame forces the encoder's choice.
            picture.pict_type = PictureType.NONE
            picture.pts, picture.time_base = i, 1 / settings.fps
            with writing("segment", path):
                for packet in packets(picture):
                    container.mux_one(packet)
            encode_s += clock() - after_convert
            if on_frame is not None:
                on_frame(i)
        began = clock()
        with writing("segment", path):
            for packet in packets(None):
                container.mux_one(packet)
            container.close()
        encode_s += clock() - began
    return SegmentFigures(
        draw_s=draw_s,
        convert_s=convert_s,
        encode_s=encode_s,
        size_bytes=path.stat().st_size,
        drawn=drawn,
        held=frames - drawn,
    )


def _add_stream(container: OutputContainer, settings: Settings) -> VideoStream:
    codec = ENCODERS[settings.codec]
    stream = cast(
        "VideoStream",
        container.add_stream(codec.library, rate=settings.fps, options=encoder_options(settings)),
    )
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = settings.width, settings.height, codec.pix_fmt
    context.time_base = 1 / settings.fps
    context.thread_count = 1
    context.gop_size = codec.gop_frames
    if codec.pix_fmt == "yuv420p":
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    if codec.tag is not None:
        context.codec_tag = codec.tag
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


def _pixels(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    padded = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(frame.height, plane.line_size // 4, 4)
    return padded[:, : frame.width]


def encoder_options(settings: Settings) -> dict[str, str]:
    """Give the options for libavcodec, except those that are fields of its context."""
    codec = ENCODERS[settings.codec]
    options = dict(codec.fixed)
    if codec.library == "libx264" and _misreads_memory(settings.width):
        options["x264-params"] = "asm=avx2"
    if settings.preset is not None:
        if codec.is_vpx:
            options["cpu-used"] = settings.preset
            realtime = int(settings.preset) >= REALTIME_FROM
            options["deadline"] = "realtime" if realtime else "good"
            if realtime:
                options["lag-in-frames"] = "0"
        else:
            options["preset"] = settings.preset
    if settings.crf is not None:
        options["crf"] = f"{settings.crf:g}"
        if codec.is_vpx:
            # With a CRF, libvpx takes the rate as a ceiling. VP9 takes 0 for none; VP8 wants a number,
            # and would spend it if its quantiser could fall below the CRF.
            options |= {"b": "0"} if codec.library == "libvpx-vp9" else {"b": "400M", "qmin": options["crf"]}
    if settings.bit_rate is not None:
        # The rate holds over about two seconds, so that a segment does not spend what the next one needs.
        options |= {
            "b": str(settings.bit_rate),
            "maxrate": str(settings.bit_rate * 3 // 2),
            "bufsize": str(settings.bit_rate * 2),
        }
    for key, value in settings.options:
        options[key] = f"{options[key]}:{value}" if key.endswith("-params") and key in options else value
    return options


def _misreads_memory(width: int) -> bool:
    """Tell whether x264 (core 165) would give other bytes from run to run.

    The AVX-512 code of its macroblock tree reads memory that was never written
    where B-frames meet a width that is no multiple of eight macroblocks (seen
    with MALLOC_PERTURB_; 1920, 1280 and 640 pixels are fine). Its AVX2 code gives
    the same as AVX-512 on cleared memory, and takes 5 to 10 % more time.
    """
    return -(-width // 16) % 8 != 0 and _has_avx512()


@lru_cache(maxsize=1)
def _has_avx512() -> bool:
    # x264 does as it is told, also on processors that lack what it is told to use.
    found = cast("Any", np.show_config(mode="dicts")).get("SIMD Extensions", {}).get("found", ())
    return any(name == "X86_V4" or name.startswith("AVX512") for name in found)
