"""Sounds of arrays as files of this process: what reads, digests and keeps sounds takes files."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from pathlib import Path

from msgspec.structs import replace

from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.sound_arrays import wave_name

_lock = threading.Lock()
_folders: dict[int, Path] = {}  # by process: a forked one has its own


def with_file(sound: Sound) -> Sound:
    """Give a placement of an array as one of a file with its samples, which lasts as long as the process."""
    if not sound.data:
        return sound
    with _lock:
        path = _folder() / wave_name(sound.data)
        if not path.is_file() or path.stat().st_size != len(sound.data):
            half = path.with_suffix(".part")
            half.write_bytes(sound.data)
            half.replace(path)
    return replace(sound, source=str(path), data=b"")


def _folder() -> Path:
    folder = _folders.get(os.getpid())
    if folder is None or not folder.is_dir():
        folder = _folders[os.getpid()] = Path(tempfile.mkdtemp(prefix="bazaar-sounds-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
