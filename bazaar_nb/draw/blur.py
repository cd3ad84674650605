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
_ENOUGH_PICTURE_SIGMA = 3.0  # whole pictures are blurred on their way only, and there are many of them


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


def blur_picture(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """Blur opaque pixels; outside is what is nearest, so that the edges stay opaque.

    Parameters
    ----------
    sigma : float
        The Gaussian's standard deviation in pixels.
    """
    if sigma < 0.05:
        return pixels
    height, width = pixels.shape[:2]
    shrink = max(1, 2 ** math.floor(math.log2(max(1.0, sigma / _ENOUGH_PICTURE_SIGMA))))
    border = cv2.BORDER_REPLICATE
    if shrink == 1:
        return cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=border).astype(np.uint8, copy=False)
    right, bottom = -width % shrink, -height % shrink
    padded = cv2.copyMakeBorder(pixels, 0, bottom, 0, right, border)
    small = cv2.resize(
        padded, (padded.shape[1] // shrink, padded.shape[0] // shrink), interpolation=cv2.INTER_AREA
    )
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=border)
    large = cv2.resize(small, (padded.shape[1], padded.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(large[:height, :width]).astype(np.uint8, copy=False)


def shadow_pixels(pixels: NDArray[np.uint8], sigma: float, color: str) -> NDArray[np.uint8]:
    """Give the blurred silhouette of premultiplied BGRA pixels in one colour."""
    alpha = blur_pixels(np.ascontiguousarray(pixels[:, :, 3]), sigma)
    r, g, b, a = parse_color(color)
    table = np.empty((256, 1, 4), np.uint8)
    steps = np.arange(256)[:, np.newaxis] * a
    table[:, 0, :] = steps * np.array([b, g, r, 1.0]) + 0.5
    return cv2.LUT(cv2.merge([alpha] * 4), table).astype(np.uint8, copy=False)
