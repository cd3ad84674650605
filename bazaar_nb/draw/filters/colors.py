"""Colours changed, each pixel by itself: by a matrix, by curves, by a table of all colours."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.filters.cube_tables import look_up
from bazaar_nb.scene.filter_steps import ColorCurves, ColorMatrix

Pixels8 = NDArray[np.uint8]
"""Premultiplied BGRA, shape (h, w, 4)."""
Change = Callable[[Pixels8], Pixels8]
"""Takes opaque BGRA pixels and gives others."""


def change_colors(pixels: Pixels8, change: Change) -> Pixels8:
    """Change the colours of premultiplied pixels, and leave their opacities.

    Those that let something through are few, as at edges, and are worked on apart.
    """
    alpha = pixels[:, :, 3]
    solid = alpha == 255
    if solid.all():
        return change(pixels)
    changed = cv2.copyTo(change(pixels), solid.view(np.uint8), np.zeros_like(pixels))
    soft = np.flatnonzero((alpha > 0) & ~solid)
    if len(soft):
        flat = pixels.reshape(-1, 4)[soft].astype(np.uint32)
        opacity = flat[:, 3:]
        straight = np.minimum((flat * 255 + opacity // 2) // opacity, 255).astype(np.uint8)
        straight[:, 3] = 255
        colored = change(straight[np.newaxis])[0].astype(np.uint32)
        mixed = ((colored * opacity + 127) // 255).astype(np.uint8)
        mixed[:, 3] = opacity[:, 0]
        changed.reshape(-1, 4)[soft] = mixed
    return np.asarray(changed, np.uint8)


def by_matrix(step: ColorMatrix) -> Change:
    """Give what multiplies colours with a matrix.

    OpenCV does so with three channels an order of magnitude faster than with four.
    """
    rows = np.array(step.values, np.float64).reshape(3, 4)
    rows[:, 3] *= 255
    matrix = rows[::-1, [2, 1, 0, 3]].astype(np.float32)  # BGR

    def change(pixels: Pixels8) -> Pixels8:
        colors = cv2.transform(cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), matrix)
        return np.asarray(cv2.cvtColor(colors, cv2.COLOR_BGR2BGRA), np.uint8)

    return change


def by_curves(step: ColorCurves) -> Change:
    """Give what looks each of red, green and blue up in a curve."""
    curves = step.values.values().astype(np.float64)
    curves = curves.reshape(len(curves), -1)
    at = np.linspace(0, 1, 256)
    points = np.linspace(0, 1, len(curves))
    columns = [np.interp(at, points, curves[:, column % curves.shape[1]]) for column in (2, 1, 0)]
    table = np.empty((256, 1, 4), np.uint8)
    table[:, 0, :3] = np.clip(np.stack(columns, axis=1) * 255 + 0.5, 0, 255)
    table[:, 0, 3] = np.arange(256)

    def change(pixels: Pixels8) -> Pixels8:
        return np.asarray(cv2.LUT(pixels, table), np.uint8)

    return change


def by_cube(table: NDArray[np.uint32]) -> Change:
    """Give what looks colours up in a table of all of them, as `cube_tables.look_up_table` gives it."""

    def change(pixels: Pixels8) -> Pixels8:
        return look_up(pixels, table)

    return change
