"""Numbers of a sound that may change while it is heard: one number, or keyframes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.number import plain_number

Keyframes = tuple[tuple[float, float], ...]
"""(seconds after the sound's start, value) pairs with rising times."""

_MAX_TIME_S = 1_000_000


def as_curve(given: object, name: str, low: float, high: float, unit: str, where: str) -> float | Keyframes:
    """Take a number, or (seconds, number) pairs.

    Raises
    ------
    InvalidValueError
        For what is neither, times that don't rise, and numbers out of range.
    """
    number = plain_number(given)
    if number is None and isinstance(given, Iterable) and not isinstance(given, str | bytes):
        keyframes = as_keyframes(given, name, low, high, unit, where)
        if not keyframes:
            raise InvalidValueError(f"`{name}` must have a (seconds, {unit}) pair at least, got none{where}")
        return keyframes
    if number is None or isinstance(number, bool) or not low <= number <= high:
        raise InvalidValueError(
            f"`{name}` must be between {low:g} and {high:g} {unit}, got {given!r:.80}{where}"
        )
    return float(number)


def as_keyframes(given: object, name: str, low: float, high: float, unit: str, where: str) -> Keyframes:
    """Take (seconds, number) pairs.

    Raises
    ------
    InvalidValueError
        As `as_curve`.
    """
    keyframes = []
    if hasattr(given, "tolist"):  # of an array
        given = given.tolist()
    for pair in given if isinstance(given, Iterable) else (None,):
        numbers = [plain_number(part) for part in pair] if isinstance(pair, Sequence) else []
        if len(numbers) != 2 or any(number is None for number in numbers):
            raise InvalidValueError(f"`{name}` must be (seconds, {unit}) pairs, got {given!r:.80}{where}")
        keyframes.append((float(numbers[0] or 0), float(numbers[1] or 0)))
    rising = all(before[0] < after[0] for before, after in pairwise(keyframes))
    if not rising or not all(0 <= time <= _MAX_TIME_S and low <= value <= high for time, value in keyframes):
        raise InvalidValueError(
            f"`{name}` must have rising times from 0 and {unit} from {low:g} to {high:g}, "
            f"got {given!r:.80}{where}"
        )
    return tuple(keyframes)
