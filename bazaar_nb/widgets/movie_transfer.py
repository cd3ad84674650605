"""A finished movie on this machine, piece by piece: what a job wrote, and nothing else."""

from __future__ import annotations

import os
import stat
from typing import Protocol

from bazaar_nb.errors import InvalidValueError, StoreError
from bazaar_nb.store.store import Store

BYTES_AT_ONCE = 512 * 1024
"""Of a movie, in one reply: small enough for every proxy between kernel and browser."""

MOST_BYTES_INLINE = 50_000_000
"""A larger movie is not sent through the notebook's connection to be played."""

MOST_BYTES_SENT = 500_000_000
"""Nor is a larger one to be downloaded."""

# A link in the movie's place would lead elsewhere; a pipe there must not be waited for.
_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC")
)


class Movie(Protocol):
    """A finished movie: a `Render`, or what is left of an old one."""

    @property
    def store(self) -> Store:
        """What keeps it."""

    @property
    def key(self) -> str:
        """Its key there."""

    @property
    def name(self) -> str:
        """Its file name."""

    @property
    def size_bytes(self) -> int:
        """How large it was when it was made."""


def read_piece(movie: Movie, offset: int) -> bytes:
    """Read a movie from an offset on, at most `BYTES_AT_ONCE`; empty at its end.

    Raises
    ------
    StoreError
        If the file is gone, or isn't the one that the job wrote; for a movie in a bucket, which has
        links; and for one that is too large to be sent.
    """
    if movie.store.is_remote or movie.size_bytes > MOST_BYTES_SENT:
        raise StoreError(f"{movie.name} is not sent through the notebook: it has a link")
    try:
        file = os.open(movie.store.local(movie.key), _FLAGS)
    except OSError as error:
        raise StoreError(f"{movie.name} can't be read any more: {_why(error)}") from error
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size != movie.size_bytes:
            raise StoreError(f"{movie.name} has been replaced since it was rendered: export it again")
        os.lseek(file, min(offset, found.st_size), os.SEEK_SET)
        return os.read(file, BYTES_AT_ONCE)
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"{movie.name} can't be read: {_why(error)}") from error
    finally:
        os.close(file)


def make_link(movie: Movie, use: str) -> str:
    """Make an address that a browser can open; it is kept nowhere.

    Parameters
    ----------
    use : {"play", "download", "share"}
        What it is for.

    Raises
    ------
    InvalidValueError
        If nobody serves the file.
    """
    link = str(movie.store.link(movie.key, download_name=movie.name if use == "download" else None))
    if link == movie.store.location(movie.key):
        raise InvalidValueError(
            f"{movie.name} is a file on the kernel's machine that the notebook's server doesn't show: "
            "fetch it there, or use a workspace in a bucket"
        )
    return link


def _why(error: OSError) -> str:
    """Say what went wrong, without the path."""
    return "it is gone" if error.errno is None or isinstance(error, StoreError) else os.strerror(error.errno)
