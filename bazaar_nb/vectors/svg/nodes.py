"""A drawing as a tree of parts, and the elements that show it with some parts changed."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Group, Path
from bazaar_nb.values.number import plain_number
from bazaar_nb.vectors.svg.coordinates import Floats, NotElementsError
from bazaar_nb.vectors.svg.paints import Box

Changes = Mapping[str, Any]
_FIELDS = ("rotation", "scale", "skew", "opacity", "blur", "shadow", "blend")
_PAINTS = ("fill", "stroke")
_TRIM = ("start", "end")
CHANGES = (*_FIELDS, *_PAINTS, *_TRIM, "dx", "dy", "around")
"""What can be changed of a part."""


@dataclass(frozen=True)
class Node:
    """A part of a drawing.

    Attributes
    ----------
    names : tuple of str
        What it is called.
    parts : tuple of Node or element
        The first is lowest.
    box : tuple of four floats, or None
        What its outlines reach, in the drawing's pixels; None where nothing is.
    known : frozenset of str
        The names of all parts in it, its own among them.
    """

    names: tuple[str, ...]
    parts: tuple[Node | AnyElement, ...]
    box: Box | None
    known: frozenset[str]
    opacity: float = 1.0
    clip: Path | None = None


def joined_box(boxes: Sequence[Box | None]) -> Box | None:
    """Give the box that holds all."""
    there = [box for box in boxes if box is not None]
    if not there:
        return None
    left, top, right, bottom = zip(*there, strict=True)
    return min(left), min(top), max(right), max(bottom)


def under(matrix: Floats, element: AnyElement) -> Group:
    """Give an element under an affine map: a group without a size, whose middle is its origin.

    A map is a turn after a skew after a scale, which is a QR decomposition of it.
    """
    (a, c, x), (b, d, y) = matrix.tolist()
    sx = math.hypot(a, b)
    sy = (a * d - b * c) / sx
    if max(sx, abs(sy)) > 1e4 or min(sx, abs(sy)) < 1e-6 or max(abs(x), abs(y)) > 1e6:
        raise NotElementsError("a transform that is too large")
    skew = math.degrees(math.atan((a * c + b * d) / (sx * sy)))
    return Group(
        (element,), x=x, y=y, anchor="top-left", width=0.0, height=0.0,
        rotation=math.degrees(math.atan2(b, a)), skew=(skew, 0.0), scale=(sx, sy),
    )  # fmt: skip


class Built:
    """Makes elements of parts.

    Parameters
    ----------
    size : (float, float)
        Of the drawing in pixels.
    scale : float
        How much larger it is shown.
    changes : mapping of str to changes
    """

    def __init__(self, size: tuple[float, float], scale: float, changes: Mapping[str, Changes]) -> None:
        self._size = size
        self._scale = scale
        self._changes = changes
        self._wanted = frozenset(changes)

    def elements(self, node: Node) -> tuple[AnyElement, ...]:
        """Give a part's elements, with all that is changed in it."""
        made: list[AnyElement] = []
        for part in node.parts:
            if not isinstance(part, Node):
                made.append(part)
            else:
                made += self.elements(part)
        if node.clip is not None:
            made = [self._whole(tuple(made), clip=node.clip)]
        if node.opacity < 1.0 and made:
            made = (
                [replace(made[0], opacity=made[0].opacity * node.opacity)]
                if len(made) == 1
                else [self._whole(tuple(made), opacity=node.opacity)]
            )
        for name in node.names:
            if name in self._wanted and made:
                made = self._changed(node, made, self._changes[name])
        return tuple(made)

    def _whole(self, children: tuple[AnyElement, ...], **fields: Any) -> Group:
        return Group(
            children, x=0.0, y=0.0, anchor="top-left", width=self._size[0], height=self._size[1], **fields
        )

    def _changed(self, node: Node, elements: list[AnyElement], changes: Changes) -> list[AnyElement]:
        looks = {name: changes[name] for name in (*_PAINTS, *_TRIM) if name in changes}
        if looks:
            elements = [_recolored(element, looks) for element in elements]
        fields = {name: changes[name] for name in _FIELDS if name in changes}
        dx, dy = (float(changes.get(name, 0.0)) / self._scale for name in ("dx", "dy"))
        if not fields and not dx and not dy:
            return elements
        x, y = _pivot(node.box or (0.0, 0.0, 0.0, 0.0), changes.get("around"))
        inner = Group(
            tuple(elements), x=-x, y=-y, anchor="top-left", width=self._size[0], height=self._size[1]
        )
        return [Group((inner,), x=x + dx, y=y + dy, anchor="top-left", width=0.0, height=0.0, **fields)]


def _pivot(box: Box, around: Any) -> tuple[float, float]:
    """Give what a part turns around: its middle, or pixels of the drawing, or shares of the part's box."""
    left, top, right, bottom = box
    if around is None:
        return (left + right) / 2, (top + bottom) / 2
    found = []
    for value, low, high in zip(around, (left, top), (right, bottom), strict=True):
        found.append(low + (high - low) * float(value[:-1]) / 100 if isinstance(value, str) else float(value))
    return found[0], found[1]


def _recolored(element: AnyElement, looks: Mapping[str, Any]) -> AnyElement:
    if isinstance(element, Group):
        return replace(element, children=tuple(_recolored(child, looks) for child in element.children))
    if not isinstance(element, Path):
        return element
    changed: dict[str, Any] = {name: looks[name] for name in _TRIM if name in looks and element.stroke}
    if "fill" in looks and element.fill is not None:
        changed["fill"] = looks["fill"]
    if "stroke" in looks and element.stroke is not None:
        given = looks["stroke"]
        changed["stroke"] = replace(element.stroke, color=given) if isinstance(given, str) else given
    return replace(element, **changed) if changed else element


def check_changes(parts: object) -> dict[str, Changes]:
    """Check what is to be changed of parts.

    Raises
    ------
    InvalidValueError
        For what can't be.
    """
    if not isinstance(parts, Mapping):
        raise InvalidValueError(f"`parts` is a dict of what changes by part, got {parts!r:.60} (Svg)")
    for name, changes in parts.items():
        if not isinstance(changes, Mapping):
            raise InvalidValueError(
                f"part {name!r} is changed by a dict such as {{'rotation': 30}}, got {changes!r:.60} (Svg)"
            )
        for field, value in changes.items():
            if field not in CHANGES:
                near = difflib.get_close_matches(str(field), CHANGES, n=1)
                hint = f"; did you mean `{near[0]}`?" if near else ""
                raise InvalidValueError(
                    f"`{field}` of part {name!r} can't be changed{hint} There are {', '.join(CHANGES)} (Svg)"
                )
            _check_change(str(name), field, value)
    return dict(parts)


def _check_change(part: str, field: str, value: object) -> None:
    if field in ("dx", "dy"):
        number = plain_number(value)
        if number is None or not abs(number) <= 1e6:
            raise InvalidValueError(f"`{field}` of part {part!r} must be pixels, got {value!r:.60} (Svg)")
    if field == "around":
        good = (
            isinstance(value, tuple | list | np.ndarray)
            and len(value) == 2
            and all(_is_place(one) for one in value)
        )
        if not good:
            raise InvalidValueError(
                f"`around` of part {part!r} must be a point (x, y) in the drawing's pixels, or shares of the "
                f"part's box such as ('50%', '0%'), got {value!r:.60} (Svg)"
            )


def _is_place(value: object) -> bool:
    if isinstance(value, str):
        try:
            return value.endswith("%") and abs(float(value[:-1])) <= 1e6
        except ValueError:
            return False
    number = plain_number(value)
    return number is not None and abs(number) <= 1e6
