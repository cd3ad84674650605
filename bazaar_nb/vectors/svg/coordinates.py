"""Lengths, transforms and view boxes of SVG (https://www.w3.org/TR/SVG2/coords.html)."""

from __future__ import annotations

import math
import re
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""An affine map, of shape (2, 3)."""

IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*([a-z%]*)\s*", re.IGNORECASE)
_STEP = re.compile(r"\s*,?\s*(\w+)\s*\(([^)]*)\)")
_UNITS = {
    "": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0,
    "q": 96 / 101.6,
}  # fmt: skip


class NotElementsError(Exception):
    """Something that elements can't show: it is drawn as a picture."""


def numbers_in(text: str) -> list[float]:
    """Give the numbers in a text."""
    found = [float(number) for number in re.findall(_NUMBER, text)]
    if not all(math.isfinite(number) for number in found):
        raise NotElementsError("a number that is too large")
    return found


def length(text: str | None, default: float, whole: float, font_size: float = 16.0) -> float:
    """Give a length in user units; a percentage is of `whole`."""
    found = None if text is None else _LENGTH.fullmatch(text)
    if found is None:
        return default
    number, unit = float(found[1]), found[2].lower()
    if not math.isfinite(number):
        raise NotElementsError("a number that is too large")
    if unit == "%":
        return number / 100 * whole
    if unit in ("em", "rem", "ex", "ch"):
        return number * font_size * (1.0 if unit in ("em", "rem") else 0.5)
    if unit not in _UNITS:
        raise NotElementsError(f"the unit {unit!r}")
    return number * _UNITS[unit]


def fraction(text: str | None, default: float = 1.0) -> float:
    """Give an opacity or an offset, 0 to 1."""
    return min(1.0, max(0.0, length(text, default, 1.0)))


def times(outer: Floats, inner: Floats) -> Floats:
    """Give the map that is `inner`, then `outer`."""
    linear = outer[:, :2] @ inner[:, :2]
    return np.column_stack([linear, outer[:, :2] @ inner[:, 2] + outer[:, 2]])


def inverse(matrix: Floats) -> Floats:
    """Give the map back.

    Raises
    ------
    NotElementsError
        When there is none.
    """
    if abs(np.linalg.det(matrix[:, :2])) < 1e-18:
        raise NotElementsError("a transform that flattens")
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def transform(text: str | None) -> Floats:
    """Read a `transform` attribute."""
    matrix = IDENTITY
    for kind, given in _STEP.findall(text or ""):
        matrix = times(matrix, _one(kind, numbers_in(given)))
    return matrix


def _one(kind: str, n: list[float]) -> Floats:
    try:
        if kind == "matrix":
            a, b, c, d, e, f = n
            return np.array([[a, c, e], [b, d, f]])
        if kind == "translate":
            return np.array([[1.0, 0.0, n[0]], [0.0, 1.0, n[1] if len(n) > 1 else 0.0]])
        if kind == "scale":
            return np.array([[n[0], 0.0, 0.0], [0.0, n[1] if len(n) > 1 else n[0], 0.0]])
        if kind == "rotate":
            turn = math.radians(n[0])
            linear = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
            around = np.array(n[1:3]) if len(n) == 3 else np.zeros(2)
            return np.column_stack([linear, around - linear @ around])
        if kind == "skewX":
            return np.array([[1.0, math.tan(math.radians(n[0])), 0.0], [0.0, 1.0, 0.0]])
        if kind == "skewY":
            return np.array([[1.0, 0.0, 0.0], [math.tan(math.radians(n[0])), 1.0, 0.0]])
    except (ValueError, IndexError):
        pass
    raise NotElementsError(f"the transform {kind}({n})")


def similarity(matrix: Floats) -> float | None:
    """Give how much larger a map makes everything; None if it stretches one way more than another."""
    (a, c, _), (b, d, _) = matrix.tolist()
    one, other = math.hypot(a, b), math.hypot(c, d)
    if abs(one - other) > 1e-4 * max(one, other) or abs(a * c + b * d) > 1e-4 * one * other:
        return None
    return one


def view_box(element: Element) -> list[float] | None:
    """Give an element's view box, if it has a good one."""
    found = numbers_in(element.get("viewBox", ""))
    return found if len(found) == 4 and found[2] > 0 and found[3] > 0 else None


def view_matrix(box: list[float] | None, fit: str, width: float, height: float) -> Floats:
    """Give the map of a view box into a viewport of this size, at the origin."""
    if box is None:
        return IDENTITY
    left, top, across, down = box
    sx, sy = width / across, height / down
    words = fit.split()
    align = next((word for word in words if word.startswith("x") or word == "none"), "xMidYMid")
    if align != "none":
        sx = sy = max(sx, sy) if "slice" in words else min(sx, sy)
    shares = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
    fx, fy = (0.0, 0.0) if align == "none" else (shares.get(align[1:4], 0.5), shares.get(align[5:8], 0.5))
    x = (width - across * sx) * fx - left * sx
    y = (height - down * sy) * fy - top * sy
    return np.array([[sx, 0.0, x], [0.0, sy, y]])
