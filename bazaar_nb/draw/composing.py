"""What elements need that put their children together in a way of their own: layers, as filters and masks do.

A layer is as large as what is drawn on, with the same device pixels: what is drawn into it is what would be
drawn without it, and what is known of where elements reach holds in it, too. Its pages are the system's until
something is drawn there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.bitmaps import Bitmap, BitmapCache
from bazaar_nb.draw.canvas import Bounds, Target, map_bounds, mean_scale, surface_on
from bazaar_nb.draw.elements.registry import KINDS, InkBox, Piece
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.reach import (
    NOTHING,
    SMOOTHING,
    Affine,
    Room,
    Siblings,
    children_box,
    disjoint,
    far_away,
    projected_box,
    union,
)
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import AnyElement, BlendMode
from bazaar_nb.scene.tree import plain

_encoder = msgspec.msgpack.Encoder(enc_hook=plain)
DrawChild = Callable[[Target, int, Siblings | None], None]
"""Draws the child of this number; the siblings tell how far it reaches, if they are known."""


class Composing:
    """An element's children, to be put together.

    Parameters
    ----------
    target : Target
        With the element's box at the origin.
    inside : Siblings, optional
        What is known of the children.

    Attributes
    ----------
    scale : float
        How many device pixels a pixel of the element is.
    bounds : Bounds
        Where the element can be seen.
    parts : sequence of Bounds
        What of that matters. They don't overlap.
    frame_pixels : int
        How many the film's frames have.
    """

    def __init__(
        self,
        target: Target,
        element: AnyElement,
        area: Area,
        inside: Siblings | None,
        draw_child: DrawChild,
        assets: Assets,
        bitmaps: BitmapCache,
        frame_pixels: int,
    ) -> None:
        self.frame_pixels = frame_pixels
        self.target = target
        self.area = area
        self.assets = assets
        self.bitmaps = bitmaps
        self.scale = mean_scale(target.matrix())
        size = target.canvas.getBaseLayerSize()
        self._frame = Bounds(0, 0, size.width(), size.height())
        self._draw_child = draw_child
        self._element = element
        self._children: Sequence[AnyElement] = element.children  # type: ignore[union-attr]
        self._known = inside
        self._inside = inside
        kind = KINDS[type(element)]
        assert kind.compose is not None
        self.spread = 0
        if kind.spread is not None:
            self.spread = kind.spread(element, self.scale)
            bounds = self.reach(range(len(self._children))).grown(self.spread)
        else:
            box = projected_box(element, area, assets)
            bounds = NOTHING if box is None else map_bounds(target.matrix(), *box).grown(SMOOTHING)
        self.bounds = bounds.within(target.clip_bounds()).within(self._frame)
        self.parts: Sequence[Bounds] = disjoint(target.wanted_in(self.bounds))

    def reach(self, numbers: Iterable[int]) -> Bounds:
        """Give the pixels that some of the children can touch."""
        if self._inside is None:
            affine = far_away(Affine(*self.target.affine()))
            room = Room(affine, (self.area.width, self.area.height), 1.0, self._frame.grown(self.spread))
            self._inside = Siblings(self._children, room, self.assets)
        found = NOTHING
        for number in numbers:
            found = union(found, self._inside.reach(number))
        return found

    def layer(self, numbers: Iterable[int]) -> NDArray[np.uint8]:
        """Draw some of the children on nothing.

        Returns
        -------
        array of uint8, shape (height, width, 4)
            Premultiplied BGRA, as large as what is drawn on; right in the parts that matter, and as far
            around them as the element spreads.
        """
        pixels = np.zeros((self._frame.bottom, self._frame.right, 4), np.uint8)
        wanted = None
        if self.target.wanted is not None:
            wanted = [part.grown(self.spread).within(self._frame) for part in self.parts]
        canvas = surface_on(pixels).getCanvas()
        canvas.concat(self.target.canvas.getTotalMatrix())
        target = Target(canvas, pixels, wanted)
        for number in numbers:
            self._draw_child(target, number, self._known)
        return pixels

    def all_children(self) -> range:
        """Give the numbers of all children."""
        return range(len(self._children))

    def plane_box(self) -> InkBox | None:
        """Give the box that the children touch, in the element's own pixels; None where they draw nothing."""
        return children_box(self._element, self.area, self.assets)

    def children_key(self) -> bytes:
        """Name what the children are."""
        return _encoder.encode(self._children)

    def plane(self, matrix: skia.Matrix, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Draw all children on nothing, under a map of their own.

        Returns
        -------
        array of uint8, shape (height, width, 4)
            Premultiplied BGRA.
        """
        pixels = np.zeros((size[1], size[0], 4), np.uint8)
        canvas = surface_on(pixels).getCanvas()
        canvas.concat(matrix)
        for number in self.all_children():
            self._draw_child(Target(canvas, pixels), number, None)
        return pixels


def put_pieces(target: Target, pieces: Iterable[Piece], opacity: float, blend: BlendMode) -> None:
    """Put finished pixels down."""
    for left, top, pixels in pieces:
        opaque = bool((pixels[:, :, 3] == 255).all())
        put_bitmap(target, Bitmap(np.ascontiguousarray(pixels), opaque=opaque), left, top, opacity, blend)
