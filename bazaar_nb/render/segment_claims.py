"""Which segments are being made on this machine by renders of one process, so that none is made twice.

A worker knows a segment's key only when it has evaluated its frames; it then
writes the key's beginning into a small shared file, and whoever finds it there
waits until that one is done. No queue, no lock, no server: each
segment at work has a place of its own, and a mapped eight-byte number is
written whole.
"""

from __future__ import annotations

import mmap
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.store.temporary import owner_name

PREFIX = "bazaar-claims-"
_PLACES = 4096
_NUMBER = struct.Struct("<Q")


_lock = threading.Lock()
_shared: SegmentClaims | None = None
_users = 0


class SegmentClaims:
    """The claims of all renders of this process; from any thread."""

    def __init__(self) -> None:
        self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115
            prefix=PREFIX, suffix=f"-{owner_name()}", delete=False
        )
        self._file.truncate(_NUMBER.size * _PLACES)
        self._map = mmap.mmap(self._file.fileno(), _NUMBER.size * _PLACES)
        self.path = self._file.name
        self._free = list(range(_PLACES - 1, -1, -1))
        self._lock = threading.Lock()

    def place(self) -> int:
        """Give a place for a segment that a worker is given."""
        with self._lock:
            return self._free.pop()

    def give_back(self, place: int) -> None:
        """Take a place back, also from a worker that died with it."""
        with self._lock:
            _write(self._map, place, 0)
            self._free.append(place)

    def close(self) -> None:
        """Remove the file."""
        self._map.close()
        self._file.close()
        Path(self.path).unlink(missing_ok=True)


@contextmanager
def segment_claims() -> Iterator[SegmentClaims]:
    """Give the claims of this process, which are there as long as a render is at work."""
    global _shared, _users
    with _lock:
        _users += 1
        claims = _shared = _shared or SegmentClaims()
    try:
        yield claims
    finally:
        with _lock:
            _users -= 1
            if not _users:
                claims.close()
                _shared = None


class Claim:
    """A worker's side: one segment's place."""

    def __init__(self, path: str, place: int) -> None:
        self._place = place
        with Path(path).open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)

    def make(self, key: str) -> bool:
        """Say that a segment is being made; False if another one makes the same."""
        number = int(key[:16], 16) | 1  # never 0, which is nobody's
        if self._others(number).size:
            return False
        _write(self._map, self._place, number)
        others = self._others(number)
        if others.size and others[0] < self._place:  # at the same moment: the lower place goes on
            _write(self._map, self._place, 0)
            return False
        return True

    def close(self) -> None:
        """Say that it is no longer being made."""
        _write(self._map, self._place, 0)
        self._map.close()

    def _others(self, number: int) -> NDArray[np.intp]:
        places = np.flatnonzero(np.frombuffer(self._map, "<u8") == number)
        others: NDArray[np.intp] = places[places != self._place]
        return others


def _write(claims: mmap.mmap, place: int, number: int) -> None:
    # Not pack_into: that clears the bytes first.
    claims[place * _NUMBER.size : (place + 1) * _NUMBER.size] = _NUMBER.pack(number)
