"""Names of files that are still being written, and whose they are.

``.tmp~<host>~<pid>~<token>~<name>``: hidden, beside the file that it will become
(a rename must not cross file systems), and still ending in its extension, from
which encoders read the format.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import secrets

_STALE_S = 24 * 3600.0
_PATTERN = re.compile(r"\.tmp~(?P<host>[^~]*)~(?P<pid>\d+)~[0-9a-f]+~.*")
_OWNER = re.compile(r"owner~(?P<host>[^~]*)~(?P<pid>\d+)")
_NAME_BYTES = 80  # of the final name; the whole stays within the 255 bytes of a file name


@functools.cache
def host_name() -> str:
    """Give this machine's network name, as temporary names and the history carry it."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", platform.node())[:64] or "localhost"


def temporary_name(name: str) -> str:
    """Give a new temporary name for the file that will be called `name`."""
    tail = name.encode("utf-8", "ignore")[-_NAME_BYTES:].decode(errors="ignore")
    return f".tmp~{host_name()}~{os.getpid()}~{secrets.token_hex(4)}~{tail}"


def is_temporary(name: str) -> bool:
    """Tell whether a file name is one that `temporary_name` gave."""
    return _PATTERN.fullmatch(name) is not None


def owner_name() -> str:
    """Give the name of a file that says whose its folder is: this process's, and nobody's after it."""
    return f"owner~{host_name()}~{os.getpid()}"


def is_owner(name: str) -> bool:
    """Tell whether a file name is one that `owner_name` gave, on whatever host."""
    return _OWNER.fullmatch(name) is not None


def is_orphaned(name: str) -> bool:
    """Tell whether this is an `owner_name` of a process that ran on this host and is gone."""
    match = _OWNER.fullmatch(name)
    return match is not None and _is_gone(match)


def is_leftover(name: str, modified: float, now: float) -> bool:
    """Tell whether nobody will finish this temporary file any more.

    True if its process ran on this host and is gone, or if nothing was written
    to it for a day (both times in seconds since the epoch).
    """
    match = _PATTERN.fullmatch(name)
    if match is None:
        return False
    if now - modified > _STALE_S:
        return True
    return _is_gone(match)


def _is_gone(match: re.Match[str]) -> bool:
    import psutil

    return match["host"] == host_name() and not psutil.pid_exists(int(match["pid"]))
