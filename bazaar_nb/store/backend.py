"""The seam between the store and what keeps its bytes: a folder or a bucket."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

OnBytes = Callable[[int, int], None]
"""Is told how many bytes of how many have been moved; raises to stop. From any thread."""

CLAIM_S = 3600.0
"""A file that was claimed or written less than this long ago is young: no clean takes it from a render."""


class Entry(NamedTuple):
    """What a listing tells of a file."""

    key: str
    size_bytes: int
    modified: float
    """When it was written or claimed, in seconds since the epoch, by the clock of `Backend.now`."""


class Excerpt(NamedTuple):
    """Some bytes of a file."""

    data: bytes
    size_bytes: int
    """Of the whole file."""
    etag: str | None
    """What tells this content from another one under the same key; None in a folder."""


class Assembly(Protocol):
    """A file that is put together of parts, and appears when it is finished; see `Store.assemble`.

    Attributes
    ----------
    size_bytes : int
        How much was written and copied.
    moved_bytes : int
        How much of that is there.
    copied_bytes : int
        How much of it the service copied itself.
    """

    size_bytes: int
    moved_bytes: int
    copied_bytes: int

    def watch(self, check: Callable[[], None]) -> None:
        """Have a function called while this waits; what it raises stops the wait."""

    def write(self, data: bytes) -> None:
        """Add bytes; waits while many are under way."""

    def copy(
        self, key: str, etag: str | None, begin: int, stop: int, read: Callable[[int, int], bytes]
    ) -> None:
        """Add a range of another file of the same store.

        Parameters
        ----------
        key : str
            Where it is.
        etag : str or None
            Of the content that is meant, if that is known: another one is refused.
        begin, stop : int
            The half-open range of its bytes.
        read : function
            Gives a range of them, where they are too few to be copied.
        """

    def finish(self, front: bytes) -> None:
        """Put the front before all that was added, and have the file appear.

        Raises
        ------
        StoreError
            If the service doesn't take it, or has something else than was sent.
        """

    def abandon(self) -> None:
        """Stop, and have nothing left of what was sent; does nothing once it is finished."""


class Backend(Protocol):
    """Keeps files under keys; every key that it is given was checked.

    What both kinds promise: a file is there whole or not at all; with
    ``once=True`` a file that is there is never replaced; whatever goes wrong is
    a `StoreError` that says where and what to do about it. The methods are
    those of `Store`, where they are documented.
    """

    remote: bool
    """Whether a question costs a round trip, so that asking many at once pays."""

    @property
    def url(self) -> str:
        """The root as a URL."""

    def location(self, key: str) -> str:
        """Give where a key is, for people."""

    def local(self, keys: Sequence[str]) -> list[Path]:
        """Give paths from which files can be read."""

    def claim(self, keys: Sequence[str]) -> set[str]:
        """Tell which files are there, and make them young."""

    def exists(self, key: str) -> bool:
        """Tell whether there is a file."""

    def size(self, key: str) -> int:
        """Give the size of a file in bytes."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Give the keys that start with a prefix."""

    def folders(self, prefix: str) -> Iterable[str]:
        """Give the prefixes of the folders in a folder."""

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Give keys with what a listing tells of them."""

    def modified(self, keys: Sequence[str]) -> dict[str, float]:
        """Give when files were written or claimed last, of those that are there."""

    def read_bytes(self, key: str) -> bytes:
        """Read a whole file."""

    def write_bytes(self, key: str, data: bytes, once: bool) -> None:
        """Write a whole file."""

    def create(self, key: str, data: bytes) -> bool:
        """Write a whole file if there is none; tell whether it did."""

    def writing(self, key: str, once: bool, on_bytes: OnBytes | None) -> AbstractContextManager[Path]:
        """Give a path to write to; the file appears when the block ends well."""

    def assemble(self, key: str) -> Assembly | None:
        """Give an upload that sends a file while it is being made, where there can be one."""

    def read_range(self, key: str, begin: int, stop: int) -> Excerpt:
        """Read some of a file's bytes."""

    def fetching(self, key: str) -> AbstractContextManager[Path]:
        """Give a path from which a file can be read within the block."""

    def has_copy(self, key: str) -> bool:
        """Tell whether a file can be read without fetching it."""

    def download(self, key: str, path: Path, on_bytes: OnBytes | None) -> None:
        """Copy a file to a path outside of the store, whole or not at all."""

    def remove(self, keys: Iterable[str]) -> None:
        """Remove files; it is fine if there are none."""

    def remove_folder(self, prefix: str) -> None:
        """Remove the empty folder of a prefix, where there are folders."""

    def sweep(self) -> int:
        """Remove what killed processes of this host left; give how many files."""

    def drop_unfinished(self, before: float) -> None:
        """Remove uploads that were begun before some time and never finished."""

    def free_bytes(self) -> int | None:
        """Give the space that is left; None where nobody can tell."""

    def now(self) -> float:
        """Give the time by the clock that `Entry.modified` is of."""

    def link(self, key: str, expires: dt.timedelta | None, download_name: str | None) -> str:
        """Give an address at which a file can be fetched."""

    def filesystem(self) -> tuple[Any, str]:
        """Give the fsspec file system that has the files, and the root's path in it."""
