"""Outlines as contours of cubic curves: read from SVG path data, arrays and elements, and written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import FAR, FloatArray
from bazaar_nb.scene.elements import AnyElement, Element, Ellipse, Line, Path, Polygon, Polyline, Rect

Floats = NDArray[np.float64]
PathLike: TypeAlias = "AnyElement | str | NDArray[np.floating] | list[tuple[float, float]]"
"""An outline: an element that has one, SVG path data, or points in pixels."""

ROUND = 4 / 3 * (math.sqrt(2) - 1)
"""How far control points lie on a quarter of a circle of radius 1
(https://spencermortensen.com/articles/bezier-circle/: off by 0.03% of the radius)."""


class Contour(NamedTuple):
    """One line of an outline, as curves that follow one another.

    Attributes
    ----------
    curves : array of float, shape (n, 4, 2)
        Cubic Bézier curves by their control points; none for a single point.
    straight : array of bool, shape (n,)
        Which of them are straight lines.
    start : array of float, shape (2,)
    closed : bool
    """

    curves: Floats
    straight: NDArray[np.bool_]
    start: Floats
    closed: bool

    def mapped(self, matrix: Floats) -> Contour:
        """Give it under an affine map, of shape (2, 3)."""
        linear, moved = matrix[:, :2].T, matrix[:, 2]
        return self._replace(curves=self.curves @ linear + moved, start=self.start @ linear + moved)


Outline = tuple[Contour, ...]


def from_points(points: object, *, closed: bool = False) -> Contour:
    """Give straight lines through points.

    Parameters
    ----------
    points : array of shape (n, 2)

    Raises
    ------
    InvalidValueError
        For what are no points, with the first one that is none.
    """
    try:
        array = np.asarray(points, float)
    except (TypeError, ValueError):
        array = np.zeros(0)
    if array.ndim != 2 or array.shape[1:] != (2,) or not len(array):
        raise InvalidValueError(f"a path is SVG path data or an array of shape (n, 2), got {points!r:.60}")
    bad = ~(np.abs(array) <= FAR).all(axis=1)
    if bad.any():
        row = int(np.argmax(bad))
        raise InvalidValueError(f"row {row} of a path is {array[row].tolist()}, wanted pixels up to {FAR:g}")
    ends = np.concatenate([array[1:], array[:1]]) if closed else array[1:]
    return _with_lines(array[: len(ends)], ends, array[0], closed)


def _with_lines(starts: Floats, ends: Floats, start: Floats, closed: bool) -> Contour:
    moved = np.abs(ends - starts).sum(axis=1) > 0
    starts, ends = starts[moved], ends[moved]
    curves = starts[:, np.newaxis] + (ends - starts)[:, np.newaxis] * _THIRDS
    return Contour(curves, np.ones(len(curves), np.bool_), start, closed)


_THIRDS = np.array([0.0, 1 / 3, 2 / 3, 1.0])[np.newaxis, :, np.newaxis]


def read_outline(path: PathLike, what: str) -> Outline:
    """Take an outline in whatever form.

    Parameters
    ----------
    what : str
        Who asks, for errors.

    Raises
    ------
    InvalidValueError
        For what has no outline, or one at places that are not pixels.
    """
    try:
        if hasattr(path, "as_element"):
            path = path.as_element()
        if isinstance(path, str):
            return read_data(path)
        if isinstance(path, Element):
            return element_outline(path)
        return (from_points(path),)
    except InvalidValueError as error:
        raise InvalidValueError(f"{error} ({what})") from None


@lru_cache(maxsize=256)
def read_data(data: str) -> Outline:
    """Read SVG path data.

    Raises
    ------
    InvalidValueError
        When it can't be read, or has no point.
    """
    from fontTools.svgLib.path import parse_path

    if not data.strip():
        raise InvalidValueError("a path without data has no outline")
    pen = _ContourPen()
    try:
        if not data.strip().startswith(("M", "m")):
            raise ValueError("it must begin with M or m")  # noqa: TRY301 (said as the parser's own)
        parse_path(data, pen)
    except Exception as error:  # the parser raises whatever it stumbles over
        raise InvalidValueError(f"no SVG path data: {data!r:.60} ({error})") from None
    pen.end(closed=False)
    if not pen.contours:
        raise InvalidValueError(f"a path without a point has no outline: {data!r:.60}")
    if not all((np.abs(contour.curves) <= FAR).all() for contour in pen.contours):
        raise InvalidValueError(f"a path has numbers beyond {FAR:g}: {data!r:.60}")
    return tuple(pen.contours)


class _ContourPen:
    """Takes fontTools' drawing calls."""

    def __init__(self) -> None:
        self.contours: list[Contour] = []
        self._curves: list[tuple[tuple[float, float], ...]] = []
        self._straight: list[bool] = []
        self._start: tuple[float, float] | None = None
        self._at = (0.0, 0.0)

    def moveTo(self, to: tuple[float, float]) -> None:  # noqa: N802 (the pen protocol's names)
        self.end(closed=False)
        self._start = self._at = to

    def lineTo(self, to: tuple[float, float]) -> None:  # noqa: N802
        (x, y), (u, v) = self._at, to
        if to == self._at:
            return
        between = ((2 * x + u) / 3, (2 * y + v) / 3), ((x + 2 * u) / 3, (y + 2 * v) / 3)
        self._add((self._at, *between, to), straight=True)

    def curveTo(self, one: tuple[float, float], two: tuple[float, float], to: tuple[float, float]) -> None:  # noqa: N802
        self._add((self._at, one, two, to))

    def qCurveTo(self, over: tuple[float, float], to: tuple[float, float]) -> None:  # noqa: N802
        (x, y), (p, q), (u, v) = self._at, over, to
        between = ((x + 2 * p) / 3, (y + 2 * q) / 3), ((u + 2 * p) / 3, (v + 2 * q) / 3)
        self._add((self._at, *between, to))

    def closePath(self) -> None:  # noqa: N802
        if self._start is not None:
            self.lineTo(self._start)
        self.end(closed=True)

    def endPath(self) -> None:  # noqa: N802
        self.end(closed=False)

    def end(self, *, closed: bool) -> None:
        """Take what was drawn as a contour."""
        if self._start is not None:
            curves = np.array(self._curves, float).reshape(-1, 4, 2)
            self.contours.append(
                Contour(curves, np.array(self._straight, np.bool_), np.array(self._start, float), closed)
            )
        self._curves, self._straight, self._start = [], [], None

    def _add(self, curve: tuple[tuple[float, float], ...], *, straight: bool = False) -> None:
        self._curves.append(curve)
        self._straight.append(straight)
        self._at = curve[-1]


def element_outline(element: Element) -> Outline:
    """Give the outline of a shape where it stands, if that is told in pixels.

    Raises
    ------
    InvalidValueError
        For an element that has none, or whose place is a share of what is around it.
    """
    if isinstance(element, Path):
        outline = read_data(element.d) if isinstance(element.d, str) else (from_points(element.d.values()),)
        outline = moved(outline, *_pixels(element, "x", "y"))
    elif isinstance(element, Polygon):
        points = element.points.values() if isinstance(element.points, FloatArray) else element.points
        outline = moved((from_points(points, closed=element.closed),), *_pixels(element, "x", "y"))
    elif isinstance(element, Line):
        ends = np.array(_pixels(element, "x1", "y1", "x2", "y2")).reshape(2, 2)
        outline = (from_points(ends),)
    elif isinstance(element, Polyline):
        outline = moved(_lines(element), *_pixels(element, "dx", "dy"))
    elif isinstance(element, Rect | Ellipse):
        width = _pixels(element, "width")[0]
        height = width if element.height is None else _pixels(element, "height")[0]
        x, y = _pixels(element, "x", "y")
        vertical, _, horizontal = element.anchor.rpartition("-")
        left = x - width * {"left": 0.0, "right": 1.0}.get(horizontal, 0.5)
        top = y - height * {"top": 0.0, "bottom": 1.0}.get(vertical or horizontal, 0.5)
        outline = moved(box_outline(element, width, height), left, top)
    else:
        raise InvalidValueError(f"a {type(element).__name__} has no outline; shapes and paths have one")
    return _turned(outline, element)


def box_outline(shape: Rect | Ellipse, width: float, height: float) -> Outline:
    """Give the outline of a rectangle or ellipse of this size, at the origin."""
    half = min(width, height) / 2
    if isinstance(shape, Ellipse):
        radii = [(width / 2, height / 2)] * 4
    elif isinstance(shape.radius, tuple | list):
        radii = [(min(r, half), min(r, half)) for r in shape.radius]
    else:
        radii = [(min(shape.radius, half),) * 2] * 4
    pen = _ContourPen()
    begun = False
    # From the left end of the top edge on, clockwise; each corner by the way in and the way out.
    for (rx, ry), (cx, cy), (ix, iy), (ox, oy) in zip(
        (*radii[1:], radii[0]),
        ((width, 0.0), (width, height), (0.0, height), (0.0, 0.0)),
        ((1, 0), (0, 1), (-1, 0), (0, -1)),
        ((0, 1), (-1, 0), (0, -1), (1, 0)),
        strict=True,
    ):
        if not begun:
            pen.moveTo((radii[0][0], 0.0))
            begun = True
        enter = (cx - ix * rx, cy - iy * ry)
        leave = (cx + ox * rx, cy + oy * ry)
        pen.lineTo(enter)
        if rx > 0 and ry > 0:
            away = 1 - ROUND
            pen.curveTo(
                (cx - ix * rx * away, cy - iy * ry * away), (cx + ox * rx * away, cy + oy * ry * away), leave
            )
    pen.closePath()
    return tuple(pen.contours)


def _lines(line: Polyline) -> Outline:
    columns, rows = np.broadcast_arrays(np.atleast_2d(line.x.values()), np.atleast_2d(line.y.values()))
    found: list[Contour] = []
    for column, row in zip(columns, rows, strict=True):
        points = np.stack([column, row], axis=1).astype(float)
        gaps = np.flatnonzero(np.isnan(points).any(axis=1))
        for part in np.split(points, gaps):
            part = part[~np.isnan(part).any(axis=1)]
            if len(part):
                found.append(from_points(part, closed=line.closed and not len(gaps)))
    if not found:
        raise InvalidValueError("a Polyline without points has no outline")
    return tuple(found)


def _pixels(element: Element, *fields: str) -> tuple[float, ...]:
    found = []
    for field in fields:
        value = getattr(element, field)
        if value is None or isinstance(value, str):
            said = "nothing" if value is None else repr(value)
            raise InvalidValueError(
                f"`{field}` of a {type(element).__name__} must be pixels for its outline, got {said}"
            )
        found.append(float(value))
    return tuple(found)


def moved(outline: Outline, x: float, y: float) -> Outline:
    """Give an outline, moved."""
    if x == 0 and y == 0:
        return outline
    return mapped(outline, np.array([[1.0, 0.0, x], [0.0, 1.0, y]]))


def mapped(outline: Outline, matrix: Floats) -> Outline:
    """Give an outline under an affine map, of shape (2, 3)."""
    return tuple(contour.mapped(matrix) for contour in outline)


def _turned(outline: Outline, element: Element) -> Outline:
    """Turn, skew and scale an outline around its middle, as its element says."""
    if element.rotation == 0.0 and element.scale == 1.0 and tuple(element.skew) == (0.0, 0.0):
        return outline
    left, top, right, bottom = bounds(outline)
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    linear = linear_of(element)
    return mapped(outline, np.column_stack([linear, middle - linear @ middle]))


def linear_of(element: Element) -> Floats:
    """Give how an element is turned, skewed and scaled, as a linear map of shape (2, 2)."""
    turn = math.radians(element.rotation)
    sx, sy = element.scale if isinstance(element.scale, tuple | list) else (element.scale,) * 2
    kx, ky = (math.tan(math.radians(angle)) for angle in element.skew)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return np.asarray(rotation @ np.array([[1.0, kx], [ky, 1.0]]) @ np.diag([sx, sy]))


_ALONG = np.linspace(0, 1, 25)


def points_along(curves: Floats, at: Floats) -> Floats:
    """Give the points of curves at parameters.

    Parameters
    ----------
    curves : array of shape (n, 4, 2)
    at : array of shape (k,), or (n, k)

    Returns
    -------
    array of shape (n, k, 2)
    """
    t = np.broadcast_to(at, (len(curves), np.shape(at)[-1]))[..., np.newaxis]
    a, b, c, d = (curves[:, number, np.newaxis, :] for number in range(4))
    u = 1 - t
    found: Floats = u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d
    return found


def bounds(outline: Iterable[Contour]) -> tuple[float, float, float, float]:
    """Give the box of an outline: left, top, right and bottom."""
    found = [contour.start[np.newaxis] for contour in outline]
    for contour in outline:
        if contour.straight.all():
            found.append(contour.curves[:, 3])
        else:
            found.append(points_along(contour.curves, _ALONG).reshape(-1, 2))
    points = np.concatenate(found)
    low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return low[0], low[1], high[0], high[1]


def write_data(outline: Iterable[Contour]) -> str:
    """Write an outline as SVG path data, in absolute coordinates."""
    words: list[str] = []
    for contour in outline:
        words.append("M" + numbers(contour.start))
        last = len(contour.curves) - 1
        for place, (curve, straight) in enumerate(
            zip(contour.curves, contour.straight.tolist(), strict=True)
        ):
            if not straight:
                words.append("C" + numbers(curve[1:]))
            elif not (contour.closed and place == last):  # closing draws it
                words.append("L" + numbers(curve[3]))
        if contour.closed:
            words.append("Z")
    return "".join(words)


def numbers(points: Floats) -> str:
    """Write points as plain numbers with spaces between them: seven digits, as many as drawing keeps."""
    return " ".join(f"{value:.7g}" for value in points.ravel().tolist())
