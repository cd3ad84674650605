"""Colours changed: brighter, greyer, turned, in two tones.

The formulas are those of CSS filters where there are such (https://www.w3.org/TR/filter-effects-1/), so what
a browser shows for ``saturate(0.5)`` is what `saturation` gives. They take sRGB's encoded values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.looks.filters import check_amount, filtered
from bazaar_nb.scene.elements import Filter
from bazaar_nb.scene.filter_steps import ColorCurves, ColorMatrix
from bazaar_nb.values.color import Color, parse_color

_LUMA = (0.2126, 0.7152, 0.0722)  # Rec. 709
_SEPIA = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))
_SMALL = ((0.213, 0.715, 0.072),) * 3
_COS = ((0.787, -0.715, -0.072), (-0.213, 0.285, -0.072), (-0.213, -0.715, 0.928))
_SIN = ((-0.213, -0.715, 0.928), (0.143, 0.140, -0.283), (-0.787, 0.715, 0.072))
_CURVE_POINTS = 256


def _matrix(weights: NDArray[np.float64], added: float | Sequence[float] = 0.0) -> ColorMatrix:
    rows = np.column_stack([weights, np.broadcast_to(np.asarray(added, float), 3)])
    return ColorMatrix(tuple(float(value) for value in rows.ravel()))


def _mixed(weights: object, amount: float) -> ColorMatrix:
    """Give a matrix of which so much is seen."""
    return _matrix(np.eye(3) * (1 - amount) + np.asarray(weights, float) * amount)


def brightness(elements: object, amount: float = 1.2) -> Filter:
    """Make colours lighter (above 1) or darker (below), 0 to 10: CSS's ``brightness``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.brightness(bz.Image("beach.jpg"), 1.3)
    """
    return filtered(elements, _matrix(np.eye(3) * check_amount(amount, "amount", "brightness", 0, 10)))


def contrast(elements: object, amount: float = 1.2) -> Filter:
    """Move colours away from middle grey (above 1) or towards it, 0 to 10: CSS's ``contrast``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.contrast(bz.Image("beach.jpg"), 1.2)
    """
    factor = check_amount(amount, "amount", "contrast", 0, 10)
    return filtered(elements, _matrix(np.eye(3) * factor, 0.5 - 0.5 * factor))


def saturation(elements: object, amount: float = 1.3) -> Filter:
    """Make colours stronger (above 1) or greyer (0 is grey), 0 to 10: CSS's ``saturate``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.saturation(bz.Image("beach.jpg"), 0.4)
    """
    return filtered(elements, _mixed(_SMALL, 1 - check_amount(amount, "amount", "saturation", 0, 10)))


def grayscale(elements: object, amount: float = 1.0) -> Filter:
    """Take colours out: 1 is grey, 0 is as it was. A grey is as bright as its colour (Rec. 709).

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.grayscale(bz.Image("beach.jpg"))
    """
    return filtered(elements, _mixed((_LUMA,) * 3, check_amount(amount, "amount", "grayscale")))


def sepia(elements: object, amount: float = 1.0) -> Filter:
    """Give the brown tone of old photographs: CSS's ``sepia``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.sepia(bz.Image("beach.jpg"), 0.8)
    """
    return filtered(elements, _mixed(_SEPIA, check_amount(amount, "amount", "sepia")))


def invert(elements: object, amount: float = 1.0) -> Filter:
    """Turn light and dark around, as in a negative: CSS's ``invert``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.invert(bz.Image("chart.png"))
    """
    share = check_amount(amount, "amount", "invert")
    return filtered(elements, _matrix(np.eye(3) * (1 - 2 * share), share))


def hue(elements: object, degrees: float) -> Filter:
    """Turn all colours around the colour wheel: CSS's ``hue-rotate``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.hue(bz.Image("beach.jpg"), 90)
    """
    angle = math.radians(check_amount(degrees, "degrees", "hue", -1e6, 1e6))
    weights = np.array(_SMALL) + math.cos(angle) * np.array(_COS) + math.sin(angle) * np.array(_SIN)
    return filtered(elements, _matrix(weights))


def tint(elements: object, color: Color, amount: float = 0.5) -> Filter:
    """Mix a colour in, as bright as what it is mixed with: white becomes the colour, black stays.

    Parameters
    ----------
    elements : element or sequence of elements
    color : colour
    amount : float
        0 is as it was, 1 has no other colour.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.tint(bz.Image("beach.jpg"), "teal", 0.6)
    """
    share = check_amount(amount, "amount", "tint")
    return filtered(elements, _mixed(np.outer(parse_color(color)[:3], _LUMA), share))


def duotone(
    elements: object, dark: Color = "#1e1b4b", light: Color = "#fde68a", amount: float = 1.0
) -> Filter:
    """Give all in two colours: what is dark becomes one, what is light the other.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.duotone(bz.Image("beach.jpg"), "navy", "gold")
    """
    share = check_amount(amount, "amount", "duotone")
    low, high = np.array(parse_color(dark)[:3]), np.array(parse_color(light)[:3])
    weights = np.eye(3) * (1 - share) + np.outer(high - low, _LUMA) * share
    return filtered(elements, _matrix(weights, tuple(low * share)))


def levels(
    elements: object,
    black: float = 0.0,
    white: float = 1.0,
    gamma: float = 1.0,
    lowest: float = 0.0,
    highest: float = 1.0,
) -> Filter:
    """Spread the levels between two over all of the range.

    Parameters
    ----------
    elements : element or sequence of elements
    black, white : float
        Levels, 0 to 1, that become the lowest and the highest; black must be below white.
    gamma : float
        Above 1 the middle is lighter, below 1 darker; 0.1 to 10.
    lowest, highest : float
        What black and white become.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.levels(bz.Image("beach.jpg"), black=0.05, white=0.9, gamma=1.1)
    """
    low, high = (check_amount(value, name, "levels") for value, name in ((black, "black"), (white, "white")))
    if low >= high:
        raise InvalidValueError(f"`black` must be below `white`, got {black!r} and {white!r} (levels)")
    power = 1 / check_amount(gamma, "gamma", "levels", 0.1, 10)
    ends = [check_amount(value, name, "levels") for value, name in ((lowest, "lowest"), (highest, "highest"))]
    at = np.clip((np.linspace(0, 1, _CURVE_POINTS) - low) / (high - low), 0, 1) ** power
    return filtered(elements, ColorCurves(ends[0] + (ends[1] - ends[0]) * at))


Curve = Sequence[tuple[float, float]]


def curves(
    elements: object,
    all: Curve = ((0, 0), (1, 1)),
    *,
    red: Curve | None = None,
    green: Curve | None = None,
    blue: Curve | None = None,
) -> Filter:
    """Change tones by curves through points, as in photo editors.

    Parameters
    ----------
    elements : element or sequence of elements
    all : sequence of (float, float)
        Points (from, to), 0 to 1, for all three colours: ``[(0, 0), (0.25, 0.18), (0.75, 0.85), (1, 1)]``
        is a gentle S. Between them the curve is smooth and never turns back (F. Fritsch and R. Carlson,
        "Monotone Piecewise Cubic Interpolation", 1980); beyond the first and last it is level.
    red, green, blue : sequence of (float, float), optional
        Curves of one colour, before that for all.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.curves(bz.Image("beach.jpg"), [(0, 0), (0.25, 0.18), (0.75, 0.85), (1, 1)])
    """
    common = _curve(all, "all")
    at = np.linspace(0, 1, _CURVE_POINTS)
    own = [
        common if points is None else np.interp(np.clip(_curve(points, name), 0, 1), at, common)
        for points, name in ((red, "red"), (green, "green"), (blue, "blue"))
    ]
    return filtered(elements, ColorCurves(np.stack(own, axis=1)))


def _curve(points: Curve, name: str) -> NDArray[np.float64]:
    try:
        places = np.array(points, np.float64)
    except (TypeError, ValueError):
        places = np.zeros(0)
    if places.ndim != 2 or places.shape[1] != 2 or not np.isfinite(places).all() or len(places) < 2:
        raise InvalidValueError(
            f"`{name}` must be two or more points (from, to) from 0 to 1, got {points!r:.60} (curves)"
        )
    x, y = places.T
    if (np.diff(x) <= 0).any() or x[0] < 0 or x[-1] > 1:
        raise InvalidValueError(
            f"`{name}` must rise in its first numbers, 0 to 1, got {points!r:.60} (curves)"
        )
    slopes = np.diff(y) / np.diff(x)
    turns = np.concatenate([slopes[:1], (slopes[:-1] + slopes[1:]) / 2, slopes[-1:]])
    turns[1:-1][slopes[:-1] * slopes[1:] <= 0] = 0
    for number, slope in enumerate(slopes):  # no steeper than three times its line: then it never turns back
        for end in (number, number + 1):
            turns[end] = 0.0 if slope == 0 else np.sign(slope) * min(abs(turns[end]), 3 * abs(slope))
    at = np.clip(np.linspace(0, 1, _CURVE_POINTS), x[0], x[-1])
    piece = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(slopes) - 1)
    wide = np.diff(x)[piece]
    t = (at - x[piece]) / wide
    return np.asarray(
        y[piece] * (1 + 2 * t) * (1 - t) ** 2 + turns[piece] * wide * t * (1 - t) ** 2
        + y[piece + 1] * t**2 * (3 - 2 * t) + turns[piece + 1] * wide * t**2 * (t - 1)
    )  # fmt: skip
