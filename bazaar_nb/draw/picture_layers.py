"""Scenes as pictures of their own: what transitions put over one another.

A group that begins with a fill hides all that is below it. Where a frame has several such, or one that is
moved or lets the others shine through, each is drawn into pixels of its own, which are kept: of a scene
that stands, or of which a little moves, no more than that is drawn anew while it is slid, faded and blurred.

What a picture shows doesn't depend on the frames before, so that a frame drawn alone is the same.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.bitmaps import Bitmap
from bazaar_nb.draw.blur import blur_picture
from bazaar_nb.draw.canvas import Target
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.gradients import paint_gradient
from bazaar_nb.draw.hidden import is_opaque_fill
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.outlines import clip_path
from bazaar_nb.scene.elements import AnyElement, Fill, Group, Mask, Rect
from bazaar_nb.scene.tree import Elements, FrameTree
from bazaar_nb.values.color import parse_color

_WHOLE = Rect()
_NEAR = 1e-3  # pixels: places come from sums of floats
Redraw = Callable[[FrameTree, KeptFrame], object]


def find_pictures(elements: Elements) -> frozenset[int]:
    """Give which of a frame's elements are pictures that are drawn by themselves, by their numbers."""
    pictures = [
        number
        for number, element in enumerate(elements)
        if _is_picture(element) or (isinstance(element, Mask) and _is_masked(element))
    ]
    if len(pictures) == 1 and _is_plain(elements[pictures[0]]):
        return frozenset()  # it is all that is seen, and drawn as if it were no group
    return frozenset(pictures)


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


def _is_masked(mask: Mask) -> bool:
    """Tell whether a mask shows a picture through a gradient."""
    if len(mask.children) != 2 or mask != Mask(mask.children):
        return False
    seen, by = mask.children
    return (
        _is_picture(seen)
        and _is_plain(seen)
        and isinstance(by, Fill)
        and not isinstance(by.paint, str)
        and by == Fill(by.paint)
    )


def _is_plain(element: AnyElement) -> bool:
    return type(element) is Group and element == Group(element.children)


class PictureLayers:
    """The pictures of one frame after the other, by their places in it.

    Parameters
    ----------
    width, height : int
        Of a frame, in device pixels.
    redraw : function
        Draws a tree over what was drawn before.
    """

    def __init__(self, width: int, height: int, redraw: Redraw) -> None:
        self._size = (width, height)
        self._redraw = redraw
        self._kept: dict[int, KeptFrame] = {}

    def keep_only(self, numbers: frozenset[int]) -> None:
        """Drop the pixels of pictures that are no longer there."""
        for number in self._kept.keys() - numbers:
            del self._kept[number]

    def put(
        self,
        target: Target,
        element: AnyElement,
        area: Area,
        whole: tuple[float, float],
        number: int,
        opacity: float,
    ) -> bool:
        """Draw a picture and put it down; False where it lies between device pixels, and must be drawn there.

        Parameters
        ----------
        area : Area
            The group's box; its corner is the canvas's origin.
        whole : (float, float)
            Size of the frame's tree.
        """
        assert isinstance(element, Group)
        a, b, left, c, d, top = target.affine()
        width, height = self._size
        right, down = round(left), round(top)
        if (
            b != 0.0 or c != 0.0
            or abs(a * area.width - width) > _NEAR or abs(d * area.height - height) > _NEAR
            or abs(left - right) > _NEAR or abs(top - down) > _NEAR
        ):  # fmt: skip
            return False
        if right >= width or down >= height or right <= -width or down <= -height:
            return True
        kept = self._kept.get(number)
        if kept is None:
            kept = self._kept[number] = KeptFrame(np.zeros((height, width, 4), np.uint8))
        seen = element.children[0] if isinstance(element, Mask) else element
        assert isinstance(seen, Group)
        self._redraw(FrameTree(round(whole[0]), round(whole[1]), seen.children), kept)
        pixels = kept.pixels if element.blur == 0 else blur_picture(kept.pixels, element.blur * a)
        if isinstance(element, Mask):
            pixels = _masked(pixels, element.children[1])
        canvas = target.canvas
        canvas.save()
        if element.clip is not None and element.clip != _WHOLE:
            canvas.clipPath(clip_path(element.clip, area.width, area.height), True)
        bitmap = Bitmap(pixels, opaque=not isinstance(element, Mask))
        put_bitmap(target, bitmap, right, down, opacity, "normal")
        canvas.restore()
        return True


def _masked(pixels: NDArray[np.uint8], by: AnyElement) -> NDArray[np.uint8]:
    """Give what of an opaque picture a gradient lets through, premultiplied."""
    assert isinstance(by, Fill)
    assert not isinstance(by.paint, str)
    mask = np.empty_like(pixels)
    # White, premultiplied, is as opaque in each channel as it is in the last.
    white = tuple(f"rgba(255, 255, 255, {parse_color(color)[3]!r})" for color in by.paint.colors)
    paint_gradient(replace(by.paint, colors=white), mask)
    return cv2.multiply(pixels, mask, dst=mask, scale=1 / 255).astype(np.uint8, copy=False)
