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


def picture_halvings(sigma: float) -> int:
    """Give how often an opaque picture is halved before it is blurred by so many pixels."""
    return max(0, math.floor(math.log2(max(1.0, sigma / _ENOUGH_PICTURE_SIGMA))))


def halved_picture(pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Give a copy of opaque pixels whose sides are halved so often; in one go it takes five times as long."""
    height, width = pixels.shape[:2]
    right, bottom = -width % 2**times, -height % 2**times
    if right or bottom:  # whole blocks, so that the copy lies exactly over the original
        pixels = np.asarray(cv2.copyMakeBorder(pixels, 0, bottom, 0, right, cv2.BORDER_REPLICATE), np.uint8)
    for _ in range(times):
        size = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return pixels


def blur_halved(
    small: NDArray[np.uint8], times: int, sigma: float, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Blur a halved picture, and give it in its own size; outside is what is nearest: edges stay opaque.

    Parameters
    ----------
    small : array of uint8, shape (h, w, 4)
        As `halved_picture` gives it.
    times : int
        How often it was halved.
    sigma : float
        The Gaussian's standard deviation in pixels of the picture's own size.
    size : (int, int)
        That width and height.
    """
    if sigma >= 0.05:
        # A smaller copy is soft by itself: by its blocks, and by what is mixed between two of them.
        own = math.sqrt((sigma / 2**times) ** 2 - (0.25 if times else 0.0))
        small = np.asarray(cv2.GaussianBlur(small, (0, 0), own, borderType=cv2.BORDER_REPLICATE), np.uint8)
    if times:
        large = (small.shape[1] << times, small.shape[0] << times)
        small = np.asarray(cv2.resize(small, large, interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.ascontiguousarray(small[: size[1], : size[0]])


def shadow_pixels(pixels: NDArray[np.uint8], sigma: float, color: str) -> NDArray[np.uint8]:
    """Give the blurred silhouette of premultiplied BGRA pixels in one colour."""
    alpha = blur_pixels(np.ascontiguousarray(pixels[:, :, 3]), sigma)
    r, g, b, a = parse_color(color)
    table = np.empty((256, 1, 4), np.uint8)
    steps = np.arange(256)[:, np.newaxis] * a
    table[:, 0, :] = steps * np.array([b, g, r, 1.0]) + 0.5
    return cv2.LUT(cv2.merge([alpha] * 4), table).astype(np.uint8, copy=False)
