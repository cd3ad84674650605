"""Values as colours: in steps of round numbers, or on a scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.theme import Theme
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.ticks import nice_domain, nice_ticks
from bazaar_nb.values.color import format_color, parse_color
from bazaar_nb.values.colormaps import Colormap, map_colors
from bazaar_nb.values.oklab import mix_colors

Floats = NDArray[np.float64]
_SHADES = 64  # of a scale without steps
SHADES_A_STEP = 8  # shades between two steps, for values that go from one to the next
_CROWDED = 0.5  # of all values in one of even steps: then each step gets as many


@dataclass(frozen=True)
class ColorSteps:
    """Colours of ranges of values.

    Attributes
    ----------
    edges : array of shape (n + 1,)
        Rising; values beyond get the colour of the nearer end.
    colors : tuple of str
        One for each of n steps.
    is_even : bool
        Whether it is a scale whose steps are not told apart.
    """

    edges: Floats
    colors: tuple[str, ...]
    is_even: bool = False

    @classmethod
    def of(
        cls,
        values: Floats,
        steps: int | Sequence[float] | None,
        colormap: Colormap,
        ends: tuple[float, float],
        middle: float | None,
        kind: str,
    ) -> ColorSteps:
        """Give the steps for values, NaN among them left out.

        Parameters
        ----------
        steps : int, sequence of float or None
            How many, about, at round numbers: even ones, or where these would put half of all values into
            one step, with about as many values in each; or their edges; None for a scale without steps.
        ends : (float, float)
            The parts of the colormap that the lowest and the highest value get; the second may be smaller.
        middle : float or None
            A value whose colour is the colormap's middle.
        kind : str
            The chart, for messages.
        """
        known = values[np.isfinite(values)]
        if steps is None:
            low, high = float(known.min()), float(known.max())
            low, high = (low, high) if low < high else _around(low)
            edges = np.linspace(low, high, _SHADES + 1)
        elif isinstance(steps, int):
            if not 2 <= steps <= 9:
                raise InvalidValueError(f"`steps` must be from 2 to 9, or edges, got {steps!r} ({kind})")
            edges = _round_edges(known, steps) if middle is None else _edges_around(known, steps, middle)
        else:
            edges = np.asarray(steps, np.float64)
            if edges.ndim != 1 or len(edges) < 2 or not (np.diff(edges) > 0).all():
                raise InvalidValueError(f"`steps` must be rising numbers, got {list(steps)!r:.60} ({kind})")
        centers, count = (edges[:-1] + edges[1:]) / 2, len(edges) - 1
        if middle is not None:
            reach = float(np.abs(centers - middle).max()) or 1.0
            shares = 0.5 + 0.5 * (centers - middle) / reach
        else:
            shares = np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5])
        rgba = map_colors(ends[0] + (ends[1] - ends[0]) * shares, colormap, (0.0, 1.0)) / 255
        colors = tuple(format_color((r, g, b, a)) for r, g, b, a in rgba.tolist())
        return cls(edges, colors, is_even=steps is None)

    def step_of(self, values: Floats) -> Floats:
        """Give the number of each value's step as a float; NaN stays NaN."""
        found = np.searchsorted(self.edges[1:-1], values, side="right").astype(np.float64)
        return np.where(np.isnan(values), np.nan, found)

    def shades(self) -> tuple[str, ...]:
        """Give colours at every eighth of a step, from the first to the last."""
        if len(self.colors) == 1:
            return self.colors
        mixed = [
            mix_colors(one, other, part / SHADES_A_STEP)
            for one, other in pairwise(self.colors)
            for part in range(SHADES_A_STEP)
        ]
        return (*mixed, self.colors[-1])


def _around(value: Any) -> tuple[float, float]:
    reach = abs(float(value)) * 0.1 or 1.0
    return float(value) - reach, float(value) + reach


def _round_edges(values: Floats, steps: int) -> Floats:
    low, high = float(values.min()), float(values.max())
    start, stop = nice_domain(low, high, steps + 1)
    even = nice_ticks(start, stop, steps + 1)
    if len(even) >= 3:
        counts = np.histogram(values, even)[0]
        if counts.max() <= _CROWDED * len(values) or len(np.unique(values)) <= steps:
            return even
    wanted = np.quantile(values, np.linspace(0, 1, steps + 1)[1:-1])
    inner = np.unique([_rounded(one) for one in wanted.tolist()])
    inner = inner[(inner > low) & (inner < high)]
    if not len(inner):
        return even if len(even) >= 2 else np.array(_around(low))
    return np.concatenate([[min(low, _rounded(low))], inner, [max(high, _rounded(high))]])


def _edges_around(values: Floats, steps: int, middle: float) -> Floats:
    """Give even steps on both sides of a value: it is in the middle of one, or between two."""
    reach = float(np.quantile(np.abs(values - middle), 0.95)) or float(np.abs(values - middle).max()) or 1.0
    wide = _rounded(2 * reach / steps)
    return np.asarray(middle + wide * (np.arange(steps + 1) - steps / 2), np.float64)


def _rounded(value: float) -> float:
    """Give a number of one or two figures: 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8 or 9 times a power of ten."""
    if value == 0:
        return 0.0
    power = 10.0 ** np.floor(np.log10(abs(value)))
    choices = np.array([1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10])
    nearest = choices[np.argmin(np.abs(choices - abs(value) / power))]
    return float(np.copysign(nearest * power, value))


def standing_out(theme: Theme, *, is_diverging: bool) -> tuple[float, float]:
    """Give the part of a colormap that stands out from a background, in the order that looks like more.

    On light ground dark looks like more, on dark ground light does (Schloss, Gramazio, Silverman, Parker and
    Wang: Mapping Color to Meaning in Colormap Data Visualizations, IEEE TVCG 25(1), 2019).
    """
    ground = theme.background if isinstance(theme.background, str) else theme.ink
    is_light = sum(parse_color(ground)[:3]) > 1.5
    if isinstance(theme.background, str) is False:
        is_light = not is_light
    if is_diverging:
        return (0.0, 1.0) if is_light else (0.14, 0.86)
    return (0.92, 0.06) if is_light else (0.1, 1.0)
