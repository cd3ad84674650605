"""`Mask` and `Average`: layers multiplied, and layers mixed."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.elements.group_row_column import ARRANGED
from bazaar_nb.draw.elements.registry import Kind, Layering, Piece, register
from bazaar_nb.scene.elements import Average, Mask


def _no_spread(_element: Mask | Average, _scale: float) -> int:
    return 0


def _mask(layering: Layering, element: Mask) -> Iterable[Piece]:
    *shown, number = layering.all_children()
    bounds = layering.reach(shown)
    if not element.inverted:
        bounds = bounds.within(layering.reach((number,)))
    parts = [part.within(bounds) for part in layering.parts]
    parts = [part for part in parts if not part.is_empty]
    if not parts:
        return
    layer, mask = layering.layer(shown), layering.layer((number,))
    for left, top, right, bottom in parts:
        room = slice(top, bottom), slice(left, right)
        share = _luma(mask[room]) if element.mode == "luma" else np.ascontiguousarray(mask[room][:, :, 3])
        if element.inverted:
            share = ~share
        # A product over 255 is never half way between two levels: it is rounded the same everywhere.
        masked = cv2.multiply(layer[room], cv2.merge([share] * 4), scale=1 / 255)
        yield Piece(left, top, np.asarray(masked, np.uint8))


def _luma(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give how bright premultiplied pixels are: Rec. 709's weights, in 256ths."""
    weights = (18, 183, 55)  # blue, green, red
    total = np.full(pixels.shape[:2], 128, np.uint16)
    for channel, weight in enumerate(weights):
        total += pixels[:, :, channel] * np.uint16(weight)
    return (total >> np.uint16(8)).astype(np.uint8)


def _average(layering: Layering, _element: Average) -> Iterable[Piece]:
    count = len(layering.all_children())
    sums = [np.full((part.height, part.width, 4), count // 2, np.uint16) for part in layering.parts]
    for number in layering.all_children():
        layer = layering.layer((number,))
        for part, total in zip(layering.parts, sums, strict=True):
            np.add(total, layer[part.top : part.bottom, part.left : part.right], out=total)
    for part, total in zip(layering.parts, sums, strict=True):
        yield Piece(part.left, part.top, (total // np.uint16(count)).astype(np.uint8))


register(Mask, Kind(**ARRANGED, compose=_mask, spread=_no_spread, has_roles=True))  # type: ignore[arg-type]
register(Average, Kind(**ARRANGED, compose=_average, spread=_no_spread, has_roles=True))  # type: ignore[arg-type]
