"""Counters that workers write and the job reads, in a small shared file.

No queue, no lock, no server: each segment has its own number, and a mapped
eight-byte number is written whole. Its upper half counts the frames that the
worker has evaluated, its lower half those that it has drawn and encoded.
"""

from __future__ import annotations

import mmap
import struct
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from bazaar_nb.store.temporary import owner_name

PREFIX = "bazaar-counters-"
_NUMBER = struct.Struct("<q")
_CANCELLED = 0  # the first number says whether the render was cancelled
_DRAWN_BITS = 32


class FrameCounters:
    """The job's side of the counters; may be asked from any thread, also after it was closed.

    Parameters
    ----------
    segments : int
        For how many segments there is room.
    """

    def __init__(self, segments: int) -> None:
        size = _NUMBER.size * (segments + 1)
        self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115
            prefix=PREFIX, suffix=f"-{owner_name()}", delete=False
        )
        self._file.truncate(size)
        self._map = mmap.mmap(self._file.fileno(), size)
        self.path = self._file.name
        self._lock = threading.Lock()
        self._counted = 0

    def counts(self) -> int:
        """Give how many frames all workers together have done, of segments that are not finished or lost."""
        return self._sum() & (1 << _DRAWN_BITS) - 1

    def evaluated(self) -> int:
        """Give how many frames all workers together have evaluated, of the same segments."""
        return self._sum() >> _DRAWN_BITS

    def _sum(self) -> int:
        with self._lock:
            if not self._map.closed:
                self._counted = int(np.frombuffer(self._map, "<i8", offset=_NUMBER.size).sum())
            return self._counted

    def clear(self, segment: int) -> None:
        """Forget a segment's frames: it is done and counted, or starts again."""
        self._set(_NUMBER.size * (segment + 1), 0)

    def cancel(self) -> None:
        """Ask all workers to stop after the frame they are at."""
        self._set(_CANCELLED, 1)

    def close(self) -> None:
        """Remove the file."""
        with self._lock:
            self._map.close()
            self._file.close()
        Path(self.path).unlink(missing_ok=True)

    def _set(self, offset: int, value: int) -> None:
        with self._lock:
            if not self._map.closed:
                self._map[offset : offset + _NUMBER.size] = _NUMBER.pack(value)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Counter:
    """A worker's side: the frames of one segment, and whether to go on."""

    def __init__(self, path: str, segment: int) -> None:
        self._at = _NUMBER.size * (segment + 1)
        self._evaluated = 0
        with Path(path).open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)

    def set(self, frames: int) -> None:
        """Say how many frames are done."""
        # Not pack_into: that clears the bytes first, and the job may read the nought.
        self._map[self._at : self._at + _NUMBER.size] = _NUMBER.pack(self._evaluated << _DRAWN_BITS | frames)

    def tell(self, evaluated: int, frames: int) -> None:
        """Say how many frames are evaluated and done, as counted elsewhere."""
        self._evaluated = evaluated
        self.set(frames)

    def set_evaluated(self, frames: int) -> None:
        """Say how many frames are evaluated, before any is done."""
        self._evaluated = frames
        self.set(0)

    @property
    def is_cancelled(self) -> bool:
        """Whether the render was cancelled."""
        return bool(_NUMBER.unpack_from(self._map, _CANCELLED)[0])

    def close(self) -> None:
        """Let the file go."""
        self._map.close()
