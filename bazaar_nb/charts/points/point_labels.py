"""Names beside points: each where there is room, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import Anchor

Floats = NDArray[np.float64]
_SIDES: tuple[tuple[Anchor, float, float], ...] = (
    ("left", 1, 0), ("right", -1, 0), ("bottom", 0, -1), ("top", 0, 1),
    ("bottom-left", 0.7, -0.7), ("bottom-right", -0.7, -0.7), ("top-left", 0.7, 0.7),
    ("top-right", -0.7, 0.7),
)  # fmt: skip


class PointLabel(NamedTuple):
    """A name beside a point: which point, and where the words' anchor is put."""

    number: int
    words: str
    x: float
    y: float
    anchor: Anchor


def place_point_labels(
    room: Room,
    area: Area,
    chosen: Sequence[int],
    names: Sequence[str],
    points: Floats,
    radii: Floats,
    also: Sequence[int] = (),
    weight: int = 600,
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
    """
    size = room.label_size
    taken: list[Area] = []
    found: list[PointLabel] = []
    own = points[[*chosen, *also]], radii[[*chosen, *also]]
    for number in chosen:
        words = room.shorten(names[number], size, 0.4 * area.width, weight)
        wide, tall = room.width_of(words, size, weight), 1.15 * size
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
            if any(_meet(box, other) for other in taken) or _covered(box, *own, but=(x, y)):
                continue
            cost = rank * 0.4 + _covered(box, points, radii, but=(x, y))
            if best is None or cost < best[0]:
                best = cost, PointLabel(number, words, round(at_x, 3), round(at_y, 3), anchor), box
        if best is not None:
            found.append(best[1])
            taken.append(best[2])
    return found


def label_boxes(room: Room, labels: Sequence[PointLabel]) -> list[Area]:
    """Give the boxes of names, for what should not lie over them."""
    size, boxes = room.label_size, []
    for one in labels:
        wide, tall = room.width_of(one.words, size, 600), 1.15 * size
        left = one.x - wide * (0.0 if "left" in one.anchor else 1.0 if "right" in one.anchor else 0.5)
        top = one.y - tall * (0.0 if "top" in one.anchor else 1.0 if "bottom" in one.anchor else 0.5)
        boxes.append(Area(left, top, left + wide, top + tall))
    return boxes


def point_boxes(room: Room, points: Floats, radii: Floats) -> list[Area]:
    """Give the boxes of large points, which words had better not cover."""
    large = np.argsort(-radii, kind="stable")[:12]
    return [
        Area(x - radius, y - radius, x + radius, y + radius)
        for (x, y), radius in zip(points[large].tolist(), radii[large].tolist(), strict=True)
        if radius > 0.8 * room.label_size
    ]


def _meet(one: Area, other: Area) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def _covered(box: Area, points: Floats, radii: Floats, but: tuple[float, float]) -> int:
    """Give how many points a box lies over, one of them left out."""
    x, y = points[:, 0], points[:, 1]
    dx = np.maximum(np.maximum(box.left - x, x - box.right), 0.0)
    dy = np.maximum(np.maximum(box.top - y, y - box.bottom), 0.0)
    over = dx * dx + dy * dy < radii * radii
    return int((over & ~((x == but[0]) & (y == but[1]))).sum())
