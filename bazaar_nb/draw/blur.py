"""Blur and shadows of bitmaps.

A Gaussian of a large radius is taken on a smaller copy: with sigma at least 4
pixels there the difference is below what 8 bits show, at a fraction of the time.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.values.color import parse_color

_ENOUGH_SIGMA = 6.0
_ENOUGH_PICTURE_SIGMA = 1.5  # of whole pictures, on their way: at most 5 levels of 255 from the Gaussian


def blur_pixels(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """Blur premultiplied BGRA pixels, or one channel; outside is transparent.

    Parameters
    ----------
    sigma : float
        The Gaussian's standard deviation in pixels.
    """
    if sigma < 0.05:
        return pixels
    height, width = pixels.shape[:2]
    shrink = max(1, 2 ** math.floor(math.log2(max(1.0, sigma / _ENOUGH_SIGMA))))
    if shrink == 1:
        return cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT).astype(
            np.uint8, copy=False
        )
    # Whole blocks, so that the copy lies exactly over the original.
    right, bottom = -width % shrink, -height % shrink
    padded = cv2.copyMakeBorder(pixels, 0, bottom, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    size = (padded.shape[1] // shrink, padded.shape[0] // shrink)
    small = cv2.resize(padded, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=cv2.BORDER_CONSTANT)
    large = cv2.resize(small, (padded.shape[1], padded.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(large[:height, :width]).astype(np.uint8, copy=False)


def blur_picture(
    pixels: NDArray[np.uint8], sigma: float, below: NDArray[np.uint8] | None = None, share: float = 1.0
) -> NDArray[np.uint8]:
    """Blur opaque pixels; outside is what is nearest, so that the edges stay opaque.

    Parameters
    ----------
    sigma : float
        The Gaussian's standard deviation in pixels.
    below : array of uint8, shape (h, w, 4), optional
        Opaque pixels that they are mixed with.
    share : float
        How much of the mixture the first are.
    """
    height, width = pixels.shape[:2]
    halvings = max(0, math.floor(math.log2(max(1.0, sigma / _ENOUGH_PICTURE_SIGMA))))
    small = [_halved(one, halvings) for one in (pixels, below) if one is not None]
    mixed = small[0] if len(small) == 1 else cv2.addWeighted(small[0], share, small[1], 1.0 - share, 0.0)
    if sigma >= 0.05:
        # A smaller copy is soft by itself: by its blocks, and by what is mixed between two of them.
        own = math.sqrt((sigma / 2**halvings) ** 2 - (0.25 if halvings else 0.0))
        mixed = cv2.GaussianBlur(mixed, (0, 0), own, borderType=cv2.BORDER_REPLICATE)
    if halvings:
        size = (mixed.shape[1] << halvings, mixed.shape[0] << halvings)
        mixed = cv2.resize(mixed, size, interpolation=cv2.INTER_LINEAR)[:height, :width]
    return np.ascontiguousarray(mixed).astype(np.uint8, copy=False)


def _halved(pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Give a copy whose sides are halved so many times; in one go it takes five times as long."""
    height, width = pixels.shape[:2]
    right, bottom = -width % 2**times, -height % 2**times
    if right or bottom:  # whole blocks, so that the copy lies exactly over the original
        pixels = np.asarray(cv2.copyMakeBorder(pixels, 0, bottom, 0, right, cv2.BORDER_REPLICATE), np.uint8)
    for _ in range(times):
        size = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return pixels


def shadow_pixels(pixels: NDArray[np.uint8], sigma: float, color: str) -> NDArray[np.uint8]:
    """Give the blurred silhouette of premultiplied BGRA pixels in one colour."""
    alpha = blur_pixels(np.ascontiguousarray(pixels[:, :, 3]), sigma)
    r, g, b, a = parse_color(color)
    table = np.empty((256, 1, 4), np.uint8)
    steps = np.arange(256)[:, np.newaxis] * a
    table[:, 0, :] = steps * np.array([b, g, r, 1.0]) + 0.5
    return cv2.LUT(cv2.merge([alpha] * 4), table).astype(np.uint8, copy=False)
