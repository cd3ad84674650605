"""Where bars, their names and their values stand in a box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.bars.bar_content import BarContent, bar_domain, bar_formats
from bazaar_nb.charts.bars.bar_spans import BarSpans
from bazaar_nb.charts.bars.contrast import ink_on
from bazaar_nb.charts.parts.axis import Tick, draw_grid, draw_tick_words, room_for_words
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.value_words import common_format
from bazaar_nb.scales.scales import Band, Linear
from bazaar_nb.scales.ticks import nice_domain, nice_ticks
from bazaar_nb.scene.elements import Anchor, AnyElement, Line
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_LINE = 1.2
_NO_VALUE = "\u2013"
_THICKEST = 0.17  # of the shorter side
_MOST_RADIUS = 10.0  # pixels of a frame whose shorter side is 1080
_MOST_COLUMNS = 24


class BarLabel(NamedTuple):
    """A bar's value in words.

    Attributes
    ----------
    bar : int
        -1 is the sum of a stack.
    name : int
        Of its category.
    words, color : str
    inside : bool
        In the middle of its bar, else beyond its end.
    """

    bar: int
    name: int
    words: str
    color: str
    inside: bool = False


@dataclass(frozen=True)
class BarLayout:
    """Places in pixels; arrays have shape (bars,).

    Attributes
    ----------
    area : Area
        Of the bars.
    is_row : bool
    scale : Linear
        From values to pixels along the bars.
    places : array of shape (names,)
        Middles across the bars.
    starts, stops, origins : array
        Along the bars.
    lows, highs : array
        Across them.
    radius : array
        Of a bar's far corners.
    below, above : list of elements
        Grid and axes; the line that bars stand on.
    names : list of (int, element)
        By the category's number.
    labels : list of BarLabel
    label_size : float
    """

    area: Area
    is_row: bool
    scale: Linear
    places: Floats
    starts: Floats
    stops: Floats
    origins: Floats
    lows: Floats
    highs: Floats
    radius: Floats
    below: list[AnyElement]
    above: list[AnyElement]
    names: list[tuple[int, AnyElement]]
    labels: list[BarLabel]
    label_size: float
    is_crossed: bool
    """Whether there are reference lines, that labels must stand out from."""


def lay_out_bars(room: Room, area: Area, content: BarContent) -> BarLayout:
    """Find a direction, letters, scales and places."""
    return (_rows if lies_in_rows(room, area, content) else _columns)(room, area, content)


def lies_in_rows(room: Room, area: Area, content: BarContent) -> bool:
    """Tell whether bars lie on their side: as the caller says, or as names and shape have it."""
    return content.direction == "rows" if content.direction else not _suits_columns(room, area, content)


def _suits_columns(room: Room, area: Area, content: BarContent) -> bool:
    """Tell whether names fit below columns: whole, in two lines, or of a kind of which some are enough."""
    count = len(content.names)
    if room.shape == "tall":
        return False
    if _is_sequence(content):
        return True
    width = 0.92 * area.width / count
    if count > _MOST_COLUMNS:
        return False
    return all(_wrapped(room, name, room.label_size, width, 2) is not None for name in content.names)


def _is_sequence(content: BarContent) -> bool:
    """Tell whether names are years, ages and the like: between two of them the eye adds the rest."""
    names = content.names
    return content.is_time or (
        len(names) > 2 and all(name[:1].isdigit() and len(name) <= 7 for name in names)
    )


def _wrapped(room: Room, name: str, size: float, width: float, lines: int) -> list[str] | None:
    """Give a name in lines, or None where a word had to be broken or left out."""
    found = room.wrap(name, size, width, lines, 500)
    return found if " ".join(found).split() == name.split() else None


def _rows(room: Room, area: Area, content: BarContent) -> BarLayout:
    spans, count = content.spans, len(content.names)
    smallest, label = room.letters(0.0), room.label_size
    labels_wanted = content.labels != "none"
    for labelled in (True, False) if labels_wanted else (False,):
        axis = 0.0 if labelled else label * 1.7
        band = Band(range(count), (area.top + axis, area.bottom))
        thick = min(band.width, _THICKEST * room.side)
        bar = thick * float(spans.widths.min())
        size = min(max(smallest, 0.56 * thick), 1.2 * label)
        label_size = min(max(smallest, 0.62 * bar), 1.2 * label)
        if bar >= 0.85 * smallest or content.labels in ("end", "inside"):
            break
    places = np.asarray(band.at(np.arange(count)), np.float64)
    name_lines = max(1, int(band.pitch / (_LINE * size)))
    most = {"wide": 0.3, "square": 0.36, "tall": 0.4}[room.shape] * area.width
    written = [room.wrap(name, size, most, min(3, name_lines), 500) for name in content.names]
    widest = max(room.width_of(line, size, 500) for lines in written for line in lines)
    gap = 0.55 * size
    pictures = NameImages.beside(
        room,
        content.images,
        content.names,
        size,
        height=min(0.8 * band.pitch, 1.9 * size),
        shape=1.0,
        gap=gap,
    )
    left = widest + gap + pictures.room
    bars = Area(area.left + left, area.top + axis, area.right, area.bottom)
    seen = _names_with_room(content, band.pitch, _LINE * size)
    names: list[tuple[int, AnyElement]] = []
    for number in seen:
        x, y, name = bars.left - gap, float(places[number]), content.names[number]
        names += [(number, one) for one in pictures.draw(name, x, y, anchor="right")]
        x -= pictures.room
        names.append((number, _lines(room, written[number], size, x=x, y=y, anchor="right", align="right")))
    labels = _labels(room, content, labelled)
    ends = [
        (one, room.width_of(one.words, label_size, 600, tabular=True) + 0.4 * label_size)
        for one in labels
        if not one.inside
    ]
    scale, ticks = _value_scale(content, labelled, (bars.left, bars.right), ends)
    return _placed(room, bars, content, True, scale, ticks, places, thick, names, labels, label_size)


def _columns(room: Room, area: Area, content: BarContent) -> BarLayout:
    spans, count, smallest = content.spans, len(content.names), room.letters(0.0)
    pitch = area.width / count
    number = bar_formats(content)[0]
    labels = _labels(room, content, True) if content.labels != "none" else []
    label_size = _column_label_size(room, labels, pitch, spans)
    labelled = bool(labels) and (label_size > 0 or content.labels in ("end", "inside"))
    label_size = label_size or smallest
    labels = labels if labelled else []
    left = 0.0
    if not labelled:
        low, high = bar_domain(content)
        words = [number(value) for value in nice_ticks(*nice_domain(low, high))]
        left = room_for_words(room, words, "left")
    inner = area.inset(left=left)
    band = Band(range(count), (inner.left, inner.right))
    places = np.asarray(band.at(np.arange(count)), np.float64)
    thick = min(band.width, 1.4 * _THICKEST * room.side)
    size = room.label_size
    written = [_wrapped(room, name, size, 0.94 * band.pitch, 3) for name in content.names]
    if any(lines is None for lines in written):
        if _is_sequence(content):
            written = [[name] for name in content.names]
        else:
            size = smallest
            written = [room.wrap(name, size, 0.94 * band.pitch, 3) for name in content.names]
    most_lines = max(len(lines) for lines in written if lines)
    widest = max(room.width_of(line, size, 500) for lines in written for line in lines or ())
    gap = 0.5 * size
    pictures = NameImages.beside(
        room,
        content.images,
        content.names,
        size,
        height=min(0.7 * band.pitch, 2.4 * size),
        shape=1.0,
        gap=gap,
    )
    bottom = most_lines * _LINE * size + gap + pictures.room  # they are as high as wide
    bars = Area(inner.left, inner.top + (0.3 if labelled else 0.6) * size, inner.right, inner.bottom - bottom)
    names: list[tuple[int, AnyElement]] = []
    for place in _names_with_room(content, band.pitch, widest + 0.5 * size if widest > band.pitch else 0.0):
        x, y, name = float(places[place]), bars.bottom + gap, content.names[place]
        names += [(place, one) for one in pictures.draw(name, x, y, anchor="top")]
        y += pictures.room
        names.append((place, _lines(room, written[place] or [name], size, x=x, y=y, anchor="top")))
    ends = [(one, 1.35 * label_size) for one in labels if not one.inside]
    scale, ticks = _value_scale(content, labelled, (bars.bottom, bars.top), ends)
    return _placed(room, bars, content, False, scale, ticks, places, thick, names, labels, label_size)


def _column_label_size(room: Room, labels: Sequence[BarLabel], pitch: float, spans: BarSpans) -> float:
    """Give the letters' size with which all values fit above their columns, or 0."""
    if not labels:
        return 0.0
    most = pitch * float(spans.widths.min()) * (0.96 if spans.widths.min() == 1 else 0.8)
    size = 1.1 * room.label_size
    widest = max(room.width_of(label.words, size, 600, tabular=True) for label in labels)
    found = min(size, size * most / max(widest, 1e-9))
    return found if found >= room.letters(0.0) else 0.0


def _names_with_room(content: BarContent, pitch: float, wanted: float) -> list[int]:
    """Give the categories that are named: all, or the chosen ones and every so many of the others."""
    count = len(content.names)
    step = max(1, int(np.ceil(wanted / pitch - 1e-6)))
    if step == 1:
        return list(range(count))
    kept = [number for number, name in enumerate(content.names) if name in content.chosen]
    for number in range(0, count, step):
        if all(abs(number - other) >= step for other in kept):
            kept.append(number)
    return sorted(kept)


def _lines(room: Room, lines: Sequence[str], size: float, **more: Any) -> AnyElement:
    return room.text("\n".join(lines), size, weight=500, line_height=_LINE, **more)


def _labels(room: Room, content: BarContent, labelled: bool) -> list[BarLabel]:
    if not labelled:
        return []
    spans, ink = content.spans, room.theme.ink
    words = bar_formats(content)[1]
    stacked = bool((spans.starts != spans.origins).any()) and content.deltas is None
    inside = content.labels == "inside" or (content.labels == "auto" and (stacked or content.whole))
    found = []
    for bar, (name, value) in enumerate(zip(spans.names.tolist(), spans.values.tolist(), strict=True)):
        told = content.deltas if content.deltas is not None and not spans.totals[bar] else words
        if content.deltas is not None:
            told = common_format(told, spans.values)
        color = ink_on(content.colors[bar]) if inside else ink
        found.append(BarLabel(bar, name, told(value), color, inside))
    one_sided = bool((spans.values >= 0).all() or (spans.values <= 0).all())  # else it is a net, not a length
    if stacked and content.sums and one_sided and content.labels != "inside":
        for name in range(len(content.names)):
            mine = spans.names == name
            if mine.any():
                found.append(BarLabel(-1, name, words(float(spans.values[mine].sum())), ink))
    return found


def _value_scale(
    content: BarContent,
    labelled: bool,
    pixels: tuple[float, float],
    ends: Sequence[tuple[BarLabel, float]],
) -> tuple[Linear, list[Tick]]:
    """Give the scale that leaves room for labels at the bars' ends, and ticks where there are none."""
    low, high = bar_domain(content)
    if not labelled:
        low, high = nice_domain(low, high)
        scale = Linear((low, high), pixels)
        words = bar_formats(content)[0]
        return scale, [
            Tick(float(scale(value)), words(value), is_base=value == 0)
            for value in nice_ticks(low, high).tolist()
        ]
    size = abs(pixels[1] - pixels[0])
    spans = content.spans
    ups, downs = [(high, 0.0)], [(-low, 0.0)]
    for label, length in ends:
        mine = spans.names == label.name if label.bar < 0 else np.arange(len(spans.names)) == label.bar
        is_down = bool((spans.stops[mine] < spans.starts[mine]).any())
        tip = float(spans.stops[mine].min() if is_down else spans.stops[mine].max())
        (downs if is_down else ups).append((-tip if is_down else tip, length))
    up, down = np.array(ups), np.array(downs)

    def taken(unit: float) -> float:
        return float((up[:, 0] * unit + up[:, 1]).max() + (down[:, 0] * unit + down[:, 1]).max())

    smallest, largest = 0.0, size / (high - low)
    for _ in range(60):
        middle = (smallest + largest) / 2
        smallest, largest = (middle, largest) if taken(middle) <= size else (smallest, middle)
    unit = smallest if smallest > 0 else 0.2 * size / (high - low)
    before = float((down[:, 0] * unit + down[:, 1]).max())
    start = -before / unit
    return Linear((start, start + size / unit), pixels), []


def _placed(
    room: Room,
    bars: Area,
    content: BarContent,
    is_row: bool,
    scale: Linear,
    ticks: list[Tick],
    places: Floats,
    thick: float,
    names: list[tuple[int, AnyElement]],
    labels: list[BarLabel],
    label_size: float,
) -> BarLayout:
    spans = content.spans
    middles = places[spans.names] + spans.offsets * thick
    half = spans.widths * thick / 2
    starts, stops = scale(spans.starts), scale(spans.stops)
    radius = np.minimum(room.theme.radius * 2 * half, _MOST_RADIUS * room.unit)
    radius = np.where(spans.outer, np.minimum(radius, np.abs(stops - starts)), 0.0)
    labels = [
        label
        for label in labels
        if not label.inside or _fits_inside(room, label, is_row, label_size, starts, stops, half)
    ]
    side: Literal["top", "left"] = "top" if is_row else "left"
    below = [*draw_grid(room, bars, side, ticks), *draw_tick_words(room, bars, side, ticks)]
    base = float(scale(0.0))
    for number in np.flatnonzero(~np.isin(np.arange(len(content.names)), spans.names)).tolist():
        x, y = (
            (base + 0.4 * label_size, places[number]) if is_row else (places[number], base - 0.1 * label_size)
        )
        anchor: Anchor = "left" if is_row else "bottom"
        below.append(room.text(_NO_VALUE, label_size, room.theme.soft, x=float(x), y=float(y), anchor=anchor))
    stroke = Stroke(room.theme.soft, 2 * room.unit)
    line = (
        Line(base, bars.top, base, bars.bottom, stroke=stroke)
        if is_row
        else Line(bars.left, base, bars.right, base, stroke=stroke)
    )
    return BarLayout(
        bars, is_row, scale, places, starts, stops, scale(spans.origins), middles - half, middles + half,
        radius, below, [line], names, labels, label_size,
        bool(content.references),
    )  # fmt: skip


def _fits_inside(
    room: Room, label: BarLabel, is_row: bool, size: float, starts: Floats, stops: Floats, half: Floats
) -> bool:
    width = room.width_of(label.words, size, 600, tabular=True) + 0.5 * size
    along, across = abs(float(stops[label.bar] - starts[label.bar])), 2 * float(half[label.bar])
    return (along >= width and across >= size) if is_row else (along >= 1.3 * size and across >= width)
