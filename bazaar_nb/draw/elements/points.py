"""`Points`: many marks of one shape, laid down in their order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.bitmaps import Bitmap
from bazaar_nb.draw.canvas import Matrix, Target, map_bounds
from bazaar_nb.draw.elements.registry import Brush, InkBox, Kind, Pinning, put_arrays, register
from bazaar_nb.draw.geometry import Area, resolve
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.mark_compositing import Step, Words, depth, lay_down
from bazaar_nb.draw.marks import (
    PHASES_ACROSS,
    MarkMasks,
    MarkSteps,
    mark_path,
    mark_steps,
    mask_side,
    mask_sides,
    stroke_reach,
)
from bazaar_nb.draw.paints import blit_paint, stroke_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.draw.svg_path import parse_path
from bazaar_nb.scene.arrays import FloatArray
from bazaar_nb.scene.elements import Path, Points
from bazaar_nb.values.color import parse_color

# Where numpy's operations don't pay, skia draws the marks one by one. Which it is depends on the
# element alone, never on how much of it is seen: the two differ by a little.
_FEW = 32
_LARGEST_SIDE = 34  # pixels of a mark's square
_DEEPEST = 64  # marks that begin in one cell
_SMOOTHING = 2  # device pixels around a mark that its smooth edge may touch

_BLACK = np.array([[0, 0, 0, 255]], np.uint8)


class _Marks(NamedTuple):
    """What an element's marks are: one row each, or one for all.

    Attributes
    ----------
    x, y : array of float, shape (n,)
        Their middles, from the corner of the element's box.
    size : array of float, shape (n,)
    rgba : array of uint8, shape (n, 4)
    box : tuple of four floats
        Left, top, width and height of all marks without their strokes.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    size: NDArray[np.float64]
    rgba: NDArray[np.uint8]
    box: tuple[float, float, float, float]

    @property
    def rows(self) -> int:
        """How many there are."""
        lengths = {len(part) for part in self[:4]} - {1}
        return lengths.pop() if lengths else 1


def _marks(points: Points, assets: Assets) -> _Marks:
    """Give the marks; asked for by the element's place, and again to draw it."""
    found: _Marks = assets.outlines.get(
        ("marks", points.x, points.y, points.size, points.color),
        lambda: _read_marks(points, assets),
        lambda made: 2 * sum(part.nbytes for part in made[:4]),
    )
    return found


def _read_marks(points: Points, assets: Assets) -> _Marks:
    x, y = (assets.floats(array).astype(np.float64) for array in (points.x, points.y))
    if isinstance(points.size, FloatArray):
        size = assets.floats(points.size).astype(np.float64)
    else:
        size = np.array([points.size], np.float64)
    rgba = _rgba(points.color) if isinstance(points.color, str) else assets.colors(points.color)
    if points.rows == 0:
        return _Marks(x, y, size, rgba, (0.0, 0.0, 0.0, 0.0))
    half = size / 2
    left, top = float((x - half).min()), float((y - half).min())
    box = (left, top, float((x + half).max()) - left, float((y + half).max()) - top)
    return _Marks(x - left, y - top, size, rgba, box)


def _rgba(color: str) -> NDArray[np.uint8]:
    return np.array([[round(part * 255) for part in parse_color(color)]], np.uint8)


def _place(points: Points, width: float, height: float, assets: Assets) -> Area:
    left, top, across, down = _marks(points, assets).box
    return Area(left + resolve(points.dx, width), top + resolve(points.dy, height), across, down)


def _measure(points: Points, width: float, height: float, assets: Assets) -> tuple[float, float]:
    area = _place(points, width, height, assets)
    return area.width, area.height


def _ink(points: Points, area: Area, _whole: tuple[float, float], _assets: Assets) -> InkBox:
    beyond = stroke_reach(points) + 1 / PHASES_ACROSS
    return -beyond, -beyond, area.width + beyond, area.height + beyond


def _pin(points: Points, pinning: Pinning) -> Points:
    if isinstance(points.shape, Path) and isinstance(points.shape.d, str):
        parse_path(points.shape.d)
    return put_arrays(pinning, points, "x", "y", "size", "color")


def _draw(brush: Brush, points: Points) -> None:
    if points.rows == 0:
        return
    marks = _marks(points, brush.assets)
    layout = _layout(points, marks, brush.target.matrix())
    canvas = brush.target.canvas
    if layout is None:
        layered = brush.opacity < 1 or brush.blend != "normal"
        if layered:
            canvas.saveLayer(None, blit_paint(brush.opacity, brush.blend))
        _draw_one_by_one(canvas, points, marks, skia.BlendMode.kSrcOver, _wanted(brush.target, points, marks))
        if layered:
            canvas.restore()
        return
    bounds = map_bounds(brush.target.matrix(), *_ink(points, brush.area, brush.whole, brush.assets)).within(
        brush.target.clip_bounds()
    )
    if bounds.is_empty:
        return
    corner = (bounds.left, bounds.top)
    below = brush.target.pixels if brush.opacity == 1.0 and brush.blend == "normal" else None
    if below is not None:
        room = below[bounds.top : bounds.bottom, bounds.left : bounds.right]
        if canvas.isClipRect():
            _lay_marks(room, corner, points, marks, layout, brush.assets)
            return
        if brush.target.opaque:
            # What is below is taken along, so that a mark mixes with it as it does without a clip.
            copy = room.copy()
            _lay_marks(copy, corner, points, marks, layout, brush.assets)
            put_bitmap(brush.target, Bitmap(copy, opaque=True), *corner, 1.0, "normal")
            return
    alone = np.zeros((bounds.height, bounds.width, 4), np.uint8)
    _lay_marks(alone, corner, points, marks, layout, brush.assets)
    put_bitmap(brush.target, Bitmap(alone, opaque=False), *corner, brush.opacity, brush.blend)


def _draw_silhouette(
    canvas: skia.Canvas,
    points: Points,
    area: Area,
    whole: tuple[float, float],
    blend: skia.BlendMode,
    assets: Assets,
) -> None:
    if points.rows == 0:
        return
    marks = _marks(points, assets)._replace(rgba=_BLACK)
    target = Target(canvas, None)
    layout = _layout(points, marks, target.matrix())
    if layout is None:
        _draw_one_by_one(canvas, points, marks, blend, range(marks.rows))
        return
    bounds = map_bounds(target.matrix(), *_ink(points, area, whole, assets)).within(target.clip_bounds())
    if bounds.is_empty:
        return
    alone = np.zeros((bounds.height, bounds.width, 4), np.uint8)
    _lay_marks(alone, (bounds.left, bounds.top), points, marks, layout, assets, black=True)
    canvas.save()
    canvas.resetMatrix()
    paint = skia.Paint(BlendMode=blend)
    canvas.drawImage(
        Bitmap(alone, opaque=False).image, bounds.left, bounds.top, skia.SamplingOptions(), paint
    )
    canvas.restore()


class _Layout(NamedTuple):
    """Where marks come to lie on the device.

    Attributes
    ----------
    left, top : array of int, shape (n,)
        Corners of their squares.
    phase : array of int, shape (n,)
        Between the pixels.
    size : array of int, shape (n,)
        In steps.
    turn : array of float, shape (2, 2)
    sides : list of int
        Of the squares that there are, rising.
    kind : array of uint8, shape (n,)
        Which of the sides is whose.
    steps : MarkSteps
    """

    left: NDArray[np.int32]
    top: NDArray[np.int32]
    phase: NDArray[np.int32]
    size: NDArray[np.int32]
    turn: NDArray[np.float64]
    sides: list[int]
    kind: NDArray[np.uint8]
    steps: MarkSteps


def _layout(points: Points, marks: _Marks, matrix: Matrix) -> _Layout | None:
    """Give the marks' places on the device; None where skia draws them."""
    count = marks.rows
    if count <= _FEW:
        return None
    turn = np.ascontiguousarray(matrix[:, :2])
    reach = stroke_reach(points)
    largest = float(marks.size.max())
    steps = mark_steps(mask_side(largest, turn, reach), one_size=largest == marks.size.min())
    sizes = np.rint(marks.size * steps.sizes).astype(np.int32)
    sides, kind = mask_sides(sizes / steps.sizes, turn, reach)
    side = sides[-1]
    if side > _LARGEST_SIDE or not math.isfinite(side):
        return None
    half = (sizes / (2 * steps.sizes) + reach)[:, np.newaxis] * np.abs(turn).sum(axis=1)
    x = matrix[0, 0] * marks.x + matrix[0, 1] * marks.y + matrix[0, 2] - half[:, 0]
    y = matrix[1, 0] * marks.x + matrix[1, 1] * marks.y + matrix[1, 2] - half[:, 1]
    across, down = (
        np.floor(np.clip(at, -1e6, 1e6) * phases + 0.5).astype(np.int32)
        for at, phases in ((x, PHASES_ACROSS), (y, steps.down))
    )
    across, down, sizes, kind = (np.broadcast_to(part, (count,)) for part in (across, down, sizes, kind))
    left, top = across // PHASES_ACROSS, down // steps.down
    if depth(left, top, side) > _DEEPEST:
        return None
    phase = down % steps.down * PHASES_ACROSS + across % PHASES_ACROSS
    return _Layout(left, top, phase, sizes, turn, sides, kind, steps)


def _lay_marks(
    room: NDArray[np.uint8],
    corner: tuple[int, int],
    points: Points,
    marks: _Marks,
    layout: _Layout,
    assets: Assets,
    *,
    black: bool = False,
) -> None:
    """Lay marks down in the pixels whose corner is this device pixel."""
    reach = stroke_reach(points)
    inside = (False, *_words(marks.rgba, marks.rows))
    parts = [inside]
    if points.stroke is not None and points.stroke.width > 0:
        assert isinstance(points.stroke.color, str)
        parts.append((True, *_words(_BLACK if black else _rgba(points.stroke.color), marks.rows)))
    masks = {
        (stroked, side): _masks(points, layout, side, reach, assets, stroked=stroked)
        for stroked, _, _ in parts
        for side in layout.sides
    }

    def take(some: NDArray[np.intp]) -> list[Step]:
        sizes, phases, kinds = layout.size[some], layout.phase[some], layout.kind[some]
        steps = []
        for stroked, colors, opacities in parts:
            pools, rows = [], np.empty(len(some), np.intp)
            for kind, side in enumerate(layout.sides):
                those = kinds == kind if len(layout.sides) > 1 else slice(None)
                pool, rows[those] = masks[stroked, side].take(sizes[those], phases[those])
                pools.append(pool)
            steps.append(Step(pools, rows, colors[some], opacities[some]))
        return steps

    lay_down(room, layout.left - corner[0], layout.top - corner[1], layout.sides, layout.kind, take)


def _masks(
    points: Points, layout: _Layout, side: int, reach: float, assets: Assets, *, stroked: bool
) -> MarkMasks:
    stroke = points.stroke if stroked else None
    key = ("marks", points.shape, layout.turn.tobytes(), stroke, reach, side, layout.steps)
    masks: MarkMasks = assets.masks.get(
        key,
        lambda: MarkMasks(points.shape, layout.turn, stroke, reach, side, layout.steps),
        lambda made: made.size_bytes,
    )
    return masks


def _words(rgba: NDArray[np.uint8], count: int) -> tuple[Words, NDArray[np.uint16]]:
    """Give colours as opaque BGRA pixels, and their opacities from 0 to 256."""
    bgra = rgba[:, [2, 1, 0, 3]]
    opacities = bgra[:, 3].astype(np.uint16)
    opacities += opacities >> 7
    bgra[:, 3] = 255
    words = np.ascontiguousarray(bgra).view(np.uint32)[:, 0]
    return np.broadcast_to(words, (count,)), np.broadcast_to(opacities, (count,))


def _wanted(target: Target, points: Points, marks: _Marks) -> Sequence[int]:
    """Give the numbers of the marks that touch pixels that matter."""
    if target.wanted is None:
        return range(marks.rows)
    matrix = target.matrix()
    half = (marks.size / 2 + stroke_reach(points))[:, np.newaxis] * np.abs(matrix[:, :2]).sum(
        axis=1
    ) + _SMOOTHING
    places = np.stack(np.broadcast_arrays(marks.x, marks.y), 1) @ matrix[:, :2].T + matrix[:, 2]
    low, high = np.broadcast_arrays(places - half, places + half)
    is_wanted = np.zeros(len(low), np.bool_)
    for part in target.wanted:
        is_wanted |= (
            (low[:, 0] < part.right) & (high[:, 0] > part.left)
            & (low[:, 1] < part.bottom) & (high[:, 1] > part.top)
        )  # fmt: skip
    if len(is_wanted) == 1:  # all stand in one place
        return range(marks.rows) if is_wanted[0] else ()
    found: list[int] = np.flatnonzero(is_wanted).tolist()
    return found


def _draw_one_by_one(
    canvas: skia.Canvas, points: Points, marks: _Marks, blend: skia.BlendMode, numbers: Sequence[int]
) -> None:
    fill = skia.Paint(AntiAlias=True, BlendMode=blend)
    stroke = None
    if points.stroke is not None and points.stroke.width > 0:
        stroke = stroke_paint(points.stroke, 1.0, 1.0, 1.0)
        stroke.setBlendMode(blend)
        if marks.rgba is _BLACK:
            stroke.setColor4f(skia.Color4f(0, 0, 0, 1), None)
    count = marks.rows
    places = np.stack([np.broadcast_to(marks.x, (count,)), np.broadcast_to(marks.y, (count,))], 1)
    colors = (marks.rgba / 255).tolist()
    sizes, at = marks.size.tolist(), places.tolist()
    path, at_size = mark_path(points.shape, sizes[0]), sizes[0]
    for number in numbers:
        x, y = at[number]
        size = sizes[number if len(sizes) > 1 else 0]
        if size != at_size:
            path, at_size = mark_path(points.shape, size), size
        canvas.save()
        canvas.translate(x - size / 2, y - size / 2)
        fill.setColor4f(skia.Color4f(*colors[number if len(colors) > 1 else 0]), None)
        canvas.drawPath(path, fill)
        if stroke is not None:
            canvas.drawPath(path, stroke)
        canvas.restore()


register(
    Points,
    Kind(
        measure=_measure,
        place=_place,
        draw=_draw,
        ink=_ink,
        silhouette=_draw_silhouette,
        pin=_pin,
        pin_field="shape",
    ),
)
