"""A store in a folder: temporary names, flushed to the disk, renamed."""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from bazaar_nb.errors import BazaarError, StoreError
from bazaar_nb.store.backend import CLAIM_S, Entry, Excerpt, OnBytes
from bazaar_nb.store.faults import DISK_FAULTS, store_fault
from bazaar_nb.store.jupyter import jupyter_url
from bazaar_nb.store.key_layout import SCRATCH
from bazaar_nb.store.temporary import is_leftover, is_orphaned, is_temporary, temporary_name

_BLOCK_BYTES = 4 * 2**20


class Folder:
    """Keeps files in a folder of this machine, or of a network drive."""

    remote = False

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def url(self) -> str:
        """The root as a ``file://`` URL."""
        return self._root.as_uri()

    def location(self, key: str) -> str:
        """Give the absolute path."""
        return str(self._root / key)

    def local(self, keys: Sequence[str]) -> list[Path]:
        """Give the files' own paths."""
        paths = [self._root / key for key in keys]
        for path in paths:
            self._stat(path)
        return paths

    def claim(self, keys: Sequence[str]) -> set[str]:
        """Tell which files are there; one that was not touched for long gets the time of now."""
        there = set()
        now = time.time()
        for key in keys:
            if not self.exists(key):
                continue
            there.add(key)
            path = self._root / key
            with suppress(OSError):  # somebody else's file can be read, and not be made young
                if now - path.stat().st_mtime > CLAIM_S:
                    os.utime(path)
        return there

    def exists(self, key: str) -> bool:
        """Tell whether there is a file under a key."""
        path = self._root / key
        try:
            return path.is_file()
        except OSError as error:
            raise store_fault(error, "read", path) from error

    def size(self, key: str) -> int:
        """Give the size of a file in bytes."""
        return self._stat(self._root / key).st_size

    def keys(self, prefix: str) -> Iterator[str]:
        """Give the keys that start with a prefix, without files that are still being written."""
        folder, _, begins = prefix.rpartition("/")
        for found in self._walk(self._root / folder, begins):
            key = found.relative_to(self._root).as_posix()
            if key.startswith(prefix) and not is_temporary(found.name):
                yield key

    def folders(self, prefix: str) -> Iterator[str]:
        """Give the prefixes of the folders in a folder; none where there is no such folder."""
        top = self._root / prefix
        try:
            names = [found.name for found in os.scandir(top) if found.is_dir()]
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise store_fault(error, "look through", top) from error
        yield from (f"{prefix}{name}/" for name in names if not name.startswith("."))

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Give keys with sizes and times; files that vanish meanwhile are left out."""
        for key in self.keys(prefix):
            try:
                stat = (self._root / key).stat()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise store_fault(error, "read", self._root / key) from error
            yield Entry(key, stat.st_size, stat.st_mtime)

    def modified(self, keys: Sequence[str]) -> dict[str, float]:
        """Give when files were written or claimed last, of those that are there."""
        times = {}
        for key in keys:
            with suppress(OSError):
                times[key] = (self._root / key).stat().st_mtime
        return times

    def read_bytes(self, key: str) -> bytes:
        """Read the whole file under a key."""
        path = self._root / key
        try:
            return path.read_bytes()
        except OSError as error:
            raise store_fault(error, "read", path) from error

    def write_bytes(self, key: str, data: bytes, once: bool) -> None:
        """Write a whole file under a key."""
        with self.writing(key, once, None) as path:
            path.write_bytes(data)

    def create(self, key: str, data: bytes) -> bool:
        """Write a whole file if there is none; tell whether it did."""
        done = [False]
        with self._writing(key, True, done) as path:
            path.write_bytes(data)
        return done[0]

    def writing(self, key: str, once: bool, on_bytes: OnBytes | None) -> AbstractContextManager[Path]:  # noqa: ARG002
        """Give a temporary path beside the final one; there is no upload to tell of."""
        return self._writing(key, once, [False])

    @contextmanager
    def _writing(self, key: str, once: bool, done: list[bool]) -> Iterator[Path]:
        """Give a temporary path; say afterwards whether the file under the key is this one."""
        target = self._root / key
        temporary = target.with_name(temporary_name(target.name))
        try:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise store_fault(error, "write to", target.parent) from error
            try:
                yield temporary
            except (OSError, BazaarError) as error:
                fault = fault_of_disk(error, temporary)
                if fault is None:
                    raise
                raise store_fault(fault, "write to", target) from error
            try:
                done[0] = _publish(temporary, target, once=once)
            except OSError as error:
                raise store_fault(error, "write to", target) from error
        finally:
            with suppress(OSError):  # there may be nothing, not even the folder; else sweep() takes it
                temporary.unlink()

    def assemble(self, key: str) -> None:
        """Give None: a folder's files are written by `writing`."""

    def read_range(self, key: str, begin: int, stop: int) -> Excerpt:
        """Read some of a file's bytes."""
        path = self._root / key
        try:
            with path.open("rb") as file:
                file.seek(begin)
                return Excerpt(file.read(stop - begin), path.stat().st_size, None)
        except OSError as error:
            raise store_fault(error, "read", path) from error

    @contextmanager
    def fetching(self, key: str) -> Iterator[Path]:
        """Give the file's own path."""
        yield self.local([key])[0]

    def has_copy(self, key: str) -> bool:
        """Tell whether there is a file."""
        return self.exists(key)

    def download(self, key: str, path: Path, on_bytes: OnBytes | None) -> None:
        """Copy a file to a path outside of the store."""
        source = self._root / key
        total = self._stat(source).st_size
        if path.exists() and path.samefile(source):
            return
        temporary = path.with_name(temporary_name(path.name))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as reader, temporary.open("wb") as writer:
                done = 0
                while block := reader.read(_BLOCK_BYTES):
                    writer.write(block)
                    done += len(block)
                    if on_bytes is not None:
                        on_bytes(done, total)
            temporary.replace(path)
        except OSError as error:
            raise store_fault(error, "write to", path) from error
        finally:
            with suppress(OSError):
                temporary.unlink()

    def remove(self, keys: Iterable[str]) -> None:
        """Remove files; it is fine if there are none."""
        for key in keys:
            path = self._root / key
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise store_fault(error, "remove", path) from error

    def remove_folder(self, prefix: str) -> None:
        """Remove the folder of a prefix if nothing is in it."""
        with suppress(OSError):
            (self._root / prefix.rstrip("/")).rmdir()

    def sweep(self) -> int:
        """Remove temporary files and scratch folders of processes that are gone."""
        removed = 0
        now = time.time()
        for path in self._walk(self._root):
            try:
                if is_orphaned(path.name) and path.is_relative_to(self._root / SCRATCH):
                    removed += sum(1 for _ in path.parent.iterdir())
                    shutil.rmtree(path.parent)
                elif is_leftover(path.name, path.stat().st_mtime, now):
                    path.unlink()
                    removed += 1
                    if path.parent.parent == self._root / SCRATCH:
                        with suppress(OSError):  # killed before it could say whose the folder is
                            path.parent.rmdir()
            except FileNotFoundError:
                continue  # its writer, or another sweep, was faster
            except OSError as error:
                raise store_fault(error, "remove", path) from error
        return removed

    def drop_unfinished(self, before: float) -> None:
        """Do nothing: `sweep` takes temporary files."""

    def free_bytes(self) -> int | None:
        """Give the free space for this user on the disk of the root; the root need not exist."""
        folder = self._root
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            return shutil.disk_usage(folder).free
        except OSError as error:
            raise store_fault(error, "look at", folder) from error

    def now(self) -> float:
        """Give this machine's time."""
        return time.time()

    def link(self, key: str, expires: dt.timedelta | None, download_name: str | None) -> str:  # noqa: ARG002
        """Give the address on the Jupyter server that this runs under, or else the path; neither expires."""
        path = self.local([key])[0]
        return jupyter_url(path, download=download_name is not None) or str(path)

    def filesystem(self) -> tuple[Any, str]:
        """Give fsspec's local file system and the root's path."""
        from fsspec.implementations.local import LocalFileSystem

        return LocalFileSystem(), str(self._root)

    def _stat(self, path: Path) -> os.stat_result:
        try:
            found = path.stat()
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        except OSError as error:
            raise store_fault(error, "read", path) from error
        return found

    def _walk(self, top: Path, begins: str = "") -> Iterator[Path]:
        """Give the files below a folder, of its own folders only those whose names begin so."""

        def fail(error: OSError) -> None:
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                raise store_fault(error, "look through", error.filename or top) from error

        for folder, folders, names in os.walk(top, onerror=fail):
            if begins and folder == str(top):
                folders[:] = [name for name in folders if name.startswith(begins)]
            folders.sort()
            for name in sorted(names):
                yield Path(folder, name)


def fault_of_disk(error: OSError | BazaarError, temporary: Path) -> OSError | None:
    """Give what the disk said when writing a temporary file failed, if it was the disk.

    An encoder's own error names the temporary file; the fault of the disk may
    be its cause.
    """
    fault = error if isinstance(error, OSError) else error.__cause__
    if isinstance(fault, OSError) and (fault.errno in DISK_FAULTS or fault.filename == str(temporary)):
        return fault
    return None


def _publish(temporary: Path, target: Path, *, once: bool) -> bool:
    """Give a file its name; tell whether it has it, and not one that was there."""
    if not temporary.exists():
        raise StoreError(f"nothing was written for {target}")
    if once and target.exists():
        return False
    with temporary.open("r+b") as file:
        os.fsync(file.fileno())  # else a power cut can leave an empty file under the final name
    if once:
        try:
            os.link(temporary, target)  # the one rename-like call that never replaces
        except FileExistsError:
            return False
        except OSError:
            # A file system without hard links: a writer of the same name, at this very moment, is replaced.
            pass
        else:
            return True
    temporary.replace(target)
    return True
