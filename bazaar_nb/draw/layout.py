"""Where elements are: the boxes of everything, and the places in rows and columns."""

from __future__ import annotations

from bazaar_nb.draw.assets import Sources
from bazaar_nb.draw.geometry import Area, box_area, resolve
from bazaar_nb.draw.shapes import free_path
from bazaar_nb.scene.elements import (
    AnyElement,
    Box,
    Column,
    Ellipse,
    Figure,
    Fill,
    Group,
    Image,
    Line,
    Path,
    Pixels,
    Polygon,
    Rect,
    Row,
    Text,
)


def place(element: AnyElement, width: float, height: float, sources: Sources) -> Area:
    """Give an element's box, inside a box of this size."""
    if isinstance(element, Fill):
        return Area(0, 0, width, height)
    if isinstance(element, Line | Path | Polygon):
        return free_path(element, width, height)[1]
    return box_area(element, *measure(element, width, height, sources), width, height)


def measure(element: AnyElement, width: float, height: float, sources: Sources) -> tuple[float, float]:
    """Give an element's width and height, inside a box of this size."""
    if isinstance(element, Rect | Group | Figure):
        return resolve(element.width, width), resolve(element.height, height)
    if isinstance(element, Text):
        lines = sources.text.lay_out(element, width)
        return lines.width, lines.height
    if isinstance(element, Ellipse):
        across = resolve(element.width, width)
        return across, across if element.height is None else resolve(element.height, height)
    if isinstance(element, Image | Pixels):
        own_width, own_height = sources.picture_size(element)
        down = None if element.height is None else resolve(element.height, height)
        if element.width is not None:
            across = resolve(element.width, width)
        else:
            across = own_width if down is None else down * own_width / own_height
        return across, across * own_height / own_width if down is None else down
    if isinstance(element, Row | Column):
        return _Stack(element, width, height, sources).size
    if isinstance(element, Fill):
        return width, height
    area = free_path(element, width, height)[1]
    return area.width, area.height


def stack_places(stack: Row | Column, width: float, height: float, sources: Sources) -> list[Area]:
    """Give the boxes of a row's or column's children, inside the row's or column's own box.

    Parameters
    ----------
    width, height : float
        Of the box that the row or column is in.
    """
    return _Stack(stack, width, height, sources).places()


class _Stack:
    """The measures of a row or column; along is its direction, across the other."""

    def __init__(self, stack: Row | Column, width: float, height: float, sources: Sources) -> None:
        self._stack = stack
        self._is_row = isinstance(stack, Row)
        own_width = None if stack.width is None else resolve(stack.width, width)
        own_height = None if stack.height is None else resolve(stack.height, height)
        inner = 2 * stack.padding
        room = (
            max(0.0, (width if own_width is None else own_width) - inner),
            max(0.0, (height if own_height is None else own_height) - inner),
        )
        self._sizes = [measure(child, *room, sources) for child in stack.children]
        along = [size[0] if self._is_row else size[1] for size in self._sizes]
        across = [size[1] if self._is_row else size[0] for size in self._sizes]
        self._used = sum(along) + stack.gap * max(0, len(along) - 1)
        needs = (self._used + inner, max(across, default=0.0) + inner)
        if not self._is_row:
            needs = (needs[1], needs[0])
        self.size = (
            needs[0] if own_width is None else own_width,
            needs[1] if own_height is None else own_height,
        )

    def places(self) -> list[Area]:
        stack = self._stack
        total, breadth = self.size if self._is_row else (self.size[1], self.size[0])
        spare = total - 2 * stack.padding - self._used
        gap = stack.gap
        if stack.justify == "space-between" and len(self._sizes) > 1:
            gap += spare / (len(self._sizes) - 1)
        at = stack.padding + spare * {"center": 0.5, "end": 1.0}.get(stack.justify, 0.0)
        places = []
        for child, size in zip(stack.children, self._sizes, strict=True):
            along, across = size if self._is_row else (size[1], size[0])
            side = (
                stack.padding
                + (breadth - 2 * stack.padding - across)
                * ({"start": 0.0, "center": 0.5, "end": 1.0}[stack.align])
            )
            left, top = (at, side) if self._is_row else (side, at)
            if isinstance(child, Box):  # the stack places it; x and y shift it from there
                left += 0.0 if child.x is None else resolve(child.x, self.size[0])
                top += 0.0 if child.y is None else resolve(child.y, self.size[1])
            places.append(Area(left, top, *size))
            at += along + gap
        return places
