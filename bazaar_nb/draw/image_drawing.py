"""Pictures put down: fitted to their box, clipped to its edges."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from bazaar_nb.draw.bitmaps import Bitmap, BitmapCache
from bazaar_nb.draw.canvas import Bounds, Target, holds_bounds, is_upright, map_bounds
from bazaar_nb.draw.clip_frames import ClipPicture
from bazaar_nb.draw.image_loading import Picture
from bazaar_nb.draw.outlines import rect_path
from bazaar_nb.draw.paints import blit_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import BlendMode, Fit

_LARGE_PIXELS = 1_000_000
_UNSCALED = skia.SamplingOptions()


def draw_picture(
    target: Target,
    bitmaps: BitmapCache,
    picture: Picture | ClipPicture,
    key: Hashable,
    *,
    width: float,
    height: float,
    fit: Fit,
    radius: float,
    smooth: bool,
    opacity: float,
    blend: BlendMode,
    passing: bool = False,
) -> None:
    """Draw a picture into a box at the origin.

    Parameters
    ----------
    key : hashable
        Names the picture in the cache.
    width, height : float
        Of the box.
    passing : bool
        Whether the next frame shows another picture, as a rule: then it is kept only if it comes again.
    """
    across, down = width / picture.width, height / picture.height
    if fit != "fill":
        across = down = max(across, down) if fit == "cover" else min(across, down)
    shown_width, shown_height = min(width, across * picture.width), min(height, down * picture.height)
    left, top = (width - shown_width) / 2, (height - shown_height) / 2
    matrix = target.matrix()
    seen = map_bounds(matrix, left, top, left + shown_width, top + shown_height)
    seen = seen.within(target.clip_bounds())
    if seen.is_empty or shown_width <= 0 or shown_height <= 0:
        return
    place = np.array(
        [
            [across, 0, (width - across * picture.width) / 2],
            [0, down, (height - down * picture.height) / 2],
            [0, 0, 1],
        ]
    )
    warp = matrix @ place
    warp[:, 2] -= (seen.left, seen.top)

    box = (left, top, left + shown_width, top + shown_height)
    whole = radius == 0 and is_upright(matrix) and holds_bounds(matrix, box, seen)
    name = (key, warp.tobytes(), seen.width, seen.height, smooth)
    direct = whole and picture.opaque and opacity == 1.0 and blend == "normal"
    pixels = target.open_pixels() if direct else None
    # A photo that moves would fill the cache with what is never drawn again; many icons stand still.
    keep = bitmaps.is_worth_keeping(name) if passing or pixels is not None or _is_large(seen) else True
    if pixels is not None and not keep:
        room = pixels[seen.top : seen.bottom, seen.left : seen.right]
        picture.warp(warp, room, smooth=smooth)
        return

    def make() -> Bitmap:
        drawn = np.empty((seen.height, seen.width, 4), np.uint8)
        picture.warp(warp, drawn, smooth=smooth)
        return Bitmap(drawn, opaque=picture.opaque)

    bitmap = bitmaps.bitmap(name, make) if keep else make()
    canvas = target.canvas
    canvas.save()
    if radius > 0:
        path = rect_path(shown_width, shown_height, radius)
        path.offset(left, top)
        canvas.clipPath(path, True)
    elif not whole:
        canvas.clipRect(skia.Rect(*box), True)
    put_bitmap(target, bitmap, seen.left, seen.top, opacity, blend)
    canvas.restore()


def _is_large(bounds: Bounds) -> bool:
    return bounds.width * bounds.height >= _LARGE_PIXELS


def put_bitmap(target: Target, bitmap: Bitmap, left: int, top: int, opacity: float, blend: BlendMode) -> None:
    """Put a bitmap down at whole device pixels."""
    pixels = target.open_pixels() if bitmap.opaque and opacity == 1.0 and blend == "normal" else None
    height, width = bitmap.pixels.shape[:2]
    if pixels is not None and left >= 0 and top >= 0:
        rows, columns = pixels.shape[:2]
        for part in target.wanted_in(Bounds(left, top, min(left + width, columns), min(top + height, rows))):
            room = pixels[part.top : part.bottom, part.left : part.right]
            across, down = part.left - left, part.top - top
            np.copyto(room, bitmap.pixels[down : down + part.height, across : across + part.width])
        return
    canvas = target.canvas
    canvas.save()
    canvas.resetMatrix()
    canvas.drawImage(bitmap.image, left, top, _UNSCALED, blit_paint(opacity, blend))
    canvas.restore()
