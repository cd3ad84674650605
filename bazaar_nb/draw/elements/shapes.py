"""`Rect`, `Ellipse`, `Line`, `Path` and `Polygon`: an outline that is filled and stroked."""

from __future__ import annotations

from msgspec.structs import replace

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.box_fill import is_veil, paint_box
from bazaar_nb.draw.elements.registry import Brush, InkBox, Kind, Pinning, put_arrays, register
from bazaar_nb.draw.geometry import Area, resolve
from bazaar_nb.draw.outlines import ellipse_path, free_path, rect_path
from bazaar_nb.draw.paints import BLEND_MODES, fill_paint, miter_reach, stroke_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.draw.svg_path import parse_path
from bazaar_nb.scene.elements import Ellipse, Line, Path, Polygon, Rect
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.color import parse_color

Shape = Rect | Ellipse | Line | Path | Polygon
FreeShape = Line | Path | Polygon
"""Those whose place is in their outline, without an anchor."""


def _measure_rect(rect: Rect, width: float, height: float, _assets: Assets) -> tuple[float, float]:
    return resolve(rect.width, width), resolve(rect.height, height)


def _measure_ellipse(ellipse: Ellipse, width: float, height: float, _assets: Assets) -> tuple[float, float]:
    across = resolve(ellipse.width, width)
    return across, across if ellipse.height is None else resolve(ellipse.height, height)


def _measure_free(shape: FreeShape, width: float, height: float, assets: Assets) -> tuple[float, float]:
    area = free_path(shape, width, height, assets)[1]
    return area.width, area.height


def _place_free(shape: FreeShape, width: float, height: float, assets: Assets) -> Area:
    return free_path(shape, width, height, assets)[1]


def _draw(brush: Brush, shape: Shape) -> None:
    target, area = brush.target, brush.area
    path = _outline(shape, area, brush.whole, brush.assets)
    fill = None if isinstance(shape, Line) else shape.fill
    if isinstance(fill, str) and not is_veil(
        target, fill, area.width, area.height, brush.opacity, brush.blend
    ):
        paint = fill_paint(fill, brush.opacity, area.width, area.height)
        paint.setBlendMode(BLEND_MODES[brush.blend])
        target.canvas.drawPath(path, paint)
    elif fill is not None:
        target.canvas.save()
        target.canvas.clipPath(path, True)
        paint_box(target, brush.bitmaps, fill, area.width, area.height, brush.opacity, brush.blend)
        target.canvas.restore()
    if shape.stroke is not None:
        paint = _stroke_paint(shape, shape.stroke, brush.opacity, area)
        if paint is not None:
            paint.setBlendMode(BLEND_MODES[brush.blend])
            target.canvas.drawPath(path, paint)


def _draw_silhouette(
    canvas: skia.Canvas,
    shape: Shape,
    area: Area,
    whole: tuple[float, float],
    blend: skia.BlendMode,
    assets: Assets,
) -> None:
    path = _outline(shape, area, whole, assets)
    if not isinstance(shape, Line) and shape.fill is not None:
        canvas.drawPath(path, skia.Paint(AntiAlias=True, BlendMode=blend))
    if shape.stroke is not None:
        paint = _stroke_paint(shape, replace(shape.stroke, color="black"), 1.0, area)
        if paint is not None:
            paint.setBlendMode(blend)
            canvas.drawPath(path, paint)


def _ink(shape: Shape, area: Area, _whole: tuple[float, float], _assets: Assets) -> InkBox:
    beyond = 0.0 if shape.stroke is None else miter_reach(shape.stroke)
    return -beyond, -beyond, area.width + beyond, area.height + beyond


def _has_two_steps(shape: Rect | Ellipse | Path | Polygon) -> bool:
    return shape.fill is not None and shape.stroke is not None


def _is_plain(rect: Rect) -> bool:
    return (
        isinstance(rect.fill, str)
        and parse_color(rect.fill)[3] == 1.0
        and rect
        == Rect(x=rect.x, y=rect.y, anchor=rect.anchor, width=rect.width, height=rect.height, fill=rect.fill)
    )


def _pin_path(path: Path, pinning: Pinning) -> Path:
    if isinstance(path.d, str):
        parse_path(path.d)  # said here, with the element's place, and not by a worker
        return path
    return put_arrays(pinning, path, "d")


def _pin_polygon(polygon: Polygon, pinning: Pinning) -> Polygon:
    return polygon if isinstance(polygon.points, tuple) else put_arrays(pinning, polygon, "points")


def _outline(shape: Shape, area: Area, whole: tuple[float, float], assets: Assets) -> skia.Path:
    """Give a shape's outline in its own box."""
    if isinstance(shape, Rect):
        return rect_path(area.width, area.height, shape.radius)
    if isinstance(shape, Ellipse):
        return ellipse_path(area.width, area.height)
    return free_path(shape, *whole, assets)[0]


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


_DRAWN = {"draw": _draw, "ink": _ink, "silhouette": _draw_silhouette}
_FREE = {"measure": _measure_free, "place": _place_free, **_DRAWN}

register(Rect, Kind(measure=_measure_rect, steps=_has_two_steps, is_plain=_is_plain, **_DRAWN))  # type: ignore[arg-type]
register(Ellipse, Kind(measure=_measure_ellipse, steps=_has_two_steps, **_DRAWN))  # type: ignore[arg-type]
register(Line, Kind(**_FREE))  # type: ignore[arg-type]
register(Path, Kind(steps=_has_two_steps, pin=_pin_path, pin_field="d", **_FREE))  # type: ignore[arg-type]
register(Polygon, Kind(steps=_has_two_steps, pin=_pin_polygon, pin_field="points", **_FREE))  # type: ignore[arg-type]
