"""Axes: grid lines, ticks and their words, as elements; where they stand is told by a scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import Anchor, AnyElement, Line
from bazaar_nb.scene.paint import Stroke

Side = Literal["bottom", "top", "left", "right"]
_GAP = 0.5  # of the letters' size, between an axis and its words


class Tick(NamedTuple):
    """A tick: its place in pixels along the axis, its words, and how much of it is seen."""

    place: float
    words: str
    opacity: float = 1.0
    is_base: bool = False
    """Whether it is the line that marks stand on: stronger."""
    words_opacity: float | None = None
    """Of the words, where it is another than the line's."""


def draw_grid(room: Room, area: Area, side: Side, ticks: Sequence[Tick]) -> list[AnyElement]:
    """Give lines across the area at the ticks of an axis."""
    theme = room.theme
    elements: list[AnyElement] = []
    for tick in ticks:
        stroke = Stroke(theme.soft, 2 * room.unit) if tick.is_base else Stroke(theme.faint, 1.5 * room.unit)
        place = tick.place
        if side in ("bottom", "top"):
            x1, y1, x2, y2 = place, area.top, place, area.bottom
        else:
            x1, y1, x2, y2 = area.left, place, area.right, place
        elements.append(Line(x1, y1, x2, y2, stroke=stroke, opacity=tick.opacity))
    return elements


def draw_tick_words(
    room: Room, area: Area, side: Side, ticks: Sequence[Tick], size: float | None = None
) -> list[AnyElement]:
    """Give the words of an axis, outside of the area."""
    size = room.label_size if size is None else size
    gap = _GAP * size
    anchors: dict[Side, tuple[Anchor, float]] = {
        "bottom": ("top", area.bottom + gap), "top": ("bottom", area.top - gap),
        "left": ("right", area.left - gap), "right": ("left", area.right + gap),
    }  # fmt: skip
    anchor, across = anchors[side]
    elements: list[AnyElement] = []
    for tick in ticks:
        opacity = tick.opacity if tick.words_opacity is None else tick.words_opacity
        if not tick.words or opacity <= 0.004:
            continue
        x, y = (tick.place, across) if side in ("bottom", "top") else (across, tick.place)
        elements.append(
            room.text(tick.words, size, room.theme.soft, x=x, y=y, anchor=anchor, opacity=opacity)
        )
    return elements


def room_for_words(room: Room, words: Sequence[str], side: Side, size: float | None = None) -> float:
    """Give the pixels that an axis's words take, across the axis, with their gap."""
    size = room.label_size if size is None else size
    if side in ("bottom", "top"):
        return size * (1.2 + _GAP)
    return max((room.width_of(one, size) for one in words), default=0.0) + _GAP * size


def thin_out(room: Room, ticks: Sequence[Tick], size: float | None = None, gap: float = 0.8) -> list[Tick]:
    """Give every tick, every second or every third …, so that words along a horizontal axis don't touch."""
    size = room.label_size if size is None else size
    widths = [room.width_of(tick.words, size) for tick in ticks]
    for step in range(1, max(2, len(ticks))):
        kept = range(0, len(ticks), step)
        if all(
            abs(ticks[b].place - ticks[a].place) >= (widths[a] + widths[b]) / 2 + gap * size
            for a, b in pairwise(kept)
        ):
            return [ticks[number] for number in kept]
    return list(ticks[:1])


def value_ticks(
    values: Sequence[float],
    place: Callable[[float], float],
    words: Callable[[float], str],
    base: float | None = 0.0,
) -> list[Tick]:
    """Give ticks at values; the one at `base` is what marks stand on."""
    return [Tick(float(place(value)), words(value), is_base=value == base) for value in values]
