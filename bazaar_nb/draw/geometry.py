"""Rectangles in pixels: lengths and anchors worked out."""

from __future__ import annotations

from typing import NamedTuple

from bazaar_nb.scene.elements import Box

_ACROSS = {"left": 0.0, "right": 1.0}
_DOWN = {"top": 0.0, "bottom": 1.0}


class Area(NamedTuple):
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float


def resolve(length: float | str, whole: float) -> float:
    """Give a length in pixels; ``"50%"`` is of `whole`."""
    return float(length[:-1]) * whole / 100 if isinstance(length, str) else length


def box_area(element: Box, width: float, height: float, whole_width: float, whole_height: float) -> Area:
    """Place a box of this size by its element's anchor, in a box of the whole's size."""
    vertical, _, horizontal = element.anchor.rpartition("-")
    fx = _ACROSS.get(horizontal, 0.5)
    fy = _DOWN.get(vertical or horizontal, 0.5)
    x = whole_width / 2 if element.x is None else resolve(element.x, whole_width)
    y = whole_height / 2 if element.y is None else resolve(element.y, whole_height)
    return Area(x - fx * width, y - fy * height, width, height)
