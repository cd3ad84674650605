"""Objects of plotting libraries, taken as pictures by whoever can draw them.

A scene is data and draws nothing, but its author hands over what is drawn
already. So what makes data of such an object is handed in from above.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bazaar_nb.errors import InvalidValueError


class TakenPicture(NamedTuple):
    """What an object shows, as data.

    Attributes
    ----------
    size : (float, float)
        Its own width and height in pixels.
    data : bytes
        As PNG, JPEG or SVG; empty where a function draws it.
    function : str
        The name of a function that draws it, ``function:<token>``.
    """

    size: tuple[float, float]
    data: bytes = b""
    function: str = ""


TakePicture = Callable[[object, str], TakenPicture]
"""Takes an object for an element of this name; raises `InvalidValueError` with the way that works."""

_taker: TakePicture | None = None


def take_pictures_with(taker: TakePicture) -> None:
    """Say who makes pictures of objects."""
    global _taker
    _taker = taker


def take_picture(value: object, element: str) -> TakenPicture:
    """Make data of an object that shows itself as a picture.

    Raises
    ------
    InvalidValueError
        When it can't be taken, with the way that works.
    """
    if _taker is None:
        raise InvalidValueError(f"nobody here takes a {type(value).__name__} ({element})")
    return _taker(value, element)
