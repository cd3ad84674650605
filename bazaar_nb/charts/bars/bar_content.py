"""What is to be laid out of bars: their spans, names and colours, and what is written at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bazaar_nb.charts.bars.bar_spans import BarSpans
from bazaar_nb.charts.parts.value_words import common_format
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scales.ticks import nice_domain, nice_ticks

Direction = Literal["columns", "rows"]
Labels = Literal["auto", "end", "inside", "none"]


@dataclass(frozen=True)
class BarContent:
    """What is to be laid out: bars, and what is written at them.

    Attributes
    ----------
    names : tuple of str
    spans : BarSpans
    colors : tuple of str
        Of each bar.
    number : NumberFormat
        Of labels and ticks; `deltas` of a waterfall's steps.
    direction, labels : str or None
    sums : bool
        Whether the sum of a stack is told.
    whole : bool
        Whether the axis is from 0 to 1.
    images : dict
    chosen : set of str
        Names that are left last where there is no room for all.
    references : tuple of float
        Values that the axis holds, too.
    is_time : bool
        Whether names are dates.
    """

    names: tuple[str, ...]
    spans: BarSpans
    colors: tuple[str, ...]
    number: NumberFormat
    deltas: NumberFormat | None
    direction: Direction | None
    labels: Labels
    sums: bool
    whole: bool
    images: Mapping[str, str]
    chosen: frozenset[str]
    references: tuple[float, ...] = ()
    is_time: bool = False


def bar_formats(content: BarContent) -> tuple[NumberFormat, NumberFormat]:
    """Give the formats of ticks and of labels."""
    low, high = bar_domain(content)
    ticks = nice_ticks(*nice_domain(low, high))
    return common_format(content.number, ticks), common_format(content.number, content.spans.values)


def bar_domain(content: BarContent) -> tuple[float, float]:
    """Give the smallest and the largest value that the axis holds; 0 is among them."""
    if content.whole:
        return 0.0, max(1.0, *content.references) if content.references else 1.0
    ends = np.concatenate([content.spans.starts, content.spans.stops, [0.0], content.references])
    low, high = float(ends.min()), float(ends.max())
    return (low, high) if low < high else (0.0, 1.0)
