"""Arguments that are numbers: said at once, with what is wanted, if they aren't."""

from __future__ import annotations

import math

from bazaar_nb.errors import InvalidValueError


def check_whole(name: str, value: object, least: int) -> None:
    """Raise `InvalidValueError` for what is no whole number, or too small."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidValueError(f"`{name}` must be a whole number, at least {least}, got {value!r:.60}")


def is_number(value: object, least: float, most: float = math.inf) -> bool:
    """Tell whether something is a finite number in these bounds, both included."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and least <= value <= most
