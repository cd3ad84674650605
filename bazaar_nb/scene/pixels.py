"""Arrays of pixels as bytes."""

from __future__ import annotations

import numpy as np

from bazaar_nb.errors import InvalidValueError

MAX_PIXELS = 100_000_000
"""The largest picture, in pixels, that an element may hold."""


def image_bytes(array: object) -> tuple[bytes, tuple[int, int, int]]:
    """Give an array's pixels as rows of bytes and their (height, width, channels).

    Raises
    ------
    InvalidValueError
        For a shape or a type that is no picture.
    """
    try:
        pixels = np.asarray(array)
    except ValueError as error:
        raise InvalidValueError(f"`array` is no array of numbers: {error} (Pixels)") from None
    shape = pixels.shape
    if pixels.ndim == 2:
        pixels = pixels[:, :, np.newaxis]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or 0 in pixels.shape:
        raise InvalidValueError(
            "`array` must have shape (height, width), (height, width, 3) or (height, width, 4), "
            f"got shape {shape} (Pixels)"
        )
    if pixels.shape[0] * pixels.shape[1] > MAX_PIXELS:
        raise InvalidValueError(
            f"`array` has {pixels.shape[1]}x{pixels.shape[0]} pixels, "
            f"at most {MAX_PIXELS:,} can be drawn (Pixels)"
        )
    if pixels.dtype == np.bool_:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    elif np.issubdtype(pixels.dtype, np.floating):
        if not np.isfinite(pixels).all():
            raise InvalidValueError("`array` has NaN or infinite values, wanted floats from 0 to 1 (Pixels)")
        pixels = (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
    elif pixels.dtype != np.uint8:
        raise InvalidValueError(
            f"`array` must be uint8 (0..255), bool or float (0..1), got {pixels.dtype} (Pixels)"
        )
    height, width, channels = pixels.shape
    return np.ascontiguousarray(pixels).tobytes(), (height, width, channels)
