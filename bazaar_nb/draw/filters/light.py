"""Glow: what is bright shines on what is around it."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.canvas import Bounds
from bazaar_nb.scene.filter_steps import Glow

_ENOUGH_SIGMA = 2.5  # a smaller copy is blurred as long as its sigma stays above this


def glow_spread(step: Glow, scale: float) -> int:
    """Give how many device pixels around a part matter for it, and are changed by it."""
    sigma = step.radius * scale
    return math.ceil(3 * sigma) + 4 * _shrink(sigma)


def glow_grid(step: Glow, scale: float) -> int:
    """Give what the corners of the pixels that it is given must be multiples of, in device pixels."""
    return _shrink(step.radius * scale)


def _shrink(sigma: float) -> int:
    return 1 << math.floor(math.log2(max(1.0, sigma / _ENOUGH_SIGMA)))


def add_glow(pixels: NDArray[np.uint8], step: Glow, scale: float) -> NDArray[np.uint8]:
    """Add a glow to premultiplied pixels, as a screen does: what is light stays below white.

    All is done in whole numbers, so that a part of a picture gets what all of it does. Beyond the
    edge it is as bright as at the edge.
    """
    sigma = step.radius * scale
    if step.strength == 0 or min(pixels.shape[:2]) == 0:
        return pixels
    shrink = _shrink(sigma)
    height, width = pixels.shape[:2]
    padded = cv2.copyMakeBorder(pixels, 0, -height % shrink, 0, -width % shrink, cv2.BORDER_REPLICATE)
    small = padded
    if shrink > 1:
        size = (padded.shape[1] // shrink, padded.shape[0] // shrink)
        small = cv2.resize(padded, size, interpolation=cv2.INTER_AREA)
    light = small.astype(np.float32)
    light[:, :, :3] -= light[:, :, 3:] * np.float32(step.threshold)
    np.maximum(light, 0, out=light)
    light *= np.float32(step.strength / max(1 - step.threshold, 0.05))
    bright = np.minimum(light + np.float32(0.5), 255).astype(np.uint8)
    bright[:, :, 3] = bright[:, :, :3].max(axis=2)
    if sigma > 0.05:
        bright = cv2.GaussianBlur(bright, (0, 0), sigma / shrink, borderType=cv2.BORDER_REPLICATE)
    if shrink > 1:
        size = (padded.shape[1], padded.shape[0])
        bright = cv2.resize(bright, size, interpolation=cv2.INTER_LINEAR)[:height, :width]
    both = cv2.multiply(pixels, bright, scale=1 / 255)
    return np.asarray(cv2.add(pixels, cv2.subtract(bright, both)), np.uint8)


def grown_to_grid(part: Bounds, spread: int, grid: int, frame: Bounds) -> Bounds:
    """Give a part grown on all sides, with corners on a grid, as far as the frame goes."""
    left, top, right, bottom = part.grown(spread)
    return Bounds(
        left // grid * grid, top // grid * grid, -(-right // grid) * grid, -(-bottom // grid) * grid
    ).within(frame)
