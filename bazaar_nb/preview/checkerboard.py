"""What shows where a film is transparent: a checkerboard, as programs for pictures have it.

What players and pages show holds no alpha, so that the board is put below the
pixels. Exports never have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

_GREYS = (0xA8, 0x94)
"""In the middle: white words and black ones are seen on them."""
_SQUARES = 24
"""Along the shorter side, about: they are seen in thumbnails, and don't outshine what is above."""


def put_on_checkerboard(
    pixels: NDArray[np.uint8],
    into: NDArray[np.uint8],
    areas: Sequence[tuple[int, int, int, int]] | None = None,
) -> None:
    """Put pixels on a checkerboard.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 4)
        Premultiplied, alpha last.
    into : array of uint8, shape (height, width, 4)
        Gets them, opaque; may be the same array.
    areas : sequence of (int, int, int, int), optional
        Left, top, right and bottom of what is to be done; by default all.
    """
    height, width = pixels.shape[:2]
    board = _board(width, height)
    for left, top, right, bottom in ((0, 0, width, height),) if areas is None else areas:
        part = np.s_[top:bottom, left:right]
        rest = np.uint16(255) - pixels[part][..., 3:]
        below = board[part][..., np.newaxis] * rest
        below += 128
        below += below >> 8
        below >>= 8
        into[part] = pixels[part] + below.astype(np.uint8)
        into[part][..., 3] = 255


def on_checkerboard(image: PilImage.Image) -> PilImage.Image:
    """Give an image with alpha on a checkerboard; one without as it is."""
    if image.mode != "RGBA":
        return image
    board = PilImage.fromarray(_board(*image.size).astype(np.uint8)).convert("RGBA")
    return PilImage.alpha_composite(board, image).convert("RGB")


@lru_cache(maxsize=4)
def _board(width: int, height: int) -> NDArray[np.uint16]:
    side = max(2, round(min(width, height) / _SQUARES))
    across, down = np.arange(width) // side, np.arange(height) // side
    odd = (across + down[:, np.newaxis]) % 2
    board: NDArray[np.uint16] = np.array(_GREYS, np.uint16)[odd]
    return board
