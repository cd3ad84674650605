"""Paths on this machine, as people type them."""

from __future__ import annotations

import os
from pathlib import Path

from bazaar_nb.errors import InvalidValueError

_PART_BYTES = 255  # what ext4, APFS and NTFS allow
_PATH_BYTES = 4095


def read_path(given: str | os.PathLike[str], name: str) -> Path:
    """Give a path, with the home folder in place of ``~``; nothing need be there.

    Raises
    ------
    InvalidValueError
        For text that no path is: empty, with a NUL, too long, or of nobody's home.
    """
    text = os.fspath(given)
    if not isinstance(text, str) or not text:
        raise InvalidValueError(f"`{name}` must be a path, got {text!r:.80}")
    path = Path(text)
    if not _problem(path):  # whose home it is, is asked of the system: with a NUL that raises
        try:
            path = path.expanduser()
        except RuntimeError:
            what = f"`{name}` must be a path, got {text!r:.80}: there is no such home"
            raise InvalidValueError(what) from None
    if problem := _problem(path):
        raise InvalidValueError(f"`{name}` must be a path, got {text!r:.80}: it has {problem}")
    return path


def _problem(path: Path) -> str | None:
    text = os.fspath(path)
    if "\0" in text:
        return "a NUL"
    try:
        encoded = os.fsencode(text)
    except UnicodeEncodeError:
        return "half a letter, a lone surrogate"
    if len(encoded) > _PATH_BYTES or any(len(os.fsencode(part)) > _PART_BYTES for part in path.parts):
        return f"a name of more than {_PART_BYTES} bytes, or more than {_PATH_BYTES} in all"
    return None
