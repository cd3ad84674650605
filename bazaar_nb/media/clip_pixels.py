"""Decoded pictures to upright BGRA, by the colours that they say they have; or as they are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from typing import cast

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from bazaar_nb.media.clip_colors import matrix_of, range_of

Pixels8 = NDArray[np.uint8]

_GRAPHS = 16


class ClipPixels:
    """Converts pictures; what that takes is kept for those of one kind."""

    def __init__(self) -> None:
        self._graphs: OrderedDict[Hashable, _Filters] = OrderedDict()

    def convert(self, frames: Sequence[av.VideoFrame], turn: str, size: tuple[int, int]) -> Pixels8:
        """Give a picture as BGRA, not premultiplied, shape (height, width, 4).

        Parameters
        ----------
        frames : sequence of VideoFrame
            The picture; if it is interlaced, the one before, it, and the one after.
        turn : str
            Filters that put it upright.
        size : (int, int)
            Width and height of the result.
        """
        frame = frames[len(frames) // 2]
        looks = matrix_of(frame), range_of(frame), len(frames) > 1, turn, size
        graph = self._graph(frame, looks)
        if graph is None:
            graph = self._keep(frame, looks, _conversion(frame, turn, size, interlaced=len(frames) > 1))
        made = graph(frames)
        plane = made.planes[0]
        rows = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(
            made.height, plane.line_size // 4, 4
        )
        return rows[:, : made.width]

    def bare(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Give a picture as it is, to be labelled and encoded: without what is beside it in a file.

        Its pixels are not copied, and not to be changed.
        """
        graph = self._graph(frame, "bare")
        if graph is None:
            graph = self._keep(frame, "bare", [("sidedata", "mode=delete")])
        return graph((frame,))

    def _graph(self, frame: av.VideoFrame, looks: Hashable) -> _Filters | None:
        key = frame.format.name, frame.width, frame.height, looks
        graph = self._graphs.get(key)
        if graph is not None:
            self._graphs.move_to_end(key)
        return graph

    def _keep(self, frame: av.VideoFrame, looks: Hashable, filters: Iterable[tuple[str, str]]) -> _Filters:
        graph = _Filters(frame, filters)
        self._graphs[frame.format.name, frame.width, frame.height, looks] = graph
        while len(self._graphs) > _GRAPHS:
            self._graphs.popitem(last=False)
        return graph


def _conversion(
    frame: av.VideoFrame, turn: str, size: tuple[int, int], *, interlaced: bool
) -> list[tuple[str, str]]:
    """Give the filters that make a picture upright BGRA."""
    width, height = size[::-1] if "transpose" in turn else size
    smaller = width < frame.width or height < frame.height
    options = f"w={width}:h={height}:flags={'area' if smaller else 'bicubic'}:out_range=pc"
    options += f":in_range={range_of(frame)}"
    if not frame.format.is_rgb:
        options += f":in_color_matrix={matrix_of(frame)}"
    filters = [("bwdif", "mode=send_frame:deint=all")] if interlaced else []
    filters += [("scale", options), ("format", "bgra")]
    for step in filter(None, turn.split(",")):
        name, _, arguments = step.partition("=")
        filters.append((name, arguments))
    return filters


class _Filters:
    """A graph of filters: it gives its pictures from a pool, so that no new memory is taken for each."""

    def __init__(self, frame: av.VideoFrame, filters: Iterable[tuple[str, str]]) -> None:
        self._time = 0
        graph = self._graph = Graph()  # its filters are gone when it is
        graph.threads = 1
        self._input = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1)
        )
        made = [graph.add(name, options) if options else graph.add(name) for name, options in filters]
        self._output = graph.add("buffersink")
        for above, below in pairwise((self._input, *made, self._output)):
            above.link_to(below)
        graph.configure()

    def __call__(self, frames: Sequence[av.VideoFrame]) -> av.VideoFrame:
        """Give what becomes of a picture, or of the middle one of three."""
        for frame in frames:
            pts, time_base = frame.pts, frame.time_base
            self._time += 1
            frame.pts, frame.time_base = self._time, Fraction(1)
            self._input.push(frame)
            frame.pts, frame.time_base = pts, time_base
        made = cast("av.VideoFrame", self._output.pull())
        with suppress(BlockingIOError):  # a filter of three gives what it is last, the one in the middle
            while len(frames) > 1:
                made = cast("av.VideoFrame", self._output.pull())
        return made
