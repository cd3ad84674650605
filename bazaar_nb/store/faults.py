"""What the operating system says of a disk, told to people.

A `StoreError` made here keeps the `errno` of the fault, also through pickling.
"""

from __future__ import annotations

import errno
import os

from bazaar_nb.errors import StoreError

DISK_FAULTS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG})
"""Error numbers that can only come from the disk that is written to, whoever wrote to it."""

_FULL = "free some space or choose another root"
_DENIED = "choose a root that you may write to, or change its permissions"
_ADVICE = {
    errno.ENOSPC: ("no space left on the disk", _FULL),
    errno.EDQUOT: ("your disk quota is used up", _FULL),
    errno.EROFS: ("it is on a read-only file system", _DENIED),
    errno.EACCES: ("permission denied", _DENIED),
    errno.EPERM: ("permission denied", _DENIED),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "choose another root"),
    errno.EEXIST: ("a part of the path is a file, not a folder", "choose another root"),
    errno.EISDIR: ("it is a folder, not a file", "choose another name"),
    errno.EFBIG: ("the file is larger than the file system allows", "choose another root"),
    errno.ENAMETOOLONG: ("the path is too long", "choose a root with a shorter path"),
}


class MissingObjectError(StoreError, FileNotFoundError):
    """There is nothing in the store under this key."""


def store_fault(error: OSError, action: str, path: str | os.PathLike[str]) -> StoreError:
    """Give the `StoreError` that tells a person what went wrong and what to do.

    Parameters
    ----------
    error : OSError
        What the operating system said.
    action : str
        What was tried, as a verb: ``"write to"``, ``"read"``.
    path : path-like
        What it was tried on.
    """
    number = error.errno if error.errno is not None else errno.EIO
    if number == errno.ENOENT:
        return MissingObjectError(number, f"can't {action} {os.fspath(path)}: it does not exist")
    reason, advice = _ADVICE.get(number, (error.strerror or str(error), ""))
    message = f"can't {action} {os.fspath(path)}: {reason}"
    return StoreError(number, f"{message}; {advice}" if advice else message)
