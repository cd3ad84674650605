"""Directions: words, or degrees as gradients have them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, TypeAlias

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import cubic, ease_in_out, sine
from bazaar_nb.values.number import finite_number

Direction: TypeAlias = Literal["right", "down", "left", "up"] | float
"""Where to: a word, or degrees clockwise from the right, as a gradient's `angle`."""
SMOOTH = ease_in_out(cubic)
"""Slow, fast, slow: how whole pictures move."""
GENTLE = ease_in_out(sine)
"""The same, but hardly: how edges run and what is seen changes."""
_WORDS = {"right": 0.0, "down": 90.0, "left": 180.0, "up": 270.0}


def as_degrees(direction: Direction, where: str) -> float:
    """Give a direction in degrees clockwise from the right, 0 up to 360.

    Raises
    ------
    InvalidValueError
        For what is neither a word nor a number.
    """
    if isinstance(direction, str):
        if direction not in _WORDS:
            raise InvalidValueError(
                f"`direction` must be {', '.join(_WORDS)} or degrees, got {direction!r:.60} ({where})"
            )
        return _WORDS[direction]
    return finite_number(direction, "direction", where) % 360.0


def way_out(degrees: float, width: float, height: float) -> tuple[float, float]:
    """Give the shortest way in a direction after which a frame is no longer over where it was, in pixels."""
    across, down = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    far = min(
        width / abs(across) if abs(across) > 1e-9 else math.inf,
        height / abs(down) if abs(down) > 1e-9 else math.inf,
    )
    return far * across, far * down


def as_share(value: float, name: str, where: str, low: float = 0.0, high: float = 1.0) -> float:
    """Check a number from `low` to `high`.

    Raises
    ------
    InvalidValueError
        When it is another.
    """
    number = finite_number(value, name, where)
    if not low <= number <= high:
        raise InvalidValueError(f"`{name}` must be from {low:g} to {high:g}, got {value!r} ({where})")
    return number


def as_center(value: object, where: str) -> tuple[float, float]:
    """Check a point given as fractions of the frame.

    Raises
    ------
    InvalidValueError
        When it is no pair of numbers from 0 to 1.
    """
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise InvalidValueError(f"`center` must be two fractions of the frame, got {value!r:.60} ({where})")
    return as_share(value[0], "center", where), as_share(value[1], "center", where)


def unit(progress: float) -> float:
    """Give a progress that an easing may have carried beyond 0 and 1 at the nearer end."""
    return min(1.0, max(0.0, progress))
