"""Colours of categories: what is seen together differs, as far as the palette goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.table import near_names
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.color import parse_color

_PASSES = 4


def color_categories(
    keys: Sequence[str],
    palette: Sequence[str],
    told: Mapping[str, str] | None = None,
    together: NDArray[np.float64] | None = None,
) -> dict[str, str]:
    """Give a colour for each key.

    Parameters
    ----------
    keys : sequence of str
        In the order of their weight: the first get the palette's first colours.
    palette : sequence of colour
    told : mapping, optional
        Colours that the caller wants.
    together : array of shape (k, k), optional
        How much it matters that two keys differ, such as for how long both are seen; by default that of
        neighbours in the order.

    Notes
    -----
    Each key in turn takes the colour that its companions have least of, and the earliest such in the palette;
    then some change to a better one, now that all have theirs.
    """
    told = told or {}
    count = len(keys)
    if together is None:
        apart = np.abs(np.arange(count)[:, None] - np.arange(count)[None, :])
        together = 1.0 / np.maximum(1, apart)
    found = {key: told[key] for key in keys if key in told}
    cost = np.zeros((count, len(palette)))
    for number, color in enumerate(palette):
        mine = [place for place, key in enumerate(keys) if found.get(key) == color]
        cost[:, number] = together[:, mine].sum(axis=1) if mine else 0.0
    for place, key in enumerate(keys):
        if key in found:
            continue
        best = int(np.argmin(np.round(cost[place], 9)))
        found[key] = palette[best]
        cost[:, best] += together[:, place]
    for _ in range(_PASSES if count > len(palette) else 0):
        for place, key in enumerate(keys):
            if key in told:
                continue
            own = palette.index(found[key])
            mine = cost[place].copy()
            mine[own] -= together[place, place]
            best = int(np.argmin(np.round(mine, 9)))
            if mine[best] < mine[own] - 1e-9:
                cost[:, own] -= together[:, place]
                cost[:, best] += together[:, place]
                found[key] = palette[best]
    return found


def check_colors(told: Mapping[str, str], names: Sequence[str], chart: str) -> None:
    """Check the colours that a caller wants for names.

    Raises
    ------
    InvalidValueError
        For what is no colour, and for a name that there is none of.
    """
    for name, color in told.items():
        if name not in names:
            raise InvalidValueError(
                f"`colors` names {name!r:.60}, which is not there{near_names(str(name), names)} ({chart})"
            )
        try:
            parse_color(color)
        except InvalidValueError as error:
            raise InvalidValueError(f"`colors` of {name!r:.60}: {error} ({chart})") from None
