"""Scenes as pictures of their own: what transitions put over one another.

A group that begins with a fill hides all that is below it. Where a frame has several such, or one that is
moved or lets the others shine through, each is drawn into pixels of its own, which are kept: of a scene
that stands, or of which a little moves, no more than that is drawn anew while it is slid, faded and blurred.
What another picture hides, a mask holds back or the frame's edge cuts off is not drawn until it is seen.

What a picture shows doesn't depend on the frames before, so that a frame drawn alone is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.bitmaps import Bitmap
from bazaar_nb.draw.blur import blur_picture
from bazaar_nb.draw.canvas import Bounds, Target
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.edge_masks import EdgeMask, GradientMask, ShapeMask
from bazaar_nb.draw.elements.registry import place
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.hidden import is_opaque_fill
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.outlines import clip_path
from bazaar_nb.draw.reach import disjoint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.draw.tiles import Tiles, TileSet
from bazaar_nb.scene.elements import AnyElement, Fill, Group, Mask, Rect
from bazaar_nb.scene.tree import FrameTree

_WHOLE = Rect()
_NEAR = 1e-3  # pixels: places come from sums of floats
Redraw = Callable[[FrameTree, KeptFrame, TileSet], object]


def find_pictures(elements: Sequence[AnyElement]) -> frozenset[int]:
    """Give which of a frame's elements are pictures that are drawn by themselves, by their numbers."""
    pictures = [
        number
        for number, element in enumerate(elements)
        if _is_picture(element) or (isinstance(element, Mask) and _is_masked(element))
    ]
    if len(pictures) == 1 and _is_plain(elements[pictures[0]]):
        return frozenset()  # it is all that is seen, and drawn as if it were no group
    return frozenset(pictures)


def change_as_wholes(
    before: Sequence[AnyElement], now: Sequence[AnyElement], pictures: frozenset[int]
) -> bool:
    """Tell whether one of the pictures is faded, moved or masked in another way than before.

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


class _Placed(NamedTuple):
    """A picture's place.

    Attributes
    ----------
    right, down : int
        The device pixel on which its corner is.
    mask : EdgeMask or None
        What of it is let through, where that isn't all.
    seen : TileSet
        Which of its own tiles can be seen.
    """

    right: int
    down: int
    mask: EdgeMask | None
    seen: TileSet


class PictureLayers:
    """The pictures of one frame after the other, by their places in it.

    Parameters
    ----------
    width, height : int
        Of a frame, in device pixels.
    redraw : function
        Draws a tree over what was drawn before, where it is seen.
    """

    def __init__(self, width: int, height: int, redraw: Redraw, assets: Assets) -> None:
        self._size = (width, height)
        self._redraw = redraw
        self._assets = assets
        self._tiles = Tiles(width, height)
        self._kept: dict[int, KeptFrame] = {}
        self._placed: dict[int, _Placed | None] = {}

    def begin_frame(self, tree: FrameTree, pictures: frozenset[int]) -> None:
        """Find where pictures can be seen; drop the pixels of those that are no longer there."""
        for number in self._kept.keys() - pictures:
            del self._kept[number]
        self._placed = {}
        tiles, frame = self._tiles, Bounds(0, 0, *self._size)
        free = tiles.all()  # what no picture above hides
        for number in sorted(pictures, reverse=True):
            placed = self._placed[number] = self._place(tree.elements[number], tree, free)
            element = tree.elements[number]
            if placed is None or element.opacity < 1.0:
                continue
            if placed.mask is not None:
                free = free & ~placed.mask.opaque
            elif element.clip in (None, _WHOLE):
                free = free & ~tiles.within(frame.moved(placed.right, placed.down))

    def _place(self, element: AnyElement, tree: FrameTree, free: TileSet) -> _Placed | None:
        """Tell where a picture is; None where that is between device pixels: it must be drawn there."""
        width, height = self._size
        across, down = width / tree.width, height / tree.height
        area = place(element, tree.width, tree.height, self._assets)
        left, top = area.left * across, area.top * down
        if (
            abs(across * area.width - width) > _NEAR or abs(down * area.height - height) > _NEAR
            or abs(left - round(left)) > _NEAR or abs(top - round(top)) > _NEAR
        ):  # fmt: skip
            return None
        right, below = round(left), round(top)
        if (right, below) != (0, 0):
            parts = [part.moved(-right, -below) for part in self._tiles.rectangles(free)]
            return _Placed(right, below, None, self._tiles.touched(parts))
        mask: EdgeMask | None = None
        if isinstance(element, Mask):
            by = element.children[1]
            assert isinstance(by, Fill)
            assert not isinstance(by.paint, str)
            mask = GradientMask(by.paint, width, height)
        elif element.clip is not None and element.clip != _WHOLE:
            path = skia.Path(clip_path(element.clip, area.width, area.height))
            path.transform(skia.Matrix.Scale(across, down))
            mask = ShapeMask(path, width, height)
        return _Placed(0, 0, mask, free if mask is None else free & ~mask.hidden)

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
        placed = self._placed[number]
        if placed is None:
            return False
        if not placed.seen.any():
            return True
        width, height = self._size
        kept = self._kept.get(number)
        if kept is None:
            kept = self._kept[number] = KeptFrame(np.zeros((height, width, 4), np.uint8))
        shown = element.children[0] if isinstance(element, Mask) else element
        assert isinstance(shown, Group)
        wanted = placed.seen if element.blur == 0 else self._tiles.all()
        self._redraw(FrameTree(round(whole[0]), round(whole[1]), shown.children), kept, wanted)
        pixels = kept.pixels
        if element.blur > 0:
            pixels = blur_picture(pixels, element.blur * width / whole[0])
        if placed.mask is not None:
            self._put_masked(target, pixels, placed.mask, opacity)
            return True
        canvas = target.canvas
        canvas.save()
        if element.clip is not None and element.clip != _WHOLE:
            canvas.clipPath(clip_path(element.clip, area.width, area.height), True)
        put_bitmap(target, Bitmap(pixels, opaque=True), placed.right, placed.down, opacity, "normal")
        canvas.restore()
        return True

    def _put_masked(self, target: Target, pixels: NDArray[np.uint8], mask: EdgeMask, opacity: float) -> None:
        """Put down what is let through of an opaque picture that is as large as the frame."""
        below = target.open_pixels() if opacity == 1.0 else None
        room = np.zeros_like(pixels) if below is None else below
        parts: list[tuple[Bounds, bool]] = [(part, False) for part in self._tiles.rectangles(mask.opaque)]
        parts += [(part, True) for part in self._tiles.rectangles(~mask.opaque & ~mask.hidden)]
        for tiles, is_mixed in parts:
            for part in disjoint(target.wanted_in(tiles)):
                if is_mixed:
                    mask.mix(room, pixels, part)
                else:
                    across = slice(part.left, part.right)
                    np.copyto(room[part.top : part.bottom, across], pixels[part.top : part.bottom, across])
        if below is None:
            put_bitmap(target, Bitmap(room, opaque=False), 0, 0, opacity, "normal")
