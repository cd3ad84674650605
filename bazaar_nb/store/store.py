"""One root for everything that is kept: movies, segments, assets, history.

What the store promises:

- A file is there whole or not at all. It is written under a temporary name on
  the same file system, flushed to the disk, then renamed.
- Whatever goes wrong is a `StoreError` that says where and what to do about it.
- No key leads out of the root.
- There are no locks: any number of processes write at the same time. The last
  one wins a name; with ``once=True``, which is for files named by their
  content, the first one does.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bazaar_nb.errors import AssetError, BazaarError, InvalidValueError, StoreError
from bazaar_nb.store.digests import digest_file, hash_content
from bazaar_nb.store.faults import DISK_FAULTS, store_fault
from bazaar_nb.store.layout import SCRATCH, asset_extension, asset_key
from bazaar_nb.store.names import check_key
from bazaar_nb.store.temporary import is_leftover, is_orphaned, is_temporary, temporary_name

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")  # two letters at least: C:/ is a drive


def default_root() -> str:
    """Give the root that is used when none is named: ``$BAZAAR_ROOT``, or else ``./bazaar``."""
    return os.environ.get("BAZAAR_ROOT") or "bazaar"


class Store:
    """A folder that holds everything under keys; nothing is created before the first write.

    Parameters
    ----------
    root : str or path-like, optional
        A folder or a ``file://`` URL; by default `default_root`. A relative
        path is taken from the current directory of this moment.
    storage_options : mapping, optional
        Options of the kind of storage. A folder has none.

    Raises
    ------
    StoreError
        If the root is of a kind that is not supported.
    InvalidValueError
        If the root is not a usable path, or for an option that nothing uses.
    """

    def __init__(
        self,
        root: str | os.PathLike[str] | None = None,
        storage_options: Mapping[str, Any] | None = None,
    ) -> None:
        self._root = _as_folder(os.fspath(root) if root is not None else default_root())
        if storage_options:
            unused = ", ".join(sorted(map(repr, storage_options)))
            raise InvalidValueError(
                f"`storage_options` has {unused}, which a store in a folder ({self._root}) doesn't use"
            )

    def __repr__(self) -> str:
        return f"Store({str(self._root)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Store) and other.url == self.url

    def __hash__(self) -> int:
        return hash(self.url)

    @property
    def url(self) -> str:
        """The root as a URL, from which another process on this machine makes the same store."""
        return self._root.as_uri()

    def location(self, key: str) -> str:
        """Give where a key is, for people: an absolute path. Nothing need be there."""
        return str(self._path(key))

    def local(self, key: str) -> Path:
        """Give a path from which the file under a key can be read; not to be written to.

        Raises
        ------
        MissingObjectError
            If there is none; it is a `StoreError` and a `FileNotFoundError`.
        """
        path = self._path(key)
        self._stat(path)
        return path

    def exists(self, key: str) -> bool:
        """Tell whether there is a file under a key."""
        path = self._path(key)
        try:
            return path.is_file()
        except OSError as error:
            raise store_fault(error, "read", path) from error

    def size(self, key: str) -> int:
        """Give the size of the file under a key, in bytes."""
        return self._stat(self._path(key)).st_size

    def list(self, prefix: str = "") -> Iterator[str]:
        """Give the keys that start with a prefix, sorted within each folder.

        As on an object store the prefix is of letters, not of folders:
        ``"segments/a"`` finds ``"segments/ab/…"``. Files that are still being
        written are not seen.
        """
        folder = prefix.rpartition("/")[0]
        top = self._path(folder) if folder else self._root
        for found in self._walk(top):
            key = found.relative_to(self._root).as_posix()
            if key.startswith(prefix) and not is_temporary(found.name):
                yield key

    def read_bytes(self, key: str) -> bytes:
        """Read the whole file under a key."""
        path = self._path(key)
        try:
            return path.read_bytes()
        except OSError as error:
            raise store_fault(error, "read", path) from error

    def write_bytes(self, key: str, data: bytes, *, once: bool = False) -> None:
        """Write a whole file under a key; see `writing`."""
        with self.writing(key, once=once) as path:
            path.write_bytes(data)

    def put_file(self, path: str | os.PathLike[str], key: str, *, once: bool = False) -> None:
        """Copy a file into the store; see `writing`."""
        with self.writing(key, once=once) as temporary:
            shutil.copyfile(path, temporary)

    def put_asset(self, path: str | os.PathLike[str]) -> str:
        """Copy a file into ``assets/`` under the digest of its content, unless it is there already.

        Returns
        -------
        str
            The digest; ``asset_key(digest, asset_extension(path))`` is the key.

        Raises
        ------
        AssetError
            If the file can't be read, or changes while it is copied.
        """
        digest = digest_file(path)
        key = asset_key(digest, asset_extension(os.fspath(path)))
        if not self.exists(key):
            with self.writing(key, once=True) as temporary:
                shutil.copyfile(path, temporary)
                if hash_content(temporary) != digest:
                    raise AssetError(f"{os.fspath(path)} changed while it was being copied into the store")
        return digest

    @contextmanager
    def writing(self, key: str, *, once: bool = False) -> Iterator[Path]:
        """Give a path to write to; the file appears under the key when the block ends well.

        After an exception, an interrupt included, nothing is left and the key
        is as it was before.

        Parameters
        ----------
        key : str
            Where the file will be.
        once : bool
            Never replace: if the key exists by then, the new file is dropped.
            For files that are named by their content.

        Yields
        ------
        Path
            A file that doesn't exist yet, in a folder that does, with the
            key's file extension.

        Raises
        ------
        StoreError
            If the disk is full, can't be written to or fails, also when the
            block itself runs into that; or if the block wrote nothing.
        """
        target = self._path(key)
        temporary = target.with_name(temporary_name(target.name))
        try:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise store_fault(error, "write to", target.parent) from error
            try:
                yield temporary
            except (OSError, BazaarError) as error:
                # An encoder's own error names the temporary file; the fault of the disk may be its cause.
                fault = error if isinstance(error, OSError) else error.__cause__
                if isinstance(fault, OSError) and (
                    fault.errno in DISK_FAULTS or fault.filename == str(temporary)
                ):
                    raise store_fault(fault, "write to", target) from error
                raise
            try:
                _publish(temporary, target, once=once)
            except OSError as error:
                raise store_fault(error, "write to", target) from error
        finally:
            with suppress(
                OSError
            ):  # there may be nothing, not even the folder; what can't go now, sweep() takes
                temporary.unlink()

    def remove(self, key: str) -> None:
        """Remove the file under a key; it is fine if there is none."""
        path = self._path(key)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise store_fault(error, "remove", path) from error

    def remove_folder(self, prefix: str) -> None:
        """Remove the folder of a prefix if nothing is in it; object stores have none."""
        with suppress(OSError):
            self._path(prefix.rstrip("/")).rmdir()

    def sweep(self) -> int:
        """Remove what killed processes left, and give how many files that were.

        These are temporary files whose process ran on this host and is gone,
        or to which nothing was written for a day, and scratch folders of such
        processes. What other processes are writing stays.
        """
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
            except FileNotFoundError:
                continue  # its writer, or another sweep, was faster
            except OSError as error:
                raise store_fault(error, "remove", path) from error
        return removed

    def free_bytes(self) -> int:
        """Give the free space for this user on the disk of the root, in bytes; the root need not exist."""
        folder = self._root
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            return shutil.disk_usage(folder).free
        except OSError as error:
            raise store_fault(error, "look at", folder) from error

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    def _stat(self, path: Path) -> os.stat_result:
        try:
            found = path.stat()
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        except OSError as error:
            raise store_fault(error, "read", path) from error
        return found

    def _walk(self, top: Path) -> Iterator[Path]:
        def fail(error: OSError) -> None:
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                raise store_fault(error, "look through", error.filename or top) from error

        for folder, folders, names in os.walk(top, onerror=fail):
            folders.sort()
            for name in sorted(names):
                yield Path(folder, name)


def _publish(temporary: Path, target: Path, *, once: bool) -> None:
    if not temporary.exists():
        raise StoreError(f"nothing was written for {target}")
    if once and target.exists():
        return
    with temporary.open("r+b") as file:
        os.fsync(file.fileno())  # else a power cut can leave an empty file under the final name
    if once:
        try:
            os.link(temporary, target)  # the one rename-like call that never replaces
        except FileExistsError:
            return
        except OSError:
            pass  # a file system without hard links: another writer may be replaced, by equal content
        else:
            return
    temporary.replace(target)


def _as_folder(root: str) -> Path:
    scheme = _SCHEME.match(root)
    if scheme and scheme.group(1).lower() != "file":
        raise StoreError(
            f"a store in {scheme.group(1)}:// is not supported, got {root!r}: give a folder or a file:// URL"
        )
    if not root or "\0" in root:
        raise InvalidValueError(f"`root` must be a folder or a file:// URL, got {root!r}")
    if scheme:
        url = urlsplit(root)
        if url.netloc not in ("", "localhost") or url.query or url.fragment:
            raise InvalidValueError(f"`root` must be a file:// URL of this machine, file:///…, got {root!r}")
        path = unquote(url.path)
        # file:///C:/films is C:/films, not /C:/films
        return Path(path[1:] if re.match(r"/[A-Za-z]:", path) else path)
    try:
        return Path(os.path.abspath(Path(root).expanduser()))  # noqa: PTH100 - Path.absolute keeps ".."
    except RuntimeError as error:
        raise InvalidValueError(f"`root` must be a folder, got {root!r}: {error}") from error
