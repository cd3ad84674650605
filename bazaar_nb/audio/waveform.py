"""A sound's levels as a row of bars, as players of voice messages have it; what was heard is brighter."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.audio.level_arrays import as_shares, fitted
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Group, Polyline, Rect
from bazaar_nb.scene.paint import Paint, Stroke
from bazaar_nb.scene.shapes import Anchor, Length
from bazaar_nb.values.number import finite_number, whole_number

_SHARE = 0.55  # of a bar's room that is bar
_MOST_BARS = 4000


def waveform(
    levels: Any,
    *,
    at: float = 1.0,
    width: float = 1200,
    height: float = 200,
    bars: int | None = None,
    color: Paint = "white",
    ahead: float = 0.35,
    x: Length | None = None,
    y: Length | None = None,
    anchor: Anchor = "center",
) -> Group:
    """Draw levels as bars around a middle line.

    Parameters
    ----------
    levels : array of shape (n,)
        From 0 to 1, of `sound_levels`.
    at : float
        How much of it was heard, 0 to 1: what comes is paler. ``frame.progress``, often.
    width, height : float
        In pixels.
    bars : int, optional
        How many; one for each 14 pixels by default. Each is as high as its loudest level.
    color : colour or gradient
        Of what was heard.
    ahead : float
        Opacity of what comes.
    x, y : float or str, optional
        Where the anchor is put; in the middle by default.
    anchor : str

    Returns
    -------
    Group

    Raises
    ------
    InvalidValueError
        For levels that are none, and sizes that can't be.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> voice = bz.sound_levels(bz.tone(220, 2, decay=0.3), fps=50)
    >>> @bz.scene(duration=2)
    ... def player(frame):
    ...     return bz.waveform(voice, at=frame.progress, width=900, color="tomato")
    """
    where = " (waveform)"
    shares = as_shares(levels, 1, where)
    wide, high = (finite_number(value, name, where) for value, name in ((width, "width"), (height, "height")))
    if not (0 < wide <= 1e5 and 0 < high <= 1e5):
        raise InvalidValueError(
            f"`width` and `height` must be pixels above 0, got {width!r}, {height!r}{where}"
        )
    count = max(1, round(wide / 14)) if bars is None else whole_number(bars)
    if count is None or not 1 <= count <= _MOST_BARS:
        raise InvalidValueError(f"`bars` must be 1 to {_MOST_BARS}, got {bars!r}{where}")
    heard = min(max(finite_number(at, "at", where), 0.0), 1.0)
    pale = finite_number(ahead, "ahead", where)
    if not 0 <= pale <= 1:
        raise InvalidValueError(f"`ahead` must be 0 to 1, got {ahead!r}{where}")
    bars_of_all = _bars(fitted(shares, count), wide, high, color)
    children: list[AnyElement] = []
    if heard < 1 and pale > 0:
        children.append(replace(bars_of_all, opacity=pale))
    if heard > 0:  # all of them, cut at the moment: a gradient goes over the whole width
        shown = Rect(wide * heard, high, x=0, y=0, anchor="top-left")
        children.append(Group((bars_of_all,), width=wide, height=high, clip=None if heard == 1 else shown))
    return Group(tuple(children), width=wide, height=high, x=x, y=y, anchor=anchor)


def _bars(shares: NDArray[np.float64], width: float, height: float, color: Paint) -> Polyline:
    """Give upright bars with round ends, all of one width, around the middle of a box."""
    room = width / len(shares)
    thick = min(room * _SHARE, height)
    x = (np.arange(len(shares)) + 0.5) * room
    # Round ends reach beyond a line's own: without it a bar would be higher than the box.
    half = np.maximum(shares * (height - thick) / 2, 0.01)
    return Polyline(
        np.stack([x, x], axis=1), np.stack([height / 2 - half, height / 2 + half], axis=1),
        stroke=Stroke(color, width=thick, cap="round"),
    )  # fmt: skip
