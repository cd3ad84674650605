"""Easing: how far a motion is along, given how much of its time has passed.

An easing is a plain function from 0..1 to a progress that is exactly 0 at 0
and exactly 1 at 1; it may leave 0..1 in between (`back`, `elastic`). The named
curves start slowly, as the "ease in" curves of https://easings.net do (after
R. Penner, *Programming Macromedia Flash MX*, 2002, ch. 7). Turn them with the
combinators: ``ease_out(bounce)`` is a ball that falls and comes to rest,
``ease_in_out(cubic)`` starts and ends slowly.

Outside 0..1 nothing raises; what comes back there is the curve's own
continuation, or the nearer end.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.number import finite_number, whole_number

Easing = Callable[[float], float]
"""A function from 0..1 to progress, exactly 0 at 0 and exactly 1 at 1."""


def linear(t: float) -> float:
    """Progress as time does.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.linear(0.25)
    0.25
    """
    return t


def quad(t: float) -> float:
    """Progress as the square of time: a gentle start.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.quad(0.5)
    0.25
    """
    return t * t


def cubic(t: float) -> float:
    """Progress as the third power of time; ``ease_in_out(cubic)`` suits most motion.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.cubic(0.5)
    0.125
    """
    return t * t * t


def quart(t: float) -> float:
    """Progress as the fourth power of time.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.quart(0.5)
    0.0625
    """
    return t * t * t * t


def quint(t: float) -> float:
    """Progress as the fifth power of time: a late, strong start.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.quint(0.5)
    0.03125
    """
    return t * t * t * t * t


def sine(t: float) -> float:
    """Progress as a quarter of a cosine wave: the softest start.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> round(bz.sine(0.5), 3)
    0.293
    """
    return 1.0 - math.cos(t * math.pi / 2) if t < 1.0 else 1.0  # cos(pi / 2) is not quite 0 in floats


def circle(t: float) -> float:
    """Progress along a quarter of a circle: a very sudden end.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> round(bz.circle(0.5), 3)
    0.134
    """
    return 1.0 - math.sqrt(1.0 - t * t) if -1.0 < t < 1.0 else 1.0


def expo(t: float) -> float:
    """Progress that doubles every tenth of the time.

    The usual ``2 ** (10 * (t - 1))`` starts at 1/1024; this one is shifted and
    scaled to meet both ends exactly.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> round(bz.expo(0.5), 3)
    0.03
    """
    return (math.exp2(10.0 * min(t, 1.0)) - 1.0) / 1023.0


def bounce(t: float) -> float:
    """Progress that bounces three times off the start before it leaves.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> round(bz.bounce(0.5), 3)
    0.234
    """
    u = 2.75 * (1.0 - min(max(t, 0.0), 1.0))
    if u < 1.0:
        return 1.0 - u * u
    if u < 2.0:
        return 0.25 - (u - 1.5) ** 2
    if u < 2.5:
        return 0.0625 - (u - 2.25) ** 2
    return 0.015625 - (u - 2.625) ** 2


def back(overshoot: float = 1.70158) -> Easing:
    """Make an easing that first pulls back.

    Parameters
    ----------
    overshoot : float
        How strongly; 0 is `cubic`, 1.70158 pulls back by a tenth of the way.

    Raises
    ------
    InvalidValueError
        For an overshoot that is not a finite number.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> round(bz.back()(0.5), 3)
    -0.088
    """
    strength = finite_number(overshoot, "overshoot", "back")

    def pull_back(t: float) -> float:
        return t * t * (t + strength * (t - 1.0))

    return pull_back


def elastic(bounciness: float = 1.0) -> Easing:
    """Make an easing that swings around the start before it snaps to the end.

    ``ease_out(elastic(2))`` overshoots the end and swings into it. The curve is
    ``sin(pi t / 2)**3 * cos(bounciness * pi * (1 - t))``: the elastic curve of
    React Native's and Remotion's ``Easing``, turned to start slowly like the
    others here.

    Parameters
    ----------
    bounciness : float
        Number of half swings; 0 has none and never leaves 0..1.

    Raises
    ------
    InvalidValueError
        For a bounciness that is not a finite number.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> round(bz.elastic()(0.5), 3)
    0.0
    """
    swings = finite_number(bounciness, "bounciness", "elastic") * math.pi

    def swing(t: float) -> float:
        return math.sin(t * math.pi / 2) ** 3 * math.cos(swings * (1.0 - t))

    return swing


def bezier(x1: float, y1: float, x2: float, y2: float) -> Easing:
    """Make an easing from a cubic Bézier curve, as CSS's ``cubic-bezier()`` does.

    The curve runs from (0, 0) to (1, 1) with the control points (x1, y1) and
    (x2, y2); x is time, y is progress
    (https://www.w3.org/TR/css-easing-1/#cubic-bezier-easing-functions).
    It is solved as in WebKit's ``UnitBezier``: Newton's method, and bisection
    where that does not converge. Before the start it holds 0, after the end 1.

    Raises
    ------
    InvalidValueError
        For x1 or x2 outside 0..1 (time would run backwards), or a number that
        is not finite.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> round(bz.bezier(0.2, 0, 0, 1)(0.5), 3)
    0.878
    """
    x1, x2 = finite_number(x1, "x1", "bezier"), finite_number(x2, "x2", "bezier")
    y1, y2 = finite_number(y1, "y1", "bezier"), finite_number(y2, "y2", "bezier")
    for name, x in (("x1", x1), ("x2", x2)):
        if not 0.0 <= x <= 1.0:
            raise InvalidValueError(f"`{name}` must be between 0 and 1, got {x!r} (bezier)")
    # Horner's coefficients of x(s) and y(s), s being the curve's parameter.
    cx, cy = 3.0 * x1, 3.0 * y1
    bx, by = 3.0 * (x2 - x1) - cx, 3.0 * (y2 - y1) - cy
    ax, ay = 1.0 - cx - bx, 1.0 - cy - by

    def curve(t: float) -> float:
        if t <= 0.0:
            return 0.0
        if t >= 1.0:
            return 1.0
        s = _solve_bezier(ax, bx, cx, t)
        return ((ay * s + by) * s + cy) * s

    return curve


def steps(count: int) -> Easing:
    """Make an easing that jumps ``count`` times and holds in between.

    As CSS's ``steps(count, jump-end)``: with 4 steps the progress is 0, 0.25,
    0.5, 0.75, and 1 only at the very end.

    Raises
    ------
    InvalidValueError
        For a count that is not a whole number from 1 up.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.steps(4)(0.6)
    0.5
    """
    number = whole_number(count)
    if number is None or number < 1:
        raise InvalidValueError(f"`count` must be a whole number from 1 up, got {count!r} (steps)")

    def jump(t: float) -> float:
        # (29 / 100) * 100 is a little under 29: without the margin that step would come a frame late.
        return min(max(math.floor(t * number + 1e-9), 0), number) / number

    return jump


def ease_in(easing: Easing) -> Easing:
    """Give the easing as it is: the named curves start slowly already.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.ease_in(bz.cubic)(0.5)
    0.125
    """
    return easing


def ease_out(easing: Easing) -> Easing:
    """Turn an easing round: what it did at its start it does at its end.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.ease_out(bz.cubic)(0.5)
    0.875
    """

    def out(t: float) -> float:
        return 1.0 - easing(1.0 - t)

    return out


def ease_in_out(easing: Easing) -> Easing:
    """Join an easing and its reverse: half the way each, symmetric about the middle.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.ease_in_out(bz.cubic)(0.25)
    0.0625
    """

    def in_out(t: float) -> float:
        return easing(2.0 * t) / 2.0 if t < 0.5 else 1.0 - easing(2.0 - 2.0 * t) / 2.0

    return in_out


def _solve_bezier(a: float, b: float, c: float, x: float) -> float:
    """Find s in 0..1 with ``((a * s + b) * s + c) * s == x``."""
    s = x
    for _ in range(8):
        error = ((a * s + b) * s + c) * s - x
        if abs(error) < 1e-9:
            return s
        slope = (3.0 * a * s + 2.0 * b) * s + c
        if abs(slope) < 1e-6:
            break
        s -= error / slope
    low, high = 0.0, 1.0
    while high - low > 1e-12:
        s = (low + high) / 2
        if ((a * s + b) * s + c) * s < x:
            low = s
        else:
            high = s
    return s


ease: Easing = bezier(0.25, 0.1, 0.25, 1.0)
ease.__doc__ = """CSS's ``ease``: a quick start, a soft end.

Examples
--------
>>> import bazaar_nb as bz
>>> round(bz.ease(0.5), 3)
0.802
"""
