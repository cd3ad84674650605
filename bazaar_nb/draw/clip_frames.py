"""Pictures of video files: who reads them is handed in, as drawing knows no codec."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.image_loading import Matrix, Picture, premultiplied

_WHOLE = 1e-3  # pixels: a size so near to a whole one is that


class ClipFacts(Protocol):
    """What pinning asks of a video file; see `bazaar_nb.media.clip_file.ClipFile`."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as it is shown."""

    @property
    def opaque(self) -> bool:
        """Whether its pictures have no alpha."""

    @property
    def duration_s(self) -> float:
        """How long it is."""

    @property
    def cut_off_s(self) -> float | None:
        """How long it says to be, where it ends before that."""

    @property
    def told(self) -> str:
        """What its author should know."""

    def frame_at(self, time_s: float) -> int:
        """Give the picture that is shown at a time."""

    def frame_before(self, time_s: float) -> int:
        """Give the picture that is shown just before a time."""


DecodedPicture = Any
"""A picture of a video file, as what decodes it gives it: drawing hands it on, and looks at nothing of it."""

LookIntoClip = Callable[[Path, str], ClipFacts]
"""Gives what a video file holds; the text names its content, empty where that isn't known."""


class ReadClips(Protocol):
    """Reads pictures of video files; see `bazaar_nb.media.clip_reader.ClipReader`."""

    def begin_frame(self) -> None:
        """Be told that another frame is drawn."""

    def pixels(self, path: Path, name: str, number: int, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Give a picture as BGRA: of this size if the file is opaque, else of its own, not premultiplied."""

    def decoded(self, path: Path, name: str, number: int) -> DecodedPicture | None:
        """Give a picture as the file has it, if that is how encoders take pictures."""


class ClipPicture:
    """A picture of a video file, read at about the size at which it is drawn.

    Parameters
    ----------
    width, height : int
        Of the file's pictures.
    opaque : bool
        Whether every alpha is 255.
    read : function
        Gives the picture at a size, as `ReadClips.pixels` does.
    """

    def __init__(
        self, width: int, height: int, read: Callable[[tuple[int, int]], NDArray[np.uint8]], *, opaque: bool
    ) -> None:
        self.width = width
        self.height = height
        self.opaque = opaque
        self._read = read

    def warp(self, matrix: Matrix, into: NDArray[np.uint8], *, smooth: bool = True) -> None:
        """Draw it moved by an affine map; see `bazaar_nb.draw.image_loading.Picture.warp`."""
        size = self._size_for(matrix) if self.opaque else (self.width, self.height)
        pixels = self._read(size)
        if not self.opaque:
            pixels = premultiplied(pixels)
        fx, fy = self.width / size[0], self.height / size[1]
        placed = matrix @ np.array([[fx, 0, 0], [0, fy, 0], [0, 0, 1]])
        Picture(pixels, opaque=self.opaque).warp(placed, into, smooth=smooth)

    def _size_for(self, matrix: Matrix) -> tuple[int, int]:
        """Give the size to read: the one that is drawn if that is whole pixels, else the nearest larger step.

        It depends on nothing but the map, so that a frame is the same whatever was drawn before.
        """
        across, down = (math.hypot(*matrix[:, column]) for column in (0, 1))
        drawn = across * self.width, down * self.height
        whole = round(drawn[0]), round(drawn[1])
        off = max(abs(drawn[0] - whole[0]), abs(drawn[1] - whole[1]))
        upright = matrix[0, 1] == 0 == matrix[1, 0]
        if upright and off < _WHOLE and across <= 1 and down <= 1 and min(whole) > 0:
            return whole
        return _stepped(self.width, across), _stepped(self.height, down)


def _stepped(side: int, scale: float) -> int:
    """Give a side made smaller by the square root of two as often as it stays larger than what is drawn."""
    step = 0 if scale >= 1 else math.floor(-2 * math.log2(max(scale, 1e-4)) + 1e-6)
    return max(1, round(side * 2 ** (-step / 2)))
