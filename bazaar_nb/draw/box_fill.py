"""Boxes painted with a colour or a gradient: straight into the pixels, or as a bitmap."""

from __future__ import annotations

import numpy as np

from bazaar_nb.draw.bitmaps import Bitmap, BitmapCache
from bazaar_nb.draw.canvas import Matrix, Target, holds_bounds, is_upright, map_bounds, mean_scale
from bazaar_nb.draw.gradients import paint_gradient
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.paints import BLEND_MODES, fill_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import BlendMode
from bazaar_nb.scene.paint import Gradient, Paint, is_opaque
from bazaar_nb.values.color import parse_color

_VEIL_PIXELS = 4096  # from here on blits are faster
_STRIP_ROWS = 64
_STRETCHED = 0.01  # one way more than the other, as a share


def is_veil(
    target: Target, color: str, width: float, height: float, opacity: float, blend: BlendMode
) -> bool:
    """Tell whether a box is a veil: large, and in a colour that lets through what is below."""
    if blend != "normal" or parse_color(color)[3] * opacity == 1.0:
        return False
    return width * height * mean_scale(target.matrix()) ** 2 >= _VEIL_PIXELS


def paint_box(
    target: Target,
    bitmaps: BitmapCache,
    paint: Paint,
    width: float,
    height: float,
    opacity: float,
    blend: BlendMode,
) -> None:
    """Paint all that is inside the clip.

    Parameters
    ----------
    width, height : float
        Of the box, at the origin, that a gradient runs over. The clip is not
        larger; its edge, which no other edge doubles, is what is smooth.
    """
    if isinstance(paint, str):
        pixels = target.open_pixels() if opacity == 1.0 and blend == "normal" else None
        if pixels is not None and parse_color(paint)[3] == 1.0 and covers(target, width, height):
            value = _premultiplied(paint, 1.0)
            for left, top, right, bottom in target.wanted_in(target.clip_bounds()):
                pixels[top:bottom, left:right].view(np.uint32)[:] = value
            return
        if is_veil(target, paint, width, height, opacity, blend):
            _paint_veil(target, bitmaps, paint, width, height, opacity)
            return
    elif _keeps_shape(target.matrix()):
        _paint_gradient(target, bitmaps, paint, width, height, opacity, blend)
        return
    made = fill_paint(paint, opacity, width, height)
    made.setBlendMode(BLEND_MODES[blend])
    target.canvas.drawPaint(made)


def _paint_veil(
    target: Target, bitmaps: BitmapCache, color: str, width: float, height: float, opacity: float
) -> None:
    """Paint a box with a colour that lets through what is below.

    skia mixes a colour a pixel at a time, but blits bitmaps ten times as fast.
    """
    bounds = map_bounds(target.matrix(), 0, 0, width, height).within(target.clip_bounds())
    if bounds.is_empty:
        return
    value = _premultiplied(color, opacity)

    def make() -> Bitmap:
        strip = np.full((_STRIP_ROWS, bounds.width), value, np.uint32)
        return Bitmap(strip.view(np.uint8).reshape(_STRIP_ROWS, bounds.width, 4), opaque=False)

    bitmap = bitmaps.bitmap(("veil", value, bounds.width), make)
    canvas = target.canvas
    canvas.save()
    canvas.resetMatrix()
    canvas.clipRect(skia.Rect.MakeLTRB(*bounds))
    for top in range(bounds.top, bounds.bottom, _STRIP_ROWS):
        canvas.drawImage(bitmap.image, bounds.left, top)
    canvas.restore()


def _paint_gradient(
    target: Target,
    bitmaps: BitmapCache,
    gradient: Gradient,
    width: float,
    height: float,
    opacity: float,
    blend: BlendMode,
) -> None:
    matrix = target.matrix()
    bounds = map_bounds(matrix, 0, 0, width, height).within(target.clip_bounds())
    if bounds.is_empty:
        return
    box = (
        float(matrix[0, 2]) - bounds.left,
        float(matrix[1, 2]) - bounds.top,
        width * float(matrix[0, 0]),
        height * float(matrix[1, 1]),
    )
    opaque = is_opaque(gradient)
    pixels = target.open_pixels() if opaque and opacity == 1.0 and blend == "normal" else None
    if pixels is not None and covers(target, width, height):
        paint_gradient(gradient, pixels, box, target.wanted)
        return

    def make() -> Bitmap:
        drawn = np.empty((bounds.height, bounds.width, 4), np.uint8)
        paint_gradient(gradient, drawn, box)
        return Bitmap(drawn, opaque=opaque)

    bitmap = bitmaps.bitmap((gradient, bounds.width, bounds.height, box), make)
    put_bitmap(target, bitmap, bounds.left, bounds.top, opacity, blend)


def _keeps_shape(matrix: Matrix) -> bool:
    """Tell whether a gradient looks the same under a map, but for its size: circles stay circles.

    Frames that are scaled to whole pixels are stretched by less than what is let pass.
    """
    across, down = float(matrix[0, 0]), float(matrix[1, 1])
    return is_upright(matrix) and abs(across - down) <= _STRETCHED * max(across, down)


def covers(target: Target, width: float, height: float) -> bool:
    """Tell whether a box covers every pixel that drawing can reach."""
    matrix = target.matrix()
    return is_upright(matrix) and holds_bounds(matrix, (0, 0, width, height), target.clip_bounds())


def _premultiplied(color: str, opacity: float) -> int:
    """Give a colour as one pixel of premultiplied BGRA."""
    r, g, b, a = parse_color(color)
    a *= opacity
    parts = (round(part * 255) for part in (a, r * a, g * a, b * a))
    alpha, red, green, blue = parts
    return alpha << 24 | red << 16 | green << 8 | blue
