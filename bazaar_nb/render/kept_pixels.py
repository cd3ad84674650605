"""Pixels of a segment's frames, from when they are evaluated until they are drawn.

A segment is known by all of its frames, so all are there before the first is
drawn: seconds of full-HD arrays. What is more than fits into a worker's memory
waits in a file without a name, which goes with the worker however that ends.
"""

from __future__ import annotations

import os
import tempfile
from hashlib import blake2b
from types import TracebackType
from typing import IO, Self

from bazaar_nb.store.key_layout import RAW_PIXELS

_MEMORY_BYTES = 48_000_000


class KeptPixels:
    """Keeps pixels under the names of their content."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}
        self._held_bytes = 0
        self._file: IO[bytes] | None = None
        self._places: dict[str, tuple[int, int]] = {}
        self._end = 0

    def put(self, pixels: bytes) -> str:
        """Keep pixels, and give their asset's name."""
        name = pixels_name(pixels)
        if name in self._held or name in self._places:
            return name
        if self._held_bytes + len(pixels) <= _MEMORY_BYTES:
            self._held[name] = pixels
            self._held_bytes += len(pixels)
            return name
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._places[name] = (self._end, len(pixels))
        view = memoryview(pixels)
        while view:
            view = view[os.pwrite(self._file.fileno(), view, self._end + len(pixels) - len(view)) :]
        self._end += len(pixels)
        return name

    def get(self, name: str) -> bytes | None:
        """Give the pixels of a name; None if they were never kept here."""
        if name in self._held:
            return self._held[name]
        if name not in self._places or self._file is None:
            return None
        start, size = self._places[name]
        return os.pread(self._file.fileno(), size, start)

    def close(self) -> None:
        """Let all of them go."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def pixels_name(pixels: bytes) -> str:
    """Give the asset's name of pixels: ``asset:`` and the digest of their bytes."""
    return f"asset:{blake2b(pixels, digest_size=20).hexdigest()}.{RAW_PIXELS}"
