"""The sound track: mixed once, encoded once, then copied packet by packet into the movie.

A track is a file of its own, so that it can be cached and played. Encoders put priming
samples before the first one; the track says how many (an edit list in m4a, the pre-skip
in Ogg), and the packets' negative times carry it into an mp4 (edit list) or a WebM
(CodecDelay), so that players start at the film's first sample.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import cast

import av
import av.error
import msgspec
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from bazaar_nb.errors import AssetError, EncodeError, InvalidValueError, SettingsError
from bazaar_nb.media.codecs import SoundCodec
from bazaar_nb.media.packet_spool import PacketSpool
from bazaar_nb.media.sound_file import SAMPLE_RATE, Samples, check_sound
from bazaar_nb.media.sound_mix import mix_sound
from bazaar_nb.scene.sound import Sound

DEFAULT_BIT_RATE = 192_000
"""Bits a second for both channels together."""

TRACK_SUFFIX: Mapping[SoundCodec, str] = {"aac": ".m4a", "opus": ".ogg", "pcm": ".wav", "mp3": ".mp3"}
"""Codec to the suffix of its track file. Ogg, unlike WebM, counts in samples."""

ENCODER: Mapping[SoundCodec, str] = {"aac": "aac", "opus": "libopus", "pcm": "pcm_s16le", "mp3": "libmp3lame"}
"""The encoders' names in libavcodec."""
_MUXER: Mapping[SoundCodec, str] = {"aac": "ipod", "opus": "ogg", "pcm": "wav", "mp3": "mp3"}
_MIN_BIT_RATE, _MAX_BIT_RATE = 32_000, 510_000
_LENGTH_TOLERANCE_S = Fraction(1, 10)  # the priming and the last packet's padding
_MIX_VERSION = 1
"""Part of the key: raise it when the same placements are mixed to another signal."""


class TrackFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What making a sound track took and gave."""

    samples: int
    """Length at 48 kHz."""
    size_bytes: int
    mix_s: float
    """Wall time of decoding and mixing, in seconds."""
    encode_s: float
    """Wall time of encoding and writing, in seconds."""
    peak: float
    """Highest sample before encoding, 0..1."""


def encode_track(
    placements: Sequence[Sound],
    duration_s: Fraction,
    target: Path,
    codec: SoundCodec,
    bit_rate: int = DEFAULT_BIT_RATE,
    *,
    begin_s: Fraction = Fraction(0),
    end_s: Fraction | None = None,
    loudness: float | None = None,
    on_block: Callable[[], None] | None = None,
    spool: PacketSpool | None = None,
    tags: Mapping[str, str] | None = None,
) -> TrackFigures:
    """Mix a film's sounds and write them as a playable file.

    The same placements give the same bytes.

    Parameters
    ----------
    placements : sequence of Sound
        What is heard; without any the track is silent.
    duration_s : Fraction
        Length of the film in seconds.
    target : Path
        The file to write, of any name; it is overwritten, and gone if this raises.
    codec : {"aac", "opus", "pcm", "mp3"}
        ``aac`` writes an m4a, ``opus`` an Ogg file, ``pcm`` a WAV with 16 bits.
    bit_rate : int
        Bits a second, 32 000 to 510 000.
    begin_s, end_s : Fraction
        Half-open part of the film, as in `mix_sound`.
    loudness : float, optional
        Of the whole film in LUFS, as in `mix_sound`.
    on_block : callable, optional
        Called before each block of the mix is encoded; what it raises passes through.
    spool : PacketSpool, optional
        Gets the packets, too.
    tags : mapping, optional
        What the file says of itself, as `resolve_metadata` gives it, where it is for people.

    Raises
    ------
    SettingsError
        For an unknown codec or a bit rate out of range.
    AssetError, InvalidValueError
        For a file that can't be used as its placement says, before anything is written.
    EncodeError
        If the track can't be written.
    """
    _check_settings(codec, bit_rate)
    for placement in placements:
        check_sound(placement)
    blocks = mix_sound(
        placements, duration_s, begin_s=begin_s, end_s=end_s, loudness=loudness, on_block=on_block
    )
    started = time.perf_counter()
    try:
        samples, peak, mix_s = _write(blocks, target, codec, bit_rate, on_block, spool, tags)
        size_bytes = target.stat().st_size
    except BaseException as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError | av.error.FFmpegError) and not isinstance(error, AssetError):
            raise EncodeError(f"the sound track could not be written to {str(target)!r}: {error}") from error
        raise
    encode_s = time.perf_counter() - started - mix_s
    return TrackFigures(samples=samples, size_bytes=size_bytes, mix_s=mix_s, encode_s=encode_s, peak=peak)


class SoundStream:
    """A sound track's stream in a movie that is being written.

    Attributes
    ----------
    stream : av.AudioStream
        The stream of the movie's container.
    """

    def __init__(self, stream: AudioStream, track: Path) -> None:
        self.stream = stream
        self._track = track

    def packets(self) -> Iterator[Packet[AudioStream]]:
        """Give the track's packets in the order of time, ready for the container's ``mux``.

        The first has a negative time, ``-priming``: it must reach the muxer as it is.
        Read a packet's time as ``packet.dts * packet.time_base``, in seconds.
        """
        with _open_track(self._track) as container:
            for packet in container.demux(container.streams.audio[0]):
                if packet.size:
                    packet.stream = self.stream
                    yield packet


def add_sound_stream(container: OutputContainer, track: Path) -> SoundStream:
    """Add a track's stream to a movie; call it before the movie's first packet is muxed.

    Parameters
    ----------
    container : av.container.OutputContainer
        An mp4 (for an ``aac`` track) or a WebM (``opus``), open for writing.
    track : Path
        A file that `encode_track` wrote.

    Raises
    ------
    EncodeError
        If the track can't be read.
    """
    with _open_track(track) as source:
        stream = container.add_stream_from_template(source.streams.audio[0])
    return SoundStream(stream, track)


def is_whole_track(track: Path, duration_s: Fraction) -> bool:
    """Tell whether a file is a sound track of this length in seconds, and not a damaged one."""
    try:
        with av.open(f"file:{track}") as container:
            stream = container.streams.audio[0]
            length = (stream.duration or 0) * (stream.time_base or Fraction(0))
    except (OSError, IndexError, av.error.FFmpegError):
        return False
    return abs(length - duration_s) < _LENGTH_TOLERANCE_S


def sound_key(
    placements: Sequence[Sound],
    digests: Mapping[str, str],
    duration_s: Fraction,
    codec: SoundCodec,
    bit_rate: int = DEFAULT_BIT_RATE,
    *,
    begin_s: Fraction = Fraction(0),
    end_s: Fraction | None = None,
    loudness: float | None = None,
    tags: Mapping[str, str] | None = None,
) -> str:
    """Name a track by what is heard in it: 40 hexadecimal digits, the same on every machine.

    Parameters
    ----------
    placements : sequence of Sound
        What is heard.
    digests : mapping of str to str
        `Sound.source` to the digest of the file's content; names of files don't count.
    duration_s, codec, bit_rate, begin_s, end_s, loudness, tags
        As in `encode_track`.

    Raises
    ------
    InvalidValueError
        If a digest is missing.
    """
    heard = []
    for placement in placements:
        if placement.source not in digests:
            raise InvalidValueError(f"`digests` must have every file, got none for {placement.label}")
        heard.append(msgspec.structs.replace(placement, source=digests[placement.source]))
    times = [
        str(Fraction(time_s)) for time_s in (duration_s, begin_s, duration_s if end_s is None else end_s)
    ]
    said: list[object] = [_MIX_VERSION, codec, bit_rate, times, heard]
    if loudness is not None:
        said.append(loudness)
    if tags is not None:
        said.append(sorted(tags.items()))
    data = msgspec.json.encode(said)
    return blake2b(data, digest_size=20).hexdigest()


def _check_settings(codec: str, bit_rate: int) -> None:
    if codec not in ENCODER:
        raise SettingsError(f"`codec` of a sound track must be one of {', '.join(ENCODER)}, got {codec!r}")
    if not isinstance(bit_rate, int) or not _MIN_BIT_RATE <= bit_rate <= _MAX_BIT_RATE:
        raise SettingsError(
            f"`bit_rate` of a sound track must be an int from {_MIN_BIT_RATE} to {_MAX_BIT_RATE}, "
            f"got {bit_rate!r}"
        )


def _write(
    blocks: Iterator[Samples],
    target: Path,
    codec: SoundCodec,
    bit_rate: int,
    on_block: Callable[[], None] | None,
    spool: PacketSpool | None,
    tags: Mapping[str, str] | None,
) -> tuple[int, float, float]:
    """Give the number of samples, the peak, and the seconds that the mix took."""
    samples, peak, mix_s = 0, 0.0, 0.0
    # "bitexact" leaves out what differs from run to run, as Ogg's serial number.
    options = {"fflags": "+bitexact"}
    if tags is not None and codec == "aac":
        options["movflags"] = "+faststart"
    with av.open(f"file:{target}", "w", format=_MUXER[codec], container_options=options) as container:
        stream = cast(AudioStream, container.add_stream(ENCODER[codec], rate=SAMPLE_RATE, layout="stereo"))
        stream.bit_rate = bit_rate
        container.metadata.update(tags or {})

        def encode(frame: AudioFrame | None) -> None:
            packets = stream.encode(frame)
            container.mux(packets)
            if spool is not None:
                spool.put(stream, _MUXER[codec], packets)

        while True:
            started = time.perf_counter()
            block = next(blocks, None)
            mix_s += time.perf_counter() - started
            if block is None:
                break
            if on_block is not None:
                on_block()
            encode(sound_frame(block, samples))
            samples += len(block)
            peak = max(peak, float(np.abs(block).max()))
        encode(None)
    return samples, peak, mix_s


def sound_frame(block: Samples, position: int) -> AudioFrame:
    """Give mixed samples as a frame for an encoder; `position` is that of the first in the film."""
    packed = np.ascontiguousarray(block).reshape(1, -1)
    frame = AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
    frame.sample_rate = SAMPLE_RATE
    frame.pts = position
    frame.time_base = Fraction(1, SAMPLE_RATE)
    return frame


def _open_track(track: Path) -> av.container.InputContainer:
    try:
        return av.open(f"file:{track}")
    except (OSError, av.error.FFmpegError) as error:
        raise EncodeError(f"the sound track {str(track)!r} could not be read: {error}") from error
