"""Where the words of events stand beside a line of time, so that none lies over another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from bazaar_nb.charts.labels import spread
from bazaar_nb.charts.room import Area

Align = Literal["left", "right", "center"]
_ALIGNS: tuple[tuple[Align, float], ...] = (("left", 0.0), ("right", 1.0), ("center", 0.5))
_STEM = 1.6  # of the gap: what the shortest stems are long


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
    tallest = max((block.height for block in blocks), default=1.0)
    lane = tallest + gap
    found: list[BlockPlace | None] = [None] * len(blocks)
    taken: list[tuple[float, float, float, float]] = []
    stems: list[tuple[float, float, float]] = []
    for number in first:
        x, block = places[number], blocks[number]
        best: tuple[int, BlockPlace] | None = None
        for cost, near, place in _candidates(x, block, area, axis, gap, lane, is_upper_first=number % 2 == 0):
            if best is not None and cost >= best[0]:
                continue
            box = (place.left, place.top, place.left + block.width, place.top + block.height)
            stem = (x, min(axis, near), max(axis, near))
            if (
                any(_touch(box, other, gap) or _crosses(stem, other, gap / 2) for other in taken)
                or any(_crosses(other, box, gap / 2) for other in stems)
            ):  # fmt: skip
                continue
            best = (cost, place)
        if best is None:
            continue
        place = found[number] = best[1]
        taken.append((place.left, place.top, place.left + block.width, place.top + block.height))
        end = place.top + block.height if place.side < 0 else place.top
        stems.append((x, min(axis, end), max(axis, end)))
    return found


def _candidates(
    x: float, block: Block, area: Area, axis: float, gap: float, lane: float, *, is_upper_first: bool
) -> Iterator[tuple[int, float, BlockPlace]]:
    """Give where a block might go, with a cost, and where its stem ends."""
    for side in (-1, 1):
        room = (axis - area.top) if side < 0 else (area.bottom - axis)
        for step in range(max(1, int((room - gap) / lane + 1e-6))):
            near = axis + side * (_STEM * gap + step * lane)
            top = near - block.height if side < 0 else near
            if top < area.top - 0.5 or top + block.height > area.bottom + 0.5:
                continue
            for turn, (align, part) in enumerate(_ALIGNS):
                left = x - part * block.width
                if left >= area.left - 0.5 and left + block.width <= area.right + 0.5:
                    cost = 10 * step + (0 if (side < 0) == is_upper_first else 3) + turn
                    yield cost, near, BlockPlace(left, top, side, align)


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


def _touch(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float], gap: float
) -> bool:
    return (
        one[0] < other[2] + gap
        and other[0] < one[2] + gap
        and one[1] < other[3] + gap / 2
        and other[1] < one[3] + gap / 2
    )


def _crosses(stem: tuple[float, float, float], box: tuple[float, float, float, float], gap: float) -> bool:
    x, top, bottom = stem
    return box[0] - gap < x < box[2] + gap and top < box[3] and bottom > box[1]
