"""Checks of the options that races share."""

from __future__ import annotations

from collections.abc import Sequence

from bazaar_nb.errors import InvalidValueError


def check_top(top: object, most: int, kind: str) -> None:
    """Check how many are seen.

    Raises
    ------
    InvalidValueError
        For what is no whole number from 1 to `most`.
    """
    if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top <= most:
        raise InvalidValueError(f"`top` must be a whole number from 1 to {most}, got {top!r} ({kind})")


def check_choice(option: str, given: object, known: Sequence[str], kind: str) -> None:
    """Check an option that is one of some words.

    Raises
    ------
    InvalidValueError
        For another.
    """
    if given not in known:
        wanted = " or ".join(one or "empty" for one in known)
        raise InvalidValueError(f"`{option}` must be {wanted}, got {given!r} ({kind})")
