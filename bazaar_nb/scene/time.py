"""Seconds to frames and back, exactly.

The only place where the two meet. Rates are `fractions.Fraction` (29.97 is
30000/1001), so no frame is dropped or doubled by rounding: 2.2 s at 25 fps is
55 frames, and ten hours at 29.97 fps are 1 078 921 frames.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.number import plain_number

Seconds = int | float | str | Decimal | Fraction
"""A time in seconds; a float means the shortest decimal that prints like it (2.2 is 11/5)."""

_MOST_DIGITS = 400  # floats have 309 at most
_NTSC = {
    Decimal(text): Fraction(num * 1000, 1001)
    for text, num in (
        ("23.976", 24),
        ("23.98", 24),
        ("29.97", 30),
        ("47.952", 48),
        ("59.94", 60),
        ("119.88", 120),
    )
}


def as_seconds(value: Seconds, name: str = "time", where: str = "") -> Fraction:
    """Give a time in seconds as an exact fraction.

    Raises
    ------
    InvalidValueError
        For anything that is not a finite number.
    """
    number = _as_fraction(value)
    if number is None:
        raise InvalidValueError(f"`{name}` must be a number of seconds, got {value!r}{where}")
    return number


def as_fps(value: Seconds, where: str = "") -> Fraction:
    """Give a frame rate as an exact fraction; 29.97 and the like mean the NTSC rates.

    Raises
    ------
    InvalidValueError
        For a rate that is not between 1 and 240 frames a second.
    """
    rate = _as_fraction(value)
    if rate is not None and not isinstance(value, Fraction):
        rate = _NTSC.get(Decimal(str(value)) if "/" not in str(value) else Decimal(0), rate)
    if rate is None:
        raise InvalidValueError(f"`fps` must be a number of frames a second, got {value!r}{where}")
    if rate <= 0:
        raise InvalidValueError(f"`fps` must be positive, got {value!r}{where}")
    if not 1 <= rate <= 240:
        raise InvalidValueError(f"`fps` must be between 1 and 240, got {value!r}{where}")
    return rate.limit_denominator(1001)


def seconds_to_frames(seconds: Fraction, fps: Fraction) -> int:
    """Give the frame that is nearest to a time; halves go to the later frame."""
    return math.floor(seconds * fps + Fraction(1, 2))


def frames_to_seconds(frames: int, fps: Fraction) -> Fraction:
    """Give the time at which a frame starts."""
    return Fraction(frames) / fps


def format_fps(fps: Fraction) -> str:
    """Give a frame rate for people: ``30``, ``29.97``."""
    return f"{float(fps):.5g}" if fps.denominator != 1 else str(fps.numerator)


def _as_fraction(value: object) -> Fraction | None:
    if not isinstance(value, Real | Decimal | str):
        value = plain_number(value)  # arrays of a single number
    if isinstance(value, bool):
        return None
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    try:
        if isinstance(value, Real):
            # A float32's own shortest decimal: as a Python float, 2.2 would be 2.200000047….
            return Fraction(str(value) if hasattr(value, "dtype") else repr(float(value)))
        if isinstance(value, str) and "/" in value:
            return Fraction(value.strip()) if len(value) < _MOST_DIGITS else None
        if isinstance(value, Decimal | str):
            number = Decimal(value)
            # An exponent of a billion is a short text, but a number of 400 MB.
            return Fraction(number) if number.is_zero() or abs(number.adjusted()) < _MOST_DIGITS else None
    except (ArithmeticError, ValueError):
        return None
    return None
