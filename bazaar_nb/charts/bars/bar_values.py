"""What is drawn at bars besides the bars: their values, and the lines between the steps of a waterfall."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.bars.bar_layout import BarLayout
from bazaar_nb.charts.bars.bar_spans import BarSpans
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import Anchor, AnyElement, Line
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]


def draw_connectors(room: Room, layout: BarLayout, grown: Floats, opacity: float) -> list[AnyElement]:
    """Give the lines from each bar's end to the next bar; they are drawn once it has almost grown."""
    stroke = Stroke(room.theme.soft, 1.5 * room.unit)
    elements: list[AnyElement] = []
    ends, lows, highs = layout.stops.tolist(), layout.lows.tolist(), layout.highs.tolist()
    for number in range(len(ends) - 1):
        part = min(1.0, max(0.0, 3 * float(grown[number]) - 2))
        if part <= 0:
            continue
        start, at = highs[number], ends[number]
        stop = start + (lows[number + 1] - start) * part
        line = (at, start, at, stop) if layout.is_row else (start, at, stop, at)
        elements.append(Line(*line, stroke=stroke, opacity=opacity))
    return elements


def draw_values(
    room: Room, layout: BarLayout, spans: BarSpans, ends: tuple[Floats, Floats], grown: Floats, faded: Floats
) -> list[AnyElement]:
    """Give the values in words: they ride at their bars' ends.

    Parameters
    ----------
    ends : two arrays of shape (bars,)
        Where bars begin and end at this moment, in pixels.
    grown, faded : array of shape (bars,)
        How far each has come in, and its opacity.
    """
    size = layout.label_size
    starts, stops = (one.tolist() for one in ends)
    middles = ((layout.lows + layout.highs) / 2).tolist()
    shown = np.clip(2 * grown - 0.6, 0.0, 1.0) * faded
    base = float(layout.scale(0.0))
    outline = room.halo if layout.is_crossed else None
    elements: list[AnyElement] = []
    for label in layout.labels:
        bar = label.bar
        if bar >= 0:
            start, stop, opacity = starts[bar], stops[bar], float(shown[bar])
        else:
            bars = np.flatnonzero(spans.names == label.name)
            bar, start = int(bars[-1]), base
            away = ends[1][bars] - base
            stop = base + float(away[np.argmax(np.abs(away))])
            opacity = float(shown[bars].max())
        if opacity <= 0.004:
            continue
        x, y, anchor = _place(layout.is_row, start, stop, middles[bar], size, label.inside)
        elements.append(
            room.text(
                label.words, size, label.color, x=x, y=y, anchor=anchor, weight=600, tabular=True,
                opacity=round(opacity, 3), outline=None if label.inside else outline,
            )
        )  # fmt: skip
    return elements


def _place(
    is_row: bool, start: float, stop: float, across: float, size: float, inside: bool
) -> tuple[float, float, Anchor]:
    if inside:
        middle = (start + stop) / 2
        return (middle, across, "center") if is_row else (across, middle, "center")
    if is_row:
        gap = 0.4 * size
        return (stop + gap, across, "left") if stop >= start else (stop - gap, across, "right")
    gap = 0.1 * size
    return (across, stop - gap, "bottom") if stop <= start else (across, stop + gap, "top")


def value_boxes(room: Room, layout: BarLayout) -> list[Area]:
    """Give the boxes of the values at the bars' ends, once all have grown."""
    size, boxes = layout.label_size, []
    for label in layout.labels:
        if label.inside or label.bar < 0:
            continue
        width = room.width_of(label.words, size, 600, tabular=True)
        end = float(layout.stops[label.bar])
        across = float(layout.lows[label.bar] + layout.highs[label.bar]) / 2
        if layout.is_row:
            boxes.append(Area(end, across - 0.6 * size, end + width + size, across + 0.6 * size))
        else:
            boxes.append(Area(across - width / 2, end - 1.3 * size, across + width / 2, end))
    return boxes
