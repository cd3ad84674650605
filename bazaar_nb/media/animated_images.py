"""Segments to an animated WebP or an APNG: one stream of pictures, each shown for as long as nothing changes.

One picture and the one before are in memory, however long the film is. Of the APNG see PNG's third edition
(chunks acTL, fcTL and fdAT).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.animated_webp import WebpWriter
from bazaar_nb.media.metadata import png_texts
from bazaar_nb.media.segment_packets import SegmentPart, segment_frames
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.writing import abandoned_on_failure, removed_on_failure, writing

Picture = NDArray[np.uint8]

_MILLISECOND = Fraction(1, 1000)
WEBP_QUALITIES = {"low": 55, "medium": 75, "high": 90}
"""libwebp's own quality, 0 to 100."""
_PNG_END = 12  # bytes of the chunk IEND


def write_animation(
    segments: Sequence[SegmentPart],
    target: str | Path,
    settings: Settings,
    on_frame: Callable[[int], None] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write an animated WebP or an APNG from lossless segments.

    Frame ``k`` appears at ``k / fps``, in WebP to the nearest millisecond. If
    anything fails the file is removed; whoever wants it to appear whole gives a
    temporary path and renames.

    Parameters
    ----------
    segments : sequence of SegmentPart
        From `encode_segment` with `settings`, in the order of the film.
    target : str or Path
        The file to write.
    settings : Settings
        With format webp or apng.
    on_frame : callable, optional
        Called with each frame's index in the film when it is written.
    metadata : mapping, optional
        What the file says of itself, as `resolve_metadata` gives it; a WebP says nothing.

    Raises
    ------
    DamagedSegmentError
        If a segment can't be read or lacks frames.
    EncodeError
        If there are no segments.
    StoreError
        If the file can't be written.
    """
    target = Path(target)
    if not segments:
        raise EncodeError(f"an animation has at least one segment, got none ({target})")
    with removed_on_failure(target):
        if settings.format == "webp":
            _write_webp(segments, target, settings, on_frame)
        else:
            _write_apng(segments, target, settings, on_frame, metadata or {})


def _write_webp(
    segments: Sequence[SegmentPart],
    target: Path,
    settings: Settings,
    on_frame: Callable[[int], None] | None,
) -> None:
    quality = WEBP_QUALITIES[settings.quality or "medium"]
    end = round(sum(part.frames for part in segments) / settings.fps / _MILLISECOND)
    with ExitStack() as ending:
        with writing("webp", target):
            file = ending.enter_context(target.open("wb"))
            writer = WebpWriter(
                file, settings.width, settings.height, quality=quality, loop=settings.loop or 0
            )
        for index, picture in _changes(segments, settings, on_frame):
            with writing("webp", target):
                writer.add(picture, round(index / settings.fps / _MILLISECOND))
        with writing("webp", target):
            writer.finish(end)
            file.flush()


def _write_apng(
    segments: Sequence[SegmentPart],
    target: Path,
    settings: Settings,
    on_frame: Callable[[int], None] | None,
    metadata: Mapping[str, str],
) -> None:
    total = sum(part.frames for part in segments)
    last, index = 1 / settings.fps, 0
    options = {"fflags": "+bitexact", "plays": str(settings.loop or 0)}
    with writing("apng", target):
        movie = av.open(str(target), "w", format="apng", container_options=options)
    with abandoned_on_failure(movie):
        with writing("apng", target):
            stream = movie.add_stream("apng", rate=settings.fps, options={"pred": "mixed"})
        pix_fmt = "rgba" if settings.alpha else "rgb24"
        stream.width, stream.height, stream.pix_fmt = settings.width, settings.height, pix_fmt
        stream.codec_context.time_base = 1 / settings.fps
        for index, picture in _changes(segments, settings, on_frame):
            channels = [2, 1, 0, 3] if settings.alpha else [2, 1, 0]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[..., channels]), format=pix_fmt)
            frame.pts, frame.time_base = index, 1 / settings.fps
            with writing("apng", target):
                movie.mux(stream.encode(frame))
        with writing("apng", target):
            movie.mux(stream.encode(None))
            movie.close()
    last = (total - index) / settings.fps
    with writing("apng", target):
        _say_last(target, last)
        _append(target, png_texts(metadata))


def _say_last(apng: Path, length: Fraction) -> None:
    """Write into an APNG how long its last picture is shown."""
    length = length.limit_denominator(0xFFFF) if length < 1 else Fraction(round(length * 100), 100)
    with apng.open("r+b") as file:
        place, last = 8, 0
        while len(head := file.read(8) if file.seek(place) else b"") == 8:
            size, name = struct.unpack(">I4s", head)
            if name == b"fcTL":
                last = place
            place += 12 + size
        if not last:  # a film that stands still is a picture
            return
        file.seek(last + 4)
        chunk = bytearray(file.read(4 + 26))
        struct.pack_into(">HH", chunk, 24, min(0xFFFF, length.numerator), length.denominator)
        file.seek(last + 4)
        file.write(bytes(chunk) + zlib.crc32(chunk).to_bytes(4, "big"))


def _append(apng: Path, chunks: bytes) -> None:
    with apng.open("r+b") as file:
        file.seek(-_PNG_END, 2)
        end = file.read(_PNG_END)
        file.seek(-_PNG_END, 2)
        file.write(chunks + end)


def _changes(
    segments: Sequence[SegmentPart], settings: Settings, on_frame: Callable[[int], None] | None
) -> Iterator[tuple[int, Picture]]:
    """Give the pictures that are other than the one before, as BGRA, with their frames' indexes."""
    before: Picture | None = None
    for index, frame in enumerate(segment_frames(segments, settings.fps)):
        picture: Picture = frame.to_ndarray(format="bgra").astype(np.uint8, copy=False)
        if settings.alpha:
            picture[picture[..., 3] == 0] = 0
        if before is None or not np.array_equal(before, picture):
            yield index, picture
            before = picture
        if on_frame is not None:
            on_frame(index)
