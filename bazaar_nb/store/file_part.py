"""A part of a file that is sent as it is read: what is under way is on the disk, not in memory."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from types import TracebackType
from typing import Self

_BLOCK_BYTES = 2**20


class FilePart(io.RawIOBase):
    """A file object of some bytes of a file; a request reads it more than once, from its beginning each time.

    Parameters
    ----------
    path : Path
    begin, stop : int
        The half-open range of bytes.

    Raises
    ------
    OSError
        If the file can't be opened.
    """

    def __init__(self, path: Path, begin: int, stop: int) -> None:
        self._file = path.open("rb", buffering=0)
        self._begin = begin
        self._size = stop - begin
        self._at = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self.close()

    def md5(self) -> bytes:
        """Give the digest of the whole part."""
        digest = hashlib.md5(usedforsecurity=False)
        self.seek(0)
        while block := self.read(_BLOCK_BYTES):
            digest.update(block)
        self.seek(0)
        return digest.digest()

    def readable(self) -> bool:
        """Give True."""
        return True

    def seekable(self) -> bool:
        """Give True."""
        return True

    def tell(self) -> int:
        """Give the place in the part that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the part."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, less than asked at the end of the part."""
        left = max(0, self._size - self._at)
        self._file.seek(self._begin + self._at)
        data = self._file.read(left if size < 0 else min(size, left))
        self._at += len(data)
        return data
