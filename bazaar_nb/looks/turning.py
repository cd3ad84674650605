"""Flat things turned in space: cards that flip, and pictures that sway."""

from __future__ import annotations

import math
from typing import Any, Literal

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.looks.filters import check_amount
from bazaar_nb.motion.easing import Easing, cubic, ease_in_out
from bazaar_nb.scene.elements import Perspective, as_elements
from bazaar_nb.scene.frame import Frame

_SMOOTH = ease_in_out(cubic)


def turn(elements: object, rotate_x: float = 0.0, rotate_y: float = 0.0, **fields: Any) -> Perspective:
    """Turn elements in space: a `Perspective`.

    Parameters
    ----------
    elements : element or sequence of elements
    rotate_x, rotate_y : float
        Degrees: positive turns the top, or the right side, away.
    **fields
        Others of `Perspective`, such as ``distance=900``, ``width=``, ``height=``, ``x=``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.turn(bz.Text("away"), rotate_y=60, distance=900)
    """
    return Perspective(as_elements(elements), rotate_x=rotate_x, rotate_y=rotate_y, **fields)


def flip(
    front: object,
    back: object,
    frame: Frame,
    *,
    start: float = 1.0,
    duration: float = 0.8,
    axis: Literal["x", "y"] = "y",
    easing: Easing = _SMOOTH,
    **fields: Any,
) -> Perspective:
    """Turn a card over: first its front is seen, then its back.

    Parameters
    ----------
    front, back : element or sequence of elements
        In a box of one size; the back is never seen mirrored.
    frame : Frame
    start, duration : float
        Seconds.
    axis : str
        ``"y"`` turns it as a page, ``"x"`` as a calendar's leaf.
    easing : function
    **fields
        Others of `Perspective`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=4)
    ... def shown(frame):
    ...     return bz.looks.flip(bz.Text("question"), bz.Text("answer"), frame, start=2)
    """
    if axis not in ("x", "y"):
        raise InvalidValueError(f"`axis` must be 'x' or 'y', got {axis!r} (flip)")
    begin = check_amount(start, "start", "flip", -1e6, 1e6)
    takes = check_amount(duration, "duration", "flip", 0, 1e6)
    share = (frame.time - begin) / takes if takes else float(frame.time >= begin)
    angle = 180 * easing(min(1.0, max(0.0, share)))
    side, angle = (back, angle - 180) if angle > 90 else (front, angle)
    return turn(side, **{f"rotate_{axis}": angle}, **fields)


def sway(
    elements: object, frame: Frame, *, degrees: float = 8.0, period: float = 8.0, **fields: Any
) -> Perspective:
    """Have elements sway in space, slowly, from side to side.

    Parameters
    ----------
    elements : element or sequence of elements
    frame : Frame
    degrees : float
        How far to each side.
    period : float
        Seconds of one to and fro.
    **fields
        Others of `Perspective`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=4)
    ... def shown(frame):
    ...     return bz.looks.sway(bz.Image("page.png", width=900), frame)
    """
    far = check_amount(degrees, "degrees", "sway", 0, 180)
    phase = 2 * math.pi * frame.time / check_amount(period, "period", "sway", 0.1, 1e6)
    return turn(elements, far / 3 * math.cos(phase), far * math.sin(phase), **fields)
