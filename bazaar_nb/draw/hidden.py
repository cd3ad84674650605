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


def only_clip(tree: FrameTree) -> Clip | None:
    """Give the clip that is all that is seen of a frame; None where there is more, or none."""
    last = tree.elements[-1] if tree.elements else None
    return last if isinstance(last, Clip) and covers_all(last) else None


def is_opaque_fill(element: AnyElement) -> bool:
    """Tell whether an element is a fill that hides all below it."""
    return isinstance(element, Fill) and element == Fill(element.paint) and is_opaque(element.paint)
