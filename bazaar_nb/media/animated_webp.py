"""Animated WebP, written picture by picture: of each only what is other than in the one before.

libwebp's own encoder of animations keeps all that it has made until the end; here one picture and the one
before are in memory, however long the film is. Format: the WebP container specification, chunks VP8X, ANIM
and ANMF (https://developers.google.com/speed/webp/docs/riff_container).
"""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

from bazaar_nb.errors import EncodeError

Picture = NDArray[np.uint8]

_BLOCK = 16  # pixels: what lossy WebP codes as one
_WORTH = 0.1  # of the blocks of a rectangle: where fewer stay as they are, all of it is coded
_LONGEST_MS = 2**24 - 1
_MOST_BYTES = 2**32 - 10
_ANIMATED, _ALPHA = 0x02, 0x10
_NOT_BLENDED = 0x02


class WebpWriter:
    """Writes an animated WebP.

    Parameters
    ----------
    file : binary file
        That can seek; what it is given begins the file.
    width, height : int
    quality : int
        libwebp's own, 0 to 100.
    loop : int
        How often it plays; 0 is for ever.
    """

    def __init__(self, file: BinaryIO, width: int, height: int, *, quality: int, loop: int) -> None:
        self._file = file
        self._quality = quality
        self._before: Picture | None = None
        self._frame = b""
        self._began_ms = 0
        self._size = 12
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        file.write(b"RIFF\0\0\0\0WEBP")
        self._write(_chunk(b"VP8X", struct.pack("<I", _ANIMATED | _ALPHA) + size))
        self._write(_chunk(b"ANIM", struct.pack("<IH", 0, loop)))

    def add(self, picture: Picture, began_ms: int) -> None:
        """Take the next picture.

        Parameters
        ----------
        picture : array of uint8, shape (height, width, 4)
            BGRA, straight alpha; other than the one before. Not to be changed afterwards.
        began_ms : int
            When it appears.
        """
        self._end_frame(began_ms)
        left, top, part, is_blended = _difference(self._before, picture)
        place = (left // 2).to_bytes(3, "little") + (top // 2).to_bytes(3, "little")
        size = (part.shape[1] - 1).to_bytes(3, "little") + (part.shape[0] - 1).to_bytes(3, "little")
        flags = 0 if is_blended else _NOT_BLENDED
        self._frame = place + size + bytes((0, 0, 0, flags)) + self._encoded(part)
        self._before, self._began_ms = picture, began_ms

    def finish(self, end_ms: int) -> None:
        """End the last picture, and the file.

        Raises
        ------
        EncodeError
            If the file is larger than a WebP can be.
        """
        self._end_frame(end_ms)
        self._file.seek(4)
        self._file.write(struct.pack("<I", self._size - 8))

    def _end_frame(self, end_ms: int) -> None:
        if self._frame:
            shown_ms = min(_LONGEST_MS, end_ms - self._began_ms).to_bytes(3, "little")
            self._write(_chunk(b"ANMF", self._frame[:12] + shown_ms + self._frame[15:]))
            self._frame = b""

    def _write(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > _MOST_BYTES:
            raise EncodeError("the animation is larger than 4 GB, more than a WebP can hold: export a video")
        self._file.write(data)

    def _encoded(self, part: Picture) -> bytes:
        """Give the chunks of a picture that is coded by itself."""
        made = io.BytesIO()
        image = PilImage.fromarray(np.ascontiguousarray(part[..., (2, 1, 0, 3)]), "RGBA")
        image.save(made, "WEBP", quality=self._quality)
        data, place, chunks = made.getvalue(), 12, b""
        while place < len(data):
            name, size = struct.unpack_from("<4sI", data, place)
            after = place + 8 + size + size % 2
            if name in (b"ALPH", b"VP8 ", b"VP8L"):
                chunks += data[place:after]
            place = after
        return chunks


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _difference(before: Picture | None, now: Picture) -> tuple[int, int, Picture, bool]:
    """Give what is to be put over the picture before: where, its pixels, and whether it is blended with it.

    Blocks that stay as they are can be let out where all others hide what is below them.
    """
    if before is None:
        return 0, 0, now, False
    height, width = now.shape[:2]
    differs = now.view(np.uint32)[..., 0] != before.view(np.uint32)[..., 0]
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    top, left = (int(edge[0]) // _BLOCK * _BLOCK for edge in (rows, columns))
    bottom, right = (
        min(side, -(-(int(edge[-1]) + 1) // _BLOCK) * _BLOCK)
        for edge, side in ((rows, height), (columns, width))
    )
    part, differs = now[top:bottom, left:right], differs[top:bottom, left:right]
    changed = np.logical_or.reduceat(differs, np.arange(0, bottom - top, _BLOCK), axis=0)
    changed = np.logical_or.reduceat(changed, np.arange(0, right - left, _BLOCK), axis=1)
    stays = ~changed.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)[: bottom - top, : right - left]
    if (~changed).mean() < _WORTH or not (stays | (part[..., 3] == 255)).all():
        return left, top, part, False
    shown = part.copy()
    shown[stays] = (*part[~stays, :3].mean(axis=0).round(), 0)
    return left, top, shown, True
