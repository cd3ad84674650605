"""A moment of a scene: what motion is asked about."""

from __future__ import annotations

from typing import Protocol

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.number import plain_number


class HasTime(Protocol):
    """Anything that knows its time, such as the frame that a scene function is given."""

    @property
    def time(self) -> float:
        """Seconds since the scene started."""
        ...


Moment = float | HasTime
"""A number of seconds, or a frame, which means its time."""


def seconds_at(moment: Moment, where: str) -> float:
    """Give the seconds of a moment.

    Parameters
    ----------
    moment : float or HasTime
        Seconds, or an object whose attribute ``time`` is seconds.
    where : str
        Who asks; it closes the message of an error.

    Raises
    ------
    InvalidValueError
        For anything else, and for NaN.
    """
    value = moment if isinstance(moment, float | int) else getattr(moment, "time", moment)
    if type(value) is not float:
        value = plain_number(value)
    if value is not None and value == value:
        return float(value)
    raise InvalidValueError(f"a frame or a number of seconds is wanted, got {moment!r} ({where})")
