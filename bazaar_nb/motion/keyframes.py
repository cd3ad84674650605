"""Keyframes: values pinned to times, with the motion between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar, cast

import msgspec

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import Easing, linear
from bazaar_nb.motion.interpolate import Clamp, check_curve, interpolate, with_plain_numbers
from bazaar_nb.motion.seconds import Moment, seconds_at
from bazaar_nb.values.number import plain_number

Value = TypeVar("Value", float, str, tuple[float, ...])


class Keyframes(msgspec.Struct, Generic[Value], frozen=True):
    """A value over time; call it with a frame or with seconds.

    Made by `keyframes`, which checks what it is given.

    Attributes
    ----------
    times_s : tuple of float
        When each value holds, in seconds from the start of the scene; increasing.
    values : tuple
        As many numbers, tuples of numbers, or colours.
    easing : easing or tuple of easings
        The pace within each interval.
    clamp : bool or "left" or "right"
        Which ends hold their value.
    """

    times_s: tuple[float, ...]
    values: tuple[Value, ...]
    easing: Easing | tuple[Easing, ...] = linear
    clamp: Clamp = True

    def __call__(self, moment: Moment) -> Value:
        """Give the value at a moment: a frame's time, or seconds."""
        x = seconds_at(moment, "keyframes")
        return interpolate(x, self.times_s, self.values, easing=self.easing, clamp=self.clamp)


def keyframes(
    values: Mapping[float, Value],
    *,
    easing: Easing | Sequence[Easing] = linear,
    clamp: Clamp = True,
) -> Keyframes[Value]:
    """Pin values to times.

    Parameters
    ----------
    values : mapping of float to value
        Seconds from the start of the scene to a number, a tuple of numbers or a
        colour, all of one kind; at least two, in any order.
    easing : easing or sequence of easings
        The pace within each interval, in the order of time.
    clamp : bool or "left" or "right"
        As for `interpolate`.

    Returns
    -------
    Keyframes
        To be called with a frame or with seconds.

    Raises
    ------
    InvalidValueError
        For times that are not finite, or values that can't be mixed.

    Examples
    --------
    >>> x = keyframes({0: 0, 1: 100, 3: 50})
    >>> x(0.5), x(2), x(10)
    (50.0, 75.0, 50.0)
    """
    if not isinstance(values, Mapping):
        raise InvalidValueError(f"a mapping of seconds to values is wanted, got {values!r} (keyframes)")
    numbers = {time: plain_number(time) for time in values}
    if not all(number is not None and number == number for number in numbers.values()):
        raise InvalidValueError(f"times must be numbers of seconds, got {list(values)} (keyframes)")
    times = sorted(values)
    # Copies: a list that the author changes later must not change frames already made.
    ordered = [with_plain_numbers(values[time]) for time in times]
    check_curve(times, ordered, easing, clamp, "keyframes")
    return Keyframes(
        tuple(map(float, times)),
        cast("tuple[Value, ...]", tuple(ordered)),
        easing if callable(easing) else tuple(easing),
        clamp,
    )
