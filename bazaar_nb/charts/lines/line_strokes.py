"""Lines that look alike, which are drawn as one element."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from bazaar_nb.charts.parts.series import CONTEXT_OPACITY, SeriesColors


class LineStrokes(NamedTuple):
    """Lines that look alike: one element."""

    numbers: tuple[int, ...]
    color: str
    width: float
    opacity: float


def group_strokes(
    keys: Sequence[str], series: SeriesColors, highlight: Collection[str], thick: float
) -> tuple[LineStrokes, ...]:
    """Give lines that look alike together, the lowest first: who is highlighted is on top."""
    groups: dict[tuple[str, bool, bool], list[int]] = {}
    for number in reversed(series.order):
        told = keys[number] in highlight
        groups.setdefault((series.colors[number], series.is_context[number], told), []).append(number)
    ordered = sorted(groups.items(), key=lambda one: (not one[0][1], one[0][2]))
    return tuple(
        LineStrokes(
            tuple(numbers),
            color,
            thick * (0.45 if is_context else 1.25 if told else 1.0),
            CONTEXT_OPACITY if is_context else 1.0,
        )
        for (color, is_context, told), numbers in ordered
    )
