"""`Polyline`: lines through many points, with gaps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.canvas import Matrix, Target
from bazaar_nb.draw.elements.registry import Brush, InkBox, Kind, Pinning, put_arrays, register
from bazaar_nb.draw.geometry import Area, resolve
from bazaar_nb.draw.line_outlines import band_outlines, is_band, sides_outline, smooth_line
from bazaar_nb.draw.line_paths import line_path, split_at_gaps, thinned, trimmed
from bazaar_nb.draw.paints import BLEND_MODES, miter_reach, stroke_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import Polyline
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.color import parse_color

# skia takes far longer over one noisy line than over its pieces: 36 ms for 10,000 points in one path,
# 12 ms in pieces of a hundred. Where they meet, a step of the line is drawn twice; the PSNR to the
# whole is 49 to 54 dB. It gains half of that where a smooth line's outline is filled.
_PIECE = 100
_CROSSINGS = 30
# Of a smooth line's 10,000 points most lie on the way between their neighbours; skia takes as long
# over them as over others.
_TOLERANCE = 1 / 64  # pixels of the device
_HAIRLINE = 1.0  # pixels of the device: skia draws thinner strokes as fainter lines

Part = tuple[NDArray[np.float32], NDArray[np.intp]]


class _Line(NamedTuple):
    """The points of an element's lines.

    Attributes
    ----------
    points : array of float32, shape (lines, n, 2)
        From the corner of their box; NaN is a gap.
    box : tuple of four floats
        Left, top, width and height.
    has_gaps : bool
    """

    points: NDArray[np.float32]
    box: tuple[float, float, float, float]
    has_gaps: bool


def _line(line: Polyline, assets: Assets) -> _Line:
    """Give the points; asked for by the element's place, and again to draw it."""

    def make() -> _Line:
        x, y = assets.floats(line.x), assets.floats(line.y)
        has_gaps = bool(np.isnan(x.sum() + y.sum()))  # all are finite otherwise
        points = np.empty((*np.atleast_2d(y).shape, 2), np.float32)
        points[:, :, 0], points[:, :, 1] = x, y
        if not points.size:
            return _Line(points, (0.0, 0.0, 0.0, 0.0), has_gaps)
        if has_gaps:
            there = split_at_gaps(points)[0]
            if not len(there):
                return _Line(points[:, :0], (0.0, 0.0, 0.0, 0.0), has_gaps)
            x, y = there.T
        left, top = float(x.min()), float(y.min())
        box = (left, top, float(x.max()) - left, float(y.max()) - top)
        points -= np.array([left, top], np.float32)
        return _Line(points, box, has_gaps)

    found: _Line = assets.outlines.get((line.x, line.y), make, lambda made: 2 * made.points.nbytes)
    return found


def _place(line: Polyline, width: float, height: float, assets: Assets) -> Area:
    left, top, across, down = _line(line, assets).box
    return Area(left + resolve(line.dx, width), top + resolve(line.dy, height), across, down)


def _measure(line: Polyline, width: float, height: float, assets: Assets) -> tuple[float, float]:
    area = _place(line, width, height, assets)
    return area.width, area.height


def _ink(line: Polyline, area: Area, _whole: tuple[float, float], _assets: Assets) -> InkBox:
    beyond = miter_reach(line.stroke)
    return -beyond, -beyond, area.width + beyond, area.height + beyond


def _pin(line: Polyline, pinning: Pinning) -> Polyline:
    return put_arrays(pinning, line, "x", "y")


class _Shape(NamedTuple):
    """A path that is filled, or stroked."""

    path: skia.Path
    is_filled: bool


def _shapes(line: Polyline, assets: Assets, matrix: Matrix, *, in_pieces: bool) -> list[_Shape]:
    """Give what is drawn of the lines under a map to the device, from their box's corner.

    It depends on the map alone, never on how much of the lines is seen.
    """
    lines, box, has_gaps = _line(line, assets)
    if not lines.size:
        return []
    whole = line.start <= 0 and line.end >= 1
    closed = line.closed and whole and not has_gaps
    if line.closed and not closed:
        lines = np.concatenate([lines, lines[:, :1]], axis=1)
    if whole:
        parts: list[Part] = [split_at_gaps(lines)]
    else:
        parts = [trimmed(*split_at_gaps(one[np.newaxis]), line.start, line.end) for one in lines]
    scale = float(np.linalg.norm(matrix[:, :2], 2))
    shapes = []
    for points, starts in parts:
        if not len(points):
            continue
        outlines = None
        if len(points) > 2 * _PIECE and not line.stroke.dash and scale > 0:
            points, starts = thinned(points, starts, _TOLERANCE / scale)
            wide = line.stroke.width * scale > _HAIRLINE
            if wide and not closed and len(points) > _PIECE * len(starts):
                outlines = _outlines(points, starts, line.stroke, scale, in_pieces=in_pieces)
        if outlines is not None:
            shapes += [_Shape(path, True) for path in _outline_paths(outlines, in_pieces=in_pieces)]
        elif (
            in_pieces and not closed and len(points) > 2 * _PIECE and _crossings(points, box[3]) > _CROSSINGS
        ):
            shapes += [_Shape(path, False) for path in _pieces(points, starts)]
        else:
            shapes.append(_Shape(line_path(points, starts, closed=closed), False))
    return shapes


def _outlines(
    points: NDArray[np.float32], starts: NDArray[np.intp], stroke: Stroke, scale: float, *, in_pieces: bool
) -> list[NDArray[np.float32]] | None:
    """Give polygons that cover the stroked lines; None where the stroker has to find them."""
    radius = stroke.width / 2
    outlines = []
    for part in np.split(points, starts[1:]):
        if len(part) < 2:
            continue  # a point by itself isn't drawn
        smooth = smooth_line(part, radius, scale)
        if smooth is not None:
            length = _PIECE if in_pieces else len(part)
            outlines += [
                sides_outline(smooth, stroke.cap, start, min(len(part), start + length + 2))
                for start in range(0, max(1, len(part) - 2), length)
            ]
        elif stroke.join == "round" and len(part) > 3 and is_band(part, radius, scale):
            outlines += band_outlines(part, radius, scale, stroke.cap, in_pieces=in_pieces)
        else:
            return None
    return outlines


def _outline_paths(outlines: list[NDArray[np.float32]], *, in_pieces: bool) -> list[skia.Path]:
    if in_pieces or len(outlines) < 2:
        return [line_path(outline) for outline in outlines]  # filled as if closed
    starts = np.cumsum([0, *(len(outline) for outline in outlines[:-1])])
    return [line_path(np.concatenate(outlines), starts)]


def _crossings(points: NDArray[np.float32], height: float) -> float:
    """Give how often a row of pixels meets the line, on average."""
    return float(np.abs(np.diff(points[:, 1])).sum()) / max(1.0, height)


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
    opaque = (
        isinstance(line.stroke.color, str)
        and parse_color(line.stroke.color)[3] * brush.opacity == 1.0
        and brush.blend == "normal"
        and not line.stroke.dash
    )
    shapes = _shapes(line, brush.assets, brush.target.matrix(), in_pieces=opaque)
    _draw_shapes(brush.target.canvas, shapes, paint, BLEND_MODES[brush.blend])


def _draw_shapes(canvas: skia.Canvas, shapes: list[_Shape], paint: skia.Paint, blend: skia.BlendMode) -> None:
    paint.setBlendMode(blend)
    for path, is_filled in shapes:
        paint.setStyle(skia.Paint.kFill_Style if is_filled else skia.Paint.kStroke_Style)
        canvas.drawPath(path, paint)


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
    shapes = _shapes(line, assets, Target(canvas, None).matrix(), in_pieces=False)
    _draw_shapes(canvas, shapes, paint, blend)


register(
    Polyline,
    Kind(measure=_measure, place=_place, draw=_draw, ink=_ink, silhouette=_draw_silhouette, pin=_pin),
)
