"""A plane with two axes: where values and moments stand, and the room that the axes' words take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.axis import Tick, draw_grid, draw_tick_words, room_for_words, thin_out
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Moments
from bazaar_nb.scales.formats import MINUS, DateFormat, NumberFormat
from bazaar_nb.scales.scales import Linear, Log
from bazaar_nb.scales.ticks import date_ticks, log_ticks, nice_domain, nice_ticks
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]
_NEAR_ZERO = 0.5  # an axis starts at 0 when the smallest value is below this share of the largest


class AxisPlan(NamedTuple):
    """An axis before there are pixels: its ends, and its ticks with their words."""

    low: float
    high: float
    ticks: tuple[float, ...]
    words: tuple[str, ...]
    is_log: bool = False

    def scale(self, start: float, stop: float) -> Linear | Log:
        """Give the scale onto a range of pixels."""
        kind = Log if self.is_log else Linear
        return kind((self.low, self.high), (start, stop))


@dataclass(frozen=True)
class Plane:
    """Two axes in an area.

    Attributes
    ----------
    area : Area
        Where data are, in pixels; words stand left of it and below.
    x, y : Linear or Log
        From values to pixels.
    elements : tuple of elements
        Grid and words, which stand still.
    """

    area: Area
    x: Linear | Log
    y: Linear | Log
    elements: tuple[AnyElement, ...]

    @classmethod
    def around(
        cls,
        room: Room,
        area: Area,
        x: AxisPlan,
        y: AxisPlan,
        *,
        right: float = 0.0,
        is_crossed: bool = False,
        base: float | None = 0.0,
    ) -> Plane:
        """Put two axes into an area.

        Parameters
        ----------
        right : float
            Pixels that are kept for names.
        is_crossed : bool
            Whether there are lines at the ticks of x, too.
        base : float, optional
            The value of y whose line is stronger.
        """
        size = room.label_size
        left = room_for_words(room, y.words, "left")
        last = room.width_of(x.words[-1], size) / 2 if x.words else 0.0
        inner = area.inset(left, 0.6 * size, max(right, last), room_for_words(room, x.words, "bottom"))
        x_scale, y_scale = x.scale(inner.left, inner.right), y.scale(inner.bottom, inner.top)
        x_ticks = [
            Tick(float(x_scale(at)), word, is_base=is_crossed and at == base)
            for at, word in zip(x.ticks, x.words, strict=True)
        ]
        y_ticks = [
            Tick(float(y_scale(at)), word, is_base=at == base)
            for at, word in zip(y.ticks, y.words, strict=True)
        ]
        elements = draw_grid(room, inner, "bottom", x_ticks) if is_crossed else []
        elements += draw_grid(room, inner, "left", y_ticks)
        elements += draw_tick_words(room, inner, "left", y_ticks)
        elements += draw_tick_words(room, inner, "bottom", thin_out(room, x_ticks))
        return cls(inner, x_scale, y_scale, tuple(elements))


def ticks_that_fit(room: Room, pixels: float, each: float = 3.2) -> int:
    """Give how many ticks an axis has room for, from 2 to 6; `each` takes so many sizes of its letters."""
    return max(2, min(6, int(pixels / (each * room.label_size))))


def value_axis(
    low: float,
    high: float,
    number: NumberFormat,
    *,
    is_log: bool = False,
    zero: bool | None = None,
    most: int = 6,
    is_tight: bool = False,
) -> AxisPlan:
    """Plan an axis of values, with round ends.

    Parameters
    ----------
    zero : bool, optional
        Whether it starts at 0 though no value does; by default where the smallest value is not far from it.
    most : int
        Of ticks.
    is_tight : bool
        Whether it ends a little beyond the values instead of at round numbers.
    """
    if is_log:
        if low == high:
            low, high = low / 2, high * 2
        ticks = log_ticks(low, high, most)
        if len(ticks) < 2:
            low, high = 10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high))
            ticks = log_ticks(low, high, most)
        grown = (high / low) ** 0.03
        return AxisPlan(low / grown, high * grown, tuple(ticks.tolist()), _log_words(ticks, number), True)
    if zero is None:
        zero = 0 < low < _NEAR_ZERO * high or _NEAR_ZERO * low < high < 0
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if is_tight and low < high:
        apart = 0.04 * (high - low)
        low, high = low - (apart if low != 0 else 0), high + (apart if high != 0 else 0)
    else:
        low, high = nice_domain(low, high, most)
    ticks = nice_ticks(low, high, most + 1)
    return AxisPlan(low, high, tuple(ticks.tolist()), tick_words(ticks, number))


def _log_words(ticks: Floats, number: NumberFormat) -> tuple[str, ...]:
    return tuple(
        (number.for_step(tick) if number.decimals is None else number)(tick) for tick in ticks.tolist()
    )


def moment_axis(moments: Moments, locale: str, most: int = 6) -> AxisPlan:
    """Plan an axis of moments, from the first to the last."""
    low, high = float(moments.values.min()), float(moments.values.max())
    if moments.kind == "step":
        return AxisPlan(low, high, tuple(map(float, range(len(moments.names)))), moments.names)
    if moments.kind == "date":
        ticks = date_ticks(low, high, most)
        format_of = DateFormat.for_span(low, high, locale)
        if len(ticks) > 1 and np.diff(ticks).min() >= 365:
            format_of = DateFormat("yyyy", locale)
        return AxisPlan(low, high, tuple(ticks.tolist()), tuple(map(format_of, ticks.tolist())))
    ticks = nice_ticks(low, high, most)
    is_whole = bool((moments.values == np.round(moments.values)).all())
    if is_whole:
        ticks = ticks[ticks == np.round(ticks)]
    if is_whole and 1000 <= abs(low) < 3000 and abs(high) < 3000:  # years have no commas
        words = tuple(f"{int(tick)}".replace("-", MINUS) for tick in ticks.tolist())
    else:
        words = tick_words(ticks, NumberFormat("plain", locale=locale))
    return AxisPlan(low, high, tuple(ticks.tolist()), words)


def tick_words(values: Sequence[float] | Floats, number: NumberFormat) -> tuple[str, ...]:
    """Write the ticks of an axis: all with as many decimals as their distance needs."""
    plain = [float(value) for value in values]
    step = min((b - a for a, b in pairwise(plain)), default=0.0)
    return tuple(map(number.for_step(step) if number.decimals is None else number, plain))
