"""Digests of files: what an asset is called, wherever it came from."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from bazaar_nb.errors import AssetError

_SETTLED_S = 2.0  # the coarsest clock of a file system in use (FAT); git's "racy" files are the same problem
_MOST_KNOWN = 4096

_known: dict[tuple[str, int, int, int], str] = {}


def digest_file(path: str | os.PathLike[str]) -> str:
    """Give the BLAKE2b-160 digest of a file's content, as 40 hex digits.

    Remembered in this process by path, size, modification time and inode. A
    file that changed less than two seconds ago is read again each time: it
    could change once more without a sign of it.

    Raises
    ------
    AssetError
        If the file is missing, is not a file, or can't be read.
    """
    absolute = Path(path).absolute()
    try:
        if not absolute.is_file():
            raise AssetError(f"no such file: {absolute}")
        stat = absolute.stat()
        identity = (str(absolute), stat.st_size, stat.st_mtime_ns, stat.st_ino)
        if identity in _known:
            return _known[identity]
        digest = hash_content(absolute)
    except (OSError, ValueError) as error:
        if isinstance(error, AssetError):
            raise
        raise AssetError(f"can't read {absolute}: {getattr(error, 'strerror', None) or error}") from error
    if time.time() - stat.st_mtime > _SETTLED_S:
        while len(_known) >= _MOST_KNOWN:
            _known.pop(next(iter(_known)), None)
        _known[identity] = digest
    return digest


def hash_content(path: Path) -> str:
    """Read a whole file and give its BLAKE2b-160 digest, remembering nothing."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()
