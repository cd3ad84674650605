"""Values between values: numbers, tuples of numbers, and colours.

`interpolate` runs many times in every frame. It therefore checks what costs
next to nothing and looks for the words of a message only after that failed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from operator import lt
from typing import Any, Literal, overload

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import Easing, linear
from bazaar_nb.values.color import parse_color
from bazaar_nb.values.number import plain_number
from bazaar_nb.values.oklab import mix_colors

Clamp = bool | Literal["left", "right"]
"""Which ends hold: both (True), none (False), only the left, or only the right."""

_INFINITY = math.inf


@overload
def interpolate(
    x: float,
    inputs: Sequence[float],
    outputs: Sequence[float],
    *,
    easing: Easing | Sequence[Easing] = ...,
    clamp: Clamp = ...,
) -> float: ...
@overload
def interpolate(
    x: float,
    inputs: Sequence[float],
    outputs: Sequence[str],
    *,
    easing: Easing | Sequence[Easing] = ...,
    clamp: Clamp = ...,
) -> str: ...
@overload
def interpolate(
    x: float,
    inputs: Sequence[float],
    outputs: Sequence[Sequence[float]],
    *,
    easing: Easing | Sequence[Easing] = ...,
    clamp: Clamp = ...,
) -> tuple[float, ...]: ...
def interpolate(
    x: float,
    inputs: Sequence[float],
    outputs: Sequence[float] | Sequence[str] | Sequence[Sequence[float]],
    *,
    easing: Easing | Sequence[Easing] = linear,
    clamp: Clamp = True,
) -> float | str | tuple[float, ...]:
    """Give the value at ``x`` of a piecewise curve through points.

    Parameters
    ----------
    x : float
        Where on the input axis, such as ``frame.time`` or ``frame.progress``.
    inputs : sequence of float, n >= 2
        Finite and strictly increasing.
    outputs : sequence, n
        The value at each input: finite numbers; or tuples (or lists) of numbers,
        all of one length, mixed element by element; or colours as text, mixed as
        `mix_colors` does.
    easing : easing or sequence of n - 1 easings
        The pace within each interval.
    clamp : bool or "left" or "right"
        Which ends hold their value outside the inputs. An end that doesn't goes
        on in a straight line, with the average slope of its interval.

    Returns
    -------
    float or tuple of float or str
        Like the outputs; a mixed colour as ``#rrggbb`` or ``#rrggbbaa``. At an
        input it is exactly that input's output; a colour also as it was written.

    Raises
    ------
    InvalidValueError
        For inputs that don't increase, unequal lengths, a NaN, or outputs that
        can't be mixed.

    Examples
    --------
    >>> interpolate(0.5, [0, 2], [0, 100])
    25.0
    >>> interpolate(3, [0, 2], [0, 100])
    100.0
    >>> interpolate(3, [0, 2], [0, 100], clamp=False)
    150.0
    >>> interpolate(0.5, [0, 1], ["blue", "yellow"])
    '#6cabc7'
    """
    try:
        value = _evaluate(x, inputs, outputs, easing, clamp)
    except (TypeError, ValueError, ArithmeticError, LookupError):
        check_curve(inputs, outputs, easing, clamp, "interpolate")
        _check_x(x)
        given = (x, inputs, outputs)
        plain = with_plain_numbers(given)
        if _same_types(plain, given):
            raise  # the arguments are sound: the easing itself failed
        value = _evaluate(plain[0], plain[1], plain[2], easing, clamp)
    if value is None:
        check_curve(inputs, outputs, easing, clamp, "interpolate")
        _check_x(x)
        raise InvalidValueError(f"can't go on to {x!r} beyond {list(inputs)} (interpolate)")
    return value


def check_curve(
    inputs: Sequence[float],
    outputs: Sequence[float] | Sequence[str] | Sequence[Sequence[float]],
    easing: Easing | Sequence[Easing],
    clamp: Clamp,
    where: str,
) -> None:
    """Check all that `interpolate` is given but ``x``.

    Parameters
    ----------
    where : str
        Who asks; it closes the message of an error.

    Raises
    ------
    InvalidValueError
        Says which argument is wrong and why.
    """
    points, values = _listed(inputs, "inputs", where), _listed(outputs, "outputs", where)
    if len(points) < 2:
        raise InvalidValueError(f"`inputs` must have at least 2 numbers, got {points} ({where})")
    if len(values) != len(points):
        raise InvalidValueError(
            f"`outputs` must be as many as `inputs`, got {len(values)} for {len(points)} ({where})"
        )
    if not all(map(_is_finite, points)):
        raise InvalidValueError(f"`inputs` must be finite numbers, got {points} ({where})")
    if not all(map(lt, points, points[1:])):
        raise InvalidValueError(f"`inputs` must be strictly increasing, got {points} ({where})")
    _check_outputs(values, where)
    if not callable(easing):
        easings = _listed(easing, "easing", where)
        if len(easings) != len(points) - 1 or not all(map(callable, easings)):
            raise InvalidValueError(
                f"`easing` must be a function, or one for each of the {len(points) - 1} intervals, "
                f"got {easings} ({where})"
            )
    if clamp not in (True, False, "left", "right"):
        raise InvalidValueError(f"`clamp` must be True, False, 'left' or 'right', got {clamp!r} ({where})")


def with_plain_numbers(value: Any) -> Any:
    """Give a value, or a sequence of values, with its numbers as Python's own."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return tuple(map(with_plain_numbers, value))
    number = plain_number(value)
    return value if number is None else number


def _same_types(one: Any, other: Any) -> bool:
    if isinstance(one, tuple):
        return all(map(_same_types, one, other))
    return type(one) is type(other)


def _evaluate(
    x: float,
    inputs: Sequence[float],
    outputs: Sequence[float] | Sequence[str] | Sequence[Sequence[float]],
    easing: Easing | Sequence[Easing],
    clamp: Clamp,
) -> float | str | tuple[float, ...] | None:
    """Give the value, or None (or any error) where an argument can't be used."""
    count = len(inputs)
    first, last = inputs[0], inputs[-1]
    x = x + 0.0
    if (
        count < 2
        or len(outputs) != count
        or not (-_INFINITY < first < last < _INFINITY and x == x)
        or (count > 2 and not all(map(lt, inputs, inputs[1:])))
        or (clamp is not True and clamp not in (False, "left", "right"))
        or not (callable(easing) or len(easing) == count - 1)
    ):
        return None

    index = min(max(bisect_right(inputs, x) - 1, 0), count - 2) if count > 2 else 0
    if first < x < last:
        low = inputs[index]
        t = (x - low) / (inputs[index + 1] - low)
        if easing is not linear:
            t = easing(t) if callable(easing) else easing[index](t)
    elif x <= first and (x == first or clamp is True or clamp == "left"):
        t = 0.0
    elif x >= last and (x == last or clamp is True or clamp == "right"):
        t = 1.0
    elif -_INFINITY < x < _INFINITY:
        low = inputs[index]
        t = (x - low) / (inputs[index + 1] - low)
        if not -_INFINITY < t < _INFINITY:  # as far from inputs that almost meet
            if outputs[index] != outputs[index + 1]:
                return None
            t = 0.0
    else:
        return None

    start, end = outputs[index], outputs[index + 1]
    if isinstance(start, str):
        return mix_colors(start, end, t) if isinstance(end, str) else None
    if isinstance(start, list | tuple):
        if not isinstance(end, list | tuple) or len(start) != len(end):
            return None
        parts = []
        for part_start, part_end in zip(start, end, strict=True):
            part = _mix(part_start, part_end, t)
            if part is None:
                return None
            parts.append(part)
        return tuple(parts)
    return _mix(start, end, t)  # type: ignore[arg-type]  # anything else fails in there


def _mix(start: float, end: float, t: float) -> float | None:
    if not (-_INFINITY < start < _INFINITY and -_INFINITY < end < _INFINITY):
        return None
    # start + (end - start) can miss end by a rounding error.
    return float(end if t == 1.0 else start + (end - start) * t)


def _check_x(x: float) -> None:
    number = plain_number(x)
    if number is None or number != number:
        raise InvalidValueError(f"`x` must be a number, got {x!r} (interpolate)")


def _check_outputs(outputs: list[Any], where: str) -> None:
    kinds = {_kind(output) for output in outputs}
    if kinds == {"colour"}:
        for output in outputs:
            try:
                parse_color(str(output))
            except InvalidValueError as error:
                raise InvalidValueError(f"{error} (`outputs` of {where})") from None
    elif len(kinds) != 1 or None in kinds:
        raise InvalidValueError(
            "`outputs` must be finite numbers, tuples of them that are equally long, or colours, "
            f"got {outputs} ({where})"
        )


def _kind(output: object) -> str | None:
    if isinstance(output, str):
        return "colour"
    if isinstance(output, list | tuple):
        return f"tuple of {len(output)}" if all(map(_is_finite, output)) else None
    return "number" if _is_finite(output) else None


def _is_finite(value: object) -> bool:
    number = plain_number(value)
    try:
        return number is not None and math.isfinite(number)
    except OverflowError:  # an int beyond all floats
        return False


def _listed(values: object, name: str, where: str) -> list[Any]:
    try:
        if not isinstance(values, str):
            return list(values)  # type: ignore[call-overload,no-any-return]  # else raises
    except TypeError:
        pass
    raise InvalidValueError(f"`{name}` must be a sequence, got {values!r} ({where})")
