"""Elements that hide all that is below them: drawing begins with the last of them."""

from __future__ import annotations

from bazaar_nb.draw.elements.clip import covers_all
from bazaar_nb.scene.elements import AnyElement, Clip, Fill
from bazaar_nb.scene.paint import is_opaque
from bazaar_nb.scene.tree import FrameTree


def first_seen(tree: FrameTree) -> int | None:
    """Give the last fill, or video over all, that hides everything below it; None where there is none."""
    for number in range(len(tree.elements) - 1, -1, -1):
        element = tree.elements[number]
        if is_opaque_fill(element) or (isinstance(element, Clip) and covers_all(element)):
            return number
    return None


def is_opaque_fill(element: AnyElement) -> bool:
    """Tell whether an element is a fill that hides all below it."""
    return isinstance(element, Fill) and element == Fill(element.paint) and is_opaque(element.paint)
