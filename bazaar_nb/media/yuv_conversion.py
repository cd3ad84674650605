"""Pictures to the yuv420p that encoders take, of which only the rows that changed are converted again.

The promise: whatever was converted before, the result is the one that converting
the whole picture gives, byte by byte (a test looks).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

_BAND_ROWS = 34  # a row in a band of 10 takes 2.5 times what it takes in the whole picture, in one of 34 1.2
_MARGIN_ROWS = 2  # swscale mixes the last row of chroma otherwise where the picture ends
_WORTH = 0.75  # of the picture: from here on all of it is converted


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
        self._whole = _Graph(source)
        self._band: _Graph | None = None
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
        height, before = self._source.height, self._converted
        tops = None if changed is None or before is None else self._bands(changed)
        if tops is None or before is None:
            self._converted = self._whole(0)
            return self._converted
        if self._band is None:
            self._band = _Graph(self._source, _BAND_ROWS)
        for top in tops:
            rows = _BAND_ROWS if top + _BAND_ROWS == height else _BAND_ROWS - _MARGIN_ROWS
            band = self._band(top)
            for number, (into, made) in enumerate(zip(_planes(before), _planes(band), strict=True)):
                half = 2 if number else 1
                into[top // half : (top + rows) // half] = made[: rows // half]
        return before

    def _bands(self, changed: RowRanges) -> list[int] | None:
        """Give the first rows of bands that hold all that changed; None where the whole is cheaper."""
        width, height = self._source.width, self._source.height
        if width % 2 or height % 2 or height < _BAND_ROWS:
            return None
        tops = list(_band_tops(changed, height))
        return tops if len(tops) * _BAND_ROWS < _WORTH * height else None


class _Graph:
    """swscale, for the whole of a picture or for a band of it."""

    def __init__(self, source: av.VideoFrame, rows: int | None = None) -> None:
        self._source = source
        graph = self._graph = Graph()  # its filters are gone when it is
        graph.threads = 1
        self._input = graph.add_buffer(
            width=source.width, height=source.height, format=source.format, time_base=Fraction(1)
        )
        filters = [graph.add("scale", f"flags={CHROMA}:in_range=pc:out_range=tv:out_color_matrix=bt709")]
        if rows is not None:  # nothing is copied: it moves a pointer, by the frame's time
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


def _band_tops(changed: RowRanges, height: int) -> Iterator[int]:
    done = 0
    for first, stop in changed:
        at = max(first - first % 2, done)
        while at < stop:
            top = min(at, height - _BAND_ROWS)
            yield top
            at = done = height if top + _BAND_ROWS == height else top + _BAND_ROWS - _MARGIN_ROWS


def _planes(frame: av.VideoFrame) -> list[NDArray[np.uint8]]:
    """Give a yuv420p frame's planes, shape (rows, bytes), which may be written."""
    return [
        np.frombuffer(cast("memoryview", plane), np.uint8).reshape(plane.height, plane.line_size)[
            :, : plane.width
        ]
        for plane in frame.planes
    ]
