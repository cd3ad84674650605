"""Many masks laid down in their order, in whole numbers and without a call a mark.

Marks that don't touch one another can be laid down together, whatever their
order. So they are put in layers: a mark comes after all earlier ones whose
squares of pixels meet its own, and each layer is one run of numpy's operations
over all its squares. Measured for 10,000 marks of 8 pixels: 11 ms, where skia
takes 31 to draw them one by one.

Each pixel is what its own marks make of it, in whole numbers: the same whether
the whole frame is drawn or a part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Words = NDArray[np.uint32]
"""Premultiplied BGRA pixels as whole numbers: two channels in each half are worked on at once."""

_LOW = np.uint32(0x00FF00FF)
_HIGH = np.uint32(0xFF00FF00)
_HALF = np.uint32(0x00800080)
_ALL = np.uint32(256)
_BYTE = np.uint32(8)
_ROUND = np.uint32(128)
_BATCH_PIXELS = 40_000  # what a batch works on should stay in the cache of a core
_AT_ONCE = 16_384  # marks whose masks are held at the same time


class Step(NamedTuple):
    """What is laid down of each mark: its inside, or its stroke.

    Attributes
    ----------
    pool : array of uint8, shape (masks, side * side)
        0 is outside, 255 is all inside.
    rows : array of int, shape (n,)
        Which mask is whose.
    colors : array of uint32, shape (n,)
        Opaque.
    opacities : array of uint16, shape (n,)
        0..256.
    """

    pool: NDArray[np.uint8]
    rows: NDArray[np.intp]
    colors: Words
    opacities: NDArray[np.uint16]


TakeSteps = Callable[[NDArray[np.intp]], list[Step]]
"""Gives the steps of some marks."""


def lay_down(room: NDArray[np.uint8], left: Ints, top: Ints, side: int, take: TakeSteps) -> None:
    """Lay marks down in pixels, later ones over earlier ones.

    Parameters
    ----------
    room : array of uint8, shape (h, w, 4)
        Premultiplied BGRA. Rows may be padded.
    left, top : array of int, shape (n,)
        Corners of the marks' squares in the room; they may lie outside.
    side : int
        Of the squares.
    take : function
        Gives the masks and colours of marks by their numbers.
    """
    height, width = room.shape[:2]
    if height < side or width < side:
        larger = np.zeros((max(height, side), max(width, side), 4), np.uint8)
        larger[:height, :width] = room
        lay_down(larger, left, top, side, take)
        room[...] = larger[:height, :width]
        return
    seen = np.flatnonzero((left > -side) & (top > -side) & (left < width) & (top < height))
    pixels = _Pixels(room, side)
    for start in range(0, len(seen), _AT_ONCE):
        some = seen[start : start + _AT_ONCE]
        pixels.lay(left[some], top[some], take(some))


def layers(left: Ints, top: Ints, side: int) -> Iterator[NDArray[np.intp]]:
    """Put squares in layers: no two of a layer meet, and each comes after the earlier ones it meets.

    Squares meet here when they share a cell of a grid as wide as they are, of which each touches
    at most four: a few don't really, which costs a layer and changes nothing.
    """
    from_left, from_top = (at.astype(np.intp) - at.min() for at in (left, top))
    across = int(from_left.max()) // side + 2
    column, right = from_left // side, (from_left + side - 1) // side
    row, below = from_top // side * across, (from_top + side - 1) // side * across
    # Backwards, for of several values for one place numpy keeps the last: the earliest mark.
    cells = np.stack([row + column, row + right, below + column, below + right], axis=1)[::-1].copy()
    waiting = np.arange(len(left) - 1, -1, -1, dtype=np.int32)
    first = np.empty(int(cells.max()) + 1, np.int32)
    while len(waiting):
        fours, places = np.repeat(waiting, 4), cells.ravel()
        first[places] = fours
        free = (first[places] == fours).view(np.uint32) == 0x01010101
        yield waiting[free]
        rest = np.flatnonzero(~free)
        waiting, cells = waiting[rest], cells[rest]


def depth(left: Ints, top: Ints, side: int) -> int:
    """Give how many squares begin in the fullest cell of a grid as wide as they are."""
    column, row = (left - left.min()) // side, (top - top.min()) // side
    across = int(column.max()) + 1
    cells = row.astype(np.int64) * across + column
    if (int(row.max()) + 1) * across > 4_000_000:  # some are far outside
        return int(np.unique(cells, return_counts=True)[1].max())
    return int(np.bincount(cells).max())


class _Pixels:
    """Pixels that squares are laid down in, which must fit in them."""

    def __init__(self, room: NDArray[np.uint8], side: int) -> None:
        self._height, self._width = room.shape[:2]
        self._pitch = room.strides[0] // 4
        self._side = side
        # A square for every pixel that one can begin at, of rows that numpy copies at once.
        row = np.dtype(f"V{4 * side}")
        begins = self._pitch * (self._height - side) + self._width - side + 1
        flat = np.ndarray((begins,), row, room.data, strides=(4,))
        self._squares: NDArray[np.void] = as_strided(flat, (begins, side), (4, 4 * self._pitch))
        self._row = row
        self._batch = max(64, _BATCH_PIXELS // (side * side))
        self._mixer = _Mixer(self._batch, side * side)

    def lay(self, left: Ints, top: Ints, steps: list[Step]) -> None:
        """Lay marks down in their order."""
        side = self._side
        x, y = np.clip(left, 0, self._width - side), np.clip(top, 0, self._height - side)
        order, ends = _in_layers(x, y, side)
        left, top, x, y = (at[order] for at in (left, top, x, y))
        steps = [_of(step, order) for step in steps]
        places = y.astype(np.intp) * self._pitch + x
        cut = np.flatnonzero((x != left) | (y != top))
        down, across = (top - y)[cut], (left - x)[cut]
        moved = [_moved(step.pool[step.rows[cut]], down, across, side) for step in steps]
        parts = [
            slice(first, min(first + self._batch, end))
            for start, end in pairwise([0, *ends])
            for first in range(start, end, self._batch)
        ]
        cuts = np.searchsorted(cut, [part.start for part in parts] + [len(places)]).tolist()
        for part, some in zip(parts, map(slice, cuts, cuts[1:]), strict=True):
            at = places[part]
            pixels = self._squares[at].view(np.uint32)
            for step, other in zip(steps, moved, strict=True):
                masks = step.pool.take(step.rows[part], axis=0)
                masks[cut[some] - part.start] = other[some]
                self._mixer.mix(pixels, masks, step.colors[part], step.opacities[part])
            self._squares[at] = pixels.view(self._row)


def _in_layers(left: Ints, top: Ints, side: int) -> tuple[NDArray[np.intp], list[int]]:
    """Give the numbers of squares by layers, and where each layer ends.

    In a layer, where any order will do, from the top down: what lies close in memory is then at hand.
    """
    rows = top.astype(np.int16)  # of 16 bits numpy sorts by counting
    ordered = [layer[np.argsort(rows[layer], kind="stable")] for layer in layers(left, top, side)]
    return np.concatenate(ordered), np.cumsum([len(layer) for layer in ordered]).tolist()


def _of(step: Step, some: NDArray[np.intp]) -> Step:
    return Step(step.pool, step.rows[some], step.colors[some], step.opacities[some])


def _moved(masks: NDArray[np.uint8], down: Ints, across: Ints, side: int) -> NDArray[np.uint8]:
    """Move what masks hold within their squares, for squares that were moved to where there are pixels.

    Parameters
    ----------
    masks : array of uint8, shape (n, side * side)
    down, across : array of int, shape (n,)
        What is moved out is cut off.
    """
    offset = np.arange(side)
    y, x = (offset - by[:, np.newaxis] for by in (down, across))
    there = ((y >= 0) & (y < side))[:, :, np.newaxis] & ((x >= 0) & (x < side))[:, np.newaxis]
    places = y[:, :, np.newaxis] * side + x[:, np.newaxis]
    at = np.where(there, places, 0).reshape(masks.shape)
    found: NDArray[np.uint8] = np.take_along_axis(masks, at, axis=1)
    found *= there.reshape(masks.shape)
    return found


class _Mixer:
    """Mixes colours over pixels, with room of its own: new arrays of this size cost as much as the work."""

    def __init__(self, rows: int, columns: int) -> None:
        self._share, self._low, self._part = (np.empty((rows, columns), np.uint32) for _ in range(3))

    def mix(
        self, pixels: Words, masks: NDArray[np.uint8], colors: Words, opacities: NDArray[np.uint16]
    ) -> None:
        """Put colours over premultiplied pixels, a row for each mark.

        In each half of a word 256 * below + (above - below) * share is at least 0 and less than
        65,536, so that what the difference borrows from the other half is given back by the sum.
        The masks are used up.
        """
        n = len(pixels)
        share, low, part = self._share[:n], self._low[:n], self._part[:n]
        colors = colors[:, np.newaxis]
        share[...] = masks
        share += np.right_shift(masks, 7, out=masks)  # 255 is all: 256 of 256
        if opacities.min() < _ALL:
            share *= opacities[:, np.newaxis]
            share += _ROUND
            share >>= _BYTE
        np.bitwise_and(pixels, _LOW, out=low)
        np.subtract(colors & _LOW, low, out=part)
        part *= share
        low <<= _BYTE
        low += part
        low += _HALF
        low >>= _BYTE
        low &= _LOW
        pixels >>= _BYTE
        pixels &= _LOW
        np.subtract((colors >> _BYTE) & _LOW, pixels, out=part)
        part *= share
        pixels <<= _BYTE
        pixels += part
        pixels += _HALF
        pixels &= _HIGH
        pixels |= low
