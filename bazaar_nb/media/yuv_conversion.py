"""Pictures to the yuv420p that encoders take, of which only the rows that changed are converted again.

The promise: whatever was converted before, the result is the one that converting
the whole picture gives, byte by byte (a test looks).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import cast

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

RowRanges = Sequence[tuple[int, int]]
"""Rows of a picture, as half-open ranges from the top down."""

# Each chroma sample is the mean of its 2x2 pixels. Against the exact BT.709 sums the luma is off by rounding
# alone (at most 0.5) and the chroma by 0.6 at most; at 1080p this takes 2.1 ms, swscale's default 3.8 ms with
# chroma errors up to 4, and ACCURATE_RND 4.1 ms for a chroma bias of 0.00 in place of 0.06.
CHROMA = "area+full_chroma_inp"

_STEP_ROWS = 16  # bands are so many rows high, or a multiple: each height has a graph of its own
_MOST_ROWS = 128
_MARGIN_ROWS = 2  # swscale mixes the last row of chroma otherwise where its picture ends
_WORTH = 0.8  # of the picture: from here on all of it is converted


class YuvConverter:
    """Converts one picture, as it changes, to yuv420p, BT.709, limited range.

    Filter graphs, because they give their pictures from a pool: swscale called
    for each frame takes new memory each time, and the page faults take half as
    long again as the conversion.

    Parameters
    ----------
    source : VideoFrame
        The picture, in ``bgr0``; its pixels are read at each conversion.
    """

    def __init__(self, source: av.VideoFrame) -> None:
        self._source = source
        self._graphs: dict[int, _Graph] = {}
        self._converted: av.VideoFrame | None = None

    def convert(self, changed: RowRanges | None = None) -> av.VideoFrame:
        """Give the picture as it is now.

        Parameters
        ----------
        changed : sequence of (int, int), optional
            The rows that may have changed since the last conversion; by default all of them.

        Returns
        -------
        VideoFrame
            The next conversion may write into it: an encoder must have taken what it needs.
        """
        source, before = self._source, self._converted
        height = source.height
        bands = [(0, height)] if changed is None or before is None else _bands(changed, height)
        if before is None or source.width % 2 or height % 2:
            bands = [(0, height)]
        if before is None or sum(rows for _, rows in bands) > _WORTH * height:
            self._converted = self._graph(height)(0)
            return self._converted
        into = _planes(before)
        for top, rows in bands:
            band = self._graph(rows)(top)
            taken = rows if top + rows == height else rows - _MARGIN_ROWS
            for half, kept, made in zip((1, 2, 2), into, _planes(band), strict=True):
                kept[top // half : (top + taken) // half] = made[: taken // half]
        return before

    def _graph(self, rows: int) -> _Graph:
        graph = self._graphs.get(rows)
        if graph is None:
            graph = self._graphs[rows] = _Graph(self._source, rows)
        return graph


class _Graph:
    """swscale, for bands of a picture that are so many rows high, or for all of it."""

    def __init__(self, source: av.VideoFrame, rows: int) -> None:
        self._source = source
        graph = self._graph = Graph()  # its filters are gone when it is
        graph.threads = 1
        self._input = graph.add_buffer(
            width=source.width, height=source.height, format=source.format, time_base=Fraction(1)
        )
        filters = [graph.add("scale", f"flags={CHROMA}:in_range=pc:out_range=tv:out_color_matrix=bt709")]
        if rows < source.height:  # nothing is copied: it moves a pointer, by the frame's time
            filters.insert(0, graph.add("crop", f"w={source.width}:h={rows}:x=0:y=t:exact=1"))
        self._output = graph.add("buffersink")
        for above, below in pairwise((self._input, *filters, graph.add("format", "yuv420p"), self._output)):
            above.link_to(below)
        graph.configure()

    def __call__(self, top: int) -> av.VideoFrame:
        """Convert the rows from `top` on."""
        self._source.pts, self._source.time_base = top, Fraction(1)
        self._input.push(self._source)
        return cast("av.VideoFrame", self._output.pull())


def _bands(changed: RowRanges, height: int) -> list[tuple[int, int]]:
    """Give bands that hold what changed, each with its first row and how many it has, margin included."""
    joined: list[list[int]] = []
    for first, stop in changed:
        if joined and first - joined[-1][1] < _STEP_ROWS:
            joined[-1][1] = stop
        else:
            joined.append([first, stop])
    bands = []
    for first, stop in joined:
        at = first - first % 2
        while at < stop:
            rows = min(-(-(stop - at + _MARGIN_ROWS) // _STEP_ROWS) * _STEP_ROWS, _MOST_ROWS, height)
            bands.append((min(at, height - rows), rows))
            at = stop if at + rows >= height else at + rows - _MARGIN_ROWS
    return bands


def _planes(frame: av.VideoFrame) -> list[NDArray[np.uint8]]:
    """Give a yuv420p frame's planes, shape (rows, bytes), which may be written."""
    return [
        np.frombuffer(cast("memoryview", plane), np.uint8).reshape(plane.height, plane.line_size)[
            :, : plane.width
        ]
        for plane in frame.planes
    ]
