"""Packets of a sound track that is still being encoded, for a movie that is joined meanwhile.

Whoever joins gets the packets that the track's file will hold, with the same
times. They wait in a file without a name: a long film's are hundreds of
thousands, and its segments come later than its sound.
"""

from __future__ import annotations

import io
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import IO, NamedTuple, cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.sound_file import SAMPLE_RATE

_RECORD = struct.Struct("<qqI")
"""Time and duration in samples, size in bytes."""
_READ_BYTES = 2**16
_LOOK_S = 0.1
_LONG = 2**22
"""Samples that the head's only packet lasts: its bit rate is below any track's, of which an mp4 names one."""


class PacketSpool:
    """Takes packets from an encoder in one thread, and gives them in others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._file: IO[bytes] | None = None
        self._head = b""
        self._size = 0
        self._ended = False
        self._failed = False
        self._marked: dict[int, Packet[AudioStream]] = {}

    @property
    def has_begun(self) -> bool:
        """Whether a movie can be begun with what is here."""
        return bool(self._head)

    def open(self, folder: Path) -> None:
        """Have a file for what comes, on the disk of this folder."""
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (`close` ends it)

    def put(self, stream: AudioStream, muxer: str, packets: list[Packet[AudioStream]]) -> None:
        """Add packets; they have been muxed.

        Parameters
        ----------
        stream : av.AudioStream
            Of the track's container.
        muxer : str
            The name of the track's format.
        """
        if self._file is None or not packets:
            return
        head = self._head or _head(stream, muxer, packets[0])
        block = bytearray()
        marked = {}
        for packet in packets:
            if any(True for _ in packet.iter_sidedata()):  # the last: how much of it is not heard
                marked[packet.pts or 0] = packet
            data = bytes(packet)
            block += _RECORD.pack(packet.pts, packet.duration, len(data)) + data
        with self._changed:
            self._file.seek(self._size)
            self._file.write(block)
            self._marked |= marked
            self._size += len(block)
            self._head = head
            self._changed.notify_all()

    def end(self, *, failed: bool = False) -> None:
        """Say that no more come."""
        with self._changed:
            self._ended, self._failed = True, failed
            self._changed.notify_all()

    def close(self) -> None:
        """Give the file up; nobody reads any more."""
        if self._file is not None:
            self._file.close()

    def _read(self, at: int, look: Callable[[], None]) -> bytes:
        """Give some of what is there from a place on, b"" at the end."""
        while True:
            look()
            with self._changed:
                if self._failed or self._file is None:
                    raise EncodeError("the sound track could not be made")
                if at < self._size:
                    self._file.seek(at)
                    return self._file.read(min(_READ_BYTES, self._size - at))
                if self._ended:
                    return b""
                self._changed.wait(_LOOK_S)


class ComingSound(NamedTuple):
    """What a movie takes its sound from while that is being encoded.

    Attributes
    ----------
    spool : PacketSpool
        It has begun.
    look : function
        Called often while packets are waited for; raises to stop.
    """

    spool: PacketSpool
    look: Callable[[], None]

    def packets(self, movie: OutputContainer) -> Iterator[Packet[AudioStream]]:
        """Add a stream to a movie, and give its packets as they come, like `SoundStream.packets`.

        Raises
        ------
        EncodeError
            If encoding the track fails.
        """
        with av.open(io.BytesIO(self.spool._head)) as head:
            stream = movie.add_stream_from_template(head.streams.audio[0])
            time_base = head.streams.audio[0].time_base or Fraction(1, SAMPLE_RATE)
        return self._packets(stream, time_base)

    def _packets(self, stream: AudioStream, time_base: Fraction) -> Iterator[Packet[AudioStream]]:
        at, rest = 0, b""
        while data := self.spool._read(at, self.look):
            at += len(data)
            rest += data
            begin = 0
            while begin + _RECORD.size <= len(rest):
                time, duration, size = _RECORD.unpack_from(rest, begin)
                stop = begin + _RECORD.size + size
                if stop > len(rest):
                    break
                packet = cast("Packet[AudioStream]", Packet(rest[begin + _RECORD.size : stop]))
                packet.pts = packet.dts = time
                packet.duration, packet.time_base = duration, time_base
                packet.is_keyframe = True
                if time in self.spool._marked:
                    for mark in self.spool._marked[time].iter_sidedata():
                        packet.set_sidedata(mark)
                packet.stream = stream
                yield packet
                begin = stop
            rest = rest[begin:]


def _head(stream: AudioStream, muxer: str, first: Packet[AudioStream]) -> bytes:
    """Give a small track that says of its stream what the whole one will say."""
    made = io.BytesIO()
    with closing(av.open(made, "w", format=muxer, container_options={"fflags": "+bitexact"})) as container:
        packet = Packet(bytes(first))
        packet.pts, packet.dts, packet.duration = first.pts, first.dts, _LONG
        packet.time_base = first.time_base
        packet.is_keyframe = True
        packet.stream = container.add_stream_from_template(stream)
        container.mux_one(packet)
    return made.getvalue()
