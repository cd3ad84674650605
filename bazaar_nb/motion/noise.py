"""Chance that is the same every time: seeded random numbers and smooth noise.

Every worker, machine and later day gives the same numbers, so a frame does not
depend on who draws it or on the frames before it.
"""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache
from numbers import Integral, Real

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.number import finite_number, plain_number

Key = int | float | str
"""What random numbers are told apart by; 1, 1.0 and "1" are three keys."""

_PLAIN = (float, int)


def random(seed: Key, *keys: Key) -> float:
    """Give a number that looks random and depends on its arguments alone.

    Parameters
    ----------
    seed, *keys : int or float or str
        For instance a name, the frame's index and a particle's number.

    Returns
    -------
    float
        Evenly spread over 0 <= number < 1, in steps of 2**-53: the first 53
        bits of the BLAKE2b hash (RFC 7693) of the arguments.

    Raises
    ------
    InvalidValueError
        For a key of another type, or NaN.

    Examples
    --------
    >>> random("rain", 7) == random("rain", 7), random("rain", 7) == random("rain", 8)
    (True, False)
    """
    text = "".join([_spell(seed), *map(_spell, keys)])
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) * 2.0**-53


def noise(x: float, y: float = 0.0, z: float = 0.0, *, seed: Key = 0) -> float:
    """Give smooth noise: a random value that changes slowly along each axis.

    For a camera that shakes, ``noise(frame.time * 3)``; more than about one unit
    apart, values have little to do with each other.

    It is K. Perlin's gradient noise ("Improving Noise", SIGGRAPH 2002), scaled to
    its range, with a table of permutations and an origin of their own for each
    seed: the plain form is 0 at all whole numbers. It repeats every 256 units.

    Parameters
    ----------
    x, y, z : float
        Where; finite.
    seed : int or float or str
        Another seed is another, unrelated noise.

    Returns
    -------
    float
        Between -1 and 1, around 0; continuous, and so is its slope.

    Raises
    ------
    InvalidValueError
        For a coordinate that is not finite, or a seed that `random` refuses.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> round(bz.noise(0.3, seed=7), 3)
    0.248
    """
    if not (type(x) in _PLAIN and type(y) in _PLAIN and type(z) in _PLAIN):
        x, y, z = (finite_number(value, name, "noise") for name, value in zip("xyz", (x, y, z), strict=True))
    if not -math.inf < x + y + z < math.inf:
        raise InvalidValueError(f"`x`, `y`, `z` must be finite numbers, got {x!r}, {y!r}, {z!r} (noise)")
    try:
        table, origin_x, origin_y, origin_z = _field(seed)
    except TypeError:  # it can't be hashed, as arrays
        table, origin_x, origin_y, origin_z = _field(_plain_key(seed))
    x, y, z = x + origin_x, y + origin_y, z + origin_z
    cell_x, cell_y, cell_z = math.floor(x), math.floor(y), math.floor(z)
    x, y, z = x - cell_x, y - cell_y, z - cell_z
    cell_z &= 255

    left, right = table[cell_x & 255], table[(cell_x + 1) & 255]
    above, below = cell_y & 255, (cell_y + 1) & 255
    fade_x, fade_y, fade_z = _fade(x), _fade(y), _fade(z)
    layers = []
    for z_off in (0, 1):
        rows = []
        for y_off, row in ((0, above), (1, below)):
            start = _slope(table[table[left + row] + cell_z + z_off], x, y - y_off, z - z_off)
            end = _slope(table[table[right + row] + cell_z + z_off], x - 1.0, y - y_off, z - z_off)
            rows.append(start + fade_x * (end - start))
        layers.append(rows[0] + fade_y * (rows[1] - rows[0]))
    value = (layers[0] + fade_z * (layers[1] - layers[0])) / _PEAK
    return min(1.0, max(-1.0, value))


_PEAK = 1.0364
"""The most that the twelve gradients can add up to: 1.03635, near the middle of a cell."""


def _fade(t: float) -> float:
    return t * t * t * (t * (t * 6.0 - 15.0) + 10.0)


def _slope(chance: int, x: float, y: float, z: float) -> float:
    """Give the dot product with one of Perlin's 12 gradients (16 numbers, 4 of them twice)."""
    corner = chance & 15
    u = x if corner < 8 else y
    v = y if corner < 4 else x if corner in (12, 14) else z
    return (-u if corner & 1 else u) + (-v if corner & 2 else v)


@lru_cache(maxsize=128, typed=True)
def _field(seed: Key) -> tuple[tuple[int, ...], float, float, float]:
    """Give the permutation of 0..255, twice over so that no index wraps, and the origin."""
    order = list(range(256))
    for last in range(255, 0, -1):
        other = int(random("noise", seed, last) * (last + 1))
        order[last], order[other] = order[other], order[last]
    return (tuple(order * 2), *(random("noise", seed, axis) for axis in "xyz"))  # type: ignore[return-value]


def _spell(key: Key) -> str:
    """Spell a key so that no two rows of keys are spelled alike."""
    if isinstance(key, str):
        return f"s{len(key)}:{key}"
    if isinstance(key, Integral):
        return f"i{int(key)};"
    if isinstance(key, Real) and key == key:
        return f"f{float(key).hex()};"
    return _spell(_plain_key(key))


def _plain_key(key: object) -> Key:
    """Give a key that is a number of another type, like Decimal, as one of Python's own."""
    number = plain_number(key)
    if number is None or number is key or number != number:
        raise InvalidValueError(f"a key must be an int, a float or a str, got {key!r} (random)")
    return number
