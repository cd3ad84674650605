"""What is drawn on: a canvas over pixels, and where it stands on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.skia_import import skia

Matrix = NDArray[np.float64]
"""An affine map of points, shape (2, 3)."""


class Bounds(NamedTuple):
    """Whole device pixels, half-open."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across; 0 or less is empty."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down; 0 or less is empty."""
        return self.bottom - self.top

    @property
    def is_empty(self) -> bool:
        """Whether no pixel is inside."""
        return self.right <= self.left or self.bottom <= self.top

    def grown(self, pixels: int) -> Bounds:
        """Give bounds that are larger on every side."""
        return Bounds(self.left - pixels, self.top - pixels, self.right + pixels, self.bottom + pixels)

    def moved(self, right: int, down: int) -> Bounds:
        """Give bounds of the same size elsewhere."""
        return Bounds(self.left + right, self.top + down, self.right + right, self.bottom + down)

    def within(self, other: Bounds) -> Bounds:
        """Give what is in both."""
        return Bounds(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )


@dataclass(slots=True)
class Target:
    """A canvas and the pixels below it.

    Attributes
    ----------
    pixels : array of uint8, shape (h, w, 4), or None
        Premultiplied BGRA that may be written past the canvas; None inside a
        layer, where the canvas draws elsewhere.
    wanted : sequence of Bounds, optional
        The only pixels that matter: what is drawn elsewhere is not looked at. By default all.
    opaque : bool
        Whether nothing shines through the pixels.
    """

    canvas: skia.Canvas
    pixels: NDArray[np.uint8] | None
    wanted: Sequence[Bounds] | None = None
    opaque: bool = True

    def matrix(self) -> Matrix:
        """Give the map from the current coordinates to device pixels."""
        return np.array(self.affine()).reshape(2, 3)

    def affine(self) -> tuple[float, float, float, float, float, float]:
        """Give the same as plain numbers, row by row."""
        m = self.canvas.getTotalMatrix()
        return (
            m.getScaleX(), m.getSkewX(), m.getTranslateX(), m.getSkewY(), m.getScaleY(), m.getTranslateY()
        )  # fmt: skip

    def clip_bounds(self) -> Bounds:
        """Give the device pixels that drawing can reach."""
        clip = self.canvas.getDeviceClipBounds()
        return Bounds(clip.left(), clip.top(), clip.right(), clip.bottom())

    def open_pixels(self) -> NDArray[np.uint8] | None:
        """Give the pixels if they may be written directly: no layer, no clip."""
        if self.pixels is None or not self.canvas.isClipRect():
            return None
        height, width = self.pixels.shape[:2]
        return self.pixels if self.clip_bounds() == (0, 0, width, height) else None

    def is_wanted(self, bounds: Bounds) -> bool:
        """Tell whether any of these pixels matters."""
        if self.wanted is None:
            return True
        left, top, right, bottom = bounds
        for part in self.wanted:
            if left < part.right and part.left < right and top < part.bottom and part.top < bottom:
                return True
        return False

    def wanted_in(self, bounds: Bounds) -> Sequence[Bounds]:
        """Give the pixels of these bounds that matter."""
        if self.wanted is None:
            return () if bounds.is_empty else (bounds,)
        parts = (part.within(bounds) for part in self.wanted)
        return [part for part in parts if not part.is_empty]


def surface_on(pixels: NDArray[np.uint8]) -> skia.Surface:
    """Give a surface that draws into an array of BGRA pixels, whose rows may be padded.

    Parameters
    ----------
    pixels : array of uint8, shape (h, w, 4)
        It must outlive the surface.
    """
    return _surface(pixels, skia.kBGRA_8888_ColorType)


def alpha_surface_on(alpha: NDArray[np.uint8]) -> skia.Surface:
    """Give a surface that draws opacities alone.

    Parameters
    ----------
    alpha : array of uint8, shape (h, w)
        It must outlive the surface.
    """
    return _surface(alpha[:, :, np.newaxis], skia.kAlpha_8_ColorType)


def _surface(pixels: NDArray[np.uint8], color_type: skia.ColorType) -> skia.Surface:
    height, width = pixels.shape[:2]
    info = _image_info(width, height, color_type)
    surface = skia.Surface.MakeRasterDirect(info, pixels, pixels.strides[0])
    if surface is None:
        raise MemoryError(f"skia could not make a surface of {width}x{height}")
    return surface


@lru_cache(maxsize=4096)  # a frame with much text has a hundred
def _image_info(width: int, height: int, color_type: skia.ColorType) -> skia.ImageInfo:
    return skia.ImageInfo.Make(width, height, color_type, skia.kPremul_AlphaType)


def is_upright(matrix: Matrix) -> bool:
    """Tell whether a map only moves and scales, without turning or mirroring."""
    return bool(matrix[0, 1] == 0 and matrix[1, 0] == 0 and matrix[0, 0] > 0 and matrix[1, 1] > 0)


def map_bounds(matrix: Matrix, left: float, top: float, right: float, bottom: float) -> Bounds:
    """Give the device pixels that a rectangle touches."""
    # Plain floats: for four corners numpy takes four times as long.
    return touched_bounds(matrix.ravel().tolist(), left, top, right, bottom)


def touched_bounds(affine: Sequence[float], left: float, top: float, right: float, bottom: float) -> Bounds:
    """Give the device pixels that a rectangle touches under a map as `Target.affine` gives it."""
    a, b, c, d, e, f = affine
    if b == 0.0 == d and a > 0.0 < e:
        near = -1e6 + 1e-4, 1e6 - 1e-4
        x0, y0, x1, y1 = a * left + c, e * top + f, a * right + c, e * bottom + f
        if x0 > near[0] and y0 > near[0] and x1 < near[1] and y1 < near[1]:
            return Bounds(
                math.floor(x0 + 1e-4), math.floor(y0 + 1e-4), math.ceil(x1 - 1e-4), math.ceil(y1 - 1e-4)
            )
    corners = ((left, top), (right, top), (left, bottom), (right, bottom))
    xs = [a * x + b * y + c for x, y in corners]
    ys = [d * x + e * y + f for x, y in corners]
    # Almost whole numbers are whole: they come from sums of floats.
    edges = (min(xs) + 1e-4, min(ys) + 1e-4, max(xs) - 1e-4, max(ys) - 1e-4)
    limited = [max(-1e6, min(1e6, edge)) for edge in edges]
    return Bounds(
        math.floor(limited[0]), math.floor(limited[1]), math.ceil(limited[2]), math.ceil(limited[3])
    )


def holds_bounds(matrix: Matrix, box: tuple[float, float, float, float], bounds: Bounds) -> bool:
    """Tell whether a box, under an upright map, covers every pixel of the bounds whole.

    Parameters
    ----------
    box : tuple of four floats
        Left, top, right, bottom.
    """
    slack = 1e-3  # edges come from sums of floats
    return bool(
        matrix[0, 0] * box[0] + matrix[0, 2] <= bounds.left + slack
        and matrix[1, 1] * box[1] + matrix[1, 2] <= bounds.top + slack
        and matrix[0, 0] * box[2] + matrix[0, 2] >= bounds.right - slack
        and matrix[1, 1] * box[3] + matrix[1, 2] >= bounds.bottom - slack
    )


def mean_scale(matrix: Matrix) -> float:
    """Give how much larger a map makes things, as the square root of the area."""
    return math.sqrt(abs(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]))
