"""Bytes that were handed over in place of a path, as files of this process, named by their content."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from hashlib import blake2b
from pathlib import Path

from bazaar_nb.errors import AssetError
from bazaar_nb.sources.file_kinds import HEAD_BYTES, extension_of
from bazaar_nb.store.temporary import owner_name, temporary_name
from bazaar_nb.values.addresses import given_name

PREFIX = "bazaar-given-"
"""What the names of folders with such files begin with, among this system's temporary ones."""

_REMEMBERED_BYTES = 256_000_000  # of bytes whose digest is remembered: a scene hands them over in each frame
_lock = threading.Lock()
_folders: dict[int, Path] = {}
_remembered: OrderedDict[tuple[int, int], tuple[bytes, str]] = OrderedDict()


def keep_bytes(data: bytes, otherwise: str = "bin") -> str:
    """Keep bytes, as long as this process runs, and give the source that stands for them.

    Parameters
    ----------
    otherwise : str
        Their extension where they don't tell it.

    Raises
    ------
    AssetError
        When there is no room for them.
    """
    known = os.getpid(), id(data)
    with _lock:
        held = _remembered.get(known)
        if held is not None and held[0] is data:
            _remembered.move_to_end(known)
            return held[1]
    digest = blake2b(data, digest_size=20).hexdigest()
    name = given_name(digest, extension_of(data[:HEAD_BYTES], otherwise))
    path = _path(name)
    try:
        if not path.is_file():
            temporary = path.with_name(temporary_name(path.name))
            temporary.write_bytes(data)
            temporary.replace(path)
    except OSError as error:
        raise AssetError(f"can't keep {len(data):,} bytes in {path.parent}: {error.strerror}") from error
    if type(data) is bytes:  # others change
        with _lock:
            _remembered[known] = (data, name)
            total = sum(len(data) for data, _ in _remembered.values())
            while total > _REMEMBERED_BYTES and len(_remembered) > 1:
                total -= len(_remembered.popitem(last=False)[1][0])
    return name


def find_given(name: str) -> Path | None:
    """Give the file of bytes that this process was handed, by the source that stands for them."""
    path = _path(name)
    if path.is_file():
        return path
    return next(path.parent.glob(f"{path.stem}.*"), None)  # its bytes tell another extension than its name


def _path(name: str) -> Path:
    pid = os.getpid()  # a forked process has its own: its parent's goes with its parent
    with _lock:
        folder = _folders.get(pid)
        if folder is None or not folder.is_dir():
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=f"-{owner_name()}"))
            if pid not in _folders:
                atexit.register(_remove, pid)
            _folders[pid] = folder
            _remembered.clear()
    return folder / name.partition(":")[2]


def _remove(pid: int) -> None:
    if os.getpid() == pid:
        shutil.rmtree(_folders[pid], ignore_errors=True)
