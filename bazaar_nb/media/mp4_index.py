"""When the pictures of an mp4 or mov are shown, from its tables: a file of a day is known in seconds.

Going through the packets reads all of the file. FFmpeg knows when each sample is
decoded, by its edit list, but not when it is shown; that is in a table of the
file. Both are put together, and compared with what packets say in some places:
where anything isn't as expected there is no index, and the packets are gone
through.

Source of the format: ISO/IEC 14496-12, boxes ``stts``, ``ctts``, ``stss``, ``elst``.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

Times = NDArray[np.int64]

_PLACES = 6  # at which packets are looked at
_PACKETS = 48  # at each
_LOOKED_AT = 256  # samples whose times of decoding are compared
_MOST_EDITS = 8  # that are looked at
_MOST_TABLE_BYTES = 400_000_000
_NESTED = (b"mdia", b"minf", b"stbl", b"edts")


class Mp4Index(NamedTuple):
    """Samples in the order in which they are decoded.

    Attributes
    ----------
    shown, decoded : array of int64, shape (samples,)
        Timestamps in the stream's time base.
    lengths : array of int64, shape (samples,)
        How long each is shown.
    keys : array of int
        Samples from which decoding can begin.
    """

    shown: Times
    decoded: Times
    lengths: Times
    keys: Times


def read_mp4_index(container: InputContainer, stream: VideoStream, path: Path) -> Mp4Index | None:
    """Give the index of a file's pictures; None where its packets have to be gone through.

    The container is somewhere else afterwards.
    """
    if not container.format.name.startswith("mov,"):
        return None
    entries = stream.index_entries
    count = len(entries)
    try:
        with path.open("rb") as file:
            size_bytes = file.seek(0, io.SEEK_END)
            tables = _tables(file, size_bytes, stream.id)
        made = _index(tables, count)
    except (OSError, ValueError, struct.error, KeyError):
        return None
    if made is None:
        return None
    made = made._replace(decoded=made.decoded + (entries[0].timestamp - int(made.decoded[0])))
    looked_at = {*range(min(count, _LOOKED_AT)), *np.linspace(0, count - 1, _LOOKED_AT).astype(int).tolist()}
    keys = set(made.keys.tolist())
    for number in looked_at:
        entry = entries[number]
        same = entry.timestamp == made.decoded[number] and entry.is_keyframe == (number in keys)
        if entry.is_discard or not same or entry.pos + entry.size > size_bytes:  # hidden, other, or cut off
            return None
    return _with_packets(made, container, stream)


def _with_packets(made: Mp4Index, container: InputContainer, stream: VideoStream) -> Mp4Index | None:
    """Put in what is shown when, by packets; None where they say something else."""
    decoded, keys = made.decoded, set(made.keys.tolist())
    shift: int | None = None
    for place in np.linspace(0, len(decoded) - 1, _PLACES).astype(int):
        container.seek(int(decoded[place]), stream=stream, backward=True)
        for _, packet in zip(range(_PACKETS), container.demux(stream), strict=False):
            if packet.dts is None or packet.pts is None:
                break
            number = int(np.searchsorted(decoded, packet.dts))
            if number >= len(decoded) or decoded[number] != packet.dts or packet.is_discard:
                return None
            if shift is None:
                shift = packet.pts - int(made.shown[number])
            if made.shown[number] + shift != packet.pts or packet.is_keyframe != (number in keys):
                return None
    return None if shift is None else made._replace(shown=made.shown + shift)


def _index(tables: dict[bytes, bytes], count: int) -> Mp4Index | None:
    """Make the index of a track's tables; None where it isn't one sample after the other."""
    if count == 0 or _edits(tables.get(b"elst", b"")) > 1:
        return None
    lengths = _spread(tables[b"stts"], count)
    if lengths is None or (lengths <= 0).any():
        return None
    decoded = np.cumsum(lengths) - lengths
    shown = decoded
    if b"ctts" in tables:
        later = _spread(tables[b"ctts"], count)
        if later is None:
            return None
        shown = decoded + later
    if b"stss" in tables:
        keys = np.frombuffer(tables[b"stss"], ">u4", offset=8).astype(np.int64) - 1
        if not len(keys) or keys[0] < 0 or keys[-1] >= count or (np.diff(keys) <= 0).any():
            return None
    else:
        keys = np.arange(count)
    return Mp4Index(shown, decoded, lengths, keys)


def _edits(table: bytes) -> int:
    """Count the parts of the track that an edit list has shown."""
    if not table:
        return 0
    wide = table[0] == 1
    edit = struct.Struct(">Qqi" if wide else ">Iii")  # how long, from where (-1 for nothing), how fast
    count = min(struct.unpack_from(">I", table, 4)[0], _MOST_EDITS)
    return sum(edit.unpack_from(table, 8 + edit.size * at)[1] != -1 for at in range(count))


def _spread(table: bytes, count: int) -> Times | None:
    """Give a table of runs as one value a sample; None if that isn't so many."""
    pairs = np.frombuffer(table, ">u4", offset=8).reshape(-1, 2)
    runs = pairs[:, 0].astype(np.int64)
    if int(runs.sum()) != count or (runs > count).any():
        return None
    values = pairs[:, 1].astype(np.uint32).view(np.int32).astype(np.int64)  # version 1 has negative ones
    return np.repeat(values, runs)


def _tables(file: IO[bytes], size_bytes: int, track: int) -> dict[bytes, bytes]:
    """Read the tables of a track, by its number."""
    for kind, begin, stop in _boxes(file, 0, size_bytes):
        if kind != b"moov":
            continue
        for inner, at, end in _boxes(file, begin, stop):
            if inner == b"trak":
                parts = dict(_parts(file, at, end))
                if b"tkhd" in parts and _track_number(parts[b"tkhd"]) == track:
                    return parts
    raise KeyError("no such track")


def _parts(file: IO[bytes], begin: int, stop: int) -> Iterator[tuple[bytes, bytes]]:
    for kind, at, end in _boxes(file, begin, stop):
        if kind in _NESTED:
            yield from _parts(file, at, end)
        elif kind in (b"tkhd", b"stts", b"ctts", b"stss", b"elst"):
            if end - at > _MOST_TABLE_BYTES:
                raise ValueError("a table is too large")
            file.seek(at)
            yield kind, file.read(end - at)


def _track_number(header: bytes) -> int:
    number: int = struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)[0]
    return number


def _boxes(file: IO[bytes], begin: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    """Give the boxes in a part of a file: what they are, and from where to where their content is."""
    at = begin
    while at + 8 <= stop:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", file.read(8))[0], 16
        elif size == 0:
            size = stop - at
        if size < head or at + size > stop:
            return
        yield kind, at + head, at + size
        at += size
