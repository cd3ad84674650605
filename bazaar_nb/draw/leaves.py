"""Elements without children, drawn in their own box at the origin."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from bazaar_nb.draw.assets import Sources
from bazaar_nb.draw.bitmaps import BitmapCache
from bazaar_nb.draw.box_painting import covers, is_veil, paint_box
from bazaar_nb.draw.canvas import Target, mean_scale
from bazaar_nb.draw.figures import draw_figure
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.glyphs import put_text
from bazaar_nb.draw.image_drawing import draw_picture
from bazaar_nb.draw.images import Picture
from bazaar_nb.draw.native import skia
from bazaar_nb.draw.paints import BLEND_MODES, fill_paint, stroke_paint
from bazaar_nb.draw.shapes import ellipse_path, free_path, rect_path
from bazaar_nb.errors import ElementError, SceneError
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
from bazaar_nb.scene.function_registry import registered_function
from bazaar_nb.scene.paint import Stroke
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
            target.canvas.save()
            if not covers(target, area.width, area.height):
                target.canvas.clipRect(skia.Rect.MakeWH(area.width, area.height), True)
            paint_box(target, self._bitmaps, element.paint, area.width, area.height, opacity, blend)
            target.canvas.restore()
        elif isinstance(element, Rect | Ellipse | Line | Path | Polygon):
            self._draw_shape(target, element, area, whole, opacity, blend)
        elif isinstance(element, Text):
            lines = self._sources.text.lay_out(element, whole[0])
            put_text(target, self._bitmaps, lines, opacity, blend)
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

    def draw_silhouette(
        self, canvas: skia.Canvas, shape: Shape, area: Area, whole: tuple[float, float], blend: skia.BlendMode
    ) -> None:
        """Draw all that a shape covers, whatever its colours, in opaque black."""
        path = self._outline(shape, area, whole)
        if not isinstance(shape, Line) and shape.fill is not None:
            canvas.drawPath(path, skia.Paint(AntiAlias=True, BlendMode=blend))
        if shape.stroke is not None:
            paint = _stroke_paint(shape, replace(shape.stroke, color="black"), 1.0, area)
            if paint is not None:
                paint.setBlendMode(blend)
                canvas.drawPath(path, paint)

    @staticmethod
    def _outline(shape: Shape, area: Area, whole: tuple[float, float]) -> skia.Path:
        """Give a shape's outline in its own box."""
        if isinstance(shape, Rect):
            return rect_path(area.width, area.height, shape.radius)
        if isinstance(shape, Ellipse):
            return ellipse_path(area.width, area.height)
        return free_path(shape, *whole)[0]

    def _draw_shape(
        self,
        target: Target,
        shape: Shape,
        area: Area,
        whole: tuple[float, float],
        opacity: float,
        blend: BlendMode,
    ) -> None:
        path = self._outline(shape, area, whole)
        fill = None if isinstance(shape, Line) else shape.fill
        if isinstance(fill, str) and not is_veil(target, fill, area.width, area.height, opacity, blend):
            paint = fill_paint(fill, opacity, area.width, area.height)
            paint.setBlendMode(BLEND_MODES[blend])
            target.canvas.drawPath(path, paint)
        elif fill is not None:
            target.canvas.save()
            target.canvas.clipPath(path, True)
            paint_box(target, self._bitmaps, fill, area.width, area.height, opacity, blend)
            target.canvas.restore()
        if shape.stroke is not None:
            paint = _stroke_paint(shape, shape.stroke, opacity, area)
            if paint is not None:
                paint.setBlendMode(BLEND_MODES[blend])
                target.canvas.drawPath(path, paint)

    def _draw_figure(
        self, target: Target, figure: Figure, area: Area, opacity: float, blend: BlendMode
    ) -> None:
        scale = mean_scale(target.matrix())
        width, height = max(1, round(area.width * scale)), max(1, round(area.height * scale))
        key = (
            _encoder.encode((figure.plot, figure.args, figure.style, figure.fonts)),
            width,
            height,
            figure.dpi * scale,
        )

        def make() -> Picture:
            plot = registered_function(figure.plot)
            try:
                return draw_figure(
                    plot, figure.args, figure.style, width=width, height=height, dpi=figure.dpi * scale,
                    fonts=[self._sources.font(name) for name in figure.fonts],
                )  # fmt: skip
            except SceneError as error:
                raise ElementError(str(error), field="plot") from error
            except MemoryError:
                raise
            except Exception as error:  # matplotlib, when it draws what the function made
                raise ElementError(
                    f"`plot` of the figure raised {type(error).__name__}: {error}", field="plot"
                ) from error

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


def _stroke_paint(shape: Shape, stroke: Stroke, opacity: float, area: Area) -> skia.Paint | None:
    """Give the paint for the part of a shape's outline that is drawn; None for none."""
    if stroke.width == 0:
        return None
    paint = stroke_paint(stroke, opacity, area.width, area.height)
    if isinstance(shape, Line | Path | Polygon) and (shape.start > 0 or shape.end < 1):
        if shape.start >= shape.end:
            return None
        trim = skia.TrimPathEffect.Make(shape.start, shape.end)
        dashes = paint.getPathEffect()
        if trim is not None:  # as it is if so little is left out that skia's numbers don't tell
            paint.setPathEffect(trim if dashes is None else skia.PathEffect.MakeCompose(dashes, trim))
    return paint
