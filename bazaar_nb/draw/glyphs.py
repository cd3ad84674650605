"""Laid out text put down, at any fraction of a pixel."""

from __future__ import annotations

import numpy as np

from bazaar_nb.draw.bitmaps import Bitmap, BitmapCache
from bazaar_nb.draw.canvas import Target, map_bounds, surface_on
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.native import skia
from bazaar_nb.draw.text_layout import Lines
from bazaar_nb.scene.elements import BlendMode

# skia puts the glyphs that it caches on whole pixels up and down, and on quarters
# across: slow motion steps. Under a perspective, however small, it fills their
# outlines instead, exactly where they are; that is faster for large letters too.
_EXACT = skia.Matrix.MakeAll(1, 0, 0, 0, 1, 0, 0, 1e-12, 1)


def put_text(target: Target, bitmaps: BitmapCache, lines: Lines, opacity: float, blend: BlendMode) -> None:
    """Draw a text with its box at the origin.

    It goes through a bitmap, which is kept while the text stands still. Letters
    that overlap, and an outline below them, fade and mix as one.
    """
    matrix = target.matrix()
    seen = map_bounds(matrix, *lines.ink).within(target.clip_bounds())
    if seen.is_empty:
        return
    matrix[:, 2] -= (seen.left, seen.top)

    def make() -> Bitmap:
        pixels = np.zeros((seen.height, seen.width, 4), np.uint8)
        surface = surface_on(pixels)
        canvas = surface.getCanvas()
        canvas.concat(skia.Matrix.MakeAll(*matrix.ravel().tolist(), 0, 0, 1))
        canvas.concat(_EXACT)
        lines.paint(canvas)
        return Bitmap(pixels, opaque=False)

    key = ("text", lines.key, matrix.tobytes(), seen.width, seen.height)
    put_bitmap(target, bitmaps.bitmap(key, make), seen.left, seen.top, opacity, blend)
