"""Stagger: the same motion for many, each a little later than the one before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import Easing, cubic, ease_in, ease_out
from bazaar_nb.motion.noise import random
from bazaar_nb.scene.arrangement import is_scene, stagger_scenes
from bazaar_nb.scene.elements import AnyElement, Box, Column, Group, Row, as_elements
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.scene import Scene
from bazaar_nb.values.number import plain_number

Order = Literal["forward", "backward", "center", "edges", "random"]
_ORDERS = ("forward", "backward", "center", "edges", "random")
SETTLE = ease_out(cubic)
"""Fast, then slow: how things come in."""


def staggered(
    count: int,
    time: float,
    *,
    start: float = 0.0,
    each: float = 0.1,
    duration: float = 0.5,
    easing: Easing = SETTLE,
    order: Order = "forward",
    leave: float | None = None,
) -> NDArray[np.float64]:
    """Give how far each of many has come at a time: 0 before it begins, 1 when it is there.

    Parameters
    ----------
    count : int
    time : float
        Seconds, as `frame.time`.
    start : float
        When the first begins, in seconds.
    each : float
        How much later each next one begins.
    duration : float
        How long each takes.
    easing : function
    order : str
        Who is first: ``forward``, ``backward``, from the ``center``, from the ``edges``, ``random``.
    leave : float, optional
        When the first begins to go back to 0, in the same order.

    Returns
    -------
    array of float, shape (count,)

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.words.staggered(3, time=0.2, each=0.1, duration=0.2, easing=bz.linear).round(6).tolist()
    [1.0, 0.5, 0.0]
    """
    for name, value, low in (("start", start, None), ("each", each, 0), ("duration", duration, 0)):
        check_seconds(value, name, low)
    delays = _ranks(count, order) * float(each)
    progress = _eased(time - float(start) - delays, duration, easing)
    if leave is not None:
        check_seconds(leave, "leave", None)
        progress = progress * (1.0 - _eased(time - float(leave) - delays, duration, _mirrored(easing)))
    return progress


def check_seconds(value: object, name: str, low: float | None = 0) -> float:
    """Check a time in seconds.

    Raises
    ------
    InvalidValueError
        When it is none, or below `low`.
    """
    seconds = plain_number(value)
    if seconds is None or isinstance(seconds, bool) or not math.isfinite(seconds):
        raise InvalidValueError(f"`{name}` must be a number of seconds, got {value!r:.60}")
    if low is not None and seconds < low:
        raise InvalidValueError(f"`{name}` must be at least {low:g}, got {value!r}")
    return float(seconds)


def _mirrored(easing: Easing) -> Easing:
    """Give the way out of what comes in with an easing: slow, then fast, where that is fast, then slow."""
    return ease_in(cubic) if easing is SETTLE else lambda t: 1.0 - easing(1.0 - t)


def _eased(passed: NDArray[np.float64], duration: float, easing: Easing) -> NDArray[np.float64]:
    if duration <= 0:
        return (passed >= 0).astype(float)
    share = np.clip(passed / duration, 0.0, 1.0)
    moving = (share > 0) & (share < 1)
    if moving.any():
        known, which = np.unique(share[moving], return_inverse=True)
        share[moving] = np.array([easing(float(value)) for value in known])[which]
    return share


def _ranks(count: int, order: Order) -> NDArray[np.float64]:
    """Give each one's turn, counted from 0."""
    turns = np.arange(count, dtype=float)
    if order == "forward":
        return turns
    if order == "backward":
        return np.flip(turns)
    far = np.abs(turns - (count - 1) / 2)
    if order == "center":
        return np.asarray(far - far.min(initial=1e9))
    if order == "edges":
        return np.asarray(far.max(initial=0.0) - far)
    if order == "random":
        return np.argsort(np.argsort([random("stagger", number) for number in range(count)])).astype(float)
    raise InvalidValueError(f"`order` must be {', '.join(_ORDERS[:-1])} or {_ORDERS[-1]}, got {order!r}")


def stagger(
    elements: Row | Column | Group | Sequence[AnyElement] | Sequence[Scene],
    frame: Frame | None = None,
    *,
    dx: float = 0.0,
    dy: float = 40.0,
    opacity: float = 0.0,
    scale: float = 1.0,
    rotation: float = 0.0,
    start: float = 0.0,
    each: float = 0.1,
    duration: float = 0.5,
    easing: Easing = SETTLE,
    order: Order = "forward",
    leave: float | None = None,
) -> AnyElement | tuple[AnyElement, ...] | Scene:
    """Have elements come in one after the other, from a little below as it stands; or scenes begin so.

    Parameters
    ----------
    elements : sequence of elements, or Row, Column or Group
        Of the latter, the children come in. Scenes, without a `frame`, are shown over one another, as one
        scene, each beginning `each` seconds after the one before.
    frame : Frame
    dx, dy : float
        Where each comes from, in pixels from its place.
    opacity, scale, rotation : float
        What each has at first, as a share of its own; the rotation is added.
    start, each, duration, easing, order, leave
        As for `staggered`.

    Returns
    -------
    the same kind as was given
        What has come in is the very element that was given.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=3)
    ... def logos(frame):
    ...     dots = [bz.Ellipse(width=90, fill=color) for color in ("tomato", "gold", "teal")]
    ...     return bz.stagger(bz.Row(dots, gap=40), frame, dy=60)
    """
    if frame is None:
        scenes = elements if isinstance(elements, Sequence) else (elements,)
        if not all(is_scene(scene) for scene in scenes):
            other = next(one for one in scenes if not is_scene(one))
            raise InvalidValueError(
                f"stagger takes elements and the frame, or scenes alone, got {other!r:.50} alone (stagger)"
            )
        return stagger_scenes(scenes, each)
    parent = elements if isinstance(elements, Row | Column | Group) else None
    children = as_elements(elements) if parent is None else parent.children
    progress = staggered(
        len(children), frame.time, start=start, each=each, duration=duration, easing=easing,
        order=order, leave=leave,
    )  # fmt: skip
    moved = []
    for child, p in zip(children, progress.tolist(), strict=True):
        if p == 1.0:
            moved.append(child)
            continue
        away = 1.0 - p
        changed = _changed(child, opacity + (1 - opacity) * p, scale + (1 - scale) * p, rotation * away)
        moved.append(_moved(changed, dx * away, dy * away, parent))
    return tuple(moved) if parent is None else replace(parent, children=tuple(moved))


def _changed(element: AnyElement, opacity: float, scale: float, rotation: float) -> AnyElement:
    fields: dict[str, object] = {}
    if opacity != 1.0:
        fields["opacity"] = min(1.0, max(0.0, element.opacity)) * min(1.0, max(0.0, opacity))
    if scale != 1.0:
        own = element.scale
        fields["scale"] = (
            tuple(part * scale for part in own) if isinstance(own, tuple | list) else own * scale
        )
    if rotation != 0.0:
        fields["rotation"] = element.rotation + rotation
    return replace(element, **fields) if fields else element


def _moved(element: AnyElement, dx: float, dy: float, parent: Row | Column | Group | None) -> AnyElement:
    if dx == 0.0 and dy == 0.0:
        return element
    if isinstance(parent, Row | Column):
        if not isinstance(element, Box):
            return element  # a stack shows it at its corner: it has no place to be shifted from
        return replace(element, x=_shifted(element.x, dx), y=_shifted(element.y, dy))
    # A group as large as what is around it: only its corner is moved.
    return Group((element,), x=dx, y=dy, anchor="top-left")


def _shifted(place: object, by: float) -> float:
    if place is None:
        return by
    if isinstance(place, str):
        raise InvalidValueError(
            f"stagger can't add {by:g} px to {place!r}: give a child of a Row or Column pixels"
        )
    return float(place) + by  # type: ignore[arg-type]
