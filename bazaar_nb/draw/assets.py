"""What elements refer to, found and kept: pictures, fonts, functions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.bitmaps import BitmapCache
from bazaar_nb.draw.clip_frames import ClipPicture, DecodedPicture, ReadClips
from bazaar_nb.draw.image_loading import (
    Picture,
    data_size,
    picture_from_rgba,
    picture_size,
    read_picture,
    read_picture_data,
)
from bazaar_nb.draw.kept_figures import KeptFigures
from bazaar_nb.draw.picture_cache import PictureCache
from bazaar_nb.draw.svg import is_svg, is_svg_file, svg_size
from bazaar_nb.draw.text_layout import TextSetter
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import ColorArray, FloatArray
from bazaar_nb.scene.elements import Clip, Drawing, Figure, Image, Pixels

FindAsset = Callable[[str], Path | bytes]
"""Gives the file of an asset's name, ``asset:<digest>.<ext>``; of an array maybe its bytes."""

OnFigure = Callable[[Figure | Drawing, tuple[float, float], NDArray[np.uint8]], None]
"""Takes a figure or drawing, the width and height of its box, and its pixels: RGBA, its own to keep."""

_OUTLINE_BYTES = 8_000_000
_MOST_NAMES = 4096
_MASK_BYTES = 32_000_000  # of the masks of points' marks
_TABLE_BYTES = 48_000_000  # of colours, and of grain: four of them


class Assets:
    """Reads what a frame's tree refers to, once.

    Parameters
    ----------
    find : function
        Gives the file of an asset, ``asset:<digest>.<ext>``.
    give_back : function, optional
        See `bazaar_nb.draw.picture_cache.PictureCache`.
    clips : ReadClips, optional
        Reads video files; without it they have a size, but can't be drawn.
    """

    def __init__(
        self,
        find: FindAsset,
        give_back: Callable[[], None] | None = None,
        clips: ReadClips | None = None,
    ) -> None:
        self._find = find
        self._clips = clips
        self.pictures = PictureCache(give_back)
        self._drawings: dict[str, bool] = {}
        self.outlines = BitmapCache(_OUTLINE_BYTES)  # asked for by an element's place, and to draw it
        self.masks = BitmapCache(_MASK_BYTES)
        self.tables = BitmapCache(_TABLE_BYTES)
        self.text = TextSetter(self.file)
        self.figures = KeptFigures()
        self.on_figure: OnFigure | None = None
        """Is told of each figure or drawing that a function draws, and its pixels: then none is kept."""

    def picture(self, element: Image | Pixels) -> Picture:
        """Give the picture of an element, read now if it isn't there."""
        name = self.picture_key(element)
        if isinstance(element, Pixels):
            size = element.shape[1], element.shape[0]
            return self.pictures.get_array(name, size, lambda: self._read_array(element))
        found = self.pictures.find(name)
        if found is not None:
            return found
        if element.data or element.asset:
            data = self.object_bytes(element)
            return self.pictures.get(name, data_size(data), lambda: read_picture_data(data))
        file = self.file(element.source)
        return self.pictures.get(
            name, picture_size(file), lambda: read_picture(file, self.pictures.before_reading_again)
        )

    def picture_size(self, element: Image | Pixels) -> tuple[int, int]:
        """Give the width and height in pixels of an element's picture."""
        if isinstance(element, Pixels):
            return element.shape[1], element.shape[0]
        drawing = self.svg(element)
        if drawing is not None:
            width, height = svg_size(drawing)
            return max(1, round(width)), max(1, round(height))
        picture = self.picture(element)
        return picture.width, picture.height

    def begin_frame(self) -> None:
        """Be told that another frame is drawn."""
        self.pictures.frame += 1
        if self._clips is not None:
            self._clips.begin_frame()

    def clip_picture(self, clip: Clip) -> ClipPicture:
        """Give what a clip shows."""
        if self._clips is None or clip.frame < 0:
            raise InvalidValueError("a clip can be drawn only where video files are read, after it is pinned")
        path, name, reader, frame = self.file(clip.source), clip.source, self._clips, clip.frame
        width, height = clip.size
        return ClipPicture(
            width, height, lambda size: reader.pixels(path, name, frame, size),
            opaque=clip.opaque,
        )  # fmt: skip

    def decoded_picture(self, clip: Clip) -> DecodedPicture | None:
        """Give what a clip shows as its file has it, if that is how encoders take pictures."""
        if self._clips is None or clip.frame < 0:
            return None
        return self._clips.decoded(self.file(clip.source), clip.source, clip.frame)

    def object_bytes(self, element: Image | Figure) -> bytes:
        """Give the picture of an object, as a file has it."""
        return self._bytes(element.asset) if element.asset else element.data

    def svg(self, element: Image | Figure | Pixels) -> bytes | None:
        """Give an element's SVG; None where its picture has pixels."""
        if isinstance(element, Pixels):
            return None
        if element.data or element.asset:
            data = self.object_bytes(element)
            return data if is_svg(data) else None
        if not isinstance(element, Image):
            return None
        is_drawing = self._drawings.get(element.source)
        if is_drawing is None:
            if len(self._drawings) >= _MOST_NAMES:
                self._drawings.clear()
            is_drawing = self._drawings[element.source] = is_svg_file(self.file(element.source))
        return self.file(element.source).read_bytes() if is_drawing else None

    def _read_array(self, element: Pixels) -> Picture:
        data = self._bytes(element.asset) if element.asset else element.array
        return picture_from_rgba(np.frombuffer(data, np.uint8).reshape(element.shape))

    def _bytes(self, asset: str) -> bytes:
        """Give what an array's asset holds."""
        found = self._find(asset)
        return found if isinstance(found, bytes) else found.read_bytes()

    def floats(self, array: FloatArray) -> NDArray[np.float32]:
        """Give the numbers of an array, read-only."""
        if not array.asset:
            return array.values()
        return np.frombuffer(self._bytes(array.asset), "<f4").reshape(array.shape)

    def colors(self, array: ColorArray) -> NDArray[np.uint8]:
        """Give the colours of an array, shape (n, 4), read-only."""
        if not array.asset:
            return array.values()
        return np.frombuffer(self._bytes(array.asset), np.uint8).reshape(array.shape)

    def file(self, source: str) -> Path:
        """Give the file of an asset, or of a path."""
        found = self._find(source) if source.startswith("asset:") else Path(source)
        assert isinstance(found, Path)  # only arrays have no file
        return found

    def font(self, name: str) -> tuple[str, int]:
        """Give a font's file, and which of its faces a name means."""
        source, _, number = name.partition("#")
        return str(self.file(source)), int(number or 0)

    @staticmethod
    def picture_key(element: Image | Pixels) -> object:
        """Name an element's picture."""
        if isinstance(element, Image):
            return element.asset or element.data or element.source
        return element.asset or (element.array, element.shape)
