"""Where the words of events stand beside a line of time, so that none lies over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.labels import spread
from bazaar_nb.charts.parts.room import Area

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Align = Literal["left", "right", "center"]
_ALIGNS: tuple[tuple[Align, float, float], ...] = (
    ("left", 0.0, 0.0),
    ("right", 1.0, 7.0),
    ("center", 0.5, 9.0),
)
"""Each with the share of a block's width that is left of its stem, and what it costs: left ones read best."""
_STEM, _STEP = 1.6, 2.0  # of the gap: how long the shortest stems are, and how much longer the next


class Block(NamedTuple):
    """Words of an event, as large as they are; in pixels."""

    width: float
    height: float


class BlockPlace(NamedTuple):
    """Where a block is put.

    Attributes
    ----------
    left, top : float
        Pixels.
    side : int
        -1 above or left of the line, 1 below or right of it.
    align : str
        Of its words: the side at which the event's stem is.
    """

    left: float
    top: float
    side: int
    align: Align


def place_beside_row(
    places: Sequence[float],
    blocks: Sequence[Block],
    area: Area,
    axis: float,
    gap: float,
    first: Sequence[int],
) -> list[BlockPlace | None]:
    """Put blocks above and below a horizontal line, near to it first; None where there is no room.

    Parameters
    ----------
    places : sequence of float
        Pixels of the events along the line, rising.
    blocks : sequence of Block
    axis : float
        The line's y.
    gap : float
        Between line and blocks, and between blocks.
    first : sequence of int
        Events in the order in which they choose.
    """
    found: list[BlockPlace | None] = [None] * len(blocks)
    taken, stems = np.zeros((0, 4)), np.zeros((0, 3))
    for number in first:
        x, block = places[number], blocks[number]
        boxes, nears, told, costs = _candidates(x, block, area, axis, gap, is_upper_first=number % 2 == 0)
        own = np.stack([np.full(len(nears), x), np.minimum(axis, nears), np.maximum(axis, nears)], axis=1)
        hit = _touch(boxes, taken, gap) | _cross(own, taken, gap / 2) | _cross(stems, boxes, gap / 2).T
        free = np.logical_not(hit.any(axis=1))
        if not free.any():
            continue
        best = int(np.argmin(np.where(free, costs, np.inf)))
        left, top, right, bottom = boxes[best].tolist()
        side, align = told[best]
        found[number] = BlockPlace(left, top, side, align)
        end = bottom if side < 0 else top
        taken = np.vstack([taken, (left, top, right, bottom)])
        stems = np.vstack([stems, (x, min(axis, end), max(axis, end))])
    return found


def _candidates(
    x: float, block: Block, area: Area, axis: float, gap: float, *, is_upper_first: bool
) -> tuple[Floats, Floats, list[tuple[int, Align]], Floats]:
    """Give the boxes that a block might have, where their stems end, their sides, and what each costs."""
    boxes, nears, told, costs = [], [], [], []
    for side in (-1, 1):
        room = (axis - area.top if side < 0 else area.bottom - axis) - block.height
        for step in range(max(0, int((room - _STEM * gap + 0.5) / (_STEP * gap)) + 1)):
            near = axis + side * gap * (_STEM + _STEP * step)
            top = near - block.height if side < 0 else near
            for align, part, cost in _ALIGNS:
                left = x - part * block.width
                if left >= area.left - 0.5 and left + block.width <= area.right + 0.5:
                    boxes.append((left, top, left + block.width, top + block.height))
                    nears.append(near)
                    told.append((side, align))
                    costs.append(4.0 * step + (0.0 if (side < 0) == is_upper_first else 2.0) + cost)
    return np.array(boxes).reshape(-1, 4), np.array(nears), told, np.array(costs)


def place_beside_column(
    places: Sequence[float],
    blocks: Sequence[Block],
    area: Area,
    left: float,
    gap: float,
    first: Sequence[int],
) -> list[BlockPlace | None]:
    """Put blocks to the right of a vertical line, near to their events; None without room."""
    kept: list[int] = []
    height = 0.0
    for number in first:
        taken = blocks[number].height + gap
        if height + taken <= area.height + gap:
            kept.append(number)
            height += taken
    kept.sort()
    sizes = [blocks[number].height + gap for number in kept]
    middles = spread(
        np.array([places[number] for number in kept]),
        np.array(sizes),
        area.top - gap / 2,
        area.bottom + gap / 2,
    )
    found: list[BlockPlace | None] = [None] * len(blocks)
    for number, middle in zip(kept, middles.tolist(), strict=True):
        found[number] = BlockPlace(left, middle - blocks[number].height / 2, 1, "left")
    return found


def _touch(boxes: Floats, others: Floats, gap: float) -> Bools:
    """Tell which boxes lie nearer to which others than a gap; a half of it is enough above one another."""
    one, other = boxes[:, None], others[None]
    found: Bools = (
        (one[..., 0] < other[..., 2] + gap)
        & (other[..., 0] < one[..., 2] + gap)
        & (one[..., 1] < other[..., 3] + gap / 2)
        & (other[..., 1] < one[..., 3] + gap / 2)
    )
    return found


def _cross(stems: Floats, boxes: Floats, gap: float) -> Bools:
    """Tell which upright stems (x, top, bottom) run through which boxes."""
    stem, box = stems[:, None], boxes[None]
    found: Bools = (
        (box[..., 0] - gap < stem[..., 0])
        & (stem[..., 0] < box[..., 2] + gap)
        & (stem[..., 1] < box[..., 3])
        & (stem[..., 2] > box[..., 1])
    )
    return found
