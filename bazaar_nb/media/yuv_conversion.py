"""Pictures to the YUV that encoders take, of which only what changed is converted again.

The promise: whatever was converted before, the result is the one that converting
the whole picture gives, byte by byte (a test looks).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from bazaar_nb.media.alpha import Areas

# Each chroma sample is the mean of its 2x2 pixels. Against the exact BT.709 sums the luma is off by rounding
# alone (at most 0.5) and the chroma by 0.6 at most; at 1080p this takes 2.1 ms, swscale's default 3.8 ms with
# chroma errors up to 4, and ACCURATE_RND 4.1 ms for a chroma bias of 0.00 in place of 0.06.
CHROMA = "area+full_chroma_inp"

# Tiles have few sizes, as each has a graph of its own, which takes as long to make as a hundred small tiles.
_TILE_ROWS = (16, 32, 48, 80, 128)
_TILE_COLUMNS = (128, 256, 512, 1024, 2048)
_ALIGNED = 16  # pixels: where tiles begin, so that swscale's vectors stand in them as in the whole
_MARGIN_ROWS = 2  # swscale mixes the last row of chroma otherwise where its picture ends; columns it doesn't
_WORTH = 0.8  # of the picture: from here on all of it is converted


class YuvConverter:
    """Converts one picture, as it changes, to YUV, BT.709, limited range.

    Filter graphs, because they give their pictures from a pool: swscale called
    for each frame takes new memory each time, and the page faults take half as
    long again as the conversion.

    Parameters
    ----------
    source : VideoFrame
        The picture, in ``bgr0`` or ``bgra``; its pixels are read at each conversion.
    pix_fmt : str
        What it is converted to, by libav's name: planar, with 8 or 10 bits, chroma halved or not; of a
        ``bgra`` one the alpha goes along, and all is converted each time.
    """

    def __init__(self, source: av.VideoFrame, pix_fmt: str = "yuv420p") -> None:
        self._source = source
        self._pix_fmt = pix_fmt
        self._halved = pix_fmt.startswith("yuv420p")
        self._graphs: dict[tuple[int, int], _Graph] = {}
        self._converted: av.VideoFrame | None = None
        self._into: list[NDArray[Any]] = []

    def convert(self, changed: Areas | None = None) -> av.VideoFrame:
        """Give the picture as it is now.

        Parameters
        ----------
        changed : sequence of (int, int, int, int), optional
            What may have changed since the last conversion; by default all of it.

        Returns
        -------
        VideoFrame
            The next conversion may write into it: an encoder must have taken what it needs.
        """
        width, height, before = self._source.width, self._source.height, self._converted
        tiles = None
        if changed is not None and before is not None and self._halved and width % 2 == 0 == height % 2:
            tiles = _tiles(changed, width, height)
        if before is None or tiles is None:
            converted = self._converted = self._graph(width, height)(0, 0)
            self._into = _planes(converted) if self._halved else []
            return converted
        for left, top, columns, rows in tiles:
            made = self._graph(columns, rows)(left, top)
            right, bottom = left + columns, top + rows
            if bottom < height:
                bottom -= _MARGIN_ROWS
            for half, kept, tile in zip((1, 2, 2), self._into, _planes(made), strict=True):
                room = kept[top // half : bottom // half, left // half : right // half]
                room[:] = tile[: len(room)]
        return before

    def _graph(self, columns: int, rows: int) -> _Graph:
        graph = self._graphs.get((columns, rows))
        if graph is None:
            graph = self._graphs[columns, rows] = _Graph(self._source, self._pix_fmt, columns, rows)
        return graph


class _Graph:
    """swscale, for tiles of a picture that are of this size, or for all of it."""

    def __init__(self, source: av.VideoFrame, pix_fmt: str, columns: int, rows: int) -> None:
        self._source = source
        graph = self._graph = Graph()  # its filters are gone when it is
        graph.threads = 1
        self._input = graph.add_buffer(
            width=source.width, height=source.height, format=source.format, time_base=Fraction(1)
        )
        filters = [graph.add("scale", f"flags={CHROMA}:in_range=pc:out_range=tv:out_color_matrix=bt709")]
        if (columns, rows) != (source.width, source.height):
            # Nothing is copied: it moves a pointer, to where the frame's time says.
            place = f"x=mod(t\\,{source.width}):y=floor(t/{source.width})"
            filters.insert(0, graph.add("crop", f"w={columns}:h={rows}:{place}:exact=1"))
        self._output = graph.add("buffersink")
        for above, below in pairwise((self._input, *filters, graph.add("format", pix_fmt), self._output)):
            above.link_to(below)
        graph.configure()

    def __call__(self, left: int, top: int) -> av.VideoFrame:
        """Convert the tile whose corner is there."""
        source = self._source
        source.pts, source.time_base = top * source.width + left, Fraction(1)
        self._input.push(source)
        return cast("av.VideoFrame", self._output.pull())


def _tiles(changed: Areas, width: int, height: int) -> list[tuple[int, int, int, int]] | None:
    """Give tiles that hold what changed: left, top, columns and rows, the rows of the margin included.

    None where converting all of the picture takes no longer.
    """
    tiles, left_over = [], _WORTH * width * height
    for left, first, right, stop in changed:
        start, columns = _across(left, right, width)
        at = first - first % 2
        while at < stop:
            wanted = stop - at + _MARGIN_ROWS
            rows = min(next((size for size in _TILE_ROWS if size >= wanted), _TILE_ROWS[-1]), height)
            at = min(at, height - rows)
            tiles.append((start, at, columns, rows))
            left_over -= columns * rows
            if left_over < 0:
                return None
            at = stop if at + rows == height else at + rows - _MARGIN_ROWS
    return tiles


def _across(left: int, right: int, width: int) -> tuple[int, int]:
    """Give where tiles of some columns begin, and how many columns they have."""
    start = left - left % _ALIGNED
    for columns in _TILE_COLUMNS:
        if columns >= right - start:
            start = min(start, width - columns)
            if start >= 0 and start % _ALIGNED == 0:
                return start, columns
    return 0, width


def _planes(frame: av.VideoFrame) -> list[NDArray[Any]]:
    """Give the planes of a frame with halved chroma, shape (rows, samples), which may be written."""
    planes, across, down = [], frame.width, frame.height
    kind = np.uint16 if frame.format.components[0].bits > 8 else np.uint8
    for plane in frame.planes:
        rows = np.frombuffer(cast("memoryview", plane), kind).reshape(down, -1)
        planes.append(rows[:, :across])
        across, down = (frame.width + 1) // 2, (frame.height + 1) // 2
    return planes
