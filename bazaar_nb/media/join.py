"""Segments and a sound track to a movie, without encoding anything again.

Times come from counting frames: frame ``k`` of the movie is shown at ``k /
fps``, whatever a segment's container rounded it to, so nothing drifts however
many segments there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import msgspec
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.codecs import CODECS
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.writing import abandoned_on_failure, removed_on_failure, writing


class SegmentPart(msgspec.Struct, frozen=True):
    """A segment of a movie.

    Attributes
    ----------
    path : str
        The local file.
    frames : int
        How many frames it holds.
    """

    path: str
    frames: int


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


def join_movie(
    segments: Sequence[SegmentPart],
    target: str | Path,
    settings: Settings,
    sound: str | Path | None = None,
    on_segment: Callable[[int], None] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Join segments into a movie, with the sound track if there is one.

    The packets are copied: pixels are those of the segments, and memory stays
    flat. An mp4 has its index in front, a webm has cues, so both start to
    play before they are loaded. If anything fails the file is removed;
    whoever wants it to appear whole gives a temporary path and renames.

    Parameters
    ----------
    segments : sequence of SegmentPart
        In the order of the film, all encoded with `settings`.
    target : str or Path
        The file to write.
    settings : Settings
        The movie's; not GIF, see `write_gif`.
    sound : str or Path, optional
        An encoded sound track in the codec that `settings` names.
    on_segment : callable, optional
        Called with a segment's index when it has been written.
    metadata : mapping, optional
        What the file says of itself, as `resolve_metadata` gives it.

    Raises
    ------
    DamagedSegmentError
        If a segment can't be read, lacks frames, or was encoded with other settings.
    EncodeError
        If there are no segments, or the sound track can't be read.
    StoreError
        If the file can't be written.
    """
    target = Path(target)
    if not segments:
        raise EncodeError(f"a movie has at least one segment, got none ({target})")
    if settings.format == "gif":
        raise EncodeError(f"a gif is not joined from packets: use write_gif ({target})")
    with removed_on_failure(target):
        _join(segments, target, settings, sound, on_segment, metadata or {})


def _join(
    segments: Sequence[SegmentPart],
    target: Path,
    settings: Settings,
    sound: str | Path | None,
    on_segment: Callable[[int], None] | None,
    metadata: Mapping[str, str],
) -> None:
    options = {"fflags": "+bitexact"}
    if settings.format == "mp4":
        options["movflags"] = "+faststart"
    with writing("movie", target):
        movie = av.open(str(target), "w", format=settings.format, container_options=options)
    with abandoned_on_failure(movie):
        movie.metadata.update(metadata)
        with _open(segments[0]) as first:
            template = first.streams.video[0]
            with writing("movie", target):
                video = movie.add_stream_from_template(template)
            extradata = template.codec_context.extradata
            delay = template.codec_context.reorder_depth
        tag = CODECS[settings.codec].tag
        if tag is not None:
            video.codec_context.codec_tag = tag
        video.time_base = 1 / settings.fps
        sounds = _sound_packets(movie, sound)
        sounding = next(sounds, None)
        for packet in _video_packets(segments, settings, extradata, delay, on_segment):
            packet.stream = video
            while sounding is not None and _decode_time(sounding) <= _decode_time(packet):
                with writing("movie", target):
                    movie.mux_one(sounding)
                sounding = next(sounds, None)
            with writing("movie", target):
                movie.mux_one(packet)
        while sounding is not None:
            with writing("movie", target):
                movie.mux_one(sounding)
            sounding = next(sounds, None)
        with writing("movie", target):
            movie.close()


def _video_packets(
    segments: Sequence[SegmentPart],
    settings: Settings,
    extradata: bytes | None,
    delay: int,
    on_segment: Callable[[int], None] | None,
) -> Iterator[Packet[VideoStream]]:
    """Give all packets in decoding order, their times counted in frames of the movie.

    Every segment is closed, so the k-th packet of the movie is decoded k
    frames after the first one, and shown `delay` frames later at the earliest.
    """
    start = decoded = 0
    step = 1 / settings.fps
    for number, part in enumerate(segments):
        shown: set[int] = set()
        with _open(part) as container:
            stream = container.streams.video[0]
            if stream.codec_context.extradata != extradata:
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
                index = round(packet.pts * packet.time_base * settings.fps)
                shown.add(index)
                packet.time_base = step
                packet.pts, packet.dts, packet.duration = start + index, decoded - delay, 1
                if packet.dts > packet.pts:
                    raise DamagedSegmentError(
                        f"segment {number} ({part.path}) shows frame {index} before it could be decoded",
                        path=part.path,
                    )
                decoded += 1
                yield packet
        if shown != set(range(part.frames)) or decoded != start + part.frames:
            raise DamagedSegmentError(
                f"segment {number} ({part.path}) should show {part.frames} frames at {settings.fps} fps, "
                f"got {decoded - start} packets for {len(shown)} of them: encode it again",
                path=part.path,
            )
        start += part.frames
        if on_segment is not None:
            on_segment(number)


def _open(part: SegmentPart) -> InputContainer:
    try:
        container = av.open(part.path)
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


def _decode_time(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _sound_packets(movie: OutputContainer, sound: str | Path | None) -> Iterator[Packet[Any]]:
    if sound is None:
        return iter(())
    from bazaar_nb.media.sound_track import add_sound_stream

    return cast("Iterator[Packet[Any]]", iter(add_sound_stream(movie, Path(sound)).packets()))
