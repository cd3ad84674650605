"""Whether the author's own modules are in a worker what they are here.

What is installed doesn't change under a process that runs; files beside the
notebook do. A worker imports them as they are then, and keeps what it has.
"""

from __future__ import annotations

import importlib.util
import os
import struct
import sys
import sysconfig
import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import psutil

_PACKAGE = str(Path(__file__).parents[1])
_HEADER = struct.Struct("<4sIII")  # magic number, flags, the source's time and size: PEP 552
_STALE = (-1.0, -1)

_seen: dict[str, tuple[float, int]] = {}  # of each file, its time and size when it was first looked at
_lock = threading.Lock()


def changed_module(names: Iterable[str]) -> str | None:
    """Give a module of the author's that may be another one in a worker; None if there is none.

    That is one whose file has changed since it was imported, as far as can be told, or since it was looked
    at for the first time: workers that have imported it before have the old one, also where this process has
    loaded it again.

    Parameters
    ----------
    names : iterable of str
        Of modules that a film refers to; those that they use are looked at, too.
    """
    with _lock:
        for name, path in _own_files(names).items():
            try:
                info = path.stat()
            except OSError:
                continue  # it is gone: a worker can't import it, and says so
            now = (info.st_mtime, info.st_size)
            if _seen.setdefault(str(path), now if _is_as_imported(path, info) else _STALE) != now:
                return name
    return None


def own_modules(names: Iterable[str]) -> list[ModuleType]:
    """Give the author's own modules among these, and all of the author's that they use."""
    return [sys.modules[name] for name in _own_files(names)]


def _own_files(names: Iterable[str]) -> dict[str, Path]:
    """Give the files of the author's modules among these, and of all of the author's that they use."""
    found: dict[str, Path] = {}
    looked, wanted = set[str](), list(names)
    while wanted:
        name = wanted.pop()
        module = sys.modules.get(name)
        if name in looked or module is None:
            continue
        looked.add(name)
        path = _own_file(name, module)
        if path is None:
            continue
        found[name] = path
        for value in list(vars(module).values()):
            used = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            if isinstance(used, str):
                wanted.append(used)
        wanted += [name.rpartition(".")[0]] * ("." in name)
    return found


def _own_file(name: str, module: ModuleType) -> Path | None:
    """Give the source file of a module that is neither installed nor sent by value."""
    path = getattr(module, "__file__", None)
    if not isinstance(path, str) or not path.endswith(".py") or name in ("__main__", "__mp_main__"):
        return None
    return None if path.startswith(_installed()) else Path(path)


@lru_cache(maxsize=1)
def _installed() -> tuple[str, ...]:
    return (sys.prefix, sys.base_prefix, *set(sysconfig.get_paths().values()), _PACKAGE)


def _is_as_imported(path: Path, info: os.stat_result) -> bool:
    """Tell whether a file is still what was imported: older than this process, or than its bytecode."""
    if info.st_mtime <= psutil.Process().create_time() + 1:  # the system tells the second
        return True
    try:
        bytecode = Path(importlib.util.cache_from_source(str(path))).read_bytes()[: _HEADER.size]
        _, flags, time, size = _HEADER.unpack(bytecode)
    except (OSError, NotImplementedError, struct.error):
        return False
    return flags == 0 and (time, size) == (int(info.st_mtime) & 0xFFFFFFFF, info.st_size & 0xFFFFFFFF)
