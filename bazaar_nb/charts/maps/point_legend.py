"""The legend of a map's points: circles of round sizes, and what their colours stand for."""

from __future__ import annotations

from collections.abc import Callable

from bazaar_nb.charts.maps.color_legend import Legend
from bazaar_nb.charts.maps.map_points import LARGEST_RADIUS, MapPoints
from bazaar_nb.charts.parts.room import Room
from bazaar_nb.scales.ticks import nice_ticks
from bazaar_nb.scene.elements import AnyElement, Ellipse
from bazaar_nb.scene.paint import Stroke


def point_legend(
    room: Room, points: MapPoints, title: str, words: Callable[[float], str], *, width: float, stands: bool
) -> Legend:
    """Give the legend of sizes and colours, those there are; the parameters are those of `color_legend`."""
    size, soft = room.label_size, room.theme.soft
    elements: list[AnyElement] = []
    wide = height = x = 0.0
    for name, color in reversed(points.groups) if stands else points.groups:
        label = room.shorten(name, size, 0.8 * width)
        long = 1.1 * size + room.width_of(label, size)
        if not stands and x > 0 and x + long > width:
            x, height = 0.0, height + 1.5 * size
        y = -height - 0.65 * size
        elements.append(Ellipse(x=x + 0.35 * size, y=y, width=0.7 * size, fill=color))
        elements.append(room.text(label, size, soft, x=x + 1.1 * size, y=y, anchor="left"))
        wide = max(wide, x + long)
        if stands:
            height += 1.5 * size
        else:
            x += long + 1.2 * size
    if points.groups:
        height += 0.3 * size if stands else 1.7 * size
    if points.sizes is None or not points.sizes.max() > 0:
        return Legend(tuple(elements), wide, height)
    largest = float(points.sizes.max())
    values = [value for value in nice_ticks(0.0, largest, 5).tolist() if value > 0]
    values = sorted({values[0], values[-1]}) if values else [largest]
    reach = LARGEST_RADIUS * room.side * (values[-1] / largest) ** 0.5
    x, middle = 0.0, -height - reach
    for value in values:
        radius = LARGEST_RADIUS * room.side * (value / largest) ** 0.5
        ring = Stroke(soft, 1.5 * room.unit)
        elements.append(Ellipse(x=x + radius, y=middle, width=2 * radius, fill=None, stroke=ring))
        x += 2 * radius + 0.4 * size
        label = words(value)
        elements.append(room.text(label, size, soft, x=x, y=middle, anchor="left"))
        x += room.width_of(label, size) + 1.1 * size
    height += 2 * reach
    if title:
        head = room.shorten(title, size, width, 600)
        elements.append(
            room.text(head, size, weight=600, x=0.0, y=-height - 0.4 * size, anchor="bottom-left")
        )
        height += 1.7 * size
        wide = max(wide, room.width_of(head, size, 600))
    return Legend(tuple(elements), max(wide, x - 1.1 * size), height)
