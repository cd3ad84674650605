"""The limit: frames that are ready in memory, encoded by PyAV alone.

No drawing, no conversion, no worker, no store: what is left of an export when
everything but the encoder is free. The encoder gets all threads.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.draw.renderer import Renderer

_CHROMA = Interpolation.AREA | Interpolation.FULL_CHR_H_INP  # as the segments have it
Luma = NDArray[np.uint8]
"""The Y plane of a frame, (height, width)."""


@dataclass(frozen=True)
class Encoded:
    """What encoding alone took."""

    seconds: float
    size_bytes: int


def ready_frames(film: bz.Composition) -> list[av.VideoFrame]:
    """Draw all frames of a film, as yuv420p in BT.709, each with memory of its own."""
    renderer = Renderer(film.width, film.height, Path)
    reformatter = VideoReformatter()
    source = av.VideoFrame(film.width, film.height, "bgr0")
    plane = source.planes[0]
    rows = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(film.height, plane.line_size // 4, 4)
    frames = []
    before = None
    for index in range(film.frames):
        tree = film.frame(index)
        if tree != before:
            renderer.draw(tree, rows[:, : film.width])
            before = tree
        frame = reformatter.reformat(
            source, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG,
            dst_color_primaries=ColorPrimaries.BT709, dst_color_trc=ColorTrc.BT709,
            src_color_range=ColorRange.JPEG, interpolation=_CHROMA, threads=1,
        )  # fmt: skip
        frames.append(frame)
    return frames


def encode_alone(
    frames: list[av.VideoFrame], path: Path, fps: Fraction, *, crf: float = 23, preset: str = "medium"
) -> Encoded:
    """Encode ready frames with x264 into an mp4, with all threads and the encoder's own keyframes."""
    began = time.perf_counter()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": preset, "crf": f"{crf:g}"})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = frames[0].width, frames[0].height, "yuv420p"
        context.thread_type, context.thread_count = "AUTO", 0
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        for number, frame in enumerate(frames):
            frame.pts, frame.time_base = number, 1 / fps
            frame.pict_type = PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return Encoded(time.perf_counter() - began, path.stat().st_size)


def luma(frame: av.VideoFrame) -> Luma:
    """Give the Y plane of a yuv420p frame."""
    plane = frame.planes[0]
    rows = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(frame.height, plane.line_size)
    return rows[:, : frame.width]


def decoded_frames(path: Path) -> Iterator[av.VideoFrame]:
    """Give the frames of a movie as a player sees them."""
    with av.open(str(path)) as container:
        yield from container.decode(video=0)
