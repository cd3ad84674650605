"""`Group`, `Row` and `Column`: elements together; rows and columns give their children places."""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.elements.registry import Kind, Pinning, measure, register
from bazaar_nb.draw.geometry import Area, resolve
from bazaar_nb.scene.elements import Box, Column, Group, Row

P = TypeVar("P", bound=Group | Row | Column)


def _measure_group(group: Group, width: float, height: float, _assets: Assets) -> tuple[float, float]:
    return resolve(group.width, width), resolve(group.height, height)


def _measure_stack(stack: Row | Column, width: float, height: float, assets: Assets) -> tuple[float, float]:
    return _Stack(stack, width, height, assets).size


def _arrange_group(_group: Group, _width: float, _height: float, _assets: Assets) -> None:
    return None


def _arrange_stack(stack: Row | Column, width: float, height: float, assets: Assets) -> list[Area]:
    """Give the children's boxes inside the stack's own; width and height are of the box around it."""
    return _Stack(stack, width, height, assets).places()


def pin_children(parent: P, pinning: Pinning) -> P:
    """Give an element whose children are pinned; the same one where there is nothing to pin."""
    children = pinning.pin_all(parent.children)
    return parent if children is parent.children else replace(parent, children=children)


def _has_steps(_parent: Group | Row | Column) -> bool:
    return True


class _Stack:
    """The measures of a row or column; along is its direction, across the other."""

    def __init__(self, stack: Row | Column, width: float, height: float, assets: Assets) -> None:
        self._stack = stack
        self._is_row = isinstance(stack, Row)
        own_width = None if stack.width is None else resolve(stack.width, width)
        own_height = None if stack.height is None else resolve(stack.height, height)
        inner = 2 * stack.padding
        room = (
            max(0.0, (width if own_width is None else own_width) - inner),
            max(0.0, (height if own_height is None else own_height) - inner),
        )
        self._sizes = [measure(child, *room, assets) for child in stack.children]
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


_HOLDS = {"steps": _has_steps, "pin": pin_children}
ARRANGED = {"measure": _measure_group, "arrange": _arrange_group, **_HOLDS}
"""What a kind says whose children are placed as those of a group are."""

register(Group, Kind(**ARRANGED))  # type: ignore[arg-type]
register(Row, Kind(measure=_measure_stack, arrange=_arrange_stack, **_HOLDS))  # type: ignore[arg-type]
register(Column, Kind(measure=_measure_stack, arrange=_arrange_stack, **_HOLDS))  # type: ignore[arg-type]
