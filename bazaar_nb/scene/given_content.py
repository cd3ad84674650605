"""Bytes, open files and pictures that authors hand over in place of a path.

An element stays small: it holds the name of the bytes, ``given:<digest>.<ext>``,
whatever frame it is in. A scene writes no files; who keeps the bytes under that
name is handed in from above.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bazaar_nb.errors import InvalidValueError

TakeContent = Callable[[object, str, str], str | None]
"""Takes an object for a field (``"source"``) of an element (``"Image"``); gives the name of its bytes, None
where it holds no file."""

_taker: TakeContent | None = None


def take_content_with(taker: TakeContent) -> None:
    """Say who keeps what is handed over."""
    global _taker
    _taker = taker


def as_source(value: Any, field: str, element: str) -> Any:
    """Give what names a file: text as it is, paths as text, bytes and the like by the name of their content.

    What holds no file comes back as it is: the check of the frame's tree refuses it.
    """
    if isinstance(value, str) or value is None:
        return value
    if hasattr(value, "__fspath__"):
        return str(value)
    name = take_content(value, field, element)
    return value if name is None else name


def take_content(value: object, field: str, element: str) -> str | None:
    """Give the name of the bytes that an object holds.

    Parameters
    ----------
    value : bytes, file object, PIL image or array
    field, element : str
        For messages, as ``"source"`` and ``"Clip"``.

    Returns
    -------
    str or None
        ``given:<digest>.<ext>``; None for what holds no file.

    Raises
    ------
    InvalidValueError
        When it can't be taken: an empty one, a file in text mode, an array that is no picture.
    """
    if _taker is None:
        raise InvalidValueError(f"nobody here takes a {type(value).__name__} ({element})")
    return _taker(value, field, element)
