"""What happens to a file when writing it goes wrong: it is removed, and the error says which it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
from av.container import OutputContainer

from bazaar_nb.errors import EncodeError, StoreError


@contextmanager
def removed_on_failure(path: Path) -> Iterator[None]:
    """Remove a file if the block raises, whatever it raises."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def writing(what: str, path: Path) -> Iterator[None]:
    """Turn the errors of libav in the block into ours.

    Parameters
    ----------
    what : str
        For the message, as "segment".
    path : Path
        The file that is written.

    Raises
    ------
    StoreError
        For what the operating system says, as a full disk; `errno` and `filename` are kept.
    EncodeError
        For anything else that libav refuses.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(error.errno, f"could not write the {what}: {error.strerror}", str(path)) from error
    except (av.FFmpegError, ValueError) as error:
        raise EncodeError(f"could not encode the {what} {path}: {error}") from error


@contextmanager
def abandoned_on_failure(container: OutputContainer) -> Iterator[None]:
    """Close a container if the block raises; the block's error is the one to tell."""
    try:
        yield
    except BaseException:
        with suppress(av.FFmpegError, OSError, ValueError):
            container.close()
        raise
