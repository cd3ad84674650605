"""Points of a map: their places, sizes, colours and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.maps.map_outlines import Placed, place
from bazaar_nb.charts.maps.projections import Projection
from bazaar_nb.charts.parts.marks import Dot, Mark
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.phases import Phases
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns
from bazaar_nb.charts.theme import Theme
from bazaar_nb.motion.easing import Easing
from bazaar_nb.scene.elements import AnyElement, Image, Points, Text
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.color import parse_color

Floats = NDArray[np.float64]
LARGEST_RADIUS, _PLAIN = 0.034, 0.0075  # radii as shares of the shorter side
_OPACITY = 0.8
_MOST_LABELS = 14
_COME_S = 0.5


@dataclass(frozen=True)
class MapPoints:
    """Points in degrees, the largest first, so that small ones lie above.

    Attributes
    ----------
    keys, labels : tuple of str
    longitudes, latitudes : array of shape (n,)
    sizes : array of shape (n,) or None
        What their areas stand for.
    colors : tuple of str
    groups : tuple of (str, str)
        What each colour stands for.
    moments : array of shape (n,) or None
        When each comes.
    """

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    longitudes: Floats
    latitudes: Floats
    sizes: Floats | None
    colors: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    moments: Floats | None

    @classmethod
    def read(
        cls,
        columns: Columns,
        theme: Theme,
        *,
        x: str,
        y: str,
        name: str | None,
        size: str | None,
        color: str | None,
        label: str | None,
        time: str | None,
    ) -> MapPoints:
        """Read a table of points.

        Raises
        ------
        InvalidValueError
            With all that is wrong.
        """
        problems = columns.problems
        columns.require(x=x, y=y, name=name, size=size, color=color, label=label, time=time)
        east, north = columns.numbers(x, finite=True), columns.numbers(y, finite=True)
        for row in np.flatnonzero(np.isfinite(north) & (np.abs(north) > 90)).tolist():
            problems.add(f"a latitude is from -90 to 90, got {north[row]:g}", column=y, row=row)
        for row in np.flatnonzero(np.isfinite(east) & (np.abs(east) > 360)).tolist():
            problems.add(f"a longitude is from -180 to 180, got {east[row]:g}", column=x, row=row)
        sizes = None if size is None else columns.numbers(size)
        if sizes is not None:
            for row in np.flatnonzero(sizes < 0).tolist():
                problems.add(f"a size can't be below 0, is {sizes[row]:g}", column=size, row=row)
        keys = [str(row) for row in range(columns.rows)] if name is None else columns.keys(name)
        seen: dict[str, int] = {}
        for row, key in enumerate(keys):
            first = seen.setdefault(key, row)
            if first != row:
                problems.add(f"{key!r} is a point already (in row {first})", column=name, row=row)
        words = [""] * len(keys) if label is None else columns.texts(label)
        kinds = columns.texts(color) if color is not None else []
        moments = None if time is None else columns.moments(time).values
        problems.raise_any()
        names = columns.order(color) if color is not None else []
        usual = {one: theme.palette[number % len(theme.palette)] for number, one in enumerate(names)}
        colors = [usual[one] for one in kinds] if kinds else [theme.accent] * len(keys)
        order = np.arange(len(keys)) if sizes is None else np.argsort(-np.nan_to_num(sizes), kind="stable")
        places = order.tolist()
        return cls(
            tuple(keys[i] for i in places),
            tuple(words[i] for i in places),
            east[order],
            north[order],
            None if sizes is None else np.nan_to_num(sizes[order]),
            tuple(colors[i] for i in places),
            tuple(usual.items()),
            None if moments is None else moments[order],
        )

    @property
    def degrees(self) -> Floats:
        """Longitudes and latitudes, shape (n, 2)."""
        return np.stack([self.longitudes, self.latitudes], axis=1)

    def shown(self, phases: Phases, easing: Easing, time: float) -> Floats:
        """Give how much of each point is there at a moment, 0 to 1."""
        count = len(self.keys)
        if self.moments is None:
            if time >= phases.move_start + 0.5 * phases.pace or not phases.enters:
                return np.ones(count)
            return np.array([phases.entered(time, easing, number, count) for number in range(count)])
        low, high = float(self.moments.min()), float(self.moments.max())
        share = (self.moments - low) / ((high - low) or 1.0)
        lasting = _COME_S * phases.pace
        starts = phases.move_start + share * max(0.0, phases.move_stop - lasting - phases.move_start)
        found = np.clip((time - starts) / lasting, 0.0, 1.0)
        for number in np.flatnonzero((found > 0) & (found < 1)).tolist():  # those that come just now
            found[number] = easing(float(found[number]))
        return found

    def place(
        self,
        room: Room,
        box: Area,
        projection: Projection,
        placed: Placed,
        highlight: tuple[str, ...],
        images: Mapping[str, str],
    ) -> PlacedPoints:
        """Give the points in pixels."""
        plane = np.stack(projection(self.longitudes, self.latitudes), axis=1)
        pixels = place(plane, placed)
        is_there: NDArray[np.bool_] = np.asarray(np.isfinite(pixels).all(axis=1), bool)
        pixels = np.where(is_there[:, None], pixels, 0.0)
        is_there &= (pixels[:, 0] >= box.left) & (pixels[:, 0] <= box.right)
        is_there &= (pixels[:, 1] >= box.top) & (pixels[:, 1] <= box.bottom)
        if self.sizes is None:
            radii = np.full(len(self.keys), _PLAIN * room.side)
        else:
            largest = float(self.sizes.max()) or 1.0
            radii = np.maximum(2.0 * room.unit, LARGEST_RADIUS * room.side * np.sqrt(self.sizes / largest))
        radii = np.where(is_there, radii, 0.0)
        rgb = np.array([parse_color(color)[:3] for color in self.colors])
        told = np.array([not highlight or key in highlight for key in self.keys], bool)
        ground = room.theme.background
        edge = Stroke(ground, 1.2 * room.unit) if isinstance(ground, str) else None
        return PlacedPoints(
            self, pixels, radii, rgb, told, edge, _label_points(room, box, self, pixels, radii, images)
        )


@dataclass(frozen=True)
class PlacedPoints:
    """Points in pixels: places (n, 2), radii, colours (n, 3), which are told apart, edge and words."""

    points: MapPoints
    places: Floats
    radii: Floats
    rgb: Floats
    told: NDArray[np.bool_]
    edge: Stroke | None
    labels: tuple[tuple[int, Text | Image], ...]

    def marks(self, shown: Floats, emphasis: Callable[[float, str], float], time: float) -> list[Mark]:
        """Give the points as marks."""
        points = self.points
        return [
            Mark(key, Dot(x, y, radius), color, _OPACITY * emphasis(time, key))
            for key, (x, y), radius, color in zip(
                points.keys, self.places.tolist(), (self.radii * shown).tolist(), points.colors, strict=True
            )
            if radius > 0
        ]

    def draw(self, shown: Floats, emphasis: Callable[[float, str], float], time: float) -> list[AnyElement]:
        """Give the points as one element, and the words of those that have some."""
        elements: list[AnyElement] = []
        here = np.flatnonzero(self.radii * shown > 0)
        if len(here):
            opacity = _OPACITY * np.where(self.told[here], 1.0, emphasis(time, ""))
            rgba = np.concatenate([self.rgb[here], opacity[:, None]], axis=1)
            x, y = self.places[here].T
            elements.append(
                Points(x, y, size=2 * self.radii[here] * shown[here], color=rgba, stroke=self.edge)
            )
        for number, text in self.labels:
            seen = float(shown[number]) * emphasis(time, self.points.keys[number])
            if seen > 0:
                elements.append(_at_opacity(text, seen))
        return elements


def _at_opacity(text: Text | Image, opacity: float) -> Text | Image:
    import msgspec

    return text if opacity >= 1 else msgspec.structs.replace(text, opacity=round(opacity, 3))


def _label_points(
    room: Room, box: Area, points: MapPoints, places: Floats, radii: Floats, images: Mapping[str, str]
) -> tuple[tuple[int, Text | Image], ...]:
    """Put words beside points, the largest first, where they don't lie over others; pictures before them."""
    size = room.label_size
    taken: list[tuple[float, float, float, float]] = []
    found: list[tuple[int, Text | Image]] = []
    pictures = NameImages.beside(room, images, points.keys, size)
    halo = room.theme.background if isinstance(room.theme.background, str) else None
    for number, words in enumerate(points.labels):
        if not words or radii[number] <= 0 or len(taken) >= _MOST_LABELS:
            continue
        words = room.shorten(words, size, 0.3 * box.width)
        beside = pictures.room_of(points.keys[number])
        width, (x, y) = beside + room.width_of(words, size, 500), places[number].tolist()
        gap = float(radii[number]) + 0.3 * size
        for left, top, at_x, at_y, anchor in (
            (x + gap, y - 0.6 * size, x + gap, y, "left"),
            (x - gap - width, y - 0.6 * size, x - gap, y, "right"),
            (x - width / 2, y - gap - 1.1 * size, x, y - gap + 0.1 * size, "bottom"),
            (x - width / 2, y + gap - 0.1 * size, x, y + gap - 0.1 * size, "top"),
        ):
            mine = (left, top, left + width, top + 1.2 * size)
            if mine[0] < box.left or mine[2] > box.right or mine[1] < box.top or mine[3] > box.bottom:
                continue
            if any(a < mine[2] and mine[0] < c and b < mine[3] and mine[1] < d for a, b, c, d in taken):
                continue
            near = np.maximum(0.0, np.abs(places[:, 0] - (left + width / 2)) - width / 2)
            over = np.maximum(0.0, np.abs(places[:, 1] - (top + 0.6 * size)) - 0.6 * size)
            covered = np.flatnonzero(near**2 + over**2 < (0.8 * radii) ** 2).tolist()
            if covered and covered != [number]:
                continue
            taken.append(mine)
            outline = None if halo is None else Stroke(halo, 0.22 * size, join="round")
            drawn = pictures.draw(points.keys[number], left, top + 0.6 * size)
            found += [(number, one) for one in drawn]
            at_x += beside * (0.0 if anchor == "right" else 1.0 if anchor == "left" else 0.5)
            found.append(
                (
                    number,
                    room.text(words, size, x=at_x, y=at_y, anchor=anchor, weight=500, outline=outline),
                )
            )
            break
    return tuple(found)
