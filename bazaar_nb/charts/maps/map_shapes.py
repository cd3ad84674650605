"""Areas of a map in pixels, and as elements: all of one colour are one path."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bazaar_nb.charts.maps.map_outlines import Floats, Placed, path_data, pixel_rings, place
from bazaar_nb.scene.elements import AnyElement, Ellipse, Path
from bazaar_nb.scene.paint import Stroke

_MOST_SPOKES = 24  # of an outline: where its land is
_LONGEST = 900_000  # letters of one path
_LEAST, _DOT = 5.0, 6.0  # a smaller area is a dot, pixels where the shorter side is 1080


@dataclass(frozen=True)
class PlacedShapes:
    """Outlines in pixels.

    Attributes
    ----------
    outlines : tuple of str
        SVG path data, one an area; empty where nothing of it is seen.
    dots : tuple of (float, float) or None
        The middle of areas that are too small to be seen.
    centers : tuple of (float, float) or None
        The centroid of each area's largest outline, of what is seen of it.
    radii : tuple of float
        Of circles as large as each area.
    land : array of shape (n, 2)
        Places on land, all over it, that words had better not cover.
    border : Stroke
    unit : float
        A pixel where the shorter side is 1080.
    """

    outlines: tuple[str, ...]
    dots: tuple[tuple[float, float] | None, ...]
    centers: tuple[tuple[float, float] | None, ...]
    radii: tuple[float, ...]
    land: Floats
    border: Stroke
    unit: float

    def group(
        self, numbers: Iterable[int], color: str, opacity: float = 1.0, *, dots: bool = True
    ) -> list[AnyElement]:
        """Give areas in one colour: as few elements as there can be, and dots for small ones."""
        elements: list[AnyElement] = []
        small: list[AnyElement] = []
        joined: list[str] = []
        length = 0
        for number in numbers:
            outline, dot = self.outlines[number], self.dots[number]
            if dot is not None:
                if dots:
                    width = _DOT * self.unit
                    small.append(Ellipse(x=dot[0], y=dot[1], width=width, fill=color, opacity=opacity))
                continue
            if length + len(outline) > _LONGEST:
                elements.append(self._path(joined, color, opacity))
                joined, length = [], 0
            joined.append(outline)
            length += len(outline)
        if length:
            elements.append(self._path(joined, color, opacity))
        return elements + small

    def _path(self, joined: list[str], color: str, opacity: float) -> Path:
        return Path("".join(joined), fill=color, stroke=self.border, opacity=opacity)


def place_shapes(
    projected: Sequence[Sequence[Floats]],
    placed: Placed,
    box: tuple[float, float, float, float],
    border: Stroke,
    unit: float,
) -> PlacedShapes:
    """Give areas in pixels, within a box (left, top, right, bottom)."""
    outlines: list[str] = []
    dots: list[tuple[float, float] | None] = []
    centers: list[tuple[float, float] | None] = []
    land: list[Floats] = [np.empty((0, 2))]
    radii: list[float] = []
    for rings in projected:
        found = pixel_rings(rings, placed, box)
        size = max((float(np.ptp(ring, axis=0).max()) for ring in found), default=0.0)
        dot = None
        if rings and size < _LEAST * unit:
            x, y = place(np.concatenate(rings).mean(axis=0)[None, :], placed)[0].tolist()
            dot = (x, y) if box[0] <= x <= box[2] and box[1] <= y <= box[3] else None
        outlines.append(path_data(found))
        for ring in found:  # from the middle outwards
            some, middle = ring[:: max(1, len(ring) // _MOST_SPOKES)], ring.mean(axis=0)
            land += [middle + (some - middle) * part for part in (0.25, 0.5, 0.75, 1.0)]
        dots.append(dot)
        radii.append(math.sqrt(sum(map(_doubled_area, found)) / 2 / math.pi))
        centers.append(dot if dot is not None or not found else _centroid(max(found, key=_doubled_area)))
    return PlacedShapes(
        tuple(outlines), tuple(dots), tuple(centers), tuple(radii), np.concatenate(land), border, unit
    )


def _doubled_area(ring: Floats) -> float:
    x, y = ring.T
    return abs(float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)))


def _centroid(ring: Floats) -> tuple[float, float]:
    """Give the centroid of a polygon."""
    middle = ring.mean(axis=0)
    x, y = (ring - middle).T
    u, v = np.roll(x, -1), np.roll(y, -1)
    parts = x * v - u * y
    whole = 3.0 * float(parts.sum()) or 1.0
    return float(middle[0] + ((x + u) * parts).sum() / whole), float(
        middle[1] + ((y + v) * parts).sum() / whole
    )
