"""Arrays of pixels as bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError

MAX_PIXELS = 100_000_000
"""The largest picture, in pixels, that an element may hold."""


def image_bytes(array: object) -> tuple[bytes, tuple[int, int, int]]:
    """Give an array's pixels as rows of bytes and their (height, width, channels).

    What a masked array hides is transparent: a pixel of which any channel is masked.

    Raises
    ------
    InvalidValueError
        For a shape or a type that is no picture, and for floats that can't be meant as 0 to 1.
    """
    try:
        pixels = np.asarray(array)
    except ValueError as error:
        raise InvalidValueError(f"`array` is no array of numbers: {error} (Pixels)") from None
    hidden: NDArray[np.bool_] | None = None
    if isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array):
        hidden = np.ma.getmaskarray(array)
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
    if hidden is not None:
        hidden = hidden.reshape(pixels.shape)
        pixels = np.where(hidden, np.zeros((), pixels.dtype), pixels)  # it may be NaN, or anything
    pixels = _as_bytes(pixels)
    if hidden is not None:
        pixels = _without(pixels, np.logical_or.reduce(hidden, axis=2))
    height, width, channels = pixels.shape
    return np.ascontiguousarray(pixels).tobytes(), (height, width, channels)


def _as_bytes(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * np.uint8(255)
    if not np.issubdtype(pixels.dtype, np.floating):
        raise InvalidValueError(
            f"`array` must be uint8 (0..255), bool or float (0..1), got {pixels.dtype} (Pixels)"
        )
    low, high = float(pixels.min()), float(pixels.max())
    if not np.isfinite((low, high)).all():
        raise InvalidValueError(
            "`array` has NaN or infinite values, wanted floats from 0 to 1; "
            "np.ma.masked_invalid(array) shows none of them (Pixels)"
        )
    if low < -1 or high > 2:
        # A little beyond 0..1, as resampling leaves it, is cut off; this much is another scale.
        advice = "divide by 255" if low >= 0 and high <= 255 else "scale them"
        raise InvalidValueError(
            f"`array` has floats from {low:g} to {high:g}, wanted 0 to 1: {advice}, "
            "or cut off what is beyond with np.clip(array, 0, 1) (Pixels)"
        )
    scaled: NDArray[np.uint8] = (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
    return scaled


def _without(pixels: NDArray[np.uint8], hidden: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Give RGBA that is transparent where pixels are hidden."""
    rgba = np.full((*hidden.shape, 4), 255, np.uint8)
    rgba[:, :, : max(3, pixels.shape[2])] = pixels  # one channel of grey becomes three
    rgba[hidden] = 0
    return rgba
