"""Which of many names have a colour of their own, and which are there for comparison only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.theme import Theme

CONTEXT_OPACITY = 0.4


@dataclass(frozen=True)
class SeriesColors:
    """The colours of names.

    Attributes
    ----------
    colors : tuple of str
        One a name.
    is_context : tuple of bool
        Whether a name is one of many that are grey and thin.
    order : tuple of int
        Names by weight, the weightiest first: who is highlighted, then who is coloured, then the largest.
    """

    colors: tuple[str, ...]
    is_context: tuple[bool, ...]
    order: tuple[int, ...]


def color_series(
    keys: Sequence[str],
    weights: NDArray[np.float64],
    theme: Theme,
    colors: Mapping[str, str] | None = None,
    highlight: Sequence[str] = (),
) -> SeriesColors:
    """Give each name a colour; where there are more than the palette has, the weightiest.

    Parameters
    ----------
    weights : array of shape (n,)
        NaN is the lightest.
    """
    given = dict(colors or {})
    heavy = np.where(np.isnan(weights), -np.inf, weights)
    order = sorted(
        range(len(keys)), key=lambda n: (keys[n] not in highlight, keys[n] not in given, -heavy[n], n)
    )
    free = [color for color in theme.palette if color not in given.values()] or list(theme.palette)
    wanting = [number for number in order if keys[number] not in given]
    own = set(wanting[: len(free)])
    palette = iter(free)
    chosen = {number: next(palette) for number in range(len(keys)) if number in own}  # in the table's order
    return SeriesColors(
        tuple(given.get(key, chosen.get(number, theme.soft)) for number, key in enumerate(keys)),
        tuple(key not in given and number not in own for number, key in enumerate(keys)),
        tuple(order),
    )
