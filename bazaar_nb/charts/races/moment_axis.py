"""An axis of time that grows with what is shown: fewer ticks as it becomes longer, which fade in and out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.axis import Tick
from bazaar_nb.charts.parts.growing_axis import STEPS_A_SECOND, between_steps, smooth
from bazaar_nb.charts.parts.room import Room
from bazaar_nb.charts.parts.table import Moments
from bazaar_nb.charts.parts.time_label import TimeLabel
from bazaar_nb.scales.formats import DateFormat
from bazaar_nb.scales.scales import Linear
from bazaar_nb.scales.ticks import date_ticks, nice_ticks

Floats = NDArray[np.float64]
_FADE_S = 0.25


@dataclass(frozen=True)
class MomentAxis:
    """Ticks of an axis of time at each step.

    Attributes
    ----------
    low : float
        The first moment.
    high : array of shape (steps,)
        The last that is on the axis.
    levels : tuple of tuples of (float, str, int)
        Ticks with their words, and the step at which each is on the axis; from few to many.
    weights : array of shape (steps, levels)
        How much each level holds: 0 to 1, the sum is 1.
    """

    low: float
    high: Floats
    levels: tuple[tuple[tuple[float, str, int], ...], ...]
    weights: Floats

    @classmethod
    def growing(cls, room: Room, moments: Moments, high: Floats, pixels: float, locale: str) -> MomentAxis:
        """Give the axis on which a column's moments stand.

        Parameters
        ----------
        high : array of shape (steps,)
            The last moment on the axis at each of `STEPS_A_SECOND` steps.
        pixels : float
            That the axis is long.
        """
        low, end = float(moments.values.min()), float(moments.values.max())
        label = TimeLabel.for_moments(moments, locale)
        spans = [(end - low) / 2**halving for halving in range(3)]
        levels = tuple(
            tuple(
                (moment, words, int(np.searchsorted(high, moment - 1e-9 * (end - low))))
                for moment, words in _level(room, moments, label, low, end, span, pixels, locale)
            )
            for span in spans
        )
        shown = high - low
        which = np.zeros(len(high), np.int64)
        for number, span in enumerate(spans):
            which[shown <= span * (1 + 1e-9)] = number
        weights = (which[:, None] == np.arange(len(spans))).astype(np.float64)
        return cls(low, high, levels, smooth(weights, round(_FADE_S * STEPS_A_SECOND / 2)))

    def domain(self, step: float) -> tuple[float, float]:
        """Give the domain at a step; between two counts too."""
        return self.low, between_steps(self.high, step)

    def ticks(self, step: float, scale: Linear) -> list[Tick]:
        """Give the ticks at a step, on the scale of that moment."""
        first = min(max(0, int(step)), len(self.weights) - 2) if len(self.weights) > 1 else 0
        part = step - first if len(self.weights) > 1 else 0.0
        weights = (
            self.weights[first] * (1 - part) + self.weights[min(first + 1, len(self.weights) - 1)] * part
        )
        found: dict[float, tuple[float, str, int]] = {}
        for ticks, weight in zip(self.levels, weights.tolist(), strict=True):
            for moment, words, comes in ticks if weight > 1e-3 else ():
                before = found[moment][0] if moment in found else 0.0
                found[moment] = (before + weight, words, comes)
        (low, high), (start, stop) = scale.domain, scale.range
        if high <= low:
            return [Tick((start + stop) / 2, next(iter(found.values()))[1])] if found else []
        fade, ticks_now = _FADE_S * STEPS_A_SECOND, []
        for moment, (weight, words, comes) in sorted(found.items()):
            inward = 1.0 if comes == 0 else min(1.0, (step - comes) / fade + 1.0)
            if inward <= 0:
                continue
            opacity = min(1.0, weight) * inward
            said = max(0.0, 2 * min(1.0, weight) - 1) * inward
            if opacity > 0.004:
                place = start + (moment - low) * (stop - start) / (high - low)
                ticks_now.append(Tick(place, words, round(opacity, 3), words_opacity=round(said, 3)))
        return ticks_now


def _level(
    room: Room, moments: Moments, label: TimeLabel, low: float, end: float, span: float, pixels: float,
    locale: str,
) -> tuple[tuple[float, str], ...]:  # fmt: skip
    """Give the ticks for an axis that is so long: those of the whole time, so that they stay as it grows."""
    if span <= 0:
        return ((low, label.words(low)),)
    size = room.label_size
    parts = (end - low) / span
    for most in (6, 5, 4, 3, 2):
        if moments.kind == "date":
            values = date_ticks(low, end, max(2, round(most * parts)))
            shown = min(span, 6 * float(np.diff(values).max())) if len(values) > 1 else span
            shown = min(span, 6 * float(np.diff(values).max())) if len(values) > 1 else span
            format = DateFormat.for_span(0.0, shown, locale)
            words = [format(float(value)) for value in values]
        elif moments.kind == "step":
            every = max(1, math.ceil((span + 1) / most))
            values = np.arange(low, end + 0.5, every)
            words = [room.shorten(label.words(float(value)), size, pixels / most) for value in values]
        else:
            values = nice_ticks(low, end, max(2, round(most * parts)))
            if label.decimals == 0:
                values = values[values == np.round(values)]
            words = [label.words(float(value)) for value in values]
        widest = max((room.width_of(word, size) for word in words), default=0.0)
        apart = float(np.diff(values).min()) / span * pixels if len(values) > 1 else pixels
        if widest + 0.8 * size <= apart:
            break
    return tuple(zip(values.tolist(), words, strict=True))
