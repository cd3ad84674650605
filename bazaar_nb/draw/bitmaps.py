"""Finished pieces of pictures, kept while they may be drawn again."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.skia_import import skia

Pixels8 = NDArray[np.uint8]
"""Rows of premultiplied BGRA, shape (h, w, 4)."""


_REMEMBERED = 32  # keys that were asked for: more than the pictures of most frames
_REMEMBERED_TEXTS = 512
_ROOM_BYTES = 1 << 20  # for what is drawn once and put down at once: more is not worth holding


class Bitmap:
    """Premultiplied BGRA pixels that skia can blit without converting them.

    Attributes
    ----------
    pixels : array of uint8, shape (h, w, 4)
        Premultiplied BGRA; not to be changed.
    opaque : bool
        Whether every alpha is 255.
    """

    __slots__ = ("image", "opaque", "pixels")

    def __init__(self, pixels: Pixels8, *, opaque: bool) -> None:
        self.pixels = pixels
        self.opaque = opaque
        alpha = skia.kOpaque_AlphaType if opaque else skia.kPremul_AlphaType
        self.image = skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, alpha, copy=False)


class BitmapCache:
    """Bitmaps by what they show, the least recently drawn dropped first.

    Parameters
    ----------
    limit_bytes : int
        How much it holds at most.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._held = 0
        self._items: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._asked: deque[int] = deque(maxlen=_REMEMBERED)  # hashes: keys may hold all of an array
        self._texts: OrderedDict[Hashable, None] = OrderedDict()
        self._room = np.zeros(0, np.uint8)

    def is_worth_keeping(self, key: Hashable) -> bool:
        """Tell whether a key is kept already, or was asked for here lately.

        What moves has a new key in each frame; keeping it would only push
        out what stands still.
        """
        if key in self._items or hash(key) in self._asked:
            return True
        self._asked.append(hash(key))
        return False

    def is_text_worth_keeping(self, key: Hashable) -> bool:
        """Tell the same of a text, of which there are many in a frame."""
        if key in self._items or key in self._texts:
            return True
        self._texts[key] = None
        if len(self._texts) > _REMEMBERED_TEXTS:
            self._texts.popitem(last=False)
        return False

    def passing_pixels(self, height: int, width: int) -> Pixels8:
        """Give transparent pixels that are good until they are asked for again: their memory is warm."""
        size = height * width * 4
        if size > _ROOM_BYTES:
            return np.zeros((height, width, 4), np.uint8)
        if size > len(self._room):
            self._room = np.zeros(size, np.uint8)
        pixels = self._room[:size].reshape(height, width, 4)
        pixels.fill(0)
        return pixels

    def get(self, key: Hashable, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """Give what is kept under a key, made now if it isn't there."""
        found = self._items.get(key)
        if found is not None:
            self._items.move_to_end(key)
            return found[0]
        made = make()
        weight = size(made)
        if weight <= self._limit:
            self._items[key] = (made, weight)
            self._held += weight
            while self._held > self._limit:
                self._held -= self._items.popitem(last=False)[1][1]
        return made

    def bitmap(self, key: Hashable, make: Callable[[], Bitmap]) -> Bitmap:
        """Give the bitmap of a key, made now if it isn't there."""
        found: Bitmap = self.get(key, make, lambda bitmap: bitmap.pixels.nbytes)
        return found
