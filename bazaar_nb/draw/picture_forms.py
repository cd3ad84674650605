"""Which of a frame's elements are pictures: scenes on grounds of their own, as transitions put them.

A picture stands where it is, is moved, faded, blurred or clipped; shows through a gradient; or is drawn flat,
and then made larger or turned in space. The last two only beside another scene: there they are on their way,
and nobody reads small print.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from bazaar_nb.draw.hidden import is_opaque_fill
from bazaar_nb.scene.elements import AnyElement, Fill, Group, Mask, Perspective

_MANY = 8  # elements: where so many change their size, finding how far each reaches doesn't pay
MOST_GROWN = 2.0
"""How much larger a picture may get, and still be made of its pixels."""


def find_pictures(elements: Sequence[AnyElement]) -> frozenset[int]:
    """Give which of a frame's elements are pictures that are drawn by themselves, by their numbers."""
    pictures, grown, turned = set(), set(), set()
    for number, element in enumerate(elements):
        kind = type(element)
        if kind is Group:
            if _is_picture(element):
                pictures.add(number)
            elif _is_grown(element):
                grown.add(number)
        elif kind is Mask:
            if _is_masked(element):
                pictures.add(number)
        elif kind is Perspective and number and _is_hidden(elements[number - 1]) and _is_turned(element):
            turned.add(number)
    if len(pictures) + len(grown) > 1:
        pictures |= grown
    elif len(pictures) == 1 and all(is_plain(elements[number]) for number in pictures):
        pictures.clear()  # it is all that is seen, and drawn as if it were no group
    return frozenset(pictures | turned)


def change_as_wholes(
    before: Sequence[AnyElement], now: Sequence[AnyElement], pictures: frozenset[int]
) -> bool:
    """Tell whether one of the pictures is faded, moved, turned or masked in another way than before.

    All of the frame is then another one: where is not asked.
    """
    if len(before) != len(now):
        return False
    for number in pictures:
        one, other = before[number], now[number]
        if type(one) is not type(other) or replace(one, children=()) != replace(other, children=()):
            return True
        if isinstance(one, Mask) and isinstance(other, Mask) and one.children[1:] != other.children[1:]:
            return True
    return False


def is_scaled_anew(before: Sequence[AnyElement], now: Sequence[AnyElement]) -> bool:
    """Tell whether all of a picture but its ground is one group, larger or smaller than before."""
    if not before or not now or not all(isinstance(element, Fill) for element in now[:-1]):
        return False
    one, other = before[-1], now[-1]
    return (
        isinstance(one, Group)
        and isinstance(other, Group)
        and one.scale != other.scale
        and len(other.children) >= _MANY
    )


def picture_in(element: AnyElement) -> Group:
    """Give the group that a picture is."""
    found = element if type(element) is Group else element.children[0]  # type: ignore[union-attr]
    assert isinstance(found, Group)
    return found


def is_plain(element: AnyElement) -> bool:
    """Tell whether an element is a group, and nothing more."""
    return type(element) is Group and element == Group(element.children)


def _is_picture(element: AnyElement) -> bool:
    return (
        type(element) is Group
        and len(element.children) > 1
        and is_opaque_fill(element.children[0])
        and (element.width, element.height, element.anchor) == ("100%", "100%", "center")
        and (element.scale, element.rotation, element.skew) == (1.0, 0.0, (0.0, 0.0))
        and element.blend == "normal"
        and element.shadow is None
    )


def _is_masked(element: AnyElement) -> bool:
    """Tell whether an element shows a picture through a gradient."""
    if type(element) is not Mask or len(element.children) != 2 or element != Mask(element.children):
        return False
    seen, by = element.children
    return (
        _is_picture(seen)
        and is_plain(seen)
        and isinstance(by, Fill)
        and not isinstance(by.paint, str)
        and by == Fill(by.paint)
    )


def _is_grown(element: AnyElement) -> bool:
    """Tell whether an element is a picture that is made larger."""
    return (
        type(element) is Group
        and isinstance(element.scale, float)
        and 1.0 < element.scale <= MOST_GROWN
        and element.clip is None
        and element.blur == 0.0
        and _is_picture(replace(element, scale=1.0))
    )


def _is_hidden(element: AnyElement) -> bool:
    return type(element) is Group and element.opacity == 0.0


def _is_turned(element: AnyElement) -> bool:
    """Tell whether an element is a picture that is turned in space."""
    if type(element) is not Perspective or len(element.children) != 1:
        return False
    (picture,) = element.children
    flat = replace(element, rotate_x=0.0, rotate_y=0.0, scale=1.0, opacity=1.0, x=None, y=None)
    return flat == Perspective(element.children) and _is_picture(picture) and is_plain(picture)
