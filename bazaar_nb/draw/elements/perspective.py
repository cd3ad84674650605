"""`Perspective`: elements drawn flat, and then warped as a plane that is turned in space."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.canvas import Bounds, Matrix
from bazaar_nb.draw.elements.group_row_column import ARRANGED
from bazaar_nb.draw.elements.registry import InkBox, Kind, Layering, Piece, register
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import Perspective

_NEAREST = (
    1 / 16
)  # of the distance: what comes nearer to the eye is not seen, and nothing is larger than 16 times
_FINE = 1.5  # pixels of the plane for one of the picture: letters stay sharp
_MOST_PIXELS = 2.5  # of the plane, as a multiple of the picture's
_RIM = 2  # transparent pixels around the plane, for smooth edges
_MOST_SHRINK = 256

Map = NDArray[np.float64]
"""Of points in homogeneous coordinates, shape (3, 3)."""


def _projection(element: Perspective, area: Area) -> Map:
    """Give where points of the element's box are seen."""
    width, height = area.width, area.height
    distance = element.distance or 2 * max(width, height, 1.0)
    a, b, depth = math.radians(element.rotate_x), math.radians(element.rotate_y), element.depth
    # What x, y and 1 become: first around the vertical line, then around the horizontal one.
    across = np.array([math.cos(b), 0.0, math.sin(b) * depth])
    away = np.array([-math.sin(b), 0.0, math.cos(b) * depth])
    down = math.cos(a) * np.array([0.0, 1.0, 0.0]) - math.sin(a) * away
    near = math.sin(a) * np.array([0.0, 1.0, 0.0]) + math.cos(a) * away - [0.0, 0.0, depth]
    share = np.array([0.0, 0.0, 1.0]) - near / distance
    eye = (element.vanishing[0] - 0.5) * width, (element.vanishing[1] - 0.5) * height
    rows = [plain + at * (share - [0.0, 0.0, 1.0]) for plain, at in zip((across, down), eye, strict=True)]
    middle = _moved(width / 2, height / 2)
    return np.asarray(middle @ np.array([*rows, share]) @ _moved(-width / 2, -height / 2))


def _moved(x: float, y: float) -> Map:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


class _Seen(NamedTuple):
    corners: NDArray[np.float64]
    """Of what is seen of the plane, shape (n, 2)."""
    whole: bool
    """Whether nothing of it is too near to the eye."""


def _seen(box: InkBox, projection: Map) -> _Seen:
    """Project a box, without what is too near to the eye, or behind it."""
    left, top, right, bottom = box
    flat = np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]], np.float64)
    points = flat @ projection.T
    kept: list[NDArray[np.float64]] = []
    for point, following in zip(points, np.roll(points, -1, axis=0), strict=True):
        here, there = point[2] - _NEAREST, following[2] - _NEAREST
        if here >= 0:
            kept.append(point)
        if here * there < 0:
            kept.append(point + (following - point) * here / (here - there))
    corners = np.array([point[:2] / point[2] for point in kept]).reshape(-1, 2)
    return _Seen(corners, bool((points[:, 2] >= _NEAREST).all()))


def project(element: Perspective, area: Area, box: InkBox) -> InkBox | None:
    """Give where a box of an element is seen, in the element's pixels; None where it isn't."""
    corners = _seen(box, _projection(element, area)).corners
    if len(corners) < 3:
        return None
    low, high = corners.min(axis=0), corners.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _compose(layering: Layering, element: Perspective) -> Iterable[Piece]:
    area, bounds, box = layering.area, layering.bounds, layering.plane_box()
    if box is None:
        return
    fine = _resolution(box, layering)
    plane = _plane(layering, box, fine)
    pixels = turn_plane(element, area, plane, box, fine, layering.target.matrix(), bounds)
    if pixels is None:
        return
    for left, top, right, bottom in layering.parts:
        x, y = left - bounds.left, top - bounds.top
        yield Piece(left, top, pixels[y : y + bottom - top, x : x + right - left])


def turn_plane(
    element: Perspective,
    area: Area,
    plane: NDArray[np.uint8],
    box: InkBox,
    fine: float,
    matrix: Matrix,
    bounds: Bounds,
) -> NDArray[np.uint8] | None:
    """Give how a flat picture is seen when it is turned in space; None where it isn't.

    Parameters
    ----------
    plane : array of uint8, shape (h, w, 4)
        The picture, premultiplied BGRA.
    box : tuple of four floats
        What it shows, from the corner of the element's box.
    fine : float
        How many of its pixels are one of the element's.
    matrix : array of float, shape (2, 3)
        From the element's pixels to those of the device.
    bounds : Bounds
        The device pixels that are wanted.
    """
    projection = _projection(element, area)
    seen = _seen(box, projection)
    if len(seen.corners) < 3:
        return None
    device = np.vstack([matrix, [0.0, 0.0, 1.0]])
    to_plane = np.diag([fine, fine, 1.0]) @ _moved(-box[0], -box[1])
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 1.0])
    plane, shrunk = _shrunk(plane, device @ projection @ np.linalg.inv(to_plane), to_plane @ middle)
    to_plane = _moved(_RIM, _RIM) @ shrunk @ to_plane
    # Whole numbers are the middles of pixels for OpenCV, and their corners for skia.
    warp = _moved(-bounds.left - 0.5, -bounds.top - 0.5) @ device @ projection
    warp = warp @ np.linalg.inv(to_plane) @ _moved(0.5, 0.5)
    if abs(np.linalg.det(warp)) < 1e-12:  # seen from its edge
        return None
    back = np.linalg.inv(warp)
    picture = cv2.warpPerspective(
        plane, back, (bounds.width, bounds.height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0),
    )  # fmt: skip
    pixels = np.asarray(picture, np.uint8)
    if not seen.whole:
        nearness = back[2] @ np.array(
            np.broadcast_arrays(np.arange(bounds.width), np.arange(bounds.height)[:, None], 1.0)
        ).reshape(3, -1)
        pixels[~((nearness > 0) & (nearness <= 1 / _NEAREST)).reshape(pixels.shape[:2])] = 0
    return pixels


def _resolution(box: InkBox, layering: Layering) -> float:
    """Give how many pixels the plane has for one of the element's."""
    size = (box[2] - box[0]) * (box[3] - box[1])
    most = math.sqrt(_MOST_PIXELS * layering.frame_pixels / size)
    return max(min(layering.scale * _FINE, most), 1e-3)


def _plane(layering: Layering, box: InkBox, fine: float) -> NDArray[np.uint8]:
    size = (
        max(1, math.ceil((box[2] - box[0]) * fine)),
        max(1, math.ceil((box[3] - box[1]) * fine)),
    )
    matrix = skia.Matrix.Scale(fine, fine)
    matrix.preTranslate(-box[0], -box[1])
    name = ("plane", layering.children_key(), layering.area.width, layering.area.height, box, fine)
    bitmaps = layering.bitmaps
    if not bitmaps.is_worth_keeping(name):
        return layering.plane(matrix, size)
    plane: NDArray[np.uint8] = bitmaps.get(
        name, lambda: layering.plane(matrix, size), lambda pixels: int(pixels.nbytes)
    )
    return plane


def _shrunk(
    plane: NDArray[np.uint8], to_device: Map, middle: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], Map]:
    """Make a plane smaller along the axes on which it is seen so, and give it a rim.

    Returns
    -------
    plane : array of uint8, shape (h, w, 4)
    map : array of shape (3, 3)
        From the plane's pixels, before, to those without the rim.
    """
    x, y, share = to_device @ middle
    factors = []
    for axis in range(2):
        dx, dy, slope = to_device[:, axis]
        length = math.hypot(dx * share - x * slope, dy * share - y * slope) / max(share * share, 1e-9)
        shrink = 2 ** math.floor(math.log2(1 / length)) if length > 1 / _MOST_SHRINK else _MOST_SHRINK
        factors.append(max(1, min(shrink, _MOST_SHRINK)))
    across, down = factors
    height, width = plane.shape[:2]
    right, bottom = -width % across, -height % down
    if across > 1 or down > 1:
        plane = cv2.copyMakeBorder(plane, 0, bottom, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))  # type: ignore[assignment]
        size = (plane.shape[1] // across, plane.shape[0] // down)
        plane = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    rimmed = cv2.copyMakeBorder(plane, _RIM, _RIM, _RIM, _RIM, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    return np.asarray(rimmed, np.uint8), np.diag([1 / across, 1 / down, 1.0])


register(Perspective, Kind(**ARRANGED, compose=_compose, project=project))  # type: ignore[arg-type]
