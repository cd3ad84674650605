"""Elements without children, drawn in their own box at the origin."""

from __future__ import annotations

import msgspec
import numpy as np

from bazaar_nb.draw.bitmaps import Bitmap, BitmapCache
from bazaar_nb.draw.figures import draw_figure
from bazaar_nb.draw.gradients import gradient_is_opaque, paint_gradient
from bazaar_nb.draw.images import Picture
from bazaar_nb.draw.native import skia
from bazaar_nb.draw.paints import BLEND_MODES, fill_paint, stroke_paint
from bazaar_nb.draw.pictures import draw_picture, put_bitmap
from bazaar_nb.draw.shapes import Area, ellipse_path, free_path, rect_path
from bazaar_nb.draw.sources import Sources
from bazaar_nb.draw.target import Target, is_upright, map_bounds, mean_scale
from bazaar_nb.draw.text import draw_lines
from bazaar_nb.scene.color import parse_color
from bazaar_nb.scene.elements import (
    AnyElement,
    BlendMode,
    Ellipse,
    Figure,
    Fill,
    Image,
    Line,
    Path,
    Pixels,
    Polygon,
    Rect,
    Text,
)
from bazaar_nb.scene.function import registered_function
from bazaar_nb.scene.paint import Gradient, Paint
from bazaar_nb.scene.tree import plain

Shape = Rect | Ellipse | Line | Path | Polygon
_encoder = msgspec.msgpack.Encoder(enc_hook=plain)


class Leaves:
    """Draws leaf elements.

    Parameters
    ----------
    sources : Sources
        What they refer to.
    bitmaps : BitmapCache
        Where finished pieces are kept.
    """

    def __init__(self, sources: Sources, bitmaps: BitmapCache) -> None:
        self._sources = sources
        self._bitmaps = bitmaps

    def draw(
        self,
        target: Target,
        element: AnyElement,
        area: Area,
        whole: tuple[float, float],
        opacity: float,
        blend: BlendMode,
    ) -> None:
        """Draw an element whose box is at the origin.

        Parameters
        ----------
        area : Area
            The element's box in the box that it is in; only its size is used.
        whole : (float, float)
            Size of the box that it is in.
        """
        if isinstance(element, Fill):
            self._paint_box(target, element.paint, area.width, area.height, opacity, blend)
        elif isinstance(element, Rect | Ellipse | Line | Path | Polygon):
            self._draw_shape(target, element, area, whole, opacity, blend)
        elif isinstance(element, Text):
            draw_lines(target.canvas, self._sources.text.lay_out(element, whole[0], opacity))
        elif isinstance(element, Image | Pixels):
            draw_picture(
                target,
                self._bitmaps,
                self._sources.picture(element),
                self._sources.picture_key(element),
                width=area.width,
                height=area.height,
                fit=element.fit,
                radius=element.radius,
                smooth=element.smooth if isinstance(element, Pixels) else True,
                opacity=opacity,
                blend=blend,
            )
        elif isinstance(element, Figure):
            self._draw_figure(target, element, area, opacity, blend)

    def outline(self, element: AnyElement, area: Area, whole: tuple[float, float]) -> skia.Path | None:
        """Give a shape's outline in its own box; None for what is no shape."""
        if isinstance(element, Rect):
            return rect_path(area.width, area.height, element.radius)
        if isinstance(element, Ellipse):
            return ellipse_path(area.width, area.height)
        if isinstance(element, Line | Path | Polygon):
            return free_path(element, *whole)[0]
        return None

    def _draw_shape(
        self,
        target: Target,
        shape: Shape,
        area: Area,
        whole: tuple[float, float],
        opacity: float,
        blend: BlendMode,
    ) -> None:
        canvas = target.canvas
        fill = None if isinstance(shape, Line) else shape.fill
        if isinstance(shape, Rect) and isinstance(fill, str) and shape.stroke is None:
            paint = fill_paint(fill, opacity, area.width, area.height)
            paint.setBlendMode(BLEND_MODES[blend])
            bounds = skia.Rect.MakeWH(area.width, area.height)
            if shape.radius == 0.0:
                canvas.drawRect(bounds, paint)
                return
            if not isinstance(shape.radius, tuple):
                canvas.drawRoundRect(bounds, shape.radius, shape.radius, paint)
                return
        path = self.outline(shape, area, whole)
        if isinstance(fill, str):
            paint = fill_paint(fill, opacity, area.width, area.height)
            paint.setBlendMode(BLEND_MODES[blend])
            canvas.drawPath(path, paint)
        elif fill is not None:
            canvas.save()
            canvas.clipPath(path, True)
            self._paint_box(target, fill, area.width, area.height, opacity, blend)
            canvas.restore()
        if shape.stroke is not None and shape.stroke.width > 0:
            paint = stroke_paint(shape.stroke, opacity, area.width, area.height)
            paint.setBlendMode(BLEND_MODES[blend])
            if isinstance(shape, Line | Path | Polygon) and (shape.start > 0 or shape.end < 1):
                if shape.start >= shape.end:
                    return
                trim = skia.TrimPathEffect.Make(shape.start, shape.end)
                dashes = paint.getPathEffect()
                paint.setPathEffect(trim if dashes is None else skia.PathEffect.MakeCompose(dashes, trim))
            canvas.drawPath(path, paint)

    def _paint_box(
        self, target: Target, paint: Paint, width: float, height: float, opacity: float, blend: BlendMode
    ) -> None:
        """Paint a box at the origin, inside the clip."""
        canvas = target.canvas
        if isinstance(paint, str):
            pixels = target.open_pixels() if opacity == 1.0 and blend == "normal" else None
            if pixels is not None and parse_color(paint)[3] == 1.0 and _covers(target, width, height):
                pixels.view(np.uint32)[:] = _solid(paint)
                return
        elif is_upright(target.matrix()):
            self._paint_gradient(target, paint, width, height, opacity, blend)
            return
        made = fill_paint(paint, opacity, width, height)
        made.setBlendMode(BLEND_MODES[blend])
        canvas.drawRect(skia.Rect.MakeWH(width, height), made)

    def _paint_gradient(
        self,
        target: Target,
        gradient: Gradient,
        width: float,
        height: float,
        opacity: float,
        blend: BlendMode,
    ) -> None:
        bounds = map_bounds(target.matrix(), 0, 0, width, height)
        if bounds.is_empty:
            return
        opaque = gradient_is_opaque(gradient)
        pixels = target.open_pixels() if opaque and opacity == 1.0 and blend == "normal" else None
        if pixels is not None and bounds == (0, 0, pixels.shape[1], pixels.shape[0]):
            paint_gradient(gradient, pixels)
            return

        def make() -> Bitmap:
            drawn = np.empty((bounds.height, bounds.width, 4), np.uint8)
            paint_gradient(gradient, drawn)
            return Bitmap(drawn, opaque=opaque)

        if bounds.width * bounds.height > 8192 * 8192:
            made = fill_paint(gradient, opacity, width, height)  # far larger than any frame: leave it to skia
            made.setBlendMode(BLEND_MODES[blend])
            target.canvas.drawRect(skia.Rect.MakeWH(width, height), made)
            return
        bitmap = self._bitmaps.bitmap((gradient, bounds.width, bounds.height), make)
        target.canvas.save()
        target.canvas.clipRect(skia.Rect.MakeWH(width, height), True)
        put_bitmap(target, bitmap, bounds.left, bounds.top, opacity, blend)
        target.canvas.restore()

    def _draw_figure(
        self, target: Target, figure: Figure, area: Area, opacity: float, blend: BlendMode
    ) -> None:
        scale = mean_scale(target.matrix())
        width, height = max(1, round(area.width * scale)), max(1, round(area.height * scale))
        key = (_encoder.encode((figure.plot, figure.args, figure.style)), width, height, figure.dpi * scale)

        def make() -> Picture:
            plot = registered_function(figure.plot)
            return draw_figure(
                plot, figure.args, figure.style, width=width, height=height, dpi=figure.dpi * scale
            )

        picture: Picture = self._bitmaps.get(key, make, lambda made: made.size_bytes)
        draw_picture(
            target,
            self._bitmaps,
            picture,
            key,
            width=area.width,
            height=area.height,
            fit="fill",
            radius=0.0,
            smooth=True,
            opacity=opacity,
            blend=blend,
        )


def _covers(target: Target, width: float, height: float) -> bool:
    matrix = target.matrix()
    return is_upright(matrix) and map_bounds(matrix, 0, 0, width, height) == target.clip_bounds()


def _solid(color: str) -> int:
    r, g, b, a = (round(part * 255) for part in parse_color(color))
    return a << 24 | r << 16 | g << 8 | b
