"""The legend of colours: a bar of steps with the numbers between them, lying or standing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bazaar_nb.charts.maps.color_steps import ColorSteps
from bazaar_nb.charts.parts.room import Room
from bazaar_nb.scales.ticks import nice_ticks
from bazaar_nb.scene.elements import AnyElement, Rect

_THICK = 0.7  # of the letters' size


class Legend(NamedTuple):
    """Elements around 0, 0 at their bottom left, and the pixels that they take."""

    elements: tuple[AnyElement, ...]
    width: float
    height: float


def color_legend(
    room: Room,
    steps: ColorSteps,
    title: str,
    words: Callable[[float], str],
    missing: str | None,
    empty: str,
    *,
    width: float,
    stands: bool,
) -> Legend:
    """Give the legend of steps.

    Parameters
    ----------
    title : str
        Above it; may be empty.
    words : function
        Writes a value.
    missing, empty : str
        What is said of areas without a value, if there are any, and their colour.
    width : float
        The most that it may take.
    stands : bool
        Whether the bar stands, the highest value on top.
    """
    size, theme, count = room.label_size, room.theme, len(steps.colors)
    thick = _THICK * size
    after = room.width_of(missing, size) + thick + 1.6 * size if missing and not stands else 0.0
    if stands:
        long = max(6.0 * size, 1.5 * size * min(count, 7))
        bottom = 2.0 * size if missing else 0.0
    else:
        long = max(4.0 * size, min(width - after, max(9.0 * size, 4.2 * size * min(count, 6))))
        bottom = 1.5 * size
    elements: list[AnyElement] = []
    pitch, gap = long / count, 0.0 if steps.is_even else 2.0 * room.unit
    for number, color in enumerate(steps.colors):
        length = pitch + 0.5 if steps.is_even and number + 1 < count else pitch - gap
        at = number * pitch
        x, y, wide, tall = (
            (0.0, -bottom - at - length, thick, length) if stands else (at, -bottom - thick, length, thick)
        )
        elements.append(Rect(x=x, y=y, width=wide, height=tall, anchor="top-left", fill=color))
    widest, end = 0.0, -1e9
    for value, at in _ticks(steps, long, gap):
        label = words(value)
        wide = room.width_of(label, size)
        half = 0.6 * size if stands else wide / 2
        if at - half < end:
            continue
        end = at + half + (0.0 if stands else 0.5 * size)
        if stands:
            widest = max(widest, wide)
            place = min(max(at, half), long - half) if steps.is_even else at
            elements.append(
                room.text(label, size, theme.soft, x=1.5 * thick, y=-bottom - place, anchor="left")
            )
        else:
            place = min(max(at, half), max(half, long - half)) if steps.is_even else at
            elements.append(room.text(label, size, theme.soft, x=place, y=0.0, anchor="bottom"))
    if missing:
        x, y = (0.0, -0.65 * size) if stands else (long + 1.2 * size, -bottom - thick / 2)
        elements.append(Rect(x=x, y=y, width=thick, height=thick, anchor="left", fill=empty))
        elements.append(room.text(missing, size, theme.soft, x=x + 1.5 * thick, y=y, anchor="left"))
    height = bottom + (long if stands else thick)
    if title:
        most = max(width, 1.0)
        head = room.shorten(title, size, most, 600)
        elements.append(
            room.text(head, size, weight=600, x=0.0, y=-height - 0.5 * size, anchor="bottom-left")
        )
        height += 1.8 * size
        widest = max(widest, room.width_of(head, size, 600) - 1.5 * thick)
    if stands and missing:
        widest = max(widest, room.width_of(missing, size))
    return Legend(tuple(elements), 1.5 * thick + widest if stands else long + after, height)


def _ticks(steps: ColorSteps, long: float, gap: float) -> list[tuple[float, float]]:
    """Give the values that are written, and their places along the bar."""
    edges = steps.edges
    if not steps.is_even:
        pitch = long / len(steps.colors)
        return [(float(value), (number + 1) * pitch - gap / 2) for number, value in enumerate(edges[1:-1])]
    low, high = float(edges[0]), float(edges[-1])
    return [(value, long * (value - low) / (high - low)) for value in nice_ticks(low, high, 4).tolist()]
