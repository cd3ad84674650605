"""Sound files as samples: 48 kHz, stereo, float32, in blocks, each sample at its true time.

What a codec or container puts before the first sample (encoder delay, edit lists) or
behind the last one is not sound and is dropped, as far as the file says how much it is:
mp3 (LAME header), m4a and mp4 (edit list), Ogg and WebM (pre-skip) say it. A bare AAC
stream doesn't, but its first frame is never sound (the transform overlaps with the frame
before it), and that is all that FFmpeg's encoder adds. An mp3 without LAME header
is heard as players play it, some 25 ms late.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import av.error
import msgspec
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from numpy.typing import NDArray

from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.time import Seconds, as_seconds, seconds_to_frames

SAMPLE_RATE = 48_000
"""Samples a second of everything that is mixed."""

Samples = NDArray[np.float32]
"""Shape (samples, 2), left and right, full scale is -1..1."""

_BLOCK = SAMPLE_RATE
_GAP_S = Fraction(15, 1000)
"""A frame this much later than the end of the one before follows a gap (a lost packet, a pause)."""
_MAX_PADDING = 4096
"""What an encoder may add at the end: two frames of the codec with the longest ones."""
_MAX_BAD_PACKETS = 8
"""Tags and cover pictures in the middle of an mp3 are bad packets too: a few are let pass."""
_TRIM_TOLERANCE_S = 0.1
"""Durations in file headers are rounded, and count padding."""
_PREROLL_S = 1
"""How far before a wanted sample decoding starts, so that decoders with a memory settle."""
_MIN_SEEK_S = 10
_SEEKABLE = {"flac", "mov,mp4,m4a,3gp,3g2,mj2", "ogg", "wav"}
"""Containers with exact times after seeking; mp3 and adts estimate, WebM counts milliseconds."""
_UNMEASURED = {"aac", "mp3"}
"""Containers without a duration: it is a guess from the bit rate."""

_MOST_PLACED = 8
"""Up to so many channels (but not three) have usual places where a file doesn't say them."""

_Chunk = tuple[int, Samples]
_TimedFrame = tuple[Fraction | None, AudioFrame]


class SoundInfo(msgspec.Struct, frozen=True):
    """What a sound file holds."""

    duration_s: float
    """Length in seconds; exact but for rounding and padding, at most 0.1 s off."""
    sample_rate: int
    """Samples a second, as stored."""
    channels: int
    """Number of channels, as stored."""


def seconds_to_samples(seconds: Seconds) -> int:
    """Give the sample at 48 kHz that is nearest to a time."""
    return seconds_to_frames(as_seconds(seconds), Fraction(SAMPLE_RATE))


def file_stamp(source: str | Path) -> tuple[int, int]:
    """Give what changes when a file does: its size in bytes, and the ns when it was written."""
    try:
        info = Path(source).stat()
    except OSError:
        return 0, 0
    return info.st_size, info.st_mtime_ns


def probe_sound(source: str | Path, *, where: str | None = None) -> SoundInfo:
    """Look into a sound file without decoding more than its first frame.

    Parameters
    ----------
    source : str or Path
        A file with sound in it.
    where : str, optional
        Who wants to know, for messages; the source itself by default.

    Raises
    ------
    AssetError
        If the file is missing, can't be read, is no sound file or has no sound in it.
    """
    where = where or f"Sound {str(source)!r}"
    with _open_sound(source, where) as (container, stream):
        if next(_timed_frames(container, stream, where), None) is None:
            raise AssetError(f"`source` must have sound in it, got an empty stream ({where})")
        info = stream.codec_context
        rate, channels = info.sample_rate, info.channels
        guessed = container.format.name in _UNMEASURED and not stream.start_time
        duration = None if guessed else _seconds(stream.duration, stream.time_base)
        if duration is None and container.duration is not None and not guessed:
            duration = Fraction(container.duration, av.time_base)
    if duration is None:
        with _open_sound(source, where) as (container, stream):
            ticks = sum(packet.duration or 0 for packet in container.demux(stream))
            duration = ticks * (stream.time_base or Fraction(0))
    return SoundInfo(float(duration), rate, channels)


def check_sound(sound: Sound) -> SoundInfo:
    """Check that a placement's file can be heard as the placement says.

    Raises
    ------
    AssetError
        If the file is missing, can't be read, is no sound file or has no sound in it.
    InvalidValueError
        If the placement's trim is beyond the end of the file.
    """
    info = probe_sound(sound.source, where=sound.label)
    if sound.padded:
        return info
    for name, time in (("trim_start", sound.trim_start), ("trim_end", sound.trim_end or 0.0)):
        late = time >= info.duration_s if name == "trim_start" else time > info.duration_s + _TRIM_TOLERANCE_S
        if late:
            raise InvalidValueError(
                f"`{name}` must be within the file, which lasts {info.duration_s:.6g} s, "
                f"got {time:g} s ({sound.label})"
            )
    return info


def read_sound(
    source: str | Path, first: int = 0, last: int | None = None, *, where: str | None = None
) -> Iterator[Samples]:
    """Decode a sound file to 48 kHz stereo, block by block.

    Mono is given to both channels unchanged, so that it is as loud as when the file is
    played; more than two channels are mixed down by swresample with the weights of ITU-R BS.775: the
    centre and what is beside or behind at -3 dB, no LFE. Channels without places, as a recorder's
    twelve, are averaged in the middle.

    Parameters
    ----------
    source : str or Path
        A file with sound in it.
    first, last : int
        Half-open range of samples at 48 kHz; None is the file's end.
    where : str, optional
        Who wants to know, for messages; the source itself by default.

    Yields
    ------
    ndarray of float32, shape (n, 2)
        Blocks without gaps, none longer than a second. Fewer than ``last - first``
        samples in all if the file ends before that.

    Raises
    ------
    AssetError
        If the file can't be read, or is broken where it is read.
    """
    where = where or f"Sound {str(source)!r}"
    done = first
    for position, samples in _chunks(source, first, where):
        stop = position if last is None else min(position, last)
        while done < stop:
            silence = np.zeros((min(stop - done, _BLOCK), 2), np.float32)
            done += len(silence)
            yield silence
        if last is not None and done >= last:
            return
        end = len(samples) if last is None else last - position
        wanted = samples[max(done - position, 0) : max(end, 0)]
        if len(wanted):
            done += len(wanted)
            yield wanted


@contextmanager
def _open_sound(source: str | Path, where: str) -> Iterator[tuple[InputContainer, AudioStream]]:
    if not os.path.isfile(source):  # noqa: PTH113 - Path.is_file raises for a name that is too long
        raise AssetError(f"`source` must be a sound file, but there is no file {str(source)!r} ({where})")
    try:
        # "file:" keeps FFmpeg from reading a protocol into a name with a colon.
        with av.open(f"file:{source}") as container:
            if not container.streams.audio:
                raise AssetError(
                    f"`source` must have sound in it, got a file without a sound stream ({where})"
                )
            yield container, container.streams.audio[0]
    except av.error.FFmpegError as error:
        raise AssetError(f"`source` must be a readable sound file: {error.strerror} ({where})") from error


def _chunks(source: str | Path, first: int, where: str) -> Iterator[_Chunk]:
    """Give (position, samples) in order; what lies between two chunks is silence."""
    with _open_sound(source, where) as (container, stream):
        frames = _timed_frames(container, stream, where)
        start = next(frames, None)
        if start is None:
            raise AssetError(f"`source` must have sound in it, got an empty stream ({where})")
        time_s, _ = start
        origin = _origin(container, time_s)
        seek_s = Fraction(first, SAMPLE_RATE) - _PREROLL_S
        if seek_s >= _MIN_SEEK_S and container.format.name in _SEEKABLE and stream.time_base:
            container.seek(int((origin + seek_s) / stream.time_base), stream=stream)
            frames = _timed_frames(container, stream, where, primed=True)
        else:
            frames = chain([start], frames)
        chunks = _resampled(frames, origin)
        if container.format.name.startswith("mov") and stream.duration and stream.time_base:
            end_s = (stream.start_time or 0) + stream.duration
            chunks = _without_padding(chunks, seconds_to_samples(end_s * stream.time_base - origin))
        yield from chunks


def _timed_frames(
    container: InputContainer, stream: AudioStream, where: str, *, primed: bool = False
) -> Iterator[_TimedFrame]:
    """Decode; `primed` says that the encoder's delay is already behind."""
    bad = 0
    first_packet_s: Fraction | None = None
    for packet in container.demux(stream):
        if first_packet_s is None:
            first_packet_s = _seconds(packet.pts, packet.time_base)
        try:
            frames = packet.decode()
        except av.error.FFmpegError as error:
            bad += 1
            if bad > _MAX_BAD_PACKETS:
                at = "" if packet.pts is None else f" at {float(packet.pts * packet.time_base):.2f} s"
                raise AssetError(f"`source` is broken{at}: {error.strerror} ({where})") from error
            continue
        for frame in frames:
            time_s = _seconds(frame.pts, frame.time_base)
            if not primed:
                primed = True
                trimmed = time_s is not None and first_packet_s is not None and time_s > first_packet_s
                if stream.codec_context.name.startswith("aac") and not trimmed:
                    continue
            yield time_s, frame


def _seconds(pts: int | None, time_base: Fraction | None) -> Fraction | None:
    return None if pts is None or time_base is None else pts * time_base


def _origin(container: InputContainer, first_s: Fraction | None) -> Fraction:
    """Give the time that counts as 0: that of the first picture, or without pictures of the first sample."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return _seconds(stream.start_time, stream.time_base) or Fraction(0)
    return first_s or Fraction(0)


def _resampled(frames: Iterable[_TimedFrame], origin: Fraction) -> Iterator[_Chunk]:
    """Resample to 48 kHz stereo.

    Frames that follow each other go through one resampler; after a gap, or where the
    format changes, a new run begins at its own time.
    """
    run: _Run | None = None
    for time_s, frame in frames:
        if run is not None and not run.continues(time_s, frame):
            yield from run.chunks(None)
            time_s, run = run.end_s if time_s is None else max(time_s, run.end_s), None
        if run is None:
            run = _Run(frame, (origin if time_s is None else time_s), origin)
        yield from run.chunks(frame)
    if run is not None:
        yield from run.chunks(None)


class _Run:
    """Frames of one format without a gap between them."""

    def __init__(self, frame: AudioFrame, start_s: Fraction, origin: Fraction) -> None:
        self.end_s = start_s
        self._shape = _shape(frame)
        self._position = seconds_to_samples(start_s - origin)
        self._channels = _channels(frame.layout)
        layout = {1: "mono", 2: "stereo"}.get(self._channels, frame.layout)
        self._resampler = AudioResampler("flt", layout, SAMPLE_RATE)

    def continues(self, time_s: Fraction | None, frame: AudioFrame) -> bool:
        return self._shape == _shape(frame) and (time_s is None or time_s - self.end_s < _GAP_S)

    def chunks(self, frame: AudioFrame | None) -> Iterator[_Chunk]:
        """Resample a frame, or with None what the resampler still holds."""
        if frame is not None:
            self.end_s += Fraction(frame.samples, frame.sample_rate)
            frame.pts = None
        for part in self._resampler.resample(frame):
            samples: Samples = np.asarray(part.to_ndarray(), np.float32).reshape(-1, self._channels)
            if self._channels != 2:
                samples = np.repeat(samples.mean(axis=1, keepdims=True, dtype=np.float32), 2, axis=1)
            if not np.isfinite(samples.sum()):  # float files can hold NaN and infinity
                samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
            yield self._position, samples
            self._position += len(samples)


def _channels(layout: AudioLayout) -> int:
    """Give how many channels a sound is resampled with: one, two, or all of those that have no places."""
    count = layout.nb_channels
    name = layout.channels[0].name
    is_unplaced = name.startswith("AMBI") or (name == "NONE" and (count == 3 or count > _MOST_PLACED))
    return count if count == 1 or is_unplaced else 2


def _shape(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _without_padding(chunks: Iterable[_Chunk], end: int) -> Iterator[_Chunk]:
    """Drop what the encoder added at the end to fill its last frame.

    Only that: in a fragmented file the header's duration can be far too short.
    """
    held: deque[_Chunk] = deque()
    for position, samples in chunks:
        held.append((position, samples))
        while position - (held[0][0] + len(held[0][1])) >= _MAX_PADDING:
            yield held.popleft()
    padded = bool(held) and held[-1][0] + len(held[-1][1]) - end <= _MAX_PADDING
    for position, samples in held:
        if position < end or not padded:
            yield position, samples[: end - position] if padded else samples
