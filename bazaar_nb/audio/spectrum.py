"""The bands of a moment as bars, a mirrored row, a line or a ring."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from bazaar_nb.audio.level_arrays import as_shares
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Group, Path, Polyline
from bazaar_nb.scene.paint import Paint, Stroke
from bazaar_nb.scene.shapes import Anchor, Length
from bazaar_nb.values.number import finite_number

Style = Literal["bars", "mirror", "line", "ring"]

_STYLES = ("bars", "mirror", "line", "ring")
_SHARE = 0.6  # of a bar's room that is bar
_HOLE = 0.5  # of a ring's radius
_SMOOTH = 12  # points between two bands of a line


def spectrum(
    levels: Any,
    *,
    style: Style = "bars",
    width: float = 1200,
    height: float = 300,
    color: Paint = "white",
    x: Length | None = None,
    y: Length | None = None,
    anchor: Anchor = "center",
) -> Group:
    """Draw how loud a sound is by pitch, at one moment.

    Parameters
    ----------
    levels : array of shape (bands,)
        From 0 to 1, low pitches first: a row of ``sound_levels(…, bands=32)``.
    style : {"bars", "mirror", "line", "ring"}
        Bars from the lower edge, bars around the middle, a smooth hill, or rays around a circle.
    width, height : float
        In pixels; a ring has the smaller of them as its diameter.
    color : colour or gradient
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
    >>> bands = bz.sound_levels(bz.tone("A3", 2, shape="saw"), bands=24, fall=0.4)
    >>> @bz.scene(duration=2)
    ... def music(frame):
    ...     return bz.spectrum(bands[frame.index], style="mirror", color="gold")
    """
    where = " (spectrum)"
    shares = as_shares(levels, 1, where)
    if style not in _STYLES:
        raise InvalidValueError(f"`style` must be one of {', '.join(_STYLES)}, got {style!r:.60}{where}")
    wide, high = (finite_number(value, name, where) for value, name in ((width, "width"), (height, "height")))
    if not (0 < wide <= 1e5 and 0 < high <= 1e5):
        raise InvalidValueError(
            f"`width` and `height` must be pixels above 0, got {width!r}, {height!r}{where}"
        )
    if style == "ring":
        drawn = _ring(shares, wide, high, color)
    elif style == "line":
        drawn = _hill(shares, wide, high, color)
    else:
        drawn = _bars(shares, wide, high, color, mirrored=style == "mirror")
    return Group((drawn,), width=wide, height=high, x=x, y=y, anchor=anchor)


def _bars(shares: Any, width: float, height: float, color: Paint, *, mirrored: bool) -> AnyElement:
    room = width / len(shares)
    thick = min(room * _SHARE, height)
    middles = (np.arange(len(shares)) + 0.5) * room
    if mirrored:
        half = np.maximum(shares * (height - thick) / 2, 0.01)
        top, bottom = height / 2 - half, height / 2 + half
    else:
        bottom = np.full(len(shares), height - thick / 2)
        top = bottom - np.maximum(shares * (height - thick), 0.01)
    return Polyline(
        np.stack([middles, middles], axis=1), np.stack([top, bottom], axis=1),
        stroke=Stroke(color, width=thick, cap="round"),
    )  # fmt: skip


def _ring(shares: Any, width: float, height: float, color: Paint) -> AnyElement:
    radius = min(width, height) / 2
    # Low pitches at the top, and both sides alike: no step where the last band meets the first.
    both = np.concatenate([shares, shares[::-1]])
    angles = (np.arange(len(both)) + 0.5) * (2 * math.pi / len(both))
    inner = radius * _HOLE
    thick = min(2 * math.pi * inner / len(both) * _SHARE, radius * 0.1)
    outer = inner + np.maximum(both * (radius - inner - thick), 0.01)
    across, up = np.sin(angles), np.cos(angles)
    return Polyline(
        width / 2 + np.stack([across * inner, across * outer], axis=1),
        height / 2 - np.stack([up * inner, up * outer], axis=1),
        stroke=Stroke(color, width=thick, cap="round"),
    )  # fmt: skip


def _hill(shares: Any, width: float, height: float, color: Paint) -> AnyElement:
    ends = np.concatenate([[0.0], shares, [0.0]])
    at = np.linspace(0, len(ends) - 1, (len(ends) - 1) * _SMOOTH + 1)
    index = np.minimum(at.astype(int), len(ends) - 2)
    part = (1 - np.cos((at - index) * math.pi)) / 2  # level at each band: it never swings beyond one
    hill = ends[index] * (1 - part) + ends[index + 1] * part
    x, y = at / at[-1] * width, height * (1 - hill)
    points = np.concatenate([np.stack([x, y], axis=1), [[width, height], [0, height]]])
    return Path(points, fill=color, stroke=None)
