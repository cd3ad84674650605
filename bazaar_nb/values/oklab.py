"""Colours between colours, mixed in OKLab.

OKLab is made so that equal steps look equal. Mixed there, brightness changes
evenly and the way between two strong colours does not lead through mud, as it
does between sRGB's numbers.
"""

from __future__ import annotations

import math
from functools import lru_cache

from bazaar_nb.values.color import RGBA, format_color, parse_color


def mix_colors(start: str, end: str, t: float) -> str:
    """Give the colour at ``t`` of the way between two, in OKLab with premultiplied alpha.

    This is how CSS mixes unless told otherwise
    (https://www.w3.org/TR/css-color-4/#interpolation); the matrices are Björn
    Ottosson's (https://bottosson.github.io/posts/oklab/).

    Parameters
    ----------
    start, end : str
        CSS colours.
    t : float
        0 gives ``start`` and 1 gives ``end``, as they are written. Outside 0..1
        the line goes on, up to what sRGB can show, channel by channel.

    Returns
    -------
    str
        ``#rrggbb``, or ``#rrggbbaa`` where it isn't opaque.

    Raises
    ------
    InvalidValueError
        For text that is no colour.
    """
    low, high = _to_oklab(start), _to_oklab(end)
    if t == 0.0:
        return start
    if t == 1.0:
        return end
    lightness, a, b, alpha = (one + (two - one) * t for one, two in zip(low, high, strict=True))
    return format_color(_from_oklab(lightness, a, b, alpha))


@lru_cache(maxsize=1024)
def _to_oklab(text: str) -> tuple[float, float, float, float]:
    """Give OKLab's L, a and b, each times alpha, and alpha."""
    *encoded, alpha = parse_color(text)
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in encoded)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        alpha * (0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short),
        alpha * (1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short),
        alpha * (0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short),
        alpha,
    )


def _from_oklab(lightness: float, a: float, b: float, alpha: float) -> RGBA:
    """Give sRGB; what it can't show comes out below 0 or above 1."""
    if alpha <= 0.0:
        return 0.0, 0.0, 0.0, 0.0
    lightness, a, b = lightness / alpha, a / alpha, b / alpha
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in linear)
    return red, green, blue, alpha
