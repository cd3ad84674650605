"""What elements refer to, found and kept: pictures, fonts, functions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.bitmaps import BitmapCache
from bazaar_nb.draw.image_loading import Picture, picture_from_rgba, picture_size, read_picture
from bazaar_nb.draw.picture_cache import PictureCache
from bazaar_nb.draw.text_layout import TextSetter
from bazaar_nb.scene.arrays import ColorArray, FloatArray
from bazaar_nb.scene.elements import Image, Pixels

FindAsset = Callable[[str], Path | bytes]
"""Gives the file of an asset's name, ``asset:<digest>.<ext>``; of an array maybe its bytes."""

_OUTLINE_BYTES = 8_000_000
_MASK_BYTES = 32_000_000  # of the masks of points' marks


class Assets:
    """Reads what a frame's tree refers to, once.

    Parameters
    ----------
    find : function
        Gives the file of an asset, ``asset:<digest>.<ext>``.
    give_back : function, optional
        See `bazaar_nb.draw.picture_cache.PictureCache`.
    """

    def __init__(self, find: FindAsset, give_back: Callable[[], None] | None = None) -> None:
        self._find = find
        self.pictures = PictureCache(give_back)
        self.outlines = BitmapCache(_OUTLINE_BYTES)  # asked for by an element's place, and to draw it
        self.masks = BitmapCache(_MASK_BYTES)
        self.text = TextSetter(self.file)

    def picture(self, element: Image | Pixels) -> Picture:
        """Give the picture of an element, read now if it isn't there."""
        name = self.picture_key(element)
        if isinstance(element, Pixels):
            size = element.shape[1], element.shape[0]
            return self.pictures.get_array(name, size, lambda: self._read_array(element))
        found = self.pictures.find(name)
        if found is not None:
            return found
        file = self.file(element.source)
        return self.pictures.get(
            name, picture_size(file), lambda: read_picture(file, self.pictures.before_reading_again)
        )

    def picture_size(self, element: Image | Pixels) -> tuple[int, int]:
        """Give the width and height in pixels of an element's picture."""
        if isinstance(element, Pixels):
            return element.shape[1], element.shape[0]
        picture = self.picture(element)
        return picture.width, picture.height

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
            return element.source
        return element.asset or (element.array, element.shape)
