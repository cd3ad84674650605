"""The packets of segments in a row, with the times that they have in the movie.

Times come from counting frames: frame ``k`` of the movie is shown at ``k /
fps``, whatever a segment's container rounded it to, so nothing drifts however
many segments there are. Whatever is wrong with a segment's file is found here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import IO

import av
import msgspec
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from bazaar_nb.errors import EncodeError


class SegmentPart(msgspec.Struct, frozen=True):
    """A segment of a movie.

    Attributes
    ----------
    path : str
        The local file.
    frames : int
        How many frames it holds.
    file : file object or None
        What to read instead of the file at `path`: only its index is good for something.
    """

    path: str
    frames: int
    file: IO[bytes] | None = None


class DamagedSegmentError(EncodeError):
    """A segment's file is not what it should be: it has to be encoded again.

    Attributes
    ----------
    path : str
        The file.
    """

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path


def segment_frames(segments: Sequence[SegmentPart], fps: Fraction) -> Iterator[av.VideoFrame]:
    """Give the frames of segments, one after the other, their times counted from the film's start.

    Raises
    ------
    DamagedSegmentError
        If a segment can't be read or lacks frames.
    """
    index = 0
    for number, part in enumerate(segments):
        first = index
        try:
            with av.open(part.path) as container:
                for frame in container.decode(video=0):
                    frame.pts, frame.time_base = index, 1 / fps
                    index += 1
                    yield frame
        except (av.FFmpegError, FileNotFoundError) as error:
            raise DamagedSegmentError(
                f"could not read segment {number} ({part.path}): {error}", path=part.path
            ) from error
        if index - first != part.frames:
            raise DamagedSegmentError(
                f"segment {number} ({part.path}) should hold {part.frames} frames, got {index - first}: "
                "encode it again",
                path=part.path,
            )


class SegmentPackets:
    """Gives the packets of one segment after the other, in decoding order.

    Every segment is closed, so the k-th packet of the movie is decoded k
    frames after the first one, and shown the reordering's depth later at the
    earliest.

    Parameters
    ----------
    fps : Fraction
        The movie's frame rate.
    """

    def __init__(self, fps: Fraction) -> None:
        self._fps = fps
        self._segments = 0
        self._frames = 0
        self._extradata: bytes | None = None
        self._delay = 0

    def begin(self, part: SegmentPart) -> InputContainer:
        """Open the first segment, as what the movie's stream is like; the others must be like it."""
        container = open_segment(part)
        context = container.streams.video[0].codec_context
        self._extradata, self._delay = context.extradata, context.reorder_depth
        return container

    def packets(self, part: SegmentPart) -> Iterator[Packet[VideoStream]]:
        """Give the packets of the next segment.

        Raises
        ------
        DamagedSegmentError
            If it can't be read, lacks frames, or was encoded with other settings than the first.
        """
        number, start, decoded = self._segments, self._frames, self._frames
        shown: set[int] = set()
        with open_segment(part) as container:
            stream = container.streams.video[0]
            if stream.codec_context.extradata != self._extradata:
                raise DamagedSegmentError(
                    f"segment {number} ({part.path}) was encoded with other settings than the first: "
                    "its decoder configuration differs, encode it again",
                    path=part.path,
                )
            for packet in _demux(container, stream, part):
                if packet.pts is None:
                    raise DamagedSegmentError(
                        f"segment {number} ({part.path}) has a packet without a time", path=part.path
                    )
                index = round(packet.pts * packet.time_base * self._fps)
                shown.add(index)
                packet.time_base = 1 / self._fps
                packet.pts, packet.dts, packet.duration = start + index, decoded - self._delay, 1
                if packet.dts > packet.pts:
                    raise DamagedSegmentError(
                        f"segment {number} ({part.path}) shows frame {index} before it could be decoded",
                        path=part.path,
                    )
                decoded += 1
                yield packet
        if shown != set(range(part.frames)) or decoded != start + part.frames:
            raise DamagedSegmentError(
                f"segment {number} ({part.path}) should show {part.frames} frames at {self._fps} fps, "
                f"got {decoded - start} packets for {len(shown)} of them: encode it again",
                path=part.path,
            )
        self._segments += 1
        self._frames += part.frames


def open_segment(part: SegmentPart) -> InputContainer:
    """Open a segment's file.

    Raises
    ------
    DamagedSegmentError
        If it can't be read, or holds no video.
    """
    try:
        if part.file is not None:
            part.file.seek(0)
        # Without parsers: they would look for keyframes in the pictures, not in the index.
        options = {} if part.file is None else {"fflags": "+noparse+nofillin"}
        container = av.open(part.file or part.path, "r", container_options=options)
        if not container.streams.video:
            raise DamagedSegmentError(f"the segment {part.path} holds no video", path=part.path)
    except (av.FFmpegError, OSError) as error:
        raise DamagedSegmentError(
            f"could not read the segment {part.path}: {error}", path=part.path
        ) from error
    return container


def _demux(
    container: InputContainer, stream: VideoStream, part: SegmentPart
) -> Iterator[Packet[VideoStream]]:
    try:
        for packet in container.demux(stream):
            if packet.size:
                yield packet
    except av.FFmpegError as error:
        raise DamagedSegmentError(
            f"could not read the segment {part.path}: {error}", path=part.path
        ) from error
