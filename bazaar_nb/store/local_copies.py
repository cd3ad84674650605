"""Copies on this machine of what is in a bucket, in a folder that doesn't grow without end.

Shared by all processes of a user. A copy is there whole or not at all; the one
that was used longest ago goes first.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from bazaar_nb.store.faults import store_fault
from bazaar_nb.store.paths import read_path
from bazaar_nb.store.temporary import is_leftover, is_temporary, temporary_name

_IN_USE_S = 3600.0
"""A copy that was asked for less than this long ago may be in use: it stays, even if there are too many."""
_FULL = 0.9


def default_cache_folder() -> Path:
    """Give ``$BAZAAR_CACHE``, or this user's place for caches."""
    given = os.environ.get("BAZAAR_CACHE")
    if given:
        return read_path(given, "BAZAAR_CACHE")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "bazaar_nb"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bazaar_nb"


class Cache:
    """Holds copies under names that stand for their content.

    Parameters
    ----------
    folder : Path
        Made when the first copy is.
    origin : str
        What the copies are of; another origin has other copies.
    limit_bytes : int
    """

    def __init__(self, folder: Path, origin: str, limit_bytes: int) -> None:
        self._folder = folder / hashlib.blake2b(origin.encode(), digest_size=8).hexdigest()
        self._limit = limit_bytes
        self._added = 0

    def find(self, name: str) -> Path | None:
        """Give the copy of this name if there is one, and note that it is in use."""
        path = self._folder / name
        try:
            if time.time() - path.stat().st_mtime > _IN_USE_S / 4:
                os.utime(path)
        except OSError:
            return None
        return path

    def temporary(self, name: str) -> Path:
        """Give a path to write a copy to; it lies where `keep` only has to rename it."""
        path = self._folder / "incoming" / temporary_name(name.rpartition("/")[2])
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise store_fault(error, "write to", path.parent) from error
        return path

    def keep(self, temporary: Path, name: str) -> Path:
        """Make a temporary file the copy of this name."""
        path = self._folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("r+b") as file:
                os.fsync(file.fileno())  # else a power cut can leave an empty copy
            temporary.replace(path)
            self._added += path.stat().st_size
        except OSError as error:
            raise store_fault(error, "write to", path) from error
        if self._added > self._limit * (1 - _FULL):
            self._added = 0
            self.shrink()
        return path

    def drop(self, name: str) -> None:
        """Forget the copy of this name, if there is one."""
        with suppress(OSError):
            (self._folder / name).unlink()

    def shrink(self) -> None:
        """Remove the copies that were used longest ago, until there is room again."""
        now = time.time()
        found = []
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = Path(folder, name)
                with suppress(OSError):
                    stat = path.stat()
                    if not is_temporary(name):
                        found.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in found)
        for used, size, path in sorted(found):
            if total <= self._limit * _FULL or now - used < _IN_USE_S:
                break
            with suppress(OSError):
                path.unlink()
                total -= size

    def sweep(self) -> int:
        """Remove what killed processes were writing; give how many files that was."""
        removed = 0
        incoming = self._folder / "incoming"
        with suppress(OSError):
            for path in list(incoming.iterdir()):
                with suppress(OSError):
                    if is_leftover(path.name, path.stat().st_mtime, time.time()):
                        path.unlink()
                        removed += 1
        return removed
