"""What is let through of a picture by a gradient or a shape: nothing, some or all of it, tile by tile.

An edge that runs over a frame is mixed in the few tiles that it is in; the others are copied, or left.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.canvas import Bounds, alpha_surface_on
from bazaar_nb.draw.gradients import color_index, color_table, without_colors
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.draw.tiles import Tiles, TileSet
from bazaar_nb.scene.paint import Gradient
from bazaar_nb.values.color import parse_color

Pixels8 = NDArray[np.uint8]


class EdgeMask:
    """How much of a picture is let through, over a whole frame.

    Attributes
    ----------
    hidden, opaque : TileSet
        The tiles in which that is nothing, or everything.
    """

    hidden: TileSet
    opaque: TileSet

    def _shares(self, bounds: Bounds) -> Pixels8:
        """Give how opaque pixels are, in each channel."""
        raise NotImplementedError

    def mix(self, below: Pixels8, above: Pixels8, bounds: Bounds) -> None:
        """Mix what is let through of a picture into another, which lies below it, within the bounds."""
        room = slice(bounds.top, bounds.bottom), slice(bounds.left, bounds.right)
        share = self._shares(bounds)
        # Products over 255 are never half way between two levels: they are rounded the same everywhere.
        shines = cv2.multiply(above[room], share, scale=1 / 255)
        np.subtract(255, share, out=share)
        np.add(shines, cv2.multiply(below[room], share, scale=1 / 255), out=below[room])


class GradientMask(EdgeMask):
    """A gradient's opacity."""

    def __init__(self, gradient: Gradient, width: int, height: int) -> None:
        # White, premultiplied, is as opaque in each channel as it is in the last.
        white = tuple(f"rgba(255, 255, 255, {parse_color(color)[3]!r})" for color in gradient.colors)
        self._table = color_table(replace(gradient, colors=white))
        shape = without_colors(gradient)
        self._index = color_index(shape, width, height)
        low, high = _tile_ranges(shape, width, height)
        alpha = self._table.view(np.uint8)[::4]
        self.hidden = _all_between(alpha == 0, low, high)
        self.opaque = _all_between(alpha == 255, low, high)

    def _shares(self, bounds: Bounds) -> Pixels8:
        index = self._index[bounds.top : bounds.bottom, bounds.left : bounds.right]
        return self._table[index].view(np.uint8).reshape(*index.shape, 4)


class ShapeMask(EdgeMask):
    """The inside of an outline, with smooth edges.

    Parameters
    ----------
    path : skia.Path
        In the pixels of the frame.
    """

    def __init__(self, path: skia.Path, width: int, height: int) -> None:
        self._alpha = np.zeros((height, width), np.uint8)
        alpha_surface_on(self._alpha).getCanvas().drawPath(path, skia.Paint(AntiAlias=True))
        tiles = Tiles(width, height)
        self.hidden = tiles.extreme(np.maximum, self._alpha) == 0
        self.opaque = tiles.extreme(np.minimum, self._alpha) == 255

    def _shares(self, bounds: Bounds) -> Pixels8:
        alpha = self._alpha[bounds.top : bounds.bottom, bounds.left : bounds.right]
        return np.asarray(cv2.merge([alpha] * 4), np.uint8)


@lru_cache(maxsize=2)
def _tile_ranges(shape: Gradient, width: int, height: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the first and the last place in the table that a tile has."""
    index, tiles = color_index(shape, width, height), Tiles(width, height)
    return tiles.extreme(np.minimum, index), tiles.extreme(np.maximum, index)


def _all_between(is_such: NDArray[np.bool_], low: NDArray[np.intp], high: NDArray[np.intp]) -> TileSet:
    """Tell of each tile whether all that lies between its first and last place is such."""
    counted = np.concatenate(([0], np.cumsum(is_such)))
    return np.asarray(counted[high + 1] - counted[low] == high + 1 - low)
