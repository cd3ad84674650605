"""The picture that is drawn, in whatever form encoders want it; each form is made once a frame.

A picture that a file has as encoders take it is handed on as it is, and need not be drawn.
"""

from __future__ import annotations

from typing import cast

import av
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.media.alpha import AlphaBleeder, Areas
from bazaar_nb.media.yuv_conversion import YuvConverter


class DrawnPictures:
    """Converts one picture as it changes.

    Parameters
    ----------
    width, height : int
        Pixels.

    Attributes
    ----------
    pixels : array of uint8, shape (height, width, 4)
        What is drawn into: BGRA, premultiplied.
    drawn : int
        How many frames were other than the one before.
    """

    def __init__(self, width: int, height: int) -> None:
        # bgr0 has the bytes of BGRA, but its fourth is no alpha: swscale reads it faster, libx264rgb as is.
        self._source = av.VideoFrame(width, height, "bgr0")
        self.pixels = _pixels(self._source)
        self.drawn = 0
        self._converters: dict[str, YuvConverter] = {}
        self._made: dict[str, av.VideoFrame] = {}
        self._areas: Areas | None = None
        self._straight: tuple[av.VideoFrame, AlphaBleeder] | None = None
        self._decoded: av.VideoFrame | None = None
        self._behind: set[str] = set()  # converters that don't know of all that has changed

    def changed(self, areas: Areas | None) -> None:
        """Take note that the next frame was drawn: what changed, or None for all of it."""
        self._behind |= self._converters.keys() - self._made.keys()
        self._areas = areas
        self._made.clear()
        self.drawn += 1

    def hand_on(self, decoded: av.VideoFrame | None, *, is_drawn: bool) -> None:
        """Say whether the next frame is a picture that a file has, which then is given to who takes those.

        Parameters
        ----------
        decoded : VideoFrame or None
            The picture; the same one where the frame looks like the one before.
        is_drawn : bool
            Whether it is drawn, too, for who doesn't take it.
        """
        if decoded is not None and decoded is not self._decoded and not is_drawn:
            self.drawn += 1
        self._decoded = decoded

    def get(self, pix_fmt: str, *, alpha: bool) -> av.VideoFrame:
        """Give the picture; the next one may be written into it."""
        if pix_fmt == self._source.format.name:
            return self._source
        if self._decoded is not None and takes_decoded(pix_fmt, alpha=alpha):
            return self._decoded
        made = self._made.get(pix_fmt)
        if made is None and alpha and pix_fmt == "bgra":
            made = self._made[pix_fmt] = self._bled()
        if made is None:
            converter = self._converters.get(pix_fmt)
            if converter is None:
                source = self._straight_source() if alpha else self._source
                converter = self._converters[pix_fmt] = YuvConverter(source, pix_fmt)
            if alpha:
                self._bled()
            areas = None if alpha or pix_fmt in self._behind else self._areas
            made = self._made[pix_fmt] = converter.convert(areas)
            self._behind.discard(pix_fmt)
        return made

    def _bled(self) -> av.VideoFrame:
        """Give the picture with straight alpha."""
        made = self._made.get("straight")
        if made is None:
            made = self._made["straight"] = self._straight_source()
            if self._straight is not None:
                self._straight[1](self.pixels, _pixels(made), self._areas)
        return made

    def _straight_source(self) -> av.VideoFrame:
        if self._straight is None:
            width, height = self._source.width, self._source.height
            self._straight = av.VideoFrame(width, height, "bgra"), AlphaBleeder(width, height)
        return self._straight[0]


def takes_decoded(pix_fmt: str, *, alpha: bool) -> bool:
    """Tell whether an encoder takes pictures as video files have them: 8 bits with halved colours."""
    return pix_fmt == "yuv420p" and not alpha


def _pixels(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    padded = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(frame.height, plane.line_size // 4, 4)
    return padded[:, : frame.width]
