"""A spring: motion that starts by itself and comes to rest, as things do.

The damped harmonic oscillator in closed form, so that a frame needs none of
the frames before it.
"""

from __future__ import annotations

import math
from functools import lru_cache
from numbers import Real

import msgspec

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.seconds import Moment, seconds_at
from bazaar_nb.values.number import finite_number, plain_number

SETTLED = 0.005
"""A spring counts as settled once it stays this near to its end (0.5 % of the way)."""

AT_REST = 1e-5
"""Nearer than this for good, a spring is exactly 1: 1/50 of a pixel on a way of 2000 pixels.

The decay has no end of its own; with one, the frames after it are equal, and equal frames are drawn once.
"""


def spring(
    moment: Moment,
    *,
    mass: float = 1.0,
    stiffness: float = 100.0,
    damping: float = 10.0,
    start: float = 0.0,
    duration: float | None = None,
    clamp: bool = False,
) -> float:
    """Give how far a weight on a spring is on its way from 0 to 1.

    It solves ``mass * x'' + damping * x' + stiffness * (x - 1) = 0`` from rest
    at 0: with ``w = sqrt(stiffness / mass)`` and ``z = damping / (2 * sqrt(stiffness
    * mass))`` the damping ratio, ``1 - x`` is ``exp(-z w t) * (cos(v t) + z w sin(v t) / v)``
    with ``v = w sqrt(1 - z**2)`` for z < 1 (it overshoots), and the limit or the
    hyperbolic form of that for z >= 1 (it doesn't); see
    https://en.wikipedia.org/wiki/Harmonic_oscillator#Damped_harmonic_oscillator.

    Parameters
    ----------
    moment : frame or float
        A frame, which means its time, or seconds.
    mass, stiffness, damping : float
        From 1e-9 to 1e9. More mass is slower and swings more, more stiffness is faster,
        more damping swings less; with the other defaults, none from 20 on.
    start : float
        Seconds before it is let go; until then it is 0.
    duration : float, optional
        Stretches or squeezes time so that it is settled (stays within 0.5 %
        of its end) this many seconds after the start.
    clamp : bool
        Stay at 1 once there, instead of swinging beyond.

    Returns
    -------
    float
        Exactly 0 at the start and before it, and exactly 1 once it is within
        1e-5 of it for good; with the defaults that is after 2.3 s, and it
        overshoots by 16 %.

    Raises
    ------
    InvalidValueError
        For a number outside the range above, a start that is not finite, or a
        duration that is not positive.

    Examples
    --------
    >>> spring(0.0), round(spring(0.2), 2), round(spring(0.36), 2), spring(3.0)
    (0.0, 0.85, 1.16, 1.0)
    """
    if type(start) is not float and type(start) is not int:
        start = finite_number(start, "start", "spring")
    try:
        swing = _oscillator(mass, stiffness, damping)
    except TypeError:  # numbers of other types, like Decimal, or none
        swing = _oscillator(*_plain(mass=mass, stiffness=stiffness, damping=damping))
    t = seconds_at(moment, "spring") - start
    if not -math.inf < start < math.inf:
        raise InvalidValueError(f"`start` must be a finite number of seconds, got {start!r} (spring)")
    if duration is not None:
        length_s = duration if type(duration) is float else plain_number(duration)
        if length_s is None or not 0.0 < length_s < math.inf:
            raise InvalidValueError(f"`duration` must be positive, got {duration!r} (spring)")
        t *= swing.settled_s / length_s
    if t <= 0.0:
        return 0.0
    if t >= swing.at_rest_s or (clamp and t >= swing.reached_s):
        return 1.0
    return 1.0 - swing.distance(t)


def spring_duration(
    *, mass: float = 1.0, stiffness: float = 100.0, damping: float = 10.0, threshold: float = SETTLED
) -> float:
    """Give the seconds after which a spring stays nearer to its end than a threshold.

    Parameters
    ----------
    mass, stiffness, damping : float
        As for `spring`.
    threshold : float
        Between 0 and 1, as a share of the way.

    Raises
    ------
    InvalidValueError
        For a threshold that is not between 0 and 1, or a number outside its range.

    Examples
    --------
    >>> round(spring_duration(), 2)
    0.92
    """
    limit = plain_number(threshold)
    if limit is None or not 0.0 < limit < 1.0:
        raise InvalidValueError(f"`threshold` must be between 0 and 1, got {threshold!r} (spring_duration)")
    mass, stiffness, damping = _plain(mass=mass, stiffness=stiffness, damping=damping)
    return _oscillator(mass, stiffness, damping).time_within(limit)


def _plain(**given: object) -> list[float]:
    numbers = {name: plain_number(value) for name, value in given.items()}
    for name, number in numbers.items():
        if number is None:
            raise InvalidValueError(
                f"`{name}` must be a number from 1e-9 to 1e9, got {given[name]!r} (spring)"
            )
    return [float(number or 0) for number in numbers.values()]


class _Oscillator(msgspec.Struct, frozen=True):
    """An oscillator that is let go one unit from its rest, and the times worth knowing of it."""

    frequency: float
    """Angular frequency if nothing damped it, 1/s: w."""
    decay: float
    """How fast it loses height, 1/s: z * w."""
    rate: float
    """Angular frequency, 1/s; in the overdamped regime the hyperbolic one. 0 when critically damped."""
    swings: bool
    """Whether it is underdamped."""
    settled_s: float = 0.0
    at_rest_s: float = math.inf
    reached_s: float = math.inf
    """When it first is at its rest; never where it doesn't swing."""

    def distance(self, t: float) -> float:
        """Give the way left, with its sign, after t >= 0 seconds."""
        if self.swings:
            angle = self.rate * t
            turn = math.sin(angle) / self.rate
            return math.exp(-self.decay * t) * (math.cos(angle) + self.decay * turn)
        # cosh and sinh with the growing exponential taken out: nothing overflows, and the
        # limit for rate -> 0 is critical damping.
        shrink = -2.0 * self.rate * t
        turn = -math.expm1(shrink) / (2.0 * self.rate) if self.rate else t
        # decay - rate, without the difference of two near numbers.
        slow = self.frequency * self.frequency / (self.decay + self.rate)
        return math.exp(-slow * t) * ((1.0 + math.exp(shrink)) / 2.0 + self.decay * turn)

    def time_within(self, threshold: float) -> float:
        """Give the time after which the way left stays under a threshold."""
        low, sign = 0.0, 1.0
        if self.swings:
            # It turns round every half period, each time lower by the same factor; after the
            # last turn above the threshold it crosses the threshold once more, for good.
            half_period = math.pi / self.rate
            turns = math.floor(-math.log(threshold) / (self.decay * half_period))
            low, high = turns * half_period, (turns + 1) * half_period
            sign = -1.0 if turns % 2 else 1.0
        else:
            high = 1.0 / self.decay
            while self.distance(high) > threshold:
                high *= 2.0
        while high - low > 1e-12 * high:
            middle = (low + high) / 2
            if sign * self.distance(middle) > threshold:
                low = middle
            else:
                high = middle
        return high


@lru_cache(maxsize=256)
def _oscillator(mass: float, stiffness: float, damping: float) -> _Oscillator:
    for name, value in (("mass", mass), ("stiffness", stiffness), ("damping", damping)):
        if not isinstance(value, Real):
            raise TypeError(name)  # of another type, or no number: `spring` finds out
        if not 1e-9 <= value <= 1e9:
            raise InvalidValueError(f"`{name}` must be a number from 1e-9 to 1e9, got {value!r} (spring)")
    frequency = math.sqrt(stiffness / mass)
    ratio = damping / (2.0 * math.sqrt(stiffness * mass))
    rate = frequency * math.sqrt(abs((1.0 - ratio) * (1.0 + ratio)))
    swing = _Oscillator(frequency, ratio * frequency, rate, ratio < 1.0)
    return msgspec.structs.replace(
        swing,
        settled_s=swing.time_within(SETTLED),
        at_rest_s=swing.time_within(AT_REST),
        reached_s=(math.pi - math.atan2(rate, swing.decay)) / rate if swing.swings else math.inf,
    )
