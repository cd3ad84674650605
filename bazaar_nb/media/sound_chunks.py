"""A film's sound as files that a browser can append one after the other, each there as soon as it is mixed.

One encoder makes all of them: the pieces together are one sound track, without
a seam.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import av.error
from av.audio.stream import AudioStream
from av.packet import Packet

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.codecs import SoundCodec
from bazaar_nb.media.sound_file import SAMPLE_RATE, Samples, check_sound
from bazaar_nb.media.sound_mix import mix_sound
from bazaar_nb.media.sound_track import ENCODER, sound_frame
from bazaar_nb.scene.sound import Sound

CHUNK_S = Fraction(4)
"""How long a piece is, about: packets aren't cut."""

_BIT_RATE = 160_000
_MUXER = {"aac": "mp4", "opus": "webm"}
_MUX = {
    # One fragment a piece: with frag_keyframe it would be one a packet.
    "aac": {"movflags": "empty_moov+default_base_moof", "frag_duration": "60000000"},
    "opus": {"cluster_time_limit": "1000"},
}


@dataclass(frozen=True, slots=True)
class SoundChunk:
    """A piece of a film's sound.

    Attributes
    ----------
    begin_s, end_s : Fraction
        Which part of the film it is heard in. The first may begin before 0: encoders put priming there.
    data : bytes
        A fragmented MP4 or a WebM whose time starts at 0.
    """

    begin_s: Fraction
    end_s: Fraction
    data: bytes


def sound_chunks(
    placements: Sequence[Sound],
    duration_s: Fraction,
    codec: SoundCodec,
    *,
    loudness: float | None = None,
    on_block: Callable[[], None] | None = None,
) -> Iterator[SoundChunk]:
    """Mix a film's sounds and give them piece by piece, in order.

    Parameters
    ----------
    duration_s : Fraction
        Length of the film in seconds.
    loudness, on_block
        As in `mix_sound`.

    Raises
    ------
    AssetError, InvalidValueError
        For a file that can't be used as its placement says, before anything is mixed.
    EncodeError
        If the encoder refuses.
    """
    for placement in placements:
        check_sound(placement)
    # Only its header is ever written: a stream is how an encoder gives its parameters to other files.
    never = av.open(io.BytesIO(), "w", format=_MUXER[codec])
    encoder = cast(AudioStream, never.add_stream(ENCODER[codec], rate=SAMPLE_RATE, layout="stereo"))
    encoder.bit_rate = _BIT_RATE
    never.start_encoding()
    waiting: list[Packet[AudioStream]] = []
    try:
        for packet in _packets(
            encoder, mix_sound(placements, duration_s, loudness=loudness, on_block=on_block)
        ):
            if waiting and _time_s(packet) - _time_s(waiting[0]) >= CHUNK_S:
                yield _chunk(waiting, encoder, codec, _time_s(packet))
                waiting = []
            waiting.append(packet)
        if waiting:
            yield _chunk(waiting, encoder, codec, duration_s)
    except av.error.FFmpegError as error:
        raise EncodeError(f"the sound could not be encoded: {error}") from error


def _packets(encoder: AudioStream, blocks: Iterable[Samples]) -> Iterator[Packet[AudioStream]]:
    samples = 0
    for block in blocks:
        yield from (packet for packet in encoder.encode(sound_frame(block, samples)) if packet.size)
        samples += len(block)
    yield from (packet for packet in encoder.encode(None) if packet.size)


def _time_s(packet: Packet[AudioStream]) -> Fraction:
    return (packet.pts or 0) * Fraction(1, SAMPLE_RATE)


def _chunk(
    packets: list[Packet[AudioStream]], encoder: AudioStream, codec: SoundCodec, end_s: Fraction
) -> SoundChunk:
    begin_s = _time_s(packets[0])
    target = io.BytesIO()
    options = {"fflags": "+bitexact", **_MUX[codec]}
    with av.open(target, "w", format=_MUXER[codec], container_options=options) as container:
        stream = container.add_stream_from_template(encoder)
        start = packets[0].pts or 0
        for packet in packets:
            packet.pts = packet.dts = (packet.pts or 0) - start
            packet.stream = stream
            container.mux_one(packet)
    return SoundChunk(begin_s, end_s, target.getvalue())
