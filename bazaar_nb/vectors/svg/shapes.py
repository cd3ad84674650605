"""The basic shapes of SVG (https://www.w3.org/TR/SVG2/shapes.html) as outlines."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from bazaar_nb.draw.svg_reading import local_name
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Ellipse
from bazaar_nb.vectors.contours import ROUND, Outline, box_outline, from_points, moved, read_data
from bazaar_nb.vectors.svg.coordinates import NotElementsError, length, numbers_in

SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})


def shape_outline(element: Element, viewport: tuple[float, float]) -> Outline | None:
    """Give the outline of a shape in its own coordinates; None where nothing is drawn.

    Raises
    ------
    NotElementsError
        When it can't be read.
    """
    kind = local_name(element)
    try:
        if kind == "path":
            data = element.get("d", "").strip()
            return read_data(data) if data and data != "none" else None
        if kind in ("polyline", "polygon"):
            at = numbers_in(element.get("points", ""))
            points = list(zip(at[::2], at[1::2], strict=False))
            return (from_points(points, closed=kind == "polygon"),) if points else None
        if kind == "line":
            ends = [[_x(element, "x1", viewport), _y(element, "y1", viewport)],
                    [_x(element, "x2", viewport), _y(element, "y2", viewport)]]  # fmt: skip
            return (from_points(ends),)
        if kind == "rect":
            return _rect(element, viewport)
        return _ellipse(element, viewport)
    except InvalidValueError as error:
        raise NotElementsError(str(error)) from None


def _x(element: Element, name: str, viewport: tuple[float, float], default: float = 0.0) -> float:
    return length(element.get(name), default, viewport[0])


def _y(element: Element, name: str, viewport: tuple[float, float], default: float = 0.0) -> float:
    return length(element.get(name), default, viewport[1])


def _ellipse(element: Element, viewport: tuple[float, float]) -> Outline | None:
    x, y = _x(element, "cx", viewport), _y(element, "cy", viewport)
    if local_name(element) == "circle":
        rx = ry = length(element.get("r"), 0.0, ((viewport[0] ** 2 + viewport[1] ** 2) / 2) ** 0.5)
    else:
        rx, ry = _x(element, "rx", viewport, -1.0), _y(element, "ry", viewport, -1.0)
        rx, ry = (ry if rx < 0 else rx), (rx if ry < 0 else ry)
    if rx <= 0 or ry <= 0:
        return None
    return moved(box_outline(Ellipse(), 2 * rx, 2 * ry), x - rx, y - ry)


def _rect(element: Element, viewport: tuple[float, float]) -> Outline | None:
    x, y = _x(element, "x", viewport), _y(element, "y", viewport)
    width, height = _x(element, "width", viewport), _y(element, "height", viewport)
    if width <= 0 or height <= 0:
        return None
    rx, ry = _x(element, "rx", viewport, -1.0), _y(element, "ry", viewport, -1.0)
    rx, ry = (ry if rx < 0 else rx), (rx if ry < 0 else ry)
    rx, ry = min(max(rx, 0.0), width / 2), min(max(ry, 0.0), height / 2)
    if rx == 0 or ry == 0:
        points = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        return (from_points(points, closed=True),)
    kx, ky = rx * (1 - ROUND), ry * (1 - ROUND)
    right, bottom = x + width, y + height
    return read_data(
        f"M{x + rx} {y}L{right - rx} {y}C{right - kx} {y} {right} {y + ky} {right} {y + ry}"
        f"L{right} {bottom - ry}C{right} {bottom - ky} {right - kx} {bottom} {right - rx} {bottom}"
        f"L{x + rx} {bottom}C{x + kx} {bottom} {x} {bottom - ky} {x} {bottom - ry}"
        f"L{x} {y + ry}C{x} {y + ky} {x + kx} {y} {x + rx} {y}Z"
    )
