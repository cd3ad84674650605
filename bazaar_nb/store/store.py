"""One root for everything that is kept: movies, segments, assets, history.

What the store promises, in a folder and in a bucket:

- A file is there whole or not at all: in a folder it is written under a
  temporary name, flushed to the disk, then renamed; in a bucket puts are atomic.
- Whatever goes wrong is a `StoreError` that says where and what to do about it.
- No key leads out of the root.
- There are no locks: any number of processes write at the same time. The last
  one wins a name; with ``once=True``, which is for files named by their
  content, the first one does; with `Store.create`, which is for all that must
  not be lost, the second one is told.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from bazaar_nb.errors import AssetError, InvalidValueError, StoreError
from bazaar_nb.store.backend import Assembly, Backend, Entry, Excerpt, OnBytes
from bazaar_nb.store.cleaning import Cleaned, clean
from bazaar_nb.store.file_digests import digest_file, hash_content
from bazaar_nb.store.folder import Folder
from bazaar_nb.store.key_layout import asset_extension, asset_key
from bazaar_nb.store.links import check_expiry, read_period
from bazaar_nb.store.names import check_key
from bazaar_nb.store.options import StorageOptions, read_options
from bazaar_nb.store.paths import read_path

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")  # two letters at least: C:/ is a drive
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")

_REMEMBERED_S = 600.0
"""How long an asset that was claimed is taken to be there: a film asks for each picture in each frame."""


def default_root() -> str:
    """Give the root that is used when none is named: ``$BAZAAR_ROOT``, or else ``./bazaar``."""
    return os.environ.get("BAZAAR_ROOT") or "bazaar"


class Store:
    """A folder or a bucket that holds everything under keys; nothing is made before the first write.

    Parameters
    ----------
    root : str or path-like, optional
        A folder, a ``file://`` URL or ``s3://bucket/prefix``; by default
        `default_root`. A relative path is taken from the current directory of
        this moment.
    storage_options : mapping or StorageOptions, optional
        For a bucket, see `StorageOptions`. A folder has none.

    Raises
    ------
    StoreError
        If the root is of a kind that is not supported.
    InvalidValueError
        If the root is not usable, or for an option that nothing uses.
    """

    def __init__(
        self,
        root: str | os.PathLike[str] | None = None,
        storage_options: Mapping[str, Any] | StorageOptions | None = None,
    ) -> None:
        given = os.fspath(root) if root is not None else default_root()
        self._options = StorageOptions()
        self._claimed: dict[str, float] = {}
        self._backend: Backend
        if _SCHEME.match(given) and given.lower().startswith("s3:"):
            # Imported here: a folder needs none of it.
            from bazaar_nb.store.bucket import Bucket

            self._options = read_options(storage_options)
            self._backend = Bucket(*_as_bucket(given), self._options)
            return
        folder = _as_folder(given)
        if storage_options and storage_options != StorageOptions():
            names = storage_options if isinstance(storage_options, Mapping) else ["StorageOptions"]
            unused = ", ".join(sorted(map(repr, names)))
            raise InvalidValueError(
                f"`storage_options` has {unused}, which a store in a folder ({folder}) doesn't use"
            )
        self._backend = Folder(folder)

    def __repr__(self) -> str:
        return f"Store({self.root!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Store) and (other.url, other._options) == (self.url, self._options)

    def __hash__(self) -> int:
        return hash(self.url)

    def __reduce__(self) -> tuple[Any, ...]:
        return Store, (self.url, self._options if self.is_remote else None)

    @property
    def url(self) -> str:
        """The root as a URL; with `storage_options` another process makes the same store from it."""
        return self._backend.url

    @property
    def storage_options(self) -> StorageOptions:
        """The options, for workers; they may hold keys, which only their attributes show."""
        return self._options

    @property
    def root(self) -> str:
        """The root, for people: a path or an ``s3://`` URL."""
        return self._backend.url if self.is_remote else self._backend.location("")

    @property
    def is_remote(self) -> bool:
        """Whether a question to the store costs a round trip, so that it pays to ask many at once."""
        return self._backend.remote

    def location(self, key: str) -> str:
        """Give where a key is, for people: an absolute path or an ``s3://`` URL. Nothing need be there."""
        return self._backend.location(check_key(key))

    def local(self, key: str) -> Path:
        """Give a path from which the file under a key can be read; not to be written to.

        Of a bucket it is a copy in a cache on this machine, fetched now if need
        be, which is there for an hour at least.

        Raises
        ------
        MissingObjectError
            If there is none; it is a `StoreError` and a `FileNotFoundError`.
        """
        return self._backend.local([check_key(key)])[0]

    def local_all(self, keys: Sequence[str]) -> list[Path]:
        """Give a path for each key, as `local` does; a bucket's are fetched several at a time."""
        return self._backend.local([check_key(key) for key in keys])

    def fetching(self, key: str) -> AbstractContextManager[Path]:
        """Give a path from which the file under a key can be read within the block.

        Of a bucket it is the copy that is here already, or one that is gone after the block.

        Raises
        ------
        MissingObjectError
            If there is none.
        """
        return self._backend.fetching(check_key(key))

    def has_copy(self, key: str) -> bool:
        """Tell whether the file under a key can be read without fetching it from a bucket."""
        return self._backend.has_copy(check_key(key))

    def read_range(self, key: str, begin: int, stop: int) -> Excerpt:
        """Read the bytes of a file from `begin` up to `stop`, or to its end.

        Raises
        ------
        MissingObjectError
            If there is none.
        """
        return self._backend.read_range(check_key(key), begin, stop)

    def exists(self, key: str) -> bool:
        """Tell whether there is a file under a key."""
        return self._backend.exists(check_key(key))

    def claim(self, keys: Sequence[str]) -> set[str]:
        """Tell which files are there, for a render that is going to use them.

        Those that are old are made young: `clean` takes nothing that was
        claimed or written since a render that is running began.
        """
        return self._backend.claim([check_key(key) for key in keys])

    def size(self, key: str) -> int:
        """Give the size of the file under a key, in bytes."""
        return self._backend.size(check_key(key))

    def list(self, prefix: str = "") -> Iterator[str]:
        """Give the keys that start with a prefix, sorted within each folder.

        As on an object store the prefix is of letters, not of folders:
        ``"segments/a"`` finds ``"segments/ab/…"``. Files that are still being
        written are not seen.
        """
        return self._backend.keys(_check_prefix(prefix))

    def folders(self, prefix: str = "") -> Sequence[str]:
        """Give the prefixes of the folders in a folder, sorted: ``projects/`` has ``projects/default/``."""
        return sorted(self._backend.folders(_check_prefix(prefix)))

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """Give what `list` gives, with sizes and times."""
        return self._backend.entries(_check_prefix(prefix))

    def read_bytes(self, key: str) -> bytes:
        """Read the whole file under a key."""
        return self._backend.read_bytes(check_key(key))

    def write_bytes(self, key: str, data: bytes, *, once: bool = False) -> None:
        """Write a whole file under a key; see `writing`."""
        self._backend.write_bytes(check_key(key), data, once)

    def create(self, key: str, data: bytes) -> None:
        """Write a whole file under a key that has none.

        To do it again with the same bytes is fine, after an upload say of which
        the answer was lost.

        Raises
        ------
        StoreError
            If another file is there, which stays as it is; and as `writing` does.
        """
        if not self.try_create(key, data):
            raise StoreError(
                f"can't write to {self.location(key)}: another file is there, which is not to be replaced"
            )

    def try_create(self, key: str, data: bytes) -> bool:
        """Write a whole file under a key that has none; tell whether the file there is this one."""
        return self._backend.create(check_key(key), data) or self._backend.read_bytes(key) == data

    def put_file(self, path: str | os.PathLike[str], key: str, *, once: bool = False) -> None:
        """Copy a file into the store; see `writing`."""
        source = read_path(path, "path")
        try:
            source.open("rb").close()
        except OSError as error:
            raise AssetError(error.errno, f"can't read {source}: {error.strerror}") from error
        with self.writing(key, once=once) as temporary:
            shutil.copyfile(source, temporary)

    def put_asset(self, path: str | os.PathLike[str]) -> str:
        """Copy a file into ``assets/`` under the digest of its content, unless it is there already.

        In a bucket, what was found or put there is not looked for again for some minutes.

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
        if self._claimed.get(key, 0.0) < time.monotonic() and not self.claim([key]):
            with self.writing(key, once=True) as temporary:
                shutil.copyfile(path, temporary)
                if hash_content(temporary) != digest:
                    raise AssetError(f"{os.fspath(path)} changed while it was being copied into the store")
        if self.is_remote:
            self._claimed[key] = time.monotonic() + _REMEMBERED_S
        return digest

    def writing(
        self, key: str, *, once: bool = False, on_bytes: OnBytes | None = None
    ) -> AbstractContextManager[Path]:
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
        on_bytes : function, optional
            Is told of an upload how many bytes of how many are there, from
            another thread; raises to stop it.

        Yields
        ------
        Path
            A file that doesn't exist yet, in a folder that does, with the
            key's file extension.

        Raises
        ------
        StoreError
            If the disk is full, can't be written to or fails, also when the
            block itself runs into that; if the block wrote nothing; or if an
            upload fails, after retries.
        """
        return self._backend.writing(check_key(key), once, on_bytes)

    def assemble(self, key: str) -> Assembly | None:
        """Give an upload that sends a file while it is being made, and copies parts of others.

        None in a folder, where `writing` does all that is needed, and of a
        service that takes no parts of unequal size.
        """
        return self._backend.assemble(check_key(key))

    def download(self, key: str, path: str | os.PathLike[str], *, on_bytes: OnBytes | None = None) -> Path:
        """Copy the file under a key out of the store, whole or not at all.

        After a fault or an interrupt the next call goes on where the last one
        stopped, if the file is still the same. What is at the path is replaced.

        Parameters
        ----------
        path : path-like
            A file, or a folder that is there, in which it gets its own name.
        """
        target = read_path(path, "path")
        if target.is_dir():
            target /= key.rpartition("/")[2]
        self._backend.download(check_key(key), target, on_bytes)
        return target

    def link(
        self,
        key: str,
        *,
        expires: str | float | dt.timedelta | None = None,
        download_name: str | None = None,
    ) -> str:
        """Give an address at which a file can be fetched.

        In a bucket it is a presigned link (AWS Signature Version 4), good for
        an hour if nothing else is said. With ``public_base_url`` in the
        options, and neither time nor name given, it is the public address. In
        a folder it is the file's address on the Jupyter server, if that shows
        it, or else its path, whatever time is given. A link is never kept.

        Parameters
        ----------
        expires : str, number or timedelta, optional
            ``"15m"``, ``"1h"``, ``"7d"`` at most, or seconds.
        download_name : str, optional
            The browser saves the file under this name; else it shows it.

        Raises
        ------
        MissingObjectError
            If there is no such file.
        """
        period = None if expires is None else check_expiry(expires)
        return self._backend.link(check_key(key), period, download_name)

    def remove(self, key: str) -> None:
        """Remove the file under a key; it is fine if there is none."""
        self._backend.remove([check_key(key)])

    def remove_all(self, keys: Sequence[str]) -> None:
        """Remove files, in a bucket several at a time."""
        self._backend.remove([check_key(key) for key in keys])

    def remove_folder(self, prefix: str) -> None:
        """Remove the folder of a prefix if nothing is in it; object stores have none."""
        self._backend.remove_folder(check_key(prefix.rstrip("/")))

    def sweep(self) -> int:
        """Remove what killed processes left, and give how many files that were.

        These are temporary files whose process ran on this host and is gone,
        or to which nothing was written for a day, and scratch folders of such
        processes. What other processes are writing stays.
        """
        return self._backend.sweep()

    def clean(self, older_than: str | float | dt.timedelta) -> Cleaned:
        """Remove segments, assets and scratch that nobody has used for some time.

        Movies and history stay. Nothing that a running render uses goes: what
        it found or made is younger than its own start, and that is the limit.

        Parameters
        ----------
        older_than : str, number or timedelta
            ``"30d"``, ``"12h"``, or seconds.
        """
        return clean(self._backend, read_period(older_than, "older_than").total_seconds())

    def now(self) -> float:
        """Give the time by the clock that the times of `entries` are of, in seconds since the epoch."""
        return self._backend.now()

    def free_bytes(self) -> int | None:
        """Give the free space for this user in bytes; None if nobody can tell. The root need not exist."""
        return self._backend.free_bytes()

    def filesystem(self) -> tuple[Any, str]:
        """Give an fsspec file system and the root's path in it, for readers such as pyarrow and pandas."""
        return self._backend.filesystem()


def _check_prefix(prefix: str) -> str:
    folder = prefix.rpartition("/")[0]
    if folder:
        check_key(folder)
    return prefix


def _as_bucket(root: str) -> tuple[str, str]:
    """Give the bucket and the prefix of an ``s3://`` URL; messages don't repeat what may be a key."""
    url = _split(root)
    if "@" in url.netloc:
        raise InvalidValueError(
            "`root` must be s3://bucket/prefix without keys in it: give them as storage_options={'key': …}"
        )
    if url.query or url.fragment or not _BUCKET.fullmatch(url.netloc):
        raise InvalidValueError(f"`root` must be s3://bucket/prefix, got {root.partition('?')[0]!r}")
    prefix = url.path.strip("/")
    return url.netloc, f"{check_key(prefix)}/" if prefix else ""


def _as_folder(root: str) -> Path:
    scheme = _SCHEME.match(root)
    if scheme and scheme.group(1).lower() != "file":
        raise StoreError(
            f"a store in {scheme.group(1)}:// is not supported, got {root!r}: "
            "give a folder, a file:// or an s3:// URL"
        )
    if not root or "\0" in root:
        raise InvalidValueError(f"`root` must be a folder, a file:// or an s3:// URL, got {root!r}")
    if scheme:
        url = _split(root)
        if url.netloc not in ("", "localhost") or url.query or url.fragment:
            raise InvalidValueError(f"`root` must be a file:// URL of this machine, file:///…, got {root!r}")
        path = unquote(url.path)
        # file:///C:/films is C:/films, not /C:/films
        return read_path(path[1:] if re.match(r"/[A-Za-z]:", path) else path, "root")
    return Path(os.path.abspath(read_path(root, "root")))  # noqa: PTH100 - Path.absolute keeps ".."


def _split(root: str) -> SplitResult:
    try:
        return urlsplit(root)
    except ValueError:  # its message may repeat a key
        raise InvalidValueError(
            "`root` must be s3://bucket/prefix or file:///…: it has no such host"
        ) from None
