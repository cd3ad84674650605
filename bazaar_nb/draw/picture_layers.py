"""Scenes as pictures of their own: what transitions put over one another.

A group that begins with a fill hides all that is below it. Where a frame has several such, or one that is
moved or lets the others shine through, each is drawn into pixels of its own, which are kept: of a scene
that stands, or of which a little moves, no more than that is drawn anew while it is slid, faded and blurred.
What another picture hides, a mask holds back or the frame's edge cuts off is not drawn until it is seen.

What a picture shows doesn't depend on the frames before, so that a frame drawn alone is the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.bitmaps import Bitmap
from bazaar_nb.draw.blur import blur_halved, halved_picture, picture_halvings
from bazaar_nb.draw.canvas import Bounds, Target, map_bounds
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.edge_masks import EdgeMask, GradientMask, ShapeMask
from bazaar_nb.draw.elements.perspective import project, turn_plane
from bazaar_nb.draw.elements.registry import place
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.outlines import clip_path
from bazaar_nb.draw.picture_forms import picture_in
from bazaar_nb.draw.reach import SMOOTHING, disjoint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.draw.tiles import Tiles, TileSet
from bazaar_nb.scene.elements import AnyElement, Fill, Group, Mask, Perspective, Rect
from bazaar_nb.scene.tree import FrameTree

_WHOLE = Rect()
_NEAR = 1e-3  # pixels: places come from sums of floats
Redraw = Callable[[FrameTree, KeptFrame, TileSet], list[Bounds]]


class _Placed(NamedTuple):
    """A picture's place.

    Attributes
    ----------
    seen : TileSet
        Which of its own tiles can be seen.
    right, down : int
        The device pixel on which its corner is.
    mask : EdgeMask or None
        What of it is let through, where that isn't all.
    growth : array of float, shape (2, 3), optional
        From the pixels of the frame to its own, where it is larger than the frame, and covers it.
    """

    seen: TileSet
    right: int = 0
    down: int = 0
    mask: EdgeMask | None = None
    growth: NDArray[np.float64] | None = None


class PictureLayers:
    """The pictures of one frame after the other, by their places in it.

    Parameters
    ----------
    width, height : int
        Of a frame, in device pixels.
    redraw : function
        Draws a tree over what was drawn before, where it is seen; gives where it changed.
    """

    def __init__(self, width: int, height: int, redraw: Redraw, assets: Assets) -> None:
        self._size = (width, height)
        self._redraw = redraw
        self._assets = assets
        self._tiles = Tiles(width, height)
        self._kept: dict[int, KeptFrame] = {}
        self._placed: dict[int, _Placed | None] = {}
        self._halved: dict[int, tuple[int, NDArray[np.uint8]]] = {}
        self._under: set[int] = set()  # those that are blurred together with the one above

    def begin_frame(self, tree: FrameTree, pictures: frozenset[int]) -> None:
        """Find where pictures can be seen; drop the pixels of those that are no longer there."""
        for number in self._kept.keys() - pictures:
            del self._kept[number]
            self._halved.pop(number, None)
        self._placed = {}
        self._under = {
            number for number in pictures if number + 1 in pictures and _blur_alike(tree.elements, number)
        }
        tiles, frame = self._tiles, Bounds(0, 0, *self._size)
        free = tiles.all()  # what no picture above hides
        for number in sorted(pictures, reverse=True):
            placed = self._placed[number] = self._place(tree.elements[number], tree, free)
            element = tree.elements[number]
            if placed is None or element.opacity < 1.0 or isinstance(element, Perspective):
                continue
            if placed.mask is not None:
                free = free & ~placed.mask.opaque
            elif element.clip in (None, _WHOLE):
                free = free & ~tiles.within(frame.moved(placed.right, placed.down))

    def _place(self, element: AnyElement, tree: FrameTree, free: TileSet) -> _Placed | None:
        """Tell where a picture is; None where that is between device pixels: it must be drawn there."""
        if isinstance(element, Perspective):
            return _Placed(self._tiles.all())
        width, height = self._size
        across, down = width / tree.width, height / tree.height
        area = place(element, tree.width, tree.height, self._assets)
        left, top = area.left * across, area.top * down
        if abs(across * area.width - width) > _NEAR or abs(down * area.height - height) > _NEAR:
            return None
        if element.scale != 1.0:
            assert isinstance(element.scale, float)
            return self._place_grown(element.scale, left, top, free)
        if abs(left - round(left)) > _NEAR or abs(top - round(top)) > _NEAR:
            return None
        right, below = round(left), round(top)
        if (right, below) != (0, 0):
            parts = [part.moved(-right, -below) for part in self._tiles.rectangles(free)]
            return _Placed(self._tiles.touched(parts), right, below)
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
        return _Placed(free if mask is None else free & ~mask.hidden, mask=mask)

    def _place_grown(self, scale: float, left: float, top: float, free: TileSet) -> _Placed | None:
        """Tell what of a larger picture is seen; None where it leaves something of the frame free.

        Parameters
        ----------
        left, top : float
            Its corner in device pixels, were it not larger.
        """
        width, height = self._size
        corner = left - (scale - 1.0) * width / 2, top - (scale - 1.0) * height / 2
        ends = corner[0] + scale * width, corner[1] + scale * height
        if max(corner) > _NEAR or ends[0] < width - _NEAR or ends[1] < height - _NEAR:
            return None
        parts = [
            Bounds(
                *(math.floor((edge - at) / scale) - 1 for edge, at in zip(part[:2], corner, strict=True)),
                *(math.ceil((edge - at) / scale) + 1 for edge, at in zip(part[2:], corner, strict=True)),
            )
            for part in self._tiles.rectangles(free)
        ]
        # Whole numbers are the middles of pixels for OpenCV.
        rows = [[(0.5 - at) / scale - 0.5] for at in corner]
        growth = np.hstack([np.eye(2) / scale, np.array(rows)])
        return _Placed(self._tiles.touched(parts), growth=growth)

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
        wanted = placed.seen if element.blur == 0 else self._tiles.all()
        changed = self._redraw(
            FrameTree(round(whole[0]), round(whole[1]), picture_in(element).children), kept, wanted
        )
        if changed:
            self._halved.pop(number, None)
        pixels = kept.pixels
        if isinstance(element, Perspective):
            self._put_turned(target, element, pixels, area, opacity)
            return True
        if element.blur > 0:
            sigma = element.blur * width / whole[0]
            small = self._halve(number, pixels, picture_halvings(sigma))
            if number in self._under:
                return True
            if number - 1 in self._under:
                below = self._halved[number - 1][1]
                small = np.asarray(cv2.addWeighted(small, opacity, below, 1.0 - opacity, 0.0), np.uint8)
                opacity = 1.0
            pixels = blur_halved(small, picture_halvings(sigma), sigma, self._size)
        if placed.growth is not None:
            pixels = np.asarray(
                cv2.warpAffine(
                    pixels, placed.growth, self._size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                    borderMode=cv2.BORDER_REPLICATE,
                ),
                np.uint8,
            )  # fmt: skip
        if placed.mask is not None:
            self._put_masked(target, pixels, placed.mask, opacity)
            return True
        canvas = target.canvas
        canvas.save()
        if placed.growth is None and element.clip is not None and element.clip != _WHOLE:
            canvas.clipPath(clip_path(element.clip, area.width, area.height), True)
        put_bitmap(target, Bitmap(pixels, opaque=True), placed.right, placed.down, opacity, "normal")
        canvas.restore()
        return True

    def _halve(self, number: int, pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
        """Give a picture, halved so often; of one that stands it is there from the frame before."""
        known = self._halved.get(number)
        if known is None or known[0] != times:
            known = self._halved[number] = times, halved_picture(pixels, times)
        return known[1]

    def _put_turned(
        self, target: Target, element: Perspective, pixels: NDArray[np.uint8], area: Area, opacity: float
    ) -> None:
        """Put down a picture as it is seen when it is turned in space."""
        box = (0.0, 0.0, area.width, area.height)
        seen = project(element, area, box)
        if seen is None:
            return
        matrix = target.matrix()
        bounds = map_bounds(matrix, *seen).grown(SMOOTHING).within(target.clip_bounds())
        if bounds.is_empty:
            return
        turned = turn_plane(element, area, pixels, box, self._size[0] / area.width, matrix, bounds)
        if turned is not None:
            put_bitmap(target, Bitmap(turned, opaque=False), bounds.left, bounds.top, opacity, "normal")

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


def _blur_alike(elements: Sequence[AnyElement], number: int) -> bool:
    """Tell whether a picture is blurred as the one above it, which mixes with it where they stand.

    Pictures that are mixed and then blurred are the same as those that are blurred and then mixed.
    """
    one, other = elements[number], elements[number + 1]
    return (
        isinstance(one, Group)
        and isinstance(other, Group)
        and one.blur > 0 < other.opacity
        and one == Group(one.children, blur=one.blur)
        and other == Group(other.children, blur=one.blur, opacity=other.opacity)
    )
