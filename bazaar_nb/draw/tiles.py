"""A frame cut into tiles: which of them are seen, hidden, or drawn already, as arrays of booleans."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.canvas import Bounds

TILE_WIDTH, TILE_HEIGHT = 64, 32
TileSet = NDArray[np.bool_]
"""For each tile, row by row, whether it is one of them."""


class Tiles:
    """The tiles of frames of one size; those at the right and at the bottom may be smaller.

    Parameters
    ----------
    width, height : int
        Of a frame, in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._frame = Bounds(0, 0, width, height)
        self.columns = np.arange(0, width, TILE_WIDTH)
        """The left edge of each column."""
        self.rows = np.arange(0, height, TILE_HEIGHT)
        """The upper edge of each row."""

    def none(self) -> TileSet:
        """Give the set of no tile."""
        return np.zeros((len(self.rows), len(self.columns)), np.bool_)

    def all(self) -> TileSet:
        """Give the set of all tiles."""
        return np.ones((len(self.rows), len(self.columns)), np.bool_)

    def touched(self, parts: Iterable[Bounds]) -> TileSet:
        """Give the tiles of which some pixels are in one of the bounds."""
        found = self.none()
        for part in parts:
            left, top, right, bottom = part.within(self._frame)
            if right > left and bottom > top:
                rows = slice(top // TILE_HEIGHT, -(-bottom // TILE_HEIGHT))
                found[rows, left // TILE_WIDTH : -(-right // TILE_WIDTH)] = True
        return found

    def within(self, bounds: Bounds) -> TileSet:
        """Give the tiles of which all pixels are in the bounds."""
        right, bottom = (
            np.append(edges[1:], end)
            for edges, end in ((self.columns, self._frame.right), (self.rows, self._frame.bottom))
        )
        across = (self.columns >= bounds.left) & (right <= bounds.right)
        down = (self.rows >= bounds.top) & (bottom <= bounds.bottom)
        return np.asarray(down[:, np.newaxis] & across)

    def extreme(self, least: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
        """Give the least or the largest of each tile's values, of which there is one for each pixel."""
        whole = len(values) // TILE_HEIGHT * TILE_HEIGHT
        rows = least.reduce(values[:whole].reshape(-1, TILE_HEIGHT, values.shape[1]), axis=1)
        if whole < len(values):
            rows = np.concatenate([rows, least.reduce(values[whole:], axis=0, keepdims=True)])
        return np.asarray(least.reduceat(rows, self.columns, axis=1))

    def rectangles(self, tiles: TileSet) -> list[Bounds]:
        """Give the pixels of some tiles, in rectangles of which none overlap."""
        found: list[Bounds] = []
        open_runs: dict[tuple[int, int], int] = {}  # to the row in which they began
        above = b""
        for row, line in enumerate([*map(bytes, tiles), b""]):  # an array's own ways take ten times as long
            if line == above:
                continue
            above, runs = line, _runs(line)
            for run in open_runs.keys() - runs:
                found.append(self._bounds(run, open_runs.pop(run), row))
            for run in runs - open_runs.keys():
                open_runs[run] = row
        return sorted(found, key=lambda part: (part.top, part.left))

    def _bounds(self, run: tuple[int, int], first: int, stop: int) -> Bounds:
        left, right = run
        return Bounds(left * TILE_WIDTH, first * TILE_HEIGHT, right * TILE_WIDTH, stop * TILE_HEIGHT).within(
            self._frame
        )


def _runs(line: bytes) -> set[tuple[int, int]]:
    """Give where in a row tiles stand side by side: the first, and the one after the last."""
    runs = set()
    start = line.find(1)
    while start >= 0:
        stop = line.find(0, start)
        stop = len(line) if stop < 0 else stop
        runs.add((start, stop))
        start = line.find(1, stop)
    return runs
