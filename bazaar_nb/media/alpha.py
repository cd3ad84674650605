"""Premultiplied pixels to the straight alpha that files hold.

What is drawn is premultiplied: of a faint pixel only a few shades of colour are
left, of one that can't be seen none. Files hold the colour by itself, and
encoders mix it with its neighbours': in blocks of frequencies, and 2x2 to one
where chroma is halved. A black that nobody sees would make dark edges. So among
all colours that premultiply to what was drawn, each pixel gets the one that is
nearest to what is seen around it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Areas = Sequence[tuple[int, int, int, int]]
"""Parts of a picture: left, top, right and bottom in whole pixels, half-open; they may overlap."""
Pixels8 = NDArray[np.uint8]

_BLOCK = 8
_CELL = 4
_RINGS = 2
"""Blocks around what is seen that get its colour, too: as far as transforms and filters reach."""
_FAINT = 1024
"""Of a cell whose alphas come to less too little is left of its colour: what lies around tells it."""
_STEP = 0.5
"""By how much a premultiplied channel may have been rounded."""


def to_straight_alpha(pixels: Pixels8) -> Pixels8:
    """Give the colours by themselves; what can't be seen is 0.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 4)
        Premultiplied, alpha last.
    """
    straight = np.array(pixels, order="C")
    flat = straight.reshape(-1, 4)
    faint = np.flatnonzero((flat[:, 3] > 0) & (flat[:, 3] < 255))
    if len(faint):
        some = flat[faint].astype(np.float32)
        colors = some[:, :3] * (np.float32(255) / some[:, 3:])
        flat[faint, :3] = np.minimum(np.rint(colors), 255)
    flat[flat[:, 3] == 0] = 0
    return straight


class AlphaBleeder:
    """Gives pictures of one size with straight alpha, whose colours go on where nothing is seen.

    The promise: whatever was converted before, the result is the one that
    converting the whole picture gives, byte by byte (a test looks).

    Parameters
    ----------
    width, height : int
        Pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        down, across = -(-height // _BLOCK), -(-width // _BLOCK)
        self._padded = np.zeros((down * _BLOCK, across * _BLOCK, 4), np.uint8)

    def __call__(self, pixels: Pixels8, into: Pixels8, changed: Areas | None = None) -> None:
        """Convert a picture.

        Parameters
        ----------
        pixels : array of uint8, shape (height, width, 4)
            Premultiplied, alpha last.
        into : array of uint8, shape (height, width, 4)
            Gets the colours by themselves.
        changed : sequence of (int, int, int, int), optional
            What may have changed since the last picture that was converted into the same array; by default
            all of it.
        """
        width, height = self._size
        if changed is None:
            changed = ((0, 0, width, height),)
        if not changed:
            return
        lefts, tops, rights, bottoms = zip(*changed, strict=True)
        edges = (min(lefts), min(tops), max(rights), max(bottoms))
        left, top, right, bottom = self._grown(edges, _RINGS + 1)
        x, y, x_stop, y_stop = self._grown((left, top, right, bottom), _RINGS + 2)
        room = self._padded[y:y_stop, x:x_stop]
        there = pixels[y : min(y_stop, height), x : min(x_stop, width)]
        room[: there.shape[0], : there.shape[1]] = there
        room[there.shape[0] :] = 0
        room[:, there.shape[1] :] = 0
        _straighten(room)
        right, bottom = min(right, width), min(bottom, height)
        into[top:bottom, left:right] = self._padded[top:bottom, left:right]

    def _grown(self, edges: tuple[int, int, int, int], blocks: int) -> tuple[int, int, int, int]:
        """Give whole blocks around pixels, and so many more on each side."""
        height, width = self._padded.shape[:2]
        left, top, right, bottom = edges
        more = blocks * _BLOCK
        return (
            max(0, left // _BLOCK * _BLOCK - more),
            max(0, top // _BLOCK * _BLOCK - more),
            min(width, -(-right // _BLOCK) * _BLOCK + more),
            min(height, -(-bottom // _BLOCK) * _BLOCK + more),
        )


def _straighten(pixels: Pixels8) -> None:
    """Convert whole blocks of pixels in their place."""
    down, across = pixels.shape[0] // _BLOCK, pixels.shape[1] // _BLOCK
    rows = np.ascontiguousarray(pixels[..., 3]).reshape(down, _BLOCK, across * _BLOCK)
    low = rows.min(axis=1).reshape(down, across, _BLOCK).min(axis=2)
    if low.min() == 255:
        return
    high = rows.max(axis=1).reshape(down, across, _BLOCK).max(axis=2)
    blocks = as_strided(
        pixels,
        (down, across, _BLOCK, _BLOCK, 4),
        (pixels.strides[0] * _BLOCK, pixels.strides[1] * _BLOCK, *pixels.strides),
    )
    mixed = (low < 255) & (high > 0)
    empty = high == 0
    means = np.zeros((down, across, 4), np.float32)  # premultiplied sums, and that of alpha
    near = (low == 255) & _dilated(low < 255)
    means[near] = blocks[near].sum(axis=(1, 2), dtype=np.float32)
    if mixed.any():
        some = blocks[mixed].astype(np.float32)
        means[mixed] = some.sum(axis=(1, 2))
        blocks[mixed] = _bled(some, _around(means)[mixed])
    for _ in range(_RINGS):
        around = _around(means)
        reached = empty & (means[..., 3] == 0) & (around[..., 3] > 0)
        colors = np.rint(around[reached, :3] * (255 / around[reached, 3:]))
        blocks[reached, ..., :3] = np.minimum(colors, 255).astype(np.uint8)[:, None, None]
        means[reached] = around[reached]


def _bled(blocks: NDArray[np.float32], around: NDArray[np.float32]) -> Pixels8:
    """Give blocks of pixels with straight alpha.

    Parameters
    ----------
    around : array of float32, shape (n, 4)
        Sums of the premultiplied pixels of each block and those beside it.
    """
    count = len(blocks)
    cells = blocks.reshape(count, _BLOCK // _CELL, _CELL, _BLOCK // _CELL, _CELL, 4).sum(axis=(2, 4))
    cells = np.where(cells[..., 3:] >= _FAINT, cells, around[:, None, None])
    wanted = np.repeat(np.repeat(cells[..., :3] * (255 / cells[..., 3:]), _CELL, axis=1), _CELL, axis=2)
    alpha = blocks[..., 3:]
    share = np.float32(255) / np.maximum(alpha, 0.5)
    least, most = (blocks[..., :3] - _STEP) * share, (blocks[..., :3] + _STEP) * share
    colors = np.where(alpha > 0, np.clip(wanted, least, most), wanted)
    straight = np.empty(blocks.shape, np.uint8)
    straight[..., :3] = np.clip(np.rint(colors), 0, 255)
    straight[..., 3:] = alpha
    return straight


def _around(sums: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the sums of each block's eight neighbours and itself."""
    padded = np.pad(sums, ((1, 1), (1, 1), (0, 0)))
    rows: NDArray[np.float32] = padded[:-2] + padded[1:-1] + padded[2:]
    return rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]


def _dilated(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    padded = np.pad(mask, 1)
    rows: NDArray[np.bool_] = padded[:-2] | padded[1:-1] | padded[2:]
    return rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
