"""Grain: noise that is the same for the same seed, at any scale that a film is drawn at."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.bitmaps import BitmapCache
from bazaar_nb.draw.canvas import Bounds
from bazaar_nb.scene.filter_steps import Grain

_SIDE = 1024  # pixels of the composition: larger than what the eye finds again
_GRID = 8  # tiles are moved by so many pixels: a preview, at half or a quarter, has the same grain
_MARGIN = 4  # grains around the tile, so that its edges fit together
_MOST_SCALE = 4.0

Tile = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""What is added to pixels, and what is taken from them; BGRA, alpha 0."""


def add_grain(
    pixels: NDArray[np.uint8], step: Grain, corner: Bounds, scale: float, kept: BitmapCache
) -> NDArray[np.uint8]:
    """Add grain to premultiplied pixels; what is not there gets none.

    Parameters
    ----------
    corner : Bounds
        Where the pixels are: grain doesn't depend on which part is drawn.
    kept : BitmapCache
        Where tiles of noise are kept.
    """
    if step.amount == 0:
        return pixels
    scale = min(max(scale, 1 / 64), _MOST_SCALE)
    key = ("grain", step.amount, step.size, step.colored, scale)
    lighter, darker = kept.get(key, lambda: _tile(step, scale), lambda tile: 2 * tile[0].nbytes)
    side = len(lighter)
    mixed = _scrambled(step.seed)
    places = _SIDE // _GRID
    across, down = (round(place % places * _GRID * scale) for place in (mixed, mixed // places))
    grained = np.empty(pixels.shape, np.uint8)
    height, width = pixels.shape[:2]
    y = 0
    while y < height:
        v = (corner.top + y + down) % side
        high = min(side - v, height - y)
        x = 0
        while x < width:
            u = (corner.left + x + across) % side
            wide = min(side - u, width - x)
            room = slice(y, y + high), slice(x, x + wide)
            tile = slice(v, v + high), slice(u, u + wide)
            grained[room] = cv2.subtract(cv2.add(pixels[room], lighter[tile]), darker[tile])
            x += wide
        y += high
    alpha = pixels[:, :, 3:]
    if (alpha != 255).any():
        np.minimum(grained, alpha, out=grained)
    return grained


def _tile(step: Grain, scale: float) -> Tile:
    channels = 3 if step.colored else 1
    cells = max(4, round(_SIDE / step.size))
    rng = np.random.Generator(np.random.PCG64(20261129))
    noise = rng.standard_normal((cells, cells, channels), np.float32)
    noise = np.pad(noise, ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)), "wrap")
    cell = _SIDE / cells
    whole, margin = round((cells + 2 * _MARGIN) * cell), round(_MARGIN * cell)
    way = cv2.INTER_CUBIC if cell > 1 else cv2.INTER_AREA
    field = cv2.resize(noise, (whole, whole), interpolation=way)[margin:, margin:][:_SIDE, :_SIDE]
    field = field.reshape(_SIDE, _SIDE, channels)
    field = field * np.float32(step.amount * 255 / max(1e-6, float(field.std())))
    side = max(1, round(_SIDE * scale))
    if side != _SIDE:
        way = cv2.INTER_AREA if side < _SIDE else cv2.INTER_LINEAR
        field = cv2.resize(field, (side, side), interpolation=way).reshape(side, side, channels)
    tile = []
    for sign in (1, -1):
        part = np.zeros((side, side, 4), np.uint8)
        part[:, :, :3] = np.clip(sign * field + 0.5, 0, 255)
        tile.append(part)
    return tile[0], tile[1]


def _scrambled(seed: int) -> int:
    """Give a number that looks random: splitmix64 (https://prng.di.unimi.it/splitmix64.c)."""
    most = (1 << 64) - 1
    value = (seed + 1) * 0x9E3779B97F4A7C15 & most
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & most
    value = (value ^ value >> 27) * 0x94D049BB133111EB & most
    return value ^ value >> 31
