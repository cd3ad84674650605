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
    try:
        path = Path(text).expanduser() if isinstance(text, str) and text else None
    except RuntimeError:
        raise InvalidValueError(f"`{name}` must be a path, got {text!r:.80}: there is no such home") from None
    if path is None or (problem := _problem(path)):
        said = "" if path is None else f": it has {problem}"
        raise InvalidValueError(f"`{name}` must be a path, got {text!r:.80}{said}")
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
