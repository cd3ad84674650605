"""A finished movie on this machine, piece by piece: what a job wrote, and nothing else."""

from __future__ import annotations

import os
import stat

from bazaar_nb.errors import StoreError
from bazaar_nb.render.result import Render
from bazaar_nb.widgets.panel_protocol import BYTES_AT_ONCE, MOST_BYTES_SENT

# A link in the movie's place would lead elsewhere; a pipe there must not be waited for.
_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC")
)


def read_piece(render: Render, offset: int) -> bytes:
    """Read a movie from an offset on, at most `BYTES_AT_ONCE`; empty at its end.

    Raises
    ------
    StoreError
        If the file is gone, or isn't the one that the job wrote; for a movie in a bucket, which has
        links; and for one that is too large to be sent.
    """
    if render.store.is_remote or render.size_bytes > MOST_BYTES_SENT:
        raise StoreError(f"{render.name} is not sent through the notebook: it has a link")
    try:
        file = os.open(render.store.local(render.key), _FLAGS)
    except OSError as error:
        raise StoreError(f"{render.name} can't be read any more: {_why(error)}") from error
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size != render.size_bytes:
            raise StoreError(f"{render.name} has been replaced since it was rendered: export it again")
        os.lseek(file, min(offset, found.st_size), os.SEEK_SET)
        return os.read(file, BYTES_AT_ONCE)
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"{render.name} can't be read: {_why(error)}") from error
    finally:
        os.close(file)


def _why(error: OSError) -> str:
    """Say what went wrong, without the path."""
    return "it is gone" if error.errno is None or isinstance(error, StoreError) else os.strerror(error.errno)
