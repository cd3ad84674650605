"""Outlines of areas on a map: cut where the plane is, bent where it is bent, and as fine as pixels show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.maps.geojson import Area, Polygon
from bazaar_nb.charts.maps.projections import Projection

Floats = NDArray[np.float64]
_STEP = 2.0  # degrees: a longer straight line on the globe is bent on the map
_GRID = 0.25  # pixels that outlines are rounded to
_TRIANGLE = 0.3  # square pixels: a corner that changes less is left out


class Placed(NamedTuple):
    """Where a projected place is in pixels: scaled around 0, then moved."""

    scale: float
    x: float
    y: float


def project_rings(polygons: Sequence[Polygon], projection: Projection) -> list[Floats]:
    """Give the rings of polygons on the plane, each of shape (n, 2).

    Outlines run clockwise (y up) and holes the other way. A ring that crosses the edge of the map is cut
    there; one around a pole is led to it along that edge. Edges of more than 180 degrees are taken for the
    shorter way.
    """
    found: list[Floats] = []
    for polygon in polygons:
        for number, ring in enumerate(polygon):
            whole = _unwrapped(ring)
            if (_signed_area(whole) > 0) != (number > 0):
                whole = whole[::-1]
            for piece in _cut(whole, projection.longitude) if projection.has_edge else [whole]:
                x, y = projection(*_with_steps(piece).T)
                points = np.stack([x, y], axis=1)
                if len(points) >= 3 and np.isfinite(points).all():
                    found.append(points)
    return found


def fit(points: Floats, left: float, top: float, right: float, bottom: float) -> Placed:
    """Give the scale and place at which points of the plane fill a rectangle of pixels."""
    low, high = points.min(axis=0), points.max(axis=0)
    wide, tall = np.maximum(high - low, 1e-9)
    scale = min((right - left) / wide, (bottom - top) / tall)
    x = (left + right) / 2 - scale * (low[0] + high[0]) / 2
    y = (top + bottom) / 2 + scale * (low[1] + high[1]) / 2
    return Placed(float(scale), float(x), float(y))


def place(points: Floats, placed: Placed) -> Floats:
    """Give the pixels of points of the plane."""
    return np.stack([placed.x + placed.scale * points[:, 0], placed.y - placed.scale * points[:, 1]], axis=1)


def pixel_rings(
    rings: Sequence[Floats], placed: Placed, box: tuple[float, float, float, float]
) -> list[Floats]:
    """Give rings in pixels within a box (left, top, right, bottom), as fine as it can be seen."""
    found = []
    left, top, right, bottom = box
    for ring in rings:
        points = place(ring, placed)
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        if x1 < left or x0 > right or y1 < top or y0 > bottom:
            continue
        if x0 < left or x1 > right or y0 < top or y1 > bottom:
            for axis, limit, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
                points = _half(points, axis, limit, sign)
        points = simplify(points)
        if len(points) >= 3:
            found.append(points)
    return found


def path_data(rings: Sequence[Floats]) -> str:
    """Give rings as SVG path data."""
    parts = []
    for ring in rings:
        flat = np.round(ring, 2).ravel().tolist()
        numbers = [f"{one:g}" for one in flat]
        parts.append("M" + "L".join(f"{x} {y}" for x, y in zip(numbers[::2], numbers[1::2], strict=True)))
        parts.append("Z")
    return "".join(parts)


def simplify(points: Floats) -> Floats:
    """Leave out the corners of a ring that can't be seen, shape (n, 2) in pixels.

    After Visvalingam and Whyatt (Line generalisation by repeated elimination of points, The Cartographic
    Journal 30(1), 1993, https://doi.org/10.1179/000870493786962263), many at once: in each pass those corners
    go whose triangle with their neighbours is too small to be seen and smaller than the triangles beside it.
    Which goes is told by the corners around it alone, so that two areas keep the same border.
    """
    points = np.round(points / _GRID) * _GRID
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    for _ in range(60):
        if len(points) < 4:
            break
        before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
        one, other = points - before, after - points
        areas = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
        # equal triangles side by side, as stairs have them: the corner's own place decides
        rank = areas + 1e-7 * np.mod(points[:, 0] * 7.31 + points[:, 1] * 3.17, 1.0)
        goes = (areas < _TRIANGLE) & (rank < np.roll(rank, 1)) & (rank <= np.roll(rank, -1))
        if not goes.any():
            break
        points = points[~goes]
    return points


def outline_points(areas: Sequence[Area]) -> Floats:
    """Give all corners of areas, in degrees, shape (n, 2)."""
    rings = [ring for area in areas for polygon in area.polygons for ring in polygon[:1]]
    return np.concatenate(rings) if rings else np.empty((0, 2))


def _unwrapped(ring: Floats) -> Floats:
    """Give a ring whose longitudes don't jump at 180 degrees; one around a pole is led to it and back."""
    east, north = ring.T
    steps = np.diff(np.append(east, east[0]))
    steps -= 360.0 * np.round(steps / 360.0)
    whole = np.append(east[0], east[0] + np.cumsum(steps))
    turns = whole[-1] - whole[0]
    if abs(turns) < 180:
        return np.stack([whole[:-1], north], axis=1)
    pole = math.copysign(90.0, float(north.mean()))
    return np.stack([[*whole, whole[-1], whole[0]], [*north, north[0], pole, pole]], axis=1)


def _cut(ring: Floats, middle: float) -> list[Floats]:
    """Cut a ring into the pieces that lie on a map whose edge is opposite of a longitude."""
    low, high = ring[:, 0].min() - middle + 180.0, ring[:, 0].max() - middle + 180.0
    first, last = math.floor(low / 360.0 + 1e-9), math.ceil(high / 360.0 - 1e-9) - 1
    pieces = []
    for turn in range(first, max(first, last) + 1):
        piece = ring - np.array([360.0 * turn, 0.0])
        if first < last:
            piece = _half(_half(piece, 0, middle - 180.0, 1), 0, middle + 180.0, -1)
        if len(piece) >= 3:
            pieces.append(piece)
    return pieces


def _half(ring: Floats, axis: int, limit: float, sign: int) -> Floats:
    """Give what lies on one side of a line across an axis (Sutherland and Hodgman 1974, for one edge)."""
    if len(ring) < 3:
        return ring[:0]
    off = sign * (ring[:, axis] - limit)
    inside = off >= 0
    if inside.all():
        return ring
    if not inside.any():
        return ring[:0]
    ahead, off_ahead = np.roll(ring, -1, axis=0), np.roll(off, -1)
    crosses = inside != (off_ahead >= 0)
    part = np.where(crosses, off / np.where(crosses, off - off_ahead, 1.0), 0.0)
    crossing = ring + (ahead - ring) * part[:, None]
    crossing[:, axis] = np.where(crosses, limit, crossing[:, axis])
    both = np.stack([ring, crossing], axis=1).reshape(-1, 2)
    kept: Floats = both[np.stack([inside, crosses], axis=1).ravel()]
    return kept


def _with_steps(ring: Floats) -> Floats:
    """Put corners into long edges, so that they bend as the map does."""
    ahead = np.roll(ring, -1, axis=0)
    counts = np.maximum(1, np.ceil(np.abs(ahead - ring).max(axis=1) / _STEP)).astype(np.int64)
    if (counts == 1).all():
        return ring
    edge = np.repeat(np.arange(len(ring)), counts)
    part = (np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[edge]
    bent: Floats = ring[edge] + (ahead - ring)[edge] * part[:, None]
    return bent


def _signed_area(ring: Floats) -> float:
    x, y = ring.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)
