"""The shapes of points, and their masks: what a mark covers of the pixels around it.

skia takes 4 µs to draw a mark of 8 pixels. So each mark is drawn once for every
size and place between pixels that is asked for, and laid down from then on (see
`bazaar_nb.draw.mark_compositing`). How finely those are told apart says how much
the result is that of `Ellipse`s in the same spots. skia itself draws edges to 1/4
pixel down, and differently where two places lie on two sides of that: so it pays
to be finer there than across. PSNR to `Ellipse`s of 10,000 marks, dB:

| | of 8 pixels, white | 6 to 10 pixels, white | in all colours |
|---|---|---|---|
| sizes to 1/8, places to 1/32 | 38.2 | 36.9 | 41.6 |
| as here | 42.9 | 37.4 | 42.3 |

Sizes to 1/16 in places to 1/128 down give 40 for those in the middle: with four times
as many masks most of a frame's are new ones.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.canvas import alpha_surface_on
from bazaar_nb.draw.mark_compositing import Shares
from bazaar_nb.draw.outlines import ellipse_path, free_path, rect_path
from bazaar_nb.draw.paints import miter_reach, stroke_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import Path, Points
from bazaar_nb.scene.paint import Stroke

PHASES_ACROSS = 16
"""Places between two pixels that are told apart across."""
_SMALL = 6  # pixels
_POOL_BYTES = 16_000_000
_SIDES = 3
_FEWEST = 16_384  # masks that a pool must have room for: as many as are asked for at once
_RING = 0.6  # of a ring's size is its hole
_BAR = 1 / 3  # of a cross's size is the thickness of its bars, as d3 has it


def mark_path(shape: str | Path, size: float) -> skia.Path:
    """Give the outline of a mark in its box of this size, whose corner is the origin."""
    if shape == "circle":
        return ellipse_path(size, size)
    if shape == "square":
        return rect_path(size, size, 0.0)
    path = skia.Path(_unit_path(shape))
    path.transform(skia.Matrix.Scale(size, size))
    return path


@lru_cache(maxsize=64)
def _unit_path(shape: str | Path) -> skia.Path:
    """Give the outline of a mark in the box from 0 to 1."""
    if isinstance(shape, Path):
        return _fitted(shape)
    path = skia.Path()
    if shape == "ring":
        path.addOval(skia.Rect.MakeWH(1, 1))
        path.addOval(skia.Rect.MakeWH(_RING, _RING).makeOffset((1 - _RING) / 2, (1 - _RING) / 2))
        path.setFillType(skia.PathFillType.kEvenOdd)
        return path
    low, high = (1 - _BAR) / 2, (1 + _BAR) / 2
    corners = {
        "diamond": ((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
        "triangle": ((0.5, 0), (1, 1), (0, 1)),
        "cross": (
            (low, 0), (high, 0), (high, low), (1, low), (1, high), (high, high),
            (high, 1), (low, 1), (low, high), (0, high), (0, low), (low, low),
        ),
    }[shape]  # fmt: skip
    path.moveTo(*corners[0])
    for corner in corners[1:]:
        path.lineTo(*corner)
    path.close()
    return path


def _fitted(shape: Path) -> skia.Path:
    outline, area = free_path(shape, 0.0, 0.0, None)
    path = skia.Path(outline)
    longer = max(area.width, area.height)
    if longer > 0:
        scale = 1 / longer
        matrix = skia.Matrix.Translate((1 - area.width * scale) / 2, (1 - area.height * scale) / 2)
        matrix.preScale(scale, scale)
        path.transform(matrix)
    return path


def stroke_reach(points: Points) -> float:
    """Give how far a mark's stroke goes beyond its box, in pixels of the composition."""
    if points.stroke is None or points.stroke.width == 0:
        return 0.0
    pointed = points.stroke.join == "miter" and points.shape not in ("circle", "square", "ring")
    return miter_reach(points.stroke) if pointed else points.stroke.width * 0.71


class MarkSteps(NamedTuple):
    """What is told apart of marks.

    Attributes
    ----------
    sizes : int
        Steps of a pixel of the composition.
    down : int
        Places between two drawn pixels.
    """

    sizes: int
    down: int


class MarkMasks:
    """Masks of one shape under one turn and scale, drawn when first asked for.

    Parameters
    ----------
    shape : str or Path
    turn : array of float, shape (2, 2)
        From the composition's pixels to those that are drawn.
    stroke : Stroke or None
        For its masks in place of those of the inside.
    reach : float
        How far the mark goes beyond its box, in pixels of the composition.
    side : int
        Of the square of pixels that any of the masks needs.
    steps : MarkSteps
    """

    def __init__(
        self,
        shape: str | Path,
        turn: NDArray[np.float64],
        stroke: Stroke | None,
        reach: float,
        side: int,
        steps: MarkSteps,
    ) -> None:
        self._shape = shape
        self._matrix = skia.Matrix.MakeAll(*turn[0].tolist(), 0, *turn[1].tolist(), 0, 0, 0, 1)
        self._turn, self._reach = turn, reach
        self._paint = skia.Paint(AntiAlias=True)
        if stroke is not None:
            self._paint = stroke_paint(replace(stroke, color="black"), 1.0, 1.0, 1.0)
        self._side, self._steps = side, steps
        self._places = PHASES_ACROSS * steps.down
        self._most = max(_FEWEST, _POOL_BYTES // (2 * side * side))
        self._rows: dict[int, NDArray[np.int32]] = {}  # of each size, by phase
        self._pool = np.empty((0, side * side), np.uint16)
        self._used = 0

    @property
    def size_bytes(self) -> int:
        """What to count for it in a cache: few kinds of marks have so many sizes that their pool fills."""
        return _POOL_BYTES // 4

    def take(self, sizes: NDArray[np.int32], phases: NDArray[np.int32]) -> tuple[Shares, NDArray[np.intp]]:
        """Give masks for some marks.

        Parameters
        ----------
        sizes : array of int, shape (n,)
            In steps.
        phases : array of int, shape (n,)
            Those down times `PHASES_ACROSS` plus those across.

        Returns
        -------
        pool : array of uint16, shape (masks, side * side)
            0 is outside, 256 is all inside.
        rows : array of int, shape (n,)
            Which of them is whose, until it is asked for others.
        """
        if not len(sizes):
            return self._pool, np.empty(0, np.intp)
        if self._used + len(sizes) > self._most:
            self._rows.clear()
            self._used = 0
        if sizes.min() == sizes.max():
            kinds, at = sizes[:1], phases
        else:
            kinds, which = np.unique(sizes, return_inverse=True)
            at = which * self._places + phases
        for size in kinds.tolist():
            if size not in self._rows:
                self._rows[size] = np.full(self._places, -1, np.int32)
        rows = np.concatenate([self._rows[size] for size in kinds.tolist()])[at]
        missing = rows < 0
        if missing.any():
            self._draw(np.unique(sizes[missing].astype(np.int64) * self._places + phases[missing]))
            rows = np.concatenate([self._rows[size] for size in kinds.tolist()])[at]
        return self._pool, rows.astype(np.intp)

    def corner(self, size: float) -> tuple[float, float]:
        """Give the top left corner of what a mark covers, from its middle, in drawn pixels."""
        (a, b), (c, d) = np.abs(self._turn).tolist()
        half = size / 2 + self._reach
        return -(a + b) * half, -(c + d) * half

    def _draw(self, wanted: NDArray[np.int64]) -> None:
        side, count = self._side, len(wanted)
        sheet = np.zeros((count, side, side), np.uint8)
        path, at_size = None, -1
        for number, key in enumerate(wanted.tolist()):
            size, phase = divmod(key, self._places)
            if size != at_size:
                at_size, path = size, mark_path(self._shape, size / self._steps.sizes)
                path.offset(-size / self._steps.sizes / 2, -size / self._steps.sizes / 2)
                left, top = self.corner(size / self._steps.sizes)
            down, across = divmod(phase, PHASES_ACROSS)
            # Each on a surface of its own: elsewhere on a larger one skia rounds a thin stroke another way.
            surface = alpha_surface_on(sheet[number])
            canvas = surface.getCanvas()
            canvas.translate(across / PHASES_ACROSS - left, down / self._steps.down - top)
            canvas.concat(self._matrix)
            canvas.drawPath(path, self._paint)
            self._rows[size][phase] = self._used + number
        masks = sheet.reshape(count, side * side).astype(np.uint16)
        masks += masks >> 7  # 255 is all: 256 of 256
        if self._used + count > len(self._pool):
            room = np.empty((min(self._most, max(1024, 2 * (self._used + count))), side * side), np.uint16)
            room[: self._used] = self._pool[: self._used]
            self._pool = room
        self._pool[self._used : self._used + count] = masks
        self._used += count


def mark_steps(side: int, *, one_size: bool) -> MarkSteps:
    """Give what to tell apart of marks whose squares have this side: more where they are all of a size."""
    if one_size:
        return MarkSteps(64, 128)
    return MarkSteps(16 if side <= _SMALL else 8, 64)


def mask_side(size: float, turn: NDArray[np.float64], reach: float) -> int:
    """Give the side of a square of pixels that holds a mark of this size wherever it is put."""
    span = float(np.abs(turn).sum(axis=1).max()) * (size + 2 * reach)
    return math.ceil(span - 1e-6) + 1


def mask_sides(
    sizes: NDArray[np.float64], turn: NDArray[np.float64], reach: float
) -> tuple[list[int], NDArray[np.uint8]]:
    """Give sides of squares of pixels that hold marks of these sizes wherever they are put.

    Returns
    -------
    sides : list of int
        A few, rising: each is more work to lay down.
    kinds : array of uint8, shape (n,)
        Which of them is whose.
    """
    needed = np.array([mask_side(size, turn, reach) for size in (sizes.min(), sizes.max())])
    if needed[0] == needed[1] or needed[1] > 255:
        return [int(needed[1])], np.zeros(len(sizes), np.uint8)
    spans = float(np.abs(turn).sum(axis=1).max()) * (sizes + 2 * reach)
    each = np.ceil(spans - 1e-6).astype(np.intp) + 1
    below = np.cumsum(np.bincount(each))
    ends = np.searchsorted(below, len(sizes) * np.arange(1, _SIDES + 1) / _SIDES)
    sides = np.unique(ends)
    return sides.tolist(), np.searchsorted(sides, np.arange(len(below)))[each].astype(np.uint8)
