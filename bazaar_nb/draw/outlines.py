"""Outlines of shapes, as skia paths in the shape's own box."""

from __future__ import annotations

import math
from functools import lru_cache

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.geometry import Area, box_area, resolve
from bazaar_nb.draw.line_paths import line_path
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.draw.svg_path import parse_path
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import FloatArray
from bazaar_nb.scene.elements import AnyElement, Ellipse, Line, Path, Polygon, Rect

Points = tuple[tuple[float, float], ...]


def rect_path(width: float, height: float, radius: float | tuple[float, ...]) -> skia.Path:
    """Give a rectangle with round corners, at the origin."""
    path = skia.Path()
    bounds = skia.Rect.MakeWH(width, height)
    if radius == 0.0:
        path.addRect(bounds)
    elif isinstance(radius, tuple):
        rounded = skia.RRect()
        rounded.setRectRadii(bounds, [skia.Point(r, r) for r in radius])
        path.addRRect(rounded)
    else:
        path.addRoundRect(bounds, radius, radius)
    return path


def ellipse_path(width: float, height: float) -> skia.Path:
    """Give the ellipse that touches a box at the origin."""
    path = skia.Path()
    path.addOval(skia.Rect.MakeWH(width, height))
    return path


def free_path(
    element: Line | Path | Polygon, width: float, height: float, assets: Assets | None
) -> tuple[skia.Path, Area]:
    """Give the outline of an element that has no box of its own, and its bounds.

    Parameters
    ----------
    width, height : float
        Of the box that the element is in.
    assets : Assets or None
        Has the element's array; None where that can't be in the store, as of a clip.

    Returns
    -------
    path : skia.Path
        With the bounds' corner at the origin; not to be changed.
    bounds : Area
        In the box that the element is in.
    """
    if isinstance(element, Line):
        start = (resolve(element.x1, width), resolve(element.y1, height))
        return _line_outline(start, (resolve(element.x2, width), resolve(element.y2, height)))
    if isinstance(element, Path):
        points: str | Points | FloatArray = element.d
        closed = False
    else:
        points, closed = element.points, element.closed
    if isinstance(points, FloatArray):
        path, bounds = _array_outline(points, closed, assets)
    elif isinstance(points, str):
        path, bounds = _svg_outline(points)
    else:
        path, bounds = _points_outline(points, closed)
    if isinstance(element, Path) and element.fill_rule == "evenodd":
        path = skia.Path(path)
        path.setFillType(skia.PathFillType.kEvenOdd)
    left = bounds.left + resolve(element.x, width)
    top = bounds.top + resolve(element.y, height)
    return path, Area(left, top, bounds.width, bounds.height)


def _array_outline(points: FloatArray, closed: bool, assets: Assets | None) -> tuple[skia.Path, Area]:
    if assets is None:
        return _moved_to_origin(line_path(points.values(), closed=closed))
    outline: tuple[skia.Path, Area] = assets.outlines.get(
        (points, closed),
        lambda: _moved_to_origin(line_path(assets.floats(points), closed=closed)),
        lambda _made: 16 * points.shape[0],
    )
    return outline


# Asked for twice a frame, for the place and for drawing; often the same in the next frame.
@lru_cache(maxsize=64)
def _points_outline(points: Points, closed: bool) -> tuple[skia.Path, Area]:
    return _moved_to_origin(_polyline(points, closed=closed))


@lru_cache(maxsize=256)
def _line_outline(start: tuple[float, float], end: tuple[float, float]) -> tuple[skia.Path, Area]:
    return _moved_to_origin(_polyline((start, end), closed=False))


@lru_cache(maxsize=256)
def _svg_outline(data: str) -> tuple[skia.Path, Area]:
    return _moved_to_origin(skia.Path(parse_path(data)))


def _polyline(points: Points, *, closed: bool) -> skia.Path:
    path = skia.Path()
    path.moveTo(*points[0])
    line_to = path.lineTo
    for x, y in points[1:]:
        line_to(x, y)
    if closed:
        path.close()
    return path


def _moved_to_origin(path: skia.Path) -> tuple[skia.Path, Area]:
    bounds = path.computeTightBounds()
    path.offset(-bounds.left(), -bounds.top())
    return path, Area(bounds.left(), bounds.top(), bounds.width(), bounds.height())


def clip_path(shape: AnyElement, width: float, height: float) -> skia.Path:
    """Give the outline of a clip shape inside the box that it clips."""
    if isinstance(shape, Line | Path | Polygon):
        path, area = free_path(shape, width, height, None)
        path = skia.Path(path)
    elif isinstance(shape, Rect | Ellipse):
        w, h = resolve(shape.width, width), resolve(_height(shape), height)
        if isinstance(shape, Ellipse) and shape.height is None:
            h = w
        area = box_area(shape, w, h, width, height)
        path = rect_path(w, h, shape.radius) if isinstance(shape, Rect) else ellipse_path(w, h)
    else:
        raise InvalidValueError(
            f"`clip` must be a Rect, Ellipse, Path or Polygon, got {type(shape).__name__}"
        )
    turn = local_matrix(shape, area)
    path.transform(turn)
    return path


def _height(shape: Rect | Ellipse) -> float | str:
    return shape.width if shape.height is None else shape.height


def local_matrix(element: AnyElement, area: Area) -> skia.Matrix:
    """Give what moves an element's own box to its place, turned, skewed and scaled around its middle."""
    matrix = skia.Matrix.Translate(area.left, area.top)
    if element.rotation == 0.0 and element.scale == 1.0 and element.skew == (0.0, 0.0):
        return matrix
    middle = (area.width / 2, area.height / 2)
    matrix.preTranslate(*middle)
    matrix.preRotate(element.rotation)
    if element.skew != (0.0, 0.0):
        matrix.preSkew(*(math.tan(math.radians(angle)) for angle in element.skew))
    sx, sy = element.scale if isinstance(element.scale, tuple) else (element.scale, element.scale)
    matrix.preScale(sx, sy)
    matrix.preTranslate(-middle[0], -middle[1])
    return matrix
