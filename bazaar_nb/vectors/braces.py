"""Curly braces between two points, with a label at their tip."""

from __future__ import annotations

import math

import numpy as np
from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Anchor, Group, Path, Text
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.color import Color
from bazaar_nb.values.number import plain_number
from bazaar_nb.vectors.contours import numbers

_LABEL_AT = 0.6  # of the progress: from there on the label comes
_ANCHORS: tuple[Anchor, ...] = (
    "left", "top-left", "top", "top-right", "right", "bottom-right", "bottom", "bottom-left",
)  # fmt: skip


def brace(
    start: tuple[float, float],
    end: tuple[float, float],
    label: str | Text | None = None,
    *,
    depth: float | None = None,
    gap: float = 10.0,
    color: Color = "white",
    width: float = 4.0,
    progress: float = 1.0,
) -> Group:
    """Draw a curly brace from one point to another.

    Parameters
    ----------
    start, end : (float, float)
        In pixels. The tip is to the right of who walks from start to end: a brace from left to right
        has it below, from right to left above.
    label : str or Text, optional
        Stands at the tip; a Text's own place counts no more.
    depth : float, optional
        Pixels from the ends to the tip; by default in proportion to the way, from 16 to 48.
    gap : float
        Pixels from the tip to the label.
    color : colour
        Of the brace, and of a label that is a str.
    width : float
        Of the line.
    progress : float
        How much of it is drawn: from the tip to both ends, then the label comes.

    Returns
    -------
    Group
        The brace, and its label.

    Raises
    ------
    InvalidValueError
        For what are no points, or are the same.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def all_of_it(frame):
    ...     return bz.brace((200, 400), (1000, 400), "all of it", progress=frame.progress)
    """
    ends = []
    for name, point in (("start", start), ("end", end)):
        try:
            at = np.array(point, float)
        except (TypeError, ValueError):
            at = np.zeros(0)
        if at.shape != (2,) or not (np.abs(at) <= 1e6).all():
            raise InvalidValueError(f"`{name}` must be a point (x, y) in pixels, got {point!r:.60} (brace)")
        ends.append(at)
    length = math.dist(*ends)
    if length < 1e-6:
        raise InvalidValueError(f"a brace goes from one point to another, got {start!r} twice (brace)")
    high = _number("depth", min(48.0, max(16.0, 0.07 * length)) if depth is None else depth)
    share = min(1.0, max(0.0, _number("progress", progress)))
    if share == 0.0:
        return Group(())
    ahead = (ends[1] - ends[0]) / length
    out = np.array([-ahead[1], ahead[0]])  # to the right, where y goes down
    middle, round_ = length / 2, min(high / 2, length / 4)
    steps = (
        ("M", ((0.0, 0.0),)), ("Q", ((0.0, 0.5), (round_, 0.5))), ("L", ((middle - round_, 0.5),)),
        ("Q", ((middle, 0.5), (middle, 1.0))), ("Q", ((middle, 0.5), (middle + round_, 0.5))),
        ("L", ((length - round_, 0.5),)), ("Q", ((length, 0.5), (length, 0.0))),
    )  # fmt: skip
    data = "".join(
        command + " ".join(numbers(ends[0] + ahead * x + out * y * high) for x, y in points)
        for command, points in steps
    )
    drawn = min(1.0, share / _LABEL_AT) if label is not None else share
    line = Path(
        data, stroke=Stroke(color, _number("width", width), cap="round"),
        start=0.5 - drawn / 2, end=0.5 + drawn / 2,
    )  # fmt: skip
    if label is None or share <= _LABEL_AT:
        return Group((line,))
    text = label if isinstance(label, Text) else Text(label, size=max(20.0, 1.1 * high), color=color)
    at = ends[0] + ahead * middle + out * (high + _number("gap", gap))
    eighth = round(math.degrees(math.atan2(out[1], out[0])) / 45) % 8
    seen = (share - _LABEL_AT) / (1 - _LABEL_AT)
    placed = replace(
        text, x=float(at[0]), y=float(at[1]), anchor=_ANCHORS[eighth],
        opacity=min(1.0, max(0.0, text.opacity)) * seen,
    )  # fmt: skip
    return Group((line, placed))


def _number(name: str, value: object) -> float:
    number = plain_number(value)
    if number is None or isinstance(number, bool) or not abs(number) <= 1e6:
        raise InvalidValueError(f"`{name}` must be a number, got {value!r:.60} (brace)")
    return float(number)
