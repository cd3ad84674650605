"""`Fill`: paint everywhere in the box around."""

from __future__ import annotations

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.box_fill import covers, paint_box
from bazaar_nb.draw.elements.registry import Brush, Kind, register
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import Fill


def _measure(_fill: Fill, width: float, height: float, _assets: Assets) -> tuple[float, float]:
    return width, height


def _place(_fill: Fill, width: float, height: float, _assets: Assets) -> Area:
    return Area(0, 0, width, height)


def _draw(brush: Brush, fill: Fill) -> None:
    canvas, area = brush.target.canvas, brush.area
    canvas.save()
    if not covers(brush.target, area.width, area.height):
        canvas.clipRect(skia.Rect.MakeWH(area.width, area.height), True)
    paint_box(brush.target, brush.bitmaps, fill.paint, area.width, area.height, brush.opacity, brush.blend)
    canvas.restore()


register(Fill, Kind(measure=_measure, place=_place, draw=_draw))
