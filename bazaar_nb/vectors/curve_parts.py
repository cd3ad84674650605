"""Parts of curves: cut by length, so that a head fits onto their end."""

from __future__ import annotations

import math

import numpy as np

from bazaar_nb.vectors.contours import Contour, Floats, points_along

_STEPS = np.linspace(0, 1, 65)


def part_of(curve: Floats, start: float, stop: float) -> Floats:
    """Give the part of a cubic curve between two parameters, by de Casteljau."""
    _, right = _split(curve, start)
    share = 1.0 if start >= 1.0 else (stop - start) / (1.0 - start)
    return _split(right, share)[0]


def _split(curve: Floats, t: float) -> tuple[Floats, Floats]:
    a, b, c, d = curve
    ab, bc, cd = a + (b - a) * t, b + (c - b) * t, c + (d - c) * t
    abc, bcd = ab + (bc - ab) * t, bc + (cd - bc) * t
    at = abc + (bcd - abc) * t
    return np.stack([a, ab, abc, at]), np.stack([at, bcd, cd, d])


def curve_length(curve: Floats) -> float:
    """Give the length of a cubic curve."""
    return float(_lengths(curve)[-1])


def _lengths(curve: Floats) -> Floats:
    flat = points_along(curve[np.newaxis], _STEPS)[0]
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(flat, axis=0).T))])


def parameter_at(curve: Floats, length: float) -> float:
    """Give the parameter of a cubic curve after so many pixels."""
    return float(np.interp(length, _lengths(curve), _STEPS))


def point_at(curve: Floats, t: float) -> Floats:
    """Give the point of a cubic curve at a parameter."""
    return np.asarray(points_along(curve[np.newaxis], np.array([t]))[0, 0])


def bent_curve(start: Floats, end: Floats, bend: float) -> Floats:
    """Give a curve from one point to another, near a circle's arc.

    Parameters
    ----------
    bend : float
        How far its middle is away from the straight way, to the left of who walks it, as a share of the way.
    """
    way = end - start
    left = np.array([way[1], -way[0]])
    # The middle of a cubic is 3/4 of the way from its ends to its control points. They lie a third in, and
    # further apart where it is bent more, as an arc's do.
    inward = max(-0.6, 1 / 3 - 0.9 * bend * bend)
    away = left * bend * 4 / 3
    return np.stack([start, start + way * inward + away, end - way * inward + away, end])


def one_curve(curve: Floats) -> Contour:
    """Give a curve as an open contour."""
    (u, v), (x, y) = (curve[3] - curve[0]).tolist(), (curve[1] - curve[0]).tolist()
    straight = abs(u * y - v * x) < 1e-9 * max(1.0, math.dist(curve[0], curve[3]))
    return Contour(curve[np.newaxis], np.array([straight]), curve[0], closed=False)
