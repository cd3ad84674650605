"""How far elements reach: the device pixels outside of which drawing one changes nothing.

They may be too large, never too small: damage is found with them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.canvas import Bounds
from bazaar_nb.draw.elements.registry import KINDS, InkBox, Kind, place
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.outlines import clip_path, local_matrix
from bazaar_nb.scene.elements import AnyElement, Fill

NOTHING = Bounds(0, 0, 0, 0)
SMOOTHING = 2  # pixels: half of a hairline, and what is rounded on the way
_LARGE = 48  # pixels: skia fills what is smaller than 32 through a mask
_FAR = 1e5  # pixels: from here on skia's floats are too coarse to tell where something is


class Affine(NamedTuple):
    """A map of points: ``x' = a x + b y + c`` and ``y' = d x + e y + f``."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def before(self, other: Affine) -> Affine:
        """Give the map that is `other`, then this one."""
        a, b, c, d, e, f = self
        u, v, w, x, y, z = other
        return Affine(a * u + b * x, a * v + b * y, a * w + b * z + c,
                      d * u + e * x, d * v + e * y, d * w + e * z + f)  # fmt: skip

    @property
    def scale(self) -> float:
        """How much larger it makes things, as the square root of the area."""
        return math.sqrt(abs(self.a * self.e - self.b * self.d))

    def bounds(self, box: tuple[float, float, float, float], margin: int) -> Bounds:
        """Give the pixels that a box can touch, given as left, top, right and bottom, and a margin."""
        a, b, c, d, e, f = self
        left, top, right, bottom = box
        if b == 0.0 == d and a > 0.0 < e:
            x0, x1, y0, y1 = a * left + c, a * right + c, e * top + f, e * bottom + f
        else:
            corners = ((left, top), (right, top), (left, bottom), (right, bottom))
            xs = [a * x + b * y + c for x, y in corners]
            ys = [d * x + e * y + f for x, y in corners]
            x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
        return Bounds(
            math.floor(max(x0, -1e6)) - margin, math.floor(max(y0, -1e6)) - margin,
            math.ceil(min(x1, 1e6)) + margin, math.ceil(min(y1, 1e6)) + margin,
        )  # fmt: skip


IDENTITY = Affine(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


class Room(NamedTuple):
    """What elements side by side are drawn in.

    Attributes
    ----------
    affine : Affine or None
        From the box around them to device pixels; None where that is too far away to be told.
    whole : (float, float)
        Size of that box.
    opacity : float
        Theirs is multiplied with it.
    clip : Bounds
        They are not seen outside of it.
    """

    affine: Affine | None
    whole: tuple[float, float]
    opacity: float
    clip: Bounds


class Siblings:
    """Elements side by side, as they are drawn; how far each reaches is found when it is asked for.

    Parameters
    ----------
    areas : sequence of Area, optional
        The elements' boxes, where their parent gives them those.
    """

    __slots__ = ("_areas", "_assets", "_insides", "_reaches", "areas", "elements", "room")

    def __init__(
        self, elements: Sequence[AnyElement], room: Room, assets: Assets, areas: Sequence[Area] | None = None
    ) -> None:
        self.elements = elements
        self.room = room
        self.areas = areas
        self._assets = assets
        self._areas: list[Area | None] = [None] * len(elements) if areas is None else list(areas)
        self._reaches: list[Bounds | None] = [None] * len(elements)
        self._insides: dict[int, Siblings] = {}

    def area(self, number: int) -> Area:
        """Give an element's box."""
        found = self._areas[number]
        if found is None:
            found = self._areas[number] = place(self.elements[number], *self.room.whole, self._assets)
        return found

    def reach(self, number: int) -> Bounds:
        """Give the pixels that an element can touch."""
        found = self._reaches[number]
        if found is None:
            found = self._reaches[number] = self._find_reach(number)
        return found

    def plain_box(self, number: int) -> tuple[float, float, float, float] | None:
        """Give the box that an element fills with one opaque colour and no more, in device pixels.

        None for other elements, and for boxes that are small or not wholly seen:
        skia smooths the edges of those in another way.
        """
        element, room = self.elements[number], self.room
        is_plain, affine = KINDS[type(element)].is_plain, room.affine
        if is_plain is None or affine is None or room.opacity != 1.0 or not is_plain(element):
            return None
        a, b, c, d, e, f = affine
        if b != 0.0 or d != 0.0 or a <= 0.0 or e <= 0.0:
            return None
        x, y, width, height = self.area(number)
        box = (a * x + c, e * y + f, a * (x + width) + c, e * (y + height) + f)
        left, top, right, bottom = box
        clip = room.clip
        large = right - left >= _LARGE and bottom - top >= _LARGE
        seen = left >= clip.left and top >= clip.top and right <= clip.right and bottom <= clip.bottom
        return box if large and seen else None

    def inside(self, number: int) -> Siblings:
        """Give what is in a group, row or column that shows its children as they are."""
        found = self._insides.get(number)
        if found is None:
            element, room = self.elements[number], self.room
            area = self.area(number)
            affine = self._affine(element, area)
            kind = KINDS[type(element)]
            assert kind.arrange is not None
            opacity = room.opacity * element.opacity
            clip = self._clip(element, area, affine)
            if kind.compose is not None:  # what is not seen itself may shine on what is
                clip = room.clip.grown(_spread(kind, element, affine))
            inner = Room(affine, (area.width, area.height), opacity, clip)
            areas = kind.arrange(element, *room.whole, self._assets)
            children: Sequence[AnyElement] = element.children  # type: ignore[union-attr]
            found = self._insides[number] = Siblings(children, inner, self._assets, areas)
        return found

    def spread(self, number: int) -> int:
        """Give how many pixels around what differs inside an element it differs, too."""
        element = self.elements[number]
        kind = KINDS[type(element)]
        if kind.compose is None:
            return 0
        return _spread(kind, element, self._affine(element, self.area(number)))

    def known_inside(self, number: int) -> Siblings | None:
        """Give what is in an element, if anybody has asked for it."""
        return self._insides.get(number)

    def take_from(self, other: Siblings, theirs: int, number: int) -> None:
        """Take over what the others have found of an element that is equal."""
        self._areas[number] = other._areas[theirs]
        self._reaches[number] = other._reaches[theirs]
        inside = other._insides.get(theirs)
        if inside is not None:
            self._insides[number] = inside

    def _affine(self, element: AnyElement, area: Area) -> Affine | None:
        if self.room.affine is None:
            return None
        if element.rotation == 0.0 and element.scale == 1.0 and element.skew == (0.0, 0.0):
            a, b, c, d, e, f = self.room.affine
            left, top = area.left, area.top
            affine = Affine(a, b, a * left + b * top + c, d, e, d * left + e * top + f)
        else:
            m = local_matrix(element, area)
            affine = self.room.affine.before(
                Affine(
                    m.getScaleX(), m.getSkewX(), m.getTranslateX(),
                    m.getSkewY(), m.getScaleY(), m.getTranslateY(),
                )
            )  # fmt: skip
        return far_away(affine)

    def _clip(self, element: AnyElement, area: Area, affine: Affine | None) -> Bounds:
        clip = self.room.clip
        if element.clip is None or affine is None:
            return clip
        edge = clip_path(element.clip, area.width, area.height).getBounds()
        box = (edge.left(), edge.top(), edge.right(), edge.bottom())
        return affine.bounds(box, SMOOTHING).within(clip)

    def _find_reach(self, number: int) -> Bounds:
        element, room = self.elements[number], self.room
        if room.opacity * element.opacity == 0.0:
            return NOTHING
        kind = KINDS[type(element)]
        shows_children = kind.compose is None or kind.spread is not None
        if kind.arrange is not None and shows_children and element.blur == 0 and element.shadow is None:
            inside = self.inside(number)
            reach = NOTHING
            for child in range(len(inside.elements)):
                reach = union(reach, inside.reach(child))
            if kind.compose is None or reach.is_empty:
                return reach
            affine = inside.room.affine
            reach = reach.grown(_spread(kind, element, affine))
            return reach.within(self._clip(element, self.area(number), affine)).within(room.clip)
        area = self.area(number)
        affine = self._affine(element, area)
        if affine is None:
            return room.clip
        if kind.project is not None:
            projected = projected_box(element, area, self._assets)
            if projected is None:
                return NOTHING
            box = projected
        elif kind.ink is not None:
            box = kind.ink(element, area, room.whole, self._assets)
        elif isinstance(element, Fill) and element.blur == 0 and element.shadow is None:
            box = (0.0, 0.0, area.width, area.height)
        else:
            return room.clip
        margin = SMOOTHING if element.blur == 0 else math.ceil(3 * element.blur * affine.scale) + SMOOTHING
        reach = affine.bounds(box, margin)
        if element.clip is not None:
            reach = reach.within(self._clip(element, area, affine))
        if element.shadow is not None:
            reach = union(reach, _shadow_reach(element, affine, box))
        reach = reach.within(room.clip)
        return NOTHING if reach.is_empty else reach


def far_away(affine: Affine) -> Affine | None:
    """Give None for a map that leads too far away to tell where anything is."""
    return affine if abs(affine.c) < _FAR and abs(affine.f) < _FAR else None


def _spread(kind: Kind[Any], element: AnyElement, affine: Affine | None) -> int:
    if kind.spread is None or affine is None:
        return 0
    return kind.spread(element, affine.scale)


def children_box(element: AnyElement, area: Area, assets: Assets) -> InkBox | None:
    """Give the box that an element's children touch, as far as half a box around it; None where none does."""
    far = math.ceil(max(area.width, area.height) / 2)
    limit = Bounds(0, 0, math.ceil(area.width), math.ceil(area.height)).grown(far)
    children: Sequence[AnyElement] = element.children  # type: ignore[union-attr]
    inside = Siblings(children, Room(IDENTITY, (area.width, area.height), 1.0, limit), assets)
    reach = NOTHING
    for number in range(len(children)):
        reach = union(reach, inside.reach(number))
    reach = reach.within(limit)
    left, top, right, bottom = reach
    return None if reach.is_empty else (left, top, right, bottom)


def projected_box(element: AnyElement, area: Area, assets: Assets) -> InkBox | None:
    """Give the box in which an element is seen that shows its children elsewhere; None where it isn't."""
    project, box = KINDS[type(element)].project, children_box(element, area, assets)
    return None if project is None or box is None else project(element, area, box)


def _shadow_reach(element: AnyElement, affine: Affine, box: tuple[float, float, float, float]) -> Bounds:
    shadow = element.shadow
    assert shadow is not None
    right = affine.a * shadow.dx + affine.b * shadow.dy
    down = affine.d * shadow.dx + affine.e * shadow.dy
    sigma = (shadow.blur / 2 + element.blur) * affine.scale
    margin = math.ceil(3 * sigma + max(abs(right), abs(down))) + SMOOTHING
    left, top, stop, bottom = affine.bounds(box, margin)
    x, y = round(right), round(down)
    return Bounds(left + x - 1, top + y - 1, stop + x + 1, bottom + y + 1)


def union(one: Bounds, other: Bounds) -> Bounds:
    """Give the smallest bounds that hold both; empty ones are nowhere."""
    if one.is_empty:
        return other
    if other.is_empty:
        return one
    return Bounds(
        min(one.left, other.left), min(one.top, other.top),
        max(one.right, other.right), max(one.bottom, other.bottom),
    )  # fmt: skip


def disjoint(parts: Sequence[Bounds]) -> Sequence[Bounds]:
    """Give rectangles of which none overlap: those that did become one."""
    found: list[Bounds] = []
    for part in parts:
        merged = part
        number = 0
        while number < len(found):
            other = found[number]
            if merged.within(other).is_empty:
                number += 1
            else:
                merged, number = union(merged, other), 0
                found.remove(other)
        found.append(merged)
    return found
