"""`Polyline`: lines through many points, with gaps."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.elements.registry import Brush, InkBox, Kind, Pinning, put_arrays, register
from bazaar_nb.draw.geometry import Area, resolve
from bazaar_nb.draw.line_paths import line_path, split_at_gaps, trimmed
from bazaar_nb.draw.paints import BLEND_MODES, stroke_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import Polyline
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.color import parse_color

_MITER_REACH = 2.0  # of a stroke's width: corners sharper than skia's miter limit of 4 are cut
# skia takes far longer over one noisy line than over its pieces: 36 ms for 10,000 points in one path,
# 12 ms in pieces of a hundred. Where they meet, a step of the line is drawn twice; the PSNR to the
# whole is 49 to 54 dB.
_PIECE = 100

Part = tuple[NDArray[np.float32], NDArray[np.intp]]


def _points(line: Polyline, assets: Assets) -> NDArray[np.float32]:
    """Give the points of all lines, shape (lines, n, 2), where the element has them."""
    x, y = np.atleast_2d(assets.floats(line.x)), np.atleast_2d(assets.floats(line.y))
    lines = np.empty((*y.shape, 2), np.float32)
    lines[:, :, 0], lines[:, :, 1] = x, y
    return lines


def _place(line: Polyline, width: float, height: float, assets: Assets) -> Area:
    points = split_at_gaps(_points(line, assets))[0]
    dx, dy = resolve(line.dx, width), resolve(line.dy, height)
    if not len(points):
        return Area(dx, dy, 0.0, 0.0)
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Area(left + dx, top + dy, right - left, bottom - top)


def _measure(line: Polyline, width: float, height: float, assets: Assets) -> tuple[float, float]:
    area = _place(line, width, height, assets)
    return area.width, area.height


def _ink(line: Polyline, area: Area, _whole: tuple[float, float], _assets: Assets) -> InkBox:
    beyond = line.stroke.width * _MITER_REACH
    return -beyond, -beyond, area.width + beyond, area.height + beyond


def _pin(line: Polyline, pinning: Pinning) -> Polyline:
    return put_arrays(pinning, line, "x", "y")


def _paths(line: Polyline, assets: Assets, *, in_pieces: bool) -> list[skia.Path]:
    """Give the parts of the lines that are drawn, from their box's corner."""
    lines = _points(line, assets)
    points, starts = split_at_gaps(lines)
    if not len(points):
        return []
    lines = lines - points.min(axis=0)
    if line.start <= 0 and line.end >= 1:
        parts: list[Part] = [split_at_gaps(lines)]
    else:
        if line.closed:
            lines = np.concatenate([lines, lines[:, :1]], axis=1)
        parts = [trimmed(*split_at_gaps(one[np.newaxis]), line.start, line.end) for one in lines]
    closed = line.closed and line.start <= 0 and line.end >= 1
    if closed and (np.isnan(lines).any() or lines.shape[1] < 2):
        closed = False
    paths = []
    for points, starts in parts:
        if not len(points):
            continue
        if in_pieces and not closed and len(points) > 2 * _PIECE:
            paths += _pieces(points, starts)
        else:
            paths.append(line_path(points, starts, closed=closed))
    return paths


def _pieces(points: NDArray[np.float32], starts: NDArray[np.intp]) -> list[skia.Path]:
    """Cut a line in pieces that overlap by a step, so that they join as the line does."""
    begins = np.zeros(len(points), np.bool_)
    begins[starts] = True
    paths = []
    for start in range(0, len(points), _PIECE):
        stop = min(len(points), start + _PIECE + 2)
        if start and start + 1 >= len(points):
            break
        inner = np.flatnonzero(begins[start + 1 : stop]) + 1
        paths.append(line_path(points[start:stop], np.concatenate([[0], inner]).astype(np.intp)))
    return paths


def _draw(brush: Brush, line: Polyline) -> None:
    if line.stroke.width == 0:
        return
    paint = stroke_paint(line.stroke, brush.opacity, brush.area.width, brush.area.height)
    paint.setBlendMode(BLEND_MODES[brush.blend])
    opaque = (
        isinstance(line.stroke.color, str)
        and parse_color(line.stroke.color)[3] * brush.opacity == 1.0
        and brush.blend == "normal"
        and not line.stroke.dash
    )
    for path in _paths(line, brush.assets, in_pieces=opaque):
        brush.target.canvas.drawPath(path, paint)


def _draw_silhouette(
    canvas: skia.Canvas,
    line: Polyline,
    area: Area,
    _whole: tuple[float, float],
    blend: skia.BlendMode,
    assets: Assets,
) -> None:
    stroke: Stroke = replace(line.stroke, color="black")
    if stroke.width == 0:
        return
    paint = stroke_paint(stroke, 1.0, area.width, area.height)
    paint.setBlendMode(blend)
    for path in _paths(line, assets, in_pieces=False):
        canvas.drawPath(path, paint)


register(
    Polyline,
    Kind(measure=_measure, place=_place, draw=_draw, ink=_ink, silhouette=_draw_silhouette, pin=_pin),
)
