"""Names beside points: each where there is room, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.name_images import NO_IMAGES, NameImages
from bazaar_nb.charts.parts.occupied import meets
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import Anchor

Floats = NDArray[np.float64]
_SIDES: tuple[tuple[Anchor, float, float], ...] = (
    ("left", 1, 0), ("right", -1, 0), ("bottom", 0, -1), ("top", 0, 1),
    ("bottom-left", 0.7, -0.7), ("bottom-right", -0.7, -0.7), ("top-left", 0.7, 0.7),
    ("top-right", -0.7, 0.7),
)  # fmt: skip


class PointLabel(NamedTuple):
    """A name beside a point: which point, where the words' anchor is put, and their box with a picture."""

    number: int
    words: str
    x: float
    y: float
    anchor: Anchor
    box: Area


def place_point_labels(
    room: Room,
    area: Area,
    chosen: Sequence[int],
    names: Sequence[str],
    points: Floats,
    radii: Floats,
    also: Sequence[int] = (),
    weight: int = 600,
    pictures: NameImages = NO_IMAGES,
    boxes: Sequence[Area] = (),
) -> list[PointLabel]:
    """Find a place for each name, the first chosen first; one that has none is left out.

    Of eight sides of its point the one counts on which it lies in the area, over no other name and
    over no other chosen point; where several are free, the one that covers the fewest points.

    Parameters
    ----------
    chosen : sequence of int
        Which points have a name.
    points : array of shape (n, 2)
        In pixels.
    radii : array of shape (n,)
    also : sequence of int
        More points that no name may lie over.
    pictures : NameImages
        They stand before the names.
    boxes : sequence of Area
        Other words.
    """
    size = room.label_size
    taken = list(boxes)
    found: list[PointLabel] = []
    own = points[[*chosen, *also]], radii[[*chosen, *also]]
    for number in chosen:
        words = room.shorten(names[number], size, 0.4 * area.width, weight)
        beside = pictures.room_of(names[number])
        wide, tall = beside + room.width_of(words, size, weight), 1.15 * size
        x, y = points[number].tolist()
        away = float(radii[number]) + 0.3 * size
        best: tuple[float, PointLabel, Area] | None = None
        for rank, (anchor, right, down) in enumerate(_SIDES):
            at_x, at_y = x + right * away, y + down * away
            left = at_x - wide * (0.5 if right == 0 else 0.0 if right > 0 else 1.0)
            top = at_y - tall * (0.5 if down == 0 else 0.0 if down > 0 else 1.0)
            box = Area(left, top, left + wide, top + tall)
            if (
                box.left < area.left
                or box.right > area.right
                or box.top < area.top - size
                or box.bottom > area.bottom
            ):
                continue
            if any(meets(box, other) for other in taken) or _covered(box, *own, but=(x, y)):
                continue
            cost = rank * 0.4 + _covered(box, points, radii, but=(x, y))
            if best is None or cost < best[0]:
                right_shift = beside * (1.0 if "left" in anchor else 0.0 if "right" in anchor else 0.5)
                words_x = round(at_x + right_shift, 3)
                best = cost, PointLabel(number, words, words_x, round(at_y, 3), anchor, box), box
        if best is not None:
            found.append(best[1])
            taken.append(best[2])
    return found


def covered_places(room: Room, points: Floats, radii: Floats) -> Floats:
    """Give points that stand for circles: their middles, and of large ones more within."""
    large = np.flatnonzero(radii > 0.4 * room.label_size)
    angles = np.linspace(0.0, 2 * np.pi, 12, endpoint=False)
    around = np.column_stack([np.cos(angles), np.sin(angles)])
    inside = [points[large] + part * radii[large, None] * one for part in (0.5, 0.95) for one in around]
    return np.concatenate([points, *inside])


def point_boxes(room: Room, points: Floats, radii: Floats) -> list[Area]:
    """Give the boxes of large points, which words had better not cover."""
    large = np.argsort(-radii, kind="stable")[:12]
    return [
        Area(x - radius, y - radius, x + radius, y + radius)
        for (x, y), radius in zip(points[large].tolist(), radii[large].tolist(), strict=True)
        if radius > 0.8 * room.label_size
    ]


def _covered(box: Area, points: Floats, radii: Floats, but: tuple[float, float]) -> int:
    """Give how many points a box lies over, one of them left out."""
    x, y = points[:, 0], points[:, 1]
    dx = np.maximum(np.maximum(box.left - x, x - box.right), 0.0)
    dy = np.maximum(np.maximum(box.top - y, y - box.bottom), 0.0)
    over = dx * dx + dy * dy < radii * radii
    return int((over & ~((x == but[0]) & (y == but[1]))).sum())
