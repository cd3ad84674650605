"""Damage: where a frame differs from the one that was drawn before.

Trees are compared element by element; what is new, gone, different or in
another order damages the pixels that it can touch.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.canvas import Bounds
from bazaar_nb.draw.elements.registry import KINDS
from bazaar_nb.draw.reach import IDENTITY, SMOOTHING, Siblings, union
from bazaar_nb.draw.tiles import TileSet
from bazaar_nb.scene.elements import AnyElement

_WORTH = 0.6  # of the frame: where more is damaged, drawing all of it is cheaper
_MOST_CHANGED = 256  # elements: finding where so many reach is dear
_COMPARED_AT_ONCE = 32_768  # pixels: they stay in the processor's cache until they are copied
_NEAR_ROWS = 16  # rows that changed are told as one area if no more lie between them
_SPARE = 0.006  # of the frame: two damaged rectangles are one if they take in no more that isn't damaged


class KeptFrame:
    """Pixels that are drawn into again and again, and what they show.

    Nobody else may write into them between two drawings.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 4)
        BGRA; what it holds at first doesn't matter.
    """

    __slots__ = ("drawn", "pixels", "shown")

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self.pixels = pixels
        self.shown: Siblings | None = None
        """What was drawn last; None where that isn't known, as after a failure."""
        self.drawn: TileSet | None = None
        """Where it was drawn; None is everywhere."""


def find_damage(before: Siblings, now: Siblings) -> list[Bounds] | None:
    """Give the rectangles outside of which two frames look the same.

    Parameters
    ----------
    before, now : Siblings
        Of the same frame size. `now` takes over what is known of equal elements.

    Returns
    -------
    list of Bounds or None
        None where most of the frame is damaged, or so many elements differ that
        drawing all of them is cheaper than finding out.
    """
    damage = _Damage(now.room.clip)
    try:
        _compare(before, now, damage)
    except _MostIsDamagedError:
        return None
    return damage.rectangles


class _MostIsDamagedError(Exception):
    """Comparing any further doesn't pay."""


class _Damage:
    """Collects rectangles; those that overlap become one."""

    def __init__(self, frame: Bounds) -> None:
        self.rectangles: list[Bounds] = []
        self._left = _area(frame) * _WORTH
        self._spare = _area(frame) * _SPARE
        self._changed = 0

    def count(self, elements: int) -> None:
        """Take note of elements that differ, before it is found out how far they reach.

        Raises
        ------
        _MostIsDamagedError
            When they become too many.
        """
        self._changed += elements
        if self._changed > _MOST_CHANGED:
            raise _MostIsDamagedError

    def add(self, bounds: Bounds) -> None:
        """Take a rectangle in.

        Raises
        ------
        _MostIsDamagedError
            When that makes it too much.
        """
        left, top, right, bottom = bounds
        if right <= left or bottom <= top:
            return
        size = (right - left) * (bottom - top)
        rectangles, number = self.rectangles, 0
        while number < len(rectangles):  # in plain numbers, as it is done for each that changes
            other = rectangles[number]
            l, t, r, b = other  # noqa: E741
            if l <= left and t <= top and r >= right and b >= bottom:
                return
            x, y = left if left < l else l, top if top < t else t
            w, h = (right if right > r else r) - x, (bottom if bottom > b else b) - y
            both, theirs = w * h, (r - l) * (b - t)
            if both <= size + theirs + self._spare:
                self._left += theirs
                del rectangles[number]
                left, top, right, bottom, size, number = x, y, x + w, y + h, both, 0
            else:
                number += 1
        rectangles.append(Bounds(left, top, right, bottom))
        self._left -= size
        if self._left < 0:
            raise _MostIsDamagedError


def _area(bounds: Bounds) -> int:
    return (bounds.right - bounds.left) * (bounds.bottom - bounds.top)


def _compare(before: Siblings, now: Siblings, damage: _Damage) -> None:
    old, new = before.elements, now.elements
    shorter = min(len(old), len(new))
    first = 0
    while first < shorter and _is_same(before, first, now, first):
        first += 1
    tail = 0
    while tail < shorter - first and _is_same(before, len(old) - 1 - tail, now, len(new) - 1 - tail):
        tail += 1
    alike, differ = [], []  # inside only, and altogether
    for number in range(first, max(len(old), len(new)) - tail):
        was, stands = number < len(old) - tail, number < len(new) - tail
        if was and stands:
            if _is_same(before, number, now, number):
                continue
            if _differ_inside_only(before, now, number):
                alike.append(number)
                continue
        damage.count(_elements_in(new[number] if stands else old[number]))
        differ.append((number, was, stands))
    for number in alike:
        spread = now.spread(number)
        if spread == 0:
            _compare(before.inside(number), now.inside(number), damage)
            continue
        inner = _Damage(now.room.clip)
        _compare(before.inside(number), now.inside(number), inner)
        reach = union(before.reach(number), now.reach(number))
        for part in inner.rectangles:
            damage.add(part.grown(spread).within(reach))
    for number, was, stands in differ:
        if was and stands and _add_edges(before, now, number, damage):
            continue
        if was:
            damage.add(before.reach(number))
        if stands:
            damage.add(now.reach(number))


def _elements_in(element: AnyElement) -> int:
    """Count an element and those in it, as far as it matters how many they are."""
    if KINDS[type(element)].arrange is None:
        return 1
    children: Sequence[AnyElement] = element.children  # type: ignore[union-attr]
    if len(children) > _MOST_CHANGED:
        return len(children)
    return 1 + sum(_elements_in(child) for child in children)


def _add_edges(before: Siblings, now: Siblings, number: int, damage: _Damage) -> bool:
    """Add what lies between the edges of two boxes, if that is all that differs: bars that grow."""
    if KINDS[type(now.elements[number])].is_plain is None:
        return False
    one, other = before.plain_box(number), now.plain_box(number)
    if one is None or other is None or before.elements[number].fill != now.elements[number].fill:  # type: ignore[union-attr]
        return False
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    if right - left < 2 * SMOOTHING or bottom - top < 2 * SMOOTHING:
        return False
    around = (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))
    x, y, across, down = around
    frame = now.room.clip
    for box in ((x, y, left, down), (right, y, across, down), (x, y, across, top), (x, bottom, across, down)):
        if box[2] > box[0] and box[3] > box[1]:
            damage.add(IDENTITY.bounds(box, SMOOTHING).within(frame))
    return True


def _is_same(before: Siblings, theirs: int, now: Siblings, number: int) -> bool:
    """Tell whether two elements draw the same; what is known of it is then taken over."""
    if not looks_same(before.elements[theirs], now.elements[number]):
        return False
    if before.areas is not None and now.areas is not None and before.areas[theirs] != now.areas[number]:
        return False
    now.take_from(before, theirs, number)
    return True


def looks_same(one: AnyElement, other: AnyElement) -> bool:
    """Tell whether two elements, in the same place of a tree, draw the same pixels."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    kind = KINDS[type(one)]
    if kind.arrange is not None:
        ours, others = one.children, other.children  # type: ignore[union-attr]
        return (
            len(ours) == len(others)
            and _is_alike(one, other)
            and all(looks_same(a, b) for a, b in zip(ours, others, strict=True))
        )
    return kind.same(one, other) if kind.same is not None else one == other


def _differ_inside_only(before: Siblings, now: Siblings, number: int) -> bool:
    """Tell whether all that differs between two groups, rows or columns are children, seen as they are."""
    one, other = before.elements[number], now.elements[number]
    if type(one) is not type(other) or KINDS[type(one)].arrange is None:
        return False
    counts = [len(parent.children) for parent in (one, other)]  # type: ignore[union-attr]
    kind = KINDS[type(one)]
    if kind.compose is not None and (kind.spread is None or (kind.has_roles and counts[0] != counts[1])):
        return False
    # A child that is alone fades by itself; several do so in a layer.
    alone = [count == 1 for count in counts]
    return (
        one.blur == 0
        and one.shadow is None
        and alone[0] == alone[1]
        and _is_alike(one, other)
        and before.area(number) == now.area(number)
    )


def _is_alike(one: AnyElement, other: AnyElement) -> bool:
    """Tell whether two groups, rows or columns are equal but for their children."""
    names = type(one).__struct_fields__
    return all(getattr(one, name) == getattr(other, name) for name in names if name != "children")


def copy_changes(
    pixels: NDArray[np.uint8], other: NDArray[np.uint8], rectangles: Sequence[Bounds]
) -> list[Bounds]:
    """Copy what differs in some rectangles; give the rows of them in which something did.

    Parameters
    ----------
    pixels, other : array of uint8, shape (height, width, 4)
        Where it is copied to, and from.
    """
    changed: list[Bounds] = []
    into, new = pixels.view(np.uint32)[:, :, 0], other.view(np.uint32)[:, :, 0]
    differ = np.empty(_COMPARED_AT_ONCE + pixels.shape[1], np.bool_)
    for left, top, right, bottom in rectangles:
        rows = _COMPARED_AT_ONCE // (right - left) + 1
        start = stop = top
        for first in range(top, bottom, rows):
            last = min(first + rows, bottom)
            room, drawn = into[first:last, left:right], new[first:last, left:right]
            compared = differ[: room.size].reshape(room.shape)
            np.not_equal(room, drawn, out=compared)
            differs = np.logical_or.reduce(compared, axis=1)
            above = int(differs.argmax())
            if not differs[above]:
                continue
            np.copyto(room, drawn)
            if first + above - stop >= _NEAR_ROWS and stop > start:
                changed.append(Bounds(left, start, right, stop))
                start = stop
            if stop == start:
                start = first + above
            stop = last - int(differs[::-1].argmax())
        if stop > start:
            changed.append(Bounds(left, start, right, stop))
    return changed
