"""Segments and a sound track to a movie, without encoding anything again: packets are copied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.codecs import CODECS, FORMATS
from bazaar_nb.media.packet_spool import ComingSound
from bazaar_nb.media.segment_packets import SegmentPackets, SegmentPart
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.writing import abandoned_on_failure, removed_on_failure, writing


def join_movie(
    segments: Iterable[SegmentPart],
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
    segments : iterable of SegmentPart
        In the order of the film, all encoded with `settings`; each is read before the next is asked for.
    target : str or Path
        The file to write.
    settings : Settings
        The movie's; no animated image's, see `write_gif` and `write_animation`, and no sequence's.
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
    with removed_on_failure(target):
        options = {"movflags": "+faststart"} if FORMATS[settings.format].is_mp4_like else {}
        muxer = MovieMuxer(str(target), target, settings, sound, metadata or {}, options)
        with abandoned_on_failure(muxer.container):
            for number, part in enumerate(segments):
                muxer.add(part)
                if on_segment is not None:
                    on_segment(number)
            muxer.finish()


class MovieMuxer:
    """Copies packets of segments and of a sound track into a movie, in the order of their times.

    Parameters
    ----------
    target : str or file object
        Where the movie goes.
    name : Path
        What it is called in messages.
    options : mapping
        Of the container's muxer.
    """

    def __init__(
        self,
        target: Any,
        name: Path,
        settings: Settings,
        sound: str | Path | ComingSound | None,
        metadata: Mapping[str, str],
        options: Mapping[str, str],
    ) -> None:
        if settings.is_image or settings.is_sequence:
            raise EncodeError(f"a {settings.format} is no movie with a stream of packets ({name})")
        self._name = name
        self._settings = settings
        self._sound = sound
        self._sounds: Iterator[Packet[Any]] = iter(())
        self._sounding: Packet[Any] | None = None
        self._video: VideoStream | None = None
        self._segments = SegmentPackets(settings.fps)
        with writing("movie", name):
            self.container: OutputContainer = av.open(
                target, "w", format=settings.format, container_options={"fflags": "+bitexact", **options}
            )
        self.container.metadata.update(metadata)

    def add(self, part: SegmentPart) -> None:
        """Write the next segment.

        Raises
        ------
        DamagedSegmentError
            If it can't be read, lacks frames, or was encoded with other settings than the first.
        """
        video = self._video or self._begin(part)
        for packet in self._segments.packets(part):
            packet.stream = video
            while self._sounding is not None and _decode_time(self._sounding) <= _decode_time(packet):
                self._write(self._sounding)
                self._sounding = next(self._sounds, None)
            self._write(packet)

    def finish(self) -> None:
        """Write the rest of the sound, and the container's end."""
        if self._video is None:
            raise EncodeError(f"a movie has at least one segment, got none ({self._name})")
        while self._sounding is not None:
            self._write(self._sounding)
            self._sounding = next(self._sounds, None)
        with writing("movie", self._name):
            self.container.close()

    def _begin(self, part: SegmentPart) -> VideoStream:
        with self._segments.begin(part) as first, writing("movie", self._name):
            # Opaque: a codec's decoder may have another name than its encoder.
            video = self.container.add_stream_from_template(first.streams.video[0], opaque=True)
            if self._settings.codec == "prores":  # its profile
                video.codec_context.codec_tag = first.streams.video[0].codec_context.codec_tag
        tag = CODECS[self._settings.codec].tag
        if tag is not None:
            video.codec_context.codec_tag = tag
        if self._settings.alpha and self._settings.format == "webm":
            video.metadata["alpha_mode"] = "1"  # the alpha itself is in the packets' side data
        video.time_base = 1 / self._settings.fps
        self._video = video
        self._sounds = _sound_packets(self.container, self._sound)
        self._sounding = next(self._sounds, None)
        return video

    def _write(self, packet: Packet[Any]) -> None:
        with writing("movie", self._name):
            self.container.mux_one(packet)


def _decode_time(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _sound_packets(movie: OutputContainer, sound: str | Path | ComingSound | None) -> Iterator[Packet[Any]]:
    if sound is None:
        return iter(())
    if isinstance(sound, ComingSound):
        return sound.packets(movie)
    from bazaar_nb.media.sound_track import add_sound_stream

    return cast("Iterator[Packet[Any]]", iter(add_sound_stream(movie, Path(sound)).packets()))
