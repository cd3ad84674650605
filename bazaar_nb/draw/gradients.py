"""Gradients from a table of colours.

skia's gradient shaders go through its scalar raster pipeline (28 ms a full HD
frame); a table and numpy take 0.2 to 3.3 ms. Colours are mixed premultiplied in
sRGB, as CSS has it (https://www.w3.org/TR/css-images-4/#color-interpolation).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.paint import Gradient, LinearGradient, RadialGradient
from bazaar_nb.values.color import parse_color

Box = tuple[float, float, float, float]
"""Left, top, width, height."""

_STEPS = 4096  # finer than 8 bits a channel need over any span of two colours


def paint_gradient(
    gradient: Gradient,
    pixels: NDArray[np.uint8],
    box: Box | None = None,
    parts: Sequence[tuple[int, int, int, int]] | None = None,
) -> None:
    """Fill pixels with a gradient.

    Parameters
    ----------
    pixels : array of uint8, shape (h, w, 4)
        Premultiplied BGRA, overwritten; rows may be padded.
    box : tuple of four floats, optional
        Left, top, width and height of the box that the gradient runs over, in
        pixels of the array; by default the whole array.
    parts : sequence of four ints, optional
        Left, top, right and bottom of the pixels that are filled; by default all.
    """
    height, width = pixels.shape[:2]
    box = box or (0.0, 0.0, float(width), float(height))
    target = pixels.view(np.uint32)[:, :, 0]
    if isinstance(gradient, LinearGradient):
        direction = _direction(gradient.angle)
        if direction[1] == 0 or direction[0] == 0:
            along_x = direction[1] == 0
            start, length, count = (box[0], box[2], width) if along_x else (box[1], box[3], height)
            sign = direction[0] if along_x else direction[1]
            at = ((np.arange(count) + 0.5 - start) / length - 0.5) * sign + 0.5
            colors = _colors_at(gradient, at)
            for left, top, right, bottom in parts or ((0, 0, width, height),):
                line = colors[np.newaxis, left:right] if along_x else colors[top:bottom, np.newaxis]
                target[top:bottom, left:right] = line
            return
    index, table = _index(without_colors(gradient), width, height, box), color_table(gradient)
    if parts is not None:
        for left, top, right, bottom in parts:
            target[top:bottom, left:right] = table[index[top:bottom, left:right]]
    elif target.flags.c_contiguous:
        np.take(table, index, out=target, mode="clip")
    else:
        target[:] = table[index]


def gradient_shader(gradient: Gradient, width: float, height: float) -> skia.Shader:
    """Give skia's shader for a gradient over a box: for letters, outlines and turned shapes."""
    colors = [_skia_color(color) for color in gradient.colors]
    stops = list(gradient.stops) if gradient.stops else None
    premultiplied = 1  # SkGradientShader::kInterpolateColorsInPremul_Flag
    middle = (width / 2, height / 2)
    if isinstance(gradient, LinearGradient):
        dx, dy = _direction(gradient.angle)
        half = (abs(width * dx) + abs(height * dy)) / 2
        points = [
            skia.Point(middle[0] - dx * half, middle[1] - dy * half),
            skia.Point(middle[0] + dx * half, middle[1] + dy * half),
        ]
        return skia.GradientShader.MakeLinear(points, colors, stops, skia.TileMode.kClamp, premultiplied)
    center = (gradient.center[0] * width, gradient.center[1] * height)
    if isinstance(gradient, RadialGradient):
        radius = max(1e-3, gradient.radius * math.hypot(width, height) / 2)
        return skia.GradientShader.MakeRadial(
            skia.Point(*center), radius, colors, stops, skia.TileMode.kClamp, premultiplied
        )
    turn = skia.Matrix()
    turn.setRotate(gradient.angle - 90, *center)
    return skia.GradientShader.MakeSweep(
        *center, colors, stops, skia.TileMode.kClamp, 0, 360, premultiplied, turn
    )


def _skia_color(text: str) -> int:
    r, g, b, a = (round(part * 255) for part in parse_color(text))
    color: int = skia.ColorSetARGB(a, r, g, b)
    return color


def _direction(angle: float) -> tuple[float, float]:
    quarter, rest = divmod(angle % 360, 90)
    if rest == 0:  # exact, so that the fast paths see it
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarter) % 4]
    return math.cos(math.radians(angle)), math.sin(math.radians(angle))


def _colors_at(gradient: Gradient, at: NDArray[np.floating]) -> NDArray[np.uint32]:
    """Give the premultiplied BGRA colours at positions 0..1, each as one number."""
    rgba = np.array([parse_color(color) for color in gradient.colors])
    rgba[:, :3] *= rgba[:, 3:]
    stops = gradient.stops or np.linspace(0, 1, len(rgba))
    mixed = np.empty((len(at), 4), np.uint8)
    for channel, source in enumerate((2, 1, 0, 3)):
        mixed[:, channel] = np.interp(at, stops, rgba[:, source] * 255) + 0.5
    return mixed.view(np.uint32)[:, 0]


def _as_index(at: NDArray[np.float32]) -> NDArray[np.intp]:
    return np.clip(at * _STEPS, 0, _STEPS - 1).astype(np.intp)


def color_table(gradient: Gradient) -> NDArray[np.uint32]:
    """Give a gradient's premultiplied BGRA colours from its begin to its end, each as one number."""
    return _colors_at(gradient, (np.arange(_STEPS) + 0.5) / _STEPS)


def color_index(shape: Gradient, width: int, height: int) -> NDArray[np.intp]:
    """Give the place in the table of colours for every pixel of a frame; not to be changed.

    Parameters
    ----------
    shape : gradient
        As `without_colors` gives it.
    """
    return _index(shape, width, height, (0.0, 0.0, float(width), float(height)))


def without_colors(gradient: Gradient) -> Gradient:
    """Give a gradient's shape alone, equal for all of its colours."""
    return replace(gradient, colors=("black", "black"), stops=None)


@lru_cache(maxsize=2)  # 17 MB each for full HD
def _index(gradient: Gradient, width: int, height: int, box: Box) -> NDArray[np.intp]:
    """Give the place in the table of colours for every pixel."""
    x = (np.arange(width, dtype=np.float32) + np.float32(0.5 - box[0]))[np.newaxis, :]
    y = (np.arange(height, dtype=np.float32) + np.float32(0.5 - box[1]))[:, np.newaxis]
    across, down = box[2], box[3]
    if isinstance(gradient, LinearGradient):
        dx, dy = _direction(gradient.angle)
        length = abs(across * dx) + abs(down * dy)
        return _as_index((x - across / 2) * (dx / length) + (y - down / 2) * (dy / length) + np.float32(0.5))
    x = x - np.float32(gradient.center[0] * across)
    y = y - np.float32(gradient.center[1] * down)
    if isinstance(gradient, RadialGradient):
        reach = max(1e-3, gradient.radius * math.hypot(across, down) / 2)
        return _as_index(np.hypot(x, y) / np.float32(reach))
    turn = np.arctan2(y, x) / np.float32(2 * math.pi)
    return _as_index((turn + np.float32((90 - gradient.angle) / 360)) % np.float32(1.0))
