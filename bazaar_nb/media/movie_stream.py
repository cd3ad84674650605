"""A movie as a stream: what comes after its front leaves while segments are still being added.

The bytes are those of `bazaar_nb.media.join.join_movie`. A movie's front can be
written only when all is known: an mp4's index says how large each frame is, a
webm's head how long it lasts. Whoever puts a file together of parts, in any
order, sends the rest as it comes, and the front at last.

Of an mp4 without sound the rest is the segments' own pictures, one after the
other, without anything between them: then the pictures need not even be read,
see `is_plain`.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

import av

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.codecs import FORMATS
from bazaar_nb.media.join import MovieMuxer
from bazaar_nb.media.packet_spool import ComingSound
from bazaar_nb.media.segment_packets import DamagedSegmentError, SegmentPart
from bazaar_nb.media.settings import Settings

_FRONT_BYTES = 2**16
"""What a webm's muxer may write over when it ends: its head is smaller."""
_LARGEST_OFFSET = 2**32 - 1
_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")


def can_stream(settings: Settings) -> bool:
    """Tell whether a movie can be a stream; animated images are known after their last frame only."""
    return not (settings.is_image or settings.is_sequence)


def is_plain(settings: Settings, sound: bool) -> bool:
    """Tell whether a movie's rest is its segments' pictures and nothing else."""
    return FORMATS[settings.format].is_mp4_like and not sound


class MovieStream:
    """Joins segments into a movie whose front comes last.

    Parameters
    ----------
    settings : Settings
        The movie's; not GIF.
    sound : Path or ComingSound, optional
        An encoded sound track, or one that is being encoded: then `add` waits for its packets.
    metadata : mapping, optional
        What the file says of itself.
    pictures : bool
        False if the pictures come from elsewhere, which only goes where `is_plain` says so: `take`
        gives nothing, and segments after the first may be hollow, see `open_hollow`.
    name : str
        What the movie is called in messages.
    """

    def __init__(
        self,
        settings: Settings,
        sound: Path | ComingSound | None = None,
        metadata: Mapping[str, str] | None = None,
        *,
        pictures: bool = True,
        name: str = "movie",
    ) -> None:
        self._settings = settings
        self._sink = _Sink(pictures)
        self._muxer = MovieMuxer(self._sink, Path(name), settings, sound, metadata or {}, {})
        self.size_bytes = 0
        """How much has come so far, without the front of an mp4."""

    def add(self, part: SegmentPart) -> None:
        """Add the next segment.

        Raises
        ------
        DamagedSegmentError
            If it can't be read, lacks frames, or was encoded with other settings than the first.
        """
        self._muxer.add(part)
        self.size_bytes = self._sink.end

    def take(self) -> bytes:
        """Give what has come since the last time, after the front."""
        return self._sink.take()

    def finish(self) -> tuple[bytes, bytes]:
        """End the movie.

        Returns
        -------
        front, rest : bytes
            What comes before all that `take` gave, and what comes after it.
        """
        sink = self._sink
        sink.keeps = True
        self._muxer.finish()
        if sink.fault:
            raise EncodeError(sink.fault)
        rest = sink.take()
        if not FORMATS[self._settings.format].is_mp4_like:
            return bytes(sink.front), rest
        front, index_at = _front_of_mp4(bytes(sink.front), sink.end)
        index = rest[len(rest) - (sink.end - index_at) :]
        rest = rest[: len(rest) - len(index)] if self._sink.pictures else b""
        return with_index(front, index), rest

    def abandon(self) -> None:
        """Give up a movie that was not finished."""
        with suppress(av.FFmpegError, OSError, ValueError):
            self._muxer.container.close()


class _Sink(io.RawIOBase):
    """What libav writes to: keeps the front, which is written over at the end, and hands on the rest."""

    def __init__(self, pictures: bool) -> None:
        self.front = bytearray()
        self.pictures = pictures
        self.keeps = pictures
        self.end = 0
        self.fault = ""
        self._front_bytes = _FRONT_BYTES
        self._rest = bytearray()
        self._at = 0

    def take(self) -> bytes:
        rest = bytes(self._rest)
        self._rest.clear()
        return rest

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.end}[whence]
        return self._at

    def write(self, data: bytes) -> int:  # type: ignore[override]
        begin, stop = self._at, self._at + len(data)
        kept_from = self.end - len(self._rest)
        if begin == self.end:
            self._append(data)
        elif stop <= len(self.front):
            self.front[begin:stop] = data
        elif begin >= kept_from and stop <= self.end:
            # A large index: its boxes' sizes are known when they are whole.
            self._rest[begin - kept_from : stop - kept_from] = data
        else:
            self.fault = f"the container's end is written over byte {begin}, which has left already"
        self._at = stop
        self.end = max(self.end, stop)
        return len(data)

    def _append(self, data: bytes) -> None:
        if self.end == len(self.front) < self._front_bytes:
            room = self._front_bytes - len(self.front)
            if self.end == 0 and data[4:8] == b"ftyp":
                # Of an mp4 it ends where the pictures begin: nothing after that is ever written over.
                room = self._front_bytes = _pictures_at(data)
            self.front += data[:room]
            data = data[room:]
        if self.keeps:
            self._rest += data


def _pictures_at(head: bytes) -> int:
    return next(at + 8 for at, kind, _ in _boxes(head) if kind == b"mdat")


def _boxes(data: bytes, begin: int = 0, stop: int | None = None) -> Iterator[tuple[int, bytes, int]]:
    """Give where the boxes of an mp4 begin, their kinds, and their sizes with their heads."""
    at, stop = begin, len(data) if stop is None else stop
    while at + 8 <= stop:
        size, kind = struct.unpack_from(">I4s", data, at)
        if size == 1:
            size = struct.unpack_from(">Q", data, at + 8)[0]
        yield at, kind, size
        at += max(8, size)


def _front_of_mp4(front: bytes, end: int) -> tuple[bytes, int]:
    """Give the front without an index, and where the index begins in a file that has it at its end."""
    at, _, size = next(box for box in _boxes(front) if box[1] == b"mdat")
    if at + size > end:
        raise EncodeError(f"the movie's pictures end at byte {at + size}, but it has {end} only")
    return front, at + size


def with_index(front: bytes, index: bytes) -> bytes:
    """Put an mp4's index behind its first box, and have it say where things are then."""
    shift = len(index)
    moved = _moved(index, shift)
    while len(moved) != shift:  # places beyond 4 GiB take more room, which moves all once more
        shift = len(moved)
        moved = _moved(index, shift)
    _, _, first = next(_boxes(front))
    return front[:first] + moved + front[first:]


def _moved(index: bytes, shift: int) -> bytes:
    """Give boxes with all chunks' places raised."""
    import numpy as np

    made = bytearray()
    for at, kind, size in _boxes(index):
        body = index[at + 8 : at + size]
        if kind in _CONTAINERS:
            body = _moved(body, shift)
        elif kind in (b"stco", b"co64"):
            wide = kind == b"co64"
            places = np.frombuffer(body, ">u8" if wide else ">u4", offset=8).astype(np.uint64) + shift
            if len(places) and int(places.max()) > _LARGEST_OFFSET:
                wide = True
            kind = b"co64" if wide else b"stco"
            body = body[:8] + places.astype(">u8" if wide else ">u4").tobytes()
        made += struct.pack(">I4s", 8 + len(body), kind) + body
    return bytes(made)


def picture_range(head: bytes, size_bytes: int, path: str) -> tuple[int, int]:
    """Give the half-open range of bytes that holds all pictures of an mp4 segment.

    Parameters
    ----------
    head : bytes
        The first bytes of the file; 64 are enough.
    size_bytes : int
        Of the whole file.
    path : str
        For messages.

    Raises
    ------
    DamagedSegmentError
        If it isn't a segment.
    """
    for at, kind, size in _boxes(head):
        if kind == b"mdat" and at + size <= size_bytes:
            begin = at + (16 if struct.unpack_from(">I", head, at)[0] == 1 else 8)
            return begin, at + size
    raise DamagedSegmentError(f"the segment {path} has no pictures where they should be", path=path)


class HollowFile(io.RawIOBase):
    """A file of which only the beginning and the end are here; in between it reads as zeros.

    Parameters
    ----------
    head, tail : bytes
    size_bytes : int
        Of the whole file.
    """

    def __init__(self, head: bytes, tail: bytes, size_bytes: int) -> None:
        self._head = head
        self._tail = tail
        self._tail_at = size_bytes - len(tail)
        self._size = size_bytes
        self._at = 0

    def readable(self) -> bool:
        """Give True."""
        return True

    def seekable(self) -> bool:
        """Give True."""
        return True

    def tell(self) -> int:
        """Give the place that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, up to the next border between what is here and what isn't."""
        borders = (len(self._head), self._tail_at, self._size)
        stop = next((border for border in borders if border > self._at), self._at)
        if size >= 0:
            stop = min(stop, self._at + size)
        begin, self._at = self._at, stop
        if begin < len(self._head):
            return self._head[begin:stop]
        if begin >= self._tail_at:
            return self._tail[begin - self._tail_at : stop - self._tail_at]
        return bytes(stop - begin)


def open_hollow(head: bytes, tail: bytes, size_bytes: int) -> IO[bytes]:
    """Give a segment's file without its pictures."""
    return HollowFile(head, tail, size_bytes)  # type: ignore[return-value]
